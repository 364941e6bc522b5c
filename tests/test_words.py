"""Sentences follow the numbers, in both directions."""

from __future__ import annotations

import copy
import math
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium.words import (
    Bound,
    estimate,
    few,
    headcount,
    legible,
    listed,
    n_text,
    noted,
    number,
    once,
    p_value,
    people,
    plural,
    say_of_fewest,
    share,
    short,
    some,
)


@pytest.fixture
def rounded():
    """Nothing is said of fewer than seven, and counts are rounded; the usual rule afterwards."""
    say_of_fewest("seven")
    yield
    say_of_fewest("five")


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


BOUNDS = [Bound("<", 5), Bound("≥", 1455), Bound("≈", 160)]


@pytest.mark.parametrize(
    ("bound", "value", "text"),
    [(BOUNDS[0], 4, "<5"), (BOUNDS[1], 1455, "≥1,455"), (BOUNDS[2], 160, "≈160")],
)
def test_a_bound_is_said_with_its_sign_and_counts_as_the_nearest_it_allows(bound, value, text):
    assert [str(bound), repr(bound), f"{bound}", f"{bound:,}"] == [text] * 4
    assert bound == value and bound + 0 == value and int(bound) == value


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy,
                                   lambda bound: pickle.loads(pickle.dumps(bound))])
@pytest.mark.parametrize("bound", BOUNDS, ids=str)
def test_a_bound_that_is_copied_or_sent_to_a_worker_stays_what_it_is(bound, again):
    other = again(bound)
    assert type(other) is Bound and (int(other), str(other)) == (int(bound), str(bound))


@pytest.mark.parametrize(
    ("n", "totals", "said"),
    [(0, (), "0"), (1, (), "<5"), (4, (), "<5"), (5, (), "5"), (0, (3,), "0"),
     (160, (160,), "160"), (159, (160,), "≥155"), (156, (160,), "≥155"), (155, (160,), "155"),
     (161, (160,), "≥160"), (164, (160,), "≥160"), (165, (160,), "165"),
     (158, (454, 160), "≥155"), (3, (5,), "<5")],
)
def test_a_count_is_said_exactly_where_no_subtraction_leaves_one_to_four(n, totals, said):
    assert str(headcount(n, *totals)) == said


def test_a_bound_is_left_as_it_is():
    assert [str(headcount(bound, 4, 1456, 163)) for bound in BOUNDS] == ["<5", "≥1,455", "≈160"]


@settings(derandomize=True)
@given(st.integers(0, 600), st.integers(0, 600))
def test_whoever_knows_a_total_and_the_rule_has_four_possible_counts_or_more(n, total):
    said = str(headcount(n, total))
    if few(n) or few(total - n) or few(n - total):
        alike = [m for m in range(1, 700) if str(headcount(m, total)) == said]
        assert len(alike) >= 4 and n in alike
    else:
        assert said == f"{n}"


def test_few_are_some_and_a_bound_from_below_is_not_few():
    assert [few(n) for n in (0, 1, 4, 5)] == [False, True, True, False]
    assert [few(bound) for bound in BOUNDS] == [True, False, False]


@pytest.mark.parametrize(
    ("count", "of", "said"),
    [(452, 454, "almost all"), (450, 454, "almost all"), (449, 454, "449 (98.9 %)"),
     (454, 454, "454 (100.0 %)"), (0, 454, "0 (0.0 %)"), (4, 454, "fewer than five"),
     (2, 4, "fewer than five"), (2, 0, "fewer than five patients"), (0, 0, "0 patients"),
     (Bound("<", 5), 454, "fewer than five"), (Bound("≥", 155), 0, "≥155 patients")],
)
def test_few_people_are_not_counted_nor_so_many_that_the_others_could_be(count, of, said):
    assert people(count, of) == said


def test_by_choice_counts_are_rounded_and_nothing_is_said_of_fewer_than_seven(rounded):
    said = [str(headcount(n)) for n in (0, 1, 6, 7, 12, 13, 454)]
    assert said == ["0", "<7", "<7", "≈5", "≈10", "≈15", "≈455"]
    assert people(6) == "fewer than seven patients" and people(449, 454) == "almost all"
    assert people(13) == "≈15 patients"


def test_a_number_of_people_reads_like_an_equation():
    texts = [n_text(1454), *map(n_text, BOUNDS)]
    assert texts == ["n = 1,454", "n < 5", "n ≥ 1,455", "n ≈ 160"]


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
