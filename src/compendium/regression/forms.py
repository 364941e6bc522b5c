"""The difference between phenotypes in three forms: means, means less ruled by outliers, medians.

Each is the most severe phenotype minus the mildest at like covariates, in the outcome's own unit,
from one design over the same patients, so that the forms can share an axis. They are different
quantities: where the outcome is skewed they differ without any of them being wrong.

References: Huber 1964; Koenker & Bassett 1978.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.data.columns import Column
from compendium.data.found import Found
from compendium.regression.design import DEPENDENT, DesignRefused, design, phenotype_terms
from compendium.regression.least_squares import estimates, ols
from compendium.regression.quantile import median_regression
from compendium.seeds import LARGE
from compendium.statistics import t_interval

MEAN, HUBER, MEDIAN = "means, least squares", "means, Huber", "medians"
_NUMBERS = ["estimate", "low", "high", "p"]


@dataclass(frozen=True)
class Difference:
    """Most severe minus mildest: ``estimate``, ``low``, ``high`` (95 %) in the outcome's unit and
    ``p``, all NaN where it cannot be fitted; ``n`` patients of the model (or that it would have
    had), ``n_severe`` of them in the most severe phenotype; ``note``, "" or sentences."""

    estimate: float
    low: float
    high: float
    p: float
    n: int
    n_severe: int
    note: str


def outcome_differences(
    found: Found, outcome: Column, covariates: Sequence[Column]
) -> dict[str, Difference]:
    """The difference in every form.

    Parameters
    ----------
    outcome, covariates : as for ``outcome_models.fit_outcome``; patients without the outcome or a
        covariate are left out.

    Returns
    -------
    dict of form -> Difference. MEAN: least squares with HC3, exactly the adjusted model of
    ``fit_outcome``. HUBER: M-estimate, 1.345, scale the median absolute residual / 0.67449,
    covariance H1 (statsmodels' RLM; R's MASS::rlm but for its rounded 0.6745 and the ddof of a
    correction). MEDIAN: exact median regression, ``quantile.median_regression``, of 5,000 patients
    at most. Interval and p of all use t with n − parameters degrees of freedom.
    """
    who = found.where(found.data[outcome.name].notna().to_numpy())
    term = phenotype_terms(found.names)[-1]
    try:
        result, X, notes = _fitted(who, outcome, covariates, term)
    except DesignRefused as refusal:
        there = who.data[[c.name for c in covariates]].notna().all(axis=1).to_numpy()
        severe = int((who.labels[there] == len(found.names) - 1).sum())
        return dict.fromkeys(FORMS, _unknown(refusal.n, severe, refusal))
    severe, differences = int(X[term].sum()), {}
    for form, estimated in FORMS.items():
        try:
            numbers = map(float, estimated(result, X, term))
            differences[form] = Difference(*numbers, len(X), severe, notes)
        except DesignRefused as refusal:
            differences[form] = _unknown(len(X), severe, refusal)
    return differences


def _fitted(found: Found, outcome: Column, covariates, term: str):
    """Least squares over the patients who have everything, their design, and what to know of it."""
    built = design(found, covariates)
    y, n = found.data.loc[built.rows, outcome.name].to_numpy(dtype=float), len(built.X)
    if term not in built.X:
        raise DesignRefused(f"nobody of {found.names[-1]} is among the {n} complete patients.", n)
    return ols(y, built.X), built.X, " ".join(built.notes)


def _unknown(n: int, n_severe: int, why: DesignRefused) -> Difference:
    return Difference(np.nan, np.nan, np.nan, np.nan, n, n_severe, f"Not fitted: {why}")


def _means(result, X: pd.DataFrame, term: str) -> tuple:
    return tuple(estimates(result).loc[term, _NUMBERS])


def _huber(result, X: pd.DataFrame, term: str) -> tuple:
    from scipy.stats import t
    from statsmodels.robust.norms import HuberT
    from statsmodels.robust.robust_linear_model import RLM

    y = result.model.endog
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # residuals without spread are seen below
        robust = RLM(y, X, M=HuberT()).fit(conv="coefs", tol=1e-10, maxiter=500)
    # where half of the patients agree, the scale shrinks towards 0, and the interval with it
    most = np.unique(y, return_counts=True)[1].max()
    if 2 * most >= len(y) or not robust.scale > DEPENDENT * np.linalg.norm(y):
        raise DesignRefused("half of the outcomes or more are alike: no scale, no ends.", len(y))
    estimate, se, df = robust.params[term], robust.bse[term], result.df_resid
    return estimate, *t_interval(estimate, se, df), 2 * t.sf(abs(estimate) / se, df)


def _medians(result, X: pd.DataFrame, term: str) -> tuple:
    if len(X) > LARGE:
        raise DesignRefused(f"exact medians of more than {LARGE:,} patients take too long.", len(X))
    table = median_regression(result.model.endog, X, asked=()).set_index("term")
    return tuple(table.loc[term, _NUMBERS])


FORMS = {MEAN: _means, HUBER: _huber, MEDIAN: _medians}
