"""Effect sizes, their intervals and p, against R, coin, scipy, enumeration, and by hand.

Independent values: R 4.2.2 on its built-in mtcars (miles per gallon by gearbox) and sleep, and on
the pain scores of Brunner & Munzel (2000), which scipy's manual also uses.
"""

import itertools

import numpy as np
import pingouin
import pytest
from r_data import AM, MPG, PAIN
from scipy.stats import rankdata, ttest_ind

from compendium.statistics import fisher_interval, hedges_g
from compendium.validation import effects
from compendium.validation.effects import cliffs_delta, continuous, ordinal, relabelled_p

MANUAL, AUTOMATIC = np.sort(np.array(MPG)[AM == 1]), np.sort(np.array(MPG)[AM == 0])
TREATED_PAIN, OTHER_PAIN = np.array(PAIN[14:], float), np.array(PAIN[:14], float)
# R: sleep$extra by group
SLEEP_1 = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
SLEEP_2 = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
FIVE, EIGHT = np.array([2.0, 4, 4, 5, 6]), np.array([1.0, 1, 2, 2, 3, 4, 4, 3])


def measured(compared, reference, n_boot=200, seed=0):
    pair = (np.asarray(values, dtype=float) for values in (compared, reference))
    return continuous(*pair, n_boot, np.random.default_rng(seed))


def graded(compared, reference):
    return ordinal(np.asarray(compared, dtype=float), np.asarray(reference, dtype=float))


def test_delta_and_its_interval_equal_r_by_hand():
    # R, placements by hand: pl <- function(u, v) sapply(u, \(z) mean(v < z) + mean(v == z) / 2)
    # P <- mean(pl(d, a)); s <- sqrt(var(pl(a, d)) / 14 + var(pl(d, a)) / 11); df = 17.68284197948
    # c(2 * P - 1, 2 * (P + c(-1, 1) * qt(.975, df) * s) - 1)
    theirs = [0.57792207792207795, 0.19043372850747264, 0.96541042733668325]
    np.testing.assert_allclose(cliffs_delta(TREATED_PAIN, OTHER_PAIN), theirs, rtol=1e-12)


def test_the_effect_of_grades_is_delta_with_its_interval():
    found = ordinal(TREATED_PAIN, OTHER_PAIN)
    ours = tuple(found[key] for key in ("effect", "low", "high"))
    assert ours == cliffs_delta(TREATED_PAIN, OTHER_PAIN)
    assert found["method"] == (
        "Cliff's δ; Brunner–Munzel 95 % interval; permutation p (9,999 relabellings)"
    )


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
    assert np.isnan([found["low"], found["high"]]).all()
    assert found["note"] == "The phenotypes do not overlap: δ has no interval."


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


def test_bca_interval_is_near_that_of_r_with_its_own_resamples():
    # R: set.seed(1); boot.ci(boot(mtcars, \(d, i) g(d[i, ]), R = 20000, strata = am), type = "bca")
    # gives (0.648, 2.248), percentile (0.762, 2.451); two Monte-Carlo runs differ by about 0.02 SD
    found = measured(MANUAL, AUTOMATIC, n_boot=9999)
    assert [found["low"], found["high"]] == pytest.approx([0.648, 2.248], abs=0.06)


@pytest.mark.filterwarnings("error")
def test_below_ten_patients_the_interval_of_g_is_that_of_welch():
    # ttest_ind(x, y, equal_var=False) of scipy, over the pooled SD, times 1 − 3 / (4 · 28 − 9)
    few = MANUAL[:9]
    found = measured(few, AUTOMATIC)
    pooled = np.sqrt((8 * few.var(ddof=1) + 18 * AUTOMATIC.var(ddof=1)) / 26)
    welch = ttest_ind(few, AUTOMATIC, equal_var=False).confidence_interval()
    ends = np.array(welch) / pooled * (1 - 3 / 103)
    assert (found["low"], found["high"]) == pytest.approx(tuple(ends), rel=1e-12)
    assert found["method"] == "Hedges' g; Welch 95 % interval; Welch p"
    assert found["note"] == (
        "Fewer than ten patients in a phenotype: the interval is Welch's, not a bootstrap one."
    )
    assert "BCa" in measured(MANUAL[:10], AUTOMATIC)["method"]


@pytest.mark.filterwarnings("error")
def test_where_resamples_have_no_spread_the_interval_is_welchs_too():
    # one resample in three draws the 5 not once, and then neither group varies
    found = measured([0] * 9 + [5], [0] * 10)
    assert found["note"] == (
        "Some resamples have no spread: the interval is Welch's, not a bootstrap one."
    )
    assert np.isfinite([found["low"], found["high"]]).all()


def test_resampling_in_parts_keeps_the_interval_near(monkeypatch):
    whole = measured(MANUAL, AUTOMATIC, n_boot=2000)["low"]
    monkeypatch.setattr(effects, "_TOGETHER", 500)
    assert measured(MANUAL, AUTOMATIC, n_boot=2000)["low"] == pytest.approx(whole, abs=0.1)


def test_the_method_names_the_interval_and_its_resamples():
    method = measured(MANUAL, AUTOMATIC, n_boot=1000)["method"]
    assert method == "Hedges' g; BCa bootstrap 95 % interval (1,000 resamples); Welch p"


@pytest.mark.parametrize(("r", "n"), [(1.0, 30), (-1.0, 30), (0.5, 3)])
def test_fisher_interval_does_not_exist_at_the_ends_or_for_three_patients(r, n):
    assert np.isnan(fisher_interval(r, n)).all()


# -------------------------------------------------------------------------------- p by relabelling


def by_enumeration(x, y):
    """Every choice of x's places, one after the other, with midranks of scipy."""
    ranks = rankdata(np.concatenate([x, y]))
    far = [abs(sum(part) - x.size * (ranks.size + 1) / 2)
           for part in itertools.combinations(ranks, x.size)]
    return np.mean(np.array(far) >= far[0] - 1e-9)


def test_exact_p_with_ties_equals_coin():
    # R: coin::pvalue(coin::wilcox_test(v ~ g, distribution = "exact"))
    p, ways, exact = relabelled_p(FIVE, EIGHT)
    assert p == pytest.approx(0.0543900543901, abs=1e-12)
    assert (ways, exact) == (1287, True)


def test_exact_p_equals_enumeration_for_random_ties():
    rng = np.random.default_rng(2)
    x, y = rng.integers(0, 4, 4).astype(float), rng.integers(1, 5, 7).astype(float)
    assert relabelled_p(x, y)[0] == pytest.approx(by_enumeration(x, y))


@pytest.mark.parametrize(
    ("compared", "reference", "theirs"),
    [
        # R: coin, distribution = "exact", for the three pairs
        (TREATED_PAIN, OTHER_PAIN, 0.00669022299996),
        (MANUAL, AUTOMATIC, 0.00115929074633),
        (SLEEP_2, SLEEP_1, 0.0658165364048),
    ],
)
def test_drawn_p_lies_within_its_error_of_the_exact_one(compared, reference, theirs):
    p, drawn, exact = relabelled_p(compared, reference)
    assert (drawn, exact) == (9999, False)
    assert abs(p - theirs) < 3 * np.sqrt(theirs * (1 - theirs) / drawn)


@pytest.mark.parametrize("together", [4_000_000, 1000])
def test_drawn_p_counts_the_observed_labelling_drawn_in_parts_or_not(monkeypatch, together):
    monkeypatch.setattr(effects, "_TOGETHER", together)
    assert relabelled_p(np.arange(40.0), np.arange(100.0, 140))[0] == 1 / 10_000


def test_p_is_one_where_the_groups_are_the_same():
    assert relabelled_p(FIVE, FIVE)[0] == 1
    assert relabelled_p(np.ones(30), np.ones(40))[0] == 1


def test_p_depends_neither_on_the_order_of_patients_nor_on_the_scale():
    turned = relabelled_p(TREATED_PAIN[::-1], OTHER_PAIN[::-1])
    assert turned == relabelled_p(TREATED_PAIN, OTHER_PAIN)
    assert turned == relabelled_p(np.exp(TREATED_PAIN), np.exp(OTHER_PAIN))


def test_p_is_the_same_from_either_side():
    assert relabelled_p(OTHER_PAIN, TREATED_PAIN) == relabelled_p(TREATED_PAIN, OTHER_PAIN)
    assert relabelled_p(EIGHT, FIVE)[0] == pytest.approx(relabelled_p(FIVE, EIGHT)[0])


def test_p_is_uniform_or_larger_where_the_label_means_nothing(monkeypatch):
    monkeypatch.setattr(effects, "_DRAWN", 199)
    rng = np.random.default_rng(3)
    grades = rng.integers(0, 5, (300, 40)).astype(float)
    p = np.array([relabelled_p(row[:15], row[15:])[0] for row in grades])
    # 300 tests: 3 standard errors above 5 %
    assert (p <= 0.05).mean() < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)
