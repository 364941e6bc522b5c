import numpy as np
import pytest
from clusterings import one_factor
from scipy.stats import gaussian_kde, kurtosis

from compendium.groups import nulls


def factor(n=200, p=6, skew=0.0):
    X = one_factor(n, p)
    return nulls.zscore(np.exp(skew * X) if skew else X)


def correlations(X):
    return np.corrcoef(X, rowvar=False)


def mean_correlations(null, draws=400):
    rng = np.random.default_rng(1)
    return np.mean([correlations(null.draw(rng)) for _ in range(draws)], axis=0)


def first_component(Z):
    return nulls.leading_components(Z, 1)[:, 0]


@pytest.fixture(scope="module")
def continuum_of_one_factor():
    return nulls.smooth_continuum(factor(), 0)


def test_every_draw_is_a_cohort_of_z_scores_of_the_same_size(continuum_of_one_factor):
    Z = factor()
    X = continuum_of_one_factor.draw(np.random.default_rng(3))
    assert X.shape == Z.shape
    assert X.mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert X.std(axis=0, ddof=1) == pytest.approx(1)


def test_the_draws_have_the_correlations_of_the_data(continuum_of_one_factor):
    mean = mean_correlations(continuum_of_one_factor)
    assert mean == pytest.approx(correlations(factor()), abs=0.06)


def test_the_copula_null_keeps_every_margin_exactly():
    Z = factor(skew=0.6)
    X = nulls.copula(Z, 0).draw(np.random.default_rng(4))
    assert (np.sort(X, axis=0) == np.sort(Z, axis=0)).all() and not (X == Z).all()


@pytest.mark.parametrize(("skew", "tolerance"), [(0.0, 0.01), (0.6, 0.04)])
def test_the_copula_null_keeps_correlations_closely(skew, tolerance):
    Z = factor(skew=skew)
    null = nulls.copula(Z, 0)
    assert np.abs(mean_correlations(null, 2000) - correlations(Z)).max() < tolerance


def test_the_copula_null_keeps_ties():
    Z = np.round(2 * factor())
    X = nulls.copula(Z, 0).draw(np.random.default_rng(5))
    assert (np.sort(X, axis=0) == np.sort(Z, axis=0)).all()


def peaks(y):
    """Local maxima of a smooth density of y, of at least a twentieth of the highest."""
    density = gaussian_kde(y)(np.linspace(y.min(), y.max(), 200))
    inner = density[1:-1]
    highest = (inner > density[:-2]) & (inner > density[2:]) & (inner > density.max() / 20)
    return int(highest.sum())


def test_a_drawn_continuum_has_one_peak_in_every_dimension_where_the_data_have_two():
    rng = np.random.default_rng(2)
    signs = np.where(rng.random((500, 2)) < 0.4, 1.0, -1.0) * [3.0, 2.0]
    mixing = np.vstack([np.ones(8), [1, -1] * 4])
    Z = nulls.zscore(signs @ mixing + rng.normal(size=(500, 8)))
    null = nulls.smooth_continuum(Z, 0)
    drawn = nulls.zscore(np.vstack([null.draw(rng) for _ in range(10)]))
    for component in (0, 1):
        seen, without = (nulls.leading_components(X, 2)[:, component] for X in (Z, drawn))
        assert peaks(seen) == 2 and peaks(without) == 1


def test_a_second_flat_dimension_stays_flat_in_the_draws():
    rng = np.random.default_rng(6)
    flat = rng.random((600, 2)) * [6.0, 5.0]
    Z = nulls.zscore(flat @ np.vstack([np.ones(8), [1, -1] * 4]) + 0.3 * rng.normal(size=(600, 8)))
    drawn = nulls.smooth_continuum(Z, 0).draw(rng)
    second = [kurtosis(nulls.leading_components(X, 2)[:, 1]) for X in (Z, drawn)]
    assert second[1] == pytest.approx(second[0], abs=0.25) and second[0] < -1


def test_a_drawn_continuum_bends_its_variables_as_the_data_do():
    rng = np.random.default_rng(8)
    t = rng.normal(size=(400, 1))
    Z = nulls.zscore(np.hstack([t, t, t, np.exp(t)]) + 0.2 * rng.normal(size=(400, 4)))
    X = nulls.smooth_continuum(Z, 0).draw(rng)
    bends = [np.polyfit(D[:, :3].mean(axis=1), D[:, 3], 2)[0] for D in (Z, X)]
    assert bends[1] == pytest.approx(bends[0], rel=0.25) and bends[0] > 0.2


def test_the_course_undoes_crowding_where_patients_turn():
    rng = np.random.default_rng(12)
    angle = np.pi * rng.random(400)
    plane = np.column_stack([-np.cos(angle), 1.3 * np.sin(angle)]) @ rng.normal(size=(2, 8))
    Z = nulls.zscore(plane + 0.2 * rng.normal(size=plane.shape))
    assert kurtosis(first_component(Z)) < -1.4 < -1.25 < kurtosis(nulls.course(Z))


def test_a_straight_course_is_the_first_component():
    Z = factor(400, 10)
    assert nulls.course(Z) == pytest.approx(first_component(Z))


def test_a_severity_of_few_values_still_gives_a_null():
    Z = nulls.zscore(np.random.default_rng(9).integers(0, 2, (100, 3)).astype(float))
    X = nulls.smooth_continuum(Z, 0).draw(np.random.default_rng(10))
    assert np.isfinite(X).all()


def test_a_root_times_itself_is_the_matrix():
    S = np.cov(factor(), rowvar=False)
    root = nulls.root_of(S)
    np.testing.assert_allclose(root @ root.T, S, atol=1e-12)


def test_the_root_of_a_matrix_that_is_no_covariance_keeps_its_diagonal():
    S = np.array([[1.0, 0.9, -0.9], [0.9, 4.0, 0.9], [-0.9, 0.9, 1.0]])
    assert np.linalg.eigvalsh(S).min() < 0  # so one eigenvalue is floored
    root = nulls.root_of(S)
    np.testing.assert_allclose(np.diag(root @ root.T), [1, 4, 1], rtol=1e-12)


def test_the_components_equal_those_of_scikit_learn():
    from sklearn.decomposition import PCA

    Z = np.random.default_rng(3).normal(size=(50, 4)) * [4, 3, 2, 1]
    Z = Z - Z.mean(axis=0)
    expected = np.abs(PCA(4).fit_transform(Z))
    assert np.abs(nulls.leading_components(Z, 3)) == pytest.approx(expected[:, :3])
    assert np.abs(nulls.leading_components(Z)) == pytest.approx(expected)


def test_there_are_no_more_components_than_features():
    Z = np.random.default_rng(4).normal(size=(9, 2))
    assert nulls.leading_components(Z, 3).shape == (9, 2)
