"""Answers and headlines follow the results, in both directions."""

from __future__ import annotations

import math

import pytest

from compendium.report.sentences import NOTEBOOKS
from compendium.report.sentences import validation as validation_words
from compendium.report.sentences.cohort import answer as answer_cohort
from compendium.report.sentences.cohort import headline as headline_cohort
from compendium.report.sentences.ledger import answer as answer_reproduction
from compendium.report.sentences.ledger import headline as headline_reproduction
from compendium.report.sentences.phenotypes import answer as answer_clustering
from compendium.report.sentences.phenotypes import headline as headline_clustering
from compendium.report.sentences.stability import answer as answer_stability
from compendium.report.sentences.stability import headline as headline_stability
from compendium.report.sentences.validation import answer as answer_validation
from compendium.report.sentences.validation import headline as headline_validation
from compendium.run.results import STEPS


def test_every_step_says_the_same_four_things():
    assert list(NOTEBOOKS) == list(STEPS)
    for says in NOTEBOOKS.values():
        assert all(callable(getattr(says, name)) for name in
                   ("answer", "evidence", "conclusion", "headline"))


COHORT = {
    "n_read": 493, "n_analysed": 454, "n_features": 3, "missing": "iterative",
    "feature_blocks": {"thickness": 2, "nerve_csa": 1},
    "flow": [
        {"left_out": 0, "reason": "patients in the file"},
        {"left_out": 28, "reason": "Gold Coast criteria: not yes"},
        {"left_out": 11, "reason": "more than 20% of features missing"},
    ],
    "n_with_gap": 45, "share_values_missing": 0.021, "other_causes": "No scanner shifts anything.",
}


def test_the_first_answer_says_who_left_and_why():
    assert answer_cohort(COHORT)[0] == (
        "Of 493 patients read, 454 are analysed on 3 features (2 thickness and 1 nerve CSA); left "
        "out: 28 (Gold Coast criteria: not yes) and 11 (more than 20% of features missing). No "
        "scanner shifts anything."
    )


def test_the_first_answer_says_that_nobody_left():
    first, _ = answer_cohort(COHORT | {"flow": COHORT["flow"][:1]})
    assert "; nobody was left out. No scanner" in first


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "At least one feature is missing in 45 (9.9 %)"),
        ({}, "filled by iterative regression"),
        ({"missing": "median"}, "filled by the median"),
        ({"n_with_gap": 0}, "No feature value is missing."),
    ],
)
def test_the_first_answer_says_how_gaps_are_filled(changes, words):
    assert words in answer_cohort(COHORT | changes)[1]


CLUSTERING = {
    "n_clusters": 2,
    "phenotypes": [{"name": "Mild", "n": 288}, {"name": "Severe", "n": 166}],
    "differences": [
        {"label": "Tongue", "smd": -0.2}, {"label": "Biceps", "smd": -1.5},
        {"label": "Nerve", "smd": math.nan}, {"label": "Brightness", "smd": 1.1},
    ],
}


def test_the_second_answer_gives_sizes_and_largest_differences():
    first, second = answer_clustering(CLUSTERING)
    assert first.endswith("454 patients into Mild: 288 (63.4 %) and Severe: 166 (36.6 %).")
    assert "Severe and Mild differ most in Biceps (g −1.50) and Brightness (g 1.10)" in second


@pytest.mark.parametrize(
    ("smd", "words"),
    [(1.0, "1 of 1 differences lies within the 95 % band"), (2.0, "None of 1 differences lies")],
)
def test_the_second_answer_sets_the_differences_beside_a_cut_continuum(smd, words):
    band = {"label": "Biceps", "smd": smd, "null_low": 0.8, "null_high": 1.2}
    *_, third = answer_clustering(CLUSTERING | {"differences": [band]})
    assert third.startswith(words)


def stability(
    jaccard: tuple[float, ...], silhouettes: tuple[float, ...], rung: int = 1, high: float = 0.9
) -> dict:
    by_k = [
        {
            "k": k, "silhouette": s, "jaccard": [{"mean": j} for j in jaccard],
            "ari": {"bootstrap_oob": {"mean": 0.81, "resamples": 200},
                    "subsample_80": {"mean": 0.9}},
            "null_bands": [{"statistic": "resampled ARI",
                            "observed": 0.8, "low": 0.7, "high": high}],
        }
        for k, s in enumerate(silhouettes, start=2)
    ]
    verdict = {"rung": rung, "n": 454, "sentence": "There is structure."}
    return {"n_clusters": 2, "by_k": by_k, "verdict": verdict, "agreement": []}


def test_the_third_answer_says_whether_other_choices_draw_the_same_line():
    found = stability((0.9, 0.9), (0.2, 0.1))
    for ari, words in (([0.5, 0.9], "1 of them draws another line"), ([0.9, 1.0], "all draw the")):
        found["agreement"] = [{"ari": a} for a in [*ari, None]]
        *_, third = answer_stability(found)
        assert third.startswith("2 other choices agree with it to an index of ") and words in third
    assert len(answer_stability(found | {"agreement": [{"ari": None}]})) == 2


@pytest.mark.parametrize(
    ("jaccard", "repeatable"),
    [((0.9, 0.8), "into 2 is repeatable"), ((0.75, 0.75), "into 2 is repeatable"),
     ((0.9, 0.74), "into 2 is not repeatable")],
)
def test_the_third_answer_follows_the_least_stable_cluster(jaccard, repeatable):
    _, second = answer_stability(stability(jaccard, (0.2, 0.1)))
    assert repeatable in second and "(ARI 0.81 in bootstraps)" in second


@pytest.mark.parametrize(("high", "words"), [(0.9, "but so is"), (0.75, "more so than")])
def test_the_third_answer_sets_repeatability_beside_a_continuum(high, words):
    found = answer_stability(stability((0.9, 0.9), (0.2, 0.1), high=high))[1]
    beside = f"{words} a simulated continuum cut in the same way (0.70 to {high:.2f})."
    assert found.endswith(beside)


def test_the_third_answer_without_bands_says_nothing_of_them():
    found = stability((0.9, 0.9), (0.2, 0.1))
    found["by_k"][0]["null_bands"] = []
    assert answer_stability(found)[1].endswith("is repeatable (ARI 0.81 in bootstraps).")


@pytest.mark.parametrize("rung", [0, 1, 2, 3])
def test_the_verdict_comes_first_however_stable_the_division(rung):
    for jaccard in ((0.9, 0.9), (0.1, 0.1)):
        assert answer_stability(stability(jaccard, (0.2, 0.1), rung))[0] == "There is structure."


def kind(block, p, direction="worse", **more) -> dict:
    return {"block": block, "statistic": "δ", "effect_median": -0.3, "n_compared": 3,
            "n_significant": 2, "direction": direction, "p_global_adjusted": p} | more


def validation(*blocks: dict, **more) -> dict:
    return {
        "unavailable": "", "alpha": 0.05, "contrast": ["Severe", "Mild"], "ordered": True,
        "validators": [], "blocks": list(blocks), "inside": [], "rivals": [], "n_clusters": 2,
    } | more


MMT, CMAP = kind("mmt", 0.0001), kind("cmap", 0.004)
WORSE = "Severe patients do worse than Mild ones on muscle strength (MMT)"


@pytest.mark.parametrize(
    ("blocks", "more", "sentence"),
    [
        ((MMT, CMAP), {},
         f"{WORSE} and motor responses (CMAP): both types of independent measure differ between "
         "the phenotypes (permutation test of each type as a whole, p < 0.001 and p = 0.0040, Holm "
         "over the two types)."),
        ((MMT, kind("cmap", 0.004, "better")), {},
         f"{WORSE} and do better than Mild ones on motor responses (CMAP): both types of "
         "independent measure differ between the phenotypes (permutation test of each type as a "
         "whole, p < 0.001 and p = 0.0040, Holm over the two types)."),
        ((MMT, kind("cmap", 0.3)), {},
         f"{WORSE}: one of two types of independent measure differs between the phenotypes "
         "(permutation test of each type as a whole, p < 0.001, Holm over the two types); not "
         "shown for motor responses (CMAP) (p = 0.30)."),
        ((kind("mmt", 0.05), kind("cmap", 0.3)), {},
         "The phenotypes are not told apart on muscle strength (MMT) or motor responses (CMAP): "
         "none of two types of independent measure differs between the phenotypes (permutation "
         "test of each type as a whole, p = 0.050 and p = 0.30, Holm over the two types)."),
        ((MMT, kind("cmap", 0.0002)), {},
         f"{WORSE} and motor responses (CMAP): both types of independent measure differ between "
         "the phenotypes (permutation test of each type as a whole, each p < 0.001, Holm over the "
         "two types)."),
        ((MMT,), {},
         f"{WORSE}: the one type of independent measure differs between the phenotypes "
         "(permutation test of it as a whole, p < 0.001)."),
        ((kind("mmt", 0.2),), {},
         "The phenotypes are not told apart on muscle strength (MMT): the one type of independent "
         "measure does not clearly differ between the phenotypes (permutation test of it as a "
         "whole, p = 0.20)."),
        ((kind("grip_force", 0.01),), {"ordered": False},
         "The phenotypes differ on grip force: the one type of independent measure differs between "
         "the phenotypes (permutation test of it as a whole, p = 0.010)."),
        ((MMT, CMAP, kind("grip", 0.01, "")), {"n_clusters": 3},
         f"{WORSE} and motor responses (CMAP) and differ from Mild ones on grip: all three types "
         "of independent measure differ between the phenotypes (permutation test of each type as a "
         "whole over all three phenotypes, p < 0.001, p = 0.0040 and p = 0.010, Holm over the "
         "three types)."),
    ],
)
def test_the_fourth_answer_follows_the_test_of_each_type_of_measure(blocks, more, sentence):
    first, _ = answer_validation(validation(*blocks, **more))
    assert first == f"{sentence} {validation_words.SILENT}"


def test_a_block_that_could_not_be_compared_is_not_summed_up():
    first, second = answer_validation(validation(MMT, kind("cmap", None, "", n_compared=0)))
    assert second.startswith(
        "One by one, the phenotypes differ on 2 of 3 measures of muscle strength (MMT), median δ "
        "−0.30; any cut"
    )
    assert "motor" not in first


def test_a_block_of_two_effect_measures_is_one_type():
    twice = validation(MMT, kind("mmt", 0.0001, statistic="g"))
    assert "the one type" in answer_validation(twice)[0]
    assert "(MMT), median δ −0.30 and 2 of 3 measures of" in answer_validation(twice)[1]


def test_the_fourth_answer_says_what_happens_inside_the_phenotypes():
    slopes = [{"low": -2, "high": -1}, {"low": -1, "high": 1}, {"low": None, "high": None}]
    added = [{"p_label_to_spline_adjusted": p, "beside_spline": 0.3, "worse": "low"}
             for p in (0.01, 0.2, 0.3, None)]
    _, second = answer_validation(validation(MMT) | {"inside": slopes, "rivals": added})
    assert second.endswith(
        "inside the phenotypes 1 of 2 go on changing with severity, to which, as a curve, the "
        "label adds in 1 of 3: on this one Severe patients do better than severity as a curve "
        "predicts."
    )
    _, second = answer_validation(validation(MMT) | {"inside": slopes, "rivals": added[1:]})
    assert second.endswith("the label adds in 0 of 2.")


@pytest.mark.parametrize(
    ("unavailable", "words"),
    [("The codebook names no validator.", "The codebook names no validator."),
     ("", "No validator could be compared.")],
)
def test_without_a_validator_nothing_is_concluded(unavailable, words):
    found = answer_validation(validation(kind("mmt", None), unavailable=unavailable))
    assert found == [words, "Nothing is concluded here."]


def ledger(whose: str, **tally: int) -> dict:
    counts = {name.replace("_", " "): n for name, n in tally.items()}
    claims = [{"tuned": "yes"}] * sum(tally.values())
    return {"ledger": whose, "tally": counts, "claims": claims, "scenario": "two_groups", "rung": 3}


def test_the_sixth_answer_counts_what_came_back():
    first, _ = answer_reproduction(
        ledger("calibrated", match=4, within_rounding=5, differs=3, not_run=1)
    )
    assert first == (
        "Of 13 published claims 9 come back within tolerance; differing: 3, not comparable: 1."
    )


@pytest.mark.parametrize(
    ("whose", "words"),
    [("calibrated", "nothing about people with ALS"), ("original", "a difference is a finding")],
)
def test_the_sixth_answer_says_what_agreement_shows(whose, words):
    assert words in answer_reproduction(ledger(whose, match=13))[1]


def test_the_sixth_answer_does_not_find_groups_where_none_were_put_in():
    found = ledger("calibrated", match=13) | {"scenario": "continuum", "rung": 0}
    second = answer_reproduction(found)[1]
    assert "no groups were put in" in second and "recovers" not in second
    assert second.endswith("verdict on groups: 0 of 3, no groups shown.")
    assert headline_reproduction(found).endswith("groups: verdict 0 of 3)")


@pytest.mark.parametrize("whose", ["calibrated", "original", "none"])
def test_the_sixth_answer_quotes_the_verdict_where_there_is_one(whose):
    found = ledger(whose, match=13)
    assert answer_reproduction(found)[1].endswith("3 of 3, groups.")
    without = answer_reproduction(found | {"rung": None})[1]
    assert "verdict" not in without and without.endswith(".")


def test_another_cohort_is_held_against_nothing():
    first, _ = answer_reproduction(ledger("none", not_comparable=13))
    assert first.startswith("None of the 13 published claims is held against this cohort")


def test_headlines_of_a_cohort_and_its_phenotypes_are_counts():
    assert headline_cohort(COHORT).startswith(f"{COHORT['n_analysed']} of ")
    assert all(p["name"] in headline_clustering(CLUSTERING) for p in CLUSTERING["phenotypes"])


def test_the_headline_of_stability_gives_the_verdict():
    said = headline_stability(stability((0.9, 0.9), (0.2, 0.1)))
    assert said.startswith("no groups shown (verdict 1 of 3); k = 2: ARI 0.81 out-of-bag")


@pytest.mark.parametrize(
    ("p", "words"),
    [(0.001, f"{WORSE} (1 of 1 type of measure)"),
     (0.9, "(0 of 1 type of measure)")],
)
def test_the_headline_of_validation_counts_what_the_test_supports(p, words):
    assert headline_validation(validation(kind("mmt", p))).endswith(words)


def test_without_validators_the_headline_says_so():
    assert "no validator" in headline_validation(validation())


@pytest.mark.parametrize(
    ("whose", "words"),
    [("none", "not the paper's"), ("original", "tolerance (original)"),
     ("calibrated", "tolerance (calibrated: 1 tuned or by construction)")],
)
def test_the_headline_of_the_ledger_says_whose_cohort_it_is(whose, words):
    assert words in headline_reproduction(ledger(whose, match=1) | {"rung": None})


def test_where_nothing_was_compared_for_one_reason_the_answer_says_it():
    notes = [{"note": "Not compared: all patients have the same value."}]
    assert answer_validation(validation(validators=notes))[0] == (
        "No validator could be compared: all patients have the same value."
    )


def test_without_an_order_there_is_no_word_of_severity():
    assert "severity" not in " ".join(answer_validation(validation(MMT, ordered=False)))
