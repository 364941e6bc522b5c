"""What each phenotype looks like, and how far apart the phenotypes are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.data.columns import Codebook
from compendium.phenotypes.clustering import Phenotypes


@dataclass(frozen=True, eq=False)
class Map:
    """The patients in the plane of their first two principal components.

    ``scores`` (n × 2: PC1, PC2), ``explained`` (2,) share of the variance of Z (0 to 1),
    ``loadings`` (p × 2) unit vectors.
    """

    scores: pd.DataFrame
    explained: np.ndarray
    loadings: pd.DataFrame


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
    })


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
