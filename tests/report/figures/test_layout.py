"""Rows of a figure, and patients as a cloud: simulated ones each, people in bins."""


import drawings
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

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


def cloud(copies=1, each=False):
    """The marks of a cloud, and the places of its patients."""
    ax, points = Figure().subplots(), np.tile(drawings.patients(60, 2).to_numpy(), (copies, 1))
    layout.cloud(ax, points, None if each else points, size=4, color="k")
    return ax.collections[0], points


def test_simulated_patients_have_a_mark_each():
    marks, points = cloud(each=True)
    assert set(marks.get_offsets()[:, 0]) == set(points[:, 0])


def test_people_are_counted_in_bins_and_none_stands_at_their_value():
    marks, points = cloud()
    for places, own in zip(marks.get_offsets().T, points.T, strict=True):
        assert not set(np.round(places, 6)) & set(np.round(own, 6))
    most = np.histogram2d(*points.T, bins=16)[0].max()
    assert marks.get_sizes().sum() == pytest.approx(layout.FULLEST * len(points) / most)


@pytest.mark.parametrize("copies", [1, 50])
def test_the_fullest_bin_is_one_size_however_many_patients(copies):
    assert cloud(copies)[0].get_sizes().max() == layout.FULLEST
