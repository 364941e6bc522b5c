"""Dose–response, drawn."""

import drawings
import numpy as np
import pytest
from drawings import BLOCKS, GRADES, NAMES, dose_frames

from compendium.report import figures
from compendium.report.figures import style

TWO = (*GRADES, ("amplitudes", 1))


def draw(marks, lines):
    return figures.dose_response(marks, lines, names=NAMES[2])


@pytest.mark.parametrize(
    ("k", "blocks"), [(2, BLOCKS), (3, BLOCKS), (8, (("grades", 2),)), (2, TWO), (2, GRADES),
                      (8, GRADES)],
)
def test_panels_fit_the_page_without_collisions(k, blocks):
    assert drawings.faults(drawings.dose_response(k, blocks=blocks), tallest=250) == []


@pytest.mark.parametrize("scale", [0.001, 1.0, 400.0])
def test_slopes_are_printed_to_the_digits_their_intervals_bear(scale):
    fig = drawings.dose_response(scale=scale, blocks=(("grades", 4),))
    printed = {0.001: "−0.00100 (−0.00123 to −0.00077)", 1.0: "−1.00 (−1.23 to −0.77)",
               400.0: "−400 (−492 to −308)"}[scale]
    assert drawings.words(fig).count(f"● {printed}, n = 1,234") == 4
    assert drawings.faults(fig) == []


def test_every_bin_has_one_mark_and_single_patients_have_none():
    assert drawings.marks(drawings.dose_response()) == 10 * 2 * 4


def test_marks_stand_where_the_means_are_and_lines_go_through_them():
    ax = drawings.dose_response(blocks=GRADES).axes[0]
    points = [line.get_xydata() for line in ax.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(points[0], [[0, 9], [0.25, 8.75], [0.5, 8.5], [0.75, 8.25]])
    lines = [line.get_xydata() for line in ax.lines if line.get_marker() in ("None", "")]
    np.testing.assert_allclose(lines, [[[0, 9], [2, 7]], [[0, 9], [1, 8]], [[1, 8], [2, 7]]])


def test_phenotypes_have_their_colour_and_marker_and_all_patients_are_grey():
    ax = drawings.dose_response(3, blocks=GRADES).axes[0]
    seen = {line.get_color(): line.get_marker() for line in ax.lines if line.get_marker() in "os^"}
    assert seen == dict(zip(style.phenotype_colours(3), style.phenotype_markers(3), strict=True))
    assert ax.lines[0].get_color() == style.MUTED


def test_a_block_begins_a_row_and_is_named_once():
    fig = drawings.dose_response()
    words = drawings.words(fig)
    assert words.count("GRADES") == words.count("AMPLITUDES") == 1
    rows = {round(ax.get_position().y0, 3) for ax in fig.axes if ax.lines}
    assert len(rows) == 4  # two of three, and three and one


def test_panels_of_a_block_and_unit_share_a_scale_and_all_share_severity():
    marks, lines = dose_frames(blocks=(("grades", 2), ("amplitudes", 1)))
    marks.loc[marks["validator"] == "grades1", ["mean", "low", "high"]] += 30
    fig = draw(marks, lines)
    panels = [ax for ax in fig.axes if ax.lines]
    assert len({ax.get_ylim() for ax in panels}) == 2 and len({ax.get_xlim() for ax in panels}) == 1


def test_axes_have_units_and_the_key_names_phenotypes_once():
    fig = drawings.dose_response()
    words = drawings.words(fig)
    assert words.count("Severity (mean oriented z)") == 3 and words.count("mV") == 2
    assert words.count("Mild") == words.count("Severe") == words.count("| all patients") == 1
    assert "40 patients or more" in fig.compendium_note


def test_a_line_that_cannot_be_fitted_is_said_and_draws_nothing():
    marks, lines = dose_frames(blocks=(("grades", 2),))
    lost = (lines["validator"] == "grades1") & (lines["within"] == "Severe")
    lines.loc[lost, lines.columns[6:]] = np.nan
    words = drawings.words(draw(marks, lines))
    assert words.count("■ not estimable") == 1


def test_a_validator_without_means_keeps_its_panel_and_says_so():
    marks, lines = dose_frames(blocks=(("grades", 2),))
    marks.loc[marks["validator"] == "grades1", ["mean", "low", "high", "severity"]] = np.nan
    lines.loc[lines["validator"] == "grades1", lines.columns[6:]] = np.nan
    fig = draw(marks, lines)
    assert drawings.words(fig).count("no mean to show") == 1 and drawings.marks(fig) == 8


def test_without_any_mean_there_is_no_figure():
    marks, lines = dose_frames()
    assert draw(marks.assign(mean=np.nan), lines) is None
