import numpy as np
import pytest

from benchmarks import rivals
from benchmarks.cohorts import COHORTS
from compendium.groups import nulls


def cohort(row, seed=1):
    return nulls.zscore(COHORTS[row](300, 10, np.random.default_rng(seed)))


def answers(row):
    return {rule: bool(x) for ask in rivals.ASKED for rule, x in ask(cohort(row), 0).items()}


def test_every_rule_but_the_silhouette_sees_groups_far_apart():
    # the fixed bound of the silhouette is not reached: it falls with the number of features
    missed = {rule for rule, says in answers("groups 5 SD").items() if not says}
    assert missed <= {"silhouette"}


def test_what_independent_noise_is_called():
    # CCFI has no answer where indicators share nothing, and is not asked
    says = answers("iid")
    assert not any(says[rule] for rule in says if rule != "ccfi")


def test_one_severity_is_one_factor_and_no_kinds():
    Z = cohort("one factor")
    assert not any(rivals.by_bic(Z, 0).values()) and not rivals.ccfi(Z, 0)["ccfi"]


@pytest.mark.parametrize("n_factors", [1, 2])
def test_one_class_is_the_factor_model_of_scikit_learn(n_factors):
    from sklearn.decomposition import FactorAnalysis
    Z = cohort("two factors")
    model = FactorAnalysis(n_factors, tol=1e-6, max_iter=5_000, svd_method="lapack").fit(Z)
    reached, bic = rivals.mixture(Z, n_factors, 1, 0)
    assert reached == pytest.approx(model.score(Z) * len(Z), abs=0.05)
    parameters = 2 * 10 + 10 * n_factors - (n_factors == 2)  # a rotation is free
    assert bic == pytest.approx(parameters * np.log(300) - 2 * reached)


def test_classes_reach_at_least_the_density_that_drew_the_cohort():
    rng = np.random.default_rng(3)
    centres = np.repeat([[0.0], [2.0]], 6, axis=1)
    Z = rng.standard_normal((400, 6)) + centres[rng.integers(2, size=400)]
    away = ((Z[:, None] - centres) ** 2).sum(axis=2)
    truth = np.log(np.exp(-away / 2).mean(axis=1)).sum() - 400 * 3 * np.log(2 * np.pi)
    assert 0 < rivals.mixture(Z, 0, 2, 0)[0] - truth < 25  # 19 parameters were fitted


def test_taxometric_curves_peak_where_two_kinds_meet():
    rng = np.random.default_rng(4)
    kinds = nulls.zscore(rng.standard_normal((2_000, 5)) + 3.0 * rng.integers(2, size=(2_000, 1)))
    for curve in (rivals.mambac(kinds), rivals.maxeig(kinds)):
        assert curve[20:30].mean() > 1.3 * curve[[0, 1, -2, -1]].mean()
    density = rivals.l_mode(kinds)
    assert density[80] < 0.5 * density.max() and np.trapezoid(density, rivals.SCORES) > 0.99
