import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics import silhouette_score

from compendium.groups import measures, nulls
from compendium.groups.measures import (
    CUT,
    DIP,
    _distances,
    columns,
    draw_statistics,
    max_t,
    monte_carlo_p,
    statistics_of,
    statistics_of_draws,
)
from compendium.groups.unimodal import dip


def one_factor(n=150, p=6, seed=0):
    rng = np.random.default_rng(seed)
    return nulls.zscore(rng.normal(size=(n, 1)) + rng.normal(size=(n, p)))


def test_the_statistics_equal_those_of_scikit_learn():
    from sklearn.cluster import KMeans

    Z = one_factor()
    Z = nulls.zscore(Z + 5 * (np.arange(150) % 3 == 0)[:, None])  # one optimum, found by both
    found = KMeans(2, n_init=10, random_state=0).fit(Z)
    row = statistics_of(Z, [2], 10, (0, 7))
    assert row[0] == pytest.approx(-found.inertia_ / (Z**2).sum())
    assert row[1] == pytest.approx(silhouette_score(Z, found.labels_))
    assert row[DIP] == pytest.approx(dip(measures.centroid_axis(Z, found.labels_)))
    assert row[columns([2])[CUT]][0] == pytest.approx(
        measures.cut_share(measures.first_component(Z))
    )


def test_the_batch_of_draws_is_the_same_for_any_number_of_workers():
    null = {"A": nulls.gaussian(one_factor(60, 3))}
    one, two = (
        statistics_of_draws(null, [2], n_draws=60, n_init=2, random_state=1, jobs=j) for j in (1, 2)
    )
    assert (one["A"] == two["A"]).all() and one["A"].shape == (60, 6)


def test_a_draw_made_alone_equals_itself_in_the_batch():
    null = nulls.gaussian(one_factor())
    batch = draw_statistics(null, "A", range(4), [2, 3], 5, 1)
    alone = draw_statistics(null, "A", range(2, 3), [2, 3], 5, 1)
    assert (alone[0] == batch[2]).all()


def test_the_statistics_of_one_k_do_not_depend_on_the_others():
    Z = one_factor()
    both, one = statistics_of(Z, [2, 3], 5, (0, 7)), statistics_of(Z, [3], 5, (0, 7))
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
    Z = one_factor()
    Z = np.vstack([Z, Z[:3]])
    D = _distances(Z[:9], Z)
    np.testing.assert_allclose(D, cdist(Z[:9], Z), atol=1e-12)
    assert (D == 0).sum() == 9 + 3
