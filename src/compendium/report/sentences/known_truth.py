"""What simulated cohorts of known truth say of the verdict: what it misses, and how often it errs.

Rules: the table of ``groups.read_rules``, a row a kind of cohort.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from compendium.groups.known_truth import POWER
from compendium.words import known, listed, number, percent

_TRUTHS = {  # kinds of simulated cohort, in the order of the table
    "continuum": "a continuum",
    "two ends": "one severity, patients piled up at both ends",
    "category": "one severity, and a category nobody recorded",
    "groups": "groups",
}


def unseen(limits: Sequence[Mapping]) -> str:
    """How far apart two groups must be to be seen.

    >>> unseen([])
    'How far apart groups must be to be seen is not known for a cohort of this size.'
    """
    if not limits:
        return "How far apart groups must be to be seen is not known for a cohort of this size."
    said = [
        f"{number(limit['distance'], 1)} SD apart if the smaller holds {percent(limit['share'])}"
        if known(limit["distance"]) else
        f"more than {limit['farthest']:g} SD apart if it holds {percent(limit['share'])}"
        for limit in limits
    ]
    about = limits[0]
    return (
        f"To be seen in {percent(POWER)} of cohorts, two groups must lie {listed(said)} "
        f"(simulated: {about['n']:,} patients, {about['p']} features)."
    )


def errs(rules: pd.DataFrame) -> list[str]:
    """How often the verdict is wrong, beside the most used rule of thumb."""
    rates = _rates(rules)
    continua, piles, shifted = (
        rates[rates["truth"] == truth] for truth in ("continuum", "two ends", "category"))
    worst, piled, shift = (
        part.loc[part["groups"].idxmax()] for part in (continua, piles, shifted))
    ari = continua.dropna(subset="ari")
    return [
        f"In simulated cohorts of {len(continua)} kinds of continuum the verdict was groups in "
        f"{percent(continua['groups'].mean(), 1)}, at most in {percent(worst['groups'])} "
        f"({worst['row']}); each was set beside {rules['draws'].iloc[0]} cohorts of a smooth one.",
        f"The rule ARI ≥ 0.8 said groups in {percent(ari['ari'].mean())} of such cohorts.",
        f"Where patients pile up at both ends of one severity, it was groups in "
        f"{percent(piles['groups'].mean(), 1)}, at most in {percent(piled['groups'])} "
        f"({piled['row']}; 3 of 3 in {percent(piled['kinds'])}).",
        f"Where a category that nobody recorded shifts some measures, it was groups in at most "
        f"{percent(shift['groups'])} ({shift['row']}).",
    ]


def errors_table(rules: pd.DataFrame) -> pd.DataFrame:
    """By what the simulated cohorts are: number of kinds, cohorts, and in per cent how often the
    verdict is groups and kinds, and silhouette ≥ 0.25 and ARI ≥ 0.8 say groups."""
    rates = _rates(rules)
    rows = []
    for truth, words in _TRUTHS.items():
        part = rates[rates["truth"] == truth]
        of = [part["groups"], part["kinds"], part["silhouette"], part["ari"]]
        rows.append((words, len(part), int(part["cohorts"].sum()),
                     *(_range(share.dropna()) for share in of)))
    names = ["truly", "kinds of cohort", "cohorts", "verdict 2 or 3", "verdict 3",
             "silhouette ≥ 0.25", "ARI ≥ 0.8"]
    return pd.DataFrame(rows, columns=names)


def _range(share: pd.Series) -> str:
    """The mean of shares in per cent, and the range over the kinds of cohort."""
    if share.empty:
        return "–"
    return (f"{number(100 * share.mean(), 0)} ({number(100 * share.min(), 0)} to "
            f"{number(100 * share.max(), 0)})")


def silhouette_errs(rules: pd.DataFrame) -> str:
    """What the silhouette's rule of thumb says of groups far apart, and of a continuum."""
    rates = _rates(rules).dropna(subset="silhouette")
    apart = rates["row"].str.extract(r"^groups ([\d.]+) SD$")[0].astype(float)
    continua = rates[rates["truth"] == "continuum"]
    far, fooled = rates.loc[apart.idxmax()], continua.loc[continua["silhouette"].idxmax()]
    return (
        f"In simulations {percent(far['silhouette'])} of the cohorts of two groups "
        f"{apart.max():g} SD apart reached it, and {percent(fooled['silhouette'])} of those of one "
        f"continuum ({fooled['row']})"
        + (": it does not tell the two apart." if far["silhouette"] <= fooled["silhouette"]
           else ".")
    )


def _rates(rules: pd.DataFrame) -> pd.DataFrame:
    """The table of rules with shares of cohorts in place of counts."""
    rates = rules.assign(**{key: rules[key] / rules["cohorts"] for key in ("groups", "kinds")})
    return rates.assign(**{key: rules[key] / rules[f"{key} of"] for key in ("silhouette", "ari")})
