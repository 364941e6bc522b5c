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
