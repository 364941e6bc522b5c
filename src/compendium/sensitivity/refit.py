"""The regression of one pass over arrays: what `outcome_models.models` gives, hundreds of times.

Bootstraps and cross-fitting make phenotypes anew by `core.phenotypes` and regress the primary
outcome on them by least squares, without frames; only where a design must be looked at (a level
that was not drawn, a patient on whom a coefficient rests alone) it goes by way of `design`. All
patients in their own order give the coefficients of the cohort (tested).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.data.cohort import features
from compendium.data.columns import SIGNS, Codebook, Column
from compendium.data.found import Found
from compendium.phenotypes.clustering import Clustering
from compendium.phenotypes.core import Measured
from compendium.phenotypes.scaling import device_names
from compendium.regression.design import (
    CONSTANT,
    DEPENDENT,
    PHENOTYPE,
    SPARE,
    DesignRefused,
    covariate,
    design,
    usable,
)


@dataclass(frozen=True, eq=False)
class Prepared(Measured):
    """The features of a cohort, and what its outcome is regressed on, one row a patient.

    ``y`` (n,) the outcome, NaN where missing; ``C`` (n × q) covariates coded as in `design`;
    ``complete`` (n,) who has them all; ``data``, ``covariates``, ``codebook``: for designs that
    arrays cannot settle.
    """

    y: np.ndarray
    C: np.ndarray
    complete: np.ndarray
    data: pd.DataFrame
    covariates: tuple[Column, ...]
    codebook: Codebook


@dataclass(frozen=True, eq=False)
class Coefficients:
    """Differences in the outcome from the mildest phenotype: ``beta`` and HC3 standard errors
    ``se``, both (k − 1,), NaN where not estimable; ``n`` patients, ``df`` = n − parameters."""

    beta: np.ndarray
    se: np.ndarray
    n: int
    df: float


def prepare(found: Clustering, covariates: Sequence[Column]) -> Prepared:
    """The arrays of a clustered cohort, and the choices that clustered it. The outcome is the
    codebook's first; NaN where there is none."""
    book, data = found.codebook, found.data
    used = usable(covariates, data)
    coded = [np.asarray(values, dtype=float)
             for c in used for _, values in covariate(data[c.name], c).values()]
    y = data[book.outcomes[0].name] if book.outcomes else pd.Series(np.nan, data.index)
    known = data[[c.name for c in used]]
    return Prepared(
        X=features(found).to_numpy(), device=device_names(found.device, data.index),
        within=np.array([c.per_device for c in book.features]),
        signs=np.array([SIGNS.get(c.worse, 0.0) for c in book.features]),
        names=found.names, scaling=found.scaling, missing=found.missing,
        y=y.to_numpy(dtype=float), C=np.column_stack([np.empty((len(data), 0)), *coded]),
        complete=known.notna().all(axis=1).to_numpy(), data=known.reset_index(drop=True),
        covariates=used, codebook=book,
    )


def coefficients(prepared: Prepared, rows: np.ndarray, labels: np.ndarray) -> Coefficients:
    """Least squares of the outcome on the phenotype and the covariates, over those of ``rows`` who
    have all that is needed; what `outcome_models.models` gives for them."""
    k, y = prepared.n_clusters, prepared.y[rows]
    known = ~np.isnan(y) & prepared.complete[rows]
    C = prepared.C[rows[known]]
    C = C[:, C.any(axis=0)]  # a level that nobody here has
    dummies = labels[known, None] == np.arange(1, k)
    found = least_squares(y[known], np.column_stack([np.ones(len(C)), dummies, C]), k - 1)
    return _by_design(prepared, rows, labels) if found is None else found


def least_squares(y: np.ndarray, X: np.ndarray, k: int) -> Coefficients | None:
    """Columns 1 … k of X with HC3 standard errors, or None where `design` would have to look: too
    few patients, a dependent column, a patient on whom one rests alone, no variation, a gap."""
    (n, p), lengths = X.shape, np.sqrt((X**2).sum(axis=0))
    if n < p + SPARE or not lengths.all():
        return None
    Q, R = np.linalg.qr(X / lengths)
    leverage = (Q**2).sum(axis=1)
    if np.abs(np.diag(R)).min() < DEPENDENT or leverage.max() > 1 - DEPENDENT:
        return None
    along = Q.T @ y
    residual = y - Q @ along
    if not np.linalg.norm(residual) > DEPENDENT * np.linalg.norm(y):  # so, too, with a gap
        return None
    back = np.linalg.inv(R)[1 : k + 1] / lengths[1 : k + 1, None]
    se = np.sqrt((((back @ Q.T) * residual / (1 - leverage)) ** 2).sum(axis=1))
    return Coefficients(back @ along, se, n, float(n - p))


def _by_design(prepared: Prepared, rows, labels) -> Coefficients:
    """The coefficients by way of `design`, which drops what cannot be estimated, or refuses."""
    names, known = prepared.names, ~np.isnan(prepared.y[rows])
    data = prepared.data.iloc[rows[known]].reset_index(drop=True)
    beta, se = np.full((2, len(names) - 1), np.nan)
    try:
        built = design(Found(data, labels[known], names, None, prepared.codebook),
                       prepared.covariates)
    except DesignRefused as refusal:
        return Coefficients(beta, se, refusal.n, np.nan)
    inside = [names.index(term[len(PHENOTYPE) + 1 : -1]) - 1 for term in built.groups[PHENOTYPE]]
    others = built.X.drop(columns=[CONSTANT, *built.groups[PHENOTYPE]])
    X = built.X[[CONSTANT, *built.groups[PHENOTYPE], *others]].to_numpy()
    found = least_squares(prepared.y[rows[known]][built.rows], X, len(inside))
    if found is None:
        return Coefficients(beta, se, len(X), np.nan)
    beta[inside], se[inside] = found.beta, found.se
    return Coefficients(beta, se, found.n, found.df)
