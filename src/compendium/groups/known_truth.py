"""What the verdict does where the truth is known: the groups it sees, and how often it errs.

From simulated cohorts with groups and without, of many kinds (``benchmarks/calibration.py`` makes
both tables). The power curves count, for two groups at several distances, on how many cohorts the
verdict was groups: how far apart groups must be to be seen. The table of rules counts on how many
cohorts of each kind the verdict, and the usual rules of thumb, said groups. Both speak for cohorts
of about their own size, at their own level: for others no limit is given rather than a guess. And
:func:`resemblance` asks whether a cohort looks like those kinds on which the verdict errs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from compendium.groups.nulls import course
from compendium.phenotypes.clustering import Clustering
from compendium.statistics import knots_of, spline

OF_THUMB = ("ari", "silhouette", "prediction")  # of thumb, of the table of rules
POWER = 0.8  # share of cohorts on which groups at the detection limit are seen
_ALIKE = 1.25  # ratio up to which a number of patients, or of features, counts as the same
_FLAT, _WITHIN, _KNOTS = 0.25, (0.05, 0.95), 5  # slope at an end, of the steepest; ends; of curves
_NEARLY_ALL = 0.75  # share of the measures
_AT_LIMIT = 0.1  # share of the patients at the lowest or highest value
_OUTER, _FEW = 2, 5  # bins at either end of those with so many patients


@dataclass(frozen=True)
class Limit:
    """How far apart groups must be to be seen with power 0.8, and what that was simulated with.

    ``distance``: between the centres of two groups, in SDs within a group along the line that joins
    them, None where none simulated was far enough; ``farthest``: the largest one simulated;
    ``share`` of the patients in the smaller group; ``n`` patients, ``p`` features, ``draws`` of the
    smooth continuum, level ``alpha``.
    """

    distance: float | None
    farthest: float
    share: float
    n: int
    p: int
    draws: int
    alpha: float


def read_power(path: Path) -> pd.DataFrame:
    """The power curves: share, n, p, draws, alpha, distance (SD between the groups' centres),
    cohorts, found."""
    return pd.read_csv(path)


def detection_limits(curves: pd.DataFrame, n: int, p: int, alpha: float = 0.05) -> list[Limit]:
    """The distance that is seen with a power of 0.8 in n patients and p features, by share of the
    smaller group, the larger share first; none where nothing near was simulated.

    Linear between the distances simulated, on the curve of the nearest n among those of this level
    and within a factor of 1.25 in n and in p.

    >>> curve = {"share": 0.4, "n": 100, "p": 9, "draws": 99, "alpha": 0.05, "distance": [2, 4],
    ...          "cohorts": 50, "found": [0, 50]}
    >>> [limit.distance for limit in detection_limits(pd.DataFrame(curve), 90, 10)]
    [3.6]
    >>> detection_limits(pd.DataFrame(curve), 300, 10)
    []
    """
    same_level = np.isclose(curves["alpha"], alpha)
    near = curves[same_level & _alike(curves["n"], n) & _alike(curves["p"], p)]
    off = np.abs(np.log(near["n"] / n))
    nearest = near[off == off.min()]
    return [_limit(curve.sort_values("distance"))
            for _, curve in sorted(nearest.groupby("share"), reverse=True)]


def _limit(curve: pd.DataFrame) -> Limit:
    # more distance is never less power: what falls is Monte-Carlo error
    share = np.maximum.accumulate(curve["found"].to_numpy() / curve["cohorts"].to_numpy())
    distance = None
    if share[-1] >= POWER:
        distance = float(np.interp(POWER, share, curve["distance"]))
    about = curve.iloc[-1]
    return Limit(
        distance, float(about["distance"]), float(about["share"]), int(about["n"]),
        int(about["p"]), int(about["draws"]), float(about["alpha"]),
    )


def _alike(sizes: pd.Series, size: int) -> pd.Series:
    return np.maximum(sizes / size, size / sizes) <= _ALIKE


def read_rules(path: Path) -> pd.DataFrame:
    """The table: row (kind of cohort), truth (continuum, two ends, category, groups), n, p, draws,
    alpha, cohorts, on how many of them the verdict was groups (rung 2 or 3), kinds (rung 3), groups
    within the category where it is known; and by rule of thumb, on how many of ``rule of`` cohorts
    it said groups."""
    return pd.read_csv(path)


def said_groups(rules: pd.DataFrame) -> pd.DataFrame:
    """The share of the cohorts of each kind of which the verdict (``groups``; ``within`` the
    category) and each of :data:`OF_THUMB` said groups, beside row and truth; ``rules``: of
    :func:`read_rules`."""
    of = {key: rules["cohorts"] for key in ("groups", "within")}
    of |= {key: rules[f"{key} of"] for key in OF_THUMB}
    return rules[["row", "truth"]].assign(**{key: rules[key] / n for key, n in of.items()})


@dataclass(frozen=True)
class Resemblance:
    """What is seen of ``n_features`` measures where the verdict errs most.

    ``levelling``: measures whose curve along severity is flat towards an end; ``steep``: whether
    nearly all are, as in a steep course from floor to ceiling; ``at_limit``: measures of which a
    tenth of the patients share the lowest or the highest value; ``spike``: whether most patients
    crowd at an end of the severity axis.
    """

    n_features: int
    levelling: int
    steep: bool
    at_limit: int
    spike: bool


def resemblance(found: Clustering, spread: pd.DataFrame) -> Resemblance:
    """Whether the patients look like the kinds of cohort on which the verdict errs.

    A curve is a restricted cubic spline (5 knots) of a z-score on the main severity axis, flat
    where its slope at the 5th or the 95th percentile is under a quarter of its steepest. In the
    simulated kinds about nine in ten measures of a steep course level off so, as of saturating and
    of staged ones, on which the verdict errs less; of any other kind about half or fewer.
    ``spread``: of ``groups.examine``; patients crowd at an end where the fullest bin is one of the
    outer two, of those with 5 patients, and lies above its band.
    """
    Z, X = found.Z.to_numpy(float), found.X.to_numpy(float)
    t = course(Z)
    knots = knots_of(t, _KNOTS)
    at = np.linspace(*np.quantile(t, _WITHIN), 41)
    curves = spline(at, knots) @ np.linalg.lstsq(spline(t, knots), Z, rcond=None)[0]
    slopes = np.abs(np.diff(curves, axis=0))
    flat = np.minimum(slopes[0], slopes[-1]) < _FLAT * slopes.max(axis=0)
    limit = [(end == X).mean(axis=0) >= _AT_LIMIT for end in (X.min(axis=0), X.max(axis=0))]
    seen = spread[spread["observed"] >= _FEW].reset_index(drop=True)
    fullest = int(seen["observed"].argmax()) if len(seen) else -1
    outer = not _OUTER <= fullest < len(seen) - _OUTER
    above = bool(len(seen)) and seen["observed"][fullest] > seen["high"][fullest]
    steep, limited = bool(flat.mean() > _NEARLY_ALL), int(np.any(limit, axis=0).sum())
    return Resemblance(Z.shape[1], int(flat.sum()), steep, limited, bool(outer and above))
