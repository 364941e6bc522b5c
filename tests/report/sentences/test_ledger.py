"""The comparison with the paper in words, and the argument of all notebooks, in every outcome."""

from __future__ import annotations

import itertools
import re

import pandas as pd
import pytest
from agreeing import AGREEING, SHIPPED

from compendium.data import synthetic
from compendium.report import published
from compendium.report.sentences.ledger import (
    TRUTH,
    answer,
    claim_notes,
    comparison,
    conclusion,
    evidence,
    headline,
    together,
    whose_cohort,
)
from compendium.run.results import plain

LONGEST, ANSWER, MOST_NUMBERS = 30, 46, 5  # words of a sentence, of an answer; numbers


def reproduction(whose="calibrated", scenario="two_groups", **changes) -> dict:
    """The numbers of notebook 6; ``changes``: verdicts of claims by id."""
    claims = published.compare_claims(SHIPPED, AGREEING, whose)
    claims["verdict"] = [changes.get(c.id, c.verdict) for c in claims.itertuples()]
    return plain({"ledger": whose, "scenario": scenario, "claims": claims,
                  "tally": published.tally(claims)})


def test_where_all_comes_back_the_answer_says_what_was_built_in():
    assert answer(reproduction()) == [
        "All 13 published claims come back, but 10 were built into these simulated patients or "
        "follow by construction, and 3 would come back without any groups.",
        "This shows that the code works, and nothing about people.",
    ]


@pytest.mark.parametrize(
    ("changes", "first"),
    [({"n_severe": "differs", "beta_p": "differs"},
      "11 of 13 published claims come back; 2 differ (Table 4)."),
     ({"n_severe": "differs", "k_reported": "not run"},
      "11 of 13 published claims come back; 1 differs and 1 cannot be compared (Table 4)."),
     ({"k_reported": "not comparable"},
      "12 of 13 published claims come back; none differ and 1 cannot be compared (Table 4).")],
)
def test_what_did_not_come_back_is_counted(changes, first):
    assert answer(reproduction(**changes))[0] == first


def test_of_the_papers_own_patients_a_difference_is_a_finding():
    first, second = answer(reproduction("original", ""))
    assert first == "All 13 published claims come back." and "a difference is a finding" in second


@pytest.mark.parametrize(("scenario", "words"), [("", "This is not the paper's cohort, so"),
                                                 ("no_effect", "were not simulated to match")])
def test_other_patients_are_held_against_nothing(scenario, words):
    r = reproduction("none", scenario)
    assert len(answer(r)) == 1 and words in answer(r)[0]
    assert evidence(r).empty and "no published number" in headline(r)


@pytest.mark.parametrize("r", [
    reproduction(), reproduction("original", ""), reproduction("none", ""),
    reproduction("calibrated", "continuum", beta_p="differs", k_reported="not run"),
])
def test_an_answer_is_short(r):
    assert len(answer(r)) <= 2 and sum(len(s.split()) for s in answer(r)) <= ANSWER


def test_the_table_under_the_answer_tells_what_was_built_in_apart():
    table = evidence(reproduction(n_severe="differs"))
    assert table["Number"].tolist() == ["8", "2", "3"]
    assert table["Come back"].tolist() == ["7", "2", "3"]
    assert table["Do not come back"].tolist() == ["the Severe phenotype held 166 people", "–", "–"]
    assert len(evidence(reproduction("original", ""))) == 1


@pytest.mark.parametrize(("whose", "words"), [("calibrated", "come back (10 of them built in)"),
                                              ("original", "13 of 13 published claims come back")])
def test_the_headline_counts_what_came_back(whose, words):
    assert headline(reproduction(whose)).endswith(words)


def test_numbers_for_readers_have_the_decimals_of_the_published_ones():
    claims = pd.DataFrame({
        "claim": ["beta", "p", "n", "sign", "none"],
        "published": [-3.84, "< 0.001", 454, "negative", 2],
        "ours": [-4.2251, 3e-7, 450, "5 of 6 sites", None], "tolerance": [0.8, None, 5, None, None],
        "unit": "", "built_in": "no", "verdict": "match",
    })
    words = comparison(claims, synthetic=True)
    assert words["This run"].tolist() == ["−4.23", "< 0.001", "450", "5 of 6 sites", "–"]
    assert words["Published"].tolist() == ["−3.84", "< 0.001", "454", "negative", "2"]


def test_a_share_is_in_per_cent_on_both_sides():
    claims = published.compare_claims(SHIPPED, AGREEING, "calibrated")
    row = comparison(claims, synthetic=True).iloc[3].str.replace("\u00a0", " ")
    assert (row["Published"], row["This run"], row["Tolerance"]) == ("36.6 %", "36.6 %", "4.5 %")


@pytest.mark.parametrize(("whose", "there"), [("calibrated", True), ("original", False)])
def test_building_in_is_spoken_of_only_where_patients_were_simulated_to_match(whose, there):
    claims = published.compare_claims(SHIPPED, AGREEING, whose)
    assert ("Built in?" in comparison(claims, synthetic=there)) is there


def test_of_a_cohort_that_is_not_compared_no_table_is_shown():
    assert comparison(published.compare_claims(SHIPPED, AGREEING, "none"), synthetic=True) is None


@pytest.mark.parametrize("scenario", list(synthetic.SCENARIOS))
def test_groups_are_said_to_be_simulated_where_they_were(scenario):
    truth = synthetic.simulate(scenario, n_eligible=20).truth
    put_in = bool(truth["group"].notna().any())
    assert ("without groups" in TRUTH[scenario]) is not put_in
    assert ("No groups were put in." in whose_cohort("calibrated", SHIPPED["paper"], scenario)) is (
        not put_in)


def test_why_a_claim_cannot_be_compared_is_said_where_claims_are_compared():
    claims = published.compare_claims(SHIPPED, AGREEING | {"01_cohort": None}, "original")
    assert claim_notes(claims, "original") == [
        "454 people with ALS were analysed: 01_cohort has not run."]
    assert claim_notes(claims, "none") == []


OUTCOME = {"outcome_label": "ALSFRS-R", "unit": "points", "estimate": -4.23, "shown": True,
           "phenotype": "Severe", "reference": "Mild", "adjusted": True}
FOUND = {"synthetic": True, "scenario": "two_groups", "names": ["Mild", "Severe"], "ordered": True,
         "rung": 3, "verdict": "Groups (verdict 3 of 3).", "goes_with": [], "outcome": OUTCOME,
         "tells_more": "severity",
         "measures": {"tested": ["mmt", "cmap"], "worse": ["mmt", "cmap"], "other": []}}


def test_the_argument_of_the_shipped_cohort_in_one_paragraph():
    assert conclusion({"found": FOUND}) == [
        "The question was whether Mild and Severe are two kinds of patient, or one range of "
        "severity cut in two.",
        "Groups (verdict 3 of 3).",
        "Severe patients do worse on both types of independent measure; ALSFRS-R is 4.2 points "
        "lower in Severe than in Mild patients at the same covariates.",
        "Two groups were simulated here, and groups are found; even so a severity score describes "
        "ALSFRS-R better than the phenotype.",
        "These patients are simulated, so nothing here is evidence about people.",
    ]


@pytest.mark.parametrize(
    ("scenario", "rung", "words"),
    [("two_groups", 0, "Two groups were simulated here, but groups are not found; a severity"),
     ("continuum", 0, "One continuum without groups was simulated here, and no groups are found;"),
     ("continuum", 3, "One continuum without groups was simulated here, so this verdict is "
                       "wrong; a"),
     ("three_groups", 2, "Three groups were simulated here, and groups are found"),
     ("", 3, "So these phenotypes may be kinds of patient"),
     ("", 1, "So these phenotypes may be parts of one range"),
     ("", None, "Without a verdict, nothing is said of groups")],
)
def test_the_verdict_is_set_beside_what_was_simulated(scenario, rung, words):
    f = FOUND | {"scenario": scenario, "synthetic": bool(scenario), "rung": rung}
    assert together(f).startswith(words)


@pytest.mark.parametrize(
    ("more", "words"),
    [("severity", "better than the phenotype"), ("phenotype", "better than a severity score"),
     ("both", "that the other does not"), ("neither", "neither phenotype nor severity score"),
     (None, "groups are found")],
)
def test_phenotype_and_score_are_told_as_they_came_out(more, words):
    assert words in together(FOUND | {"tells_more": more})


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"outcome": OUTCOME | {"shown": False}}, "; no difference in ALSFRS-R is shown."),
     ({"outcome": OUTCOME | {"estimate": 0.053}}, "; ALSFRS-R is 0.053 points higher in Severe"),
     ({"outcome": None}, "; no outcome was compared."),
     ({"measures": {"tested": [], "worse": [], "other": []}}, "No independent measure was"),
     ({"measures": {"tested": ["a"], "worse": ["a"], "other": []}}, "worse on the one type of"),
     ({"measures": {"tested": list("abc"), "worse": ["a"], "other": []}}, "on 1 of 3 types of"),
     ({"measures": {"tested": list("abc"), "worse": list("abc"), "other": []}}, "on every type"),
     ({"measures": {"tested": list("ab"), "worse": [], "other": ["a"]}}, "differ on 1 of 2 types"),
     ({"measures": {"tested": list("ab"), "worse": [], "other": []}}, "No type of independent")],
)
def test_differences_are_said_as_they_came_out(changes, words):
    assert words in " ".join(conclusion({"found": FOUND | changes}))


def test_every_sentence_of_the_argument_is_short_in_every_outcome():
    nothing = {"tested": [], "worse": [], "other": []}
    several = {"names": ["Phenotype 1", "Phenotype 2", "Phenotype 3"], "ordered": False}
    for rung, more, outcome, measures, who, scenario in itertools.product(
        (None, 0, 1, 2, 3), ("severity", "phenotype", "both", "neither", None),
        (None, OUTCOME, OUTCOME | {"shown": False}), (nothing, FOUND["measures"]),
        ({}, several, {"names": []}), (*TRUTH, ""),
    ):
        f = FOUND | who | {"rung": rung, "tells_more": more, "outcome": outcome,
                           "scenario": scenario, "measures": measures, "synthetic": bool(scenario)}
        for sentence in conclusion({"found": f}):
            assert len(sentence.split()) <= LONGEST and sentence.endswith(".")
            assert len(re.findall(r"\d[\d.]*", sentence)) <= MOST_NUMBERS
