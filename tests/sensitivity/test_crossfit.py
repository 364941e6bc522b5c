"""Cross-fitted coefficients: one split by the verbs on frames, the combination by R."""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest

from compendium import seeds
from compendium.data import cohort
from compendium.data.found import Found
from compendium.parallel import workers
from compendium.phenotypes import assignment, kmeans
from compendium.phenotypes.clustering import cluster_cohort
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
ESTIMATES = ["estimate", "se", "low", "high"]


def quick(patients, **choices):
    return cluster_cohort(patients, n_init=10, missing="median", **choices)


@pytest.fixture(scope="module")
def found():
    return quick(SHIPPED, random_state=3)


@pytest.fixture(scope="module")
def fitted(found):
    return cross_fitted(found, COVARIATES, n_splits=8)


@pytest.mark.parametrize(("patients", "k"), [(WHOLE, 2), (WHOLE_3, 3)], ids=["2", "3"])
def test_one_split_is_a_phenotyper_from_each_half_and_a_regression_on_the_other(patients, k):
    order = seeds.generator(6, 21, 0).permutation(len(patients.data))
    halves = [np.sort(part) for part in np.split(order, [len(order) // 2])]
    betas, errors, n = [], [], []
    for learn, other in (halves, halves[::-1]):
        here, there = (replace(patients, data=patients.data.iloc[r]) for r in (learn, other))
        half = cluster_cohort(here, n_clusters=k, n_init=30)
        placed = assignment.assign(assignment.phenotyper(half, True), there.data)
        labels = placed["phenotype"].cat.codes.to_numpy()
        judged = Found(there.data, labels, half.names, None, patients.codebook)
        table = outcome_models.fit_outcome(judged, OUTCOME, COVARIATES).table
        table = table[table["model"] == "adjusted"]
        betas.append(table["estimate"].to_numpy(float))
        errors.append(table["se"].to_numpy(float))
        n.append(int(table["n"].iloc[0]))
    found = cluster_cohort(patients, n_clusters=k, n_init=1, random_state=6)
    ours = cross_fitted(found, COVARIATES, n_splits=1)
    np.testing.assert_allclose(ours["estimate"], np.mean(betas, axis=0), rtol=1e-9)
    se = np.sqrt(np.sum(np.square(errors), axis=0)) / 2
    np.testing.assert_allclose(ours["se"], se, rtol=1e-9)
    assert set(ours["n"]) == {sum(n)}


def test_splits_are_combined_as_in_r():
    # R 4.2.2: beta <- c(-4.1, -3.7, -4.6, -3.9); v <- c(.64, .60, .70, .58); m <- median(beta)
    # c(m, sqrt(median(v + (beta - m)^2)))
    found = combined(np.array([-4.1, -3.7, -4.6, -3.9]), np.array([0.64, 0.60, 0.70, 0.58]))
    assert found == pytest.approx((-4.0, 0.818535277187245), rel=1e-12)


def test_the_interval_is_that_of_t_with_the_freedom_of_both_halves():
    # R: qt(.975, 420) = 1.96562828448177
    for covariates, df in (((), len(WHOLE.data) - 4),
                           (COVARIATES, _complete(WHOLE) - 2 * _parameters())):
        assert cross_fitted(quick(WHOLE), covariates, n_splits=1)["df"].tolist() == [df]
    splits = np.tile([-4.0, 0.64, 440.0, 420.0], (3, 1))
    row = crossfit._row(splits)
    assert row["high"] == pytest.approx(-4.0 + 0.8 * 1.96562828448177, rel=1e-10)


def _complete(patients):
    needed = patients.data[[OUTCOME.name, *(c.name for c in COVARIATES)]]
    return int(needed.notna().all(axis=1).sum())


def _parameters():
    levels = [SHIPPED.data[c.name].nunique() - 1 for c in COVARIATES if not c.numeric]
    return 2 + sum(c.numeric for c in COVARIATES) + sum(levels)


def test_labels_come_from_the_other_half_whatever_the_outcome_says(found):
    prepared = refit.prepare(found, ())
    halves = np.arange(0, 454, 2), np.arange(1, 454, 2)
    starts = [kmeans.starts(seeds.generator(0), 4, 2)] * 2
    before = crossfit.both_ways(prepared, halves, starts)
    shifted = replace(prepared, y=prepared.y + 5)
    after = crossfit.both_ways(shifted, halves, starts)
    np.testing.assert_allclose(before[:2], after[:2], rtol=1e-9)


def test_groups_that_anybody_could_tell_give_the_difference_between_them(blobs, make_cohort):
    severe = np.arange(120) >= 80
    outcome = 40 - 6 * severe + np.random.default_rng(0).normal(size=120)
    found = cross_fitted(quick(with_outcome(make_cohort(blobs), outcome)), ())
    by_hand = outcome[severe].mean() - outcome[~severe].mean()
    assert found["estimate"][0] == pytest.approx(by_hand, abs=0.05)
    assert found["se"][0] == pytest.approx(np.sqrt(1 / 80 + 1 / 40), rel=0.25)


def with_outcome(patients, values):
    """The cohort with an outcome, under the name of a feature that has no direction."""
    data, book = patients.data.assign(wide=values), patients.codebook
    columns = tuple(
        replace(c, role="outcome") if c.name == "wide" else c for c in book.columns
    )
    return replace(patients, data=data, codebook=replace(book, columns=columns))


def test_more_splits_keep_the_earlier_ones(found):
    task = partial(crossfit._task, refit.prepare(found, ()), 3)
    np.testing.assert_array_equal(task(range(2))[0], task(range(1))[0])


@pytest.mark.parametrize("processes", [False, True])
def test_workers_of_any_kind_give_the_same_bits(found, fitted, processes):
    with workers(2, processes=processes):
        again = cross_fitted(found, COVARIATES, n_splits=8)
    pd.testing.assert_frame_equal(fitted, again, check_exact=True)


def test_both_halves_together_hold_everybody_with_outcome_and_covariates(fitted):
    assert fitted["n"].tolist() == [_complete(SHIPPED)]
    assert set(fitted["phenotype"]) == {"Severe"} and set(fitted["reference"]) == {"Mild"}


def test_without_an_outcome_there_is_an_empty_table_and_a_sentence(clustered):
    crossed = cross_fitted(clustered, ())
    assert len(crossed) == 0 and {"estimate", "note"} < set(crossed)
    assert crossed.attrs["reason"] == "The codebook names no outcome, so nothing is regressed."


def test_halves_that_do_not_vary_are_counted(blobs, make_cohort):
    values = blobs.assign(hard=np.where(np.arange(120) < 1, 1.0, 0.0))  # in one half only
    found = quick(with_outcome(make_cohort(values), blobs["wide"]))
    row = cross_fitted(found, (), n_splits=4).iloc[0]
    assert row[ESTIMATES].isna().all() and row["n_used"] == 0
    assert row["note"] == "Not estimable: 0 of 4 splits gave a value both ways, 90 % must."


def test_few_patients_give_no_absurd_number():
    small = replace(SHIPPED, data=SHIPPED.data.iloc[:40])
    for k in (2, 5):
        crossed = cross_fitted(quick(small, n_clusters=k), COVARIATES, n_splits=8)
        assert (crossed["estimate"].notna() | (crossed["note"] != "")).all()
        assert not (crossed[ESTIMATES].abs() > 200).any(axis=None)


def test_n_is_a_number_of_patients_where_two_middle_splits_differ_by_one(monkeypatch):
    splits = np.array([[1.0, 0.5, 20.0, 9.0], [1.2, 0.5, 21.0, 9.0]])
    assert np.median(splits[:, 2]) == 20.5  # what stands in the table is rounded down
    assert crossfit._row(splits)["n"] == 20
