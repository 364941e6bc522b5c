"""Spearman's ρ of data and of resamples, against R and against scipy, resample by resample."""

import doctest

import numpy as np
import pytest
from r_data import CYL, MPG, WT
from scipy.stats import rankdata, spearmanr

from compendium.validation import following
from compendium.validation.following import midranks, resampled, spearman

X = np.array([1.0, 2, 2, 3, 5, 4, 4, 4, 6, 7])
Y = np.array([3.0, 1, 1, 4, 4, 2, 6, 6, 5, 9])
COUNTS = np.random.default_rng(1).multinomial(10, np.full(10, 0.1), size=8)


def test_doctests_hold():
    assert doctest.testmod(following).failed == 0


@pytest.mark.parametrize(
    ("x", "y", "theirs"),
    [
        # R: cor.test(x, y, method = "spearman", exact = FALSE)$estimate
        (MPG, WT, -0.886422033270298),
        (MPG, CYL, -0.910801310862479),
        (X, Y, 0.720510792749932),
    ],
)
def test_rho_with_ties_equals_r(x, y, theirs):
    assert spearman(np.array(x), np.array(y)) == pytest.approx(theirs, abs=1e-12)


def test_rho_of_a_resample_is_that_of_the_patients_written_out():
    ours = resampled(X, Y, COUNTS)
    theirs = [spearmanr(np.repeat(X, c), np.repeat(Y, c)).statistic for c in COUNTS]
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_midranks_of_a_resample_are_those_of_the_patients_written_out():
    for counts, ranks in zip(COUNTS, midranks(X, COUNTS), strict=True):
        written_out = rankdata(np.repeat(X, counts))
        np.testing.assert_array_equal(np.repeat(ranks, counts), written_out)


def test_rho_knows_only_the_order():
    assert spearman(np.exp(X), Y**3) == pytest.approx(spearman(X, Y))


def test_turning_one_variable_turns_rho():
    assert spearman(-X, Y) == pytest.approx(-spearman(X, Y))


def test_the_order_of_patients_does_not_matter():
    order = np.random.default_rng(0).permutation(10)
    assert spearman(X[order], Y[order]) == pytest.approx(spearman(X, Y), abs=1e-14)


@pytest.mark.filterwarnings("error")
def test_a_constant_has_no_rho():
    assert np.isnan(spearman(np.ones(10), Y))


@pytest.mark.filterwarnings("error")
def test_only_the_resample_with_one_value_has_no_rho():
    once, again = np.ones(10), np.eye(10)[3] * 10
    found = resampled(X, Y, np.vstack([once, again]))
    assert np.isfinite(found[0]) and np.isnan(found[1])


def test_rho_never_leaves_one():
    many = np.arange(1, 1001) / 7
    assert spearman(many, many) == 1 and spearman(many, -many) == -1
