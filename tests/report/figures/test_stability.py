"""Figures of stability."""

from unittest.mock import patch

import drawings
import numpy as np
import pytest

from compendium.report import figures


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


@pytest.mark.parametrize("k", [3, 8])
def test_certainty_fits_any_number_of_phenotypes(k):
    assert drawings.faults(drawings.certainty(k=k)) == []


def test_core_and_border_patients_are_stated_by_phenotype():
    # of 60 shares from 1 down to 0.5 the first 6 are at least 0.95, 3 in each phenotype of 30
    words = drawings.words(drawings.certainty())
    assert "one cloud cut by k-means has core patients too" in " ".join(words.split())
    assert words.count("n = 30\ncore 10.0 %, border 90.0 %") == 2
    assert "core patients, n = 6" in words and "border patients, n = 54" in words


def test_patients_without_a_resample_are_left_out_and_counted():
    frame = drawings.certainty_frame()
    frame.loc[:2, ["same_phenotype", "core"]] = np.nan, False
    words = drawings.words(figures.certainty(frame, ("Mild", "Severe"), n_clusters=2))
    assert "n = 57" in words and "Without any: 3 patients, left out." in words


def test_another_number_of_clusters_than_computed_gives_no_figure():
    frame = drawings.certainty_frame()
    assert figures.certainty(frame, ("Mild", "Severe"), n_clusters=5) is None


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
