"""Figures of the question of groups or one continuum."""

import drawings
import numpy as np
import pandas as pd
import pytest

from compendium.groups import known_truth, ladder
from compendium.report import figures


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
def test_a_dot_is_filled_only_beyond_all_bands_towards_more_clustered(
    statistic, observed, beyond
):
    fig = side_by_side(one_statistic(observed, statistic))
    assert fills(fig) == ["#1f1f1f" if beyond else "white"]


def test_one_band_that_reaches_the_dot_leaves_it_hollow():
    frame = one_statistic(0.7)
    frame.loc[frame["null"] == "C", "high"] = 0.75
    assert fills(side_by_side(frame)) == ["white"]


def test_the_direction_of_every_index_is_said():
    words = drawings.words(drawings.beside_nulls())
    assert words.count("higher = more clustered") == 1
    assert words.count("higher = more repeatable") == 3
    assert words.count("lower = more clustered") == 1


def test_the_nulls_are_explained_once_and_lettered_at_every_k():
    texts = [text for text, _, _ in drawings.drawn_texts(drawings.beside_nulls())]
    assert texts.count("C  one severity continuum") == 1
    assert texts.count("C") == 2 * 5 * 2


def test_title_and_verdict_stand_over_their_cohort():
    words = drawings.words(drawings.beside_nulls())
    assert "Cohort 1 | Rung 3 of 3" in words and "Cohort 2 | Rung 3 of 3" in words


def test_the_number_of_indices_stands_before_the_names_of_the_cohorts():
    alt = side_by_side(drawings.nulls_frame(), drawings.nulls_frame()).compendium_alt
    assert alt.startswith("Values of 5 indices for k = 2 to 3, of One and of Two groups, ")


def test_an_index_that_no_cohort_has_takes_no_room():
    fig = side_by_side(one_statistic())
    assert "Jaccard" not in drawings.words(fig) and drawings.faults(fig, tallest=80) == []


def test_an_index_that_one_cohort_lacks_is_said_to_be_missing():
    fig = side_by_side(one_statistic(0.5, "silhouette", "resampled ARI"), one_statistic())
    assert drawings.words(fig).count("not computed") == 1


def test_a_null_that_is_not_known_here_is_not_drawn():
    frame = one_statistic()
    more = pd.concat([frame, frame[frame["null"] == "A"].assign(null="S", high=0.9)])
    assert "S" not in [text for text, _, _ in drawings.drawn_texts(side_by_side(more))]


def test_cohorts_share_the_scale_of_each_index():
    fig = side_by_side(one_statistic(), one_statistic(observed=5))
    panels = [ax for ax in fig.axes if ax.lines]
    assert panels[0].get_ylim() == panels[1].get_ylim() and panels[0].get_ylim()[1] > 5


@pytest.mark.parametrize("k", [3, 8])
def test_the_axes_fit_any_number_of_phenotypes(k):
    assert drawings.faults(drawings.severity_axis(k=k)) == []


def test_dip_valley_and_distance_stand_on_each_axis():
    words = drawings.words(drawings.severity_axis())
    assert "Dip p = 0.031 against null C" in words and "Valley-to-peak 0.50" in words
    assert "Holm, two axes: p = 0.062" in words and "Ashman's D 2.50" in words


def test_the_note_says_whose_centroids_and_whose_colours_they_are():
    words = drawings.severity_axis().compendium_note
    assert "two clusters of the z-scores standardised once more" in words
    assert "need not agree for every patient" in words


def test_the_note_says_what_one_gaussian_cut_in_two_gives():
    words = drawings.severity_axis().compendium_note
    assert "Cutting one Gaussian in two already gives Ashman's D = 2.65" in words


def test_every_patient_is_in_the_bars_of_each_axis():
    fig = drawings.severity_axis(n=60, k=3)
    assert [round(sum(bar.get_height() for bar in ax.patches)) for ax in fig.axes] == [60, 60]


def test_a_centroid_axis_that_runs_backwards_is_turned_round():
    mildest = drawings.severity_axis().axes[1].containers[0]
    assert all(bar.get_x() < 0 for bar in mildest if bar.get_height())


def test_patients_are_bars_in_pixels_and_never_marks():
    fig = drawings.severity_axis()
    assert drawings.marks(fig) == 0
    assert all(bar.get_rasterized() for ax in fig.axes for bar in ax.patches)


@pytest.mark.parametrize("rung", ["0", "3"])
def test_a_whole_verdict_fits_over_its_cohort(rung):
    limit = known_truth.Limit(3.35, 454, 20, 99, 0.05)
    p = {"0": 0.6, "3": 0.001}[rung]
    said = ladder.verdict(
        ladder.Evidence(p, 0.6, p, p, p), detection_limit=limit, valley=0.56
    ).sentence
    shown = [(f"Cohort {i}", f"Rung {rung} of 3 at α = 0.05. {said}", one_statistic())
             for i in (1, 2)]
    fig = figures.beside_nulls(shown, n_clusters=2)
    assert "…" not in drawings.words(fig) and drawings.faults(fig) == []


def test_the_note_says_of_how_many_draws_the_bands_of_each_column_are():
    one, two = (drawings.nulls_frame(ks=(2,)) for _ in range(2))
    two["n_draws"] = two["n_draws"].replace(999, 99)
    both, alone = side_by_side(one, two).compendium_note, side_by_side(one).compendium_note
    assert "each null: left 999 (a and b), 79 (c, d and e); right 99 (a and b)" in both
    assert "each null: 999 (a and b), 79 (c, d and e). The verdict" in alone


def test_a_p_value_that_no_draw_reached_is_said_to_be_a_floor():
    dip = drawings.dip_frame(p=0.001, p_holm=0.002)
    labels = np.repeat([0, 1], 30)
    fig = figures.severity_axis(drawings.axis_frame(), labels, ("Mild", "Severe"), dip)
    assert "p ≤ 0.001 (999 draws) against null C" in drawings.words(fig)
    assert "Holm, two axes: p ≤ 0.002 (999 draws)" in drawings.words(fig)


@pytest.mark.parametrize("ordered", [True, False])
def test_more_severe_is_said_only_where_features_have_a_direction(ordered):
    words = drawings.words(drawings.severity_axis(ordered=ordered))
    assert ("more severe" in words) is ordered
