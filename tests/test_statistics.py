"""Small statistics: t intervals and adjusted p against R, Harrell's splines with knots and ties."""

import numpy as np
import pandas as pd
import pytest

from compendium.regression.least_squares import ols
from compendium.regression.odds import proportional_odds
from compendium.regression.pooling import pool
from compendium.regression.quantile import median_regression
from compendium.statistics import adjusted_p, knots_of, spline, t_interval
from compendium.validation.effects import cliffs_delta, relabelled_p
from compendium.validation.following import spearman


def test_a_t_interval_equals_r_for_numbers_and_arrays():
    # R: 1 + c(-1, 1) * qt(0.975, 10) * 0.5; qt(0.975, 3)
    assert t_interval(1.0, 0.5, 10) == pytest.approx((-0.114069425982469, 2.114069425982469))
    low, high = t_interval(np.array([1.0, 0.0, 5.0]), np.array([0.5, 1, np.nan]), [10, 3, 3])
    assert high[:2].tolist() == pytest.approx([2.114069425982469, 3.18244630528371])
    assert low[1] == -high[1] and np.isnan([low[2], high[2]]).all()


@pytest.mark.parametrize(
    ("method", "theirs"),
    # R: p.adjust(c(0.01, 0.04, 0.03, 0.5), "holm") and "BH"
    [("holm", [0.04, 0.09, 0.09, 0.5]), ("fdr_bh", [0.04, 0.16 / 3, 0.16 / 3, 0.5])],
)
def test_p_is_adjusted_as_in_r_and_what_is_missing_is_no_test(method, theirs):
    found = adjusted_p([0.01, np.nan, 0.04, 0.03, 0.5], method)
    assert np.isnan(found[1]) and np.delete(found, 1).tolist() == pytest.approx(theirs)


@pytest.mark.parametrize("p", [[], [np.nan, np.nan]])
def test_where_there_is_no_test_nothing_is_adjusted(p):
    found = adjusted_p(p, "holm")
    assert found.shape == (len(p),) and np.isnan(found).all()


@pytest.mark.parametrize("p", [[0.1, 1.2], [-0.1]])
def test_what_is_no_p_value_is_refused(p):
    with pytest.raises(ValueError, match=r"^a p value lies from 0 to 1\.$"):
        adjusted_p(p, "holm")


def modelled(verb, *more):
    """A model of an outcome on a constant and a number."""
    return lambda y, x: verb(y, pd.DataFrame({"(constant)": 1.0, "x": x}), *more)


@pytest.mark.parametrize("verb", [
    cliffs_delta, relabelled_p, spearman, pool, modelled(ols), modelled(proportional_odds, ("x",)),
    modelled(median_regression),
])
@pytest.mark.parametrize("place", [0, 1])
def test_a_gap_or_nobody_is_refused_and_not_computed_with(verb, place):
    whole, gap = [np.array([1.0, 2, 3, 5, 4])] * 2, np.array([1.0, np.nan, 3, 2, 5])
    for bad, words in ((gap, r": 1 of \d+ numbers are missing"), (gap[:0], "there is no number")):
        pair = [bad if i == place or not len(bad) else v for i, v in enumerate(whole)]
        with pytest.raises(ValueError, match=words):
            verb(*pair)


def test_a_variance_below_zero_is_not_pooled():
    with pytest.raises(ValueError, match="each an estimate and a variance"):
        pool(np.array([1.0, 2]), np.array([1.0, -1]))


def test_the_spline_is_straight_beyond_its_end_knots():
    knots = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
    outside = spline(np.array([1.0, 2.0, 3.0]), knots)
    assert np.diff(outside, n=2, axis=0) == pytest.approx(0, abs=1e-12)
    assert outside.shape == (3, 5)


def test_the_spline_equals_harrells_formula():
    # R: Hmisc::rcspline.eval(1.5, knots = c(-2, -1, 0, 1, 2), inclx = TRUE, norm = 2)
    found = spline(np.array([1.5]), np.array([-2.0, -1.0, 0.0, 1.0, 2.0]))
    assert found[0] == pytest.approx([1, 1.5, 2.6484375, 0.953125, 0.1953125], abs=1e-14)


def test_tied_values_leave_fewer_knots_and_a_straight_line_at_least():
    few = np.array([0.0] * 90 + [1.0] * 10)
    assert len(knots_of(few, 4)) == 2
    assert spline(few, knots_of(few, 4)).tolist() == [[1.0, x] for x in few]


def test_knots_stand_at_harrells_quantiles():
    # R: Hmisc::rcspline.eval(0:1000, nk = 4, knots.only = TRUE)
    assert knots_of(np.arange(1001.0), 4).tolist() == [50, 350, 650, 950]


def test_the_curve_does_not_depend_on_the_unit():
    x = np.random.default_rng(0).normal(size=50)
    one, ten = spline(x, knots_of(x, 4)), spline(10 * x, knots_of(10 * x, 4))
    assert ten[:, 1:] == pytest.approx(10 * one[:, 1:])
