"""How often the rules err where the truth is known, in words that follow the table."""

from pathlib import Path

import pandas as pd

from compendium.groups.known_truth import ladder_errs, read_rules, silhouette_errs

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
    rules = read_rules(Path(__file__).parents[2] / "data" / "rules.csv")
    assert ladder_errs(rules).count("%") >= 5 and "5 SD apart" in silhouette_errs(rules)
