"""Spearman's rank correlation, of the data and of many resamples at once.

ρ is Pearson's correlation of midranks. A resample is given by its *counts*, how often each patient
was drawn: a patient drawn twice is two tied patients. So the ranks of a resample follow from sums
over the patients in their one sorted order, and nothing is sorted again.

Reference: Spearman 1904. Checked against R: cor.test(method = "spearman", exact = FALSE).
"""

from __future__ import annotations

import numpy as np


def spearman(x: np.ndarray, y: np.ndarray) -> float:
    """ρ of two arrays of shape (n,) without gaps, in [−1, 1]; NaN where one of them is constant.

    >>> spearman(np.array([1, 2, 3, 4]), np.array([1, 4, 9, 16]))
    1.0
    """
    return float(resampled(x, y, np.ones((1, len(x))))[0])


def resampled(x: np.ndarray, y: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """ρ of every resample.

    Parameters
    ----------
    x, y : arrays of shape (n,), no gaps.
    counts : (B, n), how often each patient is in each resample; 0 leaves it out.

    Returns
    -------
    Array of shape (B,), in [−1, 1]; NaN where a resample has one value of x, or of y, only.
    """
    counts = np.asarray(counts, dtype=float)
    middle = (counts.sum(axis=1, keepdims=True) + 1) / 2  # the mean of midranks, ties or not
    a, b = (midranks(values, counts) - middle for values in (x, y))
    ab, aa, bb = (np.einsum("ij,ij,ij->i", counts, u, v) for u, v in ((a, b), (a, a), (b, b)))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.clip(ab / np.sqrt(aa * bb), -1, 1)


def midranks(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The mean rank that each of n values has in each resample: (B, n), from ½ to B's size + ½.

    A value that a resample lacks gets the rank between its neighbours.

    >>> midranks(np.array([7, 5, 5]), np.array([[1, 1, 1], [2, 1, 0]])).tolist()
    [[3.0, 1.5, 1.5], [2.5, 1.0, 1.0]]
    """
    order = np.argsort(values, kind="stable")
    starts = np.flatnonzero(np.diff(values[order], prepend=np.nan) != 0)
    tied = np.add.reduceat(counts[:, order], starts, axis=1)
    ranks = tied.cumsum(axis=1) - (tied - 1) / 2
    back = np.empty(len(values), dtype=int)
    back[order] = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(values)))
    return ranks[:, back]
