"""Small counts, which could point at a person, and the cells that would reveal them.

Counts of one to four patients are not shown, nor is what would give them by subtraction: a cell
"<5" is small, "hidden" protects one. Hiding two cells a row and column is not enough in general,
so what a reader could still compute is found by linear programming.

Reference: complementary suppression, Cox 1980.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

MIN_CELL = 5  # the smallest count that is shown
HIDDEN, SMALL = "hidden", f"<{MIN_CELL}"
OVERALL = "All"
_TOO_FEW = f"{HIDDEN}, {SMALL}: too few patients to be shown"


def suppress_counts(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts as text, without the small ones and without what would reveal them.

    Parameters
    ----------
    counts : levels × groups, whole numbers. Column totals are taken as known to the reader, and
        so are row totals, shown in a first column "All" where there are two groups or more.

    Returns
    -------
    DataFrame of text: the count, "<5" for 1 to 4, "hidden" for a cell that protects a small one.
    Zero is shown unless nothing else can protect. No "<5" can be computed from what is shown: its
    least and its largest value that agree with the totals differ, found by linear programming, also
    for a reader who knows this rule.

    >>> suppress_counts(pd.DataFrame({"Mild": [40, 3, 20], "Severe": [30, 6, 20]}))["Mild"].tolist()
    ['40', '<5', 'hidden']
    """
    cells = counts.astype(int)
    if cells.shape[1] > 1:
        cells.insert(0, OVERALL, cells.sum(axis=1))
    small = ((cells > 0) & (cells < MIN_CELL)).to_numpy()
    values, hidden = cells.to_numpy(), small.copy()
    # the first column alone before the groups, and then left as it is: a table without the groups
    # must hide the same totals, or the two tables together would reveal what each of them hides
    hidden[:, :1] = _protected(values[:, :1], small[:, :1], small[:, :1], [True])
    if cells.shape[1] > 1:
        hidden = _protected(values, hidden, small, np.arange(cells.shape[1]) > 0)
    text = cells.map(lambda n: f"{n:,}").astype("str")
    return text.mask(hidden, HIDDEN).mask(small, SMALL)


def explained(table: pd.DataFrame) -> str:
    """What suppressed cells of a table of text mean; "" where there are none."""
    return _TOO_FEW if table.isin([HIDDEN, SMALL, f"n {SMALL}"]).any(axis=None) else ""


def _protected(
    cells: np.ndarray, start: np.ndarray, small: np.ndarray, may: np.ndarray
) -> np.ndarray:
    """Which cells to hide, beyond ``start`` and in columns that ``may``, so that no small one is
    revealed: the smallest that will do."""
    hidden = start.copy()
    while (open_ := _revealed(cells, hidden, small)).any():
        crossing = open_.any(axis=1)[:, None] | open_.any(axis=0)[None, :]
        free = ~hidden & (cells > 0) & may
        free = free & crossing if (free & crossing).any() else free
        if not free.any():
            return hidden | may
        hidden[np.unravel_index(np.where(free, cells, np.inf).argmin(), cells.shape)] = True
    extra = np.argwhere(hidden & ~start)
    for i, j in extra[np.argsort([-cells[i, j] for i, j in extra], kind="stable")]:
        hidden[i, j] = False  # shown after all, where that reveals nothing
        hidden[i, j] = _revealed(cells, hidden, small).any()
    return hidden


def _revealed(cells: np.ndarray, hidden: np.ndarray, small: np.ndarray) -> np.ndarray:
    """Small cells that only one value fits, given all that is shown and how hiding works."""
    from scipy.optimize import linprog

    revealed = np.zeros_like(small)
    if not small.any():
        return revealed
    places = np.argwhere(hidden)
    lines, sums = [], []
    for axis in (0, 1) if cells.shape[1] > 1 else (1,):
        for line in range(cells.shape[axis]):
            # a row is All − groups = 0, a column the sum of its levels = its known total
            sign = np.where(places[:, 1] == 0, 1, -1) if axis == 0 else 1
            lines.append((places[:, axis] == line) * sign)
            sums.append(lines[-1] @ cells[hidden])
    limits = [(1, MIN_CELL - 1) if small[i, j] else (MIN_CELL, None) for i, j in places]
    for at, (i, j) in enumerate(places):
        if small[i, j]:
            goal = np.eye(len(places))[at]
            least = linprog(goal, A_eq=np.array(lines), b_eq=sums, bounds=limits).fun
            most = -linprog(-goal, A_eq=np.array(lines), b_eq=sums, bounds=limits).fun
            revealed[i, j] = most - least < 0.5
    return revealed
