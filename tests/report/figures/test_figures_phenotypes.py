"""Figures of the phenotypes."""

import drawings
import numpy as np
import pytest

from compendium.report import figures


@pytest.mark.parametrize(("k", "p"), [(2, 2), (3, 30), (8, 16)])
def test_the_profile_fits_any_number_of_phenotypes_and_features(k, p):
    fig = drawings.phenotype_profile(k=k, p=p)
    assert drawings.collisions(fig) == [] and fig.get_figheight() * 25.4 < 247


def test_every_phenotype_has_a_mark_in_every_feature():
    # 6 features × 3 phenotypes, and 3 centroids on the map
    assert drawings.marks(drawings.phenotype_profile(k=3)) == 6 * 3 + 3


def test_the_profile_says_that_its_variables_built_the_clusters():
    assert "These variables built the clusters" in drawings.words(drawings.phenotype_profile())


def test_components_state_their_share_of_variance():
    assert "Principal component 1 (40.0 % of variance)" in drawings.words(
        drawings.phenotype_profile()
    )


def test_features_are_sorted_by_difference_inside_their_block():
    profile = drawings.profile_frame(p=4)
    profile["z_mean"] = [1, 0, 2, 0, 3, 0, 4, 0]
    fig = figures.phenotype_profile(profile, None, np.array([0, 1]), ("Mild", "Severe"),
                                    synthetic=False)
    labels = [t.get_text().split(" with")[0] for t in fig.axes[0].get_yticklabels()]
    assert labels == ["SIZE · lower is worse", "Variable 1", "Variable 0",
                      "TONE · lower is worse", "Variable 3", "Variable 2"]


def test_a_mean_that_cannot_be_estimated_is_said_once_a_row():
    profile = drawings.profile_frame(k=3)
    profile.loc[profile["feature"] == "x1", ["z_mean", "z_low", "z_high"]] = np.nan
    fig = figures.phenotype_profile(profile, None, np.zeros(3), drawings.NAMES[3], synthetic=False)
    assert drawings.words(fig).count("not estimable") == 1
