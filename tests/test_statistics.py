"""Small statistics: t intervals and adjusted p against R, Harrell's splines with knots and ties."""

import numpy as np
import pytest

from compendium.statistics import adjusted_p, knots_of, spline, t_interval


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
