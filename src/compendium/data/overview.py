"""What is in a cohort before anything is analysed: gaps, shifts between scanners, one page."""

from __future__ import annotations

import pandas as pd

from compendium.data import intake
from compendium.data.cohort import Cohort, features
from compendium.data.columns import Codebook, Column, merged_levels
from compendium.data.summary import in_lines
from compendium.headcounts import few, fewest
from compendium.words import some

_UNRECORDED = "not recorded"


def missingness(cohort: Cohort) -> pd.DataFrame:
    """One row a column that the analysis uses: label, role, block, n_missing, n, share."""
    used = ("feature", "outcome", "validator", "covariate")
    columns = [c for c in cohort.codebook.columns if c.role in used]
    gaps = cohort.data[[c.name for c in columns]].isna().sum().to_numpy()
    n = len(cohort.data)
    return pd.DataFrame({
        "label": [c.label for c in columns], "role": [c.role for c in columns],
        "block": [c.block or c.role for c in columns],
        "n_missing": gaps, "n": n, "share": gaps / n,
    })


def share_missing(X: pd.DataFrame) -> float | None:
    """The share of the values that is missing; None where a feature lacks so few that the share,
    less the gaps of the others, would count them."""
    gaps = X.isna().sum()
    return None if gaps.map(few).any() else float(gaps.sum() / X.size)


def device_shifts(cohort: Cohort, Z: pd.DataFrame | None = None) -> pd.DataFrame:
    """Mean z-score of every feature within every device or centre, with its 95 % interval.

    A scanner or a centre whose patients are alike sits at 0; a gain offset shows as a shift of one
    block. One row device column × level × feature: device, level, feature, label, block, n_level
    (patients of the level), n (of them with the feature), mean_z, low, high (normal interval).
    Levels of few patients are merged, those not recorded among them; a feature that few have in
    one of them is left out, since the other means would give theirs away. ``Z``:
    features already scaled; without them, as measured and over all devices.
    """
    if Z is None:
        X = features(cohort)
        Z = (X - X.mean()) / X.std()
    records = []
    for device in cohort.codebook.devices:
        of = Z.groupby(_levels(cohort.data[device.name], device), observed=True)
        n, mean, half, size = of.count(), of.mean(), 1.959963984540054 * of.sem(), of.size()
        records += [
            (device.label, level, c.name, c.label, c.block, int(size[level]),
             int(n[c.name][level]), mean[c.name][level],
             mean[c.name][level] - half[c.name][level], mean[c.name][level] + half[c.name][level])
            for level in n.index for c in cohort.codebook.features
            if n[c.name].min() >= fewest()
        ]
    return pd.DataFrame(records, columns=[
        "device", "level", "feature", "label", "block", "n_level", "n", "mean_z", "low", "high",
    ])


def _levels(values: pd.Series, device: Column) -> pd.Series:
    """The level of every patient, rare ones merged; nobody is without one."""
    levels = [*device.levels, _UNRECORDED]
    values = values.astype(object).fillna(_UNRECORDED)
    under = merged_levels(values.value_counts().reindex(levels, fill_value=0).to_frame())
    return values.map(under).astype(pd.CategoricalDtype([*dict.fromkeys(under.values())]))


def without_range(book: Codebook) -> tuple[int, int]:
    """Of how many variables the codebook gives no usual range, and how many there are: those with
    numbers in the file. Levels are a range."""
    numbers = [c for c in book.columns if c.numeric and not c.derive and not c.levels]
    return sum(c.soft_min is None and c.soft_max is None for c in numbers), len(numbers)


def describe(cohort: Cohort) -> str:
    """What intake found, as a page of plain text: every column as read, flow, gaps, flags, doubts,
    ignored columns. It shows single values, and is for the screen of those who have the file."""
    book = cohort.codebook
    lines = [*in_lines(cohort.summary), "",
             f"{cohort.name}: {cohort.n_read} patients read, {len(cohort.data)} analysed."]
    left = cohort.flow.query("left_out > 0")
    lines += [f"  {r.left_out:>6} left out: {r.reason}" for r in left.itertuples()]
    gaps = missingness(cohort).query("n_missing > 0")
    lines += [f"  {100 * r.share:>4.1f} % missing: {r.label}" for r in gaps.itertuples()]
    lines += [
        f"  {r.n_outside:>6} outside the usual {intake.between(r.soft_min, r.soft_max)} {r.unit}: "
        f"{r.column}"
        for r in cohort.flags.itertuples()
    ]
    lines += [f"  looks wrong: {d.column or 'some rows'}: {d.seen}" for d in cohort.doubts]
    if cohort.ignored:
        lines.append(f"  not in the codebook, ignored: {some(cohort.ignored)}")
    blind = [c.label for c in book.features if c.worse == "none"]
    if blind:
        lines.append(f"  without a direction, not part of severity: {some(blind)}")
    complete = cohort.data[[c.name for c in book.covariates]].notna().all(axis=1).sum()
    roles = {"features": book.features, "validators": book.validators, "outcomes": book.outcomes,
             "covariates": book.covariates}
    counts = ", ".join(f"{len(columns)} {role}" for role, columns in roles.items())
    lines.append(f"Ready to run: {counts} (complete in {complete} patients).")
    if cohort.synthetic:
        lines.insert(0, "SYNTHETIC: these patients are simulated.")
    return "\n".join(lines)
