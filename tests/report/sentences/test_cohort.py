"""Who is analysed, and what besides the disease could make phenotypes, in both directions."""

import math
import re

import pandas as pd
import pytest

from compendium.data.doubts import Doubt
from compendium.headcounts import Bound
from compendium.report.sentences import cohort
from compendium.report.sentences.cohort import UNKNOWN


def shifts(*rows, half=0.1):
    """Records: block, mean; intervals reach ``half`` to either side."""
    return [
        {"device": "Scanner", "level": "A", "label": f"Muscle {i}", "block": block, "mean_z": mean,
         "low": mean - half, "high": mean + half}
        for i, (block, mean) in enumerate(rows)
    ]


SHIFTED = shifts(*[("echogenicity", 0.5)] * 3, ("nerve_csa", -0.9), *[("thickness", 0.0)] * 36)
CALM = shifts(*[("thickness", 0.05)] * 40)
PAIR = {"first": "One", "second": "Two", "r": 0.55, "median": 0.2}
COHORT = {
    "n_read": 493, "n_analysed": 454, "n_features": 3, "missing": "iterative",
    "flow": [{"left_out": 0, "reason": ""}, {"left_out": 39, "reason": "Gold Coast: not yes"}],
    "n_with_gap": 145, "share_values_missing": 0.027, "strongest": PAIR,
    "missingness": [{"label": "Grip", "n_missing": 33, "n": 454, "share": 33 / 454},
                    {"label": "Age", "n_missing": 0, "n": 454, "share": 0.0}],
    "device_shifts": SHIFTED, "device_shifts_scaled": CALM,
}
CLEAR = "After scaling, no scanner, centre or repeated measure looks able to make a phenotype of " \
    "its own."
TWICE = PAIR | {"r": 0.95}
OFF = {"device_shifts_scaled": shifts(("echogenicity", -0.41), ("echogenicity", 0.1))}
HELD = {"n_with_gap": 0, "share_values_missing": 0.0, "n_read": 454, "flow": []}
OUTCOMES = [
    ({}, "454 of 493 patients are analysed; 145 (31.9 %) lack at least one of 3 features, and "
     "these gaps are filled.", CLEAR),
    (HELD, "All 454 patients are analysed; none lacks any of 3 features.", CLEAR),
    ({"n_with_gap": 3}, "454 of 493 patients are analysed; fewer than five lack at least one of 3 "
     "features, and these gaps are filled.", CLEAR),
    (OFF, None, "After scaling, Muscle 0 still differs by 0.41 SD in Scanner A, which could make a "
     "phenotype of its own."),
    ({"device_shifts_scaled": shifts(("echogenicity", 0.41), half=0.5)}, None, CLEAR),
    ({"strongest": TWICE}, None, "One and Two repeat each other (correlation 0.95), which could "
     "make a phenotype of its own."),
    (OFF | {"strongest": TWICE}, None, "After scaling, a scanner or centre still differs (by 0.41 "
     "SD) and One and Two repeat each other: either could make a phenotype of its own."),
    ({"device_shifts": [], "device_shifts_scaled": []}, None, "No measure repeats another, but no "
     "scanner or centre is recorded, and one of them could make a phenotype of its own."),
]


@pytest.mark.parametrize(("changes", "first", "second"), OUTCOMES)
def test_the_answer_follows_the_results_in_at_most_46_words(changes, first, second):
    said = cohort.answer(COHORT | changes)
    assert said[1] == second and said[0] == (first or said[0])
    assert len(" ".join(said).replace(" %", "%").split()) <= 46


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        ({}, {"Who is left out?": "39 (Gold Coast: not yes)",
              "Which share of the feature values is missing?":
                  "2.7 %, filled by regression on the other features",
              "How far do scanners and centres differ as measured?":
                  "0.90 SD (Muscle 3 in Scanner A)",
              "And after scaling?": "0.05 SD (Muscle 0 in Scanner A)",
              "What is the largest correlation of two features?": "0.55: One and Two"}),
        (HELD | {"device_shifts": [], "strongest": {}},
         {"Who is left out?": "nobody", "Which share of the feature values is missing?": "0.0 %"}),
    ],
)
def test_the_evidence_has_the_detail_that_the_answer_lacks(changes, rows):
    assert dict(cohort.evidence(COHORT | changes).itertuples(index=False)) == rows


def test_few_who_are_left_out_are_not_counted():
    flow = [{"left_out": 3, "reason": "no consent"}]
    assert cohort.evidence(COHORT | {"flow": flow})["result"][0] == "fewer than five (no consent)"


def test_the_conclusion_says_who_is_spoken_of_and_what_would_change_it():
    first, second, *_, last = cohort.conclusion(COHORT)
    assert first.startswith("39 of 493 patients are left out") and first.endswith("other 454.")
    assert second.startswith("Filling touches 2.7 %") and "would change who is analysed" in last
    assert cohort.conclusion(COHORT | HELD)[:2] == ["No patient is left out.",
                                                    "No feature had to be filled."]


# as the gate gives it where 455 were read
ONE_LEFT = COHORT | {"n_read": Bound("≥", 454),
                     "flow": [{"left_out": Bound("<", 5), "reason": "no consent"}]}


def test_where_one_is_left_out_how_many_were_read_is_never_said():
    said = [*cohort.answer(ONE_LEFT), *cohort.conclusion(ONE_LEFT), cohort.headline(ONE_LEFT),
            *cohort.evidence(ONE_LEFT)["result"]]
    assert said[0].startswith("454 patients (fewer than five are left out) are analysed; 145")
    assert said[2].startswith("Fewer than five patients are left out, as not eligible")
    assert cohort.headline(ONE_LEFT) == "454 patients, 3 features"
    assert not any(re.search(r"45[5-8]|\b[1-4] (of|patient)|≥", text) for text in said)


def test_a_share_of_very_few_missing_values_is_said_in_words():
    few = COHORT | {"share_values_missing": None, "n_with_gap": Bound("<", 5)}
    assert cohort.conclusion(few)[1].startswith("Filling touches very few of the feature values")
    assert cohort.evidence(few)["result"][1].startswith("very few, filled by regression")


def test_the_headline_counts():
    assert cohort.headline(COHORT) == "454 of 493 patients, 3 features"


@pytest.mark.parametrize(
    ("n", "without", "said"),
    [(0, 0, ["No value lies outside the usual range."]),
     (1, 0, ["Some values in 1 column lie outside the usual range and are kept."]),
     (24, 2, ["Some values in 24 columns lie outside the usual range and are kept.",
              "No usual range is given for 2 of 30 variables."]),
     (0, 30, ["No usual range is given for 30 of 30 variables."])],
)
def test_nothing_is_said_to_lie_inside_a_range_that_is_not_given(n, without, said):
    assert cohort.outside(n, without, 30) == said


def test_what_looks_wrong_is_said_with_column_and_cause_and_without_a_value():
    seen = [Doubt("x_mm", "two units in one column", "1.5 and 150"),
            Doubt("", "patients entered twice", "rows 2 and 3")]
    assert cohort.doubted(seen) == [
        "What was read looks wrong in 2 places and is kept as it stands: x_mm (two units in one "
        "column), whole rows (patients entered twice). run_all.py --check shows what was seen."
    ]
    assert cohort.doubted([]) == []


@pytest.mark.parametrize(
    ("n", "said"),
    [(33, "Of all variables, Grip is most often missing, in 33 (7.3 %) patients."),
     (2, "Of all variables, Grip is most often missing, in fewer than five patients."),
     (0, "No variable that the analysis uses has a gap.")],
)
def test_the_variable_most_often_missing_is_named(n, said):
    gaps = [{"label": "Grip", "n_missing": n, "n": 454, "share": n / 454},
            COHORT["missingness"][1]]
    assert cohort.most_missing({"missingness": gaps}) == said


@pytest.mark.parametrize(
    ("measured", "said"),
    [
        (SHIFTED, "4 of 40 means by scanner or centre differ from the cohort's before scaling and "
         "none after it; about 2 would by chance."),
        (shifts(*[("echogenicity", 0.5)] * 2, *[("thickness", 0.0)] * 38), "2 of 40 means by "
         "scanner or centre differ from the cohort's before scaling, all in echogenicity, and none "
         "after it; about 2 would by chance."),
        (shifts(("a", 0.5), *[("b", 0.0)] * 39), "1 of 40 means by scanner or centre differs from "
         "the cohort's before scaling and none after it; about 2 would by chance."),
        (CALM, "None of 40 means by scanner or centre differ from the cohort's before scaling and "
         "none after it; about 2 would by chance."),
    ],
)
def test_shifts_are_counted_and_held_against_chance(measured, said):
    assert cohort.shifts(measured, CALM) == [said]


def test_without_a_scanner_nothing_can_be_seen():
    assert cohort.shifts([], [], named=False) == [UNKNOWN]


def test_a_shift_that_cannot_be_estimated_is_passed_over():
    unknown = {**shifts(("a", 0.0))[0], "mean_z": math.nan, "low": None, "high": None}
    assert cohort.answer(COHORT | {"device_shifts_scaled": [unknown]})[1] == CLEAR


def correlations(r):
    return pd.DataFrame([[1, r], [r, 1]], index=["One", "Two"], columns=["One", "Two"])


@pytest.mark.parametrize(
    ("r", "end"),
    [(0.55, "(0.55; median of all pairs 0.55, without sign), so none repeats another, as from 0.9 "
            "on."),
     (-0.95, "(0.95; median of all pairs 0.95, without sign), so one repeats the other.")],
)
def test_the_largest_correlation_says_whether_a_measure_is_repeated(r, end):
    said = cohort.repeats(cohort.strongest(correlations(r)))
    assert said == [f"One and Two correlate most {end}"]


def test_one_feature_repeats_nothing():
    assert cohort.repeats(cohort.strongest(correlations(0.5).iloc[:1, :1])) == []
