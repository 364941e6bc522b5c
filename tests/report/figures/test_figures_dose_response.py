"""Dose–response and rival models, drawn."""

import io
import re
from functools import cache

import drawings
import numpy as np
import pandas as pd
import pytest

from compendium.report.figures import style
from compendium.report.figures.dose_response import dose_response, rival_models

MANY = (("grades", 6), ("amplitudes", 4))
ONE, TWO = (("grades", 1),), (("grades", 1), ("amplitudes", 1))
ADDED = ["p_label_to_spline_adjusted", "p_spline_to_label_adjusted"]
GAINS = ["r2_label", "r2_line", "r2_spline", "r2_label_line", "r2_label_spline"]


def about(block, i):
    return {"validator": f"{block}{i}", "label": f"Validator {i} of a block of {block}"[: 22 + i],
            "block": block, "unit": "mV" if block == "amplitudes" else "MRC grade"}


def frames(k=2, blocks=MANY, scale=1.0, n=40):
    """Bins and slopes of validators that fall by one a unit of severity."""
    names, marks, lines = drawings.NAMES[k], [], []
    for block, count in blocks:
        for i in range(count):
            for g, name in enumerate(names):
                x = g + np.arange(4) / 4
                marks += [about(block, i) | {
                    "phenotype": name, "bin": b + 1, "n": n, "severity": x[b],
                    "mean": scale * (9 - x[b]), "low": scale * (8.8 - x[b]),
                    "high": scale * (9.2 - x[b]),
                } for b in range(4)]
            for name, start, end in [("all", 0, k), *((n, g, g + 1) for g, n in enumerate(names))]:
                lines.append(about(block, i) | {
                    "within": name, "n": 1234, "slope": -scale, "low": -1.23 * scale,
                    "high": -0.77 * scale, "mean": scale * (9 - (start + end) / 2),
                    "severity_mean": (start + end) / 2, "severity_from": start, "severity_to": end,
                })
    return pd.DataFrame(marks), pd.DataFrame(lines)


@cache
def draw(k=2, synthetic=True, **how):
    return dose_response(*frames(k, **how), names=drawings.NAMES[k], synthetic=synthetic)


def rival_frame(blocks=MANY):
    rows = [about(block, i) | {"n": 443, "kept": 0.57, "kept_low": 0.33, "kept_high": 0.82}
            for block, count in blocks for i in range(count)]
    values = dict(zip([*GAINS, *ADDED], (0.06, 0.1, 0.12, 0.12, 0.13, 0.16, 0.0004), strict=True))
    return pd.DataFrame(rows).assign(beside_spline=0.4, note="", **values)


def dots(fig):
    """Interval centres and dots: every mark at a finite place in the panels."""
    return drawings.marks(fig)


@pytest.mark.parametrize(("k", "blocks"), [(2, MANY), (3, MANY), (8, (("grades", 2),)), (2, TWO),
                                           (2, ONE), (8, ONE)])
def test_panels_fit_the_page_without_collisions(k, blocks):
    fig = draw(k, blocks=blocks)
    assert drawings.collisions(fig) == []
    assert fig.get_figwidth() * 25.4 <= 180.001 and fig.get_figheight() * 25.4 <= 250
    assert min(size for _, _, size in drawings.drawn_texts(fig)) >= 6


@pytest.mark.parametrize("scale", [0.001, 1.0, 400.0])
def test_slopes_are_printed_to_the_digits_their_intervals_bear(scale):
    fig = draw(scale=scale, blocks=(("grades", 4),))
    printed = {0.001: "−0.00100 (−0.00123 to −0.00077)", 1.0: "−1.00 (−1.23 to −0.77)",
               400.0: "−400 (−492 to −308)"}[scale]
    assert drawings.words(fig).count(f"● {printed}, n = 1,234") == 4
    assert drawings.collisions(fig) == []


def test_every_bin_has_one_mark_and_single_patients_have_none():
    assert dots(draw()) == 10 * 2 * 4


def test_marks_stand_where_the_means_are_and_lines_go_through_them():
    ax = draw(blocks=ONE).axes[0]
    points = [line.get_xydata() for line in ax.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(points[0], [[0, 9], [0.25, 8.75], [0.5, 8.5], [0.75, 8.25]])
    lines = [line.get_xydata() for line in ax.lines if line.get_marker() in ("None", "")]
    np.testing.assert_allclose(lines, [[[0, 9], [2, 7]], [[0, 9], [1, 8]], [[1, 8], [2, 7]]])


def test_phenotypes_have_their_colour_and_marker_and_all_patients_are_grey():
    ax = draw(3, blocks=ONE).axes[0]
    seen = {line.get_color(): line.get_marker() for line in ax.lines if line.get_marker() in "os^"}
    assert seen == dict(zip(style.phenotype_colours(3), style.phenotype_markers(3), strict=True))
    assert ax.lines[0].get_color() == style.RULE


def test_a_block_begins_a_row_and_is_named_once():
    fig = draw()
    words = drawings.words(fig)
    assert words.count("GRADES") == words.count("AMPLITUDES") == 1
    rows = {round(ax.get_position().y0, 3) for ax in fig.axes if ax.lines}
    assert len(rows) == 3  # four and two, and four


def test_panels_of_a_block_and_unit_share_a_scale_and_all_share_severity():
    marks, lines = frames(blocks=(("grades", 2), ("amplitudes", 1)))
    marks.loc[marks["validator"] == "grades1", ["mean", "low", "high"]] += 30
    fig = dose_response(marks, lines, names=drawings.NAMES[2], synthetic=False)
    panels = [ax for ax in fig.axes if ax.lines]
    assert len({ax.get_ylim() for ax in panels}) == 2 and len({ax.get_xlim() for ax in panels}) == 1


def test_axes_have_units_and_the_key_names_phenotypes_once():
    fig = draw()
    words = drawings.words(fig)
    assert words.count("Severity (mean oriented z)") == 4 and words.count("mV") == 1
    assert words.count("Mild") == words.count("Severe") == words.count("| all patients") == 1
    assert "40 patients or more" in " ".join(words.split())


def test_a_line_that_cannot_be_fitted_is_said_and_draws_nothing():
    marks, lines = frames(blocks=(("grades", 2),))
    lost = (lines["validator"] == "grades1") & (lines["within"] == "Severe")
    lines.loc[lost, lines.columns[6:]] = np.nan
    fig = dose_response(marks, lines, names=drawings.NAMES[2], synthetic=False)
    assert drawings.words(fig).count("■ not estimable, n = 1,234") == 1


def test_a_validator_without_means_keeps_its_panel_and_says_so():
    marks, lines = frames(blocks=(("grades", 2),))
    marks.loc[marks["validator"] == "grades1", ["mean", "low", "high", "severity"]] = np.nan
    lines.loc[lines["validator"] == "grades1", lines.columns[6:]] = np.nan
    fig = dose_response(marks, lines, names=drawings.NAMES[2], synthetic=False)
    assert drawings.words(fig).count("no mean to show") == 1 and dots(fig) == 8


def test_nothing_to_draw_gives_no_figure():
    marks, lines = frames()
    empty = marks.assign(mean=np.nan)
    assert dose_response(empty, lines, names=drawings.NAMES[2], synthetic=True) is None
    assert dose_response(marks[:0], lines[:0], names=drawings.NAMES[2], synthetic=True) is None
    assert rival_models(rival_frame()[:0], synthetic=True) is None


@pytest.mark.parametrize(
    "drawn",
    [lambda **s: draw(blocks=ONE, **s), lambda **s: rival_models(rival_frame(ONE), **s)],
)
def test_simulated_patients_are_called_synthetic_and_real_ones_are_not(drawn):
    fig = drawn(synthetic=True)
    assert "SYNTHETIC" in drawings.words(fig)
    assert re.fullmatch(r"Simulated patients\. [A-Z0-9][^\n]+\.", fig.compendium_alt)
    assert "SYNTHETIC" not in drawings.words(drawn(synthetic=False))


@pytest.mark.parametrize("blocks", [MANY, ONE, (("grades", 20),)])
def test_rivals_have_five_marks_a_row_and_no_collisions(blocks):
    fig = rival_models(rival_frame(blocks), synthetic=True)
    assert dots(fig) == 5 * sum(count for _, count in blocks) and drawings.collisions(fig) == []


def test_rivals_stand_at_their_r_squared_with_n_share_and_p_beside_them():
    fig = rival_models(rival_frame(ONE), synthetic=False)
    lines = [line for line in fig.axes[0].lines if line.get_marker() in ("s", "o", "D")]
    assert [line.get_xdata()[0] for line in lines] == [0.06, 0.1, 0.12, 0.12, 0.13]
    words = drawings.words(fig)
    assert all(w in words for w in ("443", "0.57 (0.33 to 0.82)", "0.16", "< 0.001"))


def test_a_rivalry_that_could_not_be_held_keeps_its_row():
    table = rival_frame((("grades", 3),))
    table.loc[1, [*GAINS, *ADDED, "kept", "kept_low", "kept_high"]] = np.nan
    fig = rival_models(table, synthetic=False)
    assert dots(fig) == 10 and drawings.words(fig).count("not estimable") == 2  # row, and share
    assert drawings.collisions(fig) == []


def test_all_rows_lost_are_drawn_as_lost():
    table = rival_frame((("grades", 2),))
    table[[*GAINS, *ADDED, "kept", "kept_low", "kept_high"]] = np.nan
    fig = rival_models(table, synthetic=False)
    assert dots(fig) == 0 and drawings.collisions(fig) == []


def test_vector_files_hold_no_more_marks_for_more_patients():
    def size(n):
        svg = io.BytesIO()
        draw(blocks=ONE, n=n).savefig(svg, format="svg", dpi=40)
        return svg.getvalue().count(b"<use")

    assert abs(size(10) - size(99)) < 10


def test_models_without_a_value_are_not_in_the_key():
    table = rival_frame(ONE).assign(r2_line=np.nan, r2_spline=np.nan, r2_label_line=np.nan,
                                    r2_label_spline=np.nan)
    words = drawings.words(rival_models(table, synthetic=False))
    assert "label" in words and "severity as a line" not in words


def test_where_no_model_was_fitted_the_axis_is_that_of_r_squared():
    fig = rival_models(rival_frame(ONE).assign(**dict.fromkeys(GAINS, np.nan)), synthetic=False)
    assert fig.axes[0].get_xlim() == (0, 1) and "not estimable" in drawings.words(fig)


@pytest.mark.parametrize(("beta", "arrow"), [(0.4, "0.16 ↑"), (-0.4, "0.16 ↓")])
def test_the_direction_of_what_the_label_adds_stands_beside_its_p(beta, arrow):
    table = rival_frame().assign(beside_spline=beta)
    assert arrow in drawings.words(rival_models(table, synthetic=True))


@pytest.mark.parametrize("lost", [GAINS, ["kept"]])
def test_what_could_not_be_estimated_has_its_reason_in_the_note(lost):
    table = rival_frame()
    table.loc[0, lost] = np.nan
    table.loc[0, "note"] = "Not fitted: nobody is left."
    words = drawings.words(rival_models(table, synthetic=True)).replace("\n", " ")
    assert f"{table.loc[0, 'label']}: Not fitted: nobody is left." in words
