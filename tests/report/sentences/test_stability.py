"""What notebook 3 says follows its results, in every outcome."""

import pandas as pd
import pytest

from compendium.groups.known_truth import Resemblance
from compendium.report.sentences import stability as words
from compendium.sensitivity import choices

LIMITS = [{"distance": 3.25, "farthest": 5, "share": 0.366, "n": 1454, "p": 20},
          {"distance": None, "farthest": 6.0, "share": 0.1, "n": 1454, "p": 20}]
TWO_ENDS = {"D": 1.04, "found": True}
RULES = pd.DataFrame({
    "row": ["flat", "bent", "rate by time, steep", "sex", "groups 3 SD", "groups 9 SD"],
    "truth": ["continuum", "continuum", "two ends", "category", "groups", "groups"],
    "cohorts": 200, "groups": [2, 10, 20, 50, 80, 200], "within": [pd.NA] * 3 + [4] + [pd.NA] * 2,
    **{rule: [0, 95, 40, pd.NA, 0, 5] for rule in ("silhouette", "ari", "prediction")},
    **{f"{rule} of": [100, 100, 40, pd.NA, 100, 100] for rule in
       ("silhouette", "ari", "prediction")},
}).convert_dtypes()
CHOICES = pd.DataFrame({
    "kind": ["algorithm", "block left out", "adjustment"],
    "choice": ["Gaussian mixture, full covariances", "nerve_csa", "residuals on covariates"],
    "ari": [0.97, 0.85, 0.9], "moved": [0.01, 0.086, 0.02], "note": ["", "", "Age."],
})


def verdict(**changes):
    v = {
        "rung": 3, "p_smooth": 0.001, "n_draws": 999, "component": 1, "alpha": 0.05,
        "polarisation": {"D": 1.4, "found": False}, "p_one_peak": 0.01, "p_filled": 0.01,
        "n_path": 99, "density": 0.15, "density_low": 0.03, "density_high": 0.24, "within": {},
        "labels": {"device": "Scanner", "sex": "Sex"}, "limits": LIMITS,
    } | changes
    return v | {"sentence": words.verdict_sentence(v)}


def results(jaccard=(0.9, 0.8), high=0.9, levelling=3, **changes):
    band = {"statistic": "resampled ARI", "observed": 0.8, "low": 0.7, "high": high}
    by_k = [{"k": k, "jaccard": [{"phenotype": f"P{i}", "mean": j, "status": "recovered"}
                                 for i, j in enumerate(jaccard)],
             "ari": {"bootstrap_oob": {"mean": ari}}, "null_bands": [band]}
            for k, ari in ((2, 0.81), (3, 0.5))]
    return {"n_clusters": 2, "by_k": by_k, "verdict": verdict(**changes),
            "agreement": CHOICES.to_dict("records"),
            "errors": words.errors(RULES).to_dict("records"),
            "resembles": vars(Resemblance(16, levelling, levelling > 12, 0, False))}


OUTCOMES = {
    "groups": {},
    "two ends": {"p_smooth": 0.3, "polarisation": TWO_ENDS},
    "many between": {"rung": 2, "density": 0.7, "density_low": 0.6, "density_high": 0.8},
    "filled": {"rung": 1, "p_filled": 0.4},
    "one peak": {"rung": 1, "p_one_peak": 0.34},
    "continuum": {"rung": 0, "p_smooth": 0.066, "p_filled": None, "p_one_peak": None},
    "too few draws": {"rung": 0, "p_smooth": 0.1, "n_draws": 9, "p_filled": None},
    "scanner": {"within": {"device": 0, "sex": 3}},
    "stays": {"within": {"device": 2, "sex": 3}},
}
SAID = {
    "groups": "Groups (verdict 3 of 3): one severity continuum does not explain these patients (p "
              "≤ 0.001), and few lie between.",
    "two ends": "Groups (verdict 3 of 3): patients sit at two ends of one direction, and few lie "
                "between.",
    "many between": "Groups without a visible gap (verdict 2 of 3): one severity continuum does "
                    "not explain these patients (p ≤ 0.001), but many lie between.",
    "filled": "No groups shown (verdict 1 of 3): there are two peaks along one severity axis, but "
              "patients lie all the way between.",
    "one peak": "No groups shown (verdict 1 of 3): a smooth continuum does not explain these "
                "patients (p ≤ 0.001), but a single irregular peak does (p = 0.34).",
    "continuum": "No groups shown (verdict 0 of 3): one severity continuum cannot be ruled out (p "
                 "= 0.066), though two groups closer than 3.2 SD could have been missed.",
    "too few draws": "No groups shown (verdict 0 of 3): 9 simulated cohorts are too few to rule a "
                     "continuum out.",
    "scanner": "The groups go with scanner: once its differences are removed, none are shown.",
}


@pytest.mark.parametrize("outcome", SAID)
def test_every_verdict_says_what_it_rests_on(outcome):
    assert words.answer(results(**OUTCOMES[outcome]))[0] == SAID[outcome]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_answer_has_two_short_sentences(outcome):
    said = words.answer(results(**OUTCOMES[outcome]))
    assert len(said) == 2 and len(" ".join(said).split()) <= 46
    assert max(len(sentence.split()) for sentence in said) <= 30


@pytest.mark.parametrize(
    ("changes", "end"),
    [({}, "is repeatable (ARI 0.81), but so is a continuum cut in two."),
     ({"high": 0.75}, "is repeatable (ARI 0.81), more so than a continuum cut in two."),
     ({"jaccard": (0.9, 0.74)}, "is not repeatable (ARI 0.81).")],
)
def test_repeatability_stands_beside_a_continuum(changes, end):
    assert words.answer(results(**changes))[1].endswith(end)


def test_groups_that_go_with_a_category_are_told_first_and_what_they_would_have_been():
    assert words.answer(results(**OUTCOMES["scanner"]))[1] == (
        "Without that, the verdict would be 3 of 3.")


def test_the_evidence_is_a_question_a_row_with_its_result_and_p():
    table = words.evidence(results(within={"sex": 3, "device": 2})).set_index("question")
    assert table["p"].tolist() == ["≤ 0.001", "–", "≤ 0.01", "≤ 0.01", *["–"] * 6]
    assert table["result"].tolist() == [
        "no", "no (polarisation 1.40; 1 if all do)", "no", "no",
        "15 % of an even spread (95 % CI 3 % to 24 %)", "verdict 3 of 3", "verdict 2 of 3",
        "adjusted Rand index 0.81 (1: always the same; a continuum 0.70 to 0.90)", "3 of 3",
        "3.2 SD apart, the smaller 37 % or over 6 SD apart, the smaller 10 % (1,454 patients, 20 "
        "features)"]
    unknown = words.evidence(results(limits=[]))["result"].iloc[-1]
    assert unknown == "not known for so many patients and features"
    assert table.index[5] == "And without differences by sex?"
    both = words.evidence(results(within={"sex": 3, "device": 3}))["question"]
    assert "And without differences by sex and scanner?" in both.tolist()


def test_what_was_not_asked_is_not_in_the_evidence():
    table = words.evidence(results(**OUTCOMES["continuum"] | {"polarisation": {
        "D": None, "found": False}}))
    assert table["result"].tolist()[:2] == ["cannot be ruled out", "no"] and len(table) == 5
    assert table["p"][0] == "0.066"


def test_a_split_that_few_other_choices_give_is_said_to_be_theirs():
    r = results()
    r["agreement"] = [c | {"ari": ari} for c, ari in zip(r["agreement"], (0.9, 0.2, 0.3),
                                                         strict=True)]
    assert words.answer(r)[1].endswith("(ARI 0.81), but only 1 of 3 other choices give it.")


@pytest.mark.parametrize(
    ("outcome", "finding"),
    [("groups", "fall into groups"), ("many between", "a choice"), ("filled", "not two kinds"),
     ("one peak", "does not prove one"), ("continuum", "does not prove one"),
     ("scanner", "goes with scanner")],
)
def test_the_conclusion_says_finding_error_and_what_would_change_it(outcome, finding):
    first, wrong, change, _ = words.conclusion(results(**OUTCOMES[outcome]))
    assert finding in first and "could change this" in change
    groups = outcome in ("groups", "many between", "scanner")
    assert ("3.0 % (at most 5.0 %) groups" in wrong) is groups
    assert ("missed" in wrong) is not groups


def test_groups_in_measures_that_level_off_are_concluded_with_care():
    assert "as most do here" in words.conclusion(results(levelling=13))[1]
    assert "as most do here" not in words.conclusion(results(levelling=13, rung=0))[1]


def test_errors_are_counted_by_what_the_cohorts_are():
    table = words.errors(RULES).set_index("simulated cohorts")
    assert table["verdict"].tolist() == [
        "3.0 (at most 5.0)", "10", "25", "2.0", "40"]
    assert table.index[0] == "one continuum (2 kinds)" and table.index[2].endswith("(1 kind)")
    assert table["ARI ≥ 0.8"].tolist() == ["48 (at most 95)", "100", "–", "–", "0"]


@pytest.mark.parametrize(
    ("seen", "said"),
    [(Resemblance(16, 15, True, 1, True), ("15 of 16 measures level off", ", as nearly all do")),
     (Resemblance(3, 1, False, 0, False), ("1 of 3 measures levels off", "; in such a course",
                                           "do not crowd"))],
)
def test_it_is_said_where_the_verdict_errs_and_whether_this_cohort_looks_like_that(seen, said):
    first, *rest = words.errs(RULES, seen)
    assert "to ceiling (10 %)" in first and "such as sex (25 %)" in first
    assert all(part in " ".join(rest) for part in said)


def test_what_comes_back_names_phenotypes_and_the_best_number_of_clusters():
    first, best, _, kept = words.comes_back(results(), ([True] * 3 + [False]) * 5, 3)
    assert first.endswith("P0 recovered (Jaccard 0.90) and P1 recovered (Jaccard 0.80).")
    assert best == "Of 2 to 3 clusters, 2 come back best (ARI 0.81)." and kept.startswith("75 %")
    one = results() | {"by_k": results()["by_k"][:1]}
    _, best, few, _ = words.comes_back(one, [True], 5)
    assert best == "" and few.endswith("to resample more than 2 clusters.")


def test_choices_that_group_patients_differently_are_named_with_their_share():
    assert words.alike(CHOICES) == [
        "Other choices that group patients alike (ARI at least 0.8): 3 of 3.",
        "Residuals on covariates: Age."]
    away = words.alike(CHOICES.assign(ari=[0.5, 0.79, 0.9]))[0]
    assert away.endswith("1 of 3; not with Gaussian mixture (full covariances) and without nerve "
                         "CSA.")
    every = words.alike(CHOICES.assign(ari=[0.5, 0.6, 0.7]))[0]
    assert "0 of 3; not with Gaussian" in every and every.endswith("without nerve CSA and 1 other.")
    none = CHOICES.assign(ari=float("nan"))
    assert words.alike(none)[0].endswith("none was possible.")


def test_every_kind_of_choice_has_its_words():
    assert set(words._HOW) == set(choices.KINDS_OF_CHOICE)


def bands(**observed):
    names = ("silhouette", "cluster index", "resampled ARI")
    return pd.DataFrame([
        {"k": k, "statistic": s, "observed": observed.get(s.split()[-1].lower(), 0.5) - k / 99,
         "mean": 0.5 - k / 99, "low": 0.4, "high": 0.6} for k in (2, 3) for s in names])


def test_what_lies_beyond_a_continuum_is_listed_and_a_shared_silhouette_is_no_sign():
    said = words.indices_beside(bands(silhouette=0.9), 2)
    assert said[0] == ("At k = 2, 1 of 3 indices lie beyond what a smooth continuum gives: "
                       "silhouette.")
    assert said[1].endswith("in a continuum at k = 2: that is no sign of groups.")
    assert "2 of 3" in words.indices_beside(bands(index=0.1, ari=0.9), 2)[0]
    assert words.indices_beside(bands(index=0.9), 2)[0].startswith("At k = 2, 0 of 3 indices lie")


@pytest.mark.parametrize(
    ("p", "bic", "so"),
    [(0.02, 9, "fit better than one (p = 0.020), but BIC prefers one."),
     (0.02, -9, "fit better than one (p = 0.020), and BIC prefers two."),
     (0.3, 9, "do not fit better than one (p = 0.30), and BIC prefers one."),
     (0.3, -9, "do not fit better than one (p = 0.30), but BIC prefers two.")],
)
def test_two_gaussians_are_told_with_likelihood_and_bic_and_what_they_are_worth(p, bic, so):
    table = pd.DataFrame({"bic": [100, 100 + bic], "p": [None, p], "n_draws": 99})
    first, second = words.one_or_two(table, 0.05)
    assert first.endswith(so) and "neither is evidence" in second
