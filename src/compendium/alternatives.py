"""Alternatives: the same patients clustered by every combination of reasonable choices.

`agreement` changes one choice alone; here they are combined. A *path* is one level of each of four
choices: what is done about missing features, how features are scaled, whether they are adjusted
for covariates, and the algorithm. All paths end in labels of one order: 0 is the mildest phenotype
by mean severity on the features clustered; where no feature has a direction, clusters take the
numbers of the reference phenotypes that they match best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from compendium.agreement import enough, mixture, residuals, ward
from compendium.certainty import matched
from compendium.clustering import Clustering, fit, severity, standardise
from compendium.codebook import Column
from compendium.cohort import Cohort, features, impute
from compendium.indices import contingency
from compendium.problems import InputRefused
from compendium.sampling import sample

# The levels of each choice in the words of a figure -> the value of the parameter behind them.
COMPLETE, NO_GAPS = "complete patients only", "none is missing"
MISSING = {"filled, iterative": "iterative", "filled, median": "median", COMPLETE: ""}
SCALINGS = {"mean and SD": "zscore", "median and MAD": "robust"}
PLAIN, RESIDUALS = "as measured", "residuals on covariates"
KMEANS, WARD = "k-means", "Ward"
MIXTURES = {
    "Gaussian mixture, shared covariance": "tied", "Gaussian mixture, full covariances": "full",
}  # fmt: skip
Path = tuple[str, str, str, str]  # missing features, scaling, adjustment, algorithm


@dataclass(frozen=True, eq=False)
class Alternatives:
    """What the paths start from. ``filled``: features without gaps by level of MISSING (NO_GAPS
    where none is missing); ``labels``, ``names`` and ``reference`` (its path) of the reference."""

    filled: dict[str, pd.DataFrame]
    device: pd.Series | None
    columns: tuple[Column, ...]
    adjusted_for: pd.DataFrame
    covariates: tuple[Column, ...]
    labels: np.ndarray
    names: tuple[str, ...]
    reference: Path
    n_init: int
    random_state: int

    @property
    def paths(self) -> list[Path]:
        """Every combination of levels, in their order."""
        adjustments = (PLAIN, RESIDUALS) if self.covariates else (PLAIN,)
        return list(product(self.filled, SCALINGS, adjustments, (KMEANS, WARD, *MIXTURES)))


def alternatives(
    cohort: Cohort,
    found: Clustering,
    *,
    covariates: Sequence[Column] = (),
    missing: str = "iterative",
    n_init: int = 10,
    random_state: int = 0,
) -> Alternatives:
    """What every path shares, each way with missing values carried out once.

    Parameters
    ----------
    cohort, found : as ``clustering.cluster_cohort`` took and gave them: the reference.
    covariates : columns that features may be adjusted for, numbers or categories of two values or
        more; () for no such choice. missing : the method that filled the gaps of ``found``.
    n_init : starts of every k-means fit but the reference's.
    """
    raw = features(cohort)
    complete = raw.notna().all(axis=1)
    if complete.all():
        filled = {NO_GAPS: found.X}
    else:
        others = {w: m for w, m in MISSING.items() if m not in ("", missing)}
        filled = {w: impute(raw, method, random_state) for w, method in others.items()}
        filled |= {_level(MISSING, missing): found.X, COMPLETE: raw[complete]}
        filled = {level: filled[level] for level in MISSING}
    start = NO_GAPS if complete.all() else _level(MISSING, missing)
    return Alternatives(
        filled, cohort.device, cohort.codebook.features,
        cohort.data[[c.name for c in covariates]], tuple(covariates),
        found.phenotypes.labels, found.phenotypes.names,
        (start, _level(SCALINGS, found.scaling), PLAIN, KMEANS), n_init, random_state,
    )  # fmt: skip


def clustered(start: Alternatives, path: Path) -> tuple[np.ndarray, np.ndarray, str]:
    """The patients of one path and their phenotypes.

    Returns
    -------
    rows (m,): positions of the patients clustered; labels (m,): 0 = mildest; a note. The path of
    the reference gives its labels. Complete patients are standardised among themselves. Residuals
    are those of the standardised features on all covariates (least squares, categories as levels),
    standardised anew, for patients who have them all. Above 5,000 patients all but k-means see
    a seeded sample, and the note says so.

    Raises
    ------
    InputRefused : one sentence where the path cannot be gone: a column without spread, fewer than
        ten patients a phenotype, or a mixture whose covariances rest on too few patients (full: no
        phenotype larger than the number of features; shared: fewer patients than that and k).
    """
    everybody = np.arange(len(start.labels))
    if path == start.reference:
        return everybody, start.labels, ""
    missing, scaling, adjustment, algorithm = path
    X, k = start.filled[missing], len(start.names)
    enough(np.ones(len(X), bool), k, "patients lack no feature")
    per_device = [c.name for c in start.columns if c.per_device]
    Z = standardise(X, device=start.device, per_device=per_device, scaling=SCALINGS[scaling])
    if adjustment == RESIDUALS:
        Z = _residuals(start, Z, SCALINGS[scaling])
    n = len(Z)
    if algorithm != KMEANS:
        Z = Z.iloc[sample(n, start.random_state)]
    note = f"A seeded sample of {len(Z):,} of {n:,} patients." if len(Z) < n else ""
    rows = everybody[start.adjusted_for.index.get_indexer(Z.index)]
    return rows, _ordered(start, rows, Z, _partition(start, Z, algorithm)), note


def _level(levels: dict[str, str], value: str) -> str:
    return next(level for level, own in levels.items() if own == value)


def _residuals(start: Alternatives, Z: pd.DataFrame, scaling: str) -> pd.DataFrame:
    """Standardised features less what the covariates explain of them, standardised anew."""
    data = start.adjusted_for.loc[Z.index]
    return standardise(residuals(Z, data, start.covariates, len(start.names))[1], scaling=scaling)


def _partition(start: Alternatives, Z: pd.DataFrame, algorithm: str) -> np.ndarray:
    """Clusters (n,) in no particular order, none of them empty."""
    k, state = len(start.names), start.random_state
    if algorithm == KMEANS:
        return fit(Z, n_clusters=k, n_init=start.n_init, random_state=state).labels
    values, (n, p) = Z.to_numpy(float), Z.shape
    if algorithm == WARD:
        return ward(values, np.arange(n), k)[1]
    try:
        labels = mixture(values, MIXTURES[algorithm], k, state)[1]
    except ValueError:
        raise InputRefused("The covariances of the mixture cannot be estimated.") from None
    smallest = int(np.bincount(labels, minlength=k).min())
    if not smallest:
        raise InputRefused("The mixture leaves a phenotype empty.")
    if MIXTURES[algorithm] == "full" and smallest <= p:
        raise InputRefused(
            f"A phenotype of {smallest} patients cannot bear a covariance of {p} features."
        )
    if n < p + k:
        raise InputRefused(f"{n} patients cannot bear a covariance of {p} features.")
    return labels


def _ordered(start: Alternatives, rows: np.ndarray, Z: pd.DataFrame, raw: np.ndarray) -> np.ndarray:
    """The clusters in canonical order: by mean severity, ties larger first, or as they match."""
    k = len(start.names)
    worse = severity(Z, {c.name: c.worse for c in start.columns})
    if worse is None:
        return matched(contingency(raw, start.labels[rows], n_clusters=k))[0][raw]
    sizes = np.bincount(raw, minlength=k)
    means = np.bincount(raw, weights=worse, minlength=k) / sizes
    return np.lexsort((-sizes, means.round(12))).argsort()[raw]
