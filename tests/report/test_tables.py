"""Tables for readers: words, rounding, safe files."""

import numpy as np
import pandas as pd
import pytest

from compendium.report import tables
from compendium.words import MARK


def test_intervals_are_written_with_a_true_minus_sign():
    frame = pd.DataFrame({"estimate": [-3.841], "low": [-5.414], "high": [-2.268]})
    shown = tables.present(frame, synthetic=False)
    assert shown.to_dict("list") == {"Estimate": ["−3.84"], "95 % interval": ["−5.41 to −2.27"]}


def test_p_values_have_two_digits_and_a_floor():
    shown = tables.present(pd.DataFrame({"p": [1e-9, 0.0314, np.nan]}), synthetic=False)
    assert shown["p"].tolist() == ["< 0.001", "0.031", "–"]


def test_whole_numbers_stay_whole_and_decimals_follow_the_column():
    frame = pd.DataFrame({"n": [1454], "r": [0.12345]})
    assert tables.present(frame, digits={"r": 3}, synthetic=False).loc[0].tolist() == [
        "1,454", "0.123",
    ]


def test_a_table_of_simulated_patients_says_so_in_its_caption():
    frame = pd.DataFrame({"n": [1]})
    assert tables.present(frame, synthetic=True).caption == MARK
    assert tables.present(frame, synthetic=False).caption == ""


def test_heads_and_codes_are_words_but_files_keep_theirs(tmp_path):
    frame = pd.DataFrame({"block": ["nerve_csa"], "smd": [0.5], "mc_error": [0.0004]})
    shown = tables.present(frame, synthetic=False)
    assert shown.to_dict("records") == [
        {"Block": "nerve CSA", "Hedges' g": "0.50", "Monte Carlo error": "0.0004"}
    ]
    text = tables.write_table(frame, tmp_path / "t.csv", False).read_text(encoding="utf-8")
    assert text == "block,smd,mc_error\nnerve_csa,0.5,0.0004\n"


def test_an_interval_of_another_number_names_it():
    frame = pd.DataFrame({"rank": [2], "rank_low": [1.0], "rank_high": [3.0]})
    shown = tables.present(frame, digits=0, synthetic=False)
    assert list(shown) == ["Rank in block", "Rank in block, 95 % interval"]


@pytest.mark.parametrize(("cell", "said"), [("hidden", True), ("<5", True), ("12", False)])
def test_suppressed_counts_are_explained_where_there_are_any(cell, said):
    shown = tables.present(pd.DataFrame({"All": [cell]}), synthetic=False)
    assert ("too few patients" in shown.caption) == said


def effects(*contrasts, note=""):
    return pd.DataFrame({"label": "Grip", "unit": "kg", "contrast": contrasts, "effect": 0.5,
                         "note": note})


def test_a_contrast_of_all_rows_stands_in_the_caption():
    shown = tables.effects_table(effects("Severe − Mild", "Severe − Mild"), synthetic=False)
    assert shown.caption == "Severe − Mild" and list(shown) == ["Measure", "Effect"]
    shown = tables.effects_table(effects("Moderate − Mild", "Severe − Mild"), synthetic=False)
    assert shown.caption == "" and "Contrast" in shown


def test_a_note_is_shown_only_where_something_is_said():
    assert "Note" in tables.effects_table(effects("a", note="Too few."), synthetic=False)
    assert "Note" not in tables.effects_table(effects("a"), synthetic=False)


def test_readers_tables_name_columns_in_words_with_units():
    record = {"outcome_label": "Walking", "unit": "m", "estimate": 1.0, "low": 0.5, "high": 1.5}
    shown = tables.models_table(pd.DataFrame([record | {"se": 9.0}]), synthetic=False)
    assert shown.to_dict("records") == [
        {"Outcome": "Walking (m)", "Difference": "1.00", "95 % interval": "0.50 to 1.50"}
    ]


def test_models_of_two_phenotypes_have_their_contrast_in_the_caption():
    models = pd.DataFrame({"outcome_label": "Walking", "unit": "m", "phenotype": "Severe",
                           "reference": "Mild", "estimate": [1.0, 2.0]})
    shown = tables.models_table(models, synthetic=False)
    assert shown.caption == "Severe − Mild" and list(shown) == ["Outcome", "Difference"]
    models.loc[0, "phenotype"] = "Moderate"
    assert "Contrast" in tables.models_table(models, synthetic=False)


@pytest.mark.parametrize("verb", [tables.effects_table, tables.models_table])
def test_no_rows_give_an_empty_table(verb):
    assert verb(tables.stacked([]), synthetic=True).empty


def test_files_neutralise_formulas_in_text_but_not_numbers(tmp_path):
    frame = pd.DataFrame({"=note": ["=1+1", "-x", "@a", "+b", "plain"], "x": [-1.5] * 5})
    lines = (
        tables.write_table(frame, tmp_path / "t.csv", False)
        .read_text(encoding="utf-8")
        .splitlines()
    )
    assert lines[:3] == ["'=note,x", "'=1+1,-1.5", "'-x,-1.5"] and lines[-1] == "plain,-1.5"


def test_files_hold_ten_digits_utf8_and_the_mark(tmp_path):
    frame = pd.DataFrame({"β": [1 / 3], "covariates": [("age", "sex")]}, index=["patient 7"])
    text = tables.write_table(frame, tmp_path / "t.csv", True).read_bytes().decode("utf-8")
    assert text == 'data,β,covariates\nSYNTHETIC,0.3333333333,"age, sex"\n'


def test_writing_leaves_the_frame_as_it_was(tmp_path):
    frame = pd.DataFrame({"note": ["=1"]})
    tables.write_table(frame, tmp_path / "t.csv", True)
    assert frame.to_dict("list") == {"note": ["=1"]}


def test_nothing_to_present_is_an_empty_table():
    assert tables.present(pd.DataFrame(columns=["n", "p"]), synthetic=True).empty
    assert tables.effects_table(pd.DataFrame(), synthetic=True).columns.tolist() == []
