"""Tables for readers: words for columns, rounded numbers, safe files. Nothing is estimated here.

One presentation for all tables of the notebooks (``present``); Table 1 is made by ``baseline``.
Text that a spreadsheet would run as a formula is neutralised, and every file made from simulated
patients says SYNTHETIC in its first column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from compendium import style
from compendium.baseline import table_one
from compendium.sentences import number, p_value
from compendium.sheet import Sheet
from compendium.small_cells import explained
from compendium.table_words import head, interval_head, word

__all__ = [
    "effects_table", "models_table", "p_text", "present", "stacked", "table_one", "write",
]  # fmt: skip

FORMULA = re.compile(r"[=+\-@\t\r]")  # a first character that makes a spreadsheet run a cell
DIGITS = 10  # significant, in files
FINER = {"mc_error": 4}  # decimals of what is always small
# what a phone shows first stands first: the estimate with its interval and p
EFFECTS = (
    "label", "effect", "low", "high", "p_adjusted", "p", "n_reference", "n_compared", "statistic",
    "contrast", "r", "r_low", "r_high", "block", "note",
)  # fmt: skip
MODELS = (
    "outcome_label", "model", "contrast", "estimate", "low", "high", "p", "n", "n_missing",
    "partial_r", "r_squared",
)  # fmt: skip


def present(
    frame: pd.DataFrame,
    *,
    digits: int | Mapping[str, int] = 2,
    note: str = "",
    synthetic: bool,
) -> Sheet:
    """A frame for the eye: heads in words, rounded numbers, intervals and p values in words.

    Parameters
    ----------
    frame : columns ``low`` and ``high`` (or ``<x>_low`` and ``<x>_high``) become one column "95 %
        interval"; columns p, p_… and … p become p values; whole numbers stay whole; codes and
        heads known to ``table_words`` are said in words.
    digits : decimals, for all numbers or by column. note : for the caption.

    Returns
    -------
    Text without row numbers; NaN is "–". The caption says SYNTHETIC of simulated patients, and what
    suppressed counts mean where there are any.
    """
    out: dict[str, list[str]] = {}
    for name in frame:
        places = FINER.get(name, 2) if isinstance(digits, Mapping) else FINER.get(name, digits)
        places = digits.get(name, places) if isinstance(digits, Mapping) else places
        start = _partner(name, "low")
        if start is not None and f"{start}high" in frame:
            columns = frame[name], frame[f"{start}high"]
            out[interval_head(start.removesuffix("_"))] = _intervals(*columns, places)
        elif _partner(name, "high") is None or f"{_partner(name, 'high')}low" not in frame:
            out[head(name)] = [_cell(value, name, places) for value in frame[name]]
    text = pd.DataFrame(out, index=range(len(frame)), dtype="str")
    parts = (style.MARK if synthetic else "", note, explained(text))
    return Sheet.of(text, ". ".join(filter(None, parts)))


def effects_table(table: pd.DataFrame, *, synthetic: bool) -> Sheet:
    """Validation effects for the eye: one row a measure, with its unit, interval, n and p.

    A contrast that all rows share stands in the caption.
    """
    shown = _with_units(table, EFFECTS, "label").rename(columns={"statistic": "effect measure"})
    return _contrasted(shown, synthetic=synthetic)


def models_table(models: pd.DataFrame, *, synthetic: bool) -> Sheet:
    """Regression differences for the eye: one row an outcome, model and phenotype.

    A contrast that all rows share stands in the caption.
    """
    if "phenotype" in models and "reference" in models:
        models = models.assign(contrast=models["phenotype"] + " − " + models["reference"])
    shown = _with_units(models, MODELS, "outcome_label")
    return _contrasted(shown.rename(columns={"estimate": "Difference"}), synthetic=synthetic)


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


def _contrasted(shown: pd.DataFrame, *, synthetic: bool) -> Sheet:
    """Presented, with a contrast of all rows in the caption in place of a column."""
    shared = shown["contrast"].unique() if "contrast" in shown else []
    if len(shared) != 1:
        return present(shown, synthetic=synthetic)
    return present(shown.drop(columns="contrast"), note=str(shared[0]), synthetic=synthetic)


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
        return word(name, str(value))
    if name == "p" or str(name).startswith("p_") or str(name).endswith((" p", "_p")):
        return p_text(value)
    return number(value, places) if np.isfinite(value) else "–"


def _with_units(frame: pd.DataFrame, columns: Sequence[str], label: str) -> pd.DataFrame:
    """The columns a reader needs, the unit behind the label, without a note where none is said."""
    if frame.empty:
        return pd.DataFrame()
    units = frame["unit"].fillna("") if "unit" in frame else pd.Series("", index=frame.index)
    axis = [f"{x} ({unit})" if unit else x for x, unit in zip(frame[label], units, strict=True)]
    shown = frame.assign(**{label: axis})[[name for name in columns if name in frame]]
    silent = "note" in shown and not shown["note"].fillna("").astype(bool).any()
    return shown.drop(columns="note") if silent else shown


def _plain(value):
    """One value a cell: a list in words, a missing one as NaN."""
    if isinstance(value, (tuple, list)):
        return ", ".join(map(str, value))
    return np.nan if value is None or value is pd.NA else value


def _neutral(value):
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value
