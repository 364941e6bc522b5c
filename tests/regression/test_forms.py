"""The three forms of a difference against R: lm and sandwich, a Huber fit by hand, quantreg.

Independent values: R 4.2.2, on R's mtcars (with d <- transform(mtcars, cyl = factor(cyl))) and
stackloss (d <- transform(stackloss, hot = as.numeric(Water.Temp > 20))).
"""

import numpy as np
import pandas as pd
import pytest
from by_hand import CYLINDERS, ENDS, MILES, NAMES, THREE, WEIGHT, column, patients
from r_data import mtcars
from statsmodels.datasets import stackloss

from compendium.regression import forms
from compendium.regression.forms import FORMS, HUBER, MEAN, MEDIAN, outcome_differences
from compendium.regression.outcome_models import fit_outcome

Y, A = column("y"), column("a")


def numbers(found):
    return [getattr(found, name) for name in ENDS]


def cars(form):
    return numbers(outcome_differences(patients(mtcars()), MILES, (WEIGHT, CYLINDERS))[form])


def plant(form):
    data = stackloss.load_pandas().data.set_axis(["loss", "air", "water", "acid"], axis=1)
    found = patients(data, (data["water"] > 20).to_numpy(int))
    return numbers(outcome_differences(found, column("loss"), (column("air"),))[form])


def made_up(n=60):
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"y": rng.normal(30, 8, n), "a": rng.normal(60, 9, n)})
    return data, np.arange(n) % 2


def run(data, labels, *covariates, names=NAMES):
    """The forms of the difference in y."""
    return outcome_differences(patients(data, labels, names), Y, covariates)


# R: huber <- function(y, X) { b <- lm.fit(X, y)$coef; n <- length(y); p <- ncol(X)
#   for (i in 1:2000) { r <- drop(y - X %*% b); s <- median(abs(r)) / qnorm(.75)
#     b <- lm.wfit(X, y, pmin(1, 1.345 * s / abs(r)))$coef }
#   u <- drop(y - X %*% b) / s; d <- abs(u) <= 1.345; m <- mean(d)
#   k <- 1 + p / n * mean((d - m)^2) / m^2; psi <- pmax(-1.345, pmin(1.345, u))
#   se <- sqrt(diag(k^2 * s^2 * sum(psi^2) / (n - p) / m^2 * solve(crossprod(X))))
#   cbind(b, b - qt(.975, n - p) * se, b + qt(.975, n - p) * se, 2 * pt(-abs(b / se), n - p)) }
def test_hubers_estimate_equals_one_by_hand_in_r():
    # R: huber(d$mpg, model.matrix(~ am + wt + cyl, d))["am", ]
    theirs = [-0.39161752406660, -3.04671483982802, 2.26347979169482, 0.76448523523291]
    np.testing.assert_allclose(cars(HUBER), theirs, rtol=1e-8)


def test_hubers_estimate_equals_r_in_a_plant():
    # R: huber(d$stack.loss, model.matrix(~ hot + Air.Flow, d))["hot", ]
    theirs = [3.1374170265406462, -0.4532916559332389, 6.7281257090145310, 0.0829788430274875]
    np.testing.assert_allclose(plant(HUBER), theirs, rtol=1e-8)


def test_hubers_estimate_is_that_of_mass_but_for_its_rounded_constant():
    # R: summary(MASS::rlm(mpg ~ am + wt, mtcars, acc = 1e-14, maxit = 1000))$coefficients["am", ]
    found = outcome_differences(patients(mtcars()), MILES, (WEIGHT,))[HUBER]
    assert found.estimate == pytest.approx(-0.455284769530007, rel=2e-5)


def test_medians_equal_r():
    # R: q <- rq(mpg ~ am + wt + cyl, data = d); summary(q, se = "nid")$coefficients["am", ]
    theirs = [-0.885714285714285, -3.820101564807960, 2.048672993379391, 0.540894353495969]
    np.testing.assert_allclose(cars(MEDIAN), theirs, rtol=1e-8)


def test_medians_equal_r_in_a_plant():
    # R: q <- rq(stack.loss ~ hot + Air.Flow, data = d); summary(q, se = "nid")$coefficients
    theirs = [2.5, -4.275705133011490, 9.275705133011501, 0.448305337778661]
    np.testing.assert_allclose(plant(MEDIAN), theirs, rtol=1e-8)


def test_means_are_exactly_those_of_the_regression_module():
    table = fit_outcome(patients(mtcars()), MILES, (WEIGHT, CYLINDERS)).table
    assert table.set_index("model").loc["adjusted", ENDS].tolist() == cars(MEAN)


@pytest.mark.parametrize("form", FORMS)
def test_turning_the_labels_round_turns_the_difference_round(form):
    data, labels = made_up()
    one, two = (run(data, turned, A)[form] for turned in (labels, 1 - labels))
    assert two.estimate == pytest.approx(-one.estimate) and two.p == pytest.approx(one.p)
    assert (two.low, two.high) == pytest.approx((-one.high, -one.low))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("factor", [0.01, 1000.0])
def test_the_difference_has_the_outcomes_unit(form, factor):
    data, labels = made_up()
    one, scaled = (run(d, labels, A)[form] for d in (data, data * factor))
    assert scaled.estimate == pytest.approx(factor * one.estimate, rel=1e-6)
    assert scaled.high == pytest.approx(factor * one.high, rel=1e-5)


def test_without_covariates_the_medians_are_those_of_the_phenotypes():
    data, labels = made_up(n=62)  # 31 each: one median
    by_hand = data["y"].groupby(labels).median()
    found = run(data, labels)[MEDIAN]
    assert found.estimate == pytest.approx(by_hand[1] - by_hand[0], abs=1e-9)


def test_an_outlier_moves_means_most_and_medians_least():
    data, labels = made_up()
    moved = data.assign(y=data["y"].where(np.arange(60) != 1, 3000.0))
    one, two = (run(d, labels) for d in (data, moved))
    shift = {form: abs(two[form].estimate - one[form].estimate) for form in FORMS}
    assert shift[MEAN] > 90 and max(shift[HUBER], shift[MEDIAN]) < 5


def test_patients_without_outcome_or_covariate_are_not_counted():
    data, labels = made_up()
    data.loc[:4, "y"], data.loc[50:, "a"] = np.nan, np.nan
    for found in run(data, labels, A).values():
        assert (found.n, found.n_severe) == (45, labels[5:50].sum())


def test_of_three_phenotypes_the_most_severe_is_compared_with_the_mildest():
    data, _ = made_up()
    labels = np.arange(60) % 3
    by_hand = data["y"].groupby(labels).mean()
    found = run(data, labels, names=THREE)[MEAN]
    assert found.estimate == pytest.approx(by_hand[2] - by_hand[0])
    assert (found.n, found.n_severe) == (60, 20)


def sentences(*arguments, names=NAMES):
    found = run(*arguments, names=names).values()
    assert all(np.isnan(numbers(one)).all() for one in found)
    return {one.note for one in found}, {one.n for one in found}


def test_an_outcome_without_spread_gives_no_number():
    data, labels = made_up()
    said = {"Not fitted: the outcome does not vary around the fit; no interval."}
    assert sentences(data.assign(y=3.0), labels) == (said, {60})


def test_an_outcome_that_nobody_has_gives_no_number():
    data, labels = made_up()
    said, n = sentences(data.assign(y=np.nan), labels)
    assert said == {"Not fitted: 0 complete patients, and 11 are needed."} and n == {0}


def test_a_most_severe_phenotype_that_is_lost_is_named():
    data, _ = made_up()
    labels = np.arange(60) % 3
    data["a"] = data["a"].where(labels < 2)
    said, n = sentences(data, labels, A, names=THREE)
    assert said == {"Not fitted: nobody of Severe is among the 40 complete patients."}
    assert n == {40}


def test_where_most_outcomes_are_one_value_only_the_means_have_an_interval():
    data, labels = made_up()
    data["y"] = np.where(np.arange(60) < 50, 48.0, data["y"])
    found = run(data, labels)
    assert np.isfinite(found[MEAN].estimate)
    said = "Not fitted: half of the outcomes or more are alike: no scale, no ends."
    assert found[HUBER].note == said and np.isnan(found[HUBER].estimate)
    assert found[MEDIAN].note.startswith("Not fitted: the outcome is tied around its median")


def test_an_outcome_with_ties_below_half_still_has_its_huber_estimate():
    data, labels = made_up()
    data["y"] = np.where(np.arange(60) < 28, 48.0, data["y"])
    found = run(data, labels)[HUBER]
    assert found.high - found.low > 1


def test_five_patients_in_a_phenotype_still_give_finite_numbers():
    data, _ = made_up()
    for found in run(data, (np.arange(60) > 54) * 1).values():
        assert found.n_severe == 5 and found.low < found.estimate < found.high
        assert abs(found.estimate) < 40


@pytest.mark.parametrize("few", [1, 4])
def test_of_fewer_than_five_in_a_phenotype_no_form_gives_a_number(few):
    data, _ = made_up()
    for found in run(data, (np.arange(60) >= 60 - few) * 1).values():
        assert np.isnan([found.estimate, found.low, found.high, found.p]).all()
        assert found.note == "Not fitted: five complete patients in Mild and in another are needed."


def test_medians_of_very_many_patients_are_left_out_with_a_sentence(monkeypatch):
    monkeypatch.setattr(forms, "LARGE", 20)
    found = outcome_differences(patients(mtcars()), MILES, (WEIGHT,))
    assert np.isnan(found[MEDIAN].estimate) and np.isfinite(found[MEAN].estimate)
    said = "Not fitted: exact medians of more than 20 patients take too long."
    assert found[MEDIAN].note == said and found[MEDIAN].n == 32
