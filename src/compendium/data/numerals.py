"""Numbers as people write them in a sheet: read where that is certain, else why not.

A comma is a decimal sign only where it separates no cells, and ``1.201`` is no number in a file
whose other columns have decimal commas: it may be a thousand. A true minus (−) is read as one. What
else makes a text no number (a unit, a percent sign, a letter O for a 0) is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from compendium.data import signs
from compendium.words import MINUS, short

# [0-9]: \d would also take digits of other scripts, which are then not converted
_PLAIN = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
_DECIMAL = r"[+-]?(0[{0}][0-9]+|[0-9]*[{0}]([0-9]{{1,2}}|[0-9]{{4,}}))"  # that no thousand can be
_THOUSAND = r"[+-]?[1-9][0-9]{{0,2}}[{0}][0-9]{{3}}"
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([ '’ʼ´`.,])[0-9]{3})(?:\1[0-9]{3})*(?:[.,][0-9]+)?")
_WITH_UNIT = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?\s*(%|‰|°\w?|[^\W\d_]+[²³23]?(?:/[^\W\d_]+)?)")
_FOR_DIGITS = str.maketrans("OoОоlІI|SB", "0000111158")  # letters that pass for digits
_LONGEST = 60  # characters of a cell beyond which nobody looks for a reason


@dataclass(frozen=True)
class Writing:
    """How a file writes numbers. ``commas``: whether a comma may be a decimal sign in it;
    ``decimal``: the sign that some column shows to be its decimal sign, "" where none does."""

    commas: bool
    decimal: str = ""


def writing(columns: Iterable[pd.Series], delimiter: str) -> Writing:
    """How a file with these columns of numbers and this separator writes them."""
    if delimiter == ",":
        return Writing(commas=False, decimal=".")
    shown = [{sign for sign in ",." if cells.str.fullmatch(_DECIMAL.format(sign)).any()}
             for cells in columns]
    both = set().union(*shown)
    return Writing(commas=True, decimal=both.pop() if len(both) == 1 else "")


def read(cells: pd.Series, way: Writing) -> pd.Series:
    """The numbers that cells spell; NaN for every other text."""
    text = cells.str.replace(MINUS, "-", regex=False)
    text = text.str.replace(",", ".", regex=False) if way.commas else text
    return pd.to_numeric(text.where(text.str.fullmatch(_PLAIN)), errors="coerce").astype(float)


def mixed(cells: pd.Series) -> bool:
    """1,234 beside 56.7 may be a thousand or one and a bit: nobody can tell."""
    return all(cells.str.contains(sign, regex=False).any() for sign in ",.")


def thousands(cells: pd.Series, way: Writing) -> pd.Series:
    """Which cells may be thousands (1.201), by the decimal sign that the file shows elsewhere.
    None where the column itself has a number, such as 12.5, that is none."""
    other = {",": ".", ".": ","}.get(way.decimal, "") if way.commas else ""
    if not other:
        return pd.Series(False, cells.index)
    may = cells.str.fullmatch(_THOUSAND.format(other))
    return may & bool((may | ~cells.str.contains(other, regex=False)).all())


def undecided(cells: pd.Series, way: Writing) -> bool:
    """Whether the decimals of a column may all be thousands and no column shows the decimal sign:
    they are read as decimals, and somebody must look."""
    return way.commas and not way.decimal and any(
        thousands(cells, Writing(commas=True, decimal=sign)).any() for sign in ",.")


def why_thousands(cell: str, way: Writing) -> str:
    """That a cell may be a thousand, and the remedy."""
    seen, digits = {",": "comma", ".": "point"}[way.decimal], re.sub(r"[.,]", "", cell)
    return (f"'{cell}' may be a thousand, since other columns show that the {seen} is this file's "
            f"decimal sign; write {digits} or {re.sub(r'[.,]', way.decimal, cell)}.")


def why_not(cell: str, way: Writing) -> str:
    """That a cell is not a number: what is in it that should not be, and the remedy."""
    reason = _reason(cell, way) if len(cell) <= _LONGEST else ""
    return (f"'{short(cell)}' is not a number"
            + (f": {reason}." if reason else "; write one, or leave it empty."))


def _reason(cell: str, way: Writing) -> str:
    def number(text: str) -> bool:
        return bool(re.fullmatch(_PLAIN, text.replace(",", ".") if way.commas else text))

    odd = ", ".join(map(signs.named, signs.foreign(cell)))
    if signs.hidden(cell):
        return f"it holds {odd}, which cannot be seen; delete it"
    if odd and number(signs.folded(cell)):
        return f"it holds {odd}; type it anew"
    digits = cell.translate(_FOR_DIGITS)
    if digits != cell and number(digits) and re.search("[0-9]", cell):
        letter, digit = next((a, b) for a, b in zip(cell, digits, strict=True) if a != b)
        return f"it holds {signs.named(letter)} in place of {digit}; type the digit"
    if not way.commas and number(cell.replace(",", ".", 1)):
        meant = dict.fromkeys([cell.replace(",", ".").rstrip("."), *_ungrouped(cell)])
        return f"a comma separates cells in this file, so write {' or '.join(meant)}"
    if bare := _ungrouped(cell):
        sign = signs.named(_GROUPED.fullmatch(cell)[1])
        return f"its thousands are set apart by {sign}; write {bare[0]}"
    if unit := _WITH_UNIT.fullmatch(cell):
        return f"it ends in '{short(unit[1])}'; keep the unit in the codebook alone"
    return f"it holds {odd}; write one, or leave it empty" if odd else ""


def _ungrouped(cell: str) -> list[str]:
    """The number without the signs between its thousands; nothing where there are none."""
    match = _GROUPED.fullmatch(cell)
    return [cell.replace(match[1], "")] if match else []
