"""How every variable is distributed: a histogram each, by block.

Rasterised, so that a vector file does not hold the edges of single patients.
"""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from compendium import layout, style
from compendium.codebook import Column
from compendium.sentences import block_name, listed


@matplotlib.rc_context(style.RC)
def distributions(
    features: pd.DataFrame, codebook_columns: Sequence[Column], *, synthetic: bool
) -> style.Plate | None:
    """A histogram of every column, by block, with unit, n and missing.

    Parameters
    ----------
    features : one column a codebook column, missing values NaN.
    codebook_columns : the columns to draw, in order.

    Returns
    -------
    The figure, or None without columns or patients.
    """
    groups: dict[str, list[Column]] = {}
    for column in codebook_columns:
        groups.setdefault(column.block, []).append(column)
    if features.empty or not groups:
        return None
    across = _columns_across([len(g) for g in groups.values()])
    tall = [-(-len(g) // across) for g in groups.values()]
    row = 21 + 2.6 * max(_title(c).count("\n") + 1 for c in codebook_columns)
    fig = style.sheet(style.FULL, row * sum(tall) + 4 * len(groups))
    grid = fig.subplots(sum(tall), across, squeeze=False)
    for ax in grid.ravel():
        ax.axis("off")
    for top, (block, columns) in zip(np.cumsum([0, *tall]), groups.items(), strict=False):
        for i, column in enumerate(columns):
            ax = grid[top + i // across, i % across]
            _histogram(ax, features[column.name], column, first=i % across == 0)
        deepest = max(_title(c).count("\n") for c in columns[:across])
        grid[top, 0].annotate(
            layout.heading(block), (0, 1), (-16, 12 + 7.5 * deepest), xycoords="axes fraction",
            textcoords="offset points", size=style.SMALL, color=style.MUTED, weight="bold",
        )  # fmt: skip
    alt = f"Histograms of {len(codebook_columns)} variables in {len(features)} patients."
    pooled = list(dict.fromkeys(block_name(c.block) for c in codebook_columns if c.per_device))
    note = f"All scanners pooled, also where they shift the values ({listed(pooled)})."
    return style.finish(fig, alt=alt, note=note if pooled else "", synthetic=synthetic)


def _histogram(ax: Axes, values: pd.Series, column: Column, *, first: bool) -> None:
    x = values.to_numpy(float)
    x = x[~np.isnan(x)]
    ax.axis("on")
    ax.set_title(_title(column), pad=2, size=style.SMALL)
    unit = column.unit or "no unit"
    ax.set_xlabel(f"{unit}\nn = {len(x):,}, missing {len(values) - len(x):,}", size=style.SMALL)
    if len(x) == 0:
        ax.set(xticks=[], yticks=[])
        ax.text(0.5, 0.5, "no values", transform=ax.transAxes, ha="center", size=style.SMALL)
        return
    counts, _, _ = ax.hist(x, bins=_edges(x, column), color="#8c8c8c", rasterized=True, lw=0)
    ax.xaxis.set_major_locator(MaxNLocator(3, min_n_ticks=2))
    ax.set_yticks([0, int(counts.max())])
    if first:
        ax.set_ylabel("Patients", size=style.SMALL)


def _title(column: Column) -> str:
    return style.wrap(column.label, 20, 3)


def _edges(x: np.ndarray, column: Column) -> np.ndarray:
    """Bins centred on grades where there are few, otherwise 16 of equal width."""
    step = 0.5 if column.sides else 1.0
    low, high = x.min(), x.max()
    if column.type in ("integer", "ordinal") and (high - low) / step <= 24:
        return np.arange(low - step / 2, high + step, step)
    return np.histogram_bin_edges(x, bins=16)


def _columns_across(sizes: Sequence[int]) -> int:
    """Of 4, 5 and 6 columns, the number that needs the fewest rows; the fewest columns of these."""
    return min((4, 5, 6), key=lambda a: (sum(-(-s // a) for s in sizes), a))
