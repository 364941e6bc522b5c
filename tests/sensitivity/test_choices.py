"""Other choices, each alone and every combination: ways to fill, scale, adjust, leave out, cluster.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from overlapping import FEATURES
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from compendium import seeds
from compendium.parameters import PARAMETERS
from compendium.phenotypes.clustering import cluster_cohort
from compendium.phenotypes.scaling import standardise
from compendium.problems import InputRefused
from compendium.sensitivity import choices
from compendium.sensitivity.choices import (
    COMPLETE,
    KMEANS,
    MIXTURES,
    NO_GAPS,
    PLAIN,
    RESIDUALS,
    WARD,
    WAYS_TO_SCALE,
    WAYS_WITH_GAPS,
    alternatives,
    clustered,
    other_choices,
)

ITERATIVE, MEDIAN = "filled, iterative", "filled, median"
ZSCORE, ROBUST = "mean and SD", "median and MAD"
TIED, FULL = MIXTURES
START = (ITERATIVE, ZSCORE, PLAIN, KMEANS)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def cohort(overlapping):
    return overlapping()


@pytest.fixture(scope="module")
def found(cohort):
    return cluster_cohort(cohort, n_init=10)


@pytest.fixture(scope="module")
def table(found):
    return other_choices(found, n_init=10)


def changed(cohort, **columns):
    return replace(cohort, data=cohort.data.assign(**columns))


@pytest.fixture(scope="module")
def gapped(cohort):
    """Of every six patients one has no brightness; five have no age."""
    data = cohort.data.copy()
    data.loc[::6, "bright"] = np.nan
    data.loc[10:14, "age"] = np.nan
    return replace(cohort, data=data.set_axis([f"p{i:04d}" for i in data.index]))


@pytest.fixture(scope="module")
def start(gapped):
    return of(gapped)


def of(cohort, k=2):
    return alternatives(cluster_cohort(cohort, n_clusters=k, n_init=10), cohort.codebook.covariates)


def row(cohort, choice, **settings):
    """One choice changed alone."""
    found = cluster_cohort(cohort, n_init=10, **settings)
    return other_choices(found, n_init=10).set_index("choice").loc[choice]


def ari(found, labels, rows=slice(None)):
    return pytest.approx(adjusted_rand_score(found.labels[rows], labels), abs=1e-12)


def kmeans(Z):
    return KMeans(2, n_init=20, random_state=0).fit(Z)


# ------------------------------------------------------------------------- one choice changed alone


def test_every_choice_has_a_row_in_canonical_order(table):
    assert list(table) == ["kind", "choice", "ari", "moved", "n", "note"]
    # none of these patients lacks a feature
    kinds = [kind for kind in choices.KINDS_OF_CHOICE if kind != "missing values"]
    assert list(dict.fromkeys(table["kind"])) == kinds
    others = [ROBUST, "size", "grey", "Centre 1", "Centre 2", RESIDUALS]
    assert table["choice"].tolist()[3:] == others


def test_all_choices_agree_on_groups_far_apart(overlapping):
    table = other_choices(cluster_cohort(overlapping(apart=30.0), n_init=10), n_init=10)
    assert (table["ari"] == 1).all() and (table["moved"] == 0).all()


def test_moved_counts_patients_after_the_best_matching():
    labels, reference = np.array([1, 1, 1, 0, 0, 1]), np.array([0, 0, 0, 1, 1, 1])
    assert choices._compared(labels, reference, 2)[1] == pytest.approx(1 / 6)


def test_choices_changed_alone_agree_with_scipy_and_scikit_learn(table, found, cohort):
    ours = table.set_index("choice")
    assert ours["ari"]["Ward"] == ari(found, fcluster(linkage(found.Z, "ward"), 2, "maxclust"))
    assert ours["ari"]["size"] == ari(found, kmeans(found.Z[["bright", "hard"]]).labels_)
    model = kmeans(found.Z[(cohort.data["centre"] != "1").to_numpy()].to_numpy())
    assert ours["ari"]["Centre 1"] == ari(found, model.predict(found.Z.to_numpy()))
    assert ours["n"]["Centre 1"] == 120


def least_squares_residuals(data, Z):
    """statsmodels.formula.api.ols("z_thick ~ age + C(sex)", data).fit().resid of every feature."""
    known = data.join(Z.add_prefix("z_")).dropna(subset=["age"])
    return pd.DataFrame({f: smf.ols(f"z_{f} ~ age + C(sex)", known).fit().resid for f in FEATURES})


def test_adjusted_features_are_the_residuals_of_ordinary_least_squares(table, found, cohort):
    residuals = least_squares_residuals(cohort.data, found.Z)
    ours = table.set_index("choice").loc[RESIDUALS]
    assert ours["ari"] == ari(found, kmeans(residuals / residuals.std()).labels_)


def test_groups_that_are_only_sex_are_gone_once_adjusted_for(overlapping):
    far = changed(overlapping(apart=6.0), sex=np.where(np.arange(120) < 40, "male", "female"))
    assert row(far, RESIDUALS)["ari"] < 0.1


def test_patients_without_a_covariate_are_not_compared(cohort):
    lacking = changed(cohort, age=cohort.data["age"].where(np.arange(120) >= 20))
    assert row(lacking, RESIDUALS)["n"] == 100


def test_a_scaling_that_ties_forbid_is_noted(cohort):
    tied = row(changed(cohort, hard=(np.arange(120) < 40) * 1.0), ROBUST)
    assert np.isnan(tied["ari"]) and tied["n"] == 0
    assert tied["note"].startswith("Column 'hard' has one value in at least half of all 120")


def test_complete_cases_are_compared_among_themselves(gapped):
    found = cluster_cohort(gapped, missing="median", n_init=10)
    table = other_choices(found, n_init=10).set_index("choice")
    filling = table.query("kind == 'missing values'").index
    assert filling.tolist() == [ITERATIVE, COMPLETE]
    complete = gapped.data["bright"].notna().to_numpy()
    X = gapped.data.loc[complete, FEATURES]
    labels = kmeans((X - X.mean()) / X.std()).labels_
    assert table["n"][COMPLETE] == 100
    assert table["ari"][COMPLETE] == ari(found, labels, complete)


def test_too_few_complete_cases_are_noted(cohort):
    few = changed(cohort, bright=cohort.data["bright"].where(np.arange(120) < 15))
    noted = row(few, COMPLETE, missing="median")["note"]
    assert noted == "15 patients lack no feature, and 2 clusters need 20."


def test_one_site_and_no_covariate_give_no_row(blobs, make_cohort):
    # the codebook has two blocks, one machine and no covariates
    found = cluster_cohort(make_cohort(blobs), n_init=10)
    kinds = set(other_choices(found, n_init=10)["kind"])
    assert kinds == {"algorithm", "scaling", "block left out"}


def with_centre_2(cohort, n):
    """The sites that are left out where so many patients come from centre 2."""
    centre = np.where(np.arange(120) < n, "2", "1")
    table = other_choices(cluster_cohort(changed(cohort, centre=centre), n_init=10), n_init=10)
    return table.loc[table["kind"] == "site left out"].set_index("choice")


def test_a_site_of_fewer_than_five_is_not_left_out_and_one_of_five_is(cohort):
    assert "Centre 2" not in with_centre_2(cohort, 4).index
    assert with_centre_2(cohort, 5).loc["Centre 2", "ari"] > 0.9


def test_the_table_can_be_made_again(found, table):
    pd.testing.assert_frame_equal(other_choices(found, n_init=10), table, check_exact=True)


# ------------------------------------------------------------------------------ every combination


def test_the_paths_are_all_combinations_of_all_levels(start):
    assert len(start.paths) == len(set(start.paths)) == 3 * 2 * 2 * 4
    assert start.paths[0] == start.reference == START


def test_the_levels_are_those_of_the_parameters():
    filling = [value for value in WAYS_WITH_GAPS.values() if value]
    assert filling == list(PARAMETERS["missing"].choices)
    assert list(WAYS_TO_SCALE.values()) == list(PARAMETERS["scaling"].choices)


def test_the_path_of_the_reference_gives_its_labels(start):
    rows, labels, note = clustered(start, START)
    assert rows.tolist() == list(range(120)) and note == ""
    assert labels is start.found.labels


def test_choices_add_up_along_a_path(gapped, start):
    data = gapped.data[gapped.data[FEATURES].notna().all(axis=1)]
    X = data[FEATURES]
    left = least_squares_residuals(
        data, (X - X.median()) / (1.4826 * (X - X.median()).abs().median())
    )
    rows, labels, _ = clustered(start, (COMPLETE, ROBUST, RESIDUALS, KMEANS))
    assert gapped.data.index[rows].tolist() == left.index.tolist()
    assert adjusted_rand_score(kmeans(standardise(left, scaling="robust")).labels_, labels) == 1


@pytest.mark.parametrize("k", [2, 3])
def test_on_every_path_a_higher_label_is_more_severe(gapped, k):
    start = of(gapped, k)
    for path in [path for path in start.paths if path[2] == PLAIN]:
        rows, labels, _ = clustered(start, path)
        X = start.filled[path[0]]
        Z = (X - X.mean()) / X.std()
        if path[1] == ROBUST:
            Z = (X - X.median()) / (X - X.median()).abs().median()
        severity = Z["bright"] + Z["hard"] - Z["thick"] - Z["deep"]
        means = severity.groupby(labels).mean()
        assert means.index.tolist() == list(range(k)), path
        assert means.is_monotonic_increasing, path


def test_without_a_direction_clusters_are_matched_with_the_reference(gapped):
    columns = tuple(replace(c, worse="none") for c in gapped.codebook.columns)
    start = of(replace(gapped, codebook=replace(gapped.codebook, columns=columns)))
    for path in start.paths:
        rows, labels, _ = clustered(start, path)
        assert (labels == start.found.labels[rows]).mean() >= 0.5, path


def test_without_gaps_or_covariates_there_is_one_way_with_them(found):
    start = alternatives(found)
    assert {path[0] for path in start.paths} == {NO_GAPS} and start.reference[0] == NO_GAPS
    assert {path[2] for path in start.paths} == {PLAIN}


def test_the_way_the_reference_was_filled_is_not_filled_again(start, monkeypatch):
    asked = []

    def impute(X, method, *settings):
        asked.append(method)
        return X.fillna(0.0)

    monkeypatch.setattr(choices, "impute", impute)
    again = alternatives(start.found)
    assert asked == ["median"] and not again.filled[ITERATIVE].eq(0.0).any(axis=None)


def refused(start, *path):
    with pytest.raises(InputRefused) as refusal:
        clustered(start, path)
    assert len(refusal.value.problems) == 1
    return refusal.value.problems[0]


def test_few_patients_with_covariates_are_not_clustered(gapped):
    lacking = changed(gapped, age=gapped.data["age"].where(np.arange(120) < 10))
    said = refused(of(lacking), ITERATIVE, ZSCORE, RESIDUALS, WARD)
    assert said == "10 patients have all covariates, and 2 clusters need 20."


@pytest.mark.parametrize(
    ("few", "mixture", "sentence"),
    [
        (3, FULL, "A phenotype of fewer than five patients cannot bear a covariance of 4 "
                  "features."),
        (0, TIED, "The mixture leaves a phenotype empty."),
    ],
)
def test_a_mixture_of_too_few_patients_is_refused(start, monkeypatch, few, mixture, sentence):
    labels = (np.arange(120) < few).astype(int)
    monkeypatch.setattr(choices, "_mixture", lambda *settings: labels)
    assert refused(start, ITERATIVE, ZSCORE, PLAIN, mixture) == sentence
    if few:
        assert clustered(start, (ITERATIVE, ZSCORE, PLAIN, TIED))[1].sum() == few


def test_in_a_large_cohort_all_but_kmeans_see_a_sample_and_say_so(start, monkeypatch):
    monkeypatch.setattr(seeds, "LARGE", 60)
    rows, labels, note = clustered(start, (ITERATIVE, ZSCORE, PLAIN, WARD))
    assert len(rows) == len(labels) == 60 and note == "A seeded sample of 60 of 120 patients."
    rows, _, note = clustered(start, (ITERATIVE, ROBUST, PLAIN, KMEANS))
    assert len(rows) == 120 and note == ""
