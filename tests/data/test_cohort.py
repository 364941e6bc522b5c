"""Who is analysed: sides, derived columns, flow, gaps."""

from __future__ import annotations

import pandas as pd
import pytest
from small_cohort import built, text

from compendium.data import cohort


def test_sides_are_averaged_under_the_name_of_the_codebook(small_book):
    data = built(small_book, "A,20,23,60,male,4,40").data
    assert data.loc["A", "mt_mm"] == 21.5
    assert "mt_mm_l" not in data


def test_where_one_side_is_missing_the_other_stands_for_both(small_book):
    assert built(small_book, "A,,23,60,male,4,40").data.loc["A", "mt_mm"] == 23


def test_columns_stand_in_codebook_order(small_book):
    assert list(built(small_book).data) == ["mt_mm", "ei_au", "sex", "grade", "points"]


def test_a_patient_with_too_few_features_is_left_out_and_counted(small_book):
    found = built(small_book, "A,,,60,male,4,40")
    assert "A" not in found.data.index
    assert found.flow.iloc[-1].tolist() == [
        "analysed", "more than 20 % of features missing", 1, 23,
    ]


def test_a_share_of_missing_features_exactly_at_the_bar_stays(small_book):
    assert "A" in built(small_book, "A,,,60,male,4,40", max_missing=0.5).data.index


def test_no_gap_allowed_means_complete_cases(small_book):
    flow = built(small_book, "A,,,60,male,4,40", max_missing=0).flow
    assert flow.iloc[-1][["reason", "left_out"]].tolist() == ["a feature missing", 1]


def test_who_is_not_eligible_or_not_known_to_be_is_left_out(read_book):
    book = read_book(sex="sex,Sex,covariate,,category,,,male|female,,,,,,,,female,")
    found = built(book, "A,20,23,60,male,4,40", "B,20,23,60,,4,40", "C,,,60,male,4,40")
    assert found.flow.iloc[1].tolist() == ["Sex: female", "Sex: male or not recorded", 3, 21]
    assert found.flow.iloc[2]["left_out"] == 0  # C left for the first reason


def test_the_flow_adds_up(shipped):
    flow = shipped.flow
    assert flow["left_out"].sum() == shipped.n_read - len(shipped.data)
    assert (flow["remaining"].shift().sub(flow["left_out"]) == flow["remaining"])[1:].all()


def test_a_covariate_may_be_missing(small_book):
    assert pd.isna(built(small_book, "A,20,23,60,,4,40").data.loc["A", "sex"])


def test_fewer_than_twenty_patients_are_refused(small_book, refusal):
    assert refusal(built, small_book, n=19) == (
        "a.csv: 19 patients remain after eligibility and missing features, at least 20 are needed; "
        "mend the file, or raise max_missing.",
    )


def test_twenty_patients_are_enough(small_book):
    assert len(built(small_book, n=20).data) == 20


def test_a_feature_nobody_has_is_refused(small_book, refusal):
    rows = [f"A{i},20,2{i % 4},,male,4,40" for i in range(24)]
    assert refusal(built, small_book, *rows, max_missing=0.8) == (
        "a.csv, column ei_au: no analysed patient has a value; delete its row of the codebook.",
    )


def test_a_feature_that_is_the_same_for_all_is_refused(small_book, refusal):
    # it has no z-score
    rows = [f"A{i},20,2{i % 4},60,male,4,40" for i in range(24)]
    assert refusal(built, small_book, *rows) == (
        "a.csv, column ei_au: all analysed patients have the same value; delete its row of the "
        "codebook.",
    )


TOTAL = "x,Total,descriptor,,number,points,,,0,{high},,,,sum(points|ei_au),,,"


def test_a_derived_value_is_held_to_its_limits_and_named_by_row(read_book, refusal):
    book = read_book(x=TOTAL.format(high=150))
    assert refusal(built, book, "Z,20,23,200,male,4,40") == (
        "a.csv, derived x (from points, ei_au …), row 2: 240 is impossible; allowed is 0 to 150 "
        "points.",
    )


def test_division_by_nothing_is_refused_not_infinite(read_book, refusal):
    book = read_book(x="x,Index,descriptor,,number,,,,,,,,,bmi(points|ei_au),,,")
    (sentence,) = refusal(built, book, "A,20,23,0,male,4,40")
    assert sentence.endswith("row 2: inf is impossible; allowed is any finite number.")


def test_numbers_are_float_and_categories_keep_their_levels(small_book):
    data = built(small_book).data
    assert {str(data[name].dtype) for name in ("mt_mm", "grade", "points")} == {"float64"}
    assert list(data["sex"].cat.categories) == ["male", "female"]


@pytest.mark.parametrize(
    ("chosen", "names"),
    [("all", ["sex"]), ("none", []), ("sex", ["sex"]), (" weight | sex|sex", ["weight", "sex"])],
)
def test_covariates_are_chosen_by_name(read_book, chosen, names):
    book = read_book(weight="weight,W,descriptor,,number,kg,,,,,,,,,,,")
    assert [c.name for c in cohort.choose_covariates(book, chosen)] == names


@pytest.mark.parametrize(("chosen", "sentence"), [
    ("", "write all, none, or names separated by |."),
    ("sex||", "write all, none, or names separated by |."),
    ("SEX", "no column 'SEX' to adjust for; did you mean 'sex'?"),
    ("points", "points has the role outcome and type integer; name covariates or descriptors that "
               "are numbers or categories."),
])
def test_what_cannot_be_a_covariate_is_refused(small_book, refusal, chosen, sentence):
    assert refusal(cohort.choose_covariates, small_book, chosen) == (
        f"parameter covariates: {sentence}",
    )


def test_ten_patients_are_needed_for_each_phenotype(small_book, refusal):
    patients = built(small_book, n=24)
    cohort.check_size(patients, 2, k_max=8)
    assert refusal(cohort.check_size, patients, 3, k_max=8) == (
        "parameter n_clusters is 3: 24 patients bear at most 2 phenotypes (10 patients each); "
        "choose fewer.",
    )


@pytest.mark.parametrize(("n_clusters", "name", "asked"), [(2, "k_max", 5), (4, "n_clusters", 4)])
def test_no_more_phenotypes_than_patients_who_differ(small_book, refusal, n_clusters, name, asked):
    rows = [f"A{i},20,{20 + i % 3},{60 + i % 3},male,4,40" for i in range(50)]
    patients = built(small_book, *rows, n=50)
    cohort.check_size(patients, 2, k_max=3)
    assert refusal(cohort.check_size, patients, n_clusters, k_max=5)[0] == (
        f"parameter {name} is {asked}: of 50 patients no more than 3 differ in their features; "
        "choose 3 at most, or see whether rows were entered twice."
    )


def test_more_phenotypes_than_are_tried_need_no_more_patients(small_book):
    rows = [f"A{i},20,{20 + i % 2},{60 + i % 2},male,4,40" for i in range(29)]
    cohort.check_size(built(small_book, *rows, n=29), 2, k_max=8)


# ------------------------------------------------------------------------------------------- load


@pytest.fixture
def own_file(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(text("B,20,23,60.5,male,4,40", "A,,,60,male,4,40"), "utf-8")
    return path


def test_ones_own_file_is_read_by_its_own_codebook(own_file, write_book):
    found = cohort.load(str(own_file), str(write_book()))
    assert found.data.loc["B"].tolist() == [21.5, 60.5, "male", 4.0, 40.0]
    assert (found.n_read, len(found.data), found.synthetic) == (24, 23, False)
    assert (found.name, found.title, found.scenario) == ("own.csv", "own.csv", "")


def test_ones_own_file_may_lack_what_is_asked_for(own_file, write_book):
    assert len(cohort.load(str(own_file), str(write_book()), max_missing=0.5).data) == 24


def test_a_file_of_the_project_is_found_from_any_folder(shipped, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = cohort.load("data/cohort_synthetic.csv", "data/codebook.csv")
    assert found.fingerprint == shipped.fingerprint and found.synthetic
    assert (found.scenario, shipped.scenario) == ("", "two_groups")


def test_a_file_that_the_shipped_codebook_does_not_fit_is_told_of_codebooks(own_file, refusal):
    assert refusal(cohort.load, str(own_file))[0] == (
        "own.csv was read with the shipped codebook; name its own with --codebook."
    )
    assert refusal(cohort.load, str(own_file), str(cohort.SHIPPED_CODEBOOK))[0].startswith(
        "own.csv: column patient_id is missing"
    )


@pytest.mark.parametrize(("keywords", "sentence"), [
    ({"scenario": "two_group"},
     "parameter scenario cannot be 'two_group'; did you mean 'two_groups'?"),
    ({"max_missing": 1.5}, "parameter max_missing is 1.5; it must lie in 0.0 to 0.8."),
    ({"cohort": "~nobody-here/a.csv"}, "a.csv: no such file; check the path."),
])
def test_a_cohort_that_cannot_be_loaded_is_refused(refusal, keywords, sentence):
    assert refusal(cohort.load, **keywords) == (sentence,)
