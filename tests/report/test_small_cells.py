"""Small counts and the cells that would reveal them."""

import itertools

import numpy as np
import pandas as pd
import pytest

from compendium.report.small_cells import explained, suppress_counts


def test_counts_of_five_and_more_and_zero_are_shown():
    shown = suppress_counts(pd.DataFrame({"Mild": [5, 0], "Severe": [9, 8]}, index=["a", "b"]))
    assert shown["Mild"].tolist() == ["5", "0"]


def test_a_small_count_and_its_protectors_are_hidden():
    shown = suppress_counts(pd.DataFrame({"Mild": [3, 285], "Severe": [40, 126]}))
    assert shown["Mild"].tolist() == ["<5", "hidden"]
    assert shown["Severe"].tolist() == ["hidden", "hidden"]
    assert shown["All"].tolist() == ["43", "411"]


def test_a_single_column_hides_a_second_level():
    assert suppress_counts(pd.DataFrame({"All": [3, 285, 50]}))["All"].tolist() == [
        "<5", "285", "hidden",
    ]


def candidates(shown, totals):
    """Every table that fits what is shown, for a reader who knows the rule: brute force."""
    ranges = {"<5": range(1, 5), "hidden": range(5, 40)}
    columns = [
        [cells for cells in itertools.product(*(ranges.get(t) or [int(t)] for t in shown[name]))
         if sum(cells) == totals[name]]
        for name in ("Mild", "Severe")
    ]
    rows = [ranges.get(t) or [int(t)] for t in shown["All"]]
    for mild, severe in itertools.product(*columns):
        if all(a + b in row for a, b, row in zip(mild, severe, rows, strict=True)):
            yield np.transpose([mild, severe])


def drawn(seed):
    values = np.random.default_rng(seed).integers(1, 12, (3, 2))
    values[0, 0] = 3
    return values


# in the last one, rows that were added instead of subtracted would leave 8 beside a hidden 4
@pytest.mark.parametrize(
    "values", [*map(drawn, range(6)), np.array([[4, 8], [12, 7], [12, 4], [3, 1]])]
)
def test_a_reader_who_knows_the_rule_cannot_compute_a_small_count(values):
    counts = pd.DataFrame(values, columns=["Mild", "Severe"])
    shown = suppress_counts(counts)
    fits = np.array(list(candidates(shown, counts.sum())))
    assert (np.ptp(fits, axis=0)[(shown[list(counts)] == "<5").to_numpy()] > 0).all()


def test_two_hidden_cells_a_line_are_not_taken_as_enough():
    # with 2 as the hidden rest of a row, two cells "<5" would both be 1
    counts = pd.DataFrame({"Mild": [1, 20, 30], "Severe": [1, 25, 35]})
    assert suppress_counts(counts).loc[0, "All"] == "<5"


@pytest.mark.parametrize("seed", range(6))
def test_a_table_with_and_one_without_groups_hide_the_same_totals(seed):
    groups = pd.DataFrame(np.random.default_rng(seed).integers(0, 7, (4, 2)), columns=["a", "b"])
    alone = suppress_counts(groups.sum(axis=1).to_frame("All"))
    assert suppress_counts(groups)["All"].tolist() == alone["All"].tolist()


@pytest.mark.parametrize(
    ("cell", "said"), [("hidden", True), ("<5", True), ("n <5", True), ("5", False)]
)
def test_suppressed_cells_are_explained_where_there_are_any(cell, said):
    assert ("too few patients" in explained(pd.DataFrame({"All": ["7", cell]}))) == said
