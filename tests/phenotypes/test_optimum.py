"""The best of many starts, and the certificate beside it."""

import numpy as np
import pytest

from compendium.phenotypes import kmeans
from compendium.phenotypes.clustering import optimum

NOISE = np.random.default_rng(0).normal(size=(150, 6))
THREE = np.array([[0.0], [2.0], [3.2]])


@pytest.mark.parametrize("k", [2, 3, 5])
def test_the_partition_and_the_inertia_are_those_of_scikit_learn(k):
    from sklearn.cluster import KMeans

    ours = optimum(NOISE, k, n_init=20, random_state=7)
    theirs = KMeans(k, n_init=20, tol=0, random_state=7).fit(NOISE)
    assert np.array_equal(ours.labels, theirs.labels_)
    assert ours.inertia == pytest.approx(theirs.inertia_, rel=1e-12)


def test_the_share_at_the_best_counts_the_starts_that_reached_it():
    from sklearn.cluster import KMeans

    stream = np.random.RandomState(7)
    inertias = [
        KMeans(4, n_init=1, tol=0, random_state=stream).fit(NOISE).inertia_ for _ in range(30)
    ]
    found = optimum(NOISE, 4, n_init=30, random_state=7).share_at_best
    assert found == np.mean(np.array(inertias) <= min(inertias) * (1 + 1e-9)) < 1


def test_a_start_that_lloyd_cannot_leave_is_told_by_its_gain():
    # 0 2 | 3.2 is Lloyd's (2 is nearer to 1 than to 3.2), W = 2; transfers reach W = 0.72
    found = [optimum(THREE, 2, n_init=1, random_state=seed) for seed in range(20)]
    stuck = [f for f in found if f.inertia == pytest.approx(2)]
    assert stuck and stuck[0].exchange_gain == pytest.approx(1 - 0.72 / 2)


def test_where_transfers_find_nothing_the_gain_is_exactly_zero():
    assert optimum(THREE, 2, n_init=10, random_state=0).exchange_gain == 0.0


def test_the_gain_leads_to_the_lowest_inertia_transfers_reach():
    found = optimum(NOISE, 5, n_init=4, random_state=1)
    uniforms = kmeans.starts(np.random.RandomState(1), 4, 5)
    reached = [
        kmeans.exchange(NOISE, kmeans.best_fit(NOISE, 5, u[None])[0], 5)[1] for u in uniforms
    ]
    assert found.inertia * (1 - found.exchange_gain) == pytest.approx(min(reached), rel=1e-9)


def test_the_labels_stay_lloyds_where_transfers_gain():
    found = optimum(NOISE, 5, n_init=1, random_state=1)
    centres = np.stack([NOISE[found.labels == j].mean(axis=0) for j in range(5)])
    nearest = ((NOISE[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    assert found.exchange_gain > 0 and np.array_equal(nearest, found.labels)


def test_a_constant_feature_changes_nothing():
    with_constant = optimum(np.column_stack([NOISE, np.ones(150)]), 3, n_init=5, random_state=0)
    without = optimum(NOISE, 3, n_init=5, random_state=0)
    assert np.array_equal(with_constant.labels, without.labels)
