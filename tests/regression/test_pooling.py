"""Rubin's rules against R's mice::pool.scalar (3.15), and their properties."""

import math

import numpy as np
import pytest

from compendium.regression.pooling import pool

Q = [-3.9, -3.2, -4.4, -3.6, -4.1]
U = [0.64, 0.70, 0.61, 0.66, 0.69]


@pytest.mark.parametrize(
    ("df_complete", "theirs"),
    [
        # R: s <- pool.scalar(Q, U, n, k); c(s$qbar, sqrt(s$t), s$df, s$fmi); n - k = Inf, 446, 22
        (math.inf, [-3.84, 0.956869897112455, 51.3274702991029, 0.305698012662547]),
        (446, [-3.84, 0.956869897112455, 44.2338152226169, 0.309683355664444]),
        (22, [-3.84, 0.956869897112455, 11.360552573515, 0.379552717937729]),
    ],
)
def test_estimate_error_df_and_missing_information_equal_r(df_complete, theirs):
    found = pool(Q, U, df_complete)
    ours = [found[name] for name in ("estimate", "se", "df", "fmi")]
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_interval_and_p_equal_r():
    # R: s$qbar + c(-1, 1) * qt(0.975, s$df) * sqrt(s$t); 2 * pt(-abs(s$qbar) / sqrt(s$t), s$df)
    found = pool(Q, U, 446)
    theirs = [-5.76815669458266, -1.91184330541734, 0.000228178928676359]
    np.testing.assert_allclose([found["low"], found["high"], found["p"]], theirs, rtol=1e-11)


def test_imputations_that_agree_give_the_standard_error_of_one():
    found = pool([2.0] * 20, [0.25] * 20, df_complete=100)
    assert found["se"] == 0.5
    assert found["df"] == pytest.approx(100 * 101 / 103)  # Barnard & Rubin, without missing values


def test_degrees_of_freedom_never_exceed_those_of_the_complete_table():
    assert all(pool(Q, U, df)["df"] < df for df in (3, 22, 446, 10_000))


def test_more_spread_between_imputations_is_more_missing_information():
    mean = np.mean(Q)
    shares = [pool(mean + f * (np.array(Q) - mean), U, 446)["fmi"] for f in (0, 1, 2, 9)]
    assert shares == sorted(shares) and shares[0] > 0 and shares[-1] < 1


def test_order_of_imputations_changes_nothing():
    turned, alone = pool(Q[::-1], U[::-1], 446), pool(Q, U, 446)
    assert all(turned[name] == pytest.approx(alone[name]) for name in alone)


def test_changing_the_unit_changes_the_estimate_and_no_inference():
    ours, theirs = pool(Q, U, 446), pool(10 * np.array(Q), 100 * np.array(U), 446)
    assert theirs["estimate"] == pytest.approx(10 * ours["estimate"])
    assert all(theirs[name] == pytest.approx(ours[name]) for name in ("p", "df", "fmi"))


def test_estimates_without_any_spread_have_no_p():
    found = pool([1.0, 1.0], [0.0, 0.0], 30)
    assert found["se"] == 0 and math.isnan(found["p"])


@pytest.mark.parametrize(("q", "u"), [([1.0], [1.0]), ([1.0, 2.0], [1.0])])
def test_fewer_than_two_imputations_are_refused(q, u):
    with pytest.raises(ValueError, match="two imputations or more"):
        pool(q, u)


def test_several_terms_are_pooled_each():
    found = pool(np.transpose([Q, [0.0] * 5]), np.transpose([U, [1.0] * 5]), 446)
    alone = pool(Q, U, 446)
    assert all(found[name][0] == pytest.approx(alone[name]) for name in alone)
    assert found["se"][1] == 1 and len(found["p"]) == 2
