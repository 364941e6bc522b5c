"""Other choices: would another reasonable one have drawn the same line?

The phenotypes rest on choices: a way with missing values, a scaling, whether features are adjusted
for covariates, an algorithm, the blocks of features, the sites. :func:`other_choices` changes each
alone and clusters the patients again; the new partition is compared with the reference by the
adjusted Rand index and by the share of patients who move, clusters being matched as well as they
can be. Agreement says that a line is easy to find, not that it is a border: every choice cuts a
long severity continuum near the same place.

:func:`alternatives` combines them. A *path* is one level of each of the first four. All paths end
in labels of one order: 0 is the mildest phenotype by mean severity on the features clustered; where
no feature has a direction, clusters take the numbers of the reference phenotypes that they match
best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np
import pandas as pd

from compendium.data.cohort import PER_CLUSTER, features
from compendium.data.columns import Column
from compendium.parallel import each
from compendium.parameters import PARAMETERS
from compendium.phenotypes.clustering import Clustering, Phenotypes, fit
from compendium.phenotypes.core import distances_to
from compendium.phenotypes.scaling import impute, severity, standardise
from compendium.problems import InputRefused
from compendium.seeds import sample
from compendium.stability.certainty import matched
from compendium.stability.indices import adjusted_rand, contingency

KINDS_OF_CHOICE = (
    "algorithm", "scaling", "missing values", "block left out", "site left out", "adjustment"
)
_COLUMNS = ["kind", "choice", "ari", "moved", "n", "note"]
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
Partition = tuple[np.ndarray, np.ndarray]  # which patients (positions), and their clusters
Choice = tuple[str, Callable[[], Partition], str]  # its name, what it gives, a note


@dataclass(frozen=True, eq=False)
class Alternatives:
    """What other choices start from, and the steps that all of them share.

    ``found``: the reference. ``filled``: features without gaps by level of WAYS_WITH_GAPS (NO_GAPS
    where none is missing). ``covariates``: those that features may be adjusted for. ``n_init``:
    starts of every k-means fit but the reference's.
    """

    found: Clustering
    filled: dict[str, pd.DataFrame]
    covariates: tuple[Column, ...]
    n_init: int

    @property
    def k(self) -> int:
        return len(self.found.names)

    @property
    def reference(self) -> Path:
        """The path of the reference."""
        gaps = NO_GAPS if NO_GAPS in self.filled else _level(WAYS_WITH_GAPS, self.found.missing)
        return gaps, _level(WAYS_TO_SCALE, self.found.scaling), PLAIN, KMEANS

    @property
    def paths(self) -> list[Path]:
        """Every combination of levels, in their order."""
        adjustments = (PLAIN, RESIDUALS) if self.covariates else (PLAIN,)
        return list(product(self.filled, WAYS_TO_SCALE, adjustments, (KMEANS, WARD, *MIXTURES)))

    def scaled(self, X: pd.DataFrame, scaling: str) -> pd.DataFrame:
        """Features without gaps, standardised among themselves, within the device where marked."""
        book = self.found.codebook
        device = self.found.data[book.devices[0].name] if book.devices else None
        per_device = [c.name for c in book.features if c.per_device]
        return standardise(X, device=device, per_device=per_device, scaling=scaling)

    def adjusted(self, Z: pd.DataFrame, scaling: str) -> pd.DataFrame:
        """Standardised features less what the covariates explain of them (least squares,
        categories as levels), standardised anew, of the patients who have them all."""
        data = self.found.data.loc[Z.index, [c.name for c in self.covariates]]
        known = data.notna().all(axis=1).to_numpy()
        self.enough(known.sum(), "patients have all covariates")
        design, Z = _coded(data[known], self.covariates), Z[known]
        explained = design @ np.linalg.lstsq(design, Z.to_numpy(), rcond=None)[0]
        return standardise(Z - explained, scaling=scaling)

    def clusters(self, Z: pd.DataFrame, algorithm: str = KMEANS) -> Partition:
        """The patients of Z, and their clusters in no particular order."""
        rows, values = self.found.data.index.get_indexer(Z.index), Z.to_numpy(float)
        if algorithm == KMEANS:
            return rows, self.fit(Z).labels
        if algorithm in MIXTURES:
            return rows, _mixture(values, MIXTURES[algorithm], self.k, self.found.random_state)
        from sklearn.cluster import AgglomerativeClustering

        return rows, AgglomerativeClustering(self.k, linkage="ward").fit_predict(values)

    def fit(self, Z: pd.DataFrame) -> Phenotypes:
        """k-means on other features or patients."""
        state = self.found.random_state
        return fit(Z, n_clusters=self.k, n_init=self.n_init, random_state=state)

    def sampled(self, Z: pd.DataFrame) -> pd.DataFrame:
        """Above 5,000 patients a seeded sample of them, for what needs all pairs."""
        return Z.iloc[sample(len(Z), self.found.random_state)]

    def enough(self, n: int, words: str) -> None:
        """Refuse fewer patients than the clusters need, in words."""
        need = PER_CLUSTER * self.k
        if n < need:
            raise InputRefused(f"{n} {words}, and {self.k} clusters need {need}.")


def alternatives(
    found: Clustering, covariates: Sequence[Column] = (), *, n_init: int = 10
) -> Alternatives:
    """What every path shares, each way with missing values carried out once.

    Parameters
    ----------
    found : the reference. n_init : starts of every k-means fit but the reference's.
    covariates : codebook columns that features may be adjusted for; those with one value, and those
        that are neither numbers nor categories, are left out.
    """
    usable = tuple(c for c in covariates if (c.numeric or c.type == "category")
                   and found.data[c.name].nunique() > 1)
    raw = features(found)
    complete = raw.notna().all(axis=1)
    if complete.all():
        return Alternatives(found, {NO_GAPS: found.X}, usable, n_init)
    filled = {
        way: found.X if method == found.missing else raw[complete] if way == COMPLETE
        else impute(raw, method)
        for way, method in WAYS_WITH_GAPS.items()
    }
    return Alternatives(found, filled, usable, n_init)


def clustered(start: Alternatives, path: Path) -> tuple[np.ndarray, np.ndarray, str]:
    """The patients of one path and their phenotypes.

    Returns
    -------
    rows (m,): positions of the patients clustered; labels (m,): 0 = mildest; a note. The path of
    the reference gives its labels. Above 5,000 patients all but k-means see a seeded sample, and
    the note says so.

    Raises
    ------
    InputRefused : one sentence where the path cannot be gone: a column without spread, fewer than
        ten patients a phenotype, or a mixture whose covariances rest on too few patients (full: no
        phenotype larger than the number of features; shared: fewer patients than that and k).
    """
    if path == start.reference:
        return np.arange(len(start.found.data)), start.found.labels, ""
    missing, scaling, adjustment, algorithm = path
    X = start.filled[missing]
    start.enough(len(X), "patients lack no feature")
    Z = start.scaled(X, WAYS_TO_SCALE[scaling])
    if adjustment == RESIDUALS:
        Z = start.adjusted(Z, WAYS_TO_SCALE[scaling])
    some = Z if algorithm == KMEANS else start.sampled(Z)
    note = f"A seeded sample of {len(some):,} of {len(Z):,} patients." if len(some) < len(Z) else ""
    rows, raw = start.clusters(some, algorithm)
    if algorithm in MIXTURES:
        _check_mixture(raw, MIXTURES[algorithm], start.k, Z.shape[1])
    return rows, _ordered(start.found, rows, some, raw), note


def other_choices(found: Clustering, *, n_init: int = 50) -> pd.DataFrame:
    """The reference partition beside that of every other choice, each changed alone.

    Parameters
    ----------
    found : the reference. n_init : k-means starts of every fit.

    Returns
    -------
    One row a choice, in the order of KINDS_OF_CHOICE: kind, choice, ari (1 = same partition, 0 = no
    more than chance), moved (share of the patients compared, 0 to 1), n (patients compared), note.
    Where a choice is not possible ari and moved are NaN, n is 0 and the note says why.

    algorithm : Ward; Gaussian mixtures with a shared and with full covariances. Above 5,000
        patients Ward sees a seeded sample. scaling : the other scalings. missing values : the other
        methods; complete cases are compared among themselves. block left out : features of one
        block. site left out : each level of each device column; the centroids of the others assign
        everybody, on the z-scores of the reference. adjustment : residuals of the z-scores on all
        covariates (least squares, categories as levels), scaled anew, patients who have them all.
    """
    start = alternatives(found, found.codebook.covariates, n_init=n_init)
    steps = (_algorithms, _scalings, _missing_values, _blocks, _sites, _adjustment)
    todo = [(found, kind, *choice) for kind, step in zip(KINDS_OF_CHOICE, steps, strict=True)
            for choice in step(start)]
    return pd.DataFrame(each(_row, todo), columns=_COLUMNS).astype({"n": int})


def _row(found: Clustering, kind: str, choice: str, partition, note: str) -> tuple:
    try:
        rows, labels = partition()
    except InputRefused as refused:
        return kind, choice, np.nan, np.nan, 0, refused.problems[0]
    ari, moved = _compared(labels, found.labels[rows], len(found.names))
    return kind, choice, ari, moved, len(rows), note


def _compared(labels: np.ndarray, reference: np.ndarray, k: int) -> tuple[float, float]:
    """ARI, and the share of patients in another cluster after the best matching."""
    table = contingency(labels, reference, n_clusters=k)
    stay = table[0, np.arange(k), matched(table)[0]].sum()
    return float(adjusted_rand(labels, reference)[0]), float(1 - stay / len(labels))


def _algorithms(start: Alternatives) -> Iterator[Choice]:
    Z = start.found.Z
    some = start.sampled(Z)
    note = "" if len(some) == len(Z) else "A seeded sample: Ward needs all pairs of patients."
    yield WARD, partial(start.clusters, some, WARD), note
    for mixture in MIXTURES:
        yield mixture, partial(start.clusters, Z, mixture), ""


def _scalings(start: Alternatives) -> Iterator[Choice]:
    for scaling in PARAMETERS["scaling"].choices:
        if scaling != start.found.scaling:
            yield scaling, partial(_rescaled, start, start.found.X, scaling), ""


def _missing_values(start: Alternatives) -> Iterator[Choice]:
    if NO_GAPS in start.filled:
        yield "any", _nothing_missing, ""
        return
    for way, method in WAYS_WITH_GAPS.items():
        if method != start.found.missing:
            X = start.filled[way]
            yield method or "complete cases", partial(_rescaled, start, X, start.found.scaling), ""


def _rescaled(start: Alternatives, X: pd.DataFrame, scaling: str) -> Partition:
    if len(X) < len(start.found.data):
        start.enough(len(X), "patients lack no feature")
    return start.clusters(start.scaled(X, scaling))


def _nothing_missing() -> Partition:
    raise InputRefused("No feature value is missing, so there is nothing to fill.")


def _blocks(start: Alternatives) -> Iterator[Choice]:
    blocks = start.found.codebook.blocks("feature")
    for block, columns in blocks.items() if len(blocks) > 1 else ():
        rest = start.found.Z.drop(columns=[c.name for c in columns])
        yield block or "(no block)", partial(start.clusters, rest), ""


def _sites(start: Alternatives) -> Iterator[Choice]:
    for device in start.found.codebook.devices:
        values = start.found.data[device.name]
        levels = device.occurring(values)
        for level in levels if len(levels) > 1 else ():
            rest = (values != level).to_numpy(bool)  # a patient without a site stays
            yield f"{device.label} {level}", partial(_without_site, start, rest), ""


def _without_site(start: Alternatives, rest: np.ndarray) -> Partition:
    start.enough(rest.sum(), "patients are of other sites")
    Z = start.found.Z
    centroids = start.fit(Z[rest]).centroids.to_numpy()
    return np.arange(len(Z)), distances_to(Z.to_numpy(), centroids).argmin(axis=1)


def _adjustment(start: Alternatives) -> Iterator[Choice]:
    if start.covariates:
        words = ", ".join(c.label for c in start.covariates)
        yield RESIDUALS, partial(_of_residuals, start), f"{words}."


def _of_residuals(start: Alternatives) -> Partition:
    return start.clusters(start.adjusted(start.found.Z, "zscore"))


def _level(levels: dict[str, str], value: str) -> str:
    return next(level for level, own in levels.items() if own == value)


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


def _mixture(Z: np.ndarray, covariance: str, n_clusters: int, random_state: int) -> np.ndarray:
    """Clusters of a Gaussian mixture, "tied" (one shared covariance) or "full" (one each)."""
    from sklearn.mixture import GaussianMixture

    settings = {"covariance_type": covariance, "n_init": 10, "max_iter": 500}
    try:
        return GaussianMixture(n_clusters, random_state=random_state, **settings).fit_predict(Z)
    except ValueError:
        raise InputRefused("The covariances of the mixture cannot be estimated.") from None


def _check_mixture(labels: np.ndarray, covariance: str, k: int, p: int) -> None:
    """Refuse a mixture that leaves a phenotype empty, or whose covariances rest on too few."""
    smallest = int(np.bincount(labels, minlength=k).min())
    if not smallest:
        raise InputRefused("The mixture leaves a phenotype empty.")
    if covariance == "full" and smallest <= p:
        raise InputRefused(
            f"A phenotype of {smallest} patients cannot bear a covariance of {p} features."
        )
    if len(labels) < p + k:
        raise InputRefused(f"{len(labels)} patients cannot bear a covariance of {p} features.")


def _ordered(found: Clustering, rows: np.ndarray, Z: pd.DataFrame, raw: np.ndarray) -> np.ndarray:
    """The clusters in canonical order: by mean severity, ties larger first, or as they match."""
    k = len(found.names)
    worse = severity(Z, {c.name: c.worse for c in found.codebook.features})
    if worse is None:
        return matched(contingency(raw, found.labels[rows], n_clusters=k))[0][raw]
    sizes = np.bincount(raw, minlength=k)
    means = np.bincount(raw, weights=worse, minlength=k) / sizes
    return np.lexsort((-sizes, means.round(12))).argsort()[raw]
