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

import numpy as np
import pandas as pd

from compendium.certainty import matched
from compendium.clustering import Clustering, Phenotypes, cluster_cohort, fit, standardise
from compendium.codebook import Column
from compendium.cohort import Cohort, features
from compendium.indices import adjusted_rand, contingency
from compendium.parameters import PARAMETERS
from compendium.problems import InputRefused
from compendium.sampling import sample
from compendium.scaling import distances_to
from compendium.stability import PER_CLUSTER

KINDS = (
    "algorithm", "scaling", "missing values", "block left out", "site left out", "adjustment"
)  # fmt: skip
COLUMNS = ["kind", "choice", "ari", "moved", "n", "note"]
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
        )  # fmt: skip
        return found.phenotypes.labels


def agreement(
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
            for kind, step in zip(KINDS, steps, strict=True)
            for choice, partition, note in step(reference)
        ]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"n": int})


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
    ]  # fmt: skip
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
