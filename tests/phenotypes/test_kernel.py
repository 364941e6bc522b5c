"""The compiled loops, where a case cannot be reached through k-means++ starts."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from compendium.phenotypes import kernel

rng = np.random.default_rng(5)


def lloyd_from(X, weights, start):
    """Lloyd from given centres, as the kernel's ``fit_replicates`` calls it."""
    rows = np.flatnonzero(weights)
    centres, inertia, n_iter = start[None].copy(), np.empty(1), np.empty(1, np.int64)
    tiles = kernel._tiles(X, rows)
    kernel._lloyd(X, rows, tiles, weights[rows], centres, 300, inertia, n_iter)
    return centres[0], inertia[0], n_iter[0]


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
    tiles = kernel._tiles(np.array([[0.0], [1.0]]), np.arange(2))
    nearest = np.empty((1, tiles.shape[2]), np.int8)
    centres = np.array([[[1.0], [-1.0], [1.0]]])
    kernel._nearest(tiles, centres, np.arange(1), nearest)
    assert nearest[0, :2].tolist() == [0, 0]


@pytest.mark.parametrize(("n", "p"), [(1, 1), (17, 5), (454, 24), (1000, 3), (90, 70)])
def test_tiles_hold_every_patient_once_and_zeros_behind(n, p):
    X = rng.normal(size=(n, p))
    tiles = kernel._tiles(X, np.arange(n))
    back = tiles.transpose(0, 2, 1).reshape(-1, tiles.shape[1])
    assert np.array_equal(back[:n, :p], X) and tiles.shape[2] % kernel.LANES == 0
    assert not back[n:].any() and not back[:, p:].any()


def test_tiles_begin_with_a_cache_line():
    tiles = [kernel._tiles(rng.normal(size=(n, 3)), np.arange(n)) for n in range(1, 40)]
    assert all(xt.ctypes.data % 64 == 0 for xt in tiles)


def test_threads_may_run_side_by_side_and_no_sum_is_reordered():
    assert kernel.fit_replicates.targetoptions["nogil"]
    assert not kernel.fit_replicates.targetoptions.get("fastmath")
