"""Clustering: canonical order, names, profiles, the map."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from compendium.phenotypes import clustering, profiles, scaling
from compendium.problems import InputRefused

# -------------------------------------------------------------------------------------------- fit


@pytest.mark.parametrize("k", [2, 3, 5])
def test_the_partition_is_that_of_scikit_learn(clustered, k):
    from sklearn.cluster import KMeans

    ours = clustering.fit(clustered.Z, n_clusters=k, n_init=20, random_state=7)
    theirs = KMeans(k, n_init=20, tol=0, random_state=7).fit(clustered.Z)
    assert len(set(zip(ours.labels, theirs.labels_, strict=True))) == k
    assert ours.inertia == pytest.approx(theirs.inertia_, rel=1e-12)


def test_inertia_is_the_sum_of_squared_distances_between_pairs_over_twice_the_size(clustered):
    Z, labels = clustered.Z.to_numpy(), clustered.phenotypes.labels
    within = 0.0
    for label in (0, 1):
        rows = Z[labels == label]
        within += sum(((a - b) ** 2).sum() for a, b in combinations(rows, 2)) / len(rows)
    assert clustered.phenotypes.inertia == pytest.approx(within, rel=1e-12)


@pytest.mark.parametrize(
    ("k", "names"),
    [
        (2, ("Mild", "Severe")),
        (3, ("Mild", "Moderate", "Severe")),
        (4, ("Severity 1", "Severity 2", "Severity 3", "Severity 4")),
    ],
)
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


def test_the_share_at_the_best_inertia_counts_starts():
    # two far pairs: every start finds them
    Z = pd.DataFrame({"a": [0.0, 0.1, 9.0, 9.1]})
    assert clustering.fit(Z, n_init=8).share_at_best == 1.0


def test_the_share_at_the_best_falls_where_starts_disagree():
    Z = pd.DataFrame(np.random.default_rng(0).normal(size=(150, 6)))
    found = clustering.fit(Z, n_clusters=5, n_init=25)
    assert 0.04 <= found.share_at_best < 1


def test_what_transfers_still_gain_is_told():
    Z = pd.DataFrame(np.random.default_rng(0).normal(size=(150, 6)))
    stuck, sure = (clustering.fit(Z, n_clusters=k, n_init=n) for k, n in ((5, 1), (2, 50)))
    assert 0 < stuck.exchange_gain < 0.1 and sure.exchange_gain == 0.0


def test_fewer_distinct_patients_than_clusters_are_refused():
    Z = pd.DataFrame({"a": [1.0, 1.0, 2.0, 2.0]})
    with pytest.raises(InputRefused, match="3 clusters need at least 3 patients that differ, and"):
        clustering.fit(Z, n_clusters=3)


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


def test_permuting_columns_leaves_the_labels(clustered):
    found = clustering.fit(clustered.Z.iloc[:, ::-1], n_init=10, severity=clustered.severity)
    assert np.array_equal(found.labels, clustered.phenotypes.labels)


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


def test_the_interval_of_a_profile_is_the_t_interval_of_scipy(clustered, cohort):
    table = profiles.profile(clustered.X, clustered.Z, clustered.phenotypes, cohort.codebook)
    row = table[(table["feature"] == "thick") & (table["phenotype"] == "Severe")].iloc[0]
    x = clustered.X["thick"].to_numpy()[clustered.phenotypes.labels == 1]
    # scipy.stats.ttest_1samp(x, 0).confidence_interval(0.95)
    low, high = stats.ttest_1samp(x, 0).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((low, high), rel=1e-12)
    assert (row["n"], row["unit"], row["sd"]) == (40, "mm", pytest.approx(x.std(ddof=1)))


def test_a_profile_has_one_row_a_feature_and_phenotype(clustered, cohort):
    table = profiles.profile(clustered.X, clustered.Z, clustered.phenotypes, cohort.codebook)
    assert len(table) == 10 and not table.duplicated(["feature", "phenotype"]).any()


def test_hedges_g_is_that_of_pingouin(clustered, cohort):
    import pingouin as pg

    table = profiles.differences(clustered.Z, clustered.phenotypes, cohort.codebook)
    thick, severe = clustered.Z["thick"], clustered.phenotypes.labels == 1
    # pg.compute_effsize(severe, mild, eftype="hedges"); pg.compute_esci(g, 40, 80, eftype="hedges")
    g = pg.compute_effsize(thick[severe], thick[~severe], eftype="hedges")
    low, high = pg.compute_esci(g, 40, 80, eftype="hedges", decimals=12)
    ours = table.set_index("feature").loc["thick", ["smd", "low", "high"]].astype(float)
    assert ours.tolist() == pytest.approx([g, low, high], abs=1e-10)


def test_variables_that_made_the_groups_get_no_p_value(clustered, cohort):
    table = profiles.differences(clustered.Z, clustered.phenotypes, cohort.codebook)
    assert list(table) == [
        "feature",
        "label",
        "block",
        "worse",
        "smd",
        "low",
        "high",
        "n",
        "method",
    ]


def test_the_severe_are_thinner_and_brighter(clustered, cohort):
    table = profiles.differences(clustered.Z, clustered.phenotypes, cohort.codebook)
    g = table.set_index("feature")["smd"]
    assert g["thick"] < -1 and g["bright"] > 1 and abs(g["wide"]) < 0.5


# ---------------------------------------------------------------------------------------- pca_map


def test_the_map_is_that_of_scikit_learn_up_to_sign(clustered):
    from sklearn.decomposition import PCA

    ours = profiles.pca_map(clustered.Z)
    theirs = PCA(2).fit(clustered.Z)
    assert np.allclose(ours.explained, theirs.explained_variance_ratio_)
    assert np.allclose(np.abs(ours.scores), np.abs(theirs.transform(clustered.Z)))


@pytest.mark.parametrize("sign", [1, -1])
def test_the_first_component_rises_with_severity(clustered, sign):
    scores = profiles.pca_map(clustered.Z, sign * clustered.severity).scores["PC1"]
    assert np.corrcoef(scores, sign * clustered.severity)[0, 1] > 0.9
