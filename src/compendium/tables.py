"""Tables for readers: Table 1, rounded numbers, small cells, safe files. Nothing is estimated here.

Small counts are suppressed (``small_cells``). Text that a spreadsheet would run as a formula is
neutralised, and every file made from simulated patients says SYNTHETIC in its first column.

Reference: tableone, Pollard et al. 2018.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from compendium.codebook import Column
from compendium.sentences import MINUS, number, p_value
from compendium.small_cells import ALL, HIDDEN, MIN_CELL, suppress_counts

GROUP = "(phenotype)"  # brackets: no codebook name can collide
MEDIAN_TYPES = ("integer", "ordinal")  # summarised by median [Q1, Q3]; type number by mean (SD)
FORMULA = re.compile(r"[=+\-@\t\r]")  # a first character that makes a spreadsheet run a cell
DIGITS = 10  # significant, in files
EFFECTS = {
    "label": "Measure", "block": "Block", "contrast": "Contrast", "n_reference": "n reference",
    "n_compared": "n compared", "statistic": "Effect measure", "effect": "Effect", "low": "low",
    "high": "high", "r": "r", "r_low": "r_low", "r_high": "r_high", "p": "p",
    "p_adjusted": "Adjusted p", "note": "Note",
}  # fmt: skip
MODELS = {
    "outcome_label": "Outcome", "model": "Model", "phenotype": "Phenotype",
    "reference": "Reference", "n": "n", "n_missing": "Left out", "estimate": "Difference",
    "low": "low", "high": "high", "p": "p", "partial_r": "Partial r", "r_squared": "R²",
}  # fmt: skip


def table_one(
    data: pd.DataFrame,
    labels: np.ndarray | None,
    names: Sequence[str],
    columns: Sequence[Column],
    *,
    min_cell: int = MIN_CELL,
) -> pd.DataFrame:
    """Table 1: every column overall and by phenotype, without p values.

    Parameters
    ----------
    data : one row a patient; NaN = missing, counted and left out of its row.
    labels : phenotype of every patient, 0 = mildest; None for the overall column alone.
    names : the phenotypes' names in severity order.
    columns : codebook columns to describe; text and date columns are skipped.
    min_cell : smallest count that is shown.

    Returns
    -------
    DataFrame of text: Characteristic, Level, Missing, one column for all and one a phenotype with
    its n. Type number: mean (SD); integer and ordinal: median [Q1, Q3]; category: n (%) of those
    known. One decimal, two where the SD is below 1. A summary of fewer than ``min_cell`` values is
    not shown. Missing counts are shown as they are: they describe the file, not a patient. Values
    by tableone.
    """
    group = _groups(len(data), labels, names)
    used = [c for c in columns if (c.numeric or c.type == "category") and c.name in data]
    printed = _tableone(data, group, [c for c in used if data[c.name].notna().any()])
    inside = {ALL: np.ones(len(data), dtype=bool)}
    inside |= {name: group == name for name in (names if labels is not None else ())}
    rows = [row for c in used for row in _rows(printed, c, data[c.name], inside, min_cell)]
    heads = [f"{name} (n = {int(mask.sum()):,})" for name, mask in inside.items()]
    return pd.DataFrame(rows, columns=["Characteristic", "Level", "Missing", *heads], dtype="str")


def present(
    frame: pd.DataFrame, *, digits: int | Mapping[str, int] = 2, synthetic: bool
) -> pd.DataFrame:
    """A frame for the eye: rounded numbers, intervals and p values in words.

    Parameters
    ----------
    frame : columns ``low`` and ``high`` (or ``<x>_low`` and ``<x>_high``) become one column "95 %
        interval"; columns p, p_… and "… p" become p values; whole numbers stay whole.
    digits : decimals, for all numbers or by column.

    Returns
    -------
    DataFrame of text with a plain index; NaN is "–". Simulated patients: a first column ``data``.
    """
    marked = synthetic and len(frame)
    out: dict[str, list[str]] = {"data": ["SYNTHETIC"] * len(frame)} if marked else {}
    for name in frame:
        places = digits.get(name, 2) if isinstance(digits, Mapping) else digits
        start = _partner(name, "low")
        if start is not None and f"{start}high" in frame:
            head = f"{start.replace('_', ' ')}95 % interval"
            out[head] = _intervals(frame[name], frame[f"{start}high"], places)
        elif _partner(name, "high") is None or f"{_partner(name, 'high')}low" not in frame:
            out[name] = [_cell(value, name, places) for value in frame[name]]
    return pd.DataFrame(out, index=range(len(frame)), dtype="str")


def effects_table(table: pd.DataFrame, *, synthetic: bool) -> pd.DataFrame:
    """Validation effects for the eye: one row a measure, with its unit, interval, n and p."""
    return present(_in_words(table, EFFECTS, "label"), synthetic=synthetic)


def models_table(models: pd.DataFrame, *, synthetic: bool) -> pd.DataFrame:
    """Regression differences for the eye: one row an outcome, model and phenotype."""
    return present(_in_words(models, MODELS, "outcome_label"), synthetic=synthetic)


def stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames of the same columns one under the other; an empty frame where there are none."""
    return pd.concat(frames, ignore_index=True) if len(frames) else pd.DataFrame()


def write(frame: pd.DataFrame, path: str | Path, synthetic: bool) -> Path:
    """Write a frame as UTF-8 CSV without its index, ten significant digits, and return the path.

    Simulated patients: a first column ``data`` = SYNTHETIC. Text (and headings) that a spreadsheet
    would run as a formula get a leading apostrophe; numbers stay numbers.
    """
    path = Path(path)
    safe = frame.reset_index(drop=True)
    for i, name in enumerate(safe.columns):
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe.isetitem(i, [_neutral(_plain(value)) for value in safe[name]])
    safe.columns = [_neutral(str(name)) for name in safe.columns]
    if synthetic and "data" not in safe:
        safe.insert(0, "data", "SYNTHETIC")
    safe.to_csv(path, index=False, encoding="utf-8", lineterminator="\n",
                float_format=f"%.{DIGITS}g")  # fmt: skip
    return path


def p_text(p: float | None) -> str:
    """A p value for a column headed p: two significant digits, "< 0.001" below, "–" for none.

    >>> p_text(0.0314), p_text(1e-9)
    ('0.031', '< 0.001')
    """
    if p is None or pd.isna(p):
        return "–"
    return p_value(p).removeprefix("p ").removeprefix("= ")


def _groups(n: int, labels: np.ndarray | None, names: Sequence[str]) -> np.ndarray:
    if labels is None:
        return np.array([ALL] * n, dtype=object)
    return np.array(list(names), dtype=object)[np.asarray(labels)]


def _tableone(data: pd.DataFrame, group: np.ndarray, used: Sequence[Column]) -> pd.DataFrame:
    """tableone's cells: index (column, level), a column "All" and one a group."""
    from tableone import TableOne

    if not used:
        return pd.DataFrame()
    names = [c.name for c in used]
    frame = data[names].reset_index(drop=True).assign(**{GROUP: group})
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # tableone 0.9.6 adds its row n in a way pandas 4 will refuse; a group may have no value
        warnings.filterwarnings("ignore", "Setting a new row on a DataFrame with a MultiIndex")
        warnings.simplefilter("ignore", RuntimeWarning)
        table = TableOne(
            frame, columns=names, categorical=[c.name for c in used if c.type == "category"],
            continuous=[c.name for c in used if c.numeric], groupby=GROUP,
            nonnormal=[c.name for c in used if c.type in MEDIAN_TYPES],
            decimals={c.name: 2 for c in used if c.numeric and data[c.name].std() < 1},
            overall=ALL not in group, include_null=False, label_suffix=False,
        )  # fmt: skip
    return table.tableone.droplevel(0, axis=1).rename(columns={"Overall": ALL})


def _rows(
    printed: pd.DataFrame, column: Column, values: pd.Series, inside: Mapping, min_cell: int
) -> list[list[str]]:
    """The rows of one column: one for a number, one a level for a category."""
    missing = f"{int(values.isna().sum()):,}"
    if column.numeric:
        what = "median [Q1, Q3]" if column.type in MEDIAN_TYPES else "mean (SD)"
        known = {name: int(values[mask].notna().sum()) for name, mask in inside.items()}
        cells = _summaries(printed, column.name, known, min_cell)
        return [[f"{column.axis}, {what}", "", missing, *cells]]
    groups = [name for name in inside if name != ALL] or [ALL]
    counts = {g: [(values[inside[g]] == level).sum() for level in column.levels] for g in groups}
    counts = pd.DataFrame(counts, index=list(column.levels))
    return [
        [f"{column.label}, n (%)", level, "" if i else missing, *cells]
        for i, (level, cells) in enumerate(_levels(printed, column.name, counts, min_cell))
    ]


def _summaries(
    printed: pd.DataFrame, name: str, known: Mapping[str, int], min_cell: int
) -> list[str]:
    """tableone's mean or median of every group in which enough values are known."""
    cells = []
    for group, n in known.items():
        if n < min_cell:
            cells.append(f"n <{min_cell}" if n else "–")
        else:
            text = printed.loc[(name, ""), group]
            cells.append(text.replace(",", ", ").replace("-", MINUS))
    return cells


def _levels(
    printed: pd.DataFrame, name: str, counts: pd.DataFrame, min_cell: int
) -> list[tuple[str, list[str]]]:
    """Every level with its cells: n (%) by tableone where the count may be shown."""
    text = suppress_counts(counts, min_cell)
    rows = []
    for level in counts.index:
        shown = text.loc[level].to_dict()
        for group, cell in shown.items():
            if cell not in (HIDDEN, f"<{min_cell}"):
                found = (name, level) in printed.index and group in printed
                shown[group] = printed.loc[(name, level), group] if found else "0 (0.0)"
        rows.append((level, list(shown.values())))
    return rows


def _partner(name: str, end: str) -> str | None:
    """What stands before "low" or "high" in a column's name; None for other columns."""
    start = str(name).removesuffix(end)
    return start if start != name and (not start or start.endswith("_")) else None


def _intervals(low: pd.Series, high: pd.Series, places: int) -> list[str]:
    return [
        "–" if pd.isna(a) or pd.isna(b) else f"{number(a, places)} to {number(b, places)}"
        for a, b in zip(low, high, strict=True)
    ]


def _cell(value, name: str, places: int) -> str:
    value = _plain(value)
    if pd.isna(value):
        return "–"
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, np.integer)):
        return number(float(value), 0) if value < 0 else f"{value:,}"
    if not isinstance(value, (float, np.floating)):
        return str(value)
    if name == "p" or str(name).startswith("p_") or str(name).endswith(" p"):
        return p_text(value)
    return number(value, places) if np.isfinite(value) else "–"


def _in_words(frame: pd.DataFrame, words: Mapping[str, str], label: str) -> pd.DataFrame:
    """The columns a reader needs, named in words, the unit behind the label."""
    if frame.empty:
        return pd.DataFrame()
    units = frame["unit"].fillna("") if "unit" in frame else pd.Series("", index=frame.index)
    axis = [f"{x} ({unit})" if unit else x for x, unit in zip(frame[label], units, strict=True)]
    named = frame.assign(**{label: axis})
    return named[[name for name in words if name in frame]].rename(columns=words)


def _plain(value):
    """One value a cell: a list in words, a missing one as NaN."""
    if isinstance(value, (tuple, list)):
        return ", ".join(map(str, value))
    return np.nan if value is None or value is pd.NA else value


def _neutral(value):
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value
