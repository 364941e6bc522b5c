"""The reference division against R and scikit-learn, and its transfers by their definition."""

import numpy as np
import pytest
from clusterings import one_factor, overlapping_groups, three_overlapping
from sklearn import datasets
from sklearn.cluster import KMeans

from compendium.phenotypes.transfers import optimum, transfer


def scaled(X):
    return (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)


def drawn(seed):
    return np.random.default_rng(seed)


NOISE = drawn(0).normal(size=(150, 6))
# R 4.2.2, X as numpy.savetxt(fmt="%.17g") wrote it: set.seed(1);
# sapply(2:5, function(k) kmeans(X, k, nstart = 200, iter.max = 100)$tot.withinss)
R = {
    "iris": (scaled(datasets.load_iris().data),
             [220.8792936, 138.8883597, 113.3316235, 90.20190126]),
    "wine": (scaled(datasets.load_wine().data),
             [1649.439982, 1270.749115, 1168.614336, 1095.152949]),
    "tumours": (scaled(datasets.load_breast_cancer().data),
                [11575.08281, 10044.11452, 9240.719963, 8538.447778]),
    "diabetes": (scaled(datasets.load_diabetes().data),
                 [3169.467905, 2872.609901, 2633.804109, 2446.623557]),
    "digits": (datasets.load_digits().data[:300],
               [315651.5679, 279780.4515, 247788.1655, 227329.2621]),
    "overlapping": (overlapping_groups(), [9657.807232, 9042.627314, 8628.805134, 8268.131775]),
    "noise": (NOISE, [706.8930244, 622.9462479, 558.5464754, 512.7904494]),
    "one factor": (one_factor(454, 20), [12055.62231, 10459.21357, 9753.583084, 9301.991421]),
    "heavy tails": (drawn(3).standard_t(3, size=(300, 8)),
                    [6900.586312, 6255.330414, 5816.627174, 5462.590869]),
    "uniform": (drawn(4).random((400, 5)), [139.9139456, 120.9842359, 107.7359679, 96.66854226]),
    "three": (three_overlapping().to_numpy(), [138.8261126, 100.8364367, 90.79311105, 81.51863534]),
}


def inertia(X, labels):
    return sum(((X[labels == j] - X[labels == j].mean(axis=0)) ** 2).sum() for j in set(labels))


@pytest.mark.parametrize("k", [2, 3, 4, 5])
@pytest.mark.parametrize("name", R)
def test_the_inertia_is_at_most_the_best_of_200_starts_of_r(name, k):
    X, theirs = R[name]
    labels, _ = optimum(X, k, n_init=50, random_state=0)
    assert inertia(X, labels) <= theirs[k - 2] * (1 + 1e-9)


@pytest.mark.parametrize("k", [1, 2, 3, 5])
@pytest.mark.parametrize("name", ["iris", "noise"])
def test_the_division_is_scikit_learns_or_a_tighter_one(name, k):
    X = R[name][0]
    labels, _ = optimum(X, k, n_init=20, random_state=7)
    theirs = KMeans(k, n_init=20, tol=0, random_state=7).fit(X)
    assert (own := inertia(X, labels)) <= theirs.inertia_ * (1 + 1e-9)
    if own == pytest.approx(theirs.inertia_, rel=1e-9):
        assert len(set(zip(labels, theirs.labels_, strict=True))) == k


def test_the_share_at_the_best_counts_the_starts_that_reached_it():
    assert optimum(np.array([[0.0], [0.1], [9.0], [9.1]]), 2, n_init=8, random_state=0)[1] == 1
    shares = [optimum(NOISE, k, n_init=50, random_state=0)[1] for k in (2, 4)]
    assert 0.5 < shares[0] < 1 and 0 < shares[1] < 0.5


def test_one_state_gives_one_division_and_a_constant_feature_changes_nothing():
    more = np.column_stack([NOISE, np.ones(150)])
    found = [optimum(X, 3, n_init=5, random_state=0)[0] for X in (NOISE, NOISE, more)]
    assert np.array_equal(found[0], found[1]) and np.array_equal(found[0], found[2])


def test_a_transfer_lowers_an_inertia_that_lloyd_cannot():
    # 0 2 | 3.2: 2 is nearer to 1 than to 3.2, so Lloyd stays at W = 2; moved, W = 1.2²/2 = 0.72.
    labels = np.array([0, 0, 1])
    assert transfer(np.array([[0.0], [2.0], [3.2]]), labels, 2) == pytest.approx(0.72)
    assert labels.tolist() == [0, 1, 1]


@pytest.mark.parametrize("seed", range(5))
def test_transfers_end_where_no_move_of_one_patient_lowers_the_inertia(seed):
    labels = drawn(seed).integers(4, size=len(NOISE))
    reached = transfer(NOISE, labels, 4)
    assert reached == pytest.approx(inertia(NOISE, labels), rel=1e-12)
    for i, own in enumerate(labels.copy()):
        for other in range(4):
            labels[i] = other
            assert inertia(NOISE, labels) >= reached * (1 - 1e-12)
        labels[i] = own


def test_an_empty_cluster_is_filled():
    labels = np.zeros(len(NOISE), np.int64)
    transfer(NOISE, labels, 3)
    assert set(labels.tolist()) == {0, 1, 2}


def test_copies_of_few_patients_are_told_apart_and_end():
    corners = np.array([[0.1, 0.1], [0.1, 0.3], [0.3, 0.1], [0.7, 0.7]])
    corners = corners[drawn(0).integers(4, size=99)]
    for k in (2, 3, 4):
        labels, _ = optimum(corners, k, n_init=3, random_state=0)
        assert len(set(labels.tolist())) == k
    assert inertia(corners, labels) == pytest.approx(0, abs=1e-12)
