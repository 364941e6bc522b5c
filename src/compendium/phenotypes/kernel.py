"""The compiled loops of ``kmeans``: k-means++ seeding and Lloyd iterations.

Patients stand in tiles: ``xt[b, f, t]`` is feature f of patient width·b + t, so that the inner
loops run over patients side by side and each patient keeps its own, fixed order of additions.
All starts of a replicate advance together, so that a tile is read once for all of them. Strict
IEEE double precision (no fastmath), so the bits depend neither on the CPU's vector width nor on
threads. Two things cut the work: patients of weight 0 are not visited, and k centres need k − 1
products (see ``_nearest``).
Loops stay in place: a helper called for every patient costs four times their work.
"""

from __future__ import annotations

import numpy as np

from compendium.compiled import compiled

TILE = 3584  # numbers in a tile, patients × features: 28 KB, which fit the first-level cache
LANES = 16  # a tile's patients are a multiple of it, so that nothing is left to scalar code
STEP = 4  # features taken together in the inner loops; the last step is filled with zeros
_TIED = 1e-12  # restarts closer than this, relatively, are one optimum: the first is kept


@compiled
def fit_replicates(X, weights, uniforms, k, max_iter, labels, inertia, n_iter):
    """Every replicate: all starts over the patients drawn, then labels for all patients.

    X (n, p) with column means 0, weights (R, n), uniforms (R, n_init, draws); the other arrays
    are filled: ``compendium.phenotypes.kmeans.Fits`` says with what.
    """
    (n, p), n_init = X.shape, uniforms.shape[1]
    everybody = _tiles(X, np.arange(n))
    only, nearest = np.zeros(1, np.int64), np.empty((1, _size(everybody)), np.int8)
    found = np.empty((n_init, k, p))
    reached, iterations = np.empty(n_init), np.empty(n_init, np.int64)
    for r in range(len(weights)):
        rows = np.flatnonzero(weights[r])
        xt = _tiles(X, rows)
        w = weights[r][rows]
        chosen = _seeds(xt, w, uniforms[r], k)
        for s in range(n_init):
            for j in range(k):
                found[s, j] = X[rows[chosen[s, j]]]
        _lloyd(X, rows, xt, w, found, max_iter, reached, iterations)
        best = 0
        for s in range(1, n_init):
            if reached[s] < reached[best] * (1.0 - _TIED):
                best = s
        inertia[r], n_iter[r] = reached[best], iterations[best]
        _nearest(everybody, found[best : best + 1], only, nearest)
        labels[r] = nearest[0, :n]


@compiled
def _tiles(X, rows):
    """The given rows of X, tile by tile, all equally wide; what fills up is 0."""
    n, p = len(rows), X.shape[1]
    steps = -(-p // STEP) * STEP
    n_tiles = -(-n // max(LANES, TILE // steps))
    width = -(-n // (n_tiles * LANES)) * LANES
    xt = _zeros(n_tiles * steps * width).reshape((n_tiles, steps, width))
    for i in range(n):
        for f in range(p):
            xt[i // width, f, i % width] = X[rows[i], f]
    return xt


@compiled
def _size(xt):
    """Patients that the tiles have room for."""
    return xt.shape[0] * xt.shape[2]


@compiled
def _zeros(n):
    """n zeros that begin with a cache line: a vector across two costs twice."""
    room = np.zeros(n + 8)
    first = (-room.ctypes.data % 64) // 8
    return room[first : first + n]


@compiled
def _seeds(xt, weights, uniforms, k):
    """Greedy k-means++ for every start: positions (n_init, k) of the first centres.

    ``weights`` (n,) of the patients in the tiles.
    """
    n, n_trials = len(weights), (uniforms.shape[1] - 1) // max(k - 1, 1)
    chosen = np.zeros((len(uniforms), k), np.int64)  # valid even where distances overflow
    running = np.cumsum(weights)
    weight, room = _zeros(_size(xt)), _zeros(4 * _size(xt)).reshape((4, _size(xt)))
    weight[:n] = weights
    for s in range(len(uniforms)):
        closest, best_one, trial, row = room[0], room[1], room[2], room[3]
        first = np.searchsorted(running, uniforms[s, 0] * running[-1], side="right")
        chosen[s, 0] = min(first, n - 1)
        closest[:] = np.inf
        _squares(xt, chosen[s, 0], row)
        potential = _closer(row, weight, closest, closest)
        for c in range(1, k):
            best = np.inf
            for u in uniforms[s, 1 + (c - 1) * n_trials : 1 + c * n_trials]:
                position = _position(weight, closest, u * potential, n)
                _squares(xt, position, row)
                reached = _closer(row, weight, closest, trial)
                if reached < best:
                    best, chosen[s, c] = reached, position
                    best_one, trial = trial, best_one
            potential = best
            closest, best_one = best_one, closest
    return chosen


@compiled
def _position(weight, distance, target, n):
    """The first patient up to whom the weighted distances sum to the target."""
    below = 0.0
    for i in range(n):
        below += weight[i] * distance[i]
        if below >= target:
            return i
    return n - 1


@compiled
def _squares(xt, position, out):
    """out = squared distance from one patient to everybody in the tiles."""
    width = xt.shape[2]
    centre = xt[position // width, :, position % width].copy()
    for b in range(xt.shape[0]):
        o = out[b * width : (b + 1) * width]
        o[:] = 0.0
        for f in range(0, xt.shape[1], STEP):
            x0, x1, x2, x3 = xt[b, f], xt[b, f + 1], xt[b, f + 2], xt[b, f + 3]
            c0, c1, c2, c3 = centre[f], centre[f + 1], centre[f + 2], centre[f + 3]
            for t in range(width):
                d0, d1, d2, d3 = x0[t] - c0, x1[t] - c1, x2[t] - c2, x3[t] - c3
                o[t] += (d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3)


@compiled
def _closer(distance, weight, closest, out):
    """out = min(closest, distance); returns its weighted sum."""
    for i in range(len(weight)):
        out[i] = min(closest[i], distance[i])
    total = 0.0
    for i in range(0, len(weight), STEP):
        total += (weight[i] * out[i] + weight[i + 1] * out[i + 1]) + (
            weight[i + 2] * out[i + 2] + weight[i + 3] * out[i + 3]
        )
    return total


@compiled
def _nearest(xt, centres, which, out):
    """Nearest centre of every patient, the first where tied, for each start in ``which``.

    |x − c_j|² − |x − c_0|² = x·2(c_0 − c_j) + |c_j|² − |c_0|²: k centres need k − 1 products.
    ``centres`` (n_init, k, p), ``out`` (n_init, patients). Products are taken two at a time.
    """
    (k, p), (n_tiles, steps, width) = centres.shape[1:], xt.shape
    if k == 1:
        out[:] = 0
    n_products = len(which) * (k - 1)
    towards, offset = np.zeros((n_products + 1, steps)), np.zeros(n_products + 1)
    for a in range(n_products):
        s, j = which[a // (k - 1)], a % (k - 1) + 1
        square = 0.0
        for f in range(p):
            first, other = centres[s, 0, f], centres[s, j, f]
            towards[a, f] = 2.0 * (first - other)
            square += other * other - first * first
        offset[a] = square
    score, best = _zeros(2 * width).reshape((2, width)), _zeros(width)
    s0, s1 = score[0], score[1]
    for b in range(n_tiles):
        for a in range(0, n_products, 2):
            s0[:], s1[:] = offset[a], offset[a + 1]
            for f in range(0, steps, STEP):
                x0, x1, x2, x3 = xt[b, f], xt[b, f + 1], xt[b, f + 2], xt[b, f + 3]
                c0, c1 = towards[a, f], towards[a, f + 1]
                c2, c3 = towards[a, f + 2], towards[a, f + 3]
                e0, e1 = towards[a + 1, f], towards[a + 1, f + 1]
                e2, e3 = towards[a + 1, f + 2], towards[a + 1, f + 3]
                for t in range(width):
                    s0[t] += (x0[t] * c0 + x1[t] * c1) + (x2[t] * c2 + x3[t] * c3)
                    s1[t] += (x0[t] * e0 + x1[t] * e1) + (x2[t] * e2 + x3[t] * e3)
            for i in range(a, min(a + 2, n_products)):
                s, j = which[i // (k - 1)], i % (k - 1) + 1
                near, last = out[s, b * width : (b + 1) * width], score[i - a]
                if j == 1:
                    for t in range(width):
                        best[t] = 0.0
                        near[t] = 0
                for t in range(width):
                    if last[t] < best[t]:
                        best[t] = last[t]
                        near[t] = j


@compiled
def _lloyd(X, rows, xt, weight, centres, max_iter, inertia, iterations):
    """Lloyd for all starts from ``centres`` (n_init, k, p), which end as the fits; fills the
    inertia and the iterations of each."""
    n_init, k, p = centres.shape
    now = np.empty((n_init, _size(xt)), np.int8)
    label = np.full(now.shape, -1, np.int8)
    sums, mass = _zeros(n_init * k * p).reshape((n_init, k, p)), np.zeros((n_init, k))
    size = np.zeros((n_init, k), np.int64)
    iterations[:] = 0
    going = np.arange(n_init)
    while len(going):
        _nearest(xt, centres, going, now)
        n_going = 0
        for s in going:
            stopped = iterations[s] == max_iter
            if stopped or not _move(X, rows, weight, now[s], label[s], sums[s], mass[s], size[s]):
                iterations[s] += not stopped
                inertia[s] = _inertia(X, rows, weight, now[s], centres[s])
                continue
            iterations[s] += 1
            if size[s].min() == 0:
                _refill(X, rows, weight, label[s], size[s], sums[s], mass[s], centres[s])
            else:
                for j in range(k):
                    for f in range(p):
                        centres[s, j, f] = sums[s, j, f] / mass[s, j]
            going[n_going] = s
            n_going += 1
        going = going[:n_going]


@compiled
def _move(X, rows, weight, now, label, sums, mass, size):
    """Label and sums follow the patients that change cluster; returns how many do."""
    moved, n, p = 0, len(rows), X.shape[1]
    words, new_words = label.view(np.int64), now.view(np.int64)  # eight labels are compared at once
    for word in range(len(words)):
        if words[word] == new_words[word]:
            continue
        for i in range(8 * word, min(8 * word + 8, n)):
            old, new = label[i], now[i]
            if new == old:
                continue
            moved += 1
            label[i] = new
            row, w = rows[i], weight[i]
            size[new] += 1
            mass[new] += w
            for f in range(p):
                sums[new, f] += w * X[row, f]
            if old >= 0:
                size[old] -= 1
                mass[old] -= w
                for f in range(p):
                    sums[old, f] -= w * X[row, f]
    return moved


@compiled
def _inertia(X, rows, weight, label, centres):
    """Weighted sum of squared distances to the own centre, from the differences themselves."""
    p = centres.shape[1]
    terms = np.zeros((STEP, p))
    for i in range(len(rows)):
        row, j, w, step = rows[i], label[i], weight[i], i % STEP
        for f in range(p):
            away = X[row, f] - centres[j, f]
            terms[step, f] += w * away * away
    return terms.sum()


@compiled
def _refill(X, rows, weight, label, size, sums, mass, centres):
    """Means where clusters are empty: each takes the patient farthest from its own centre, as
    scikit-learn does; where nobody is away from a centre it joins the heaviest cluster's."""
    far = np.array([((X[rows[i]] - centres[label[i]]) ** 2).sum() for i in range(len(rows))])
    sums, mass = sums.copy(), mass.copy()
    for j in np.flatnonzero(size == 0):
        i = np.argmax(far)
        moved = weight[i] if far[i] > 0 else 0.0
        far[i] = 0.0
        sums[label[i]] -= moved * X[rows[i]]
        mass[label[i]] -= moved
        sums[j] = moved * X[rows[i]]
        mass[j] = moved
    heaviest = np.argmax(mass)
    for j in range(len(size)):
        source = j if mass[j] > 0 else heaviest
        centres[j] = sums[source] / mass[source]
