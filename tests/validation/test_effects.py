"""Effect sizes and their intervals, against R, scipy and arithmetic by hand.

Independent values: R 4.2.2 on its built-in mtcars (miles per gallon by gearbox) and on the pain
scores of Brunner & Munzel (2000), which scipy's manual also uses.
"""

import doctest

import numpy as np
import pingouin
import pytest
from r_data import AM, MPG, PAIN
from scipy.stats import bootstrap, brunnermunzel

from compendium.statistics import fisher_interval, hedges_g
from compendium.validation import effects
from compendium.validation.effects import (
    bca,
    cliffs_delta,
    continuous,
    ordinal,
    relabelled_p,
    shift,
)

MANUAL, AUTOMATIC = np.sort(np.array(MPG)[AM == 1]), np.sort(np.array(MPG)[AM == 0])
TREATED_PAIN, OTHER_PAIN = np.array(PAIN[14:], float), np.array(PAIN[:14], float)


def measured(compared, reference, n_boot=200, seed=0):
    pair = (np.asarray(values, dtype=float) for values in (compared, reference))
    return continuous(*pair, n_boot, np.random.default_rng(seed))


def graded(compared, reference):
    return ordinal(np.asarray(compared, dtype=float), np.asarray(reference, dtype=float))


def test_doctests_hold():
    assert doctest.testmod(effects).failed == 0


def test_delta_interval_and_p_equal_r_by_hand():
    # R, placements by hand: pl <- function(u, v) sapply(u, \(z) mean(v < z) + mean(v == z) / 2)
    # P <- mean(pl(d, a)); s <- sqrt(var(pl(a, d)) / 14 + var(pl(d, a)) / 11); df = 17.68284197948
    # c(2 * P - 1, 2 * (P + c(-1, 1) * qt(.975, df) * s) - 1, 2 * pt(-abs((P - .5) / s), df))
    theirs = [0.57792207792207795, 0.19043372850747264, 0.96541042733668325, 0.00578620866615147]
    np.testing.assert_allclose(cliffs_delta(TREATED_PAIN, OTHER_PAIN), theirs, rtol=1e-12)


def test_delta_p_equals_scipy_brunner_munzel():
    theirs = brunnermunzel(OTHER_PAIN, TREATED_PAIN).pvalue
    assert cliffs_delta(TREATED_PAIN, OTHER_PAIN)[3] == pytest.approx(theirs, rel=1e-12)


def test_the_effect_of_grades_is_delta_with_its_interval():
    found = ordinal(TREATED_PAIN, OTHER_PAIN)
    keys = ("effect", "low", "high", "p_brunner_munzel")
    assert tuple(found[key] for key in keys) == cliffs_delta(TREATED_PAIN, OTHER_PAIN)
    assert found["method"] == (
        "Cliff's δ; Brunner–Munzel 95 % interval; permutation p (9,999 relabellings); "
        "Hodges–Lehmann shift"
    )


def test_the_p_of_grades_is_that_of_the_relabellings():
    pair = TREATED_PAIN, OTHER_PAIN
    for seed in (0, 1):
        assert ordinal(*pair, random_state=seed)["p"] == relabelled_p(*pair, random_state=seed)[0]


def test_grades_have_a_shift_with_its_interval():
    found = ordinal(TREATED_PAIN, OTHER_PAIN)
    keys = ("shift", "shift_low", "shift_high")
    assert tuple(found[key] for key in keys) == shift(TREATED_PAIN, OTHER_PAIN)


def test_few_relabellings_are_all_counted_and_said_to_be():
    assert "exact permutation p (252 relabellings)" in graded([1, 3, 2, 1, 2], [3, 2, 4, 4, 5])[
        "method"
    ]


def test_random_delta_agrees_with_counting_pairs():
    rng = np.random.default_rng(5)
    x, y = rng.integers(0, 6, 12).astype(float), rng.integers(0, 5, 9).astype(float)
    assert cliffs_delta(x, y)[0] == pytest.approx(np.sign(x[:, None] - y).mean())


def test_delta_knows_only_the_order_of_grades():
    found = cliffs_delta(np.exp(TREATED_PAIN), np.exp(OTHER_PAIN))
    assert found == pytest.approx(cliffs_delta(TREATED_PAIN, OTHER_PAIN))


@pytest.mark.filterwarnings("error")
def test_complete_separation_has_an_exact_p_and_no_interval():
    # by hand: 2 of choose(10, 5) = 252 relabellings separate the groups
    found = graded([1, 2, 2, 1, 2], [3, 4, 4, 4, 5])
    assert found["effect"] == -1 and found["p"] == pytest.approx(2 / 252)
    assert np.isnan([found["low"], found["p_brunner_munzel"]]).all()
    assert found["note"] == "The phenotypes do not overlap: δ has no interval."


@pytest.mark.filterwarnings("error")
def test_two_constant_grades_are_separated_and_compared():
    found = graded([3] * 6, [5] * 6)
    assert found["effect"] == -1 and found["p"] == pytest.approx(2 / 924)


def test_an_interval_of_delta_ends_at_one():
    high, low = [4.5, 6, 7, 8, 9], [1, 2, 3, 4, 5]
    assert graded(high, low)["high"] == 1
    assert graded(low, high)["low"] == -1


def test_few_grades_in_a_phenotype_are_said_to_make_the_interval_rough():
    sentence = "Fewer than 10 values in a phenotype: the intervals are rough."
    assert ordinal(TREATED_PAIN[:9], OTHER_PAIN)["note"] == sentence
    assert ordinal(TREATED_PAIN[:10], OTHER_PAIN)["note"] == ""


def test_hedges_g_equals_r_and_pingouin():
    # R: (mean(x) - mean(y)) / sqrt((12 * var(x) + 18 * var(y)) / 30) * (1 - 3 / (4 * 32 - 9))
    theirs = pingouin.compute_effsize(MANUAL, AUTOMATIC, eftype="hedges")
    assert measured(MANUAL, AUTOMATIC)["effect"] == pytest.approx(1.4406879253192, rel=1e-12)
    assert hedges_g(MANUAL, AUTOMATIC) == pytest.approx(theirs, rel=1e-12)


def test_g_of_many_resamples_at_once_is_that_of_each():
    compared, reference = np.array([[1.0, 2, 4], [2, 2, 9]]), np.array([[3.0, 5], [1, 8]])
    each = [float(hedges_g(x, y)) for x, y in zip(compared, reference, strict=True)]
    assert hedges_g(compared, reference).tolist() == pytest.approx(each)


@pytest.mark.filterwarnings("error")
def test_g_of_groups_that_do_not_vary_does_not_exist():
    assert np.isnan(hedges_g(np.array([1.0, 1]), np.array([2.0, 2])))
    # the mean of these is not quite 0.1: their spread is one of rounding, not of patients
    assert np.isnan(hedges_g(np.full(7, 0.1), np.full(5, 0.3)))


@pytest.mark.filterwarnings("error")
def test_without_an_effect_there_is_no_p():
    found = measured([1.0] * 5, [2.0] * 6)
    assert np.isnan([found["effect"], found["p"]]).all()


def test_welch_difference_equals_r_to_full_precision():
    # R: x <- mpg[am == 1]; y <- mpg[am == 0]; t.test(x, y)[c("p.value", "conf.int")]
    found = measured(MANUAL, AUTOMATIC)
    theirs = [3.20968418746996, 11.28019435504016, 0.00137363833307103]
    ours = [found[key] for key in ("difference_low", "difference_high", "p")]
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_the_difference_is_of_means_in_the_values_own_unit():
    # R: tapply(mtcars$mpg, mtcars$am, mean)
    expected = 24.392307692307693 - 17.147368421052633
    assert measured(MANUAL, AUTOMATIC)["difference"] == pytest.approx(expected, rel=1e-12)


def test_bca_intervals_equal_r_given_the_same_resamples():
    # R: boot.ci(b, type = "bca", t0 = t0, t = t, L = L), t the 2,000 values of g, then of the
    # difference, in our resamples, L <- c(12 / 13 * (mean(j1) - j1), 18 / 19 * (mean(j0) - j0))
    # with j1 and j0 the values when one car is left out
    found = measured(MANUAL, AUTOMATIC, n_boot=2000)
    g, difference = (found["low"], found["high"]), (
        found["difference_bca_low"], found["difference_bca_high"])
    assert g == pytest.approx((0.6668708583, 2.212522459), abs=1e-3)
    assert difference == pytest.approx((3.576555217, 10.75239513), abs=1e-3)


def test_bca_interval_is_near_that_of_r_with_its_own_resamples():
    # R: set.seed(1); boot.ci(boot(mtcars, \(d, i) g(d[i, ]), R = 20000, strata = am), type = "bca")
    # gives (0.648, 2.248), percentile (0.762, 2.451); two Monte-Carlo runs differ by about 0.02
    found = measured(MANUAL, AUTOMATIC, n_boot=9999)
    assert [found["low"], found["high"]] == pytest.approx([0.648, 2.248], abs=0.06)


def test_bca_acceleration_and_levels_equal_scipy():
    # scipy counts order statistics from (B − 1)α + 1, R and we from (B + 1)α: alike for many draws
    data = np.array(MPG)
    theirs = bootstrap((data,), np.mean, n_resamples=9999, method="BCa", rng=1)
    left_out = np.array([np.delete(data, i).mean() for i in range(32)])
    low, high, kind = bca(data.mean(), theirs.bootstrap_distribution, [left_out])
    assert (low, high) == pytest.approx(theirs.confidence_interval, abs=5e-3)
    assert kind == "BCa"


def test_draws_equal_to_the_estimate_count_half():
    # symmetric about the estimate, without acceleration: BCa is the percentile interval
    draws, still = np.repeat(np.arange(-5.0, 6), 100), [np.array([-1.0, 0, 1])]
    low, high, kind = bca(0.0, draws, still)
    assert (low, high) == tuple(np.quantile(draws, [0.025, 0.975], method="weibull"))
    assert kind == "BCa"


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("estimate", "left_out"),
    [(100.0, np.ones(5)), (999.0, np.arange(5.0)), (100.0, np.full(5, np.nan))],
)
def test_where_bca_is_undefined_the_percentiles_stand(estimate, left_out):
    # by hand: of 199 draws the fifth from either end
    draws = np.append(np.arange(1.0, 200), np.nan)
    low, high, kind = bca(estimate, draws, [left_out])
    assert (low, high) == pytest.approx((5, 195)) and kind == "percentile"


@pytest.mark.filterwarnings("error")
def test_without_any_draw_there_is_no_interval():
    assert np.isnan(bca(0.0, np.full(9, np.nan), [np.arange(3.0)])[:2]).all()


def test_resampling_in_parts_keeps_the_interval_near(monkeypatch):
    whole = measured(MANUAL, AUTOMATIC, n_boot=2000)["low"]
    monkeypatch.setattr(effects, "_TOGETHER", 500)
    assert measured(MANUAL, AUTOMATIC, n_boot=2000)["low"] == pytest.approx(whole, abs=0.1)


def test_the_method_names_the_interval_and_its_resamples():
    method = measured(MANUAL, AUTOMATIC, n_boot=1000)["method"]
    assert method == "Hedges' g; BCa bootstrap 95 % interval (1,000 resamples); Welch p"


def test_one_seed_gives_one_interval():
    a, b, c = (measured(MANUAL, AUTOMATIC, seed=seed)["low"] for seed in (1, 1, 2))
    assert a == b != c


def test_swapping_the_groups_turns_the_effect_round():
    a, b = measured(MANUAL, AUTOMATIC), measured(AUTOMATIC, MANUAL)
    assert a["effect"] == -b["effect"]
    assert [a["difference_low"], a["p"]] == pytest.approx([-b["difference_high"], b["p"]])


@pytest.mark.filterwarnings("error")
def test_undefined_acceleration_falls_back_to_percentiles_and_says_so():
    # one resample in three draws the 5 not once, and then neither group varies
    found = measured([0, 0, 0, 0, 5], [0, 0, 0, 0, 0])
    assert found["note"] == (
        "BCa is undefined here: percentile interval. In 61 of 200 resamples neither phenotype "
        "varies; g leaves them out. Fewer than 10 values in a phenotype: the intervals are rough."
    )
    assert np.isfinite([found["low"], found["high"]]).all() and "percentile" in found["method"]


def test_a_difference_stands_with_both_intervals():
    found = measured(MANUAL, AUTOMATIC, n_boot=500)
    welch = found["difference_low"], found["difference_high"]
    bca = found["difference_bca_low"], found["difference_bca_high"]
    assert welch != bca and welch == pytest.approx(bca, abs=1.0)


def test_fisher_interval_equals_r():
    # R: cor.test(mtcars$am, mtcars$mpg)[c("estimate", "conf.int")]
    theirs = (0.317558303512231, 0.784452021835140)
    assert fisher_interval(0.599832429454648, 32) == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize(("r", "n"), [(1.0, 30), (-1.0, 30), (0.5, 3)])
def test_fisher_interval_does_not_exist_at_the_ends_or_for_three_patients(r, n):
    assert np.isnan(fisher_interval(r, n)).all()
