"""Sampling: whom work sees that grows with the square of the number of patients.

Distances between all patients, Ward's tree and the draws of cohorts without groups are made of a
seeded sample where a cohort is large. It is the same sample for all of them, so that what is shown
side by side is of the same patients; whoever uses it says that a sample was taken.
"""

from __future__ import annotations

import numpy as np

from compendium.lloyd import generator

LARGE = 5_000  # patients above which a sample stands for all
KEY = 6  # seed key of the sample


def sample(n: int, random_state: int) -> np.ndarray:
    """The rows of n patients, or of a sample of LARGE of them without replacement; sorted.

    >>> sample(3, random_state=0).tolist()
    [0, 1, 2]
    """
    if n <= LARGE:
        return np.arange(n)
    return np.sort(generator(random_state, KEY).choice(n, LARGE, replace=False))
