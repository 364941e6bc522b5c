"""What a cohort would look like without groups: a smooth continuum, prepared once.

One severity axis bends and spreads every feature as in the data, and two more dimensions of what it
leaves have laws of their own; each is the smooth law of one peak (log-concave) nearest to the data.
What it cannot imitate is a second peak along one of them. The rest is a copula: margins exactly as
observed, joined by a Gaussian copula with the observed correlations (Iman & Conover,
10.1080/03610918208812265; Hennig & Lin, 10.1007/s11222-015-9566-5).

A null is data; ``null.draw(rng)`` is one cohort (n × p) of z-scores (ddof 1) under it, see `draws`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compendium.groups.log_concave import LogConcaveLaw, nearest_log_concave
from compendium.seeds import generator
from compendium.statistics import knots_of, spline

SMALLEST = (20, 2)  # patients and features below which no null is fitted
_FREE = 2  # dimensions of what severity leaves that have a law of their own
_BENT, _BENT_NOISE = 0.1, 10  # share of a component that its bend must explain, plus 10/n for noise
_GRID, _BEYOND = 2_000, 0.3  # points along the curve; its straight ends, as a share of its range
_BENDS = 5  # knots of the splines along severity
_SPREAD_FLOOR = 0.25  # smallest residual spread, as a share of its mean
_EIGENVALUE_FLOOR = 1e-8
_STEPS, _TWINS = 2, 30  # fixed-point steps for the twins' correlations, twins averaged in each


@dataclass(frozen=True, eq=False)
class Copula:
    """Correlations only: the observed columns, each in the rank order of a correlated Gaussian."""

    ordered: np.ndarray
    root: np.ndarray

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """One cohort (n × p): every column holds exactly the observed values."""
        return _twin(self.ordered, rng.standard_normal(self.ordered.shape) @ self.root.T)


@dataclass(frozen=True, eq=False)
class SmoothContinuum:
    """Z* = g(t*) + s(t*) · e*, with t* from one law, and e* from a law in each of a few directions
    and a copula twin of the rest.

    ``severity``: the law of t; ``level`` and ``spread``: spline coefficients (5 × p) of g and s;
    ``floor`` (p,): smallest s; ``knots``: of t; ``mean`` (p,), ``directions`` (p × m) and ``laws``
    (m): of the residuals e = (Z − g) / s; ``rest``: the copula null of what they leave of e.
    """

    severity: LogConcaveLaw
    knots: np.ndarray
    level: np.ndarray
    spread: np.ndarray
    floor: np.ndarray
    mean: np.ndarray
    directions: np.ndarray
    laws: tuple[LogConcaveLaw, ...]
    rest: Copula

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """One cohort (n × p) of z-scores."""
        n = len(self.rest.ordered)
        basis = spline(self.severity.draw(n, rng), self.knots)
        spread = np.maximum(basis @ self.spread, self.floor)
        rest = self.rest.draw(rng)
        free = np.column_stack([law.draw(n, rng) for law in self.laws]) @ self.directions.T
        return zscore(basis @ self.level + spread * (self.mean + rest + free))


def copula(Z: np.ndarray, random_state: int, stream: int = 1) -> Copula:
    """Correlations only: the null of a matrix (n × p) without missing values, in its own units.

    The Gaussian's correlations start at 2 sin(π ρ / 6) of Spearman's ρ and are corrected until the
    twins have the data's Pearson correlations. ``stream`` sets the seed apart from other uses.
    """
    from scipy.stats import rankdata

    ordered, target = np.sort(Z, axis=0), _correlations(Z)
    R = 2 * np.sin(np.pi / 6 * _correlations(rankdata(Z, axis=0)))
    rng = generator(random_state, "nulls", stream)
    normals = rng.standard_normal((_TWINS, *Z.shape))  # the same in every step: R alone differs
    for _ in range(_STEPS):
        R = R + target - _mean_correlations(ordered, normals, R, root_of(R))
    return Copula(ordered, root_of(R))


def smooth_continuum(Z: np.ndarray, random_state: int) -> SmoothContinuum:
    """The smooth continuum of z-scores (n × p).

    Severity is their :func:`course`; g and s are restricted cubic splines of Z, and of |Z − g|, on
    it; the directions are the leading principal components of the residuals.
    """
    severity = course(Z)
    knots = knots_of(severity, _BENDS)
    basis = spline(severity, knots)
    level = np.linalg.lstsq(basis, Z, rcond=None)[0]
    off = Z - basis @ level
    spread = np.linalg.lstsq(basis, np.abs(off), rcond=None)[0]
    fitted = basis @ spread
    floor = _SPREAD_FLOOR * fitted.mean(axis=0)
    e = off / np.maximum(fitted, floor)
    mean = e.mean(axis=0)
    directions = _axes(e)[:, : min(_FREE, Z.shape[1] - 1)]
    along = (e - mean) @ directions
    laws = tuple(nearest_log_concave(column) for column in along.T)
    rest = copula(e - mean - along @ directions.T, random_state, stream=2)
    return SmoothContinuum(
        nearest_log_concave(severity), knots, level, spread, floor, mean, directions, laws, rest
    )


def course(Z: np.ndarray, worse: np.ndarray | None = None) -> np.ndarray:
    """Severity (n,) of z-scores (n × p): how far along their common course patients have come.

    The score on the first principal component where the course is straight. Where another component
    bends with it (its spline on the first explains more than a tenth of it), the score would crowd
    patients at the turns, and one steady course through two dimensions would look like two groups
    at its ends; then the severity is the length along the curve to a patient's nearest point, one
    step of a principal curve. More steps follow noise. It rises with Z @ ``worse`` (p,); without it
    the sign is arbitrary.
    """
    t = course_of(leading_components(Z))
    return -t if worse is not None and (t - t.mean()) @ (Z @ worse) < 0 else t


def course_of(scores: np.ndarray) -> np.ndarray:
    """The :func:`course` from the scores (n × p) on all components; its sign is arbitrary."""
    bent = along_curve(scores[:, 0], scores[:, 1:])
    return scores[:, 0] if bent is None else bent


def along_curve(
    first: np.ndarray, others: np.ndarray, space: np.ndarray | None = None
) -> np.ndarray | None:
    """The length (n,) along a curve to each patient's nearest point; None where nothing bends.

    ``first`` (n,): what the curve is a function of; ``others`` (n × m): what may bend with it;
    ``space`` (n × d): where lengths are measured, by default the first and the others that bend.
    """
    knots = knots_of(first, _BENDS)
    basis = spline(first, knots)

    def on_first(Y: np.ndarray) -> np.ndarray:
        return np.linalg.lstsq(basis, Y, rcond=None)[0]

    enough = _BENT + _BENT_NOISE / len(first)
    bends = (basis @ on_first(others)).var(axis=0) > enough * others.var(axis=0)
    if not bends.any():
        return None
    if space is None:
        space = np.column_stack([first, others[:, bends]])
    beyond = _BEYOND * np.ptp(first)
    at = np.linspace(first.min() - beyond, first.max() + beyond, _GRID)
    curve = spline(at, knots) @ on_first(space)
    nearest = ((curve**2).sum(axis=1) - 2 * space @ curve.T).argmin(axis=1)
    pieces = np.linalg.norm(np.diff(curve, axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(pieces)])[nearest]


def leading_components(Z: np.ndarray, most: int | None = None) -> np.ndarray:
    """Scores (n × at most ``most``, or p) of z-scores on the principal components, in the order of
    their variance."""
    return Z @ _axes(Z)[:, :most]


def _axes(X: np.ndarray) -> np.ndarray:
    """Principal axes (p × p) of X (n × p), in the order of their variance. The largest weight of
    each is positive, so that draws do not hang on a sign that the last bit decides."""
    axes = np.linalg.eigh(np.cov(X, rowvar=False))[1][:, ::-1]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0)
    return axes * np.sign(largest)


def zscore(X: np.ndarray) -> np.ndarray:
    """Columns with mean 0 and standard deviation 1 (ddof 1)."""
    return (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)


def _twin(ordered: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Sorted columns in the rank order of the columns of Y."""
    twin = np.empty_like(ordered)
    np.put_along_axis(twin, Y.argsort(axis=0), ordered, axis=0)
    return twin


def _mean_correlations(ordered, normals, R, root) -> np.ndarray:
    """Mean Pearson correlations of the twins, freed of most of the normals' own sampling error."""
    found = []
    for Y in normals:
        Y = Y @ root.T
        found.append(_correlations(_twin(ordered, Y)) - _correlations(Y) + R)
    return np.mean(found, axis=0)


def _correlations(X: np.ndarray) -> np.ndarray:
    """Correlations of columns; those of a constant one, of which nothing is left, are 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        R = np.nan_to_num(np.atleast_2d(np.corrcoef(X, rowvar=False)))
    np.fill_diagonal(R, 1.0)
    return R


def root_of(S: np.ndarray) -> np.ndarray:
    """A with A Aᵀ = S, eigenvalues floored, the diagonal kept.

    The symmetric root changes little when S does, so that steps on the same normals converge.
    """
    values, vectors = np.linalg.eigh(S)
    root = vectors * np.sqrt(np.maximum(values, _EIGENVALUE_FLOOR)) @ vectors.T
    return root * (np.sqrt(np.diag(S)) / np.sqrt((root**2).sum(axis=1)))[:, None]
