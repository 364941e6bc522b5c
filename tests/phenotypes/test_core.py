"""The pipeline on arrays against scikit-learn, and the frames around it against the arrays."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer
from sklearn.linear_model import BayesianRidge
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from compendium.data import cohort as cohorts
from compendium.phenotypes import cluster_cohort, core, kmeans
from compendium.phenotypes.core import Impossible, Measured
from compendium.phenotypes.scaling import device_names

SHIPPED = cohorts.load()
FEATURES = SHIPPED.codebook.features


@pytest.fixture(autouse=True)
def one_thread_in_libraries():
    with threadpool_limits(1):
        yield


def measured(k=2, scaling="zscore", missing="iterative") -> Measured:
    """The shipped patients as arrays."""
    return Measured(
        X=cohorts.features(SHIPPED).to_numpy(), names=core.names_of(k, True),
        device=device_names(SHIPPED.device, SHIPPED.data.index),
        within=np.array([c.per_device for c in FEATURES]),
        signs=np.array([{"low": -1.0, "high": 1.0}.get(c.worse, 0.0) for c in FEATURES]),
        scaling=scaling, missing=missing,
    )


def starts(k=2, n_init=10, random_state=0):
    return kmeans.starts(np.random.RandomState(random_state), n_init, k)


def imputed(learn, *others):
    """The chain of scikit-learn, learnt on one matrix and applied to it and the others."""
    limits = {"min_value": np.nanmin(learn, axis=0), "max_value": np.nanmax(learn, axis=0)}
    imputer = IterativeImputer(max_iter=10, tol=0, **limits)
    with pytest.warns(ConvergenceWarning):
        whole = imputer.fit_transform(learn)
    return np.concatenate([whole, *(imputer.transform(X) for X in others)])


def test_the_shipped_cohort_passes_as_through_scikit_learn():
    X, device = imputed(measured().X), SHIPPED.device.to_numpy()
    theirs = StandardScaler().fit_transform(X) * np.sqrt(453 / 454)  # ddof 1
    bright = measured().within
    for level in np.unique(device):
        own = np.ix_(device == level, bright)
        n = len(X[own])
        theirs[own] = StandardScaler().fit_transform(X[own]) * np.sqrt((n - 1) / n)
    Z, labels = core.phenotypes(measured(), np.arange(454), starts())
    np.testing.assert_allclose(Z, theirs, atol=1e-11)
    found = KMeans(2, n_init=10, tol=0, random_state=0).fit(theirs).labels_
    worse = theirs @ measured().signs
    mildest_first = worse[found == 0].mean() < worse[found == 1].mean()
    assert np.array_equal(labels, found if mildest_first else 1 - found)


@pytest.mark.parametrize("choices", [
    {"k": 3}, {"k": 5, "missing": "median"}, {"scaling": "robust", "missing": "median"},
], ids=str)
@pytest.mark.parametrize("draw", ["everybody", "with replacement", "29 of a device"])
def test_rows_pass_as_a_cohort_of_their_own(draw, choices):
    device = SHIPPED.device.to_numpy()
    rows = {
        "everybody": np.arange(454),
        "with replacement": np.random.default_rng(1).integers(454, size=454),
        "29 of a device": np.r_[np.flatnonzero(device == device[0])[:29],
                                np.flatnonzero(device != device[0])],
    }[draw]
    data = SHIPPED.data.iloc[rows].set_axis([f"R{i:04d}" for i in range(len(rows))])
    settings = {"n_clusters" if name == "k" else name: c for name, c in choices.items()}
    whole = cluster_cohort(replace(SHIPPED, data=data), n_init=10, **settings)
    here, uniforms = measured(**choices), starts(choices.get("k", 2))
    Z, labels = core.phenotypes(here, rows, uniforms)
    np.testing.assert_allclose(Z, whole.Z, atol=1e-12)
    again = core.labelled(whole.Z.to_numpy(), here.n_clusters, here.signs, uniforms)
    assert np.array_equal(labels, again) and here.names == whole.names
    # few starts of Lloyd end near the reference division, at k = 2 in it
    assert adjusted_rand_score(labels, whole.labels) > (0.99 if here.n_clusters == 2 else 0.4)


# --------------------------------------------------------------------- learnt on some rows, for all


@pytest.fixture(scope="module")
def gapped():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(90, 5)) @ rng.normal(size=(5, 5)) * [1, 5, 20, 0.1, 3] + 10
    X[rng.random(X.shape) < 0.1] = np.nan
    return X


def test_the_chain_of_one_half_fills_the_other_as_scikit_learns_does(gapped):
    ours = core.filled(gapped, 50, "iterative")
    np.testing.assert_allclose(ours, imputed(gapped[:50], gapped[50:]), rtol=1e-10)


def test_medians_of_the_first_rows_fill_all_rows(gapped):
    ours = core.filled(gapped, 50, "median")
    gap = np.isnan(gapped)
    assert np.array_equal(ours[gap], np.broadcast_to(np.nanmedian(gapped[:50], 0), gap.shape)[gap])
    assert np.array_equal(ours[~gap], gapped[~gap])


@pytest.mark.parametrize("n", [200, 9])
def test_the_ridge_is_scikit_learns_also_with_fewer_patients_than_features(n):
    rng = np.random.default_rng(n)
    X = rng.normal(size=(n, 12))
    y = X @ rng.normal(size=12) + rng.normal(size=n)
    theirs = BayesianRidge().fit(X, y)
    slopes, constant = core.bayesian_ridge(X, y)
    np.testing.assert_allclose(slopes, theirs.coef_, rtol=1e-8)
    assert constant == pytest.approx(theirs.intercept_, rel=1e-8)


def test_a_single_feature_is_filled_with_its_mean():
    filled = core.filled(np.array([[1.0], [3.0], [np.nan]]), 3, "iterative")
    assert filled.ravel().tolist() == [1, 3, 2]


def test_rows_that_are_only_labelled_move_no_label_of_those_learnt_from():
    rows, n_learn, here = np.arange(300), 200, measured()
    shifted = replace(here, X=here.X + 50 * (np.arange(454) >= n_learn)[:, None])
    labels = [core.phenotypes(m, rows, starts(), n_learn)[1] for m in (here, shifted)]
    assert np.array_equal(*(each[:n_learn] for each in labels))
    assert not np.array_equal(*(each[n_learn:] for each in labels))


def test_other_rows_are_scored_in_the_device_only_where_it_was_learnt():
    X = np.arange(80.0)[:, None] ** 2
    device = np.repeat(["A", "B", "A", "C"], [35, 5, 20, 20])
    learnt = core.scales(X[:40], device[:40], np.array([True]), "zscore")
    Z, own, pooled = core.zscores(X, device, learnt), X[:35], X[:40]
    np.testing.assert_allclose(Z[40:60], (X[40:60] - own.mean()) / own.std(ddof=1))
    np.testing.assert_allclose(Z[60:], (X[60:] - pooled.mean()) / pooled.std(ddof=1))


def test_thirty_patients_make_a_device_of_its_own():
    device = np.repeat(["A", "B", "", core.POOLED], [30, 29, 40, 40])
    assert core.large_devices(device) == ["A"]


# ------------------------------------------------------------------------------ what cannot be done


def test_what_cannot_pass_says_why():
    X = np.column_stack([np.arange(6.0), np.full(6, np.nan)])
    with pytest.raises(Impossible, match=r"^A feature has no value\.$"):
        core.filled(X, 6, "median")
    with pytest.raises(Impossible, match=r"^A feature does not vary\.$"):
        core.scales(np.nan_to_num(X), np.full(6, ""), np.zeros(2, bool), "zscore")


def test_four_different_patients_are_too_few_to_measure_a_difference_in():
    Z, labels = np.arange(10.0)[:, None] ** 2, np.repeat([0, 1], 5)
    rows = np.arange(10)
    assert np.isfinite(core.standardised_differences(Z, labels, rows, 2)).all()
    rows[1] = 0  # drawn twice
    assert np.isnan(core.standardised_differences(Z, labels, rows, 2)).all()


def test_more_phenotypes_than_different_patients_are_impossible():
    Z = np.repeat([[0.0, 1.0], [1.0, 0.0]], 5, axis=0)
    with pytest.raises(Impossible, match="Fewer different patients than phenotypes"):
        core.labelled(Z, 3, np.ones(2), starts(3))


@pytest.mark.parametrize(("few", "alone"), [(1, False), (4, False), (5, True)])
def test_few_patients_of_no_large_device_are_one_with_the_smallest(few, alone):
    X = np.random.default_rng(3).normal(50, 9, (75 + few, 2))
    device = np.array(["A"] * 40 + ["B"] * 35 + ["C"] * few)
    found = core.scales(X, device, np.array([True, False]), "zscore")
    assert ("C" in found) != alone
    Z = core.zscores(X, device, found)
    of_large = [Z[device == name, 0].sum() for name in "AB"]
    # what the large devices leave of the whole is nobody's value
    assert np.allclose(of_large, 0) == alone and np.isclose(Z[:, 0].sum(), 0) != alone
