"""Codebooks that contradict themselves, and would give a wrong number if nobody said so."""

from __future__ import annotations

import doctest

import pytest

from compendium.data import codebook

ITEMS = "|".join(f"item_{i}" for i in range(1, 13))


def test_doctests_hold():
    assert doctest.testmod(codebook).failed == 0


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("x,X,covariate,,category,,,one,,,,,,,,,",
         "a category needs two levels or more, separated by |."),
        ("x,X,covariate,,category,,,A|a,,,,,,,,,",
         "level 'a' stands twice (case does not count); keep one."),
        ("x,X,covariate,,category,,,yes|NA,,,,,,,,,",
         "level 'NA' counts as missing in a cohort file; use another word."),
        ("x,X,covariate,,ordinal,,,1|mild,,,,,,,,,",
         "level 'mild' is not a number, as ordinal needs; code it as one."),
        ("x,X,covariate,,category,,,yes|no,,,,,,,,Yes,",
         "eligible 'Yes' is not among the levels; use yes or no."),
        ("x,X,covariate,,integer,,,0|1,,,,,,,,1,",
         "eligible needs a category; change the type, or empty the cell."),
        ("x,X,covariate,,number,,,,5,5,,,,,,,", "hard_min must be below hard_max; correct one."),
        ("x,X,covariate,,number,,,,,,9,3,,,,,", "soft_min must be below soft_max; correct one."),
        ("x,X,feature,,category,,,a|b,,,,,,,,,",
         "role feature needs integer, number or ordinal; change the type or role."),
        ("x,X,outcome,,text,,,,,,,,,,,,",
         "role outcome needs integer, number or ordinal; change the type or role."),
        ("x,X,covariate,,category,,,a|b,,,,,both,,,,",
         "only numbers can be averaged over sides; empty the sides cell."),
        ("x,X,descriptor,,text,,,,,,,,,sum(points|ei_au),,,",
         "a derived column must be integer, number or ordinal; change its type."),
        ("x,X,descriptor,,number,,,,,,,,both,sum(points|ei_au),,,",
         "a derived column has no sides; empty the sides cell."),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(write_book, refusal, row, sentence):
    assert refusal(codebook.read_codebook, write_book(x=row)) == (
        f"book.csv, row 8 (x): {sentence}",
    )


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ({"id": ""}, ": exactly one row must have the role identifier; correct the roles."),
        ({"id2": "id2,Number,identifier,,text,,,,,,,,,,,,"},
         ": exactly one row must have the role identifier; correct the roles."),
        ({"ei_au": ""}, ": at least two rows must have the role feature; add them."),
        ({"ei_au": "ei_au,EI,feature,,number,au,high,,,,,,,,yes,,"},
         ": per_device is used, but no row has the role device; add one."),
        ({"x": "sex,Sex,covariate,,number,,,,,,,,,,,,"}, ": column 'sex' stands twice; keep one."),
        ({"x": "mt_mm_l,Left,descriptor,,number,,,,,,,,,,,,"},
         " (mt_mm): its side 'mt_mm_l' has a row of its own; keep one."),
        ({"x": "x,X,descriptor,,number,,,,,,,,,sum(points|pionts),,,"},
         " (x): derive needs 'pionts', which the codebook does not hold; add its row."),
        ({"x": "x,X,descriptor,,number,,,,,,,,,sum(points|points),,,"},
         " (x): derive names 'points' twice; keep one."),
        ({"x": "x,X,descriptor,,number,,,,,,,,,bmi(points|sex),,,"},
         " (x): derive needs numbers, 'sex' is a category; name another column."),
        ({"x": "x,X,descriptor,,number,,,,,,,,,rate(48|points|12),,,"},
         " (x): derive needs '12', which the codebook does not hold; add its row."),
        ({"x": "x,X,descriptor,,number,,,,,,,,,sum(x|points),,,"},
         " (x): derive leads back to itself; break the circle."),
    ],
)
def test_rows_that_contradict_each_other_are_refused(write_book, refusal, rows, sentence):
    assert refusal(codebook.read_codebook, write_book(**rows)) == (f"book.csv{sentence}",)


def test_two_columns_that_wait_for_each_other_are_refused(write_book, refusal):
    path = write_book(
        x="x,X,descriptor,,number,,,,,,,,,sum(y|points),,,",
        y="y,Y,descriptor,,number,,,,,,,,,sum(x|points),,,",
    )
    named = [sentence.split(":")[0] for sentence in refusal(codebook.read_codebook, path)]
    assert named == ["book.csv (x)", "book.csv (y)"]


def test_kings_needs_a_gastrostomy_column_that_can_say_yes(write_book, refusal):
    # a level "Yes" would never equal "yes", and every stage 4 by gastrostomy would be lost
    items = {f"item_{i}": f"item_{i},I,item,,integer,,low,,0,4,,,,,,," for i in range(1, 13)}
    path = write_book(
        **items, tube="tube,Tube,descriptor,,category,,,No|Yes,,,,,,,,,",
        stage=f"stage,S,descriptor,,ordinal,,high,,1,4,,,,kings({ITEMS}|tube),,,",
    )
    assert refusal(codebook.read_codebook, path) == (
        "book.csv (stage): derive needs 'tube' as a category with the levels no and yes.",
    )


def test_a_rate_may_count_from_a_number(write_book):
    path = write_book(x="x,X,descriptor,,number,,,,,,,,,rate(48|points|ei_au),,,")
    assert codebook.read_codebook(path)["x"].derive.arguments[0] == "48"


def test_a_total_may_be_made_of_totals(write_book):
    path = write_book(
        x="x,X,descriptor,,number,,,,,,,,,sum(y|points),,,",
        y="y,Y,descriptor,,number,,,,,,,,,sum(mt_mm_l|mt_mm_r),,,",
    )
    assert codebook.read_codebook(path)["y"].derive.arguments == ("mt_mm_l", "mt_mm_r")
