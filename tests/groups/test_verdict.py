"""The verdict on groups: what it rests on, how far the evidence reaches, and within categories."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from clusterings import found_in, one_factor, two_groups

from compendium.data.columns import Codebook, Column
from compendium.groups import examine, judge, verdict
from compendium.groups.verdict import centre, cut_share, max_t, rung
from compendium.parallel import workers
from compendium.problems import InputRefused


def run(X, n_draws=99, **choices):
    return judge(np.asarray(X, float), n_draws=n_draws, **choices)


@pytest.fixture(scope="module")
def grouped():
    return run(two_groups(300, 8))


def test_groups_far_apart_are_kinds_with_nobody_between(grouped):
    found = grouped[0]
    assert found.rung == 3 and found.kinds and found.p_smooth == 1 / 100
    assert found.density < 0.1 and found.density_low <= found.density <= found.density_high


def test_one_gaussian_factor_is_no_groups_and_nothing_is_asked_of_a_path():
    found = run(one_factor(300, 8))[0]
    assert found.rung == 0 and not found.kinds and found.p_smooth > 0.05
    assert np.isnan([found.p_one_peak, found.p_filled, found.density]).all()


def test_groups_at_right_angles_to_severity_split_along_the_second_direction():
    rng = np.random.default_rng(5)
    severe = rng.random((300, 1)) < 0.4
    X = 1.5 * rng.normal(size=(300, 1)) + rng.normal(size=(300, 8))
    found = run(X + 2 * severe * np.array([1, -1] * 4))[0]
    assert found.component == 2 and found.rung == 3


def test_two_severities_are_no_groups():
    rng = np.random.default_rng(3)
    of_feature = np.arange(20) >= 5
    severities = np.sqrt(12) * rng.random((454, 2))
    assert run(severities[:, of_feature.astype(int)] + rng.normal(size=(454, 20)))[0].rung == 0


def test_patients_piled_up_at_two_ends_are_not_kinds():
    rng = np.random.default_rng(1)
    severity = (rng.beta(0.5, 0.5, 454) - 0.5) * np.sqrt(8)
    found = run(severity[:, None] + rng.normal(size=(454, 20)))[0]
    assert found.p_smooth <= 0.05 and found.p_one_peak <= 0.05 < found.p_filled
    assert found.rung == 1


def test_cohorts_of_one_factor_are_rarely_taken_for_groups():
    # of 12 cohorts at most at level 0.05: three or more would have probability 0.02
    assert sum(run(one_factor(80, 6, seed), 19)[0].rung >= 2 for seed in range(12)) <= 2


@pytest.mark.parametrize(
    ("evidence", "reached"),
    [
        ((0.20, False, 0.01, 0.01, 0.1), 0),  # nothing beyond a smooth continuum
        ((0.01, False, 0.30, 0.01, 0.1), 1),  # one peak explains the axis
        ((0.01, False, 0.01, 0.30, 0.1), 1),  # a filled way does
        ((0.01, False, 0.01, 0.01, 0.1), 3),
        ((0.01, False, 0.01, 0.01, 0.7), 2),  # patients between the peaks
        ((0.20, True, 0.30, 0.30, 0.7), 2),  # two ends alone
        ((0.20, True, 0.01, 0.01, 0.1), 3),
        ((0.05, False, 0.05, 0.05, 0.1), 3),  # the level itself counts
        ((0.20, False, np.nan, np.nan, np.nan), 0),
    ],
)
def test_how_far_the_evidence_reaches(evidence, reached):
    assert rung(*evidence, alpha=0.05) == reached


def test_the_verdict_depends_on_neither_workers_units_nor_directions(grouped):
    X = two_groups(300, 8)
    with workers(2):
        assert run(X)[0] == grouped[0]
    found = run(1000 * X + 7, worse=-np.ones(8))[0]
    assert (found.rung, found.p_smooth, found.component) == (3, 0.01, 1)
    assert found.density == pytest.approx(grouped[0].density, abs=1e-6)


def test_the_order_of_patients_and_features_leaves_the_verdict_alone(grouped):
    X = two_groups(300, 8)[::-1, ::-1]
    found = run(X)[0]
    assert (found.rung, found.p_smooth) == (grouped[0].rung, grouped[0].p_smooth)
    assert pytest.approx(grouped[0].polarisation.D) == found.polarisation.D


def test_the_spread_counts_every_patient_and_worse_is_to_the_right():
    X = two_groups(300, 8)  # two in five are worse
    spread = run(X, worse=np.ones(8))[1]
    assert spread.observed.sum() == 300 and (spread.low <= spread.high).all()
    middle = (spread.left + spread.right) / 2
    assert 90 < spread.observed[middle > 0.3].sum() < 150
    turned = run(X, worse=-np.ones(8))[1]
    assert turned.observed.to_numpy()[::-1] == pytest.approx(spread.observed.to_numpy())


def test_the_bins_of_the_spread_end_at_quarters_and_at_nobody():
    for seed in range(5):
        left, right = run(two_groups(60, 4, seed=seed), 19)[1].agg({"left": "min", "right": "max"})
        assert right == -left and (4 * right).is_integer()


def test_a_large_cohort_is_judged_on_a_sample_and_says_so(monkeypatch):
    monkeypatch.setattr("compendium.seeds.LARGE", 60)
    found, spread = run(two_groups(), 19)
    assert found.n == spread.observed.sum() == 60


def test_batches_of_simulated_cohorts_are_told():
    told = []
    with workers(teller=lambda noun: lambda *counts: told.append((noun, *counts))):
        run(one_factor(), 120)
    assert told == [("batches of cohorts simulated", i, 3) for i in (1, 2, 3)]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda Z: np.where(np.arange(150)[:, None] == 4, np.nan, Z), "Row 5, column 0: no finite"),
        (lambda Z: np.where(np.arange(6) == 2, 1.0, Z), "Column 2 is constant: leave it out."),
        (lambda Z: Z[:10], "At least 20 patients and 2 features are needed"),
        (lambda Z: Z[:, :1], "At least 20 patients and 2 features are needed"),
        (lambda Z: Z[:0], "At least 20 patients and 2 features are needed"),
    ],
)
def test_data_that_cannot_be_judged_are_refused_in_one_sentence(spoil, sentence):
    with pytest.raises(InputRefused, match=sentence):
        run(spoil(one_factor()))


@pytest.mark.parametrize("p", [2, 3, 4])
def test_few_features_get_a_verdict(p):
    assert run(one_factor(60, p), 19)[0].rung in range(4)
    assert run(two_groups(200, p, distance=8), 19)[0].rung == 3


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "X",
    [
        np.r_[np.zeros((30, 4)), np.ones((30, 4))],  # two points, nothing else
        np.repeat(one_factor(60, 1), 5, axis=1),  # one feature five times
        np.r_[one_factor(80, 6), [[50.0] * 6]],  # somebody far out
        (one_factor(60, 6) > 0).astype(float),
        np.r_[np.eye(6), np.zeros((60, 6))],
        one_factor(22, 40),
    ],
    ids=["two points", "copies", "an outlier", "two grades", "rare grades", "few patients"],
)
def test_odd_cohorts_get_a_verdict_without_a_warning(X):
    assert run(X, 39)[0].rung in range(4)


def test_max_t_judges_by_the_largest_standardised_value():
    # the second stands out by far more than its own draws vary; larger values do not count
    draws = np.column_stack([np.linspace(10, 20, 19), np.linspace(0, 1, 19)])
    assert max_t(np.array([15.0, 9.0]), draws) == (1 / 20, 1)


def test_max_t_is_uniform_over_exchangeable_values():
    values = np.random.default_rng(3).normal(size=(20, 3))
    p = [max_t(values[i], np.delete(values, i, axis=0))[0] for i in range(20)]
    assert sorted(p) == pytest.approx(np.arange(1, 21) / 20)


def test_a_statistic_without_spread_gives_p_one():
    assert max_t(np.zeros(2), np.zeros((9, 2)))[0] == 1


def test_the_best_cut_of_a_gaussian_and_of_a_uniform_law_explain_what_theory_says():
    rng = np.random.default_rng(2)
    assert cut_share(rng.normal(size=100_000)) == pytest.approx(2 / np.pi, abs=0.005)
    assert cut_share(rng.random(100_000)) == pytest.approx(0.75, abs=0.005)


def test_the_best_cut_equals_that_of_scikit_learn():
    from sklearn.cluster import KMeans

    y = np.random.default_rng(0).normal(size=90) + 3 * (np.arange(90) < 30)
    found = KMeans(2, n_init=20, random_state=0).fit(y[:, None])
    assert cut_share(y) == pytest.approx(1 - found.inertia_ / ((y - y.mean()) ** 2).sum())


def with_category(X, name, levels, role="device"):
    """Clustered patients whose data hold a category as well."""
    found = found_in(pd.DataFrame(X).rename(columns="x{}".format))
    column = Column(name, name.title(), role, "", "category", "", "none", tuple(set(levels)), None,
                    None, None, None)
    book = Codebook((*found.codebook.columns, column), found.codebook.path)
    data = found.data.assign(**{name: pd.Categorical(levels)})
    return replace(found, data=data, codebook=book)


def test_groups_that_go_with_the_scanner_fall_within_it():
    scanner = np.arange(300) % 2
    X = one_factor(300, 8) + 8 * scanner[:, None] * np.array([1, -1] * 4)
    found = with_category(X, "scanner", np.where(scanner, "A", "B"))
    seen = examine(found, n_draws=99)[0]
    assert seen.rung == 3 and seen.within == {"scanner": 0}


def test_groups_that_have_nothing_to_do_with_a_category_stay_within_it():
    found = with_category(two_groups(300, 8), "sex", ["f", "m"] * 150, role="covariate")
    assert examine(found, n_draws=99)[0].within == {"sex": 3}


def test_without_groups_nothing_is_asked_within():
    found = with_category(one_factor(300, 8), "scanner", ["A", "B"] * 150)
    assert examine(found, n_draws=19)[0].within == {}


def test_small_levels_and_unknown_ones_are_centred_together():
    category = pd.Series(["A"] * 40 + ["B"] * 35 + ["C"] * 3 + [None] * 2)
    Z = np.random.default_rng(0).normal(size=(80, 2)) + np.repeat([0, 5, 9, 9], [40, 35, 3, 2])[
        :, None]
    centred = centre(Z, category)
    for rows in (slice(0, 40), slice(40, 75), slice(75, 80)):
        assert centred[rows].mean(axis=0) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("levels", [["A"] * 80, ["A"] * 60 + ["B"] * 20, [None] * 80])
def test_a_category_of_one_large_level_says_something_only_where_others_are_left(levels):
    expected = levels.count("B") > 0
    assert (centre(np.zeros((80, 2)), pd.Series(levels)) is not None) == expected


def test_levels_are_large_from_thirty_patients_on():
    assert verdict.LEAST_OF_LEVEL == 30
    assert centre(np.zeros((58, 2)), pd.Series(["A"] * 29 + ["B"] * 29)) is None
