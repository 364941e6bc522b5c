"""Intervals that know that the phenotypes were found in the same patients.

An interval that takes the labels as known describes patients who came with a label. Here patients
are drawn with replacement and the *whole* pipeline is run on them again: fill gaps, scale, cluster,
order by severity; then the differences in the features that made the groups, and the regression of
the primary outcome. One set of replicates serves both. Features differ between groups that they
built by construction: their intervals describe a size and are no test.

Intervals are percentiles of the replicates that gave a value, at the (B + 1)α-th of the B ordered
ones. They need no standard error and follow a law that is not symmetric; they are not moved where
replicates lie to one side of the estimate, which ``benchmarks/coverage.py`` measures.

Replicate b draws its patients, then its k-means++ starts, from a stream of its own: more replicates
keep the earlier ones, each can be rerun alone, and nothing depends on workers. References: Efron &
Tibshirani 1993; Davison & Hinkley 1997.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd

from compendium import seeds
from compendium.data.columns import Column
from compendium.parallel import each, parts
from compendium.phenotypes import kmeans
from compendium.phenotypes.clustering import Clustering
from compendium.phenotypes.core import Impossible, phenotypes, standardised_differences
from compendium.sensitivity.refit import Prepared, coefficients, prepare
from compendium.statistics import CONFIDENCE
from compendium.words import percent

_TASK = 10  # replicates a worker takes at once
REFIT_STARTS = 10  # of k-means in every refit
ENOUGH = 0.9  # share of the refits that must give a value
_METHOD = "percentiles of bootstraps of the whole pipeline"
_FEW_PATIENTS = "In the others a phenotype had too few different patients."
_NO_MODEL = "In the others there was no model: no outcome, or a design refused."
_ENDS = ("low", "high", "se", "n_replicates", "n_used", "method", "note")
_COLUMNS = ("quantity", "term", "n", *_ENDS)


@dataclass(frozen=True, eq=False)
class Replicates:
    """B bootstraps of the whole pipeline, NaN where a replicate gave no value.

    ``smd`` (B × p) Hedges' g of each feature, most severe minus mildest; ``beta`` (B × (k − 1))
    difference in the primary outcome from the mildest phenotype. ``failures``: sentence ->
    replicates that gave nothing for this reason. ``features`` and ``names`` (phenotypes) in the
    order of the columns. ``n``: patients; ``n_regressed``: those with the outcome and all
    covariates. ``oriented``: whether phenotypes are ordered by severity.
    """

    smd: np.ndarray
    beta: np.ndarray
    failures: dict[str, int]
    features: tuple[str, ...]
    names: tuple[str, ...]
    n: int
    n_regressed: int
    oriented: bool

    @property
    def n_failed(self) -> int:
        """Replicates that gave no phenotypes."""
        return sum(self.failures.values())


def bootstrap(
    found: Clustering, covariates: Sequence[Column], *, n_replicates: int = 200
) -> Replicates:
    """The whole pipeline, by the choices of ``found``, on patients drawn with replacement.

    Parameters
    ----------
    covariates : codebook columns of the model, () for the crude one; a replicate's model rests on
        those of its patients who have the outcome and them all.

    Returns
    -------
    Replicates. A replicate with a feature that does not vary or with fewer different patients than
    phenotypes gives nothing and is counted; fewer than 5 different patients in the mildest or the
    most severe phenotype give no g; a design that ``design`` refuses gives no coefficient.

    A replicate of all patients in their own order equals ``clustering.cluster_cohort``,
    ``profiles.differences`` and ``outcome_models.models``; tested.
    """
    prepared = prepare(found, covariates)
    todo = [(prepared, found.random_state, part) for part in parts(n_replicates, _TASK)]
    values, failed = zip(*each(_task, todo, "batches of bootstraps"), strict=True)
    smd, beta = np.split(np.concatenate(values), [prepared.X.shape[1]], axis=1)
    regressed = ~np.isnan(prepared.y) & prepared.complete
    return Replicates(
        smd, beta, dict(sorted(Counter(chain.from_iterable(failed)).items())),
        features=tuple(c.name for c in found.codebook.features), names=found.names,
        n=len(regressed), n_regressed=int(regressed.sum()), oriented=prepared.oriented,
    )


def measured(prepared: Prepared, rows: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    """One replicate: g of every feature, and the coefficients, (p + k − 1,).

    ``rows``: the patients drawn; ``uniforms``: of the k-means++ starts. Raises Impossible.
    """
    Z, labels = phenotypes(prepared, rows, uniforms)
    smd = standardised_differences(Z, labels, rows, prepared.n_clusters)
    return np.concatenate([smd, coefficients(prepared, rows, labels).beta])


def intervals(replicates: Replicates) -> pd.DataFrame:
    """The 95 % interval of every quantity of the replicates.

    Returns
    -------
    DataFrame: quantity ("smd", "beta"), term (feature, or phenotype compared
    with the mildest), n (patients of the cohort it rests on), low, high, se (SD of the replicates),
    n_replicates, n_used (those with a value), method, note. Where less than 90 % of the replicates
    gave a value there is no interval, and ``note`` says so. Ends: R's ``quantile(x, c(.025, .975),
    type = 6)``.
    """
    r = replicates
    rows = [
        {"quantity": quantity, "term": term, "n": n, **_interval(values, quantity, r)}
        for quantity, terms, block, n in (
            ("smd", r.features, r.smd, r.n),
            ("beta", r.names[1:], r.beta, r.n_regressed),
        )
        for term, values in zip(terms, block.T, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def difference_intervals(table: pd.DataFrame, replicates: Replicates) -> pd.DataFrame:
    """The rows of ``profiles.differences`` with the intervals of the replicates, which do not take
    the labels as known, and the columns that :func:`intervals` adds."""
    ends = intervals(replicates)
    ends = ends[ends["quantity"] == "smd"].set_index("term").loc[list(table["feature"])]
    return table.assign(**{name: ends[name].to_numpy() for name in _ENDS})


def _task(prepared: Prepared, random_state: int, part: range) -> tuple[np.ndarray, list[str]]:
    """A range of replicates (len, p + k − 1), and why some of them gave nothing."""
    (n, p), k = prepared.X.shape, prepared.n_clusters
    values, failed = np.full((len(part), p + k - 1), np.nan), []
    for row, b in zip(values, part, strict=True):
        rng = seeds.generator(random_state, "pipeline", b)
        drawn = rng.integers(n, size=n)
        try:
            row[:] = measured(prepared, drawn, kmeans.starts(rng, REFIT_STARTS, k))
        except Impossible as reason:
            failed.append(str(reason))
    return values, failed


def _interval(values: np.ndarray, quantity: str, replicates: Replicates) -> dict:
    used, total = values[~np.isnan(values)], len(values)
    found = dict.fromkeys(("low", "high", "se"), np.nan)
    found |= {"n_replicates": total, "n_used": len(used), "method": _METHOD}
    if len(used) < max(2, ENOUGH * total):
        why = _FEW_PATIENTS if quantity == "smd" else _NO_MODEL
        lost = "; ".join(f"{text} ({count})" for text, count in replicates.failures.items()) or why
        note = f"No interval: {len(used)} of {total} replicates gave a value, " \
            f"{percent(ENOUGH)} must. {lost}"
        return found | {"note": note}
    tails = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    low, high = np.quantile(used, tails, method="weibull")
    ends = {"low": low, "high": high, "se": used.std(ddof=1)}
    return found | ends | {"note": _note(used, replicates)}


def _note(used: np.ndarray, replicates: Replicates) -> str:
    notes = []
    if (len(used) + 1) * (1 - CONFIDENCE) / 2 < 1:
        notes.append("So few replicates that the ends are the smallest and the largest.")
    if not replicates.oriented:
        notes.append("Phenotypes are ordered by size, and replicates may exchange them.")
    return " ".join(notes)
