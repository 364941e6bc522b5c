"""The numpy engine gives the labels of the compiled one."""

import kmeans_in_numpy
import numpy as np
import pytest
from kmeans_in_numpy import lloyd_from

from compendium.phenotypes import kmeans

rng = np.random.default_rng(3)
X = rng.normal(size=(90, 5)) @ rng.normal(size=(5, 5)) + (np.arange(90) % 3 == 0)[:, None]
COUNTS = kmeans.bootstrap_counts(1, range(40), len(X))


def both_engines(monkeypatch, *args, **settings):
    compiled = kmeans.replicate_labels(*args, **settings)
    monkeypatch.setattr(kmeans, "_kernel", lambda: kmeans_in_numpy)
    return compiled, kmeans.replicate_labels(*args, **settings)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 8])
def test_labels_and_iterations_equal_the_kernel(monkeypatch, k):
    settings = {"n_init": 6, "random_state": 2, "replicates": range(40)}
    compiled, batched = both_engines(monkeypatch, X, COUNTS, k, **settings)
    assert np.array_equal(compiled.labels, batched.labels)
    assert np.array_equal(compiled.n_iter, batched.n_iter)
    np.testing.assert_allclose(compiled.start_inertias, batched.start_inertias, rtol=1e-12)
    np.testing.assert_allclose(compiled.centres, batched.centres, atol=1e-12)


def test_unweighted_fits_equal_the_kernel(monkeypatch):
    settings = {"n_init": 3, "random_state": 2, "replicates": range(3)}
    compiled, batched = both_engines(monkeypatch, X, None, 4, **settings)
    assert np.array_equal(compiled.labels, batched.labels)


@pytest.mark.parametrize(("name", "value"), [("BATCH", 1), ("BATCH", 10_000), ("_TABLE", 0)])
def test_neither_batches_nor_the_table_of_distances_change_labels(monkeypatch, name, value):
    settings = {"n_init": 4, "random_state": 2, "replicates": range(40)}
    expected = kmeans.replicate_labels(X, COUNTS, 4, **settings).labels
    monkeypatch.setattr(kmeans_in_numpy, name, value)
    monkeypatch.setattr(kmeans, "_kernel", lambda: kmeans_in_numpy)
    assert np.array_equal(kmeans.replicate_labels(X, COUNTS, 4, **settings).labels, expected)


def test_stopping_early_equals_the_kernel(monkeypatch):
    uniforms = kmeans.starts(np.random.default_rng(0), 5, 4)
    expected = kmeans.fit_weighted(X, COUNTS[0], 4, uniforms, max_iter=2)
    monkeypatch.setattr(kmeans, "_kernel", lambda: kmeans_in_numpy)
    found = kmeans.fit_weighted(X, COUNTS[0], 4, uniforms, max_iter=2)
    assert np.array_equal(found[0], expected[0]) and found[3] == expected[3] == 2


def test_clusters_left_empty_are_refilled_as_in_the_kernel():
    centred = X - X.mean(axis=0)
    start = np.vstack([centred[:2], np.full((2, 5), 50.0), np.full((1, 5), 90.0)])
    start[3] += 1
    expected, inertia, n_iter = lloyd_from(centred, COUNTS[0].astype(float), start)
    found = start[None].copy()
    _, reached, iterations = kmeans_in_numpy._lloyd(centred, COUNTS[:1].astype(float), found, 300)
    np.testing.assert_allclose(found[0], expected, atol=1e-12)
    assert reached[0] == pytest.approx(inertia, rel=1e-12) and iterations[0] == n_iter


@pytest.mark.parametrize("seed", range(5))
def test_transfers_equal_the_kernel(monkeypatch, seed):
    labels = np.random.default_rng(seed).integers(4, size=len(X))
    compiled = kmeans.exchange(X, labels, 4)
    monkeypatch.setattr(kmeans, "_kernel", lambda: kmeans_in_numpy)
    batched = kmeans.exchange(X, labels, 4)
    assert np.array_equal(batched[0], compiled[0]) and batched[1:] == compiled[1:]
