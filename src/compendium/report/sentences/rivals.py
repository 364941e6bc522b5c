"""Phenotype or severity: what a label adds to the severity it cuts, in notebooks 4 and 5.

That a label adds to severity says little without its direction: where the relation bends, a label
corrects the straight line, and often towards better. So the direction is always said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from compendium.data.columns import SIGNS, Column
from compendium.words import estimate, known, listed, p_value, percent, plural, supported

DOES = {"better": "do better", "worse": "do worse", "higher": "lie higher", "lower": "lie lower"}
IN_FORM = {"line": "as a line", "spline": "as a curve"}


def beside_severity(
    duel, outcomes: Sequence[Column], *, severe: str, adjusted: bool, alpha: float
) -> list[str]:
    """Label and severity as rivals for the primary outcome; of ``label_or_severity.rivals``."""
    return [
        sentence for y in outcomes[:1]
        for sentence in (*outcome(vars(duel), severe=severe, unit=y.unit, worse=y.worse,
                                  adjusted=adjusted, alpha=alpha), duel.note)
    ]


def outcome(
    duel: Mapping, *, severe: str, unit: str, worse: str, adjusted: bool, alpha: float
) -> list[str]:
    """Label and severity of one outcome: what the label explains, what it adds, and which way,
    where it adds.

    ``duel``: the fields of ``label_or_severity.Rivals``; ``unit`` and ``worse`` of the outcome;
    ``alpha``: level below which a label is said to add.
    """
    steps = duel["comparisons"].set_index(["added", "to"])
    said = []
    if known(duel["kept"]):
        said.append(
            f"The label alone explains {kept(duel)} of what severity explains"
            f"{' beyond the covariates' if adjusted else ''}."
        )
    for form, words in IN_FORM.items():
        step = steps.loc[("label", form)]
        if known(step["p"], step["estimate"]):
            size = f"{estimate(step)} {unit}".strip()
            said.append(
                f"Beside severity {words}, that the label adds is {supported(step['p'] < alpha)} "
                f"({p_value(step['p'])}); difference of {severe} patients at like severity {size}"
                f"{_towards(step, worse, alpha)}."
            )
    back = steps.loc[("spline", "label"), "p"]
    if known(back):
        said.append(f"Severity as a curve beside the label has {p_value(back)} (robust Wald F, "
                    f"n = {duel['n']:,}).")
    return said or ["Label and severity could not be compared."]


def kept(record: Mapping) -> str:
    """The share of what severity explains that the label explains, with its interval."""
    low, high = percent(record["kept_low"]), percent(record["kept_high"])
    return f"{percent(record['kept'])} (95 % CI {low} to {high})"


def briefly(duel: Mapping, *, worse: str, adjusted: bool, alpha: float) -> list[str]:
    """Label and severity of one outcome in two clauses: what each explains, what the label adds.

    ``duel``: a record of ``label_or_severity.Rivals``, with its tables as lists of records; else as
    :func:`outcome`.
    """
    said = []
    gain = {m["model"]: m["delta_r_squared"] for m in duel.get("models", ())}
    if known(duel["kept"]):
        label, bent = (percent(gain[name], 1) for name in ("label", "spline"))
        said.append(
            f"{'beyond the covariates ' if adjusted else ''}severity as a curve explains {bent} of "
            f"the variance and the label alone {label}, {kept(duel)} of what the curve explains"
        )
    for step in duel.get("comparisons", ()):
        if (step["added"], step["to"]) == ("label", "spline") and known(step["p"]):
            said.append(
                f"that the label adds to this curve is {supported(step['p'] < alpha)} "
                f"({p_value(step['p'])}{_towards(step, worse, alpha)})"
            )
    return said


def adding(adds: pd.DataFrame, severe: str, alpha: float) -> list[str]:
    """To how many validators the label adds beside severity, and in which direction.

    Parameters
    ----------
    adds : of ``label_or_severity.label_adds``.
    severe : the most severe phenotype. alpha : level of p, which is adjusted within the block.
    """
    said = []
    for form, words in IN_FORM.items():
        tried = adds.dropna(subset=[f"p_label_to_{form}_adjusted"])
        if tried.empty:
            continue
        added = tried[tried[f"p_label_to_{form}_adjusted"] < alpha]
        test = f" (robust Wald F, adjusted within the block, α = {alpha:g})" if not said else ""
        said.append(f"Beside severity {words} the label adds to {len(added)} of "
                    f"{plural(len(tried), 'validator')}{test}.")
        if len(added):
            said.append(f"{label_directions(added, form, severe)}.")
    if not said:
        return ["Label and severity could not be compared."] if len(adds) else []
    keeps = adds["kept"].dropna()
    if len(keeps):
        said.append(f"Of what severity explains, the label alone explains {percent(keeps.median())}"
                    f" (median of {len(keeps)}).")
    return said


def label_directions(added: pd.DataFrame, form: str, severe: str) -> str:
    """On how many measures the label points to better, and on how many to worse.

    >>> rows = pd.DataFrame({"worse": ["low", "low"], "beside_line": [0.3, 0.4]})
    >>> label_directions(rows, "line", "Severe")
    'On all 2 of them Severe patients do better than severity as a line predicts'
    """
    rows = zip(added[f"beside_{form}"], added["worse"], strict=True)
    counts = pd.Series([_way(beta, worse) for beta, worse in rows]).value_counts(sort=False)
    than = f"than severity {IN_FORM[form]} predicts"
    if len(counts) > 1:
        ways = listed([f"{DOES[way]} on {count}" for way, count in counts.items()])
        return f"Of these, {severe} patients {ways} {than}"
    many = "this one" if len(added) == 1 else f"all {len(added)} of them"
    return f"On {many} {severe} patients {DOES[counts.index[0]]} {than}"


def _towards(step: Mapping, worse: str, alpha: float) -> str:
    """The direction of what the label adds, where it adds and its interval has one sign: of
    three phenotypes another than the most severe can be what adds."""
    one_sign = known(step["low"], step["high"]) and step["low"] * step["high"] > 0
    if not (step["p"] < alpha and one_sign):
        return ""
    return f", towards {_way(step['estimate'], worse)}"


def _way(beta: float, worse: str) -> str:
    if worse in SIGNS:
        return "worse" if beta * SIGNS[worse] > 0 else "better"
    return "higher" if beta > 0 else "lower"
