"""The coefficient when no patient helped to make the label that stands for him.

Labels found in the same patients can fit their noise. Here patients are split at random in two
halves. One half gives scales and centroids; the other half is scaled with those scales, labelled by
the nearest centroid, and alone enters the regression of the primary outcome. Both ways, and the two
coefficients are averaged. One split is a matter of luck, so there are 50 and their median is given,
with the variance of double machine learning (Chernozhukov et al. 2018): the median over splits of
var + (β − median)², var being that of the average of two coefficients from different patients,
(se₁² + se₂²)/4, HC3. The interval uses t with the degrees of freedom of both halves together
(their median over splits).

Gaps are filled by the half that gives the scales (its chain of regressions is applied to the other
half): costs as much as one imputation a half, and nothing leaks. A half has half the patients to
place its centroids, so the labels are a little noisier than the cohort's own.

Split s, then the starts of its two halves, are drawn from a stream of its own: more splits keep the
earlier ones, and nothing depends on workers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from compendium import seeds
from compendium.data.columns import Column
from compendium.parallel import each, parts
from compendium.phenotypes import kmeans
from compendium.phenotypes.clustering import Clustering
from compendium.phenotypes.core import Impossible, phenotypes
from compendium.problems import reasoned
from compendium.regression.design import NO_OUTCOME
from compendium.sensitivity.bootstraps import ENOUGH, REFIT_STARTS
from compendium.sensitivity.refit import Prepared, coefficients, prepare
from compendium.statistics import t_interval
from compendium.words import percent

_TASK = 5  # splits a worker takes at once
_METHOD = "cross-fitted halves (median), HC3, t"
_COLUMNS = (
    "phenotype", "reference", "estimate", "se", "low", "high", "df", "n", "n_used", "method",
    "note",
)


def cross_fitted(
    found: Clustering, covariates: Sequence[Column], *, n_splits: int = 50
) -> pd.DataFrame:
    """The difference in the primary outcome, each half labelled by the other, by the choices of
    ``found``.

    Parameters
    ----------
    covariates : codebook columns of the model, () for the crude one; patients who lack one stay in
        the clustering and leave the regression.

    Returns
    -------
    DataFrame, one row a phenotype: estimate, se, low, high in the outcome's unit
    (negative: lower than in the mildest), df, n (patients in the model, both halves together;
    median over splits, rounded down), n_used (splits where both ways gave a value), method, note.
    NaN and a sentence where less than 90 % of the splits did. Empty without an outcome.
    """
    if not found.codebook.outcomes:
        return reasoned(pd.DataFrame(columns=list(_COLUMNS)), NO_OUTCOME)
    prepared, names = prepare(found, covariates), found.names
    todo = [(prepared, found.random_state, part) for part in parts(n_splits, _TASK)]
    splits = np.concatenate(list(each(_task, todo, "batches of splits")))
    rows = [
        {"phenotype": name, "reference": names[0], **_row(splits[:, :, j])}
        for j, name in enumerate(names[1:])
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def both_ways(
    prepared: Prepared, halves: Sequence[np.ndarray], uniforms: Sequence[np.ndarray]
) -> np.ndarray:
    """One split: β, its variance, n and degrees of freedom, (4, k − 1).

    ``halves``: rows of the patients; ``uniforms``: of the k-means++ starts in each half.
    """
    ways = np.full((2, 4, prepared.n_clusters - 1), np.nan)
    for way, (learn, other) in enumerate((halves, halves[::-1])):
        rows = np.concatenate([learn, other])
        try:
            _, labels = phenotypes(prepared, rows, uniforms[way], n_learn=len(learn))
        except Impossible:
            continue
        c = coefficients(prepared, other, labels[len(learn) :])
        ways[way] = np.broadcast_arrays(c.beta, c.se**2, c.n, c.df)
    first, second = ways
    return (first + second) / np.array([2, 4, 1, 1])[:, None]


def combined(beta: np.ndarray, variance: np.ndarray) -> tuple[float, float]:
    """Median β of the splits, and the root of the median of var + (β − median)².

    >>> combined(np.array([1.0, 2.0, 3.0]), np.array([4.0, 4.0, 4.0]))
    (2.0, 2.23606797749979)
    """
    middle = float(np.median(beta))
    return middle, float(np.sqrt(np.median(variance + (beta - middle) ** 2)))


def _task(prepared: Prepared, random_state: int, part: range) -> np.ndarray:
    """A range of splits (len, 4, k − 1)."""
    n, found = len(prepared.X), []
    for s in part:
        rng = seeds.generator(random_state, "splits", s)
        order = rng.permutation(n)
        halves = np.sort(order[: n // 2]), np.sort(order[n // 2 :])
        uniforms = [kmeans.starts(rng, REFIT_STARTS, prepared.n_clusters) for _ in halves]
        found.append(both_ways(prepared, halves, uniforms))
    return np.array(found)


def _row(splits: np.ndarray) -> dict:
    """A row of the table from β, variance, n and degrees of freedom of every split (S, 4)."""
    used = splits[~np.isnan(splits).any(axis=1)]
    row = {"n_used": len(used), "method": _METHOD, "note": ""}
    if len(used) < max(1, ENOUGH * len(splits)):
        note = f"Not estimable: {len(used)} of {len(splits)} splits gave a value both ways, " \
            f"{percent(ENOUGH)} must."
        return row | {"note": note}
    beta, variance, n, df = used.T
    estimate, se = combined(beta, variance)
    freedom = float(np.median(df))
    low, high = t_interval(estimate, se, freedom)
    return row | {
        "estimate": estimate, "se": se, "low": low, "high": high, "df": freedom,
        "n": float(np.floor(np.median(n))),
    }
