"""Clustering: the best of many starts, canonical order, names, profiles, the map."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from compendium.phenotypes import clustering, kmeans, profiles, scaling
from compendium.phenotypes.clustering import optimum
from compendium.problems import InputRefused

NOISE = np.random.default_rng(0).normal(size=(150, 6))
THREE = np.array([[0.0], [2.0], [3.2]])

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


def test_what_the_starts_say_of_the_best_is_told():
    stuck, sure = (clustering.fit(pd.DataFrame(NOISE), n_clusters=k, n_init=n)
                   for k, n in ((5, 1), (2, 50)))
    assert 0 < stuck.exchange_gain < 0.1 and sure.exchange_gain == 0.0
    far_pairs = pd.DataFrame({"a": [0.0, 0.1, 9.0, 9.1]})
    assert clustering.fit(far_pairs, n_init=8).share_at_best == 1.0


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


# ---------------------------------------------------------------------------------------- optimum

@pytest.mark.parametrize("k", [2, 3, 5])
def test_the_partition_and_the_inertia_are_those_of_scikit_learn(k):
    from sklearn.cluster import KMeans

    ours = optimum(NOISE, k, n_init=20, random_state=7)
    theirs = KMeans(k, n_init=20, tol=0, random_state=7).fit(NOISE)
    assert np.array_equal(ours.labels, theirs.labels_)
    assert ours.inertia == pytest.approx(theirs.inertia_, rel=1e-12)


def test_the_share_at_the_best_counts_the_starts_that_reached_it():
    from sklearn.cluster import KMeans

    stream = np.random.RandomState(7)
    inertias = [
        KMeans(4, n_init=1, tol=0, random_state=stream).fit(NOISE).inertia_ for _ in range(30)
    ]
    found = optimum(NOISE, 4, n_init=30, random_state=7).share_at_best
    assert found == np.mean(np.array(inertias) <= min(inertias) * (1 + 1e-9)) < 1


def test_a_start_that_lloyd_cannot_leave_is_told_by_its_gain():
    # 0 2 | 3.2 is Lloyd's (2 is nearer to 1 than to 3.2), W = 2; transfers reach W = 0.72
    found = [optimum(THREE, 2, n_init=1, random_state=seed) for seed in range(20)]
    stuck = [f for f in found if f.inertia == pytest.approx(2)]
    assert stuck and stuck[0].exchange_gain == pytest.approx(1 - 0.72 / 2)


def test_where_transfers_find_nothing_the_gain_is_exactly_zero():
    assert optimum(THREE, 2, n_init=10, random_state=0).exchange_gain == 0.0


def test_the_gain_leads_to_the_lowest_inertia_transfers_reach():
    found = optimum(NOISE, 5, n_init=4, random_state=1)
    uniforms = kmeans.starts(np.random.RandomState(1), 4, 5)
    reached = [
        kmeans.exchange(NOISE, kmeans.best_fit(NOISE, 5, u[None])[0], 5)[1] for u in uniforms
    ]
    assert found.inertia * (1 - found.exchange_gain) == pytest.approx(min(reached), rel=1e-9)


def test_the_labels_stay_lloyds_where_transfers_gain():
    found = optimum(NOISE, 5, n_init=1, random_state=1)
    centres = np.stack([NOISE[found.labels == j].mean(axis=0) for j in range(5)])
    nearest = ((NOISE[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    assert found.exchange_gain > 0 and np.array_equal(nearest, found.labels)


def test_a_constant_feature_changes_nothing():
    with_constant = optimum(np.column_stack([NOISE, np.ones(150)]), 3, n_init=5, random_state=0)
    without = optimum(NOISE, 3, n_init=5, random_state=0)
    assert np.array_equal(with_constant.labels, without.labels)


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
    assert list(table) == ["feature", "label", "block", "worse", "smd", "n"]


def test_the_severe_are_thinner_and_brighter(clustered):
    table = profiles.differences(clustered)
    g = table.set_index("feature")["smd"]
    assert g["thick"] < -1 and g["bright"] > 1 and abs(g["wide"]) < 0.5


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
