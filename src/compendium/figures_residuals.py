"""Residuals of a model, which show whether a straight line and one spread are the right shape.

Fitted value and residual of a patient add up to the patient's outcome, so people are drawn in bins.
"""

from __future__ import annotations

from statistics import NormalDist

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from compendium import cloud, style

LOOK = {"size": 4, "color": style.INK, "alpha": 0.4}


@matplotlib.rc_context(style.RC)
def residual_checks(
    residuals: pd.DataFrame, *, outcome: str, unit: str = "", synthetic: bool
) -> style.Plate | None:
    """Residuals against fitted values (a) and against normal quantiles (b).

    Parameters
    ----------
    residuals : fitted, residual; one row a patient, in the outcome's unit.
    outcome : the outcome's label with its unit, and unit : that unit alone, for the axes.
    synthetic : whether every patient has a mark; people are counted in bins.

    Returns
    -------
    The figure, or None where there are no residuals.
    """
    if residuals.empty:
        return None
    fig = style.sheet(style.FULL * 0.8, 66)
    left, right = fig.subplots(1, 2)
    words = f"esidual ({unit})" if unit else "esidual"
    fitted, left_over = residuals["fitted"].to_numpy(float), residuals["residual"].to_numpy(float)
    _cloud(left, fitted, left_over, synthetic)
    left.axhline(0, color=style.RULE, lw=0.6, zorder=0)
    left.set_xlabel(f"Fitted {style.wrap(outcome, 34, 2)}")
    left.set_ylabel(f"R{words}")
    style.panel(left, "a", f"Residual against fitted, n = {len(residuals):,}")
    _quantile_panel(right, np.sort(left_over), synthetic)
    right.set_ylabel(f"Ordered r{words}")
    n = len(residuals)
    alt = f"Residuals of {n} patients against fitted values and against normal quantiles."
    note = "" if synthetic else cloud.BINNED
    return style.finish(fig, alt=alt, note=note, synthetic=synthetic)


def _quantile_panel(ax: Axes, ordered: np.ndarray, synthetic: bool) -> None:
    """Ordered residuals against the quantiles a normal law would give them."""
    n = len(ordered)
    quantiles = [NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)]
    _cloud(ax, quantiles, ordered, synthetic)
    q1, q3 = np.quantile(ordered, (0.25, 0.75))
    ax.axline((-0.6745, q1), (0.6745, q3), color=style.RULE, lw=0.6, zorder=0)
    ax.set_xlabel("Standard normal quantile")
    style.panel(ax, "b", "Normal quantiles (line: through the quartiles)")


def _cloud(ax: Axes, x, y, synthetic: bool) -> None:
    cloud.draw(ax, x, y, within=None if synthetic else cloud.bins(x, y), **LOOK)
