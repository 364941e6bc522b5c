"""The best of many k-means starts, and how sure one may be that nothing lies below it.

Lloyd's algorithm ends in a local optimum. Two numbers say how far to trust the best of its starts:
the share of starts that reached it, and what single-point transfers (Hartigan & Wong 1979) can
still gain. A transfer moves one patient where that lowers the inertia although the patient is
nearer to the old centroid, which Lloyd never does. The transfers are a certificate only: the
partition stays Lloyd's, which any k-means program repeats.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compendium import lloyd

SAME_INERTIA = 1e-9  # relative difference below which two starts reached the same optimum
CERTIFIED = 10  # different optima, best first, from which transfers are tried


@dataclass(frozen=True, eq=False)
class Optimum:
    """``labels`` (n,) 0..k − 1 in no particular order; ``inertia`` ≥ 0; ``share_at_best`` of the
    starts that reached it, 0 to 1; ``exchange_gain``, see :func:`optimum`."""

    labels: np.ndarray
    inertia: float
    share_at_best: float
    exchange_gain: float


def optimum(X: np.ndarray, n_clusters: int, *, n_init: int, random_state: int) -> Optimum:
    """The best of ``n_init`` Lloyd runs on X (n × p, no gaps, at least k distinct rows).

    The starts draw from one stream, so the partition is that of scikit-learn's
    ``KMeans(n_clusters, n_init=n_init, random_state=random_state, tol=0)``; tested.

    ``exchange_gain`` = 1 − (lowest inertia that transfers reach from the best solution and from up
    to nine other optima of the starts) / (inertia), 0 to 1: 0 where they find nothing lower, so
    that a larger value is the relative loss of the Lloyd solution.
    """
    X = X[:, np.ptp(X, axis=0) > 0]  # a constant feature adds nothing to any distance
    uniforms = lloyd.starts(np.random.RandomState(random_state), n_init, n_clusters)
    weights = np.ones(len(X))
    found = [lloyd.fit_weighted(X, weights, n_clusters, u[None]) for u in uniforms]
    inertias = np.array([inertia for _, _, inertia, _ in found])
    best = int(inertias.argmin())
    tried = [lloyd.exchange(X, found[s][0], n_clusters)[1] for s in _different(inertias)]
    return Optimum(
        labels=found[best][0].astype(int),
        inertia=float(inertias[best]),
        share_at_best=float((inertias <= inertias[best] * (1 + SAME_INERTIA)).mean()),
        exchange_gain=_gain(float(inertias[best]), min(tried)),
    )


def _different(inertias: np.ndarray) -> list[int]:
    """The first start of each of the CERTIFIED lowest optima, the best first."""
    kept: list[int] = []
    for start in inertias.argsort(kind="stable"):
        if not kept or inertias[start] > inertias[kept[-1]] * (1 + SAME_INERTIA):
            kept.append(int(start))
    return kept[:CERTIFIED]


def _gain(best: float, lowest: float) -> float:
    gain = 1.0 - lowest / best if best > 0 else 0.0
    return gain if gain > SAME_INERTIA else 0.0
