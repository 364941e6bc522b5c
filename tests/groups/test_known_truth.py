"""The detection limit, read off a power curve of the cohort's own size or not given; and how often
the rules err, in words that follow the table."""

from pathlib import Path

import pandas as pd
import pytest

from compendium.groups import detection_limit, read_power, read_rules
from compendium.groups.known_truth import ladder_errs, silhouette_errs

DATA = Path(__file__).parents[2] / "data"


def curve(found, n=454, p=20, alpha=0.05):
    distance = [2.0, 3.0, 4.0, 5.0][: len(found)]
    return pd.DataFrame({"n": n, "p": p, "draws": 99, "alpha": alpha, "distance": distance,
                         "cohorts": 100, "found": found})


def limit(curves, n, p):
    return detection_limit(curves, n, p).distance


def test_the_limit_lies_where_the_curve_crosses_the_power():
    assert limit(curve([0, 40, 100, 100]), 454, 20) == pytest.approx(3 + 40 / 60)


def test_a_cohort_of_another_size_gets_no_limit():
    curves = curve([0, 40, 100, 100])
    assert detection_limit(curves, 454, 10) is None
    assert detection_limit(curves, 200, 20) is None
    assert detection_limit(curves, 400, 16) is not None


def test_a_curve_of_another_level_gives_no_limit():
    curves = curve([0, 40, 100, 100])
    assert detection_limit(curves, 454, 20, 0.01) is None
    assert detection_limit(curves.assign(alpha=0.01), 454, 20, 0.01).alpha == 0.01


def test_the_limit_tells_the_size_it_was_simulated_with_and_not_that_of_the_cohort():
    found = detection_limit(curve([0, 40, 100, 100]), 400, 16)
    assert (found.n, found.p, found.draws, found.alpha) == (454, 20, 99, 0.05)


def test_the_nearest_of_two_sizes_speaks():
    both = pd.concat([curve([0, 0, 0, 100], n=400), curve([0, 100, 100, 100], n=500)])
    limits = [limit(both, n, 20) for n in (410, 490)]
    assert limits == pytest.approx([4.8, 2.8])


def test_a_curve_that_never_reaches_the_power_gives_no_limit():
    assert detection_limit(curve([0, 10, 20, 79]), 454, 20) is None


def test_a_curve_that_lies_above_the_power_from_the_start_gives_no_limit():
    assert detection_limit(curve([90, 95, 100, 100]), 454, 20) is None


def test_a_dent_in_the_curve_is_smoothed_over():
    assert limit(curve([0, 50, 40, 100]), 454, 20) == pytest.approx(4.6)


def test_the_shipped_curve_covers_the_size_of_the_shipped_cohort():
    curves = read_power(DATA / "power.csv")
    assert (curves["found"] <= curves["cohorts"]).all() and (curves["cohorts"] >= 100).all()
    assert 2 < limit(curves, 454, 16) < 5


RULES = pd.DataFrame({
    "row": ["flat", "bent", "groups 3 SD", "groups 5 SD", "spiked"],
    "truth": ["continuum", "continuum", "groups", "groups", "beyond"],
    "n": 1454, "p": 20, "draws": 99, "alpha": 0.05, "cohorts": 200,
    "silhouette": [0, 190, 0, 10, 200], "ladder": [2, 16, 80, 200, 54],
})


def test_the_worst_continuum_and_those_not_covered_are_said_with_their_rates():
    # R 4.2.2: binom.test(16, 200)$conf.int * 100 = 4.642 12.666
    assert ladder_errs(RULES) == (
        "In simulations without groups (1,454 patients, 20 features, α = 0.05) the ladder said "
        "groups in at most 8 % of the cohorts of each of 2 kinds of continuum (most often: bent, "
        "95 % CI 5 to 13 % of 200), but in 27 % where patients crowd at one end of the axis."
    )


def test_without_a_continuum_that_is_not_covered_none_is_said():
    assert ladder_errs(RULES[:4]).endswith("13 % of 200).")


def test_the_size_is_that_of_all_kinds_and_the_own_kind_is_told_with_its_counts():
    own = RULES.assign(p=[16, 20, 20, 20, 20]).replace({"row": {"flat": "shipped continuum"}})
    said = ladder_errs(own)
    assert "(1,454 patients, 16 to 20 features, α = 0.05)" in said
    assert "the package's own continuum 1 %, 2 of 200)" in said
    assert "(1,454 patients, 20 features) 5 % of" in silhouette_errs(own)
    assert "package's own" not in ladder_errs(RULES)


def test_a_kind_without_words_keeps_its_name():
    assert "27 % on the odd one." in ladder_errs(RULES.replace({"row": {"spiked": "odd"}}))


def test_a_silhouette_rule_that_a_continuum_passes_more_often_tells_nothing():
    assert silhouette_errs(RULES) == (
        "In simulations (1,454 patients, 20 features) 5 % of the cohorts of two groups 5 SD apart "
        "reached it, and 95 % of those of one continuum (bent): it does not tell the two apart."
    )


def test_a_silhouette_rule_that_groups_pass_more_often_is_not_condemned():
    better = RULES.assign(silhouette=[0, 10, 0, 190, 200])
    assert silhouette_errs(better).endswith("and 5 % of those of one continuum (bent).")


def test_the_shipped_table_gives_both_sentences():
    rules = read_rules(DATA / "rules.csv")
    assert ladder_errs(rules).count("%") >= 5 and "5 SD apart" in silhouette_errs(rules)
