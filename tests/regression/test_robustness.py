"""E-values by hand, power against R's noncentral t, and what published numbers imply."""

import math

import numpy as np
import pandas as pd
import pytest
from by_hand import CYLINDERS, MILES, NAMES, THREE, WEIGHT, column, patients
from r_data import AM, mtcars

from compendium.regression.outcome_models import models
from compendium.regression.robustness import e_value, e_values, implied, needed, power, sample_sizes

PAPER = (-3.84, -5.41, -2.27)  # the published adjusted difference


def published(estimate, low, high, *sizes):
    return {"estimate": estimate, "low": low, "high": high, "sizes": sizes}


def test_an_e_value_equals_its_formula_by_hand():
    # exp(0.91 * 0.5) = 1.576173...; 1.576173 + sqrt(1.576173 * 0.576173)
    found = e_value(2.0, 1.0, 3.0, 4.0)
    assert found["risk_ratio"] == pytest.approx(1.5761734, abs=1e-6)
    assert found["e_value"] == pytest.approx(1.5761734 + math.sqrt(1.5761734 * 0.5761734), abs=1e-6)


def test_the_published_example_of_a_risk_ratio_comes_back():
    # VanderWeele & Ding 2017: RR 3.9 has the E-value 7.26, its limit 1.8 the E-value 3.0
    found = e_value(math.log(3.9) / 0.91, math.log(1.8) / 0.91, 2.0, 1.0)
    assert round(found["e_value"], 2) == 7.26 and round(found["e_value_interval"], 1) == 3.0


def test_the_interval_counts_by_its_end_nearest_to_nothing():
    found = e_value(*PAPER, 8.0)
    assert found["e_value_interval"] == e_value(-2.27, -3, -1, 8.0)["e_value"] < found["e_value"]


def test_an_interval_that_holds_nothing_needs_nothing_to_explain_it():
    assert e_value(-1.0, -3.0, 1.0, 8.0)["e_value_interval"] == 1
    assert e_value(-1.0, -2.0, 0.0, 8.0)["e_value_interval"] == 1


def test_neither_the_sign_of_the_difference_nor_the_unit_matters():
    assert e_value(3.84, 2.27, 5.41, 8.0) == e_value(*PAPER, 8.0)
    assert e_value(*(10 * end for end in PAPER), 80.0) == pytest.approx(e_value(*PAPER, 8.0))


@pytest.mark.parametrize("numbers", [*((*PAPER, sd) for sd in (0.0, math.nan, -1.0)),
                                     (math.nan, -1, 1, 8.0)])
def test_without_an_estimate_or_a_residual_sd_there_is_no_e_value(numbers):
    assert all(math.isnan(value) for value in e_value(*numbers).values())


@pytest.mark.parametrize(
    ("arguments", "theirs"),
    [
        # R: df <- n - p; d <- share * r / sqrt(1 - r^2) * sqrt(n); q <- qt(0.975, df)
        # pt(q, df, d, lower.tail = FALSE) + pt(-q, df, d)
        ((0.22, 454, 9, 1.0), 0.997708527599935),
        ((0.22, 454, 9, 0.5), 0.669137273489804),
        ((0.3, 40, 4, 1.0), 0.490415418346799),
    ],
)
def test_power_equals_r(arguments, theirs):
    r, n, p, share = arguments
    assert power(r, n, p, share=share) == pytest.approx(theirs, rel=1e-10)


def test_no_difference_is_found_as_often_as_alpha_says():
    assert power(0.0, 200, 9, alpha=0.01) == pytest.approx(0.01)


def test_power_never_fails_for_a_large_study():
    assert [power(r, n, 9) for r in (0.3, 0.9) for n in (1000, 10**6)] == pytest.approx([1] * 4)


def test_without_a_degree_of_freedom_there_is_no_power():
    assert math.isnan(power(0.3, 9, 9)) and math.isnan(power(1.0, 40, 4))


@pytest.mark.parametrize(
    ("r", "p", "share", "theirs"), [(-0.2646, 9, 0.5, [419, 561]), (0.6, 4, 1.0, [17, 22])]
)
def test_sample_sizes_equal_r(r, p, share, theirs):
    # R: the first n at which the power of the formula above reaches 0.8 and 0.9
    found = sample_sizes(r, p, share=share)
    assert found["n"].tolist() == theirs and found["power"].tolist() == [0.8, 0.9]


def test_the_size_given_is_the_smallest_that_is_enough():
    for row in sample_sizes(0.2, 9).itertuples():
        assert power(0.2, row.n, 9, share=0.5) >= row.power > power(0.2, row.n - 1, 9, share=0.5)


def test_half_of_the_difference_needs_about_four_times_the_patients():
    whole, half = (sample_sizes(0.2, 9, share=s)["n"].iloc[0] for s in (1, 0.5))
    assert 3.8 < half / whole < 4.2


@pytest.mark.parametrize(
    ("r", "sentence"),
    [
        (0.0, "Not computed: more than 1,000,000 patients."),
        (math.nan, "Not computed: no partial correlation."),
        (1.0, "Not computed: no partial correlation."),
    ],
)
def test_where_no_number_can_be_given_a_sentence_says_so(r, sentence):
    found = sample_sizes(r, 9)
    assert found["n"].isna().all() and found["note"].tolist() == [sentence] * 2


def test_the_published_numbers_imply_what_the_methods_say():
    found = implied(published(*PAPER, 288, 166))
    assert found == pytest.approx(
        {"se": 0.80, "resid_sd": 8.2, "partial_r": -0.22, "auc": 0.63}, abs=0.005
    )


def test_a_crude_model_is_recovered_from_its_interval():
    # R: c0 <- lm(mpg ~ am, mtcars); confint(c0)["am", ]; coef(summary(c0))["am", 2]; sigma(c0);
    # cor(mtcars$mpg, mtcars$am); 13 manual, 19 automatic
    found = implied(published(7.24493927125506, 3.641509571649, 10.848368970861, 19, 13))
    assert found["se"] == pytest.approx(1.764421631643, rel=1e-8)
    assert found["resid_sd"] == pytest.approx(4.902028828932, rel=1e-8)
    assert found["partial_r"] == pytest.approx(0.5998324294546, rel=1e-8)


def test_auc_is_the_chance_of_telling_two_patients_apart():
    # by hand: pnorm(1 / sqrt(2)) for one SD, whatever its sign
    both = [implied(published(e, e - 0.2, e + 0.2, 200, 200)) for e in (1.0, -1.0)]
    sd, found = both[0]["resid_sd"], [one["auc"] for one in both]
    assert found == pytest.approx([0.5 * (1 + math.erf(1 / (2 * sd)))] * 2)


def test_more_parameters_mean_a_smaller_standard_error():
    few = published(*PAPER, 30, 20)
    assert implied(few, 12)["se"] < implied(few)["se"]


def test_an_interval_without_width_implies_nothing():
    found = implied(published(-3.84, -3.84, -3.84, 288, 166))
    assert all(math.isnan(value) for value in found.values())


def of_cars(*covariates, labels=AM, names=NAMES, **change):
    """The models of miles, and of another outcome after them."""
    outcomes = (MILES, column("late", role="outcome"))
    data = mtcars().assign(**{"late": np.arange(32.0) % 7} | change)
    return models(patients(data, labels, names, columns=outcomes), covariates)


def test_the_primary_outcomes_described_model_is_what_has_to_be_explained_away():
    adjusted = of_cars(WEIGHT, CYLINDERS)
    row = adjusted.table.loc[1]
    assert (row["outcome"], row["model"], adjusted.described) == ("mpg", "adjusted", "adjusted")
    ends = row[["estimate", "low", "high", "resid_sd"]]
    assert e_values(adjusted) == [e_value(*ends)]
    pd.testing.assert_frame_equal(needed(adjusted, 0.01),
                                  sample_sizes(row["partial_r"], 5, alpha=0.01))


def test_of_three_phenotypes_it_is_the_most_severe_one():
    crude = of_cars(labels=np.arange(32) % 3, names=THREE)
    row = crude.table.loc[1]
    assert (row["phenotype"], crude.described) == ("Severe", "crude")
    assert e_values(crude) == [e_value(*row[["estimate", "low", "high", "resid_sd"]])]


def test_where_no_difference_was_estimated_there_is_none_to_explain_away():
    for nothing in (of_cars(mpg=5.0), models(patients(mtcars()), ())):
        sizes = needed(nothing, 0.05)
        assert e_values(nothing) == [] and sizes.empty and {"power", "n"} <= set(sizes)
        assert sizes.attrs["reason"] == "No difference was estimated."
