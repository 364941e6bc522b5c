"""The division of least inertia that can be found: Lloyd's starts, taken further one patient at a
time.

Lloyd's algorithm stops where every patient is nearest to the own centroid. Hartigan's *transfer*
moves patient i from cluster a to b where n_b/(n_b + 1)·d²(i, b) < n_a/(n_a − 1)·d²(i, a), which
lowers the inertia although i may be nearer to a (Hartigan & Wong 1979). Where no transfer is left
none is left for Lloyd either, so nothing follows them. A *kick* then gives the patients around a
random one to a random cluster, transfers follow, and a lower inertia is kept. Without kicks, fifty
starts miss the best of 200 of R's Hartigan-Wong where clusters are many and hardly apart. No search
proves the least: the share of starts that reach it says how far to trust it.
"""

from __future__ import annotations

import numpy as np

from compendium.compiled import compiled
from compendium.phenotypes import kmeans

_KICKS, _PATIENTS = 200, 1_000_000  # kicks at most, and patients that all of them look at
_SAME = 1e-9  # relative difference below which two divisions are one optimum
_TIED = 1e-12  # of a patient's mean square: gains below it are rounding, and the patient stays


def optimum(X: np.ndarray, n_clusters: int, *, n_init: int, random_state: int):
    """The best of ``n_init`` k-means++ starts and up to 200 kicks on X (n × p, no gaps, at least
    k distinct rows).

    Returns labels (n,) 0..k − 1 in no particular order, and the share of starts that reached them
    (0 to 1; 0 where only a kick did).
    """
    X = X[:, np.ptp(X, axis=0) > 0]  # a constant feature adds nothing to any distance
    rng = np.random.RandomState(random_state)
    uniforms = kmeans.starts(rng, n_init, n_clusters)
    X = np.ascontiguousarray(X - X.mean(axis=0))
    found = [kmeans.best_fit(X, n_clusters, u[None])[0].astype(np.int64) for u in uniforms]
    reached = np.array([transfer(X, labels, n_clusters) for labels in found])
    best, lowest = found[reached.argmin()], reached.min()
    kicks = min(_KICKS, _PATIENTS // len(X)) if n_clusters > 1 else 0
    for _ in range(kicks):
        labels, middle = best.copy(), X[rng.randint(len(X))]
        nearest = ((X - middle) ** 2).sum(axis=1).argsort(kind="stable")
        labels[nearest[: 1 + rng.randint(len(X) // 2)]] = rng.randint(n_clusters)
        inertia = transfer(X, labels, n_clusters)
        if inertia < lowest * (1 - _SAME):
            best, lowest = labels, inertia
    return best, float((reached <= lowest * (1 + _SAME)).mean())


@compiled
def transfer(X, label, k):
    """Transfers in place until none lowers the inertia, which is returned. X (n, p) float64 with
    means 0, ``label`` (n,) int64; an empty cluster is filled and none is emptied."""
    n, p = X.shape
    centres, size, far = np.zeros((k, p)), np.zeros(k), np.zeros(k)
    for i in range(n):
        size[label[i]] += 1.0
        centres[label[i]] += X[i]
    for j in range(k):
        centres[j] /= max(size[j], 1.0)
    smallest, since, i = _TIED * (X * X).sum() / n, 0, 0
    while since < n:
        a = b = label[i]
        least = np.inf
        for j in range(k):
            far[j] = 0.0
            for f in range(p):
                far[j] += (X[i, f] - centres[j, f]) ** 2
            gain = far[j] * size[j] / (size[j] + 1.0)
            if j != a and gain < least:
                least, b = gain, j
        since += 1
        if size[a] > 1.0 and far[a] * size[a] / (size[a] - 1.0) - least > smallest:
            size[a] -= 1.0
            size[b] += 1.0
            centres[a] -= (X[i] - centres[a]) / size[a]
            centres[b] += (X[i] - centres[b]) / size[b]
            label[i], since = b, 0
        i = (i + 1) % n
    inertia = 0.0
    for i in range(n):
        inertia += ((X[i] - centres[label[i]]) ** 2).sum()
    return inertia
