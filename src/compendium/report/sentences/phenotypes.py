"""What notebook 2 says: how many are in each phenotype, and what sets the phenotypes apart.

A difference within the band of :func:`cut.continuum_cut` is what a cut alone can give; one
outside it is not yet a group, which is the question of notebook 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from compendium.phenotypes.clustering import Phenotypes
from compendium.words import block_name, known, listed, number, percent, share


def search(phenotypes: Phenotypes, n_init: int) -> str:
    """How rugged the search for the best division was."""
    reach = percent(phenotypes.share_at_best)
    return f"{reach} of {n_init} starts reach the best solution found."


def sizes(phenotypes: list[Mapping]) -> str:
    """How many are in each phenotype; ``phenotypes``: records with name and n."""
    total = sum(p["n"] for p in phenotypes)
    return listed([f"{p['name']}: {share(p['n'], total)}" for p in phenotypes]) + "."


def failed(differences: pd.DataFrame, n_failed: int, n: int) -> list[str]:
    """The notes of the differences, and how many bootstraps gave no phenotypes."""
    return [*differences["note"].unique(), f"Bootstraps without phenotypes: {n_failed} of {n}."]


def block_medians(differences: pd.DataFrame, names: tuple[str, ...]) -> str:
    """The median difference in each block of features."""
    medians = differences.groupby("block", sort=False)["smd"].median()
    each = listed([f"{block_name(block)} {number(g)}" for block, g in medians.items()])
    return f"Median difference by block: {each} (Hedges' g, {names[-1]} minus {names[0]})."


def assigned(judged: pd.Series, near: pd.Series) -> list[str]:
    """How many get their own label back, and how many lie near a border; masks of patients."""
    return [
        f"{share(int(judged.sum()), len(judged))} patients are judged and get their own label "
        "back.",
        f"{share(int(near.sum()), len(judged))} lie within half a z unit of the border between two "
        "phenotypes; how often they keep their phenotype is counted in notebook 3.",
    ]


def within_band(differences: Iterable[Mapping]) -> str:
    """How many features differ no otherwise than the pieces of one continuum, and what that leaves.

    ``differences``: records with smd, null_low, null_high; rows that lack one are not counted, and
    without any that has all three nothing is said.

    >>> within_band([{"smd": 1.0, "null_low": 0.8, "null_high": 1.2}]).partition(": ")[2]
    'a cut alone can give it.'
    """
    bands = [d for d in differences
             if all(known(d.get(key)) for key in ("smd", "null_low", "null_high"))]
    if not bands:
        return ""
    within = sum(d["null_low"] <= d["smd"] <= d["null_high"] for d in bands)
    if not within:
        return (
            f"None of {len(bands)} differences lies within the 95 % band of one continuum cut "
            "alike; whether there are groups is asked in notebook 3."
        )
    lie, them = ("lies", "it") if within == 1 else ("lie", "them")
    return (
        f"{within} of {len(bands)} differences {lie} within the 95 % band of one continuum cut "
        f"alike: a cut alone can give {them}."
    )


def answer(r: dict) -> list[str]:
    """The phenotypes and what sets them apart."""
    total, parts = sum(p["n"] for p in r["phenotypes"]), sizes(r["phenotypes"])
    first = f"k-means with k = {r['n_clusters']} divides the {total:,} patients into {parts}"
    sized = [d for d in r["differences"] if known(d["smd"])]
    top = sorted(sized, key=lambda d: -abs(d["smd"]))[:2]
    ends = f"{r['phenotypes'][-1]['name']} and {r['phenotypes'][0]['name']}"
    which = listed([f"{d['label']} (g {number(d['smd'])})" for d in top])
    return [
        first,
        f"{ends} differ most in {which}; these variables built the clusters, so the differences "
        "describe the phenotypes and are no evidence for groups.",
        *filter(None, [within_band(r["differences"])]),
    ]


def headline(r: dict) -> str:
    """The sizes of the phenotypes."""
    total = sum(p["n"] for p in r["phenotypes"])
    return ", ".join(f"{p['name']}: {share(p['n'], total)}" for p in r["phenotypes"])


def evidence(r: dict) -> pd.DataFrame:
    """The table under the answer."""
    return pd.DataFrame()


def conclusion(r: dict) -> list[str]:
    """The finding, how uncertain it is, and what would change it."""
    return []
