"""Figures of the phenotypes: what they look like, and how firmly they stand.

Phenotypes keep their colour and marker in severity order. Marks that stand for single patients
(component scores, silhouettes) are rasterised: a vector file holds no patient's coordinates.
Variables that built the clusters are shown with their differences and never with a test.
"""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from compendium import style

DIRECTION = {"low": "lower is worse", "high": "higher is worse", "none": "no direction"}
TALLEST = 210  # mm, what rows may take of a page
JACCARD_LINES = {0.5: "≤ 0.5 dissolved", 0.75: "≥ 0.75 recovered", 0.85: "≥ 0.85 highly stable"}
# Label, colour and sideways shift of each resampling scheme; others are drawn grey in the middle.
SCHEMES = {
    "bootstrap_oob": ("bootstrap, out-of-bag patients", style.INK, -0.14),
    "subsample_80": ("80 % subsamples", "#6a2c86", 0.14),
}


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
    first = style.by_block(_widest_first(profile, names))
    heads = _directions(first)
    pitch = min(max(3.6, 1.25 * len(names)), TALLEST / style.height_of(heads, 1))
    height = max(style.height_of(heads, pitch) + 16, 72)
    fig = style.sheet(style.FULL, height)
    left, right = fig.subfigures(1, 2, width_ratios=(112, 68)) if pca else (fig, None)
    ax = left.subplots()
    y = dict(zip(first["feature"], style.rows(ax, first["label"], heads), strict=True))
    above = _profile_rows(ax, profile, y, names)
    style.panel(ax, "a", "Mean of each feature by phenotype, 95 % interval", above=above)
    if pca:
        below = height - 72
        upper = right.subfigures(2, 1, height_ratios=(72, below))[0] if below > 8 else right
        _component_map(upper.subplots(), pca, labels, names)
    alt = (f"Mean z-scores of {len(first)} features with 95 % intervals for {len(names)} "
           f"phenotypes ({', '.join(names)}), and a map of two principal components.")  # fmt: skip
    note = "These variables built the clusters: the phenotypes differ in them by construction, " \
        "and the intervals are no test."
    return style.finish(fig, alt=alt, note=note, synthetic=synthetic)


@matplotlib.rc_context(style.RC)
def stability_overview(
    by_k: pd.DataFrame,
    ari: pd.DataFrame,
    jaccard: pd.DataFrame,
    per_patient: pd.DataFrame,
    agreement: pd.DataFrame,
    *,
    n_clusters: int,
    null: pd.DataFrame | None = None,
    synthetic: bool,
) -> style.Plate | None:
    """Silhouette (a), resampled ARI (b) and Jaccard (c) by k; at the chosen k patients' (d)
    silhouettes and the agreement of algorithms (e).

    Parameters
    ----------
    by_k : k, silhouette; without rows there is no figure (None).
    ari : k, scheme, ari; one row a resample. jaccard : k, cluster, phenotype, mean, sd.
    per_patient : k, label, silhouette. agreement : algorithm, ari, moved (share, 0 to 1).
    n_clusters : the chosen k.
    null : statistic (silhouette, ari, jaccard), k, low, high: grey bands of the reference null.
    """
    if by_k.empty:
        return None
    chosen = jaccard[jaccard["k"] == n_clusters].sort_values("cluster")
    names = list(chosen["phenotype"]) or [f"Cluster {i + 1}" for i in range(n_clusters)]
    fig, (a, b, c, d, e) = _stability_axes(len(agreement))
    _silhouettes_by_k(a, by_k, n_clusters)
    _ari_by_k(b, ari)
    _jaccard_by_k(c, jaccard)
    for ax, statistic in ((a, "silhouette"), (b, "ari"), (c, "jaccard")):
        _by_k_axis(ax, by_k["k"], n_clusters)
        _null_bands(ax, null, statistic)
    _silhouettes_of_patients(d, per_patient[per_patient["k"] == n_clusters], names)
    _agreement(e, agreement)
    ks = f"{by_k['k'].min()} to {by_k['k'].max()}"
    alt = (f"Stability for k = {ks}: silhouette, adjusted Rand index, Jaccard; "
           f"at k = {n_clusters} silhouettes of patients and agreement of algorithms.")  # fmt: skip
    note = "b: line 2.5 to 97.5 %, bar quartiles, dot mean. c: dot mean, line ± 1 SD."
    if null is not None and len(null):
        note += " Grey bands: what the reference null without groups gives."
    return style.finish(fig, alt=alt, note=note, synthetic=synthetic)


def _stability_axes(algorithms: int) -> tuple[style.Plate, list[Axes]]:
    lower = max(52, 3.4 * algorithms + 16)
    fig = style.sheet(style.FULL, 58 + lower)
    top, bottom = fig.subfigures(2, 1, height_ratios=(58, lower))
    axes = top.subplots(1, 3, width_ratios=(0.8, 1.2, 1.3))
    return fig, [*axes, *bottom.subplots(1, 2)]


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
        style.intervals(ax, part[["z_mean", "z_low", "z_high"]], at, colour=colour, marker=marker)
        entries.append((f"{name}, n = {int(part['n'].max()):,}", colour, marker))
    style.say_missing(ax, profile, y, "phenotype", "z_mean")
    ax.axvline(0, color=style.RULE, lw=0.6, zorder=0)
    ax.set_xlabel("Mean z-score (SD units; 0 = mean of the cohort)")
    return style.key(ax, entries, room=68)


def _component_map(ax: Axes, pca, labels: np.ndarray, names: Sequence[str]) -> None:
    scores, labels = np.asarray(pca.scores, dtype=float), np.asarray(labels)
    k = len(names)
    colours, markers = style.phenotype_colours(k), style.phenotype_markers(k)
    centres = [scores[labels == i].mean(axis=0) for i in range(k)]
    for i in range(k):
        own = scores[labels == i]
        ax.scatter(*own.T, s=5, marker=markers[i], color=colours[i], alpha=0.45, lw=0,
                   rasterized=True)  # fmt: skip
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


def _by_k_axis(ax: Axes, ks: pd.Series, n_clusters: int) -> None:
    ax.set_xticks(sorted(ks))
    ax.set_xlim(min(ks) - 0.5, max(ks) + 0.5)
    ax.set_xlabel("Number of clusters k")
    ax.axvspan(n_clusters - 0.45, n_clusters + 0.45, color="#f3efe2", lw=0, zorder=-2)


def _silhouettes_by_k(ax: Axes, by_k: pd.DataFrame, n_clusters: int) -> None:
    k, s = by_k["k"].to_numpy(), by_k["silhouette"].to_numpy(float)
    ax.plot(k, s, color=style.RULE, lw=0.6, marker="o", ms=3.5, mfc=style.INK, mec=style.INK)
    for at, value in zip(k, s, strict=True):
        if not np.isnan(value):
            ax.annotate(f"{value:.2f}".replace("-", "−"), (at, value), (0, 4), ha="center",
                        textcoords="offset points", size=style.SMALL)  # fmt: skip
    ax.set_ylim(min(0, np.nanmin(s) * 1.2), max(0.1, np.nanmax(s) * 1.2))
    ax.set_ylabel("Mean silhouette")
    style.panel(ax, "a", f"Silhouette (chosen k = {n_clusters})", above=18)


def _ari_by_k(ax: Axes, ari: pd.DataFrame) -> None:
    """Quantile bars of the resamples, one for each scheme, side by side and never pooled."""
    entries = []
    for scheme, part in ari.groupby("scheme", sort=False):
        label, colour, shift = SCHEMES.get(scheme, (str(scheme).replace("_", " "), "#777777", 0))
        for k, values in part.groupby("k")["ari"]:
            x = k + shift
            low, q1, q3, high = np.nanquantile(values, (0.025, 0.25, 0.75, 0.975))
            ax.plot([x, x], [low, high], color=colour, lw=0.7)
            ax.plot([x, x], [q1, q3], color=colour, lw=3.2, solid_capstyle="butt", alpha=0.45)
            ax.plot(x, values.mean(), marker="o", ms=3, color=colour)
        entries.append((label, colour, "o"))
    resamples = int(ari.groupby(["scheme", "k"]).size().max()) if len(ari) else 0
    ax.set_ylim(min(0, ari["ari"].min()) if len(ari) else 0, 1.02)
    ax.set_ylabel("Adjusted Rand index")
    if entries:
        style.key(ax, entries, room=40)
    style.panel(ax, "b", f"Resampled ARI, {resamples:,} each", above=18)


def _jaccard_by_k(ax: Axes, jaccard: pd.DataFrame) -> None:
    for k, part in jaccard.sort_values("cluster").groupby("k"):
        colours, markers = style.phenotype_colours(k), style.phenotype_markers(k)
        for i, row in enumerate(part.itertuples()):
            x = k + 0.7 * ((i + 0.5) / len(part) - 0.5)
            ends = np.clip([row.mean - row.sd, row.mean + row.sd], 0, 1)
            ax.plot([x, x], ends, color=colours[i], lw=0.9)
            ax.plot(x, row.mean, marker=markers[i], ms=3.6, color=colours[i])
    for line, words in JACCARD_LINES.items():
        ax.axhline(line, color=style.RULE, lw=0.6, ls=(0, (4, 2)), zorder=0)
        ax.annotate(words, (1, line), (2, 0), va="center",
                    xycoords=("axes fraction", "data"), textcoords="offset points",
                    size=style.SMALL, color=style.MUTED)  # fmt: skip
    ax.set_ylim(0, 1.02)
    ax.set_ylabel("Clusterwise Jaccard")
    style.panel(ax, "c", "Recovery of each cluster", above=18)


def _null_bands(ax: Axes, null: pd.DataFrame | None, statistic: str) -> None:
    if null is None:
        return
    for row in null[null["statistic"] == statistic].itertuples():
        ax.fill_between([row.k - 0.4, row.k + 0.4], row.low, row.high, color="#d0d0d0", lw=0,
                        zorder=-1)  # fmt: skip


def _silhouettes_of_patients(ax: Axes, patients: pd.DataFrame, names: Sequence[str]) -> None:
    """Every patient a line of a filled area, sorted within the phenotype, the mildest on top."""
    start, middles, texts = 0, [], []
    colours = style.phenotype_colours(len(names))
    for i, name in enumerate(names):
        s = np.sort(patients.loc[patients["label"] == i, "silhouette"].to_numpy(float))[::-1]
        ax.fill_betweenx(start + np.arange(len(s)), 0, s, color=colours[i], step="mid", lw=0.2,
                         rasterized=True)  # fmt: skip
        middles.append(start + len(s) / 2)
        mean = f"{s.mean():.2f}".replace("-", "−") if len(s) else "not estimable"
        texts.append(f"{name}, n = {len(s):,}, mean {mean}")
        start += len(s) + 0.02 * len(patients)
    ax.set_ylim(max(start, 1), 0)
    for at, text, colour in zip(
        style.spread(middles, 0.07 * start), texts, colours, strict=True
    ):
        ax.annotate(text, (1, at), (3, 0), xycoords=("axes fraction", "data"), va="center",
                    textcoords="offset points", size=style.SMALL, color=style.readable(colour))
    ax.set(yticks=[], xlabel="Silhouette of each patient")
    ax.spines["left"].set_visible(False)
    ax.axvline(0, color=style.INK, lw=0.5)
    style.panel(ax, "d", f"Patients at k = {len(names)}, n = {len(patients):,}", above=6)


def _agreement(ax: Axes, agreement: pd.DataFrame) -> None:
    if len(agreement):
        y = style.rows(ax, agreement["algorithm"], [""] * len(agreement))
        ari = agreement["ari"].to_numpy(float)
        ax.plot(ari, y, ls="", marker="o", ms=3.6, color=style.INK)
        style.not_estimable(ax, y[np.isnan(ari)])
        moved = [f"{100 * m:.1f} %" if m == m else "–" for m in agreement["moved"]]
        style.text_column(ax, 6, y, moved, "moved")
        ax.set_xlim(np.nanmin([0, *ari]), 1.02)
    ax.grid(axis="x", color=style.PALE, lw=0.5)
    ax.set_xlabel("Adjusted Rand index with the reference clustering")
    style.panel(ax, "e", "Agreement of other ways to cluster", above=6)
