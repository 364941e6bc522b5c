"""How strongly each validator follows severity, in the patients and in resamples of them.

Spearman's ρ with severity, turned by the codebook: positive means worse where severity is higher;
a validator without a direction keeps its sign. Patients are resampled with replacement, the same
ones for every validator, and ranked anew each time, so that differences and ranks of several ρ
know what the validators share. Severity is taken as known. ρ is Pearson's correlation of midranks,
and a resample is given by its *counts*, how often each patient was drawn: a patient drawn twice is
two tied patients. So the ranks of a resample follow from sums over the patients in their one sorted
order, and nothing is sorted again.

Resample b has its own stream, so more resamples keep the earlier ones. Patients are drawn in the
order of severity, ties by index: neither the order of rows nor the other validators move a ρ or its
resamples. Spearman 1904; checked against R: cor.test(method = "spearman", exact = FALSE).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compendium.data.columns import SIGNS, Column
from compendium.data.found import Found
from compendium.seeds import generator
from compendium.statistics import finite

_FEWEST_PAIRS = 10  # pairs of values, below which there is no ρ
_TOGETHER = 1_000_000  # patients × resamples ranked at once


@dataclass(frozen=True, eq=False)
class Following:
    """Turned ρ of m validators with severity.

    ``rho`` (m,) in [−1, 1], 1 = worse wherever severity is higher; ``draws`` (resamples × m);
    ``n`` (m,) patients with both values; ``notes`` why there is no ρ, "" where there is one;
    ``directed`` (m,) whether the codebook states a direction.
    """

    columns: tuple[Column, ...]
    n: np.ndarray
    rho: np.ndarray
    draws: np.ndarray
    notes: tuple[str, ...]

    @property
    def directed(self) -> np.ndarray:
        return np.array([column.worse in SIGNS for column in self.columns], dtype=bool)

    def blocks(self) -> dict[str, list[int]]:
        """Block -> its validators' places, blocks in order of first appearance."""
        found: dict[str, list[int]] = {}
        for i, column in enumerate(self.columns):
            found.setdefault(column.block or column.role, []).append(i)
        return found


def follow(
    found: Found, validators: Sequence[Column], n_boot: int, random_state: int
) -> Following:
    """ρ of every validator with severity, and in ``n_boot`` resamples of the patients.

    found : patients with their severity; NaN in a validator or in severity = missing, left out.
    validators : codebook columns that hold numbers.
    """
    worse = found.severity.to_numpy(float)
    place = np.lexsort((found.data.index.astype(str), worse))[: np.isfinite(worse).sum()]
    worse, parts = worse[place], _drawn(n_boot, len(place), random_state)
    n, rho, draws, notes = [], [], [], []
    for column in validators:
        y = found.data[column.name].to_numpy(float)[place]
        known, sign = ~np.isnan(y), SIGNS.get(column.worse, 1.0)
        pair = worse[known], y[known]
        notes.append(obstacle(*pair, ("severity", column.label)))
        n.append(int(known.sum()))
        lost = np.full(n_boot + 1, np.nan)
        each = lost if notes[-1] else sign * np.concatenate(
            [[spearman(*pair)], *(resampled(*pair, part[:, known]) for part in parts)]
        )
        rho.append(each[0])
        draws.append(each[1:])
    return Following(tuple(validators), np.array(n), np.array(rho), np.array(draws).T, tuple(notes))


def obstacle(x: np.ndarray, y: np.ndarray, names: tuple[str, str]) -> str:
    """Why two columns without gaps have no ρ, in one sentence; "" where they have one."""
    if len(x) < _FEWEST_PAIRS:
        return f"Not computed: fewer than {_FEWEST_PAIRS} patients have both values."
    same = [name for name, v in zip(names, (x, y), strict=True) if v.min() == v.max()]
    return f"Not computed: all patients have the same {' and '.join(same)}." if same else ""


def spearman(x: np.ndarray, y: np.ndarray) -> float:
    """ρ of two arrays of shape (n,), in [−1, 1]; NaN where one of them is constant.

    ValueError for a gap, or without a pair.
    """
    x, y = finite("x", x), finite("y", y)
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
    """
    order = np.argsort(values, kind="stable")
    starts = np.flatnonzero(np.diff(values[order], prepend=np.nan) != 0)
    tied = np.add.reduceat(counts[:, order], starts, axis=1)
    ranks = tied.cumsum(axis=1) - (tied - 1) / 2
    back = np.empty(len(values), dtype=int)
    back[order] = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(values)))
    return ranks[:, back]


def _drawn(n_boot: int, n: int, random_state: int) -> list[np.ndarray]:
    """How often each of n patients is drawn in each resample, in parts of some resamples."""
    counts = np.zeros((n_boot, n), dtype=np.uint16)
    for b, row in enumerate(counts):
        if n:
            draw = generator(random_state, "following", b).integers(n, size=n)
            row[:] = np.bincount(draw, minlength=n)
    return np.array_split(counts, max(1, -(-counts.size // _TOGETHER)))
