"""What notebook 4 says: an order of measures, for one, is said only where it is shown.

The strongest and the weakest of a block are always some two; that one follows severity more closely
than another is a finding only where the interval of their difference excludes 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from compendium.data.columns import Codebook, Column
from compendium.data.found import Found
from compendium.report.sentences.rivals import DOES, label_directions
from compendium.validation.by_phenotype import NO_VALIDATOR
from compendium.validation.pattern import NO_PATTERN, NO_SEVERITY
from compendium.words import (
    block_name,
    known,
    listed,
    noted,
    number,
    p_value,
    percent,
    plural,
    spelled,
)

SILENT = "This does not tell groups from one continuum; notebook 3 asks that."
KINDS = {"mmt": "muscle strength (MMT)", "cmap": "motor responses (CMAP)"}


def no_validator(book: Codebook) -> str:
    """Why nothing is compared; "" where something is."""
    return "" if book.validators else NO_VALIDATOR


def available(book: Codebook) -> str:
    """How many validators there are; "" where there are none."""
    count = plural(len(book.validators), "validator")
    return f"The codebook names {count}." if book.validators else ""


def notes(table: pd.DataFrame, of: pd.DataFrame | None = None) -> list[str]:
    """Every note of a table once, after the labels it is of; of its rows among those of ``of``."""
    every = table if of is None else of
    return noted(every["label"], every["note"].where(every.index.isin(table.index), ""))


def block_notes(pairs: pd.DataFrame) -> list[str]:
    """Every note of ``pattern.contrasts`` once, after the blocks it is of."""
    return noted(pairs["block"].map(block_name), pairs["note"])


def given_covariates(partial: pd.DataFrame, covariates: Sequence[Column]) -> list[str]:
    """How many validators stay associated among patients of like covariates.

    ``partial``: of ``by_phenotype.partial``.
    """
    r = partial.dropna(subset=["r"])
    kept = r[(r["low"] > 0) | (r["high"] < 0)]
    said = [
        f"Given {'the covariates' if covariates else 'no covariate'}, {len(kept)} of "
        f"{plural(len(r), 'validator')} stay associated with the phenotype (95 % interval without "
        f"0); the largest correlation is {number(r['r'].abs().max())} in absolute value."
    ] if len(r) else [partial.attrs.get("reason", "")]
    return [*said, *notes(partial[partial["r"].isna()], of=partial)]


def unordered(found: Found) -> str:
    """Why nothing can be put in order by severity; "" where it can."""
    if not found.codebook.validators:
        return NO_PATTERN
    return "" if found.severity is not None else NO_SEVERITY


def extremes(pairs: pd.DataFrame) -> list[str]:
    """The strongest and the weakest validator of every block, and which pairs are told apart.

    ``pairs``: of ``pattern.contrasts``, the widest pair of a block first.

    >>> extremes(pd.DataFrame([
    ...     {"block": "mmt", "stronger_label": "Grip", "weaker_label": "Neck", "rho_stronger": 0.28,
    ...      "rho_weaker": 0.2, "difference": 0.08, "low": -0.05, "high": 0.21, "n_pairs": 15}
    ... ]))[0].partition("; ")[0]
    'Within MMT, ρ is largest for Grip (0.28) and smallest for Neck (0.20)'
    """
    said = []
    for block, within in pairs.dropna(subset=["difference"]).groupby("block", sort=False):
        w = within.iloc[0]
        said.append(
            f"Within {block_name(block)}, ρ is largest for {w['stronger_label']} "
            f"({number(w['rho_stronger'])}) and smallest for {w['weaker_label']} "
            f"({number(w['rho_weaker'])}); difference {number(w['difference'])} (95 % CI "
            f"{number(w['low'])} to {number(w['high'])}, simultaneous over "
            f"{plural(int(w['n_pairs']), 'pair')}): {_told_apart(within)}."
        )
    return said


def _told_apart(within: pd.DataFrame) -> str:
    """How many pairs of one block are told apart, and whether the widest is."""
    if not known(*within.iloc[0][["low", "high"]]):
        return "whether they differ is not known"
    apart = (within["low"] > 0) | (within["high"] < 0)
    if not apart.any():
        return "no two are told apart, so no order is shown"
    those = "these two are" if apart.iloc[0] else "these two are not"
    return f"{those} told apart, of all pairs {int(apart.sum())}"


def inside(slopes: pd.DataFrame) -> list[str]:
    """How many validators change with severity inside the phenotypes, and how fast.

    ``slopes``: of ``dose_response.slopes_common``.
    """
    sloped = slopes.dropna(subset=["slope"])
    if sloped.empty:
        return []
    changing = int(((sloped["low"] > 0) | (sloped["high"] < 0)).sum())
    said = [f"Inside the phenotypes, {changing} of {plural(len(sloped), 'validator')} still change "
            "with severity (95 % interval of the common slope without 0)."]
    rates = sloped.dropna(subset=["share"])
    if len(rates):
        said.append(
            f"Inside, the validator changes at {percent(rates['share'].median())} of the rate "
            f"between phenotypes (median of {len(rates)} where the means differ clearly)"
            f"{_steepness(rates)}."
        )
    return said


def _steepness(rates: pd.DataFrame) -> str:
    """On how many validators the rate inside is told apart from that between, and which way."""
    rates = rates.dropna(subset=["share_low", "share_high"])
    steeper, flatter = int((rates["share_low"] > 1).sum()), int((rates["share_high"] < 1).sum())
    apart = len(rates) - steeper - flatter
    if apart == len(rates):
        return (
            f": not told apart from the rate between them ({apart} of {len(rates)} intervals "
            "contain 100 %)" if apart else ""
        )
    ways = {"steeper inside": steeper, "less steep inside": flatter, "not told apart": apart}
    return ": " + listed([f"{way} on {n}" for way, n in ways.items() if n]) + " (95 % intervals)"


def answer(r: dict) -> list[str]:
    """Whether measures the clustering never saw follow the phenotype: each type of them as a whole,
    then one by one."""
    tested = _tested(r)
    if not tested:
        return [r["unavailable"] or _uncompared(r), "Nothing is concluded here."]
    sizes = listed([
        f"{b['n_significant']} of {plural(b['n_compared'], 'measure')} of {_kind(b['block'])}, "
        f"median {b['statistic']} {number(b['effect_median'])}"
        for b in r["blocks"] if b["n_compared"]
    ])
    axis = "a severity axis" if r["ordered"] else "a continuum that they follow"
    return [f"{_types(r, tested)} {SILENT}",
            f"One by one, the phenotypes differ on {sizes}; any cut of {axis} would validate "
            f"likewise{_inside(r)}."]


def headline(r: dict) -> str:
    """How many types of independent measure differ between the phenotypes."""
    tested = _tested(r)
    if not tested:
        return r["unavailable"] or "no validator could be compared"
    found = [b for b in tested if b["p_global_adjusted"] < r["alpha"]]
    kinds = plural(len(tested), "type")
    return f"{_patients(r, found or tested, bool(found))} ({len(found)} of {kinds} of measure)"


def _tested(r: dict) -> list[dict]:
    """One record a type of measure that was tested as a whole."""
    kinds = {b["block"]: b for b in r["blocks"] if known(b["p_global_adjusted"])}
    return list(kinds.values())


def _types(r: dict, tested: Sequence[Mapping]) -> str:
    """Which types of measure differ between the phenotypes, which way, and by which test."""
    found = [b for b in tested if b["p_global_adjusted"] < r["alpha"]]
    rest = [b for b in tested if b not in found]
    over = "" if r["n_clusters"] == 2 else f" over all {spelled(r['n_clusters'])} phenotypes"
    family = f", Holm over the {spelled(len(tested))} types" if len(tested) > 1 else ""
    how = "of each type as a whole" if len(tested) > 1 else "of it as a whole"
    p = [p_value(b["p_global_adjusted"]) for b in found or rest]
    alike = len(p) > 1 and len(set(p)) == 1
    test = f"permutation test {how}{over}, {f'each {p[0]}' if alike else listed(p)}{family}"
    kinds = "independent measure"
    if len(tested) == 1:
        what = f"the one type of {kinds} {'differs' if found else 'does not clearly differ'}"
    elif not rest:
        every = "both" if len(tested) == 2 else f"all {spelled(len(tested))}"
        what = f"{every} types of {kinds} differ"
    else:
        count = spelled(len(found)) if found else "none"
        what = f"{count} of {spelled(len(tested))} types of {kinds} differ{'s' * (len(found) < 2)}"
    shown = [f"{_kind(b['block'])} ({p_value(b['p_global_adjusted'])})" for b in rest]
    without = f"; not shown for {listed(shown)}" if found and rest else ""
    said = _patients(r, found or rest, bool(found))
    return f"{said}: {what} between the phenotypes ({test}){without}."


def _patients(r: dict, kinds: Sequence[Mapping], differ: bool) -> str:
    """On which types of measure the severe do worse, or better, than the mild."""
    severe, mild = r["contrast"]
    names = [_kind(b["block"]) for b in kinds]
    if not differ:
        return f"The phenotypes are not told apart on {' or '.join(names)}"
    if not r["ordered"]:
        return f"The phenotypes differ on {listed(names)}"
    ways: dict[str, list[str]] = {}
    for b, name in zip(kinds, names, strict=True):
        does = f"{DOES[b['direction']]} than" if b["direction"] else "differ from"
        ways.setdefault(does, []).append(name)
    said = [f"{does} {mild} ones on {listed(on)}" for does, on in ways.items()]
    return f"{severe} patients {listed(said)}"


def _kind(block: str) -> str:
    """A type of measure as a clinician would call it."""
    return KINDS.get(block, block_name(block))


def _uncompared(r: dict) -> str:
    """That no validator was compared, and why where the reason is one."""
    notes = filter(None, (v.get("note") for v in r["validators"]))
    whys = {note.removeprefix("Not compared: ") for note in notes}
    return f"No validator could be compared: {whys.pop()}" if len(whys) == 1 else (
        "No validator could be compared."
    )


def _inside(r: dict) -> str:
    """Whether validators go on changing inside the phenotypes, and whether the label adds."""
    sloped = [v for v in r["inside"] if known(v["low"], v["high"])]
    tried = [v for v in r["rivals"] if known(v["p_label_to_spline_adjusted"])]
    if not sloped or not tried:
        return ""
    falling = sum(v["low"] > 0 or v["high"] < 0 for v in sloped)
    adding = [v for v in tried if v["p_label_to_spline_adjusted"] < r["alpha"]]
    way = label_directions(pd.DataFrame(adding), "spline", r["contrast"][0]) if adding else ""
    return (
        f", and inside the phenotypes {falling} of {len(sloped)} go on changing with severity, to "
        f"which, as a curve, the label adds in {len(adding)} of {len(tried)}"
        f"{f': {way[0].lower()}{way[1:]}' if way else ''}"
    )


def evidence(r: dict) -> pd.DataFrame:
    """The table under the answer."""
    return pd.DataFrame()


def conclusion(r: dict) -> list[str]:
    """The finding, how uncertain it is, and what would change it."""
    return []
