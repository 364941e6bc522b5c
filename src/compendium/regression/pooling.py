"""Rubin's rules: one estimate with one interval out of m completed tables.

The variance of the pooled estimate is what a complete table leaves uncertain, plus what filling
the gaps leaves uncertain. Degrees of freedom after Barnard & Rubin (1999), who let them never
exceed those of the complete table.

References: Rubin 1987; Barnard & Rubin 1999; van Buuren 2018 (fraction of missing information).
"""

from __future__ import annotations

import math

import numpy as np

from compendium.statistics import finite, t_interval


def pool(
    estimates: np.ndarray, variances: np.ndarray, df_complete: float = math.inf
) -> dict[str, np.ndarray]:
    """The estimates of m imputations, pooled.

    Parameters
    ----------
    estimates, variances : arrays of shape (m,) or (m, terms), m ≥ 2, without gaps: coefficients in
        every completed table and their squared standard errors.
    df_complete : degrees of freedom had nothing been missing, n − parameters of the model.

    Returns
    -------
    dict of numbers, or of arrays (terms,): estimate; se; low, high, the 95 % t interval on df;
    p, two-sided, against 0 (NaN without spread); df; fmi, the fraction of missing information, in
    [0, 1], the share of the uncertainty that comes from the gaps. With Q̄ the mean estimate, Ū the
    mean variance, B the variance of the estimates (divisor m − 1): T = Ū + (1 + 1/m)·B, λ =
    (1 + 1/m)·B/T, ν_m = (m − 1)/λ², ν_obs = (1 − λ)·ν_com·(ν_com + 1)/(ν_com + 3),
    df = 1/(1/ν_m + 1/ν_obs), fmi = λ + (1 − λ)·2/(df + 3).

    ValueError for fewer than two, for a gap, or for a variance below 0.

    Checked against R's mice::pool.scalar(Q, U, n, k), which takes λ below 0.0001 for 0.0001.
    """
    from scipy.stats import t

    estimates, variances = finite("estimates", estimates), finite("variances", variances)
    m = len(estimates)
    if m < 2 or estimates.shape != variances.shape or (variances < 0).any():
        raise ValueError("two imputations or more are pooled, each an estimate and a variance.")
    between = (1 + 1 / m) * estimates.var(axis=0, ddof=1)
    total = variances.mean(axis=0) + between
    estimate, se = estimates.mean(axis=0), np.sqrt(total)
    # as sums of reciprocals, so that no gap (λ = 0) and no limit (ν_com = ∞) need no exception
    of_complete = (1 + 3 / df_complete) / (df_complete + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.where(total > 0, between / total, 0.0)
        df = 1 / (gap**2 / (m - 1) + of_complete / (1 - gap))
        p = np.where(se > 0, 2 * t.sf(np.abs(estimate) / se, df), np.nan)
    low, high = t_interval(estimate, se, df)
    fmi = gap + (1 - gap) * 2 / (df + 3)
    return {"estimate": estimate, "se": se, "low": low, "high": high, "p": p, "df": df, "fmi": fmi}
