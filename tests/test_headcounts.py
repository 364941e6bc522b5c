"""Counts of people, and what is said of them where they are few."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium.headcounts import Bound, few, headcount, n_text, people, say_of_fewest


@pytest.fixture
def rounded():
    """Nothing is said of fewer than seven, and counts are rounded; the usual rule afterwards."""
    say_of_fewest("seven")
    yield
    say_of_fewest("five")


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

