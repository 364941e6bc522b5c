"""Figures of the question "groups, or one severity continuum cut in two?".

An index of stability or separation says nothing alone, so it is never drawn alone: beside it stand
the 95 % bands of cohorts without groups. The bands are shown k by k; what may be said is decided by
p values over all k together, whose verdict is written over the drawing. Severity axes are drawn as
rasterised histograms, never as marks of single patients.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from compendium.groups.measures import ASHMAN_OF_ONE_GAUSSIAN
from compendium.report.figures import layout, style
from compendium.report.sentences.groups import WITHOUT_GROUPS
from compendium.words import listed, number, p_drawn

# Statistic -> its name, whether higher values say more, and of what. None has a unit.
_STATISTICS = {
    "silhouette": ("Mean silhouette", True, "clustered"),
    "cluster index": ("Cluster index, share of variance within", False, "clustered"),
    "resampled ARI": ("Resampled adjusted Rand index", True, "repeatable"),
    "smallest Jaccard": ("Jaccard, least recovered cluster", True, "repeatable"),
    "prediction strength": ("Prediction strength", True, "repeatable"),
}
# Null -> fill and hatch of its cohorts without groups; no phenotype has these colours.
_NULLS = {
    "A": ("#dedede", ""), "B": ("#c2c2c2", "//////"), "C": ("#a6cfa4", ""),
    "L": ("#cdb2d7", "\\\\\\\\\\\\"),
}
_AXES = {
    "main course": "Main course (first principal component or curve)",
    "centroid axis": "Line through the centroids of two clusters",
}
_SPAN = 0.8  # of the distance between two k, what the bands of one k take
_NOTE = (
    "Bands: 95 % of the cohorts drawn without groups, each k alone; line in them: their mean. "
    "{draws}The verdict rests on p values over all k together, not on the bands. Shaded: chosen k."
)
_BINS = (8, 30)  # fewest and most
_ROW, _HEAD = 35.0, 20.0  # mm a statistic, and over them for title and verdict
_HIST = 62  # mm


@style.figure
def beside_nulls(
    cohorts: Sequence[tuple[str, str, pd.DataFrame]], *, n_clusters: int
) -> style.Plate | None:
    """Every index of one or two cohorts, k by k, beside what cohorts without groups give.

    Two cohorts have a column each and share the scale of each statistic; the panels of one stand in
    two columns. A filled dot lies beyond every band, in the direction of more clustered; a hollow
    one does not.

    Parameters
    ----------
    cohorts : title, verdict in a sentence, and frame: k, null, statistic, observed, mean, low, high
        (95 % of the null draws; NaN draws nothing), n_draws. Statistics and nulls not known here
        are left out, known ones that are absent take no room; nothing known, no figure.
    n_clusters : the chosen k, shaded.
    """
    cohorts = [(t, v, f[f["null"].isin(_NULLS) & f["statistic"].isin(_STATISTICS)])
               for t, v, f in cohorts if len(f)]
    cohorts = [cohort for cohort in cohorts if len(cohort[2])]
    if not cohorts:
        return None
    rows = pd.concat([frame for *_, frame in cohorts])
    statistics = [s for s in _STATISTICS if (rows["statistic"] == s).any()]
    letters = [n for n in _NULLS if (rows["null"] == n).any()]
    fig, heads, panels = _grid(len(statistics), len(cohorts))
    for (title, verdict, frame), head, axes in zip(cohorts, heads, panels, strict=True):
        _heading(head, title, verdict, 148 // len(cohorts))
        for ax, statistic in zip(axes, statistics, strict=True):
            part = frame[frame["statistic"] == statistic]
            _k_axis(ax, sorted(set(rows["k"])), n_clusters)
            _bands(ax, part, letters, _STATISTICS[statistic][1])
    for ax, letter, statistic in zip(panels[0], "abcde", statistics, strict=False):
        name, higher, trait = _STATISTICS[statistic]
        style.panel(ax, letter, f"{name} ({'higher' if higher else 'lower'} = more {trait})",
                    above=7)
    _null_key(fig, letters)
    alt = (f"Values of {len(statistics)} {'index' if len(statistics) == 1 else 'indices'} for k = "
           f"{rows['k'].min()} to {rows['k'].max()}, of "
           f"{' and of '.join(t for t, *_ in cohorts)}, beside the 95 % bands of cohorts without "
           f"groups ({', '.join(letters)}).")
    note = _NOTE.format(draws=_draws(cohorts, statistics))
    return style.finish(fig, alt=alt, note=note)


@style.figure
def severity_axis(
    axis: pd.DataFrame, labels: np.ndarray, names: Sequence[str], dip: pd.DataFrame, *,
    ordered: bool = True,
) -> style.Plate | None:
    """Where the patients lie on the main course (a) and between the k-means centroids (b).

    Parameters
    ----------
    axis : one column an axis, one row a patient tested, as ``continuum.Continuum.axis``. An axis
        that falls with the first one is drawn turned round: its direction is arbitrary.
    labels : phenotype of these patients, 0 = mildest. names : phenotypes in severity order.
    dip : axis, p, p_holm, reference, n_draws, valley_to_peak, ashman_d.
    ordered : whether the course is turned towards more severe patients.
    """
    fig = style.sheet(style.FULL, _HIST)
    panels = fig.subplots(1, axis.shape[1], sharey=True, squeeze=False)[0]
    about = dip.set_index("axis")
    for ax, letter, name in zip(panels, "ab", axis.columns, strict=True):
        y = axis[name].to_numpy(float)
        forwards = (y - y.mean()) @ (axis.iloc[:, 0] - axis.iloc[:, 0].mean()) >= 0
        above = _stacked(ax, y if forwards else -y, np.asarray(labels), names)
        _gap_in_words(ax, about.loc[name])
        style.panel(ax, letter, f"{_AXES.get(name, name)}, n = {len(y):,}", above=above)
    panels[0].set_ylim(0, 1.4 * max(ax.dataLim.y1 for ax in panels))  # words above the bars
    panels[0].set_ylabel("Patients")
    panels[0].set_xlabel(f"Position (SD units{', more severe →' if ordered else ''})")
    panels[-1].set_xlabel("Position (SD units), 0 = halfway between the centroids")
    panels[-1].axvline(0, 0, 1 / 1.4, color=style.INK, lw=0.7, ls=(0, (4, 2)))
    alt = f"Histograms of {len(axis)} patients on the {' and the '.join(axis.columns)}."
    note = f"Cutting one Gaussian in two already gives Ashman's D = {ASHMAN_OF_ONE_GAUSSIAN}: a " \
        "large D is no sign of groups. Valley-to-peak: 1 = one hill, 0 = nobody in between. " \
        "The centroids are those of two clusters of the z-scores standardised once more; colours " \
        "are the phenotypes as clustered. The two need not agree for every patient."
    return style.finish(fig, alt=alt, note=note)


def _grid(statistics: int, cohorts: int) -> tuple[style.Plate, np.ndarray, np.ndarray]:
    """The figure, an axes over each cohort for its heading, and panels (cohorts × statistics)."""
    rows = statistics if cohorts == 2 else -(-statistics // 2)
    fig = style.sheet(style.FULL, _HEAD + _ROW * rows + 14)
    grid = fig.subplots(rows + 1, 2, sharey="row" if cohorts == 2 else False,
                        height_ratios=[_HEAD, *[_ROW] * rows])
    panels = grid[1:].T if cohorts == 2 else grid[1:].reshape(1, -1)
    for ax in [*grid[0], *panels[:, statistics:].ravel()]:
        ax.axis("off")
    for ax in panels[:, :statistics][:, cohorts - 3 :].ravel():  # the lowest of each column
        ax.set_xlabel("Number of clusters k")
    return fig, grid[0, :cohorts], panels[:, :statistics]


def _heading(ax: Axes, title: str, verdict: str, width: int) -> None:
    place = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "top"}
    ax.annotate(title, (0, 1), (0, 0), weight="bold", size=style.BODY, in_layout=False, **place)
    ax.annotate(style.wrap(verdict, width, 4), (0, 1), (0, -11), size=style.SMALL_PT,
                linespacing=1.2, in_layout=False, **place)


def _draws(cohorts: Sequence[tuple[str, str, pd.DataFrame]], statistics: Sequence[str]) -> str:
    """Of how many cohorts of each null the bands of each panel are, column by column."""
    columns = []
    for *_, frame in cohorts:
        of = frame.groupby("statistic")["n_draws"].first().reindex(statistics).dropna().astype(int)
        panels: dict[int, list[str]] = {}
        for letter, statistic in zip("abcde", statistics, strict=False):
            if statistic in of:
                panels.setdefault(of[statistic], []).append(letter)
        columns.append(", ".join(f"{n:,} ({listed(who)})" for n, who in panels.items()))
    words = columns[0] if len(set(columns)) == 1 else f"left {columns[0]}; right {columns[-1]}"
    return f"Cohorts of each null: {words}. "


def _k_axis(ax: Axes, ks: Sequence[int], n_clusters: int) -> None:
    ax.set_xticks(ks)
    ax.set_xlim(ks[0] - 0.5, ks[-1] + 0.5)
    ax.axvspan(n_clusters - 0.46, n_clusters + 0.46, color="#f3efe2", lw=0, zorder=-2)
    ax.margins(y=0.1)
    ax.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))


def _bands(ax: Axes, part: pd.DataFrame, letters: Sequence[str], higher: bool) -> None:
    """The bands of every k side by side under their letters, and the observed value over them."""
    if part.empty:
        layout.in_middle(ax, "not computed")
    width = _SPAN / len(letters)
    for row in part.itertuples():
        colour, hatch = _NULLS[row.null]
        middle = row.k + width * (letters.index(row.null) + 0.5) - _SPAN / 2
        ends = [middle - 0.4 * width, middle + 0.4 * width]
        ax.fill_between(ends, row.low, row.high, fc=colour, ec=style.MUTED, lw=0.3, hatch=hatch)
        ax.hlines(row.mean, *ends, color=style.MUTED, lw=0.7)
        ax.annotate(row.null, (middle, 1), (0, 1.5), xycoords=("data", "axes fraction"),
                    textcoords="offset points", ha="center", size=style.SMALL_PT, color=style.MUTED)
    found = part.groupby("k").agg({"observed": "first", "low": "min", "high": "max"})
    beyond = found["observed"] > found["high"] if higher else found["observed"] < found["low"]
    _observed(ax, found["observed"], beyond)


def _observed(ax: Axes, seen: pd.Series, beyond: pd.Series) -> None:
    """A dot a k, filled where it is beyond all bands, on a line that runs across them."""
    k = seen.index.to_numpy(float)
    ax.plot(k, seen, color=style.INK, lw=0.6, alpha=0.6, zorder=3)
    ax.hlines(seen, k - _SPAN / 2, k + _SPAN / 2, color=style.INK, lw=0.9, zorder=4)
    for where, fill in ((beyond, style.INK), (~beyond, "white")):
        ax.plot(k[where], seen[where], ls="", marker="o", ms=4.5, mfc=fill, mec=style.INK,
                mew=0.9, zorder=5)


def _null_key(fig: style.Plate, letters: Sequence[str]) -> None:
    """What the letters and the dots mean, once, across the top."""
    handles = [Patch(fc=colour, ec=style.MUTED, lw=0.3, hatch=hatch,
                     label=f"{letter}  {WITHOUT_GROUPS[letter]}")
               for letter, (colour, hatch) in _NULLS.items() if letter in letters]
    handles += [
        Line2D([], [], color=style.INK, lw=0.9, marker="o", ms=4.5, mfc=fill, label=text)
        for fill, text in ((style.INK, "observed, beyond every band: more clustered or repeatable"),
                           ("white", "observed, not beyond every band"))
    ]
    layout.key(fig, handles, columns=3)


def _stacked(ax: Axes, y: np.ndarray, labels: np.ndarray, names: Sequence[str]) -> float:
    """Histogram, a colour a phenotype, with an edge at 0; returns the points its key takes."""
    width = np.ptp(y) / np.clip(np.sqrt(len(y)), *_BINS)
    edges = width * np.arange(np.floor(y.min() / width), np.ceil(y.max() / width) + 1)
    colours = style.phenotype_colours(len(names))
    parts = [y[labels == i] for i in range(len(names))]
    ax.hist(parts, bins=edges, stacked=True, color=colours, lw=0, rasterized=True)
    entries = [(f"{name}, n = {len(part):,}", colour, "s")
               for name, part, colour in zip(names, parts, colours, strict=True)]
    return layout.legend(ax, entries, room=70)


def _gap_in_words(ax: Axes, about: pd.Series) -> None:
    draws, looks = int(about["n_draws"]), max(1, round(about["p_holm"] / about["p"]))
    lines = (
        f"Dip {p_drawn(about['p'], draws)} against {about['reference']}",
        f"Holm, two axes: {p_drawn(about['p_holm'], draws, looks)}",
        f"Valley-to-peak {number(about['valley_to_peak'])}",
        f"Ashman's D {number(about['ashman_d'])}",
    )
    ax.annotate("\n".join(lines), (1, 1), (0, -2), xycoords="axes fraction", ha="right", va="top",
                textcoords="offset points", size=style.SMALL_PT, linespacing=1.3)
