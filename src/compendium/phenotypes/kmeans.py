"""Many weighted k-means fits over one matrix: the compiled core of every resampling.

Lloyd's algorithm with greedy k-means++ starts. A bootstrap replicate is the shared matrix X and
its *counts*, how often each patient was drawn: only patients drawn are visited while fitting,
and then every patient goes to the nearest centroid. The start draws are consumed in
scikit-learn's order, so ``KMeans(n_clusters, n_init=..., tol=0, random_state=...)`` given
``sample_weight=counts`` and the same random stream returns the same labels, inertia Σ w·|x − c|²
and number of iterations. Arithmetic is strict IEEE double precision in a fixed order: the bits
depend neither on threads nor on how replicates are grouped into tasks.

Convention: labels here are numbers without an order; ``core`` orders them by severity. Replicate b
counts patients from the stream ("counts", b) of ``seeds`` and starts from ("starts", k, b), so more
replicates keep the earlier ones, and each can be rerun alone.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from compendium.problems import InputRefused, refuse_if
from compendium.seeds import generator
from compendium.statistics import finite

_MAX_ITER = 300
_NO_CLUSTER = "n_clusters must be 1 or more, and {} was asked for."


@dataclass(frozen=True, eq=False)
class Fits:
    """R fits of one k. ``labels`` (R, n) int8 for all n patients, 0..k−1 in no particular order;
    ``inertia`` (R,) weighted sum of squared distances, ≥ 0, lower is tighter; ``n_iter`` (R,)
    Lloyd iterations of the start that was kept.
    """

    labels: np.ndarray
    inertia: np.ndarray
    n_iter: np.ndarray


def starts(rng, n_init: int, n_clusters: int) -> np.ndarray:
    """Uniform draws for ``n_init`` k-means++ starts, in scikit-learn's order.

    One row a start: one draw for the first centre, then 2 + int(log k) trials for each further
    one. ``rng`` is a Generator, or a RandomState where scikit-learn's stream is to be matched.
    """
    return rng.random((n_init, 1 + (n_clusters - 1) * _trials(n_clusters)))


def bootstrap_counts(random_state: int, replicates: range, n: int) -> np.ndarray:
    """How often each of n patients is drawn: (replicates, n) uint16, each row sums to n."""
    counts = np.empty((len(replicates), n), np.uint16)
    for row, b in zip(counts, replicates, strict=True):
        drawn = generator(random_state, "counts", b).integers(n, size=n)
        row[:] = np.bincount(drawn, minlength=n)
    return counts


def best_fit(X, n_clusters, uniforms):
    """The best of all starts on one matrix, without a look for constant columns or equal rows, for
    many small matrices: labels (n,) int8 and inertia. ``uniforms``: see :func:`starts`.

    Callable from threads side by side. Refuses values that are no finite number, and no cluster or
    more than patients.
    """
    X = finite("the matrix", X)
    if n_clusters > len(X):
        raise InputRefused(f"{len(X)} patients cannot make {n_clusters} clusters.")
    fits = _fit(X, np.ones((1, len(X))), n_clusters, uniforms[None])
    return fits.labels[0], float(fits.inertia[0])


def replicate_labels(
    X, counts, n_clusters: int, *, n_init: int, random_state: int, replicates: range
) -> Fits:
    """The fits of a range of replicates, one after the other: one task.

    ``counts`` (len(replicates), n), 0 or more and not all 0: row r belongs to ``replicates[r]``.
    """
    uniforms = _draws(random_state, n_clusters, n_init, replicates.start, replicates.stop)
    return _fit(check_matrix(X, n_clusters), np.asarray(counts, float), n_clusters, uniforms)


def check_matrix(X, n_clusters: int) -> np.ndarray:
    """X as a float array, refused in one sentence where k-means would be meaningless."""
    names = [str(c) for c in getattr(X, "columns", range(1, np.shape(X)[1] + 1))]
    X = np.ascontiguousarray(X, dtype=float)
    for row, column in np.argwhere(~np.isfinite(X))[:1]:
        where = f"Row {row + 1}, column {names[column]}"
        raise InputRefused(f"{where}: no finite number; fill or leave it out.")
    refuse_if(cannot_divide(X, n_clusters))
    for column in np.flatnonzero(np.ptp(X, axis=0) == 0)[:1]:
        raise InputRefused(f"Column {names[column]} is constant: leave it out of the clustering.")
    return X


def cannot_divide(X: np.ndarray, n_clusters: int) -> list[str]:
    """A sentence where X (n × p, finite) cannot hold so many clusters; else nothing."""
    if n_clusters < 1:
        return [_NO_CLUSTER.format(n_clusters)]
    distinct = len(np.unique(X, axis=0))
    return [
        f"{n_clusters} clusters need at least {n_clusters} patients that differ, and the "
        f"features hold {distinct}; choose a smaller n_clusters."
    ] * (distinct < n_clusters)


@lru_cache(maxsize=64)
def _draws(random_state: int, n_clusters: int, n_init: int, first: int, stop: int):
    """Start draws of replicates first … stop − 1, which many cohorts and schemes ask for again."""
    streams = (generator(random_state, "starts", n_clusters, b) for b in range(first, stop))
    return np.stack([starts(rng, n_init, n_clusters) for rng in streams])


def _trials(n_clusters: int) -> int:
    """Candidates for each further centre, of which the best is kept: scikit-learn's number."""
    if n_clusters < 1:
        raise InputRefused(_NO_CLUSTER.format(n_clusters))
    return 2 + int(np.log(n_clusters))


def _fit(X, weights, n_clusters, uniforms) -> Fits:
    """R fits over one X; the mean is taken off, as scikit-learn does."""
    (R, n), draws = weights.shape, 1 + (n_clusters - 1) * _trials(n_clusters)
    if uniforms.ndim != 3 or uniforms.shape[::2] != (R, draws):
        raise InputRefused(f"Each start of {n_clusters} clusters needs {draws} draws.")
    fits = Fits(np.empty((R, n), np.int8), np.empty(R), np.empty(R, np.int64))
    _kernel().fit_replicates(
        np.ascontiguousarray(X - X.mean(axis=0)), np.ascontiguousarray(weights), uniforms,
        n_clusters, _MAX_ITER, fits.labels, fits.inertia, fits.n_iter,
    )
    return fits


@cache
def _kernel():
    """The compiled module that does the work; says once that it is about to be compiled, unless a
    compiled copy is on the disk."""
    from compendium.phenotypes import kernel

    folder = Path(kernel.fit_replicates.stats.cache_path)
    if not any(folder.glob("kernel.fit_replicates-*.nbi")):
        print("compiling the k-means kernel, once, about 12 s", file=sys.stderr, flush=True)
    return kernel
