"""Figures of the regression: do its residuals allow it, and what do other choices make of it?

Fitted value and residual of a patient add up to the patient's outcome, so people are drawn in bins.
In the specification curve every combination of choices is a column, sorted by its coefficient;
specifications whose interval includes no difference are pale.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from compendium.headcounts import headcount, n_text
from compendium.report.disclosure import GATE
from compendium.report.figures import layout, style
from compendium.sensitivity.specifications import DECISIONS, choices, levels
from compendium.words import number, percent, plural

_BAND, _REFERENCE = "#e3d7b3", "#6a2c86"
STRONG, WEAK = "#3d3d3d", "#949494"  # interval without and with 0
_CURVE, _PITCH = 56, 2.6  # mm, the upper panel and a row of the lower
_TRACK = 270  # points across all columns, to give each a width
# The axis holds all but this share of interval ends at either side, and cuts what reaches further
# beyond them than this share of their span.
_TAILS, _BEYOND = 0.01, 0.25


@style.figure
def residual_checks(
    residuals: pd.DataFrame, *, outcome: str = "", unit: str = ""
) -> style.Plate | None:
    """Residuals against fitted values (a) and against normal quantiles (b).

    Parameters
    ----------
    residuals : fitted, residual; one row a patient, in the outcome's unit.
    outcome, unit : words for the axes.
    """
    fig = style.sheet(style.FULL, 74)
    left, right = fig.subplots(1, 2)
    words = f"esidual ({unit})" if unit else "esidual"
    n = headcount(len(residuals), GATE.n)
    places = residuals[["fitted", "residual"]].to_numpy(float)
    layout.cloud(left, places, places, color=style.INK, alpha=0.4)
    left.axhline(0, color=style.RULE, lw=0.6, zorder=0)
    of = f"{outcome} ({unit})" if unit else outcome
    left.set_xlabel(f"Fitted {style.wrap(of, 34, 2)}")
    left.set_ylabel(f"R{words}")
    style.panel(left, "a", f"Residual against fitted, {n_text(n)}")
    _quantile_panel(right, np.sort(places[:, 1]))
    right.set_ylabel(f"Ordered r{words}")
    alt = f"Residuals against fitted values and against normal quantiles, {n_text(n)}."
    return style.finish(fig, alt=alt, note=layout.BINNED)


@style.figure
def specification_grid(
    table: pd.DataFrame, *, outcome: str = "", unit: str = "",
    contrast: str = "most severe − mildest phenotype", published: Mapping | None = None,
) -> style.Plate | None:
    """Sorted coefficients with intervals (a) over the choices that made them (b).

    Parameters
    ----------
    table : specification, the columns of ``specifications.DECISIONS``, estimate, low, high,
        reference; one row a specification; NaN = could not be fitted, counted and not drawn. None
        fitted, no figure.
    published : estimate, low, high, label; drawn as a line with its interval as a band.
    outcome, unit : words for the axis. contrast : of which phenotypes.
    """
    fitted = table.dropna(subset=["estimate"]).sort_values("estimate", kind="stable")
    if fitted.empty:
        return None
    fitted = fitted.assign(
        x=np.arange(1, len(fitted) + 1),
        colour=np.where((fitted["low"] > 0) | (fitted["high"] < 0), STRONG, WEAK),
    )
    rows = levels(table)
    heights = _CURVE, layout.height_of(list(rows["kind"]), _PITCH) + 14
    fig = style.sheet(style.FULL, sum(heights))
    a, b = fig.subplots(2, 1, sharex=True, height_ratios=heights)
    cut = _coefficients(a, fitted, published)
    what = f"Difference in {outcome} ({unit})" if unit else f"Difference in {outcome}"
    a.set_ylabel(style.wrap(what, 32, 2))
    _grid(b, fitted, rows, choices(table))
    count = f"{len(table):,} specifications"
    if len(fitted) < len(table):
        count += f", {len(fitted):,} could be fitted"
    style.panel(a, "a", f"{count}: {contrast}, 95 % intervals")
    style.panel(b, "b", "The choices made in each specification", above=6)
    below, above = (fitted["estimate"] < 0).sum(), (fitted["estimate"] > 0).sum()
    alt = (f"Specification curve of {outcome}: {count}, {below:,} differences below and "
           f"{above:,} above 0, sorted, over a grid of the choices made in each.")
    band = "Band: published interval. " if published else ""
    note = f"{band}Pale: interval includes 0. Median: of the differences with this choice. " \
        "Variance: share of the variance of all differences that lies between the levels of a " \
        "choice. Specifications share their patients and are no independent samples."
    if not fitted["reference"].any():
        note += " The reference could not be fitted."
    return style.finish(fig, alt=alt, note=note + cut)


def _coefficients(ax: Axes, fitted: pd.DataFrame, published: Mapping | None) -> str:
    """Estimates, intervals, the reference and what was published; a sentence on what is cut."""
    n = len(fitted)
    for colour, own in fitted.groupby("colour"):
        _strokes(ax, own["x"], own["low"], own["high"], color=colour, alpha=0.6,
                 lw=np.clip(0.6 * _TRACK / n, 0.15, 1))
        ax.plot(own["x"], own["estimate"], ls="", marker="o", mew=0, color=colour, zorder=3,
                ms=np.clip(_TRACK / n, 1.2, 3.5), rasterized=True)
    low, high = _limits(fitted, published)
    ax.set(xlim=(0.5 - 0.01 * n, n + 0.5 + 0.01 * n), ylim=(low, high))
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", length=0, labelbottom=False)
    ax.axhline(0, color=style.MUTED, lw=0.6, zorder=1)
    texts = [(0.0, "no difference", style.MUTED)]
    if published:
        ax.axhspan(published["low"], published["high"], color=_BAND, lw=0, zorder=0)
        ax.axhline(published["estimate"], color=style.PUBLISHED, lw=0.8, zorder=2)
        words = "published:", style.wrap(published["label"], 18, 2), number(published["estimate"])
        texts.append((published["estimate"], "\n".join(words), style.PUBLISHED))
    for y, text, colour in texts:
        layout.next_to(ax, y, text, color=colour)
    _reference(ax, fitted)
    beyond = int(((fitted["low"] < low) | (fitted["high"] > high)).sum())
    return f" The axis cuts {plural(beyond, 'interval')}." if beyond else ""


def _strokes(ax: Axes, x: pd.Series, low, high, **look) -> None:
    """Vertical strokes as one line with breaks, rasterised: as paths they would fill the file, and
    could not be told from as many patients."""
    ends = [np.broadcast_to(end, len(x)).astype(float) for end in (low, high, np.nan)]
    ax.plot(np.repeat(x, 3), np.column_stack(ends).ravel(), solid_capstyle="butt",
            rasterized=True, **look)


def _limits(fitted: pd.DataFrame, published: Mapping | None) -> tuple[float, float]:
    """An axis with every estimate, 0, the reference's interval and all but endless intervals."""
    low, high = fitted["low"].quantile(_TAILS), fitted["high"].quantile(1 - _TAILS)
    reach = _BEYOND * (high - low)
    shown = fitted[fitted["reference"]][["low", "high"]].to_numpy().ravel().tolist()
    shown += [0.0, fitted["estimate"].min(), fitted["estimate"].max()]
    shown += [max(fitted["low"].min(), low - reach), min(fitted["high"].max(), high + reach)]
    shown += [published["low"], published["high"]] if published else []
    margin = 0.04 * (max(shown) - min(shown))
    return min(shown) - margin, max(shown) + 4 * margin  # room for the reference's words


def _reference(ax: Axes, fitted: pd.DataFrame) -> None:
    """The reference, marked and named; nothing where it could not be fitted."""
    for one in fitted[fitted["reference"]].itertuples():
        ax.vlines(one.x, one.low, one.high, color=_REFERENCE, lw=1, zorder=4)
        ax.plot(one.x, one.estimate, marker="D", ms=3.6, mec="white", mew=0.5, color=_REFERENCE,
                zorder=5)
        left = one.x < len(fitted) / 2
        ax.annotate(
            f"reference: {number(one.estimate)} ({number(one.low)} to {number(one.high)})",
            (one.x, one.high), xytext=(one.x, ax.get_ylim()[1]), va="top", size=style.SMALL_PT,
            ha="left" if left else "right", color=_REFERENCE,
            arrowprops={"arrowstyle": "-", "color": _REFERENCE, "lw": 0.5, "shrinkA": 0,
                        "shrinkB": 0, "relpos": (0 if left else 1, 0)},
        )


def _grid(ax: Axes, fitted: pd.DataFrame, rows: pd.DataFrame, moved: pd.DataFrame) -> None:
    """A tick for each specification at the level of each of its choices."""
    blocks = [DECISIONS[kind] for kind in rows["kind"]]
    y = layout.rows(ax, list(rows["level"]), blocks)
    width = np.clip(0.6 * _TRACK / len(fitted), 0.2, 1.5)
    for at, row in zip(y, rows.itertuples(), strict=True):
        own = fitted[fitted[row.kind] == row.level]
        if own.empty:
            layout.not_estimable(ax, [at])
        for colour, ticks in own.groupby("colour"):
            _strokes(ax, ticks["x"], at - 0.36, at + 0.36, color=colour, lw=width)
        chosen = own[own["reference"]]
        ax.plot(chosen["x"], [at] * len(chosen), ls="", marker="D", ms=3, mec="white", mew=0.4,
                color=_REFERENCE, zorder=5)
    ax.set_xlabel("Specifications, sorted by difference")
    ax.tick_params(axis="x", length=0, labelbottom=False)
    ax.spines["bottom"].set_visible(False)
    layout.text_column(ax, 6, y, [number(m) if m == m else "–" for m in rows["median"]], "median")
    heads = y[~rows["kind"].duplicated()] - 1
    shares = moved.set_index("kind")["share_of_variance"].reindex(rows["kind"].unique())
    layout.text_column(ax, 36, heads, [percent(s) if s == s else "–" for s in shares], "variance")


def _quantile_panel(ax: Axes, ordered: np.ndarray) -> None:
    """Ordered residuals against the quantiles a normal law would give them."""
    n = len(ordered)
    quantiles = [NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)]
    points = np.column_stack([quantiles, ordered])
    layout.cloud(ax, points, points, color=style.INK, alpha=0.4)
    q1, q3 = np.quantile(ordered, (0.25, 0.75))
    ax.axline((-0.6745, q1), (0.6745, q3), color=style.RULE, lw=0.6, zorder=0)
    ax.set_xlabel("Standard normal quantile")
    style.panel(ax, "b", "Normal quantiles (line: through the quartiles)")

