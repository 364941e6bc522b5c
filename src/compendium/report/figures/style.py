"""The visual language of every figure: size, type, colour, panels, the SYNTHETIC mark, saving.

Sizes are those of a printed journal page: one or two columns wide, at most 170 mm high, nothing
under 7 pt, text that an editor can still change. No title and no note is drawn: the note goes into
the caption. Phenotypes keep one colour and one marker in severity order everywhere: light blue for
the mildest, dark vermilion for the most severe, each darker than the one before, in grey as well.
Figures are made without pyplot: no setting is changed, and two savings give the same bytes.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.figure import Figure
from pandas.api.types import is_integer_dtype

from compendium.report.disclosure import GATE
from compendium.words import MARK

MM = 1 / 25.4  # inches
COLUMN, FULL = 84, 174  # mm, the widths of a page
_STRIP = 5  # mm, what the SYNTHETIC mark takes below a drawing
TALLEST = 170 - _STRIP  # mm, the height that a page leaves to a drawing
PT = 25.4 / 72  # mm
SMALL_PT, BODY, _LETTER = 7, 8, 9  # pt
INK, MUTED, RULE = "#1f1f1f", "#5f5f5f", "#b9b9b9"
PUBLISHED = "#8a6d1d"  # whatever the paper states, in every figure
CONTINUUM, WITHIN = "#c4e0c2", "#7d7d7d"  # a smooth continuum; patients who stay in it
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")
_SEVERITY = LinearSegmentedColormap.from_list(
    "severity", ["#4998d8", "#3c86a3", "#3e746f", "#615e41", "#831d00"]
)
# Letters of one width: drawn in the first that is there, listed in an SVG for whoever opens it.
_FACES = ("Arial", "Helvetica", "Liberation Sans", "DejaVu Sans")
# Green to purple: no phenotype's colour, and safe for every common colour blindness.
DIVERGING = LinearSegmentedColormap.from_list(
    "diverging", ["#1b6e3c", "#a6cfa4", "#ffffff", "#c4a5cf", "#6a2c86"]
)
RC = {
    "font.family": ["sans-serif", "DejaVu Sans"],  # the last has the signs that others lack
    "font.sans-serif": _FACES, "font.size": BODY, "text.parse_math": False,
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": INK, "xtick.color": INK,
    "ytick.color": INK, "axes.titlesize": BODY, "axes.labelsize": BODY, "xtick.labelsize": SMALL_PT,
    "ytick.labelsize": SMALL_PT, "legend.fontsize": SMALL_PT, "axes.linewidth": 0.5,
    "xtick.major.width": 0.5, "ytick.major.width": 0.5, "xtick.major.size": 2,
    "ytick.major.size": 2, "xtick.major.pad": 2, "ytick.major.pad": 2, "axes.labelpad": 2,
    "axes.titlepad": 4, "axes.spines.top": False, "axes.spines.right": False,
    "axes.unicode_minus": True, "axes.grid": False, "axes.axisbelow": True,
    "lines.linewidth": 0.8, "patch.linewidth": 0.5, "hatch.linewidth": 0.4,
    "figure.facecolor": "white", "axes.facecolor": "white", "savefig.facecolor": "white",
    "svg.fonttype": "none", "pdf.fonttype": 42, "svg.hashsalt": "compendium", "path.simplify": True,
    "text.usetex": False, "savefig.bbox": None, "text.hinting": "none",
    "figure.dpi": 300,  # text is measured at the size it is printed
}


class Plate(Figure):
    """A figure that shows itself in a notebook and carries its description, ``compendium_alt``."""

    compendium_alt: str = ""
    compendium_note: str = ""

    def savefig(self, *where, **how) -> None:
        if self.get_layout_engine() is not None:
            raise ValueError("style.marked must first say whether the patients are simulated.")
        super().savefig(*where, **how)

    def _repr_png_(self) -> tuple[bytes, dict]:
        png = io.BytesIO()
        with matplotlib.rc_context(RC):
            self.savefig(png, format="png", dpi=192, metadata={"Software": None})
        width = round(self.get_figwidth() * 96)
        return png.getvalue(), {"width": width, "alt": self.compendium_alt}


def figure(draw: Callable[..., Plate | None]) -> Callable[..., Plate | None]:
    """A function that draws frames in this style, their counts as they may be said; nothing (None)
    where the first one is empty."""

    @wraps(draw)
    def drawn(*frames, **named) -> Plate | None:
        first = next(iter([*frames, *named.values()]))
        safe = [GATE.frame(f) if isinstance(f, pd.DataFrame) and is_integer_dtype(f.index) else f
                for f in frames]  # a frame with other rows holds features, and counts nobody
        with matplotlib.rc_context(RC):
            return draw(*safe, **named) if len(first) else None

    return drawn


def phenotype_colours(k: int) -> tuple[str, ...]:
    """One colour a phenotype, mildest first: blue to vermilion, the ends the same for every k.

    >>> phenotype_colours(2)
    ('#4998d8', '#831d00')
    """
    return tuple(to_hex(_SEVERITY(x)) for x in np.linspace(0, 1, k))


def phenotype_markers(k: int) -> tuple[str, ...]:
    """One marker shape a phenotype, so that colour is never the only sign (repeats after 8)."""
    return tuple(MARKERS[i % len(MARKERS)] for i in range(k))


def looks(k: int) -> list[tuple[str, str]]:
    """Colour and marker of every phenotype, mildest first."""
    return list(zip(phenotype_colours(k), phenotype_markers(k), strict=True))


def readable(colour: str) -> str:
    """The colour, darkened until small text in it stands out from white (contrast at least 4.5)."""
    rgb = np.array(to_rgb(colour))
    while 1.05 / (_luminance(rgb) + 0.05) < 4.5:
        rgb = rgb * 0.95
    return to_hex(rgb)


def sheet(width: float, height: float) -> Plate:
    """An empty figure of a width (``COLUMN`` or ``FULL``) and a height in millimetres."""
    fig = Plate(figsize=(width * MM, height * MM), layout="constrained")
    FigureCanvasAgg(fig)
    fig.get_layout_engine().set(w_pad=1.2 * MM, h_pad=1.2 * MM, wspace=0.03, hspace=0.03)
    return fig


def panel(ax: Axes, letter: str, title: str, *, above: float = 0) -> None:
    """Name a panel: bold letter at its left edge, then what it shows and of how many.

    ``above``: points kept free between axes and title, for a key or column headings. ``marked``
    moves the title from the axes to the left edge of the whole panel.
    """
    ax.set_title(title, loc="left", pad=4 + above)
    ax.compendium_letter = letter


def finish(fig: Plate, *, alt: str, note: str = "") -> Plate:
    """Remember a figure's description, and the note for the caption under it."""
    fig.compendium_alt, fig.compendium_note = alt, note
    return fig


@matplotlib.rc_context(RC)
def marked(fig: Plate, synthetic: bool) -> Plate:
    """Lay the figure out for good, with the SYNTHETIC mark where patients are simulated."""
    if fig.get_layout_engine() is None:
        return fig  # marked before: a notebook's cell may be run twice
    width, strip = fig.get_figwidth() / MM, _STRIP if synthetic else 0
    height = fig.get_figheight() / MM + strip
    fig.set_figheight(height * MM)
    bottom = strip / height
    fig.get_layout_engine().set(rect=(0, bottom, 1, 1 - bottom))
    fig.get_layout_engine().execute(fig)
    fig.set_layout_engine(None)  # laid out for good: saving need not draw twice
    # the solver's last bits differ from run to run, and would reach the file
    for part in fig.subfigs:
        part.bbox_relative.bounds = np.round(part.bbox_relative.bounds, 6)
    for ax in fig.axes:
        ax.set_position(np.round(ax.get_position(original=True).bounds, 6))
    _place_titles(fig)
    if synthetic:
        box = {"boxstyle": "square,pad=0.3", "fc": "white", "ec": INK, "lw": 0.5}
        fig.text(1 - 1.5 / width, 1.1 / height, MARK, size=SMALL_PT, weight="bold", ha="right",
                 va="bottom", bbox=box)
        fig.compendium_alt = f"Simulated patients. {fig.compendium_alt}"
    return fig


def save(fig: Plate, path_stem: str | Path) -> list[Path]:
    """Write ``<stem>.svg``, ``.pdf`` and ``.png`` (300 dpi) and return their paths.

    The bytes depend on the figure alone: no date, no software version, fixed identifiers.
    """
    stem, alt = Path(path_stem), fig.compendium_alt
    about = {
        ".svg": {"Date": None, "Creator": None, "Title": stem.name, "Description": alt},
        ".pdf": {"CreationDate": None, "Creator": None, "Producer": None, "Title": stem.name,
                 "Subject": alt},
        ".png": {"Software": None, "Description": alt},
    }
    paths = {stem.with_name(stem.name + suffix): known for suffix, known in about.items()}
    with matplotlib.rc_context(RC):
        for path, metadata in paths.items():
            fig.savefig(path, dpi=300, metadata=metadata)
    return list(paths)


def wrap(text: str, width: int, most: int = 3) -> str:
    """Text in lines of at most ``width`` characters, at most ``most`` lines, … where cut."""
    return "\n".join(textwrap.wrap(str(text), width, max_lines=most, placeholder=" …"))


def _luminance(rgb: np.ndarray) -> float:
    """Relative luminance of the web content accessibility guidelines."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _place_titles(fig: Plate) -> None:
    """Move every panel title to its panel's left edge, behind a bold letter."""
    renderer = fig.canvas.get_renderer()
    to_figure = fig.transFigure.inverted()
    raise_by = (_LETTER - BODY) * 0.76 * PT * MM / fig.get_figheight()  # one common baseline
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
            fig.text(x, y + raise_by, ax.compendium_letter, size=_LETTER, weight="bold", va="top")
            x += 4 * MM / fig.get_figwidth()
        fig.text(x, y, title, size=BODY, va="top")


def _column(ax: Axes, titled: Sequence[Axes]) -> tuple:
    """What panels with one left edge share: where the axes begin, and a part with several panels.

    Rows of panels are such parts: one above the other, their edges have nothing in common.
    """
    part = ax.get_figure(root=False)
    alone = sum(other.get_figure(root=False) is part for other in titled) == 1
    return round(ax.bbox.x0 / ax.get_figure(root=True).bbox.width, 2), None if alone else part
