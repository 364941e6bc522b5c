"""What the ladder does where the truth is known: the groups it sees, and how often it errs.

From simulated cohorts with groups and without, of many kinds (``benchmarks/calibration.py`` makes
both tables). The power curve counts, for two groups at several distances, on how many cohorts the
ladder reached the rung of groups: how far apart groups must be to be seen. The table of rules
counts on how many cohorts of each kind the ladder, and the usual rules of thumb, said groups. Both
speak for cohorts of about their own size, at their own level: for others no limit is given rather
than a guess, and a rate is said with its size.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from compendium.words import listed, number, percent

POWER = 0.8  # share of cohorts on which groups at the detection limit are seen
_ALIKE = 1.25  # ratio up to which a number of patients, or of features, counts as the same
_OWN = "shipped continuum"  # the kind of cohort nearest to the simulated patients of the package
# Kinds of cohort in words; others are said as they are.
_WORDS = {
    "spiked": "where patients crowd at one end of the axis",
    "shoulder": "where the one hill has a broad shoulder",
    "saturating": "where nearly every feature runs from its floor to its ceiling within the range "
    "of severity",
}


@dataclass(frozen=True)
class Limit:
    """How far apart groups must be to be seen with power 0.8, and what that was simulated with.

    ``distance``: between the centres of two groups, in SDs within a group along the line that joins
    them; ``n`` patients, ``p`` features, ``draws`` of each null, level ``alpha``.
    """

    distance: float
    n: int
    p: int
    draws: int
    alpha: float


def read_power(path: Path) -> pd.DataFrame:
    """The power curves: n, p, draws, alpha, distance (SD between the groups' centres), cohorts,
    found."""
    return pd.read_csv(path)


def detection_limit(curves: pd.DataFrame, n: int, p: int, alpha: float = 0.05) -> Limit | None:
    """The distance that is seen with a power of 0.8 in n patients and p features, or None.

    Linear between the distances simulated, on the curve of the nearest n among those of this level
    and within a factor of 1.25 in n and in p. None where no curve is that near or none reaches the
    power.

    >>> curve = {"n": 100, "p": 9, "draws": 99, "alpha": 0.05, "distance": [2, 4], "cohorts": 50,
    ...          "found": [0, 50]}
    >>> detection_limit(pd.DataFrame(curve), 90, 10)
    Limit(distance=3.6, n=100, p=9, draws=99, alpha=0.05)
    >>> detection_limit(pd.DataFrame(curve), 300, 10) is None
    True
    """
    same_level = np.isclose(curves["alpha"], alpha)
    near = curves[same_level & _alike(curves["n"], n) & _alike(curves["p"], p)]
    if near.empty:
        return None
    nearest = near["n"].iloc[int(np.abs(np.log(near["n"].to_numpy() / n)).argmin())]
    curve = near[near["n"] == nearest].sort_values("distance")
    # more distance is never less power: what falls is Monte-Carlo error
    share = np.maximum.accumulate(curve["found"].to_numpy() / curve["cohorts"].to_numpy())
    if share[-1] < POWER or share[0] >= POWER:
        return None
    about = curve.iloc[0]
    return Limit(
        float(np.interp(POWER, share, curve["distance"])), int(about["n"]), int(about["p"]),
        int(about["draws"]), float(about["alpha"]),
    )


def _alike(sizes: pd.Series, size: int) -> pd.Series:
    return np.maximum(sizes / size, size / sizes) <= _ALIKE


def read_rules(path: Path) -> pd.DataFrame:
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
        f"{percent(row.rate)} {_WORDS.get(row.row, f'on the {row.row} one')}"
        for row in beyond.sort_values("rate", ascending=False).itertuples()
    ]
    own = rates[rates["row"] == _OWN]
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
    continua = rates[rates["truth"] == "continuum"]
    far, fooled = rates.loc[apart.idxmax()], continua.loc[continua["rate"].idxmax()]
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


def _size(rules: pd.DataFrame) -> str:
    """What the simulations were made of: one number, or the range over the kinds of cohort."""
    n, p = (_range(rules[size]) for size in ("n", "p"))
    return f"{n} patients, {p} features"


def _range(sizes: pd.Series) -> str:
    low, high = sizes.min(), sizes.max()
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
