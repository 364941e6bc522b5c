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
from compendium.headcounts import few, people
from compendium.parallel import each
from compendium.phenotypes.clustering import Clustering, Phenotypes, fit
from compendium.phenotypes.core import distances_to
from compendium.phenotypes.scaling import impute, scaled_features, severity, standardise
from compendium.problems import InputRefused
from compendium.regression.design import covariate, usable
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
Partition = tuple[np.ndarray, np.ndarray, str]  # which patients (positions), clusters, a note
Choice = tuple[str, Callable[[], Partition]]  # its name, and what it gives


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
    def levels(self) -> tuple[tuple[str, ...], ...]:
        """The levels at every place of a path."""
        adjustments = (PLAIN, RESIDUALS) if self.covariates else (PLAIN,)
        return tuple(self.filled), tuple(WAYS_TO_SCALE), adjustments, (KMEANS, WARD, *MIXTURES)

    @property
    def paths(self) -> list[Path]:
        """Every combination of levels, in their order."""
        return list(product(*self.levels))

    def adjusted(self, Z: pd.DataFrame, scaling: str) -> pd.DataFrame:
        """Standardised features less what the covariates explain of them (least squares,
        categories as levels), standardised anew, of the patients who have them all."""
        data = self.found.data.loc[Z.index, [c.name for c in self.covariates]]
        known = data.notna().all(axis=1).to_numpy()
        self.enough(known.sum(), "have all covariates")
        coded = [v for c in self.covariates for _, v in covariate(data[c.name][known], c).values()]
        X, Z = np.column_stack([np.ones(known.sum()), *coded]).astype(float), Z[known]
        X /= np.linalg.norm(X, axis=0)
        explained = X @ np.linalg.lstsq(X, Z.to_numpy(), rcond=None)[0]
        return standardise(Z - explained, scaling=scaling)

    def clusters(self, Z: pd.DataFrame, algorithm: str = KMEANS) -> Partition:
        """The patients of Z and their clusters in no particular order; above 5,000 patients of all
        but k-means a seeded sample of them, and a note that says so."""
        positions = self.found.data.index.get_indexer(Z.index)
        if algorithm == KMEANS:
            return positions, self.fit(Z).labels, ""
        some = sample(len(Z), self.found.random_state)
        rows, values, note = positions[some], Z.to_numpy(float)[some], ""
        if len(some) < len(Z):
            note = f"A seeded sample of {len(some):,} of {len(Z):,} patients."
        if algorithm in MIXTURES:
            labels = _mixture(values, MIXTURES[algorithm], self.k, self.found.random_state)
            _check_mixture(labels, MIXTURES[algorithm], self.k, Z.shape[1])
            return rows, labels, note
        from sklearn.cluster import AgglomerativeClustering

        return rows, AgglomerativeClustering(self.k, linkage="ward").fit_predict(values), note

    def fit(self, Z: pd.DataFrame) -> Phenotypes:
        """k-means on other features or patients."""
        state = self.found.random_state
        return fit(Z, n_clusters=self.k, n_init=self.n_init, random_state=state)

    def enough(self, n: int, words: str) -> None:
        """Refuse fewer patients than the clusters need, in words."""
        need = PER_CLUSTER * self.k
        if n < need:
            raise InputRefused(f"{people(int(n))} {words}, and {self.k} clusters need {need}.")


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
    kept = usable(covariates, found.data)
    raw = features(found)
    complete = raw.notna().all(axis=1)
    if complete.all():
        return Alternatives(found, {NO_GAPS: found.X}, kept, n_init)
    filled = {
        way: found.X if method == found.missing else raw[complete] if way == COMPLETE
        else impute(raw, method)
        for way, method in WAYS_WITH_GAPS.items()
    }
    return Alternatives(found, filled, kept, n_init)


def clustered(start: Alternatives, path: Path) -> Partition:
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
    start.enough(len(X), "lack no feature")
    Z = scaled_features(start.found, X, WAYS_TO_SCALE[scaling])
    if adjustment == RESIDUALS:
        Z = start.adjusted(Z, WAYS_TO_SCALE[scaling])
    rows, raw, note = start.clusters(Z, algorithm)
    some = Z.loc[start.found.data.index[rows]]
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

    algorithm, scaling, missing values, adjustment : the path of the reference with one other level;
        only those whom it clusters are compared. block left out : features of one block. site left
        out : each level of each device column that is not held by few; the centroids of the others
        assign everybody, on the z-scores of the reference.
    """
    start = alternatives(found, found.codebook.covariates, n_init=n_init)
    steps = (
        _levels(start, 3), _levels(start, 1), _levels(start, 0), _blocks(start), _sites(start),
        _levels(start, 2),
    )
    todo = [(found, kind, *choice) for kind, step in zip(KINDS_OF_CHOICE, steps, strict=True)
            for choice in step]
    return pd.DataFrame(each(_row, todo), columns=_COLUMNS).astype({"n": int})


def _row(found: Clustering, kind: str, choice: str, partition) -> tuple:
    try:
        rows, labels, note = partition()
    except InputRefused as refused:
        return kind, choice, np.nan, np.nan, 0, refused.problems[0]
    ari, moved = _compared(labels, found.labels[rows], len(found.names))
    return kind, choice, ari, moved, len(rows), note


def _compared(labels: np.ndarray, reference: np.ndarray, k: int) -> tuple[float, float]:
    """ARI, and the share of patients in another cluster after the best matching."""
    table = contingency(labels, reference, n_clusters=k)
    stay = table[0, np.arange(k), matched(table)[0]].sum()
    return float(adjusted_rand(labels, reference)[0]), float(1 - stay / len(labels))


def _levels(start: Alternatives, place: int) -> Iterator[Choice]:
    """The reference's path with every other level at one place."""
    path = start.reference
    for level in start.levels[place]:
        if level != path[place]:
            other = (*path[:place], level, *path[place + 1 :])
            yield level, partial(clustered, start, other)


def _blocks(start: Alternatives) -> Iterator[Choice]:
    blocks = start.found.codebook.blocks("feature")
    for block, columns in blocks.items() if len(blocks) > 1 else ():
        rest = start.found.Z.drop(columns=[c.name for c in columns])
        yield block or "(no block)", partial(start.clusters, rest)


def _sites(start: Alternatives) -> Iterator[Choice]:
    for device in start.found.codebook.devices:
        values = start.found.data[device.name]
        levels = device.occurring(values)
        for level in levels if len(levels) > 1 else ():
            rest = (values != level).to_numpy(bool)  # a patient without a site stays
            if few(rest.sum()) or few(len(rest) - rest.sum()):
                continue
            yield f"{device.label} {level}", partial(_without_site, start, rest)


def _without_site(start: Alternatives, rest: np.ndarray) -> Partition:
    start.enough(rest.sum(), "are of other sites")
    Z = start.found.Z
    centroids = start.fit(Z[rest]).centroids.to_numpy()
    return np.arange(len(Z)), distances_to(Z.to_numpy(), centroids).argmin(axis=1), ""


def _level(levels: dict[str, str], value: str) -> str:
    return next(level for level, own in levels.items() if own == value)


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
            f"A phenotype of {people(smallest)} cannot bear a covariance of {p} features."
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
