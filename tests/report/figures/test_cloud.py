"""Patients as a cloud: simulated ones each, people in bins."""

import drawings
import numpy as np
import pytest
from matplotlib.figure import Figure

from compendium.report.figures import layout


def drawn(bins):
    ax = Figure().subplots()
    x, y = drawings.patients(60, 2).to_numpy().T
    layout.cloud(ax, x, y, within=bins and layout.cells(x, y), size=4, color="k")
    return ax.collections[0], x, y


def test_simulated_patients_have_a_mark_each():
    marks, x, _ = drawn(None)
    assert set(marks.get_offsets()[:, 0]) == set(x)


def test_people_are_counted_in_bins_and_none_stands_at_their_value():
    marks, x, y = drawn(True)
    places = marks.get_offsets()
    assert not set(np.round(places[:, 0], 6)) & set(np.round(x, 6))
    assert not set(np.round(places[:, 1], 6)) & set(np.round(y, 6))
    most = layout.cells(x, y).most
    assert marks.get_sizes().sum() == pytest.approx(layout.FULLEST * len(x) / most)


def test_the_fullest_bin_is_one_size_however_many_patients():
    for copies in (1, 50):
        ax = Figure().subplots()
        x, y = np.tile(drawings.patients(60, 2).to_numpy(), (copies, 1)).T
        layout.cloud(ax, x, y, within=layout.cells(x, y), size=4, color="k")
        assert ax.collections[0].get_sizes().max() == layout.FULLEST


@pytest.mark.parametrize("draw", [drawings.phenotype_profile, drawings.residual_checks])
def test_only_figures_of_simulated_patients_draw_each_of_them(draw):
    each, binned = (
        [c.get_offsets() for ax in draw(synthetic=flag).axes for c in ax.collections
         if len(c.get_offsets()) > 1]
        for flag in (True, False)
    )
    assert sum(map(len, binned)) < sum(map(len, each))
    said = "arks: counts of patients in bins"
    assert said in drawings.words(draw(synthetic=False)).replace("\n", " ")
    assert said not in drawings.words(draw(synthetic=True)).replace("\n", " ")
