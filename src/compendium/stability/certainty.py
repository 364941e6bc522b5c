"""Certainty: how sure the phenotype of a single patient is.

From the bootstrap replicates in which the patient was *not* drawn, so that nobody pulled the
centroid that judges them: the share in which they went to the cluster that stands for their own
phenotype. Clusters of a replicate are matched to phenotypes one to one, so that as many of the
patients *drawn* as possible keep theirs.

Core patients keep their phenotype in at least 95 % of those replicates; the others are border
patients. It says how the cut moves when patients are exchanged for others of the same kind, not
whether there is a group behind it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

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
    (2 × n): replicates out of bag; of them in the own phenotype.
    """
    out, at = counts == 0, np.arange(len(labels))[:, None]
    stands_for = matched(contingency(labels, reference, ~out, n_clusters))
    same = stands_for[at, labels] == reference
    return np.stack([out.sum(axis=0), same.sum(axis=0, where=out)])


def matched(tables: np.ndarray) -> np.ndarray:
    """The phenotype that each cluster stands for: (B × k), one to one, most patients kept.

    ``tables`` (B × clusters × phenotypes) patients. Optimal assignment,
    ``scipy.optimize.linear_sum_assignment``.

    >>> matched(np.array([[[1, 9], [5, 6]]])).tolist()
    [[1, 0]]
    """
    from scipy.optimize import linear_sum_assignment

    return np.stack([linear_sum_assignment(table, maximize=True)[1] for table in tables])


def per_patient(k: int, tally: np.ndarray) -> pd.DataFrame:
    """The certainty of every patient, in row order and without identifiers: k, same_phenotype (0 to
    1; NaN where nothing could be compared), core (at least 0.95; False where unknown)."""
    out_of_bag, same = map(pd.Series, tally)
    share = same / out_of_bag
    return pd.DataFrame({"k": k, "same_phenotype": share, "core": share >= CORE})
