"""What ``kernel`` does, in numpy: a second opinion.

All starts of many replicates advance together as *problems*, so that each step is one matrix
product. Labels and iterations are the kernel's; inertia and centres agree to rounding. Three to
five times slower than the kernel at some hundred patients, more at thousands.
"""

from __future__ import annotations

import numpy as np

from compendium.phenotypes import kernel

BATCH = 400_000  # numbers in the table problems × clusters × patients, which should fit the cache
_TABLE = 3_000  # patients up to which all squared distances are kept in one table
_TIED = 1e-12  # as in the kernel


def fit_replicates(X, weights, uniforms, max_iter, labels, inertia, n_iter, centres, reached):
    """Fill labels, inertia, n_iter, centres and reached; arguments as in the kernel."""
    from scipy.spatial.distance import cdist

    k = centres.shape[1]
    square = cdist(X, X, "sqeuclidean") if len(X) <= _TABLE else None
    together = max(1, BATCH // (uniforms.shape[1] * k * len(X)))
    for first in range(0, len(weights), together):
        part = slice(first, first + together)
        n_init, draws = uniforms.shape[1:]
        w = np.repeat(weights[part], n_init, axis=0)
        start = _seed(X, w, uniforms[part].reshape(-1, draws), k, square)
        label, found, iterations = _lloyd(X, w, start, max_iter)
        reached[part] = found.reshape(-1, n_init)
        best = _first_best(reached[part]) + n_init * np.arange(len(reached[part]))
        labels[part], inertia[part] = label[best], found[best]
        n_iter[part], centres[part] = iterations[best], start[best]


def transfer(X, label, k):
    """Hartigan's transfers in place; returns how many (see
    ``compendium.phenotypes.kmeans.exchange``)."""
    size = np.bincount(label, minlength=k).astype(float)
    centres = np.stack([X[label == j].sum(axis=0) / max(size[j], 1.0) for j in range(k)])
    moves, since, i = 0, 0, 0
    while since < len(X):
        a, x = label[i], X[i]
        far = ((x - centres) ** 2).sum(axis=1)
        loss = far[a] * size[a] / max(size[a] - 1.0, 1.0)
        gain = far * size / (size + 1.0)
        gain[a] = np.inf
        b = int(np.argmin(gain))
        since += 1
        if size[a] > 1.0 and gain[b] < loss * (1.0 - _TIED):
            centres[a] -= (x - centres[a]) / (size[a] - 1.0)
            centres[b] += (x - centres[b]) / (size[b] + 1.0)
            size[a], size[b], label[i] = size[a] - 1.0, size[b] + 1.0, b
            moves, since = moves + 1, 0
        i = (i + 1) % len(X)
    return moves


def _first_best(reached):
    """The start kept in each replicate: a later one only where it is lower by more than a tie."""
    best = np.zeros(len(reached), np.int64)
    rows = np.arange(len(reached))
    for s in range(1, reached.shape[1]):
        best[reached[:, s] < reached[rows, best] * (1.0 - _TIED)] = s
    return best


def _seed(X, w, uniforms, k, square):
    """Greedy k-means++: first centres (P, k, p) of P problems with weights w (P, n)."""
    from scipy.spatial.distance import cdist

    def distances(rows):
        return cdist(X[rows], X, "sqeuclidean") if square is None else square[rows]

    n_trials = (uniforms.shape[1] - 1) // max(k - 1, 1)
    running = np.cumsum(w, axis=1)
    chosen = np.zeros((len(w), k), np.int64)
    chosen[:, 0] = np.argmax(running > uniforms[:, :1] * running[:, -1:], axis=1)
    closest = distances(chosen[:, 0])
    for c in range(1, k):
        running = np.cumsum(w * closest, axis=1)
        total = running[:, -1:].copy()
        best = np.full(len(w), np.inf)
        kept = closest
        for u in uniforms[:, 1 + (c - 1) * n_trials : 1 + c * n_trials].T:
            position = np.argmax((running >= u[:, None] * total) & (w > 0), axis=1)
            trial = np.minimum(closest, distances(position))
            potential = np.einsum("pn,pn->p", w, trial)
            better = potential < best
            best[better], chosen[better, c] = potential[better], position[better]
            kept = np.where(better[:, None], trial, kept)
        closest = kept
    return X[chosen]


def _lloyd(X, w, centres, max_iter):
    """Lloyd for all problems from ``centres`` (P, k, p), which end as the fits: labels (P, n),
    inertia (P,), iterations (P,)."""
    label = np.full(w.shape, -1, np.int8)
    iterations = np.zeros(len(w), np.int64)
    active = np.arange(len(w))
    for _ in range(max_iter):
        near = _nearest(X, centres[active])
        moved = ((near != label[active]) & (w[active] > 0)).any(axis=1)
        label[active] = near
        iterations[active] += 1
        active = active[moved]
        if not len(active):
            break
        centres[active] = _means(X, w[active], label[active], centres[active])
    label = _nearest(X, centres)
    inertia = np.zeros(len(w))
    for f in range(X.shape[1]):
        away = X[:, f] - np.take_along_axis(centres[:, :, f], label.astype(np.int64), axis=1)
        inertia += np.einsum("pn,pn,pn->p", w, away, away)
    return label, inertia, iterations


def _nearest(X, centres):
    """Nearest centre (P, n) int8 of every patient in every problem, the first where tied."""
    n_problems, k, p = centres.shape
    score = (-2.0 * centres.reshape(-1, p) @ X.T).reshape(n_problems, k, len(X))
    score += np.einsum("pkf,pkf->pk", centres, centres)[:, :, None]
    best = score[:, 0]
    near = np.zeros(best.shape, np.int8)
    for j in range(1, k):
        closer = score[:, j] < best
        near[closer] = j
        best = np.minimum(best, score[:, j])
    return near


def _means(X, w, label, centres):
    """Weighted means (P, k, p), empty clusters refilled as in the kernel."""
    k = centres.shape[1]
    member = (label[:, None, :] == np.arange(k, dtype=np.int8)[:, None]) * w[:, None, :]
    mass = member.sum(axis=2)
    sums = (member.reshape(-1, len(X)) @ X).reshape(centres.shape)
    for problem in np.flatnonzero((mass == 0).any(axis=1)):
        _refill(X, w[problem], label[problem], mass[problem], sums[problem], centres[problem])
    return sums / mass[:, :, None]


def _refill(X, w, label, mass, sums, centres):
    """Each empty cluster takes the patient drawn who is farthest from its own centre."""
    far = ((X - centres[label]) ** 2).sum(axis=1) * (w > 0)
    for j in np.flatnonzero(mass == 0):
        i = int(np.argmax(far))
        if far[i] > 0:
            far[i] = 0.0
            sums[label[i]] -= w[i] * X[i]
            mass[label[i]] -= w[i]
            sums[j], mass[j] = w[i] * X[i], w[i]
    heaviest = int(np.argmax(mass))
    for j in np.flatnonzero(mass <= 0):
        sums[j], mass[j] = sums[heaviest], mass[heaviest]


def lloyd_from(X, weights, start):
    """Lloyd from given centres, as the kernel's ``fit_replicates`` calls it."""
    rows = np.flatnonzero(weights)
    centres, inertia, n_iter = start[None].copy(), np.empty(1), np.empty(1, np.int64)
    tiles = kernel._tiles(X, rows)
    kernel._lloyd(X, rows, tiles, weights[rows], centres, 300, inertia, n_iter)
    return centres[0], inertia[0], n_iter[0]
