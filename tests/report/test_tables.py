"""Tables for readers: words, rounding, safe files, and what a notebook shows."""


import numpy as np
import pandas as pd
import pytest

from compendium.report import tables
from compendium.report.tables import NO_BREAK, HtmlTable, unbroken
from compendium.words import MARK


def shown(frame, **settings):
    return tables.present(pd.DataFrame(frame), **{"synthetic": False} | settings)


def test_intervals_are_written_with_a_true_minus_sign():
    found = shown({"estimate": [-3.841], "low": [-5.414], "high": [-2.268]})
    assert found.to_dict("list") == {"Estimate": ["−3.84"], "95 % interval": ["−5.41 to −2.27"]}


def test_p_values_have_two_digits_and_a_floor():
    assert shown({"p": [1e-9, 0.0314, np.nan]})["p"].tolist() == ["< 0.001", "0.031", "–"]


def test_whole_numbers_stay_whole_and_decimals_follow_the_column():
    found = shown({"n": [1454], "r": [0.12345]}, digits={"r": 3})
    assert found.loc[0].tolist() == ["1,454", "0.123"]


def test_a_table_of_simulated_patients_says_so_in_its_caption():
    assert shown({"n": [1]}, synthetic=True).caption == MARK
    assert shown({"n": [1]}).caption == ""


def test_heads_and_codes_are_words_but_files_keep_theirs(tmp_path):
    frame = pd.DataFrame({"block": ["nerve_csa"], "smd": [0.5], "mc_error": [0.0004]})
    assert shown(frame).to_dict("records") == [
        {"Block": "nerve CSA", "Hedges' g": "0.50", "Monte Carlo error": "0.0004"}
    ]
    text = tables.write_table(frame, tmp_path / "t.csv", False).read_text(encoding="utf-8")
    assert text == "block,smd,mc_error\nnerve_csa,0.5,0.0004\n"


def test_no_head_looks_like_a_name_of_the_analysis():
    assert not [words for words in tables.HEADS.values() if "_" in words]
    assert [tables.head(name) for name in "nprk"] == list("nprk")  # symbols stay small


def test_a_model_that_is_not_known_keeps_its_name():
    assert tables.word("model", "crude") == "crude"


def test_an_interval_of_another_number_names_it():
    found = shown({"smd": [2], "smd_low": [1.0], "smd_high": [3.0]}, digits=0)
    assert list(found) == ["Hedges' g", "Hedges' g, 95 % interval"]


@pytest.mark.parametrize(("cell", "said"), [("hidden", True), ("<5", True), ("12", False)])
def test_suppressed_counts_are_explained_where_there_are_any(cell, said):
    assert ("too few patients" in shown({"All": [cell]}).caption) == said


@pytest.mark.parametrize("verb", [tables.present])
def test_no_rows_give_an_empty_table(verb):
    assert verb(pd.DataFrame(), synthetic=True).columns.tolist() == []
    assert verb(pd.DataFrame(columns=["n", "p"]), synthetic=True).empty


def test_files_neutralise_formulas_in_text_but_not_numbers(tmp_path):
    frame = pd.DataFrame({"=note": ["=1+1", "-x", "@a", "+b", "plain"], "x": [-1.5] * 5})
    path = tables.write_table(frame, tmp_path / "t.csv", False)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[:3] == ["'=note,x", "'=1+1,-1.5", "'-x,-1.5"] and lines[-1] == "plain,-1.5"
    assert frame["=note"][0] == "=1+1"  # left as it was


def test_files_hold_ten_digits_utf8_and_the_mark(tmp_path):
    frame = pd.DataFrame({"β": [1 / 3], "covariates": [("age", "sex")]}, index=["patient 7"])
    text = tables.write_table(frame, tmp_path / "t.csv", True).read_bytes().decode("utf-8")
    assert text == 'data,β,covariates\nSYNTHETIC,0.3333333333,"age, sex"\n'


@pytest.mark.parametrize(
    "text",
    ["< 0.001", "−5.41 to −2.27", "267 (58.8)", "281 (61.9 %)", "37.5 (7.8)", "2 [1, 3]", "n <5",
     "454", "0.018 (2)", "12 %"],
)
def test_numbers_intervals_and_p_values_never_break(text):
    assert " " not in unbroken(text) and unbroken(text).replace(NO_BREAK, " ") == text


@pytest.mark.parametrize("text", ["Median nerve, wrist", "6 of 6 sites", "2 groups of people"])
def test_words_break_where_they_like(text):
    assert unbroken(text) == text


def html(frame, caption=""):
    return HtmlTable.of(pd.DataFrame(frame), caption)._repr_html_()


def test_a_table_has_a_caption_and_no_row_numbers():
    found = html(pd.DataFrame({"Age": ["7"]}, index=["row"]), "SIMULATED")
    assert ">SIMULATED</caption>" in found and "row" not in found.replace("<tr", "")
    assert "<th>Age</th>" in found and "<td>7</td>" in found


def test_numbers_stand_right_and_words_left_under_their_heads():
    found = html({"Age": ["7", "–"], "Site": ["left", "2"]})
    assert "<th>Age</th>" in found and "<td>–</td>" in found
    assert found.count('style="text-align: left"') == 3  # one head, two cells


def test_nothing_from_a_file_is_rendered():
    found = html({"<b>": ["<script>"]}, "<i>")
    assert not {"<b>", "<script>", "<i>"} & set(found.replace(">", "> ").split())


def test_a_table_is_plain_text_too_and_nothing_is_said_to_be_nothing():
    assert repr(HtmlTable.of(pd.DataFrame({"Age": ["7"]}), "SIMULATED")) == "SIMULATED\nAge\n  7"
    assert html({}) == "<p>No rows.</p>"


def test_what_is_made_from_a_table_is_a_plain_frame():
    assert type(HtmlTable.of(pd.DataFrame({"Age": ["7"]})).head()) is pd.DataFrame
