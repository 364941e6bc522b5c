"""Every column as it was read, in one line."""

from __future__ import annotations

import pytest
from small_cohort import built

from compendium.data import cohort, intake, summary


@pytest.fixture
def found(read_book):
    book = read_book(
        seen="seen,Seen,descriptor,,date,,,,,,,,,,,,", who="who,Who,descriptor,,text,,,,,,,,,,,,",
        twice="twice,Twice,descriptor,,number,,,,,,,,,sum(ei_au|points),,,",
    )
    rows = [
        f"P{i},{20 + i},22,{60 + i},{'female' if i else ''},4,40,2020-01-{i + 1:02d},{i % 3}"
        for i in range(20)
    ]
    text = "\n".join(["id,mt_mm_l,mt_mm_r,ei_au,sex,grade,points,seen,who", *rows])
    return cohort.from_table(intake.parse(text, book, "a.csv"), book).summary.set_index("column")


def test_numbers_go_from_least_over_median_to_largest(found):
    assert found.loc["ei_au"].tolist() == [20, 0, "60", "69.5", "79", ""]


def test_sides_and_derived_columns_have_rows_of_their_own(found):
    assert [*found.index] == [
        "mt_mm_l", "mt_mm_r", "ei_au", "sex", "grade", "points", "seen", "who", "twice",
    ]
    assert found.loc["twice", ["least", "largest"]].tolist() == ["100", "119"]


def test_levels_are_counted_also_those_that_nobody_has(found):
    assert found.loc["sex"].tolist() == [19, 1, "", "", "", "male 0, female 19"]


def test_dates_and_texts_are_summed_up(found):
    assert found.loc["seen", ["least", "largest"]].tolist() == ["2020-01-01", "2020-01-20"]
    assert found.loc["who", "levels"] == "3 different texts"


def test_the_lines_are_aligned(small_book):
    lines = summary.in_lines(built(small_book, "A,20,23,,,4,40").summary)
    assert lines[:5] == [
        "column    n  missing  least  median  largest",
        "mt_mm_l  24        0     20      22       24",
        "mt_mm_r  24        0     22      23       24",
        "ei_au    23        1     61      72       83",
        "sex      23        1  male 0, female 23",
    ]


def test_those_who_are_left_out_are_summed_up_too(read_book):
    book = read_book(grade="grade,Strength,descriptor,,category,,,4|5,,,,,,,,5,")
    everybody = built(book, *[f"A{i},{20 + i},23,{60 + i},male,5,40" for i in range(20)])
    assert (len(everybody.data), everybody.summary["n"].max()) == (20, 24)


def test_a_column_without_a_value_has_no_extent(small_book):
    empty = built(small_book, *[f"A{i},{20 + i},23,{60 + i},male,4," for i in range(24)]).summary
    assert empty.set_index("column").loc["points"].tolist() == [0, 24, "", "", "", ""]
