"""The difference between phenotypes in three forms: means, means less ruled by outliers, medians.

Each is the most severe phenotype minus the mildest at like covariates, in the outcome's own unit,
from one design over the same patients, so that the forms can share an axis. They are different
quantities: where the outcome is skewed they differ without any of them being wrong.

References: Huber 1964; Koenker & Bassett 1978.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.data.columns import Column
from compendium.regression import least_squares
from compendium.regression.design import DEPENDENT, PHENOTYPE, DesignRefused, design
from compendium.regression.quantile import median_regression
from compendium.seeds import LARGE
from compendium.statistics import CONFIDENCE

MEAN, HUBER, MEDIAN = "means, least squares", "means, Huber", "medians"


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
    data: pd.DataFrame,
    labels: np.ndarray,
    names: tuple[str, ...],
    outcome: Column,
    covariates: tuple[Column, ...],
) -> dict[str, Difference]:
    """The difference in every form.

    Parameters
    ----------
    data, labels, names, outcome, covariates : as for ``outcome_models.models``; patients without
    the
        outcome or a covariate are left out.

    Returns
    -------
    dict of form -> Difference. MEAN: least squares with HC3, exactly ``outcome_models.models``.
    HUBER:
    M-estimate, 1.345, scale the median absolute residual / 0.67449, covariance H1 (statsmodels'
    RLM; R's MASS::rlm but for its rounded 0.6745 and the ddof of a correction). MEDIAN: exact
    median regression, ``quantile.median_regression``, of 5,000 patients at most. Interval and p of
    all use t with n − parameters degrees of freedom.
    """
    known = data[outcome.name].notna().to_numpy()
    data, labels = data[known], np.asarray(labels)[known]
    try:
        result, X, notes = _fitted(data, labels, names, outcome, covariates)
    except DesignRefused as refusal:
        there = data[[c.name for c in covariates]].notna().all(axis=1).to_numpy()
        severe = int((labels[there] == len(names) - 1).sum())
        return dict.fromkeys(FORMS, _unknown(refusal.n, severe, refusal))
    term, found = _term(names), {}
    severe = int(X[term].sum())
    for form, estimated in FORMS.items():
        try:
            numbers = map(float, estimated(result, X, term))
            found[form] = Difference(*numbers, len(X), severe, notes)
        except DesignRefused as refusal:
            found[form] = _unknown(len(X), severe, refusal)
    return found


def _term(names: tuple[str, ...]) -> str:
    return f"{PHENOTYPE}[{names[-1]}]"


def _fitted(data, labels, names, outcome, covariates):
    """Least squares over the patients who have everything, their design, and what to know of it."""
    built = design(data, labels, names, covariates)
    y, n = data.loc[built.rows, outcome.name].to_numpy(dtype=float), len(built.X)
    if _term(names) not in built.X:
        raise DesignRefused(f"nobody of {names[-1]} is among the {n} complete patients.", n)
    return least_squares.ols(y, built.X), built.X, " ".join(built.notes)


def _unknown(n: int, n_severe: int, why: DesignRefused) -> Difference:
    return Difference(np.nan, np.nan, np.nan, np.nan, n, n_severe, f"Not fitted: {why}")


def _means(result, X: pd.DataFrame, term: str) -> tuple:
    low, high = result.conf_int(1 - CONFIDENCE).loc[term]
    return result.params[term], low, high, result.pvalues[term]


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
    reach = t.ppf((1 + CONFIDENCE) / 2, df) * se
    return estimate, estimate - reach, estimate + reach, 2 * t.sf(abs(estimate) / se, df)


def _medians(result, X: pd.DataFrame, term: str) -> tuple:
    if len(X) > LARGE:
        raise DesignRefused(f"exact medians of more than {LARGE:,} patients take too long.", len(X))
    table = median_regression(result.model.endog, X, asked=()).set_index("term")
    return tuple(table.loc[term, ["estimate", "low", "high", "p"]])


FORMS = {MEAN: _means, HUBER: _huber, MEDIAN: _medians}
