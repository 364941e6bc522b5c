"""Rows of a figure: labelled lines under block headings, their marks, and text beside them.

Forests, heat maps and grids share these, so that a block, a row without an estimate or a column of
numbers looks the same in every figure. Sizes and colours are those of ``style``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from compendium.report.figures.style import MUTED, SMALL_PT, readable, wrap


def rows(ax: Axes, labels: Sequence[str], blocks: Sequence[str]) -> np.ndarray:
    """Positions of labelled rows, top to bottom, each block under its own heading.

    Rows must be sorted by block. The axis is set up for them: labels left, headings in capitals.
    """
    y, ticks, texts, heads, at, last = [], [], [], [], -1.0, None
    for label, block in zip(labels, blocks, strict=True):
        if block != last and block:
            at += 1.25 if last is not None else 1
            ticks, texts = [*ticks, at], [*texts, heading(block)]
            heads.append(len(ticks) - 1)
        at, last = at + 1, block
        y.append(at)
        ticks, texts = [*ticks, at], [*texts, wrap(label, 46, 1)]
    ax.set_yticks(ticks, texts)
    ax.set_ylim(at + 0.7, min(ticks) - 0.7)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    for i in heads:
        ax.get_yticklabels()[i].set(weight="bold", color=MUTED)
    return np.array(y)


def draw_intervals(
    ax: Axes, values: pd.DataFrame, y: Sequence[float], *, colour: str, marker: str,
    hollow: bool = False,
) -> None:
    """Estimates with intervals, one a row: columns estimate, low, high; NaN draws nothing."""
    estimate, low, high = values.to_numpy(float).T
    y = np.asarray(y, dtype=float)
    known = ~np.isnan(estimate)
    ax.hlines(y[known], low[known], high[known], color=colour, lw=0.9)
    ax.plot(estimate[known], y[known], ls="", marker=marker, ms=3.6, mec=colour, mew=0.8,
            mfc="white" if hollow else colour)


def zero(ax: Axes, estimates: Sequence[float]) -> None:
    """A zero line, always within the axis; where no estimate is known, an axis of zero alone."""
    ax.axvline(0, color=MUTED, lw=0.6, zorder=0)
    ax.margins(x=0.06)
    if np.isnan(np.asarray(estimates, dtype=float)).all():
        ax.set_xlim(-1, 1)
        ax.set_xticks([0])


def not_estimable(ax: Axes, y: Sequence[float], of: Sequence[str] | None = None) -> None:
    """Say in words that rows hold no estimate, and of what where only part of it is lacking."""
    for at, what in zip(y, of or [""] * len(y), strict=True):
        text = f"not estimable: {what}" if what else "not estimable"
        ax.annotate(text, (0.02, at), xycoords=("axes fraction", "data"), va="center",
                    size=SMALL_PT, color=MUTED)


def say_missing(ax: Axes, frame: pd.DataFrame, y: dict, by: str, value: str) -> None:
    """One "not estimable" a row of ``y`` (feature to position) where any of ``by`` has no value."""
    lost = frame[frame[value].isna()].groupby("feature", sort=False)[by].agg(list)
    everyone = frame[by].nunique()
    words = ["" if len(who) == everyone else ", ".join(who) for who in lost]
    not_estimable(ax, [y[feature] for feature in lost.index], words)


def heading(block: str) -> str:
    """A block as a heading: capitals, so that abbreviations and words look alike."""
    name, _, rest = str(block).replace("_", " ").partition(" · ")
    return f"{name.upper()} · {rest}" if rest else name.upper()


def in_blocks(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with blocks together, blocks in order of first appearance."""
    place = {block: i for i, block in enumerate(dict.fromkeys(frame["block"]))}
    return frame.sort_values("block", kind="stable", key=lambda b: b.map(place))


def height_of(blocks: Sequence[str], pitch: float) -> float:
    """Height in millimetres of ``rows`` over these blocks."""
    return pitch * (len(blocks) + 1.25 * len({b for b in blocks if b}) + 0.4)


def legend(ax: Axes, entries: Sequence[tuple[str, str, str]], *, room: float) -> float:
    """Direct labels above a panel of ``room`` mm: (text, colour, marker), each in its own colour.

    Returns the height taken, in points, for ``panel(above=…)``.
    """
    widest = max(len(text) for text, _, _ in entries) * 1.25 + 6
    columns = max(1, min(len(entries), int(room / widest)))
    handles = [
        Line2D([], [], ls="", marker=m, color=c, ms=3.5, label=t) for t, c, m in entries
    ]
    legend = ax.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=columns,
        frameon=False, handletextpad=0.1, columnspacing=1, borderaxespad=0.1, borderpad=0.1,
        handlelength=1.2,
    )
    for text, (_, colour, _) in zip(legend.get_texts(), entries, strict=True):
        text.set_color(readable(colour))
    return 9.0 * -(-len(entries) // columns)


def text_column(ax: Axes, x: float, y: Sequence[float], texts: Sequence[str], head: str) -> None:
    """A column of text beside the rows, ``x`` points right of the axes, under a heading."""
    place = {"xytext": (x, 0), "textcoords": "offset points", "va": "center", "size": SMALL_PT}
    for at, text in zip(y, texts, strict=True):
        ax.annotate(text, (1, at), xycoords=("axes fraction", "data"), **place)
    top = ax.get_ylim()[1]
    place |= {"xytext": (x, 1), "va": "bottom"}
    ax.annotate(head, (1, top), xycoords=("axes fraction", "data"), color=MUTED, **place)


def spread(y: Sequence[float], gap: float) -> np.ndarray:
    """Positions as near to ``y`` as an equal push apart allows, at least ``gap`` apart.

    >>> spread([0, 0.1, 5], 1).tolist()
    [-0.45, 0.55, 5.0]
    """
    order = np.argsort(y, kind="stable")
    groups = [[float(y[i]), 1] for i in order]  # centre, members
    i = 0
    while i + 1 < len(groups):
        (a, n), (b, m) = groups[i], groups[i + 1]
        if b - a >= gap * (n + m) / 2 - 1e-9:
            i += 1
            continue
        groups[i : i + 2] = [[(a * n + b * m) / (n + m), n + m]]
        i = max(i - 1, 0)
    placed = np.concatenate([c + gap * (np.arange(n) - (n - 1) / 2) for c, n in groups])
    result = np.empty(len(order))
    result[order] = placed
    return result


# Patients as a cloud: a mark each where they are simulated, counts in bins where they are people.
#
# A mark a patient gives back the patient's values to whoever measures the drawing. Of people only
# bins are drawn, a mark at the middle of each whose area is the number of patients in it.

ALONG = 16  # bins along each axis
FULLEST = 90  # points², the mark of the fullest bin
BINNED = "Marks: counts of patients in bins, by area; none is a patient's own value."


@dataclass(frozen=True, eq=False)
class Cells:
    """Edges along both axes, and the most patients in one bin."""

    x: np.ndarray
    y: np.ndarray
    most: float


def cells(x: Sequence[float], y: Sequence[float]) -> Cells:
    """The bins of a panel, over all its patients."""
    counts, along, up = np.histogram2d(x, y, bins=ALONG)
    return Cells(along, up, counts.max())


def cloud(
    ax: Axes, x: Sequence[float], y: Sequence[float], *,
    within: Cells | None = None, size: float, **look,
) -> None:
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
