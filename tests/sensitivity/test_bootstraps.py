"""Bootstraps of the whole pipeline: against the verbs they repeat, against R, and among themselves.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from compendium import seeds
from compendium.data import cohort
from compendium.parallel import workers
from compendium.phenotypes import core, kmeans, profiles
from compendium.phenotypes.clustering import cluster_cohort
from compendium.regression import outcome_models
from compendium.sensitivity import bootstraps, refit
from compendium.sensitivity.bootstraps import Replicates, bootstrap, intervals

SHIPPED = cohort.load()
BOOK = SHIPPED.codebook
COVARIATES = cohort.choose_covariates(BOOK, "all")
# every third patient, with gaps; median imputation where the way of filling does not matter
THIRD = replace(SHIPPED, data=SHIPPED.data.iloc[::3])
ARRAYS = ("smd", "beta")


def quick(patients, **choices):
    return cluster_cohort(patients, n_init=10, **{"missing": "median"} | choices)


def given(values, book, covariates=(), n_replicates=60):
    """Replicates of patients with these features."""
    return bootstrap(quick(book(values)), covariates, n_replicates=n_replicates)


@pytest.fixture(scope="module")
def found():
    return quick(THIRD, random_state=5)


@pytest.fixture(scope="module")
def some(found):
    return bootstrap(found, COVARIATES, n_replicates=45)


def same_bits(one, two):
    pairs = [(getattr(one, name), getattr(two, name)) for name in ARRAYS]
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


def replicates(values, **changed):
    """Replicates of one coefficient, as given."""
    values = np.asarray(values, float)[:, None]
    made = Replicates(
        smd=np.empty((len(values), 0)), beta=values, failures={}, features=(),
        names=("Mild", "Severe"), n=30, n_regressed=18, oriented=True,
    )
    return replace(made, **changed)


@pytest.mark.parametrize("k", [2, 3])
def test_all_patients_in_their_own_order_are_the_published_analysis(k):
    found = cluster_cohort(SHIPPED, n_clusters=k, n_init=10)
    starts, everybody = kmeans.starts(np.random.RandomState(0), 10, k), np.arange(len(SHIPPED.data))
    with threadpool_limits(1):
        prepared = refit.prepare(found, COVARIATES)
        ours = bootstraps.measured(prepared, everybody, starts)
    # the division of these starts, which at k = 3 is not the tightest
    found = replace(found, labels=core.phenotypes(prepared, everybody, starts)[1])
    table = outcome_models.fit_outcome(found, BOOK.outcomes[0], COVARIATES).table
    smd = profiles.differences(found)["smd"]
    beta = table.loc[table["model"] == "adjusted", "estimate"]
    expected = np.concatenate([smd, beta]).astype(float)
    np.testing.assert_allclose(ours, expected, rtol=1e-9)


def test_a_replicate_can_be_made_again_alone_from_its_key(some):
    rng = seeds.generator(5, 20, 44)
    rows = rng.integers(len(THIRD.data), size=len(THIRD.data))
    names = [f"R{i:04d}" for i in range(len(rows))]
    drawn = quick(replace(THIRD, data=THIRD.data.iloc[rows].set_axis(names)))
    smd = profiles.differences(drawn)["smd"]
    np.testing.assert_allclose(some.smd[44], smd, rtol=1e-9)


def test_more_replicates_keep_the_earlier_ones(found, some):
    fewer = bootstrap(found, COVARIATES, n_replicates=13)
    first = replace(some, **{name: getattr(some, name)[:13] for name in ARRAYS})
    assert same_bits(fewer, first)


@pytest.mark.parametrize(
    "where", [{"jobs": 2, "processes": True}, {"jobs": 2}, {"jobs": 1, "dask": "local"}], ids=str
)
def test_workers_of_any_kind_give_the_same_bits_and_are_told_of_batches(found, some, where):
    told = []
    with workers(teller=lambda noun: lambda *now: told.append((noun, *now)), **where):
        again = bootstrap(found, COVARIATES, n_replicates=45)
    assert same_bits(some, again)
    assert told == [("batches of bootstraps", done, 5) for done in range(1, 6)]


def test_phenotypes_are_ordered_in_every_replicate(some):
    worse = [c.worse for c in BOOK.features]
    directed = some.smd[:, [w != "none" for w in worse]]
    signs = [1 if w == "high" else -1 for w in worse if w != "none"]
    assert (directed @ signs > 0).all()


# --------------------------------------------------------------------------------------- intervals


X = (np.arange(1, 201) * 37) % 199 + np.sin(np.arange(1, 201))


def test_ends_and_standard_error_equal_r():
    # R 4.2.2: x <- (1:200 * 37) %% 199 + sin(1:200); quantile(x, c(.025, .975), type = 6); sd(x)
    row = intervals(replicates(X)).iloc[0]
    theirs = [4.97518354040037, 193.71021271643005, 57.6032546868684]
    np.testing.assert_allclose(row[["low", "high", "se"]].astype(float), theirs, rtol=1e-12)


def test_replicates_without_a_value_are_left_out_and_counted():
    lost = np.append(X, np.full(20, np.nan))
    row = intervals(replicates(lost)).iloc[0]
    assert (row["n_used"], row["n_replicates"], row["note"]) == (200, 220, "")
    assert row["low"] == pytest.approx(4.97518354040037)


def test_too_many_without_a_value_leave_no_interval_but_a_sentence():
    lost = np.append(X, np.full(23, np.nan))
    row = intervals(replicates(lost, failures={"A feature does not vary.": 23})).iloc[0]
    assert row[["low", "high", "se"]].isna().all()
    assert row["note"] == (
        "No interval: 200 of 223 replicates gave a value, 90 % must. A feature does not vary. (23)"
    )


def test_few_replicates_say_what_their_ends_are():
    row = intervals(replicates(X[:20])).iloc[0]
    assert (row["low"], row["high"]) == (X[:20].min(), X[:20].max())
    assert row["note"] == "So few replicates that the ends are the smallest and the largest."


def test_every_quantity_has_its_own_number_of_patients(some):
    table = intervals(some)
    n = table.groupby("quantity", sort=False)["n"].first()
    known = THIRD.data[[c.name for c in (*COVARIATES, BOOK.outcomes[0])]].notna().all(axis=1)
    assert n.tolist() == [152, known.sum()]
    assert table["term"].tolist() == [*some.features, "Severe"]


def test_differences_keep_their_estimates_and_change_their_intervals(found, some):
    known = profiles.differences(found)
    ours = bootstraps.difference_intervals(known, some)
    pd.testing.assert_series_equal(ours["smd"], known["smd"])
    assert ours["low"].tolist() == intervals(some)["low"][: len(known)].tolist()
    assert set(ours["method"]) == {"percentiles of bootstraps of the whole pipeline"}


# ----------------------------------------------------------------------------- what cannot be done


def test_a_replicate_that_cannot_pass_is_counted_and_the_others_stand(blobs, make_cohort):
    values = blobs.assign(wide=np.where(np.arange(120) < 1, 1.0, 0.0))  # one patient differs
    lost = given(values, make_cohort)
    assert lost.failures == {"A feature does not vary.": lost.n_failed}
    assert 10 < lost.n_failed < 35  # expected share: exp(-1)
    assert np.isnan(lost.smd).all(axis=1).sum() == lost.n_failed
    table = intervals(lost)
    assert table["low"].isna().all() and table["note"].str.startswith("No interval: ").all()


def test_without_an_outcome_there_are_differences_and_no_coefficients(blobs, make_cohort):
    table = intervals(given(blobs, make_cohort, n_replicates=40))
    known = table.set_index("quantity")["n_used"]
    assert known["smd"].tolist() == [40] * 5
    assert known["beta"] == 0
    assert table["note"].iloc[-1].endswith(bootstraps._NO_MODEL)


def test_without_covariates_the_coefficient_is_crude(found):
    everybody, starts = np.arange(len(THIRD.data)), kmeans.starts(np.random.RandomState(0), 10, 2)
    prepared = refit.prepare(found, ())
    labels = core.phenotypes(prepared, everybody, starts)[1]
    means = found.data[BOOK.outcomes[0].name].groupby(labels).mean()
    crude = bootstraps.measured(prepared, everybody, starts)[-1]
    assert crude == pytest.approx(means[1] - means[0])


def test_copies_of_few_patients_give_no_difference(blobs, make_cohort):
    values = blobs.copy()
    values.iloc[:6] = values.iloc[:6] + [-300, 500, 0, 100, -200]  # six alone, far away
    smd = given(values, make_cohort).smd
    rows = [seeds.generator(0, 20, b).integers(120, size=120) for b in range(60)]
    few = np.array([len(np.unique(drawn[drawn < 6])) for drawn in rows]) < 5
    assert 0 < few.sum() < 60 and np.isnan(smd[few]).all()
    assert np.isfinite(smd[~few]).all()


def test_without_directions_the_note_says_that_phenotypes_may_be_exchanged(some):
    notes = intervals(replace(some, oriented=False))["note"]
    assert set(notes) == {"Phenotypes are ordered by size, and replicates may exchange them."}


def test_an_outcome_that_does_not_vary_gives_no_coefficient(found):
    flat = replace(found, data=found.data.assign(**{BOOK.outcomes[0].name: 40.0}))
    lost = bootstrap(flat, COVARIATES, n_replicates=10)
    assert np.isnan(lost.beta).all()


def test_forty_patients_and_five_phenotypes_give_numbers_or_sentences():
    small = quick(replace(SHIPPED, data=SHIPPED.data.iloc[:40]), n_clusters=5)
    table = intervals(bootstrap(small, COVARIATES, n_replicates=40))
    assert (table["low"].notna() | (table["note"] != "")).all()
    assert table["low"].abs().max() < 100
