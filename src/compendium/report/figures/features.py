"""Figures of the features: how each is distributed, and what the phenotypes look like in them.

Bins of histograms have round edges, and are drawn alike where they hold fewer than five patients or
none: no patient's value is read off them, nor the least or the largest. Variables that built the
clusters are shown with their differences and never with a test.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from compendium.data.columns import Column
from compendium.headcounts import fewest, headcount, n_text
from compendium.report.figures import layout, style
from compendium.words import block_name, listed, spelled

_ACROSS = 6  # histograms
_TALLEST = 149  # mm, what rows may take of a page
_BINS, _A_BIN = 12, 12  # bins of a histogram for the middle of the values, at most; patients each
_FURTHER = 6  # bins beyond the middle at each end


@style.figure
def distributions(
    features: pd.DataFrame, codebook_columns: Sequence[Column]
) -> style.Plate | None:
    """A histogram of every column, by block, with unit, n and missing.

    Parameters
    ----------
    features : one column a codebook column, missing values NaN.
    codebook_columns : the columns to draw, in order; none, no figure.
    """
    groups: dict[str, list[Column]] = {}
    for column in codebook_columns:
        groups.setdefault(column.block, []).append(column)
    if not groups:
        return None
    across = min(_ACROSS, max(map(len, groups.values())))
    tall = [-(-len(g) // across) for g in groups.values()]
    row = 21 + 2.6 * max(_title(c).count("\n") + 1 for c in codebook_columns)
    fig = style.sheet(style.FULL, row * sum(tall) + 4 * len(groups))
    grid = fig.subplots(sum(tall), across, squeeze=False)
    for ax in grid.ravel():
        ax.axis("off")
    for top, (block, columns) in zip(np.cumsum([0, *tall]), groups.items(), strict=False):
        for i, column in enumerate(columns):
            ax = grid[top + i // across, i % across]
            _histogram(ax, features[column.name], column, first=i % across == 0)
        deepest = max(_title(c).count("\n") for c in columns[:across])
        grid[top, 0].annotate(
            layout.heading(block), (0, 1), (-16, 12 + 7.5 * deepest), xycoords="axes fraction",
            textcoords="offset points", size=style.SMALL_PT, color=style.MUTED, weight="bold",
        )
    alt = f"Histograms of {len(codebook_columns)} variables in {headcount(len(features))} patients."
    pooled = list(dict.fromkeys(block_name(c.block) for c in codebook_columns if c.per_device))
    note = f"Dotted: fewer than {spelled(fewest())} patients, or none."
    if pooled:
        note += f" All scanners pooled, also where they shift the values ({listed(pooled)})."
    return style.finish(fig, alt=alt, note=note)


@style.figure
def phenotype_profile(
    profile: pd.DataFrame, pca, labels: np.ndarray, names: Sequence[str]
) -> style.Plate | None:
    """Mean z-score of every feature by phenotype (a), and the patients on two components (b).

    Parameters
    ----------
    profile : feature, label, block, worse, phenotype, n, z_mean, z_low, z_high (others ignored);
        NaN = not estimable.
    pca : object with ``scores`` (n × 2) and ``explained`` (2, shares of variance).
    labels : phenotype of every patient, 0 = mildest.
    names : the phenotypes' names in severity order.
    """
    first = _widest_first(profile, names)
    heads = layout.directed(first)
    pitch = min(max(3.6, 1.25 * len(names)), _TALLEST / layout.height_of(heads, 1))
    height = max(layout.height_of(heads, pitch) + 16, 72)
    fig = style.sheet(style.FULL, height)
    left, right = fig.subfigures(1, 2, width_ratios=(112, 68))
    ax = left.subplots()
    y = dict(zip(first["feature"], layout.rows(ax, first["label"], heads), strict=True))
    above = _profile_rows(ax, profile, y, names)
    style.panel(ax, "a", "Mean of each feature by phenotype, 95 % interval", above=above)
    below = height - 72
    upper = right.subfigures(2, 1, height_ratios=(72, below))[0] if below > 8 else right
    _component_map(upper.subplots(), pca, labels, names)
    alt = (f"Mean z-scores of {len(first)} features with 95 % intervals for {len(names)} "
           f"phenotypes ({', '.join(names)}), and a map of two principal components.")
    note = "These variables built the clusters: the phenotypes differ in them by construction, " \
        "and the intervals are no test."
    note += f" Panel b: {layout.BINNED[0].lower()}{layout.BINNED[1:]}"
    return style.finish(fig, alt=alt, note=note)


def _widest_first(profile: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """One row a feature, sorted by the difference of most severe and mildest (blocks kept)."""
    z = profile.pivot(index="feature", columns="phenotype", values="z_mean").astype(float)
    gap = (z[names[-1]] - z[names[0]]).rename("gap")
    first = profile.drop_duplicates("feature").merge(gap, on="feature")
    return layout.in_blocks(first.sort_values("gap", kind="stable"), first["block"])


def _profile_rows(ax: Axes, profile: pd.DataFrame, y: dict, names: Sequence[str]) -> float:
    """Intervals of every phenotype on their rows; returns the points the key takes."""
    k, entries = len(names), []
    for i, (name, (colour, marker)) in enumerate(zip(names, style.looks(k), strict=True)):
        part = profile[profile["phenotype"] == name]
        shift = 0.7 * ((i + 0.5) / k - 0.5) if k > 2 else 0
        at = part["feature"].map(y).to_numpy(float) + shift
        means = part[["z_mean", "z_low", "z_high"]]
        layout.draw_intervals(ax, means, at, colour=colour, marker=marker)
        entries.append((f"{name}, {n_text(part['n'].max())}", colour, marker))
    layout.say_missing(ax, profile, y, "phenotype", "z_mean")
    ax.axvline(0, color=style.RULE, lw=0.6, zorder=0)
    ax.set_xlabel("Mean z-score (SD units; 0 = mean of the cohort)")
    return layout.legend(ax, entries, room=68)


def _component_map(ax: Axes, pca, labels: np.ndarray, names: Sequence[str]) -> None:
    """Patients as clouds, and on top the centroid of every phenotype."""
    scores = np.asarray(pca.scores, dtype=float)
    parts = [scores[np.asarray(labels) == i] for i in range(len(names))]
    looks, centres = style.looks(len(names)), [part.mean(axis=0) for part in parts]
    for part, (colour, marker) in zip(parts, looks, strict=True):
        layout.cloud(ax, part, scores, marker=marker, color=colour, alpha=0.45)
    for centre, (colour, marker) in zip(centres, looks, strict=True):
        ax.plot(*centre, marker=marker, ms=7, mfc=colour, mec="white", mew=1, zorder=4)
    if len(names) <= 3:
        _name_centres(ax, centres, names)
    x, y = (100 * share for share in pca.explained[:2])
    ax.set_xlabel(f"Component 1 ({x:.1f} % of variance)")
    ax.set_ylabel(f"Component 2 ({y:.1f} % of variance)")
    ax.set_box_aspect(1)
    ax.set_anchor("N")
    style.panel(ax, "b", f"Principal components, {n_text(len(scores))}")


def _name_centres(ax: Axes, centres: list, names: Sequence[str]) -> None:
    """Names along the upper edge, in the order of the centroids, so that none covers another."""
    order, colours = np.argsort([c[0] for c in centres]), style.phenotype_colours(len(names))
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.1 * (high - low))
    for place, i in zip(np.linspace(0.02, 0.98, len(order)), order, strict=True):
        side = "left" if place < 0.3 else "right" if place > 0.7 else "center"
        ax.text(place, 0.985, names[i], transform=ax.transAxes, ha=side, va="top", weight="bold",
                size=style.BODY, color=style.readable(colours[i]))


def _histogram(ax: Axes, values: pd.Series, column: Column, *, first: bool) -> None:
    x = values.to_numpy(float)
    x = x[~np.isnan(x)]
    ax.axis("on")
    ax.set_title(_title(column), pad=2, size=style.SMALL_PT)
    unit = column.unit or "no unit"
    n, missing = headcount(len(x), len(values)), headcount(len(values) - len(x))
    ax.set_xlabel(f"{unit}\n{n_text(n)}, missing {missing:,}", size=style.SMALL_PT)
    counts, edges = np.histogram(x, _edges(x, column)) if len(x) else (np.zeros(1), np.zeros(2))
    shown = counts >= fewest()
    if not shown.any():
        ax.set(xticks=[], yticks=[])
        words = "too few to draw" if len(x) else "no values"
        ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", size=style.SMALL_PT)
        return
    first_bin, last_bin = np.flatnonzero(shown)[[0, -1]]
    near = slice(max(first_bin - 1, 0), last_bin + 2)
    left, width, hidden = edges[:-1][near], np.diff(edges)[near], ~shown[near]
    ax.bar(left[~hidden], counts[near][~hidden], width[~hidden], align="edge", color="#8c8c8c",
           rasterized=True, lw=0)
    ax.bar(left[hidden], fewest() - 1, width[hidden], align="edge", fc="white", ec=style.MUTED,
           ls=":", lw=0.5)
    ax.set_xlim(left[0], left[-1] + width[-1])
    ax.xaxis.set_major_locator(MaxNLocator(3, min_n_ticks=2))
    ax.set_yticks([0, counts.max()], ["0", f"{headcount(int(counts.max()))}"])
    if first:
        ax.set_ylabel("Patients", size=style.SMALL_PT)


def _title(column: Column) -> str:
    return style.wrap(column.label, 20, 3)


def _edges(x: np.ndarray, column: Column) -> np.ndarray:
    """Bins centred on grades where there are few, otherwise of equal width, with round edges."""
    step = 0.5 if column.sides else 1.0
    low, high = x.min(), x.max()
    if column.type in ("integer", "ordinal") and (high - low) / step <= 24:
        return np.arange(low - step / 2, high + step, step)
    # in few patients few bins, else none would hold enough to be drawn
    return layout.middle_edges(x, int(np.clip(len(x) / _A_BIN, 3, _BINS)), _FURTHER)
