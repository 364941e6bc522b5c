"""The specification curve in words, in every direction."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from compendium.report.sentences.regression import CHOICES, phenotype_means, specification_spread
from compendium.sensitivity.specifications import DECISIONS


def level(kind, name, most):
    return {"kind": kind, "level": name, "n_fitted": 35, "median": -4.5, "most_patients": most}


SUMMARY = {
    "n_specifications": 72, "n_fitted": 70, "smallest": -6.0, "largest": -3.0, "median": -4.5,
    "share_same_sign": 1.0, "share_excluding_zero": 69 / 70, "reasons": {"Nobody is left.": 2},
    "choices": [
        {"kind": "scaling", "range_of_medians": 0.1, "share_of_variance": 0.2},
        {"kind": "algorithm", "range_of_medians": 0.4, "share_of_variance": 0.1},
        {"kind": "form", "range_of_medians": np.nan, "share_of_variance": np.nan},
    ],
    "levels": [level("scaling", "mean and SD", 40), level("scaling", "median and MAD", 50),
               level("algorithm", "k-means", 50), level("algorithm", "Ward", 50)],
}


def test_the_sentences_give_the_reach_and_the_choice_that_moves_most():
    assert specification_spread(SUMMARY) == [
        "70 of 72 specifications could be fitted: from −6.00 to −3.00, median −4.50.",
        "All 70 have the sign of the reference, and 69 of 70 an interval that excludes 0 on its "
        "side.",
        "The choice that moves it most: which algorithm groups the patients (medians 0.40 apart, "
        "10 % of the variance).",
    ]


def test_every_choice_has_its_words():
    assert list(CHOICES) == list(DECISIONS)


def test_one_specification_of_a_thousand_is_not_rounded_away():
    said = specification_spread(
        SUMMARY | {"n_fitted": 1008, "share_excluding_zero": 1007 / 1008}
    )
    assert "1,007 of 1,008 an interval" in said[1] and "%" not in said[1]
    assert "all 1,008 an interval" in specification_spread(
        SUMMARY | {"n_fitted": 1008, "share_excluding_zero": 1.0}
    )[1]


def test_a_choice_that_changes_who_is_analysed_says_so():
    choices = [SUMMARY["choices"][0] | {"range_of_medians": 0.5}, SUMMARY["choices"][1]]
    assert specification_spread(SUMMARY | {"choices": choices})[-1] == (
        'It also changes who is analysed: at most 40 patients with "mean and SD", otherwise up to '
        "50."
    )


def test_without_a_reference_its_sign_is_not_spoken_of():
    said = specification_spread(
        SUMMARY | {"share_same_sign": np.nan, "choices": SUMMARY["choices"][2:]}
    )
    assert len(said) == 1 and "sign" not in said[0]


def test_where_nothing_could_be_fitted_the_sentences_say_why():
    assert specification_spread(SUMMARY | {"n_fitted": 0}) == [
        "None of 72 specifications could be fitted.", "Nobody is left.",
    ]


def test_adjusted_means_are_said_with_the_test_of_all_where_there_are_three():
    means = pd.DataFrame({"phenotype": ["Mild", "Severe"], "estimate": [38.04, np.nan],
                          "low": [37.0, np.nan], "high": [39.0, np.nan]})
    models = SimpleNamespace(means=means, described="adjusted")
    row = {"outcome_label": "Function", "primary": True, "model": "adjusted", "p_overall": np.nan}
    first, overall = phenotype_means(models, [row])
    assert first == (
        "Mean Function at the same mix of covariates: Mild 38.0 (95 % CI 37.0 to 39.0)."
    ) and overall == ""
    assert phenotype_means(models, [row | {"p_overall": 0.03}])[1] == (
        "That the phenotypes differ at all: p = 0.030 (robust Wald F over all of them)."
    )
    assert phenotype_means(SimpleNamespace(means=means[:0], described=""), []) == ["", ""]
