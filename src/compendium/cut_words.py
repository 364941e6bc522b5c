"""What notebook 2 says of the phenotypes beside a severity continuum cut by the same k-means.

A difference within the band of :func:`null_cut.null_differences` is what a cut alone can give; one
outside it is not yet a group, which is the question of notebook 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compendium.sentences import known


def within_band(differences: Iterable[Mapping]) -> str:
    """How many features differ no otherwise than the pieces of one continuum, and what that leaves.

    ``differences``: records with smd, null_low, null_high; rows that lack one are not counted, and
    without any that has all three nothing is said.

    >>> within_band([{"smd": 1.0, "null_low": 0.8, "null_high": 1.2}]).partition(": ")[2]
    'a cut alone can give it.'
    """
    bands = [d for d in differences
             if all(known(d.get(key)) for key in ("smd", "null_low", "null_high"))]  # fmt: skip
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
