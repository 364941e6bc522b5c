"""A delimited text file as a spreadsheet shows it: headings, cells, and the number of every row.

Comma, semicolon and tab files are read, in UTF-8 with or without a byte order mark, with any line
ends and with line breaks inside quotes. Every cell stays text. Blank rows are passed over but
counted, so that a message names the row a spreadsheet shows (the headings are row 1), and a row
with a cell too many is refused, never shifted.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from compendium.problems import InputRefused, refuse_if

_SUFFIXES = (".csv", ".tsv", ".txt")
_DELIMITERS = ",;\t"
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


def read_sheet(path: str | Path) -> Sheet:
    """The sheet of a text file.

    Raises
    ------
    InputRefused
        When it is not there, is no delimited UTF-8 text, or its rows do not fit its headings.
    """
    path = Path(path)
    return split(_text(path), path.name)


def split(text: str, name: str) -> Sheet:
    """The sheet of delimited text; ``name`` stands for the file in messages."""
    lines, delimiter = _lines(text, name)
    if lines and lines[0] and lines[0][0].casefold().startswith("sep="):
        raise InputRefused(f"{name}, row 1: a 'sep=' line stands above the names; delete it.")
    if not lines or not any(lines[0]):
        raise InputRefused(f"{name}: the first row must hold the column names; add it.")
    header = [" ".join(cell.split()) for cell in lines[0]]
    filled = [(i, row) for i, row in enumerate(lines[1:], start=2) if any(row)]
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


def _text(path: Path) -> str:
    name = path.name or str(path)
    if path.suffix.casefold() not in _SUFFIXES:
        raise InputRefused(
            f"{name}: only {', '.join(_SUFFIXES)} files are read; save the sheet as CSV (UTF-8)."
        )
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputRefused(f"{name}: no such file; check the path.") from None
    except UnicodeDecodeError as error:
        row = path.read_bytes()[: error.start].count(b"\n") + 1
        raise InputRefused(f"{name}, row {row}: not UTF-8 text; save it as CSV UTF-8.") from None
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise InputRefused(f"{name}: cannot be read ({reason}); name a readable file.") from None


def _lines(text: str, name: str) -> tuple[list[list[str]], str]:
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    lines: list[list[str]] = []
    same: dict[str, str] = {}  # sheets repeat themselves: one copy of each text spares the memory
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True):
            lines.append([same.setdefault(cell, cell) for cell in map(str.strip, row)])
    except csv.Error:
        raise InputRefused(
            f"{name}, row {len(lines) + 1}: a quotation mark is out of place or never closed; "
            "check the quotes."
        ) from None
    return lines, delimiter


def _problems(header: list[str], filled: list[tuple[int, list[str]]], name: str) -> Iterator[str]:
    if not filled:
        yield f"{name}: no rows below the column names; add them."
        return
    for h in dict.fromkeys(h for h in header if h and header.count(h) > 1):
        yield f"{name}, row 1: column '{h}' stands twice; keep one."
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
