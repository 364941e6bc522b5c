"""A drawing is measured as a stranger would: scale from the ticks, ends, marks."""

from xml.etree import ElementTree

import numpy as np
import pytest
from audited import drawing

from compendium.audit import drawn


def axes(draw) -> drawn.Panel:
    return next(drawn.panels(ElementTree.fromstring(drawing(draw))))


def ends(draw) -> np.ndarray:
    return np.array(axes(draw).ends)


@pytest.mark.parametrize("room", [0, 0.05, 0.06])
def test_smallest_and_largest_follow_from_the_ends_of_an_axis(room):
    def draw(ax):
        ax.plot([12.34, 71.37], [-2, 3])
        ax.margins(room)

    for both in ([12.34, 71.37], [-2, 3]):
        assert np.isclose(ends(draw), both, atol=1e-3).all(axis=1).any()


def test_what_is_drawn_gives_them_away_where_the_axis_goes_farther():
    def draw(ax):
        ax.plot([12.34, 71.37], [-2, 3])
        ax.set_xlim(0, 100)

    assert np.isclose(ends(draw), [12.34, 71.37], atol=1e-3).all(axis=1).any()


@pytest.mark.parametrize("draw", [
    lambda ax: ax.set(xticks=[0, 1], xticklabels=["a", "b"], yticks=[]),
    lambda ax: ax.set(xscale="log", xlim=(1, 1000), yticks=[0]),
])
def test_an_axis_without_a_straight_scale_of_numbers_has_no_ends(draw):
    assert axes(draw).ends == ()


def test_marks_are_counted_by_series_and_ticks_are_not():
    def draw(ax):
        ax.scatter(range(30), range(30))
        ax.plot(range(40), range(40), "o")

    assert set(axes(draw).series) == {30, 40}


def test_a_line_of_steps_has_a_mark_a_value_and_a_histogram_none():
    values = np.cumsum(np.arange(50) % 3 + 1.0)

    def draw(ax):
        ax.step(values, np.arange(50))
        ax.stairs(np.arange(30) % 7)

    counted = set(axes(draw).series)
    assert 50 in counted and not counted & {30, 31}


def test_bars_have_lengths_and_a_box_above_zero_has_none():
    def draw(ax):
        ax.bar([1, 2], [3, 40])
        ax.bar([3], [5], bottom=7)

    assert np.allclose(axes(draw).bars, [3, 40], atol=1e-3)


def test_a_title_outside_belongs_to_the_axes_it_stands_at():
    def draw(ax):
        ax.set_position((0.1, 0.1, 0.3, 0.6))
        other = ax.figure.add_axes((0.6, 0.1, 0.3, 0.6))
        other.set_xlabel("other")
        ax.figure.text(0.1, 0.75, "title of one")
        ax.figure.text(0.6, 0.75, "title of the other")

    both = list(drawn.panels(ElementTree.fromstring(drawing(draw))))
    assert "title of one" in both[0].texts and "title of the other" in both[1].texts
    assert "title of one" not in both[1].texts
