import numpy as np
import pytest
from clusterings import one_factor
from scipy.spatial.distance import cdist
from sklearn.metrics import silhouette_score

from compendium.groups import measures, nulls
from compendium.groups.measures import (
    CUT,
    DIP,
    _distances,
    columns,
    max_t,
    monte_carlo_p,
    statistics_of,
)
from compendium.groups.unimodal import dip


def test_the_statistics_equal_those_of_scikit_learn():
    from sklearn.cluster import KMeans

    # one optimum, found by both
    Z = nulls.zscore(one_factor() + 5 * (np.arange(150) % 3 == 0)[:, None])
    found = KMeans(2, n_init=10, random_state=0).fit(Z)
    row = statistics_of(Z, (0, 7), [2])
    assert row[0] == pytest.approx(-found.inertia_ / (Z**2).sum())
    assert row[1] == pytest.approx(silhouette_score(Z, found.labels_))
    assert row[DIP] == pytest.approx(dip(measures.centroid_axis(Z, found.labels_)))
    first = nulls.leading_components(Z, 1)[:, 0]
    assert row[columns([2])[CUT]][0] == pytest.approx(measures.cut_share(first))


def test_the_statistics_of_one_k_do_not_depend_on_the_others():
    Z = nulls.zscore(one_factor())
    both, one = (statistics_of(Z, (0, 7), ks) for ks in ([2, 3], [3]))
    assert one[:2] == pytest.approx(both[[1, 3]], abs=1e-14)


def test_a_p_value_is_never_zero_and_never_above_one():
    draws = np.arange(99.0)
    assert monte_carlo_p(1000, draws) == 0.01 and monte_carlo_p(-1, draws) == 1


def test_the_p_value_counts_draws_at_least_as_large():
    assert monte_carlo_p(2.0, np.array([1.0, 2.0, 3.0])) == 3 / 4


def test_max_t_judges_by_the_largest_standardised_value():
    # k = 3 stands out by far more than its own draws vary; the larger values at k = 2 do not count
    draws = np.column_stack([np.linspace(10, 20, 19), np.linspace(0, 1, 19)])
    p, best = max_t(np.array([15.0, 9.0]), draws)
    assert (p, best) == (1 / 20, 1)


def test_max_t_is_uniform_over_exchangeable_values():
    values = np.random.default_rng(3).normal(size=(20, 3))
    p = [max_t(values[i], np.delete(values, i, axis=0))[0] for i in range(20)]
    assert sorted(p) == pytest.approx(np.arange(1, 21) / 20)


def test_a_statistic_without_spread_gives_p_one():
    assert max_t(np.zeros(2), np.zeros((9, 2)))[0] == 1


def test_distances_are_exactly_zero_between_equal_rows_alone():
    Z = nulls.zscore(one_factor())
    Z = np.vstack([Z, Z[:3]])
    D = _distances(Z[:9], Z)
    np.testing.assert_allclose(D, cdist(Z[:9], Z), atol=1e-12)
    assert (D == 0).sum() == 9 + 3


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
