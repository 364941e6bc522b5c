"""The detection limits, read off power curves of the cohort's own size or not given."""

from pathlib import Path

import pandas as pd
import pytest

from compendium.groups import detection_limits, read_power, read_rules

DATA = Path(__file__).parents[2] / "data"


def curve(found, n=454, p=20, alpha=0.05, share=0.366):
    distance = [2.0, 3.0, 4.0, 5.0][: len(found)]
    return pd.DataFrame({"share": share, "n": n, "p": p, "draws": 99, "alpha": alpha,
                         "distance": distance, "cohorts": 100, "found": found})


def limit(curves, n, p):
    (found,) = detection_limits(curves, n, p)
    return found.distance


def test_the_limit_lies_where_the_curve_crosses_the_power():
    assert limit(curve([0, 40, 100, 100]), 454, 20) == pytest.approx(3 + 40 / 60)


def test_a_cohort_of_another_size_gets_no_limit():
    curves = curve([0, 40, 100, 100])
    assert detection_limits(curves, 454, 10) == detection_limits(curves, 200, 20) == []
    assert len(detection_limits(curves, 400, 16)) == 1


def test_a_curve_of_another_level_gives_no_limit():
    curves = curve([0, 40, 100, 100])
    assert detection_limits(curves, 454, 20, 0.01) == []
    assert detection_limits(curves.assign(alpha=0.01), 454, 20, 0.01)[0].alpha == 0.01


def test_the_limit_tells_the_size_it_was_simulated_with_and_not_that_of_the_cohort():
    (found,) = detection_limits(curve([0, 40, 100, 100]), 400, 16)
    assert (found.n, found.p, found.draws, found.alpha) == (454, 20, 99, 0.05)


def test_the_nearest_of_two_sizes_speaks():
    both = pd.concat([curve([0, 0, 0, 100], n=400), curve([0, 100, 100, 100], n=500)])
    limits = [limit(both, n, 20) for n in (410, 490)]
    assert limits == pytest.approx([4.8, 2.8])


def test_a_curve_that_never_reaches_the_power_says_how_far_it_was_tried():
    (found,) = detection_limits(curve([0, 10, 20, 79]), 454, 20)
    assert found.distance is None and found.farthest == 5


def test_a_curve_above_the_power_from_the_start_gives_its_nearest_distance():
    assert limit(curve([90, 95, 100, 100]), 454, 20) == 2


def test_each_share_has_a_limit_of_its_own_the_larger_first():
    both = pd.concat([curve([0, 0, 0, 80], share=0.1), curve([0, 80, 100, 100])])
    found = [(a.share, a.distance) for a in detection_limits(both, 454, 20)]
    assert found == [(0.366, 3.0), (0.1, 5.0)]


def test_a_dent_in_the_curve_is_smoothed_over():
    assert limit(curve([0, 50, 40, 100]), 454, 20) == pytest.approx(4.6)


def test_the_shipped_curves_cover_three_sizes_and_both_shares():
    curves = read_power(DATA / "power.csv")
    assert (curves["found"] <= curves["cohorts"]).all() and (curves["cohorts"] >= 40).all()
    for n in (100, 454, 1500):
        larger, smaller = detection_limits(curves, n, 20)
        assert larger.distance < (smaller.distance or smaller.farthest)


def test_the_shipped_rules_hold_every_kind_of_truth():
    rules = read_rules(DATA / "rules.csv")
    assert set(rules["truth"]) == {"continuum", "two ends", "category", "groups"}
    assert (rules["kinds"] <= rules["groups"]).all() and (rules["groups"] <= rules["cohorts"]).all()
