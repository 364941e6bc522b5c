"""What notebook 1 says: who is analysed, what is missing, and what else could make phenotypes.

A scanner, a centre, or one measure repeating another is looked for in the features as measured and
as k-means will see them, and said in both directions: found or not found, with its size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np
import pandas as pd

from compendium.data.doubts import Doubt
from compendium.headcounts import few, fewest, headcount, people
from compendium.words import block_name, known, listed, number, percent, plural, some, spelled

BY_CHANCE = 0.05  # of 95 % intervals miss what they are for
_OFF = 0.3  # SD a scanner or centre lies off the cohort, from which it could make a phenotype
_NAMED = 6  # columns that look wrong, named one by one
REPEATS = 0.9  # absolute correlation from which one measure repeats another
FILLED = {"iterative": "regression on the other features", "median": "the median"}
UNKNOWN = "The codebook names no scanner or centre, so what they do to the features is unknown."
TOO_SMALL = "Scanners and centres hold too few patients to be compared."


def outside(n: int, without: int, variables: int) -> list[str]:
    """Whether values outside the usual range were kept; ``n``: columns with such values;
    ``without``: variables, of all, for which no usual range is given."""
    said = [f"Some values in {plural(n, 'column')} lie outside the usual range and are kept."]
    said = said if n else []
    if without:
        said.append(f"No usual range is given for {without:,} of {plural(variables, 'variable')}.")
    return said or ["No value lies outside the usual range."]


def doubted(doubts: Sequence[Doubt]) -> list[str]:
    """Which columns look wrong, and the likely cause of each; never a value."""
    if not doubts:
        return []
    about = some((f"{d.column or 'whole rows'} ({d.cause})" for d in doubts), _NAMED)
    return [f"What was read looks wrong in {plural(len(doubts), 'place')} and is kept as it "
            f"stands: {about}. run_all.py --check shows what was seen."]


def most_missing(r: Mapping) -> str:
    """Which variable is most often missing."""
    worst = max(r["missingness"], key=lambda row: row["n_missing"] / row["n"])
    if not worst["n_missing"]:
        return "No variable that the analysis uses has a gap."
    lack = people(worst["n_missing"], worst["n"])
    return f"Of all variables, {worst['label']} is most often missing, in {lack} patients."


def shifts(
    measured: Sequence[Mapping], scaled: Sequence[Mapping], *, named: bool = True
) -> list[str]:
    """How many means differ between scanners and centres, before and after scaling.

    ``measured``, ``scaled``: records of ``overview.device_shifts``.
    """
    if not measured:
        return [TOO_SMALL if named else UNKNOWN]
    before, after = _off_zero(measured), len(_off_zero(scaled))
    of = {row["block"] for row in before}
    alike = f", all in {block_name(of.pop())}," if len(of) == 1 and len(before) > 1 else ""
    verb = "differs" if len(before) == 1 else "differ"
    return [f"{len(before) or 'None'} of {plural(len(measured), 'mean')} by scanner or centre "
            f"{verb} from the cohort's before scaling{alike} and {after or 'none'} after it; about "
            f"{round(BY_CHANCE * len(measured))} would by chance."]


def pooled(devices: Sequence[str]) -> list[str]:
    """Which scanners have no scale of their own, and what that leaves; ``devices``: their names."""
    if not devices:
        return []
    have = "has" if len(devices) == 1 else "have"
    return [f"Of the scanners, {listed(list(devices))} {have} too few patients for a scale of "
            f"{'its' if len(devices) == 1 else 'their'} own (30), so an offset of such a scanner "
            "stays in the features."]


def strongest(correlations: pd.DataFrame) -> dict:
    """The pair of features with the largest absolute correlation: first, second, r, and the median
    of all pairs; nothing where there is no pair."""
    r = np.abs(correlations.to_numpy(float))
    below = np.where(np.tril(np.ones_like(r, dtype=bool), -1), r, np.nan)
    if np.isnan(below).all():
        return {}
    i, j = np.unravel_index(np.nanargmax(below), below.shape)
    return {"first": correlations.index[j], "second": correlations.index[i],
            "r": float(below[i, j]), "median": float(np.nanmedian(below))}


def repeats(pair: Mapping) -> list[str]:
    """Whether one feature repeats another; ``pair``: of :func:`strongest`."""
    if not pair:
        return []
    verdict = "so one repeats the other" if pair["r"] >= REPEATS else (
        f"so none repeats another, as from {REPEATS:g} on")
    return [f"{pair['first']} and {pair['second']} correlate most ({number(pair['r'])}; median of "
            f"all pairs {number(pair['median'])}, without sign), {verdict}."]


def answer(r: Mapping) -> list[str]:
    """Who is analysed, how complete they are, and what else could make phenotypes."""
    analysed, features = r["n_analysed"], plural(r["n_features"], "feature")
    lost = _lost(r)
    who = (f"All {plural(analysed, 'patient')}" if not lost else
           f"{plural(analysed, 'patient')} (fewer than {spelled(fewest())} are left out)"
           if few(lost) else
           f"{analysed:,} of {plural(r['n_read'], 'patient')}")
    gaps = (
        f"{people(r['n_with_gap'], analysed)} lack at least one of {features}, and these gaps are "
        "filled" if r["n_with_gap"] else f"none lacks any of {features}"
    )
    return [f"{who} are analysed; {gaps}.", _other_causes(r)]


def evidence(r: Mapping) -> pd.DataFrame:
    """The table under the answer."""
    left = [f"{people(f['left_out'], r['n_read']).partition(' (')[0]} ({f['reason']})"
            for f in r["flow"] if f["left_out"]]
    pair = r["strongest"]
    rows = [("Who is left out?", listed(left) or "nobody"),
            ("Which share of the feature values is missing?", _filled(r)
             + (f", filled by {FILLED[r['missing']]}" if r["n_with_gap"] else ""))]
    if r["device_shifts"]:
        rows += [
            ("How far do scanners and centres differ as measured?", _largest(r["device_shifts"])),
            ("And after scaling?", _largest(r["device_shifts_scaled"])),
        ]
    if pair:
        said = f"{number(pair['r'])}: {pair['first']} and {pair['second']}"
        rows.append(("What is the largest correlation of two features?", said))
    return pd.DataFrame(rows, columns=["question", "result"])


def conclusion(r: Mapping) -> list[str]:
    """The finding, how uncertain it is, and what would change it."""
    lost = _lost(r)
    them = people(lost) if few(lost) else f"{lost:,} of {plural(r['n_read'], 'patient')}"
    return [
        f"{them[:1].upper()}{them[1:]} are left out, as not eligible or for missing "
        f"features; what follows speaks of the other {r['n_analysed']:,}."
        if lost else "No patient is left out.",
        f"Filling touches {_filled(r)} of the feature values, and whether another way of "
        "filling gives the same phenotypes is asked in notebook 3." if r["n_with_gap"] else
        "No feature had to be filled.",
        "A scanner or centre that nobody recorded could still shape the phenotypes.",
        "Other rules for who is eligible, or another bar for missing features, would change who is "
        "analysed.",
    ]


def headline(r: Mapping) -> str:
    """How many are analysed."""
    features = plural(r["n_features"], "feature")
    all_read = "" if few(_lost(r)) else f" of {r['n_read']:,}"
    return f"{r['n_analysed']:,}{all_read} patients, {features}"


def _lost(r: Mapping) -> int:
    """How many are left out; fewer than can be said are said as any such number."""
    lost = [row["left_out"] for row in r["flow"] if row["left_out"]]
    return lost[0] if len(lost) == 1 else headcount(sum(lost))


def _filled(r: Mapping) -> str:
    share = r["share_values_missing"]
    return percent(share, 1) if known(share) else "very few"


def _other_causes(r: Mapping) -> str:
    """Whether a scanner, a centre or a repeated measure could make a phenotype, in one sentence."""
    far, pair = _far(r["device_shifts_scaled"]), r["strongest"]
    twice = pair if pair and pair["r"] >= REPEATS else None
    both = f"{twice['first']} and {twice['second']} repeat each other" if twice else ""
    could = "which could make a phenotype of its own"
    if far and twice:
        return (f"After scaling, a scanner or centre still differs (by {_size(far)}) and {both}: "
                "either could make a phenotype of its own.")
    if far:
        return (f"After scaling, {far['label']} still differs by {_size(far)} in {far['device']} "
                f"{far['level']}, {could}.")
    if twice:
        return f"{both} (correlation {number(twice['r'])}), {could}."
    if not r["device_shifts"]:
        why = "can be compared" if r.get("devices") else "is recorded"
        return (f"No measure repeats another, but no scanner or centre {why}, and one of them "
                "could make a phenotype of its own.")
    return ("After scaling, no scanner, centre or repeated measure looks able to make a phenotype "
            "of its own.")


def _far(table: Sequence[Mapping]) -> Mapping | None:
    """The largest shift of ``_OFF`` and more that is not chance among so many (Bonferroni)."""
    wider = NormalDist().inv_cdf(1 - BY_CHANCE / 2 / max(len(table), 1)) / 1.96
    sure = [row for row in _known(table) if abs(row["mean_z"]) >= _OFF
            and abs(row["mean_z"]) > wider * (row["high"] - row["low"]) / 2]
    return max(sure, key=lambda row: abs(row["mean_z"]), default=None)


def _off_zero(table: Sequence[Mapping]) -> list[Mapping]:
    return [row for row in _known(table) if row["low"] > 0 or row["high"] < 0]


def _known(table: Sequence[Mapping]) -> list[Mapping]:
    return [row for row in table if known(row["mean_z"], row["low"], row["high"])]


def _largest(table: Sequence[Mapping]) -> str:
    top = max(_known(table), key=lambda row: abs(row["mean_z"]), default=None)
    return f"{_size(top)} ({top['label']} in {top['device']} {top['level']})" if top else "unknown"


def _size(row: Mapping) -> str:
    return f"{number(abs(row['mean_z']))} SD"
