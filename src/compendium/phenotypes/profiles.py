"""What each phenotype looks like, and how far apart the phenotypes are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.data.columns import Column
from compendium.phenotypes.clustering import Clustering
from compendium.statistics import hedges_g, t_interval


@dataclass(frozen=True, eq=False)
class Map:
    """The patients in the plane of their first two principal components.

    ``scores`` (n × 2: PC1, PC2), ``explained`` (2,) share of the variance of Z (0 to 1).
    """

    scores: pd.DataFrame
    explained: np.ndarray


def profile(found: Clustering) -> pd.DataFrame:
    """What each phenotype looks like: one row a feature × phenotype.

    Columns feature, label, block, unit, worse, phenotype, n, then mean, sd, low, high in the
    original unit and z_mean, z_low, z_high in SD. low and high are 95 % t intervals of the mean;
    they take the labels as known. The variables made the groups, so intervals that do not overlap
    test nothing. Empty where a phenotype has too few patients (``too_few``).
    """
    rows = []
    for column in _described(found):
        about = (column.name, column.label, column.block, column.unit, column.worse)
        for label, name in enumerate(found.names):
            inside = found.labels == label
            z_mean, _, z_low, z_high = _mean_interval(found.Z.loc[inside, column.name].to_numpy())
            raw = _mean_interval(found.X.loc[inside, column.name].to_numpy())
            rows.append((*about, name, int(inside.sum()), *raw, z_mean, z_low, z_high))
    names = "feature label block unit worse phenotype n mean sd low high z_mean z_low z_high"
    return pd.DataFrame(rows, columns=names.split())


def differences(found: Clustering) -> pd.DataFrame:
    """Most severe minus mildest phenotype in every feature that was used to build the clusters.

    Columns feature, label, block, unit, worse, mildest, severest, smd, n (patients of both
    phenotypes). mildest and severest are means in the original unit; smd is Hedges' standardised
    mean difference on z: 0 no difference, negative where the severe are lower. There are no p
    values on purpose: these variables made the groups, so a difference is certain beforehand.
    Intervals that know this are those of ``bootstraps.difference_intervals``. Empty where a
    phenotype has too few patients (``too_few``).
    """
    columns = _described(found)
    mild, severe = (found.labels == label for label in (0, len(found.names) - 1))
    Z = found.Z[[c.name for c in columns]].to_numpy()
    about = {key: [getattr(c, key) for c in columns] for key in ("label", "block", "unit", "worse")}
    means = [found.X.loc[who, [c.name for c in columns]].mean().tolist() for who in (mild, severe)]
    return pd.DataFrame({
        "feature": [c.name for c in columns], **about, "mildest": means[0], "severest": means[1],
        "smd": hedges_g(Z[severe], Z[mild], axis=0), "n": int(mild.sum() + severe.sum()),
    })


def pca_map(found: Clustering) -> Map:
    """Principal component scores of the z-scores for a two-dimensional picture.

    The sign is fixed: PC1 rises with severity where there is one; otherwise, and for PC2, the
    loading of largest absolute value is positive. A picture only: distances in it are shortened.
    Checked against ``sklearn.decomposition.PCA``.
    """
    Z, severity = found.Z, found.severity
    centred = Z.to_numpy(dtype=float) - Z.to_numpy(dtype=float).mean(axis=0)
    _, singular, axes = np.linalg.svd(centred, full_matrices=False)
    loadings = axes[:2].T
    loadings = loadings * np.sign(loadings[np.abs(loadings).argmax(axis=0), [0, 1]])
    if severity is not None and centred @ loadings[:, 0] @ severity.to_numpy() < 0:
        loadings = loadings * [-1.0, 1.0]
    scores = pd.DataFrame(centred @ loadings, index=Z.index, columns=["PC1", "PC2"])
    return Map(scores, (singular**2 / (singular**2).sum())[:2])


def _described(found: Clustering) -> list[Column]:
    """The features that may be described: all, or none where a phenotype has too few patients."""
    return [] if found.phenotypes.too_few else [found.codebook[name] for name in found.Z]


def _mean_interval(values: np.ndarray) -> tuple[float, float, float, float]:
    """Mean, SD, and the ends of the 95 % t interval of the mean."""
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    return mean, sd, *t_interval(mean, sd / np.sqrt(len(values)), len(values) - 1)
