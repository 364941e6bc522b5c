"""The k-means core against scikit-learn, against itself in other company, and by hand."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from compendium import seeds
from compendium.parallel import each, parts, workers
from compendium.phenotypes import kmeans
from compendium.phenotypes.kmeans import best_fit, bootstrap_counts, exchange, fit_weighted, starts
from compendium.problems import InputRefused

KS = (2, 3, 4, 5)
SETTINGS = {"n_init": 3, "random_state": 7}
FIELDS = tuple(kmeans.Fits.__annotations__)


def overlapping_groups(n=454, p=24, seed=1):
    """Two overlapping correlated groups, z-scored: hard enough that starts disagree."""
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(p, p)) * 0.25 + 0.5 * np.eye(p)
    X = rng.normal(size=(n, p)) @ mixing + 0.8 * (np.arange(n) < 0.37 * n)[:, None]
    return (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)


X = overlapping_groups()
SMALL = overlapping_groups(60, 3)
COUNTS = bootstrap_counts(7, range(200), len(X))
FOUR = np.array([[0.0, 1.0], [1.0, 0.0], [8.0, 9.0], [9.0, 8.0]])


@pytest.fixture(autouse=True)
def one_thread_in_libraries():
    """scikit-learn's own threads cost more than they bring on small matrices."""
    with threadpool_limits(1):
        yield


def same_bits(a, b):
    return all(np.array_equal(getattr(a, f), getattr(b, f)) for f in FIELDS)


def in_tasks(task):
    """The first thirty replicates of every k, so many at once."""
    todo = [(part, k) for k in KS for part in parts(30, task)]
    fits = list(each(replicates, todo))
    return {k: [f for f, (_, which) in zip(fits, todo, strict=True) if which == k] for k in KS}


def replicates(part, k):
    return kmeans.replicate_labels(X, COUNTS[part], k, replicates=part, **SETTINGS)


@pytest.mark.parametrize("k", KS)
def test_two_hundred_replicates_equal_scikit_learn_given_the_same_random_stream(k):
    for b, weights in enumerate(COUNTS.astype(float)):
        uniforms = starts(np.random.RandomState(b), 10, k)
        labels, centres, inertia, n_iter = fit_weighted(X, weights, k, uniforms)
        theirs = KMeans(k, n_init=10, tol=0, algorithm="lloyd", random_state=b)
        theirs.fit(X, sample_weight=weights)
        assert np.array_equal(labels, theirs.labels_) and n_iter == theirs.n_iter_
        assert abs(inertia / theirs.inertia_ - 1) < 1e-12
        np.testing.assert_allclose(centres, theirs.cluster_centers_, atol=1e-12)


@pytest.mark.parametrize("p", [1, 2, 9])
def test_any_number_of_features_and_clusters_equals_scikit_learn(p):
    data = overlapping_groups(50, p, seed=p)
    for k in range(1, 10):
        labels, inertia = best_fit(data, k, starts(np.random.RandomState(0), 4, k))
        theirs = KMeans(k, n_init=4, tol=0, algorithm="lloyd", random_state=0).fit(data)
        assert np.array_equal(labels, theirs.labels_)
        assert inertia == pytest.approx(theirs.inertia_, rel=1e-12)


def test_one_iteration_equals_scikit_learn_stopped_after_one():
    uniforms = starts(np.random.RandomState(3), 1, 4)
    labels, _, inertia, n_iter = fit_weighted(X, np.ones(len(X)), 4, uniforms, max_iter=1)
    theirs = KMeans(4, n_init=1, tol=0, max_iter=1, random_state=3).fit(X)
    assert np.array_equal(labels, theirs.labels_) and n_iter == 1
    assert inertia == pytest.approx(theirs.inertia_, rel=1e-12)


def test_a_count_of_two_is_a_patient_written_twice():
    weights = np.arange(len(SMALL)) % 3
    uniforms = starts(np.random.default_rng(0), 20, 2)
    _, _, inertia, _ = fit_weighted(SMALL, weights, 2, uniforms)
    assert best_fit(np.repeat(SMALL, weights, axis=0), 2, uniforms)[1] == pytest.approx(inertia)


def test_shifting_and_doubling_the_features_leaves_labels_unchanged():
    uniforms = starts(np.random.default_rng(0), 5, 3)
    moved = best_fit(2 * SMALL + 4, 3, uniforms)
    assert np.array_equal(moved[0], best_fit(SMALL, 3, uniforms)[0])


def test_duplicate_rows_are_clustered_together():
    uniforms = starts(np.random.default_rng(0), 9, 4)
    labels, inertia = best_fit(np.repeat(FOUR, 5, axis=0), 4, uniforms)
    assert (labels.reshape(4, 5) == labels[::5, None]).all()
    assert inertia == pytest.approx(0) and len(set(labels.tolist())) == 4


def test_a_replicate_with_fewer_distinct_patients_than_clusters_still_labels_everybody():
    weights = np.array([[2.0, 2.0, 0.0, 0.0]])
    fits = kmeans.replicate_labels(FOUR, weights, 3, replicates=range(1), **SETTINGS)
    assert fits.inertia[0] == 0 and fits.labels[0, 0] != fits.labels[0, 1]


def test_each_bootstrap_replicate_draws_as_many_patients_as_there_are():
    assert COUNTS.dtype == np.uint16 and (COUNTS.sum(axis=1) == len(X)).all()


def test_more_replicates_keep_the_earlier_ones_and_any_can_be_rerun_alone():
    all_of_them = kmeans.replicate_labels(X, COUNTS[:9], 3, replicates=range(9), **SETTINGS)
    counts = bootstrap_counts(7, range(8, 9), len(X))
    alone = kmeans.replicate_labels(X, counts, 3, replicates=range(8, 9), **SETTINGS)
    last = [getattr(all_of_them, f)[8:] for f in FIELDS]
    assert same_bits(kmeans.Fits(*last), alone)


@pytest.mark.parametrize("where", [
    {"jobs": 2}, {"jobs": 3}, {"jobs": 2, "processes": True}, {"jobs": 1, "dask": "local"},
])
def test_workers_and_tasks_leave_every_bit_unchanged(where):
    with workers(**where):
        parted = in_tasks(7)
    for k, tasks in parted.items():
        joined = [np.concatenate([getattr(f, name) for f in tasks]) for name in FIELDS]
        assert same_bits(kmeans.Fits(*joined), replicates(range(30), k))


def test_fits_from_threads_equal_fits_in_turn():
    draws = [(SMALL, 3, starts(seeds.generator(7, "nulls", m), 3, 3)) for m in range(20)]
    with workers(3):
        together = list(each(best_fit, draws))
    for (labels, inertia), one in zip(together, draws, strict=True):
        alone = best_fit(*one)
        assert np.array_equal(labels, alone[0]) and inertia == alone[1]


def test_the_inertia_kept_is_the_lowest_of_the_starts():
    fits = kmeans.replicate_labels(X, COUNTS[:20], 5, replicates=range(20), **SETTINGS)
    np.testing.assert_allclose(fits.inertia, fits.start_inertias.min(axis=1), rtol=1e-12)


def test_a_transfer_lowers_an_inertia_that_lloyd_cannot():
    # 0 2 | 3.2: 2 is nearer to 1 than to 3.2, so Lloyd stays at W = 2; moved, W = 1.2²/2 = 0.72.
    labels, inertia, moves = exchange(np.array([[0.0], [2.0], [3.2]]), [0, 0, 1], 2)
    assert labels.tolist() == [0, 1, 1] and inertia == pytest.approx(0.72) and moves == 1


@pytest.mark.parametrize("seed", range(10))
def test_transfers_never_raise_the_inertia_and_end_where_none_is_left(seed):
    given, before = best_fit(SMALL, 5, starts(np.random.default_rng(seed), 1, 5))
    labels, after, moves = exchange(SMALL, given, 5)
    assert after < before if moves else after == pytest.approx(before)
    assert exchange(SMALL, labels, 5)[2] == 0


def test_transfers_never_empty_a_cluster():
    labels, _, _ = exchange(SMALL, np.arange(len(SMALL)) % 5, 5)
    assert len(set(labels.tolist())) == 5


def refused(X, k=2, weights=None):
    weights = np.ones(len(X)) if weights is None else weights
    with pytest.raises(InputRefused) as caught:
        fit_weighted(X, weights, k, starts(np.random.default_rng(0), 1, k))
    assert len(caught.value.problems) == 1
    return str(caught.value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_no_number_is_refused_with_its_place(value):
    frame = pd.DataFrame(FOUR, columns=["biceps", "tongue"])
    frame.iloc[2, 1] = value
    assert refused(frame) == "Row 3, column tongue: no finite number; fill or leave it out."


def test_a_constant_column_is_refused_by_name():
    frame = pd.DataFrame({"a": [1.0, 2, 3], "b": [4.0, 4, 4]})
    assert refused(frame) == "Column b is constant: leave it out of the clustering."


def test_fewer_distinct_rows_than_clusters_are_refused():
    sentence = "Fewer distinct rows than clusters: 3 asked for; ask for fewer."
    assert refused(np.repeat(FOUR[1:3], 9, axis=0), k=3) == sentence
    assert refused(FOUR, k=3, weights=np.array([1, 5, 0, 0])) == sentence


@pytest.mark.parametrize("weights", [[1, 1, 1], [1, 1, 1, -1], [1, 1, 1, np.nan], [0, 0, 0, 0]])
def test_weights_that_are_no_counts_are_refused(weights):
    sentence = "Weights must be of shape (1, 4), finite, 0 or more, not all 0 in a replicate."
    assert refused(FOUR, weights=weights) == sentence


def test_draws_for_another_number_of_clusters_are_refused():
    with pytest.raises(InputRefused, match="Each start of 3 clusters needs 7 draws"):
        best_fit(FOUR, 3, starts(np.random.default_rng(0), 5, 2))


def test_numbers_too_large_to_square_do_not_crash():
    labels, _ = best_fit(FOUR * 1e200, 2, starts(np.random.default_rng(0), 1, 2))
    assert len(labels) == 4


def test_labels_of_other_clusters_are_refused_by_exchange():
    with pytest.raises(InputRefused, match="Labels must be one of 0 to 1 for each row"):
        exchange(FOUR, [0, 1, 2, 1], 2)


def test_counts_of_another_shape_are_refused():
    with pytest.raises(InputRefused, match=r"Weights must be of shape \(2, 4\)"):
        kmeans.replicate_labels(FOUR, COUNTS[:2], 2, replicates=range(2), **SETTINGS)


def test_a_null_draw_that_is_no_number_is_refused():
    with pytest.raises(InputRefused, match="no finite numbers"):
        best_fit(np.where(FOUR > 8, np.nan, FOUR), 2, starts(np.random.default_rng(0), 1, 2))


def test_a_newcomer_is_told_about_the_compilation(tmp_path):
    code = "from compendium.phenotypes import kmeans; kmeans._kernel()"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == "compiling the k-means kernel, once, about 12 s\n"
