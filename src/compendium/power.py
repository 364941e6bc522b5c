"""How far apart two groups must be to be seen, at the size of a cohort.

From a power curve: simulated cohorts of two groups at several distances, and on how many of them
the ladder reached the rung of groups (``benchmarks/calibration.py`` makes the file). A curve speaks
for cohorts of about its own size; for others nothing is said rather than guessed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

POWER = 0.8  # share of cohorts on which groups at the detection limit are seen
ALIKE = 1.25  # ratio up to which a number of patients, or of features, counts as the same


def read(path: Path) -> pd.DataFrame:
    """The power curves: n, p, distance (SD between the groups' centres), cohorts, found."""
    return pd.read_csv(path)


def detection_limit(curves: pd.DataFrame, n: int, p: int) -> float | None:
    """Distance in SDs that is seen with a power of 0.8 in n patients and p features, or None.

    Linear between the distances simulated, on the curve of the nearest n among those within a
    factor of 1.25 in n and in p. None where no curve is that near or none reaches the power.

    >>> curve = {"n": 100, "p": 9, "distance": [2, 4], "cohorts": 50, "found": [0, 50]}
    >>> round(detection_limit(pd.DataFrame(curve), 90, 10), 2), detection_limit(
    ...     pd.DataFrame(curve), 300, 10)
    (3.6, None)
    """
    near = curves[_alike(curves["n"], n) & _alike(curves["p"], p)]
    if near.empty:
        return None
    nearest = near["n"].iloc[int(np.abs(np.log(near["n"].to_numpy() / n)).argmin())]
    curve = near[near["n"] == nearest].sort_values("distance")
    # more distance is never less power: what falls is Monte-Carlo error
    share = np.maximum.accumulate(curve["found"].to_numpy() / curve["cohorts"].to_numpy())
    if share[-1] < POWER or share[0] >= POWER:
        return None
    return float(np.interp(POWER, share, curve["distance"]))


def _alike(sizes: pd.Series, size: int) -> pd.Series:
    return np.maximum(sizes / size, size / sizes) <= ALIKE
