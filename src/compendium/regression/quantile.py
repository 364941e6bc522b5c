"""Median regression: how the middle patient differs, whatever the tails and ceilings do.

The coefficients minimise the sum of absolute residuals: a linear programme, solved exactly. Their
standard errors let the spread differ between patients (Hendricks–Koenker sandwich, the "nid" of
R's quantreg): the density around each patient's median is read off the regressions a bandwidth
(Hall–Sheather) above and below. Ties and small groups can leave several lines that fit equally
well; then one of them is given, always the same for the same patients, with the range of the rest.

References: Koenker & Bassett 1978; Hendricks & Koenker 1992; Hall & Sheather 1988.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from compendium.regression.design import DEPENDENT, DesignRefused
from compendium.statistics import CONFIDENCE, finite, t_interval

_MEDIAN = 0.5
_ZERO = 1e-9  # of the outcome's spread: a residual below it is none
_ROUNDING = 1e-14  # of the outcome: what a coefficient of 0 may come out as
_NEGLIGIBLE = 1e-5  # of a standard error: room below it is the solver's tolerance
_EPS = math.sqrt(np.finfo(float).eps)  # what quantreg takes from a difference before inverting it


def median_regression(
    y: np.ndarray, X: pd.DataFrame, asked: tuple[str, ...] | None = None
) -> pd.DataFrame:
    """The median of an outcome as a linear function.

    Parameters
    ----------
    y : (n,) numbers without gaps. X : (n × p) without gaps, of full rank, the constant included.
    asked : columns of X whose other best values are looked for; None for all.

    Returns
    -------
    DataFrame, one row a column of X: term; estimate, the coefficient; se; low, high, the 95 % t
    interval and p against 0, with n − p degrees of freedom; least, most: the values of this
    coefficient that fit equally well, both the estimate where it is the only one, NaN where not
    asked. The order of patients does not matter.

    se² = diagonal of τ(1 − τ)·H⁻¹(X'X)H⁻¹ at τ = 1/2, H = Σ fᵢxᵢxᵢ', fᵢ = max(0, 2h /
    (xᵢ'(b(τ+h) − b(τ−h)) − ε)), h = n^(−1/3)·z^(2/3)·(1.5 φ(0)²)^(1/3) with z = 1.96, halved until
    τ ± h lies in [0, 1]. Checked against R: quantreg::rq(method = "br") and summary(se = "nid").

    Raises
    ------
    ValueError : no patient, or a gap.
    DesignRefused : where the outcome has one value, or no density can be read off.
    """
    from scipy.stats import t

    y, _ = finite("the outcome", y), finite("the columns", X)
    if np.ptp(y) == 0:
        raise DesignRefused("the outcome has one value; its median does not vary.", len(y))
    order = np.lexsort([y, *X.to_numpy(dtype=float).T[::-1]])  # patients in any order alike
    y, A = y[order], X.to_numpy(dtype=float)[order]
    b, weights = quantile_coefficients(y, A, _MEDIAN)
    b[np.abs(b) * np.abs(A).max(axis=0) < _ROUNDING * np.abs(y).max()] = 0
    se, df = np.sqrt(np.diag(_covariance(y, A))), len(y) - A.shape[1]
    low, high = t_interval(b, se, df)
    table = pd.DataFrame({
        "term": X.columns, "estimate": b, "se": se, "low": low, "high": high,
        "p": 2 * t.sf(np.abs(b) / se, df), "least": np.nan, "most": np.nan,
    })
    for name in X.columns if asked is None else asked:
        at = X.columns.get_loc(name)
        ends = b[at] + _room(y, A, b, weights, at=at)
        ends[np.abs(ends - b[at]) < _NEGLIGIBLE * se[at]] = b[at]
        table.loc[at, ["least", "most"]] = ends
    return table


def bandwidth(n: int) -> float:
    """Hall & Sheather's bandwidth of a median's 95 % interval, halved until ½ ± h lies in [0, 1].

    Equal to R's quantreg::bandwidth.rq(0.5, n).
    """
    from scipy.stats import norm

    z = norm.ppf((1 + CONFIDENCE) / 2)
    h = n ** (-1 / 3) * z ** (2 / 3) * (1.5 * norm.pdf(0) ** 2) ** (1 / 3)
    while h > _MEDIAN:
        h /= 2
    return float(h)


def quantile_coefficients(y: np.ndarray, X: np.ndarray, tau: float):
    """The exact coefficients (p,) of the τ quantile of y (n,) on X (n × p), a vertex of the linear
    programme (the line passes through p patients or more), and the dual weights (n,): 1 above the
    line, 0 below, between on it.

    Checked against R: quantreg::rq(y ~ X, tau, method = "br").
    """
    from scipy.optimize import linprog

    # the dual has one row a coefficient, where the programme itself has one a patient
    scale = np.linalg.norm(X, axis=0)
    found = linprog(-y, A_eq=(X / scale).T, b_eq=(1 - tau) * (X / scale).sum(axis=0),
                    bounds=(0, 1), method="highs-ds")
    if found.status != 0:
        raise DesignRefused("the linear programme of the median was not solved.", len(y))
    b = -found.eqlin.marginals / scale
    # the solver stops at its tolerance: pass exactly through the patients it has found
    on = np.abs(y - X @ b) <= _ZERO * max(np.abs(y).max(), np.ptp(y))
    if np.linalg.matrix_rank(X[on] / scale) == X.shape[1]:
        b = np.linalg.lstsq(X[on] / scale, y[on])[0] / scale
    return b, found.x


def _room(y, X, b, weights, *, at: int) -> np.ndarray:
    """How far down and up one coefficient can move without loss: every line that leaves patients
    of weight 1 above or on it, those of weight 0 below or on it, the others on it, is a best one.
    """
    from scipy.optimize import linprog

    above, below = weights >= 1 - _ZERO, weights <= _ZERO
    spread, scale = np.ptp(y), np.linalg.norm(X, axis=0)
    side = np.where(above, 1.0, -1.0)[:, None]
    distance = np.abs(y - X @ b) / spread
    outside, A = above | below, X / scale
    ends = []
    for step in (-1.0, 1.0):
        found = linprog(
            -step * np.eye(len(b))[at], A_ub=(side * A)[outside], b_ub=distance[outside],
            A_eq=A[~outside], b_eq=np.zeros((~outside).sum()), bounds=(None, None), method="highs",
        )
        ends.append(found.x[at] if found.status == 0 else np.nan)
    return np.array(ends) * spread / scale[at]


def _covariance(y: np.ndarray, X: np.ndarray) -> np.ndarray:
    h = bandwidth(len(y))
    above, below = (quantile_coefficients(y, X, tau)[0] for tau in (_MEDIAN + h, _MEDIAN - h))
    apart = X @ (above - below)
    # tied quantiles: no density can be read off, and rounding must not make it infinite
    apart[np.abs(apart) <= _ZERO * np.ptp(y)] = 0
    with np.errstate(divide="ignore"):
        density = np.maximum(0, 2 * h / (apart - _EPS))
    root = np.sqrt(density)[:, None] * X
    size = np.abs(np.diag(np.linalg.qr(root / np.linalg.norm(X, axis=0), "r")))
    if not size.min() > DEPENDENT * size.max():
        raise DesignRefused(
            "the outcome is tied around its median; its density there cannot be read off.", len(y)
        )
    inverse = np.linalg.inv(root.T @ root)
    return _MEDIAN * (1 - _MEDIAN) * inverse @ (X.T @ X) @ inverse
