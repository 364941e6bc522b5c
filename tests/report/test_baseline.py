"""Table 1: what is summed up how, and what is not shown."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from compendium.data.columns import Column
from compendium.report.baseline import by_median, table_one

NAMES = ("Mild", "Severe")


def column(name, kind, unit="", levels=()):
    return Column(name, name.capitalize(), "covariate", "", kind, unit, "none", levels,
                  None, None, None, None)


AGE, GRADE = column("age", "number", "years"), column("grade", "ordinal", "MRC grade")
SEX = column("sex", "category", levels=("male", "female"))


@pytest.fixture
def people():
    sex = pd.Categorical(["male", "female"] * 10, categories=SEX.levels)
    age = [*range(50, 69), np.nan]
    return pd.DataFrame({"age": age, "grade": [0.0, 1, 2, 3, 4] * 4, "sex": sex})


HALVES = np.repeat([0, 1], 10)


def test_numbers_are_mean_sd_and_grades_are_median_quartiles(people):
    table = table_one(people, None, (), (AGE, GRADE))
    # R: mean(50:68), sd(50:68), quantile(rep(0:4, 4), c(.5, .25, .75))
    assert list(table["All (n = 20)"]) == ["59.0 (5.6)", "2 [1, 3]"]
    assert list(table["Characteristic"]) == ["Age (years), mean (SD)",
                                             "Grade (MRC grade), median [Q1, Q3]"]


def test_phenotypes_stand_in_severity_order_with_their_n(people):
    table = table_one(people, HALVES, ("Worse name", "A name"), (SEX,))
    assert list(table.columns[3:]) == ["All (n = 20)", "Worse name (n = 10)", "A name (n = 10)"]


def test_missing_values_are_counted_and_left_out(people):
    assert table_one(people, HALVES, NAMES, (AGE,)).loc[0, "Missing"] == "1"


def test_levels_follow_the_codebook_and_absent_ones_are_zero(people):
    sex = column("sex", "category", levels=("other", "male", "female"))
    people["sex"] = people["sex"].cat.set_categories(sex.levels)
    table = table_one(people, HALVES, NAMES, (sex,))
    assert list(table["Level"]) == ["other", "male", "female"]
    assert list(table["All (n = 20)"]) == ["0 (0.0)", "10 (50.0)", "10 (50.0)"]


def test_a_mean_of_fewer_than_five_is_not_shown(people):
    people.loc[3:9, "age"] = np.nan
    assert table_one(people, HALVES, NAMES, (AGE,)).loc[0, "Mild (n = 10)"] == "n <5"


def test_a_variable_nobody_has_keeps_its_row(people):
    people["age"] = np.nan
    table = table_one(people, HALVES, NAMES, (AGE, GRADE))
    assert list(table.loc[0])[2:] == ["20", "–", "–", "–"]


@pytest.mark.filterwarnings("error")
def test_table_one_is_flat_text_and_gives_no_warning(people):
    table = table_one(people, HALVES, NAMES, (AGE, GRADE, SEX))
    assert table.index.nlevels == table.columns.nlevels == 1
    assert (table.dtypes == "str").all()


def test_narrow_measures_get_a_second_decimal(people):
    people["age"] = people["age"] / 100
    assert table_one(people, None, (), (AGE,)).loc[0, "All (n = 20)"] == "0.59 (0.06)"


@pytest.mark.parametrize(("values", "skewed"), [([1, 2, 3, 4, 30], True), ([1, 2, 3, 4, 5], False)])
def test_a_skewed_number_has_a_median(values, skewed):
    values = pd.Series([float(x) for x in values])
    assert (abs(stats.skew(values, bias=False)) > 1) == skewed
    assert by_median(AGE, values) == skewed
    shown = table_one(pd.DataFrame({"age": values}), None, (), (AGE,))
    assert ("median" in shown.loc[0, "Characteristic"]) == skewed


def test_grades_and_counts_have_a_median_however_even(people):
    assert by_median(GRADE, people["grade"]) and not by_median(AGE, people["age"])


def test_a_number_of_one_value_is_not_skewed():
    assert not by_median(AGE, pd.Series([3.0, 3.0, 3.0, np.nan]))


def test_half_grades_keep_their_decimal_in_every_group(people):
    people["grade"] = [0.5, 1, 2, 3, 4] * 4
    assert table_one(people, None, (), (GRADE,)).loc[0, "All (n = 20)"] == "2 [1, 3]"
    people["grade"] = [0.5, 1.5] * 10
    assert table_one(people, None, (), (GRADE,)).loc[0, "All (n = 20)"] == "1.0 [0.5, 1.5]"


def test_levels_are_said_in_words(people):
    side = column("side", "category", levels=("upper_limb", "lower_limb"))
    people["side"] = pd.Categorical(["upper_limb", "lower_limb"] * 10, categories=side.levels)
    assert list(table_one(people, None, (), (side,))["Level"]) == ["upper limb", "lower limb"]


def test_a_thousand_patients_are_written_like_everywhere():
    many = pd.DataFrame({"sex": pd.Categorical(["male"] * 1200 + ["female"] * 800, SEX.levels)})
    shown = table_one(many, None, (), (SEX,))["All (n = 2,000)"]
    assert list(shown) == ["1,200 (60.0)", "800 (40.0)"]


def test_what_is_not_shown_is_explained_in_the_caption(people):
    assert table_one(people, HALVES, NAMES, (AGE,)).caption == ""
    people.loc[3:9, "age"] = np.nan
    assert "too few patients" in table_one(people, HALVES, NAMES, (AGE,)).caption
