"""What notebook 1 says: who is analysed, what is missing, and what else could make clusters.

A scanner, a centre, or one measure repeating another is looked for in the features as measured and
as k-means will see them, and said in both directions: found or not found, with its size.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from compendium.data.cohort import Cohort
from compendium.words import block_name, listed, number, percent, plural, share

BY_CHANCE = 0.05  # of 95 % intervals miss what they are for
REPEATS = 0.9  # absolute correlation from which one measure repeats another
UNKNOWN = (
    "The codebook names no scanner or centre: whether one of them shapes the features cannot be "
    "seen."
)


def flow(patients: Cohort) -> list[str]:
    """How many are analysed, and whether values outside the usual range were kept."""
    usual = (
        f"{plural(len(patients.flags), 'column')} with values outside the usual range; these are "
        "kept." if len(patients.flags) else "No value lies outside the usual range."
    )
    read, analysed = plural(patients.n_read, "patient"), f"{len(patients.data):,}"
    return [f"Of {read} read, {analysed} are analysed.", usual]


def missing_values(X: pd.DataFrame, missing: pd.DataFrame) -> list[str]:
    """How many lack a feature, and which variable is most often missing.

    ``X`` features with gaps; ``missing``: of ``overview.missingness``.
    """
    n_with_gap, worst = int(X.isna().any(axis=1).sum()), missing.sort_values("share").iloc[-1]
    return [
        f"{share(n_with_gap, len(X))} of the analysed patients lack at least one of "
        f"{X.shape[1]} features, and complete cases would lose them; only "
        f"{percent(X.isna().to_numpy().mean(), 1)} of the feature values are missing."
        if n_with_gap else "No feature value is missing.",
        f"Of the variables the analysis uses, {worst.label} is most often missing: "
        f"{share(worst.n_missing, worst.n)}."
        if worst.n_missing else "No variable that the analysis uses has a gap.",
    ]


def shifts(measured: pd.DataFrame, scaled: pd.DataFrame) -> list[str]:
    """How far scanners and centres shift the features, before and after scaling.

    ``measured``, ``scaled``: of ``overview.device_shifts``.
    """
    if not len(measured):
        return [UNKNOWN]
    said = []
    for when, table in (("Before scaling", measured), ("After scaling", scaled)):
        count = f"{len(_off_zero(table))} of {plural(len(table), 'mean')} by scanner or centre"
        chance = f"about {round(BY_CHANCE * len(table))} would by chance alone" if not said else ""
        said.append(
            f"{when} {count} lie off zero with their 95 % interval"
            f"{f' ({chance})' if chance else ''}{_blocks(table)}; the largest is {_largest(table)}."
        )
    return said


def blocks(sizes: Mapping[str, int]) -> str:
    """The blocks of features and the size of each."""
    return f"Blocks: {listed([f'{n} {block_name(block)}' for block, n in sizes.items()])}."


def repeats(correlations: pd.DataFrame) -> list[str]:
    """The largest correlation between two features, whether one repeats the other, the median."""
    r = np.abs(correlations.to_numpy(float))
    below = np.where(np.tril(np.ones_like(r, dtype=bool), -1), r, np.nan)
    if np.isnan(below).all():
        return []
    i, j = np.unravel_index(np.nanargmax(below), below.shape)
    pair = f"{correlations.index[j]} and {correlations.index[i]}"
    verdict = "one repeats the other" if below[i, j] >= REPEATS else "none repeats another"
    return [f"The largest correlation between two features is {number(below[i, j])} ({pair}), the "
            f"median {number(np.nanmedian(below))} (absolute values): {verdict}."]


def other_causes(measured: pd.DataFrame, scaled: pd.DataFrame, correlations: pd.DataFrame) -> str:
    """The answer in one sentence or two."""
    device = UNKNOWN if not len(measured) else (
        f"Means of a scanner or centre lie up to {_largest(measured)} off the cohort's as "
        f"measured, and up to {_largest(scaled)} as scaled."
    )
    return " ".join([device, *repeats(correlations)])


def _blocks(table: pd.DataFrame) -> str:
    """In which blocks they lie: all in one is a scanner, in several case mix."""
    counts = _off_zero(table)["block"].value_counts(sort=False)
    found = [f"{count if len(counts) > 1 else 'all'} in {block_name(block)}"
             for block, count in counts.items() if block]
    return f": {listed(found)}" if found else ""


def _off_zero(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["low"] > 0) | (table["high"] < 0)]


def _largest(table: pd.DataFrame) -> str:
    top = table.loc[table["mean_z"].abs().idxmax()]
    return f"{number(abs(top['mean_z']))} SD ({top['label']}, {top['device']} {top['level']})"


FILLED = {"iterative": "iterative regression", "median": "the median"}


def answer(r: dict) -> list[str]:
    """Who was analysed, what else could make clusters, and how complete the scans are."""
    reasons = [f"{f['left_out']} ({f['reason']})" for f in r["flow"] if f["left_out"]]
    left = f"; left out: {listed(reasons)}" if reasons else "; nobody was left out"
    of = listed([f"{n} {block_name(b)}" for b, n in r["feature_blocks"].items()])
    first = (
        f"Of {plural(r['n_read'], 'person' if r['n_read'] == 1 else 'patient')} read, "
        f"{r['n_analysed']:,} are analysed on {r['n_features']} features ({of}){left}. "
        f"{r['other_causes']}"
    )
    some, values = share(r["n_with_gap"], r["n_analysed"]), percent(r["share_values_missing"], 1)
    second = (
        f"At least one feature is missing in {some} ({values} of all values); gaps are filled by "
        f"{FILLED[r['missing']]} rather than losing these people."
        if r["n_with_gap"]
        else "No feature value is missing."
    )
    return [first, second]


def headline(r: dict) -> str:
    """How many are analysed."""
    return f"{r['n_analysed']:,} of {plural(r['n_read'], 'patient')}, {r['n_features']} features"


def evidence(r: dict) -> pd.DataFrame:
    """The table under the answer."""
    return pd.DataFrame()


def conclusion(r: dict) -> list[str]:
    """The finding, how uncertain it is, and what would change it."""
    return []
