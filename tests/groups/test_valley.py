import numpy as np
import pytest

from compendium.groups import measures


def hills(distance, n=400, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=n) + distance * (np.arange(n) < n // 3)


def test_ashman_d_equals_hand_arithmetic():
    y, labels = np.array([0.0, 2.0, 10.0, 14.0]), np.array([0, 0, 1, 1])
    assert measures.ashman_d(y, labels) == pytest.approx(np.sqrt(2) * 11 / np.sqrt(2 + 8))


def test_ashman_d_needs_two_patients_a_group():
    assert np.isnan(measures.ashman_d(np.arange(3.0), np.array([0, 1, 1])))


def test_cutting_one_gaussian_in_two_already_gives_ashman_2_65():
    y = np.random.default_rng(1).normal(size=200_000)
    d = measures.ashman_d(y, (y > 0).astype(int))
    assert d == pytest.approx(measures.ASHMAN_OF_ONE_GAUSSIAN, abs=0.02)


@pytest.mark.parametrize(("distance", "low", "high"), [(0, 0.95, 1), (4, 0.3, 0.8), (12, 0, 0.001)])
def test_the_valley_deepens_as_hills_part(distance, low, high):
    assert low <= measures.valley_to_peak(hills(distance, 4000)) <= high


def test_a_few_patients_far_out_make_no_valley():
    y = np.append(np.random.default_rng(6).normal(size=454), [9.0, 9.1])
    assert measures.valley_to_peak(y) > 0.9


def test_the_best_cut_of_a_gaussian_and_of_a_uniform_law_explain_what_theory_says():
    rng = np.random.default_rng(2)
    assert measures.cut_share(rng.normal(size=100_000)) == pytest.approx(2 / np.pi, abs=0.005)
    assert measures.cut_share(rng.random(100_000)) == pytest.approx(0.75, abs=0.005)


def test_the_best_cut_equals_that_of_scikit_learn():
    from sklearn.cluster import KMeans

    y = hills(3, 90)
    found = KMeans(2, n_init=20, random_state=0).fit(y[:, None])
    expected = 1 - found.inertia_ / ((y - y.mean()) ** 2).sum()
    assert measures.cut_share(y) == pytest.approx(expected)


def test_the_centroid_axis_is_zero_halfway_and_in_the_unit_of_the_data():
    Z = np.array([[0.0, 0], [0, 2], [4, 0], [4, 2]])
    labels = np.array([0, 0, 1, 1])
    assert measures.centroid_axis(Z, labels) == pytest.approx([-2, -2, 2, 2])


def test_the_components_equal_those_of_scikit_learn():
    from sklearn.decomposition import PCA

    Z = np.random.default_rng(3).normal(size=(50, 4)) * [4, 3, 2, 1]
    Z = Z - Z.mean(axis=0)
    expected = np.abs(PCA(3).fit_transform(Z))
    assert np.abs(measures.leading_components(Z, 3)) == pytest.approx(expected)
    assert np.abs(measures.first_component(Z)) == pytest.approx(expected[:, 0])


def test_there_are_no_more_components_than_features():
    Z = np.random.default_rng(4).normal(size=(9, 2))
    assert measures.leading_components(Z, 3).shape == (9, 2)
