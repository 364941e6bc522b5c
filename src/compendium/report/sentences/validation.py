"""What notebook 4 says: whether the severe are worse on measures that made no phenotype.

What is worse is the codebook's word (``directions``). That one measure follows severity more
closely than another is a finding only where the interval of their difference excludes 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from compendium.data.columns import SIGNS, Codebook
from compendium.report.directions import (
    added_to,
    clear,
    compared_measures,
    differing,
    directed_measures,
    direction,
    whole_types,
    worse_types,
)
from compendium.validation.by_phenotype import NO_VALIDATOR
from compendium.words import (
    block_name,
    estimate,
    known,
    listed,
    noted,
    number,
    p_text,
    percent,
    plural,
    spelled,
)

_KINDS = {"mmt": "muscle strength (MMT)", "cmap": "motor responses (CMAP)"}
# what the severe are, and where, on types of measure of which lower is worse
_CLINICAL = {
    "mmt": ("are weaker in", "movement"),
    "cmap": ("have smaller motor responses (CMAP) in", "nerve"),
}
_DOES = {"better": "do better", "worse": "do worse", "higher": "lie higher", "lower": "lie lower"}
_FORMS = ("spline", "line")  # of severity: the fair rival first
_NAMED = 2  # types of measure that a sentence has room to name


def no_validator(book: Codebook) -> str:
    """Why nothing is compared; "" where something is."""
    return "" if book.validators else NO_VALIDATOR


def available(book: Codebook) -> str:
    """How many independent measures there are, of which types; "" where there are none."""
    count, kinds = plural(len(book.validators), "independent measure"), book.blocks("validator")
    return f"The codebook names {count}: {listed([*map(_kind, kinds)])}." if kinds else ""


def notes(table: pd.DataFrame, of: pd.DataFrame | None = None) -> list[str]:
    """Every note of a table once, after the labels it is of; of its rows among those of ``of``."""
    every = table if of is None else of
    return noted(every["label"], every["note"].where(every.index.isin(table.index), ""))


def given_covariates(partial: pd.DataFrame) -> list[str]:
    """How many measures stay associated among patients alike; of ``by_phenotype.partial``."""
    r = partial.dropna(subset=["r"])
    count, lost = clear(r.to_dict("records")), notes(partial[partial["r"].isna()], of=partial)
    who = "Among patients alike in the covariates" if any(r["covariates"]) else "Without covariates"
    return [f"{who}, {_many(count, len(r))} clearly go{'es' * (count < 2)} with the "
            "phenotype.", *lost] if len(r) else lost


def inside(slopes: pd.DataFrame) -> list[str]:
    """How many measures change with severity inside the phenotypes, and how fast.

    ``slopes``: of ``dose_response.slopes_common``.
    """
    sloped = slopes.dropna(subset=["slope"])
    count, rates = clear(sloped.to_dict("records")), sloped.dropna(subset=["share", "share_low"])
    counts = (rates["share_low"] > 1).sum(), (rates["share_high"] < 1).sum()
    steeper, flatter = (spelled(count) if count else "none" for count in counts)
    said = [
        f"Inside the phenotypes, {_many(count, len(sloped))} clearly "
        f"change{'s' * (count < 2)} with severity.",
        f"The slope inside is {number(rates['share'].median(), 1)} times the slope between them "
        f"(median of {len(rates)}): clearly steeper in {steeper}, clearly flatter in {flatter}.",
    ]
    return said[: len(sloped) and 1 + (len(rates) > 0)]


def phenotype_adds(adds: pd.DataFrame, severe: str, alpha: float) -> list[str]:
    """To how many measures the phenotype adds beside severity, and in which direction.

    ``adds``: of ``label_or_severity.label_adds``; ``alpha``: for p adjusted within the type.
    """
    (tried, added), (_, line) = (added_to(adds.to_dict("records"), form, alpha) for form in _FORMS)
    if not tried:
        return ["Phenotype and severity could not be compared."] if len(adds) else []
    said = [_beyond(tried, added, severe)]
    if line:
        said.append("Were severity a straight line, the phenotype would seem to add to "
                    f"{len(line)}{_towards(line, 'line', severe)}.")
    if known(median := adds["kept"].median()):
        said.append("Of what severity explains, the phenotype alone explains "
                    f"{percent(median) if median < 1 else 'no less'} (median).")
    return said


def extremes(pairs: pd.DataFrame) -> list[str]:
    """The measure of each type that follows severity most closely, and the one that does least.

    ``pairs``: of ``pattern.contrasts``, the widest pair of a block first.
    """
    said = []
    for block, within in pairs.dropna(subset=["difference"]).groupby("block", sort=False):
        w = within.iloc[0]
        said.append(
            f"Of {_kind(block)}, {w['stronger_label']} follows severity most closely (ρ "
            f"{number(w['rho_stronger'])}) and {w['weaker_label']} least "
            f"({number(w['rho_weaker'])}): {_told_apart(within)}."
        )
    return said or list(dict.fromkeys(pairs["note"]))


def _told_apart(within: pd.DataFrame) -> str:
    """Whether the widest pair of one block is told apart, or how many others are."""
    if not known(within["low"].iloc[0]):
        return "whether they differ is not known"
    apart = int((within["low"] > 0).sum())
    others = f"but {plural(apart, 'closer pair')} can be" if apart else "so no order is shown"
    told = within["low"].iloc[0] > 0
    return "these two are told apart" if told else f"these two are not told apart, {others}"


def answer(r: dict) -> list[str]:
    """Whether the severe are worse on measures that made no phenotype, and whether these also
    worsen inside the phenotypes."""
    compared, directed = compared_measures(r), directed_measures(r)
    if not compared:
        return [r["unavailable"] or _uncompared(r), "Nothing is concluded here."]
    if not directed:
        return [f"The phenotypes differ clearly on {_of(r, compared)}, none of which made them.",
                "No direction of worsening is stated, so nothing is said of better or worse."]
    severe, mild = r["contrast"]
    who = f"{'' if r['n_clusters'] == 2 else f'Against {mild} ones, '}{severe} patients"
    better = [v["label"] for v in differing(r, directed, "better")]
    against = f", but better on {better[0] if len(better) == 1 else len(better)}" if better else ""
    if not (found := worse_types(r)):
        return [f"{who} are clearly worse on {_of(r, directed, 'worse')}{against}.",
                "That the phenotypes carry clinical meaning is not supported."]
    rest = [block for block in dict.fromkeys(v["block"] for v in directed) if block not in found]
    without = f"; not shown for {_types(rest)}" if rest else ""
    return [f"{who} {_worse_on(r, found)}, none of which made the phenotypes{against}{without}.",
            _worsening(r)]


def evidence(r: dict) -> pd.DataFrame:
    """The table under the answer: each type of measure as a whole, then what severity explains."""
    rows, whole, directed = [], whole_types(r), directed_measures(r)
    for block in whole if len(whole) <= 2 * _NAMED else ():
        own = directed_measures(r, block)
        worse, better = (len(differing(r, own, way)) for way in ("worse", "better"))
        count = [f"clearly worse in {worse} of {len(own)}"] * bool(own)
        count += [f"clearly better in {better}"] * bool(better)
        each = [f"median {b['statistic']} {number(b['effect_median'])}" for b in r["blocks"]
                if b["block"] == block and known(b["effect_median"])]
        rows.append((f"As a whole: {_kind(block)}", "; ".join(count + each),
                     p_text(whole[block]["p_global_adjusted"])))
    apart = [v for v in compared_measures(r) if v not in directed]
    tried, added = added_to(r["rivals"], "spline", r["alpha"])
    for question, count, total in (
        ("Differ, without a stated direction", len(differing(r, apart)), len(apart)),
        ("Clear among patients alike in the covariates", *_clear_of(r["partial"], "r")),
        ("Also change with severity inside the phenotypes", *_clear_of(r["inside"], "slope")),
        ("Phenotype adds to the severity score", len(added), len(tried)),
    ):
        if total:
            rows.append((question, f"{count} of {plural(total, 'measure')}", "–"))
    return pd.DataFrame(rows, columns=["question", "result", "p_adjusted"])


def conclusion(r: dict) -> list[str]:
    """The finding, how uncertain it is, and what would change it."""
    if not (compared := compared_measures(r)):
        return ["What the phenotypes mean clinically stays open without an independent measure."]
    axis = "a severity axis" if r["ordered"] else "a continuum that the measures follow"
    found = worse_types(r) or not directed_measures(r) and differing(r, compared)
    tried, added = added_to(r["rivals"], "spline", r["alpha"])
    likewise = f"any cut of {axis} would validate likewise"
    said = [f"The phenotypes carry clinical meaning; {likewise}, so this shows no groups." if found
            else "No clinical meaning of the phenotypes is shown; nor would a difference show "
            f"groups, since {likewise}."]
    said += [_beyond(tried, added, r["contrast"][0])] if tried and (found or added) else []
    one = (max if found else min)(compared, key=lambda v: v["p_adjusted"])
    lead = "Least clear is" if found else "Clearest is"
    size = f"{one['statistic']} {estimate(one, key='effect')}"
    return [*said, f"{lead if len(compared) > 1 else 'The one measure is'} {one['label']}: {size}.",
            "Measures missing in the worst patients, or examiners who knew the features, would "
            "change this."]


def headline(r: dict) -> str:
    """On how many independent measures the severe are worse, in one line."""
    compared, directed = compared_measures(r), directed_measures(r)
    if not compared:
        return r["unavailable"] or "no independent measure could be compared"
    if not directed:
        return f"the phenotypes differ clearly on {_of(r, compared)}"
    return f"{r['contrast'][0]} patients are clearly worse on {_of(r, directed, 'worse')}"


def _of(r: Mapping, rows: Sequence[Mapping], way: str = "") -> str:
    return _many(len(differing(r, rows, way)), len(rows), "independent measure")


def _clear_of(rows: Sequence[Mapping], value: str) -> tuple[int, int]:
    return clear(rows), sum(known(v[value]) for v in rows)


def _worse_on(r: Mapping, found: Sequence[str]) -> str:
    """In what the severe are worse, type by type where there are few."""
    if len(found) > _NAMED:
        every = [v for block in found for v in directed_measures(r, block)]
        return f"are worse on {_of(r, every, 'worse')} of {spelled(len(found))} types"
    said = []
    for block in found:
        rows = directed_measures(r, block)
        low = all(v["worse"] == "low" for v in rows)
        others = "are worse on", _noun(block)
        being, noun = _CLINICAL.get(block, others) if low else others
        count = len(differing(r, rows, "worse"))
        many = f"{count} of {len(rows)} {noun}s" if count else f"{len(rows)} {noun}s together"
        said.append(f"{being} {many if len(rows) > 1 else f'the one {noun}'}")
    return listed(said)


def _worsening(r: Mapping) -> str:
    """Whether the measures also worsen with severity inside the phenotypes."""
    rows = [v for v in r["inside"] if r["ordered"] and v["worse"] in SIGNS and known(v["slope"])]
    count = clear(rows, "worse")
    if not rows:
        return "Whether these measures also worsen inside the phenotypes could not be estimated."
    if 2 * count <= len(rows):
        return (f"Inside the phenotypes {f'only {count}' if count else 'none'} of {len(rows)} "
                f"clearly worsen{'s' * (count < 2)}, so this may be severity or groups.")
    who = {1: "It", 2: "Both"}.get(len(rows), f"All {count}")
    who = who if count == len(rows) else f"{count} of {len(rows)}"
    return (f"{who} also worsen{'s' * (len(rows) == 1)} with severity inside the phenotypes, so "
            "this confirms severity, not groups.")


def _beyond(tried: Sequence, added: Sequence[Mapping], severe: str) -> str:
    """What the phenotype adds once severity, as a curve, is known."""
    what = "adds nothing detectable to any measure" if not added else (
        f"still adds to {_many(len(added), len(tried))}{_towards(added, 'spline', severe)}")
    return f"Once the severity score is known, the phenotype {what}."


def _towards(added: Sequence[Mapping], form: str, severe: str) -> str:
    """Where the phenotype points on the measures it adds to."""
    ways = [direction(v[f"beside_{form}"], v["worse"]) for v in added]
    counts = {way: ways.count(way) for way in dict.fromkeys(ways)}
    does = [f"{_DOES[way]}{f' on {n}' if len(counts) > 1 else ''}" for way, n in counts.items()]
    return f": there, {severe} patients {listed(does)} than severity predicts"


def _many(count: int, total: int, noun: str = "measure") -> str:
    """So many of all, without "1 of 1": the one measure, both, all 3, 2 of 3, none of the 3."""
    nouns = f"{noun}{'s' * (total > 1)}"
    if not count:
        return f"none of the {total} {nouns}" if total > 1 else f"no {noun}"
    every = {1: "the one", 2: "both"}.get(total, f"all {total}")
    return f"{every if count == total else f'{count} of {total}'} {nouns}"


def _types(blocks: Sequence[str]) -> str:
    named = listed([_kind(block) for block in blocks])
    return named if len(blocks) <= _NAMED else f"{spelled(len(blocks))} types of measure"


def _kind(block: str) -> str:
    """A type of measure as a clinician would call it."""
    return _KINDS.get(block, f"{_noun(block)}s")


def _noun(block: str) -> str:
    return f"{'other' if block == 'validator' else block_name(block)} measure"


def _uncompared(r: dict) -> str:
    """That no measure was compared, and why where the reason is one."""
    notes = filter(None, (v.get("note") for v in r["validators"]))
    whys = {note.removeprefix("Not compared: ") for note in notes}
    why = f": {whys.pop()}" if len(whys) == 1 else "."
    return f"No independent measure could be compared{why}"
