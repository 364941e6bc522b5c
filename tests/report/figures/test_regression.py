"""Residuals, and the specification curve: every specification a column, every choice a row."""

import drawings
import numpy as np
import pytest
from drawings import LEVELS, PUBLISHED, curve_table

from compendium.report import figures
from compendium.report.figures import regression, style
from compendium.sensitivity.specifications import DECISIONS


def draw(table, **settings):
    given = {"outcome": "Walking", "unit": "m"} | settings
    return figures.specification_grid(table, **given)


@pytest.fixture(scope="module")
def usual():
    return curve_table()


@pytest.fixture
def usual_figure():
    return drawings.specification_grid()


def strokes(ax):
    """How many vertical strokes, by colour."""
    lines = [line for line in ax.lines if np.isnan(np.asarray(line.get_ydata(), float)).any()]
    return {line.get_color(): int(np.isnan(line.get_ydata()).sum()) for line in lines}


@pytest.mark.parametrize("covariates", [0, 3, 12])
@pytest.mark.parametrize("published", [False, True])
def test_words_do_not_collide_and_can_be_read(covariates, published):
    fig = drawings.specification_grid(covariates, published=published)
    assert drawings.faults(fig, tallest=190) == []


@pytest.mark.parametrize("centre", [-4.0, 0.0, 4.0])
def test_words_do_not_collide_wherever_the_estimates_lie(centre):
    table = curve_table(covariates=0, centre=centre)
    for first in (0, len(table) // 2, len(table) - 1):
        moved = table.assign(reference=np.arange(len(table)) == first)
        assert drawings.faults(draw(moved, published=PUBLISHED)) == []


def test_every_specification_has_a_mark_and_an_interval(usual, usual_figure):
    a = usual_figure.axes[0]
    assert drawings.marks(usual_figure) == len(usual) + 1 + len(DECISIONS)  # and the reference's
    assert sum(strokes(a).values()) == len(usual)
    ordered = np.concatenate([line.get_ydata() for line in a.lines if line.get_marker() == "o"])
    np.testing.assert_allclose(np.sort(ordered), usual["estimate"])


def test_every_specification_has_a_tick_in_each_kind_of_choice(usual, usual_figure):
    b = usual_figure.axes[1]
    ticks = sum(int(np.isnan(np.asarray(line.get_ydata(), float)).sum()) for line in b.lines)
    assert ticks == len(usual) * len(DECISIONS)


def test_what_includes_no_difference_is_pale():
    table = curve_table(centre=-2.0)
    crossing = int(((table["low"] <= 0) & (table["high"] >= 0)).sum())
    found = strokes(draw(table).axes[0])
    assert 0 < crossing < len(table)
    assert found == {regression.WEAK: crossing, regression.STRONG: len(table) - crossing}


def test_the_reference_is_named_with_its_interval(usual, usual_figure):
    one = usual.query("reference").iloc[0]
    words = drawings.words(usual_figure)
    low, high = (f"{one[end]:.2f}".replace("-", "−") for end in ("low", "high"))
    assert f"reference: {one['estimate']:.2f} ({low} to {high})".replace("-", "−") in words


def test_the_published_estimate_is_named_and_its_band_explained(usual_figure):
    words = drawings.words(drawings.specification_grid(published=True))
    assert "A paper 2020" in words and "−3.00" in words and "Band: published interval." in words
    assert "published" not in drawings.words(usual_figure)


def test_the_medians_of_the_choices_stand_beside_their_rows(usual, usual_figure):
    table, words = usual, drawings.words(usual_figure)
    for level in LEVELS["algorithm"]:
        median = table.loc[table["algorithm"] == level, "estimate"].median()
        assert level in words and f"{median:.2f}".replace("-", "−") in words


def test_specifications_that_could_not_be_fitted_are_counted_and_not_drawn():
    table = curve_table(lost=("scaling", "median and MAD"))
    fig = drawings.specification_grid(lost=("scaling", "median and MAD"))
    words, half = drawings.words(fig), len(table) // 2
    assert f"{len(table)} specifications, {half} could be fitted" in words
    assert words.count("not estimable") == 1
    assert drawings.marks(fig) == half + 1 + len(DECISIONS)


def test_a_reference_that_could_not_be_fitted_is_said():
    fig = drawings.specification_grid(lost=("missing", "filled, iterative"))
    assert "The reference could not be fitted." in drawings.words(fig)
    assert "reference:" not in drawings.words(fig) and drawings.faults(fig) == []


def test_nothing_fitted_is_no_figure():
    assert draw(curve_table().assign(estimate=np.nan)) is None


def test_a_single_specification_can_be_drawn():
    fig = draw(curve_table().query("reference"))
    assert drawings.marks(fig) == 1 + 1 + len(DECISIONS) and drawings.faults(fig) == []


def test_no_difference_is_always_on_the_axis():
    low, high = drawings.specification_grid(centre=40.0).axes[0].get_ylim()
    assert low < 0 < high


def test_one_endless_interval_does_not_flatten_the_others():
    table = curve_table()
    table.loc[5, ["low", "high"]] = -1e6, 1e6
    fig = draw(table)
    low, high = fig.axes[0].get_ylim()
    assert high - low < 20 and "The axis cuts 1 interval." in drawings.words(fig)


def test_the_axis_is_the_outcome_with_its_unit(usual_figure):
    assert usual_figure.axes[0].get_ylabel() == "Difference in Walking (m)"
    without = drawings.specification_grid(unit="")
    assert without.axes[0].get_ylabel() == "Difference in Walking"


def test_a_thousand_specifications_stay_a_small_file(tmp_path):
    fig = style.marked(drawings.specification_grid(12, published=True), synthetic=True)
    svg, *_ = style.save(fig, tmp_path / "curve")
    assert "1,008 specifications" in drawings.words(fig) and svg.stat().st_size < 1_000_000
    assert fig.get_figwidth() / style.MM == pytest.approx(style.FULL)


def test_the_figure_describes_itself(usual, usual_figure):
    alt, below = usual_figure.compendium_alt, int((usual["estimate"] < 0).sum())
    assert "Specification curve of Walking:" in alt and f"{below:,} differences below and" in alt


def test_the_title_names_the_phenotypes_that_are_compared():
    assert "Third − First" in drawings.words(draw(curve_table(), contrast="Third − First"))


def test_quantiles_of_normal_residuals_lie_on_the_line():
    # scipy.stats.norm.ppf((np.arange(4) + 0.5) / 4) = -1.15034938, -0.31863936, …
    # in bins of 0.2, the next round number above 2.3 / 16
    x = drawings.residual_checks(n=4).axes[1].collections[0].get_offsets()[:, 0]
    np.testing.assert_allclose(x, [-1.1, -0.3, 0.3, 1.1], atol=1e-8)


@pytest.mark.parametrize(("analysed", "said"), [(62, "n ≥ 60"), (70, "n = 60"), (60, "n = 60")])
def test_residuals_never_tell_how_few_have_none(monkeypatch, analysed, said):
    monkeypatch.setattr(regression.GATE, "n", analysed)
    words = drawings.words(drawings.residual_checks.__wrapped__())
    assert f"Residual against fitted, {said}" in words


@pytest.mark.parametrize(("unit", "words"), [("m", "Residual (m)"), ("", "Residual |")])
def test_residuals_are_in_the_outcomes_unit(unit, words):
    assert words in drawings.words(drawings.residual_checks(unit=unit))
