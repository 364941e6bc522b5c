"""The log-concave law nearest to the data: one smooth hill, without a bandwidth to choose.

A density is log-concave when its logarithm is: uniform, Gaussian, exponential, logistic and gamma
(shape ≥ 1) laws are, and so is any of them blurred by Gaussian noise. Every log-concave law has one
hill; not every law of one hill is log-concave (a spike with a long tail is not, nor is a hill with
a broad shoulder), so a null made from it is sharper and explains less than one made from the
`unimodal` law. Tails heavier than exponential are cut to exponential ones.

The maximum-likelihood log-density is piecewise linear with kinks at data points. It is found by an
active set: Newton steps for given kinks; kinks that would bend upwards are taken out; the one that
raises the likelihood most is put in, until none does. Dümbgen & Rufibach describe the estimator.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compendium.compiled import compiled

_TOLERANCE = 1e-9  # gain per unit of kink (in units of the data's SD) below which none is put in
_SMALL = 1e-2  # segments flatter than this use a series
_NEWTON_STEPS, _CHANGES = 50, 500
_RIDGE = 1e-13  # keeps the step finite where a piece holds next to no mass


@dataclass(frozen=True, eq=False)
class LogConcaveLaw:
    """``knots`` (ascending, first and last the data's ends) and ``log_density`` at them, straight
    in between; ``below``: the distribution function at the knots; ``blur``: SD of the Gaussian that
    gives draws the variance of the data."""

    knots: np.ndarray
    log_density: np.ndarray
    below: np.ndarray
    blur: float

    def draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """n independent values (n,) of the blurred law."""
        u = rng.random(n)
        j = np.clip(np.searchsorted(self.below, u, side="right") - 1, 0, len(self.knots) - 2)
        width, rise = np.diff(self.knots)[j], np.diff(self.log_density)[j]
        share = (u - self.below[j]) / (self.below[j + 1] - self.below[j])
        # Where along an exponential piece the share of its mass is reached.
        flat = np.abs(rise) < 1e-8
        rise = np.where(flat, 1.0, rise)
        along = np.where(flat, share, np.log1p(share * np.expm1(rise)) / rise)
        return self.knots[j] + width * along + self.blur * rng.standard_normal(n)


def nearest_log_concave(x) -> LogConcaveLaw:
    """The log-concave law of largest likelihood for a sample (n,), n ≥ 2 distinct values.

    Its density has the sample's mean and less than its variance; the missing variance is the blur
    of the draws, which stay log-concave and lose the kinks. The density equals ``logConDens`` of
    R's logcondens 2.1.7 to 1e-6.
    """
    x = np.asarray(x, float)
    origin, unit = x.mean(), x.std()
    points, counts = np.unique((x - origin) / unit, return_counts=True)
    active, heights = _fitted(points, counts / len(x))
    mass = np.diff(points[active]) * _moments(heights)[0]
    below = np.concatenate((np.zeros(1), np.cumsum(mass)))
    blur = unit * np.sqrt(max(0.0, 1.0 - _variance(points[active], heights)))
    return LogConcaveLaw(np.unique(x)[active], heights - np.log(unit), below / below[-1], blur)


def _variance(knots, heights) -> float:
    """Variance of the law, whose mean is 0."""
    widths, (_, _, _, first, both, last) = np.diff(knots), _moments(heights)
    low, high = knots[:-1], knots[1:]
    return float((widths * (first * low**2 + 2 * both * low * high + last * high**2)).sum())


@compiled
def _fitted(points, weights):
    """Positions of the kinks and the log-density there, for points of mean 0 and SD 1."""
    active = np.array([0, len(points) - 1])
    heights = np.full(2, -np.log(points[-1] - points[0]))
    for _ in range(_CHANGES):
        active, heights = _settled(points, weights, active, heights)
        gain = _gain(points, weights, active, heights)
        best = gain.argmax()
        if gain[best] < _TOLERANCE:
            break
        at = np.searchsorted(active, best)
        height = np.interp(points[best], points[active], heights)
        heights = np.concatenate((heights[:at], np.array([height]), heights[at:]))
        active = np.concatenate((active[:at], np.array([best]), active[at:]))
    return active, heights


@compiled
def _settled(points, weights, active, heights):
    """The best concave log-density with kinks at no more than the active points."""
    while True:
        wanted = _newton(points, weights, active, heights)
        widths = np.diff(points[active])
        bends, goal = np.diff(np.diff(heights) / widths), np.diff(np.diff(wanted) / widths)
        if not (goal > 0).any():
            return active, wanted
        # As far towards it as concavity allows; the kink that vanishes there is taken out.
        steps = np.where(goal > 0, bends / np.minimum(bends - goal, -1e-300), np.inf)
        out = steps.argmin()
        heights = heights + min(steps[out], 1.0) * (wanted - heights)
        heights = np.concatenate((heights[: out + 1], heights[out + 2 :]))
        active = np.concatenate((active[: out + 1], active[out + 2 :]))


@compiled
def _newton(points, weights, active, heights):
    """Heights at the active points that maximise the likelihood, concave or not."""
    shares = _shares(points, weights, points[active])
    widths = np.diff(points[active])
    for _ in range(_NEWTON_STEPS):
        step, slope = _step(shares, widths, heights)
        if slope < 1e-14:
            break
        size, now = 1.0, _likelihood(shares, widths, heights)
        # Too long a step overflows to nan, which is no improvement either.
        while not _likelihood(shares, widths, heights + size * step) >= now and size > 1e-10:
            size /= 2
        heights = heights + size * step
    return heights


@compiled
def _likelihood(shares, widths, heights):
    """Mean log-likelihood, less the mass: largest where the mass is 1."""
    return (shares * heights).sum() - (widths * _moments(heights)[0]).sum()


@compiled
def _step(shares, widths, heights):
    """Newton's step and the slope of the likelihood along it."""
    _, first, last, twice_first, both, twice_last = _moments(heights)
    gradient = shares.copy()
    gradient[:-1] -= widths * first
    gradient[1:] -= widths * last
    H = np.zeros((len(heights), len(heights)))
    for i in range(len(widths)):
        H[i, i] += widths[i] * twice_first[i]
        H[i + 1, i + 1] += widths[i] * twice_last[i]
        H[i, i + 1] = H[i + 1, i] = widths[i] * both[i]
    step = np.linalg.solve(H + _RIDGE * np.eye(len(H)), gradient)
    return step, (gradient * step).sum()


@compiled
def _shares(points, weights, knots):
    """The weight of every point, divided between the two knots around it."""
    shares, j = np.zeros(len(knots)), 0
    for point, weight in zip(points, weights):  # noqa: B905  (numba knows no strict)
        while j < len(knots) - 2 and point >= knots[j + 1]:
            j += 1
        part = (point - knots[j]) / (knots[j + 1] - knots[j])
        shares[j] += weight * (1 - part)
        shares[j + 1] += weight * part
    return shares


@compiled
def _gain(points, weights, active, heights):
    """How fast the likelihood rises with a kink at each point: ∫ (F − F_n) up to it."""
    widths = np.diff(points)
    mass, first, _, _, _, _ = _moments(np.interp(points, points[active], heights))
    gain, below, observed = np.zeros(len(points)), 0.0, 0.0
    for i in range(len(widths)):
        observed += weights[i]
        gain[i + 1] = gain[i] + widths[i] * (below - observed) + widths[i] ** 2 * first[i]
        below += widths[i] * mass[i]
    gain[active] = -np.inf
    return gain


@compiled
def _moments(h):
    """∫ e^(h) over unit segments, times 1, 1−t, t, (1−t)², t(1−t), t² (each (len(h) − 1,))."""
    low, high = h[:-1], h[1:]
    first, last = _ramp(low, high - low), _ramp(high, low - high)
    twice_first, twice_last = _square(low, high - low), _square(high, low - high)
    return first + last, first, last, twice_first, first - twice_first, twice_last


@compiled
def _ramp(a, d):
    """∫₀¹ (1 − t) e^(a + d t) dt."""
    near = np.abs(d) < _SMALL
    e = np.where(near, 1.0, d)
    series = 1 / 2 + d / 6 + d**2 / 24 + d**3 / 120 + d**4 / 720
    return np.exp(a) * np.where(near, series, (np.expm1(e) - e) / e**2)


@compiled
def _square(a, d):
    """∫₀¹ (1 − t)² e^(a + d t) dt."""
    near = np.abs(d) < _SMALL
    e = np.where(near, 1.0, d)
    series = 1 / 3 + d / 12 + d**2 / 60 + d**3 / 360 + d**4 / 2520
    return np.exp(a) * np.where(near, series, 2 * (np.expm1(e) - e - e**2 / 2) / e**3)
