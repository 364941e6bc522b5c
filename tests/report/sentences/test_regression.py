"""Notebook 5 in words: one rule says what is supported; every sentence holds both ways."""

import math
from itertools import product

import numpy as np
import pytest
from by_hand import column, patients
from r_data import mtcars

from compendium.report.sentences import regression as words
from compendium.sensitivity.intervals import REPEATED
from compendium.sensitivity.specifications import DECISIONS

LABELS = ["Age", "Sex", "Body mass index", "Disease duration", "Onset region"]


def model(kind, estimate=-4.23, low=-5.77, high=-2.7, p=0.001, **changes):
    adjusted = kind != "crude"
    return {
        "model": kind, "primary": True, "phenotype": "Severe", "reference": "Mild", "worse": "low",
        "outcome_label": "ALSFRS-R", "unit": "points", "estimate": estimate, "low": low,
        "high": high, "p": p, "p_overall": None, "n": 443, "covariates": LABELS * adjusted,
        "covariate_labels": LABELS * adjusted,
    } | changes


def repeated(low=-5.7, high=-2.1, **changes):
    return {"kind": REPEATED, "phenotype": "Severe", "estimate": -4.23, "low": low, "high": high,
            "note": ""} | changes


def duel(score=1e-5, label=0.16, line=0.046, kept=0.57, low=0.33, high=0.82):
    def step(added, to, p):
        return {"added": added, "to": to, "p": p, "estimate": 3.3, "low": 0.1, "high": 6.5,
                "delta_r_squared": 0.004}

    return {
        "models": [{"model": "label", "delta_r_squared": 0.066},
                   {"model": "spline", "delta_r_squared": 0.115}],
        "comparisons": [step("label", "line", line), step("label", "spline", label),
                        step("spline", "label", score)],
        "kept": kept, "kept_low": low, "kept_high": high, "note": "",
    }


def numbers(*models, again=(), rivals=None, **changes):
    return {
        "alpha": 0.05, "models": list(models or [model("crude"), model("adjusted")]),
        "intervals": list(again), "rivals": [rivals or duel()], "unavailable": "", "notes": [],
        "specifications": {}, "covariates": LABELS, "published": None,
    } | changes


ABOVE, BELOW, AROUND = (12.2, 24.1), (-24.1, -12.2), (-17.6, 24.1)


def of(ends, again):
    found = model("adjusted", sum(ends) / 2, *ends)
    return numbers(found, again=[repeated(*again)] if again else [])


@pytest.mark.parametrize(
    ("ends", "again", "holds", "first"),
    [
        (BELOW, BELOW, True, "In Severe patients ALSFRS-R is 18 points lower (worse) at the "),
        (ABOVE, ABOVE, True, "In Severe patients ALSFRS-R is 18 points higher (better) at the "),
        (ABOVE, AROUND, False, "A difference in ALSFRS-R is not supported: its 95 % interval is "
                               "12 to 24 points in the model, but −18 to 24 with the "),
        (AROUND, ABOVE, False, "A difference in ALSFRS-R is not supported: its 95 % interval is "
                               "−18 to 24 points in the model, but 12 to 24 with the "),
        (ABOVE, BELOW, False, "A difference in ALSFRS-R is not supported: "),
        (AROUND, AROUND, False, "No difference in ALSFRS-R is shown at the same "),
        (ABOVE, None, False, "A difference in ALSFRS-R is not supported: its 95 % interval is "
                             "12 to 24 points in the model, but could not be made with the "),
        (AROUND, None, False, "No difference in ALSFRS-R is shown at the same "),
    ],
)
def test_answer_conclusion_and_headline_follow_one_rule(ends, again, holds, first):
    r = of(ends, again)
    assert words.answer(r)[0].startswith(first)
    said = "supported" if holds else "not supported"
    assert words.headline(r).endswith(f": {said}")
    assert words.conclusion(r)[0].startswith(f"That ALSFRS-R differs is {said}")


def test_where_the_intervals_disagree_the_conclusion_says_so():
    assert words.conclusion(of(ABOVE, AROUND))[0].endswith("its two intervals disagree.")
    assert words.conclusion(of(AROUND, AROUND))[0].endswith("of its two intervals excludes 0.")
    assert words.conclusion(of(ABOVE, None))[0].endswith("takes the phenotypes as known.")


def test_the_answer_stands_beside_the_published_value():
    paper = {"estimate": -3.84, "low": -5.41, "high": -2.27}
    assert words.answer(numbers(again=[repeated()], published=paper)) == [
        "In Severe patients ALSFRS-R is 4.2 points lower (worse) at the same age, sex, body mass "
        "index, disease duration and onset region (95 % CI 2.7 to 5.8; published 3.8, 2.3 to 5.4).",
        "The severity score tells more about ALSFRS-R than the phenotype.",
    ]


def test_a_published_value_of_the_other_sign_keeps_its_sign():
    paper = {"estimate": -3.84, "low": -5.41, "high": -2.27}
    r = of(ABOVE, ABOVE) | {"published": paper}
    assert "; published −4, −5 to −2)" in words.answer(r)[0]


@pytest.mark.parametrize(
    ("worse", "said"), [("low", "lower (worse)"), ("high", "lower (better)"), ("none", "lower at")],
)
def test_what_is_worse_is_known_from_the_codebook_alone(worse, said):
    found = model("adjusted", worse=worse)
    assert said in words.answer(numbers(found, again=[repeated()]))[0]


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([], "(worse) (95 % CI"), (["Age"], "at the same age (95"),
        (["Age", "FVC", "El Escorial class"], "at the same age, FVC and El Escorial class ("),
        ([*LABELS, "Years of education"], "in patients alike in 6 covariates (95"),
    ],
)
def test_covariates_are_words_of_the_sentence_as_long_as_they_are_few(labels, said):
    found = model("adjusted", covariate_labels=labels)
    assert said in words.answer(numbers(found, again=[repeated()]))[0]


@pytest.mark.parametrize(
    ("score", "label", "which"),
    [(0.01, 0.2, "severity"), (0.2, 0.01, "phenotype"), (0.01, 0.01, "both"),
     (0.2, 0.2, "neither"), (None, 0.2, ""), (math.nan, 0.2, "")],
)
def test_severity_or_phenotype_describes_better_by_what_each_adds(score, label, which):
    r = numbers(again=[repeated()], rivals=duel(score, label))
    assert words.better(r) == which
    said = {"severity": "The severity score tells more", "phenotype": "The phenotype tells more",
            "both": "each add", "neither": "Neither", "": "could not be compared"}
    assert said[which] in words.answer(r)[1]
    reason = {"severity": "The severity score describes", "phenotype": "The phenotype describes",
              "both": "neither is the whole", "neither": "stays open", "": ""}
    assert reason[which] in " ".join(words.conclusion(r))


def test_every_answer_fits_its_two_sentences():
    for ends, again in product((ABOVE, BELOW, AROUND), (ABOVE, BELOW, AROUND, None)):
        for score, label in product((0.01, 0.2), repeat=2):
            r = of(ends, again) | {"rivals": [duel(score, label)]}
            r |= {"published": {"estimate": -3.84, "low": -5.41, "high": -2.27}}
            said = words.answer(r)
            assert len(said) == 2 and len(" ".join(said).replace(" %", "%").split()) <= 46
            assert all(len(one.split()) <= 25 for one in words.conclusion(r))


def test_without_an_outcome_there_is_one_sentence():
    r = numbers() | {"unavailable": "The codebook names no outcome.", "models": [], "rivals": []}
    assert words.answer(r) == ["The codebook names no outcome."]
    assert words.headline(r) == r["unavailable"] and words.evidence(r).empty
    assert words.conclusion(r) == ["Nothing is concluded here."]
    assert words.two_intervals(r) == words.score_or_phenotype(r, "Severe") == []


@pytest.mark.parametrize("missing", [None, math.nan])
def test_where_no_model_was_fitted_the_answer_says_why(missing):
    lost = model("crude", missing, missing, missing)
    notes = ["Crude model, Score: not fitted: the outcome does not vary."]
    assert words.answer(numbers(lost, notes=notes)) == [
        "No model could be fitted: the outcome does not vary."
    ]
    assert words.answer(numbers(model("adjusted", primary=False))) == ["No model could be fitted."]


def test_without_an_adjusted_model_the_unadjusted_one_speaks():
    lost = model("adjusted", None, None, None)
    first = words.answer(numbers(model("crude"), lost, again=[repeated()]))[0]
    assert "lower (worse) (95 % CI 2.7 to 5.8)" in first


def test_the_most_severe_phenotype_is_the_one_that_is_named():
    r = numbers(model("adjusted", -2.0, -3.0, -1.0, phenotype="Moderate"), model("adjusted"),
                again=[repeated(-3, 3, phenotype="Moderate"), repeated()])
    assert words.answer(r)[0].startswith("In Severe patients ALSFRS-R is 4.2 points lower")


def test_the_evidence_has_both_intervals_and_what_each_adds():
    table = words.evidence(numbers(again=[repeated()])).set_index("question")
    assert list(table.index) == [
        "Severe − Mild, adjusted (n = 443)", "Severe − Mild, unadjusted (n = 443)",
        f"Severe − Mild, {REPEATED}", "Does severity add to the phenotype?",
        "Does the phenotype add to severity?",
    ]
    assert table["result"].iloc[0] == "−4.2 points (95 % CI −5.8 to −2.7)"
    assert table["result"].iloc[2] == "95 % CI −5.7 to −2.1"
    assert table["p"].tolist() == ["0.0010", "0.0010", "–", "< 0.001", "0.16"]


def test_the_evidence_asks_of_three_phenotypes_whether_they_differ_at_all():
    table = words.evidence(numbers(model("adjusted", p_overall=0.002), rivals=duel(None, None)))
    assert table.iloc[2].tolist() == ["Do the phenotypes differ at all?", "–", "0.0020"]
    assert table.iloc[1].tolist() == [f"Severe − Mild, {REPEATED}", "–", "–"]


def test_the_repeated_interval_is_compared_with_the_models():
    found, lost = model("adjusted", -4.0, -6.0, -2.0), {"kind": "another", "note": "Lost."}
    said = words.two_intervals(numbers(found, again=[repeated(-7, -1), lost]))
    assert said == [
        f"With the {REPEATED} the interval is 1.5 times as wide as the model's, which takes the "
        "phenotypes as known.", "Another: Lost.",
    ]


def test_an_interval_of_the_same_width_is_said_so():
    r = numbers(model("adjusted", -4.0, -6.0, -2.0), again=[repeated(-6, -2.01)])
    assert "the interval is about as wide as the model's" in words.two_intervals(r)[0]


def test_phenotype_and_severity_are_said_with_what_each_explains_and_adds():
    assert words.score_or_phenotype(numbers(), "Severe") == [
        "Beyond the covariates, severity as a curve explains 11.5 % of the variance, the phenotype "
        "6.6 %.",
        "So the phenotype explains 57 % of what severity explains (95 % CI 33 % to 82 %).",
        "To severity as a line the phenotype adds something (p = 0.046; Severe patients lie higher "
        "(better)).",
        "To severity as a curve the phenotype adds nothing detectable (p = 0.16).",
        "To the phenotype this curve adds something (p < 0.001).",
        "",
    ]


def test_a_share_is_never_above_all_of_it():
    wide = words.score_or_phenotype(numbers(rivals=duel(high=1.09)), "Severe")[1]
    assert wide.endswith("57 % of what severity explains (95 % CI 33 % to all of it).")
    more = words.score_or_phenotype(numbers(rivals=duel(kept=1.17, high=1.6)), "Severe")[1]
    assert more == (
        "So the phenotype explains as much as severity explains (95 % CI 33 % to all of it)."
    )


def test_what_could_not_be_compared_is_left_out():
    lost = duel(None, None, None, kept=None) | {"note": "Not fitted: too few."}
    assert words.score_or_phenotype(numbers(rivals=lost), "Severe") == ["Not fitted: too few."]


SUMMARY = {
    "n_specifications": 72, "n_fitted": 70, "smallest": -6.0, "largest": -3.0, "median": -4.5,
    "share_same_sign": 1.0, "share_excluding_zero": 69 / 70, "reasons": {"Nobody is left.": 2},
    "choices": [
        {"kind": "scaling", "range_of_medians": 0.1, "share_of_variance": 0.2},
        {"kind": "algorithm", "range_of_medians": 0.4, "share_of_variance": 0.1},
        {"kind": "form", "range_of_medians": math.nan, "share_of_variance": math.nan},
    ],
}


def test_other_ways_to_analyse_are_said_with_their_reach_and_the_choice_that_moves_most():
    assert words.specification_spread(SUMMARY) == [
        "Over 70 ways to analyse, the difference goes from −6.00 to −3.00, median −4.50.",
        "Its direction is that of the reference in all of them; in 69 the interval also excludes 0 "
        "on this side.",
        "What moves it most is which algorithm groups the patients: medians 0.40 apart, 10 % of "
        "the variance.",
    ]
    assert words.specification_spread({}) == []


def test_every_choice_has_its_words():
    assert list(words.CHOICES) == list(DECISIONS)


@pytest.mark.parametrize(("share", "said"), [(1007 / 1008, "in 1,007"), (1.0, "in all"),
                                             (0.0, "in none")])
def test_one_way_of_a_thousand_is_not_rounded_away(share, said):
    found = SUMMARY | {"n_fitted": 1008, "share_excluding_zero": share}
    assert f"; {said} the interval" in words.specification_spread(found)[1]


def test_without_a_reference_its_direction_is_not_spoken_of():
    found = SUMMARY | {"share_same_sign": math.nan, "choices": SUMMARY["choices"][2:]}
    assert len(words.specification_spread(found)) == 1


def test_where_nothing_could_be_fitted_the_sentences_say_why():
    assert words.specification_spread(SUMMARY | {"n_fitted": 0}) == [
        "No other way to analyse could be fitted.", "Nobody is left.",
    ]


def test_checks_of_the_model_name_no_few_patients():
    checks = {"n_influential": 3, "breusch_pagan_p": 0.1, "residual_skew": 0.7}
    assert words.trust(checks)[0] == "A Cook's distance above 4/n: fewer than five patients."
    assert words.trust({}) == []


def test_an_outcome_that_patients_lack_is_counted_in_a_sentence():
    cars, miles = mtcars(), column("mpg", role="outcome", label="Miles")
    assert words.left_out(patients(cars, columns=(miles,)), ()) == []
    cars.loc[:7, "mpg"] = np.nan
    assert words.left_out(patients(cars, columns=(miles,)), ()) == [
        "Miles is missing for 8 patients; no model of it has them."
    ]
