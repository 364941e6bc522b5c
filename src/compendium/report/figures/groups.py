"""Figures of the question "groups, or one severity continuum cut in two?".

An index of stability or separation says nothing alone, so it is never drawn alone: beside it stand
the 95 % bands of cohorts without groups. So do the patients along the main severity axis, as counts
in bins, never as marks of single patients. The verdict is written over the drawing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from compendium.headcounts import headcount
from compendium.report.figures import layout, style
from compendium.words import listed

# Statistic -> its name, whether higher values say more, and of what. None has a unit.
_STATISTICS = {
    "silhouette": ("Mean silhouette", True, "clustered"),
    "cluster index": ("Cluster index, share of variance within", False, "clustered"),
    "resampled ARI": ("Resampled adjusted Rand index", True, "repeatable"),
    "smallest Jaccard": ("Jaccard, least recovered cluster", True, "repeatable"),
    "prediction strength": ("Prediction strength", True, "repeatable"),
}
_SPAN = 0.5  # of the distance between two k, what the band of one k takes
_NOTE = (
    "Bands: 95 % of {draws} simulated cohorts of a smooth continuum, each k alone; line in them: "
    "their mean. The verdict does not rest on these bands. Shaded: chosen k."
)
_FEW = 5  # patients below which a bin is not told from an empty one
_ROW, _HEAD = 42.0, 20.0  # mm a statistic, and over a cohort for title and verdict
_AXIS = 66  # mm, a panel of patients along an axis


@style.figure
def beside_nulls(bands: pd.DataFrame, *, n_clusters: int) -> style.Plate | None:
    """Every index, k by k, beside what a smooth continuum gives.

    A filled dot lies beyond its band, in the direction of more clustered; a hollow one does not.

    Parameters
    ----------
    bands : k, statistic, observed, mean, low, high (95 % of the draws), n_draws, as
        ``groups.null_bands`` gives it.
    n_clusters : the chosen k, shaded.
    """
    statistics = [s for s in _STATISTICS if (bands["statistic"] == s).any()]
    rows = -(-len(statistics) // 2)
    fig = style.sheet(style.FULL, _ROW * rows + 14)
    panels = fig.subplots(rows, 2, squeeze=False).ravel()
    for ax, letter, statistic in zip(panels, "abcde", statistics, strict=False):
        name, higher, trait = _STATISTICS[statistic]
        _k_axis(ax, sorted(set(bands["k"])), n_clusters)
        _bands(ax, bands[bands["statistic"] == statistic], higher)
        style.panel(ax, letter, f"{name} ({'higher' if higher else 'lower'} = more {trait})",
                    above=7)
    for ax in panels[len(statistics):]:
        ax.axis("off")
    for ax in panels[:len(statistics)][-2:]:
        ax.set_xlabel("Number of clusters k")
    _key(fig)
    alt = (f"Values of {len(statistics)} {'index' if len(statistics) == 1 else 'indices'} for k = "
           f"{bands['k'].min()} to {bands['k'].max()} beside the 95 % bands of a smooth continuum.")
    return style.finish(fig, alt=alt, note=_NOTE.format(draws=f"{bands['n_draws'].iloc[0]:,}"))


@style.figure
def along_axis(
    cohorts: Sequence[tuple[str, str, pd.DataFrame]], *, ordered: bool = True
) -> style.Plate | None:
    """Patients along the main severity axis, over the band of a smooth continuum.

    A bar that lies wholly above or below the band is dark. Bins of fewer than five patients are
    drawn alike.

    Parameters
    ----------
    cohorts : one or two: title, verdict in a sentence, and frame, a row a bin: left, right,
        observed, low, high, as ``groups.examine`` gives it. An empty one is left out.
    ordered : whether the axis is turned towards more severe patients.
    """
    cohorts = [cohort for cohort in cohorts if len(cohort[2])]
    if not cohorts:
        return None
    fig = style.sheet(style.FULL, _HEAD + _AXIS)
    grid = fig.subplots(2, len(cohorts), squeeze=False, sharey="row",
                        height_ratios=[_HEAD, _AXIS])
    for ax in grid[0]:
        ax.axis("off")
    outside = []
    for (title, verdict, spread), head, ax in zip(cohorts, *grid, strict=True):
        _heading(head, title, verdict, 120 // len(cohorts))
        outside.append(_bars(ax, spread))
        direction = ", more severe →" if ordered else ""
        ax.set_xlabel(f"Position on the main severity axis (SD{direction})")
    grid[1][0].set_ylabel("Patients")
    handles = [
        Patch(fc=style.CONTINUUM, ec="none", label="95 % of cohorts of a smooth continuum"),
        Patch(fc=style.INK, ec="none", label="patients, outside the band"),
        Patch(fc=style.WITHIN, ec="none", label="patients, inside it"),
        Patch(fc="white", ec=style.MUTED, ls=":", label="0 to 4 patients"),
    ]
    layout.key(fig, handles, columns=4)
    alt = "; ".join(f"{title}: {n} of {len(spread)} bars lie outside the band of a smooth "
                    "continuum" for (title, _, spread), n in zip(cohorts, outside, strict=True))
    counts = listed([f"{headcount(int(spread['observed'].sum())):,}" for *_, spread in cohorts])
    note = (f"n = {counts}. In bins, one in twenty bars lies outside its band by chance; what "
            "decides is the verdict, not the number of bars.")
    return style.finish(fig, alt=f"{alt}.", note=note)


def _heading(ax: Axes, title: str, verdict: str, width: int) -> None:
    place = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "top"}
    ax.annotate(title, (0, 1), (0, 0), weight="bold", size=style.BODY, in_layout=False, **place)
    ax.annotate(style.wrap(verdict, width, 4), (0, 1), (0, -11), size=style.SMALL_PT,
                linespacing=1.2, in_layout=False, **place)


def _k_axis(ax: Axes, ks: Sequence[int], n_clusters: int) -> None:
    ax.set_xticks(ks)
    ax.set_xlim(ks[0] - 0.5, ks[-1] + 0.5)
    ax.axvspan(n_clusters - 0.46, n_clusters + 0.46, color="#f3efe2", lw=0, zorder=-2)
    ax.margins(y=0.1)
    ax.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))


def _bands(ax: Axes, part: pd.DataFrame, higher: bool) -> None:
    """The band of every k, and the observed value over it."""
    for row in part.itertuples():
        ends = [row.k - _SPAN / 2, row.k + _SPAN / 2]
        ax.fill_between(ends, row.low, row.high, fc=style.CONTINUUM, ec=style.MUTED, lw=0.4)
        ax.hlines(row.mean, *ends, color=style.MUTED, lw=0.7)
    found = part.set_index("k")
    beyond = found["observed"] > found["high"] if higher else found["observed"] < found["low"]
    _observed(ax, found["observed"], beyond)


def _observed(ax: Axes, seen: pd.Series, beyond: pd.Series) -> None:
    """A dot a k, filled where it is beyond its band, on a line that runs across it."""
    k = seen.index.to_numpy(float)
    ax.plot(k, seen, color=style.INK, lw=0.6, alpha=0.6, zorder=3)
    ax.hlines(seen, k - _SPAN / 2, k + _SPAN / 2, color=style.INK, lw=0.9, zorder=4)
    for where, fill in ((beyond, style.INK), (~beyond, "white")):
        ax.plot(k[where], seen[where], ls="", marker="o", ms=4.5, mfc=fill, mec=style.INK,
                mew=0.9, zorder=5)


def _key(fig: style.Plate) -> None:
    """What the fills and the dots mean, once, across the top."""
    handles = [Patch(fc=style.CONTINUUM, ec=style.MUTED, lw=0.4, label="smooth continuum"), *(
        Line2D([], [], color=style.INK, lw=0.9, marker="o", ms=4.5, mfc=fill, label=text)
        for fill, text in ((style.INK, "observed, beyond the band: more clustered or repeatable"),
                           ("white", "observed, not beyond the band"))
    )]
    layout.key(fig, handles, columns=3)


def _bars(ax: Axes, spread: pd.DataFrame) -> int:
    """The patients of one cohort over their band; returns how many bars lie outside it."""
    x, right, seen, low, high = spread.to_numpy(float).T
    width, edges = right - x, np.append(x, right[-1:])
    band = [np.append(ends, ends[-1]) for ends in (low, high)]
    ax.fill_between(edges, *band, step="post", color=style.CONTINUUM, lw=0, zorder=1)
    few = seen < _FEW
    out = ((seen > high) | (seen < low)) & ~(few & (low < _FEW))
    at, height = x + 0.09 * width, np.where(few, _FEW - 1, seen)
    for which, look in ((~few & out, {"color": style.INK}), (~few & ~out, {"color": style.WITHIN}),
                        (few, {"fc": "white", "ec": style.MUTED, "ls": ":", "lw": 0.6})):
        ax.bar(at[which], height[which], 0.82 * width[which], align="edge", zorder=2, alpha=0.92,
               **look)
    ax.margins(x=0.01)
    return int(out.sum())
