"""Table 1: who the patients are, overall and by phenotype, without p values.

A number is summed up by mean (SD) where its distribution is about symmetric, and by median and
quartiles where it is not: grades, counts, and any number whose skewness over all patients is beyond
1 in absolute value, since there a mean lies where few patients are. Rare levels are merged, and
counts that are still small suppressed (``disclosure``), with every difference that would give them
away.

Reference: tableone, Pollard et al. 2018.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from compendium.data.columns import Column, merged_levels
from compendium.headcounts import few, fewest, headcount, n_text
from compendium.report.disclosure import HIDDEN, OVERALL, QUARTILED, explained, suppress_counts
from compendium.report.tables import HtmlTable
from compendium.words import MINUS, known, number, percent

_GROUP = "(phenotype)"  # brackets: no codebook name can collide
_MEDIAN_TYPES = ("integer", "ordinal")  # always summarised by median [Q1, Q3]
DIFFERENCE = "Standardised difference"
_SKEWED = 1.0  # absolute skewness beyond which a number is, too


def table_one(
    data: pd.DataFrame, labels: np.ndarray, names: Sequence[str], columns: Sequence[Column]
) -> HtmlTable:
    """Table 1: every column overall and by phenotype, without p values.

    Parameters
    ----------
    data : one row a patient; NaN = missing, counted and left out of its row.
    labels : phenotype of every patient, 0 = mildest. Where a phenotype has fewer than five
        patients, all are described together.
    names : the phenotypes' names in severity order.
    columns : codebook columns to describe; text and date columns are skipped.

    Returns
    -------
    Text, suppressed counts explained in its caption: Characteristic, Level, Missing, one column for
    all, one a phenotype with its n, and the standardised difference, most severe minus mildest.
    Numbers: mean (SD), one decimal, two where the SD is below 1; integers, grades and numbers of
    skewness beyond 1 (see :func:`by_median`): median [Q1, Q3], whole where all these are; their
    standardised difference is that of the means over the root of the mean variance. Categories:
    n (%) of those known, levels in words; their standardised difference has no sign (Yang & Dalton
    2012). A mean of fewer than five values is not shown, nor a median of fewer than twenty, nor a
    count of fewer than five, missing ones among them. Values by tableone.
    """
    if np.bincount(labels, minlength=len(names)).min() < fewest():
        labels, names = np.zeros(len(data), dtype=int), ()
    inside = {OVERALL: np.ones(len(data), dtype=bool)}
    inside |= {name: labels == i for i, name in enumerate(names)}
    used = [c for c in columns if (c.numeric or c.type == "category") and c.name in data]
    data, used = _merged(data[[c.name for c in used]], used, inside)
    printed, apart = _tableone(data, labels, names, used)
    rows = []
    for column in used:
        first, *others = _rows(printed, column, data[column.name], inside)
        difference = [_difference(apart, column, first)] if names else []
        rows += [[*first, *difference], *([*row, *[""] * len(difference)] for row in others)]
    heads = [f"{name} ({n_text(mask.sum())})" for name, mask in inside.items()]
    heads = ["Characteristic", "Level", "Missing", *heads, *[DIFFERENCE] * bool(names)]
    table = pd.DataFrame(rows, columns=heads, dtype="str")
    return HtmlTable.of(table, explained(table))


def by_median(column: Column, values: pd.Series) -> bool:
    """Whether a column is summed up by median and quartiles: grades, counts, and skewed numbers.

    Skewness is that of all patients (adjusted Fisher–Pearson, as ``scipy.stats.skew`` without
    bias); it is compared with 1 in absolute value. A column of fewer than three values, or of one
    value, is not skewed.
    """
    return column.type in _MEDIAN_TYPES or bool(abs(values.skew()) > _SKEWED)


def _merged(
    data: pd.DataFrame, columns: Sequence[Column], inside: Mapping
) -> tuple[pd.DataFrame, list[Column]]:
    """The data and the columns with the rare levels of every category merged."""
    merged = []
    for column in columns:
        if not column.numeric:
            values, groups = data[column.name], list(inside)[1:] or list(inside)
            counts = {g: values[inside[g]].value_counts().reindex(column.levels, fill_value=0)
                      for g in groups}
            under = merged_levels(pd.DataFrame(counts))
            data = data.assign(**{column.name: values.astype(object).map(under)})
            column = replace(column, levels=tuple(dict.fromkeys(under.values())))
        merged.append(column)
    return data, merged


def _tableone(
    data: pd.DataFrame, labels: np.ndarray, names: Sequence[str], columns: Sequence[Column]
) -> tuple[pd.DataFrame, pd.Series]:
    """tableone's cells, index (column, level), a column "All" and one a phenotype; and its
    standardised difference of every column, the last phenotype minus the first."""
    from tableone import TableOne

    used = [c for c in columns if data[c.name].notna().any()]
    if not used:
        return pd.DataFrame(), pd.Series()
    group = labels.astype(str)  # in this order tableone sorts them
    frame = data[[c.name for c in used]].reset_index(drop=True).assign(**{_GROUP: group})
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # tableone 0.9.6 adds its row n in a way pandas 4 will refuse; a group may have no value
        warnings.filterwarnings("ignore", "Setting a new row on a DataFrame with a MultiIndex")
        warnings.simplefilter("ignore", RuntimeWarning)
        table = TableOne(
            frame, columns=[c.name for c in used],
            categorical=[c.name for c in used if c.type == "category"],
            continuous=[c.name for c in used if c.numeric], groupby=_GROUP,
            nonnormal=[c.name for c in used if c.numeric and by_median(c, data[c.name])],
            decimals={c.name: _decimals(c, data[c.name], group) for c in used if c.numeric},
            overall=bool(names), include_null=False, label_suffix=False, smd=bool(names),
        )
    heads = {str(i): name for i, name in enumerate(names or (OVERALL,))} | {"Overall": OVERALL}
    cells = table.tableone.droplevel(0, axis=1).rename(columns=heads)
    return cells, table.smd_table[f"SMD (0,{len(names) - 1})"] if names else pd.Series()


def _decimals(column: Column, values: pd.Series, group: np.ndarray) -> int:
    """Decimals of a number: none where grades and counts have whole quartiles in every group."""
    if column.type in _MEDIAN_TYPES:
        values = values.reset_index(drop=True)
        quarters = [part.quantile([0.25, 0.5, 0.75]) for _, part in values.groupby(group)]
        known = pd.concat([*quarters, values.quantile([0.25, 0.5, 0.75])]).dropna()
        return 0 if (known == known.round()).all() else 1
    return 2 if values.std() < 1 else 1


def _rows(
    printed: pd.DataFrame, column: Column, values: pd.Series, inside: Mapping
) -> list[list[str]]:
    """The rows of one column: one for a number, one a level for a category."""
    missing = f"{headcount(int(values.isna().sum())):,}"
    if column.numeric:
        median = by_median(column, values)
        what = "median [Q1, Q3]" if median else "mean (SD)"
        counts = {name: int(values[mask].notna().sum()) for name, mask in inside.items()}
        cells = [_summary(printed, column.name, group, n, median) for group, n in counts.items()]
        if any(cell.startswith("n <") for cell in cells[1:]):
            cells[1:] = [HIDDEN] * (len(cells) - 1)  # the one would follow from the others
        return [[f"{column.axis}, {what}", "", missing, *cells]]
    groups = [name for name in inside if name != OVERALL] or [OVERALL]
    counts = {g: [(values[inside[g]] == level).sum() for level in column.levels] for g in groups}
    text = suppress_counts(pd.DataFrame(counts, index=list(column.levels)))
    few_lack = {g: few(values[mask].isna().sum()) for g, mask in inside.items()}
    rough = dict.fromkeys(groups, any(few_lack[g] for g in groups)) | {OVERALL: few_lack[OVERALL]}
    return [
        [f"{column.label}, n (%)", level.replace("_", " "), "" if i else missing,
         *(_count(printed, (column.name, level), group, cell, rough[group])
           for group, cell in cells.items())]
        for i, (level, cells) in enumerate(text.iterrows())
    ]


def _difference(apart: pd.Series, column: Column, row: Sequence[str]) -> str:
    """The standardised difference of the outer phenotypes; none that would give a count away."""
    if HIDDEN in row:
        return HIDDEN
    value = float(apart.get(column.name, np.nan))
    return number(value if column.numeric else abs(value)) if known(value) else "–"


def _summary(printed: pd.DataFrame, name: str, group: str, n: int, median: bool) -> str:
    """tableone's mean or median of a group, where enough values are known."""
    least = QUARTILED if median else fewest()
    if n < least:
        return f"n <{least}" if n else "–"
    return printed.loc[(name, ""), group].replace(",", ", ").replace("-", MINUS)


def _count(
    printed: pd.DataFrame, row: tuple[str, str], group: str, cell: str, rough: bool
) -> str:
    """n (%) by tableone, where the count may be shown; the share alone where the counts of all
    levels would say how few lack one."""
    if cell == HIDDEN:
        return cell
    found = row in printed.index and group in printed
    share = (printed.loc[row, group] if found else "0 (0.0)").partition(" ")[2]
    whole = percent(float(share.strip("()")) / 100)
    return whole if rough else f"{cell} ({whole})" if cell.startswith("≈") else f"{cell} {share}"
