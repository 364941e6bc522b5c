"""What lies between: the density of an axis freed of noise, and the two families tested."""

import numpy as np
import pytest
from scipy.optimize import minimize

from compendium.groups import nulls
from compendium.groups.path import EVEN, FAMILIES, Axis, LatentPath, axis_of


def axis(u, noise=1.0, seed=0):
    """Patients at u, seen with Gaussian noise of this SD."""
    rng = np.random.default_rng(seed)
    return Axis(u + noise * rng.standard_normal(len(u)), np.full(len(u), noise))


def latent(law, n=3000, scale=8.0, seed=1):
    rng = np.random.default_rng(seed)
    return scale * {
        "points": lambda: (rng.random(n) < 0.4).astype(float),
        "even": lambda: rng.random(n),
        "Gaussian": lambda: rng.standard_normal(n) / 3,
        "arcsine": lambda: rng.beta(0.5, 0.5, n),
    }[law]()


@pytest.mark.parametrize(
    ("law", "density"),
    [("points", 0.0), ("even", EVEN),
     # centres ±√(2/π), half way: P(|u| < √(2/π)/2) / ½
     ("Gaussian", 0.6200), ("arcsine", 4 / np.pi * np.arcsin(1 / np.pi))],
)
def test_the_density_between_is_what_theory_says(law, density):
    assert LatentPath(axis(latent(law))).density() == pytest.approx(density, abs=0.08)


@pytest.mark.parametrize(
    ("law", "refuted"),
    [("points", (True, True)), ("even", (False, False)), ("Gaussian", (False, False)),
     ("arcsine", (False, True))],
)
def test_which_family_is_refuted(law, refuted):
    path = LatentPath(axis(latent(law, 454)))
    assert tuple(path.p_value(family, 39, 0) <= 0.05 for family in FAMILIES) == refuted


def test_a_law_that_is_in_the_family_is_refuted_no_more_often_than_the_level():
    # 30 cohorts at level 0.05: five or more would have probability 0.016
    p = [LatentPath(axis(latent("Gaussian", 150, seed=s), seed=s)).p_value("one peak", 19, s)
         for s in range(30)]
    assert sum(value <= 0.05 for value in p) <= 4


def test_the_interval_holds_the_density_and_narrows_with_more_patients():
    few, many = (LatentPath(axis(latent("even", n))) for n in (150, 3000))
    for path in (few, many):
        low, high = path.density_interval(99, 0)
        assert 0 <= low <= path.density() <= high
    widths = [np.ptp(path.density_interval(99, 0)) for path in (few, many)]
    assert widths[1] < widths[0] / 2


def test_the_fitted_law_is_the_likeliest():
    rng = np.random.default_rng(0)
    P, counts = rng.random((12, 4)) + 0.05, rng.integers(0, 9, (12, 1)).astype(float)

    def minus(a):
        v = np.exp(a) / np.exp(a).sum()
        return -(counts[:, 0] * np.log(P @ v)).sum()

    ll, law = LatentPath._em(P, counts)
    assert ll[0] == pytest.approx(-minimize(minus, np.zeros(4), method="BFGS").fun, abs=0.02)
    assert law.sum() == pytest.approx(1)


def test_cohorts_fitted_together_are_fitted_as_alone():
    path = LatentPath(axis(latent("even", 200)))
    both = np.column_stack([path.counts, path.counts[::-1]])
    together, alone = path._em(path.P, both)[0], path._em(path.P, path.counts)[0]
    assert together[0] == pytest.approx(alone[0], abs=0.05)


def test_the_noise_of_graded_features_is_smaller_at_the_ends():
    rng = np.random.default_rng(2)
    severity = 4 * rng.random(600) - 2
    X = np.clip(np.round(severity[:, None] + 0.5 * rng.normal(size=(600, 12))), -1, 1)
    found = axis_of(nulls.zscore(X))
    ends, middle = np.abs(severity) > 1.6, np.abs(severity) < 0.4
    assert found.noise[ends].mean() < found.noise[middle].mean()
    assert np.corrcoef(found.y, severity)[0, 1] ** 2 > 0.9


def test_an_axis_that_bends_is_measured_along_the_curve():
    rng = np.random.default_rng(12)
    angle = np.pi * rng.random(400)
    plane = np.column_stack([-np.cos(angle), 1.3 * np.sin(angle)]) @ rng.normal(size=(2, 8))
    found = axis_of(nulls.zscore(plane + 0.2 * rng.normal(size=plane.shape)))
    assert np.corrcoef(found.y, angle)[0, 1] ** 2 > 0.97


def test_few_features_have_one_axis_whichever_is_asked_for():
    Z = nulls.zscore(np.random.default_rng(0).normal(size=(50, 3)))
    assert (axis_of(Z, 2).y == axis_of(Z, 0).y).all()
