"""Every column as it was read, in one row: how many have it, and from where to where it goes.

Least and largest are single patients' values: this is for those who have the file, on their screen,
and no run writes it.
"""

from __future__ import annotations

import pandas as pd

from compendium.data.columns import Codebook, Column
from compendium.words import some

_MOST_LEVELS = 12  # levels that are counted one by one


def summarised(frame: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """One row a column of the codebook, or a side of it: column, n, missing, and as text least,
    median, largest; for a category ``levels`` with their counts in place of these.

    ``frame``: the patients of a file, with sides and derived columns.
    """
    names = {name: c for c in codebook.columns for name in c.file_columns or (c.name,)}
    return pd.DataFrame([
        {"column": name, "n": int(frame[name].count()), "missing": int(frame[name].isna().sum()),
         **_extent(frame[name].dropna(), column)}
        for name, column in names.items() if name in frame
    ])


def in_lines(summary: pd.DataFrame) -> list[str]:
    """The rows of a summary as aligned lines below their headings; levels stand behind the rest."""
    aligned = summary.drop(columns="levels").astype(str)
    wide = [max(map(len, [name, *aligned[name]])) for name in aligned]
    rows = [[*aligned], *aligned.to_numpy().tolist()]
    return [
        "  ".join([row[0].ljust(wide[0]), *map(str.rjust, row[1:], wide[1:])]).rstrip()
        + (f"  {levels}" if levels else "")
        for row, levels in zip(rows, ["", *summary["levels"]], strict=True)
    ]


def _extent(values: pd.Series, column: Column) -> dict[str, str]:
    """From where to where the values go, in words."""
    extent = dict.fromkeys(("least", "median", "largest", "levels"), "")
    if column.numeric and len(values):
        ends = values.min(), values.median(), values.max()
        return extent | dict(zip(extent, (f"{end:.6g}" for end in ends), strict=False))
    if column.type == "date" and len(values):
        return extent | {"least": f"{values.min():%Y-%m-%d}", "largest": f"{values.max():%Y-%m-%d}"}
    if column.type == "category":
        counts = values.value_counts()
        said = [f"{level} {counts.get(level, 0):,}" for level in column.levels]
        return extent | {"levels": some(said, _MOST_LEVELS)}
    return extent | {"levels": f"{values.nunique():,} different texts" if len(values) else ""}
