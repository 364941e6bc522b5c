"""The pipeline on arrays: fill gaps, scale, cluster, order, name.

A cohort goes through it once, with names and refusals around it (`scaling`, `clustering`);
bootstraps and cross-fitting go through it hundreds of times. Every step is *learnt* on the first
rows and *applied* to all rows: a cohort and its bootstraps learn on all of their rows, and
cross-fitting on one half, so that nothing of the other half enters the labels it is given.

Gaps are filled by a chain of Bayesian ridge regressions (MacKay 1992), each feature on the others:
scikit-learn's IterativeImputer and BayesianRidge with their priors, start and stopping rule. Those
spend three quarters of their time beside the arithmetic, so it is written out here; on the shipped
cohort no z-score differs from theirs by more than 1e-13.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from compendium.headcounts import FEWEST
from compendium.phenotypes import kmeans
from compendium.statistics import hedges_g

POOLED = "all patients"  # the scale of patients who have no device of their own
_PER_DEVICE = 30  # patients a device needs for a location and spread of its own
_ROUNDS = 10  # of the chain of regressions, fixed so that a run can be repeated
_STEPS, _STOP, _PRIOR = 300, 1e-3, 2e-6  # scikit-learn's BayesianRidge
_NAMES = {2: ("Mild", "Severe"), 3: ("Mild", "Moderate", "Severe")}


class Impossible(ValueError):
    """Raised where rows cannot pass through the pipeline: one sentence."""


@dataclass(frozen=True, eq=False)
class Measured:
    """The features of patients as arrays, one row a patient, with the choices of the pipeline.

    ``X`` (n × p), gaps NaN; ``device`` (n,) names, "" where there is none; ``within`` (p,) which
    features are scored in their device; ``signs`` (p,) 1 or −1 towards worse, 0 without a
    direction; ``names`` (k,) of the phenotypes, mildest first; ``scaling``, ``missing``: methods.
    """

    X: np.ndarray
    device: np.ndarray
    within: np.ndarray
    signs: np.ndarray
    names: tuple[str, ...]
    scaling: str
    missing: str

    @property
    def n_clusters(self) -> int:
        """Number of phenotypes."""
        return len(self.names)

    @property
    def oriented(self) -> bool:
        """Whether a feature has a direction, so that phenotypes have an order of severity."""
        return bool(self.signs.any())


def phenotypes(
    measured: Measured, rows: np.ndarray, uniforms: np.ndarray, n_learn: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """z-scores (m × p) and ordered labels (m,) of ``rows``, learnt on the first ``n_learn`` rows.

    ``uniforms``: draws of the k-means++ starts, :func:`kmeans.starts`. Raises Impossible.
    """
    n_learn = len(rows) if n_learn is None else n_learn
    X, device = filled(measured.X[rows], n_learn, measured.missing), measured.device[rows]
    learnt = scales(X[:n_learn], device[:n_learn], measured.within, measured.scaling)
    Z = zscores(X, device, learnt)
    return Z, labelled(Z, measured.n_clusters, measured.signs, uniforms, n_learn)


def labelled(
    Z: np.ndarray, n_clusters: int, signs: np.ndarray, uniforms: np.ndarray,
    n_learn: int | None = None,
) -> np.ndarray:
    """Labels (m,) of z-scores (m × p), 0 = mildest, by k-means on the first ``n_learn`` rows."""
    learnt = Z[:n_learn]
    found, _ = kmeans.best_fit(learnt, n_clusters, uniforms)
    centroids = centroids_of(learnt, found, n_clusters, oriented_mean(learnt, signs))
    return distances_to(Z, centroids).argmin(axis=1)


def filled(X: np.ndarray, n_learn: int, method: str) -> np.ndarray:
    """X (m × p) without gaps, "iterative" or "median"; observed values stay, filled ones lie
    within the range observed in the first rows. A single feature is filled with its mean."""
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
    for _ in range(_ROUNDS):
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
    for _ in range(_STEPS):
        shrunk = square + weight / precision
        inside = along * s / shrunk
        slopes = inside @ Vt
        gamma = (square / shrunk).sum()
        error = off + ((along * (weight / precision) / shrunk) ** 2).sum()
        weight = (gamma + _PRIOR) / ((inside**2).sum() + _PRIOR)
        precision = (len(y) - gamma + _PRIOR) / (error + _PRIOR)
        if before is not None and np.abs(before - slopes).sum() < _STOP:
            break
        before = slopes
    slopes = (along * s / (square + weight / precision)) @ Vt
    return slopes, level - centre @ slopes


def _zscore(part: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return part.mean(axis=0), part.std(axis=0, ddof=1)


def _robust(part: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    median = np.median(part, axis=0)
    return median, 1.4826 * np.median(np.abs(part - median), axis=0)


SCALINGS = {"zscore": _zscore, "robust": _robust}


def large_devices(device: np.ndarray) -> list[str]:
    """Devices with 30 patients or more, which have scales of their own."""
    names, counts = np.unique(device, return_counts=True)
    return names[(counts >= _PER_DEVICE) & ~np.isin(names, ("", POOLED))].tolist()


def scales(
    X: np.ndarray, device: np.ndarray, within: np.ndarray, scaling: str
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Location and spread (p,) of each feature over all patients (POOLED), and in each large
    device, where features not scored ``within`` it keep those over all patients. Where fewer than
    five patients are on no large device, they and the smallest one are one: apart, their values
    would follow from the means of all others."""
    found = {POOLED: _scale(X, np.ones_like(within), scaling)}
    members = {name: device == name for name in (large_devices(device) if within.any() else ())}
    apart = ~np.isin(device, [*members])
    if members and 0 < apart.sum() < FEWEST:
        smallest = min(members, key=lambda name: (members[name].sum(), name))
        both = members[smallest] | apart
        members |= dict.fromkeys([smallest, *np.unique(device[apart]).tolist()], both)
    for name, own in members.items():
        pairs = zip(_scale(X[own], within, scaling), found[POOLED], strict=True)
        found[name] = tuple(np.where(within, one, of_all) for one, of_all in pairs)
    return found


def zscores(X: np.ndarray, device: np.ndarray, learnt: Mapping) -> np.ndarray:
    """X (m × p) on the scale of each patient's device, or on POOLED where it has none."""
    location, spread = learnt[POOLED]
    Z = (X - location) / spread
    for name, (location, spread) in learnt.items():
        own = device == name
        Z[own] = (X[own] - location) / spread
    return Z


def oriented_mean(Z: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """Severity (n,): the mean of the features that have a direction, turned so that higher is
    worse; 0 for everybody where none has."""
    return Z @ signs / max(np.abs(signs).sum(), 1)


def centroids_of(
    Z: np.ndarray, labels: np.ndarray, n_clusters: int, severity: np.ndarray
) -> np.ndarray:
    """Centroids (k × p) by mean severity, mildest first; equal ones larger first, then by the first
    feature. Raises Impossible where a cluster is empty."""
    sizes = np.bincount(labels, minlength=n_clusters)
    if not sizes.all():
        raise Impossible("Fewer different patients than phenotypes.")
    centroids = np.stack([Z[labels == j].mean(axis=0) for j in range(n_clusters)])
    worse = (np.bincount(labels, severity, n_clusters) / sizes).round(12)
    return centroids[np.lexsort((centroids[:, 0], -sizes, worse))]


def distances_to(Z: np.ndarray, centroids: np.ndarray) -> np.ndarray:
    """Euclidean distances (n × k), each row computed alone so that one patient or all agree."""
    Z, centroids = np.ascontiguousarray(Z, float), np.ascontiguousarray(centroids, float)
    return np.stack([np.sqrt(((Z - c) ** 2).sum(axis=1)) for c in centroids], axis=1)


def placed(Z: np.ndarray, centroids: np.ndarray) -> tuple[np.ndarray, ...]:
    """Nearest centroid of each row (n,), the distances to it and to the second nearest, and the
    distance to the border between the two, (next² − own²)/(2·‖c_own − c_next‖), 0 on it."""
    distances, centroids = distances_to(Z, centroids), np.asarray(centroids, float)
    own, following = np.argsort(distances, axis=1, kind="stable")[:, :2].T
    near, far = (distances[np.arange(len(distances)), which] for which in (own, following))
    between = np.linalg.norm(centroids[own] - centroids[following], axis=1)
    return own, near, far, (far**2 - near**2) / (2 * between)


def names_of(n_clusters: int, oriented: bool) -> tuple[str, ...]:
    """Mild, Severe; Mild, Moderate, Severe; or Severity 1 … k; without an order Phenotype 1 … k."""
    if oriented and n_clusters in _NAMES:
        return _NAMES[n_clusters]
    word = "Severity" if oriented else "Phenotype"
    return tuple(f"{word} {i}" for i in range(1, n_clusters + 1))


def standardised_differences(
    Z: np.ndarray, labels: np.ndarray, rows: np.ndarray, k: int
) -> np.ndarray:
    """Hedges' g (p,) of each feature, most severe minus mildest phenotype, as
    `profiles.differences`; NaN where fewer than 5 different patients are in one of the two."""
    mild, severe = labels == 0, labels == k - 1
    if min(len(np.unique(rows[group])) for group in (mild, severe)) < FEWEST:
        return np.full(Z.shape[1], np.nan)
    return hedges_g(Z[severe], Z[mild], axis=0)


def _scale(part: np.ndarray, asked: np.ndarray, scaling: str) -> tuple[np.ndarray, np.ndarray]:
    location, spread = SCALINGS[scaling](part)
    if (np.ptp(part[:, asked], axis=0) == 0).any() or not spread[asked].all():
        raise Impossible("A feature does not vary.")
    return location, spread
