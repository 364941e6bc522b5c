"""Tables of independent measures in clinicians' numbers: grades, millivolts, litres.

A grade stands as its median with quartiles and Cliff's δ, any other measure as its mean, the
difference of means in its own unit and Hedges' g. Nothing is estimated here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.report.disclosure import HIDDEN
from compendium.report.tables import HtmlTable, present
from compendium.words import known, number


def effects_table(table: pd.DataFrame, *, names: Sequence[str], synthetic: bool) -> HtmlTable:
    """One row a measure, a column a phenotype; then the most severe against the mildest.

    ``table``: of ``by_phenotype.compare``; ``names``: the phenotypes' in severity order. Where
    there are three or more, the p over all of them stands last.
    """
    rows = [row for _, row in table.assign(places=_places(table)).iterrows()]
    shown = pd.DataFrame({"measure, unit": _axis(table)})
    for name in names:
        shown[f"{name} (n)"] = [_typical(row, name) for row in rows]
    shown["difference (95 % CI)"] = [_difference(row) for row in rows]
    shown["p_adjusted"] = table["p_adjusted"].to_numpy()
    if len(names) > 2:
        shown["all phenotypes, adjusted p"] = table["p_overall"].to_numpy()
    note = (
        "Grades: median [quartiles] and Cliff's δ; other measures: mean, difference of means, and "
        f"Hedges' g. Difference: {names[-1]} − {names[0]}. p adjusted within the type of measure"
    )
    return present(shown, note=note, synthetic=synthetic)


def slopes_table(slopes: pd.DataFrame, *, synthetic: bool) -> HtmlTable:
    """Slopes inside the phenotypes, and how many times the slope between them they are.

    ``slopes``: of ``dose_response.slopes_common``.
    """
    ratio = {f"share{end}": f"inside ÷ between{end}" for end in ("", "_low", "_high")}
    shown = slopes[["n", "slope", "low", "high", *ratio, "p_equal"]].rename(columns=ratio)
    shown.insert(0, "measure, unit", _axis(slopes))
    return present(shown, synthetic=synthetic)


def _axis(table: pd.DataFrame) -> list[str]:
    return [", ".join(filter(None, pair)) for pair in zip(table["label"], table["unit"],
                                                          strict=True)]


def _typical(row: Mapping, name: str) -> str:
    """Median with quartiles, or mean, and the number of patients, of one phenotype."""
    n, mean, *quartiles = (row[f"{s}_{name}"] for s in ("n", "mean", "median", "q1", "q3"))
    if not known(n):
        return "–"
    if _graded(row) and not known(*quartiles):
        return f"{HIDDEN} ({n:,})"
    middle, low, high = (number(q).rstrip("0").rstrip(".") for q in quartiles)
    return f"{f'{middle} [{low}, {high}]' if _graded(row) else number(mean, row['places'])} ({n:,})"


def _difference(row: Mapping) -> str:
    """δ, or the difference of means in its unit and g, with the interval."""
    if not known(row["effect"]):
        return "not compared"
    if _graded(row):
        return f"δ {number(row['effect'])} ({_interval(row)})"
    means = f"{number(row['difference'], row['places'])} {row['unit']}".strip()
    return f"{means} ({_interval(row, 'difference_')}), g {number(row['effect'])}"


def _interval(row: Mapping, of: str = "") -> str:
    ends, places = (row[f"{of}low"], row[f"{of}high"]), row["places"] if of else 2
    return " to ".join(number(end, places) for end in ends) if known(*ends) else "no interval"


def _graded(row: Mapping) -> bool:
    return row["statistic"] == "Cliff's δ"


def _places(table: pd.DataFrame) -> pd.Series:
    """Decimals that differences bear: two digits of the widest interval of a type and unit."""
    width = (table["difference_high"] - table["difference_low"]).where(lambda w: w > 0)
    widest = width.groupby([table["block"], table["unit"]]).transform("max")
    return (1 - np.floor(np.log10(widest))).clip(0, 6).fillna(2).astype(int)
