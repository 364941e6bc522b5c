"""Figures of the question of groups or one continuum."""

import drawings
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from compendium.report import figures
from compendium.report.figures import style


def one_statistic(observed, statistic="silhouette"):
    """One index at k = 2, its band 0.4 to 0.6."""
    frame = drawings.nulls_frame((2,), observed, (statistic,))
    return figures.beside_nulls(frame, n_clusters=2)


def fills(fig):
    """The fill of every dot drawn in the panels."""
    lines = [line for ax in fig.axes for line in ax.lines if line.get_marker() == "o"]
    return [line.get_markerfacecolor() for line in lines if len(line.get_xdata())]


@pytest.mark.parametrize("ks", [(2,), (2, 3, 4, 5), tuple(range(2, 9))])
def test_the_indices_fit_a_page_for_any_k(ks):
    assert drawings.faults(drawings.beside_nulls(ks=ks)) == []


def test_every_index_has_one_observed_dot_a_k():
    assert drawings.marks(drawings.beside_nulls()) == 5 * 2  # indices, k


@pytest.mark.parametrize(
    ("statistic", "observed", "beyond"),
    [("silhouette", 0.7, True), ("silhouette", 0.5, False), ("silhouette", 0.3, False),
     ("cluster index", 0.7, False), ("cluster index", 0.5, False), ("cluster index", 0.3, True)],
)
def test_a_dot_is_filled_only_beyond_its_band_towards_more_clustered(
    statistic, observed, beyond
):
    assert fills(one_statistic(observed, statistic)) == ["#1f1f1f" if beyond else "white"]


def test_the_direction_of_every_index_is_said():
    words = drawings.words(drawings.beside_nulls())
    assert words.count("higher = more clustered") == 1
    assert words.count("higher = more repeatable") == 3
    assert words.count("lower = more clustered") == 1


def test_the_band_is_explained_once():
    texts = [text for text, _, _ in drawings.drawn_texts(drawings.beside_nulls())]
    assert texts.count("smooth continuum") == 1


def test_the_number_of_indices_is_said_to_those_who_cannot_see_them():
    alt = drawings.beside_nulls().compendium_alt
    assert "Values of 5 indices for k = 2 to 3 beside" in alt


def test_the_note_says_of_how_many_draws_the_bands_are():
    fig = figures.beside_nulls(drawings.nulls_frame().assign(n_draws=1999), n_clusters=2)
    assert "95 % of 1,999 simulated cohorts" in fig.compendium_note


def bars(fig):
    """Colour and height of every bar with patients in it, from left to right."""
    found = [bar for ax in fig.axes for held in ax.containers for bar in held]
    return [(bar.get_facecolor()[:3], bar.get_height()) for bar in sorted(found, key=_left)]


def _left(bar):
    return bar.get_x()


@pytest.mark.parametrize("cohorts", [1, 2])
def test_the_patients_along_the_axis_fit_a_page(cohorts):
    assert drawings.faults(drawings.along_axis(cohorts=cohorts)) == []


def test_bars_outside_the_band_are_dark_and_bins_of_few_patients_look_alike():
    shown = pd.DataFrame({"left": range(5), "right": range(1, 6), "observed": [9, 21, 7, 4, 0],
                          "low": [5, 5, 9, 6, 0], "high": 20})
    fig = figures.along_axis([("One", "", shown)])
    ink, grey, white = map(to_rgb, (style.INK, style.WITHIN, "white"))
    assert [height for _, height in bars(fig)] == [9, 21, 7, 4, 4]
    colours = [colour for colour, _ in bars(fig)]
    assert colours == pytest.approx(np.array([grey, ink, ink, white, white]))
    assert fig.compendium_alt.startswith("One: 3 of 5 bars lie outside the band")
    assert "n = 41." in fig.compendium_note


@pytest.mark.parametrize("ordered", [True, False])
def test_more_severe_is_said_only_where_features_have_a_direction(ordered):
    words = drawings.words(drawings.along_axis(ordered=ordered))
    assert ("more severe" in words) is ordered
