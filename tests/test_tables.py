"""Tables for readers: Table 1, rounding, safe files."""

import numpy as np
import pandas as pd
import pytest

from compendium import tables
from compendium.codebook import Column

NAMES = ("Mild", "Severe")


def column(name, kind, unit="", levels=()):
    return Column(name, name.capitalize(), "covariate", "", kind, unit, "none", levels,
                  None, None, None, None)  # fmt: skip


AGE, GRADE = column("age", "number", "years"), column("grade", "ordinal", "MRC grade")
SEX = column("sex", "category", levels=("male", "female"))


@pytest.fixture
def people():
    sex = pd.Categorical(["male", "female"] * 10, categories=SEX.levels)
    age = [*range(50, 69), np.nan]
    return pd.DataFrame({"age": age, "grade": [0.0, 1, 2, 3, 4] * 4, "sex": sex})


HALVES = np.repeat([0, 1], 10)


def test_numbers_are_mean_sd_and_grades_are_median_quartiles(people):
    table = tables.table_one(people, None, (), (AGE, GRADE))
    # R: mean(50:68), sd(50:68), quantile(rep(0:4, 4), c(.5, .25, .75))
    assert list(table["All (n = 20)"]) == ["59.0 (5.6)", "2.0 [1.0, 3.0]"]
    assert list(table["Characteristic"]) == ["Age (years), mean (SD)",
                                             "Grade (MRC grade), median [Q1, Q3]"]  # fmt: skip


def test_phenotypes_stand_in_severity_order_with_their_n(people):
    table = tables.table_one(people, HALVES, ("Worse name", "A name"), (SEX,))
    assert list(table.columns[3:]) == ["All (n = 20)", "Worse name (n = 10)", "A name (n = 10)"]


def test_missing_values_are_counted_and_left_out(people):
    assert tables.table_one(people, HALVES, NAMES, (AGE,)).loc[0, "Missing"] == "1"


def test_levels_follow_the_codebook_and_absent_ones_are_zero(people):
    sex = column("sex", "category", levels=("other", "male", "female"))
    people["sex"] = people["sex"].cat.set_categories(sex.levels)
    table = tables.table_one(people, HALVES, NAMES, (sex,))
    assert list(table["Level"]) == ["other", "male", "female"]
    assert list(table["All (n = 20)"]) == ["0 (0.0)", "10 (50.0)", "10 (50.0)"]


def test_a_mean_of_fewer_than_five_is_not_shown(people):
    people.loc[3:9, "age"] = np.nan
    assert tables.table_one(people, HALVES, NAMES, (AGE,)).loc[0, "Mild (n = 10)"] == "n <5"


def test_a_variable_nobody_has_keeps_its_row(people):
    people["age"] = np.nan
    table = tables.table_one(people, HALVES, NAMES, (AGE, GRADE))
    assert list(table.loc[0])[2:] == ["20", "–", "–", "–"]


@pytest.mark.filterwarnings("error")
def test_table_one_is_flat_text_and_gives_no_warning(people):
    table = tables.table_one(people, HALVES, NAMES, (AGE, GRADE, SEX))
    assert table.index.nlevels == table.columns.nlevels == 1
    assert (table.dtypes == "str").all()


def test_intervals_are_written_with_a_true_minus_sign():
    frame = pd.DataFrame({"estimate": [-3.841], "low": [-5.414], "high": [-2.268]})
    shown = tables.present(frame, synthetic=False)
    assert shown.to_dict("list") == {"estimate": ["−3.84"], "95 % interval": ["−5.41 to −2.27"]}


def test_p_values_have_two_digits_and_a_floor():
    shown = tables.present(pd.DataFrame({"p": [1e-9, 0.0314, np.nan]}), synthetic=False)
    assert shown["p"].tolist() == ["< 0.001", "0.031", "–"]


def test_whole_numbers_stay_whole_and_decimals_follow_the_column():
    frame = pd.DataFrame({"n": [1454], "r": [0.12345]})
    assert tables.present(frame, digits={"r": 3}, synthetic=False).loc[0].tolist() == [
        "1,454", "0.123",
    ]  # fmt: skip


def test_a_table_of_simulated_patients_says_so_in_its_first_column():
    assert tables.present(pd.DataFrame({"n": [1]}), synthetic=True).columns[0] == "data"


def test_readers_tables_name_columns_in_words_with_units():
    record = {"outcome_label": "Walking", "unit": "m", "estimate": 1.0, "low": 0.5, "high": 1.5}
    shown = tables.models_table(pd.DataFrame([record | {"se": 9.0}]), synthetic=False)
    assert shown.to_dict("records") == [
        {"Outcome": "Walking (m)", "Difference": "1.00", "95 % interval": "0.50 to 1.50"}
    ]


@pytest.mark.parametrize("verb", [tables.effects_table, tables.models_table])
def test_no_rows_give_an_empty_table(verb):
    assert verb(tables.stacked([]), synthetic=True).empty


def test_files_neutralise_formulas_in_text_but_not_numbers(tmp_path):
    frame = pd.DataFrame({"=note": ["=1+1", "-x", "@a", "+b", "plain"], "x": [-1.5] * 5})
    lines = tables.write(frame, tmp_path / "t.csv", False).read_text(encoding="utf-8").splitlines()
    assert lines[:3] == ["'=note,x", "'=1+1,-1.5", "'-x,-1.5"] and lines[-1] == "plain,-1.5"


def test_files_hold_ten_digits_utf8_and_the_mark(tmp_path):
    frame = pd.DataFrame({"β": [1 / 3], "covariates": [("age", "sex")]}, index=["patient 7"])
    text = tables.write(frame, tmp_path / "t.csv", True).read_bytes().decode("utf-8")
    assert text == 'data,β,covariates\nSYNTHETIC,0.3333333333,"age, sex"\n'


def test_writing_leaves_the_frame_as_it_was(tmp_path):
    frame = pd.DataFrame({"note": ["=1"]})
    tables.write(frame, tmp_path / "t.csv", True)
    assert frame.to_dict("list") == {"note": ["=1"]}


def test_narrow_measures_get_a_second_decimal(people):
    people["age"] = people["age"] / 100
    assert tables.table_one(people, None, (), (AGE,)).loc[0, "All (n = 20)"] == "0.59 (0.06)"


def test_nothing_to_present_is_an_empty_table():
    assert tables.present(pd.DataFrame(columns=["n", "p"]), synthetic=True).empty
    assert tables.effects_table(pd.DataFrame(), synthetic=True).columns.tolist() == []
