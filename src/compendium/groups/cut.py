"""What a severity continuum gives when it is cut in two: differences without any groups.

k-means cuts anything, and the pieces differ in every feature that follows the cut. So beside the
difference between the phenotypes of a cohort stands the one that null C gives: cohorts with one
severity continuum that bends and spreads every feature as in the data, and with no groups
(`nulls`), each clustered and ordered as the cohort is. A difference inside its band is what a cut
would show too; the verdict on groups is `continuum`'s, and not read off here.

Seeds: draw m is that of `continuum`, ``nulls.null_generator(random_state, "C", m)``; its k-means++
starts come from ``SeedSequence(random_state, spawn_key=(25, m))``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from compendium import seeds
from compendium.data.columns import SIGNS, Codebook
from compendium.groups import continuum, nulls
from compendium.phenotypes import kmeans
from compendium.phenotypes.core import Impossible, ordered_centroids, standardised_differences
from compendium.phenotypes.scaling import distances_to
from compendium.seeds import sample
from compendium.statistics import CONFIDENCE
from compendium.words import percent

_TASK = 20  # draws a worker takes at once
NULL = "C"
FEWEST = 20  # patients below which no null is fitted
_ENOUGH = 0.9  # share of the draws that must give a value
_COLUMNS = ("feature", "label", "block", "null_mean", "null_low", "null_high", "n_draws", "note")


def continuum_cut(
    Z: pd.DataFrame,
    codebook: Codebook,
    *,
    n_clusters: int = 2,
    n_draws: int = 99,
    n_init: int = 10,
    random_state: int = 0,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Most severe minus mildest piece of a severity continuum, feature by feature.

    Parameters
    ----------
    Z : (n × p) features without gaps, any unit (z-scored here); columns of the codebook, whose
        ``worse`` orders the pieces (by size, largest first, where no feature has a direction).
    n_draws : cohorts drawn from null C. Of more than 5,000 patients the null follows a seeded
        sample, as in ``continuum``.
    jobs : workers; None leaves it to ``parallel``. The result is the same for any number.

    Returns
    -------
    DataFrame, one row a feature: feature, label, block, null_mean, null_low and null_high of
    Hedges' g (2.5 % and 97.5 % of the draws), n_draws that gave a value (5 patients
    or more in both pieces), note. NaN with a sentence where less than 90 % of the draws did, or
    where the cohort bears no null: fewer than 20 patients or 2 features, a constant feature.
    """
    from joblib import Parallel, delayed

    about = pd.DataFrame({
        "feature": list(Z), "label": [codebook[name].label for name in Z],
        "block": [codebook[name].block for name in Z],
    })
    values = Z.iloc[sample(len(Z), random_state)].to_numpy(dtype=float)
    if why := _obstacle(values):
        return about.assign(n_draws=0, note=why).reindex(columns=list(_COLUMNS))
    signs = np.array([SIGNS.get(codebook[name].worse, 0.0) for name in Z])
    null = _null(values, signs, random_state)
    parts = [range(o, min(o + _TASK, n_draws)) for o in range(0, n_draws, _TASK)]
    choices = (signs, n_clusters, n_init, random_state)
    calls = (delayed(_task)(null, part, *choices) for part in parts)
    found = []
    for done, drawn in enumerate(Parallel(n_jobs=jobs, return_as="generator")(calls), start=1):
        found.append(drawn)
        if progress:
            progress(done, len(parts))
    return _frame(about, np.concatenate(found))


def _null(values: np.ndarray, signs: np.ndarray, random_state: int) -> nulls.SeverityContinuum:
    """Null C as `continuum.examine` prepares it."""
    Z = nulls.zscore(values)
    t = continuum.along_axes(Z, Z @ signs)
    return nulls.severity_continuum(Z, t, random_state, NULL)[NULL]


def _obstacle(values: np.ndarray) -> str:
    n, p = values.shape
    if n < FEWEST or p < 2:
        return f"No continuum to compare with: {n} patients and {p} features, 20 and 2 are needed."
    if not np.isfinite(values).all() or (np.ptp(values, axis=0) == 0).any():
        return "No continuum to compare with: a feature has a gap or does not vary."
    return ""


def _task(null, part: range, signs, k: int, n_init: int, random_state: int) -> np.ndarray:
    """Hedges' g (len, p) of a range of draws; NaN where a draw cannot be cut."""
    from threadpoolctl import threadpool_limits

    found = np.full((len(part), len(signs)), np.nan)
    with threadpool_limits(1):
        for row, m in zip(found, part, strict=True):
            Z = null.draw(nulls.null_generator(random_state, NULL, m))
            uniforms = kmeans.starts(seeds.generator(random_state, "cuts", m), n_init, k)
            row[:] = _cut(Z, signs, k, uniforms)
    return found


def _cut(Z: np.ndarray, signs: np.ndarray, k: int, uniforms: np.ndarray) -> np.ndarray:
    """Hedges' g (p,) of the most severe piece minus the mildest."""
    if not np.isfinite(Z).all():  # a feature that does not vary in this draw
        return np.full(Z.shape[1], np.nan)
    try:
        centroids = ordered_centroids(Z, kmeans.best_fit(Z, k, uniforms)[0], k, signs)
    except Impossible:
        return np.full(Z.shape[1], np.nan)
    labels = distances_to(Z, centroids).argmin(axis=1)
    return standardised_differences(Z, labels, np.arange(len(Z)), k)


def _frame(about: pd.DataFrame, drawn: np.ndarray) -> pd.DataFrame:
    used = drawn[~np.isnan(drawn).any(axis=1)]
    table = about.assign(n_draws=len(used), note="")
    if len(used) < max(1, _ENOUGH * len(drawn)):
        note = f"No band: {len(used)} of {len(drawn)} draws gave a value, {percent(_ENOUGH)} must."
        return table.assign(note=note).reindex(columns=list(_COLUMNS))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(used, [tail, 1 - tail], axis=0)
    found = table.assign(null_mean=used.mean(axis=0), null_low=low, null_high=high)
    return found.reindex(columns=list(_COLUMNS))
