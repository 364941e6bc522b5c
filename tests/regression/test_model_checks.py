"""Variance inflation and diagnostics against R's car, lmtest and stats on mtcars.

Independent values: R 4.2.2; m <- lm(mpg ~ am + wt + factor(cyl), mtcars).
"""

import numpy as np
import pytest
from r_data import AM, mtcars

from compendium.data.columns import Column
from compendium.regression.checks import diagnostics, variance_inflation
from compendium.regression.design import PHENOTYPE, design
from compendium.regression.least_squares import ols


def column(name, type="number", levels=()):
    return Column(name, name, "covariate", "", type, "", "none", levels, *[None] * 4)


WEIGHT, CYLINDERS = column("wt"), column("cyl", "category", ("4", "5", "6", "8"))


def built(*covariates, labels=AM, data=None):
    return design(mtcars() if data is None else data, labels, ("Mild", "Severe"), covariates)


def test_variance_inflation_equals_r():
    # R: car::vif(m), columns Df, GVIF and GVIF^(1/(2*Df))
    found = variance_inflation(built(WEIGHT, CYLINDERS))
    theirs = [[1, 1.92561999362055, 1.38766710475551], [1, 3.61120773268370, 1.90031779781270],
              [2, 2.58574504990789, 1.26807933580210]]
    np.testing.assert_allclose(found[["df", "vif", "vif_scaled"]], theirs, rtol=1e-10)
    assert list(found["term"]) == [PHENOTYPE, "wt", "cyl"]


def test_two_terms_inflate_each_other_by_one_over_one_minus_r_squared():
    r = np.corrcoef(AM, mtcars()["wt"])[0, 1]
    assert variance_inflation(built(WEIGHT))["vif"].tolist() == pytest.approx([1 / (1 - r**2)] * 2)


def test_a_label_alone_is_not_inflated():
    assert variance_inflation(built())["vif"].tolist() == pytest.approx([1])


def test_the_unit_of_a_covariate_does_not_inflate():
    kilograms = mtcars().assign(wt=lambda d: 453.6 * d["wt"])
    a, b = (variance_inflation(built(WEIGHT, CYLINDERS, data=d)) for d in (mtcars(), kilograms))
    assert a["vif"].tolist() == pytest.approx(b["vif"].tolist())


def test_diagnostics_equal_r():
    # R: bptest(m)$p.value; d <- cooks.distance(m); sum(d > 4 / 32); max(d)
    # e <- resid(m); mean((e - mean(e))^3) / mean((e - mean(e))^2)^1.5
    found = diagnostics(ols(mtcars()["mpg"], built(WEIGHT, CYLINDERS).X))
    theirs = {"breusch_pagan_p": 0.143077267890332, "n_influential": 3,
              "cook_max": 0.210302553229844, "residual_skew": 0.552770372705048}
    assert found == pytest.approx(theirs, rel=1e-9)


def test_one_patient_far_off_is_found_influential():
    cars = mtcars()
    cars.loc[0, "mpg"] = 300.0
    found = diagnostics(ols(cars["mpg"], built(WEIGHT).X))
    assert found["cook_max"] > 0.5 and found["n_influential"] == 1 and found["residual_skew"] > 2


def test_residuals_that_fan_out_are_seen():
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 5, 400)
    data = mtcars().iloc[np.arange(400) % 32].reset_index(drop=True).assign(wt=x)
    X = built(WEIGHT, data=data, labels=np.arange(400) % 2).X
    fanned, even = (diagnostics(ols(x + s * rng.normal(size=400), X)) for s in (x, 1))
    assert fanned["breusch_pagan_p"] < 1e-6 < even["breusch_pagan_p"]
