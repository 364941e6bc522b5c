"""Bends of covariates and the nested models beneath, against R on iris; variance inflation and
diagnostics against R's car, lmtest and stats on mtcars.

Independent values: R 4.2.2 with sandwich, lmtest and Hmisc 4.8; V <- function(m) vcovHC(m, "HC3");
bend <- function(x) rcspline.eval(x, knots = quantile(x, c(.05, .35, .65, .95)), norm = 2)
d <- iris; m <- lm(Sepal.Length ~ Species + Sepal.Width + Petal.Width, d)
"""

import numpy as np
import pandas as pd
import pytest
from by_hand import CYLINDERS, NAMES, THREE, WEIGHT, column, patients
from r_data import AM, mtcars
from sklearn.datasets import load_iris

from compendium.regression.checks import (
    TOGETHER,
    bends,
    diagnostics,
    model_checks,
    variance_inflation,
)
from compendium.regression.design import PHENOTYPE, alone, design
from compendium.regression.least_squares import attempt, ols, spline_columns, wald, widened

pytestmark = pytest.mark.filterwarnings("error")
TESTS = ["wald_f", "p", "delta_aic"]
ESTIMATES = ["line", "line_low", "line_high", "spline", "spline_low", "spline_high"]
LENGTH = column("length", role="outcome")
WIDTH, PETAL = column("width", unit="cm"), column("petal_width", unit="cm")


@pytest.fixture
def flowers():
    X, species = load_iris(return_X_y=True)
    return pd.DataFrame(X, columns=["length", "width", "petal", "petal_width"]), species


@pytest.fixture
def forty():
    """Forty patients in two phenotypes, with an outcome and a covariate."""
    rng = np.random.default_rng(1)
    data = pd.DataFrame(rng.normal(size=(40, 2)), columns=["length", "width"])
    return data, np.repeat([0, 1], 20)


def run(who, *covariates, names=THREE):
    return bends(patients(*who, names, columns=(LENGTH,)), covariates)


def test_bends_equal_r(flowers):
    # R: m2 <- update(m, . ~ . + bend(d$Sepal.Width)), + bend(d$Petal.Width), + both;
    # waldtest(m, m2, vcov = V, test = "F"); AIC(m2) - AIC(m)
    found = run(flowers, WIDTH, PETAL)
    theirs = [[0.170752648261421, 0.843201703497987, 3.648200781815319],
              [1.123008880745441, 0.328151158185682, 1.193153416892699],
              [0.726908553488831, 0.574975233325067, 4.566217745079825]]
    np.testing.assert_allclose(found[TESTS], theirs, rtol=1e-8)
    assert found["covariate"].tolist() == ["width", "petal_width", TOGETHER]
    assert found["df"].tolist() == [2, 2, 4] and found["df_resid"].tolist() == [143, 143, 141]


def test_the_phenotypes_coefficient_by_either_form_equals_r(flowers):
    # R: coefci(m, vcov = V)["Speciesvirginica", ], and of m2 with the bends of petal width
    found = run(flowers, WIDTH, PETAL).loc[1, ESTIMATES].astype(float)
    theirs = [1.23758784894488, 0.34927112241847, 2.12590457547128,
              0.9086857548783660, 0.0782858955709728, 1.7390856141857594]
    np.testing.assert_allclose(found, theirs, rtol=1e-8)


def test_p_is_adjusted_over_the_covariates_by_holm(flowers):
    found = run(flowers, WIDTH, PETAL)
    # R: p.adjust(c(0.843201703497987, 0.328151158185682), "holm")
    np.testing.assert_allclose(found["p_adjusted"][:2], [0.843201703497987, 0.656302316371364])
    assert np.isnan(found["p_adjusted"][2])


def test_a_bent_covariate_is_found_and_a_straight_one_is_not():
    rng = np.random.default_rng(2)
    data = pd.DataFrame(rng.normal(size=(300, 2)), columns=["width", "petal_width"])
    data["length"] = data["width"] ** 2 + data["petal_width"] + rng.normal(0, 0.5, 300)
    found = run((data, np.arange(300) % 2), WIDTH, PETAL, names=NAMES)
    assert found["p_adjusted"][0] < 1e-6 and found["p_adjusted"][1] > 0.05
    assert found["delta_aic"][0] < 0


def test_unit_and_order_of_patients_change_nothing(flowers):
    data, species = flowers
    order = np.random.default_rng(3).permutation(150)
    moved = data.assign(width=10 * data["width"] + 2000).iloc[order]
    a, b = run(flowers, WIDTH, PETAL), run((moved, species[order]), WIDTH, PETAL)
    np.testing.assert_allclose(a[TESTS + ESTIMATES], b[TESTS + ESTIMATES], rtol=1e-6)


def test_only_numeric_covariates_of_five_values_or_more_are_bent(flowers):
    data, species = flowers
    data = data.assign(few=np.arange(150) % 4, five=np.arange(150) % 5,
                       kind=pd.Categorical(np.where(np.arange(150) % 3, "a", "b")))
    found = run((data, species), column("few"), column("five"),
                column("kind", "category", ("a", "b")))
    assert found["covariate"].tolist() == ["five", TOGETHER]
    np.testing.assert_allclose(*found[TESTS].to_numpy())  # one covariate: the same test twice


def test_without_a_covariate_to_bend_the_table_is_empty(flowers):
    data, species = flowers
    constant = data.assign(width=3.0, petal_width=np.nan)
    for found in (run(flowers), run((constant, species), WIDTH, PETAL)):
        assert len(found) == 0 and {"covariate", "wald_f", "p_adjusted", "note"} <= set(found)
        reason = "No covariate is a number of 5 values or more, so none can bend."
        assert found.attrs["reason"] == reason


def test_without_an_outcome_nothing_can_bend(flowers):
    found = bends(patients(*flowers, THREE), (WIDTH,))
    assert found.empty and list(found)[:2] == ["covariate", "label"]
    assert found.attrs["reason"] == "The codebook names no outcome, so nothing is regressed."


def test_patients_without_outcome_or_covariate_are_left_out_of_both_forms(flowers):
    data, species = flowers
    gaps = data.copy()
    gaps.loc[[2, 60], "length"], gaps.loc[[60, 149], "width"] = np.nan, np.nan
    found = run((gaps, species), WIDTH)
    whole = np.delete(np.arange(150), [2, 60, 149])
    apart = run((data.loc[whole], species[whole]), WIDTH)
    assert found["n"].tolist() == [147, 147]
    pd.testing.assert_frame_equal(found, apart)


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"length": 4.0}, "the outcome does not vary around the fit."),
        ({"length": [1.0] * 10 + [np.nan] * 30}, "10 complete patients, and 12 are needed."),
        ({"width": [*range(5)] + [7] * 35}, "too few distinct values to bend."),
        ({"width": np.r_[np.zeros(20), np.ones(20)], "petal_width": np.arange(40)},
         "width (cm) (column width) is an exact combination of the constant, the phenotype"),
    ],
)
def test_what_cannot_be_fitted_is_a_row_without_numbers_and_a_note(forty, change, note):
    data, labels = forty
    bent = (WIDTH, PETAL) if "petal_width" in change else (WIDTH,)
    found = run((data.assign(**change), labels), *bent, names=NAMES)
    assert found["note"].str.startswith(f"Not fitted: {note}").all()
    assert found[TESTS + ESTIMATES].isna().all(axis=None) and len(found)


def test_a_covariate_known_for_nobody_is_left_out_of_the_model_with_a_note(forty):
    data, labels = forty
    found = run((data.assign(petal_width=np.nan), labels), WIDTH, PETAL, names=NAMES)
    assert found["covariate"].tolist() == ["width", TOGETHER] and found["p"].notna().all()
    assert found["note"][0] == "petal_width is left out: it is recorded for no patient."


def test_an_absent_most_severe_phenotype_costs_only_its_coefficient(forty):
    found = run(forty, WIDTH)
    assert found["p"].notna().all() and found[ESTIMATES].isna().all(axis=None)


def with_last(few, k):
    """Forty patients of k phenotypes, few of them in the most severe."""
    data = np.random.default_rng(4).normal(size=(40, 2))
    labels = np.r_[np.arange(40 - few) % (k - 1), [k - 1] * few]
    return run((pd.DataFrame(data, columns=["length", "width"]), labels), WIDTH,
               names=tuple("abcde"[:k]))


@pytest.mark.parametrize("k", [2, 3, 5])
def test_five_patients_in_a_phenotype_are_borne(k):
    found = with_last(5, k)
    assert found["p"].between(0, 1).all() and found[ESTIMATES].abs().to_numpy().max() < 20


@pytest.mark.parametrize("few", [1, 4])
@pytest.mark.parametrize("k", [3, 5])
def test_fewer_than_five_in_a_phenotype_are_left_out_and_have_no_coefficient(few, k):
    found = with_last(few, k)
    assert found["p"].between(0, 1).all() and found[ESTIMATES].isna().all(axis=None)
    assert found["note"].str.startswith("Patients on whom, alone or with fewer than four").all()


def test_without_five_in_the_other_of_two_phenotypes_there_is_no_test():
    found = with_last(4, 2)
    assert found[[*ESTIMATES, "p"]].isna().all(axis=None)
    said = "Not fitted: five complete patients in a and in another are needed."
    assert set(found["note"]) == {said}


def test_the_curve_equals_harrells(flowers):
    # R: rcspline.eval(iris$Sepal.Width, knots = quantile(iris$Sepal.Width, q), norm = 2)[16, ]
    found = spline_columns(flowers[0]["width"].to_numpy(), "x")
    assert list(found) == ["x", "x bend 1", "x bend 2"]
    theirs = [2.2653092783505180, 0.4208736316292916]
    np.testing.assert_allclose(found.loc[15, ["x bend 1", "x bend 2"]], theirs, rtol=1e-10)


def test_a_singular_robust_covariance_makes_no_test():
    # no scatter in two of three groups: both differences vary with the first group's mean alone
    groups = np.repeat([0, 1, 2], 20)
    X = pd.DataFrame({"one": 1.0, "b": groups == 1, "c": groups == 2}).astype(float)
    y = np.where(groups == 0, np.random.default_rng(5).normal(size=60), groups)
    result, _ = attempt(y, X)
    assert np.isnan(wald(result, ["b", "c"])["p"]) and wald(result, ["b"])["p"] < 1


def test_a_wald_test_of_one_coefficient_is_its_t_test(flowers):
    data, _ = flowers
    result, _ = attempt(data["length"].to_numpy(), data[["width", "petal"]].assign(one=1.0))
    assert wald(result, ["width"])["p"] == pytest.approx(result.pvalues["width"], rel=1e-10)


def test_an_attempt_names_the_column_that_depends_on_those_before_it():
    X = pd.DataFrame({"one": 1.0, "(x)": np.arange(20.0), "twice": 2 * np.arange(20.0)})
    result, reason = attempt(np.arange(20.0) ** 2, X)
    assert result is None and reason == "twice is an exact combination of the columns before it."
    assert attempt(np.ones(20), X.assign(**{"(x)": 0.0}))[1].startswith("x is an exact")


def test_alone_is_leverage_one_also_where_columns_depend():
    X = np.column_stack([np.ones(6), [0, 0, 0, 0, 0, 1], [2, 2, 2, 2, 2, 3]])
    assert alone(pd.DataFrame(X)).tolist() == [False] * 5 + [True]
    assert not alone(pd.DataFrame({"one": np.ones(3), "x": [0.0, 0, 0]})).any()


def test_the_checks_of_a_model_are_a_row_a_term_and_one_for_all_curves(flowers):
    who = patients(*flowers, THREE, columns=(LENGTH,))
    bent = bends(who, (WIDTH, PETAL))
    found = model_checks(variance_inflation(design(who, (WIDTH, PETAL))), bent)
    assert found["covariate"].tolist() == [PHENOTYPE, "width", "petal_width", TOGETHER]
    assert found["p"].tolist()[1:] == bent["p"].tolist() and np.isnan(found["p"].iloc[0])
    assert found["vif"].notna().tolist() == [True, True, True, False]


def test_widened_leaves_out_whom_a_further_column_describes_alone(forty):
    data, labels = forty
    rare = np.arange(40) == 7
    _, further, rows, notes = widened(
        patients(data, labels), (WIDTH,), lambda r: pd.DataFrame({"rare": 1.0 * rare[r]})
    )
    assert rows.sum() == len(further) == 39 and not rows[7]
    assert notes == [
        "Patients on whom alone a coefficient of the widest model would rest are left out."
    ]


# R, for what follows: m <- lm(mpg ~ am + wt + factor(cyl), mtcars)


def built(*covariates, labels=AM, data=None):
    return design(patients(mtcars() if data is None else data, labels), covariates)


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


def test_the_unit_of_a_covariate_does_not_inflate():
    kilograms = mtcars().assign(wt=lambda d: 453.6 * d["wt"])
    a, b = (variance_inflation(built(WEIGHT, CYLINDERS, data=d)) for d in (mtcars(), kilograms))
    assert a["vif"].tolist() == pytest.approx(b["vif"].tolist())


def test_diagnostics_equal_r():
    # R: bptest(m)$p.value; d <- cooks.distance(m); sum(d > 4 / 32)
    # e <- resid(m); mean((e - mean(e))^3) / mean((e - mean(e))^2)^1.5
    found = diagnostics(ols(mtcars()["mpg"], built(WEIGHT, CYLINDERS).X))
    theirs = {"breusch_pagan_p": 0.143077267890332, "n_influential": 3,
              "residual_skew": 0.552770372705048}
    assert found == pytest.approx(theirs, rel=1e-9)


def test_one_patient_far_off_is_found_influential():
    cars = mtcars()
    cars.loc[0, "mpg"] = 300.0
    fit = ols(cars["mpg"], built(WEIGHT).X)
    cook = fit.get_influence().cooks_distance[0]
    assert cook[0] == cook.max() > 0.5 and (np.delete(cook, 0) < 4 / 32).all()
    found = diagnostics(fit)
    assert found["n_influential"] == 1 and found["residual_skew"] > 2


def test_residuals_that_fan_out_are_seen():
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 5, 400)
    data = mtcars().iloc[np.arange(400) % 32].reset_index(drop=True).assign(wt=x)
    X = built(WEIGHT, data=data, labels=np.arange(400) % 2).X
    fanned, even = (diagnostics(ols(x + s * rng.normal(size=400), X)) for s in (x, 1))
    assert fanned["breusch_pagan_p"] < 1e-6 < even["breusch_pagan_p"]
