"""Alternatives: every combination of ways to fill, scale, adjust and cluster."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from overlapping import FEATURES
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
)

ITERATIVE, MEDIAN = "filled, iterative", "filled, median"
ZSCORE, ROBUST = "mean and SD", "median and MAD"
TIED, FULL = MIXTURES
START = (ITERATIVE, ZSCORE, PLAIN, KMEANS)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


def gapped(cohort, every=6):
    """Of every so many patients one has no brightness; five have no age."""
    data = cohort.data.copy()
    data.loc[::every, "bright"] = np.nan
    data.loc[10:14, "age"] = np.nan
    return replace(cohort, data=data.set_axis([f"p{i:04d}" for i in data.index]))


@pytest.fixture(scope="module")
def cohort(overlapping):
    return gapped(overlapping())


def of(cohort, k=2, **settings):
    found = cluster_cohort(cohort, n_clusters=k, n_init=10)
    covariates = cohort.codebook.covariates
    return alternatives(cohort, found, **{"covariates": covariates} | settings)


@pytest.fixture(scope="module")
def start(cohort):
    return of(cohort)


def test_the_paths_are_all_combinations_of_all_levels(start):
    assert len(start.paths) == len(set(start.paths)) == 3 * 2 * 2 * 4
    assert start.paths[0] == start.reference == START


def test_the_levels_are_those_of_the_parameters():
    assert [value for value in WAYS_WITH_GAPS.values() if value] == list(
        PARAMETERS["missing"].choices
    )
    assert list(WAYS_TO_SCALE.values()) == list(PARAMETERS["scaling"].choices)


def test_the_path_of_the_reference_gives_its_labels(start):
    rows, labels, note = clustered(start, START)
    assert rows.tolist() == list(range(120)) and note == ""
    assert labels is start.labels


def test_one_choice_alone_agrees_with_the_reference_as_agreement_says(cohort, start):
    found = cluster_cohort(cohort, n_clusters=2, n_init=10)
    table = choices.other_choices(cohort, found, n_init=10).set_index("choice")["ari"]
    alone = {
        "Ward": (ITERATIVE, ZSCORE, PLAIN, WARD), TIED: (ITERATIVE, ZSCORE, PLAIN, TIED),
        FULL: (ITERATIVE, ZSCORE, PLAIN, FULL), "robust": (ITERATIVE, ROBUST, PLAIN, KMEANS),
        "median": (MEDIAN, ZSCORE, PLAIN, KMEANS),
        "complete cases": (COMPLETE, ZSCORE, PLAIN, KMEANS),
        "residuals on covariates": (ITERATIVE, ZSCORE, RESIDUALS, KMEANS),
    }
    for choice, path in alone.items():
        rows, labels, _ = clustered(start, path)
        ours = adjusted_rand_score(start.labels[rows], labels)
        assert ours == pytest.approx(table[choice], abs=1e-12), choice


def test_choices_add_up_along_a_path(cohort, start):
    import statsmodels.formula.api as smf

    data = cohort.data[cohort.data[FEATURES].notna().all(axis=1)]
    X = data[FEATURES]
    Z = (X - X.median()) / (1.4826 * (X - X.median()).abs().median())
    known = data.join(Z.add_prefix("z_")).dropna(subset=["age"])
    # statsmodels.formula.api.ols("z_thick ~ age + C(sex)", data).fit().resid
    left = pd.DataFrame({f: smf.ols(f"z_{f} ~ age + C(sex)", known).fit().resid for f in FEATURES})
    left = standardise(left, scaling="robust")
    rows, labels, _ = clustered(start, (COMPLETE, ROBUST, RESIDUALS, KMEANS))
    assert cohort.data.index[rows].tolist() == known.index.tolist()
    theirs = KMeans(2, n_init=20, random_state=0).fit(left).labels_
    assert adjusted_rand_score(theirs, labels) == 1


@pytest.mark.parametrize("k", [2, 3])
def test_on_every_path_a_higher_label_is_more_severe(cohort, k):
    start = of(cohort, k=k)
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


def test_without_a_direction_clusters_are_matched_with_the_reference(cohort):
    columns = tuple(replace(c, worse="none") for c in cohort.codebook.columns)
    blind = replace(cohort, codebook=replace(cohort.codebook, columns=columns))
    start = of(blind)
    for path in start.paths:
        rows, labels, _ = clustered(start, path)
        assert (labels == start.labels[rows]).mean() >= 0.5, path


def test_without_gaps_there_is_one_way_with_them(overlapping):
    start = of(overlapping())
    assert {path[0] for path in start.paths} == {NO_GAPS} and start.reference[0] == NO_GAPS


def test_without_covariates_features_are_not_adjusted(cohort):
    assert {path[2] for path in of(cohort, covariates=()).paths} == {PLAIN}


def test_the_way_the_reference_was_filled_is_not_filled_again(cohort, monkeypatch):
    from compendium.sensitivity import choices as module

    asked = []

    def impute(X, method, random_state):
        asked.append(method)
        return X.fillna(0.0)

    monkeypatch.setattr(module, "impute", impute)
    start = of(cohort)
    assert asked == ["median"]
    assert not start.filled[ITERATIVE].eq(0.0).any(axis=None)


def refused(start, *path):
    with pytest.raises(InputRefused) as refusal:
        clustered(start, path)
    assert len(refusal.value.problems) == 1
    return refusal.value.problems[0]


def test_few_complete_patients_are_not_clustered(overlapping):
    start = of(gapped(overlapping(n=24), every=2))
    said = refused(start, COMPLETE, ZSCORE, PLAIN, KMEANS)
    assert said == "12 patients lack no feature, and 2 clusters need 20."


def test_few_patients_with_covariates_are_not_clustered(cohort):
    lacking = cohort.data.assign(age=cohort.data["age"].where(np.arange(120) < 10))
    start = of(replace(cohort, data=lacking))
    said = refused(start, ITERATIVE, ZSCORE, RESIDUALS, WARD)
    assert said == "10 patients have all covariates, and 2 clusters need 20."


def test_a_column_that_ties_forbid_to_scale_is_named(cohort):
    tied = cohort.data.assign(hard=(np.arange(120) < 40) * 1.0)
    said = refused(of(replace(cohort, data=tied)), ITERATIVE, ROBUST, PLAIN, KMEANS)
    assert said.startswith("Column 'hard' has one value in at least half of all 120 patients")


def test_a_mixture_does_not_rest_on_fewer_patients_than_features(cohort, monkeypatch):
    from compendium.sensitivity import choices as module

    few = (np.arange(120) < 3).astype(int)
    monkeypatch.setattr(module, "mixture", lambda Z, *settings: (np.arange(len(Z)), few))
    said = refused(of(cohort), ITERATIVE, ZSCORE, PLAIN, FULL)
    assert said == "A phenotype of 3 patients cannot bear a covariance of 4 features."
    assert clustered(of(cohort), (ITERATIVE, ZSCORE, PLAIN, TIED))[1].sum() == 3


def test_a_mixture_that_leaves_a_phenotype_empty_is_refused(cohort, monkeypatch):
    from compendium.sensitivity import choices as module

    nobody = np.zeros(120, dtype=int)
    monkeypatch.setattr(module, "mixture", lambda Z, *settings: (np.arange(len(Z)), nobody))
    said = refused(of(cohort), ITERATIVE, ZSCORE, PLAIN, TIED)
    assert said == "The mixture leaves a phenotype empty."


def test_in_a_large_cohort_all_but_kmeans_see_a_sample_and_say_so(cohort, monkeypatch):
    start = of(cohort)
    monkeypatch.setattr(seeds, "LARGE", 60)
    rows, labels, note = clustered(start, (ITERATIVE, ZSCORE, PLAIN, WARD))
    assert len(rows) == len(labels) == 60 and note == "A seeded sample of 60 of 120 patients."
    rows, _, note = clustered(start, (ITERATIVE, ROBUST, PLAIN, KMEANS))
    assert len(rows) == 120 and note == ""
