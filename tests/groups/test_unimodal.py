import numpy as np
import pytest

from compendium.groups.unimodal import dip, dip_p_value, nearest_unimodal
from compendium.problems import InputRefused

# R 4.2.2, diptest 0.76: data(statfaculty); dip(statfaculty)
STATFACULTY = np.repeat(
    [30, 33, 35, 36, 37, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 57, 59, 60,
     61, 62, 63, 66, 70, 72],
    [1, 1, 1, 1, 2, 5, 4, 1, 1, 3, 2, 2, 2, 2, 3, 1, 2, 1, 2, 5, 2, 2, 1, 3, 4, 4, 1, 1, 1, 2],
)


@pytest.mark.parametrize(
    ("x", "r_diptest"),
    [  # R: sprintf('%.14f', dip(x))
        (STATFACULTY, 0.0595238095238095),
        ([0, 1, 2, 10, 11, 12, 13], 0.171428571428571),
        (np.arange(20) ** 2 % 37, 0.093),
        (np.sort(np.sin(np.arange(1, 101))), 0.0694427080444584),
        ([1, 1, 1, 2, 2, 9, 9, 9, 9], 0.222222222222222),
    ],
)
def test_the_dip_equals_r_diptest(x, r_diptest):
    assert dip(x) == pytest.approx(r_diptest, abs=1e-10)


@pytest.mark.parametrize("x", [[], [1.0, np.nan, 2.0], [1.0, np.inf]])
def test_nothing_and_no_number_are_refused(x):
    with pytest.raises(InputRefused, match="A sample is empty or holds values that are no finite"):
        dip(x)


@pytest.mark.parametrize("n", [4, 10, 57])
def test_an_evenly_spaced_sample_has_the_smallest_dip_there_is(n):
    assert dip(np.arange(n)) == pytest.approx(1 / (2 * n))


def test_two_far_points_have_the_largest_dip_there_is():
    assert dip([0.0] * 50 + [1.0] * 50) == pytest.approx(0.25)


def test_the_dip_does_not_change_with_unit_direction_or_order():
    x = np.random.default_rng(1).gamma(2, size=80)
    moved = -3.5 * np.random.default_rng(2).permutation(x) + 40
    assert dip(moved) == pytest.approx(dip(x))


SAMPLES = {
    "normal": lambda rng: rng.normal(size=200),
    "two hills": lambda rng: np.concatenate([rng.normal(size=120), rng.normal(4, 1, 80)]),
    "exponential": lambda rng: rng.exponential(size=150),
    "heavy tails": lambda rng: rng.standard_t(2, 150),
    "tied": lambda rng: rng.integers(0, 12, 90).astype(float),
}


def distribution(law, x):
    """P(X ≤ x) between the smallest and the largest value of the sample."""
    return np.interp(x, law.knots, law.heights)


@pytest.mark.parametrize("kind", SAMPLES)
@pytest.mark.parametrize("seed", range(5))
def test_the_nearest_unimodal_law_is_exactly_a_dip_away(kind, seed):
    x = np.sort(SAMPLES[kind](np.random.default_rng(seed)))
    law, n = nearest_unimodal(x), len(x)
    above = np.searchsorted(x, x, side="right") / n - distribution(law, x + 1e-9)
    below = distribution(law, x - 1e-9) - np.searchsorted(x, x, side="left") / n
    assert max(above.max(), below.max()) == pytest.approx(law.dip, abs=1e-6)


@pytest.mark.parametrize("kind", SAMPLES)
def test_the_nearest_unimodal_law_rises_ever_faster_and_then_ever_slower(kind):
    law = nearest_unimodal(SAMPLES[kind](np.random.default_rng(7)))
    with np.errstate(divide="ignore"):
        slopes = np.diff(law.heights) / np.diff(law.knots)
    mode = slopes.argmax()
    rises, falls = np.diff(slopes[: mode + 1]), np.diff(slopes[mode:])
    assert (rises >= -1e-9).all() and (falls <= 1e-9).all()


def test_draws_of_the_law_of_two_hills_have_one():
    rng = np.random.default_rng(3)
    law = nearest_unimodal(SAMPLES["two hills"](rng))
    drawn = law.draw(20_000, rng)
    assert law.dip > 0.04 and dip(drawn) < 0.004


def test_draws_follow_the_law_within_the_range_of_the_data():
    rng = np.random.default_rng(4)
    x = rng.normal(size=100)
    law = nearest_unimodal(x)
    drawn = np.sort(law.draw(20_000, rng))
    low, high = law.heights[[0, -1]]
    expected = (distribution(law, drawn) - low) / (high - low)
    assert x.min() <= drawn[0] and drawn[-1] <= x.max()
    assert np.abs(expected - np.linspace(0, 1, len(drawn))).max() < 0.02


# R: set.seed(1); dip.test(statfaculty, simulate.p.value = TRUE, B = 10000)$p.value
def test_the_p_value_equals_that_of_r_within_monte_carlo_error():
    rng = np.random.default_rng(5)
    assert dip_p_value(STATFACULTY) == pytest.approx(0.0804, abs=0.015)
    assert dip_p_value(SAMPLES["two hills"](rng)) < 0.01
