"""The ledger in words, in both directions."""


import pandas as pd
import pytest
from agreeing import AGREEING, SHIPPED

from compendium.data import synthetic
from compendium.report import published
from compendium.report.sentences.ledger import (
    beside_verdict,
    counted,
    untuned,
    verdict_reached,
    what_agreement_means,
    worded,
)


@pytest.fixture
def ours() -> dict:
    """Results that agree with the paper in every claim."""
    return AGREEING


def test_numbers_for_readers_have_the_decimals_of_the_published_ones():
    claims = pd.DataFrame({
        "claim": ["beta", "p", "n", "sign", "none"],
        "published": [-3.84, "< 0.001", 454, "negative", 2],
        "ours": [-4.2251, 3e-7, 450, "5 of 6 sites", None], "tolerance": [0.8, None, 5, None, None],
        "unit": "", "tuned": "no", "verdict": "match",
    })
    words = worded(claims)
    assert words["ours"].tolist() == ["−4.23", "< 0.001", "450", "5 of 6 sites", "–"]
    assert words["published"].tolist() == ["−3.84", "< 0.001", "454", "negative", "2"]


def test_a_share_is_in_per_cent_on_both_sides(ours):
    words = worded(published.compare_claims(SHIPPED, ours, "calibrated")).iloc[3]
    assert (words["published"], words["ours"], words["tolerance"]) == ("36.6 %", "36.6 %", "4.5 %")


def test_tuning_is_spoken_of_only_where_the_cohort_was_tuned(ours):
    claims = published.compare_claims(SHIPPED, ours, "original")
    assert "tuned" not in worded(claims, "original")
    assert "tuned" in worded(claims, "calibrated")


@pytest.mark.parametrize(
    ("tally", "words"),
    [({"within rounding": 2, "match": 11},
      "2 agree within rounding, 11 within tolerance or in sign."),
     ({"match": 1, "differs": 3}, "1 agrees within tolerance or in sign; 3 differing."),
     ({"not comparable": 13}, "13 not comparable."),
     ({"differs": 2, "not run": 1}, "2 differing, 1 not run.")],
)
def test_a_tally_is_a_sentence(tally, words):
    assert counted(tally) == words


def test_what_was_not_tuned_is_counted_apart(ours):
    claims = published.compare_claims(SHIPPED, ours, "calibrated")
    free = int((claims["tuned"] == published.FREE).sum())
    assert f"of the {free} others {free} came back" in untuned(claims)
    claims.loc[claims["tuned"] == published.FREE, "verdict"] = "calibrated: differs"
    assert f"of the {free} others 0 came back" in untuned(claims)


def test_what_came_back_untuned_is_said_to_need_no_groups(ours):
    claims = published.compare_claims(SHIPPED, ours, "calibrated")
    assert "can come back where there are no groups" in untuned(claims)


@pytest.mark.parametrize("scenario", list(synthetic.SCENARIOS))
def test_agreement_recovers_groups_only_where_groups_were_put_in(scenario):
    truth = synthetic.simulate(scenario, n_eligible=20).truth
    put_in = bool(truth["group"].notna().any())
    said = what_agreement_means("calibrated", scenario)
    assert ("recovers what was put in" in said) is put_in
    assert ("no groups were put in" in said) is not put_in
    assert said.endswith("nothing about people with ALS.")


def test_agreement_with_the_papers_own_patients_is_no_simulation():
    assert "a difference is a finding" in what_agreement_means("original", "")
    assert what_agreement_means("none", "") == ""


@pytest.mark.parametrize(
    ("whose", "reached", "words"),
    [("calibrated", 0, "No claim tells groups from one continuum. Notebook 3's verdict on groups: "
                       "0 of 3, no groups shown."),
     ("original", None, "No claim tells groups from one continuum."),
     ("none", 3, "Notebook 3's verdict on groups: 3 of 3, groups."), ("none", None, "")],
)
def test_the_verdict_on_groups_stands_beside_the_claims(whose, reached, words):
    assert beside_verdict(whose, reached) == words


def test_without_notebook_3_there_is_no_rung():
    assert verdict_reached({"03_stability": {"verdict": {"rung": 0}}}) == 0
    assert all(verdict_reached(of) is None for of in ({"03_stability": None}, {"03_stability": {}},
                                                      {}))
