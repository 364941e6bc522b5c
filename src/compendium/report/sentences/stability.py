"""What notebook 3 says, made from its results: the verdict on groups and what it rests on, how
often such a verdict is wrong, and whether the division would come back.

Repeatability is never told as a sign of groups: it stands beside what a smooth continuum gives. A
choice groups patients differently where its division agrees with the reference to an adjusted Rand
index below ``_SAME``; the threshold is this compendium's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from compendium.data.cohort import Cohort
from compendium.data.columns import Codebook
from compendium.data.synthetic import SCENARIOS
from compendium.groups.known_truth import OF_THUMB, POWER, Limit, Resemblance, said_groups
from compendium.groups.verdict import Verdict
from compendium.headcounts import few
from compendium.stability.resampling import RECOVERED
from compendium.words import block_name, known, listed, number, p_drawn, percent, plural, spelled

RUNGS = ("no groups shown", "no groups shown", "groups without a visible gap", "groups")
_SAME = 0.8  # adjusted Rand index from which another choice groups patients alike
_NAMED = 2  # choices that a sentence has room to name
_HOW = {
    "algorithm": "with {}", "scaling": "with {} scaling", "missing values": "with {} in the gaps",
    "block left out": "without {}", "site left out": "without {}", "adjustment": "with {}",
}
_TRUTHS = {  # kinds of simulated cohort, in the order of the table
    "continuum": "one continuum", "two ends": "one severity, patients piled up at its ends",
    "category": "one severity, and a category nobody recorded",
}
_GROUPS = {  # rows of data/rules.csv that stand for themselves
    "groups 3 SD": "two groups 3 SD apart", "groups 4 SD": "two groups 4 SD apart",
    "groups 5 SD, 10 %": "two groups 5 SD apart, one of 10 %",
}
_RULES = dict(zip(OF_THUMB, ("ARI ≥ 0.8", "silhouette ≥ 0.25", "prediction strength ≥ 0.8"),
                  strict=True))
_STEEP = "rate by time, steep"  # the row of data/rules.csv on which the verdict errs most


def record(verdict: Verdict, book: Codebook, limits: Sequence[Limit]) -> dict:
    """The verdict as the results hold it: its fields, labels of categories, limits, sentence."""
    labels = {name: book[name].label for name in verdict.within}
    found = asdict(verdict) | {"labels": labels, "limits": [asdict(limit) for limit in limits]}
    return found | {"sentence": verdict_sentence(found)}


def verdict_sentence(v: Mapping) -> str:
    """The verdict in words; where the groups go with a category, that."""
    if gone := fallen(v):
        return (f"The groups go with {listed(gone)}: once its differences are removed, none are "
                "shown.")
    return f"{RUNGS[v['rung']].capitalize()} (verdict {v['rung']} of 3): {_why(v)}."


def fallen(v: Mapping) -> list[str]:
    """The categories within which groups are not left, in words."""
    return [v["labels"][name].lower() for name, rung in v["within"].items() if rung < 2]


def _why(v: Mapping) -> str:
    p, one = _p(v["p_smooth"], v["n_draws"]), _p(v["p_one_peak"], v["n_path"])
    if v["rung"] == 0:
        closer = [limit["distance"] for limit in v["limits"] if known(limit["distance"])]
        said = f"one severity continuum cannot be ruled out ({p})"
        if 1 / (v["n_draws"] + 1) > v["alpha"]:
            return f"{v['n_draws']:,} simulated cohorts are too few to rule a continuum out"
        return said + (f", though two groups closer than {number(closer[0], 1)} SD could have been "
                       "missed" if closer else "")
    if v["rung"] == 1 and v["p_one_peak"] <= v["alpha"]:
        return "there are two peaks along one severity axis, but patients lie all the way between"
    if v["rung"] == 1:
        return (f"a smooth continuum does not explain these patients ({p}), but a single irregular "
                f"peak does ({one})")
    first = (f"one severity continuum does not explain these patients ({p})"
             if v["p_smooth"] <= v["alpha"] else "patients sit at two ends of one direction")
    return f"{first}, {'and few' if v['rung'] == 3 else 'but many'} lie between"


def answer(r: Mapping) -> list[str]:
    """The verdict; then what it would be without a category, or whether the division comes back."""
    v, row = r["verdict"], _chosen(r)
    if fallen(v):
        return [v["sentence"], f"Without that, the verdict would be {v['rung']} of 3."]
    recovered, band = all(j["mean"] >= RECOVERED for j in row["jaccard"]), _band(row)
    few = [c["ari"] >= _SAME for c in r["agreement"] if known(c["ari"])]
    beside = f", but only {sum(few)} of {len(few)} other choices give it" if (
        recovered and 2 * sum(few) < len(few)) else "" if not (recovered and band) else (
        f", {'more so than' if band['observed'] > band['high'] else 'but so is'} a continuum cut "
        f"in {spelled(r['n_clusters'])}")
    return [v["sentence"],
            f"The split is {'' if recovered else 'not '}repeatable (ARI {_ari(row)}){beside}."]


def evidence(r: Mapping) -> pd.DataFrame:
    """What the answer rests on: question, result, p."""
    v, row, band = r["verdict"], _chosen(r), _band(_chosen(r))

    def left(question: str, p: float, draws: int) -> tuple:
        found = "no" if p <= v["alpha"] else "cannot be ruled out"
        return question, found, _p(p, draws).removeprefix("p ").removeprefix("= ")

    D, found = v["polarisation"]["D"], "yes" if v["polarisation"]["found"] else "no"
    where = f" (polarisation {number(D)}; 1 if all do)" if known(D) else ""
    rows = [left("Does a smooth continuum explain how they split?", v["p_smooth"], v["n_draws"]),
            ("Does nearly everyone sit at one of two points?", f"{found}{where}", "–")]
    if known(v["p_filled"]):
        low, high = percent(v["density_low"]), percent(v["density_high"])
        rows += [left("Does a single peak explain them?", v["p_one_peak"], v["n_path"]),
                 left("Do two, with patients evenly between?", v["p_filled"], v["n_path"]),
                 ("How full is the middle?", f"{percent(v['density'])} of an even spread (95 % CI "
                  f"{low} to {high})", "–")]
    for rung in sorted(set(v["within"].values()), reverse=True):
        names = [v["labels"][name].lower() for name, found in v["within"].items() if found == rung]
        rows.append((f"And without differences by {listed(names)}?", f"verdict {rung} of 3", "–"))
    beside = f"; a continuum {number(band['low'])} to {number(band['high'])}" if band else ""
    ari = f"adjusted Rand index {_ari(row)} (1: always the same{beside})"
    choices = "Do other choices group patients alike?", _alike(pd.DataFrame(r["agreement"])), "–"
    rows += [("Does the split come back?", ari, "–"), choices]
    rows.append((f"Which groups would be seen ({percent(POWER)} of the time)?",
                 _seen(v["limits"]), "–"))
    return pd.DataFrame(rows, columns=["question", "result", "p"])


def headline(r: Mapping) -> str:
    """The verdict, and the resampled agreement at the chosen k."""
    return f"{r['verdict']['sentence']} k = {r['n_clusters']}: ARI {_ari(_chosen(r))}"


def conclusion(r: Mapping) -> list[str]:
    """What was found, how often that is wrong, and what would change it."""
    v = r["verdict"]
    often, piled = (r["errors"][i]["verdict"].replace(" (", " % (").replace(")", " %)")
                    for i in (0, 1))
    two_peaks = v["rung"] == 1 and v["p_one_peak"] <= v["alpha"]
    finding = (
        f"What looks like groups goes with {listed(fallen(v))}." if fallen(v) else
        "The patients fall into groups with few between them." if v["rung"] == 3 else
        "There is more than one peak, but where the line between them lies stays a choice."
        if v["rung"] == 2 else
        "Patients pile up at two ends of one severity axis, as measures at their floor or ceiling "
        "can make them; that is not two kinds of patients." if two_peaks else
        "Nothing here shows more than one severity continuum; that does not prove one."
    )
    wrong = (
        "Such a verdict was wrong most often where measures level off, as most do here."
        if v["rung"] >= 2 and r["resembles"]["steep"] else
        f"Of simulated continua the verdict called {often} groups; where patients pile up at both "
        f"ends of severity, {piled}." if v["rung"] >= 2 else
        "Groups that lie close together, several in a row, or a small one can be missed."
    )
    return [finding, wrong, "Other measures, more patients, or a continuum of another form could "
            "change this.", "Whether a split comes back is another question, and says nothing of "
            "kinds."]


def truth(patients: Cohort, pair: str) -> list[str]:
    """What is known of simulated patients and those beside them; nothing without a ``pair``."""
    return [f"The truth is known here. {patients.title}: {SCENARIOS[patients.scenario]}",
            f"The cohort beside it: {SCENARIOS[pair]}"] if pair else []


def errors(rules: pd.DataFrame) -> pd.DataFrame:
    """How often the verdict, and the usual rules, say groups of cohorts of known truth: the mean
    over kinds of cohort in %, and the highest; ``rules`` of ``groups.read_rules``."""
    rates, rows = said_groups(rules), []
    for about, words in (_TRUTHS | _GROUPS).items():
        part = rates[rates["truth" if about in _TRUTHS else "row"] == about]
        many = f" ({plural(len(part), 'kind')})" if about in _TRUTHS else ""
        said = (_mean_and_most(part[rule]) for rule in ("groups", *_RULES))
        rows += [(f"{words}{many}", *said)] if len(part) else []
        if part["within"].notna().any():
            rows.append(("the same, recorded and removed", _mean_and_most(part["within"]),
                         *["–"] * len(_RULES)))
    return pd.DataFrame(rows, columns=["simulated cohorts", "verdict", *_RULES.values()])


def errs(rules: pd.DataFrame, seen: Resemblance) -> list[str]:
    """Where the verdict errs most, and whether this cohort looks like that."""
    rates, other = said_groups(rules), ("two ends", "category")
    worst = [rates.loc[rates["groups"].where(rates["truth"] == kind).idxmax()] for kind in other]
    piled, category = (f"{kind['row']} ({percent(kind['groups'])})" for kind in worst)
    piled = piled.replace(_STEEP, "a steep course takes nearly every measure from floor to ceiling")
    like = f"{', as' if seen.steep else '; in such a course'} nearly all do"
    return [
        f"It errs most where {piled}, and where measures shift by something nobody recorded, such "
        f"as {category}.",
        f"Here {seen.levelling} of {plural(seen.n_features, 'measure')} "
        f"{'levels' if seen.levelling == 1 else 'level'} off towards an end of severity{like}.",
        f"A tenth of the patients or more are at floor or ceiling in {seen.at_limit or 'none'}. "
        f"Patients {'' if seen.spike else 'do not '}crowd at one end of the axis.",
    ]


def _mean_and_most(rates: pd.Series) -> str:
    rates = 100 * rates.dropna()
    if rates.empty:
        return "–"
    mean, most = (number(x, int(0 < x < 10)) for x in (rates.mean(), rates.max()))
    return f"{mean} (at most {most})" if len(rates) > 1 else mean


def comes_back(r: Mapping, kept: Sequence[bool], k_max: int) -> list[str]:
    """Whether each phenotype comes back, which number of clusters comes back best of up to
    ``k_max``, and how many patients keep their phenotype (a mask of patients)."""
    row, by_k = _chosen(r), {b["k"]: b["ari"]["bootstrap_oob"]["mean"] for b in r["by_k"]}
    each = [f"{j['phenotype']} {j['status']} (Jaccard {number(j['mean'])})" for j in row["jaccard"]]
    best, changing = max(by_k, key=by_k.get), int(len(kept) - np.sum(kept))
    return [
        f"Resampled, the phenotypes are: {listed(each)}.",
        f"Of {min(by_k)} to {max(by_k)} clusters, {best} come back best (ARI {number(by_k[best])})."
        if len(by_k) > 1 else "",
        f"There are too few patients to resample more than {max(by_k)} clusters."
        if max(by_k) < k_max else "",
        f"{'Nearly all' if few(changing) else percent(np.mean(kept))} of the patients keep their "
        "phenotype in nearly every resample; that is certainty of the side of a cut, which one "
        "cloud gives too.",
    ]


def alike(choices: pd.DataFrame) -> list[str]:
    """How many other choices group patients alike, which do not, and their notes; columns as
    ``sensitivity.other_choices``."""
    said = f"Other choices that group patients alike (ARI at least {_SAME:g}): {_alike(choices)}."
    return [said, *(f"{c.choice[0].upper()}{c.choice[1:]}: {c.note}"
                    for c in choices.itertuples() if c.note)]


def indices_beside(bands: pd.DataFrame, n_clusters: int) -> list[str]:
    """Which of ``groups.null_bands`` lie beyond a continuum, and where the silhouette peaks."""
    here = bands[bands["k"] == n_clusters]
    out = [b.statistic for b in here.itertuples()
           if (b.observed < b.low if b.statistic == "cluster index" else b.observed > b.high)]
    which = f": {listed(out)}" if 0 < len(out) < len(here) else ""
    widths = bands[bands["statistic"] == "silhouette"].set_index("k")
    best, there = int(widths["observed"].idxmax()), int(widths["mean"].idxmax())
    return [f"At k = {n_clusters}, {len(out)} of {len(here)} indices lie beyond what a smooth "
            f"continuum gives{which}.", f"The silhouette is highest at k = {best}, in a continuum "
            f"at k = {there}{': that is no sign of groups' if best == there else ''}."]


def one_or_two(mixtures: pd.DataFrame, alpha: float) -> list[str]:
    """What the likelihood ratio and BIC say of two Gaussians, and what that is worth; the rows are
    those of ``mixtures.compare_mixtures``."""
    if mixtures.empty:
        return [mixtures.attrs["reason"]]
    one, two = mixtures.iloc[0], mixtures.iloc[1]
    better, lower = two["p"] <= alpha, two["bic"] < one["bic"]
    return [f"Two Gaussians {'fit better' if better else 'do not fit better'} than one "
            f"({_p(two['p'], two['n_draws'])}), {'and' if better == lower else 'but'} BIC "
            f"prefers {'two' if lower else 'one'}.",
            "Two also fit one skewed peak, so neither is evidence for groups."]


def _seen(limits: Sequence[Mapping]) -> str:
    ways = [(number(at["distance"], 1) if known(at["distance"]) else f"over {at['farthest']:g}",
             percent(at["share"])) for at in limits]
    far = [f"{apart} SD apart, the smaller {share}" for apart, share in ways]
    size = f" ({limits[0]['n']:,} patients, {limits[0]['p']} features)" if far else ""
    return f"{' or '.join(far)}{size}" or "not known for so many patients and features"


def _p(p: float, draws: int) -> str:
    return p_drawn(p, draws).partition(" (")[0]


def _chosen(r: Mapping) -> dict:
    return next(row for row in r["by_k"] if row["k"] == r["n_clusters"])


def _ari(row: Mapping) -> str:
    return number(row["ari"]["bootstrap_oob"]["mean"])


def _band(row: Mapping) -> dict | None:
    return next((b for b in row["null_bands"] if b["statistic"] == "resampled ARI"
                 and known(b["observed"])), None)


def _alike(choices: pd.DataFrame) -> str:
    tried = choices.dropna(subset=["ari"]) if len(choices) else choices
    apart = tried[tried["ari"] < _SAME].sort_values("ari") if len(tried) else tried
    away = [_how(c) for _, c in apart[:_NAMED].iterrows()]
    away += [plural(len(apart) - _NAMED, "other")] if len(apart) > _NAMED else []
    return (f"{len(tried) - len(apart)} of {len(tried)}" + (f"; not {listed(away)}" if away else "")
            if len(tried) else "none was possible")


def _how(choice: pd.Series) -> str:
    """How a choice differs, as the end of a sentence."""
    name, _, more = block_name(choice["choice"]).partition(", ")
    return _HOW.get(choice["kind"], "with {}").format(f"{name} ({more})" if more else name)
