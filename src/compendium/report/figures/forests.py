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
from compendium.statistics import farther
from compendium.words import known, listed, number, plural

_PITCH = 3.6  # mm a row
_MOST_FEATURES, _ROOM = 36, 138  # rows of one figure, and the mm they may take
_BAND = "#c9c9c9"  # of the null: no phenotype's colour


@style.figure
def validation_forest(table: pd.DataFrame, *, names: Sequence[str]) -> style.Plate | None:
    """Most severe against mildest on every measure, by block; a panel for every effect measure.

    Parameters
    ----------
    table : label, block, effect, low, high, and statistic: the words for the effect measure. NaN =
        not estimable.
    names : the phenotypes' names in severity order.
    """
    parts = [layout.in_blocks(part) for _, part in table.groupby("statistic", sort=False)]
    heights = [layout.height_of(list(part["block"]), _PITCH) + 14 for part in parts]
    fig, axes = _panels(heights)
    colour, marker = style.looks(len(names))[-1]
    for ax, letter, part in zip(axes, _letters(parts), parts, strict=True):
        y = layout.rows(ax, part["label"], part["block"])
        values = part[["effect", "low", "high"]]
        layout.draw_intervals(ax, values, y, colour=colour, marker=marker)
        layout.not_estimable(ax, y[part["effect"].isna().to_numpy()])
        layout.zero(ax, part["effect"])
        ax.set_xlabel(f"{part['statistic'].iloc[0]}, 95 % interval")
        ends = dict.fromkeys(map(layout.count, (part["n"].min(), part["n"].max())))
        style.panel(ax, letter, f"{names[-1]} − {names[0]}, n = {' to '.join(ends)}", above=2)
    below, above = (table["high"] < 0).sum(), (table["low"] > 0).sum()
    alt = (f"Forest plot of {plural(len(table), 'independent measure')}: {below} clearly lower and "
           f"{above} clearly higher in {names[-1]} than in {names[0]}.")
    note = f"Below 0: lower in {names[-1]}. Numbers: Table 3. No phenotype was made of these " \
        "measures."
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
def feature_differences(table: pd.DataFrame, *, names: Sequence[str]) -> style.Plate | None:
    """Hedges' g of each feature by block, beside a severity continuum that was cut alike.

    Parameters
    ----------
    table : feature, label, block, unit, mildest, severest (means in the unit), smd, low, high, n;
        NaN = not estimable. null_mean, null_low, null_high, n_draws: of ``groups.continuum_cut``,
        NaN for no band. Of more features than a page holds, those of the largest g are drawn.
    names : the phenotypes' names in severity order.
    """
    largest = table["smd"].abs().sort_values(ascending=False, kind="stable").index[:_MOST_FEATURES]
    rows = layout.in_blocks(table.loc[np.sort(largest)], table["block"])
    blocks, bands = list(rows["block"]), rows[["null_mean", "null_low", "null_high"]]
    pitch = min(_PITCH, _ROOM / layout.height_of(blocks, 1))
    fig = style.sheet(style.FULL, layout.height_of(blocks, pitch) + 20)
    ax = fig.subplots()
    y = layout.rows(ax, rows["label"], blocks)
    _bands(ax, bands.to_numpy(float), y)
    colour, marker = style.looks(len(names))[-1]
    layout.draw_intervals(ax, rows[["smd", "low", "high"]], y, colour=colour, marker=marker)
    layout.not_estimable(ax, y[rows["smd"].isna().to_numpy()])
    layout.zero(ax, rows["smd"])
    ax.set_xlabel("Hedges' g (SD), 95 % interval")
    layout.text_column(ax, 6, y, layout.in_words(rows, "smd"), "g (95 % interval)")
    layout.text_column(ax, 94, y, _means(rows), f"mean, {names[0]} → {names[-1]}")
    entries = [("these patients", colour, marker)]
    note = "The features built the clusters: differences are there by construction, and an " \
        "interval, of bootstraps of the whole pipeline, is no test."
    if draws := int(rows["n_draws"].max()):
        entries.append(("one continuum cut alike", _BAND, "s"))
        note += f" Grey: mean and 95 % of {plural(draws, 'simulated cohort')} of one continuum."
    above = layout.legend(ax, entries, room=60)
    n = layout.count(rows["n"].max())
    title = f"Difference in each feature: {names[-1]} − {names[0]}, n = {n}"
    style.panel(ax, "", title, above=above + 6)
    far = sum(map(farther, rows["smd"], rows["null_low"], rows["null_high"]))
    alt = f"Differences between {names[-1]} and {names[0]} in {len(rows)} features with intervals"
    alt += f", {far} of them larger than where one continuum is cut." if draws else "."
    note += f" The largest {len(rows)} of {len(table)}." if len(rows) < len(table) else ""
    return style.finish(fig, alt=alt, note=note)


def _panels(heights: Sequence[float]) -> tuple[style.Plate, Sequence[Axes]]:
    """A figure of panels of these heights in mm, one above the other."""
    fig = style.sheet(style.FULL, sum(heights))
    return fig, fig.subplots(len(heights), 1, squeeze=False, height_ratios=heights).ravel()


def _letters(parts: Sequence) -> str | list[str]:
    """A letter a panel; none where there is one panel."""
    return ascii_lowercase[: len(parts)] if len(parts) > 1 else [""]


def _means(rows: pd.DataFrame) -> list[str]:
    """The means of the mildest and the most severe phenotype in the feature's unit."""
    said = []
    for row in rows.itertuples():
        digits = 1 if max(abs(row.mildest), abs(row.severest)) >= 10 else 2
        pair = f"{number(row.mildest, digits)} → {number(row.severest, digits)} {row.unit or ''}"
        said.append(pair.rstrip())
    return said


def _bands(ax: Axes, bands: np.ndarray, y: np.ndarray) -> None:
    """The null's band behind each row, its mean as a line across."""
    for at, (mean, low, high) in zip(y, bands, strict=True):
        if known(mean, low, high):
            (bar,) = ax.barh(at, high - low, height=0.72, left=low, color=_BAND, lw=0, zorder=0.5)
            bar.sticky_edges.x.clear()  # the band too keeps its distance from the frame
            ax.vlines(mean, at - 0.36, at + 0.36, color=style.MUTED, lw=0.6, zorder=0.6)
