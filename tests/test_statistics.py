"""Restricted cubic splines: Harrell's formula, knots and ties."""

import numpy as np
import pytest

from compendium.statistics import knots_of, spline


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
