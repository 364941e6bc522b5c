"""Figures of the phenotypes: what they look like.

Phenotypes keep their colour and marker in severity order. Component scores are marks of single
patients where these are simulated, and counts in bins where they are people. Variables that built
the clusters are shown with their differences and never with a test.
"""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from compendium import cloud, layout, style

DIRECTION = {"low": "lower is worse", "high": "higher is worse", "none": "no direction"}
TALLEST = 210  # mm, what rows may take of a page


@matplotlib.rc_context(style.RC)
def phenotype_profile(
    profile: pd.DataFrame, pca, labels: np.ndarray, names: Sequence[str], *, synthetic: bool
) -> style.Plate | None:
    """Mean z-score of every feature by phenotype (a), and the patients on two components (b).

    Parameters
    ----------
    profile : feature, label, block, worse, phenotype, n, z_mean, z_low, z_high (others ignored);
        NaN = not estimable.
    pca : object with ``scores`` (n × 2) and ``explained`` (2, shares of variance), or None.
    labels : phenotype of every patient, 0 = mildest.
    names : the phenotypes' names in severity order.

    Returns
    -------
    The figure, or None where the profile is empty.
    """
    if profile.empty:
        return None
    first = layout.by_block(_widest_first(profile, names))
    heads = _directions(first)
    pitch = min(max(3.6, 1.25 * len(names)), TALLEST / layout.height_of(heads, 1))
    height = max(layout.height_of(heads, pitch) + 16, 72)
    fig = style.sheet(style.FULL, height)
    left, right = fig.subfigures(1, 2, width_ratios=(112, 68)) if pca else (fig, None)
    ax = left.subplots()
    y = dict(zip(first["feature"], layout.rows(ax, first["label"], heads), strict=True))
    above = _profile_rows(ax, profile, y, names)
    style.panel(ax, "a", "Mean of each feature by phenotype, 95 % interval", above=above)
    if pca:
        below = height - 72
        upper = right.subfigures(2, 1, height_ratios=(72, below))[0] if below > 8 else right
        _component_map(upper.subplots(), pca, labels, names, each=synthetic)
    alt = (f"Mean z-scores of {len(first)} features with 95 % intervals for {len(names)} "
           f"phenotypes ({', '.join(names)}), and a map of two principal components.")  # fmt: skip
    note = "These variables built the clusters: the phenotypes differ in them by construction, " \
        "and the intervals are no test."
    note += f" b: {cloud.BINNED[0].lower()}{cloud.BINNED[1:]}" if pca and not synthetic else ""
    return style.finish(fig, alt=alt, note=note, synthetic=synthetic)


def _widest_first(profile: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """One row a feature, sorted by the difference of most severe and mildest (blocks kept)."""
    z = profile.pivot(index="feature", columns="phenotype", values="z_mean").astype(float)
    gap = (z[names[-1]] - z[names[0]]).rename("gap")
    first = profile.drop_duplicates("feature").merge(gap, on="feature")
    blocks = {b: i for i, b in enumerate(dict.fromkeys(first["block"]))}
    return first.assign(place=first["block"].map(blocks)).sort_values(["place", "gap"])


def _directions(first: pd.DataFrame) -> list[str]:
    """Block of every row, with the direction of worsening where the whole block shares it."""
    shared = first.groupby("block", sort=False)["worse"].agg(
        lambda w: DIRECTION.get(w.iloc[0], "") if w.nunique() == 1 else "mixed directions"
    )
    return [f"{b} · {shared[b]}" if b and shared[b] else b for b in first["block"]]


def _profile_rows(ax: Axes, profile: pd.DataFrame, y: dict, names: Sequence[str]) -> float:
    """Intervals of every phenotype on their rows; returns the points the key takes."""
    k, entries = len(names), []
    style_of = zip(names, style.phenotype_colours(k), style.phenotype_markers(k), strict=True)
    for i, (name, colour, marker) in enumerate(style_of):
        part = profile[profile["phenotype"] == name]
        shift = 0.7 * ((i + 0.5) / k - 0.5) if k > 2 else 0
        at = part["feature"].map(y).to_numpy(float) + shift
        layout.intervals(ax, part[["z_mean", "z_low", "z_high"]], at, colour=colour, marker=marker)
        entries.append((f"{name}, n = {int(part['n'].max()):,}", colour, marker))
    layout.say_missing(ax, profile, y, "phenotype", "z_mean")
    ax.axvline(0, color=style.RULE, lw=0.6, zorder=0)
    ax.set_xlabel("Mean z-score (SD units; 0 = mean of the cohort)")
    return layout.key(ax, entries, room=68)


def _component_map(
    ax: Axes, pca, labels: np.ndarray, names: Sequence[str], *, each: bool
) -> None:
    scores, labels = np.asarray(pca.scores, dtype=float), np.asarray(labels)
    k = len(names)
    colours, markers = style.phenotype_colours(k), style.phenotype_markers(k)
    centres = [scores[labels == i].mean(axis=0) for i in range(k)]
    within = None if each else cloud.bins(*scores.T)
    for i in range(k):
        look = {"size": 5, "marker": markers[i], "color": colours[i], "alpha": 0.45}
        cloud.draw(ax, *scores[labels == i].T, within=within, **look)
    for i in range(k):
        ax.plot(*centres[i], marker=markers[i], ms=7, mfc=colours[i], mec="white", mew=1, zorder=4)
    if k <= 3:
        _name_centres(ax, centres, names, colours)
    x, y = (100 * share for share in pca.explained[:2])
    ax.set_xlabel(f"Principal component 1 ({x:.1f} % of variance)")
    ax.set_ylabel(f"Principal component 2 ({y:.1f} % of variance)")
    ax.set_box_aspect(1)
    ax.set_anchor("N")
    style.panel(ax, "b", f"Patients and centroids, n = {len(scores):,}")


def _name_centres(ax: Axes, centres: list, names: Sequence[str], colours: Sequence[str]) -> None:
    """Names along the upper edge, in the order of the centroids, so that none covers another."""
    order = np.argsort([c[0] for c in centres])
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.1 * (high - low))
    for place, i in zip(np.linspace(0.02, 0.98, len(order)), order, strict=True):
        side = "left" if place < 0.3 else "right" if place > 0.7 else "center"
        ax.text(place, 0.985, names[i], transform=ax.transAxes, ha=side, va="top", weight="bold",
                size=style.BODY, color=style.readable(colours[i]))  # fmt: skip
