"""How far apart two groups must be to be seen, at the size of a cohort.

From a power curve: simulated cohorts of two groups at several distances, and on how many of them
the ladder reached the rung of groups (``benchmarks/calibration.py`` makes the file). A curve speaks
for cohorts of about its own size, at its own level; for others nothing is said rather than guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

POWER = 0.8  # share of cohorts on which groups at the detection limit are seen
ALIKE = 1.25  # ratio up to which a number of patients, or of features, counts as the same


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


def read(path: Path) -> pd.DataFrame:
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
    )  # fmt: skip


def _alike(sizes: pd.Series, size: int) -> pd.Series:
    return np.maximum(sizes / size, size / sizes) <= ALIKE
