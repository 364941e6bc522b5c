"""What notebook 3 says of groups, made from its results: the verdict, what it rests on, and what
the usual indices are worth beside cohorts without groups.

Frames of indices beside simulated cohorts hold k, statistic, observed, low, high, as
``groups.null_bands`` gives them. "Beyond" a band means on the side of more clustered or more
repeatable; below is never beyond, except for the cluster index, of which less is more clustered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

import pandas as pd

from compendium.data.cohort import Cohort
from compendium.data.columns import Codebook
from compendium.data.synthetic import SCENARIOS
from compendium.groups.known_truth import Limit
from compendium.groups.polarisation import BOUND
from compendium.groups.verdict import Verdict
from compendium.report.sentences.known_truth import unseen
from compendium.words import known, listed, number, p_drawn, percent, plural

RUNGS = ("no groups shown", "no groups shown", "groups without a gap", "groups")
LOWER = "cluster index"
LEAST = {"smallest Jaccard": 0.75, "prediction strength": 0.8}  # the field's thresholds


def record(verdict: Verdict, book: Codebook, limits: Sequence[Limit]) -> dict:
    """The verdict as the results hold it: its fields, the labels of the categories it was repeated
    within, the detection limits, and its sentence."""
    labels = {name: book[name].label for name in verdict.within}
    found = asdict(verdict) | {"labels": labels, "limits": [asdict(limit) for limit in limits]}
    return found | {"sentence": " ".join(verdict_sentences(found))}


def verdict_sentences(v: Mapping) -> list[str]:
    """The verdict in words: first what the groups go with, where they fall within a category."""
    said = [f"{RUNGS[v['rung']].capitalize()} (verdict {v['rung']} of 3): {_why(v)}."]
    fallen = [name for name, rung in v["within"].items() if rung < 2]
    if fallen:
        those = _them(v, fallen)
        return [f"The groups go with {those}: among patients alike in {those} none are left.",
                *said]
    if v["within"]:
        said.append(f"They remain among patients alike in {_them(v, v['within'])}.")
    if 1 / (v["n_draws"] + 1) > v["alpha"]:
        said.append(f"{v['n_draws']:,} simulated cohorts are too few for a p value of "
                    f"{v['alpha']:g}: a continuum could not have been rejected.")
    return [*said, *([unseen(v["limits"])] if v["rung"] == 0 else [])]


def first(v: Mapping) -> str:
    """The first sentence of the verdict, for the head of a figure."""
    return verdict_sentences(v)[0]


def _why(v: Mapping) -> str:
    p, one = (p_drawn(v[key], v[draws]).partition(" (")[0]
              for key, draws in (("p_smooth", "n_draws"), ("p_one_peak", "n_path")))
    if v["rung"] == 0:
        return f"a smooth continuum without groups cannot be ruled out ({p})"
    if v["rung"] == 1:
        if v["p_one_peak"] <= v["alpha"]:
            return ("patients pile up at two ends of one severity axis, but the way between is "
                    f"filled ({lying_between(v)})")
        return (f"there is more structure than a smooth continuum explains ({p}), but one axis "
                f"with a single peak still explains it ({one})")
    first = (
        f"a smooth continuum does not explain these patients ({p})"
        if v["p_smooth"] <= v["alpha"] else "patients sit at two ends of one direction "
        f"(polarisation {number(v['polarisation']['D'])})"
    )
    if v["rung"] == 3:
        return f"{first}, and few lie between ({lying_between(v)})"
    return (f"{first}, but they form peaks along one severity axis with patients between them "
            f"({lying_between(v)})")


def lying_between(v: Mapping) -> str:
    """How many patients lie between the two sides, with the interval."""
    ends = [percent(v[f"density_{end}"]) for end in ("low", "high")]
    return f"{percent(v['density'])} of an even spread, 95 % CI {ends[0]} to {ends[1]}"


def _them(v: Mapping, names: Iterable[str]) -> str:
    return listed([v["labels"][name].lower() for name in names])


def evidence(v: Mapping) -> pd.DataFrame:
    """What the verdict rests on, a question a row: question, test, answer, p."""
    a, pole, nothing = v["alpha"], v["polarisation"], "not asked"
    asked = known(v["p_filled"])

    def row(question, test, p, draws, yes, no):
        return question, test, yes if p <= a else no, p_drawn(p, draws).removeprefix("p ")

    rows = [
        row("Do patients split more cleanly than a smooth continuum?",
            f"best cut in two, direction {v['component']}", v["p_smooth"], v["n_draws"],
            "yes", "no"),
        ("Do they sit at two ends?", f"polarisation clearly below {BOUND:g}",
         f"{'yes' if pole['found'] else 'no'}: {number(pole['D'])}" if known(pole["D"])
         else "no direction is reliable", "–"),
    ]
    if asked:
        rows += [
            row("Does one peak explain how they stand along it?", "likelihood ratio",
                v["p_one_peak"], v["n_path"], "no", "yes"),
            row("Does a filled way between two ends?", "likelihood ratio", v["p_filled"],
                v["n_path"], "no", "yes"),
            ("How many lie between?", "density, noise removed", lying_between(v), "–"),
        ]
    else:
        rows.append(("What lies between?", "likelihood ratio", nothing, "–"))
    rows += [(f"Are there groups within {v['labels'][name].lower()}?", "all of this again",
              f"verdict {rung} of 3", "–") for name, rung in v["within"].items()]
    return pd.DataFrame(rows, columns=["question", "test", "answer", "p"])


def truth(patients: Cohort, pair: str) -> list[str]:
    """What is known of simulated patients and of the cohort drawn beside them, scenario ``pair``;
    "" where the patients come from a file."""
    if not pair:
        return ["These patients come from a file, so no cohort stands beside them."]
    known_of = {name: made.replace("_", " ") for name, made in SCENARIOS.items()}
    return [f"The truth is known here. {patients.title}: {known_of[patients.scenario]} The cohort "
            f"beside it: {known_of[pair]}"]


def beyond(bands: pd.DataFrame) -> dict[str, bool]:
    """For every statistic of one k: whether the observed value lies beyond its band."""
    return {row.statistic: bool(row.observed < row.low if row.statistic == LOWER
                                else row.observed > row.high) for row in bands.itertuples()}


def standing_out(bands: pd.DataFrame, n_clusters: int) -> str:
    """Which indices lie beyond their bands at the chosen k, and which do not."""
    out = beyond(bands[bands["k"] == n_clusters])
    there, inside = ([s for s in out if out[s] is truth] for truth in (True, False))
    first = f"At k = {n_clusters}"
    if not there:
        return f"{first} no index lies beyond what a smooth continuum gives."
    if not inside:
        return f"{first} all indices lie beyond what a smooth continuum gives."
    return (f"{first} {listed(there)} {'lies' if len(there) == 1 else 'lie'} beyond what a smooth "
            f"continuum gives; {listed(inside)} {'does' if len(inside) == 1 else 'do'} not.")


def repeatable_beside(bands: Iterable[Mapping]) -> str:
    """The resampled ARI at the chosen k beside what a smooth continuum gives; "" where none was
    drawn. ``bands``: the records of that k."""
    for band in bands:
        if band["statistic"] == "resampled ARI" and known(band["observed"]):
            low, high = (number(band[key]) for key in ("low", "high"))
            how = "more so than" if band["observed"] > band["high"] else "but so is"
            return f"{how} a simulated continuum cut in the same way ({low} to {high})"
    return ""


def highest_without_groups(bands: pd.DataFrame) -> str:
    """At which k the silhouette is highest, here and in cohorts without groups; "" of one k."""
    drawn = bands[bands["statistic"] == "silhouette"]
    if len(drawn) < 2:
        return ""
    here, there = _highest(bands), int(drawn.loc[drawn["mean"].idxmax(), "k"])
    same = " too, so that is no sign of groups" if here == there else ""
    return (
        f"The mean silhouette is highest at k = {here}; in cohorts of a smooth continuum it is "
        f"highest at k = {there}{same}."
    )


def told_apart(cohorts: Mapping[str, pd.DataFrame], n_clusters: int) -> list[str]:
    """What rules of thumb say of two cohorts, and what the bands say; by title, the frames. Nothing
    of one."""
    if len(cohorts) < 2:
        return []
    sentences, thumb, beside = [], [], []
    for title, bands in cohorts.items():
        passed = _thresholds(bands, n_clusters)
        out = [s for s, truth in beyond(bands[bands["k"] == n_clusters]).items() if truth]
        sentences.append(
            f"{title}: {sum(passed.values())} of {plural(len(passed), 'usual threshold')} passed"
            + (f" ({listed([words for words, truth in passed.items() if truth])})"
               if any(passed.values()) else "")
            + f"; beyond what a smooth continuum gives: {listed(out) or 'nothing'}."
        )
        thumb, beside = [*thumb, passed], [*beside, out]
    rules, bands_do = (any(x != each[0] for x in each) for each in (thumb, beside))
    first = f"So the thresholds {'tell' if rules else 'do not tell'} the cohorts apart"
    if rules == bands_do:
        return [*sentences, f"{first}, {'as do' if rules else 'nor do'} the bands."]
    return [*sentences, f"{first}; the bands {'do' if bands_do else 'do not'}."]


def one_or_two(mixtures: pd.DataFrame, alpha: float) -> str:
    """What the likelihood ratio and BIC say of two Gaussians, and what that is worth; the rows are
    those of ``mixtures.compare_mixtures``."""
    if mixtures.empty:
        return mixtures.attrs["reason"]
    one, two = mixtures.iloc[0], mixtures.iloc[1]
    better, lower = two["p"] <= alpha, two["bic"] < one["bic"]
    fit = "fit better" if better else "do not fit better"
    also = "and" if better == lower else "but"
    return (
        f"Two Gaussians {fit} than one (likelihood ratio, bootstrap: "
        f"{p_drawn(two['p'], two['n_draws'])}), {also} BIC prefers {'two' if lower else 'one'}, by "
        f"{number(abs(two['bic_lower_by']), 1)}. Two also fit one skewed peak, so neither is "
        "evidence for groups."
    )


def comes_back(summary: pd.DataFrame, jaccard: pd.DataFrame) -> str:
    """Which number of clusters comes back best, and where clusters dissolve."""
    oob = summary[summary["scheme"] == "bootstrap_oob"].set_index("k")["mean"]
    lost = jaccard.assign(lost=jaccard["status"] == "dissolved").groupby("k")["lost"].sum()
    where = [f"{n} of {k} at k = {k}" for k, n in lost.items() if n]
    return (
        f"Of k = {oob.index.min()} to {oob.index.max()}, the division into {oob.idxmax()} comes "
        f"back best (mean ARI {number(oob.max())} on out-of-bag patients); clusters that dissolve: "
        f"{listed(where) or 'none'}. None of this tells groups from a continuum."
    )


def _thresholds(bands: pd.DataFrame, n_clusters: int) -> dict[str, bool]:
    """In words, and whether each is passed at the chosen k."""
    here = bands[bands["k"] == n_clusters].groupby("statistic")["observed"].first()
    passed = {f"{name} ≥ {least:g}": bool(here[name] >= least) for name, least in LEAST.items()}
    return passed | {f"silhouette highest at k = {n_clusters}": _highest(bands) == n_clusters}


def _highest(bands: pd.DataFrame) -> int:
    """The k of the highest observed silhouette."""
    seen = bands[bands["statistic"] == "silhouette"].groupby("k")["observed"].first()
    return int(seen.idxmax())
