"""A table as a notebook shows it."""

import doctest

import pandas as pd
import pytest

from compendium.report import tables
from compendium.report.tables import NO_BREAK, HtmlTable, unbroken


def test_doctests_hold():
    assert doctest.testmod(tables).failed == 0


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


def test_a_sheet_has_a_caption_and_no_row_numbers():
    shown = HtmlTable.of(pd.DataFrame({"Age": ["7"]}, index=["row"]), "SIMULATED")._repr_html_()
    assert ">SIMULATED</caption>" in shown and "row" not in shown.replace("<tr", "")
    assert "<th>Age</th>" in shown and "<td>7</td>" in shown


def test_numbers_stand_right_and_words_left_under_their_heads():
    shown = HtmlTable.of(pd.DataFrame({"Age": ["7", "–"], "Site": ["left", "2"]}))._repr_html_()
    assert "<th>Age</th>" in shown and "<td>–</td>" in shown
    assert shown.count('style="text-align: left"') == 3  # one head, two cells


def test_nothing_from_a_file_is_rendered():
    shown = HtmlTable.of(pd.DataFrame({"<b>": ["<script>"]}), "<i>")._repr_html_()
    assert not {"<b>", "<script>", "<i>"} & set(shown.replace(">", "> ").split())


def test_a_sheet_is_plain_text_too_and_nothing_is_said_to_be_nothing():
    assert repr(HtmlTable.of(pd.DataFrame({"Age": ["7"]}), "SIMULATED")) == "SIMULATED\nAge\n  7"
    assert HtmlTable.of(pd.DataFrame())._repr_html_() == "<p>No rows.</p>"


def test_what_is_made_from_a_sheet_is_a_plain_frame():
    assert type(HtmlTable.of(pd.DataFrame({"Age": ["7"]})).head()) is pd.DataFrame
