"""Stability beside what cohorts without groups give: resampled ARI, Jaccard, prediction strength.

"ARI 0.95" says nothing until it stands beside the ARI of a continuum cut in two. Each null draw
passes through the same resampling as the data, with the same bootstrap counts and halves, so
observed and null values differ by the cohort alone. A draw costs a pass of resampling, so there are
fewer resamples than in `stability`, and the observed value is computed again here.

Resampled ARI: mean over bootstraps, out-of-bag patients against the reference labels (Hubert &
Arabie, 10.1007/BF01908075). Jaccard: mean over bootstraps, distinct patients drawn, of the worst
recovered cluster (Hennig, 10.1016/j.csda.2006.11.025). Prediction strength: mean over halves
(`schemes.prediction_strengths`). All three: 1 = always the same groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd

from compendium import seeds
from compendium.groups.draws import beside_draws, of_draws
from compendium.groups.measures import STARTS
from compendium.phenotypes import kmeans
from compendium.stability import schemes
from compendium.stability.indices import adjusted_rand, jaccard

_INDICES = ("resampled ARI", "smallest Jaccard", "prediction strength")
_BOOTSTRAPS, _SPLITS = 50, 10  # of the data and of every draw


def bands(
    Z: np.ndarray, nulls: Mapping[str, object], ks: list[int], *, n_bands: int, random_state: int
) -> pd.DataFrame:
    """Stability of the data and of cohorts without groups.

    Parameters
    ----------
    Z : (n, p) z-scores. nulls : letter -> null, from ``continuum.reference_nulls``. n_bands : draws
        of each null.

    Returns
    -------
    As `draws.beside_draws`: one row a null, index and k.
    """
    statistic, noun = partial(stability, ks=ks), "batches of null draws resampled"
    draws = of_draws(statistic, nulls, n_bands, random_state, task=5, noun=noun)

    def named(values: np.ndarray) -> dict[str, np.ndarray]:
        return dict(zip(_INDICES, np.moveaxis(values, -1, 0), strict=True))

    observed = named(statistic(Z, (random_state,)))
    return beside_draws(observed, {name: named(values) for name, values in draws.items()}, ks)


def stability(Z: np.ndarray, key: tuple, ks: list[int]) -> np.ndarray:
    """Resampled ARI, smallest Jaccard and prediction strength of z-scores (n × p): (K, 3).

    Who is drawn and the starts follow from the random state, the first of the ``key``, alone: they
    are the same for all draws.
    """
    random_state, rows = key[0], []
    counts = kmeans.bootstrap_counts(random_state, range(_BOOTSTRAPS), len(Z))
    halves = schemes.drawn(schemes.HALVES, random_state, range(2 * _SPLITS), len(Z))
    order = np.r_[: 2 * _SPLITS : 2, 1 : 2 * _SPLITS : 2]  # starts: first halves, then the others
    settings = {"n_init": STARTS, "random_state": random_state}
    for k in ks:
        starts = seeds.generator(random_state, "reference of bands", k)
        reference, _ = kmeans.best_fit(Z, k, kmeans.starts(starts, STARTS, k))
        drawn = kmeans.replicate_labels(
            Z, counts, k, replicates=range(_BOOTSTRAPS), **settings).labels
        ari = np.nanmean(adjusted_rand(drawn, reference, counts == 0))
        worst = np.nanmean(jaccard(drawn, reference, k, counts > 0), axis=0).min()
        halved = np.empty(halves.shape, np.int8)
        halved[order] = kmeans.replicate_labels(
            Z, halves[order], k, replicates=range(2 * _SPLITS), **settings).labels
        rows.append((ari, worst, schemes.prediction_strengths(halved, halves, k).mean()))
    return np.array(rows)
