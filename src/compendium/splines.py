"""Restricted cubic splines: curves that bend between their knots and are straight beyond them.

Harrell's truncated-power basis with knots at quantiles of the data: n_knots − 1 columns besides the
constant, the first of them the variable itself, so that a straight line is nested in the curve.
"""

import numpy as np

# Harrell's quantiles, by number of knots
QUANTILES = {
    3: (0.10, 0.50, 0.90), 4: (0.05, 0.35, 0.65, 0.95), 5: (0.05, 0.275, 0.5, 0.725, 0.95),
}  # fmt: skip


def knots_of(x: np.ndarray, n_knots: int) -> np.ndarray:
    """Harrell's knots of values (n,) without gaps; fewer where ties make quantiles coincide.

    >>> knots_of(np.arange(101.0), 4).tolist()
    [5.0, 35.0, 65.0, 95.0]
    """
    return np.unique(np.quantile(x, QUANTILES[n_knots]))


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
