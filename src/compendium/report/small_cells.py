"""Small counts, which could point at a person: merged where that keeps the others, else not shown.

A table of counts by level and group is shown whole or not at all. Levels held by few are first
merged with the next larger one, so that a common level is not lost for the sake of a rare one.
Where two levels are left and one to four patients are still in a cell, no count of any group is
shown: each would give the others by subtraction. A reader who knows this rule is left with four
possible values or more, since every total that is shown is at least five.
"""

from __future__ import annotations

import pandas as pd

from compendium.words import FEWEST

HIDDEN, SMALL = "hidden", f"<{FEWEST}"
OVERALL = "All"
_NAMED = 3  # merged levels that are named one by one
_TOO_FEW = f"{HIDDEN}, {SMALL}: too few patients to be shown"


def merged(counts: pd.DataFrame) -> dict[str, str]:
    """The level under which each level is counted.

    Parameters
    ----------
    counts : levels × groups, whole numbers.

    Returns
    -------
    dict, in the order of the rows: every level to itself, or to "a or b" where it is merged; four
    and more are "other (4 levels)". The rarest level goes with the next larger until no cell holds
    one to four patients, or only two levels that anybody has are left.

    >>> merged(pd.DataFrame({"Mild": [90, 40, 3], "Severe": [70, 30, 6]}, ["arm", "leg", "chest"]))
    {'arm': 'arm', 'leg': 'leg or chest', 'chest': 'leg or chest'}
    """
    parts = {(level,): row for level, row in counts.iterrows() if row.any()}
    while len(parts) > 2 and any(_small(row).any() for row in parts.values()):
        rare, following = sorted(parts, key=lambda of: parts[of].sum())[:2]
        parts[rare + following] = parts.pop(rare) + parts.pop(following)
    under = {level: _name([x for x in counts.index if x in of]) for of in parts for level in of}
    return {level: under.get(level, level) for level in counts.index}


def suppress_counts(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts as text, levels × groups, "hidden" for all that would reveal one to four patients.

    Where there are two groups or more a first column "All" holds their sum. The groups are hidden
    where one of their cells is small, and "All" where one of its own is.

    >>> suppress_counts(pd.DataFrame({"Mild": [40, 3], "Severe": [30, 6]}))["All"].tolist()
    ['70', '9']
    """
    cells = counts.astype(int)
    text = cells.map(lambda n: f"{n:,}").astype("str")
    if _small(cells).any(axis=None):
        text[:] = HIDDEN
    if cells.shape[1] > 1:
        text.insert(0, OVERALL, suppress_counts(cells.sum(axis=1).to_frame())[0])
    return text


def explained(table: pd.DataFrame) -> str:
    """What suppressed cells of a table of text mean; "" where there are none."""
    return _TOO_FEW if table.isin([HIDDEN, SMALL, f"n {SMALL}"]).any(axis=None) else ""


def _small(counts):
    return (counts > 0) & (counts < FEWEST)


def _name(levels: list[str]) -> str:
    few = len(levels) <= _NAMED
    return " or ".join(levels) if few else f"other ({len(levels)} levels)"
