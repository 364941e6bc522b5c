"""The rank-sum test by relabelling and the shift it allows, against R, coin and enumeration.

Independent values: R 4.2.2 on its built-in mtcars (miles per gallon by gearbox) and sleep, and on
the pain scores of Brunner & Munzel (2000).
"""

import doctest
import itertools

import numpy as np
import pytest
from r_data import AM, MPG, PAIN
from scipy.stats import rankdata

from compendium.validation import effects
from compendium.validation.effects import relabelled_p, shift

MANUAL, AUTOMATIC = np.array(MPG)[AM == 1], np.array(MPG)[AM == 0]
TREATED_PAIN, OTHER_PAIN = np.array(PAIN[14:], float), np.array(PAIN[:14], float)
# R: sleep$extra by group
SLEEP_1 = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
SLEEP_2 = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
FIVE, EIGHT = np.array([2.0, 4, 4, 5, 6]), np.array([1.0, 1, 2, 2, 3, 4, 4, 3])


def by_enumeration(x, y):
    """Every choice of x's places, one after the other, with midranks of scipy."""
    ranks = rankdata(np.concatenate([x, y]))
    far = [abs(sum(part) - x.size * (ranks.size + 1) / 2)
           for part in itertools.combinations(ranks, x.size)]
    return np.mean(np.array(far) >= far[0] - 1e-9)


def test_doctests_hold():
    assert doctest.testmod(effects).failed == 0


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


def test_drawn_p_counts_the_observed_labelling():
    x, y = np.arange(40.0), np.arange(100.0, 140)
    assert relabelled_p(x, y)[0] == 1 / 10_000
    assert relabelled_p(x, y, drawn=99)[0] == 1 / 100


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


def test_another_seed_draws_other_relabellings():
    pair = SLEEP_1, SLEEP_2
    a, b, c = (relabelled_p(*pair, random_state=seed)[0] for seed in (1, 1, 2))
    assert a == b != c


def test_drawing_in_parts_covers_all_relabellings(monkeypatch):
    monkeypatch.setattr(effects, "_RELABELLED_TOGETHER", 1000)
    x, y = np.arange(40.0), np.arange(100.0, 140)
    assert relabelled_p(x, y)[0] == 1 / 10_000


def test_p_is_uniform_or_larger_where_the_label_means_nothing():
    rng = np.random.default_rng(3)
    grades = rng.integers(0, 5, (300, 40)).astype(float)
    p = np.array([relabelled_p(row[:15], row[15:], drawn=199)[0] for row in grades])
    # 300 tests: 3 standard errors above 5 %
    assert (p <= 0.05).mean() < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)


@pytest.mark.parametrize(
    ("compared", "reference", "theirs", "flat"),
    [
        # R: wilcox.test(x, y, conf.int = TRUE, exact = FALSE, correct = FALSE), estimate and
        # interval by root finding to 1e-4; for an even number of pairs any point between the two
        # middle differences is a root, and R gives one of them
        (MANUAL, AUTOMATIC, (6.79999693767, 2.90004598887, 11.3000408671), 0),
        (TREATED_PAIN, OTHER_PAIN, (1.99995922392, 0.000066815829976, 2.00001348678), 0),
        (SLEEP_2, SLEEP_1, (1.34532253567, -0.0000180285652082, 3.50004887259), 0.1),
    ],
)
def test_shift_and_interval_equal_r(compared, reference, theirs, flat):
    found = shift(compared, reference)
    assert found[1:] == pytest.approx(theirs[1:], abs=1.5e-4)
    assert found[0] == pytest.approx(theirs[0], abs=1.5e-4 + flat)


@pytest.mark.parametrize("reference", [OTHER_PAIN, OTHER_PAIN[:-1]])
def test_the_shift_is_the_median_of_all_differences(reference):
    median = np.median(TREATED_PAIN[:, None] - reference)
    assert shift(TREATED_PAIN, reference)[0] == median


def test_the_ends_are_where_the_test_begins_to_reject():
    from scipy.stats import mannwhitneyu

    _, low, high = shift(SLEEP_2, SLEEP_1)
    inside, outside = 1e-6, -1e-6
    for end, inwards in ((low, 1), (high, -1)):
        p = [mannwhitneyu(SLEEP_2 - (end + inwards * step), SLEEP_1, method="asymptotic",
                          use_continuity=False).pvalue for step in (inside, outside)]
        assert p[0] >= 0.05 > p[1]


def test_moving_and_stretching_a_group_moves_and_stretches_the_shift():
    found = np.array(shift(TREATED_PAIN, OTHER_PAIN))
    np.testing.assert_allclose(shift(TREATED_PAIN + 7, OTHER_PAIN), found + 7)
    np.testing.assert_allclose(shift(3 * TREATED_PAIN, 3 * OTHER_PAIN), 3 * found)


def test_swapping_the_groups_turns_the_shift_round():
    a, b = shift(MANUAL, AUTOMATIC), shift(AUTOMATIC, MANUAL)
    assert b == pytest.approx((-a[0], -a[2], -a[1]))


def test_more_confidence_asks_for_a_wider_interval():
    _, low, high = shift(MANUAL, AUTOMATIC)
    _, lower, higher = shift(MANUAL, AUTOMATIC, confidence=0.99)
    assert lower < low and high < higher


@pytest.mark.filterwarnings("error")
def test_groups_too_small_to_reject_any_shift_have_no_interval():
    found = shift(np.array([7.0]), np.array([1.0, 2, 3, 4, 5, 6, 9, 10, 11, 12]))
    assert found[0] == 1.5 and np.isnan(found[1:]).all()


@pytest.mark.filterwarnings("error")
def test_constant_groups_have_one_shift():
    assert shift(np.full(6, 5.0), np.full(6, 3.0)) == (2, 2, 2)
