"""Nothing about fewer than five people leaves a run: the one gate to the disk.

Every table, figure, model and number of a run passes through ``GATE``, whatever made it, and so do
the sentences, which are made of what has passed. It is closed by default: it knows by name which
numbers count people (``n``, and all that begin with ``n_``, but for the few that count something
else), and hides what stands in one record with a count of fewer than five. A total that stands
beside gives nothing away: 158 of 160 is said as "≥155", and what stands in one record with it has
three digits, since ten would tell which n gives them. Quartiles of fewer than twenty, which are
single patients' values, are hidden as well, and a drawing with a mark for every patient is refused.

A table of counts by level and group is shown whole or not at all (``suppress_counts``), once rare
levels are merged (``columns.merged_levels``). Where two levels are left and one to four patients
are still in a cell, no count of any group is shown: each would give the others by subtraction. A
reader who knows this rule is left with four possible values or more, since every total that is
shown is at least five.

Who is left out is counted step by step (``merged_flow``), small steps together with their
neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from compendium.headcounts import Bound, few, fewest, headcount

HIDDEN, OVERALL = "hidden", "All"
QUARTILED = 20  # people whose quartiles are no single person's value
_PERSONS = 20  # marks of a drawing from which they are compared with numbers of people
_COUNTED = ("left_out", "remaining", "smallest", "most_patients")
_NO_PEOPLE = {  # counts of other things
    "n_clusters", "n_init", "n_resamples", "n_draws", "n_bands", "n_pipeline", "n_path",
    "n_features", "n_replicates", "n_used", "n_pairs", "n_specifications", "n_fitted",
    "n_parameters",
}
# counts beside which the record's other numbers speak of more people than these
_ASIDE = {
    "n_missing", "left_out", "remaining", "smallest", "most_patients", "n_outside", "n_with_gap",
    "n_near", "n_core", "n_influential", "n_read",
}
# shares of people, and the counts beside them that they would tell
_SHARES = {"share": ("n", "n_missing"), "share_values_missing": ("n_with_gap",)}
_SHARES_OF_N = ("share_negative", "moved")
_QUARTILES = ("median", "q1", "q3")
# degrees of freedom, which are n less a known number (a whole ``df`` is that of a test's terms)
_FREEDOM = {"df": float, "df_resid": Real}
_BESIDE, _ALL = 3, 0  # digits of numbers beside a bound, and elsewhere
_BY_NAME = ("within", "labels")  # keys whose own keys are names from a codebook


class Gate:
    """What may be said of people, by how many are analysed and how many are in each phenotype."""

    def __init__(self) -> None:
        self.n, self.sizes = 0, {}

    def know(self, n: int, sizes: Mapping[str, int] | None = None) -> None:
        """Speak from now on of ``n`` analysed, and of phenotypes of these sizes."""
        self.n, self.sizes = n, dict(sizes or {})

    def record(self, row: Mapping) -> dict:
        """A record with its counts as they may be said, and None for what is of too few.

        >>> GATE.record({"level": "B", "n": 2, "mean": 4.5})
        {'level': 'B', 'n': <5, 'mean': None}
        """
        counts = {key: value if isinstance(value, Bound) else int(value)
                  for key, value in row.items() if _counts_people(key, value)}
        said = {key: headcount(n, *self._totals(key, row)) for key, n in counts.items()}
        parts = [key for key in said if key.removeprefix("n_") in self.sizes]
        vague = any(map(few, self.sizes.values())) and (parts or row.get("phenotype") in self.sizes)
        if vague or any(isinstance(said[key], Bound) for key in parts):  # the sum would tell
            said |= {key: said[key] if isinstance(said[key], Bound) else Bound("≥", n // 5 * 5)
                     for key, n in counts.items() if key in ("n", "n_r", *parts) and n}
        said = {key: n for key, n in said.items() if isinstance(n, Bound)}
        small = {key for key, n in said.items() if few(n)} - _ASIDE
        hidden = {key for key, value in row.items() if small and isinstance(value, float)}
        telling = {key for key, n in said.items() if n.text[0] != "≈"}
        hidden |= {key for key, counted in _SHARES.items() if key in row
                   and f"{key}_low" not in row and telling.intersection(counted)}
        hidden |= {key for key in _SHARES_OF_N
                   if "n" in telling or _few_share(row.get(key), counts.get("n", 0))}
        hidden |= {key for key, kinds in _FREEDOM.items() if said
                   and isinstance(row.get(key), kinds)}
        hidden |= {f"{of}{key[1:]}" for key, n in counts.items() if key[:1] == "n"
                   and n < QUARTILED for of in _QUARTILES}
        digits = _BESIDE if telling - _ASIDE else _ALL
        return {key: said.get(key, None if key in hidden else _with_digits(value, digits))
                for key, value in row.items()}

    def frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A table whose every row is a record."""
        before = rows_of(frame)
        rows, safe = [self.record(row) for row in before], frame
        for name in frame:
            values = [row[name] for row in rows]
            if any(now is not then for now, then in
                   zip(values, (row[name] for row in before), strict=True)):
                kind = object if any(isinstance(v, Bound) for v in values) else None
                safe = safe.assign(**{name: pd.Series(values, frame.index, kind)})
        return safe

    def content(self, content: Any) -> Any:
        """Numbers of any depth, in JSON's types: every mapping is a record."""
        if isinstance(content, Mapping):
            return {key: value if key in _BY_NAME else self.content(value)
                    for key, value in self.record(content).items()}
        return [self.content(item) for item in content] if isinstance(content, list) else content

    def figure(self, figure):
        """A drawing, if none of its series has a mark for every patient; else ValueError. Marks in
        labelled rows are no patients, and rasterised ones are no coordinates."""
        persons = {self.n, *self.sizes.values()}
        for ax in figure.axes:
            series = [c.get_offsets() for c in ax.collections if not c.get_rasterized()]
            series += [line.get_xydata() for line in ax.lines
                       if line.get_marker() != "None" and not line.get_rasterized()]
            for marks in series:
                if len(marks) in persons and len(marks) >= _PERSONS and not _in_rows(ax, marks):
                    raise ValueError("a drawing has a mark for every patient: draw bins instead.")
        return figure

    def _totals(self, key: str, row: Mapping) -> list[int]:
        """The totals that a count of a record is part of."""
        names = key.removeprefix("n_"), str(row.get("phenotype")), str(row.get("within"))
        own = [self.sizes[name] for name in names if name in self.sizes]
        return [self.n, *own, *([row["n_level"]] if key == "n" and "n_level" in row else [])]


GATE = Gate()


def rows_of(frame: pd.DataFrame) -> list[dict]:
    """The rows of a frame; pandas' own way makes numbers of bounds."""
    columns = [frame.iloc[:, i].tolist() for i in range(frame.shape[1])]
    return [dict(zip(frame.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def merged_flow(flow: pd.DataFrame) -> pd.DataFrame:
    """Who was left out at every step (step, reason, left_out, remaining), small steps merged.

    A step at which one to four people leave goes with the one before it, or after it, until each
    holds more or only one is left. That one is "<5", and how many were read then is a bound, too.
    """
    read, *rows = rows_of(flow)
    while len(rows) > 1 and (small := [i for i, row in enumerate(rows) if few(row["left_out"])]):
        i = max(small[0], 1)
        first, second = rows[i - 1 : i + 1]
        reasons = [row["reason"] for row in (first, second) if row["left_out"]]
        both = {"reason": ", or ".join(reasons), "left_out": first["left_out"] + second["left_out"]}
        rows[i - 1 : i + 1] = [second | both]
    for row in (read, *rows):
        row["left_out"] = headcount(row["left_out"])
        row["remaining"] = headcount(row["remaining"], rows[-1]["remaining"])
    return pd.DataFrame([read, *rows], columns=flow.columns, dtype=object)  # int64 drops signs


def suppress_counts(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts as text, levels × groups, "hidden" for all that would reveal one to four patients.

    Where there are two groups or more a first column "All" holds their sum. The groups are hidden
    where one of their cells is small, and "All" where one of its own is.

    >>> suppress_counts(pd.DataFrame({"Mild": [40, 3], "Severe": [30, 6]}))["All"].tolist()
    ['70', '9']
    """
    cells = counts.astype(int)
    text = cells.map(lambda n: f"{headcount(n):,}").astype("str")
    if cells.map(few).any(axis=None):
        text[:] = HIDDEN
    if cells.shape[1] > 1:
        text.insert(0, OVERALL, suppress_counts(cells.sum(axis=1).to_frame())[0])
    return text


def explained(table: pd.DataFrame) -> str:
    """What suppressed cells of a table of text mean; "" where there are none."""
    marks = re.compile(rf"{HIDDEN}|(n )?<\d+")
    shown = any(marks.fullmatch(str(cell)) for cell in table.to_numpy().ravel())
    return f"{HIDDEN}, <{fewest()}: too few patients to be shown" if shown else ""


def _in_rows(ax, marks: np.ndarray) -> bool:
    """Whether marks stand at the ticks of an axis, or all beside them by the same."""
    for values, ticks in zip(np.asarray(marks, float).T, (ax.get_xticks(), ax.get_yticks()),
                             strict=True):
        beside = values[:, None] - np.asarray(ticks, float)[None]
        if beside.size and np.ptp(np.take_along_axis(
                beside, np.abs(beside).argmin(axis=1)[:, None], axis=1)) < 1e-6:
            return True
    return False


def _counts_people(key: str, value: Any) -> bool:
    if not isinstance(value, Real) or isinstance(value, (bool, np.bool_)):
        return False
    if key == "n" or key.startswith("n_"):  # floats in a column with gaps
        return key not in _NO_PEOPLE and float(value).is_integer()
    return key in _COUNTED and isinstance(value, Integral)  # an estimate may be the smallest, too


def _with_digits(value: Any, digits: int) -> Any:
    """A number with so many significant digits, where any are asked for; all else as it is."""
    if not digits or not isinstance(value, float) or not np.isfinite(value):
        return value
    return float(f"{value:.{digits}g}")


def _few_share(share: Any, n: int) -> bool:
    """Whether a share of n people is that of few, or of all but few."""
    if not (isinstance(share, float) and 0 < share < 1):
        return False
    count = round(share * n)
    return few(count) or few(n - count)
