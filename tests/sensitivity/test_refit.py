"""The regression on arrays against designs fitted by statsmodels, and R."""

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from r_data import AM, CYL, MPG, WT
from threadpoolctl import threadpool_limits

from compendium.data import cohort
from compendium.data.found import Found
from compendium.phenotypes import cluster_cohort
from compendium.regression.design import PHENOTYPE, design
from compendium.sensitivity.refit import coefficients, least_squares, prepare

SHIPPED = cohort.load()
BOOK, N = SHIPPED.codebook, len(SHIPPED.data)
COVARIATES = cohort.choose_covariates(BOOK, "all")
CATEGORY = next(c for c in COVARIATES if c.type == "category" and len(c.levels) > 2)


@pytest.fixture(autouse=True)
def one_thread_in_libraries():
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def found():
    return cluster_cohort(SHIPPED, n_clusters=3, n_init=5, missing="median")


def drawn(found, rows) -> Found:
    """The patients drawn, each a patient of his own."""
    part = found.where(rows)
    return replace(part, data=part.data.set_axis([f"R{i:04d}" for i in range(len(rows))]))


def assert_same(found, rows):
    patients = drawn(found, rows)
    outcome = patients.data[BOOK.outcomes[0].name]
    known = patients.where(outcome.notna().to_numpy())
    for covariates in ((), COVARIATES):
        ours = coefficients(prepare(found, covariates), rows, patients.labels)
        built = design(known, covariates)
        y = outcome.dropna().to_numpy()[built.rows]
        theirs = sm.OLS(y, built.X).fit(cov_type="HC3")
        terms = list(built.groups[PHENOTYPE])
        np.testing.assert_allclose(ours.beta, theirs.params[terms], rtol=1e-9)
        np.testing.assert_allclose(ours.se, theirs.bse[terms], rtol=1e-9)
        assert (ours.n, ours.df) == (len(y), theirs.df_resid)


@pytest.mark.parametrize("k", [2, 5])
def test_all_patients_in_their_order_have_the_coefficients_of_the_cohort(k):
    assert_same(cluster_cohort(SHIPPED, n_clusters=k, n_init=5, missing="median"), np.arange(N))


@pytest.mark.parametrize("seed", range(3))
def test_patients_drawn_with_replacement_give_what_their_own_cohort_gives(found, seed):
    assert_same(found, np.random.default_rng(seed).integers(N, size=N))


def test_a_level_that_was_not_drawn_has_no_column_whichever_it_is(found):
    for absent in CATEGORY.levels[:2]:  # the reference, and another
        assert_same(found, np.flatnonzero((SHIPPED.data[CATEGORY.name] != absent).to_numpy()))


def test_a_patient_on_whom_a_coefficient_would_rest_alone_is_left_out_as_by_design(found):
    last = (SHIPPED.data[CATEGORY.name] == CATEGORY.levels[-1]).to_numpy()
    assert_same(found, np.concatenate([np.flatnonzero(~last), np.flatnonzero(last)[:1]]))


def test_too_few_patients_for_the_design_give_no_coefficient(found):
    labels = np.arange(15) % 2
    none = coefficients(prepare(found, COVARIATES), np.arange(15), labels)
    assert np.isnan(none.beta).all() and none.n <= 15


def test_what_is_prepared_has_the_choices_and_the_order_of_the_clustering(found):
    prepared = prepare(found, ())
    assert (prepared.names, prepared.scaling, prepared.missing) == (
        ("Mild", "Moderate", "Severe"), "zscore", "median"
    )
    assert prepared.oriented and np.isnan(prepared.X).any()


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
