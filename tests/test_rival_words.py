"""Phenotype or severity in words: every direction, and cohorts without severity."""

import doctest

import numpy as np
import pandas as pd
import pytest

from compendium import rival_words
from compendium.rival_words import adding, inside, outcome


def slopes(*rows):
    return pd.DataFrame(rows, columns=["slope", "low", "high", "share"])


def adds(*rows, worse="low"):
    """Rows: coefficient beside a line, p beside a line, p beside a curve."""
    return pd.DataFrame([
        {"worse": worse, "beside_line": beta, "beside_spline": beta, "kept": 0.5,
         "p_label_to_line_adjusted": line, "p_label_to_spline_adjusted": curve}
        for beta, line, curve in rows
    ])  # fmt: skip


def duel(estimate=3.3, p=0.04, kept=0.57):
    steps = pd.DataFrame([
        {"added": "label", "to": "line", "p": p, "estimate": estimate, "low": 0.1, "high": 6.5},
        {"added": "label", "to": "spline", "p": np.nan, "estimate": np.nan, "low": np.nan,
         "high": np.nan},
        {"added": "spline", "to": "label", "p": 1e-5, "estimate": np.nan},
    ])  # fmt: skip
    return {"comparisons": steps, "kept": kept, "kept_low": 0.33, "kept_high": 0.82, "n": 443}


def test_doctests_hold():
    assert doctest.testmod(rival_words).failed == 0


@pytest.mark.parametrize(
    ("share", "words"),
    [(1.7, "at 170 % of the rate between phenotypes (median of 1 where the means differ clearly): "
           "steeper inside them than between them."),
     (0.4, ": less steep inside them than between them."), (1.0, "clearly).")],
)  # fmt: skip
def test_a_rate_inside_is_explained_in_both_directions(share, words):
    said = inside(slopes((-1, -2, -0.5, share), (-1, -2, 0.5, np.nan)))
    assert said[0].startswith("Inside the phenotypes, 1 of 2 validators still change with severity")
    assert said[1].endswith(words)


def test_without_a_slope_nothing_is_said_of_the_inside():
    assert inside(slopes((np.nan, np.nan, np.nan, np.nan))) == []


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([(0.3, 0.01, 0.9), (0.2, 0.01, 0.9)],
         "On all 2 of them Severe patients do better than severity as a line predicts."),
        ([(-0.3, 0.01, 0.9), (0.2, 0.9, 0.9)],
         "On this one Severe patients do worse than severity as a line predicts."),
        ([(-0.3, 0.01, 0.9), (0.2, 0.01, 0.9)],
         "Of these, Severe patients do worse on 1 and do better on 1 than severity as a line "
         "predicts."),
    ],
)  # fmt: skip
def test_what_the_label_adds_is_said_with_its_direction(rows, words):
    said = adding(adds(*rows), "Severe", 0.05)
    assert said[1] == words
    assert said[2] == "Beside severity as a curve the label adds to 0 of 2 validators."


def test_a_measure_without_a_direction_is_higher_or_lower():
    assert "lie higher" in adding(adds((0.3, 0.01, 0.9), worse="none"), "Severe", 0.05)[1]
    assert "lie lower" in adding(adds((-0.3, 0.01, 0.9), worse="none"), "Severe", 0.05)[1]


def test_a_label_that_adds_nowhere_has_no_direction():
    said = " ".join(adding(adds((0.3, 0.9, 0.9)), "Severe", 0.05))
    assert "adds to 0 of 1 validator (" in said and "better" not in said
    assert said.endswith("the label alone explains 50 % (median of 1).")


def test_without_a_comparison_that_is_said_and_without_validators_nothing():
    assert adding(adds((0.3, np.nan, np.nan)), "Severe", 0.05) == [
        "Label and severity could not be compared."
    ]
    assert adding(adds((0.3, 0.1, 0.1)).iloc[:0], "Severe", 0.05) == []


@pytest.mark.parametrize(("estimate", "way"), [(3.3, "better"), (-3.3, "worse")])
def test_an_outcome_has_its_share_with_interval_and_the_direction_of_the_label(estimate, way):
    said = outcome(duel(estimate), severe="Severe", unit="points", worse="low", adjusted=True)
    assert said[0] == (
        "The label alone explains 57 % (95 % CI 33 % to 82 %) of what severity explains beyond the "
        "covariates."
    )
    assert said[1].startswith("Beside severity as a line the label has p = 0.040; at like severity")
    assert said[1].endswith(f"(95 % CI 0.10 to 6.50) points, towards {way}.")
    assert said[2].endswith("the label has p < 0.001 (robust Wald F, n = 443).")


def test_an_outcome_that_could_not_be_compared_is_said_so():
    found = duel(p=np.nan, kept=np.nan)
    found["comparisons"]["p"] = np.nan
    said = outcome(found, severe="Severe", unit="", worse="low", adjusted=False)
    assert said == ["Label and severity could not be compared."]
