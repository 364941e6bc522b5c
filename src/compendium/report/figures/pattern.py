"""Figure of the pattern: which feature goes with which independent measure.

Rows and columns are variables, never patients. Blocks keep their order and their headings.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle

from compendium.data.columns import SIGNS
from compendium.report.figures import layout, style
from compendium.words import number

_PITCH = (2.6, 3.6)  # mm a row, least and most
_TALLEST, _LEAST = 150, 20  # mm, what the rows of the map may take of a page, and its scale needs
_CELLS, _KEY = 84, 30  # mm, what columns may take together, and the colour bar with its words
_WIDEST = 15  # mm, a column at most
_READABLE = 6.6  # mm, the least width of a column for a value in its cells
_LETTERS = 24  # a line of a column's label that runs upwards
_UNKNOWN = "#dcdcdc"
# What a positive ρ means, by whether any feature and any validator has a direction.
_MEANING = {
    (True, True): "worse where the other is worse",
    (True, False): "measure larger where the feature is worse",
    (False, True): "feature larger where the measure is worse",
    (False, False): "larger where the other is larger",
}


@style.figure
def association_pattern(by_feature: pd.DataFrame) -> style.Plate | None:
    """Features down, validators across, ρ in colour and, where there is room, in figures.

    Parameters
    ----------
    by_feature : of ``validation.by_feature``: feature, feature_label, feature_block, feature_worse,
        validator, label, block, worse, rho, n; NaN = not estimable, drawn grey.
    """
    validators = layout.in_blocks(by_feature.drop_duplicates("validator"))
    features, (x, width, labels) = _features(by_feature), _columns(validators)
    one = layout.height_of(list(features["block"]), 1)
    tall = max(one * float(np.clip(_TALLEST / one, *_PITCH)), _LEAST)
    words = 1.15 * max(len(line) for label in labels for line in label.split("\n")) + 2
    fig, used = style.sheet(style.FULL, tall + 11 + words), width * (x[-1] + 1)
    ax, beside = fig.subplots(1, 2, width_ratios=(used, _CELLS + _KEY - used))
    y = layout.rows(ax, features["label"], features["heading"])
    rho = by_feature.pivot(index="feature", columns="validator", values="rho")
    rho = rho.reindex(index=features["feature"], columns=validators["validator"]).to_numpy(float)
    limit = max(np.ceil(10 * np.nan_to_num(np.abs(rho)).max()) / 10, 0.2)
    colours = ScalarMappable(Normalize(-limit, limit), style.DIVERGING)
    for i, j in np.ndindex(rho.shape):
        _cell(ax, (x[j], y[i]), rho[i, j], colours, written=width >= _READABLE)
    ax.set_xlim(-0.5, x[-1] + 0.5)
    ax.set_xticks(x, labels, rotation=90)
    above = _head_columns(ax, x, width, validators["block"], top=y[0] - 1)
    _colour_bar(beside, colours, (_CELLS + _KEY - used, tall))
    pairs = by_feature["n"].dropna()
    title = f"Spearman's ρ, {layout.n_of(pairs)}" if len(pairs) else "Spearman's ρ"
    style.panel(ax, "", title, above=above)
    most = by_feature.loc[by_feature["rho"].abs().fillna(-1).idxmax()]
    alt = (f"A map of the correlations of {len(features)} features with {len(validators)} measures;"
           f" the strongest: {most['feature_label']} with {most['label']}, {number(most['rho'])}.")
    directed = [frame["worse"].isin(SIGNS) for frame in (features, validators)]
    note = f"Positive: {_MEANING[tuple(bool(some.any()) for some in directed)]}."
    if directed[0].nunique() == 2:
        note += " Features without a direction are taken as measured (positive: larger with worse)."
    return style.finish(fig, alt=alt, note=note)


def _cell(ax: Axes, at: tuple[float, float], rho: float, colours, *, written: bool) -> None:
    lost = np.isnan(rho)
    colour = _UNKNOWN if lost else colours.to_rgba(rho)
    x, y = at
    ax.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, fc=colour, ec="white", lw=0.5))
    if written or lost:
        dark = abs(rho) > 0.72 * colours.norm.vmax
        ax.text(x, y, "–" if lost else number(rho), ha="center", va="center", size=style.SMALL_PT,
                color="white" if dark else style.INK)


def _columns(validators: pd.DataFrame) -> tuple[np.ndarray, float, list[str]]:
    """The columns of the map: where they stand (in columns, a gap between blocks), their width in
    mm, and their labels, which run upwards, in lines."""
    new = (validators["block"] != validators["block"].shift()).to_numpy()
    x = np.arange(len(new)) + 0.4 * (np.cumsum(new) - 1)
    width = min(_CELLS / (x[-1] + 1), _WIDEST)
    lines = 2 if width >= 5.4 else 1
    return x, width, [style.wrap(label, _LETTERS, lines) for label in validators["label"]]


def _head_columns(ax: Axes, x: np.ndarray, width: float, blocks: pd.Series, top: float) -> float:
    """Headings of blocks over their columns; points that a second line of them takes."""
    ax.tick_params(axis="x", length=0)
    ax.spines["bottom"].set_visible(False)
    starts = pd.Series(x - 0.5).groupby(blocks.to_numpy(), sort=False).min()
    room = width * np.diff(starts, append=np.inf)
    heads = [layout.heading(block) for block in starts.index]
    crowded = any(1.7 * len(head) > mm for head, mm in zip(heads, room, strict=True))
    for i, (head, start) in enumerate(zip(heads, starts, strict=True)):
        ax.annotate(head, (start, top), (2, 8 * (crowded and i % 2)), va="center_baseline",
                    textcoords="offset points", size=style.SMALL_PT, weight="bold",
                    color=style.MUTED)
    return 8 if crowded else 0


def _colour_bar(beside: Axes, colours: ScalarMappable, size: tuple[float, float]) -> None:
    """The scale with its words, in the middle of axes of this width and height in mm."""
    beside.axis("off")
    wide, tall = size
    share, limit = max(0.45, 14 / tall), colours.norm.vmax
    foot = min(0.5 - share / 2, 1 - 2 / tall - share)  # words at its top must not reach the title
    place = beside.inset_axes([1 / wide, foot, 2.5 / wide, share])
    bar = beside.get_figure(root=True).colorbar(colours, cax=place)
    bar.outline.set_visible(False)
    bar.set_ticks((-limit, 0, limit), labels=[
        f"{number(-limit, 1)}  negative", "0  no relation", f"{number(limit, 1)}  positive",
    ])
    place.tick_params(length=0)


def _features(by_feature: pd.DataFrame) -> pd.DataFrame:
    """One row a feature: feature, label, block, and the block's heading with its direction."""
    first = by_feature[["feature", "feature_label", "feature_block", "feature_worse"]]
    first = first.drop_duplicates("feature").rename(columns=lambda c: c.removeprefix("feature_"))
    first = layout.in_blocks(first)
    return first.assign(heading=layout.directed(first))
