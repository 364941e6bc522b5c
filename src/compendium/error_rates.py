"""How often each rule says "groups" where the truth is known, in words.

Simulated cohorts of many kinds, with groups and without, each judged by the ladder and by the usual
rules of thumb (``benchmarks/calibration.py`` makes the table). A rate speaks for cohorts of that
size at that level; it is said with them.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from compendium.sentences import listed, number, percent

# Kinds of cohort in words; others are said as they are.
WORDS = {
    "spiked": "where patients crowd at one end of the axis",
    "shoulder": "where the one hill has a broad shoulder",
    "saturating": "where nearly every feature runs from its floor to its ceiling within the range "
    "of severity",
}
# The kind that is nearest to the simulated patients of the package.
OWN = "shipped continuum"


def read(path: Path) -> pd.DataFrame:
    """The table: row (kind of cohort), truth (continuum, groups, or beyond: continua the ladder is
    known not to cover), n, p, draws, alpha, cohorts, and for each rule on how many it said groups.
    """
    return pd.read_csv(path)


def ladder_errs(rules: pd.DataFrame) -> str:
    """How often the ladder takes a continuum for groups, and for which kinds most."""
    rates = rules.assign(rate=rules["ladder"] / rules["cohorts"])
    covered, beyond = (rates[rates["truth"] == truth] for truth in ("continuum", "beyond"))
    worst = covered.loc[covered["rate"].idxmax()]
    where = [
        f"{percent(row.rate)} {WORDS.get(row.row, f'on the {row.row} one')}"
        for row in beyond.sort_values("rate", ascending=False).itertuples()
    ]
    own = rates[rates["row"] == OWN]
    near = "".join(
        f"; on the package's own continuum {percent(row.rate)}, "
        f"{row.ladder} of {row.cohorts:,}" for row in own.itertuples()
    )
    return (
        f"In simulations without groups ({_size(rules)}, α = {worst['alpha']:g}) the ladder said "
        f"groups in at most {percent(worst['rate'])} of the cohorts of each of {len(covered)} "
        f"kinds of continuum (most often: {worst['row']}, {_interval(worst)} of "
        f"{worst['cohorts']:,}{near})"
        + (f", but in {listed(where)}." if where else ".")
    )


def silhouette_errs(rules: pd.DataFrame) -> str:
    """What the silhouette's rule of thumb says of groups far apart, and of a continuum."""
    rates = rules.assign(rate=rules["silhouette"] / rules["cohorts"])
    apart = rates["row"].str.extract(r"^groups ([\d.]+) SD$")[0].astype(float)
    far, fooled = (
        rates.loc[i] for i in (apart.idxmax(), rates["rate"].where(_without(rates)).idxmax())
    )
    return (
        f"In simulations ({_size(rules.loc[[far.name, fooled.name]])}) {percent(far['rate'])} of "
        f"the cohorts of two groups {apart.max():g} SD apart reached it, and "
        f"{percent(fooled['rate'])} of those of one continuum ({fooled['row']})"
        + (": it does not tell the two apart." if far["rate"] <= fooled["rate"] else ".")
    )


def _interval(row: pd.Series) -> str:
    """Clopper–Pearson 95 % interval of the ladder's rate."""
    from scipy.stats import binomtest

    found = binomtest(int(row["ladder"]), int(row["cohorts"])).proportion_ci()
    return f"95 % CI {number(100 * found.low, 0)} to {percent(found.high)}"


def _without(rules: pd.DataFrame) -> pd.Series:
    return rules["truth"] == "continuum"


def _size(rules: pd.DataFrame) -> str:
    """What the simulations were made of: one number, or the range over the kinds of cohort."""
    n, p = (_range(rules[size]) for size in ("n", "p"))
    return f"{n} patients, {p} features"


def _range(sizes: pd.Series) -> str:
    low, high = sizes.min(), sizes.max()
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
