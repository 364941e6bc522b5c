"""Certainty: how sure the phenotype of a single patient is.

Three numbers for each patient, from the bootstrap replicates in which the patient was *not* drawn,
so that nobody pulled the centroid that judges them:

co_assignment   of all pairs of the patient with another patient of the same phenotype, both out of
                bag, the share that went to one cluster. No names of clusters are needed.
same_phenotype  share of the replicates in which the patient went to the cluster that stands for
                their own phenotype. Clusters of a replicate are matched to phenotypes one to one,
                so that as many of the patients *drawn* as possible keep theirs.
margin          distance to the border with the next phenotype, in units of z.

Core patients keep their phenotype in at least 95 % of those replicates; the others are border
patients. It says how the cut moves when patients are exchanged for others of the same kind, not
whether there is a group behind it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from compendium.phenotypes.clustering import Phenotypes
from compendium.phenotypes.core import placed
from compendium.stability.indices import contingency

CORE = 0.95  # share of replicates in which a core patient keeps the phenotype


def count_assignments(
    labels: np.ndarray, reference: np.ndarray, counts: np.ndarray, n_clusters: int
) -> np.ndarray:
    """What B replicates say of n patients, as whole numbers: tallies of replicates add up.

    Parameters
    ----------
    labels : (B × n) of all patients in each replicate, clusters in any order.
    reference : (n,) phenotypes. counts : (B × n), how often each patient was drawn; 0 = out of bag.

    Returns
    -------
    (4 × n): replicates out of bag; of them in the own phenotype; pairs with out-of-bag patients of
    the own phenotype; of them in one cluster.
    """
    out, at = counts == 0, np.arange(len(labels))[:, None]
    stands_for = matched(contingency(labels, reference, ~out, n_clusters))
    same = stands_for[at, labels] == reference
    table = contingency(labels, reference, out, n_clusters)
    pairs = table.sum(axis=1)[:, reference] - 1
    together = table[at, labels, reference] - 1
    return np.stack([values.sum(axis=0, where=out) for values in (out, same, pairs, together)])


def matched(tables: np.ndarray) -> np.ndarray:
    """The phenotype that each cluster stands for: (B × k), one to one, most patients kept.

    ``tables`` (B × clusters × phenotypes) patients. Optimal assignment,
    ``scipy.optimize.linear_sum_assignment``.

    >>> matched(np.array([[[1, 9], [5, 6]]])).tolist()
    [[1, 0]]
    """
    from scipy.optimize import linear_sum_assignment

    return np.stack([linear_sum_assignment(table, maximize=True)[1] for table in tables])


def per_patient(Z: pd.DataFrame, fit: Phenotypes, tally: np.ndarray) -> pd.DataFrame:
    """The certainty of every patient, in row order and without identifiers.

    Columns k, label, co_assignment and same_phenotype (0 to 1; NaN where nothing could be
    compared), mc_error of same_phenotype, √(s(1 − s)/replicates), margin (≥ 0, 0 on the border),
    core (same_phenotype at least 0.95; False where unknown), out_of_bag (replicates it rests on).
    """
    out_of_bag, same, pairs, together = tally
    share = _share(same, out_of_bag)
    return pd.DataFrame({
        "k": fit.n_clusters,
        "label": fit.labels,
        "co_assignment": _share(together, pairs),
        "same_phenotype": share,
        "mc_error": np.sqrt(share * (1 - share) / np.maximum(out_of_bag, 1)),
        "margin": placed(Z, fit.centroids)[3],
        "core": share >= CORE,
        "out_of_bag": out_of_bag,
    })


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)
