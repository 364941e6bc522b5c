"""Patients as a cloud: a mark each where they are simulated, counts in bins where they are people.

A mark a patient gives back the patient's values to whoever measures the drawing. Of people only
bins are drawn, a mark at the middle of each whose area is the number of patients in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

ALONG = 16  # bins along each axis
FULLEST = 90  # points², the mark of the fullest bin
BINNED = "Marks: counts of patients in bins, by area; none is a patient's own value."


@dataclass(frozen=True, eq=False)
class Bins:
    """Edges along both axes, and the most patients in one bin."""

    x: np.ndarray
    y: np.ndarray
    most: float


def bins(x: Sequence[float], y: Sequence[float]) -> Bins:
    """The bins of a panel, over all its patients."""
    counts, along, up = np.histogram2d(x, y, bins=ALONG)
    return Bins(along, up, counts.max())


def draw(
    ax: Axes, x: Sequence[float], y: Sequence[float], *,
    within: Bins | None = None, size: float, **look,
) -> None:  # fmt: skip
    """Draw a cloud, rasterised.

    Parameters
    ----------
    x, y : places of the patients. size : area of one patient's mark, points².
    within : of :func:`bins`, shared by the clouds of one panel; None draws every patient.
    look : colour, marker, alpha of the marks.
    """
    area = size
    if within is not None:
        counts, *_ = np.histogram2d(x, y, bins=(within.x, within.y))
        i, j = np.nonzero(counts)
        x, y = ((side[:-1] + side[1:]) / 2 for side in (within.x, within.y))
        x, y, area = x[i], y[j], FULLEST * counts[i, j] / within.most
    ax.scatter(x, y, s=area, lw=0, rasterized=True, **look)
