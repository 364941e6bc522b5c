"""Figures of stability."""

import drawings
import pytest


def test_both_resampling_schemes_are_named_and_kept_apart():
    words = drawings.words(drawings.stability_overview())
    assert "bootstrap, out-of-bag patients" in words and "80 % subsamples" in words


def test_the_words_for_jaccard_stand_at_their_thresholds():
    words = drawings.words(drawings.stability_overview())
    assert all(w in words for w in ("≤ 0.5 dissolved", "≥ 0.75 recovered", "≥ 0.85 highly stable"))


@pytest.mark.parametrize("k", [2, 3, 8])
def test_the_overview_fits_any_number_of_phenotypes(k):
    assert drawings.faults(drawings.stability_overview(k=k)) == []


@pytest.mark.parametrize(
    ("first", "order"), [("Mild", "mildest to most severe"), ("Phenotype 1", "largest to smallest")]
)
def test_the_order_of_the_clusters_of_each_k_is_said(first, order, monkeypatch):
    monkeypatch.setitem(drawings.NAMES, 2, (first, "Last"))
    assert order in drawings.stability_overview.__wrapped__().compendium_note
