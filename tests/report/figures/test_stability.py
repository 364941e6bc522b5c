"""Figures of stability."""

from unittest.mock import patch

import drawings
import pytest


def test_both_resampling_schemes_are_named_and_kept_apart():
    words = drawings.words(drawings.stability_overview())
    assert "bootstrap, out-of-bag patients" in words and "80 % subsamples" in words


def test_the_words_for_jaccard_stand_at_their_thresholds():
    words = drawings.words(drawings.stability_overview())
    assert all(w in words for w in ("≤ 0.5 dissolved", "≥ 0.75 recovered", "≥ 0.85 highly stable"))


@pytest.mark.parametrize(("k", "sites"), [(2, 1), (3, 9), (8, 40)])
def test_the_overview_fits_any_number_of_phenotypes_and_choices(k, sites):
    assert drawings.faults(drawings.stability_overview(k=k, sites=sites), tallest=247) == []


def test_choices_stand_under_their_kind_with_share_and_number_of_patients():
    words = drawings.words(drawings.stability_overview())
    assert "SITE LEFT OUT" in words and "Centre 2" in words and "5.0 % | " in words


def test_a_choice_that_was_not_possible_keeps_its_row():
    words = drawings.words(drawings.stability_overview())
    assert "residuals" in words and words.count("not possible") == 1


def test_every_possible_choice_has_a_mark():
    one, two = (drawings.marks(drawings.stability_overview(sites=s)) for s in (2, 5))
    assert two - one == 3


@pytest.mark.parametrize(
    ("first", "order"), [("Mild", "mildest to most severe"), ("Phenotype 1", "largest to smallest")]
)
def test_the_order_of_the_clusters_of_each_k_is_said(first, order, monkeypatch):
    monkeypatch.setitem(drawings.NAMES, 2, (first, "Last"))
    assert order in drawings.stability_overview.__wrapped__().compendium_note


def test_a_block_keeps_its_capitals():
    frame = drawings.choices().assign(kind="block left out", choice="nerve_csa")
    with patch.object(drawings, "choices", lambda sites: frame):
        fig = drawings.stability_overview.__wrapped__()
    assert "nerve CSA" in drawings.words(fig)
