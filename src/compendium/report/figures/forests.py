"""Forests: effects with their intervals, n and p, one row an effect, never without them.

Scales are not mixed: effects of another method, or outcomes of another unit, stand in a panel of
their own. A difference in a feature that built the clusters is drawn beside the band that a
severity continuum gives when it is cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_lowercase

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from compendium.report.figures import layout, style
from compendium.sensitivity.intervals import UNADJUSTED
from compendium.words import known, listed, p_text, plural

_PITCH = 3.6  # mm a row
_BAND = "#c9c9c9"  # of the null: no phenotype's colour


@style.figure
def validation_forest(table: pd.DataFrame, *, names: Sequence[str]) -> style.Plate | None:
    """Effect of the phenotype on every validator, by block; a panel for every effect measure.

    Parameters
    ----------
    table : label, block, contrast, n_reference, n_compared, effect, low, high, p_adjusted, and
        statistic: the words for the effect measure. NaN = not estimable.
    names : the phenotypes' names in severity order; an effect has its compared phenotype's colour.
    """
    parts = [layout.in_blocks(part) for _, part in table.groupby("statistic", sort=False)]
    heights = [layout.height_of(list(part["block"]), _PITCH) + 17 for part in parts]
    fig, axes = _panels(heights)
    for ax, letter, part in zip(axes, _letters(parts), parts, strict=True):
        _effects(ax, part, names)
        words = part["statistic"].iloc[0]
        contrasts = list(dict.fromkeys(part["contrast"]))
        ax.set_xlabel(f"{words}, 95 % interval")
        title = f"{words}: {contrasts[0]}" if len(contrasts) == 1 else words
        style.panel(ax, letter, title, above=6)
    alt = (f"Forest plot of {len(table)} effects with 95 % intervals, n and adjusted p, "
           f"in {table['block'].nunique()} blocks of validators.")
    note = f"Effect below 0: lower in {names[-1]}. p adjusted within the block. " \
        "The clustering never saw these variables."
    return style.finish(fig, alt=alt, note=note)


@style.figure
def regression_forest(
    table: pd.DataFrame, *, outcome: str = "", unit: str = "", adjusted_for: Sequence[str] = (),
    published: Mapping | None = None,
) -> style.Plate | None:
    """The difference of one outcome from the mildest phenotype, a row each way to estimate it.

    Parameters
    ----------
    table : of ``sensitivity.kinds_of_interval``: phenotype, reference, kind, estimate, low, high,
        n; a block a phenotype. NaN = not estimable.
    outcome, unit : words for the axis. adjusted_for : the covariates in words, for the note.
    published : estimate, low, high, label, sizes; drawn hollow above ours.
    """
    rows = table.assign(contrast=table["phenotype"] + " − " + table["reference"])
    order = list(dict.fromkeys(rows["contrast"]))
    if published:
        stated = {name: published[name] for name in ("estimate", "low", "high")}
        stated |= {"kind": f"published: {published['label']}", "n": sum(published["sizes"])}
        rows = pd.concat([pd.DataFrame([stated | {"contrast": ""}]), rows], ignore_index=True)
    blocks = list(rows["contrast"]) if len(order) > 1 else [""] * len(rows)
    fig = style.sheet(style.FULL, layout.height_of(blocks, _PITCH) + 17)
    ax = fig.subplots()
    y = layout.rows(ax, [kind[0].upper() + kind[1:] for kind in rows["kind"]], blocks)
    looks = dict(zip(order, style.looks(len(order) + 1)[1:], strict=True))
    for at, row in zip(y, rows.itertuples(), strict=True):
        values = pd.DataFrame([[row.estimate, row.low, row.high]])
        colour, marker = looks.get(row.contrast, (style.PUBLISHED, "D"))
        layout.draw_intervals(ax, values, [at], colour=colour, marker=marker,
                              hollow=row.kind.startswith(UNADJUSTED) or not row.contrast)
    layout.not_estimable(ax, y[rows["estimate"].isna().to_numpy()])
    layout.zero(ax, rows["estimate"])
    what = f"Difference in {outcome}" + f" ({unit})" * bool(unit)
    ax.set_xlabel(f"{what}, 95 % interval")
    layout.text_column(ax, 8, y, map(layout.count, rows["n"]), "n")
    layout.text_column(ax, 34, y, layout.in_words(rows, "estimate"), "difference (95 % interval)")
    against = order[0] if len(order) == 1 else f"difference from {table['reference'].iloc[0]}"
    style.panel(ax, "", f"{outcome}: {against}", above=6)
    alt = (f"Forest plot of the difference in {outcome} ({listed(order)}) with 95 % intervals, "
           f"estimated in {table['kind'].nunique()} ways"
           f"{', below the published estimate' if published else ''}.")
    note = f"Adjusted for {listed(list(adjusted_for))}. " if adjusted_for else ""
    note += "Hollow: unadjusted" + " or published" * bool(published)
    note += ". Without those who change phenotype the difference is another quantity."
    return style.finish(fig, alt=alt, note=note)


@style.figure
def feature_differences(
    differences: pd.DataFrame, null_cut: pd.DataFrame, *, names: Sequence[str]
) -> style.Plate | None:
    """Hedges' g of each feature by block, beside a severity continuum that was cut alike.

    Parameters
    ----------
    differences : feature, label, block, smd, low, high, n; NaN = not estimable.
    null_cut : feature, null_mean, null_low, null_high, n_draws, of ``groups.continuum_cut``;
        features it lacks, or NaN, have no band.
    names : the phenotypes' names in severity order.
    """
    band = ["null_mean", "null_low", "null_high"]
    rows = layout.in_blocks(differences).merge(null_cut[["feature", *band]], "left", "feature")
    fig = style.sheet(style.FULL, layout.height_of(list(rows["block"]), _PITCH) + 20)
    ax = fig.subplots()
    y = layout.rows(ax, rows["label"], rows["block"])
    _bands(ax, rows[band].to_numpy(float), y)
    colour, marker = style.looks(len(names))[-1]
    layout.draw_intervals(ax, rows[["smd", "low", "high"]], y, colour=colour, marker=marker)
    layout.not_estimable(ax, y[rows["smd"].isna().to_numpy()])
    layout.zero(ax, rows["smd"])
    ax.set_xlabel("Hedges' g (SD), 95 % interval")
    layout.text_column(ax, 8, y, layout.in_words(rows, "smd"), "g (95 % interval)")
    layout.text_column(ax, 92, y, layout.in_words(rows, *band), "continuum cut (95 %)")
    draws = int(null_cut["n_draws"].max()) if len(null_cut) else 0
    entries = [("this cohort, bootstrap of the whole pipeline", colour, marker)]
    if draws:
        words = f"severity continuum cut alike: mean and 95 % of {plural(draws, 'draw')}"
        entries.append((words, _BAND, "s"))
    above = layout.legend(ax, entries, room=110)
    n = layout.count(rows["n"].max())
    title = f"Difference in each feature: {names[-1]} − {names[0]}, n = {n}"
    style.panel(ax, "", title, above=above + 6)
    alt = (f"Forest plot of the difference between {names[-1]} and {names[0]} in {len(rows)} "
           "features with 95 % intervals, beside what a severity continuum cut in the same way "
           "gives.")
    note = "Every feature was used to build the clusters: differences are there by construction, " \
        "an interval describes their size and is no test."
    return style.finish(fig, alt=alt, note=note)


def _panels(heights: Sequence[float]) -> tuple[style.Plate, Sequence[Axes]]:
    """A figure of panels of these heights in mm, one above the other."""
    fig = style.sheet(style.FULL, sum(heights))
    return fig, fig.subplots(len(heights), 1, squeeze=False, height_ratios=heights).ravel()


def _letters(parts: Sequence) -> str | list[str]:
    """A letter a panel; none where there is one panel."""
    return ascii_lowercase[: len(parts)] if len(parts) > 1 else [""]


def _effects(ax: Axes, part: pd.DataFrame, names: Sequence[str]) -> None:
    """Rows of one effect measure with their columns of text."""
    several = part["contrast"].nunique() > 1
    labels = [f"{r.label}, {r.contrast}" if several else r.label for r in part.itertuples()]
    y = layout.rows(ax, labels, part["block"])
    look = dict(zip(names, style.looks(len(names)), strict=True))
    compared = part["contrast"].str.split(" − ").str[0]
    for name in dict.fromkeys(compared):
        colour, marker = look.get(name, look[names[-1]])
        own = (compared == name).to_numpy()
        values = part.loc[own, ["effect", "low", "high"]]
        layout.draw_intervals(ax, values, y[own], colour=colour, marker=marker)
    layout.not_estimable(ax, y[part["effect"].isna().to_numpy()])
    layout.zero(ax, part["effect"])
    n = [" / ".join(map(layout.count, pair))
         for pair in zip(part["n_compared"], part["n_reference"], strict=True)]
    layout.text_column(ax, 8, y, n, "n")
    layout.text_column(ax, 50, y, layout.in_words(part, "effect"), "effect (95 % interval)")
    layout.text_column(ax, 134, y, map(p_text, part["p_adjusted"]), "adjusted p")


def _bands(ax: Axes, bands: np.ndarray, y: np.ndarray) -> None:
    """The null's band behind each row, its mean as a line across."""
    for at, (mean, low, high) in zip(y, bands, strict=True):
        if known(mean, low, high):
            (bar,) = ax.barh(at, high - low, height=0.72, left=low, color=_BAND, lw=0, zorder=0.5)
            bar.sticky_edges.x.clear()  # the band too keeps its distance from the frame
            ax.vlines(mean, at - 0.36, at + 0.36, color=style.MUTED, lw=0.6, zorder=0.6)
