"""What a severity continuum gives when it is cut in two: differences without any groups.

k-means cuts anything, and the pieces differ in every feature that follows the cut. So beside the
difference between the phenotypes of a cohort stands the one that a smooth continuum gives: cohorts
without groups that bend and spread every feature along severity as in the data (`nulls`), each
clustered and ordered as the cohort is. A difference inside its band is what a cut would show too;
the verdict on groups is `verdict`'s, and not read off here.

Seeds: draw m is that of `verdict`; its k-means++ starts come from the stream ("cuts", m).
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from compendium import seeds
from compendium.data.columns import SIGNS
from compendium.groups import nulls
from compendium.groups.bands import STARTS
from compendium.groups.draws import BAND, of_draws
from compendium.phenotypes import core, kmeans
from compendium.phenotypes.clustering import Clustering
from compendium.words import percent

_ENOUGH = 0.9  # share of the draws that must give a value
_COLUMNS = ("feature", "label", "block", "null_mean", "null_low", "null_high", "n_draws", "note")


def continuum_cut(found: Clustering, *, n_draws: int = 99) -> pd.DataFrame:
    """Most severe minus mildest piece of a severity continuum, feature by feature.

    Parameters
    ----------
    found : whose z-scores the continuum follows and whose number of phenotypes it is cut into;
        pieces are ordered by the features' directions (by size, largest first, where none has one).
    n_draws : simulated cohorts of a smooth continuum. Of more than 5,000 patients it follows a
        seeded sample, as in ``verdict``.

    Returns
    -------
    DataFrame, one row a feature: feature, label, block, null_mean, null_low and null_high of
    Hedges' g (2.5 % and 97.5 % of the draws), n_draws that gave a value (5 patients
    or more in both pieces), note. NaN with a sentence where less than 90 % of the draws did, or
    where the cohort bears no null: fewer than 20 patients or 2 features, a constant feature.
    """
    columns, random_state = [found.codebook[name] for name in found.Z], found.random_state
    about = pd.DataFrame({
        "feature": list(found.Z), "label": [c.label for c in columns],
        "block": [c.block for c in columns],
    })
    values = found.Z.to_numpy(float)[seeds.sample(len(found.Z), random_state)]
    if why := _obstacle(values):
        return about.assign(n_draws=0, note=why).reindex(columns=list(_COLUMNS))
    signs, Z = [SIGNS.get(column.worse, 0.0) for column in columns], nulls.zscore(values)
    null = nulls.smooth_continuum(Z, random_state)
    cut, noun = partial(_cut, signs=np.array(signs), k=len(found.names)), "batches of draws cut"
    draws = of_draws(cut, null, n_draws, random_state, task=20, noun=noun)
    return _frame(about, draws)


def _obstacle(values: np.ndarray) -> str:
    (n, p), (patients, features) = values.shape, nulls.SMALLEST
    if n < patients or p < features:
        return (f"No continuum to compare with: {n} patients and {p} features, {patients} and "
                f"{features} are needed.")
    if not np.isfinite(values).all() or (np.ptp(values, axis=0) == 0).any():
        return "No continuum to compare with: a feature has a gap or does not vary."
    return ""


def _cut(Z: np.ndarray, key: tuple, signs: np.ndarray, k: int) -> np.ndarray:
    """Hedges' g (p,) of the most severe piece of a draw minus the mildest; NaN where it cannot be
    cut."""
    random_state, *_, m = key
    if not np.isfinite(Z).all():  # a feature that does not vary in this draw
        return np.full(Z.shape[1], np.nan)
    uniforms = kmeans.starts(seeds.generator(random_state, "cuts", m), STARTS, k)
    try:
        labels = core.labelled(Z, k, signs, uniforms)
    except core.Impossible:
        return np.full(Z.shape[1], np.nan)
    return core.standardised_differences(Z, labels, np.arange(len(Z)), k)


def _frame(about: pd.DataFrame, drawn: np.ndarray) -> pd.DataFrame:
    used = drawn[~np.isnan(drawn).any(axis=1)]
    table = about.assign(n_draws=len(used), note="")
    if len(used) < max(1, _ENOUGH * len(drawn)):
        note = f"No band: {len(used)} of {len(drawn)} draws gave a value, {percent(_ENOUGH)} must."
        return table.assign(note=note).reindex(columns=list(_COLUMNS))
    low, high = np.quantile(used, BAND, axis=0)
    found = table.assign(null_mean=used.mean(axis=0), null_low=low, null_high=high)
    return found.reindex(columns=list(_COLUMNS))
