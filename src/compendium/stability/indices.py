"""Agreement of many clusterings with one, and their silhouettes, without a loop over them.

All resamples are counted in one ``bincount`` into contingency tables (resample × cluster ×
reference cluster); indices follow from whole numbers of pairs of patients. Silhouettes of several
labellings share the distances and one matrix product with the labels as 0/1 columns. Nothing here
depends on how clusters are numbered.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_HELD = 1_000_000  # distances held at once


def adjusted_rand(labels, reference, mask=None) -> np.ndarray:
    """Adjusted Rand index of each labelling with the reference, chance corrected.

    Parameters
    ----------
    labels : (B, n) whole numbers from 0, no missing values. reference : (n,) likewise.
    mask : (B, n) bool, patients compared in each labelling (out-of-bag, say); None compares all.

    Returns
    -------
    (B,) at most 1: 1 = the same groups, 0 = agreement expected by chance, below 0 = less than
    that; NaN where the mask leaves nobody.

    From pairs of patients together in both (a), in one (b, c), in none (d):
    2(ad − bc) / ((a + b)(b + d) + (a + c)(c + d)). Hubert & Arabie 10.1007/BF01908075. Checked
    against ``sklearn.metrics.adjusted_rand_score``.

    >>> adjusted_rand(np.array([[1, 1, 0, 0]]), np.array([0, 0, 1, 1])).tolist()
    [1.0]
    """
    table = contingency(labels, reference, mask)
    n = table.sum(axis=(1, 2))
    both = (table**2).sum(axis=(1, 2))
    found = (table.sum(axis=2) ** 2).sum(axis=1)
    expected = (table.sum(axis=1) ** 2).sum(axis=1)
    a, b, c, d = both - n, found - both, expected - both, n**2 - found - expected + both
    a, b, c, d = (pairs.astype(float) for pairs in (a, b, c, d))  # products outgrow int64
    chance = (a + b) * (b + d) + (a + c) * (c + d)
    same = (b == 0) & (c == 0)
    index = 2.0 * (a * d - b * c) / np.where(same, 1.0, chance)
    return np.where(n == 0, np.nan, np.where(same, 1.0, index))


def jaccard(labels, reference, n_clusters: int, mask=None) -> np.ndarray:
    """Clusterwise Jaccard similarity: how well each reference cluster is found again.

    |A ∩ C| / |A ∪ C| for reference cluster A and the most similar cluster C of the labelling,
    among the patients of the mask (in a bootstrap: the distinct patients drawn).

    Parameters as in :func:`adjusted_rand`; labels and reference are 0..n_clusters − 1.

    Returns
    -------
    (B, n_clusters) from 0 (dissolved) to 1 (found exactly); NaN where no patient of the reference
    cluster is in the mask. Hennig 10.1016/j.csda.2006.11.025. Checked against sets.

    >>> jaccard(np.array([[1, 1, 1, 0]]), np.array([0, 0, 1, 1]), 2).round(3).tolist()
    [[0.667, 0.5]]
    """
    table = contingency(labels, reference, mask, n_clusters)
    found, expected = table.sum(axis=2, keepdims=True), table.sum(axis=1, keepdims=True)
    union = found + expected - table
    similarity = np.where(union > 0, table / np.maximum(union, 1), 0.0).max(axis=1)
    return np.where(expected[:, 0] > 0, similarity, np.nan)


def contingency(labels, reference, mask=None, n_clusters: int | None = None) -> np.ndarray:
    """Patients in cluster i of labelling b and cluster j of the reference: (B, k, k) int64.

    k is ``n_clusters``, or as many as the highest label asks for.
    """
    labels, reference = np.atleast_2d(labels), np.asarray(reference)
    k = n_clusters or int(max(labels.max(), reference.max())) + 1
    row = np.arange(len(labels), dtype=np.int64)[:, None] * k
    cell = (row + labels) * k + reference
    compared = cell.ravel() if mask is None else cell[mask]
    return np.bincount(compared, minlength=len(labels) * k * k).reshape(-1, k, k)


def silhouettes_of_points(points, labels, distances: Callable) -> np.ndarray:
    """Silhouette of every patient in each of a few labellings, without holding all distances.

    Parameters
    ----------
    points : (n, p). labels : (M, n) or (n,) whole numbers from 0; at least two clusters in use.
    distances : ``distances(some, points)`` gives those (r, n) of some of the points to all of them.

    Returns
    -------
    (M, n): (b − a) / max(a, b) with a the mean distance to the patient's own cluster and b to
    the nearest other; 1 = far from the others, 0 = between two or alone in a cluster, below 0 =
    nearer to another. Rousseeuw 10.1016/0377-0427(87)90125-7. Checked against
    ``sklearn.metrics.silhouette_samples``, which measures all distances anew for each labelling.

    >>> line, away = np.array([[0.0], [1], [9], [10]]), lambda some, all: np.abs(some - all.T)
    >>> silhouettes_of_points(line, [0, 0, 1, 1], away).round(3).tolist()
    [[0.895, 0.882, 0.882, 0.895]]
    """
    labels, n = np.atleast_2d(labels), len(points)
    k, step = int(labels.max()) + 1, max(1, _HELD // n)
    rows = [slice(first, first + step) for first in range(0, n, step)]
    each = [_silhouettes(distances(points[some], points), labels, k, some) for some in rows]
    return np.concatenate(each, axis=1)


def _silhouettes(D, labels, k: int, rows: slice) -> np.ndarray:
    """Silhouettes (M, r) of the patients in ``rows``, with D (r, n) their distances to all."""
    member = (labels[:, None, :] == np.arange(k, dtype=labels.dtype)[:, None]).astype(float)
    size = member.sum(axis=2)  # (M, k)
    mean = (member.reshape(-1, D.shape[1]) @ D.T).reshape(*size.shape, len(D))  # sums at first
    own = labels[:, None, rows].astype(np.intp)
    own_size = np.take_along_axis(size, own[:, 0], axis=1)
    inside = np.take_along_axis(mean, own, axis=1)[:, 0] / np.maximum(own_size - 1, 1)
    mean /= np.where(size > 0, size, np.nan)[:, :, None]
    np.put_along_axis(mean, own, np.nan, axis=1)
    nearest = np.fmin.reduce(mean, axis=1)
    largest = np.maximum(inside, nearest)
    score = (nearest - inside) / np.where(largest > 0, largest, 1.0)
    return np.where(own_size > 1, score, 0.0)
