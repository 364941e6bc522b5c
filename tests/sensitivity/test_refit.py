"""One pass over arrays against the verbs that work on frames, scikit-learn, and R."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from r_data import AM, CYL, MPG, WT
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer
from sklearn.linear_model import BayesianRidge
from threadpoolctl import threadpool_limits

from compendium.data import cohort
from compendium.phenotypes import clustering, core, kmeans, scaling
from compendium.phenotypes.core import Impossible
from compendium.regression import outcome_models
from compendium.sensitivity.refit import coefficients, least_squares, phenotypes, prepare

SHIPPED = cohort.load()
BOOK = SHIPPED.codebook
COVARIATES = cohort.choose_covariates(BOOK, "all")
CHOICES = {"n_clusters": 2, "scaling": "zscore", "missing": "iterative"}


@pytest.fixture(autouse=True)
def one_thread_in_libraries():
    with threadpool_limits(1):
        yield


def starts(k=2, n_init=10, random_state=0):
    """The starts of ``clustering.cluster_cohort``."""
    return kmeans.starts(np.random.RandomState(random_state), n_init, k)


def drawn(rows):
    """The cohort of the patients drawn, each a patient of his own."""
    names = [f"R{i:04d}" for i in range(len(rows))]
    return replace(SHIPPED, data=SHIPPED.data.iloc[rows].set_axis(names))


def slow(patients, covariates=COVARIATES, **choices):
    """Labels, z-scores and both coefficients by the verbs that work on frames."""
    found = clustering.cluster_cohort(patients, n_init=10, **choices)
    names = found.phenotypes.names
    table = outcome_models.models(
        patients.data, found.phenotypes.labels, names, BOOK.outcomes[0], covariates
    ).table
    return found, table[table["model"].isin(["crude", "adjusted"])]


def quick(prepared, rows):
    Z, labels = phenotypes(prepared, rows, starts(prepared.n_clusters))
    found = [coefficients(prepared, rows, labels, adjusted=a) for a in (False, True)]
    return Z, labels, found


def assert_same(patients, rows, covariates=COVARIATES, **changed):
    choices = CHOICES | changed
    theirs, table = slow(patients, covariates, **choices)
    Z, labels, found = quick(prepare(SHIPPED, covariates, **choices), rows)
    np.testing.assert_allclose(Z, theirs.Z, atol=1e-10)
    assert np.array_equal(labels, theirs.phenotypes.labels)
    for ours, column in (("beta", "estimate"), ("se", "se")):
        both = np.concatenate([getattr(c, ours) for c in found])
        np.testing.assert_allclose(both, table[column].to_numpy(float), rtol=1e-9)
    assert [c.n for c in found for _ in c.beta] == table["n"].tolist()


@pytest.mark.parametrize("changed", [
    {}, {"n_clusters": 3}, {"n_clusters": 5, "missing": "median"},
    {"scaling": "robust", "missing": "median"},
], ids=str)
def test_all_patients_in_their_order_give_the_published_phenotypes_and_coefficients(changed):
    assert_same(SHIPPED, np.arange(len(SHIPPED.data)), **changed)


@pytest.mark.parametrize("seed", range(3))
def test_patients_drawn_with_replacement_give_what_their_own_cohort_gives(seed):
    rows = np.random.default_rng(seed).integers(len(SHIPPED.data), size=len(SHIPPED.data))
    assert_same(drawn(rows), rows, n_clusters=2 + seed)


def test_a_device_that_loses_its_thirty_patients_is_pooled_again():
    device = SHIPPED.device.to_numpy()
    few = np.flatnonzero(device == device[0])[:29]
    rows = np.concatenate([few, np.flatnonzero(device != device[0])])
    assert_same(drawn(rows), rows, missing="median")


def test_a_level_that_was_not_drawn_has_no_column_whichever_it_is():
    category = next(c for c in COVARIATES if c.type == "category" and len(c.levels) > 2)
    for absent in category.levels[:2]:  # the reference, and another
        rows = np.flatnonzero((SHIPPED.data[category.name] != absent).to_numpy())
        assert_same(drawn(rows), rows, missing="median")


def test_a_patient_on_whom_a_coefficient_would_rest_alone_is_left_out_as_by_design():
    category = next(c for c in COVARIATES if c.type == "category" and len(c.levels) > 2)
    last = (SHIPPED.data[category.name] == category.levels[-1]).to_numpy()
    rows = np.concatenate([np.flatnonzero(~last), np.flatnonzero(last)[:1]])
    assert_same(drawn(rows), rows, missing="median")


def test_too_few_patients_for_the_design_give_no_coefficient():
    rows = np.arange(0, 15)
    prepared = prepare(SHIPPED, COVARIATES, **CHOICES)
    found = coefficients(prepared, rows, np.arange(15) % 2, adjusted=True)
    assert np.isnan(found.beta).all() and found.n <= 15


def test_without_covariates_the_two_models_are_one():
    _, _, (crude, adjusted) = quick(
        prepare(SHIPPED, (), **CHOICES | {"missing": "median"}), np.arange(454)
    )
    assert np.array_equal(crude.beta, adjusted.beta)


# -------------------------------------------------------------------------------- one half for both


@pytest.fixture(scope="module")
def gapped():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(90, 5)) @ rng.normal(size=(5, 5)) * [1, 5, 20, 0.1, 3] + 10
    X[rng.random(X.shape) < 0.1] = np.nan
    return X


def test_the_chain_of_one_half_fills_the_other_as_scikit_learns_does(gapped):
    learn, other = gapped[:50], gapped[50:]
    limits = {"min_value": np.nanmin(learn, axis=0), "max_value": np.nanmax(learn, axis=0)}
    imputer = IterativeImputer(max_iter=10, tol=0, **limits)
    with pytest.warns(ConvergenceWarning):
        theirs = [imputer.fit_transform(learn), imputer.transform(other)]
    ours = core.filled(gapped, 50, "iterative")
    np.testing.assert_allclose(ours, np.concatenate(theirs), rtol=1e-10)


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
    rows, n_learn = np.arange(300), 200
    prepared = prepare(SHIPPED, (), **CHOICES)
    shifted = replace(prepared, X=prepared.X + 50 * (np.arange(454) >= n_learn)[:, None])
    labels = [phenotypes(p, rows, starts(), n_learn)[1] for p in (prepared, shifted)]
    assert np.array_equal(*(each[:n_learn] for each in labels))
    assert not np.array_equal(*(each[n_learn:] for each in labels))


def test_other_rows_are_scored_in_the_device_only_where_it_was_learnt():
    X = np.arange(80.0)[:, None] ** 2
    device = np.repeat([0, 1, 0, 2], [35, 5, 20, 20])
    Z = core.scaled(X, 40, device=device, within=np.array([True]), scaling="zscore")
    own, pooled = X[:35], X[:40]
    np.testing.assert_allclose(Z[40:60], (X[40:60] - own.mean()) / own.std(ddof=1))
    np.testing.assert_allclose(Z[60:], (X[60:] - pooled.mean()) / pooled.std(ddof=1))


# ------------------------------------------------------------------------------ what cannot be done


def test_what_cannot_pass_says_why():
    X = np.column_stack([np.arange(6.0), np.full(6, np.nan)])
    with pytest.raises(Impossible, match=r"^A feature has no value\.$"):
        core.filled(X, 6, "median")
    X[:, 1] = 4.0
    nobody, within = np.zeros(6, int), np.zeros(2, bool)
    with pytest.raises(Impossible, match=r"^A feature does not vary\.$"):
        core.scaled(X, 6, device=nobody, within=within, scaling="zscore")


def test_more_phenotypes_than_different_patients_are_impossible():
    Z = np.repeat([[0.0, 1.0], [1.0, 0.0]], 5, axis=0)
    labels, _ = kmeans.best_fit(Z, 3, starts(3))
    with pytest.raises(Impossible, match="Fewer different patients than phenotypes"):
        core.ordered_centroids(Z, labels, 3, np.ones(2))


# ---------------------------------------------------------------------------------- order and names


@pytest.mark.parametrize("k", [2, 3, 4, 5])
@pytest.mark.parametrize("oriented", [True, False])
def test_names_and_order_are_those_of_clustering(k, oriented):
    Z = pd.DataFrame(np.random.default_rng(k).normal(size=(80, 3)), columns=list("abc"))
    signs = np.array([1.0, -1.0, 0.0]) * oriented
    severity = scaling.severity(Z, {"a": "high", "b": "low"} if oriented else {})
    theirs = clustering.fit(Z, n_clusters=k, n_init=10, severity=severity)
    values = Z.to_numpy()
    centroids = core.ordered_centroids(values, kmeans.best_fit(values, k, starts(k))[0], k,
                                           signs)
    np.testing.assert_allclose(centroids, theirs.centroids, atol=1e-12)
    prepared = replace(prepare(SHIPPED, (), **CHOICES), n_clusters=k, signs=signs)
    assert prepared.names == theirs.names


# ------------------------------------------------------------------------------------ least squares


def cars():
    dummies = [[c == level for c in CYL] for level in (6, 8)]
    return np.array(MPG, float), np.column_stack([np.ones(32), AM, WT, *dummies]).astype(float)


def test_coefficient_and_standard_error_equal_r():
    # R 4.2.2: m <- lm(mpg ~ am + wt + factor(cyl), mtcars); coeftest(m, vcov = vcovHC(m, "HC3"))
    found = least_squares(*cars(), 1)
    assert found.beta[0] == pytest.approx(0.150103119934499, rel=1e-9)
    assert found.se[0] == pytest.approx(1.46730172661086, rel=1e-9)
    assert (found.n, found.df) == (32, 27)


def test_what_design_must_look_at_is_left_to_it():
    y, X = cars()
    assert least_squares(y, np.column_stack([X, X[:, 2] - 3]), 1) is None  # dependent
    assert least_squares(y, np.column_stack([X, np.arange(32) == 5]), 1) is None  # rests on one
    assert least_squares(y[:14], X[:14], 1) is None  # too few
    assert least_squares(X @ np.ones(5), X, 1) is None  # nothing left around the fit
