import numpy as np
import pytest

from compendium.groups import measures, nulls
from compendium.groups.unimodal import dip, dip_p_value


def one_factor(n=200, p=6, seed=0, skew=0.0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 1)) + rng.normal(size=(n, p))
    return nulls.zscore(np.exp(skew * X) if skew else X)


def correlations(X):
    return np.corrcoef(X, rowvar=False)


def mean_correlations(null, draws=400):
    rng = np.random.default_rng(1)
    return np.mean([correlations(null.draw(rng)) for _ in range(draws)], axis=0)


def severity_nulls(Z, laws="C"):
    return nulls.severity_continuum(Z, nulls.course(Z), 0, laws)


def all_nulls(Z):
    return {"A": nulls.gaussian(Z), "B": nulls.copula(Z, 0)} | severity_nulls(Z, "CLS")


@pytest.fixture(scope="module")
def nulls_of_one_factor():
    return all_nulls(one_factor())


@pytest.mark.parametrize("name", nulls.NULLS)
def test_every_draw_is_a_cohort_of_z_scores_of_the_same_size(name, nulls_of_one_factor):
    Z = one_factor()
    X = nulls_of_one_factor[name].draw(np.random.default_rng(3))
    assert X.shape == Z.shape
    assert X.mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert X.std(axis=0, ddof=1) == pytest.approx(1)


@pytest.mark.parametrize("name", "ABCL")
def test_the_draws_have_the_correlations_of_the_data(name, nulls_of_one_factor):
    mean = mean_correlations(nulls_of_one_factor[name])
    assert mean == pytest.approx(correlations(one_factor()), abs=0.06)


def test_the_copula_null_keeps_every_margin_exactly():
    Z = one_factor(skew=0.6)
    X = nulls.copula(Z, 0).draw(np.random.default_rng(4))
    assert (np.sort(X, axis=0) == np.sort(Z, axis=0)).all() and not (X == Z).all()


@pytest.mark.parametrize(("skew", "tolerance"), [(0.0, 0.01), (0.6, 0.04)])
def test_the_copula_null_keeps_correlations_closely(skew, tolerance):
    Z = one_factor(skew=skew)
    null = nulls.copula(Z, 0)
    assert np.abs(mean_correlations(null, 2000) - correlations(Z)).max() < tolerance
    assert null.largest_difference < tolerance


def test_the_copula_null_keeps_ties():
    Z = np.round(2 * one_factor())
    X = nulls.copula(Z, 0).draw(np.random.default_rng(5))
    assert (np.sort(X, axis=0) == np.sort(Z, axis=0)).all()


def two_hills(n=300, p=6, distance=6.0):
    rng = np.random.default_rng(6)
    X = rng.normal(size=(n, p)) + distance * (rng.random((n, 1)) < 0.4) / np.sqrt(p)
    return nulls.zscore(X)


@pytest.mark.parametrize("law", "CLS")
def test_the_severity_of_a_drawn_continuum_has_one_hill_even_where_the_data_have_two(law):
    Z = two_hills()
    null = severity_nulls(Z, law)[law]
    drawn = null.severity.draw(20_000, np.random.default_rng(7))
    assert dip(measures.first_component(Z)) > 0.06 and dip(drawn) < 0.006


def test_a_drawn_continuum_bends_its_variables_as_the_data_do():
    rng = np.random.default_rng(8)
    t = rng.normal(size=(400, 1))
    Z = nulls.zscore(np.hstack([t, t, t, np.exp(t)]) + 0.2 * rng.normal(size=(400, 4)))
    X = severity_nulls(Z)["C"].draw(rng)
    bends = [np.polyfit(D[:, :3].mean(axis=1), D[:, 3], 2)[0] for D in (Z, X)]
    assert bends[1] == pytest.approx(bends[0], rel=0.25) and bends[0] > 0.2


def test_the_course_undoes_crowding_where_patients_turn():
    rng = np.random.default_rng(12)
    angle = np.pi * rng.random(400)
    plane = np.column_stack([-np.cos(angle), 1.3 * np.sin(angle)]) @ rng.normal(size=(2, 8))
    Z = nulls.zscore(plane + 0.2 * rng.normal(size=plane.shape))
    assert dip_p_value(measures.first_component(Z)) < 0.01 < 0.05 < dip_p_value(nulls.course(Z))


def test_a_straight_course_is_the_first_component():
    Z = one_factor(400, 10)
    assert nulls.course(Z) == pytest.approx(measures.first_component(Z))


def test_a_draw_can_be_made_again_alone():
    null = nulls.copula(one_factor(), 0)
    batch = [null.draw(nulls.null_generator(11, "B", m)) for m in range(4)]
    assert (null.draw(nulls.null_generator(11, "B", 2)) == batch[2]).all()
    assert not (batch[1] == batch[2]).all()


def test_the_nulls_use_random_numbers_of_their_own():
    first = [nulls.null_generator(0, name, 0).random() for name in nulls.NULLS]
    assert len(set(first)) == len(nulls.NULLS)


def test_a_severity_of_few_values_still_gives_a_null():
    Z = nulls.zscore(np.random.default_rng(9).integers(0, 2, (100, 3)).astype(float))
    X = severity_nulls(Z)["C"].draw(np.random.default_rng(10))
    assert np.isfinite(X).all()
