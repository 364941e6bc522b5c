"""Forests: of validators and outcomes, and of features beside a continuum."""

import drawings
import numpy as np
import pytest

from compendium.report import figures


@pytest.mark.parametrize("rows", [1, 5, 20])
def test_the_forest_has_a_mark_a_row_and_no_collisions(rows):
    fig = drawings.validation_forest(rows=rows)
    assert drawings.marks(fig) == rows and drawings.faults(fig) == []


def test_effects_of_different_scales_never_share_an_axis():
    labels = [ax.get_xlabel() for ax in drawings.validation_forest().axes]
    assert labels == ["Cliff's δ, 95 % interval", "Hedges' g, 95 % interval"]


def test_an_effect_that_cannot_be_estimated_keeps_its_row():
    table = drawings.effects()
    table.loc[1, ["effect", "low", "high", "p_adjusted"]] = np.nan
    fig = figures.validation_forest(table, names=drawings.NAMES[2])
    assert drawings.words(fig).count("not estimable") == 1
    assert drawings.marks(fig) == len(table) - 1


def test_the_forest_of_measures_prints_no_number_of_table_3_again():
    fig = drawings.validation_forest()
    assert not [w for w in drawings.words(fig) if "−0.40" in w or "0.020" in w]
    assert "Table 3" in fig.compendium_note


@pytest.mark.parametrize(("low", "high", "words"), [
    (-0.6, -0.2, "5 clearly lower and 0 clearly higher"),
    (-0.6, 0.1, "0 clearly lower and 0 clearly higher"),
])
def test_the_alternative_text_states_the_finding(low, high, words):
    table = drawings.effects().assign(low=low, high=high)
    fig = figures.validation_forest(table, names=drawings.NAMES[2])
    assert f"5 independent measures: {words} in Severe than in Mild." in fig.compendium_alt


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("published", [False, True])
def test_the_outcome_has_a_mark_a_way_and_phenotype_and_no_collisions(k, published):
    fig = drawings.regression_forest(k, published)
    assert drawings.marks(fig) == 3 * (k - 1) + published and drawings.faults(fig) == []
    assert fig.axes[0].get_xlabel() == "Difference in Walking (m), 95 % interval"


def test_n_and_interval_stand_beside_every_way_under_its_phenotype():
    words = drawings.words(drawings.regression_forest(3, published=False))
    assert words.count("1,058") == 6 and words.count("−4.00 (−6.00 to −2.00)") == 6
    assert "MODERATE − MILD" in words and "SEVERE − MILD" in words


def test_the_published_estimate_is_one_hollow_mark_above_ours():
    words = drawings.words(drawings.regression_forest(2, published=True))
    assert words.index("Published: A paper 2020") < words.index("Adjusted")
    assert "−3.00 (−5.00 to −1.00)" in words and "unadjusted or published" in words
    assert "ublished" not in drawings.words(drawings.regression_forest())


def test_a_way_without_an_estimate_or_an_interval_says_so_in_its_row():
    table = drawings.ways()
    table.loc[1, ["estimate", "low", "high"]] = np.nan
    table.loc[2, ["low", "high"]] = np.nan
    fig = figures.regression_forest(table, outcome="Walking")
    words = drawings.words(fig)
    assert drawings.marks(fig) == 2 and "not estimable" in words and "(no interval)" in words


@pytest.mark.parametrize(("p", "k"), [(1, 2), (30, 8), (60, 2)])
def test_features_fit_the_page(p, k):
    assert drawings.faults(drawings.feature_differences(p=p, k=k), tallest=170) == []


def test_of_too_many_features_those_that_differ_most_are_drawn():
    fig = drawings.feature_differences(p=60)
    assert drawings.marks(fig) == 36 and "The largest 36 of 60." in fig.compendium_note


def test_the_means_stand_beside_the_difference_in_the_features_unit():
    words = drawings.words(drawings.feature_differences())
    assert "20.0 → 18.0 mm" in words and "20.0 → 20.4 |" in words


def test_every_feature_has_its_mark_interval_and_band():
    fig = drawings.feature_differences()
    bars = fig.axes[0].patches
    assert drawings.marks(fig) == 6 and len(bars) == 6
    assert bars[0].get_x() == pytest.approx(-2.0) and bars[0].get_width() == pytest.approx(0.4)
    words = drawings.words(fig)
    assert "−2.00 (−2.20 to −1.70)" in words and "Severe − Mild, n = 60" in words


def test_the_note_says_that_the_intervals_are_no_test():
    note = drawings.feature_differences().compendium_note
    assert "features built the clusters" in note and "is no test" in note


@pytest.mark.parametrize(
    ("lost", "marks", "said"),
    [(["low", "high"], 6, "−1.20 (no interval)"), (["smd", "low", "high"], 5, "not estimable")],
)
def test_a_difference_that_cannot_be_estimated_keeps_its_row(lost, marks, said):
    table = drawings.feature_frame()
    table.loc[1, lost] = np.nan
    fig = figures.feature_differences(table, names=drawings.NAMES[2])
    assert drawings.marks(fig) == marks and drawings.words(fig).count(said) == 1


def test_without_a_null_the_features_stand_alone():
    band = dict.fromkeys(("null_mean", "null_low", "null_high"), np.nan) | {"n_draws": 0}
    fig = figures.feature_differences(drawings.feature_frame().assign(**band),
                                      names=drawings.NAMES[2])
    assert drawings.marks(fig) == 6 and not fig.axes[0].patches
    assert "simulated" not in drawings.words(fig)
