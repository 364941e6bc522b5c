"""Agreement: would another reasonable choice have drawn the same line?

The phenotypes rest on choices: an algorithm, a scaling, a way with missing values, the blocks of
features, the sites, and that features are not adjusted for covariates. Each is changed alone and
the patients are clustered again; the new partition is compared with the reference by the adjusted
Rand index and by the share of patients who move, clusters being matched as well as they can be.

Agreement says that a line is easy to find, not that it is a border: every choice cuts a long
severity continuum near the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

import numpy as np
import pandas as pd

from compendium.data.cohort import Cohort, features
from compendium.data.columns import Column
from compendium.parameters import PARAMETERS
from compendium.phenotypes.clustering import Clustering, Phenotypes, cluster_cohort, fit
from compendium.phenotypes.core import impute
from compendium.phenotypes.scaling import distances_to, severity, standardise
from compendium.problems import InputRefused
from compendium.seeds import sample
from compendium.stability.certainty import matched
from compendium.stability.indices import adjusted_rand, contingency
from compendium.stability.resampling import PER_CLUSTER

KINDS_OF_CHOICE = (
    "algorithm", "scaling", "missing values", "block left out", "site left out", "adjustment"
)
_COLUMNS = ["kind", "choice", "ari", "moved", "n", "note"]
Partition = tuple[np.ndarray, np.ndarray]  # which patients (positions), and their clusters
Choice = tuple[str, Callable[[], Partition], str]  # its name, what it gives, a note


@dataclass(frozen=True, eq=False)
class _Reference:
    """What is compared with, and the settings that stay as they are."""

    cohort: Cohort
    found: Clustering
    missing: str
    n_init: int
    random_state: int

    @property
    def k(self) -> int:
        return self.found.phenotypes.n_clusters

    def fit(self, Z: pd.DataFrame) -> Phenotypes:
        """k-means on other features or patients."""
        return fit(Z, n_clusters=self.k, n_init=self.n_init, random_state=self.random_state)

    def everybody(self, labels: np.ndarray) -> Partition:
        return np.arange(len(self.found.Z)), labels

    def pipeline(self, **choice: str) -> Partition:
        """Everybody on the whole path from the cohort, with one other choice."""
        return self.everybody(self.labels(self.cohort, **choice))

    def labels(self, cohort: Cohort, **choice: str) -> np.ndarray:
        settings = {"scaling": self.found.scaling, "missing": self.missing} | choice
        found = cluster_cohort(
            cohort, n_clusters=self.k, n_init=self.n_init, random_state=self.random_state,
            **settings,
        )
        return found.phenotypes.labels


def other_choices(
    cohort: Cohort,
    clustering: Clustering,
    *,
    missing: str = "iterative",
    n_init: int = 50,
    random_state: int = 0,
) -> pd.DataFrame:
    """The reference partition beside that of every other choice, each changed alone.

    Parameters
    ----------
    cohort, clustering : as ``clustering.cluster_cohort`` took and gave them.
    missing : the method that filled the gaps of the reference. n_init : starts of every fit.

    Returns
    -------
    One row a choice, in the order of KINDS: kind, choice, ari (1 = same partition, 0 = no more than
    chance), moved (share of the patients compared, 0 to 1), n (patients compared), note. Where a
    choice is not possible ari and moved are NaN, n is 0 and the note says why.

    algorithm : Ward; Gaussian mixtures with a shared and with full covariances. Above 5,000
        patients Ward sees a seeded sample. scaling : the other scalings. missing values : the other
        methods; complete cases are compared among themselves. block left out : features of one
        block. site left out : each level of each device column; the centroids of the others assign
        everybody, on the z-scores of the reference. adjustment : residuals of the z-scores on all
        covariates (least squares, categories as levels), scaled anew, patients who have them all.
    """
    from threadpoolctl import threadpool_limits

    reference = _Reference(cohort, clustering, missing, n_init, random_state)
    steps = (_algorithms, _scalings, _missing_values, _blocks, _sites, _adjustment)
    with threadpool_limits(1):
        rows = [
            _row(reference, kind, choice, partition, note)
            for kind, step in zip(KINDS_OF_CHOICE, steps, strict=True)
            for choice, partition, note in step(reference)
        ]
    return pd.DataFrame(rows, columns=_COLUMNS).astype({"n": int})


def _row(reference: _Reference, kind: str, choice: str, partition, note: str) -> tuple:
    try:
        rows, labels = partition()
    except InputRefused as refused:
        return kind, choice, np.nan, np.nan, 0, refused.problems[0]
    other = reference.found.phenotypes.labels[rows]
    return kind, choice, *_compared(labels, other, reference.k), len(rows), note


def _compared(labels: np.ndarray, reference: np.ndarray, k: int) -> tuple[float, float]:
    """ARI, and the share of patients in another cluster after the best matching."""
    table = contingency(labels, reference, n_clusters=k)
    stay = table[0, np.arange(k), matched(table)[0]].sum()
    return float(adjusted_rand(labels, reference)[0]), float(1 - stay / len(labels))


def _algorithms(reference: _Reference) -> Iterator[Choice]:
    Z, settings = reference.found.Z.to_numpy(float), (reference.k, reference.random_state)
    some = sample(len(Z), reference.random_state)
    note = "" if len(some) == len(Z) else "A seeded sample: Ward needs all pairs of patients."
    yield "Ward", partial(ward, Z, some, reference.k), note
    for covariance, words in (("tied", "shared covariance"), ("full", "full covariances")):
        yield f"Gaussian mixture, {words}", partial(mixture, Z, covariance, *settings), ""


def _scalings(reference: _Reference) -> Iterator[Choice]:
    for scaling in PARAMETERS["scaling"].choices:
        if scaling != reference.found.scaling:
            yield scaling, partial(reference.pipeline, scaling=scaling), ""


def _missing_values(reference: _Reference) -> Iterator[Choice]:
    complete = features(reference.cohort).notna().all(axis=1).to_numpy()
    if complete.all():
        yield "any", _nothing_missing, ""
        return
    for method in PARAMETERS["missing"].choices:
        if method != reference.missing:
            yield method, partial(reference.pipeline, missing=method), ""
    yield "complete cases", partial(_complete_cases, reference, complete), ""


def _complete_cases(reference: _Reference, complete: np.ndarray) -> Partition:
    enough(complete, reference.k, "patients lack no feature")
    cohort = replace(reference.cohort, data=reference.cohort.data[complete])
    return np.flatnonzero(complete), reference.labels(cohort)


def _nothing_missing() -> Partition:
    raise InputRefused("No feature value is missing, so there is nothing to fill.")


def _blocks(reference: _Reference) -> Iterator[Choice]:
    blocks = reference.cohort.codebook.blocks("feature")
    for block, columns in blocks.items() if len(blocks) > 1 else ():
        yield block or "(no block)", partial(_without_block, reference, columns), ""


def _without_block(reference: _Reference, columns: Sequence[Column]) -> Partition:
    rest = reference.found.Z.drop(columns=[c.name for c in columns])
    return reference.everybody(reference.fit(rest).labels)


def _sites(reference: _Reference) -> Iterator[Choice]:
    for device in reference.cohort.codebook.devices:
        values = reference.cohort.data[device.name]
        levels = device.occurring(values)
        for level in levels if len(levels) > 1 else ():
            rest = (values != level).to_numpy(bool)  # a patient without a site stays
            yield f"{device.label} {level}", partial(_without_site, reference, rest), ""


def _without_site(reference: _Reference, rest: np.ndarray) -> Partition:
    enough(rest, reference.k, "patients are of other sites")
    Z = reference.found.Z
    return reference.everybody(distances_to(Z, reference.fit(Z[rest]).centroids).argmin(axis=1))


def _adjustment(reference: _Reference) -> Iterator[Choice]:
    data = reference.cohort.data
    covariates = [
        c for c in reference.cohort.codebook.covariates
        if (c.numeric or c.type == "category") and data[c.name].nunique() > 1
    ]
    if covariates:
        words = ", ".join(c.label for c in covariates)
        yield "residuals on covariates", partial(_adjusted, reference, covariates), f"{words}."


def _adjusted(reference: _Reference, covariates: Sequence[Column]) -> Partition:
    rows, Z = residuals(reference.found.Z, reference.cohort.data, covariates, reference.k)
    return rows, reference.fit(standardise(Z)).labels


def residuals(
    Z: pd.DataFrame, data: pd.DataFrame, covariates: Sequence[Column], k: int
) -> tuple[np.ndarray, pd.DataFrame]:
    """Features less what covariates explain of them, of the patients who have all covariates.

    Z : (n × p); data : (n rows), columns as in the codebook. Gives positions (m,) and features
    (m × p); refused where m is too few for k clusters.
    """
    known = data[[c.name for c in covariates]].notna().all(axis=1).to_numpy()
    enough(known, k, "patients have all covariates")
    design, Z = _coded(data[known], covariates), Z[known]
    explained = design @ np.linalg.lstsq(design, Z.to_numpy(), rcond=None)[0]
    return np.flatnonzero(known), Z - explained


def _coded(data: pd.DataFrame, covariates: Sequence[Column]) -> np.ndarray:
    """A constant, numbers in units of their SD, and a column for each level of a category."""
    columns = [np.ones(len(data))]
    for column in covariates:
        values = data[column.name]
        if column.numeric:
            columns.append((values - values.mean()).to_numpy(float) / (values.std() or 1.0))
        else:
            columns += [(values == level).to_numpy(float) for level in column.levels]
    return np.column_stack(columns)


def enough(which: np.ndarray, k: int, words: str) -> None:
    """Refuse fewer patients (``which``, n booleans) than k clusters need, in words."""
    n = int(which.sum())
    if n < PER_CLUSTER * k:
        raise InputRefused(f"{n} {words}, and {k} clusters need {PER_CLUSTER * k}.")


def ward(Z: np.ndarray, rows: np.ndarray, n_clusters: int) -> Partition:
    """Ward's clusters of some rows of Z (n × p), numbered in no particular order."""
    from sklearn.cluster import AgglomerativeClustering

    return rows, AgglomerativeClustering(n_clusters, linkage="ward").fit_predict(Z[rows])


def mixture(Z: np.ndarray, covariance: str, n_clusters: int, random_state: int) -> Partition:
    """Clusters of a Gaussian mixture, "tied" (one shared covariance) or "full" (one each)."""
    from sklearn.mixture import GaussianMixture

    settings = {"covariance_type": covariance, "n_init": 10, "max_iter": 500}
    model = GaussianMixture(n_clusters, random_state=random_state, **settings)
    return np.arange(len(Z)), model.fit_predict(Z)


# Alternatives: the same patients clustered by every combination of reasonable choices.
#
# `agreement` changes one choice alone; here they are combined. A *path* is one level of each of
# four
# choices: what is done about missing features, how features are scaled, whether they are adjusted
# for covariates, and the algorithm. All paths end in labels of one order: 0 is the mildest
# phenotype
# by mean severity on the features clustered; where no feature has a direction, clusters take the
# numbers of the reference phenotypes that they match best.

# The levels of each choice in the words of a figure -> the value of the parameter behind them.
COMPLETE, NO_GAPS = "complete patients only", "none is missing"
WAYS_WITH_GAPS = {"filled, iterative": "iterative", "filled, median": "median", COMPLETE: ""}
WAYS_TO_SCALE = {"mean and SD": "zscore", "median and MAD": "robust"}
PLAIN, RESIDUALS = "as measured", "residuals on covariates"
KMEANS, WARD = "k-means", "Ward"
MIXTURES = {
    "Gaussian mixture, shared covariance": "tied", "Gaussian mixture, full covariances": "full",
}
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
        return list(product(self.filled, WAYS_TO_SCALE, adjustments, (KMEANS, WARD, *MIXTURES)))


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
        others = {w: m for w, m in WAYS_WITH_GAPS.items() if m not in ("", missing)}
        filled = {w: impute(raw, method, random_state) for w, method in others.items()}
        filled |= {_level(WAYS_WITH_GAPS, missing): found.X, COMPLETE: raw[complete]}
        filled = {level: filled[level] for level in WAYS_WITH_GAPS}
    start = NO_GAPS if complete.all() else _level(WAYS_WITH_GAPS, missing)
    return Alternatives(
        filled, cohort.device, cohort.codebook.features,
        cohort.data[[c.name for c in covariates]], tuple(covariates),
        found.phenotypes.labels, found.phenotypes.names,
        (start, _level(WAYS_TO_SCALE, found.scaling), PLAIN, KMEANS), n_init, random_state,
    )


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
    Z = standardise(X, device=start.device, per_device=per_device, scaling=WAYS_TO_SCALE[scaling])
    if adjustment == RESIDUALS:
        Z = _residuals(start, Z, WAYS_TO_SCALE[scaling])
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
