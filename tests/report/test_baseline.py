"""Table 1: what is summed up how, and what is not shown."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from compendium.data.columns import Column
from compendium.report.baseline import DIFFERENCE, by_median, table_one

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
ONE = np.zeros(20, dtype=int), NAMES  # one phenotype that all have


def test_numbers_are_mean_sd_and_grades_are_median_quartiles(people):
    table = table_one(people, *ONE, (AGE, GRADE))
    # R: mean(50:68), sd(50:68), quantile(rep(0:4, 4), c(.5, .25, .75))
    assert list(table["All (n = 20)"]) == ["59.0 (5.6)", "2 [1, 3]"]
    assert list(table["Characteristic"]) == ["Age (years), mean (SD)",
                                             "Grade (MRC grade), median [Q1, Q3]"]


def test_phenotypes_stand_in_severity_order_with_their_n(people):
    table = table_one(people, HALVES, ("Worse name", "A name"), (SEX,))
    assert list(table.columns[3:]) == ["All (n = 20)", "Worse name (n = 10)", "A name (n = 10)",
                                       DIFFERENCE]


def test_missing_values_are_counted_and_left_out(people):
    people.loc[[0, 2, 17, 18], "age"] = np.nan  # 50, 52, 67 and 68; and 69 is not there
    table = table_one(people, HALVES, NAMES, (AGE,))
    assert table.loc[0, "Missing"] == "5"
    # R: mean and sd of 51, 53:59; of 60:66; of all these
    assert list(table.loc[0])[3:6] == ["58.9 (4.6)", "55.4 (2.7)", "63.0 (2.2)"]


def test_of_few_missing_values_the_number_is_not_said(people):
    assert table_one(people, HALVES, NAMES, (AGE,)).loc[0, "Missing"] == "<5"
    people["age"] = people["age"].fillna(70)
    assert table_one(people, HALVES, NAMES, (AGE,)).loc[0, "Missing"] == "0"


def test_levels_follow_the_codebook_and_absent_ones_are_zero(people):
    sex = column("sex", "category", levels=("other", "male", "female"))
    people["sex"] = people["sex"].cat.set_categories(sex.levels)
    table = table_one(people, HALVES, NAMES, (sex,))
    assert list(table["Level"]) == ["other", "male", "female"]
    assert list(table["All (n = 20)"]) == ["0 (0.0)", "10 (50.0)", "10 (50.0)"]


def test_a_mean_of_fewer_than_five_is_not_shown(people):
    people.loc[4:, "age"] = np.nan
    assert table_one(people, *ONE, (AGE,)).loc[0, "All (n = 20)"] == "n <5"
    people.loc[4, "age"] = 54.0
    assert table_one(people, *ONE, (AGE,)).loc[0, "All (n = 20)"] == "52.0 (1.6)"


def test_a_median_of_fewer_than_twenty_is_not_shown(people):
    people.loc[0, "grade"] = np.nan
    assert table_one(people, *ONE, (GRADE,)).loc[0, "All (n = 20)"] == "n <20"
    people.loc[0, "grade"] = 0.0
    assert table_one(people, *ONE, (GRADE,)).loc[0, "All (n = 20)"] == "2 [1, 3]"


def test_where_the_mean_of_one_phenotype_is_of_few_those_of_all_are_hidden(people):
    people.loc[5:9, "age"] = np.nan
    shown = table_one(people, HALVES, NAMES, (AGE,)).loc[0]
    assert list(shown)[4:6] == ["52.0 (1.6)", "64.0 (2.7)"]  # of 50:54 and of 60:68
    people.loc[4, "age"] = np.nan
    hidden = table_one(people, HALVES, NAMES, (AGE,)).loc[0]
    assert list(hidden)[4:] == ["hidden"] * 3 and hidden["All (n = 20)"] != "hidden"


def test_where_the_median_of_one_phenotype_is_of_few_those_of_all_are_hidden(people):
    many = pd.concat([people] * 2, ignore_index=True)
    halves = np.repeat([0, 1], 20)
    shown = table_one(many, halves, NAMES, (GRADE,))
    assert list(shown.loc[0])[3:] == ["2 [1, 3]", "2 [1, 3]", "2 [1, 3]", "0.00"]
    many.loc[0, "grade"] = np.nan
    assert list(table_one(many, halves, NAMES, (GRADE,)).loc[0])[3:] == [
        "2 [1, 3]", "hidden", "hidden", "hidden"]


def test_where_few_lack_a_category_whole_per_cents_stand_alone(people):
    many = pd.concat([people] * 2, ignore_index=True)
    many.loc[[0, 1], "sex"] = None
    table = table_one(many, np.repeat([0, 1], 20), NAMES, (SEX,))
    assert list(table["Missing"]) == ["<5", ""]
    assert table.iloc[:, 3:6].to_numpy().tolist() == [["50 %"] * 3] * 2


def test_where_few_of_a_phenotype_lack_a_category_its_counts_among_all_may_be_said(people):
    many = pd.concat([people] * 2, ignore_index=True)
    many.loc[[0, 1, 2, 3, 38, 39], "sex"] = None
    table = table_one(many, np.repeat([0, 1], 20), NAMES, (SEX,))
    assert list(table["Missing"]) == ["6", ""]
    assert table.iloc[:, 3:6].to_numpy().tolist() == [["17 (50.0)", "50 %", "50 %"]] * 2


def test_where_five_lack_a_category_its_counts_are_said(people):
    many = pd.concat([people] * 2, ignore_index=True)
    many.loc[[0, 2, 4, 6, 8], "sex"] = None
    table = table_one(many, np.repeat([0, 1], 20), NAMES, (SEX,))
    assert table.iloc[:, 2:6].to_numpy().tolist() == [
        ["5", "15 (42.9)", "5 (33.3)", "10 (50.0)"], ["", "20 (57.1)", "10 (66.7)", "10 (50.0)"]]


def test_a_variable_nobody_has_keeps_its_row(people):
    people["age"] = np.nan
    table = table_one(people, HALVES, NAMES, (AGE, GRADE))
    assert list(table.loc[0])[2:] == ["20", "–", "–", "–", "–"]


@pytest.mark.filterwarnings("error")
def test_table_one_is_flat_text_and_gives_no_warning(people):
    table = table_one(people, HALVES, NAMES, (AGE, GRADE, SEX))
    assert table.index.nlevels == table.columns.nlevels == 1
    assert (table.dtypes == "str").all()


def test_narrow_measures_get_a_second_decimal(people):
    people["age"] = people["age"] / 100
    assert table_one(people, *ONE, (AGE,)).loc[0, "All (n = 20)"] == "0.59 (0.06)"


@pytest.mark.parametrize(("values", "skewed"), [([1, 2, 3, 4, 30], True), ([1, 2, 3, 4, 5], False)])
def test_a_skewed_number_has_a_median(values, skewed):
    values = pd.Series([float(x) for x in values])
    assert (abs(stats.skew(values, bias=False)) > 1) == skewed
    assert by_median(AGE, values) == skewed
    shown = table_one(pd.DataFrame({"age": values}), np.zeros(5, dtype=int), NAMES, (AGE,))
    assert ("median" in shown.loc[0, "Characteristic"]) == skewed


def test_grades_and_counts_have_a_median_however_even(people):
    assert by_median(GRADE, people["grade"]) and not by_median(AGE, people["age"])


def test_a_number_of_one_value_is_not_skewed():
    assert not by_median(AGE, pd.Series([3.0, 3.0, 3.0, np.nan]))


def test_half_grades_keep_their_decimal_in_every_group(people):
    people["grade"] = [0.5, 1, 2, 3, 4] * 4
    assert table_one(people, *ONE, (GRADE,)).loc[0, "All (n = 20)"] == "2 [1, 3]"
    people["grade"] = [0.5, 1.5] * 10
    assert table_one(people, *ONE, (GRADE,)).loc[0, "All (n = 20)"] == "1.0 [0.5, 1.5]"


def test_levels_are_said_in_words(people):
    side = column("side", "category", levels=("upper_limb", "lower_limb"))
    people["side"] = pd.Categorical(["upper_limb", "lower_limb"] * 10, categories=side.levels)
    assert list(table_one(people, *ONE, (side,))["Level"]) == ["upper limb", "lower limb"]


def test_a_thousand_patients_are_written_like_everywhere():
    many = pd.DataFrame({"sex": pd.Categorical(["male"] * 1200 + ["female"] * 800, SEX.levels)})
    shown = table_one(many, np.arange(2000) % 2, NAMES, (SEX,))["All (n = 2,000)"]
    assert list(shown) == ["1,200 (60.0)", "800 (40.0)"]


def test_what_is_not_shown_is_explained_in_the_caption(people):
    whole = people.assign(age=range(50, 70))
    assert table_one(whole, HALVES, NAMES, (AGE,)).caption == ""
    assert "too few patients" in table_one(people, HALVES, NAMES, (AGE,)).caption
    people.loc[3:9, "age"] = np.nan
    assert "too few patients" in table_one(people, HALVES, NAMES, (AGE,)).caption


def test_the_standardised_difference_is_most_severe_minus_mildest(people):
    people["age"] = [*range(50, 60), *range(54, 64)]
    table = table_one(people, HALVES, NAMES, (AGE, SEX))
    # 4 / sd(50:59) = 1.3212; equal shares of the sexes
    assert list(table[DIFFERENCE]) == ["1.32", "0.00", ""]
    assert table_one(people, 1 - HALVES, NAMES, (AGE,)).loc[0, DIFFERENCE] == "−1.32"
    assert table_one(people, HALVES, NAMES[::-1], (AGE,)).loc[0, DIFFERENCE] == "1.32"


def test_the_standardised_difference_of_categories_is_that_of_yang_and_dalton():
    three = column("side", "category", levels=("a", "b", "c"))
    many = pd.DataFrame({"side": pd.Categorical(
        ["a"] * 50 + ["b"] * 30 + ["c"] * 20 + ["a"] * 30 + ["b"] * 30 + ["c"] * 40, three.levels)})
    # as R's stddiff.category: d = q − p; sqrt(d S⁻¹ d), S the mean covariance
    p, q = np.array([0.3, 0.2]), np.array([0.3, 0.4])
    S = (np.diag(p) - np.outer(p, p) + np.diag(q) - np.outer(q, q)) / 2
    expected = np.sqrt((q - p) @ np.linalg.solve(S, q - p))
    table = table_one(many, np.repeat([0, 1], 100), NAMES, (three,))
    assert list(table[DIFFERENCE]) == [f"{expected:.2f}", "", ""]


def test_no_difference_gives_a_hidden_count_away(people):
    people["sex"] = pd.Categorical(["male"] * 3 + ["female"] * 17, SEX.levels)
    table = table_one(people, HALVES, NAMES, (SEX,))
    assert list(table[DIFFERENCE]) == ["hidden", ""]
    people.loc[3:9, "age"] = np.nan
    assert table_one(people, HALVES, NAMES, (AGE,)).loc[0, DIFFERENCE] == "hidden"


def test_a_rare_level_is_merged_before_a_common_one_is_hidden():
    onset = column("onset", "category", levels=("limb", "bulbar", "chest"))
    levels = ["limb"] * 60 + ["bulbar"] * 34 + ["chest"] * 6
    many = pd.DataFrame({"onset": pd.Categorical(levels, onset.levels)})
    table = table_one(many, np.arange(100) % 2, NAMES, (onset,))
    assert list(table["Level"]) == ["limb", "bulbar or chest"]
    assert list(table["Mild (n = 50)"]) == ["30 (60.0)", "20 (40.0)"]


def test_with_a_phenotype_of_few_all_are_described_together(people):
    table = table_one(people, np.repeat([0, 1], [17, 3]), NAMES, (AGE, SEX))
    assert list(table.columns) == ["Characteristic", "Level", "Missing", "All (n = 20)"]
    assert list(table["All (n = 20)"]) == ["59.0 (5.6)", "10 (50.0)", "10 (50.0)"]
