"""Seeds: every random stream of the analysis in one table, and whom a sample of patients holds.

A stream is made of ``random_state`` and a key: its name here, then what it is counted by
(replicate, number of clusters, draw). So each replicate can be rerun alone, more of them keep the
earlier ones, and nothing depends on threads or on which others are run.

Work that grows with the square of the number of patients (distances, Ward's tree, cohorts without
groups) sees a seeded sample where a cohort is large: the same for all, so that what is shown side
by side is of the same patients. Whoever uses it says that a sample was taken.
"""

from __future__ import annotations

import numpy as np

KEYS = {  # first elements of a spawn key
    "counts": (0,),  # + replicate: patients of a bootstrap
    "starts": (1,),  # + k, replicate: k-means++ starts
    "nulls": (2,),  # + stream, draw; + stream for the correlations of a copula
    "subsample_80": (3,),  # + replicate
    "sample": (6,),  # of a large cohort
    "reference of bands": (8,),  # + k: starts of a drawn cohort's own clusters
    "halves": (9,),  # + split
    "pipeline": (20,),  # + replicate: patients, then starts
    "splits": (21,),  # + split of cross-fitting, then starts of its halves
    "imputations": (22,),  # + imputation
    "relabellings": (23, 0),
    "effects": (23, 1),  # bootstrap of a measure
    "blocks": (23, 2),  # relabellings of whole patients
    "following": (24,),  # + resample of ranks
    "cuts": (25,),  # + draw: starts
    "mixtures": (26,),  # + sample of one Gaussian
    "path": (27,),  # + family: its draws
}
LARGE = 5_000  # patients above which a sample stands for all


def generator(random_state: int, *key: str | int) -> np.random.Generator:
    """The random stream of a key, names of :data:`KEYS` or numbers, independent of all others.

    >>> generator(7, "starts", 2, 0).random() == generator(7, 1, 2, 0).random()
    True
    """
    spawn = [part for k in key for part in (KEYS[k] if isinstance(k, str) else (k,))]
    return np.random.default_rng(np.random.SeedSequence(random_state, spawn_key=tuple(spawn)))


def sample(n: int, random_state: int) -> np.ndarray:
    """The rows of n patients, or of a sample of LARGE of them without replacement; sorted."""
    if n <= LARGE:
        return np.arange(n)
    return np.sort(generator(random_state, "sample").choice(n, LARGE, replace=False))
