"""Figures of the question of groups or one continuum."""

import drawings
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from compendium.report import figures
from compendium.report.figures import style


def side_by_side(*frames):
    shown = [(name, "", frame) for name, frame in zip(("One", "Two groups"), frames, strict=False)]
    return figures.beside_nulls(shown, n_clusters=2)


def one_statistic(observed=0.5, *statistics):
    """One index (or more) at k = 2, its bands 0.4 to 0.6."""
    return drawings.nulls_frame((2,), observed, statistics or ("silhouette",))


def fills(fig):
    """The fill of every dot drawn in the panels."""
    lines = [line for ax in fig.axes for line in ax.lines if line.get_marker() == "o"]
    return [line.get_markerfacecolor() for line in lines if len(line.get_xdata())]


@pytest.mark.parametrize("cohorts", [1, 2])
@pytest.mark.parametrize("ks", [(2,), (2, 3, 4, 5), tuple(range(2, 9))])
def test_the_nulls_fit_a_page_for_one_or_two_cohorts_and_any_k(cohorts, ks):
    assert drawings.faults(drawings.beside_nulls(cohorts=cohorts, ks=ks), tallest=230) == []


def test_every_index_of_every_cohort_has_one_observed_dot_a_k():
    assert drawings.marks(drawings.beside_nulls()) == 2 * 5 * 2  # cohorts, indices, k


@pytest.mark.parametrize(
    ("statistic", "observed", "beyond"),
    [("silhouette", 0.7, True), ("silhouette", 0.5, False), ("silhouette", 0.3, False),
     ("cluster index", 0.7, False), ("cluster index", 0.5, False), ("cluster index", 0.3, True)],
)
def test_a_dot_is_filled_only_beyond_its_band_towards_more_clustered(
    statistic, observed, beyond
):
    fig = side_by_side(one_statistic(observed, statistic))
    assert fills(fig) == ["#1f1f1f" if beyond else "white"]


def test_the_direction_of_every_index_is_said():
    words = drawings.words(drawings.beside_nulls())
    assert words.count("higher = more clustered") == 1
    assert words.count("higher = more repeatable") == 3
    assert words.count("lower = more clustered") == 1


def test_the_band_is_explained_once():
    texts = [text for text, _, _ in drawings.drawn_texts(drawings.beside_nulls())]
    assert texts.count("smooth continuum") == 1


def test_title_and_verdict_stand_over_their_cohort():
    words = drawings.words(drawings.beside_nulls())
    assert "Cohort 1 | Groups (verdict 3" in words and "Cohort 2 | Groups (verdict 3" in words


def test_the_number_of_indices_stands_before_the_names_of_the_cohorts():
    alt = side_by_side(drawings.nulls_frame(), drawings.nulls_frame()).compendium_alt
    assert alt.startswith("Values of 5 indices for k = 2 to 3, of One and of Two groups, ")


def test_cohorts_share_the_scale_of_each_index():
    fig = side_by_side(one_statistic(), one_statistic(observed=5))
    panels = [ax for ax in fig.axes if ax.lines]
    assert panels[0].get_ylim() == panels[1].get_ylim() and panels[0].get_ylim()[1] > 5


def test_the_note_says_of_how_many_draws_the_bands_are():
    one, two = (drawings.nulls_frame(ks=(2,)).assign(n_draws=n) for n in (99, 39))
    assert "95 % of 99 and 39 simulated cohorts" in side_by_side(one, two).compendium_note
    assert "95 % of 99 simulated cohorts" in side_by_side(one, one).compendium_note


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
