"""Residuals, drawn."""

import drawings
import numpy as np
import pytest

from compendium.report import figures


def test_quantiles_of_normal_residuals_lie_on_the_line():
    # scipy.stats.norm.ppf((np.arange(4) + 0.5) / 4) = -1.15034938, -0.31863936, …
    frame = drawings.patients(4, 2).set_axis(["fitted", "residual"], axis=1)
    fig = figures.residual_checks(frame, outcome="Walking (m)", synthetic=True)
    x = fig.axes[1].collections[0].get_offsets()[:, 0]
    np.testing.assert_allclose(x, [-1.15034938, -0.31863936, 0.31863936, 1.15034938], atol=1e-8)


@pytest.mark.parametrize(("unit", "words"), [("m", "Residual (m)"), ("", "Residual |")])
def test_residuals_are_in_the_outcomes_unit(unit, words):
    frame = drawings.patients(9, 2).set_axis(["fitted", "residual"], axis=1)
    fig = figures.residual_checks(frame, outcome="Walking", unit=unit, synthetic=True)
    assert words in drawings.words(fig) and "same unit" not in drawings.words(fig)


def test_the_outcome_of_a_person_is_not_the_sum_of_two_coordinates():
    frame = drawings.patients(60, 2).set_axis(["fitted", "residual"], axis=1)
    outcomes = set(np.round(frame.sum(axis=1), 6))
    both = {}
    for synthetic in (True, False):
        fig = figures.residual_checks(frame, outcome="Walking (m)", synthetic=synthetic)
        places = fig.axes[0].collections[0].get_offsets().sum(axis=1)
        both[synthetic] = len(set(np.round(places, 6)) & outcomes)
    assert both == {True: 60, False: 0}
