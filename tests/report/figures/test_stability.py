"""Figures of stability."""

import drawings
import numpy as np
import pandas as pd
import pytest

from compendium.report.figures import stability, style


def test_both_resampling_schemes_are_named_and_kept_apart():
    words = drawings.words(drawings.stability_overview())
    assert "bootstrap, out-of-bag patients" in words and "80 % subsamples" in words


def test_the_words_for_jaccard_stand_at_their_thresholds():
    words = drawings.words(drawings.stability_overview())
    assert all(w in words for w in ("≤ 0.5 dissolved", "≥ 0.75 recovered", "≥ 0.85 highly stable"))


@pytest.mark.parametrize("k", [2, 3, 8])
def test_the_overview_fits_any_number_of_phenotypes(k):
    assert drawings.faults(drawings.stability_overview(k=k)) == []


def silhouettes(values, label):
    """Panel d of an overview with the silhouettes and labels of these patients."""
    original, panel = stability._silhouettes_of_patients, style.sheet(style.FULL, 60).subplots()
    original(panel, pd.DataFrame({"label": label, "silhouette": values}), ("Mild", "Severe"))
    return panel


def test_no_step_of_the_silhouettes_is_one_patients():
    values = np.linspace(-0.137, 0.681, 20) ** 3
    panel = silhouettes(values, [0] * 10 + [1] * 10)
    drawn = {x for area in panel.collections for x in area.get_paths()[0].vertices[:, 0].round(9)}
    assert drawn == {0, *values.reshape(4, 5).mean(axis=1).round(9)}


def test_with_a_phenotype_of_four_no_patients_silhouette_is_drawn():
    values = np.linspace(0.1, 0.6, 20)
    few, five = (silhouettes(values, [1] * n + [0] * (20 - n)) for n in (4, 5))
    assert not few.collections and len(five.collections) == 2
    assert [t.get_text() for t in few.texts] == ["A phenotype holds too few patients to be drawn."]


@pytest.mark.parametrize(
    ("first", "order"), [("Mild", "mildest to most severe"), ("Phenotype 1", "largest to smallest")]
)
def test_the_order_of_the_clusters_of_each_k_is_said(first, order, monkeypatch):
    monkeypatch.setitem(drawings.NAMES, 2, (first, "Last"))
    assert order in drawings.stability_overview.__wrapped__().compendium_note
