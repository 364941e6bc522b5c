"""Forests and residuals."""

import drawings
import numpy as np
import pytest

from compendium.report import figures


@pytest.mark.parametrize("rows", [1, 5, 20])
def test_the_forest_has_a_mark_a_row_and_no_collisions(rows):
    fig = drawings.validation_forest(rows=rows)
    assert drawings.marks(fig) == rows and drawings.collisions(fig) == []


def test_effects_of_different_scales_never_share_an_axis():
    labels = [ax.get_xlabel() for ax in drawings.validation_forest().axes]
    assert labels == ["Cliff's δ, 95 % interval", "Hedges' g, 95 % interval"]


def test_zero_is_always_on_the_axis():
    low, high = drawings.validation_forest().axes[0].get_xlim()
    assert low < 0 < high


def test_an_effect_that_cannot_be_estimated_keeps_its_row():
    table = drawings.effects()
    table.loc[1, ["effect", "low", "high", "p_adjusted"]] = np.nan
    fig = figures.validation_forest(table, names=drawings.NAMES[2], synthetic=False)
    assert drawings.words(fig).count("not estimable") == 1
    assert drawings.marks(fig) == len(table) - 1


def test_effect_interval_n_and_p_stand_beside_every_mark():
    words = drawings.words(drawings.validation_forest(rows=1))
    assert all(w in words for w in ("20 / 40", "−0.40 (−0.60 to −0.20)", "0.020"))


def test_axis_label_is_the_outcome_with_its_unit():
    labels = [ax.get_xlabel() for ax in drawings.regression_forest().axes]
    assert labels == ["Difference in Walking (m), 95 % interval",
                      "Difference in Talking (points), 95 % interval"]


def test_the_published_estimate_is_one_hollow_mark_more():
    published = {"estimate": -3.0, "low": -5.0, "high": -1.0, "label": "A paper 2020"}
    with_it = drawings.regression_forest(published=published)
    assert drawings.marks(with_it) == drawings.marks(drawings.regression_forest()) + 1
    assert "Published: A paper 2020" in drawings.words(with_it)


def test_the_imputed_model_is_said_to_be_adjusted():
    table = drawings.differences().replace({"model": {"crude": "imputed"}})
    words = drawings.words(figures.regression_forest(table, synthetic=False))
    assert "Adjusted, imputed" in words
