"""The answer of each notebook in two sentences, and its headline, made from its results.

Each function takes the numbers a notebook publishes. A finding is "supported" when its stated test
is below alpha and in the stated direction, otherwise "not supported"; both directions are tested.
"""

from __future__ import annotations

import pandas as pd

from compendium.choice_words import agree
from compendium.cut_words import within_band
from compendium.ledger_words import agreement, beside_verdict
from compendium.rival_words import briefly, directions
from compendium.sentences import (
    block_name,
    estimate,
    known,
    listed,
    number,
    p_value,
    percent,
    plural,
    share,
    supported,
)  # fmt: skip
from compendium.stability_words import repeatable_beside

FILLED = {"iterative": "iterative regression", "median": "the median"}
SILENT = "This does not tell groups from one continuum; notebook 3 asks that."


def answer_cohort(r: dict) -> list[str]:
    """Who was analysed, what else could make clusters, and how complete the scans are."""
    reasons = [f"{f['left_out']} ({f['reason']})" for f in r["flow"] if f["left_out"]]
    left = f"; left out: {listed(reasons)}" if reasons else "; nobody was left out"
    blocks = listed([f"{n} {block_name(b)}" for b, n in r["feature_blocks"].items()])
    first = (
        f"Of {plural(r['n_read'], 'person' if r['n_read'] == 1 else 'patient')} read, "
        f"{r['n_analysed']:,} are analysed on {r['n_features']} features ({blocks}){left}. "
        f"{r['other_causes']}"
    )
    gaps, values = share(r["n_with_gap"], r["n_analysed"]), percent(r["share_values_missing"], 1)
    second = (
        f"At least one feature is missing in {gaps} ({values} of all values); gaps are filled by "
        f"{FILLED[r['missing']]} rather than losing these people."
        if r["n_with_gap"]
        else "No feature value is missing."
    )
    return [first, second]


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


def answer_stability(r: dict) -> list[str]:
    """The verdict on groups first; then whether the division is repeatable, beside cohorts without
    groups, since that proves no groups, and whether other choices draw the same line."""
    row = next(b for b in r["by_k"] if b["k"] == r["n_clusters"])
    boot, sub = row["ari"]["bootstrap_oob"], row["ari"]["subsample_80"]
    stable = all(j["mean"] >= 0.75 for j in row["jaccard"])
    rung, n, said = (r["verdict"][key] for key in ("rung", "n", "sentence"))
    beside = repeatable_beside(row["null_bands"])
    second = (
        f"The division into {r['n_clusters']} is {'' if stable else 'not '}repeatable: mean "
        f"adjusted Rand index {number(boot['mean'])} on out-of-bag patients of "
        f"{boot['resamples']} bootstraps and {number(sub['mean'])} in 80 % subsamples, "
        + ("every" if stable else "not every")
        + " cluster recovered (Jaccard ≥ 0.75)"
        + (f"; {beside}." if beside else ".")
    )
    others = agree(pd.DataFrame(r["agreement"]))
    return [f"Groups: rung {rung} of 3, n = {n:,}. {said}", second, *filter(None, [others])]


def answer_validation(r: dict) -> list[str]:
    """Whether variables the clustering never saw follow the phenotype."""
    tested, worse = _worse(r)
    if not tested:
        return [r["unavailable"] or _uncompared(r), "Nothing is concluded here."]
    names = r["contrast"]
    first = (
        f"{names[0]} patients {_how(r)} {names[1]} ones on {len(worse)} of "
        f"{plural(len(tested), 'validator')} the clustering never saw (Benjamini–Hochberg within "
        f"block, α = {r['alpha']:g}): that the phenotype goes with these measures is "
        f"{supported(2 * len(worse) > len(tested))} (more than half are asked for). {SILENT}"
    )
    blocks = listed([
        f"{block_name(b['block'])}: median {b['statistic']} {number(b['effect_median'])} over "
        f"{b['n_compared']}" for b in r["blocks"] if b["n_compared"]
    ])  # fmt: skip
    axis = "a severity axis" if r["ordered"] else "a continuum that they follow"
    return [first, f"Size by block: {blocks}; any cut of {axis} would validate likewise"
            f"{_inside(r)}."]  # fmt: skip


def answer_regression(r: dict) -> list[str]:
    """How function differs between phenotypes, crude and adjusted."""
    model = _primary(r)
    if not model:
        return [r["unavailable"] or _unfitted(r), "Nothing is concluded here."]
    finding = model["p"] < r["alpha"]
    adjusted = f", adjusted for {listed(model['covariate_labels'])}" if model["covariates"] else ""
    first = (
        f"{model['outcome_label']} differs between {model['phenotype']} and {model['reference']} "
        f"patients by {estimate(model)} {model['unit']}{adjusted} ({p_value(model['p'])}, "
        f"n = {model['n']:,}): a difference is {supported(finding)}. {SILENT}"
    )
    same = [m for m in r["models"] if m["primary"] and m["phenotype"] == model["phenotype"]]
    crude = next((m for m in same if m["model"] == "crude" and known(m["estimate"])), None)
    unadjusted = (
        f"unadjusted it is {estimate(crude)} (n = {crude['n']:,})" if crude
        else "the unadjusted difference could not be estimated"
    )  # fmt: skip
    tried = any(m["model"] == "adjusted" for m in same)
    parts = [
        unadjusted if model is not crude
        else "the adjusted difference could not be estimated" if tried
        else "no covariate is adjusted for",
        *_made_anew(r), *_spread(r), *_rivals(r),
    ]  # fmt: skip
    second = "; ".join(parts)
    return [first, f"{second[0].upper()}{second[1:]}."]


def answer_reproduction(r: dict) -> list[str]:
    """What came back of the published numbers, and what that shows."""
    count, total = r["tally"], len(r["claims"])
    back = _back(r)
    if r["ledger"] == "none":
        return [
            f"None of the {total} published claims is held against this cohort: it is not the "
            "paper's.",
            "Every number of the run stands in the index below with the notebook that made it. "
            f"{beside_verdict(r['ledger'], r['rung'])}".strip(),
        ]
    first = (
        f"Of {total} published claims {back} come back within tolerance; differing: "
        f"{count.get('differs', 0)}, not comparable: {total - back - count.get('differs', 0)}."
    )
    shows = agreement(r["ledger"], r["scenario"])
    return [first, f"{shows} {beside_verdict(r['ledger'], r['rung'])}"]


def headline_cohort(r: dict) -> str:
    """How many are analysed."""
    return f"{r['n_analysed']:,} of {plural(r['n_read'], 'patient')}, {r['n_features']} features"


def headline_clustering(r: dict) -> str:
    """The sizes of the phenotypes."""
    total = sum(p["n"] for p in r["phenotypes"])
    return ", ".join(f"{p['name']}: {share(p['n'], total)}" for p in r["phenotypes"])


def headline_stability(r: dict) -> str:
    """The rung, and the resampled agreement at the chosen k."""
    ari = next(b for b in r["by_k"] if b["k"] == r["n_clusters"])["ari"]
    return (
        f"groups: rung {r['verdict']['rung']} of 3; k = {r['n_clusters']}: ARI "
        f"{number(ari['bootstrap_oob']['mean'])} out-of-bag, "
        f"{number(ari['subsample_80']['mean'])} in 80 % subsamples"
    )


def headline_validation(r: dict) -> str:
    """On how many validators the severe are worse."""
    tested, worse = _worse(r)
    if not tested:
        return r["unavailable"] or "no validator could be compared"
    how = "worse" if r["ordered"] else "different"
    return f"{r['contrast'][0]} {how} on {len(worse)} of {plural(len(tested), 'validator')}"


def headline_regression(r: dict) -> str:
    """The primary coefficient."""
    model = _primary(r)
    if not model:
        return r["unavailable"] or "no model could be fitted"
    return (
        f"{model['outcome_label']}, {model['phenotype']} against {model['reference']}, "
        f"{model['model']}: {estimate(model)} {model['unit']}, "
        f"{p_value(model['p'])}, n = {model['n']:,}"
    )


def headline_reproduction(r: dict) -> str:
    """How many claims came back."""
    if r["ledger"] == "none":
        return "not the paper's cohort; nothing is held against it"
    tuned = sum(claim["tuned"] != "no" for claim in r["claims"])
    how = f": {tuned} tuned or by construction" if r["ledger"] == "calibrated" else ""
    verdict = "" if r["rung"] is None else f"; groups: rung {r['rung']} of 3"
    whose = f"{r['ledger']}{how}{verdict}"
    return f"{_back(r)} of {len(r['claims'])} published claims within tolerance ({whose})"


def _worse(r: dict) -> tuple[list[dict], list[dict]]:
    """Validators that were compared, and those on which the severe are worse; where nothing puts
    the phenotypes in order, those on which they differ at all."""
    tested = [v for v in r["validators"] if known(v["effect"], v["p_adjusted"])]
    # a validator without a direction of worsening can differ, but not be worse
    directed = [v for v in tested if not r["ordered"] or known(v["worse_direction"])]
    way = [v for v in directed if not r["ordered"] or v["worse_direction"]]
    return tested, [v for v in way if v["p_adjusted"] < r["alpha"]]


def _uncompared(r: dict) -> str:
    """That no validator was compared, and why where the reason is one."""
    notes = filter(None, (v.get("note") for v in r["validators"]))
    whys = {note.removeprefix("Not compared: ") for note in notes}
    return f"No validator could be compared: {whys.pop()}" if len(whys) == 1 else (
        "No validator could be compared."
    )  # fmt: skip


def _unfitted(r: dict) -> str:
    """That no model was fitted, and why."""
    whys = [note.partition("not fitted: ")[2] for note in r.get("notes", ())]
    why = next(filter(None, whys), "")
    return f"No model could be fitted: {why}" if why else "No model could be fitted."


def _inside(r: dict) -> str:
    """Whether validators go on changing inside the phenotypes, and whether the label adds."""
    sloped = [v for v in r["inside"] if known(v["low"], v["high"])]
    tried = [v for v in r["rivals"] if known(v["p_label_to_spline_adjusted"])]
    if not sloped or not tried:
        return ""
    falling = sum(v["low"] > 0 or v["high"] < 0 for v in sloped)
    adding = [v for v in tried if v["p_label_to_spline_adjusted"] < r["alpha"]]
    way = directions(pd.DataFrame(adding), "spline", r["contrast"][0]) if adding else ""
    return (
        f", and inside the phenotypes {falling} of {len(sloped)} go on changing with severity, to "
        f"which, as a curve, the label adds in {len(adding)} of {len(tried)}"
        f"{f': {way[0].lower()}{way[1:]}' if way else ''}"
    )


def _made_anew(r: dict) -> list[str]:
    """The interval of the coefficient when the labels are made anew."""
    again = [i for i in r["intervals"] if i["kind"].startswith("labels made anew")]
    return [
        f"with labels made anew in bootstraps its interval is {number(i['low'])} to "
        f"{number(i['high'])}" for i in again if known(i["low"], i["high"])
    ]  # fmt: skip


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
            for clause in briefly(duel, worse=worse, **how)]  # fmt: skip


def _how(r: dict) -> str:
    return "do worse than" if r["ordered"] else "differ from"


def _primary(r: dict) -> dict | None:
    """The last phenotype's adjusted model of the primary outcome, else the last that was fitted."""
    fitted = [m for m in r["models"] if m["primary"] and known(m["estimate"], m["p"])]
    return next((m for m in fitted[::-1] if m["model"] == "adjusted"), (fitted or [None])[-1])


def _back(r: dict) -> int:
    return r["tally"].get("match", 0) + r["tally"].get("within rounding", 0)
