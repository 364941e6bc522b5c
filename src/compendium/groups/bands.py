"""Indices of separation and repeatability, beside what cohorts without groups give.

"ARI 0.95" says nothing until it stands beside the ARI of a continuum cut in two. Every simulated
cohort passes through the same clustering and the same resampling as the data, with the same
bootstrap counts and halves, so observed and simulated values differ by the cohort alone. A cohort
costs a pass of resampling, so there are fewer resamples than in `stability`, and the observed value
is computed again here. To be seen: nothing of this decides (`verdict`).

* cluster index: within sum of squares as a share of the total, 0 to 1, lower = tighter (SigClust,
  10.1198/016214508000000454); silhouette: its mean (Rousseeuw, 10.1016/0377-0427(87)90125-7).
* resampled ARI: mean over bootstraps, out-of-bag patients against the reference (Hubert & Arabie,
  10.1007/BF01908075); smallest Jaccard: mean over bootstraps of the worst recovered cluster
  (Hennig, 10.1016/j.csda.2006.11.025); prediction strength: mean over halves
  (`schemes.prediction_strengths`). All three: 1 = always the same groups.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from compendium import seeds
from compendium.groups import nulls
from compendium.groups.draws import BAND, of_draws
from compendium.phenotypes import kmeans
from compendium.phenotypes.clustering import Clustering
from compendium.stability import schemes
from compendium.stability.indices import adjusted_rand, jaccard, silhouettes_of_points

INDICES = ("silhouette", "cluster index", "resampled ARI", "smallest Jaccard",
           "prediction strength")
STARTS = 10  # k-means starts of every fit, of the data and of the draws
_BOOTSTRAPS, _SPLITS = 50, 10  # of the data and of every draw


def null_bands(found: Clustering, ks: Iterable[int], *, n_bands: int) -> pd.DataFrame:
    """Every index of the patients and of cohorts without groups.

    Parameters
    ----------
    found : whose z-scores are clustered and simulated. ks : numbers of clusters, 2 or more.
    n_bands : simulated cohorts of a smooth continuum (`nulls`).

    Returns
    -------
    DataFrame, one row an index and k: k, statistic, observed, mean, low, high (95 % of the
    simulated cohorts lie between), n_draws.
    """
    ks, random_state = sorted(set(ks)), found.random_state
    Z = nulls.zscore(found.Z.to_numpy(float)[seeds.sample(len(found.Z), random_state)])
    null = nulls.smooth_continuum(Z, random_state)
    statistic, noun = partial(indices, ks=ks), "batches of simulated cohorts clustered"
    draws = of_draws(statistic, null, n_bands, random_state, task=5, noun=noun)
    observed = statistic(Z, (random_state,))
    rows = [
        (k, name, observed[i, j], draws[:, i, j].mean(), *np.quantile(draws[:, i, j], BAND))
        for j, name in enumerate(INDICES) for i, k in enumerate(ks)
    ]
    names = ["k", "statistic", "observed", "mean", "low", "high"]
    return pd.DataFrame(rows, columns=names).assign(n_draws=n_bands)


def indices(Z: np.ndarray, key: tuple, ks: list[int]) -> np.ndarray:
    """The indices (K × 5) of z-scores (n × p), in the order of :data:`INDICES`.

    Who is drawn and the starts follow from the random state, the first of the ``key``, alone: they
    are the same for all cohorts.
    """
    random_state, rows, references, tightness = key[0], [], [], []
    counts = kmeans.bootstrap_counts(random_state, range(_BOOTSTRAPS), len(Z))
    halves = schemes.drawn(schemes.HALVES, random_state, range(2 * _SPLITS), len(Z))
    order = np.r_[: 2 * _SPLITS : 2, 1 : 2 * _SPLITS : 2]  # starts: first halves, then the others
    settings = {"n_init": STARTS, "random_state": random_state}
    for k in ks:
        starts = seeds.generator(random_state, "reference of bands", k)
        reference, inertia = kmeans.best_fit(Z, k, kmeans.starts(starts, STARTS, k))
        references.append(reference)
        tightness.append(inertia / (Z**2).sum())
        drawn = kmeans.replicate_labels(
            Z, counts, k, replicates=range(_BOOTSTRAPS), **settings).labels
        ari = np.nanmean(adjusted_rand(drawn, reference, counts == 0))
        worst = np.nanmean(jaccard(drawn, reference, k, counts > 0), axis=0).min()
        halved = np.empty(halves.shape, np.int8)
        halved[order] = kmeans.replicate_labels(
            Z, halves[order], k, replicates=range(2 * _SPLITS), **settings).labels
        rows.append((ari, worst, schemes.prediction_strengths(halved, halves, k).mean()))
    widths = silhouettes_of_points(Z, np.stack(references), cdist).mean(axis=1)
    return np.column_stack([widths, tightness, rows])
