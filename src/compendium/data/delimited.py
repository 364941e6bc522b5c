"""A delimited text file as a spreadsheet shows it: headings, cells, and the number of every row.

Comma, semicolon and tab files are read, in UTF-8 with or without a byte order mark, with any line
ends and with line breaks inside quotes. The separator is the sign by which the rows fit the
headings, wherever else the others stand. Every cell stays text. Blank rows are passed over but
counted, so that a message names the row a spreadsheet shows (the headings are row 1), and a row
with a cell too many is refused, never shifted. What a file may hold is bounded, and what cannot be
seen in a cell is written out, here and for all that read it.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from compendium.files import file_name, text_of
from compendium.problems import InputRefused, refuse_if
from compendium.words import legible, short

if TYPE_CHECKING:
    import pandas as pd

_SUFFIXES = (".csv", ".tsv", ".txt")
_DELIMITERS = "\t;,"  # where they fit alike, the one that stands least in words and numbers
_SAMPLE = 2_000_000  # characters, from the start of a file, that tell its separator
_MOST_BYTES, _MOST_CELLS, _MOST_ROWS = 50_000_000, 5_000_000, 100_000
_POINT = re.compile(r"-?[0-9]+\.[0-9]{1,2}")
SHOWN = 3  # findings of one kind spelled out before the rest is counted


def to_number(text: str) -> float | None:
    """The number a text spells in ASCII digits and a decimal point; None for anything else."""
    if not text.isascii() or "_" in text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


@dataclass(frozen=True)
class Sheet:
    """Headings, the rows below them (same length, blanks around cells removed), the number of
    each row in the file, and the sign that separates cells."""

    name: str
    header: list[str]
    body: list[list[str]]
    rows: list[int]
    delimiter: str


def read_sheet(path: str | Path, most: int = _MOST_BYTES) -> Sheet:
    """The sheet of a text file of at most so many bytes.

    Raises
    ------
    InputRefused
        When it is not there, is no delimited UTF-8 text, too large, or its rows do not fit its
        headings.
    """
    path = Path(path)
    name = file_name(path)
    if path.suffix.casefold() not in _SUFFIXES:
        raise InputRefused(
            f"{name}: only {', '.join(_SUFFIXES)} files are read; save the sheet as CSV (UTF-8)."
        )
    return split(text_of(path, most, "CSV UTF-8"), name)


def split(text: str, name: str) -> Sheet:
    """The sheet of delimited text; ``name`` stands for the file in messages."""
    lines, delimiter = _lines(text, name)
    if lines and lines[0] and lines[0][0].casefold().startswith("sep="):
        raise InputRefused(f"{name}, row 1: a 'sep=' line stands above the names; delete it.")
    if not lines or not any(lines[0]):
        raise InputRefused(f"{name}: the first row must hold the column names; add it.")
    header = [" ".join(cell.split()) for cell in lines[0]]
    filled = [(i, row) for i, row in enumerate(lines[1:], start=2) if any(row)]
    # in a comma file a cell too many may be a decimal comma, however empty the last cell is, unless
    # decimal points show that there are none
    if delimiter != "," or any(_POINT.fullmatch(cell) for _, row in filled for cell in row):
        filled = [(i, _trimmed(row, len(header))) for i, row in filled]
    refuse_if(list(_problems(header, filled, name)))
    kept = [j for j, heading in enumerate(header) if heading]
    whole = len(kept) == len(header)
    return Sheet(
        name=name,
        header=[header[j] for j in kept],
        body=[row if whole else [row[j] for j in kept] for _, row in filled],
        rows=[i for i, _ in filled],
        delimiter=delimiter,
    )


def repeated(words: Iterable[str]) -> list[str]:
    """The words that stand more than once, in order."""
    return [word for word, count in Counter(words).items() if count > 1]


def findings(
    bad: pd.Series, rows: Sequence[int], where: str, say: Callable[[int], str]
) -> list[str]:
    """The first findings of a column spelled out, the rest counted. ``rows``: the number of each
    row in the file; ``say``: what is wrong in the row of a place."""
    places = np.flatnonzero(bad.to_numpy(dtype=bool))
    said = [f"{where}, row {rows[i]}: {say(i)}" for i in places[:SHOWN]]
    more = len(places) - SHOWN
    return said + ([f"{where}: {more} more rows with the same problem."] if more > 0 else [])


class _Legible(dict):
    """Cell -> its text. Sheets repeat themselves: one copy of each text spares the memory."""

    def __missing__(self, cell: str) -> str:
        self[cell] = text = legible(cell.strip())
        return text


def _lines(text: str, name: str) -> tuple[list[list[str]], str]:
    delimiter = _separator(text)
    lines: list[list[str]] = []
    of, cells = _Legible(), 0
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True):
            cells += len(row)
            if cells > _MOST_CELLS or len(lines) == _MOST_ROWS:
                raise InputRefused(
                    f"{name}, row {len(lines) + 1}: more than {_MOST_CELLS:,} cells or "
                    f"{_MOST_ROWS:,} rows, the most that are read; leave out what is not needed."
                )
            lines.append([of[cell] for cell in row])
    except csv.Error as error:
        what = "a quotation mark is out of place or never closed; check the quotes."
        if "field limit" in str(error):
            what = (f"a cell of more than {csv.field_size_limit():,} characters; shorten it, or "
                    "close its quotation mark.")
        raise InputRefused(f"{name}, row {len(lines) + 1}: {what}") from None
    return lines, delimiter


def _separator(text: str) -> str:
    """The sign that separates cells: with it the largest share of rows is as long as the headings.
    Where no row is, most rows are as long as each other; without any rows the first line tells."""
    sample = text if len(text) <= _SAMPLE else text[: text.rfind("\n", 0, _SAMPLE) + 1]
    first = text.split("\n", 1)[0]
    standing = [sign for sign in _DELIMITERS if sign in sample] or _DELIMITERS
    return max(standing, key=lambda sign: (*_fit(sample, sign), first.count(sign)))


def _fit(sample: str, sign: str) -> tuple[float, float, int]:
    """How well a sign separates: the share of rows as long as the headings, that of rows as long
    as most, and how many columns there would be. One column shows nothing."""
    rows, broken = [], 0
    try:
        for row in csv.reader(io.StringIO(sample), delimiter=sign, strict=True):
            rows += [_trimmed(row, len(rows[0]) if rows else len(row))] if any(row) else []
    except csv.Error:
        broken = 1
    if not rows:
        return 0.0, 0.0, 0
    width, lengths = len(rows[0]), Counter(len(row) for row in rows[1:])
    usual, often = max(lengths.items(), key=lambda item: item[1], default=(1, 0))
    whole = max(len(rows) - 1 + broken, 1)
    return lengths[width] / whole * (width > 1), often / whole * (usual > 1), width


def _trimmed(row: list[str], most: int) -> list[str]:
    """A row without the empty cells beyond so many, which separators at its end leave behind."""
    return row if len(row) <= most or any(row[most:]) else row[:most]


def _problems(header: list[str], filled: list[tuple[int, list[str]]], name: str) -> Iterator[str]:
    if not filled:
        yield f"{name}: no rows below the column names; add them."
        return
    for h in repeated(filter(None, header)):
        yield f"{name}, row 1: column '{short(h)}' stands twice; keep one."
    ragged = [(i, len(row)) for i, row in filled if len(row) != len(header)]
    for i, n in ragged[:SHOWN]:
        yield (f"{name}, row {i}: {n} cells under {len(header)} column names; quote cells that "
               "hold the separator, or fill the row.")
    if len(ragged) > SHOWN:
        yield f"{name}: {len(ragged) - SHOWN} more rows of the wrong length."
    if ragged:
        return
    # spreadsheets leave empty columns behind; only one that holds something needs a name
    nameless = [j for j, heading in enumerate(header, start=1)
                if not heading and any(row[j - 1] for _, row in filled)]
    if len(nameless) > SHOWN:
        yield (f"{name}, row 1: {len(nameless)} columns have no name; the first row must hold the "
               "names, so delete a title above them.")
        return
    for j in nameless:
        yield f"{name}, row 1: column {j} has no name, but cells below are filled; name it."
