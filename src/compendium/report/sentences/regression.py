"""What notebook 5 says: what the phenotype means for the outcome, and what severity leaves of it.

A difference is supported where two intervals exclude 0 on the same side: the model's, and that of
the whole analysis repeated in every bootstrap. ``finding`` alone applies this rule; the answer, the
conclusion and the headline follow it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from compendium.data.columns import SIGNS, Codebook
from compendium.data.found import Found
from compendium.headcounts import n_text, people
from compendium.sensitivity.intervals import REPEATED
from compendium.words import (
    decimals,
    in_text,
    known,
    listed,
    number,
    once,
    p_text,
    p_value,
    percent,
    plural,
    supported,
)

CHOICES = {
    "missing": "how gaps are filled", "scaling": "how features are scaled",
    "features": "whether covariates are taken out of the features",
    "algorithm": "which algorithm groups the patients",
    "covariates": "which covariates are adjusted for", "form": "how the outcome is compared",
}
_NAMED = 10  # words that the names of covariates may take in a sentence
_BETTER = {  # which describes the outcome better -> the second sentence of the answer
    "severity": "The severity score tells more about {y} than the phenotype.",
    "phenotype": "The phenotype tells more about {y} than the severity score.",
    "both": "Severity score and phenotype each add something to the other.",
    "neither": "Neither severity score nor phenotype adds detectably to the other.",
    "": "Severity score and phenotype could not be compared.",
}
_SO = {  # the same in the conclusion
    "severity": "The severity score describes it better; the phenotype adds nothing detectable.",
    "phenotype": "The phenotype describes it better; the severity score adds nothing detectable.",
    "both": "Severity score and phenotype each add to the other: neither is the whole story.",
    "neither": "Which of severity score and phenotype describes it better stays open.", "": "",
}
_CHANGE = "Something unmeasured that goes with the phenotype, another mix of patients or a " \
    "choice outside the grid could change this."


def finding(r: Mapping) -> dict | None:
    """Whether the primary outcome differs between the most severe and the mildest phenotype.

    None where no model was fitted; else ``model``, the record that speaks; ``again``, the interval
    repeated in every bootstrap, or None; ``sides`` of 0 on which the two lie (−1, 1; 0 where one
    includes it; None where it could not be made); ``supported``.
    """
    fitted = [m for m in r["models"] if m["primary"] and known(m["estimate"], m["low"], m["high"])]
    if not fitted:
        return None
    model = next((m for m in fitted[::-1] if m["model"] == "adjusted"), fitted[-1])
    again = next((i for i in r["intervals"] if i["kind"] == REPEATED and known(i["low"], i["high"])
                  and i["phenotype"] == model["phenotype"] and known(i["estimate"])), None)
    sides = _side(model), _side(again) if again else None
    both = sides[0] == sides[1] and sides[0] != 0
    return {"model": model, "again": again, "sides": sides, "supported": both}


def better(r: Mapping) -> str:
    """Which describes the outcome better: "severity", "phenotype", "both" (each adds to the other),
    "neither"; "" where they were not compared."""
    p = [_step(r, *step)["p"] for step in (("spline", "label"), ("label", "spline"))]
    ways = {(1, 0): "severity", (0, 1): "phenotype", (1, 1): "both", (0, 0): "neither"}
    return ways[p[0] < r["alpha"], p[1] < r["alpha"]] if known(*p) else ""


def answer(r: dict) -> list[str]:
    """How far the outcome differs between phenotypes, and whether severity says it better."""
    if not (found := finding(r)):
        return [r["unavailable"] or _unfitted(r)]
    m, again, (side, repeated) = found["model"], found["again"], found["sides"]
    y, digits, alike = m["outcome_label"], decimals(m), _same(m["covariate_labels"])
    value, ends = _text(m, digits, side or 1)
    if stated := r.get("published"):
        ends += "; published {}, {}".format(*_text(stated, digits, side or 1))
    if found["supported"]:
        first = f"In {m['phenotype']} patients {y} is {value}{_unit(m)} {_way(m)}{alike} " \
            f"(95 % CI {ends})."
    elif not side and not repeated:
        first = f"No difference in {y} is shown{alike}: {m['phenotype']} − {m['reference']} " \
            f"{value}{_unit(m)} (95 % CI {ends})."
    else:
        other = f"{_text(again, digits)[1]} with the" if again else "could not be made with the"
        first = f"A difference in {y} is not supported: its 95 % interval is " \
            f"{_text(m, digits)[1]}{_unit(m)} in the model, but {other} {REPEATED}."
    return [first, _BETTER[better(r)].format(y=y)]


def evidence(r: dict) -> pd.DataFrame:
    """The estimates and tests behind the answer."""
    if not (found := finding(r)):
        return pd.DataFrame()
    m, again, digits = found["model"], found["again"], decimals(found["model"])
    of = f"{m['phenotype']} − {m['reference']}"
    rows = [(f"{of}, {REPEATED}", f"95 % CI {_text(again, digits)[1]}" if again else "", None)]
    for one in r["models"]:
        if one is m or (one["model"] == "crude" and one["phenotype"] == m["phenotype"]
                        and one["primary"] and known(one["estimate"])):
            words = "unadjusted" if one["model"] == "crude" else one["model"]
            rows.insert(0, (f"{of}, {words} ({n_text(one['n'])})", _signed(one, digits), one["p"]))
    if known(m["p_overall"]):
        rows.append(("Do the phenotypes differ at all?", "", m["p_overall"]))
    for step, words in ((("spline", "label"), "Does severity add to the phenotype?"),
                        (("label", "spline"), "Does the phenotype add to severity?")):
        if known((one := _step(r, *step))["p"]):
            more = f"{percent(one['delta_r_squared'], 1)} more of the variance"
            rows.append((words, more, one["p"]))
    return pd.DataFrame([(question, result or "–", p_text(p)) for question, result, p in rows],
                        columns=["question", "result", "p"])


def conclusion(r: dict) -> list[str]:
    """The finding, how uncertain it is, and what would change it."""
    if not (found := finding(r)):
        return ["Nothing is concluded here."]
    spread = specification_spread(r["specifications"])[:1]
    return [*filter(None, [_verdict(found), _SO[better(r)], *spread]), _CHANGE]


def headline(r: dict) -> str:
    """The difference in a line, and whether it is supported."""
    if not (found := finding(r)):
        return r["unavailable"] or _unfitted(r)
    m, word = found["model"], supported(found["supported"])
    return (f"{m['outcome_label']}, {m['phenotype']} − {m['reference']}, {m['model']}: "
            f"{_signed(m, decimals(m))}, {n_text(m['n'])}: {word}")


def left_out(found: Found, notes: Sequence[str]) -> list[str]:
    """Outcomes that some patients lack, then the models' notes "of which: text", each text once."""
    lost = {y.label: int(found.data[y.name].isna().sum()) for y in found.codebook.outcomes}
    return [*[f"{label} is missing for {people(count)}; no model of it has them."
              for label, count in lost.items() if count], *once(notes)]


def axis(book: Codebook) -> dict[str, str]:
    """The primary outcome in words for figures: its label, and its unit."""
    return next(({"outcome": y.label, "unit": y.unit} for y in book.outcomes), {})


def adjusted_for(rows: Sequence[Mapping]) -> list[str]:
    """The covariates of the adjusted models in words; none where none was fitted."""
    fitted = [r for r in rows if r["model"] == "adjusted" and known(r["estimate"])]
    return list(map(in_text, fitted[0]["covariate_labels"])) if fitted else []


def two_intervals(r: Mapping) -> list[str]:
    """How the interval of the repeated analysis compares with the model's; what was not made."""
    said, found = [], finding(r)
    if found and (again := found["again"]):
        model, repeated = (i["high"] - i["low"] for i in (found["model"], again))
        times = f"{number(repeated / model, 1)} times ".replace("1.0 times ", "about ")
        said = [f"With the {REPEATED} the interval is {times}as wide as the model's, which takes "
                "the phenotypes as known."]
    return list(dict.fromkeys([*said, *(f"{i['kind'][0].upper()}{i['kind'][1:]}: {i['note']}"
                                        for i in r["intervals"] if i["note"])]))


def trust(checks: Mapping) -> list[str]:
    """Whether single patients carry the slope, or residuals fan out or bend."""
    return [
        f"A Cook's distance above 4/n: {people(checks['n_influential'])}.",
        f"Residuals fan out: {p_value(checks['breusch_pagan_p'])} (Breusch–Pagan); their skewness "
        f"is {number(checks['residual_skew'])}.",
    ] if checks else []


def score_or_phenotype(r: Mapping, severe: str) -> list[str]:
    """Phenotype and severity as rivals for the primary outcome: what each explains, what each adds,
    and which way the phenotype points where it adds."""
    said = []
    for duel in r["rivals"][:1]:
        if known(duel["kept"]):
            gain = {m["model"]: percent(m["delta_r_squared"], 1) for m in duel["models"]}
            beyond = "Beyond the covariates, severity" if r["covariates"] else "Severity"
            said = [f"{beyond} as a curve explains {gain['spline']} of the variance, the phenotype "
                    f"{gain['label']}.", _kept(duel)]
        for added, to, words in (("label", "line", "To severity as a line the phenotype"),
                                 ("label", "spline", "To severity as a curve the phenotype"),
                                 ("spline", "label", "To the phenotype this curve")):
            step = _step(r, added, to)
            if known(step["p"]):
                much = "something" if step["p"] < r["alpha"] else "nothing detectable"
                way = _towards(step, r, severe) if added == "label" else ""
                said.append(f"{words} adds {much} ({p_value(step['p'])}{way}).")
        said.append(duel["note"])
    return said


def specification_spread(summary: Mapping) -> list[str]:
    """What other ways to analyse give, and which choice moves it most; of a curve's ``summary``."""
    if not (s := summary):
        return []
    if not s["n_fitted"]:
        return ["No other way to analyse could be fitted.", *list(s["reasons"])[:1]]
    said = [f"Over {plural(s['n_fitted'], 'way')} to analyse, the difference goes from "
            f"{number(s['smallest'])} to {number(s['largest'])}, median {number(s['median'])}."]
    if known(s["share_same_sign"]):
        same, beyond = (_counted(s[name], s["n_fitted"])
                        for name in ("share_same_sign", "share_excluding_zero"))
        said.append(f"Its direction is that of the reference in {same} of them; in {beyond} the "
                    "interval also excludes 0 on this side.")
    moving = [c for c in s["choices"] if known(c["share_of_variance"])]
    for c in sorted(moving, key=lambda c: -c["range_of_medians"])[:1]:
        said.append(f"What moves it most is {CHOICES[c['kind']]}: medians "
                    f"{number(c['range_of_medians'])} apart, {percent(c['share_of_variance'])} of "
                    "the variance.")
    return said


def _side(m: Mapping) -> int:
    return (m["low"] > 0) - (m["high"] < 0)


def _step(r: Mapping, added: str, to: str) -> Mapping:
    """What adding one of phenotype and severity to the other gave."""
    steps = [s for duel in r["rivals"][:1] for s in duel["comparisons"]]
    return next((s for s in steps if (s["added"], s["to"]) == (added, to)), {"p": None})


def _text(m: Mapping, digits: int, sign: int = 1) -> tuple[str, str]:
    """Estimate and interval, turned round where they are said as "lower"."""
    low, high = sorted((sign * m["low"], sign * m["high"]))
    return number(sign * m["estimate"], digits), f"{number(low, digits)} to {number(high, digits)}"


def _signed(m: Mapping, digits: int) -> str:
    value, ends = _text(m, digits)
    return f"{value}{_unit(m)} (95 % CI {ends})"


def _unit(m: Mapping) -> str:
    return f" {m['unit']}" if m["unit"] else ""


def _way(m: Mapping) -> str:
    """Lower or higher, and where the codebook knows better or worse."""
    turn = m["estimate"] * SIGNS.get(m["worse"], 0)
    judged = " (worse)" if turn > 0 else " (better)" if turn < 0 else ""
    return f"{'higher' if m['estimate'] > 0 else 'lower'}{judged}"


def _towards(step: Mapping, r: Mapping, severe: str) -> str:
    """Where the phenotype points if it adds and its interval has one sign."""
    worse = next(m["worse"] for m in r["models"] if m["primary"])
    adds = step["p"] < r["alpha"] and _side(step)
    return f"; {severe} patients lie {_way({**step, 'worse': worse})}" if adds else ""


def _same(labels: Sequence[str]) -> str:
    """ "at the same age and sex", or how many covariates where their names would fill a line."""
    words = [in_text(label) for label in labels]
    if sum(len(word.split()) for word in words) > _NAMED:
        return f" in patients alike in {plural(len(words), 'covariate')}"
    return f" at the same {listed(words)}" if words else ""


def _verdict(found: Mapping) -> str:
    y, (side, again) = found["model"]["outcome_label"], found["sides"]
    if found["supported"]:
        return f"That {y} differs is supported, also with the {REPEATED}."
    why = "the model takes the phenotypes as known" if side and again is None else \
        "its two intervals disagree" if side or again else "neither of its two intervals excludes 0"
    return f"That {y} differs is not supported: {why}."


def _kept(duel: Mapping) -> str:
    """The share of what severity explains that the phenotype explains; never above all of it."""
    low, high = (percent(end) if end < 1 else "all of it" for end in
                 (duel["kept_low"], duel["kept_high"]))
    part = f"{percent(duel['kept'])} of what" if duel["kept"] < 1 else "as much as"
    return f"So the phenotype explains {part} severity explains (95 % CI {low} to {high})."


def _counted(share: float, n: int) -> str:
    """A share of n as a count; per cent would round 1,007 of 1,008 to all of them."""
    count = round(share * n)
    return "all" if count == n else f"{count:,}" if count else "none"


def _unfitted(r: Mapping) -> str:
    """That no model was fitted, and why."""
    whys = filter(None, (note.partition("not fitted: ")[2] for note in r.get("notes", ())))
    return next((f"No model could be fitted: {why}" for why in whys), "No model could be fitted.")
