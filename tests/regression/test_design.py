"""Designs of a linear model: coding, who is in it, and what is refused by name."""

import numpy as np
import pandas as pd
import pytest
from by_hand import CYLINDERS, NAMES, THREE, column, patients
from r_data import AM, mtcars

from compendium.regression.design import (
    CONSTANT,
    PHENOTYPE,
    DesignRefused,
    design,
    phenotype_terms,
    usable,
)

WEIGHT = column("wt", unit="1000 lb", label="Weight")
LEFT_OUT = "Patients on whom, alone or with fewer than four others, a coefficient would rest are " \
    "left out."
ANOTHER = r"^five complete patients in Mild and in another are needed\.$"


def built(data, *covariates, labels=AM, names=NAMES):
    return design(patients(data, labels, names), covariates)


@pytest.fixture
def cars():
    return mtcars()


def test_the_columns_equal_those_of_r(cars):
    # R: colSums(model.matrix(~ am + wt + factor(cyl), mtcars))
    X = built(cars, WEIGHT, CYLINDERS).X
    names = [CONSTANT, "(phenotype)[Severe]", "wt", "cyl[6]", "cyl[8]"]
    assert X.sum().to_dict() == pytest.approx(
        dict(zip(names, [32, 13, 102.952, 7, 14], strict=True))
    )


def test_words_name_the_contrast_and_the_unit(cars):
    found = built(cars, WEIGHT, CYLINDERS)
    assert list(found.labels.values())[1:] == [
        "Severe vs Mild", "Weight (1000 lb)", "cyl: 6 vs 4", "cyl: 8 vs 4",
    ]
    assert found.titles == {PHENOTYPE: "Phenotype", "wt": "Weight", "cyl": "cyl"}


def test_every_phenotype_but_the_mildest_has_a_column(cars):
    labels = np.repeat([0, 1, 2], [10, 12, 10])
    found = built(cars, labels=labels, names=THREE)
    assert found.groups == {PHENOTYPE: ("(phenotype)[Moderate]", "(phenotype)[Severe]")}
    assert found.X.iloc[:, 1:].sum().tolist() == [12, 10]


def test_the_phenotype_is_no_covariate(cars):
    assert built(cars, WEIGHT, CYLINDERS).covariates == ("wt", "cyl")
    assert built(cars).covariates == ()


def test_only_patients_with_every_covariate_are_in_it(cars):
    cars.loc[[0, 5], "wt"] = np.nan
    cars.loc[[5, 9], "cyl"] = np.nan
    found = built(cars, WEIGHT, CYLINDERS)
    assert np.flatnonzero(~found.rows).tolist() == [0, 5, 9]
    assert found.X.index.equals(cars.index[found.rows])


def test_order_of_patients_changes_only_the_order_of_rows(cars):
    order = np.random.default_rng(2).permutation(32)
    a = built(cars, WEIGHT, CYLINDERS).X
    b = built(cars.iloc[order], WEIGHT, CYLINDERS, labels=AM[order]).X
    pd.testing.assert_frame_equal(a, b.sort_index())


def test_a_category_is_coded_against_the_first_level_that_occurs(cars):
    cars = cars[cars["cyl"] != "4"]
    found = built(cars, CYLINDERS, labels=AM[cars.index])
    assert found.groups["cyl"] == ("cyl[8]",)
    assert found.labels["cyl[8]"] == "cyl: 8 vs 6"


def test_a_category_with_one_level_among_the_complete_is_left_out(cars):
    # of the 14 cars with eight cylinders every phenotype has five or more
    cars.loc[cars["cyl"] != "8", "wt"] = np.nan
    found = built(cars, WEIGHT, CYLINDERS, labels=np.arange(32) % 2)
    assert found.covariates == ("wt",)
    assert found.notes == ("cyl is left out: it has one value among the complete patients.",)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [(1.0, "Weight is left out: it has one value only."),
     (np.nan, "Weight is left out: it is recorded for no patient.")],
)
def test_a_covariate_that_says_nothing_is_left_out_and_costs_no_patient(cars, value, sentence):
    found = built(cars.assign(wt=value), WEIGHT, CYLINDERS)
    assert (found.covariates, len(found.X)) == (("cyl",), 32)
    assert found.notes == (sentence,)


@pytest.mark.parametrize("type", ["text", "date"])
def test_text_and_dates_are_not_adjusted_for(cars, type):
    found = built(cars.assign(when="2020-01-01"), column("when", type), WEIGHT)
    assert found.covariates == ("wt",)
    assert found.notes == (f"when is left out: type {type} cannot be adjusted for.",)


@pytest.mark.filterwarnings("error")
def test_a_patient_on_whom_a_coefficient_would_rest_alone_is_left_out(cars):
    cars.loc[4, "cyl"] = "5"
    found = built(cars, CYLINDERS)
    assert np.flatnonzero(~found.rows).tolist() == [4] and "cyl[5]" not in found.X
    assert found.notes == (LEFT_OUT,)


@pytest.mark.parametrize(("few", "n"), [(1, 31), (4, 28), (5, 32)])
def test_a_phenotype_of_fewer_than_five_is_left_out_with_a_note_and_one_of_five_is_borne(
    cars, few, n
):
    labels = np.r_[[2] * few, np.arange(32 - few) % 2]
    found = built(cars, labels=labels, names=THREE)
    assert (len(found.X), found.notes) == (n, () if few == 5 else (LEFT_OUT,))
    assert ("(phenotype)[Severe]" in found.X) == (few == 5)
    assert found.rows.tolist() == [few == 5] * few + [True] * (32 - few)


def test_five_are_counted_among_the_complete(cars):
    labels = np.r_[[2] * 6, np.arange(26) % 2]
    cars.loc[[0, 3], "wt"] = np.nan
    found = built(cars, WEIGHT, labels=labels, names=THREE)
    assert np.flatnonzero(~found.rows).tolist() == [0, 1, 2, 3, 4, 5]


def test_leaving_such_a_patient_out_may_leave_another_alone(cars):
    # without row 4, the only one with 5 cylinders, row 6 is the only one of its colour
    cars = cars.assign(colour=pd.Categorical(["white"] * 32, categories=["white", "red"]))
    cars.loc[4, "cyl"] = "5"
    cars.loc[[4, 6], "colour"] = "red"
    found = built(cars, CYLINDERS, column("colour", "category", ("white", "red")))
    assert np.flatnonzero(~found.rows).tolist() == [4, 6]
    assert "colour is left out: it has one value among the complete patients." in found.notes


def test_a_rank_deficient_design_is_refused_by_name(cars):
    cars["twice"] = 2 * cars["wt"] + 3
    with pytest.raises(DesignRefused, match=r"^Double weight \(column twice\) is an exact combin"):
        built(cars, WEIGHT, column("twice", label="Double weight"))


def test_a_column_far_from_zero_is_not_mistaken_for_the_constant(cars):
    found = built(cars.assign(wt=cars["wt"] + 1e6), WEIGHT)
    assert found.covariates == ("wt",)


def test_ten_patients_beyond_the_parameters_are_needed(cars):
    labels = np.arange(13) % 2
    with pytest.raises(DesignRefused, match=r"^12 complete patients, and 13 are needed\.$") as few:
        built(cars[:12], WEIGHT, labels=labels[:12])
    assert few.value.n == 12
    assert len(built(cars[:13], WEIGHT, labels=labels).X) == 13


@pytest.mark.parametrize("label", [0, 1])
def test_one_phenotype_alone_is_refused(cars, label):
    with pytest.raises(DesignRefused, match=ANOTHER):
        built(cars, labels=np.full(32, label))


@pytest.mark.parametrize("small", [0, 1])
def test_the_mildest_and_another_phenotype_need_five_complete_patients(cars, small):
    labels = np.r_[[small] * 5, [1 - small] * 27]
    assert len(built(cars, labels=labels).X) == 32
    with pytest.raises(DesignRefused, match=ANOTHER) as refused:
        built(cars[1:], labels=labels[1:])
    assert refused.value.n == 27


def test_of_fewer_than_five_complete_patients_the_number_is_not_said(cars):
    sentence = r"^fewer than five complete patients, and 12 are needed\.$"
    with pytest.raises(DesignRefused, match=sentence):
        built(cars[:4], labels=np.arange(4) % 2)


def test_a_model_can_hold_numbers_and_categories_that_vary(cars):
    cars = cars.assign(same=1.0, gone=np.nan, note="a", day=range(32))
    columns = (WEIGHT, column("same"), column("gone"), column("note", "text"), CYLINDERS,
               column("day", "date"))
    assert usable(columns, cars) == (WEIGHT, CYLINDERS)
    assert usable(columns, cars[cars["cyl"] == "4"]) == (WEIGHT,)


def test_a_phenotype_has_the_same_column_whoever_is_in_the_design(cars):
    assert phenotype_terms(THREE) == ["(phenotype)[Moderate]", "(phenotype)[Severe]"]
    assert phenotype_terms(THREE)[1] in built(cars, labels=2 * AM, names=THREE).X
