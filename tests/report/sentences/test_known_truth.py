"""How often the rules err, in words that follow the table."""

import pandas as pd

from compendium.report.sentences import known_truth as words

RULES = pd.DataFrame({
    "row": ["flat", "bent", "U", "scanner", "groups 3 SD", "groups 5 SD"],
    "truth": ["continuum", "continuum", "two ends", "category", "groups", "groups"],
    "cohorts": 200, "draws": 199,
    "groups": [2, 10, 20, 50, 80, 200], "kinds": [0, 4, 8, 50, 60, 200],
    "silhouette": [0, 95, 40, pd.NA, 0, 5], "silhouette of": [100, 100, 40, pd.NA, 100, 100],
    "ari": [50, 100, 40, pd.NA, 100, 100], "ari of": [100, 100, 40, pd.NA, 100, 100],
}).convert_dtypes()


def test_the_worst_kinds_of_cohort_are_told_beside_the_rule_of_thumb():
    assert words.errs(RULES) == [
        "In simulated cohorts of 2 kinds of continuum the verdict was groups in 3.0 %, at most in "
        "5 % (bent); each was set beside 199 cohorts of a smooth one.",
        "The rule ARI ≥ 0.8 said groups in 75 % of such cohorts.",
        "Where patients pile up at both ends of one severity, it was groups in 10.0 %, at most in "
        "10 % (U; 3 of 3 in 4 %).",
        "Where a category that nobody recorded shifts some measures, it was groups in at most 25 % "
        "(scanner).",
    ]


def test_errors_are_counted_by_what_the_cohorts_are():
    table = words.errors_table(RULES).set_index("truly")
    assert table["cohorts"].tolist() == [400, 200, 200, 400]
    assert table["verdict 2 or 3"].tolist() == ["3 (1 to 5)", "10 (10 to 10)", "25 (25 to 25)",
                                                "70 (40 to 100)"]
    assert table["ARI ≥ 0.8"].tolist()[2] == "–"


def test_a_silhouette_rule_that_a_continuum_passes_more_often_tells_nothing():
    assert words.silhouette_errs(RULES) == (
        "In simulations 5 % of the cohorts of two groups 5 SD apart reached it, and 95 % of those "
        "of one continuum (bent): it does not tell the two apart."
    )
    better = RULES.assign(silhouette=[0, 5, 0, pd.NA, 0, 95])
    assert words.silhouette_errs(better).endswith("and 5 % of those of one continuum (bent).")
