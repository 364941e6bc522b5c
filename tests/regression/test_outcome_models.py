"""The linear model against R: lm, sandwich (HC3) and lmtest, on R's built-in mtcars and iris.

Independent values: R 4.2.2; m <- lm(mpg ~ am + wt + factor(cyl), mtcars).
"""

import numpy as np
import pandas as pd
import pytest
from by_hand import CYLINDERS, MILES, NAMES, THREE, WEIGHT, column, patients
from r_data import AM, mtcars

from compendium.regression.checks import diagnostics, variance_inflation
from compendium.regression.design import design
from compendium.regression.imputation import impute_covariates
from compendium.regression.least_squares import estimates, ols
from compendium.regression.outcome_models import fit_outcome, models, records
from compendium.regression.pooling import pool

pytestmark = pytest.mark.filterwarnings("error")
FIGURES = ["estimate", "se", "low", "high", "p"]
BOTH = (WEIGHT, CYLINDERS)


@pytest.fixture
def cars():
    return mtcars()


@pytest.fixture
def gaps(cars):
    """The cars, five of them without a weight, all of one phenotype."""
    cars.loc[[3, 5, 6, 11, 20], "wt"] = np.nan
    return cars


def run(data, *covariates, labels=AM, names=NAMES, severity=None, **how):
    """The models of miles; few imputations, which are enough unless their number is asked."""
    who = patients(data, labels, names, severity=severity)
    return fit_outcome(who, MILES, covariates, **{"n_imputations": 2} | how)


def rows(found):
    """The table by model."""
    return found.table.set_index("model")


def fitted(data, *covariates, labels=AM):
    """The least squares of the adjusted model."""
    built = design(patients(data, labels), covariates)
    return ols(data["mpg"][built.rows], built.X)


def test_crude_difference_equals_r(cars):
    # R: c0 <- lm(mpg ~ am, mtcars); coeftest(c0, vcov = vcovHC(c0, "HC3"))["am", c(1, 2, 4)]
    found = run(cars).table.loc[0, ["estimate", "se", "p"]].astype(float)
    theirs = [7.24493927125506, 1.996357128090060, 1.04636241094209e-03]
    np.testing.assert_allclose(found, theirs, rtol=1e-10)


def test_adjusted_difference_equals_r(cars):
    # R: coeftest(m, vcov = vcovHC(m, "HC3")); coefci(m, vcov = vcovHC(m, "HC3"))
    found = run(cars, *BOTH).table.loc[1, FIGURES].astype(float)
    theirs = [0.150103119934499, 1.46730172661086, -2.86055133960988, 3.16075757947888,
              9.19275540690355e-01]
    np.testing.assert_allclose(found, theirs, rtol=1e-9)


def test_all_terms_equal_r_to_full_precision(cars):
    # R: coeftest(m, vcov = vcovHC(m, "HC3"))[, "Pr(>|t|)"]
    found = estimates(fitted(cars, *BOTH))
    theirs = [1.17363815508544e-10, 9.19275540690355e-01, 5.02631760120593e-03,
              4.24247192169904e-03, 1.48598202404773e-03]
    assert list(found.index[2:]) == ["wt", "cyl[6]", "cyl[8]"]
    np.testing.assert_allclose(found["p"], theirs, rtol=1e-9)


def test_fit_figures_equal_r(cars):
    # R: summary(m)$r.squared, sigma(m), and t / sqrt(t^2 + 27) with t <- summary(m)$coef["am", 3]
    found = run(cars, *BOTH).table.loc[1, ["r_squared", "resid_sd", "partial_r"]]
    theirs = [0.837512729889443, 2.60319130009861, 0.0222117506081141]
    np.testing.assert_allclose(found.astype(float), theirs, rtol=1e-10)


def test_checks_belong_to_the_adjusted_model(cars):
    found = run(cars, *BOTH)
    pd.testing.assert_frame_equal(found.vif, variance_inflation(design(patients(cars), BOTH)))
    assert found.diagnostics == diagnostics(fitted(cars, *BOTH))


def test_three_phenotypes_each_differ_from_the_mildest_as_in_r():
    # R: i <- lm(Sepal.Length ~ Species + Petal.Width, iris); coeftest(i, vcov = vcovHC(i, "HC3"))
    from sklearn.datasets import load_iris

    iris, species = load_iris(return_X_y=True)
    data = pd.DataFrame(iris[:, [0, 3]], columns=["mpg", "width"])
    fitted = run(data, column("width"), labels=species, names=THREE)
    found = fitted.table.loc[2:]
    assert list(found["phenotype"]) == ["Moderate", "Severe"]
    theirs = [[-0.0602543611733737, 0.2375019583794587, 8.00083880499088e-01],
              [-0.0500858915635233, 0.3868814621460564, 8.97171411358603e-01]]
    np.testing.assert_allclose(found[["estimate", "se", "p"]].astype(float), theirs, rtol=1e-8)
    # R: b <- coef(i); V <- HC3 of i; b[2:3] %*% solve(V[2:3, 2:3]) %*% b[2:3] / 2, pf(, 2, 146)
    assert found["p_overall"].tolist() == pytest.approx([0.925254508365007] * 2, rel=1e-9)
    # R: L <- rbind(c(1, 0, 0, w), c(1, 1, 0, w), c(1, 0, 1, w)), w <- mean(iris$Petal.Width)
    # L %*% b and qt(.975, 146) * sqrt(diag(L %*% V %*% t(L)))
    means = [[5.880113417579, 5.475588958178, 6.284637876979],
             [5.819859056406, 5.684669462329, 5.955048650482],
             [5.830027526015, 5.443024686279, 6.217030365752]]
    np.testing.assert_allclose(fitted.means[["estimate", "low", "high"]], means, rtol=1e-11)
    assert fitted.means["n"].tolist() == [50, 50, 50]
    assert fitted.means["mean"].tolist() == pytest.approx([5.006, 5.936, 6.588])


def test_adjusted_means_lie_the_adjusted_difference_apart_at_the_observed_mix_as_in_r(cars):
    # R: Y <- model.matrix(m); Y[, "am"] <- a; l <- colMeans(Y); sum(l * b), its HC3 interval
    found = run(cars, *BOTH)
    theirs = [[20.02964560753, 18.53002144438, 21.52926977068],
              [20.17974872746, 18.02529139772, 22.33420605720]]
    np.testing.assert_allclose(found.means[["estimate", "low", "high"]], theirs, rtol=1e-11)
    assert found.table["p_overall"].isna().all()  # two phenotypes: p says it
    crude = run(cars).means
    assert crude["estimate"].tolist() == pytest.approx(crude["mean"].tolist())


def test_a_phenotype_without_a_patient_has_no_mean(cars):
    found = run(cars, labels=2 * AM, names=THREE).means
    assert found["n"].tolist() == [19, 0, 13] and found["estimate"].isna().tolist() == [0, 1, 0]
    assert run(cars.assign(mpg=np.nan)).means.empty


def test_shifting_and_scaling_the_outcome_moves_only_what_it_must(cars):
    before = run(cars, WEIGHT).table.loc[1]
    after = run(cars.assign(mpg=10 * cars["mpg"] - 500), WEIGHT).table.loc[1]
    assert after["estimate"] == pytest.approx(10 * before["estimate"])
    same = ["p", "partial_r", "r_squared"]
    assert after[same].tolist() == pytest.approx(before[same].tolist())


def test_order_of_patients_changes_nothing(gaps):
    order = np.random.default_rng(2).permutation(32)
    a, b = run(gaps, WEIGHT), run(gaps.iloc[order], WEIGHT, labels=AM[order])
    assert a.table["model"].iloc[-1] == "imputed"
    np.testing.assert_allclose(a.table[FIGURES], b.table[FIGURES], rtol=1e-10)
    pd.testing.assert_frame_equal(a.residuals, b.residuals)


def test_swapping_phenotypes_flips_estimate_and_interval(cars):
    a, b = (run(cars, *BOTH, labels=x).table.loc[1] for x in (AM, 1 - AM))
    flipped = [-b["estimate"], -b["high"], -b["low"]]
    assert a[["estimate", "low", "high"]].tolist() == pytest.approx(flipped)


def test_no_covariate_gives_the_crude_model_only(cars):
    found = run(cars)
    assert list(found.table["model"]) == ["crude"] and found.described == "crude"
    assert found.vif.loc[0, "vif"] == pytest.approx(1) and found.notes == ()


def test_patients_without_outcome_or_covariate_are_counted(cars):
    cars.loc[[0, 5, 6], "wt"] = np.nan
    cars.loc[[5, 9], "cyl"] = np.nan
    cars.loc[[12, 0], "mpg"] = np.nan
    counts = rows(run(cars, *BOTH)).loc[["crude", "adjusted"], ["n", "n_missing"]]
    assert counts.to_numpy().tolist() == [[30, 2], [27, 5]]


def test_complete_cases_equal_a_table_without_the_others(cars):
    whole = run(cars.iloc[3:], *BOTH, labels=AM[3:])
    cars.loc[:2, "wt"] = np.nan
    lost = run(cars, *BOTH)
    assert rows(lost).loc["adjusted", FIGURES].equals(rows(whole).loc["adjusted", FIGURES])
    pd.testing.assert_frame_equal(lost.residuals, whole.residuals)


def test_without_gaps_there_are_two_models(cars):
    found = rows(run(cars, WEIGHT))
    assert list(found.index) == ["crude", "adjusted"]
    assert set(found["method"]) == {"OLS, HC3, t"} and found["fmi"].isna().all()


def test_with_gaps_each_model_stands_beside_the_one_it_is_read_against(gaps):
    found = rows(run(gaps, *BOTH))
    assert list(found.index) == ["crude", "crude, same patients", "adjusted", "imputed"]
    assert found["n"].tolist() == [32, 27, 27, 32]
    assert found["covariates"].tolist() == [(), (), ("wt", "cyl"), ("wt", "cyl")]


def test_the_crude_model_of_the_same_patients_is_crude_without_the_others(cars):
    gone = np.flatnonzero(AM == 0)[:5]
    without = run(cars.drop(index=gone), labels=np.delete(AM, gone)).table.loc[0, FIGURES]
    cars.loc[gone, "wt"] = np.nan
    found = rows(run(cars, WEIGHT)).loc["crude, same patients"]
    assert found[FIGURES].tolist() == without.tolist() and found["n_missing"] == 5


def test_nor_where_a_phenotype_loses_so_few_and_then_no_mean_of_them_is_given(cars):
    cars.loc[[0, *range(3, 8)], "wt"] = np.nan  # one of one phenotype, five of the other
    found = run(cars, WEIGHT)
    assert list(rows(found).index) == ["crude", "adjusted", "imputed"]
    assert found.means["mean"].isna().all() and found.means["estimate"].notna().all()


@pytest.mark.parametrize("few", [1, 4])
def test_two_crude_models_never_tell_what_fewer_than_five_others_have(cars, few):
    cars.loc[: few - 1, "wt"] = np.nan
    found = rows(run(cars, WEIGHT))
    assert list(found.index) == ["crude", "adjusted", "imputed"]
    assert found["n"].tolist() == [32, 32 - few, 32]


def test_other_models_do_not_change_with_the_gaps_of_the_imputed_one(cars):
    cars.loc[:2, "wt"] = np.nan
    a, b = (rows(run(cars, WEIGHT, random_state=s)).loc[["crude", "adjusted"]] for s in (0, 1))
    pd.testing.assert_frame_equal(a, b)


def test_the_imputed_model_pools_the_models_of_the_filled_tables(gaps):
    gaps.loc[[5, 9], "cyl"] = np.nan
    severity, how = np.linspace(-1, 1, 32) ** 2, {"n_imputations": 7, "random_state": 3}
    who = patients(gaps, severity=severity)
    fits = [fitted(t, *BOTH) for t in impute_covariates(who, MILES, BOTH, **how).tables]
    term = "(phenotype)[Severe]"
    theirs = pool([f.params[term] for f in fits], [f.bse[term] ** 2 for f in fits], 32 - 5)
    found = rows(run(gaps, *BOTH, severity=severity, **how)).loc["imputed"]
    ours = found[[*FIGURES, "df", "fmi"]].astype(float)
    np.testing.assert_allclose(ours, [theirs[name] for name in ours.index], rtol=1e-12)
    assert found["method"] == "OLS, HC3, t; 7 imputations, Barnard–Rubin"
    assert found["r_squared"] == pytest.approx(np.mean([f.rsquared for f in fits]))
    assert found["resid_sd"] == pytest.approx(np.sqrt(np.mean([f.mse_resid for f in fits])))


def test_a_patient_without_an_outcome_is_not_imputed(cars):
    cars.loc[[0, 5], "wt"], cars.loc[[5, 8], "mpg"] = np.nan, np.nan
    found = rows(run(cars, WEIGHT)).loc["imputed"]
    assert (found["n"], found["n_missing"]) == (30, 2)


def test_three_phenotypes_are_pooled_each(gaps):
    found = rows(run(gaps, WEIGHT, labels=np.arange(32) % 3, names=THREE))
    assert list(found.loc["imputed", "phenotype"]) == ["Moderate", "Severe"]
    assert found.loc["imputed", [*FIGURES, "fmi"]].notna().all(axis=None)


def test_a_model_too_large_for_the_complete_patients_may_still_be_imputed(cars):
    cars.loc[np.arange(32) % 2 == 0, "wt"] = np.nan
    cars.loc[np.arange(32) % 3 == 0, "cyl"] = np.nan
    found = run(cars, *BOTH)
    assert found.described == "crude"  # the residuals are those of one table
    assert rows(found)["estimate"].notna().to_dict() == {
        "crude": True, "adjusted": False, "imputed": True,
    }


def test_an_imputed_model_that_cannot_be_fitted_says_why(cars):
    cars["cyl"] = pd.Categorical(np.where(AM == 1, "6", "4"), categories=["4", "5", "6", "8"])
    cars.loc[::6, "cyl"] = np.nan
    found = run(cars, CYLINDERS)
    assert rows(found).loc["imputed", FIGURES].isna().all()
    said = [note for note in found.notes if note.startswith("Imputed model, mpg: not fitted: ")]
    assert len(said) == 1 and said[0].endswith("leave one of them out.")


def test_a_covariate_too_seldom_recorded_to_be_filled_is_said(cars):
    cars["gear"] = np.where(np.arange(32) < 4, np.arange(32.0), np.nan)
    said = "gear is left out: it is recorded for fewer than five patients, too few to fill the"
    assert f"Imputed model, mpg: {said} others." in run(cars, column("gear")).notes


def test_a_covariate_missing_for_most_is_used_and_said(cars):
    cars.loc[:16, "wt"] = np.nan
    found = run(cars, column("wt", label="Weight"))
    sentence = "Weight is missing for 17 of 32 patients; the model rests on the 15 complete ones."
    assert found.notes == (f"Adjusted model, mpg: {sentence}",)
    assert rows(found).loc["adjusted", "covariates"] == ("wt",)


def test_a_level_held_by_one_patient_costs_that_patient_and_no_more(cars):
    cars.loc[4, "cyl"] = "5"
    found = run(cars, CYLINDERS)
    without = run(cars.drop(index=4), CYLINDERS, labels=np.delete(AM, 4))
    assert found.notes == (
        "Adjusted model, mpg: Patients on whom, alone or with fewer than four others, a "
        "coefficient would rest are left out.",
    )
    last = (x.table[FIGURES].iloc[-1] for x in (found, without))
    pd.testing.assert_series_equal(*last, check_names=False)


def test_a_covariate_that_is_the_phenotype_becomes_a_note(cars):
    found = run(cars.assign(gear=AM.astype(float)), column("gear"))
    assert found.notes[0].startswith("Adjusted model, mpg: not fitted: gear (column gear) is an")
    assert np.isnan(found.table.loc[1, "estimate"]) and found.described == "crude"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"mpg": 5.0}, "the outcome does not vary around the fit; no interval."),
        ({"mpg": 3.0 * AM}, "the outcome does not vary around the fit; no interval."),
        ({"mpg": np.nan}, "0 complete patients, and 11 are needed."),
        ({"mpg": [1.0] * 10 + [2.0] + [np.nan] * 21}, "11 complete patients, and 12 are needed."),
    ],
)
def test_a_model_that_cannot_be_fitted_is_a_row_without_numbers(cars, change, sentence):
    found = run(cars.assign(**change))
    assert found.notes[0].startswith(f"Crude model, mpg: not fitted: {sentence}")
    assert found.table[FIGURES].isna().all(axis=None) and found.described == ""
    assert len(found.vif) == len(found.residuals) == len(found.diagnostics) == 0


def test_one_phenotype_without_outcome_is_said(cars):
    cars.loc[AM == 0, "mpg"] = np.nan
    sentence = "five complete patients in Mild and in another are needed."
    assert run(cars).notes == (f"Crude model, mpg: not fitted: {sentence}",)


def test_a_phenotype_without_complete_patients_has_a_row_without_numbers(cars):
    labels = np.where(np.arange(32) < 5, 2, AM)
    cars.loc[:4, "mpg"] = np.nan
    found = run(cars, labels=labels, names=THREE).table
    assert found["estimate"].isna().tolist() == [False, True]


def test_residuals_carry_no_patient_identifiers(cars):
    residuals = run(cars.set_axis([f"P{i}" for i in range(32)]), WEIGHT).residuals
    assert list(residuals.index) == list(range(32))
    assert residuals["fitted"].is_monotonic_increasing


def test_all_outcomes_stand_in_one_table_and_the_first_is_described(gaps):
    half, gaps["half"] = column("half", role="outcome"), gaps["mpg"] / 2 + gaps["wt"].fillna(3)
    who, how = patients(gaps, columns=(MILES, half)), {"n_imputations": 2, "random_state": 1}
    found = models(who, BOTH, **how)
    alone = [fit_outcome(who, y, BOTH, **how) for y in (MILES, half)]
    assert found.table["outcome"].tolist() == ["mpg"] * 4 + ["half"] * 4
    pd.testing.assert_frame_equal(found.table.iloc[:4], alone[0].table)
    assert found.table["estimate"][4:].tolist() == alone[1].table["estimate"].tolist()
    assert (found.described, found.diagnostics) == ("adjusted", alone[0].diagnostics)


def test_the_notes_of_all_outcomes_are_kept(cars):
    cars["flat"] = 1.0
    who = patients(cars, columns=(MILES, column("flat", role="outcome")))
    said = "the outcome does not vary around the fit; no interval."
    assert models(who, ()).notes == (f"Crude model, flat: not fitted: {said}",)


def test_without_an_outcome_nothing_is_modelled_and_the_table_says_why(cars):
    found = models(patients(cars), BOTH)
    assert found.table.empty and found.vif.empty and found.residuals.empty
    assert (found.described, found.diagnostics, found.notes) == ("", {}, ())
    assert {"outcome", "model", "estimate"} <= set(found.table)
    reason = "The codebook names no outcome, so nothing is regressed."
    assert found.table.attrs["reason"] == reason


def test_a_record_says_whether_its_outcome_is_the_first_and_names_covariates_by_label(cars):
    book = patients(cars, columns=(MILES, column("late", role="outcome"),
                                   column("wt", label="Weight"))).codebook
    table = pd.DataFrame({"outcome": ["mpg", "late"], "covariates": [(), ("wt",)]})
    crude, adjusted = records(table, book)
    assert crude == {"outcome": "mpg", "covariates": (), "primary": True, "worse": MILES.worse,
                     "covariate_labels": []}
    assert (adjusted["primary"], adjusted["covariate_labels"]) == (False, ["Weight"])
