"""The compiled loops of ``lloyd``: k-means++ seeding, Lloyd iterations, Hartigan transfers.

Patients drawn stand in tiles: ``xt[b, f, t]`` is feature f of patient TILE·b + t, so that the
inner loops run over patients side by side and each patient keeps its own, fixed order of
additions. Strict IEEE double precision (no fastmath), so the bits depend neither on the CPU's
vector width nor on threads; ``nogil``, so that joblib's threads run side by side. Two identities
cut the work: patients of weight 0 are not visited, and k centres need k − 1 products (see
``_nearest``). Loops stay in place: a helper called for every patient costs four times their work.

numba keeps the compiled copy beside this file, or in the user's cache where that is read-only.
"""

from __future__ import annotations

import numba
import numpy as np

TILE = 128  # patients in a tile: its features fit the first-level cache
LANES = 16  # loops over a tile run to a multiple of it, so that nothing is left to scalar code
STEP = 4  # features taken together in the inner loops; the last step is filled with zeros
TIED = 1e-12  # restarts closer than this, relatively, are one optimum: the first is kept

_jit = numba.njit(nogil=True, cache=True)


@_jit
def fit_replicates(X, weights, uniforms, max_iter, labels, inertia, n_iter, centres, reached):
    """Every replicate: all starts over the patients drawn, then labels for all patients.

    X (n, p) with column means 0, weights (R, n), uniforms (R, n_init, draws); the other arrays
    are filled: ``compendium.lloyd.Fits`` says with what.
    """
    n = X.shape[0]
    everybody = _tiles(X, np.arange(n))
    nearest = np.empty((everybody.shape[0], TILE), np.int64)
    for r in range(weights.shape[0]):
        rows = np.flatnonzero(weights[r])
        xt = _tiles(X, rows)
        w = np.zeros((xt.shape[0], TILE))
        w.ravel()[: len(rows)] = weights[r][rows]
        n_iter[r] = 0
        for s in range(uniforms.shape[1]):
            start = X[rows[_seed(xt, w, len(rows), uniforms[r, s], centres.shape[1])]]
            found, iterations = _lloyd(X, rows, xt, w, start, max_iter)
            reached[r, s] = found
            if n_iter[r] == 0 or found < inertia[r] * (1.0 - TIED):
                inertia[r], n_iter[r], centres[r] = found, iterations, start
        _nearest(everybody, n, centres[r], nearest)
        labels[r] = nearest.ravel()[:n]


@_jit
def _tiles(X, rows):
    """The given rows of X, tile by tile; rows and features that fill up are 0."""
    p = X.shape[1]
    xt = np.zeros((-(-len(rows) // TILE), -(-p // STEP) * STEP, TILE))
    for i in range(len(rows)):
        for f in range(p):
            xt[i // TILE, f, i % TILE] = X[rows[i], f]
    return xt


@_jit
def _width(n, b):
    """How far loops over tile b of n patients run."""
    return -(-min(TILE, n - b * TILE) // LANES) * LANES


@_jit
def _seed(xt, w, n, uniforms, k):
    """Greedy k-means++: positions (k,) of the first centres among the n patients drawn."""
    n_trials = (len(uniforms) - 1) // max(k - 1, 1)
    chosen = np.zeros(k, np.int64)  # valid even where an overflow makes every distance infinite
    closest, kept, trial = np.full(w.shape, np.inf), np.empty(w.shape), np.empty(w.shape)
    weight = w.ravel()
    running = np.cumsum(weight[:n])
    first = np.searchsorted(running, uniforms[0] * running[-1], side="right")
    chosen[0] = min(first, n - 1)
    potential = _closer(xt, w, n, chosen[0], closest, kept)
    for c in range(1, k):
        closest, kept = kept, closest
        distance = closest.ravel()
        total = 0.0
        for i in range(n):
            total += weight[i] * distance[i]
            running[i] = total
        best = np.inf
        for u in uniforms[1 + (c - 1) * n_trials : 1 + c * n_trials]:
            position = min(np.searchsorted(running, u * potential), n - 1)
            reached = _closer(xt, w, n, position, closest, trial)
            if reached < best:
                best, chosen[c] = reached, position
                kept, trial = trial, kept
        potential = best
    return chosen


@_jit
def _closer(xt, w, n, position, closest, out):
    """out = min(closest, squared distance to one patient); returns its weighted sum."""
    centre = xt[position // TILE, :, position % TILE].copy()
    lanes = np.zeros(TILE)
    for b in range(xt.shape[0]):
        o, near, weight, width = out[b], closest[b], w[b], _width(n, b)
        o[:width] = 0.0
        for f in range(0, xt.shape[1], STEP):
            x0, x1, x2, x3 = xt[b, f], xt[b, f + 1], xt[b, f + 2], xt[b, f + 3]
            c0, c1, c2, c3 = centre[f], centre[f + 1], centre[f + 2], centre[f + 3]
            for t in range(width):
                d0, d1, d2, d3 = x0[t] - c0, x1[t] - c1, x2[t] - c2, x3[t] - c3
                o[t] += (d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3)
        for t in range(width):
            o[t] = min(o[t], near[t])
            lanes[t] += weight[t] * o[t]
    half = TILE // 2
    while half:  # a fixed order that vectors can follow
        for t in range(half):
            lanes[t] += lanes[half + t]
        half //= 2
    return lanes[0]


@_jit
def _nearest(xt, n, centres, out):
    """Nearest centre of every patient, the first where tied.

    |x − c_j|² − |x − c_0|² = x·2(c_0 − c_j) + |c_j|² − |c_0|²: k centres need k − 1 products.
    """
    k, p = centres.shape
    towards, offset = np.zeros((k, xt.shape[1])), np.zeros(k)
    for j in range(k):
        for f in range(p):
            towards[j, f] = 2.0 * (centres[0, f] - centres[j, f])
            offset[j] += centres[j, f] * centres[j, f]
    best, score = np.empty(TILE), np.empty(TILE)
    for b in range(xt.shape[0]):
        near, width = out[b], _width(n, b)
        near[:width] = 0
        best[:width] = 0.0
        for j in range(1, k):
            first = offset[j] - offset[0]
            for f in range(0, xt.shape[1], STEP):
                x0, x1, x2, x3 = xt[b, f], xt[b, f + 1], xt[b, f + 2], xt[b, f + 3]
                c0, c1 = towards[j, f], towards[j, f + 1]
                c2, c3 = towards[j, f + 2], towards[j, f + 3]
                if f == 0:
                    for t in range(width):
                        score[t] = first + ((x0[t] * c0 + x1[t] * c1) + (x2[t] * c2 + x3[t] * c3))
                else:
                    for t in range(width):
                        score[t] += (x0[t] * c0 + x1[t] * c1) + (x2[t] * c2 + x3[t] * c3)
            for t in range(width):
                if score[t] < best[t]:
                    best[t] = score[t]
                    near[t] = j


@_jit
def _lloyd(X, rows, xt, w, centres, max_iter):
    """Lloyd from ``centres``, which end as the fit: inertia and iterations.

    Sums follow only the patients that change cluster.
    """
    (k, p), n, weight = centres.shape, len(rows), w.ravel()
    near, label = np.empty(w.shape, np.int64), np.full(n, -1)
    now = near.ravel()
    sums, mass, size = np.zeros((k, p)), np.zeros(k), np.zeros(k, np.int64)
    moved, iterations = 1, 0
    while moved and iterations < max_iter:
        _nearest(xt, n, centres, near)
        iterations += 1
        moved = 0
        for i in range(n):
            old, new = label[i], now[i]
            if new != old:
                moved += 1
                label[i] = new
                size[new] += 1
                mass[new] += weight[i]
                x, gain = X[rows[i]], sums[new]
                for f in range(p):
                    gain[f] += weight[i] * x[f]
                if old >= 0:
                    size[old] -= 1
                    mass[old] -= weight[i]
                    for f in range(p):
                        sums[old, f] -= weight[i] * X[rows[i], f]
        if moved and size.min() == 0:
            _refill(X, rows, weight, label, size, sums, mass, centres)
        elif moved:
            for j in range(k):
                for f in range(p):
                    centres[j, f] = sums[j, f] / mass[j]
    if moved:
        _nearest(xt, n, centres, near)
    return _inertia(X, rows, weight, now, centres), iterations


@_jit
def _inertia(X, rows, weight, label, centres):
    """Weighted sum of squared distances to the own centre, from the differences themselves."""
    p = X.shape[1]
    terms = np.zeros(p)
    for i in range(len(rows)):
        x, c, wi = X[rows[i]], centres[label[i]], weight[i]
        for f in range(p):
            terms[f] += wi * (x[f] - c[f]) * (x[f] - c[f])
    return terms.sum()


@_jit
def _refill(X, rows, weight, label, size, sums, mass, centres):
    """Means where clusters are empty: each takes the patient farthest from its own centre, as
    scikit-learn does; where nobody is away from a centre it joins the heaviest cluster's."""
    far = np.empty(len(rows))
    for i in range(len(rows)):
        far[i] = ((X[rows[i]] - centres[label[i]]) ** 2).sum()
    sums, mass = sums.copy(), mass.copy()
    for j in range(len(size)):
        if size[j] == 0:
            sums[j] = 0.0
            mass[j] = 0.0
            i = np.argmax(far)
            if far[i] > 0:
                far[i] = 0.0
                sums[label[i]] -= weight[i] * X[rows[i]]
                mass[label[i]] -= weight[i]
                sums[j] = weight[i] * X[rows[i]]
                mass[j] = weight[i]
    heaviest = np.argmax(mass)
    for j in range(len(size)):
        source = j if mass[j] > 0 else heaviest
        centres[j] = sums[source] / mass[source]


@_jit
def transfer(X, label, k):
    """Hartigan's transfers in place; returns how many."""
    n, p = X.shape
    centres, size = np.zeros((k, p)), np.zeros(k)
    for i in range(n):
        size[label[i]] += 1.0
        centres[label[i]] += X[i]
    for j in range(k):
        centres[j] /= max(size[j], 1.0)
    moves, since, i = 0, 0, 0
    while since < n:
        a = label[i]
        best, target = np.inf, a
        loss = ((X[i] - centres[a]) ** 2).sum() * size[a] / max(size[a] - 1.0, 1.0)
        for b in range(k):
            gain = ((X[i] - centres[b]) ** 2).sum() * size[b] / (size[b] + 1.0)
            if b != a and gain < best:
                best, target = gain, b
        since += 1
        if size[a] > 1.0 and best < loss * (1.0 - TIED):
            centres[a] -= (X[i] - centres[a]) / (size[a] - 1.0)
            centres[target] += (X[i] - centres[target]) / (size[target] + 1.0)
            size[a] -= 1.0
            size[target] += 1.0
            label[i] = target
            moves, since = moves + 1, 0
        i = (i + 1) % n
    return moves
