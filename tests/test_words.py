"""Sentences follow the numbers, in both directions."""

from __future__ import annotations

import math

import pytest

from compendium.words import (
    estimate,
    legible,
    listed,
    noted,
    number,
    once,
    p_value,
    plural,
    share,
    short,
    some,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.005, "1.00"), (-3.841, "−3.84"), (0, "0.00"), (-0.001, "0.00"), (-0.0, "0.00"),
        (None, "not estimable"), (math.nan, "not estimable"), (math.inf, "not estimable"),
    ],
)
def test_a_number_has_a_true_minus_and_no_negative_zero(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (1.0, "p = 1.00"), (0.5, "p = 0.50"), (0.0499, "p = 0.050"), (0.0014, "p = 0.0014"),
        (0.001, "p = 0.0010"), (0.00099, "p < 0.001"), (0.0, "p < 0.001"),
        (None, "p not estimable"), (math.nan, "p not estimable"),
    ],
)
def test_a_p_value_has_two_digits_down_to_a_thousandth(p, text):
    assert p_value(p) == text


def test_an_estimate_stands_with_its_interval():
    record = {"estimate": -3.84, "low": -5.41, "high": -2.27}
    assert estimate(record) == "−3.84 (95 % CI −5.41 to −2.27)"


@pytest.mark.parametrize("missing", [None, math.nan])
def test_an_estimate_that_is_missing_has_no_interval(missing):
    assert estimate({"estimate": missing, "low": None, "high": None}) == "not estimable"


def test_a_share_of_nobody_is_only_a_count():
    assert (share(166, 454), share(0, 0)) == ("166 (36.6 %)", "0")


@pytest.mark.parametrize(
    ("words", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_words_are_listed_as_in_english(words, text):
    assert listed(words) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 sites"), (1, "1 site"), (1822, "1,822 sites")])
def test_a_noun_follows_its_count(count, text):
    assert plural(count, "site") == text


def test_a_note_that_all_share_stands_once_without_labels():
    assert noted(["FVC", "SVC"], ["Too few.", "Too few."]) == ["Too few."]


@pytest.mark.parametrize("nothing", ["", math.nan, None])
def test_a_note_of_some_says_whose_it_is(nothing):
    assert noted(["FVC", "SVC"], ["Too few.", nothing]) == ["FVC: Too few."]


def test_the_same_text_of_several_models_stands_once():
    notes = ["Crude, age: not fitted.", "Crude, age: few.", "Adjusted, age: not fitted."]
    assert once(notes) == ["Crude, age: not fitted. (So for 1 other model.)", "Crude, age: few."]


def test_a_note_of_no_model_stays_as_it_is():
    assert once(["Nobody is left.", "Nobody came."]) == ["Nobody is left.", "Nobody came."]


HIDDEN = ["\x00", "\x1b", "\x7f", "\x85", "\xad", "\u061c", "\u200b", "\u200d", "\u200e", "\u202e",
          "\u2028", "\u2029", "\u2066", "\ufeff", "\ue000", "\ud800", "\ufffe", "\U000e0041"]


@pytest.mark.parametrize("sign", HIDDEN, ids=ascii)
def test_a_sign_that_cannot_be_seen_is_written_out(sign):
    written = legible(f"a{sign}b")
    assert written == f"a{ascii(sign)[1:-1]}b" and legible(written) == written


@pytest.mark.parametrize("blank", ["\n", "\t", "\r", "\xa0", "\u3000"], ids=ascii)
def test_a_line_end_or_another_blank_is_a_blank(blank):
    assert legible(f"a{blank}b") == "a b"


@pytest.mark.parametrize("word", ["\u0645\u06cc\u200c\u062e", "\u0915\u094d\u200d\u0937", "肌肉 é"])
def test_a_joiner_that_belongs_to_the_spelling_stays(word):
    assert legible(word) == word


def test_a_long_word_and_a_long_list_are_cut():
    assert (short("a" * 20), short("a" * 21)) == ("a" * 20, "a" * 19 + "…")
    assert some(["a"] * 99_999) == "a, " * 39 + "a and 99,959 more"
