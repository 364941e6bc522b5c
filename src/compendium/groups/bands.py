"""Stability beside what cohorts without groups give: resampled ARI, Jaccard, prediction strength.

"ARI 0.95" says nothing until it stands beside the ARI of a continuum cut in two. Each null draw
passes through the same resampling as the data, with the same bootstrap counts and halves, so
observed and null values differ by the cohort alone. Fewer resamples than in `stability` (its
resampling costs a pass a draw), therefore the observed value is computed again here.

Resampled ARI: mean over bootstraps, out-of-bag patients against the reference labels (Hubert &
Arabie, 10.1007/BF01908075). Jaccard: mean over bootstraps, distinct patients drawn, of the worst
recovered cluster (Hennig, 10.1016/j.csda.2006.11.025). Prediction strength: mean over halves of the
smallest share of pairs, over clusters of one half, that the centroids of the other half keep
together (Tibshirani & Walther, 10.1198/106186005X59243). All three: 1 = always the same groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from compendium import seeds
from compendium.groups import nulls
from compendium.phenotypes import kmeans
from compendium.stability import schemes
from compendium.stability.indices import adjusted_rand, jaccard

INDICES = ("resampled ARI", "smallest Jaccard", "prediction strength")
_BAND = (0.025, 0.975)
_TASK = 5  # draws a worker takes at once


def bands(
    Z: np.ndarray,
    prepared: Mapping[str, object],
    *,
    ks: Iterable[int] = range(2, 6),
    m_bands: int = 99,
    b_bands: int = 50,
    halves: int = 10,
    n_init: int = 10,
    random_state: int = 0,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Stability of the data and of cohorts without groups.

    Parameters
    ----------
    Z : (n, p) without missing values; z-scored here. prepared : null letter -> null, from
        ``continuum.reference_nulls``. m_bands : draws of each null. b_bands, halves : bootstraps
        and splits in two, of the data and of every draw. n_init : k-means++ starts of every fit.
    jobs : workers; the result is the same for any number. progress : called with (done, all).

    Returns
    -------
    One row a k, null and index: observed, mean, low, high (95 % of the draws), share_above (draws
    at least as stable as the data; near 0 = more stable than such cohorts, no p value of a test).
    """
    from joblib import Parallel, delayed

    ks, same = sorted(set(ks)), (b_bands, halves, n_init, random_state)
    todo = [(name, range(o, min(o + _TASK, m_bands)))
            for name in prepared for o in range(0, m_bands, _TASK)]
    calls = (delayed(_draws)(prepared[name], name, part, ks, same) for name, part in todo)
    found = {name: [] for name in prepared}
    results = Parallel(n_jobs=jobs, prefer="threads", return_as="generator")(calls)
    for done, ((name, _), part) in enumerate(zip(todo, results, strict=True), start=1):
        found[name].append(part)
        if progress:
            progress(done, len(todo))
    observed = stability(nulls.zscore(np.asarray(Z, float)), ks, *same)
    return _frame(observed, {name: np.concatenate(part) for name, part in found.items()}, ks)


def stability(
    Z: np.ndarray, ks: list[int], b_bands: int, halves: int, n_init: int, random_state: int
) -> np.ndarray:
    """Resampled ARI, smallest Jaccard and prediction strength of z-scores (n × p): (K, 3)."""
    counts = kmeans.bootstrap_counts(random_state, range(b_bands), len(Z))
    rows = []
    for k in ks:
        uniforms = kmeans.starts(seeds.generator(random_state, "reference of bands", k), n_init, k)
        reference, _ = kmeans.best_fit(Z, k, uniforms)
        options = {"n_init": n_init, "random_state": random_state, "replicates": range(b_bands)}
        found = kmeans.replicate_labels(Z, counts, k, **options).labels
        ari = np.nanmean(adjusted_rand(found, reference, counts == 0))
        worst = np.nanmean(jaccard(found, reference, k, counts > 0), axis=0).min()
        rows.append((ari, worst, strength_of_draw(Z, k, halves, n_init, random_state)))
    return np.array(rows)


def strength_of_draw(
    Z: np.ndarray, n_clusters: int, halves: int, n_init: int, random_state: int
) -> float:
    """Prediction strength of k-means on (n × p), 0 to 1, over ``halves`` random splits in two.

    Each half is once the one to be predicted. A cluster of one patient has no pairs and counts as
    kept. At k = 1 it is 1 by definition.
    """
    counts = schemes.drawn(schemes.HALVES, random_state, range(2 * halves), len(Z))
    order = np.r_[: 2 * halves : 2, 1 : 2 * halves : 2]  # starts: all first halves, then the others
    labels = np.empty(counts.shape, np.int8)
    labels[order] = kmeans.replicate_labels(
        Z, counts[order], n_clusters, n_init=n_init, random_state=random_state,
        replicates=range(2 * halves),
    ).labels
    return float(schemes.prediction_strengths(labels, counts, n_clusters).mean())


def _draws(null, name: str, draws: range, ks, same) -> np.ndarray:
    """Stability of a range of draws (len, K, 3): one task."""
    from threadpoolctl import threadpool_limits

    random_state = same[-1]
    with threadpool_limits(1):
        cohorts = (null.draw(nulls.null_generator(random_state, name, m)) for m in draws)
        return np.array([stability(Z, ks, *same) for Z in cohorts])


def _frame(observed, draws, ks) -> pd.DataFrame:
    rows = [
        (k, name, index, observed[i, j], values[:, i, j].mean(),
         *np.quantile(values[:, i, j], _BAND), (values[:, i, j] >= observed[i, j]).mean())
        for name, values in draws.items()
        for j, index in enumerate(INDICES)
        for i, k in enumerate(ks)
    ]
    names = ["k", "null", "index", "observed", "mean", "low", "high", "share_above"]
    return pd.DataFrame(rows, columns=names)
