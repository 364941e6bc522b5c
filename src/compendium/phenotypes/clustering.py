"""Phenotypes: k-means on standardised features, in one order.

k-means (Lloyd, k-means++ starts) minimises the *inertia*, the sum of squared distances of the
patients to the centroid of their cluster in units of z. Clusters are numbered by mean severity:
label 0 is the mildest. Severity is the mean of the z-scores, each turned so that higher is worse;
features without a direction are left out of it.

Lloyd's algorithm ends in a local optimum. Two numbers say how far to trust the best of its starts:
the share of starts that reached it, and what single-point transfers (Hartigan & Wong 1979) can
still gain. A transfer moves one patient where that lowers the inertia although the patient is
nearer to the old centroid, which Lloyd never does. The transfers are a certificate only: the
partition stays Lloyd's, which any k-means program repeats.

k-means always returns as many groups as it is asked for: that phenotypes come out says nothing
about whether groups exist (see ``groups``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.data.cohort import Cohort, features
from compendium.data.found import Found
from compendium.phenotypes import core, kmeans
from compendium.phenotypes.scaling import gaps, impute, scaled_features, severity
from compendium.problems import InputRefused, refuse_if

_SAME_INERTIA = 1e-9  # relative difference below which two starts reached the same optimum
_CERTIFIED = 10  # different optima, best first, from which transfers are tried


@dataclass(frozen=True, eq=False)
class Phenotypes:
    """A k-means solution in canonical order.

    ``labels`` (n,) int, 0 = mildest; ``names`` in that order; ``centroids`` (k × p) in units of z;
    ``inertia`` ≥ 0, lower is tighter; ``share_at_best``: share of starts that reached it (0 to 1;
    small means that another run may find a better solution); ``order``: "severity" or "size";
    ``exchange_gain``: relative fall of the inertia that single-point transfers still found (0:
    none).
    """

    labels: np.ndarray
    names: tuple[str, ...]
    centroids: pd.DataFrame
    inertia: float
    share_at_best: float
    order: str
    exchange_gain: float

    @property
    def n_clusters(self) -> int:
        """Number of phenotypes."""
        return len(self.names)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Patients in each phenotype, mildest first."""
        return tuple(np.bincount(self.labels, minlength=self.n_clusters).tolist())


@dataclass(frozen=True, eq=False, kw_only=True)
class Clustering(Found):
    """A clustered cohort: features without gaps (X, original units), z-scores (Z), the k-means
    solution (phenotypes), and the choices that made them."""

    X: pd.DataFrame
    Z: pd.DataFrame
    phenotypes: Phenotypes
    scaling: str
    missing: str
    random_state: int


def cluster_cohort(
    cohort: Cohort,
    *,
    n_clusters: int = 2,
    n_init: int = 50,
    scaling: str = "zscore",
    missing: str = "iterative",
    random_state: int = 0,
) -> Clustering:
    """The one path from a cohort to its phenotypes: fill gaps, standardise, cluster, order.

    The device is the first device column of the codebook; columns marked per_device are scored
    within it. ``missing`` is the method of ``scaling.impute``.
    """
    X = impute(features(cohort), missing)
    Z = scaled_features(cohort, X, scaling)
    worse = severity(Z, {c.name: c.worse for c in cohort.codebook.features})
    found = fit(Z, n_clusters=n_clusters, n_init=n_init, random_state=random_state, severity=worse)
    return Clustering(
        cohort.data, found.labels, found.names, worse, cohort.codebook, X=X, Z=Z, phenotypes=found,
        scaling=scaling, missing=missing, random_state=random_state,
    )


def fit(
    Z: pd.DataFrame,
    *,
    n_clusters: int = 2,
    n_init: int = 50,
    random_state: int = 0,
    severity: pd.Series | None = None,
) -> Phenotypes:
    """The best of ``n_init`` Lloyd runs, labels in canonical order.

    Parameters
    ----------
    Z : (n × p) standardised features without gaps.
    severity : (n,) higher is worse; clusters are ordered by its mean (ties: larger first) and
        named Mild, Severe; Mild, Moderate, Severe; or Severity 1..k. Without it they are ordered
        by size, largest first, and named Phenotype 1..k.

    Raises
    ------
    InputRefused : fewer distinct patients than clusters, or a value that is not finite.

    The starts draw from one stream, so the partition is that of scikit-learn's
    ``KMeans(n_clusters, n_init=n_init, random_state=random_state, tol=0)``; tested.
    """
    values = np.ascontiguousarray(Z, dtype=float)
    refuse_if(gaps(Z))
    distinct = len(np.unique(values, axis=0))
    if distinct < n_clusters:
        raise InputRefused(
            f"{n_clusters} clusters need at least {n_clusters} patients that differ, and the "
            f"features hold {distinct}; choose a smaller n_clusters."
        )
    best = optimum(values, n_clusters, n_init=n_init, random_state=random_state)
    worse = np.zeros(len(Z)) if severity is None else severity.to_numpy()
    centroids = core.centroids_of(values, best.labels, n_clusters, worse)
    # labels are read off the stored centroids, so that assign() repeats them exactly
    distances = core.distances_to(values, centroids)
    names = core.names_of(n_clusters, severity is not None)
    return Phenotypes(
        labels=distances.argmin(axis=1),
        names=names,
        centroids=pd.DataFrame(centroids, index=list(names), columns=Z.columns),
        inertia=float((distances.min(axis=1) ** 2).sum()),
        share_at_best=best.share_at_best,
        order="size" if severity is None else "severity",
        exchange_gain=best.exchange_gain,
    )


@dataclass(frozen=True, eq=False)
class Optimum:
    """``labels`` (n,) 0..k − 1 in no particular order; ``inertia`` ≥ 0; ``share_at_best`` of the
    starts that reached it, 0 to 1; ``exchange_gain``, see :func:`optimum`."""

    labels: np.ndarray
    inertia: float
    share_at_best: float
    exchange_gain: float


def optimum(X: np.ndarray, n_clusters: int, *, n_init: int, random_state: int) -> Optimum:
    """The best of ``n_init`` Lloyd runs on X (n × p, no gaps, at least k distinct rows).

    ``exchange_gain`` = 1 − (lowest inertia that transfers reach from the best solution and from up
    to nine other optima of the starts) / (inertia), 0 to 1: 0 where they find nothing lower, so
    that a larger value is the relative loss of the Lloyd solution.
    """
    X = X[:, np.ptp(X, axis=0) > 0]  # a constant feature adds nothing to any distance
    uniforms = kmeans.starts(np.random.RandomState(random_state), n_init, n_clusters)
    weights = np.ones(len(X))
    found = [kmeans.fit_weighted(X, weights, n_clusters, u[None]) for u in uniforms]
    inertias = np.array([inertia for _, _, inertia, _ in found])
    best = int(inertias.argmin())
    tried = [kmeans.exchange(X, found[s][0], n_clusters)[1] for s in _different(inertias)]
    lowest, same = float(inertias[best]), inertias <= inertias[best] * (1 + _SAME_INERTIA)
    gain = 1.0 - min(tried) / lowest if lowest > 0 else 0.0
    return Optimum(
        labels=found[best][0].astype(int), inertia=lowest, share_at_best=float(same.mean()),
        exchange_gain=gain if gain > _SAME_INERTIA else 0.0,
    )


def _different(inertias: np.ndarray) -> list[int]:
    """The first start of each of the _CERTIFIED lowest optima, the best first."""
    kept: list[int] = []
    for start in inertias.argsort(kind="stable"):
        if not kept or inertias[start] > inertias[kept[-1]] * (1 + _SAME_INERTIA):
            kept.append(int(start))
    return kept[:_CERTIFIED]
