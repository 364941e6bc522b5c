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
from compendium.report.sentences.regression import answer as answer_regression
from compendium.report.sentences.regression import headline as headline_regression
from compendium.report.sentences.stability import answer as answer_stability
from compendium.report.sentences.stability import headline as headline_stability
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


def model(kind: str, value: float | None, p: float | None, **changes) -> dict:
    return {
        "model": kind, "primary": True, "phenotype": "Severe", "reference": "Mild",
        "outcome_label": "ALSFRS-R", "unit": "points", "estimate": value, "p": p, "n": 450,
        "p_overall": None,
        "low": None if value is None else value - 1, "high": None if value is None else value + 1,
        "covariates": ["age"] if kind == "adjusted" else [], "r_squared": 0.25,
        "covariate_labels": ["Age"] if kind == "adjusted" else [],
    } | changes


def regression(*models: dict, unavailable: str = "") -> dict:
    return {
        "alpha": 0.05, "models": list(models), "unavailable": unavailable, "intervals": [],
        "specifications": {}, "rivals": [], "rivals_by_outcome": [{"worse": "low"}],
        "covariates": ["age"],
    }


def test_the_fifth_answer_states_the_adjusted_difference():
    first, second = answer_regression(
        regression(model("crude", -4.5, 1e-6), model("adjusted", -3.84, 1e-5))
    )
    assert first == (
        "ALSFRS-R differs between Severe and Mild patients by −3.84 (95 % CI −4.84 to −2.84) "
        "points, adjusted for Age (p < 0.001, n = 450): a difference is supported. "
        f"{validation_words.SILENT}"
    )
    assert second == "Unadjusted it is −4.50 (95 % CI −5.50 to −3.50) (n = 450)."


def test_the_fifth_answer_says_what_the_difference_depends_on():
    found = regression(model("crude", -4.5, 1e-6), model("adjusted", -3.84, 1e-5)) | {
        "intervals": [
            {"kind": "labels taken as fixed", "low": -5, "high": -3},
            {"kind": "labels made anew in bootstraps", "low": -6, "high": -2},
        ],
        "specifications": {"n_fitted": 1008, "smallest": -6.6, "largest": -2},
        "rivals": [{
            "kept": 0.57, "kept_low": 0.33, "kept_high": 0.82,
            "models": [{"model": "label", "delta_r_squared": 0.066},
                       {"model": "spline", "delta_r_squared": 0.115}],
            "comparisons": [{"added": "label", "to": "spline", "p": 0.3, "estimate": -1.7,
                             "low": -4.8, "high": 1.5}],
        }],
    }
    assert answer_regression(found)[1].endswith(
        "; with labels made anew in bootstraps its interval is −6.00 to −2.00; over 1,008 "
        "specifications it runs from −6.60 to −2.00; beyond the covariates severity as a curve "
        "explains 11.5 % of the variance and the label alone 6.6 %, 57 % (95 % CI 33 % to 82 %) of "
        "what the curve explains; that the label adds to this curve is not supported (p = 0.30)."
    )


def test_what_could_not_be_estimated_is_left_out_of_the_fifth_answer():
    found = regression(model("adjusted", -3.84, 1e-5)) | {
        "intervals": [{"kind": "labels made anew in bootstraps", "low": None, "high": None}],
        "specifications": {"n_fitted": 0, "smallest": None, "largest": None},
        "rivals": [{"kept": None}],
    }
    assert answer_regression(found)[1] == "The unadjusted difference could not be estimated."


@pytest.mark.parametrize(("value", "way"), [(-3.0, "by −3.00 "), (3.0, "by 3.00 ")])
def test_the_fifth_answer_follows_the_sign(value, way):
    assert way in answer_regression(regression(model("adjusted", value, 0.01)))[0]


@pytest.mark.parametrize(("p", "end"), [(0.049, "is supported."), (0.05, "is not supported.")])
def test_the_fifth_answer_follows_the_test(p, end):
    first = answer_regression(regression(model("adjusted", -3.0, p)))[0]
    assert first.removesuffix(validation_words.SILENT).strip().endswith(f"a difference {end}")


def test_the_most_severe_phenotype_is_the_one_that_is_named():
    first, _ = answer_regression(regression(
        model("adjusted", -2.0, 0.01, phenotype="Moderate"), model("adjusted", -4.0, 0.01),
    ))
    assert "between Severe and Mild patients by −4.00 " in first


def test_of_three_phenotypes_the_test_of_all_at_once_stands_beside():
    three = regression(model("adjusted", -4.0, 0.01, p_overall=0.002))
    assert "(p = 0.010, n = 450; all phenotypes, robust Wald F: p = 0.0020): a difference is" in (
        answer_regression(three)[0])


@pytest.mark.parametrize("missing", [None, math.nan])
def test_without_an_adjusted_model_the_crude_one_speaks_for_itself(missing):
    first, _ = answer_regression(
        regression(model("crude", -4.5, 0.01), model("adjusted", missing, missing))
    )
    assert "by −4.50 " in first and "adjusted for" not in first


def test_other_outcomes_do_not_answer_for_the_primary_one():
    found = answer_regression(regression(model("adjusted", -3.0, 0.01, primary=False)))
    assert found == ["No model could be fitted.", "Nothing is concluded here."]


def test_without_an_outcome_nothing_is_concluded():
    found = answer_regression(regression(unavailable="The codebook names no outcome."))
    assert found == ["The codebook names no outcome.", "Nothing is concluded here."]


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


def test_without_models_the_headline_says_so():
    assert "no model" in headline_regression(regression())


def test_the_headline_of_the_regression_is_the_adjusted_difference():
    found = regression(model("crude", -4.5, 1e-6), model("adjusted", -3.84, 1e-5))
    assert headline_regression(found).startswith("ALSFRS-R, Severe against Mild, adjusted: −3.84")


@pytest.mark.parametrize(
    ("whose", "words"),
    [("none", "not the paper's"), ("original", "tolerance (original)"),
     ("calibrated", "tolerance (calibrated: 1 tuned or by construction)")],
)
def test_the_headline_of_the_ledger_says_whose_cohort_it_is(whose, words):
    assert words in headline_reproduction(ledger(whose, match=1) | {"rung": None})


def test_a_crude_difference_is_not_told_twice():
    crude = model("crude", -4.5, 1e-6)
    alone = answer_regression(regression(crude))[1]
    failed = answer_regression(regression(crude, model("adjusted", None, None)))[1]
    assert alone == "No covariate is adjusted for."
    assert failed == "The adjusted difference could not be estimated."


def test_where_nothing_was_fitted_the_answer_says_why():
    notes = ["Crude model, Score: not fitted: the outcome does not vary."]
    found = answer_regression(regression(model("crude", None, None)) | {"notes": notes})
    assert found[0] == "No model could be fitted: the outcome does not vary."
