"""What notebook 5 says: what the phenotype means for the outcome, and what severity leaves of it.

Shares of specifications are given as counts: in per cent, one of a thousand would be rounded away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from compendium.data.columns import Codebook, Column
from compendium.data.found import Found
from compendium.regression.design import NO_OUTCOME
from compendium.regression.outcome_models import Models
from compendium.report.sentences.rivals import briefly
from compendium.report.sentences.validation import SILENT
from compendium.words import (
    estimate,
    known,
    listed,
    number,
    once,
    p_value,
    percent,
    plural,
    share,
    supported,
)

CHOICES = {
    "missing": "how gaps are filled", "scaling": "how features are scaled",
    "features": "whether covariates are taken out of the features",
    "algorithm": "which algorithm groups the patients",
    "covariates": "which covariates are adjusted for", "form": "how the outcome is compared",
}


def no_outcome(book: Codebook) -> str:
    """Why nothing is regressed; "" where something is."""
    return "" if book.outcomes else NO_OUTCOME


def covariates(chosen: Sequence[Column], book: Codebook) -> str:
    """What is adjusted for; "" where nothing is regressed."""
    labels = listed([c.label for c in chosen]) or "none"
    return f"Covariates: {labels}." if book.outcomes else ""


def left_out(found: Found, notes: Sequence[str]) -> list[str]:
    """Outcomes that some patients lack, then the models' notes "of which: text", each text once."""
    n, outcomes = len(found.data), found.codebook.outcomes
    lost = {y.label: int(found.data[y.name].isna().sum()) for y in outcomes}
    return [*[f"{label} is missing for {share(count, n)} patients, who are in no model of it."
              for label, count in lost.items() if count], *once(notes)]


def axis(book: Codebook) -> dict[str, str]:
    """The primary outcome in words for figures: its label with its unit, and the unit alone."""
    words = [{"outcome": y.axis, "unit": y.unit} for y in book.outcomes[:1]]
    return words[0] if words else {"outcome": "", "unit": ""}


def adjusted_for(rows: Sequence[Mapping]) -> list[str]:
    """Labels of the covariates of the adjusted models; none where none was fitted."""
    fitted = [r for r in rows if r["model"] == "adjusted" and known(r["estimate"])]
    return fitted[0]["covariate_labels"] if fitted else []


def each_difference(rows: Sequence[Mapping], severe: str) -> list[str]:
    """The differences, adjusted where a model is: of the primary outcome for every phenotype, of
    the others for the most ``severe``. ``rows``: ``outcome_models.records``."""
    said = "adjusted" if adjusted_for(rows) else "crude"
    return [
        f"{r['outcome_label']}, {r['phenotype']} against {r['reference']}, {said}: {estimate(r)}, "
        f"{p_value(r['p'])}, n = {r['n']:,}."
        for r in rows if r["model"] == said and known(r["estimate"])
        if r["primary"] or r["phenotype"] == severe
    ]


def phenotype_means(models: Models, rows: Sequence[Mapping]) -> list[str]:
    """The mean outcome of every phenotype at one mix of covariates, and whether they differ at all
    where there are more than two; ``rows``: ``outcome_models.records``."""
    means = listed([f"{r['phenotype']} {estimate(r, 1)}" for r in models.means.to_dict("records")
                    if known(r["estimate"])])
    overall = next((r["p_overall"] for r in rows if r["primary"] and known(r["p_overall"])
                    and r["model"] == models.described), None)
    mix = " at the same mix of covariates" if models.described == "adjusted" else ""
    return [
        f"Mean {rows[0]['outcome_label']}{mix}: {means}." if means else "",
        f"That the phenotypes differ at all: {p_value(overall)} (robust Wald F over all of them)."
        if known(overall) else "",
    ]


def trust(models: Models, *, adjusted: bool) -> list[str]:
    """Whether covariates repeat each other, single patients carry the slope, or residuals bend."""
    if not len(models.vif):
        return []
    checks, worst = models.diagnostics, models.vif.loc[models.vif["vif_scaled"].idxmax()]
    return [
        f"Largest adjusted generalised VIF {number(worst['vif_scaled'])} ({worst['label']});"
        if adjusted else "",
        f"{plural(checks['n_influential'], 'patient')} with a Cook's distance above 4/n (largest "
        f"{number(checks['cook_max'], 3)}); Breusch–Pagan {p_value(checks['breusch_pagan_p'])}; "
        f"skewness of the residuals {number(checks['residual_skew'])}.",
    ]


def curves(curved: pd.DataFrame) -> list[str]:
    """Whether a covariate bends, and whether the difference moves with it; of ``checks.bends``."""
    return [
        f"{c.label} as a curve: {p_value(c.p_adjusted)} (Holm); the difference goes from "
        f"{number(c.line)} to {number(c.spline)}."
        for c in curved.itertuples() if known(c.p_adjusted)
    ]


def interval_kinds(table: pd.DataFrame) -> list[str]:
    """The kinds of :func:`kinds` in words, with what to know of each."""
    said = []
    for r in table.to_dict("records"):
        head = f"{r['kind'].capitalize()} ({r['estimand']}):"
        if known(r["estimate"]):
            said.append(" ".join([head, f"{estimate(r)}, n = {r['n']:,}.", r["note"]]).strip())
        else:
            why = r["note"] if r["note"].startswith("Not ") else "Not estimable."
            said.append(f"{head} {why[0].lower()}{why[1:]}")
    return said


def model_notes(table: pd.DataFrame) -> list[str]:
    """The notes of :func:`other_models`, each once, with the analysis it is of."""
    several = table["phenotype"].nunique() > 1
    notes = [
        f"{r.outcome_label}, {r.analysis}{f', {r.phenotype}' if several else ''}: {r.note}"
        for r in table.itertuples() if r.note
    ]
    return once(notes)


def specification_spread(summary: Mapping) -> list[str]:
    """How far β goes, and which choice moves it most, from a curve's ``summary``."""
    s = summary
    if not s:
        return []
    if not s["n_fitted"]:
        nothing = f"None of {plural(s['n_specifications'], 'specification')} could be fitted."
        return [nothing, *list(s["reasons"])[:1]]
    said = [f"{s['n_fitted']:,} of {plural(s['n_specifications'], 'specification')} could be "
            f"fitted: from {number(s['smallest'])} to {number(s['largest'])}, median "
            f"{number(s['median'])}."]
    if known(s["share_same_sign"]):
        same, beyond = (_counted(s[name], s["n_fitted"])
                        for name in ("share_same_sign", "share_excluding_zero"))
        said.append(f"{same[0].upper()}{same[1:]} have the sign of the reference, and {beyond} "
                    "an interval that excludes 0 on its side.")
    moving = [c for c in s["choices"] if known(c["share_of_variance"])]
    for c in sorted(moving, key=lambda c: -c["range_of_medians"])[:1]:
        said.append(f"The choice that moves it most: {CHOICES[c['kind']]} (medians "
                    f"{number(c['range_of_medians'])} apart, {percent(c['share_of_variance'])} of "
                    "the variance).")
        said += _other_patients([x for x in s["levels"] if x["kind"] == c["kind"]])
    return said


def _counted(share: float, n: int) -> str:
    """A share of n as a count: per cent would round 1,007 of 1,008 to all of them."""
    count = round(share * n)
    return f"all {n:,}" if count == n else f"{count:,} of {n:,}"


def _other_patients(found: Sequence[Mapping]) -> list[str]:
    """That a level of the choice is fitted in fewer patients, where one is."""
    fitted = [x for x in found if x["n_fitted"]]
    everyone = max((x["most_patients"] for x in fitted), default=0)
    fewer = [x for x in fitted if x["most_patients"] < everyone]
    return [
        f"It also changes who is analysed: at most {x['most_patients']:,} patients with "
        f"\"{x['level']}\", otherwise up to {everyone:,}."
        for x in sorted(fewer, key=lambda x: x["most_patients"])[:1]
    ]


def published_implies(found: Mapping | None, names: tuple[str, ...]) -> list[str]:
    """What the published interval implies; of ``published.implied``, None for nothing."""
    return [
        f"The published interval implies a standard error of {number(found['se'])}, a residual SD "
        f"of about {number(found['resid_sd'], 1)}, a partial correlation of "
        f"{number(found['partial_r'])}, and a chance of {number(found['auc'])} to tell from "
        f"function which of a {names[-1]} and a {names[0]} patient is the {names[-1]} one."
    ] if found else []


def answer(r: dict) -> list[str]:
    """How function differs between phenotypes, crude and adjusted."""
    model = _primary(r)
    if not model:
        return [r["unavailable"] or _unfitted(r), "Nothing is concluded here."]
    finding = model["p"] < r["alpha"]
    adjusted = f", adjusted for {listed(model['covariate_labels'])}" if model["covariates"] else ""
    overall = model["p_overall"]
    all_of_them = f"; all phenotypes, robust Wald F: {p_value(overall)}" if known(overall) else ""
    first = (
        f"{model['outcome_label']} differs between {model['phenotype']} and {model['reference']} "
        f"patients by {estimate(model)} {model['unit']}{adjusted} ({p_value(model['p'])}, "
        f"n = {model['n']:,}{all_of_them}): a difference is {supported(finding)}. {SILENT}"
    )
    same = [m for m in r["models"] if m["primary"] and m["phenotype"] == model["phenotype"]]
    crude = next((m for m in same if m["model"] == "crude" and known(m["estimate"])), None)
    unadjusted = (
        f"unadjusted it is {estimate(crude)} (n = {crude['n']:,})" if crude
        else "the unadjusted difference could not be estimated"
    )
    tried = any(m["model"] == "adjusted" for m in same)
    parts = [
        unadjusted if model is not crude
        else "the adjusted difference could not be estimated" if tried
        else "no covariate is adjusted for",
        *_made_anew(r), *_spread(r), *_rivals(r),
    ]
    second = "; ".join(parts)
    return [first, f"{second[0].upper()}{second[1:]}."]


def headline(r: dict) -> str:
    """The primary coefficient."""
    model = _primary(r)
    if not model:
        return r["unavailable"] or "no model could be fitted"
    return (
        f"{model['outcome_label']}, {model['phenotype']} against {model['reference']}, "
        f"{model['model']}: {estimate(model)} {model['unit']}, "
        f"{p_value(model['p'])}, n = {model['n']:,}"
    )


def _unfitted(r: dict) -> str:
    """That no model was fitted, and why."""
    whys = [note.partition("not fitted: ")[2] for note in r.get("notes", ())]
    why = next(filter(None, whys), "")
    return f"No model could be fitted: {why}" if why else "No model could be fitted."


def _made_anew(r: dict) -> list[str]:
    """The interval of the coefficient when the labels are made anew."""
    again = [i for i in r["intervals"] if i["kind"].startswith("labels made anew")]
    return [
        f"with labels made anew in bootstraps its interval is {number(i['low'])} to "
        f"{number(i['high'])}" for i in again if known(i["low"], i["high"])
    ]


def _spread(r: dict) -> list[str]:
    """How far the coefficient goes over other choices."""
    s = r["specifications"]
    if not s or not known(s["smallest"], s["largest"]):
        return []
    ends = f"{number(s['smallest'])} to {number(s['largest'])}"
    return [f"over {plural(s['n_fitted'], 'specification')} it runs from {ends}"]


def _rivals(r: dict) -> list[str]:
    """What label and severity explain of the primary outcome, and what the label adds."""
    ways = [row["worse"] for row in r["rivals_by_outcome"][:1]]
    how = {"adjusted": bool(r["covariates"]), "alpha": r["alpha"]}
    return [clause for duel, worse in zip(r["rivals"], ways, strict=False)
            for clause in briefly(duel, worse=worse, **how)]


def _primary(r: dict) -> dict | None:
    """The last phenotype's adjusted model of the primary outcome, else the last that was fitted."""
    fitted = [m for m in r["models"] if m["primary"] and known(m["estimate"], m["p"])]
    return next((m for m in fitted[::-1] if m["model"] == "adjusted"), (fitted or [None])[-1])


def evidence(r: dict) -> pd.DataFrame:
    """The table under the answer."""
    return pd.DataFrame()


def conclusion(r: dict) -> list[str]:
    """The finding, how uncertain it is, and what would change it."""
    return []
