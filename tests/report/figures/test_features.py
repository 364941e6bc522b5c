"""Figures of the features: their distributions, and what the phenotypes look like in them."""

from dataclasses import replace

import drawings
import numpy as np
import pandas as pd
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
    features.iloc[:10, 0] = np.nan
    words = drawings.words(figures.distributions(features, drawings.columns()))
    assert "mm\nn = 50, missing 10" in words and "no values" in words


def test_where_few_lack_a_value_neither_count_of_a_histogram_gives_them_away():
    features = drawings.patients()
    features.iloc[:4, 0] = np.nan
    words = drawings.words(figures.distributions(features, drawings.columns()))
    assert "mm\nn ≥ 55, missing <5" in words and "n = 56" not in words


def bars(values, column):
    """The axes of one variable's histogram, and its bars as left edge, right edge and count."""
    features = pd.DataFrame({column.name: np.asarray(values, float)})
    ax = figures.distributions(features, (column,)).axes[0]
    found = [(b.get_x(), b.get_x() + b.get_width(), b.get_height()) for b in ax.patches]
    return ax, np.array(found).reshape(-1, 3)


@pytest.mark.parametrize("n", [20, 60, 454])
def test_no_bar_stands_for_fewer_than_five_and_each_is_true(n):
    values = np.random.default_rng(4).normal(37.3, 4.1, n)
    _, found = bars(values, drawings.columns()[0])
    found, alike = found[found[:, 2] >= 5], found[found[:, 2] < 5]
    assert len(found) and set(alike[:, 2]) == {4}  # what holds fewer, or nobody
    counts = [((values >= a) & (values < b)).sum() for a, b, _ in found]
    assert counts == found[:, 2].tolist()


@pytest.mark.parametrize("n", [20, 60, 454])
def test_the_axis_of_a_histogram_ends_at_round_edges_and_at_no_patient(n):
    values = np.random.default_rng(4).normal(37.3, 4.1, n)
    ax, found = bars(values, drawings.columns()[0])
    width = found[0, 1] - found[0, 0]
    assert ax.get_xlim() == (found[:, 0].min(), found[:, 1].max())
    np.testing.assert_allclose(found[:, :2] / width, np.round(found[:, :2] / width), atol=1e-9)
    assert not np.isclose(found[:, :2].reshape(-1, 1), values, atol=1e-9).any()


def test_one_patient_far_off_neither_has_a_bar_nor_makes_the_others_wide():
    values = np.random.default_rng(4).normal(37.3, 4.1, 200)
    alone, far = (bars(v, drawings.columns()[0]) for v in (values, np.r_[values, 5e6]))
    assert far[0].get_xlim() == alone[0].get_xlim() and len(far[1]) == len(alone[1])


def test_grades_held_by_few_have_no_bar():
    grade = replace(drawings.columns()[0], type="ordinal")
    ax, found = bars([0] * 4 + [1] * 5 + [2] * 30 + [3] * 4 + [4] * 8 + [5], grade)
    assert found[:3].tolist() == [[0.5, 1.5, 5], [1.5, 2.5, 30], [3.5, 4.5, 8]]
    assert found[3:].tolist() == [[-0.5, 0.5, 4], [2.5, 3.5, 4], [4.5, 5.5, 4]]
    assert ax.get_xlim() == (-0.5, 5.5)


def test_too_few_values_are_said_and_not_drawn():
    ax, found = bars([1.0, 2.0, 3.0, 4.0] + [np.nan] * 30, drawings.columns()[0])
    assert len(found) == 0 and "too few to draw" in [t.get_text() for t in ax.texts]


def test_dotted_bins_are_explained():
    fig = drawings.distributions()
    assert "Dotted: fewer than five patients, or none." in fig.compendium_note


def test_features_of_a_scanner_are_said_to_be_pooled_over_scanners():
    columns = drawings.columns()
    marked = [*columns[:-1], replace(columns[-1], per_device=True)]
    for used, said in ((columns, False), (marked, True)):
        note = figures.distributions(drawings.patients(), used).compendium_note
        assert ("All scanners pooled" in note) == said
