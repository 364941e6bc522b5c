"""Rubin's rules: one estimate with one interval out of m completed tables.

The variance of the pooled estimate is what a complete table leaves uncertain, plus what filling
the gaps leaves uncertain. Degrees of freedom after Barnard & Rubin (1999), who let them never
exceed those of the complete table.

References: Rubin 1987; Barnard & Rubin 1999; van Buuren 2018 (fraction of missing information).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.statistics import CONFIDENCE


@dataclass(frozen=True)
class Pooled:
    """An estimate from m imputations, in its own unit.

    ``low``, ``high``: 95 % t interval on ``df``; ``p``: two-sided, against 0. ``fmi``: fraction of
    missing information, in [0, 1], the share of the uncertainty that comes from the gaps.
    """

    estimate: float
    se: float
    low: float
    high: float
    p: float
    df: float
    fmi: float
    m: int


@dataclass(frozen=True, eq=False)
class Completed:
    """What is kept of the fit to one completed table: the fit itself holds all patients.

    ``params``, ``bse``, ``partial_r`` (a value a term), ``mse_resid``, ``rsquared``: as statsmodels
    has them, with the partial correlations beside.
    """

    params: pd.Series
    bse: pd.Series
    partial_r: pd.Series
    mse_resid: float
    rsquared: float


def pool(estimates: np.ndarray, variances: np.ndarray, df_complete: float = math.inf) -> Pooled:
    """The estimates of m imputations, pooled.

    Parameters
    ----------
    estimates, variances : arrays of shape (m,), m ≥ 2, without gaps: the coefficient in every
        completed table and its squared standard error.
    df_complete : degrees of freedom had nothing been missing, n − parameters of the model.

    Returns
    -------
    Pooled. With Q̄ the mean estimate, Ū the mean variance, B the variance of the estimates (divisor
    m − 1): T = Ū + (1 + 1/m)·B, λ = (1 + 1/m)·B/T, ν_m = (m − 1)/λ², ν_obs = (1 − λ)·
    ν_com·(ν_com + 1)/(ν_com + 3), df = 1/(1/ν_m + 1/ν_obs), fmi = λ + (1 − λ)·2/(df + 3).

    Checked against R's mice::pool.scalar(Q, U, n, k), which takes λ below 0.0001 for 0.0001.

    >>> found = pool(np.array([1.0, 1.0]), np.array([0.25, 0.25]))
    >>> found.se, found.df
    (0.5, inf)
    """
    from scipy.stats import t

    estimates, variances = (np.asarray(x, dtype=float) for x in (estimates, variances))
    m = estimates.size
    if m < 2 or estimates.shape != variances.shape or estimates.ndim != 1:
        raise ValueError("two imputations or more are pooled, each an estimate and a variance.")
    between = (1 + 1 / m) * float(estimates.var(ddof=1))
    total = float(variances.mean()) + between
    gap = between / total if total > 0 else 0.0
    df = _degrees(m, gap, df_complete)
    estimate, se = float(estimates.mean()), math.sqrt(total)
    reach = float(t.ppf((1 + CONFIDENCE) / 2, df)) * se
    p = 2 * float(t.sf(abs(estimate) / se, df)) if se > 0 else math.nan
    return Pooled(estimate, se, estimate - reach, estimate + reach, p, df,
                  gap + (1 - gap) * 2 / (df + 3), m)


def pool_terms(fits: Sequence[Completed], terms: Sequence[str], df_complete: float) -> pd.DataFrame:
    """The coefficients of m ≥ 2 completed tables, pooled: one row a term.

    Returns
    -------
    DataFrame of the fields of :func:`pool`, and partial_r, the mean over the imputations.
    """
    rows = []
    for term in terms:
        pooled = pool(
            [fit.params[term] for fit in fits], [fit.bse[term] ** 2 for fit in fits], df_complete
        )
        rows.append(vars(pooled) | {"partial_r": np.mean([fit.partial_r[term] for fit in fits])})
    return pd.DataFrame(rows, index=list(terms))


def _degrees(m: int, gap: float, df_complete: float) -> float:
    # as sums of reciprocals, so that no gap (λ = 0) and no limit (ν_com = ∞) need no exception
    of_gaps = gap**2 / (m - 1)
    if math.isinf(df_complete):
        return 1 / of_gaps if of_gaps else math.inf
    observed = (1 - gap) * df_complete * (df_complete + 1) / (df_complete + 3)
    return 1 / (of_gaps + 1 / observed) if observed > 0 else math.nan
