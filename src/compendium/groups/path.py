"""What lies between? The density of patients along an axis, freed of measurement noise.

Where patients split, two explanations other than kinds of patients remain: the way between the two
sides is *filled* (patients pile up at two ends of one severity, as where measures reach their floor
and ceiling), or they form *one peak*. Each is a family of laws of the latent position u; y = u +
noise. The best law of the family is set against the best law of any shape by the likelihood ratio,
whose own law is drawn from the fitted family (parametric bootstrap, p = (1 + #) / (M + 1)).

* filled: at least :data:`LEAST_FILLED` of all patients spread evenly between the two centres.
* one peak: a mixture of even spreads that all reach from one mode outwards.

Laws are nonparametric (Kiefer & Wolfowitz 1956: mixing weights on a grid by EM). Noise is Gaussian,
with an SD that may change along the axis (grades and ceilings: less at the ends), estimated from
what factors leave of the features. y is in units of the mean noise SD.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compendium.groups.nulls import along_curve
from compendium.groups.polarisation import factor_scores, most_factors
from compendium.seeds import generator
from compendium.statistics import monte_carlo_p

LEAST_FILLED = 0.40
EVEN = 0.5  # density of the way between where one even law reaches from end to end
FAMILIES = ("filled", "one peak")
_GRID, _BINS, _MARGIN = 61, 150, 2.0  # places of u, bins of y, bins beyond the data in noise SDs
_MODES = 9  # places the peak is tried at
_NEVER = 1e-200  # likelihood of what lies too far off for any number
_STEPS, _CHECK, _GAIN = 300, 50, 0.02  # EM steps; every so many, whether one gained anything


@dataclass(frozen=True, eq=False)
class Axis:
    """Where patients stand: ``y`` (n,) in mean noise SDs, ``noise`` (n,) the local SD of y."""

    y: np.ndarray
    noise: np.ndarray


def axis_of(Z: np.ndarray, component: int = 0) -> Axis:
    """The axis of z-scores (n × p) along their factor number ``component`` (0: the largest).

    Along the first factor where the second bends with it: the length along the curve, in the plane
    of the two, in which noise is made round.
    """
    most = most_factors(Z.shape[1])
    component = min(component, most - 1)
    if component == 0 and most > 1:
        F = factor_scores(Z, 2)
        values, vectors = np.linalg.eigh(F.noise[:2, :2])
        plane = F.scores[:, :2] @ (vectors / np.sqrt(values)) @ vectors.T
        bent = along_curve(F.scores[:, 0], F.scores[:, 1:2], plane)
        if bent is not None:
            return Axis(bent, np.ones(len(Z)))
    F = factor_scores(Z, component + 1)
    y, mean = F.scores[:, component], F.noise[component, component]
    return Axis(y / np.sqrt(mean), _local_noise(Z, y, F, F.weights[:, component], mean))


def _local_noise(Z, y, F, weights, mean) -> np.ndarray:
    """SD of y's noise at every patient, mean square 1: a running mean of squared weighted residuals
    of the features on the factors and a cubic in y."""
    B = np.column_stack([np.ones(len(y)), F.scores, y**2, y**3])
    squares = ((weights * (Z - B @ np.linalg.lstsq(B, Z, rcond=None)[0])) ** 2).sum(axis=1)
    out, order, width = np.empty(len(y)), np.argsort(y), max(15, len(y) // 8) | 1
    padded = np.pad(squares[order], width // 2, mode="reflect")
    out[order] = np.convolve(padded, np.ones(width) / width, "valid")
    return np.sqrt(out / out.mean())


class LatentPath:
    """The laws of one axis on one grid, for the patients and for cohorts drawn from a law.

    Counts (bins × cohorts) stand for cohorts throughout, so that all are fitted at once.
    """

    def __init__(self, axis: Axis):
        y = axis.y
        self.n = len(y)
        self.edges = np.linspace(y.min() - _MARGIN, y.max() + _MARGIN, _BINS + 1)
        self.x = (self.edges[1:] + self.edges[:-1]) / 2
        self.u, self.step = np.linspace(y.min(), y.max(), _GRID, retstep=True)
        order = np.argsort(y)
        self.noise = np.interp(self.u, y[order], axis.noise[order])
        sd = np.maximum(self.noise, self.step / 2)
        self.P = np.exp(-0.5 * ((self.x[:, None] - self.u) / sd) ** 2) / sd + _NEVER
        self.counts = np.histogram(y, self.edges)[0].astype(float)[:, None]
        self.free_ll, free = self._em(self.P, self.counts)
        self.law = free[:, 0]
        at = np.searchsorted(np.cumsum(self.law), np.linspace(0.03, 0.97, _MODES))
        self.modes = np.unique(at.clip(0, _GRID - 1))

    def density(self) -> float:
        """How many patients stand in the middle half between the two centres, as a share of an
        even spread of all patients from one centre to the other. Two points: 0; one even law:
        :data:`EVEN`; one Gaussian: 0.63."""
        return float(self._densities(self.law[:, None], self.counts)[0])

    def density_interval(self, n_boot: int, random_state: int) -> tuple[float, float]:
        """The 95 % percentile interval of :meth:`density`, patients resampled."""
        rng = generator(random_state, "path", 2)
        share = self.counts[:, 0] / self.n
        counts = rng.multinomial(self.n, share, n_boot).T.astype(float)
        found = self._densities(self._em(self.P, counts)[1], counts)
        low, high = np.quantile(found, [0.025, 0.975])
        return float(low), float(high)

    def p_value(self, family: str, n_draws: int, random_state: int) -> float:
        """p of a family, "filled" or "one peak": small where it cannot explain the patients."""
        observed, law = self._ratio(family, self.counts, self.free_ll, self.law[:, None])
        rng = generator(random_state, "path", FAMILIES.index(family))
        drawn = self._drawn(law, n_draws, rng)
        ratios, _ = self._ratio(family, drawn, *self._em(self.P, drawn))
        return monte_carlo_p(observed[0], ratios)

    def _drawn(self, law, n_draws, rng) -> np.ndarray:
        """Counts (bins × n_draws) of cohorts of a law."""
        size = (n_draws, self.n)
        at = rng.choice(_GRID, size, p=law / law.sum())
        u = self.u[at] + self.step * (rng.random(size) - 0.5)
        y = u + np.interp(u, self.u, self.noise) * rng.standard_normal(size)
        y = y.clip(self.edges[0], self.edges[-1])
        return np.stack([np.histogram(row, self.edges)[0] for row in y], axis=1).astype(float)

    def _ratio(self, family, counts, free_ll, laws):
        """2 log likelihood ratio (cohorts,) of any law (``laws``, with ``free_ll``) against the
        family's best, and that best law of the first cohort."""
        if family == "filled":
            between = self._between(laws, counts)
            ll, v = self._em(self.P, counts, self.P @ between, LEAST_FILLED)
            return 2 * (free_ll - ll), LEAST_FILLED * between[:, 0] + (1 - LEAST_FILLED) * v[:, 0]
        j, best, law = np.arange(_GRID), np.full(counts.shape[1], -np.inf), None
        for m in self.modes:
            even = (np.minimum(j, m)[:, None] <= j) & (j <= np.maximum(j, m)[:, None])
            even = even / even.sum(axis=1, keepdims=True)
            ll, v = self._em(self.P @ even.T, counts)
            if ll[0] > best[0]:
                law = v[:, 0] @ even
            best = np.maximum(best, ll)
        return 2 * (free_ll - best), law

    def _centres(self, laws, counts) -> tuple[np.ndarray, np.ndarray]:
        """Latent means (cohorts,) on either side of the best cut in two of y."""
        below = np.cumsum(counts, axis=0)[:-1]
        sums = np.cumsum(counts * self.x[:, None], axis=0)
        total, above = sums[-1], self.n - below
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = (sums[:-1] - below * total / self.n) ** 2 / (below * above)
        at = np.nan_to_num(gain, nan=-1.0, posinf=-1.0).argmax(axis=0)
        who = np.arange(counts.shape[1])
        low, high = sums[at, who] / below[at, who], (total - sums[at, who]) / above[at, who]
        up = self.u[:, None] > (low + high) / 2
        return tuple(self.u @ (laws * side) / np.maximum((laws * side).sum(axis=0), 1e-9)
                     for side in (~up, up))

    def _between(self, laws, counts) -> np.ndarray:
        """Even laws (grid × cohorts) between the centres."""
        a, b = self._centres(laws, counts)
        u = self.u[:, None]
        even = ((u >= a - self.step / 2) & (u <= b + self.step / 2)).astype(float)
        return even / even.sum(axis=0)

    def _densities(self, laws, counts) -> np.ndarray:
        a, b = self._centres(laws, counts)
        # each place of the grid stands for a step; the part of it inside the middle half counts
        low, high = a + (b - a) / 4, b - (b - a) / 4
        u = self.u[:, None]
        inside = np.clip((np.minimum(u + self.step / 2, high) - np.maximum(u - self.step / 2, low))
                         / self.step, 0, 1)
        return (laws * inside).sum(axis=0) / 0.5

    @staticmethod
    def _em(P, counts, fixed=0.0, share=0.0) -> tuple[np.ndarray, np.ndarray]:
        """Largest log likelihood (cohorts,) of share · fixed + (1 − share) · a mixture of the
        columns of P, and the mixtures (columns × cohorts)."""
        v = np.full((P.shape[1], counts.shape[1]), 1 / P.shape[1])

        def likelihood() -> np.ndarray:
            return (counts * np.log(share * fixed + (1 - share) * (P @ v))).sum(axis=0)

        old = likelihood()
        for step in range(1, _STEPS + 1):
            v *= P.T @ (counts / (share * fixed + (1 - share) * (P @ v)))
            v /= v.sum(axis=0)
            if step % _CHECK == 0:
                ll = likelihood()
                if (ll - old).max() < _GAIN:
                    break
                old = ll
        return ll, v
