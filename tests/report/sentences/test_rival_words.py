"""Phenotype or severity in words: every direction, and cohorts without severity."""


import numpy as np
import pandas as pd
import pytest

from compendium.report.sentences.rivals import adding, briefly, outcome


def adds(*rows, worse="low"):
    """Rows: coefficient beside a line, p beside a line, p beside a curve."""
    return pd.DataFrame([
        {"worse": worse, "beside_line": beta, "beside_spline": beta, "kept": 0.5,
         "p_label_to_line_adjusted": line, "p_label_to_spline_adjusted": curve}
        for beta, line, curve in rows
    ])


def duel(estimate=3.3, p=0.04, kept=0.57, low=0.1):
    steps = pd.DataFrame([
        {"added": "label", "to": "line", "p": p, "estimate": estimate, "low": low, "high": 6.5},
        {"added": "label", "to": "spline", "p": np.nan, "estimate": np.nan, "low": np.nan,
         "high": np.nan},
        {"added": "spline", "to": "label", "p": 1e-5, "estimate": np.nan},
    ])
    return {"comparisons": steps, "kept": kept, "kept_low": 0.33, "kept_high": 0.82, "n": 443}


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
)
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
    said = outcome(duel(estimate), severe="Severe", unit="points", worse="low", adjusted=True,
                   alpha=0.05)
    assert said[0] == (
        "The label alone explains 57 % (95 % CI 33 % to 82 %) of what severity explains beyond the "
        "covariates."
    )
    assert said[1].startswith(
        "Beside severity as a line, that the label adds is supported (p = 0.040); difference of "
        "Severe patients at like severity "
    )
    assert said[1].endswith(f"(95 % CI 0.10 to 6.50) points, towards {way}.")
    assert said[2].endswith("the label has p < 0.001 (robust Wald F, n = 443).")


def test_an_outcome_that_could_not_be_compared_is_said_so():
    found = duel(p=np.nan, kept=np.nan)
    found["comparisons"]["p"] = np.nan
    said = outcome(found, severe="Severe", unit="", worse="low", adjusted=False, alpha=0.05)
    assert said == ["Label and severity could not be compared."]


@pytest.mark.parametrize("p", [0.05, 0.56])
def test_a_label_that_does_not_add_to_an_outcome_has_no_direction(p):
    said = outcome(duel(-0.75, p), severe="Severe", unit="points", worse="low", adjusted=True,
                   alpha=0.05)
    assert "that the label adds is not supported" in said[1] and "severity −0.75 (" in said[1]
    assert "worse" not in said[1] and "better" not in said[1]


def test_among_three_phenotypes_the_most_severe_need_not_be_what_the_label_adds():
    said = outcome(duel(3.3, 0.01, low=-0.1), severe="Severe", unit="points", worse="low",
                   adjusted=True, alpha=0.05)
    assert "adds is supported" in said[1] and "towards" not in said[1]


def record(p=0.3, kept=0.74, estimate=-1.7):
    """An outcome as results hold it."""
    return {
        "kept": kept, "kept_low": 0.38, "kept_high": 1.09,
        "models": [{"model": "label", "delta_r_squared": 0.061},
                   {"model": "spline", "delta_r_squared": 0.083}],
        "comparisons": [{"added": "label", "to": "line", "p": 0.001, "estimate": 9.0},
                        {"added": "label", "to": "spline", "p": p, "estimate": estimate,
                         "low": 0.5 * estimate, "high": 2 * estimate}],
    }


def test_in_brief_an_outcome_has_what_each_explains_and_that_the_label_does_not_add():
    assert briefly(record(), worse="low", adjusted=True, alpha=0.05) == [
        "beyond the covariates severity as a curve explains 8.3 % of the variance and the label "
        "alone 6.1 %, 74 % (95 % CI 38 % to 109 %) of what the curve explains",
        "that the label adds to this curve is not supported (p = 0.30)",
    ]


@pytest.mark.parametrize(("estimate", "way"), [(-1.7, "worse"), (1.7, "better")])
def test_in_brief_a_label_that_adds_has_its_direction(estimate, way):
    said = briefly(record(0.01, estimate=estimate), worse="low", adjusted=False, alpha=0.05)
    assert said[0].startswith("severity as a curve")
    assert said[1] == f"that the label adds to this curve is supported (p = 0.010, towards {way})"


def test_in_brief_what_could_not_be_compared_is_left_out():
    assert briefly(record(None, None), worse="low", adjusted=True, alpha=0.05) == []
    assert briefly({"kept": None}, worse="low", adjusted=True, alpha=0.05) == []
