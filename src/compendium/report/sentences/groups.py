"""What notebook 3 says, made from its results: the verdict with its p values, and what the usual
indices are worth beside cohorts without groups.

Frames of indices beside nulls hold k, null, statistic, observed, low, high, as
``groups.Examination.beside``. "Beyond" a band means on the side of more clustered or more
repeatable; below is never beyond, except for the cluster index, of which less is more clustered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from compendium.data.cohort import Cohort
from compendium.data.synthetic import SCENARIOS
from compendium.groups import ladder
from compendium.groups.continuum import Continuum
from compendium.groups.known_truth import Limit
from compendium.words import known, listed, number, p_drawn, plural

WITHOUT_GROUPS = {
    "A": "one Gaussian",
    "B": "observed margins and correlations",
    "C": "one severity continuum",
    "L": "one smooth severity continuum",
}
_CUT = "cut of a component"
_INDICES = ("cluster index", "silhouette")  # those that are tested, for every k
DECIDING = ("B", "C", "L")  # null A is reported and never concluded from
_LOOKS = {"b": ladder.LOOKS, "l": ladder.LOOKS, "c": 1}  # by how much a p value was multiplied
LOWER = "cluster index"
LEAST = {"smallest Jaccard": 0.75, "prediction strength": 0.8}  # the field's thresholds


def verdict_lines(verdict: Mapping, n_draws: int) -> list[str]:
    """The rung and its sentence, at the level of the verdict and at the strict one."""
    alpha, strict = verdict["alpha"], verdict["alpha_strict"]
    said = [f"Rung {verdict['rung']} of 3 at α = {alpha:g}. {verdict['sentence']}"]
    if few := _too_few(n_draws, alpha):
        return [*said, few]
    if strict == alpha:
        return said
    if few := _too_few(n_draws, strict):
        return [*said, few]
    same = all(verdict[key] == verdict[f"{key}_strict"] for key in ("rung", "sentence"))
    words = "the same" if same else f"rung {verdict['rung_strict']}. {verdict['sentence_strict']}"
    return [*said, f"At α = {strict:g}: {words}" + "." * same]


def first_lines(tests: Mapping[str, Continuum]) -> dict[str, str]:
    """The rung and its sentence of each cohort, by its title."""
    return {title: verdict_lines(vars(test.verdict), test.n_draws)[0]
            for title, test in tests.items()}


def _too_few(n_draws: int, alpha: float) -> str:
    smallest = ladder.smallest_p(n_draws)
    if smallest <= alpha:
        return ""
    return (
        f"At α = {alpha:g} no rung above 0 can be reached: the smallest p that {n_draws:,} draws "
        f"can give is {smallest:.2g}."
    )


def evidence(found: Mapping, dip: pd.DataFrame, n_draws: int) -> pd.DataFrame:
    """The four p values that decide, and what each decides: evidence, p, p_in_words, decides."""
    clearest = dip.loc[dip["p_holm"].idxmin()]
    both, cut = "cluster index and silhouette", "or the cut of a component"
    rows = [
        ("b", f"null B: {both}, {cut}", "rung 1: more than margins and correlations explain"),
        ("l", f"null L: {both}, {cut}", "rung 2: more than one smooth severity axis explains"),
        ("c", f"null C: {both}", "no rung: whether an axis with one hill of any shape fails too"),
    ]
    table = [(words, found[key], p_drawn(found[key], n_draws, _LOOKS[key]), decides)
             for key, words, decides in rows]
    gap = p_drawn(found["gap"], int(clearest["n_draws"]), _looks(clearest))
    table.insert(2, ("the dips: the clearer of two, Holm", found["gap"], gap,
                     "rung 3: patients thin out between groups"))
    return pd.DataFrame(table, columns=["evidence", "p", "p_in_words", "decides"])


def p_table(p_values: pd.DataFrame, n_draws: int) -> pd.DataFrame:
    """p of each statistic (rows) under each null (columns), and where it stands out most; "≤" where
    no draw was as extreme as the data."""
    text = [
        f"{bare(p_drawn(row.p, n_draws)).partition(' (')[0]} "
        f"({'component' if row.statistic == _CUT else 'k ='} {row.at})"
        for row in p_values.itertuples()
    ]
    return p_values.assign(text=text).pivot(index="statistic", columns="null", values="text")


def elsewhere(p_values: pd.DataFrame, n_clusters: int, alpha: float) -> str:
    """Which indices speak under the nulls that enter the verdict, what one that speaks without the
    other is worth, and whether they stand out most at the chosen k or at another one."""
    of = p_values["statistic"].isin(_INDICES) & p_values["null"].isin(DECIDING)
    spoken = p_values[of & (p_values["p"] <= alpha)]
    if spoken.empty:
        return f"No index has p ≤ {alpha:g} under nulls {listed(list(DECIDING))}."
    heard = {null: list(part["statistic"]) for null, part in spoken.groupby("null")}
    both = [null for null, indices in heard.items() if len(indices) == len(_INDICES)]
    alone = [f"the {indices[0]} under null {null}" for null, indices in heard.items()
             if null not in both]
    under = f"null{'s' * (len(both) > 1)} {listed(both)}"
    said = [f"Both indices have p ≤ {alpha:g} under {under}."] if both else []
    if alone:
        said.append(f"Only one index has p ≤ {alpha:g}: {listed(alone)}; alone it decides nothing, "
                    "both must speak.")
    away = [f"the {row.statistic} under null {row.null} (at k = {row.at})"
            for row in spoken.itertuples() if row.at != n_clusters]
    where = (
        f"What stands out most at another k than the chosen {n_clusters}: {listed(away)}." if away
        else f"What speaks stands out most at the chosen k = {n_clusters}."
    )
    return " ".join([*said, where])


def precision(copula_difference: float, limit: Limit | float | None) -> list[str]:
    """How close null B's twins are to the data, and what the ladder could have seen."""
    return [
        f"Twins of null B keep every correlation to within {number(copula_difference, 3)}.",
        f"As for power: {ladder.unseen(limit)}.",
    ]


def truth(patients: Cohort, pair: str) -> list[str]:
    """What is known of simulated patients and of the cohort drawn beside them, scenario ``pair``;
    "" where the patients come from a file."""
    if not pair:
        return ["These patients come from a file, so no cohort stands beside them."]
    known_of = {name: made.replace("_", " ") for name, made in SCENARIOS.items()}
    return [f"The truth is known here. {patients.title}: {known_of[patients.scenario]} The cohort "
            f"beside it: {known_of[pair]}"]


def beyond(bands: pd.DataFrame) -> dict[str, bool]:
    """For every statistic of one k: whether the observed value lies beyond the bands of all nulls.
    """
    return {
        statistic: bool((part["observed"] < part["low"]).all() if statistic == LOWER
                        else (part["observed"] > part["high"]).all())
        for statistic, part in bands.groupby("statistic", sort=False)
    }


def standing_out(bands: pd.DataFrame, n_clusters: int) -> str:
    """Which indices lie beyond all bands at the chosen k, and which do not."""
    out = beyond(bands[bands["k"] == n_clusters])
    there, inside = ([s for s in out if out[s] is truth] for truth in (True, False))
    first = f"At k = {n_clusters}"
    if not there:
        return f"{first} no index lies beyond the bands of every kind of cohort without groups."
    if not inside:
        return f"{first} all indices lie beyond the bands of all cohorts without groups."
    return (
        f"{first} beyond the bands of all cohorts without groups: {listed(there)}; not beyond: "
        f"{listed(inside)}."
    )


def repeatable_beside(bands: Iterable[Mapping]) -> str:
    """The resampled ARI at the chosen k beside what the most repeatable cohorts without groups
    give; "" where none were drawn. ``bands``: the records of that k."""
    rows = [b for b in bands if b["statistic"] == "resampled ARI" and known(b["observed"])]
    if not rows:
        return ""
    most = max(rows, key=lambda b: b["high"])
    seen, low, high = (number(most[key], 3) for key in ("observed", "low", "high"))
    words = f"{low} to {high} of {WITHOUT_GROUPS[most['null']]} (null {most['null']})"
    start = f"resampled like the cohorts without groups, the index is {seen}"
    if most["observed"] > most["high"]:
        return f"{start}, above the {words}, on which the verdict does not rest"
    place = "within" if most["observed"] >= most["low"] else "below"
    return f"{start}, {place} the {words}: repeatability is no sign of groups here"


def highest_without_groups(bands: pd.DataFrame, null: str = "C") -> str:
    """At which k the silhouette is highest, here and in cohorts without groups; "" of one k."""
    drawn = bands[(bands["statistic"] == "silhouette") & (bands["null"] == null)]
    if len(drawn) < 2:
        return ""
    here, there = _highest(bands), int(drawn.loc[drawn["mean"].idxmax(), "k"])
    same = " too, so that is no sign of groups" if here == there else ""
    return (
        f"The mean silhouette is highest at k = {here}; in cohorts of {WITHOUT_GROUPS[null]} "
        f"(null {null}) it is highest at k = {there}{same}."
    )


def told_apart(cohorts: Mapping[str, pd.DataFrame], n_clusters: int) -> list[str]:
    """What rules of thumb say of two cohorts, and what the bands say; by title, the frames."""
    sentences, thumb, beside = [], [], []
    for title, bands in cohorts.items():
        passed = _thresholds(bands, n_clusters)
        out = [s for s, truth in beyond(bands[bands["k"] == n_clusters]).items() if truth]
        sentences.append(
            f"{title}: {sum(passed.values())} of {plural(len(passed), 'usual threshold')} passed"
            + (f" ({listed([words for words, truth in passed.items() if truth])})"
               if any(passed.values()) else "")
            + f"; beyond the bands of all nulls: {listed(out) or 'nothing'}."
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
    one, two = mixtures.iloc[0], mixtures.iloc[1]
    better, lower = two["p"] <= alpha, two["bic"] < one["bic"]
    fit = "fit better" if better else "do not fit better"
    also = "and" if better == lower else "but"
    return (
        f"Two Gaussians {fit} than one (likelihood ratio, bootstrap: "
        f"{p_drawn(two['p'], two['n_draws'])}), {also} BIC prefers {'two' if lower else 'one'}, by "
        f"{number(abs(two['bic_lower_by']), 1)}. Two also fit one skewed hill, so neither is "
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


def valleys(dip: pd.DataFrame) -> list[str]:
    """The dip test and the valley on each axis."""
    return [
        f"Dip on the {row.axis}: {p_drawn(row.p_holm, row.n_draws, _looks(row))}, Holm over two "
        "axes; "
        + (f"density at the valley {number(row.valley_to_peak)} of the lower peak."
           if row.valley_to_peak < 1 else "no valley in the smoothed density.")
        for row in dip.itertuples()
    ]


def deciding(table: pd.DataFrame) -> str:
    """The p values of :func:`evidence` in one sentence."""
    said = [f"{row.evidence.partition(':')[0]} {row.p_in_words}" for row in table.itertuples()]
    return f"What decides: {listed(said)}."


def bare(text: str) -> str:
    """A p value without its letter, for a column headed p."""
    return text.removeprefix("p ").removeprefix("= ")


def _looks(dip: pd.Series) -> int:
    """By how much Holm multiplied a p value."""
    return max(1, round(dip.p_holm / dip.p))


def _thresholds(bands: pd.DataFrame, n_clusters: int) -> dict[str, bool]:
    """In words, and whether each is passed at the chosen k."""
    here = bands[bands["k"] == n_clusters].groupby("statistic")["observed"].first()
    passed = {f"{name} ≥ {least:g}": bool(here[name] >= least) for name, least in LEAST.items()}
    return passed | {f"silhouette highest at k = {n_clusters}": _highest(bands) == n_clusters}


def _highest(bands: pd.DataFrame) -> int:
    """The k of the highest observed silhouette."""
    seen = bands[bands["statistic"] == "silhouette"].groupby("k")["observed"].first()
    return int(seen.idxmax())
