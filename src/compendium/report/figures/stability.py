"""The figure of stability: would the phenotypes come back?

Stability describes a cut and proves no groups; what cohorts without groups give is drawn by
``groups``. Phenotypes keep their colour and marker in severity order. Areas and
histograms made of single patients are rasterised: a vector file holds no patient's values.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from compendium.headcounts import few, fewest, n_text
from compendium.report.figures import layout, style
from compendium.words import number

_ROW = 58  # mm, a row of panels
_UNORDERED = "Phenotype"  # how names begin where no feature has a direction
_JACCARD_LINES = {0.5: "≤ 0.5 dissolved", 0.75: "≥ 0.75 recovered", 0.85: "≥ 0.85 highly stable"}
# Label, colour and sideways shift of each resampling scheme; others are drawn grey in the middle.
_SCHEMES = {
    "bootstrap_oob": ("bootstrap, out-of-bag patients", style.INK, -0.14),
    "subsample_80": ("80 % subsamples", "#6a2c86", 0.14),
}


@style.figure
def stability_overview(
    by_k: pd.DataFrame, ari: pd.DataFrame, jaccard: pd.DataFrame, per_patient: pd.DataFrame, *,
    n_clusters: int,
) -> style.Plate | None:
    """Silhouette (a), resampled ARI (b) and Jaccard (c) by k; at the chosen k the silhouettes of
    patients (d).

    Parameters
    ----------
    by_k : k, silhouette.
    ari : k, scheme, ari; one row a resample. jaccard : k, cluster, phenotype, mean, sd.
    per_patient : k, label, silhouette.
    n_clusters : the chosen k.
    """
    chosen = jaccard[jaccard["k"] == n_clusters].sort_values("cluster")
    names = list(chosen["phenotype"]) or [f"Cluster {i + 1}" for i in range(n_clusters)]
    fig = style.sheet(style.FULL, 2 * _ROW)
    a, b, c, d = fig.subplots(2, 2).ravel()
    _silhouettes_by_k(a, by_k, n_clusters)
    _ari_by_k(b, ari)
    _jaccard_by_k(c, jaccard)
    for ax in (a, b, c):
        _by_k_axis(ax, by_k["k"], n_clusters)
    _silhouettes_of_patients(d, per_patient[per_patient["k"] == n_clusters], names)
    alt = (f"Stability for k = {by_k['k'].min()} to {by_k['k'].max()}: silhouette, adjusted Rand "
           f"index, Jaccard; at k = {n_clusters} silhouettes of patients.")
    order = "largest to smallest" if names[0].startswith(_UNORDERED) else "mildest to most severe"
    note = "Panel b: line 2.5 to 97.5 %, bar quartiles, dot mean. Panel c: mean, line ± 1 SD; at " \
        f"each k from left to right, {order}."
    return style.finish(fig, alt=alt, note=note)


def _by_k_axis(ax: Axes, ks: pd.Series, n_clusters: int) -> None:
    ax.set_xticks(sorted(ks))
    ax.set_xlim(min(ks) - 0.5, max(ks) + 0.5)
    ax.set_xlabel("Number of clusters k")
    ax.axvspan(n_clusters - 0.45, n_clusters + 0.45, color="#f3efe2", lw=0, zorder=-2)


def _silhouettes_by_k(ax: Axes, by_k: pd.DataFrame, n_clusters: int) -> None:
    k, s = by_k["k"].to_numpy(), by_k["silhouette"].to_numpy(float)
    ax.plot(k, s, color=style.RULE, lw=0.6, marker="o", ms=3.5, mfc=style.INK, mec=style.INK)
    for at, value, following in zip(k, s, [*s[1:], -1], strict=True):
        if not np.isnan(value):
            aside = (2, -9) if following > value else (2, 3)  # clear of the line to the next
            ax.annotate(number(value), (at, value), aside,
                        textcoords="offset points", size=style.SMALL_PT)
    ax.set_ylim(min(0, np.nanmin(s) * 1.2), max(0.1, np.nanmax(s) * 1.2))
    ax.locator_params(axis="y", nbins=5)
    ax.set_ylabel("Mean silhouette")
    style.panel(ax, "a", f"Silhouette (chosen k = {n_clusters})", above=22)


def _ari_by_k(ax: Axes, ari: pd.DataFrame) -> None:
    """Quantile bars of the resamples, one for each scheme, side by side and never pooled."""
    entries = []
    for scheme, part in ari.groupby("scheme", sort=False):
        label, colour, shift = _SCHEMES.get(scheme, (str(scheme).replace("_", " "), "#777777", 0))
        for k, values in part.groupby("k")["ari"]:
            x = k + shift
            low, q1, q3, high = np.nanquantile(values, (0.025, 0.25, 0.75, 0.975))
            ax.plot([x, x], [low, high], color=colour, lw=0.7)
            ax.plot([x, x], [q1, q3], color=colour, lw=3.2, solid_capstyle="butt", alpha=0.45)
            ax.plot(x, values.mean(), marker="o", ms=3, color=colour)
        entries.append((label, colour, "o"))
    resamples = int(ari.groupby(["scheme", "k"]).size().max()) if len(ari) else 0
    ax.set_ylim(min(0.02, ari["ari"].min()) - 0.02 if len(ari) else 0, 1.02)
    ax.set_ylabel("Adjusted Rand index")
    if entries:
        layout.legend(ax, entries, room=40)
    style.panel(ax, "b", f"Resampled ARI, {resamples:,} each", above=22)


def _jaccard_by_k(ax: Axes, jaccard: pd.DataFrame) -> None:
    for k, part in jaccard.sort_values("cluster").groupby("k"):
        rows = zip(part.itertuples(), style.looks(k), strict=False)
        for i, (row, (colour, marker)) in enumerate(rows):
            x = k + 0.7 * ((i + 0.5) / len(part) - 0.5)
            ends = np.clip([row.mean - row.sd, row.mean + row.sd], 0, 1)
            ax.plot([x, x], ends, color=colour, lw=0.9)
            ax.plot(x, row.mean, marker=marker, ms=3.6, color=colour)
    for line, words in _JACCARD_LINES.items():
        ax.axhline(line, color=style.RULE, lw=0.6, ls=(0, (4, 2)), zorder=0)
        layout.next_to(ax, line, words, 2, color=style.MUTED)
    ax.set_ylim(0, 1.02)
    ax.set_ylabel("Clusterwise Jaccard")
    style.panel(ax, "c", "Recovery of each cluster", above=22)


def _silhouettes_of_patients(ax: Axes, patients: pd.DataFrame, names: Sequence[str]) -> None:
    """Silhouettes as an area, sorted within the phenotype, the mildest on top, in steps that are
    the mean of five patients or a few more."""
    if any(few(n) for n in patients["label"].value_counts()):
        ax.axis("off")
        ax.text(0, 1, "A phenotype holds too few patients to be drawn.", va="top",
                size=style.SMALL_PT, transform=ax.transAxes)
        return
    start, entries, colours = 0, [], style.phenotype_colours(len(names))
    for i, (name, colour) in enumerate(zip(names, colours, strict=True)):
        own = np.sort(patients.loc[patients["label"] == i, "silhouette"])[::-1]
        if len(own):
            steps = np.array_split(own, max(len(own) // fewest(), 1))
            own = np.repeat([step.mean() for step in steps], [len(step) for step in steps])
        ax.fill_betweenx(start + np.arange(len(own)), 0, own, color=colour, step="mid", lw=0.2,
                         rasterized=True)
        mean = number(own.mean()) if len(own) else "not estimable"
        entries.append((f"{name}, {n_text(len(own))}, mean {mean}", colour, "s"))
        start += len(own) + 0.02 * len(patients)
    ax.set_ylim(max(start, 1), 0)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.axvline(0, color=style.INK, lw=0.5)
    ax.set_xlabel("Silhouette of the patients")
    above = layout.legend(ax, entries, room=60)
    n = n_text(len(patients))
    style.panel(ax, "d", f"Patients at k = {len(names)}, {n}", above=above)
