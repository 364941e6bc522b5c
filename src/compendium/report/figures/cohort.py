"""Figures of the cohort: who was analysed, what is missing, how the variables relate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator

from compendium.headcounts import Bound, n_text
from compendium.report.figures import layout, style

_MOST_BARS = 30  # variables with missing values shown one by one
_MOST_NUMBERS = 12  # variables up to which correlations are printed in their cells
_DASHES = "c: a dash marks a negative correlation."  # which grey print would not tell from others
_NARROW = range(13, 19)  # more variables need the page's width for their cells,
_FEW = 5  # and so do these, but for the fewest, when their r is printed
_ARROW = {"arrowstyle": "-|>,head_width=0.12,head_length=0.25", "lw": 0.5, "color": style.INK,
          "shrinkA": 0, "shrinkB": 0}
_DEVICE_COLOURS = ("#1f1f1f", "#6a2c86", "#1b6e3c", "#8a6d1d", "#777777")


@style.figure
def cohort_overview(
    flow: pd.DataFrame, missingness: pd.DataFrame, correlations: pd.DataFrame,
    blocks: Sequence[str],
) -> style.Plate | None:
    """Patient flow (a), missing values (b), correlations of the features (c).

    Parameters
    ----------
    flow : step, reason, left_out, remaining; one row a step, the first the patients read.
    missingness : label, block, n_missing, n; rows without missing values are not drawn.
    correlations : square, indexed by label, in the order of ``blocks``; NaN = not estimable.
    blocks : block of every row of ``correlations``.
    """
    shown, rest = _missing_rows(missingness)
    p = len(correlations)
    fig, axes, height = _overview_axes(len(flow), shown, p)
    _flow(axes[0], flow, height)
    style.panel(axes[0], "a", "Patients")
    _missing(axes[1], shown, rest, len(missingness))
    style.panel(axes[1], "b", f"Missing values ({layout.n_of(missingness['n'])})")
    _correlation_map(axes[2], correlations, list(blocks))
    style.panel(axes[2], "c", f"Pearson correlation of {p} scaled features")
    last = int(flow["remaining"].iloc[-1])
    alt = f"Flow to {last} analysed patients, missing values, and correlations of {p} features."
    return style.finish(fig, alt=alt, note=_DASHES if p > _MOST_NUMBERS else "")


@style.figure
def device_check(frame: pd.DataFrame) -> style.Plate | None:
    """How far each device or centre lies from the cohort, feature by feature.

    Parameters
    ----------
    frame : device, level, feature, label, block, n, mean_z, low, high; NaN = not estimable. Every
        level has a mark and a place in the row of its own.
    """
    first = layout.in_blocks(frame.drop_duplicates("feature"))
    frame = frame.assign(who=frame["device"] + " " + frame["level"])
    groups = list(dict.fromkeys(frame["who"]))
    tall = layout.height_of(list(first["block"]), max(3.4, 1.6 * len(groups)))
    fig = style.sheet(style.FULL, min(tall + 16 + 4 * len(groups), style.TALLEST))
    ax = fig.subplots()
    y = dict(zip(first["feature"], layout.rows(ax, first["label"], first["block"]), strict=True))
    entries = []
    for i, who in enumerate(groups):
        colour = _DEVICE_COLOURS[i % len(_DEVICE_COLOURS)]
        marker = style.MARKERS[i % len(style.MARKERS)]
        part = frame[frame["who"] == who]
        at = part["feature"].map(y).to_numpy() + 0.86 * ((i + 0.5) / len(groups) - 0.5)
        layout.draw_intervals(ax, part[["mean_z", "low", "high"]], at, colour=colour, marker=marker)
        entries.append((f"{who}, {layout.n_of(part['n'])}", colour, marker))
    layout.say_missing(ax, frame, y, "who", "mean_z")
    ax.axvline(0, color=style.RULE, lw=0.6, zorder=0)
    ax.set_xlabel("Mean z-score over the whole cohort (95 % interval)")
    style.panel(ax, "", "Shift by device or centre", above=layout.legend(ax, entries, room=110))
    alt = (f"Mean z-scores of {len(first)} features in {len(groups)} devices and centres, with "
           "intervals.")
    return style.finish(fig, alt=alt)


def _overview_axes(steps: int, shown: pd.DataFrame, p: int) -> tuple[style.Plate, list, float]:
    """The figure, axes for flow, missing values and map, and the flow's height in mm.

    The map stands under the flow while it is small, otherwise under both.
    """
    bars = max(layout.height_of(list(shown["block"]), 3.3), 6) + 15
    below = max(2.7 * p if p > _MOST_NUMBERS else 3.6 * p, 16) + 10
    flow = 14 * steps + 5
    under = below if p <= _FEW or p in _NARROW else 0
    top = max(flow + under, bars)
    fig = style.sheet(style.FULL, top + below - under)
    parts = _stacked(fig, (top, below - under))
    left, right = parts[0].subfigures(1, 2, width_ratios=(96, 84))
    places = [*_stacked(left, (top - under, under)), *parts[1:]]
    spare = top - bars if top - bars > 10 else 0
    axes = [part.subplots() for part in (places[0], _stacked(right, (bars, spare))[0], *places[1:])]
    return fig, axes, top - under


def _stacked(fig: style.Plate, heights: Sequence[float]) -> list:
    """Independent parts of a figure, one above the other, for the heights above zero."""
    heights = [h for h in heights if h > 0]
    return list(np.atleast_1d(fig.subfigures(len(heights), 1, height_ratios=heights)))


def _flow(ax: Axes, flow: pd.DataFrame, height: float) -> None:
    """Boxes down the left, who left between them on the right."""
    ax.axis("off")
    ax.set(xlim=(0, 1), ylim=(max(len(flow) - 0.6, height / 20), -0.4))
    above = None
    for i, row in enumerate(flow.itertuples()):
        text = f"{style.wrap(row.step, 24, 2)}\n{n_text(row.remaining)}"
        frame = {"boxstyle": "square,pad=0.5", "fc": "white", "ec": style.INK, "lw": 0.5}
        box = ax.text(0.21, i, text, ha="center", va="center", size=style.SMALL_PT, bbox=frame,
                      zorder=3, linespacing=1.25)
        if above:
            ends = {"patchA": above.get_bbox_patch(), "patchB": box.get_bbox_patch()}
            ax.annotate("", (0.21, i), (0.21, i - 1), arrowprops=_ARROW | ends)
            ax.annotate("", (0.42, i - 0.5), (0.21, i - 0.5), arrowprops=_ARROW)
            left = f"{row.left_out:,} left out\n{style.wrap(row.reason, 38, 3)}".rstrip()
            ax.text(0.435, i - 0.5, left, va="center", size=style.SMALL_PT, color=style.MUTED)
        above = box


def _missing_rows(missingness: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows with missing values in drawing order, and those beyond the most that are drawn."""
    some = missingness[missingness["n_missing"] > 0]
    some = some.sort_values("n_missing", ascending=False, kind="stable")
    return layout.in_blocks(some.head(_MOST_BARS), missingness["block"]), some.iloc[_MOST_BARS:]


def _missing(ax: Axes, shown: pd.DataFrame, rest: pd.DataFrame, total: int) -> None:
    if shown.empty:
        ax.axis("off")
        text = f"No value is missing in {total} variables."
        ax.text(0, 1, text, va="top", size=style.SMALL_PT, transform=ax.transAxes)
        return
    y = layout.rows(ax, shown["label"], shown["block"])
    share = 100 * (shown["n_missing"] / shown["n"]).to_numpy(float)
    ax.barh(y, share, height=0.62, color="#7d7d7d", lw=0)
    for at, x, n in zip(y, share, shown["n_missing"], strict=True):
        text = f"{n}" if isinstance(n, Bound) else f"{n:,} ({x:.1f} %)"
        ax.annotate(text, (x, at), (2, 0), textcoords="offset points",
                    va="center", size=style.SMALL_PT)
    ax.set_xlim(0, 1.9 * share.max())
    ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    complete = total - len(shown) - len(rest)
    tail = f"\n{len(rest)} more, {_at_most(rest['n_missing'].max())} each" if len(rest) else ""
    ax.set_xlabel(f"Missing (%)\n{complete} variables have no gap{tail}", loc="right")


def _at_most(n: int) -> str:
    return f"{n}" if isinstance(n, Bound) else f"at most {n:,}"


def _correlation_map(ax: Axes, correlations: pd.DataFrame, blocks: list[str]) -> None:
    """Lower triangle; the numbers on the diagonal name rows and columns alike."""
    r = correlations.to_numpy(float)
    p = len(r)
    lower = np.tril(np.ones_like(r, dtype=bool), -1)
    unknown = np.where(lower & np.isnan(r), 1.0, np.nan)
    ax.imshow(unknown, cmap="Greys", vmin=0, vmax=3, aspect="auto")
    image = ax.imshow(np.where(lower, r, np.nan), cmap=style.DIVERGING, vmin=-1, vmax=1,
                      aspect="auto")
    labels = [f"{style.wrap(c, 42, 1)}  {i + 1}" for i, c in enumerate(correlations.index)]
    ax.set_yticks(range(p), labels)
    ax.set_xticks([])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    for i in range(p):
        ax.text(i, i, str(i + 1), ha="center", va="center", size=style.SMALL_PT, color=style.MUTED)
    edges = [0, *(i for i in range(1, p) if blocks[i] != blocks[i - 1]), p]
    for start, end in zip(edges[:-1], edges[1:], strict=True):
        ax.plot([-0.5, end - 0.5], [end - 0.5] * 2, color=style.INK, lw=0.5)
        ax.plot([start - 0.5] * 2, [start - 0.5, p - 0.5], color=style.INK, lw=0.5)
    if p <= _MOST_NUMBERS:
        for i, j in zip(*np.nonzero(lower & ~np.isnan(r)), strict=True):
            colour = "white" if abs(r[i, j]) > 0.7 else style.INK
            ax.text(j, i, f"{r[i, j]:.2f}".replace("-", "−"), ha="center", va="center",
                    size=style.SMALL_PT, color=colour)
    else:
        i, j = np.nonzero(lower & (r < 0))
        ax.plot(j, i, ls="", marker="_", ms=2.5, mew=0.5, color=style.INK)
    _colour_bar(ax, image)
    if np.isnan(r[lower]).any():
        ax.set_xlabel("Grey: not estimable")


def _colour_bar(ax: Axes, image: AxesImage) -> None:
    """In the empty upper triangle."""
    place = ax.inset_axes([0.72, 0.86, 0.26, 0.07])
    bar = ax.get_figure(root=True).colorbar(image, cax=place, orientation="horizontal")
    bar.outline.set_visible(False)
    bar.set_ticks([-1, 0, 1], labels=["−1", "r = 0", "1"])
    place.tick_params(length=0)
