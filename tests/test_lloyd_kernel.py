"""The compiled loops, where a case cannot be reached through k-means++ starts."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

pytest.importorskip("numba")

from compendium import lloyd_kernel  # noqa: E402

rng = np.random.default_rng(5)


def lloyd_from(X, weights, start):
    """Lloyd from given centres, as ``fit_replicates`` calls it."""
    rows = np.flatnonzero(weights)
    tiles = lloyd_kernel._tiles(X, rows)
    w = np.zeros((len(tiles), lloyd_kernel.TILE))
    w.ravel()[: len(rows)] = weights[rows]
    centres = start.copy()
    inertia, n_iter = lloyd_kernel._lloyd(X, rows, tiles, w, centres, 300)
    return centres, inertia, n_iter


@pytest.mark.parametrize("n", [30, 128, 129, 300])
def test_clusters_left_empty_by_a_start_far_away_are_refilled_as_in_scikit_learn(n):
    X = rng.normal(size=(n, 3))
    X -= X.mean(axis=0)
    start = np.vstack([X[:2], [[50.0, 50, 50], [60.0, 60, 60]]])
    centres, inertia, n_iter = lloyd_from(X, np.ones(n), start)
    theirs = KMeans(4, init=start, n_init=1, tol=0).fit(X)
    assert inertia == pytest.approx(theirs.inertia_, rel=1e-12) and n_iter == theirs.n_iter_
    np.testing.assert_allclose(centres, theirs.cluster_centers_, atol=1e-12)


def test_a_cluster_that_cannot_be_refilled_stands_on_the_heaviest_one():
    X = np.array([[-1.0], [-1.0], [2.0]])
    centres, inertia, _ = lloyd_from(X, np.array([1.0, 1.0, 1.0]), np.array([[-1.0], [2.0], [2.0]]))
    assert centres.ravel().tolist() == [-1.0, 2.0, -1.0] and inertia == 0


def test_a_tie_goes_to_the_first_centre():
    tiles = lloyd_kernel._tiles(np.array([[0.0], [1.0]]), np.arange(2))
    nearest = np.empty((1, lloyd_kernel.TILE), np.int64)
    lloyd_kernel._nearest(tiles, 2, np.array([[1.0], [-1.0], [1.0]]), nearest)
    assert nearest[0, :2].tolist() == [0, 0]


def test_threads_may_run_side_by_side_and_no_sum_is_reordered():
    assert lloyd_kernel.fit_replicates.targetoptions["nogil"]
    assert not lloyd_kernel.fit_replicates.targetoptions.get("fastmath")
