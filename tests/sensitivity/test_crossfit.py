"""Cross-fitted coefficients: one split by the verbs on frames, the combination by R."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config

from compendium import seeds
from compendium.data import cohort
from compendium.phenotypes import assignment, clustering, kmeans
from compendium.regression import outcome_models
from compendium.sensitivity import crossfit, refit
from compendium.sensitivity.crossfit import combined, cross_fitted

SHIPPED = cohort.load()
BOOK = SHIPPED.codebook
OUTCOME = BOOK.outcomes[0]
COVARIATES = cohort.choose_covariates(BOOK, "all")
FEATURES = [c.name for c in BOOK.features]
# patients without gaps in their features: the phenotyper fills gaps in another way
WHOLE, WHOLE_3 = (
    replace(patients, data=patients.data[patients.data[FEATURES].notna().all(axis=1)])
    for patients in (SHIPPED, cohort.load(scenario="three_groups"))
)
FAST = {"covariates": COVARIATES, "missing": "median", "n_init": 4, "n_splits": 8}
ESTIMATES = ["estimate", "se", "low", "high"]


@pytest.fixture(scope="module")
def fitted():
    return cross_fitted(SHIPPED, random_state=3, **FAST)


@pytest.mark.parametrize(("patients", "k"), [(WHOLE, 2), (WHOLE_3, 3)], ids=["2", "3"])
def test_one_split_is_a_phenotyper_from_each_half_and_a_regression_on_the_other(patients, k):
    order = seeds.generator(6, 21, 0).permutation(len(patients.data))
    halves = [np.sort(part) for part in np.split(order, [len(order) // 2])]
    betas, errors, n = [], [], []
    for learn, other in (halves, halves[::-1]):
        here, there = (replace(patients, data=patients.data.iloc[r]) for r in (learn, other))
        found = clustering.cluster_cohort(here, n_clusters=k, n_init=30)
        placed = assignment.assign(assignment.phenotyper(found, here), there.data)
        labels, names = placed["phenotype"].cat.codes.to_numpy(), found.phenotypes.names
        table = outcome_models.models(there.data, labels, names, OUTCOME, COVARIATES).table
        table = table[table["model"] == "adjusted"]
        betas.append(table["estimate"].to_numpy(float))
        errors.append(table["se"].to_numpy(float))
        n.append(int(table["n"].iloc[0]))
    choices = {"n_clusters": k, "n_init": 30, "random_state": 6}
    ours = cross_fitted(patients, covariates=COVARIATES, n_splits=1, **choices)
    ours = ours[ours["model"] == "adjusted"]
    np.testing.assert_allclose(ours["estimate"], np.mean(betas, axis=0), rtol=1e-9)
    se = np.sqrt(np.sum(np.square(errors), axis=0)) / 2
    np.testing.assert_allclose(ours["se"], se, rtol=1e-9)
    assert set(ours["n"]) == {sum(n)}


def test_splits_are_combined_as_in_r():
    # R 4.2.2: beta <- c(-4.1, -3.7, -4.6, -3.9); v <- c(.64, .60, .70, .58); m <- median(beta)
    # c(m, sqrt(median(v + (beta - m)^2)))
    found = combined(np.array([-4.1, -3.7, -4.6, -3.9]), np.array([0.64, 0.60, 0.70, 0.58]))
    assert found == pytest.approx((-4.0, 0.818535277187245), rel=1e-12)


def test_the_interval_is_that_of_t_with_the_freedom_of_both_halves(fitted):
    # R: qt(.975, 420) = 1.96562828448177
    assert cross_fitted(WHOLE, **FAST | {"n_splits": 1})["df"].tolist() == [
        len(WHOLE.data) - 4, _complete(WHOLE) - 2 * _parameters()
    ]
    splits = np.tile([-4.0, 0.64, 440.0, 420.0], (3, 1))
    row = crossfit._row(splits)
    assert row["high"] == pytest.approx(-4.0 + 0.8 * 1.96562828448177, rel=1e-10)


def _complete(patients):
    needed = patients.data[[OUTCOME.name, *(c.name for c in COVARIATES)]]
    return int(needed.notna().all(axis=1).sum())


def _parameters():
    levels = [SHIPPED.data[c.name].nunique() - 1 for c in COVARIATES if not c.numeric]
    return 2 + sum(c.numeric for c in COVARIATES) + sum(levels)


def test_labels_come_from_the_other_half_whatever_the_outcome_says():
    prepared = refit.prepare(
        SHIPPED, (), n_clusters=2, scaling="zscore", missing="median"
    )
    halves = np.arange(0, 454, 2), np.arange(1, 454, 2)
    starts = [kmeans.starts(seeds.generator(0), 4, 2)] * 2
    before = crossfit.both_ways(prepared, halves, starts, ("crude",))
    shifted = replace(prepared, y=prepared.y + 5)
    after = crossfit.both_ways(shifted, halves, starts, ("crude",))
    np.testing.assert_allclose(before[:, :2], after[:, :2], rtol=1e-9)


def test_groups_that_anybody_could_tell_give_the_difference_between_them(blobs, make_cohort):
    data = make_cohort(blobs).data
    rng = np.random.default_rng(0)
    severe = np.arange(120) >= 80
    outcome = 40 - 6 * severe + rng.normal(size=120)
    found = cross_fitted(with_outcome(make_cohort(blobs), data, outcome), covariates=())
    by_hand = outcome[severe].mean() - outcome[~severe].mean()
    assert found["estimate"][0] == pytest.approx(by_hand, abs=0.05)
    assert found["se"][0] == pytest.approx(np.sqrt(1 / 80 + 1 / 40), rel=0.25)


def with_outcome(patients, data, values):
    """The cohort with an outcome, under the name of a feature that has no direction."""
    book = patients.codebook
    columns = tuple(
        replace(c, role="outcome") if c.name == "wide" else c for c in book.columns
    )
    return replace(patients, data=data.assign(wide=values), codebook=replace(book, columns=columns))


def test_more_splits_keep_the_earlier_ones():
    def ends(n):
        found = cross_fitted(SHIPPED, random_state=3, **FAST | {"n_splits": n})
        return found.loc[0, ["split_low", "split_high"]].to_numpy(float)

    first, (low, high) = ends(1)[0], ends(2)
    beyond = (high - low) * 0.025 / 0.95  # quantiles of two values lie so far inside them
    assert min(abs(first - (low - beyond)), abs(first - (high + beyond))) < 1e-9


def test_workers_of_any_kind_give_the_same_bits(fitted):
    with parallel_config(backend="threading", n_jobs=2):
        threads = cross_fitted(SHIPPED, random_state=3, **FAST)
    processes = cross_fitted(SHIPPED, random_state=3, jobs=2, **FAST)
    pd.testing.assert_frame_equal(fitted, threads, check_exact=True)
    pd.testing.assert_frame_equal(fitted, processes, check_exact=True)


def test_both_halves_together_hold_everybody_with_the_outcome(fitted):
    assert fitted["n"].tolist() == [SHIPPED.data[OUTCOME.name].notna().sum(), _complete(SHIPPED)]
    assert fitted["model"].tolist() == ["crude", "adjusted"]
    assert set(fitted["phenotype"]) == {"Severe"} and set(fitted["reference"]) == {"Mild"}


def test_the_estimate_lies_within_what_single_splits_give(fitted):
    inside = fitted["estimate"].between(fitted["split_low"], fitted["split_high"])
    assert inside.all() and (fitted["low"] < fitted["split_low"]).all()


def test_without_covariates_there_is_one_model():
    found = cross_fitted(SHIPPED, **FAST | {"covariates": ()})
    assert found["model"].tolist() == ["crude"]


def test_without_an_outcome_there_is_a_sentence(cohort):
    row = cross_fitted(cohort, covariates=(), n_splits=3).iloc[0]
    assert row[ESTIMATES].isna().all() and row["n_used"] == 0
    assert row["note"] == "Not estimable: 0 of 3 splits gave a value both ways, 90 % must."


def test_halves_that_do_not_vary_are_counted(blobs, make_cohort):
    values = blobs.assign(hard=np.where(np.arange(120) < 1, 1.0, 0.0))  # in one half only
    patients = make_cohort(values)
    row = cross_fitted(with_outcome(patients, patients.data, blobs["wide"]), covariates=(),
                       n_splits=4).iloc[0]
    assert row["n_used"] == 0 and np.isnan(row["estimate"])


def test_few_patients_give_no_absurd_number():
    small = replace(SHIPPED, data=SHIPPED.data.iloc[:40])
    for k in (2, 5):
        found = cross_fitted(small, n_clusters=k, **FAST)
        assert (found["estimate"].notna() | (found["note"] != "")).all()
        assert not (found[ESTIMATES].abs() > 200).any(axis=None)
