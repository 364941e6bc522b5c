"""Phenotypes: k-means on standardised features, in one order.

k-means minimises the *inertia*, the sum of squared distances of the patients to the centroid of
their cluster in units of z. Clusters are numbered by mean severity: label 0 is the mildest.
Severity is the mean of the z-scores, each turned so that higher is worse; features without a
direction are left out of it.

k-means always returns as many groups as it is asked for: that phenotypes come out says nothing
about whether groups exist (see ``groups``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.data.cohort import Cohort, features
from compendium.data.found import Found
from compendium.headcounts import fewest
from compendium.phenotypes import core
from compendium.phenotypes.kmeans import cannot_divide
from compendium.phenotypes.scaling import gaps, impute, scaled_features, severity
from compendium.phenotypes.transfers import optimum
from compendium.problems import refuse_if
from compendium.words import listed, spelled


@dataclass(frozen=True, eq=False)
class Phenotypes:
    """A k-means solution in canonical order.

    ``labels`` (n,) int, 0 = mildest; ``names`` in that order; ``centroids`` (k × p) in units of z;
    ``inertia`` ≥ 0, lower is tighter; ``share_at_best``: share of starts that reached it (0 to 1;
    small means that another run may find a better solution); ``order``: "severity" or "size".
    """

    labels: np.ndarray
    names: tuple[str, ...]
    centroids: pd.DataFrame
    inertia: float
    share_at_best: float
    order: str

    @property
    def n_clusters(self) -> int:
        """Number of phenotypes."""
        return len(self.names)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Patients in each phenotype, mildest first."""
        return tuple(np.bincount(self.labels, minlength=self.n_clusters).tolist())

    @property
    def too_few(self) -> str:
        """Why nothing of a single phenotype is shown or kept, or "" where each has five patients or
        more: a mean of fewer, or what it leaves of the cohort's, is nearly a patient's own value.
        """
        small = [name for name, n in zip(self.names, self.sizes, strict=True) if n < fewest()]
        if not small:
            return ""
        hold = "holds" if len(small) == 1 else "each hold"
        return (f"{listed(small)} {hold} fewer than {spelled(fewest())} patients, outliers rather "
                "than a phenotype; profiles and centroids, which would be nearly their own values, "
                "are neither shown nor kept.")


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
    """The tightest division found from ``n_init`` starts, labels in canonical order.

    Parameters
    ----------
    Z : (n × p) standardised features without gaps.
    severity : (n,) higher is worse, without gaps; clusters are ordered by its mean (ties: larger
        first) and named Mild, Severe; Mild, Moderate, Severe; or Severity 1..k. Without it they are
        ordered by size, largest first, and named Phenotype 1..k.

    Raises
    ------
    InputRefused : no cluster, fewer distinct patients than clusters, or a value that is not finite.

    The inertia is at most that of R's ``kmeans(Z, k, nstart = 200)`` on the eleven data sets of the
    tests, and at most that of scikit-learn's KMeans.
    """
    refuse_if(gaps(Z) + (gaps(severity.to_frame()) if severity is not None else []))
    values = np.ascontiguousarray(Z, dtype=float)
    refuse_if(cannot_divide(values, n_clusters))
    found, share = optimum(values, n_clusters, n_init=n_init, random_state=random_state)
    worse = np.zeros(len(Z)) if severity is None else severity.to_numpy()
    centroids = core.centroids_of(values, found, n_clusters, worse)
    # labels are read off the stored centroids, so that assign() repeats them exactly
    distances = core.distances_to(values, centroids)
    names = core.names_of(n_clusters, severity is not None)
    return Phenotypes(
        labels=distances.argmin(axis=1),
        names=names,
        centroids=pd.DataFrame(centroids, index=list(names), columns=Z.columns),
        inertia=float((distances.min(axis=1) ** 2).sum()),
        share_at_best=share,
        order="size" if severity is None else "severity",
    )
