"""Small counts and the cells that would reveal them."""

import itertools

import numpy as np
import pandas as pd
import pytest

from compendium.report.small_cells import explained, merged, suppress_counts
from compendium.words import people


def test_counts_of_five_and_more_and_zero_are_shown():
    shown = suppress_counts(pd.DataFrame({"Mild": [5, 0], "Severe": [9, 8]}, index=["a", "b"]))
    assert shown["Mild"].tolist() == ["5", "0"]


def test_a_small_count_hides_the_groups_and_not_their_sum():
    shown = suppress_counts(pd.DataFrame({"Mild": [3, 285], "Severe": [40, 126]}))
    assert set(shown[["Mild", "Severe"]].to_numpy().ravel()) == {"hidden"}
    assert shown["All"].tolist() == ["43", "411"]


def test_a_small_sum_is_hidden_with_the_one_it_would_follow_from():
    assert suppress_counts(pd.DataFrame({"All": [3, 285]}))["All"].tolist() == ["hidden"] * 2


def levels(*rows):
    return pd.DataFrame(rows, columns=["Mild", "Severe"], index=list("abcdefgh")[: len(rows)])


@pytest.mark.parametrize(
    ("counts", "under"),
    [
        (levels((90, 70), (40, 30), (50, 40)), ["a", "b", "c"]),
        (levels((90, 70), (6, 3), (50, 40)), ["a", "b or c", "b or c"]),
        (levels((90, 70), (1, 2), (4, 0), (50, 40)), ["a", "b or c or d", "b or c or d",
                                                      "b or c or d"]),
        (levels((90, 70), (0, 0), (50, 3)), ["a", "b", "c"]),
        (levels((90, 70), (1, 1), (1, 1), (1, 1), (1, 2)), ["a", *["other (4 levels)"] * 4]),
    ],
)
def test_rare_levels_are_merged_until_none_is_small_or_two_are_left(counts, under):
    assert list(merged(counts).values()) == under


def test_a_common_level_is_kept_apart_from_a_rare_one_where_a_smaller_can_be_merged():
    counts = levels((116, 93), (110, 45), (49, 31), (6, 4))
    assert merged(counts) == {"a": "a", "b": "b", "c": "c or d", "d": "c or d"}


@pytest.mark.parametrize("sizes", [(5, 5), (6, 9), (30, 12)])
def test_a_reader_who_knows_the_rule_cannot_compute_a_small_count(sizes):
    tables = [np.array([[a, b], [sizes[0] - a, sizes[1] - b]])
              for a, b in itertools.product(*(range(n + 1) for n in sizes))]
    shown = {}
    for table in tables:
        text = suppress_counts(pd.DataFrame(table, columns=["Mild", "Severe"]))
        shown.setdefault(tuple(text.to_numpy().ravel()), []).append(table)
    for fits in shown.values():
        small = (np.array(fits[0]) > 0) & (np.array(fits[0]) < 5)
        assert (np.ptp(fits, axis=0)[small] > 0).all()


@pytest.mark.parametrize(
    ("cell", "said"), [("hidden", True), ("<5", True), ("n <5", True), ("5", False)]
)
def test_suppressed_cells_are_explained_where_there_are_any(cell, said):
    assert ("too few patients" in explained(pd.DataFrame({"All": ["7", cell]}))) == said


@pytest.mark.parametrize(
    ("n", "said"), [(4, "fewer than five"), (5, "5 (50.0 %)"), (0, "0 (0.0 %)")]
)
def test_a_count_of_few_people_is_not_said(n, said):
    assert people(n, 10) == said
