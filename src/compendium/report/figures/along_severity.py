"""Figure of dose–response: independent measures along severity.

A difference between phenotypes says little alone, for any cut of a severity axis makes one; so the
slope inside each phenotype is drawn and printed with it. Marks are means of bins of patients, never
single patients.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from compendium.headcounts import n_text
from compendium.report.figures import layout, style
from compendium.words import known, plural

_ALL = "all"  # the row of slopes over all phenotypes
_ACROSS = 4  # panels
_SIZES = {1: (style.COLUMN, 44), 2: (style.FULL, 44)}  # mm, by panels in a row: page, axes
_SIZE, _LEAST = (style.FULL, 30), 14  # mm, of more panels; and the least height of axes
_LINE = 2.7  # mm, the height of a line of text
_GLYPHS = dict(zip(style.MARKERS, "●■▲◆▼✚✖⬢", strict=True))  # a marker as it stands in text


@style.figure
def dose_response(
    bins: pd.DataFrame, slopes: pd.DataFrame, *, names: Sequence[str]
) -> style.Plate | None:
    """Every validator against severity: binned means, and the line inside each phenotype.

    A block begins a row of its own; panels of one block and unit share a scale.

    Parameters
    ----------
    bins : of ``validation.bins``: validator, label, block, unit, phenotype, n, severity, mean, low,
        high. NaN draws nothing; without any mean there is no figure.
    slopes : of ``validation.slopes``: validator, within ("all" or a phenotype), n, slope, low,
        high, mean, severity_mean, severity_from, severity_to.
    names : the phenotypes' names in severity order.
    """
    there = bins[bins["mean"].notna()]
    if there.empty:
        return None
    slopes = slopes.assign(words=_with_n(slopes))
    most = int(style.FULL / (1.2 * slopes["words"].str.len().max() + 9))  # words must not touch
    rows = _rows(layout.in_blocks(bins.drop_duplicates("validator")), max(1, min(_ACROSS, most)))
    fig, panels = _grid(rows, len(names))
    for ax, about in panels:
        own = slopes[slopes["validator"] == about.validator].set_index("within")
        _validator(ax, there[there["validator"] == about.validator], own, names)
    _scales(panels)
    _headings(panels, rows, len(names))
    _key(fig, names)
    note = (
        f"Marks: means of bins of severity, {int(there['n'].min())} patients or more, with 95 % "
        "intervals. Lines: least squares inside each phenotype, and over all patients. Above: "
        "slope in the unit of the axis per unit of severity, with 95 % interval."
    )
    parts = slopes[slopes["within"] != _ALL].dropna(subset=["slope"])
    told = ((parts["low"] > 0) | (parts["high"] < 0)).sum()
    alt = (f"{plural(len(panels), 'independent measure')} against severity, with the line inside "
           f"each phenotype: {told} of {len(parts)} slopes clearly differ from 0.")
    return style.finish(fig, alt=alt, note=note)


def _rows(order: pd.DataFrame, most: int) -> list[list]:
    """The validators of every row of panels, at most so many; a block begins a row."""
    blocks = [list(part.itertuples()) for _, part in order.groupby("block", sort=False)]
    across = min(most, max(map(len, blocks)))
    return [part[i : i + across] for part in blocks for i in range(0, len(part), across)]


def _grid(rows: Sequence[Sequence], k: int) -> tuple[style.Plate, list]:
    """The figure, and every panel with its validator."""
    across = max(map(len, rows))
    (width, height), words = _SIZES.get(across, _SIZE), _LINE * (k + 4)
    height = np.clip((style.TALLEST - 14) / len(rows) - words, _LEAST, height)
    fig = style.sheet(width, (height + words) * len(rows) + 14)
    panels = []
    for line, axes in zip(rows, fig.subplots(len(rows), across, squeeze=False), strict=True):
        for ax in axes[len(line) :]:
            ax.axis("off")
        panels += list(zip(axes, line, strict=False))
    return fig, panels


def _validator(ax: Axes, means: pd.DataFrame, slopes: pd.DataFrame, names: Sequence[str]) -> None:
    """Binned means and lines, and the slopes in words above the axes."""
    _line(ax, slopes.loc[_ALL], style.MUTED, 0.9)
    _slope_above(ax, slopes.loc[_ALL], "▬", style.MUTED, 0)
    for i, (name, (colour, marker)) in enumerate(zip(names, style.looks(len(names)), strict=True)):
        _line(ax, slopes.loc[name], colour, 1.1)
        _slope_above(ax, slopes.loc[name], _GLYPHS[marker], colour, len(names) - i)
        part = means[means["phenotype"] == name]
        reach = [part["mean"] - part["low"], part["high"] - part["mean"]]
        ax.errorbar(part["severity"], part["mean"], yerr=reach, ls="", color=colour, lw=0.7,
                    marker=marker, ms=3.4, mec="white", mew=0.3, zorder=3)
    if means.empty:
        ax.text(0.5, 0.5, "no mean to show", transform=ax.transAxes, ha="center",
                size=style.SMALL_PT, color=style.MUTED)


def _line(ax: Axes, row: pd.Series, colour: str, width: float) -> None:
    ends = np.array([row["severity_from"], row["severity_to"]], dtype=float)
    ax.plot(ends, row["mean"] + row["slope"] * (ends - row["severity_mean"]), color=colour,
            lw=width, zorder=1)


def _slope_above(ax: Axes, row: pd.Series, glyph: str, colour: str, up: int) -> None:
    # out of the layout: its room is kept by the title above, its width by the panel
    ax.annotate(f"{glyph} {row['words']}", (0, 1), (-10, up * _LINE / style.PT + 3),
                color=style.readable(colour), xycoords="axes fraction", size=style.SMALL_PT,
                textcoords="offset points", in_layout=False)


def _with_n(slopes: pd.DataFrame) -> list[str]:
    """Slope, interval and n; two significant digits of the narrowest interval of block and unit."""
    width = (slopes["high"] - slopes["low"]).where(lambda w: w > 0)
    narrowest = width.groupby([slopes["block"], slopes["unit"]]).transform("min")
    digits = (1 - np.floor(np.log10(narrowest))).clip(0, 6).fillna(2).astype(int)
    return [
        f"{layout.with_interval(row.slope, row.low, row.high, places)}, {n_text(row.n)}"
        if known(row.slope) else "not estimable"
        for row, places in zip(slopes.itertuples(), digits, strict=True)
    ]


def _key(fig: style.Plate, names: Sequence[str]) -> None:
    """Names, markers and the grey line, once, across the top."""
    handles = [Line2D([], [], color=colour, lw=1.1, marker=marker, ms=3.4, label=name)
               for name, (colour, marker) in zip(names, style.looks(len(names)), strict=True)]
    handles.append(Line2D([], [], color=style.MUTED, lw=0.9, label="all patients"))
    layout.key(fig, handles, columns=int(fig.get_figwidth() / style.MM / 28))


def _scales(panels: Sequence[tuple]) -> None:
    """One severity axis for all panels, and one scale for those of a block and unit."""
    groups: dict[tuple, list[Axes]] = {}
    for ax, about in panels:
        groups.setdefault((about.block, about.unit), []).append(ax)
    every = [ax for ax, _ in panels]
    for axes in groups.values():
        low, high = (f(ax.get_ylim()[i] for ax in axes) for i, f in enumerate((min, max)))
        for ax in axes:
            ax.set_ylim(low, high)
    low, high = (f(ax.get_xlim()[i] for ax in every) for i, f in enumerate((min, max)))
    for ax in every:
        ax.set_xlim(low, high)
        ax.xaxis.set_major_locator(MaxNLocator(4))
        ax.yaxis.set_major_locator(MaxNLocator(4))


def _headings(panels: Sequence[tuple], rows: Sequence[Sequence], k: int) -> None:
    """Titles, the block over its first panel, and the axes' words where they begin or change."""
    blocks = list(dict.fromkeys(about.block for _, about in panels))
    begun, lowest, unit = set(), {}, ""
    leftmost = {line[0].validator for line in rows}
    for ax, about in panels:
        letter, title = "", style.wrap(about.label, 32, 2)
        if about.block not in begun:
            letter = "abcdefgh"[len(begun) % 8] if len(blocks) > 1 else ""
            title = f"{layout.heading(about.block)}\n{title}"
            begun.add(about.block)
        style.panel(ax, letter, title, above=(k + 1) * _LINE / style.PT + 1)
        if about.validator in leftmost or about.unit != unit:
            ax.set_ylabel(about.unit)
        unit = about.unit
        lowest[ax.get_subplotspec().colspan.start] = ax
    for ax in lowest.values():
        ax.set_xlabel("Severity (mean oriented z)")
