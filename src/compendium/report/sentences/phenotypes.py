"""What notebook 2 says: how many are in each phenotype, and what sets the phenotypes apart.

A difference within the band of :func:`cut.continuum_cut`, or nearer to zero, is what a cut alone
can give; a larger one is not yet a group, which is the question of notebook 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from compendium.headcounts import Bound, headcount, people
from compendium.statistics import farther
from compendium.words import block_name, known, listed, number, percent, plural, spelled

_SINGLY = 3  # phenotypes, or types of measure, of which a sentence speaks one by one


def search(r: Mapping) -> str:
    """How rugged the search for the best division was."""
    return f"{percent(r['share_at_best'])} of {r['n_init']} starts reach the best solution found."


def sizes(r: Mapping) -> str:
    """How many are in each phenotype, beside the published shares where the cohort is compared."""
    return f"k-means gives {_split(r)}."


def failed(r: Mapping) -> list[str]:
    """The notes of the differences, and how many bootstraps gave no phenotypes."""
    lost, n = r["bootstraps"]["failed"], plural(r["bootstraps"]["n_replicates"], "bootstrap")
    notes = dict.fromkeys(d["note"] for d in r["differences"])
    return [*notes, f"{lost:,} of {n} gave no phenotypes." if lost else f"All {n} gave phenotypes."]


def medians(r: Mapping) -> str:
    """The median difference in each type of measure."""
    if not (sized := _sized(r)):
        return ""
    low, high = r["phenotypes"][0]["name"], r["phenotypes"][-1]["name"]
    return f"The median difference, {high} minus {low}, is {_medians(sized)} (Hedges' g)."


def assigned(placed: pd.DataFrame) -> list[str]:
    """How many get their own phenotype back, and how many lie near a border; ``placed``: of
    ``phenotypes.assign``."""
    judged, near = int((placed["refused"] == "").sum()), int((placed["margin"] < 0.5).sum())
    if not judged:
        return ["No phenotyper is kept, so no patient can be assigned."]
    back = (f"All {headcount(judged):,} patients" if judged == len(placed) else
            f"{people(judged, len(placed))} patients can be judged, and all of them")
    lie = f"{_upper(people(near, len(placed)))} lie" if near else "None lies"
    return [
        f"{back} get their own phenotype back.",
        f"{lie} within half an SD of the border between two phenotypes; how often patients keep "
        "their phenotype is counted in notebook 3.",
    ]


def beyond_band(r: Mapping) -> str:
    """How many features differ more than the pieces of one continuum that is cut alike; nothing
    where no feature has a band."""
    more, n = _beyond(r)
    cut = f"one severity continuum cut in {spelled(r['n_clusters'])} would"
    if not n:
        return ""
    if 2 * len(more) > n:
        return f"In {len(more)} of {plural(n, 'feature')} they differ more than {cut}."
    each = {1: "the one feature compared", 2: "both features"}.get(n, f"all {n} features")
    same = f"{n - len(more)} of {n} features" if more else each
    return f"{_upper(cut)} differ as much in {same}."


def answer(r: Mapping) -> list[str]:
    """The phenotypes, and whether they differ more than a continuum that is cut."""
    silent = ("Features that made the phenotypes differ between them by construction, and no "
              "continuum could be simulated to compare with.")
    return [f"k-means splits the {r['n']:,} patients into {_split(r)}.",
            r["too_few"] or beyond_band(r) or silent]


def evidence(r: Mapping) -> pd.DataFrame:
    """The table under the answer."""
    rows = [("How many starts reach the best division?",
             f"{percent(r['share_at_best'])} of {r['n_init']}")]
    if len(r["phenotypes"]) > _SINGLY and not r["too_few"]:
        rows.insert(0, ("How many are in each phenotype?", _sizes(r)))
    more, n = _beyond(r)
    if sized := _sized(r):
        low, high = r["phenotypes"][0]["name"], r["phenotypes"][-1]["name"]
        rows.append((f"Where do {low} and {high} differ most?", _largest(sized)))
    if n:
        named = listed(more) if len(more) <= _SINGLY else f"{len(more)} of {n}"
        rows.append(("Which features differ more than a continuum that is cut?", named or "none"))
    if not r["too_few"]:
        near = people(r["n_near"], r["n"])
        rows.append(("How many lie within half an SD of a border?", near))
    return pd.DataFrame(rows, columns=["question", "result"])


def conclusion(r: Mapping) -> list[str]:
    """The finding, how uncertain it is, and what would change it."""
    more, n = _beyond(r)
    asked = spelled(r["n_clusters"])
    worth = "" if not n else (
        "Most differences are larger than cutting one severity continuum gives, which is not yet a "
        "sign of groups." if 2 * len(more) > n else
        "Cutting one severity continuum gives differences as large as most of these, so they alone "
        "are no sign of groups."
    )
    return [*filter(None, [
        f"k-means was asked for {asked} phenotypes and gave them; that it could is no finding.",
        worth,
        "Other features, another scaling or another number of phenotypes would change them.",
        "Whether the same division would come back in other patients is asked in notebook 3.",
    ])]


def headline(r: Mapping) -> str:
    """The sizes of the phenotypes."""
    return r["too_few"] or _split(r)


def _split(r: Mapping) -> str:
    """The phenotypes with their sizes, of more than three the smallest and the largest."""
    of = [p["n"] for p in r["phenotypes"]]
    if len(of) <= _SINGLY or r["too_few"]:
        return _sizes(r)
    return f"{spelled(len(of))} phenotypes of {min(of):,} to {max(of):,}"


def _sizes(r: Mapping) -> str:
    # where one is too small, the sizes of the others would give its own away
    return listed([p["name"] if r["too_few"] else f"{p['name']} ({_size(p)})"
                   for p in r["phenotypes"]])


def _size(part: Mapping) -> str:
    beside = part.get("published")
    stated = f"; published {percent(beside, 1)}" if known(beside) else ""
    digits = 0 if isinstance(part["n"], Bound) else 1
    return f"{part['n']:,}, {percent(part['share'], digits)}{stated}"


def _sized(r: Mapping) -> list[Mapping]:
    return [d for d in r["differences"] if known(d["smd"])]


def _beyond(r: Mapping) -> tuple[list[str], int]:
    """The features that differ more than a cut continuum does, of how many with a band."""
    bands = [d for d in _sized(r) if known(d.get("null_low"), d.get("null_high"))]
    more = [d["label"] for d in bands if farther(d["smd"], d["null_low"], d["null_high"])]
    return more, len(bands)


def _medians(sized: Sequence[Mapping]) -> str:
    of = pd.DataFrame(sized).groupby("block", sort=False)["smd"].median()
    said = [f"{number(g)} SD in {block_name(block)}" for block, g in of.items()]
    if len(said) <= _SINGLY:
        return listed(said)
    return f"{said[int(of.argmin())]} at the lowest and {said[int(of.argmax())]} at the highest"


def _largest(sized: Sequence[Mapping]) -> str:
    top = max(sized, key=lambda d: abs(d["smd"]))
    means = listed([number(top[key], 1) for key in ("mildest", "severest")])
    where = f"{top['label']}, means {means} {top['unit']}".rstrip()
    return f"{where} (Hedges' g {number(top['smd'])})"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
