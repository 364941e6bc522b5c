"""One Gaussian or two: BIC and bootstrap likelihood ratio, against R's mclust and scikit-learn."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.mixture import GaussianMixture

from compendium.groups.mixtures import MIXTURE_COLUMNS, compare_mixtures
from compendium.groups.nulls import zscore
from compendium.parallel import workers


def gaussian(n=80, distance=0.0, seed=0):
    Z = np.random.default_rng(seed).normal(size=(n, 3))
    Z[: n // 2, 0] += distance
    return Z


NULL = np.random.default_rng(0).normal(size=(150, 6))
# R 4.2.2, mclust 6.0.0, X as numpy.savetxt(fmt="%.17g") wrote it:
# for (G in 1:2) Mclust(X, G, "EEE", control = emControl(tol = 1e-12))$loglik
MCLUST = {
    "iris": (zscore(load_iris().data), -488.25351841, -404.78646306),
    "wine": (zscore(load_wine().data), -2594.67987883, -2527.07323146),
    "tumours": (zscore(load_breast_cancer().data[:, :10]), -2429.46024733, -2299.59343804),
    "one Gaussian": (NULL, -1236.92276989, -1230.43285714),
    "one skewed hill": (zscore(np.exp(np.random.default_rng(1).normal(size=(200, 4)))),
                        -1131.14863503, -1086.81520406),
}


@pytest.mark.parametrize("name", MCLUST)
def test_one_gaussian_equals_mclust_and_two_fit_at_least_as_well_from_any_seed(name):
    Z, one, two = MCLUST[name]
    found = [compare_mixtures(Z, n_draws=1, random_state=seed) for seed in range(3)]
    reached = np.array([table["log_likelihood"] for table in found])
    assert reached[:, 0] == pytest.approx(one, abs=1e-6)
    assert (reached[:, 1] >= two - 1e-6).all() and np.ptp(reached[:, 1]) < 1e-4


def test_bic_and_parameters_equal_mclust():
    # R: X <- scale(iris[, 1:4]); sapply(1:2, \\(G) Mclust(X, G, "EEE")[c("bic", "loglik", "df")])
    found = compare_mixtures(MCLUST["iris"][0], n_draws=1)
    assert list(found) == MIXTURE_COLUMNS.split()
    assert found["bic"].tolist() == pytest.approx([1046.6559309463, 904.7749967183], abs=1e-6)
    assert found["parameters"].tolist() == [14, 19]


def test_the_likelihood_beyond_mclust_is_one_that_scikit_learn_reaches():
    # mclust starts from one tree; 40 random starts go further on this sample
    theirs = GaussianMixture(2, covariance_type="tied", n_init=40, tol=1e-8, max_iter=3000,
                             reg_covar=0, init_params="random", random_state=0).fit(NULL)
    ours = compare_mixtures(NULL, n_draws=1)["log_likelihood"][1]
    assert ours == pytest.approx(theirs.score(NULL) * len(NULL), abs=1e-4)


def test_neither_units_nor_rotations_matter():
    Z, mixing = gaussian(distance=3), np.random.default_rng(1).normal(size=(3, 3))
    tables = [compare_mixtures(X, n_draws=9) for X in (Z, Z @ mixing + 7)]
    assert tables[0]["likelihood_ratio"][1] == pytest.approx(tables[1]["likelihood_ratio"][1])
    assert tables[0]["p"][1] == tables[1]["p"][1]


@pytest.mark.parametrize("Z", [
    NULL[:6], NULL[:7], NULL[:, [0, 1, 1]], np.sign(NULL) + [1, 0, 0, 0, 0, 0],
], ids=["n = p", "n = p + 1", "twice one feature", "two values"])
def test_where_the_covariance_is_singular_there_is_a_reason_and_no_table(Z):
    found = compare_mixtures(Z)
    assert found.empty and list(found) == MIXTURE_COLUMNS.split()
    assert found.attrs["reason"] == (
        "One Gaussian was not set against two: with two means the covariance of "
        f"{Z.shape[1]} features in {len(Z)} patients is singular."
    )


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
