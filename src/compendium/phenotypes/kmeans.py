"""Many weighted k-means fits over one matrix: the compiled core of every resampling.

Lloyd's algorithm with greedy k-means++ starts. A bootstrap replicate is the shared matrix X and
its *counts*, how often each patient was drawn: only patients drawn are visited while fitting,
and then every patient goes to the nearest centroid. The start draws are consumed in
scikit-learn's order, so ``KMeans(n_clusters, n_init=..., tol=0, random_state=...)`` given
``sample_weight=counts`` and the same random stream returns the same labels, inertia and number
of iterations. Arithmetic is strict IEEE double precision in a fixed order: the bits depend
neither on threads nor on how replicates are grouped into tasks.

Convention: labels here are numbers without an order; ``core`` orders them by severity. Replicate b
counts patients from the stream ("counts", b) of ``seeds`` and starts from ("starts", k, b), so more
replicates keep the earlier ones, and each can be rerun alone.

The same arithmetic in numpy stands in the tests, as a second opinion.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from compendium.problems import InputRefused, refuse_if
from compendium.seeds import generator

_MAX_ITER = 300
_FEW = "Fewer distinct rows than clusters: {} asked for; ask for fewer."


@dataclass(frozen=True, eq=False)
class Fits:
    """R fits of one k. ``labels`` (R, n) int8 for all n patients, 0..k−1 in no particular order;
    ``inertia`` (R,) weighted sum of squared distances, ≥ 0, lower is tighter; ``n_iter`` (R,)
    Lloyd iterations of the start that was kept; ``centres`` (R, k, p) in the unit of X;
    ``start_inertias`` (R, n_init) inertia that each start reached.
    """

    labels: np.ndarray
    inertia: np.ndarray
    n_iter: np.ndarray
    centres: np.ndarray
    start_inertias: np.ndarray


def starts(rng, n_init: int, n_clusters: int) -> np.ndarray:
    """Uniform draws for ``n_init`` k-means++ starts, in scikit-learn's order.

    One row a start: one draw for the first centre, then 2 + int(log k) trials for each further
    one. ``rng`` is a Generator, or a RandomState where scikit-learn's stream is to be matched.

    >>> starts(np.random.default_rng(0), 10, 3).shape
    (10, 7)
    """
    return rng.random((n_init, 1 + (n_clusters - 1) * _trials(n_clusters)))


def bootstrap_counts(random_state: int, replicates: range, n: int) -> np.ndarray:
    """How often each of n patients is drawn: (replicates, n) uint16, each row sums to n."""
    counts = np.empty((len(replicates), n), np.uint16)
    for row, b in zip(counts, replicates, strict=True):
        drawn = generator(random_state, "counts", b).integers(n, size=n)
        row[:] = np.bincount(drawn, minlength=n)
    return counts


def fit_weighted(X, weights, n_clusters, uniforms, *, max_iter=_MAX_ITER):
    """One weighted k-means fit, the best of all its starts.

    Parameters
    ----------
    X : (n, p) finite numbers. weights : (n,) ≥ 0; patients of weight 0 are only labelled.
    uniforms : (n_init, 1 + (k − 1)(2 + int(log k))) draws, see :func:`starts`.

    Returns
    -------
    labels (n,) int8 of all patients, centres (k, p), inertia ≥ 0, n_iter ≥ 1.

    Raises
    ------
    InputRefused : a value that is no finite number, a constant column, or fewer distinct rows
        than clusters.

    Inertia Σ w·|x − c|². Lloyd (1982) is run until no label changes; equal to
    scikit-learn's KMeans with ``tol=0``, start by start.

    >>> X = np.array([[0.0, 1], [1, 0], [8, 9], [9, 8]])
    >>> u = starts(np.random.default_rng(0), 5, 2)
    >>> labels, centres, inertia, n_iter = fit_weighted(X, np.ones(4), 2, u)
    >>> bool(labels[0] == labels[1] != labels[2] == labels[3]), round(inertia, 6)
    (True, 2.0)
    """
    X, weights = check_matrix(X, n_clusters), np.asarray(weights, float)
    _check_weights(weights[None], (1, len(X)))
    if not _distinct(X[weights > 0], n_clusters):
        raise InputRefused(_FEW.format(n_clusters))
    fits = _fit(X, weights[None], n_clusters, uniforms[None], max_iter)
    return fits.labels[0], fits.centres[0], float(fits.inertia[0]), int(fits.n_iter[0])


def best_fit(X, n_clusters, uniforms):
    """An unweighted fit without the checks of the input, for many small matrices: labels (n,)
    int8 and inertia. Callable from threads side by side; refuses only what is no finite number.
    """
    X = np.asarray(X, float)
    if not np.isfinite(X).all():
        raise InputRefused("A matrix to be clustered holds values that are no finite numbers.")
    fits = _fit(X, np.ones((1, len(X))), n_clusters, uniforms[None], _MAX_ITER)
    return fits.labels[0], float(fits.inertia[0])


def replicate_labels(
    X, counts, n_clusters: int, *, n_init: int, random_state: int, replicates: range
) -> Fits:
    """The fits of a range of replicates, one after the other: one task.

    ``counts`` (len(replicates), n), row r belongs to ``replicates[r]``; None weighs every patient
    once.
    """
    X = check_matrix(X, n_clusters)
    shape = (len(replicates), len(X))
    weights = np.ones(shape) if counts is None else np.asarray(counts, float)
    _check_weights(weights, shape)
    uniforms = _draws(random_state, n_clusters, n_init, replicates.start, replicates.stop)
    return _fit(X, weights, n_clusters, uniforms, _MAX_ITER)


def exchange(X, labels, n_clusters: int):
    """Hartigan's single-point transfers from given labels until none lowers the inertia.

    Patient i leaves a for b while n_b/(n_b + 1)·d²(i, b) < n_a/(n_a − 1)·d²(i, a); a cluster is
    never emptied. Returns labels, inertia (never above that of the labels given), number of moves.
    Lloyd's optima need not be optima of this search, so a move is a certificate that a better
    partition exists. Hartigan & Wong (1979).
    """
    X, labels = check_matrix(X, n_clusters), np.array(labels, np.int64)
    if labels.shape != X.shape[:1] or labels.min() < 0 or labels.max() >= n_clusters:
        raise InputRefused(f"Labels must be one of 0 to {n_clusters - 1} for each row.")
    X = np.ascontiguousarray(X - X.mean(axis=0))
    n_moves = _kernel().transfer(X, labels, n_clusters)
    sizes = np.bincount(labels, minlength=n_clusters)
    within = [((X[labels == j] - X[labels == j].mean(axis=0)) ** 2).sum()
              for j in np.flatnonzero(sizes)]
    return labels.astype(np.int8), float(np.sum(within)), n_moves


def check_matrix(X, n_clusters: int) -> np.ndarray:
    """X as a float array, refused in one sentence where k-means would be meaningless."""
    names = [str(c) for c in getattr(X, "columns", range(1, np.shape(X)[1] + 1))]
    X = np.ascontiguousarray(X, dtype=float)
    problem = None
    if not np.isfinite(X).all():
        row, column = np.argwhere(~np.isfinite(X))[0]
        problem = f"Row {row + 1}, column {names[column]}: no finite number; fill or leave it out."
    elif not _distinct(X, n_clusters):
        problem = _FEW.format(n_clusters)
    elif len(flat := np.flatnonzero(np.ptp(X, axis=0) == 0)):
        problem = f"Column {names[flat[0]]} is constant: leave it out of the clustering."
    refuse_if([problem] if problem else [])
    return X


@lru_cache(maxsize=64)
def _draws(random_state: int, n_clusters: int, n_init: int, first: int, stop: int):
    """Start draws of replicates first … stop − 1, which many cohorts and schemes ask for again."""
    streams = (generator(random_state, "starts", n_clusters, b) for b in range(first, stop))
    return np.stack([starts(rng, n_init, n_clusters) for rng in streams])


def _trials(n_clusters: int) -> int:
    """Candidates for each further centre, of which the best is kept: scikit-learn's number."""
    return 2 + int(np.log(n_clusters))


def _check_weights(weights, shape) -> None:
    """Refuse what would leave nobody to cluster; the kernel itself looks at nothing."""
    usable = weights.shape == shape and np.isfinite(weights).all() and (weights >= 0).all()
    if not (usable and weights.any(axis=1).all()):
        raise InputRefused(
            f"Weights must be of shape {shape}, finite, 0 or more, not all 0 in a replicate."
        )


def _distinct(X, n_clusters: int) -> bool:
    """Whether at least n_clusters rows differ from each other."""
    for _ in range(n_clusters):
        if not len(X):
            return False
        first = X[0]
        X = X[(first != X).any(axis=1)]
    return True


def _fit(X, weights, n_clusters, uniforms, max_iter) -> Fits:
    """R fits over one X; the mean is taken off, as scikit-learn does."""
    (R, n), p, mean = weights.shape, X.shape[1], X.mean(axis=0)
    draws = 1 + (n_clusters - 1) * _trials(n_clusters)
    if uniforms.ndim != 3 or uniforms.shape[::2] != (R, draws):
        raise InputRefused(f"Each start of {n_clusters} clusters needs {draws} draws.")
    fits = Fits(
        np.empty((R, n), np.int8), np.empty(R), np.empty(R, np.int64),
        np.empty((R, n_clusters, p)), np.empty((R, uniforms.shape[1])),
    )
    _kernel().fit_replicates(
        np.ascontiguousarray(X - mean), np.ascontiguousarray(weights), uniforms, max_iter,
        fits.labels, fits.inertia, fits.n_iter, fits.centres, fits.start_inertias,
    )
    np.add(fits.centres, mean, out=fits.centres)
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
