"""Effect sizes and their intervals, against R, scipy and arithmetic by hand.

Independent values: R 4.2.2 on its built-in mtcars (miles per gallon by gearbox) and on the pain
scores of Brunner & Munzel (2000), which scipy's manual also uses.
"""

import doctest
import itertools

import numpy as np
import pingouin
import pytest
from r_data import AM, MPG, PAIN

from compendium import effects
from compendium.effects import cliffs_delta, continuous, fisher_interval, hedges_g, ordinal

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


def test_the_effect_of_grades_is_delta_with_its_interval():
    found = ordinal(TREATED_PAIN, OTHER_PAIN)
    assert tuple(found[key] for key in ("effect", "low", "high", "p")) == cliffs_delta(
        TREATED_PAIN, OTHER_PAIN
    )
    assert found["method"] == "Cliff's δ; Brunner–Munzel 95 % interval and p"


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
    assert np.isnan(found["low"]) and "do not overlap" in found["note"]


@pytest.mark.filterwarnings("error")
def test_two_constant_grades_are_separated_and_compared():
    found = graded([3] * 6, [5] * 6)
    assert found["effect"] == -1 and found["p"] == pytest.approx(2 / 924)


def test_an_interval_of_delta_ends_at_one():
    high, low = [4.5, 6, 7, 8, 9], [1, 2, 3, 4, 5]
    assert graded(high, low)["high"] == 1
    assert graded(low, high)["low"] == -1


def test_few_grades_in_a_phenotype_are_said_to_make_the_interval_rough():
    sentence = "Fewer than 10 values in a phenotype: interval and p are rough."
    assert ordinal(TREATED_PAIN[:9], OTHER_PAIN)["note"] == sentence
    assert ordinal(TREATED_PAIN[:10], OTHER_PAIN)["note"] == ""


def test_exact_p_of_separation_equals_enumeration():
    values = np.array([0, 0, 1, 2, 2, 2, 2, 3.0])  # unequal sizes, ties at the mirrored boundary
    deltas = []
    for chosen in itertools.combinations(range(8), 3):
        inside = np.isin(np.arange(8), chosen)
        deltas.append(np.sign(values[inside][:, None] - values[~inside]).mean())
    share = np.mean(np.abs(deltas) == 1)
    assert cliffs_delta(values[:3], values[3:])[3] == pytest.approx(share)


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


def test_bca_interval_is_near_that_of_r():
    # R: set.seed(1); boot.ci(boot(mtcars, \(d, i) g(d[i, ]), R = 20000, strata = am), type = "bca")
    # gives (0.648, 2.248), percentile (0.762, 2.451); two Monte-Carlo runs differ by about 0.02
    found = measured(MANUAL, AUTOMATIC, n_boot=9999)
    assert [found["low"], found["high"]] == pytest.approx([0.648, 2.248], abs=0.06)


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
    assert found["note"] == "BCa is undefined here: percentile interval."
    assert np.isfinite([found["low"], found["high"]]).all() and "percentile" in found["method"]


def test_intervals_are_not_rounded_and_the_library_option_is_restored(monkeypatch):
    monkeypatch.setitem(pingouin.options, "round.column.CI95", 2)
    found = measured(MANUAL, AUTOMATIC)
    ends = np.array([found[key] for key in ("low", "high", "difference_low", "difference_high")])
    assert (ends.round(6) != ends).all()
    assert pingouin.options["round.column.CI95"] == 2


def test_fisher_interval_equals_r():
    # R: cor.test(mtcars$am, mtcars$mpg)[c("estimate", "conf.int")]
    theirs = (0.317558303512231, 0.784452021835140)
    assert fisher_interval(0.599832429454648, 32) == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize(("r", "n"), [(1.0, 30), (-1.0, 30), (0.5, 3)])
def test_fisher_interval_does_not_exist_at_the_ends_or_for_three_patients(r, n):
    assert np.isnan(fisher_interval(r, n)).all()
