"""Phenotypes: k-means on standardised features, in one order.

k-means (Lloyd, k-means++ starts) minimises the *inertia*, the sum of squared distances of the
patients to the centroid of their cluster in units of z. Clusters are numbered by mean severity:
label 0 is the mildest. Severity is the mean of the z-scores, each turned so that higher is worse;
features without a direction are left out of it.

k-means always returns as many groups as it is asked for: that phenotypes come out says nothing
about whether groups exist (see ``continuum``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.codebook import Codebook
from compendium.cohort import Cohort, features, impute
from compendium.optimum import optimum
from compendium.phenotyper import assign, phenotyper
from compendium.problems import refuse_if
from compendium.scaling import distances_to, gaps, severity, standardise

__all__ = [
    "Clustering", "Map", "Phenotypes", "assign", "cluster_cohort", "differences", "fit", "pca_map",
    "phenotyper", "profile", "severity", "standardise",
]  # fmt: skip

NAMES = {2: ("Mild", "Severe"), 3: ("Mild", "Moderate", "Severe")}


@dataclass(frozen=True, eq=False)
class Phenotypes:
    """A k-means solution in canonical order.

    ``labels`` (n,) int, 0 = mildest; ``names`` in that order; ``centroids`` (k × p) in units of z;
    ``inertia`` ≥ 0, lower is tighter; ``share_at_best``: share of starts that reached it (0 to 1;
    small means that another run may find a better solution); ``order``: "severity" or "size";
    ``exchange_gain``: relative fall of the inertia that single-point transfers still found (0:
    none; see ``optimum``).
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


@dataclass(frozen=True, eq=False)
class Clustering:
    """A clustered cohort: features without gaps (X, original units), z-scores (Z), severity
    (Series, or None where no feature has a direction), phenotypes, and the scaling used."""

    X: pd.DataFrame
    Z: pd.DataFrame
    severity: pd.Series | None
    phenotypes: Phenotypes
    scaling: str


@dataclass(frozen=True, eq=False)
class Map:
    """The patients in the plane of their first two principal components.

    ``scores`` (n × 2: PC1, PC2), ``explained`` (2,) share of the variance of Z (0 to 1),
    ``loadings`` (p × 2) unit vectors.
    """

    scores: pd.DataFrame
    explained: np.ndarray
    loadings: pd.DataFrame


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
    refuse_if(gaps(Z) or _too_few(values, n_clusters))
    best = optimum(values, n_clusters, n_init=n_init, random_state=random_state)
    found = np.stack([values[best.labels == old].mean(axis=0) for old in range(n_clusters)])
    centroids = found[_canonical(found, best.labels, severity)]
    # labels are read off the stored centroids, so that assign() repeats them exactly
    distances = distances_to(values, centroids)
    names = _names(n_clusters, severity is not None)
    return Phenotypes(
        labels=distances.argmin(axis=1),
        names=names,
        centroids=pd.DataFrame(centroids, index=list(names), columns=Z.columns),
        inertia=float((distances.min(axis=1) ** 2).sum()),
        share_at_best=best.share_at_best,
        order="size" if severity is None else "severity",
        exchange_gain=best.exchange_gain,
    )


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
    within it. ``missing`` is the method of ``cohort.impute``.
    """
    columns = cohort.codebook.features
    X = impute(features(cohort), missing, random_state)
    per_device = [c.name for c in columns if c.per_device]
    Z = standardise(X, device=cohort.device, per_device=per_device, scaling=scaling)
    worse = severity(Z, {c.name: c.worse for c in columns})
    found = fit(Z, n_clusters=n_clusters, n_init=n_init, random_state=random_state, severity=worse)
    return Clustering(X, Z, worse, found, scaling)


def profile(
    X: pd.DataFrame, Z: pd.DataFrame, phenotypes: Phenotypes, codebook: Codebook
) -> pd.DataFrame:
    """What each phenotype looks like: one row a feature × phenotype.

    Columns feature, label, block, unit, worse, phenotype, n, then mean, sd, low, high in the
    original unit and z_mean, z_low, z_high in SD. low and high are 95 % t intervals of the mean,
    NaN for a phenotype of one patient; they take the labels as known. The variables made the
    groups, so intervals that do not overlap test nothing.
    """
    rows = []
    for feature in X:
        column = codebook[feature]
        about = (feature, column.label, column.block, column.unit, column.worse)
        for label, name in enumerate(phenotypes.names):
            inside = phenotypes.labels == label
            z_mean, _, z_low, z_high = _mean_interval(Z.loc[inside, feature].to_numpy())
            raw = _mean_interval(X.loc[inside, feature].to_numpy())
            rows.append((*about, name, int(inside.sum()), *raw, z_mean, z_low, z_high))
    names = "feature label block unit worse phenotype n mean sd low high z_mean z_low z_high"
    return pd.DataFrame(rows, columns=names.split())


def differences(Z: pd.DataFrame, phenotypes: Phenotypes, codebook: Codebook) -> pd.DataFrame:
    """Most severe minus mildest phenotype in every feature that was used to build the clusters.

    Columns feature, label, block, worse, smd, low, high, n (patients of both phenotypes), method.
    smd is Hedges' standardised mean difference on z: 0 no difference, negative where the severe are
    lower. There are no p values on purpose: these variables made the groups, so a difference is
    certain beforehand and the interval describes its size, given the labels; it is no test.

    g = (m₁ − m₀)/s_pooled · (1 − 3/(4N − 9)), SE² = N/(n₁n₀) + g²/(2N), t with N − 2 degrees of
    freedom. Checked against ``pingouin.compute_effsize`` and ``compute_esci``.
    """
    mild = Z[phenotypes.labels == 0].to_numpy()
    severe = Z[phenotypes.labels == phenotypes.n_clusters - 1].to_numpy()
    g, low, high = _hedges(severe, mild)
    columns = [codebook[name] for name in Z]
    return pd.DataFrame({
        "feature": list(Z), "label": [c.label for c in columns],
        "block": [c.block for c in columns], "worse": [c.worse for c in columns],
        "smd": g, "low": low, "high": high, "n": len(mild) + len(severe),
        "method": "Hedges g, 95 % t interval, labels taken as fixed",
    })  # fmt: skip


def pca_map(Z: pd.DataFrame, severity: pd.Series | None = None) -> Map:
    """Principal component scores of Z for a two-dimensional picture.

    The sign is fixed: PC1 rises with severity where it is given; otherwise, and for PC2, the
    loading of largest absolute value is positive. A picture only: distances in it are shortened.
    Checked against ``sklearn.decomposition.PCA``.
    """
    centred = Z.to_numpy(dtype=float) - Z.to_numpy(dtype=float).mean(axis=0)
    _, singular, axes = np.linalg.svd(centred, full_matrices=False)
    loadings = axes[:2].T
    loadings = loadings * np.sign(loadings[np.abs(loadings).argmax(axis=0), [0, 1]])
    if severity is not None and centred @ loadings[:, 0] @ severity.to_numpy() < 0:
        loadings = loadings * [-1.0, 1.0]
    axis = ["PC1", "PC2"]
    return Map(
        scores=pd.DataFrame(centred @ loadings, index=Z.index, columns=axis),
        explained=(singular**2 / (singular**2).sum())[:2],
        loadings=pd.DataFrame(loadings, index=Z.columns, columns=axis),
    )


def _too_few(values: np.ndarray, n_clusters: int) -> list[str]:
    distinct = len(np.unique(values, axis=0))
    if distinct >= n_clusters:
        return []
    return [
        f"{n_clusters} clusters need at least {n_clusters} patients that differ, and the features "
        f"hold {distinct}; choose a smaller n_clusters."
    ]


def _canonical(centroids: np.ndarray, labels: np.ndarray, severity: pd.Series | None) -> np.ndarray:
    """Cluster numbers from mildest to most severe; ties larger first, then by first feature."""
    sizes = np.bincount(labels, minlength=len(centroids))
    worse = np.zeros(len(labels)) if severity is None else severity.to_numpy()
    means = np.bincount(labels, weights=worse, minlength=len(centroids)) / sizes
    return np.lexsort((centroids[:, 0], -sizes, means.round(12)))


def _names(n_clusters: int, oriented: bool) -> tuple[str, ...]:
    if oriented and n_clusters in NAMES:
        return NAMES[n_clusters]
    word = "Severity" if oriented else "Phenotype"
    return tuple(f"{word} {i}" for i in range(1, n_clusters + 1))


def _mean_interval(values: np.ndarray) -> tuple[float, float, float, float]:
    """Mean, SD, and the ends of the 95 % t interval of the mean."""
    from scipy.stats import t

    n = len(values)
    if n < 2:
        return float(values.mean()), np.nan, np.nan, np.nan
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    half = float(t.ppf(0.975, n - 1)) * sd / np.sqrt(n)
    return mean, sd, mean - half, mean + half


def _hedges(one: np.ndarray, two: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hedges g of one minus two for each column, and the ends of its 95 % interval."""
    from scipy.stats import t

    n1, n2 = len(one), len(two)
    n = n1 + n2
    squares = (n1 - 1) * _variance(one) + (n2 - 1) * _variance(two)
    difference = one.mean(axis=0) - two.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):  # no spread inside both: g is not defined
        g = difference / np.sqrt(squares / (n - 2)) * (1 - 3 / (4 * n - 9))
    half = t.ppf(0.975, n - 2) * np.sqrt(n / (n1 * n2) + g**2 / (2 * n))
    return g, g - half, g + half


def _variance(part: np.ndarray) -> np.ndarray:
    return part.var(axis=0, ddof=1) if len(part) > 1 else np.zeros(part.shape[1])
