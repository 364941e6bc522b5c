from dataclasses import replace

import numpy as np
import pytest

from compendium.groups.log_concave import nearest_log_concave

SAMPLE = np.array([0, 1, 2, 3, 5, 9, 9.5])
SAMPLES = {
    "normal": lambda rng: rng.normal(size=300),
    "two hills": lambda rng: np.concatenate([rng.normal(size=180), rng.normal(4, 1, 120)]),
    "exponential": lambda rng: rng.exponential(size=300),
    "heavy tails": lambda rng: rng.standard_t(2, 300),
    "tied": lambda rng: rng.integers(0, 6, 200).astype(float),
}


def density(law, x):
    """Without the blur; 0 outside the range of the data."""
    return np.exp(np.interp(x, law.knots, law.log_density, left=-np.inf, right=-np.inf))


def test_the_density_equals_that_of_r_logcondens():
    # R 4.2.2, logcondens 2.1.7: exp(logConDens(x, smoothed = FALSE)$phi)
    expected = [0.14520124676, 0.13514388704, 0.12578315002, 0.11707078414, 0.10141463887,
                0.07610354566, 0.07342059865]
    assert density(nearest_log_concave(SAMPLE), SAMPLE) == pytest.approx(expected, abs=1e-6)


def test_two_patients_give_the_uniform_law_between_them():
    law = nearest_log_concave([2.0, 6.0])
    assert density(law, [2.0, 5.0, 6.5]) == pytest.approx([0.25, 0.25, 0.0])


@pytest.mark.parametrize("kind", SAMPLES)
def test_the_law_has_mass_one_the_samples_mean_and_no_more_than_its_variance(kind):
    x = SAMPLES[kind](np.random.default_rng(1))
    law = nearest_log_concave(x)
    at = np.linspace(x.min(), x.max(), 400_001)
    weight = density(law, at) * (at[1] - at[0])
    mean = (weight * at).sum()
    assert weight.sum() == pytest.approx(1, abs=1e-3)
    assert mean == pytest.approx(x.mean(), abs=2e-3 * x.std())
    assert (weight * (at - mean) ** 2).sum() <= 1.001 * x.var()


@pytest.mark.parametrize("kind", SAMPLES)
def test_the_logarithm_of_the_density_bends_downwards_only(kind):
    law = nearest_log_concave(SAMPLES[kind](np.random.default_rng(2)))
    slopes = np.diff(law.log_density) / np.diff(law.knots)
    assert (np.diff(slopes) < 1e-9).all()


def test_no_log_concave_law_nearby_is_likelier():
    x = SAMPLES["two hills"](np.random.default_rng(3))
    law = nearest_log_concave(x)

    def likelihood(tilt, bend):
        at = np.linspace(x.min(), x.max(), 20_001)
        more = tilt * at - bend * at**2
        mass = (density(law, at) * np.exp(more)).sum() * (at[1] - at[0])
        return (np.log(density(law, x)) + tilt * x - bend * x**2).mean() - np.log(mass)

    nearby = [likelihood(*d) for d in [(0.01, 0), (-0.01, 0), (0, 0.001), (0.01, 0.002)]]
    assert max(nearby) < likelihood(0, 0)


def test_draws_follow_the_law():
    law = nearest_log_concave(SAMPLES["exponential"](np.random.default_rng(4)))
    drawn = replace(law, blur=0.0).draw(40_000, np.random.default_rng(5))
    shares = np.searchsorted(np.sort(drawn), law.knots) / len(drawn)
    assert np.abs(shares - law.below).max() < 0.01


@pytest.mark.parametrize("kind", SAMPLES)
def test_draws_have_the_mean_and_the_variance_of_the_data(kind):
    x = SAMPLES[kind](np.random.default_rng(6))
    drawn = nearest_log_concave(x).draw(100_000, np.random.default_rng(7))
    assert drawn.mean() == pytest.approx(x.mean(), abs=0.02 * x.std())
    assert drawn.var() == pytest.approx(x.var(), rel=0.05)


def test_the_law_moves_and_stretches_with_the_data():
    law, moved = nearest_log_concave(SAMPLE), nearest_log_concave(10 - 2 * SAMPLE)
    assert density(moved, 10 - 2 * SAMPLE) == pytest.approx(density(law, SAMPLE) / 2, abs=1e-6)
