"""Rows of a figure, and patients as a cloud of bins."""

from collections import Counter

import drawings
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from compendium.headcounts import Bound
from compendium.report.figures import layout, style


def test_each_block_has_its_heading_above_its_rows():
    ax = style.sheet(90, 60).subplots()
    y = layout.rows(ax, ["one", "two", "three"], ["mmt", "mmt", "nerve_csa"])
    words = [label.get_text() for label in ax.get_yticklabels()]
    assert words == ["MMT", "one", "two", "NERVE CSA", "three"]
    assert (np.diff(y) > 0).all() and np.diff(y)[1] > np.diff(y)[0]


def test_blocks_are_brought_together_in_order_of_first_appearance():
    frame = pd.DataFrame({"block": ["b", "a", "b"], "row": [1, 2, 3]})
    assert layout.in_blocks(frame)["row"].tolist() == [1, 3, 2]


def test_zero_lies_on_the_axis_of_estimates_far_from_it():
    ax = style.sheet(90, 60).subplots()
    ax.plot([5, 6], [0, 1])
    layout.zero(ax, [5.0, np.nan])
    assert ax.get_xlim()[0] < 0 and len(ax.get_xticks()) > 1


def test_an_axis_without_estimates_invents_no_numbers():
    ax = style.sheet(90, 60).subplots()
    layout.zero(ax, [np.nan, np.nan])
    assert ax.get_xticks().tolist() == [0] and ax.get_xlim() == (-1, 1)


def test_numbers_of_patients_stand_beside_rows_as_they_may_be_said():
    few, most = Bound("<", 5), Bound("≥", 1455)
    assert [layout.count(n) for n in (few, most, np.nan, 1234.0)] == ["<5", "≥1,455", "–", "1,234"]
    said = [layout.n_of(pd.Series(ns, dtype=object)) for ns in ([60, 60], [50, 60], [most, most])]
    assert said == ["n = 60", "n = 50 to 60", "n ≥ 1,455"]


def cloud(copies=1):
    """The marks of a cloud, and the places of its patients."""
    ax, points = Figure().subplots(), np.tile(drawings.patients(60, 2).to_numpy(), (copies, 1))
    layout.cloud(ax, points, points, color="k")
    return ax.collections[0], points


def test_people_are_counted_in_bins_and_none_stands_at_their_value():
    marks, points = cloud(5)
    for places, own in zip(marks.get_offsets().T, points.T, strict=True):
        assert not set(np.round(places, 6)) & set(np.round(own, 6))
    # 60 values around 20 with SD 4 reach over 16 to 20: bins of 2, whole numbers
    most = max(Counter(map(tuple, np.floor(points / 2))).values())
    assert marks.get_sizes().sum() == pytest.approx(layout.FULLEST * len(points) / most)


def test_marks_stand_in_the_middle_of_bins_with_round_edges():
    for places in cloud()[0].get_offsets().T:
        assert (places % 2 == 1).all()  # of 10 to 12, 12 to 14, …


def test_a_bin_of_one_patient_looks_like_one_of_four():
    ax = Figure().subplots()
    points = np.repeat([[0.5, 0.5], [9.5, 9.5], [5.5, 5.5]], [1, 4, 8], axis=0)
    layout.cloud(ax, points, points, color="k")
    assert ax.collections[0].get_sizes().tolist() == [layout.FULLEST / 2] + [
        layout.FULLEST, layout.FULLEST / 2]


@pytest.mark.parametrize("copies", [5, 50])
def test_the_fullest_bin_is_one_size_however_many_patients(copies):
    assert cloud(copies)[0].get_sizes().max() == layout.FULLEST


def test_where_no_bin_holds_five_all_marks_are_alike_and_smaller():
    ax, points = Figure().subplots(), drawings.patients(4, 2).to_numpy()
    layout.cloud(ax, points, points, color="k")
    assert set(ax.collections[0].get_sizes()) == {layout.FULLEST * 4 / 5}


SPREAD = st.lists(st.floats(-1e6, 1e6), min_size=2).filter(lambda x: max(x) - min(x) > 1e-3)
repeatable = settings(derandomize=True, deadline=None)


@repeatable
@given(SPREAD, st.integers(1, 40))
def test_edges_are_round_numbers_over_the_whole_range_and_not_many_more_than_asked(values, most):
    edges = layout.round_edges(np.array(values), most)
    width = np.diff(edges).mean()
    assert f"{width:.5e}"[:7] in ("1.00000", "2.00000", "5.00000")
    np.testing.assert_allclose(edges / width, np.round(edges / width), atol=1e-3)
    slack = 1e-8 * width
    assert edges[0] <= min(values) + slack and max(values) <= edges[-1] + slack
    assert 1 <= len(edges) - 1 <= most + 1


@repeatable
@given(SPREAD, st.integers(1, 40))
def test_no_edge_is_the_least_or_the_largest_value_unless_that_is_round_itself(values, most):
    edges = layout.round_edges(np.array(values), most)
    ends, width = np.array([min(values), max(values)]), np.diff(edges).mean()
    off = np.abs(ends / width - np.round(ends / width)) > 1e-3
    near = np.abs(edges[:, None] - ends).min(axis=0)
    assert (near[off] > 0.5e-3 * width).all()


def test_values_that_are_all_alike_have_a_bin_around_them():
    edges = layout.round_edges(np.array([0.3, 0.3]), 8)
    assert len(edges) == 2 and edges[0] <= 0.3 <= edges[1]
