"""What was read and looks wrong: column, what was seen, and the likely cause.

A doubt changes no value and stops no run: somebody must look. Each rule asks for what a good file
hardly has by chance, and of a value only how it lies among the others of its column, since most
columns have no limits. What can be certain is refused where it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.data.columns import Column
from compendium.words import plural, some

_CODES = (-9, -99, -999, -9999, 99, 999, 9999)
_FEWEST = 5  # values that show where a column lies
_APART = {1: "10 times apart (mm and cm?)", 2: "100 times apart (cm and m?)",
          3: "1,000 times apart (1.201 for 1,201? g and kg?)"}
_BRIGHTEST = 255  # of 8-bit grey values
_GREY_UNITS = ("au", "a.u.", "a. u.", "gl")
_FAR, _NEAR = 8.0, 5.0  # robust z of a value that is far off, and the most of all others then
_BY_CHANCE = 0.05  # expected pairs of patients who are alike in every column, from which they may
_NAMED = 5  # rows that are named


@dataclass(frozen=True)
class Doubt:
    """``column``: of the file, "" where it is rows; ``cause``: the likely one, in words that tell
    no patient's value; ``seen``: what was seen, with values and rows, for those who have the file.
    """

    column: str
    cause: str
    seen: str


def doubts(
    frame: pd.DataFrame, columns: Mapping[str, Column], rows: pd.Series
) -> tuple[Doubt, ...]:
    """What looks wrong in a table.

    Parameters
    ----------
    frame : one row a patient, columns as in the file; NaN = missing, which is never looked at.
    columns : column of the file -> its row of the codebook.
    rows : the row of every patient in the file, by identifier.
    """
    found: list[Doubt] = []
    for name, column in columns.items():
        if column.numeric and not column.levels:
            found += [Doubt(name, *said) for said in _of_column(frame[name], column, rows)]
    for column in dict.fromkeys(columns.values()):
        if column.sides:
            found += [Doubt(column.name, *said) for said in _of_sides(frame, column)]
    whole = (*_alike(frame, rows), *_no_patient(rows))
    return (*found, *(Doubt("", *said) for said in whole))


def thousands_or_not(name: str) -> Doubt:
    """Of a column whose decimals have three digits each, in a file that shows no decimal sign."""
    return Doubt(name, "thousands read as decimals",
                 "all decimals have three digits, and no column shows which sign is the decimal "
                 "one: thousands? Write them without a sign between.")


def _of_column(values: pd.Series, column: Column, rows: pd.Series) -> Iterator[tuple[str, str]]:
    values = values.dropna()
    codes = _codes(values.to_numpy())
    for code in codes:
        yield ("a code for missing values",
               f"{code} stands {_in_rows(values == code, rows)}, apart from all other values: a "
               "code for missing values? Empty these cells.")
    values = values[~values.isin(codes)]
    if len(values) < 2 * _FEWEST:
        return
    if _is_grey(column) and (above := values > _BRIGHTEST).any():
        yield ("16-bit grey values",
               f"{above.sum()} of {len(values)} grey values are above {_BRIGHTEST}, "
               f"{_in_rows(above, rows)}: from 16-bit images? Bring all to one scale.")
    elif scales := _two_scales(values.to_numpy()):
        yield "two units in one column", _two_units(values, rows, *scales)
    elif column.limits("hard") == column.limits("soft") == (-np.inf, np.inf):
        far = _far_off(values)
        if far.any():
            yield ("a far-off value",
                   f"{some(f'{v:g}' for v in values[far])} {_in_rows(far, rows)} lies far from all "
                   f"others (median {values.median():g}): a slip of the pen? Compare the record.")


def _two_units(values: pd.Series, rows: pd.Series, power: int, cut: float) -> str:
    """That positive values below and above a cut are so many powers of ten apart."""
    low, high = (values > 0) & (values < cut), values > cut
    fewer = low if low.sum() <= high.sum() else high
    return (f"values of about {values[low].median():g} and {values[high].median():g} stand in one "
            f"column, {_APART[power]}; the fewer {_in_rows(fewer, rows)}. Write all in the unit of "
            "the codebook.")


def _in_rows(which: pd.Series, rows: pd.Series) -> str:
    places = sorted(rows[which[which].index])
    return f"in row{'s' * (len(places) > 1)} {some(map(str, places), _NAMED)}"


def _codes(values: np.ndarray) -> list[int]:
    """The usual codes for missing that lie outside all other values, and far, or very often."""
    codes = [code for code in _CODES if (values == code).any()]
    others = values[~np.isin(values, codes)]
    if not codes or len(others) < _FEWEST:
        return []
    low, high = others.min(), others.max()
    often = np.unique(others, return_counts=True)[1].max()
    return [
        code for code in codes
        if (gap := max(low - code, code - high)) > 0
        and (gap > (high - low) / 2 or code < 0 <= low
             or (values == code).sum() > 3 * max(often, 1))
    ]


def _two_scales(values: np.ndarray) -> tuple[int, float] | None:
    """The power of ten between two clusters of positive values and a value between them; None
    where there are none. Between them is a gap like no other in the column, and they lie alike."""
    logs = np.log10(np.unique(values[values > 0]))
    gaps = np.diff(logs)
    if len(gaps) < 2 * _FEWEST or (values < 0).mean() > 0.1:  # a change is near 0 by nature
        return None
    at = int(gaps.argmax())
    low, high = logs[: at + 1], logs[at + 1 :]
    fewer = min(len(low), len(high))
    apart = np.median(high) - np.median(low)
    power = int(np.round(apart))
    alike = power in _APART and abs(apart - power) < 0.2
    # the fewer they are, the more like the thin end of a skewed measure
    wide = gaps[at] > max(0.3 + 0.5 / fewer, 3 * np.delete(gaps, at).max())
    if fewer < 2 or not alike or not wide:
        return None
    return power, float(10 ** ((low[-1] + high[0]) / 2))


def _is_grey(column: Column) -> bool:
    given = [limit for limit in (column.hard_max, column.soft_max) if limit is not None]
    about = f"{column.block} {column.label}".casefold()
    grey = column.unit.casefold() in _GREY_UNITS or "echo" in about
    return grey and all(limit <= _BRIGHTEST for limit in given)


def _far_off(values: pd.Series) -> pd.Series:
    """Which values lie far from all others, in their own scale and, where none is negative, in the
    logarithm: a skewed measure has a long end."""
    z = _robust(values)
    if values.min() >= 0 and (middle := values.median()) > 0:
        z = np.minimum(z, _robust(np.log(values + middle)))
    far = z > _FAR
    near = z[~far].max()
    lone = far.sum() < _FEWEST and near < _NEAR and z[far].min() > 2 * near
    return far & lone


def _robust(values: pd.Series) -> pd.Series:
    off = (values - values.median()).abs()
    spread = 1.4826 * off.median()
    return off / spread if spread else 0 * off


def _of_sides(frame: pd.DataFrame, column: Column) -> Iterator[tuple[str, str]]:
    left, right = (frame[side].dropna() for side in column.file_columns)
    if min(len(left), len(right)) < _FEWEST or min(left.median(), right.median()) <= 0:
        return
    apart = abs(np.log10(left.median() / right.median()))
    power = int(np.round(apart))
    if power in _APART and abs(apart - power) < 0.2:
        yield ("left and right in different units",
               f"the left has a median of {left.median():g} and the right of {right.median():g}, "
               f"{_APART[power]}. Write both in the unit of the codebook.")


def _alike(frame: pd.DataFrame, rows: pd.Series) -> Iterator[tuple[str, str]]:
    """Patients alike in every column, where that is no matter of chance: coarse grades make many
    alike, and then nothing is said."""
    again = frame.duplicated(keep=False)
    if not again.any():
        return
    odd = again & (2 * np.log(len(frame)) + _log_shares(frame) < np.log(_BY_CHANCE))
    if odd.any():
        extra = int((odd & frame.duplicated()).sum())
        yield ("patients entered twice",
               f"{plural(int(odd.sum()), 'row')} are alike in all columns but the identifier, "
               f"{_in_rows(odd, rows)}: {extra} entered again under another identifier? Keep one "
               "row a patient.")


def _no_patient(rows: pd.Series) -> Iterator[tuple[str, str]]:
    """A last row whose identifier is words, where all others have a number."""
    last = rows.to_numpy().argmax()
    numbered = rows.index.astype(str).str.contains(r"\d")
    if len(rows) > _FEWEST and not numbered[last] and numbered.sum() == len(rows) - 1:
        yield ("a last row that is no patient",
               f"the identifier in row {rows.iloc[last]} has no number and all others have one: a "
               "total or a legend? Delete the row.")


def _log_shares(frame: pd.DataFrame) -> pd.Series:
    """How rare each patient's values are together: the sum of the logarithms of the shares of
    patients who have them; a missing one is not counted."""
    total = pd.Series(0.0, frame.index)
    for _, values in frame.items():
        share = values.map(values.value_counts() / len(values)).astype(float)
        total += np.log(share.fillna(1.0))
    return total
