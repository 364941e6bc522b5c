"""From a clinician's file to a validated table, or one page saying everything that is wrong.

All cells are read as text and converted by the codebook, so that nothing is guessed: an id 007
stays 007, initials NA stay initials, and a row with a cell too many is refused, not shifted.
Comma, semicolon and tab files are read; a decimal comma only where the comma separates nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from compendium import parallel
from compendium.data import delimited, numerals, signs
from compendium.data.codebook import MISSING_WORDS
from compendium.data.columns import Codebook, Column
from compendium.data.delimited import SHOWN, Sheet, findings
from compendium.data.doubts import Doubt, doubts, thousands_or_not
from compendium.data.identifiers import identifier_problems
from compendium.problems import MOST_SAID, nearest, refuse_if
from compendium.words import short, some

_MARK_COLUMN = "synthetic"  # reserved column: "yes" says that the patients are simulated


@dataclass(frozen=True)
class Table:
    """A validated file.

    ``frame``: one row a patient, sorted by identifier (its index), file columns converted.
    ``rows``: the line of each patient in the file. ``flags``: values outside soft limits, counted
    by column. ``doubts``: what looks wrong. ``ignored``: columns of the file that the codebook does
    not name. ``synthetic``: whether the file says that its patients are simulated.
    """

    name: str
    frame: pd.DataFrame
    rows: pd.Series
    flags: pd.DataFrame
    ignored: tuple[str, ...]
    synthetic: bool
    doubts: tuple[Doubt, ...] = ()


def read_table(path: str | Path, codebook: Codebook) -> Table:
    """The validated table of a cohort file.

    Parameters
    ----------
    path : comma-, semicolon- or tab-separated UTF-8 text with one header row.
    codebook : names, types, levels and limits; empty, NA, N/A, NaN and . count as missing.

    Raises
    ------
    InputRefused
        One sentence per finding (the first three of a column, the rest counted), with file, row
        and column as a spreadsheet shows them, and the remedy.
    """
    table = _table(delimited.read_sheet(path), codebook)
    parallel.give_back()
    return table


def parse(text: str, codebook: Codebook, name: str) -> Table:
    """The validated table of delimited text; ``name`` stands for the file in messages."""
    return _table(delimited.split(text, name), codebook)


def limit_problems(values: pd.Series, column: Column, where: str, rows) -> list[str]:
    """Sentences for values outside the hard limits of a column; infinity is outside any."""
    low, high = column.limits("hard")
    outside = values.notna() & ~(values.between(low, high) & np.isfinite(values))
    remedy = f"allowed is {between(low, high)} {column.unit}".rstrip()
    if outside.sum() > max(SHOWN, values.notna().sum() / 2):
        remedy += "; most of the column is, so check its unit"
    return findings(outside, rows, where,
                    lambda i: f"{values.iloc[i]:.10g} is impossible; {remedy}.")


def between(low: float, high: float) -> str:
    """A range in words, for example "0 to 48" or, open at one end, "at most 48"."""
    if np.isinf(low) and np.isinf(high):
        return "any finite number"
    if np.isinf(low) or np.isinf(high):
        return f"at most {high:g}" if np.isinf(low) else f"at least {low:g}"
    return f"{low:g} to {high:g}"


def _table(sheet: Sheet, codebook: Codebook) -> Table:
    name, rows = sheet.name, np.array(sheet.rows)
    wanted, problems = _wanted(codebook, sheet.header, name)
    refuse_if(problems)
    used = {*wanted, codebook.identifier.name, _MARK_COLUMN}
    raw = pd.DataFrame({h: [row[j] for row in sheet.body]
                        for j, h in enumerate(sheet.header) if h in used}, dtype="str")
    ids = raw[codebook.identifier.name]
    problems = identifier_problems(ids, rows, codebook.identifier.name, name)
    numbers = [raw[name] for name, column in wanted.items() if column.numeric]
    way, frame = numerals.writing(numbers, sheet.delimiter), {}
    for file_column, column in wanted.items():
        where = f"{name}, column {file_column}"
        frame[file_column], found = _convert(raw[file_column], column, where, rows, way)
        problems += found
    refuse_if(problems)
    index = pd.Index(ids, name=codebook.identifier.name)
    table = pd.DataFrame(frame).set_axis(index).sort_index()
    places = pd.Series(rows, index=index).reindex(table.index)
    used |= {c.name for c in codebook.columns if c.derive}  # in the file, these are recomputed
    return Table(
        name=name,
        frame=table,
        rows=places,
        flags=_flags(table, wanted),
        doubts=(*(thousands_or_not(n.name) for n in numbers if numerals.undecided(n, way)),
                *doubts(table, wanted, places)),
        ignored=tuple(h for h in sheet.header if h not in used),
        synthetic=_MARK_COLUMN in raw and bool((raw[_MARK_COLUMN].str.casefold() == "yes").any()),
    )


def _wanted(codebook: Codebook, header: list[str], name: str) -> tuple[dict, list[str]]:
    """File column -> codebook column, and sentences for those that are not there."""
    wanted, problems, there = {}, [], set(header)
    named = {c for column in codebook.columns for c in column.file_columns}
    spare = [h for h in header if h not in named]
    alike = {signs.folded(h): h for h in spare} if named - there else {}
    for column in codebook.columns:
        present = [c for c in column.file_columns if c in there]
        if len(present) < len(column.file_columns):
            near = spare if len(problems) < MOST_SAID else []  # what is not said is not looked for
            said = _renamed(column, present, alike) or _absent(column, present, near)
            problems.append(f"{name}: {said}")
        if column.role != "identifier":
            wanted |= dict.fromkeys(present, column)
    return wanted, problems


def _renamed(column: Column, present: list[str], alike: dict[str, str]) -> str:
    """That a heading only looks like a column, and by which sign it is none."""
    absent = next(c for c in column.file_columns if c not in present)
    heading = alike.get(signs.folded(absent), absent)
    apart = signs.unlike(heading, absent)
    said = f"column {absent} is missing; '{short(heading)}' differs by {apart}, so rename it."
    return said if apart else ""


def _absent(column: Column, present: list[str], spare: list[str]) -> str:
    """What to do about a column that is missing, given the headings nobody asked for."""
    if present:
        other = next(c for c in column.file_columns if c not in present)
        hint = nearest(other, spare)
        hint = hint if hint.startswith("did") else "add it; its cells may be empty."
        return f"column {other} is missing, and {present[0]} has sides; {hint}"
    if column.sides and column.name in spare:
        return (
            f"column {column.name} has no sides here, but the codebook expects "
            f"{' and '.join(column.file_columns)}; split it, or empty its sides cell."
        )
    hint = nearest(column.file_columns[0], spare)
    hint = hint if hint.startswith("did") else "add it, or delete its row of the codebook."
    return f"column {' or '.join(column.file_columns)} is missing; {hint}"


def _convert(cells: pd.Series, column: Column, where: str, rows, way: numerals.Writing):
    missing = cells.str.casefold().isin(MISSING_WORDS)
    if column.type == "category":
        return _category(cells, missing, column, where, rows)
    if column.type == "text":
        return cells.mask(cells == ""), []  # NA may be somebody's initials
    if column.type == "date":
        values = pd.to_datetime(cells.mask(missing), format="%Y-%m-%d", errors="coerce")
        bad = values.isna() & ~missing
        return values, findings(bad, rows, where, lambda i: "not a date; write YYYY-MM-DD.")
    values = numerals.read(cells, way)
    unread, plain = values.isna() & ~missing, cells[values.notna()]
    problems = findings(unread, rows, where, lambda i: numerals.why_not(cells.iloc[i], way))
    if way.commas and numerals.mixed(plain):
        return values, [*problems, f"{where}: decimal commas and decimal points are mixed; use one "
                                   "of them."]
    if (may := numerals.thousands(cells, way)).any():
        return values, problems + findings(
            may, rows, where, lambda i: numerals.why_thousands(cells.iloc[i], way))
    problems += _grade_problems(values, column, where, rows)
    return values, problems + limit_problems(values, column, where, rows)


def _grade_problems(values: pd.Series, column: Column, where: str, rows) -> list[str]:
    """Sentences for numbers that are not whole, or not among the levels, where they must be."""
    problems = []
    if column.type == "integer":
        broken = values.notna() & (values % 1 != 0) & np.isfinite(values)
        remedy = "is not whole; correct it, or change the type."
        problems += findings(broken, rows, where, lambda i: f"{values.iloc[i]:.10g} {remedy}")
    if column.levels:
        other = values.notna() & ~values.isin([float(level) for level in column.levels])
        unlike = _no_level(column)
        problems += findings(other, rows, where, lambda i: f"{values.iloc[i]:.10g} {unlike}")
    return problems


def _category(cells: pd.Series, missing: pd.Series, column: Column, where: str, rows):
    values = cells.str.casefold().map({level.casefold(): level for level in column.levels})
    unknown, unlike = values.isna() & ~missing, _no_level(column)

    def say(i: int) -> str:
        alike = filter(None, (_alike(cells.iloc[i], level) for level in column.levels))
        return f"'{short(cells.iloc[i])}' {next(alike, unlike)}"

    problems = findings(unknown, rows, where, say)
    return pd.Series(pd.Categorical(values.mask(missing), list(column.levels))), problems


def _no_level(column: Column) -> str:
    return f"is not one of {some(column.levels)}; correct it, or add the level to the codebook."


def _alike(cell: str, level: str) -> str:
    """That a cell only looks like a level, and by which sign it is none."""
    apart = signs.unlike(cell, level)
    return f"looks like the level '{level}' and differs by {apart}; type it anew." if apart else ""


def _flags(frame: pd.DataFrame, wanted: dict[str, Column]) -> pd.DataFrame:
    """Values outside soft limits, counted by column."""
    records = []
    for name, column in wanted.items():
        if column.numeric:
            low, high = column.limits("soft")
            outside = frame[name].notna() & ~frame[name].between(low, high)
            records.append((name, column.label, column.unit, low, high, int(outside.sum())))
    names = ["column", "label", "unit", "soft_min", "soft_max", "n_outside"]
    flags = pd.DataFrame(records, columns=names)
    return flags[flags["n_outside"] > 0].reset_index(drop=True)
