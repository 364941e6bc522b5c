"""The visual language of every figure: size, type, colour, panels, the SYNTHETIC mark, saving.

Sizes are those of a printed journal page (180 mm across, 88 mm a column) at 7 pt, never under 6 pt.
Phenotypes keep one colour and one marker in severity order everywhere: calm blue for the mildest,
vermilion for the most severe. Text is drawn as paths in SVG, so that a page looks the same where
the font is missing; the words stay readable in the file's description and comments. Figures are
made without pyplot: nothing global is changed, and two savings give the same bytes.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

MM = 1 / 25.4  # inches
FULL, COLUMN = 180, 88  # mm, page and column width
PT = 25.4 / 72  # mm
SMALL, BODY, LETTER = 6, 7, 9  # pt
INK, MUTED, RULE, PALE = "#1f1f1f", "#5f5f5f", "#b9b9b9", "#ececec"
PUBLISHED = "#8a6d1d"  # whatever the paper states, in every figure
MARK = "SYNTHETIC — simulated patients"
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")
SEVERITY = LinearSegmentedColormap.from_list(
    "severity", ["#2e6da4", "#7fc0cf", "#e3b94d", "#d98a52", "#c8480b"]
)
# Green to purple: no phenotype's colour, and safe for every common colour blindness.
DIVERGING = LinearSegmentedColormap.from_list(
    "diverging", ["#1b6e3c", "#a6cfa4", "#ffffff", "#c4a5cf", "#6a2c86"]
)
RC = {
    "font.family": "DejaVu Sans", "font.size": BODY, "mathtext.fontset": "dejavusans",
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": INK, "xtick.color": INK,
    "ytick.color": INK, "axes.titlesize": BODY, "axes.labelsize": BODY, "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL, "legend.fontsize": SMALL, "axes.linewidth": 0.5,
    "xtick.major.width": 0.5, "ytick.major.width": 0.5, "xtick.major.size": 2,
    "ytick.major.size": 2, "xtick.major.pad": 2, "ytick.major.pad": 2, "axes.labelpad": 2,
    "axes.titlepad": 4, "axes.spines.top": False, "axes.spines.right": False,
    "axes.unicode_minus": True, "axes.grid": False, "axes.axisbelow": True,
    "lines.linewidth": 0.8, "patch.linewidth": 0.5, "hatch.linewidth": 0.4,
    "figure.facecolor": "white", "axes.facecolor": "white", "savefig.facecolor": "white",
    "svg.fonttype": "path", "svg.hashsalt": "compendium", "path.simplify": True,
    "text.usetex": False, "savefig.bbox": None, "text.hinting": "none",
    "figure.dpi": 300,  # text is measured at the size it is printed
}  # fmt: skip


class Plate(Figure):
    """A figure that shows itself in a notebook and carries its description, ``compendium_alt``."""

    compendium_alt: str = ""

    def _repr_png_(self) -> tuple[bytes, dict]:
        png = io.BytesIO()
        with matplotlib.rc_context(RC):
            self.savefig(png, format="png", dpi=192, metadata={"Software": None})
        width = round(self.get_figwidth() * 96)
        return png.getvalue(), {"width": width, "alt": self.compendium_alt}


def phenotype_colours(k: int) -> tuple[str, ...]:
    """One colour a phenotype, mildest first: blue to vermilion, the ends the same for every k.

    >>> phenotype_colours(2)
    ('#2e6da4', '#c8480b')
    """
    return tuple(to_hex(SEVERITY(x)) for x in np.linspace(0, 1, k))


def phenotype_markers(k: int) -> tuple[str, ...]:
    """One marker shape a phenotype, so that colour is never the only sign (repeats after 8)."""
    return tuple(MARKERS[i % len(MARKERS)] for i in range(k))


def readable(colour: str) -> str:
    """The colour, darkened until small text in it stands out from white (contrast at least 4.5)."""
    rgb = np.array(to_rgb(colour))
    while 1.05 / (_luminance(rgb) + 0.05) < 4.5:
        rgb = rgb * 0.95
    return to_hex(rgb)


def sheet(width: float, height: float) -> Plate:
    """An empty figure of a width and a height in millimetres."""
    fig = Plate(figsize=(width * MM, height * MM), layout="constrained")
    FigureCanvasAgg(fig)
    fig.get_layout_engine().set(w_pad=1.2 * MM, h_pad=1.2 * MM, wspace=0.03, hspace=0.03)
    return fig


def panel(ax: Axes, letter: str, title: str, *, above: float = 0) -> None:
    """Name a panel: bold letter at its left edge, then what it shows and of how many.

    ``above``: points kept free between axes and title, for a key or column headings. ``finish``
    moves the title from the axes to the left edge of the whole panel.
    """
    ax.set_title(title, loc="left", pad=4 + above)
    ax.compendium_letter = letter


def finish(fig: Plate, *, alt: str, note: str = "", synthetic: bool) -> Plate:
    """Lay the figure out, and write the note, the SYNTHETIC mark and the description."""
    width = fig.get_figwidth() / MM
    room = width - (53 if synthetic else 4)
    lines = textwrap.wrap(note, int(room / 1.22))
    strip = max(len(lines) * 2.6 + 1.4 if lines else 0, 4.2 if synthetic else 0)
    height = fig.get_figheight() / MM + strip
    fig.set_figheight(height * MM)
    bottom = strip / height
    fig.get_layout_engine().set(rect=(0, bottom, 1, 1 - bottom))
    fig.draw_without_rendering()
    fig.set_layout_engine("none")
    _place_titles(fig)
    if lines:
        y = (strip - 0.6) / height
        fig.text(1.5 / width, y, "\n".join(lines), size=SMALL, color=MUTED, va="top",
                 linespacing=1.2)  # fmt: skip
    if synthetic:
        box = {"boxstyle": "square,pad=0.3", "fc": "white", "ec": INK, "lw": 0.5}
        fig.text(1 - 1.5 / width, 1.1 / height, MARK, size=SMALL, weight="bold", ha="right",
                 va="bottom", bbox=box)  # fmt: skip
    fig.compendium_alt = f"Simulated patients. {alt}" if synthetic else alt
    return fig


def save(fig: Plate, path_stem: str | Path) -> list[Path]:
    """Write ``<stem>.svg`` and ``<stem>.png`` (300 dpi) and return both paths.

    The bytes depend on the figure alone: no date, no software version, fixed identifiers.
    """
    stem = Path(path_stem)
    paths = [stem.with_name(stem.name + suffix) for suffix in (".svg", ".png")]
    svg = {"Date": None, "Creator": None, "Title": stem.name, "Description": fig.compendium_alt}
    png = {"Software": None, "Description": fig.compendium_alt}
    with matplotlib.rc_context(RC):
        for path, metadata in zip(paths, (svg, png), strict=True):
            fig.savefig(path, dpi=300, metadata=metadata)
    return paths


def wrap(text: str, width: int, most: int = 3) -> str:
    """Text in lines of at most ``width`` characters, at most ``most`` lines, … where cut."""
    return "\n".join(textwrap.wrap(str(text), width, max_lines=most, placeholder=" …"))


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


def intervals(
    ax: Axes, values: pd.DataFrame, y: Sequence[float], *, colour: str, marker: str,
    hollow: bool = False,
) -> None:  # fmt: skip
    """Estimates with intervals, one a row: columns estimate, low, high; NaN draws nothing."""
    estimate, low, high = values.to_numpy(float).T
    y = np.asarray(y, dtype=float)
    known = ~np.isnan(estimate)
    ax.hlines(y[known], low[known], high[known], color=colour, lw=0.9)
    ax.plot(estimate[known], y[known], ls="", marker=marker, ms=3.6, mec=colour, mew=0.8,
            mfc="white" if hollow else colour)  # fmt: skip


def not_estimable(ax: Axes, y: Sequence[float], of: Sequence[str] | None = None) -> None:
    """Say in words that rows hold no estimate, and of what where only part of it is lacking."""
    for at, what in zip(y, of or [""] * len(y), strict=True):
        text = f"not estimable: {what}" if what else "not estimable"
        ax.annotate(text, (0.02, at), xycoords=("axes fraction", "data"), va="center",
                    size=SMALL, color=MUTED)  # fmt: skip


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


def by_block(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with blocks together, blocks in order of first appearance."""
    place = {block: i for i, block in enumerate(dict.fromkeys(frame["block"]))}
    return frame.sort_values("block", kind="stable", key=lambda b: b.map(place))


def height_of(blocks: Sequence[str], pitch: float) -> float:
    """Height in millimetres of ``rows`` over these blocks."""
    return pitch * (len(blocks) + 1.25 * len({b for b in blocks if b}) + 0.4)


def key(ax: Axes, entries: Sequence[tuple[str, str, str]], *, room: float) -> float:
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
    )  # fmt: skip
    for text, (_, colour, _) in zip(legend.get_texts(), entries, strict=True):
        text.set_color(readable(colour))
    return 9.0 * -(-len(entries) // columns)


def text_column(ax: Axes, x: float, y: Sequence[float], texts: Sequence[str], head: str) -> None:
    """A column of text beside the rows, ``x`` points right of the axes, under a heading."""
    place = {"xytext": (x, 0), "textcoords": "offset points", "va": "center", "size": SMALL}
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


def _luminance(rgb: np.ndarray) -> float:
    """Relative luminance of the web content accessibility guidelines."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _place_titles(fig: Plate) -> None:
    """Move every panel title to its panel's left edge, behind a bold letter."""
    renderer = fig.canvas.get_renderer()
    to_figure = fig.transFigure.inverted()
    raise_by = (LETTER - BODY) * 0.76 * PT * MM / fig.get_figheight()  # one common baseline
    titled = [ax for ax in fig.axes if hasattr(ax, "compendium_letter")]
    edges: dict[tuple, float] = {}
    for ax in titled:
        left = ax.get_tightbbox(renderer, for_layout_only=True).x0
        edges[_column(ax, titled)] = min(left, edges.get(_column(ax, titled), left))
    for ax in titled:
        title = ax.get_title(loc="left")
        top = ax._left_title.get_window_extent(renderer).y1
        x, y = to_figure.transform((edges[_column(ax, titled)], top))
        ax.set_title("", loc="left")
        if ax.compendium_letter:
            fig.text(x, y + raise_by, ax.compendium_letter, size=LETTER, weight="bold", va="top")
            x += 4 * MM / fig.get_figwidth()
        fig.text(x, y, title, size=BODY, va="top")


def _column(ax: Axes, titled: Sequence[Axes]) -> tuple:
    """What panels with one left edge share: where the axes begin, and a part with several panels.

    Rows of panels are such parts: one above the other, their edges have nothing in common.
    """
    part = ax.get_figure(root=False)
    alone = sum(other.get_figure(root=False) is part for other in titled) == 1
    return round(ax.get_position().x0, 2), None if alone else part
