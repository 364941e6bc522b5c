"""Patients as a cloud: a mark each where they are simulated, counts in bins where they are people.

A mark a patient gives back the patient's values to whoever measures the drawing. Of people only
bins are drawn, a mark at the middle of each whose area is the number of patients in it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

BINS = 16  # along each axis
BINNED = "Marks: bins, area by the number of patients; no single patient is drawn."


def edges(x: Sequence[float], y: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Edges of the bins along both axes, over all patients."""
    return np.histogram_bin_edges(x, BINS), np.histogram_bin_edges(y, BINS)


def draw(
    ax: Axes, x: Sequence[float], y: Sequence[float], *,
    bins: tuple[np.ndarray, np.ndarray] | None = None, size: float, **look,
) -> None:  # fmt: skip
    """Draw a cloud, rasterised.

    Parameters
    ----------
    x, y : places of the patients. size : area of one patient's mark, points².
    bins : of :func:`edges`, shared by the clouds of one panel; None draws every patient.
    look : colour, marker, alpha of the marks.
    """
    area = size
    if bins is not None:
        counts, *_ = np.histogram2d(x, y, bins=bins)
        i, j = np.nonzero(counts)
        x, y = ((side[:-1] + side[1:]) / 2 for side in bins)
        x, y, area = x[i], y[j], size * counts[i, j]
    ax.scatter(x, y, s=area, lw=0, rasterized=True, **look)
