"""Refusals: what a reader is told."""

from __future__ import annotations

import pytest

from compendium.problems import InputRefused, nearest, refuse_if


def test_a_single_sentence_is_one_problem_not_its_letters():
    assert InputRefused("a.csv: empty.").problems == ("a.csv: empty.",)


def test_the_text_of_a_refusal_has_one_sentence_a_line():
    assert str(InputRefused(["one.", "two."])) == "one.\ntwo."


def test_no_problem_is_no_refusal():
    refuse_if([])


def test_all_problems_are_said_at_once():
    with pytest.raises(InputRefused) as caught:
        refuse_if(["one.", "two."])
    assert len(caught.value.problems) == 2


def test_another_case_still_finds_the_nearest_word():
    assert nearest("SEX", ["age", "sex"]) == "did you mean 'sex'?"


def test_without_a_near_word_all_are_listed():
    assert nearest("zzz", ["age", "sex"]) == "known are: age, sex."


def test_beyond_a_hundred_findings_are_counted():
    refused = InputRefused([f"{i}." for i in range(1102)])
    assert (len(refused.problems), len(refused.said)) == (1102, 101)
    assert str(refused).endswith("99.\nand 1,002 more.")


def test_a_hundred_findings_are_all_said():
    assert InputRefused(["one."] * 100).said == ("one.",) * 100


@pytest.mark.parametrize(("word", "known"), [
    ("a" * 101, ["a" * 100]), ("aaa", [f"aa{i}" for i in range(401)]),
])
def test_a_very_long_word_and_one_among_very_many_are_not_searched_for(word, known):
    assert nearest(word, known).startswith("known are: ")
