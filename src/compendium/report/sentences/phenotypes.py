"""What notebook 2 says of the phenotypes beside a severity continuum cut by the same k-means.

A difference within the band of :func:`cut.continuum_cut` is what a cut alone can give; one
outside it is not yet a group, which is the question of notebook 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compendium.words import known, listed, number, share


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


def answer_clustering(r: dict) -> list[str]:
    """The phenotypes and what sets them apart."""
    total = sum(p["n"] for p in r["phenotypes"])
    sizes = listed([f"{p['name']}: {share(p['n'], total)}" for p in r["phenotypes"]])
    first = f"k-means with k = {r['n_clusters']} divides the {total:,} patients into {sizes}."
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


def headline_clustering(r: dict) -> str:
    """The sizes of the phenotypes."""
    total = sum(p["n"] for p in r["phenotypes"])
    return ", ".join(f"{p['name']}: {share(p['n'], total)}" for p in r["phenotypes"])
