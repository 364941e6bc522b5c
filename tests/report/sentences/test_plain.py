"""The page in plain words: within its bounds and true, whatever was found and of whom."""

from __future__ import annotations

import itertools
import re

import pytest

from compendium.report.sentences import plain
from compendium.report.sentences.plain import plain_language
from compendium.sensitivity.intervals import REPEATED

FEWEST, MOST, LONGEST, GRADE = 250, 350, 30, 8
COHORTS = {"two_groups": True, "continuum": True, "no_effect": True, "": False}  # simulated?
MODEL = {"model": "adjusted", "primary": True, "outcome_label": "ALSFRS-R", "unit": "points",
         "estimate": -4.23, "low": -5.8, "high": -2.7, "p": 1e-7, "phenotype": "Severe",
         "reference": "Mild", "covariates": ["age"]}
AGAIN = {"kind": REPEATED, "phenotype": "Severe", "estimate": -4.2, "low": -6.0, "high": -2.0}
DUEL = [("label", "spline"), ("spline", "label")]


def results(scenario="two_groups", rung=3, kinds=(("mmt", 0.001), ("cmap", 0.001)), p=1e-7,
            adds=(0.5, 0.001), order="severity", within=None) -> dict:
    """Results of a run; ``kinds``: p by type of measure; ``p``: of the outcome, None without one;
    ``adds``: p of phenotype beside score, and of score beside phenotype."""
    duel = [{"added": a, "to": to, "p": p_step}
            for (a, to), p_step in zip(DUEL, adds, strict=False)]
    model = MODEL if p and p < 0.05 else MODEL | {"high": 1.0}
    names = ("Mild", "Severe") if order == "severity" else ("Phenotype 1", "Phenotype 2")
    return {
        "01_cohort": {"synthetic": COHORTS[scenario], "scenario": scenario, "n_analysed": 454},
        "02_clustering": {"order": order, "phenotypes": [
            {"name": name, "n": n} for name, n in zip(names, (281, 173), strict=True)]},
        "03_stability": None if rung is None else {"verdict": {
            "rung": rung, "within": within or {}, "labels": {"device": "Ultrasound device"}}},
        "04_validation": {"alpha": 0.05, "ordered": order == "severity", "blocks": [
            {"block": b, "p_global_adjusted": q, "direction": "worse"} for b, q in kinds],
            "validators": [{"block": b, "effect": -0.5, "p_adjusted": q, "worse": "low"}
                           for b, q in kinds]},
        "05_regression": {"alpha": 0.05, "intervals": [AGAIN], "models": [model] if p else [],
                          "rivals": [{"comparisons": duel}] if p else [],
                          "rivals_by_outcome": [{"worse": "low"}]},
    }


EVERY = [
    plain_language(results(*what))
    for what in itertools.product(
        COHORTS, (None, 0, 1, 2, 3), ((), (("mmt", 0.001), ("cmap", 0.001)), (("mmt", 0.5),)),
        (None, 1e-7, 0.5), ((), (0.5, 0.001), (0.001, 0.5), (0.001, 0.001), (0.5, 0.5)),
        ("severity", "size"), (None, {"device": 0}),
    )
]


def prose(page: str) -> str:
    """Sentences without headings, list marks and stars."""
    return re.sub(r"^#+ .*$|^- |\*", "", page, flags=re.MULTILINE)


def test_the_page_keeps_its_length_in_every_outcome():
    words = [len(re.findall(r"[\w’'-]+", page)) for page in EVERY]
    assert min(words) >= FEWEST and max(words) <= MOST


def test_no_sentence_is_long_in_any_outcome():
    sentences = [s for page in EVERY for s in re.split(r"(?<=[.?!])\s", prose(page))]
    assert max(len(s.split()) for s in sentences) <= LONGEST


def test_the_page_can_be_read_at_school_grade_eight_in_every_outcome():
    textstat = pytest.importorskip("textstat")
    assert max(textstat.flesch_kincaid_grade(prose(page)) for page in set(EVERY)) <= GRADE


def test_no_number_is_more_precise_than_needed():
    assert {n for page in EVERY for n in re.findall(r"\d[\d.,]*\d|\d", page)} == {"450", "4"}


@pytest.mark.parametrize("scenario", COHORTS)
def test_it_says_first_whether_the_patients_are_invented(scenario):
    opening = plain_language(results(scenario)).split("\n\n")[1]
    assert ("not real" in opening) is COHORTS[scenario]
    assert ("made-up" in plain_language(results(scenario))) is COHORTS[scenario]


@pytest.mark.parametrize("page", EVERY[::97])
def test_it_always_says_what_is_not_shown(page):
    limits = page.partition("## What this does not show")[2]
    for words in ("Other places", "need not cause", "change any care", "can be wrong"):
        assert words in limits


@pytest.mark.parametrize(
    ("scenario", "rung", "words"),
    [("two_groups", 3, "put in two groups. So the check was right."),
     ("two_groups", 0, "put in two groups. So the check missed them this time."),
     ("continuum", 0, "put in one range without groups. So the check was right."),
     ("continuum", 2, "one range without groups. So the check was wrong"),
     ("", 3, "There do seem to be groups, and few patients lie between them.\n"),
     ("", 1, "no clear sign of groups"), ("", None, "not yet asked")],
)
def test_groups_are_said_as_the_verdict_has_them(scenario, rung, words):
    assert words in plain_language(results(scenario, rung))


def test_of_a_file_nobody_says_that_the_check_was_right():
    assert not any("truth" in plain_language(results("", rung)) for rung in (0, 1, 2, 3))


def test_groups_that_go_with_the_scanner_are_said_to():
    said = plain_language(results(within={"device": 1}))
    assert "they go with something else (ultrasound device)" in said


@pytest.mark.parametrize(
    ("kinds", "words"),
    [((("mmt", 0.001),), "(muscle strength), the severe group did worse."),
     ((("mmt", 0.5),), "we could not tell the groups apart."), ((), "no other tests")],
)
def test_tests_of_strength_are_said_as_they_came_out(kinds, words):
    assert words in plain_language(results(kinds=kinds))


@pytest.mark.parametrize(
    ("p", "words"),
    [(1e-7, "a score of daily life (ALSFRS-R), the severe group was about 4 points lower."),
     (0.5, "(ALSFRS-R), the groups did not clearly differ."), (None, "no other score")],
)
def test_the_outcome_is_said_as_it_came_out(p, words):
    assert words in plain_language(results(p=p))


@pytest.mark.parametrize(("n", "words"), [(454, "450"), (38, "38"), (5, "5"), (1822, "1,800")])
def test_counts_are_rounded(n, words):
    assert plain._about(n) == words
