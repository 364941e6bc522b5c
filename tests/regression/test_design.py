"""Designs of a linear model: coding, who is in it, and what is refused by name."""

import numpy as np
import pandas as pd
import pytest
from r_data import AM, mtcars

from compendium.data.columns import Column
from compendium.regression.design import CONSTANT, PHENOTYPE, DesignRefused, checked_labels, design

NAMES = ("Mild", "Severe")


def column(name, type="number", levels=(), unit="", label=""):
    return Column(name, label or name, "covariate", "", type, unit, "none", levels, *[None] * 4)


WEIGHT = column("wt", unit="1000 lb", label="Weight")
CYLINDERS = column("cyl", "category", ("4", "5", "6", "8"))


@pytest.fixture
def cars():
    return mtcars()


def test_the_columns_equal_those_of_r(cars):
    # R: colSums(model.matrix(~ am + wt + factor(cyl), mtcars))
    X = design(cars, AM, NAMES, (WEIGHT, CYLINDERS)).X
    names = [CONSTANT, "(phenotype)[Severe]", "wt", "cyl[6]", "cyl[8]"]
    assert X.sum().to_dict() == pytest.approx(
        dict(zip(names, [32, 13, 102.952, 7, 14], strict=True))
    )


def test_words_name_the_contrast_and_the_unit(cars):
    built = design(cars, AM, NAMES, (WEIGHT, CYLINDERS))
    assert list(built.labels.values())[1:] == [
        "Severe vs Mild", "Weight (1000 lb)", "cyl: 6 vs 4", "cyl: 8 vs 4",
    ]
    assert built.titles == {PHENOTYPE: "Phenotype", "wt": "Weight", "cyl": "cyl"}


def test_every_phenotype_but_the_mildest_has_a_column(cars):
    labels = np.repeat([0, 1, 2], [10, 12, 10])
    built = design(cars, labels, ("Mild", "Moderate", "Severe"), ())
    assert built.groups == {PHENOTYPE: ("(phenotype)[Moderate]", "(phenotype)[Severe]")}
    assert built.X.iloc[:, 1:].sum().tolist() == [12, 10]


def test_the_phenotype_is_no_covariate(cars):
    assert design(cars, AM, NAMES, (WEIGHT, CYLINDERS)).covariates == ("wt", "cyl")
    assert design(cars, AM, NAMES, ()).covariates == ()


def test_only_patients_with_every_covariate_are_in_it(cars):
    cars.loc[[0, 5], "wt"] = np.nan
    cars.loc[[5, 9], "cyl"] = np.nan
    built = design(cars, AM, NAMES, (WEIGHT, CYLINDERS))
    assert np.flatnonzero(~built.rows).tolist() == [0, 5, 9]
    assert built.X.index.equals(cars.index[built.rows])


def test_order_of_patients_changes_only_the_order_of_rows(cars):
    order = np.random.default_rng(2).permutation(32)
    a = design(cars, AM, NAMES, (WEIGHT, CYLINDERS)).X
    b = design(cars.iloc[order], AM[order], NAMES, (WEIGHT, CYLINDERS)).X
    pd.testing.assert_frame_equal(a, b.sort_index())


def test_a_category_is_coded_against_the_first_level_that_occurs(cars):
    cars = cars[cars["cyl"] != "4"]
    built = design(cars, AM[cars.index], NAMES, (CYLINDERS,))
    assert built.groups["cyl"] == ("cyl[8]",)
    assert built.labels["cyl[8]"] == "cyl: 8 vs 6"


def test_a_category_with_one_level_among_the_complete_is_left_out(cars):
    cars.loc[cars["cyl"] != "8", "wt"] = np.nan
    built = design(cars, AM, NAMES, (WEIGHT, CYLINDERS))
    assert built.covariates == ("wt",)
    assert built.notes == ("cyl is left out: it has one value among the 14 complete patients.",)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [(1.0, "Weight is left out: it has one value only."),
     (np.nan, "Weight is left out: it is recorded for no patient.")],
)
def test_a_covariate_that_says_nothing_is_left_out_and_costs_no_patient(cars, value, sentence):
    built = design(cars.assign(wt=value), AM, NAMES, (WEIGHT, CYLINDERS))
    assert (built.covariates, len(built.X)) == (("cyl",), 32)
    assert built.notes == (sentence,)


@pytest.mark.parametrize("type", ["text", "date"])
def test_text_and_dates_are_not_adjusted_for(cars, type):
    built = design(cars.assign(when="2020-01-01"), AM, NAMES, (column("when", type), WEIGHT))
    assert built.covariates == ("wt",)
    assert built.notes == (f"when is left out: type {type} cannot be adjusted for.",)


@pytest.mark.filterwarnings("error")
def test_a_patient_on_whom_a_coefficient_would_rest_alone_is_left_out(cars):
    cars.loc[4, "cyl"] = "5"
    built = design(cars, AM, NAMES, (CYLINDERS,))
    assert np.flatnonzero(~built.rows).tolist() == [4] and "cyl[5]" not in built.X
    assert built.notes == (
        "Patients left out because a coefficient would rest on each alone: 1.",
    )


def test_leaving_such_a_patient_out_may_leave_another_alone(cars):
    # without row 4, the only one with 5 cylinders, row 6 is the only one of its colour
    cars = cars.assign(colour=pd.Categorical(["white"] * 32, categories=["white", "red"]))
    cars.loc[4, "cyl"] = "5"
    cars.loc[[4, 6], "colour"] = "red"
    built = design(cars, AM, NAMES, (CYLINDERS, column("colour", "category", ("white", "red"))))
    assert np.flatnonzero(~built.rows).tolist() == [4, 6]
    assert "colour is left out: it has one value among the 30 complete patients." in built.notes


def test_a_rank_deficient_design_is_refused_by_name(cars):
    cars["twice"] = 2 * cars["wt"] + 3
    with pytest.raises(DesignRefused, match=r"^Double weight \(column twice\) is an exact combin"):
        design(cars, AM, NAMES, (WEIGHT, column("twice", label="Double weight")))


def test_a_column_far_from_zero_is_not_mistaken_for_the_constant(cars):
    built = design(cars.assign(wt=cars["wt"] + 1e6), AM, NAMES, (WEIGHT,))
    assert built.covariates == ("wt",)


def test_ten_patients_beyond_the_parameters_are_needed(cars):
    labels = np.arange(13) % 2
    with pytest.raises(DesignRefused, match=r"^12 complete patients, and 13 are needed\.$") as few:
        design(cars[:12], labels[:12], NAMES, (WEIGHT,))
    assert few.value.n == 12
    assert len(design(cars[:13], labels, NAMES, (WEIGHT,)).X) == 13


@pytest.mark.parametrize("label", [0, 1])
def test_one_phenotype_alone_is_refused(cars, label):
    sentence = r"^complete patients in Mild and in another are needed\.$"
    with pytest.raises(DesignRefused, match=sentence):
        design(cars, np.full(32, label), NAMES, ())


@pytest.mark.parametrize("labels", [[0, 1, 2], [0, 1, -1], [0, 0.5, 1]])
def test_labels_that_name_no_phenotype_are_refused(labels):
    with pytest.raises(ValueError, match=r"labels must lie in 0 … 1, for two names or more\."):
        checked_labels(labels, NAMES, 3)


def test_one_label_is_needed_for_every_patient():
    with pytest.raises(ValueError, match=r"shape \(2,\); one label for each of 3 patients\."):
        checked_labels([0, 1], NAMES, 3)


def test_whole_numbers_stored_as_decimals_are_labels():
    assert checked_labels([0.0, 1.0], NAMES, 2).dtype.kind == "i"
