"""The k-means core against scikit-learn, against itself in other company, and by hand."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from clusterings import overlapping_groups
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from compendium.parallel import each, parts, workers
from compendium.phenotypes import kmeans
from compendium.phenotypes.kmeans import best_fit, bootstrap_counts, starts
from compendium.problems import InputRefused

KS = (2, 3, 4, 5)
SETTINGS = {"n_init": 3, "random_state": 7}
FIELDS = tuple(kmeans.Fits.__annotations__)


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


def weighted(X, weights, k, uniforms):
    """One weighted fit with the starts given."""
    return kmeans._fit(X, np.asarray(weights, float)[None], k, uniforms[None])


@pytest.mark.parametrize("k", KS)
def test_two_hundred_replicates_equal_scikit_learn_given_the_same_random_stream(k):
    for b, weights in enumerate(COUNTS.astype(float)):
        uniforms = starts(np.random.RandomState(b), 10, k)
        ours = weighted(X, weights, k, uniforms)
        theirs = KMeans(k, n_init=10, tol=0, algorithm="lloyd", random_state=b)
        theirs.fit(X, sample_weight=weights)
        assert np.array_equal(ours.labels[0], theirs.labels_) and ours.n_iter[0] == theirs.n_iter_
        assert abs(ours.inertia[0] / theirs.inertia_ - 1) < 1e-12


@pytest.mark.parametrize("p", [1, 2, 9])
def test_any_number_of_features_and_clusters_equals_scikit_learn(p):
    data = overlapping_groups(50, p, seed=p)
    for k in range(1, 10):
        labels, inertia = best_fit(data, k, starts(np.random.RandomState(0), 4, k))
        theirs = KMeans(k, n_init=4, tol=0, algorithm="lloyd", random_state=0).fit(data)
        assert np.array_equal(labels, theirs.labels_)
        assert inertia == pytest.approx(theirs.inertia_, rel=1e-12)


def test_one_iteration_equals_scikit_learn_stopped_after_one(monkeypatch):
    monkeypatch.setattr(kmeans, "_MAX_ITER", 1)
    labels, inertia = best_fit(X, 4, starts(np.random.RandomState(3), 1, 4))
    theirs = KMeans(4, n_init=1, tol=0, max_iter=1, random_state=3).fit(X)
    assert np.array_equal(labels, theirs.labels_)
    assert inertia == pytest.approx(theirs.inertia_, rel=1e-12)


def test_a_count_of_two_is_a_patient_written_twice():
    weights = np.arange(len(SMALL)) % 3
    uniforms = starts(np.random.default_rng(0), 20, 2)
    inertia = weighted(SMALL, weights, 2, uniforms).inertia[0]
    assert best_fit(np.repeat(SMALL, weights, axis=0), 2, uniforms)[1] == pytest.approx(inertia)


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


def refused(X, k=2):
    with pytest.raises(InputRefused) as caught:
        kmeans.replicate_labels(X, np.ones((1, len(X))), k, replicates=range(1), **SETTINGS)
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


@pytest.mark.parametrize(("X", "k", "sentence"), [
    (np.repeat(FOUR[1:3], 9, axis=0), 3, "3 clusters need at least 3 patients that differ, and the "
     "features hold 2; choose a smaller n_clusters."),
    (FOUR[:0], 1, "1 clusters need at least 1 patients that differ, and the features hold 0; "
     "choose a smaller n_clusters."),
    (FOUR, 0, "n_clusters must be 1 or more, and 0 was asked for."),
], ids=["copies", "nobody", "no cluster"])
def test_more_clusters_than_can_be_made_are_refused(X, k, sentence):
    assert refused(X, k) == sentence


def test_draws_for_another_number_of_clusters_are_refused():
    with pytest.raises(InputRefused, match="Each start of 3 clusters needs 7 draws"):
        best_fit(FOUR, 3, starts(np.random.default_rng(0), 5, 2))


def test_numbers_too_large_to_square_do_not_crash():
    labels, _ = best_fit(FOUR * 1e200, 2, starts(np.random.default_rng(0), 1, 2))
    assert len(labels) == 4


@pytest.mark.parametrize(("X", "k", "sentence"), [
    (np.where(FOUR > 8, np.nan, FOUR), 2, "the matrix: . of . numbers are missing or infinite"),
    (FOUR[:0], 1, "the matrix: there is no number"),
    (FOUR, 5, "4 patients cannot make 5 clusters"),
    (FOUR, 0, "n_clusters must be 1 or more, and 0 was asked for"),
], ids=["no number", "nobody", "too many", "none"])
def test_one_fit_refuses_what_the_kernel_would_not_notice(X, k, sentence):
    with pytest.raises(InputRefused, match=sentence):
        best_fit(X, k, starts(np.random.default_rng(0), 1, k))


def test_a_newcomer_is_told_about_the_compilation(tmp_path):
    code = "from compendium.phenotypes import kmeans; kmeans._kernel()"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == "compiling the k-means kernel, once, about 12 s\n"
