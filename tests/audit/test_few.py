"""Counts of people are told from other counts; few are found, and what gives them away."""

import numpy as np
import pytest
from audited import SIZES, drawing, left

from compendium.audit.few import People


def told(root, **content) -> list[tuple[str, str]]:
    """Place and kind of what is found in a run of 454 patients, of 493 who were read."""
    sizes = {one["name"]: one["n"] for one in SIZES["phenotypes"]}
    people = People(left(root, **content), sizes, 454, 493)
    found = [*people.few(), *people.quartiles(), *people.bars(), *people.marks()]
    return [(piece.place, kind) for piece, kind, _ in found]


def kinds(root, **content) -> set[str]:
    return {kind for _, kind in told(root, **content)}


@pytest.mark.parametrize("text", [
    "n = 3", "Severe, n=1, mean 0.2", "missing 4", "2 patients moved", "3 of 454 patients",
    "1 left out", "two patients", "3 (2.1 %) lack it",
])
def test_few_people_in_words_are_found(tmp_path, text):
    assert kinds(tmp_path, n_txt=text) == {"small cell"}


@pytest.mark.parametrize("text", [
    "n = 5", "n = 1,822", "n = 3.5", "n < 5", "missing 0", "0 to 4 patients", "12 patients",
    "at least 450 of 454 patients", "≥450 patients", "n ≥450", "fewer than 5 patients",
    "3 clusters of 30 patients", "k = 3", "2 groups", "4 (3 to 5)", "0.3 (2.1 %)", "31 (2.1 %)",
])
def test_other_numbers_in_words_are_not(tmp_path, text):
    assert told(tmp_path, n_txt=text) == []


@pytest.mark.parametrize("record", [
    {"n_missing": 3}, {"n_Severe": 4}, {"sizes": {"Mild": 1}}, {"n": 100, "share": 0.02},
    {"smallest": 2}, {"n_core": 1}, {"most_patients": 4},
])
def test_few_under_a_key_that_counts_people_are_found(tmp_path, record):
    assert kinds(tmp_path, r_json={"a": record}) == {"small cell"}


@pytest.mark.parametrize("record", [
    {"n_init": 3}, {"rung": 2, "component": 1}, {"n_features": 4}, {"n": 100, "share": 0.0234},
    {"share": 0.02}, {"df": 1}, {"by_k": [{"k": 2}]}, {"within": {"sex": 3}}, {"n_missing": "<5"},
])
def test_few_of_anything_else_are_not(tmp_path, record):
    assert told(tmp_path, r_json={"a": record}) == []


def test_a_cell_of_a_table_of_counts_is_found_and_a_mean_with_its_spread_is_not(tmp_path):
    head = "Characteristic,Level,All (n = 454)\n"
    counts = told(tmp_path / "a", t_csv=head + '"Sex, n (%)",female,3 (0.7)\n')
    assert counts == [("row 2", "small cell")]
    assert told(tmp_path / "b", t_csv=head + '"Grade, mean (SD)",,3 (0.7)\n') == []


@pytest.mark.parametrize("record", [
    {"n": 452}, {"phenotype": "Mild", "n": 280}, {"n_Severe": 170}, {"n": 100, "n_severe": 98},
    {"note": "n = 453"}, {"note": "98 of 100 patients"}, {"n_read": 493, "remaining": 490},
])
def test_a_count_that_lacks_few_of_a_total_is_found(tmp_path, record):
    assert kinds(tmp_path, r_json=record) == {"complement"}


@pytest.mark.parametrize("record", [
    {"n": 449}, {"n": 454}, {"n": "≥450"}, {"phenotype": "Severe", "n": 167}, {"n_draws": 452},
    {"remaining": 490},  # of those read, whose number is not said
])
def test_a_count_that_lacks_none_or_many_is_not(tmp_path, record):
    assert told(tmp_path, r_json=record) == []


def test_levels_that_together_lack_few_are_found(tmp_path):
    def run(*counts):
        return [{"device": "Scanner", "level": level, "n": n, "mean_z": 0.1}
                for level, n in zip("ABC", counts, strict=True)]

    lacking = told(tmp_path / "a", r_json={"shifts": run(200, 150, 102)})
    assert lacking == [("shifts.2", "complement")]
    for name, counts in (("b", (200, 150, 104)), ("c", (200, 150, 90))):
        assert told(tmp_path / name, r_json={"shifts": run(*counts)}) == []


@pytest.mark.parametrize(("table", "few"), [
    ("n_Mild,median_Mild,q1_Mild,q3_Mild\n19,4,3,5\n", True),
    ("n_Mild,median_Mild,q1_Mild,q3_Mild\n20,4,3,5\n", False),
    ("n_Mild,median_Severe,q1_Severe,q3_Severe\n19,4,3,5\n", False),
    ('Characteristic,Low (n = 12)\n"Score, median [Q1, Q3]",4 [3; 5]\n', True),
    ('Characteristic,Low (n = 12)\n"Score, mean (SD)",4.0 (1.0)\n', False),
])
def test_quartiles_need_twenty_patients(tmp_path, table, few):
    assert kinds(tmp_path, t_csv=table) == ({"quartiles of few"} if few else set())


def marks(tmp_path, x, y):
    return kinds(tmp_path, f_svg=drawing(lambda ax: ax.plot(x, y)))


def test_a_line_with_a_corner_a_patient_is_found_and_a_curve_on_a_grid_is_not(tmp_path):
    steps, up_and_down = np.cumsum(np.arange(173) % 3 + 1), np.arange(173) % 2
    assert marks(tmp_path / "a", steps, up_and_down) == {"marks of persons"}
    assert marks(tmp_path / "b", np.arange(173), up_and_down) == set()
    assert marks(tmp_path / "c", steps[:150], up_and_down[:150]) == set()


@pytest.mark.parametrize(("label", "lengths", "few"), [
    ("Patients", [30, 3], True), ("Patients", [30, 5], False), ("Missing (%)", [9, 0.4405], True),
    ("Missing (%)", [9, 1.3], False), ("Share", [30, 3], False),
    ("Patients", [30, 4], False),  # a bar of four stands for none to four
])
def test_a_bar_is_as_long_as_few_people(tmp_path, label, lengths, few):
    def draw(ax):
        ax.barh([1, 2], lengths)
        ax.set_xlabel(label)

    said = kinds(tmp_path, f_svg=drawing(draw))
    assert said == ({"small cell"} if few else set())
