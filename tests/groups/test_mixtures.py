"""One Gaussian or two: BIC and bootstrap likelihood ratio, against R's mclust on iris."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.datasets import load_iris

from compendium.groups.mixtures import MIXTURE_COLUMNS, compare_mixtures
from compendium.groups.nulls import zscore
from compendium.parallel import workers


def gaussian(n=80, distance=0.0, seed=0):
    Z = np.random.default_rng(seed).normal(size=(n, 3))
    Z[: n // 2, 0] += distance
    return Z


def test_both_models_equal_mclust():
    # R: X <- scale(iris[, 1:4]); sapply(1:2, \\(G) Mclust(X, G, "EEE")[c("bic", "loglik", "df")])
    found = compare_mixtures(zscore(load_iris().data), n_draws=1)
    assert list(found) == MIXTURE_COLUMNS.split()
    assert found["bic"].tolist() == pytest.approx([1046.6559309463, 904.7749967183], abs=1e-6)
    assert found["log_likelihood"].tolist() == pytest.approx([-488.25351841, -404.78646307])
    assert found["parameters"].tolist() == [14, 19]


def test_the_likelihood_of_one_gaussian_equals_its_formula():
    Z = gaussian()
    expected = multivariate_normal(Z.mean(axis=0), np.cov(Z.T, ddof=0)).logpdf(Z).sum()
    assert compare_mixtures(Z, n_draws=1)["log_likelihood"][0] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("distance", "better"), [(0, "one Gaussian"), (6, "two Gaussians")])
def test_two_gaussians_fit_better_only_where_there_are_two(distance, better):
    found = compare_mixtures(gaussian(distance=distance), n_draws=19).set_index("model")
    assert found["bic_lower_by"].idxmax() == better
    assert (found.loc["two Gaussians", "p"] <= 0.05) == (better == "two Gaussians")


def test_one_skewed_hill_is_taken_for_two_gaussians():
    # why this is supporting only
    skewed = np.exp(gaussian(n=200))
    assert compare_mixtures(skewed, n_draws=19)["p"][1] == 0.05


def test_more_draws_keep_the_earlier_ones_and_workers_do_not_matter():
    Z = gaussian(n=40)
    few, many = (compare_mixtures(Z, n_draws=n) for n in (5, 11))  # one task, two tasks
    beaten = few["p"][1] * 6 - 1
    assert beaten <= many["p"][1] * 12 - 1 <= beaten + 6
    with workers(2):
        assert many.equals(compare_mixtures(Z, n_draws=11))
