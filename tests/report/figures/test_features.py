"""Figures of the features: their distributions, and what the phenotypes look like in them."""

from dataclasses import replace

import drawings
import numpy as np
import pytest

from compendium.report import figures


@pytest.mark.parametrize(("k", "p"), [(2, 2), (3, 30), (8, 16)])
def test_the_profile_fits_any_number_of_phenotypes_and_features(k, p):
    assert drawings.faults(drawings.phenotype_profile(k=k, p=p), tallest=247) == []


def test_every_phenotype_has_a_mark_in_every_feature():
    # 6 features × 3 phenotypes, and 3 centroids on the map
    assert drawings.marks(drawings.phenotype_profile(k=3)) == 6 * 3 + 3


def test_the_profile_says_that_its_variables_built_the_clusters():
    assert "These variables built the clusters" in drawings.words(drawings.phenotype_profile())


def test_components_state_their_share_of_variance():
    words = drawings.words(drawings.phenotype_profile())
    assert "Component 1 (40.0 % of variance)" in words


def test_features_are_sorted_by_difference_inside_their_block():
    profile = drawings.profile_frame(p=4)
    profile["z_mean"] = [1, 0, 2, 0, 3, 0, 4, 0]
    fig = figures.phenotype_profile(profile, drawings.pca(2), np.arange(2), ("Mild", "Severe"))
    labels = [t.get_text().split(" with")[0] for t in fig.axes[0].get_yticklabels()]
    assert labels == ["SIZE · lower is worse", "Variable 1", "Variable 0",
                      "TONE · lower is worse", "Variable 3", "Variable 2"]


def test_a_mean_that_cannot_be_estimated_is_said_once_a_row():
    profile = drawings.profile_frame(k=3)
    profile.loc[profile["feature"] == "x1", ["z_mean", "z_low", "z_high"]] = np.nan
    fig = figures.phenotype_profile(profile, drawings.pca(3), np.arange(3), drawings.NAMES[3])
    assert drawings.words(fig).count("not estimable") == 1


def test_every_histogram_has_unit_n_and_missing_and_says_where_there_is_no_value():
    features = drawings.patients().assign(x1=np.nan)
    features.iloc[:4, 0] = np.nan
    words = drawings.words(figures.distributions(features, drawings.columns()))
    assert "mm\nn = 56, missing 4" in words and "no values" in words


def test_features_of_a_scanner_are_said_to_be_pooled_over_scanners():
    columns = drawings.columns()
    marked = [*columns[:-1], replace(columns[-1], per_device=True)]
    for used, said in ((columns, False), (marked, True)):
        note = figures.distributions(drawings.patients(), used).compendium_note
        assert ("All scanners pooled" in note) == said
