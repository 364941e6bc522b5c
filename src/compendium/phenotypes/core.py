"""The pipeline on arrays: fill gaps, scale, cluster, order.

TODO
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from compendium.parameters import check
from compendium.phenotypes.scaling import MIN_PER_DEVICE, SCALINGS
from compendium.statistics import hedges_g

ITERATIONS = 10  # of the chained imputation, fixed so that a run can be repeated


def impute(X: pd.DataFrame, method: str = "iterative", random_state: int = 0) -> pd.DataFrame:
    """The feature matrix without gaps.

    Parameters
    ----------
    X : frame (n × p), gaps as NaN; every column must hold at least one value.
    method : "iterative" (each feature regressed on the others in turn, Bayesian ridge, ten rounds,
        scikit-learn's IterativeImputer) or "median".

    Returns
    -------
    A frame of the same shape; observed values are untouched and imputed ones stay within the
    observed range of their feature.

    >>> impute(pd.DataFrame({"a": [1.0, None, 3.0], "b": [2.0, 4.0, 6.0]}), "median")["a"].tolist()
    [1.0, 2.0, 3.0]
    """
    check("missing", method)
    if not X.isna().to_numpy().any():
        return X.copy()
    if method == "median":
        return X.fillna(X.median())
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401
    from sklearn.impute import IterativeImputer

    imputer = IterativeImputer(
        max_iter=ITERATIONS, tol=0, random_state=random_state,
        min_value=X.min().to_numpy(), max_value=X.max().to_numpy(),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the rounds are fixed on purpose
        return pd.DataFrame(imputer.fit_transform(X), index=X.index, columns=X.columns)

FEWEST_DIFFERENT = (
    5  # different patients in a phenotype: copies of few have no spread to measure g in
)
NOBODY = -1  # code of a patient without a device
RIDGE_STEPS, RIDGE_STOP, RIDGE_PRIOR = 300, 1e-3, 2e-6  # scikit-learn's BayesianRidge


class Impossible(ValueError):
    """Raised where rows cannot pass through the pipeline: one sentence."""


def standardised_differences(
    Z: np.ndarray, labels: np.ndarray, rows: np.ndarray, k: int
) -> np.ndarray:
    """Hedges' g (p,) of each feature, most severe minus mildest phenotype, as
    `profiles.differences`; NaN where fewer than 5 different patients are in one of the two."""
    mild, severe = labels == 0, labels == k - 1
    if min(len(np.unique(rows[group])) for group in (mild, severe)) < FEWEST_DIFFERENT:
        return np.full(Z.shape[1], np.nan)
    return hedges_g(Z[severe], Z[mild], axis=0)


def filled(X: np.ndarray, n_learn: int, method: str) -> np.ndarray:
    """X (m × p) without gaps by the method of ``core.impute``, learnt on the first rows."""
    gaps = np.isnan(X)
    if not gaps.any():
        return X
    learn = X[:n_learn]
    if gaps[:n_learn].all(axis=0).any():
        raise Impossible("A feature has no value.")
    if method == "median":
        return np.where(gaps, np.nanmedian(learn, axis=0), X)
    low, high = np.nanmin(learn, axis=0), np.nanmax(learn, axis=0)
    full = np.where(gaps, np.nanmean(learn, axis=0), X)
    order = np.argsort(gaps[:n_learn].mean(axis=0), kind="mergesort")
    order = [j for j in order if gaps[:, j].any() and X.shape[1] > 1]
    for _ in range(ITERATIONS):
        for j in order:
            gap, others = gaps[:, j], np.delete(full, j, axis=1)
            seen = np.flatnonzero(~gap[:n_learn])
            slopes, constant = bayesian_ridge(others[seen], X[seen, j])
            full[gap, j] = np.clip(others[gap] @ slopes + constant, low[j], high[j])
    return full


def bayesian_ridge(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Slopes and constant of scikit-learn's ``BayesianRidge()``, in the basis of X's singular
    vectors, where a step costs no pass over the patients."""
    centre, level = X.mean(axis=0), y.mean()
    U, s, Vt = np.linalg.svd(X - centre, full_matrices=False)
    square, along = s**2, U.T @ (y - level)
    off = ((y - level - U @ along) ** 2).sum()  # the part of y that no slopes reach
    precision, weight = 1.0 / (y.var() + np.finfo(float).eps), 1.0
    before = None
    for _ in range(RIDGE_STEPS):
        shrunk = square + weight / precision
        inside = along * s / shrunk
        slopes = inside @ Vt
        gamma = (square / shrunk).sum()
        error = off + ((along * (weight / precision) / shrunk) ** 2).sum()
        weight = (gamma + RIDGE_PRIOR) / ((inside**2).sum() + RIDGE_PRIOR)
        precision = (len(y) - gamma + RIDGE_PRIOR) / (error + RIDGE_PRIOR)
        if before is not None and np.abs(before - slopes).sum() < RIDGE_STOP:
            break
        before = slopes
    slopes = (along * s / (square + weight / precision)) @ Vt
    return slopes, level - centre @ slopes


def scaled(X, n_learn: int, *, device, within, scaling: str) -> np.ndarray:
    """z-scores (m × p) on the scales of the first rows; ``within`` the device where the first rows
    hold enough of its patients, as `scaling.standardise` does."""
    location, spread = _scale(X[:n_learn], np.ones(X.shape[1], bool), scaling)
    Z = (X - location) / spread
    if not within.any():
        return Z
    codes, counts = np.unique(device[:n_learn], return_counts=True)
    for code in codes[(counts >= MIN_PER_DEVICE) & (codes != NOBODY)]:
        own = device == code
        location, spread = _scale(X[:n_learn][own[:n_learn]], within, scaling)
        Z[np.ix_(own, within)] = (X[np.ix_(own, within)] - location[within]) / spread[within]
    return Z


def ordered_centroids(Z: np.ndarray, labels: np.ndarray, k: int, signs: np.ndarray) -> np.ndarray:
    """Centroids (k × p), mildest first: by mean oriented z-score; ties, and clusters without a
    direction, larger first (as `clustering.fit`). Raises Impossible where a cluster is empty."""
    sizes = np.bincount(labels, minlength=k)
    if not sizes.all():
        raise Impossible("Fewer different patients than phenotypes.")
    centroids = np.stack([Z[labels == j].mean(axis=0) for j in range(k)])
    worse = (centroids @ signs / max(np.abs(signs).sum(), 1)).round(12)
    return centroids[np.lexsort((centroids[:, 0], -sizes, worse))]


def _scale(part: np.ndarray, asked: np.ndarray, scaling: str) -> tuple[np.ndarray, np.ndarray]:
    location, spread = SCALINGS[scaling](part)
    if (np.ptp(part[:, asked], axis=0) == 0).any() or not spread[asked].all():
        raise Impossible("A feature does not vary.")
    return location, spread
