"""Forests: effects with their intervals, n and p, one row an effect, never without them.

Scales are not mixed: effects of another method, or outcomes of another unit, stand in a panel of
their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib
import pandas as pd
from matplotlib.axes import Axes

from compendium import layout, style
from compendium.sentences import listed, number
from compendium.tables import p_text

PITCH = 3.6  # mm a row
MODELS = {"imputed": "Adjusted, imputed"}  # a model's words where its name does not say enough


@matplotlib.rc_context(style.RC)
def validation_forest(
    table: pd.DataFrame, *, names: Sequence[str], synthetic: bool
) -> style.Plate | None:
    """Effect of the phenotype on every validator, by block; a panel for every effect measure.

    Parameters
    ----------
    table : label, block, contrast, n_reference, n_compared, effect, low, high, p_adjusted, and
        statistic (or method): the words for the effect measure. NaN = not estimable.
    names : the phenotypes' names in severity order; an effect has its compared phenotype's colour.

    Returns
    -------
    The figure, or None where the table is empty.
    """
    if table.empty:
        return None
    measure = table["statistic" if "statistic" in table else "method"].fillna("Effect")
    parts = [layout.by_block(part) for _, part in table.groupby(measure, sort=False)]
    heights = [layout.height_of(list(part["block"]), PITCH) + 17 for part in parts]
    fig = style.sheet(style.FULL, sum(heights))
    axes = fig.subplots(len(parts), 1, squeeze=False, height_ratios=heights).ravel()
    for i, (ax, part) in enumerate(zip(axes, parts, strict=True)):
        _effects(ax, part, names)
        words = measure[part.index[0]]
        contrasts = list(dict.fromkeys(part["contrast"]))
        ax.set_xlabel(f"{words}, 95 % interval")
        title = f"{words}: {contrasts[0]}" if len(contrasts) == 1 else words
        style.panel(ax, "abcdefgh"[i] if len(parts) > 1 else "", title, above=6)
    alt = (f"Forest plot of {len(table)} effects with 95 % intervals, n and adjusted p, "
           f"in {table['block'].nunique()} blocks of validators.")  # fmt: skip
    note = f"Effect below 0: lower in {names[-1]}. p adjusted within the block. " \
        "The clustering never saw these variables."
    return style.finish(fig, alt=alt, note=note, synthetic=synthetic)


@matplotlib.rc_context(style.RC)
def regression_forest(
    models: pd.DataFrame,
    *,
    adjusted_for: Sequence[str] = (),
    published: Mapping | None = None,
    synthetic: bool,
) -> style.Plate | None:
    """Crude and adjusted difference of each outcome from the mildest phenotype.

    Parameters
    ----------
    models : outcome, outcome_label, unit, model, phenotype, reference, n, estimate, low, high, p;
        the first outcome is the primary one. NaN = not estimable.
    adjusted_for : the covariates in words, for the note.
    published : estimate, low, high, label; drawn hollow beside the primary outcome.

    Returns
    -------
    The figure, or None where there is no model. Outcomes after the first share a panel where they
    share a unit.
    """
    if models.empty:
        return None
    first = models["outcome"].iloc[0]
    rest = models[models["outcome"] != first]
    parts = [models[models["outcome"] == first], *(p for _, p in rest.groupby("unit", sort=False))]
    sizes = [len(p) + (published is not None and i == 0) for i, p in enumerate(parts)]
    heads = [len(set(p["outcome"])) if i else 0 for i, p in enumerate(parts)]
    heights = [PITCH * (n + 1.25 * h + 1) + 17 for n, h in zip(sizes, heads, strict=True)]
    fig = style.sheet(style.FULL, sum(heights))
    axes = fig.subplots(len(parts), 1, squeeze=False, height_ratios=heights).ravel()
    order = list(dict.fromkeys(models["phenotype"]))
    for i, (ax, part) in enumerate(zip(axes, parts, strict=True)):
        _differences(ax, part, order, published if i == 0 else None)
        letter = "abcdefgh"[i] if len(parts) > 1 else ""
        reference = part["reference"].iloc[0]
        several = f"difference from {reference}"
        contrast = several if len(order) > 1 else f"{order[0]} − {reference}"
        title = "Other outcomes" if i else "Primary outcome"
        style.panel(ax, letter, f"{title}: {contrast}", above=6)
    alt = (f"Crude and adjusted differences with 95 % intervals in {models['outcome'].nunique()} "
           f"outcomes{', beside the published estimate' if published else ''}.")  # fmt: skip
    note = f"Adjusted for {listed(list(adjusted_for))}." if adjusted_for else ""
    return style.finish(fig, alt=alt, note=note, synthetic=synthetic)


def _effects(ax: Axes, part: pd.DataFrame, names: Sequence[str]) -> None:
    """Rows of one effect measure with their columns of text."""
    several = part["contrast"].nunique() > 1
    labels = [f"{r.label}, {r.contrast}" if several else r.label for r in part.itertuples()]
    y = layout.rows(ax, labels, part["block"])
    colours, markers = style.phenotype_colours(len(names)), style.phenotype_markers(len(names))
    compared = part["contrast"].str.split(" − ").str[0]
    for name in dict.fromkeys(compared):
        i = list(names).index(name) if name in names else len(names) - 1
        own = (compared == name).to_numpy()
        layout.intervals(ax, part.loc[own, ["effect", "low", "high"]], y[own], colour=colours[i],
                        marker=markers[i])  # fmt: skip
    layout.not_estimable(ax, y[part["effect"].isna().to_numpy()])
    layout.zero(ax, part["effect"])
    n = [f"{_count(r.n_compared)} / {_count(r.n_reference)}" for r in part.itertuples()]
    layout.text_column(ax, 8, y, n, "n")
    layout.text_column(ax, 50, y, _intervals_in_words(part, "effect"), "effect (95 % interval)")
    layout.text_column(ax, 134, y, [p_text(p) for p in part["p_adjusted"]], "adjusted p")


def _differences(
    ax: Axes, part: pd.DataFrame, order: Sequence[str], published: Mapping | None
) -> None:
    """Rows of one unit: model and phenotype under the outcome, then the published estimate."""
    one = part["outcome"].nunique() == 1
    several = len(order) > 1
    models = [MODELS.get(name, name.capitalize()) for name in part["model"]]
    labels = [f"{model}, {phenotype}" if several else model
              for model, phenotype in zip(models, part["phenotype"], strict=True)]  # fmt: skip
    blocks = [""] * len(part) if one else list(part["outcome_label"])
    if published:
        labels, blocks = [*labels, f"Published: {published['label']}"], [*blocks, ""]
    y = layout.rows(ax, labels, blocks)
    colours = style.phenotype_colours(len(order) + 1)[1:]
    markers = style.phenotype_markers(len(order) + 1)[1:]
    for at, row in zip(y, part.itertuples(), strict=False):
        values = pd.DataFrame([[row.estimate, row.low, row.high]])
        i = order.index(row.phenotype)
        layout.intervals(ax, values, [at], colour=colours[i], marker=markers[i],
                        hollow=row.model.startswith("crude"))  # fmt: skip
    layout.not_estimable(ax, y[: len(part)][part["estimate"].isna().to_numpy()])
    texts, n = _intervals_in_words(part, "estimate"), [_count(v) for v in part["n"]]
    p = [p_text(v) for v in part["p"]] if "p" in part else [""] * len(part)
    if published:
        values = pd.DataFrame([published])[["estimate", "low", "high"]]
        layout.intervals(ax, values, y[-1:], colour=style.PUBLISHED, marker="D", hollow=True)
        texts, n, p = [*texts, *_intervals_in_words(values, "estimate")], [*n, ""], [*p, ""]
    layout.zero(ax, [*part["estimate"], *([published["estimate"]] if published else [])])
    what = f"Difference in {part['outcome_label'].iloc[0]}" if one else "Difference"
    unit = part["unit"].iloc[0]
    ax.set_xlabel(f"{what} ({unit}), 95 % interval" if unit else f"{what}, 95 % interval")
    layout.text_column(ax, 8, y, n, "n")
    layout.text_column(ax, 34, y, texts, "difference (95 % interval)")
    layout.text_column(ax, 134, y, p, "p")


def _intervals_in_words(frame: pd.DataFrame, estimate: str) -> list[str]:
    return [
        "–" if pd.isna(e) else f"{number(e)} ({number(a)} to {number(b)})"
        for e, a, b in frame[[estimate, "low", "high"]].itertuples(index=False)
    ]


def _count(n) -> str:
    return "–" if pd.isna(n) else f"{int(n):,}"
