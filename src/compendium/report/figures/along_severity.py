"""Figures of dose–response: validators along severity, and the label beside the severity it cuts.

A difference between phenotypes says little alone, for any cut of a severity axis makes one; so the
slope inside each phenotype is drawn and printed with it. Marks are means of bins of patients, never
single patients. What label and severity explain is drawn on one scale, R² beyond the covariates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from compendium.report.figures import layout, style
from compendium.words import noted, p_text

_ALL = "all"  # the row of slopes over all phenotypes
_ACROSS = 4  # panels
_SIZES = {1: (130, 44), 2: (150, 40)}  # mm, by panels in a row: width, height of a panel's axes
_SIZE, _LINE = (style.FULL, 30), 2.7  # mm, of more panels; and the height of a line of text
_GLYPHS = dict(zip(style.MARKERS, "●■▲◆▼✚✖⬢", strict=True))  # a marker as it stands in text
# R² of -> words, colour, marker, and place in its row; no phenotype has these colours
_MODELS = {
    "r2_label": ("label", "#6a2c86", "s", -0.27),
    "r2_line": ("severity as a line", "#7db68d", "o", 0.0),
    "r2_spline": ("severity as a spline", "#1b6e3c", "o", 0.0),
    "r2_label_line": ("label and line", "#a3a3a3", "D", 0.27),
    "r2_label_spline": ("label and spline", style.INK, "D", 0.27),
}
_ROW, _BAND = 5.4, "#f4f4f4"  # mm a row of three lanes, and its ground


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
    known = bins[bins["mean"].notna()]
    if known.empty:
        return None
    slopes = slopes.assign(words=_with_n(slopes))
    most = int(style.FULL / (1.14 * slopes["words"].str.len().max() + 7))  # words must not touch
    rows = _rows(layout.in_blocks(bins.drop_duplicates("validator")), max(1, min(_ACROSS, most)))
    fig, panels = _grid(rows, len(names))
    for ax, about in panels:
        own = slopes[slopes["validator"] == about.validator].set_index("within")
        _validator(ax, known[known["validator"] == about.validator], own, names)
    _scales(panels)
    _headings(panels, rows, len(names))
    _key(fig, names)
    note = (
        f"Marks: means of bins of severity, {int(known['n'].min())} patients or more, with 95 % "
        "intervals. Lines: least squares inside each phenotype, and over all patients. Above: "
        "slope in the unit of the axis per unit of severity, with 95 % interval (HC3)."
    )
    alt = (f"{len(panels)} validators against severity: binned means with 95 % intervals and the "
           f"fitted slope inside each of {len(names)} phenotypes.")
    return style.finish(fig, alt=alt, note=note)


@style.figure
def rival_models(table: pd.DataFrame) -> style.Plate | None:
    """What label, severity and both explain beyond the covariates, by validator or outcome.

    Parameters
    ----------
    table : of ``regression.label_adds``: label, block, n, kept, kept_low, kept_high,
        p_label_to_spline_adjusted, p_spline_to_label_adjusted, beside_spline (whose sign is the
        direction), note, and the five R² beyond the covariates. NaN = not estimable; the figure's
        note says why.
    """
    table = layout.in_blocks(table)
    fig = style.sheet(style.FULL, layout.height_of(list(table["block"]), _ROW) + 22)
    ax = fig.subplots()
    y = layout.rows(ax, [style.wrap(label, 34, 1) for label in table["label"]], table["block"])
    for at in y:
        ax.axhspan(at - 0.44, at + 0.44, color=_BAND, lw=0, zorder=0)
    for name, (_, colour, marker, lane) in _MODELS.items():
        ax.plot(table[name].to_numpy(float), y + lane, ls="", marker=marker, ms=3.4, mew=0,
                color=colour)
    layout.not_estimable(ax, y[table[list(_MODELS)].isna().all(axis=1).to_numpy()])
    nothing = table[list(_MODELS)].isna().all(axis=None)
    ax.set_xlim(*((0, 1) if nothing else (min(0.0, ax.get_xlim()[0]), None)))
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.set_xlabel("R² beyond the covariates")
    for x, head, texts in _columns(table):
        layout.text_column(ax, x, y, texts, head)
    above = layout.legend(ax, _drawn(table), room=72)
    style.panel(ax, "", "Variance explained by the label, by severity, and by both", above=above)
    alt = ("R² beyond the covariates of phenotype label, severity as line and as spline, and both, "
           f"for {len(table)} measures.")
    note = (
        "Label's share: R² of the label as a share of R² of severity as a spline, both beyond the "
        "covariates. p: robust Wald F (HC3) of the label added to the spline, and of the spline "
        "added to the label, adjusted within the block (Benjamini–Hochberg). ↑, ↓: at like "
        "severity the most severe phenotype lies above or below what the spline predicts."
    )
    lost = table[[*_MODELS, "kept"]].isna().any(axis=1)
    why = noted(table["label"], table["note"].where(lost, "")) if "note" in table else []
    return style.finish(fig, alt=alt, note=" ".join([note, *why]))


def _drawn(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    """The key's entries: models of which at least one value is known, or all where none is."""
    drawn = [name for name in _MODELS if table[name].notna().any()]
    return [_MODELS[name][:3] for name in drawn or _MODELS]


def _rows(order: pd.DataFrame, most: int) -> list[list]:
    """The validators of every row of panels, at most so many; a block begins a row."""
    blocks = [list(part.itertuples()) for _, part in order.groupby("block", sort=False)]
    across = min(most, max(map(len, blocks)))
    return [part[i : i + across] for part in blocks for i in range(0, len(part), across)]


def _grid(rows: Sequence[Sequence], k: int) -> tuple[style.Plate, list]:
    """The figure, and every panel with its validator."""
    across = max(map(len, rows))
    width, height = _SIZES.get(across, _SIZE)
    fig = style.sheet(width, (height + _LINE * (k + 4)) * len(rows) + 14)
    panels = []
    for line, axes in zip(rows, fig.subplots(len(rows), across, squeeze=False), strict=True):
        for ax in axes[len(line) :]:
            ax.axis("off")
        panels += list(zip(axes, line, strict=False))
    return fig, panels


def _validator(ax: Axes, means: pd.DataFrame, slopes: pd.DataFrame, names: Sequence[str]) -> None:
    """Binned means and lines, and the slopes in words above the axes."""
    _line(ax, slopes.loc[_ALL], style.RULE, 0.9)
    _slope_above(ax, slopes.loc[_ALL], "▬", style.MUTED, 0)
    for i, (name, (colour, marker)) in enumerate(zip(names, style.looks(len(names)), strict=True)):
        _line(ax, slopes.loc[name], colour, 1.1)
        _slope_above(ax, slopes.loc[name], _GLYPHS[marker], colour, len(names) - i)
        part = means[means["phenotype"] == name]
        reach = [part["mean"] - part["low"], part["high"] - part["mean"]]
        ax.errorbar(part["severity"], part["mean"], yerr=reach, ls="", color=colour, lw=0.7,
                    marker=marker, ms=3.4, mec="white", mew=0.3, zorder=3)
    if means.empty:
        layout.in_middle(ax, "no mean to show")


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
        f"{_or_lost(row.slope, row.low, row.high, places)}, n = {row.n:,}"
        for row, places in zip(slopes.itertuples(), digits, strict=True)
    ]


def _key(fig: style.Plate, names: Sequence[str]) -> None:
    """Names, markers and the grey line, once, across the top."""
    handles = [Line2D([], [], color=colour, lw=1.1, marker=marker, ms=3.4, label=name)
               for name, (colour, marker) in zip(names, style.looks(len(names)), strict=True)]
    handles.append(Line2D([], [], color=style.RULE, lw=0.9, label="all patients"))
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


def _columns(table: pd.DataFrame) -> list[tuple[float, str, Iterable[str]]]:
    keeps = [_or_lost(r.kept, r.kept_low, r.kept_high) for r in table.itertuples()]
    label, bent = (
        [p_text(p) for p in table[f"p_{test}_adjusted"]]
        for test in ("label_to_spline", "spline_to_label")
    )
    label = [f"{p}{_arrow(beta)}" if p != "–" else p
             for p, beta in zip(label, table["beside_spline"], strict=True)]
    return [
        (6, "n", map(layout.count, table["n"])),
        (26, "label's share\n(95 % interval)", keeps),
        (98, "adjusted p,\nlabel added", label),
        (143, "adjusted p,\nspline added", bent),
    ]


def _arrow(beta: float) -> str:
    return "" if pd.isna(beta) else " ↑" if beta > 0 else " ↓"


def _or_lost(value: float, low: float, high: float, digits: int = 2) -> str:
    """Value and interval; in words where there is no value."""
    return "not estimable" if pd.isna(value) else layout.with_interval(value, low, high, digits)
