"""The detection limit: read off a power curve of the cohort's own size, or not given."""

from pathlib import Path

import pandas as pd
import pytest

from compendium.groups import known_truth


def curve(found, n=454, p=20, alpha=0.05):
    distance = [2.0, 3.0, 4.0, 5.0][: len(found)]
    return pd.DataFrame({"n": n, "p": p, "draws": 99, "alpha": alpha, "distance": distance,
                         "cohorts": 100, "found": found})


def limit(curves, n, p):
    return known_truth.detection_limit(curves, n, p).distance


def test_the_limit_lies_where_the_curve_crosses_the_power():
    assert limit(curve([0, 40, 100, 100]), 454, 20) == pytest.approx(3 + 40 / 60)


def test_a_cohort_of_another_size_gets_no_limit():
    curves = curve([0, 40, 100, 100])
    assert known_truth.detection_limit(curves, 454, 10) is None
    assert known_truth.detection_limit(curves, 200, 20) is None
    assert known_truth.detection_limit(curves, 400, 16) is not None


def test_a_curve_of_another_level_gives_no_limit():
    curves = curve([0, 40, 100, 100])
    assert known_truth.detection_limit(curves, 454, 20, 0.01) is None
    assert known_truth.detection_limit(curves.assign(alpha=0.01), 454, 20, 0.01).alpha == 0.01


def test_the_limit_tells_the_size_it_was_simulated_with_and_not_that_of_the_cohort():
    found = known_truth.detection_limit(curve([0, 40, 100, 100]), 400, 16)
    assert (found.n, found.p, found.draws, found.alpha) == (454, 20, 99, 0.05)


def test_the_nearest_of_two_sizes_speaks():
    both = pd.concat([curve([0, 0, 0, 100], n=400), curve([0, 100, 100, 100], n=500)])
    limits = [limit(both, n, 20) for n in (410, 490)]
    assert limits == pytest.approx([4.8, 2.8])


def test_a_curve_that_never_reaches_the_power_gives_no_limit():
    assert known_truth.detection_limit(curve([0, 10, 20, 79]), 454, 20) is None


def test_a_curve_that_lies_above_the_power_from_the_start_gives_no_limit():
    assert known_truth.detection_limit(curve([90, 95, 100, 100]), 454, 20) is None


def test_a_dent_in_the_curve_is_smoothed_over():
    assert limit(curve([0, 50, 40, 100]), 454, 20) == pytest.approx(4.6)


def test_the_shipped_curve_covers_the_size_of_the_shipped_cohort():
    curves = known_truth.read_power(Path(__file__).parents[2] / "data" / "power.csv")
    assert (curves["found"] <= curves["cohorts"]).all() and (curves["cohorts"] >= 100).all()
    assert 2 < limit(curves, 454, 16) < 5
