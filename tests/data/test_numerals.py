"""Numbers in cells: read where that is certain, otherwise told why not."""

from __future__ import annotations

import pandas as pd
import pytest

from compendium.data import numerals
from compendium.data.numerals import Writing

POINTS, COMMAS = Writing(commas=False, decimal="."), Writing(commas=True, decimal=",")


def column(*cells: str) -> pd.Series:
    return pd.Series(cells, dtype="str")


def test_a_true_minus_is_a_minus():
    assert numerals.read(column("\u22125.5", "1e\u22122"), POINTS).tolist() == [-5.5, 0.01]


@pytest.mark.parametrize(("cell", "reason"), [
    ("12 mm", "it ends in 'mm'; keep the unit in the codebook alone."),
    ("12.5mm²", "it ends in 'mm²'; keep the unit in the codebook alone."),
    ("60 %", "it ends in '%'; keep the unit in the codebook alone."),
    ("1'201", "its thousands are set apart by U+0027 APOSTROPHE; write 1201."),
    ("1 201 300", "its thousands are set apart by U+0020 SPACE; write 1201300."),
    ("1.201.300", "its thousands are set apart by U+002E FULL STOP; write 1201300."),
    ("60,5", "a comma separates cells in this file, so write 60.5."),
    ("1,201", "a comma separates cells in this file, so write 1.201 or 1201."),
    ("1\uff15", "it holds U+FF15 FULLWIDTH DIGIT FIVE; type it anew."),
    ("1O", "it holds U+004F LATIN CAPITAL LETTER O in place of 0; type the digit."),
    ("l2", "it holds U+006C LATIN SMALL LETTER L in place of 1; type the digit."),
    ("\u041e5", "it holds U+041E CYRILLIC CAPITAL LETTER O in place of 0; type the digit."),
    ("5\\u200b", "it holds U+200B ZERO WIDTH SPACE, which cannot be seen; delete it."),
    ("\u20135", "it holds U+2013 EN DASH; type it anew."),
    ("\u0661", "it holds U+0661 ARABIC-INDIC DIGIT ONE; write one, or leave it empty."),
])
def test_what_makes_a_cell_no_number_is_named(cell, reason):
    assert numerals.read(column(cell), POINTS).isna().all()
    assert numerals.why_not(cell, POINTS) == f"'{cell}' is not a number: {reason}"


def test_a_point_and_a_comma_in_one_number_are_thousands_and_decimals():
    said = numerals.why_not("1.234,5", COMMAS)
    assert said.endswith("its thousands are set apart by U+002E FULL STOP; write 1234,5.")


@pytest.mark.parametrize(("columns", "sign"), [
    ([["1,5", "2"], ["1.201"]], ","), ([["0,125"]], ","), ([["1.5"], ["1,201"]], "."),
    ([["1.201"], ["912"]], ""), ([["1,5"], ["2.5"]], ""), ([["1,2345"]], ","),
])
def test_the_decimal_sign_of_a_file_is_what_no_thousand_has(columns, sign):
    assert numerals.writing([column(*cells) for cells in columns], ";") == Writing(True, sign)


@pytest.mark.parametrize(("cells", "may"), [
    (["1.201", "912"], [True, False]), (["0.201", "912"], [False, False]),
    (["1.201", "12.5"], [False, False]), (["1,201", "9"], [False, False]),
])
def test_three_digits_after_the_other_sign_may_be_thousands(cells, may):
    assert numerals.thousands(column(*cells), COMMAS).tolist() == may


@pytest.mark.parametrize(("cells", "way", "open_"), [
    (["4.280", "3.073"], Writing(commas=True), True), (["4,280", "9"], Writing(commas=True), True),
    (["4.280", "3.073"], COMMAS, False), (["4.280", "3.07"], Writing(commas=True), False),
    (["4.280", "3.073"], POINTS, False), (["0.280", "3.073"], Writing(commas=True), False),
])
def test_three_digits_are_undecided_where_no_column_shows_the_decimal_sign(cells, way, open_):
    assert numerals.undecided(column(*cells), way) is open_


def test_in_a_comma_file_a_point_is_a_decimal_sign():
    assert not numerals.thousands(column("1.201", "912"), POINTS).any()


def test_a_very_long_cell_is_not_searched_for_a_reason():
    assert len(numerals.why_not("1" * 100_000 + "x", POINTS)) < 100
