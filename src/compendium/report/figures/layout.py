"""Rows of a figure: labelled lines under block headings, their marks, and text beside them.

Forests, heat maps and grids share these, so that a block, a row without an estimate or a column of
numbers looks the same in every figure. Sizes and colours are those of ``style``.

Patients are a cloud of bins, a mark at the middle of each whose area is the number of patients in
it. A mark a patient would give back the patient's values to whoever measures the drawing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from compendium.headcounts import Bound, fewest, n_text
from compendium.report.figures.style import MUTED, SMALL_PT, Plate, readable, wrap
from compendium.words import known, number

BINNED = "Marks: counts of patients in bins, by area, small ones alike; none is a patient's value."
FULLEST = 90  # points², the mark of the fullest bin
_ALONG = 16  # bins along each axis
_TAIL = 0.05  # share of the values beyond the middle at each end
_DIRECTION = {"low": "lower is worse", "high": "higher is worse", "none": "no direction"}


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
    there = ~np.isnan(estimate)
    ax.hlines(y[there], low[there], high[there], color=colour, lw=0.9)
    ax.plot(estimate[there], y[there], ls="", marker=marker, ms=3.6, mec=colour, mew=0.8,
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
        in_row(ax, at, f"not estimable: {what}" if what else "not estimable")


def say_missing(ax: Axes, frame: pd.DataFrame, y: dict, by: str, value: str) -> None:
    """One "not estimable" a row of ``y`` (feature to position) where any of ``by`` has no value."""
    lost = frame[frame[value].isna()].groupby("feature", sort=False)[by].agg(list)
    everyone = frame[by].nunique()
    words = ["" if len(who) == everyone else ", ".join(who) for who in lost]
    not_estimable(ax, [y[feature] for feature in lost.index], words)


def in_row(ax: Axes, y: float, text: str) -> None:
    """Words in a row that has no mark."""
    ax.annotate(text, (0.02, y), xycoords=("axes fraction", "data"), va="center", size=SMALL_PT,
                color=MUTED)


def next_to(ax: Axes, y: float, text: str, x: float = 3, **look) -> None:
    """Words ``x`` points right of the axes, at the height ``y``."""
    ax.annotate(text, (1, y), xycoords=("axes fraction", "data"), xytext=(x, 0), va="center",
                textcoords="offset points", size=SMALL_PT, **look)


def heading(block: str) -> str:
    """A block as a heading: capitals, so that abbreviations and words look alike."""
    name, _, rest = str(block).replace("_", " ").partition(" · ")
    return f"{name.upper()} · {rest}" if rest else name.upper()


def directed(features: pd.DataFrame) -> list[str]:
    """Block of every row, with the direction of worsening where the whole block shares it."""
    shared = features.groupby("block", sort=False)["worse"].agg(
        lambda w: _DIRECTION.get(w.iloc[0], "") if w.nunique() == 1 else "mixed directions"
    )
    return [f"{b} · {shared[b]}" if b and shared[b] else b for b in features["block"]]


def in_blocks(frame: pd.DataFrame, like: pd.Series | None = None) -> pd.DataFrame:
    """The rows with blocks together, blocks in order of first appearance (in ``like``)."""
    order = dict.fromkeys(frame["block"] if like is None else like)
    place = {block: i for i, block in enumerate(order)}
    return frame.sort_values("block", kind="stable", key=lambda b: b.map(place))


def height_of(blocks: Sequence[str], pitch: float) -> float:
    """Height in millimetres of ``rows`` over these blocks."""
    return pitch * (len(blocks) + 1.25 * len({b for b in blocks if b}) + 0.4)


def key(fig: Plate, handles: Sequence, columns: int) -> None:
    """A key of the whole figure, once, across the top."""
    fig.legend(handles=handles, loc="outside upper left", ncols=columns, frameon=False,
               handlelength=2, columnspacing=2, handletextpad=0.6)


def legend(ax: Axes, entries: Sequence[tuple[str, str, str]], *, room: float) -> float:
    """Direct labels above a panel of ``room`` mm: (text, colour, marker), each in its own colour.

    Returns the height taken, in points, for ``panel(above=…)``.
    """
    widest = max(len(text) for text, _, _ in entries) * 1.25 + 6
    columns = max(1, min(len(entries), int(room / widest)))
    handles = [Line2D([], [], ls="", marker=m, color=c, ms=3.5, label=t) for t, c, m in entries]
    legend = ax.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=columns,
        frameon=False, handletextpad=0.1, columnspacing=1, borderaxespad=0.1, borderpad=0.1,
        handlelength=1.2, labelspacing=0.3,
    )
    for text, (_, colour, _) in zip(legend.get_texts(), entries, strict=True):
        text.set_color(readable(colour))
    return 2 + 10.0 * -(-len(entries) // columns)


def text_column(ax: Axes, x: float, y: Sequence[float], texts: Iterable[str], head: str) -> None:
    """A column of text beside the rows, ``x`` points right of the axes, under a heading."""
    for at, text in zip(y, texts, strict=True):
        next_to(ax, at, text, x)
    ax.annotate(head, (1, ax.get_ylim()[1]), xycoords=("axes fraction", "data"), xytext=(x, 1),
                textcoords="offset points", va="bottom", size=SMALL_PT, color=MUTED)


def count(n: float) -> str:
    """A number of patients; "–" where there is none.

    >>> count(1234.0), count(float("nan"))
    ('1,234', '–')
    """
    return "–" if pd.isna(n) else f"{n if isinstance(n, Bound) else int(n):,}"


def n_of(counts: pd.Series) -> str:
    """The numbers of patients of several rows: "n = 60", or "n = 50 to 60"."""
    low, high = counts.min(), counts.max()
    return n_text(high) if low == high else f"{n_text(low)} to {count(high)}"


def with_interval(value: float, low: float, high: float, digits: int = 2) -> str:
    """A value with its interval; "–" where there is no value.

    >>> with_interval(-0.4, -0.6, -0.2), with_interval(1, float("nan"), float("nan"), 0)
    ('−0.40 (−0.60 to −0.20)', '1 (no interval)')
    """
    if not known(value):
        return "–"
    ends = f"{number(low, digits)} to {number(high, digits)}" if known(low, high) else "no interval"
    return f"{number(value, digits)} ({ends})"


def in_words(frame: pd.DataFrame, value: str, low: str = "low", high: str = "high") -> list[str]:
    """Value and interval of every row in words."""
    return [with_interval(*row) for row in frame[[value, low, high]].itertuples(index=False)]


def cloud(ax: Axes, points: np.ndarray, everyone: np.ndarray, **look) -> None:
    """Draw a cloud in bins, rasterised.

    Parameters
    ----------
    points : places of the patients (n × 2). everyone : the places of all patients of the panel,
        whose bins its clouds share.
    look : colour, marker, alpha of the marks.
    """
    edges = [round_edges(side, _ALONG) for side in everyone.T]
    fullest, *_ = np.histogram2d(*everyone.T, bins=edges)
    counts, *_ = np.histogram2d(*points.T, bins=edges)
    i, j = np.nonzero(counts)
    x, y = ((side[:-1] + side[1:]) / 2 for side in edges)
    area = FULLEST * np.maximum(counts[i, j], fewest() - 1) / max(fullest.max(), fewest())
    ax.scatter(x[i], y[j], s=area, lw=0, rasterized=True, **look)


def middle_edges(values: np.ndarray, most: int, further: int) -> np.ndarray:
    """Round edges of at most about so many bins of the middle of the values, from the 5 to the 95 %
    quantile, and of so many further bins at each end: one far off would be seen, and make all bins
    wide."""
    middle = values[(values >= np.quantile(values, _TAIL))
                    & (values <= np.quantile(values, 1 - _TAIL))]
    edges = round_edges(middle if np.ptp(middle) else values, most)
    steps = np.arange(-further, len(edges) + further)
    return np.round(edges[0] + steps * (edges[1] - edges[0]), 12)


def round_edges(values: np.ndarray, most: int) -> np.ndarray:
    """At most about so many bins of equal width, in round numbers: no value is read off them. Of
    equal values the width is a tenth of their size or more.

    >>> round_edges(np.array([11.2, 13, 16.9]), 8)
    array([11., 12., 13., 14., 15., 16., 17.])
    """
    low, high = float(values.min()), float(values.max())
    raw = (high - low) / most or max(abs(high), 1) / 10
    ten = 10.0 ** np.floor(np.log10(raw))
    width = next(ten * m for m in (1, 2, 5, 10) if ten * m >= raw * (1 - 1e-9))
    first, last = np.floor(low / width + 1e-9), np.ceil(high / width - 1e-9)
    return np.round(np.arange(first, max(last, first + 1) + 1) * width, 12)
