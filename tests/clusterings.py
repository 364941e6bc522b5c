"""Made-up patients with groups and without, and any patients given by their z-scores, clustered:
what stability and groups are asked about."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from compendium.data.columns import Codebook, Column
from compendium.phenotypes.clustering import Clustering, fit
from compendium.phenotypes.scaling import severity, standardise


def found_in(
    Z: pd.DataFrame, *, worse: str | Mapping = "high", n_clusters: int = 2, n_init: int = 10,
    random_state: int = 0,
) -> Clustering:
    """Features as they are, with a codebook that says in which direction each is ``worse``."""
    directions = worse if isinstance(worse, Mapping) else dict.fromkeys(Z, worse)
    columns = [
        Column(name, f"The {name}", "feature", "size", "number", "", directions[name], (), None,
               None, None, None)
        for name in Z
    ]
    settings = {"n_clusters": n_clusters, "n_init": n_init, "random_state": random_state}
    worst = severity(Z, directions)
    solution = fit(Z, severity=worst, **settings)
    return Clustering(
        Z, solution.labels, solution.names, worst, Codebook(tuple(columns), Path("book.csv")), X=Z,
        Z=Z, phenotypes=solution, scaling="zscore", missing="iterative", random_state=random_state,
    )


def one_factor(n: int = 150, p: int = 6, seed: int = 0) -> np.ndarray:
    """One Gaussian severity that all features share."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 1)) + rng.normal(size=(n, p))


def two_groups(n: int = 150, p: int = 6, distance: float = 6.0, seed: int = 0) -> np.ndarray:
    """Two in five patients so many SDs away from the others, along the diagonal."""
    rng = np.random.default_rng(seed)
    severe = rng.random((n, 1)) < 0.4
    return rng.normal(size=(n, p)) + distance * severe / np.sqrt(p)


def overlapping_groups(n: int = 454, p: int = 24, seed: int = 1) -> np.ndarray:
    """z-scores of two overlapping correlated groups: hard enough that starts disagree."""
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(p, p)) * 0.25 + 0.5 * np.eye(p)
    X = rng.normal(size=(n, p)) @ mixing + 0.8 * (np.arange(n) < 0.37 * n)[:, None]
    return (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)


def three_overlapping() -> pd.DataFrame:
    """z-scores of 90 patients in three overlapping groups along one direction."""
    X = np.random.default_rng(1).normal(size=(90, 4)) + np.repeat([0, 1.5, 3.5], 30)[:, None]
    return standardise(pd.DataFrame(X))
