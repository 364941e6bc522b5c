"""One pass of the whole pipeline over arrays: fill gaps, scale, cluster, order, regress.

What `clustering.cluster_cohort` and `outcome_models.models` do once for a cohort, bootstraps and
cross-fitting do hundreds of times, so the same steps stand here without frames: all patients in
their own order give the same phenotypes and coefficients (tested). Every step is *learnt* on the
first rows and *applied* to all rows: a bootstrap learns on all of its rows, cross-fitting on one
half, so that nothing of the other half enters the labels it is given.

Gaps are filled by the chain of `core.impute`. scikit-learn's IterativeImputer spends three
quarters of its time beside the arithmetic, so its chain of Bayesian ridge regressions (MacKay 1992;
scikit-learn's priors, start and stopping rule) is written out here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.data.cohort import Cohort, features
from compendium.data.columns import SIGNS, Column
from compendium.phenotypes import kmeans
from compendium.phenotypes.clustering import NAMES
from compendium.phenotypes.core import NOBODY, filled, ordered_centroids, scaled
from compendium.phenotypes.scaling import distances_to, words_of
from compendium.regression.design import (
    CONSTANT,
    DEPENDENT,
    PHENOTYPE,
    SPARE,
    DesignRefused,
    covariate,
    design,
)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A cohort as arrays, one row a patient, with the choices of the pipeline.

    ``X`` (n × p) features, gaps NaN; ``device`` (n,) codes; ``within`` (p,) which features are
    scored in their device; ``signs`` (p,) 1 or −1 towards worse, 0 without a direction; ``y`` (n,)
    the outcome, NaN where missing; ``C`` (n × q) covariates coded as in `design`; ``complete``
    (n,) who has them all; ``data``, ``covariates``: for designs that arrays cannot settle.
    """

    X: np.ndarray
    device: np.ndarray
    within: np.ndarray
    signs: np.ndarray
    y: np.ndarray
    C: np.ndarray
    complete: np.ndarray
    data: pd.DataFrame
    covariates: tuple[Column, ...]
    n_clusters: int
    scaling: str
    missing: str

    @property
    def oriented(self) -> bool:
        """Whether a feature has a direction, so that phenotypes have an order of severity."""
        return bool(self.signs.any())

    @property
    def names(self) -> tuple[str, ...]:
        """The phenotypes' names, mildest first, as `clustering.fit` gives them."""
        if self.oriented and self.n_clusters in NAMES:
            return NAMES[self.n_clusters]
        word = "Severity" if self.oriented else "Phenotype"
        return tuple(f"{word} {i + 1}" for i in range(self.n_clusters))


@dataclass(frozen=True, eq=False)
class Coefficients:
    """Differences in the outcome from the mildest phenotype: ``beta`` and HC3 standard errors
    ``se``, both (k − 1,), NaN where not estimable; ``n`` patients, ``df`` = n − parameters."""

    beta: np.ndarray
    se: np.ndarray
    n: int
    df: float


def prepare(
    cohort: Cohort, covariates: Sequence[Column], *, n_clusters: int, scaling: str, missing: str
) -> Prepared:
    """The arrays of a cohort. The outcome is the codebook's first; NaN where there is none."""
    book, data, X = cohort.codebook, cohort.data, features(cohort)
    scored = np.array([c.per_device for c in book.features])
    within = scored if cohort.device is not None else np.zeros(len(scored), bool)
    words = pd.Series("", data.index) if cohort.device is None else words_of(cohort.device)
    used = tuple(c for c in covariates
                 if c.type not in ("text", "date") and data[c.name].nunique() > 1)
    coded = [np.asarray(values, dtype=float)
             for c in used for _, values in covariate(data[c.name], c).values()]
    missing_y = np.full(len(data), np.nan)
    return Prepared(
        X=X.to_numpy(), device=np.where(words == "", NOBODY, pd.factorize(words)[0]), within=within,
        signs=np.array([SIGNS.get(c.worse, 0.0) for c in book.features]),
        y=data[book.outcomes[0].name].to_numpy(dtype=float) if book.outcomes else missing_y,
        C=np.column_stack([np.empty((len(data), 0)), *coded]),
        complete=data[[c.name for c in used]].notna().all(axis=1).to_numpy(),
        data=data[[c.name for c in used]].reset_index(drop=True), covariates=used,
        n_clusters=n_clusters, scaling=scaling, missing=missing,
    )


def phenotypes(
    prepared: Prepared, rows: np.ndarray, uniforms: np.ndarray, n_learn: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """z-scores (m × p) and ordered labels (m,) of ``rows``, learnt on the first ``n_learn`` rows.

    ``uniforms``: draws of the k-means++ starts, :func:`kmeans.starts`. Raises Impossible.
    """
    n_learn = len(rows) if n_learn is None else n_learn
    X = filled(prepared.X[rows], n_learn, prepared.missing)
    device, within = prepared.device[rows], prepared.within
    Z = scaled(X, n_learn, device=device, within=within, scaling=prepared.scaling)
    learnt = Z[:n_learn]
    found, _ = kmeans.best_fit(learnt, prepared.n_clusters, uniforms)
    centroids = ordered_centroids(learnt, found, prepared.n_clusters, prepared.signs)
    return Z, distances_to(Z, centroids).argmin(axis=1)


def coefficients(
    prepared: Prepared, rows: np.ndarray, labels: np.ndarray, *, adjusted: bool
) -> Coefficients:
    """Least squares of the outcome on the phenotype, with the covariates where ``adjusted``, over
    those of ``rows`` who have all that is needed; what `outcome_models.models` gives for them."""
    k, y = prepared.n_clusters, prepared.y[rows]
    known = ~np.isnan(y) & (prepared.complete[rows] | (not adjusted))
    C = prepared.C[rows[known]] if adjusted else np.empty((known.sum(), 0))
    C = C[:, C.any(axis=0)]  # a level that nobody here has
    dummies = labels[known, None] == np.arange(1, k)
    found = least_squares(y[known], np.column_stack([np.ones(len(C)), dummies, C]), k - 1)
    if found is None:
        found = _by_design(prepared, rows, labels, prepared.covariates if adjusted else ())
    return found


def least_squares(y: np.ndarray, X: np.ndarray, k: int) -> Coefficients | None:
    """Columns 1 … k of X with HC3 standard errors, or None where `design` would have to look: too
    few patients, a dependent column, a patient on whom one rests alone, no variation."""
    (n, p), lengths = X.shape, np.sqrt((X**2).sum(axis=0))
    if n < p + SPARE or not lengths.all():
        return None
    Q, R = np.linalg.qr(X / lengths)
    leverage = (Q**2).sum(axis=1)
    if np.abs(np.diag(R)).min() < DEPENDENT or leverage.max() > 1 - DEPENDENT:
        return None
    along = Q.T @ y
    residual = y - Q @ along
    if np.linalg.norm(residual) <= DEPENDENT * np.linalg.norm(y):
        return None
    back = np.linalg.inv(R)[1 : k + 1] / lengths[1 : k + 1, None]
    se = np.sqrt((((back @ Q.T) * residual / (1 - leverage)) ** 2).sum(axis=1))
    return Coefficients(back @ along, se, n, float(n - p))


def _by_design(prepared: Prepared, rows, labels, covariates) -> Coefficients:
    """The coefficients by way of `design`, which drops what cannot be estimated, or refuses."""
    k, known = prepared.n_clusters, ~np.isnan(prepared.y[rows])
    data, names = prepared.data.iloc[rows[known]], tuple(map(str, range(k)))
    beta, se = np.full((2, k - 1), np.nan)
    try:
        built = design(data.reset_index(drop=True), labels[known], names, covariates)
    except DesignRefused as refusal:
        return Coefficients(beta, se, refusal.n, np.nan)
    inside = [int(term[len(PHENOTYPE) + 1 : -1]) - 1 for term in built.groups[PHENOTYPE]]
    others = built.X.drop(columns=[CONSTANT, *built.groups[PHENOTYPE]])
    X = built.X[[CONSTANT, *built.groups[PHENOTYPE], *others]].to_numpy()
    found = least_squares(prepared.y[rows[known]][built.rows], X, len(inside))
    if found is None:
        return Coefficients(beta, se, len(X), np.nan)
    beta[inside], se[inside] = found.beta, found.se
    return Coefficients(beta, se, found.n, found.df)
