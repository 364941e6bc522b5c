"""Polarisation: what theory says of laws with and without two ends, and its algebra."""

from itertools import combinations

import numpy as np
import pytest

from compendium.groups import nulls
from compendium.groups.polarisation import (
    BOUND,
    _elementary,
    factor_scores,
    polarisation,
)


def features(severity, p=20, noise=1.0, seed=0):
    rng = np.random.default_rng(seed)
    u = (severity - severity.mean()) / severity.std()
    return nulls.zscore(u[:, None] + noise * rng.normal(size=(len(u), p)))


def severities(n=4000, seed=1):
    rng = np.random.default_rng(seed)
    return {"two points": (rng.random(n) < 0.3).astype(float), "arcsine": rng.beta(0.5, 0.5, n),
            "uniform": rng.random(n), "Gaussian": rng.standard_normal(n),
            "exponential": rng.exponential(size=n)}


@pytest.mark.parametrize(
    ("law", "D"),  # kurtosis − skewness²
    [("two points", 1), ("arcsine", 1.5), ("uniform", 1.8), ("Gaussian", 3), ("exponential", 5)],
)
def test_noise_is_subtracted_and_the_latent_law_is_left(law, D):
    found = polarisation(features(severities()[law]))
    assert pytest.approx(D, rel=0.1) == found.D
    assert found.found == (D < BOUND)


def test_products_over_distinct_features_are_counted_once():
    X = np.random.default_rng(0).normal(size=(3, 6))
    for order, sums in zip((2, 3, 4), _elementary(X), strict=True):
        by_hand = [sum(np.prod(row[list(c)]) for c in combinations(range(6), order)) for row in X]
        assert sums == pytest.approx(by_hand)


def test_grades_of_one_severity_are_not_taken_for_two_ends():
    X = features(severities(454)["uniform"], p=6)
    assert not polarisation(nulls.zscore((X > 0).astype(float))).found


def test_the_clearest_direction_may_lie_across_the_first_factor():
    rng = np.random.default_rng(4)
    severity, group = rng.normal(size=(2000, 1)), np.sign(rng.normal(size=(2000, 1)))
    X = 1.5 * severity + group * np.array([1, -1] * 10) + rng.normal(size=(2000, 20))
    assert pytest.approx(1, abs=0.1) == polarisation(nulls.zscore(X)).D


def test_factor_scores_have_the_noise_they_say():
    u = severities()["Gaussian"]
    F = factor_scores(features(u))
    assert F.scores.shape == (4000, 1) and F.loadings.shape == (20, 1)
    error = F.scores[:, 0] * np.sign(F.loadings[0, 0]) - (u - u.mean()) / u.std()
    assert error.var() == pytest.approx(F.noise[0, 0], rel=0.1)


def test_pure_noise_has_no_reliable_direction_or_no_two_ends():
    assert not polarisation(nulls.zscore(np.random.default_rng(0).normal(size=(200, 8)))).found


def test_fewer_than_four_features_give_no_finding():
    found = polarisation(features(severities(100)["two points"], p=3))
    assert not found.found and np.isnan(found.D)
