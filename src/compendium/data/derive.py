"""Derived columns: a closed list of named rules over columns of the cohort.

A rule never evaluates text. A missing argument makes the result missing: a total with a gap is
not a total. Stages follow the ALSFRS-R item rules of King's (10.1093/brain/awr351, items after
10.3109/21678421.2014.897357) and MiToS (10.1080/21678421.2016.1265565); stage 5, death, cannot
occur in a scanned patient.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter

import pandas as pd

from compendium.data.columns import Codebook, Column, Rule
from compendium.data.delimited import to_number


def derived(frame: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """The frame with every derived column of the codebook added, in codebook order.

    Parameters
    ----------
    frame : numbers as float, categories as text; it may still hold both sides of a column.
    codebook : its ``derive`` cells name the rules; a rule may use columns derived before it.

    Returns
    -------
    A new frame; a derived value is missing wherever one of its arguments is.
    """
    values = dict(frame.items())
    for name in in_order(codebook.columns):
        rule = codebook[name].derive
        if name not in values and all(a in values or to_number(a) is not None
                                      for a in rule.arguments):
            values[name] = apply(rule, values)
    return pd.DataFrame(values, index=frame.index)


def in_order(columns: Sequence[Column]) -> list[str]:
    """Names of the derived columns, each after those it is derived from; without those that wait
    for each other."""
    needed = {c.name: c.derive.arguments for c in columns if c.derive}
    sorter, order = TopologicalSorter(needed), []
    with suppress(CycleError):  # what is not in a circle can still be had
        sorter.prepare()
    while ready := sorter.get_ready():
        order += ready
        sorter.done(*ready)
    return [name for name in order if name in needed]


def apply(rule: Rule, frame: Mapping[str, pd.Series]) -> pd.Series:
    """The values of one rule, float, one a patient; ``frame``: columns by name."""
    arguments = [frame[a] if a in frame else float(a) for a in rule.arguments]
    return RULES[rule.name][0](*arguments)


def total(*items: pd.Series) -> pd.Series:
    """Sum of all items; missing where any is."""
    return pd.concat(items, axis=1).sum(axis=1, skipna=False)


def rate(maximum, now: pd.Series, months: pd.Series) -> pd.Series:
    """Points lost per month, (maximum − now)/months; missing where no time has passed."""
    return (maximum - now) / months.where(months > 0)


def bmi(weight_kg: pd.Series, height_cm: pd.Series) -> pd.Series:
    """Body mass index, kg/m²."""
    return weight_kg / (height_cm / 100) ** 2


def kings(*columns: pd.Series) -> pd.Series:
    """King's stage 1 to 4 from the twelve items in order and the gastrostomy column (yes/no).

    4: gastrostomy, or dyspnoea 0, or respiratory insufficiency below 4; otherwise the number of
    regions (bulbar items 1 to 3, upper limb 4 or 5, lower limb 8) that have lost a point, at
    least 1.
    """
    items, gastrostomy = columns[:12], columns[12]
    regions = (
        _below(4, *items[0:3]).astype(int) + _below(4, *items[3:5]).astype(int)
        + _below(4, items[7]).astype(int)
    )
    failing = (items[9] == 0) | (items[11] < 4) | (gastrostomy.astype("str") == "yes")
    stage = regions.clip(lower=1).astype(float).mask(failing, 4.0)
    return stage.where(_complete(*items) & gastrostomy.notna())


def mitos(*items: pd.Series) -> pd.Series:
    """MiToS stage 0 to 4: domains lost among swallowing, movement or self-care, breathing and
    communication (speech and handwriting, both)."""
    lost = [
        items[2] <= 1,
        (items[5] <= 1) | (items[7] <= 1),
        (items[9] <= 1) | (items[11] <= 2),
        (items[0] <= 1) & (items[3] <= 1),
    ]
    return sum(x.astype(float) for x in lost).where(_complete(*items))


# name -> the function, and the least and the most arguments it takes
RULES = {
    "sum": (total, 2, 99), "rate": (rate, 3, 3), "bmi": (bmi, 2, 2), "kings": (kings, 13, 13),
    "mitos": (mitos, 12, 12),
}


def _below(level: float, *items: pd.Series) -> pd.Series:
    return pd.concat(items, axis=1).lt(level).any(axis=1)


def _complete(*items: pd.Series) -> pd.Series:
    return pd.concat(items, axis=1).notna().all(axis=1)
