"""Which way results point, by the codebook: worse, better, or no direction stated; counted.

*Clear*: an adjusted p below alpha, or a 95 % interval without 0. Measures without a direction are
never counted among those that have one. ``r``: what notebook 4 publishes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from compendium.data.columns import SIGNS
from compendium.words import known


def direction(value: float, worse: str) -> str:
    """Where a difference points, ``worse`` being the codebook's direction.

    >>> direction(-0.4, "low"), direction(-0.4, "high"), direction(-0.4, "none")
    ('worse', 'better', 'lower')
    """
    if worse in SIGNS:
        return "worse" if value * SIGNS[worse] > 0 else "better"
    return "higher" if value > 0 else "lower"


def clear(rows: Iterable[Mapping], way: str = "", of: str = "slope") -> int:
    """How many intervals exclude 0, or do on the side ``way`` of the value ``of``."""
    found = [v for v in rows if known(v["low"], v["high"]) and (v["low"] > 0 or v["high"] < 0)]
    return sum(not way or direction(v[of], v["worse"]) == way for v in found)


def differing(r: Mapping, rows: Iterable[Mapping], way: str = "") -> list[Mapping]:
    """The measures on which the phenotypes clearly differ, the severe being worse, or better."""
    found = [v for v in rows if v["p_adjusted"] < r["alpha"]]
    return [v for v in found if not way or direction(v["effect"], v["worse"]) == way]


def compared_measures(r: Mapping) -> list[Mapping]:
    """The measures on which the phenotypes were compared."""
    return [v for v in r["validators"] if known(v["effect"], v["p_adjusted"])]


def directed_measures(r: Mapping, block: str | None = None) -> list[Mapping]:
    """Those, of one type or all, of which the codebook, and the phenotypes, say what is worse."""
    return [v for v in compared_measures(r) if r["ordered"] and v["worse"] in SIGNS
            and block in (None, v["block"])]


def whole_types(r: Mapping) -> dict[str, Mapping]:
    """The record of each type of measure that was tested as a whole."""
    return {b["block"]: b for b in r["blocks"] if known(b["p_global_adjusted"])}


def worse_types(r: Mapping) -> list[str]:
    """The types on which, tested as a whole, the severe are worse."""
    return [block for block, b in whole_types(r).items()
            if b["p_global_adjusted"] < r["alpha"] and b["direction"] == "worse"
            and directed_measures(r, block)]


def added_to(rows: Sequence[Mapping], form: str, alpha: float) -> tuple[list, list]:
    """The measures on which phenotype and severity were compared; those the phenotype adds to."""
    p = f"p_label_to_{form}_adjusted"
    tried = [v for v in rows if known(v[p])]
    return tried, [v for v in tried if v[p] < alpha]
