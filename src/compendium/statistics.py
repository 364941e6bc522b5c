"""Small statistics that several rooms share: intervals, adjusted p values, an effect size, curves.

A curve is a restricted cubic spline: it bends between its knots and is straight beyond them.
Harrell's truncated-power basis with knots at quantiles of the data has n_knots − 1 columns besides
the constant, the first of them the variable itself, so that a straight line is nested in the curve.
"""

from __future__ import annotations

import math

import numpy as np

from compendium.problems import InputRefused

CONFIDENCE = 0.95  # of every interval in the compendium
# Harrell's quantiles, by number of knots
_QUANTILES = {
    3: (0.10, 0.50, 0.90), 4: (0.05, 0.35, 0.65, 0.95), 5: (0.05, 0.275, 0.5, 0.725, 0.95),
}


def finite(name: str, values) -> np.ndarray:
    """The values as an array of floats.

    Raises
    ------
    InputRefused : there is none, or one is missing or infinite; the sentence calls them name.
    """
    array = np.asarray(values, dtype=float)
    if not array.size:
        raise InputRefused(f"{name}: there is no number.")
    if lost := int((~np.isfinite(array)).sum()):
        raise InputRefused(f"{name}: {lost} of {array.size} numbers are missing or infinite.")
    return array


def t_interval(estimate, se, df):
    """The 95 % interval (low, high): estimate ± t · se, t with df degrees of freedom (numbers or
    arrays; NaN where one of them is).
    """
    from scipy.stats import t

    reach = t.ppf((1 + CONFIDENCE) / 2, df) * se
    return estimate - reach, estimate + reach


def adjusted_p(p, method: str) -> np.ndarray:
    """p values of one family (n,), adjusted for their number: "holm" or "fdr_bh" (Benjamini and
    Hochberg). NaN stays NaN and is no test; ValueError for a p outside 0 to 1. By pingouin.
    """
    import pingouin

    p = np.asarray(p, dtype=float)
    if ((p < 0) | (p > 1)).any():
        raise ValueError("a p value lies from 0 to 1.")
    return pingouin.multicomp(p, method=method)[1]


def farther(value: float, low: float, high: float) -> bool:
    """Whether a difference lies farther from 0 than an interval does; False where one is unknown.

    >>> farther(1.2, 0.4, 1.0), farther(0.1, 0.4, 1.0), farther(-0.1, 0.4, 1.0)
    (True, False, True)
    """
    return bool(value > max(high, 0) or value < min(low, 0))


def monte_carlo_p(observed: float, draws: np.ndarray) -> float:
    """Monte-Carlo p value, (1 + draws at least as large) / (M + 1): never 0 (Phipson & Smyth,
    10.2202/1544-6115.1585)."""
    return (1 + int((draws >= observed).sum())) / (len(draws) + 1)


def hedges_g(compared: np.ndarray, reference: np.ndarray, axis: int = -1) -> np.ndarray:
    """Difference of means over the pooled SD, with the small-sample factor 1 − 3 / (4N − 9).

    Vectorised along ``axis`` for resampling; NaN where neither group varies. Equal to pingouin's.
    """
    nx, ny = compared.shape[axis], reference.shape[axis]
    means = [group.mean(axis, keepdims=True) for group in (compared, reference)]
    squares = ((compared - means[0]) ** 2).sum(axis) + ((reference - means[1]) ** 2).sum(axis)
    pooled = np.sqrt(squares / (nx + ny - 2))
    shift = (means[0] - means[1]).squeeze(axis)
    # equal values such as 0.1 leave a spread of rounding errors, which is none
    varies = pooled > 1e-12 * np.maximum(*np.abs(means)).squeeze(axis)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(varies, shift / pooled, np.nan) * (1 - 3 / (4 * (nx + ny) - 9))


def fisher_interval(r: float, n: float) -> tuple[float, float]:
    """The 95 % interval of a correlation by Fisher's z; NaN where |r| = 1 or n ≤ 3.
    """
    from scipy.stats import norm

    if not (abs(r) < 1 - 1e-12 and n > 3):
        return math.nan, math.nan
    reach = norm.ppf((1 + CONFIDENCE) / 2) / math.sqrt(n - 3)
    return math.tanh(math.atanh(r) - reach), math.tanh(math.atanh(r) + reach)


def knots_of(x: np.ndarray, n_knots: int) -> np.ndarray:
    """Harrell's knots of values (n,) without gaps; fewer where ties make quantiles coincide.
    """
    return np.unique(np.quantile(x, _QUANTILES[n_knots]))


def spline(t: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Basis (n × number of knots) at t (n,): 1, t, and cubic bends; straight beyond the end knots.

    The bends are divided by the squared distance of the outer knots, so that they have the unit of
    t. Knots that coincide (heavily tied values) are used once; fewer than three leave 1 and t.
    Checked against R's ``Hmisc::rcspline.eval``.
    """
    knots = np.unique(knots)
    if len(knots) < 3:
        return np.column_stack([np.ones_like(t), t])
    *inner, before, last = knots
    cubes = np.maximum(t[:, None] - knots, 0) ** 3 / (last - knots[0]) ** 2
    tails = [
        cubes[:, j]
        - cubes[:, -2] * (last - k) / (last - before)
        + cubes[:, -1] * (before - k) / (last - before)
        for j, k in enumerate(inner)
    ]
    return np.column_stack([np.ones_like(t), t, *tails])
