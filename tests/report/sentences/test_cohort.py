"""What besides the disease could make clusters, in both directions."""

import pandas as pd
import pytest

from compendium.report.sentences import cohort
from compendium.report.sentences.cohort import UNKNOWN


def shifts(*rows):
    """Rows: block, mean; intervals reach 0.1 to either side."""
    return pd.DataFrame([
        {"device": "Scanner", "level": "A", "label": f"Muscle {i}", "block": block, "mean_z": mean,
         "low": mean - 0.1, "high": mean + 0.1}
        for i, (block, mean) in enumerate(rows)
    ])


def correlations(r):
    return pd.DataFrame([[1, r], [r, 1]], index=["One", "Two"], columns=["One", "Two"])


SHIFTED = shifts(*[("echogenicity", 0.5)] * 3, ("nerve_csa", -0.9), *[("thickness", 0.0)] * 36)
CALM = shifts(*[("thickness", 0.05)] * 40)


def test_shifts_are_counted_named_and_held_against_chance():
    assert cohort.shifts(SHIFTED, CALM) == [
        "Before scaling 4 of 40 means by scanner or centre lie off zero with their 95 % interval "
        "(about 2 would by chance alone): 3 in echogenicity and 1 in nerve CSA; the largest is "
        "0.90 SD (Muscle 3, Scanner A).",
        "After scaling 0 of 40 means by scanner or centre lie off zero with their 95 % interval; "
        "the largest is 0.05 SD (Muscle 0, Scanner A).",
    ]


def test_shifts_of_one_block_are_all_in_it():
    one = shifts(("echogenicity", 0.5), ("echogenicity", 0.6), ("thickness", 0.0))
    assert ": all in echogenicity; the largest" in cohort.shifts(one, one)[0]


def test_without_a_scanner_nothing_can_be_seen():
    assert cohort.shifts(CALM.iloc[:0], CALM.iloc[:0]) == [UNKNOWN]
    assert cohort.other_causes(CALM[:0], CALM[:0], correlations(0.5)).startswith(UNKNOWN)


@pytest.mark.parametrize(
    ("r", "words"),
    [(0.55, "is 0.55 (One and Two), the median 0.55 (absolute values): none repeats another."),
     (-0.95, "is 0.95 (One and Two), the median 0.95 (absolute values): one repeats the other."),
     (1.0, "is 1.00 (One and Two), the median 1.00 (absolute values): one repeats the other.")],
)
def test_the_largest_correlation_says_whether_a_measure_is_repeated(r, words):
    assert cohort.repeats(correlations(r))[0].endswith(words)


def test_one_feature_repeats_nothing():
    assert cohort.repeats(correlations(0.5).iloc[:1, :1]) == []


def test_the_answer_gives_the_largest_shift_before_and_after_scaling():
    assert cohort.other_causes(SHIFTED, CALM, correlations(0.3)) == (
        "Means of a scanner or centre lie up to 0.90 SD (Muscle 3, Scanner A) off the "
        "cohort's as measured, and up to 0.05 SD (Muscle 0, Scanner A) as scaled. The largest "
        "correlation between two features is 0.30 (One and Two), the median 0.30 (absolute "
        "values): none repeats another."
    )
