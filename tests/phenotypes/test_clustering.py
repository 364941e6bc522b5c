"""Clustering: the best of many starts, canonical order, names, profiles, the map."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from compendium.phenotypes import clustering, profiles, scaling

# -------------------------------------------------------------------------------------------- fit


def test_inertia_is_the_sum_of_squared_distances_between_pairs_over_twice_the_size(clustered):
    Z, labels = clustered.Z.to_numpy(), clustered.phenotypes.labels
    within = 0.0
    for label in (0, 1):
        rows = Z[labels == label]
        within += sum(((a - b) ** 2).sum() for a, b in combinations(rows, 2)) / len(rows)
    assert clustered.phenotypes.inertia == pytest.approx(within, rel=1e-12)


@pytest.mark.parametrize(("k", "names"), [
    (2, ("Mild", "Severe")), (3, ("Mild", "Moderate", "Severe")),
    (4, ("Severity 1", "Severity 2", "Severity 3", "Severity 4")),
])
def test_phenotypes_stand_in_order_of_mean_severity(clustered, k, names):
    found = clustering.fit(clustered.Z, n_clusters=k, n_init=5, severity=clustered.severity)
    means = clustered.severity.groupby(found.labels).mean()
    assert found.names == names and means.is_monotonic_increasing


def test_turning_severity_round_turns_the_labels_round(clustered):
    turned = clustering.fit(clustered.Z, n_init=10, severity=-clustered.severity)
    assert np.array_equal(turned.labels, 1 - clustered.phenotypes.labels)


def test_without_a_direction_the_largest_comes_first(clustered):
    found = clustering.fit(clustered.Z, n_clusters=3, n_init=5)
    assert found.names == ("Phenotype 1", "Phenotype 2", "Phenotype 3")
    assert list(found.sizes) == sorted(found.sizes, reverse=True)


def test_equal_severity_is_ordered_larger_first():
    Z = pd.DataFrame({"a": [0.0, 0.1, 9.0, 9.1, 9.2], "b": 0.0})
    found = clustering.fit(Z, n_init=5, severity=pd.Series(np.zeros(5)))
    assert found.sizes == (3, 2)


@pytest.mark.parametrize(("change", "k", "sentence"), [
    ({"a": [1.0, 1.0, 2.0, 2.0]}, 3, "3 clusters need at least 3 patients that differ, and the "
     "features hold 2; choose a smaller n_clusters."),
    ({"a": [1.0, 3.0]}, 0, "n_clusters must be 1 or more, and 0 was asked for."),
    ({"a": []}, 2, "The table holds no patient or no feature."),
    ({"a": [1.0, np.nan]}, 1, "Column 'a' lacks a value in 1 of 2 patients; fill the gaps first."),
], ids=["copies", "no cluster", "nobody", "gap"])
def test_what_cannot_be_clustered_is_refused_in_one_sentence(refusal, change, k, sentence):
    assert refusal(clustering.fit, pd.DataFrame(change, dtype=float), n_clusters=k) == (sentence,)


def test_a_severity_with_gaps_is_refused(refusal, clustered):
    worse = clustered.severity.mask(clustered.severity.index == "p001")
    assert refusal(clustering.fit, clustered.Z, severity=worse) == (
        "Column 'severity' lacks a value in 1 of 120 patients; fill the gaps first.",
    )


def test_shifting_and_scaling_columns_leaves_the_labels(blobs, clustered):
    other = scaling.standardise(blobs * [2, 0.1, 7, 1, 3] + [100, -5, 0, 1, 9])
    found = clustering.fit(other, n_init=10, severity=clustered.severity)
    assert np.array_equal(found.labels, clustered.phenotypes.labels)


def test_permuting_patients_permutes_the_labels(clustered):
    order = np.random.default_rng(0).permutation(120)
    found = clustering.fit(
        clustered.Z.iloc[order], n_init=10, severity=clustered.severity.iloc[order]
    )
    assert np.array_equal(found.labels, clustered.phenotypes.labels[order])


# --------------------------------------------------------------------------------- cluster_cohort


def test_a_cohort_is_filled_scaled_and_split_into_its_groups(blobs, make_cohort):
    X = blobs.copy()
    X.iloc[4, 2] = np.nan
    found = clustering.cluster_cohort(make_cohort(X), n_init=5, missing="median")
    assert found.X.iloc[4, 2] == X["wide"].median()
    assert found.phenotypes.labels.tolist() == [0] * 80 + [1] * 40


def test_columns_marked_per_device_are_scored_within_it(blobs, make_cohort):
    device = ["A"] * 60 + ["B"] * 60
    found = clustering.cluster_cohort(make_cohort(blobs, device, "yes"), n_init=5)
    assert np.allclose(found.Z["bright"].groupby(device).mean(), 0)


# ---------------------------------------------------------------------------- profile, differences


def test_the_interval_of_a_profile_is_the_t_interval_of_scipy(clustered):
    table = profiles.profile(clustered)
    row = table[(table["feature"] == "thick") & (table["phenotype"] == "Severe")].iloc[0]
    x = clustered.X["thick"].to_numpy()[clustered.phenotypes.labels == 1]
    # scipy.stats.ttest_1samp(x, 0).confidence_interval(0.95)
    low, high = stats.ttest_1samp(x, 0).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((low, high), rel=1e-12)
    assert (row["n"], row["unit"], row["sd"]) == (40, "mm", pytest.approx(x.std(ddof=1)))


def test_a_profile_has_one_row_a_feature_and_phenotype(clustered):
    table = profiles.profile(clustered)
    assert len(table) == 10 and not table.duplicated(["feature", "phenotype"]).any()


def test_hedges_g_is_that_of_pingouin(clustered):
    import pingouin as pg

    table = profiles.differences(clustered)
    thick, severe = clustered.Z["thick"], clustered.phenotypes.labels == 1
    g = pg.compute_effsize(thick[severe], thick[~severe], eftype="hedges")
    assert table.set_index("feature").loc["thick", "smd"] == pytest.approx(g, abs=1e-10)


def test_variables_that_made_the_groups_get_no_p_value(clustered):
    table = profiles.differences(clustered)
    assert list(table) == ["feature", "label", "block", "unit", "worse", "mildest", "severest",
                           "smd", "n"]


def test_the_means_of_a_difference_are_those_of_the_profile(clustered):
    table = profiles.differences(clustered).set_index("feature")
    known = profiles.profile(clustered).pivot(index="feature", columns="phenotype", values="mean")
    assert np.allclose(table["mildest"], known["Mild"].loc[table.index])
    assert np.allclose(table["severest"], known["Severe"].loc[table.index])


def test_a_phenotype_of_fewer_than_five_leaves_no_profile_and_no_difference(outlying):
    assert outlying.phenotypes.sizes == (118, 2)
    assert outlying.phenotypes.too_few.startswith("Severe holds fewer than five patients")
    assert profiles.profile(outlying).empty and profiles.differences(outlying).empty


def test_phenotypes_of_five_and_more_are_described(clustered):
    assert clustered.phenotypes.too_few == "" and len(profiles.differences(clustered)) == 5


def test_the_most_severe_are_compared_with_the_mildest(clustered):
    three = clustering.fit(clustered.Z, n_clusters=3, n_init=5, severity=clustered.severity)
    ends = clustered.Z.groupby(three.labels).mean().loc[[0, 2]]
    table = profiles.differences(replace(clustered, labels=three.labels, names=three.names))
    assert (np.sign(table["smd"]) == np.sign(ends.loc[2] - ends.loc[0]).to_numpy()).all()
    assert table["n"].unique() == three.sizes[0] + three.sizes[2]


# ---------------------------------------------------------------------------------------- pca_map


def test_the_map_is_that_of_scikit_learn_up_to_sign(clustered):
    from sklearn.decomposition import PCA

    ours = profiles.pca_map(replace(clustered, severity=None))
    theirs = PCA(2).fit(clustered.Z)
    assert np.allclose(ours.explained, theirs.explained_variance_ratio_)
    assert np.allclose(np.abs(ours.scores), np.abs(theirs.transform(clustered.Z)))


@pytest.mark.parametrize("sign", [1, -1])
def test_the_first_component_rises_with_severity(clustered, sign):
    turned = replace(clustered, severity=sign * clustered.severity)
    scores = profiles.pca_map(turned).scores["PC1"]
    assert np.corrcoef(scores, sign * clustered.severity)[0, 1] > 0.9
