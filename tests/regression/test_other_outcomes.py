"""One table of other outcomes and models, against R's lm, clm and rq on mtcars.

Independent values: R 4.2.2, sandwich 3.0, ordinal 2022.11, quantreg 5.94.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from by_hand import CYLINDERS, ENDS, MILES, NAMES, THREE, WEIGHT, column, patients
from r_data import AM, mtcars

from compendium.data.columns import Rule
from compendium.regression.other_outcomes import other_models
from compendium.regression.outcome_models import fit_outcome

HALF = column("half", role="outcome", unit="mi/gal")
LOSS = column("loss", role="descriptor", derive=Rule("rate", ("40", "mpg", "wt")))


@pytest.fixture
def cars():
    """The cars with half of their miles as a second outcome, and points lost per 1,000 lb."""
    data = mtcars()
    return data.assign(half=data["mpg"] / 2, loss=(40 - data["mpg"]) / data["wt"])


def run(data, *covariates, columns=(MILES, HALF, LOSS), labels=AM, names=NAMES):
    return other_models(patients(data, labels, names, columns=(*columns, *covariates)), covariates)


def row(found, outcome, analysis):
    part = found[(found["outcome"] == outcome) & (found["analysis"] == analysis)]
    assert len(part) == 1
    return part.iloc[0]


def test_rows_stand_in_the_order_of_the_codebook(cars):
    found = run(cars, WEIGHT)
    assert list(zip(found["outcome"], found["analysis"], strict=True)) == [
        ("mpg", "least squares"), ("mpg", "proportional odds"), ("mpg", "median regression"),
        ("half", "least squares"), ("loss", "least squares"), ("loss", "log rate"),
    ]


def test_every_row_says_its_scale(cars):
    assert run(cars, WEIGHT)["scale"].tolist() == [
        "mi/gal", "odds ratio of a higher value", "mi/gal", "mi/gal", "difference",
        "ratio of geometric means",
    ]


@pytest.mark.parametrize(("worse", "value"), [("low", "better"), ("high", "worse")])
def test_the_odds_are_of_a_better_or_a_worse_value_by_the_codebook(cars, worse, value):
    table = run(cars, WEIGHT, columns=(replace(MILES, worse=worse),))
    assert table["scale"][1] == f"odds ratio of a {value} value"


@pytest.mark.parametrize("outcome", [MILES, HALF])
def test_least_squares_are_the_adjusted_model(cars, outcome):
    cars.loc[3, "wt"] = np.nan
    found = fit_outcome(patients(cars), outcome, (WEIGHT, CYLINDERS), n_imputations=2)
    theirs = found.table.set_index("model")
    ours = row(run(cars, WEIGHT, CYLINDERS), outcome.name, "least squares")
    assert ours[[*ENDS, "n"]].tolist() == theirs.loc["adjusted", [*ENDS, "n"]].tolist()
    assert ours["covariates"] == ("wt", "cyl") and ours["method"] == "OLS, HC3, t"


def test_odds_equal_r(cars):
    # R: m <- clm(factor(mpg, ordered = TRUE) ~ am + wt, data = mtcars)
    # exp(coef(m)["am"]); exp(confint(m, type = "Wald")["am", ]); coef(summary(m))["am", 4]
    found = row(run(cars, WEIGHT), "mpg", "proportional odds")
    theirs = [0.296211902624747, 0.0456491831216238, 1.9220823957090656, 0.202255228289895]
    np.testing.assert_allclose(found[ENDS].astype(float), theirs, rtol=1e-9)


def test_the_median_equals_r(cars):
    # R: s <- summary(rq(mpg ~ am + wt, data = mtcars), se = "nid")$coefficients["am", ]
    # s[1] + c(-1, 1) * qt(0.975, 29) * s[2]
    found = row(run(cars, WEIGHT), "mpg", "median regression")
    theirs = [-1.90172413793104, -6.10727331465091, 2.30382503878884, 0.362681151272783]
    np.testing.assert_allclose(found[ENDS].astype(float), theirs, rtol=1e-9)


def test_a_rate_equals_r_without_what_it_is_made_of(cars):
    # R: m <- lm(I((40 - mpg) / wt) ~ am + factor(cyl), mtcars); coefci and coeftest with vcovHC
    found = row(run(cars, WEIGHT, CYLINDERS), "loss", "least squares")
    theirs = [0.559493432817582, -0.372574137359221, 1.491561002994386, 0.229079377604941]
    np.testing.assert_allclose(found[ENDS].astype(float), theirs, rtol=1e-9)
    assert found["covariates"] == ("cyl",)
    assert found["note"] == "Not adjusted for wt, of which the rate is made."


def test_a_log_rate_equals_r(cars):
    # R: the same of log((40 - mpg) / wt); exp of estimate and coefci
    found = row(run(cars, WEIGHT, CYLINDERS), "loss", "log rate")
    theirs = [1.079257331367089, 0.917856790660840, 1.269039352501797, 0.343046188903892]
    np.testing.assert_allclose(found[ENDS].astype(float), theirs, rtol=1e-9)


def test_rates_without_a_logarithm_count_as_half_of_the_smallest(cars):
    # R: rate[1:2] <- c(0, -1); rate[rate <= 0] <- min(rate[rate > 0]) / 2 (1.66212534059946)
    cars.loc[[0, 1], "loss"] = [0.0, -1.0]
    found = row(run(cars, WEIGHT, CYLINDERS), "loss", "log rate")
    theirs = [0.807060450753293, 0.519998269903570, 1.252593727457777]
    np.testing.assert_allclose(found[ENDS[:3]].astype(float), theirs, rtol=1e-9)
    assert found["note"].endswith(
        "Rates of zero or below (fewer than five patients) count as half of the smallest positive "
        "one."
    )


def test_rates_of_which_none_is_positive_have_a_sentence(cars):
    found = row(run(cars.assign(loss=-cars["loss"]), WEIGHT), "loss", "log rate")
    assert np.isnan(found["estimate"]) and found["n"] == 32
    assert found["note"].endswith("Not fitted: no rate is above zero, so none has a logarithm.")


def test_a_covariate_derived_from_the_denominator_is_left_out_too(cars):
    stone = column("stone", derive=Rule("sum", ("wt", "extra")))
    data = cars.assign(stone=cars["wt"] + np.arange(32) % 5, extra=np.arange(32) % 5)
    found = row(run(data, stone, CYLINDERS), "loss", "least squares")
    assert found["covariates"] == ("cyl",)


def test_what_a_total_is_summed_of_belongs_to_its_rate(cars):
    total = column("mpg", role="outcome", derive=Rule("sum", ("first", "second")))
    data = cars.assign(second=cars["mpg"] - np.arange(32) % 3)
    found = run(data, column("second"), columns=(total, LOSS))
    assert row(found, "loss", "least squares")["covariates"] == ()
    assert row(found, "mpg", "least squares")["covariates"] == ("second",)


def test_an_outcome_that_is_a_rate_is_treated_as_one(cars):
    primary = column("loss", role="outcome", derive=LOSS.derive)
    found = run(cars, WEIGHT, CYLINDERS, columns=(primary,))
    assert list(found["analysis"]) == [
        "least squares", "proportional odds", "median regression", "log rate",
    ]
    assert set(found["covariates"]) == {("cyl",)}


def test_every_phenotype_has_its_row(cars):
    found = run(cars, WEIGHT, labels=np.arange(32) % 3, names=THREE)
    assert len(found) == 12 and found["estimate"].notna().all()
    assert list(found["phenotype"][:2]) == ["Moderate", "Severe"]
    assert set(found["reference"]) == {"Mild"}


def test_odds_are_said_to_be_looked_at_by_quartile(cars):
    found = run(cars.assign(mpg=cars["mpg"].round()), WEIGHT)
    note = row(found, "mpg", "proportional odds")["note"]
    assert note.startswith("Phenotype: likelihood ratio p = 0.")
    assert note.endswith("the model takes them for one.")


def test_an_outcome_of_many_levels_has_no_odds_and_a_sentence():
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"mpg": rng.normal(size=80), "wt": rng.normal(size=80)})
    found = run(data, WEIGHT, columns=(MILES,), labels=np.arange(80) % 2)
    odds = row(found, "mpg", "proportional odds")
    assert np.isnan(odds["estimate"]) and odds["n"] == 80
    assert odds["note"] == "Not fitted: the outcome has 80 levels; odds are modelled for 2 to 60."


def test_separation_is_said_in_words_and_costs_only_the_odds(cars):
    found = run(cars.assign(mpg=10.0 * AM + np.arange(32) % 3), WEIGHT, columns=(MILES,))
    assert found["estimate"].notna().tolist() == [True, False, True]
    assert found["note"].iloc[1] == (
        "Not fitted: Severe vs Mild separates low from high values of the outcome, so its odds "
        "ratio has no estimate."
    )


def test_whole_values_are_said_to_move_in_steps(cars):
    whole = row(run(cars.assign(mpg=cars["mpg"].round()), WEIGHT), "mpg", "median regression")
    assert whole["note"].startswith("Whole values: their median moves in steps.")
    assert "Whole" not in row(run(cars, WEIGHT), "mpg", "median regression")["note"]


def test_other_medians_that_fit_as_well_are_told(cars):
    found = row(run(cars, WEIGHT, CYLINDERS), "mpg", "median regression")
    assert found["note"] == "Fits as well: −0.886 to −0.878."


def test_an_interval_wider_than_the_scale_is_not_given(cars):
    # quantreg gives a standard error of 14.5 to a score that spans 8 points
    ceiling = np.where(np.random.default_rng(2).random(32) < 0.3, 40.0, 48.0)
    found = row(run(cars.assign(mpg=ceiling), WEIGHT, CYLINDERS), "mpg", "median regression")
    assert np.isnan(found["estimate"]) and found["note"].endswith("cannot be read off.")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [7.0, np.nan])
def test_an_outcome_without_values_to_compare_has_sentences(cars, value):
    found = run(cars.assign(mpg=value), WEIGHT, columns=(MILES,))
    assert found[ENDS].isna().all(axis=None)
    assert found["note"].str.startswith("Not fitted: ").all()
    assert set(found["n"]) == {0 if np.isnan(value) else 32}


def test_a_phenotype_without_complete_patients_has_a_sentence(cars):
    labels = np.where(np.arange(32) < 5, 1, 2 * AM)
    cars.loc[:4, "wt"] = np.nan
    found = run(cars, WEIGHT, labels=labels, names=THREE)
    absent = found[(found["phenotype"] == "Moderate") & (found["outcome"] != "loss")]
    assert absent["estimate"].isna().all()
    assert set(absent["note"]) == {"Nobody of this phenotype is among the complete patients."}


def test_a_codebook_without_outcome_and_rate_gives_an_empty_table(cars):
    found = run(cars, WEIGHT, columns=())
    assert found.empty and list(found)[:3] == ["outcome", "outcome_label", "analysis"]
    assert found.attrs["reason"].startswith("The codebook names no outcome and no rate")


def test_without_covariates_all_rows_are_crude(cars):
    found = run(cars)
    assert set(found["covariates"]) == {()} and set(found["n"]) == {32}
    crude = cars.groupby(AM)["mpg"].mean()
    assert found["estimate"].iloc[0] == pytest.approx(crude[1] - crude[0])


def test_order_of_patients_changes_nothing(cars):
    order = np.random.default_rng(3).permutation(32)
    a, b = run(cars, WEIGHT), run(cars.iloc[order], WEIGHT, labels=AM[order])
    np.testing.assert_allclose(a[ENDS], b[ENDS], rtol=1e-8)
    assert a["note"].equals(b["note"])


def test_what_the_design_left_out_stands_once(cars):
    found = run(cars.assign(gear=1.0), WEIGHT, column("gear"), columns=(MILES,))
    assert found["note"].str.contains("gear is left out").tolist() == [True, False, False]
