"""Forests of what depends on the labels having been found: features, and the outcome's coefficient.

A difference in a feature that built the clusters is drawn beside the band that a severity continuum
gives when it is cut. A coefficient stands once for each way of making its interval; one that asks
about other patients is another estimand, apart from the rest, with a mark of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from compendium import layout, style
from compendium.sentences import known, number, plural

PITCH, TALL = 3.6, 5.4  # mm a row; a row with a method in two lines
OTHER = "^"  # the mark of another estimand; the published one is a hollow diamond
BAND = "#c9c9c9"  # of the null: no phenotype's colour
BUILT = "Every feature was used to build the clusters: differences are there by construction, an " \
    "interval describes their size and is no test."  # fmt: skip


@matplotlib.rc_context(style.RC)
def feature_differences(
    differences: pd.DataFrame, null_cut: pd.DataFrame, *, names: Sequence[str], synthetic: bool
) -> style.Plate | None:
    """Hedges' g of each feature by block, beside a severity continuum that was cut alike.

    Parameters
    ----------
    differences : feature, label, block, smd, low, high, n, of
        ``pipeline.difference_intervals``; NaN = not estimable.
    null_cut : feature, null_mean, null_low, null_high, n_draws, of
        ``null_cut.null_differences``; features it lacks, or NaN, have no band.
    names : the phenotypes' names in severity order.

    Returns
    -------
    The figure, or None where there is no feature.
    """
    if differences.empty:
        return None
    rows = layout.by_block(differences).merge(
        null_cut[["feature", "null_mean", "null_low", "null_high"]], on="feature", how="left"
    )
    fig = style.sheet(style.FULL, layout.height_of(list(rows["block"]), PITCH) + 20)
    ax = fig.subplots()
    y = layout.rows(ax, rows["label"], rows["block"])
    _bands(ax, rows, y)
    k = len(names)
    colour, marker = style.phenotype_colours(k)[-1], style.phenotype_markers(k)[-1]
    layout.intervals(ax, rows[["smd", "low", "high"]], y, colour=colour, marker=marker)
    layout.not_estimable(ax, y[rows["smd"].isna().to_numpy()])
    layout.zero(ax, rows["smd"])
    ax.set_xlabel("Hedges' g (SD), 95 % interval")
    layout.text_column(ax, 8, y, _in_words(rows, "smd", "low", "high"), "g (95 % interval)")
    layout.text_column(ax, 92, y, _in_words(rows, "null_mean", "null_low", "null_high"),
                      "continuum cut (95 %)")  # fmt: skip
    draws = int(null_cut["n_draws"].max()) if len(null_cut) else 0
    entries = [("this cohort, bootstrap of the whole pipeline", colour, marker)]
    if draws:
        band = f"severity continuum cut alike: mean and 95 % of {plural(draws, 'draw')}"
        entries.append((band, BAND, "s"))
    above = layout.key(ax, entries, room=110)
    title = f"Difference in each feature: {names[-1]} − {names[0]}, n = {_count(rows['n'].max())}"
    style.panel(ax, "", title, above=above + 6)
    alt = (f"Forest plot of the difference between {names[-1]} and {names[0]} in {len(rows)} "
           "features with 95 % intervals, beside what a severity continuum cut in the same way "
           "gives.")  # fmt: skip
    return style.finish(fig, alt=alt, note=BUILT, synthetic=synthetic)


@matplotlib.rc_context(style.RC)
def beta_kinds(
    frame: pd.DataFrame,
    *,
    outcome: str = "",
    contrast: str = "most severe − mildest phenotype",
    published: Mapping | None = None,
    synthetic: bool,
) -> style.Plate | None:
    """One coefficient by kind of interval, and other estimands apart from it.

    Parameters
    ----------
    frame : kind, estimate, low, high, n, method, estimand; one row a kind, NaN = not estimable.
        Rows of the first row's estimand are filled, all others triangles under their own heading.
    outcome : its label with its unit, for the axis. contrast : of which phenotypes.
    published : estimate, low, high, label (n where known); drawn last, hollow, in its own colour.

    Returns
    -------
    The figure, or None where there is no row.
    """
    if frame.empty:
        return None
    rows = layout.by_block(frame.rename(columns={"estimand": "block"})).reset_index(drop=True)
    if published:
        stated = {"kind": published["label"], "block": "published", "method": "",
                  "n": published.get("n"), **{c: published[c] for c in ("estimate", "low", "high")}}
        rows = pd.concat([rows, pd.DataFrame([stated])], ignore_index=True)
    fig = style.sheet(style.FULL, layout.height_of(list(rows["block"]), TALL) + 14)
    ax = fig.subplots()
    y = layout.rows(ax, rows["kind"], [style.wrap(block, 46, 1) for block in rows["block"]])
    ends = rows[["estimate", "low", "high"]].astype(float)
    first = (rows["block"] == rows["block"].iloc[0]).to_numpy()
    theirs = (np.arange(len(rows)) == len(rows) - 1) & bool(published)
    marks = {"colour": style.phenotype_colours(2)[-1], "marker": style.phenotype_markers(2)[-1]}
    layout.intervals(ax, ends[first], y[first], **marks)
    other = marks | {"marker": OTHER, "hollow": True}
    layout.intervals(ax, ends[~first & ~theirs], y[~first & ~theirs], **other)
    layout.intervals(ax, ends[theirs], y[theirs], colour=style.PUBLISHED, marker="D", hollow=True)
    layout.not_estimable(ax, y[ends["estimate"].isna().to_numpy()])
    ax.xaxis.set_major_locator(MaxNLocator(5))
    layout.zero(ax, ends["estimate"])
    what = f"Difference in {outcome}" if outcome else "Difference"
    ax.set_xlabel(f"{what}, 95 % interval")
    layout.text_column(ax, 8, y, [_count(n) for n in rows["n"]], "n")
    words = _in_words(rows, "estimate", "low", "high")
    layout.text_column(ax, 34, y, words, "difference (95 % interval)")
    methods = [style.wrap(method, 36, 2) for method in rows["method"].fillna("")]
    layout.text_column(ax, 118, y, methods, "method")
    style.panel(ax, "", f"{contrast[0].upper()}{contrast[1:]}, by kind of interval", above=6)
    alt = (f"Forest plot of {plural(len(rows), 'interval')} of one difference with n and method"
           f"{', the published one among them' if published else ''}.")  # fmt: skip
    apart = "Triangle: another estimand, not to be compared as an interval of the same difference."
    note = "" if first[: len(frame)].all() else apart
    return style.finish(fig, alt=alt, note=note, synthetic=synthetic)


def _bands(ax: Axes, rows: pd.DataFrame, y: np.ndarray) -> None:
    """The null's band behind each row, its mean as a line across."""
    band = rows[["null_mean", "null_low", "null_high"]].to_numpy(float)
    for at, (mean, low, high) in zip(y, band, strict=True):
        if known(mean, low, high):
            (bar,) = ax.barh(at, high - low, height=0.72, left=low, color=BAND, lw=0, zorder=0.5)
            bar.sticky_edges.x.clear()  # the band too keeps its distance from the frame
            ax.vlines(mean, at - 0.36, at + 0.36, color=style.MUTED, lw=0.6, zorder=0.6)


def _in_words(frame: pd.DataFrame, estimate: str, low: str, high: str) -> list[str]:
    words = []
    for e, a, b in frame[[estimate, low, high]].itertuples(index=False):
        interval = f"{number(a)} to {number(b)}" if known(a, b) else "no interval"
        words.append(f"{number(e)} ({interval})" if known(e) else "–")
    return words


def _count(n) -> str:
    return "–" if pd.isna(n) else f"{int(n):,}"
