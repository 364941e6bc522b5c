"""The specification curve drawn: every specification a column, every choice a row."""

from itertools import product

import drawings
import matplotlib.colors
import numpy as np
import pandas as pd
import pytest

from compendium.report.figures import regression, style
from compendium.sensitivity.specifications import DECISIONS
from compendium.words import MARK

PUBLISHED = {"estimate": -3.0, "low": -5.0, "high": -1.0, "label": "A paper 2020"}
LEVELS = {
    "missing": ("filled, iterative", "filled, median", "complete patients only"),
    "scaling": ("mean and SD", "median and MAD"), "features": ("as measured", "residuals"),
    "algorithm": ("k-means", "Ward", "Gaussian mixture, shared covariance"),
    "form": ("means, least squares", "medians"),
}


def curve_table(covariates=3, centre=-4.0, lost=None):
    """Invented estimates spread around a centre; the first specification is the reference."""
    sets = "none", "all", *(f"all but Covariate {i}" for i in range(covariates))
    rows = list(product(*[LEVELS.get(kind, sets) for kind in DECISIONS]))
    table = pd.DataFrame(rows, columns=list(DECISIONS))
    rng = np.random.default_rng(0)
    table["estimate"] = centre + rng.normal(0, 0.5, len(table)).round(3)
    table["low"], table["high"] = table["estimate"] - 2, table["estimate"] + 2
    table["specification"] = range(1, len(table) + 1)
    table["reference"] = table["specification"] == 1
    if lost:
        table.loc[table[lost[0]] == lost[1], ["estimate", "low", "high"]] = np.nan
    return table.sort_values("estimate", kind="stable", ignore_index=True)


def draw(table, **settings):
    given = {"outcome": "Walking", "unit": "m", "synthetic": True} | settings
    return regression.specification_grid(table, **given)


@pytest.fixture(scope="module")
def usual():
    return curve_table()


@pytest.fixture(scope="module")
def usual_figure(usual):
    return draw(usual)


def strokes(ax):
    """How many vertical strokes, by colour."""
    lines = [line for line in ax.lines if np.isnan(np.asarray(line.get_ydata(), float)).any()]
    return {line.get_color(): int(np.isnan(line.get_ydata()).sum()) for line in lines}


@pytest.mark.parametrize("covariates", [0, 3, 12])
@pytest.mark.parametrize("published", [None, PUBLISHED])
def test_words_do_not_collide_and_can_be_read(covariates, published):
    fig = draw(curve_table(covariates), published=published)
    assert drawings.collisions(fig) == []
    assert min(size for _, _, size in drawings.drawn_texts(fig)) >= style.SMALL_PT


@pytest.mark.parametrize("centre", [-4.0, 0.0, 4.0])
def test_words_do_not_collide_wherever_the_estimates_lie(centre):
    table = curve_table(centre=centre)
    for first in (0, len(table) // 2, len(table) - 1):
        moved = table.assign(reference=np.arange(len(table)) == first)
        assert drawings.collisions(draw(moved, published=PUBLISHED)) == []


def test_every_specification_has_a_mark_and_an_interval(usual, usual_figure):
    table, a = usual, usual_figure.axes[0]
    assert drawings.marks(usual_figure) == len(table) + 1 + len(DECISIONS)  # and the reference's
    assert sum(strokes(a).values()) == len(table)
    ordered = np.concatenate([line.get_ydata() for line in a.lines
                              if line.get_marker() == "o"])
    np.testing.assert_allclose(np.sort(ordered), table["estimate"])


def test_every_specification_has_a_tick_in_each_kind_of_choice(usual, usual_figure):
    b = usual_figure.axes[1]
    ticks = sum(int(np.isnan(np.asarray(line.get_ydata(), float)).sum()) for line in b.lines)
    assert ticks == len(usual) * len(DECISIONS)


def test_what_includes_no_difference_is_pale():
    table = curve_table(centre=-2.0)
    crossing = int(((table["low"] <= 0) & (table["high"] >= 0)).sum())
    found = strokes(draw(table).axes[0])
    assert 0 < crossing < len(table)
    assert found == {regression.WEAK: crossing,
                     regression.STRONG: len(table) - crossing}
    assert matplotlib.colors.to_rgb(regression.WEAK)[0] > 0.7


def test_the_reference_is_named_with_its_interval(usual, usual_figure):
    one = usual.query("reference").iloc[0]
    words = drawings.words(usual_figure)
    low, high = (f"{one[end]:.2f}".replace("-", "−") for end in ("low", "high"))
    assert f"reference: {one['estimate']:.2f} ({low} to {high})".replace("-", "−") in words


def test_the_published_estimate_is_named_and_its_band_explained(usual, usual_figure):
    words = drawings.words(draw(usual, published=PUBLISHED))
    assert "A paper 2020" in words and "−3.00" in words and "Band: published interval." in words
    assert "published" not in drawings.words(usual_figure)


def test_the_medians_of_the_choices_stand_beside_their_rows(usual, usual_figure):
    table, words = usual, drawings.words(usual_figure)
    for level in LEVELS["algorithm"]:
        median = table.loc[table["algorithm"] == level, "estimate"].median()
        assert level in words and f"{median:.2f}".replace("-", "−") in words


def test_specifications_that_could_not_be_fitted_are_counted_and_not_drawn():
    table = curve_table(lost=("scaling", "median and MAD"))
    fig = draw(table)
    words, half = drawings.words(fig), len(table) // 2
    assert f"{len(table)} specifications, {half} could be fitted" in words
    assert words.count("not estimable") == 1
    assert drawings.marks(fig) == half + 1 + len(DECISIONS)


def test_a_reference_that_could_not_be_fitted_is_said():
    fig = draw(curve_table(lost=("missing", "filled, iterative")))
    assert "The reference could not be fitted." in drawings.words(fig)
    assert "reference:" not in drawings.words(fig) and drawings.collisions(fig) == []


def test_nothing_fitted_is_no_figure():
    assert draw(curve_table().assign(estimate=np.nan)) is None


def test_a_single_specification_can_be_drawn():
    fig = draw(curve_table().query("reference"))
    assert drawings.marks(fig) == 1 + 1 + len(DECISIONS) and drawings.collisions(fig) == []


def test_no_difference_is_always_on_the_axis():
    low, high = draw(curve_table(centre=40.0)).axes[0].get_ylim()
    assert low < 0 < high


def test_one_endless_interval_does_not_flatten_the_others():
    table = curve_table()
    table.loc[5, ["low", "high"]] = -1e6, 1e6
    fig = draw(table)
    low, high = fig.axes[0].get_ylim()
    assert high - low < 20 and "The axis cuts 1 interval." in drawings.words(fig)


def test_the_axis_is_the_outcome_with_its_unit(usual, usual_figure):
    assert usual_figure.axes[0].get_ylabel() == "Difference in Walking (m)"
    assert draw(usual, unit="").axes[0].get_ylabel() == "Difference in Walking"


def test_a_thousand_specifications_stay_a_small_file_on_one_page(tmp_path):
    table = curve_table(covariates=12)
    assert len(table) > 1_000
    fig = draw(table, published=PUBLISHED)
    svg, _ = style.save(fig, tmp_path / "curve")
    assert svg.stat().st_size < 1_000_000
    assert fig.get_figheight() / style.MM < 190
    assert fig.get_figwidth() / style.MM == pytest.approx(style.FULL)


def test_simulated_patients_are_marked_and_the_figure_describes_itself(usual, usual_figure):
    table, fig, real = usual, usual_figure, draw(usual, synthetic=False)
    assert MARK in drawings.words(fig) and MARK not in drawings.words(real)
    below = int((table["estimate"] < 0).sum())
    assert real.compendium_alt.startswith("Specification curve of Walking:")
    assert f"{below:,} differences below and" in real.compendium_alt


def test_the_title_names_the_phenotypes_that_are_compared():
    assert "Third − First" in drawings.words(draw(curve_table(), contrast="Third − First"))
