"""The codebook: what a row says, what is refused, and what contradicts itself, which would give a
wrong number if nobody said so."""

from __future__ import annotations

import time

import pandas as pd
import pytest

from compendium.data import codebook
from compendium.data.cohort import SHIPPED_CODEBOOK
from compendium.data.columns import Rule
from compendium.data.derive import in_order


def test_the_shipped_codebook_reads():
    book = codebook.read_codebook(SHIPPED_CODEBOOK)
    assert (book.identifier.name, book.outcomes[0].name) == ("patient_id", "alsfrsr_total")


def test_columns_stand_in_file_order(small_book):
    names = [c.name for c in small_book.columns]
    assert names == ["id", "mt_mm", "ei_au", "sex", "grade", "points"]


def test_an_axis_shows_label_and_unit(small_book):
    assert (small_book["mt_mm"].axis, small_book["sex"].axis) == ("Thickness (mm)", "Sex")


def test_empty_cells_mean_not_stated(small_book):
    sex = small_book["sex"]
    assert (sex.hard_min, sex.worse, sex.sides, sex.derive) == (None, "none", False, None)


def test_only_the_sides_cell_splits_a_column_never_its_suffix(read_book):
    book = read_book(fvc_l="fvc_l,FVC,validator,breath,number,L,low,,0,9,,,,,,,")
    assert book["fvc_l"].file_columns == ("fvc_l",)
    assert book["mt_mm"].file_columns == ("mt_mm_l", "mt_mm_r")


def test_a_derived_column_is_not_in_the_file(read_book):
    row = "half,Half,descriptor,,number,,,,,,,,,sum(points|ei_au),,,"
    column = read_book(half=row)["half"]
    assert (column.derive, column.file_columns) == (Rule("sum", ("points", "ei_au")), ())


def test_blocks_group_the_columns_of_a_role(small_book):
    blocks = small_book.blocks("feature")
    assert {name: len(columns) for name, columns in blocks.items()} == {
        "thickness": 1, "echogenicity": 1,
    }


def test_a_row_without_a_block_is_grouped_under_its_role(small_book):
    assert list(small_book.blocks("covariate")) == ["covariate"]


def test_levels_keep_their_order_and_lose_their_blanks(read_book):
    book = read_book(sex="sex,Sex,covariate,,category,,, male | female |,,,,,,,,,")
    assert book["sex"].levels == ("male", "female")


def test_the_levels_that_occur_keep_the_order_of_the_codebook(small_book):
    values = pd.Series(pd.Categorical(["5", None, "0", "5"], categories=list("543210")))
    assert small_book["grade"].occurring(values) == ["0", "5"]


def test_an_unknown_column_is_answered_with_the_nearest(small_book, refusal):
    assert refusal(lambda: small_book["mt_m"]) == (
        "book.csv: no column 'mt_m'; did you mean 'mt_mm'?",
    )


def test_a_codebook_saved_with_semicolons_and_byte_order_mark_reads_alike(write_book, small_book):
    path = write_book()
    path.write_text("\ufeff" + path.read_text("utf-8").replace(",", ";"), "utf-8")
    assert codebook.read_codebook(path).columns == small_book.columns


def test_optional_headings_may_be_absent(write_book, small_book):
    path = write_book(mt_mm="mt_mm,Thickness,feature,thickness,number,mm,low,,1,60,8,40,,,,,")
    lines = path.read_text().splitlines()
    path.write_text("".join(f"{line.rsplit(',', 5)[0]}\n" for line in lines))
    assert not any(c.sides for c in codebook.read_codebook(path).columns)


NAME = ": a name starts with a letter and holds letters, digits and _ only; rename it."
RULES = "sum(a|b|…), rate(a|b|…), bmi(a|b|…), kings(a|b|…), mitos(a|b|…)"
NUMBER = "is not a number; write a number with a decimal point."


@pytest.mark.parametrize(("row", "sentence"), [
    ("2nd,X,descriptor,,number,,,,,,,,,,,,", f" (2nd){NAME}"),
    (",X,descriptor,,number,,,,,,,,,,,,", f" (no name){NAME}"),
    ("x,,descriptor,,number,,,,,,,,,,,,",
     " (x): label is empty; write the words a reader should see."),
    ("x,X,Covariate,,number,,,,,,,,,,,,",
     " (x): role 'Covariate' is not known; did you mean 'covariate'?"),
    ("x,X,descriptor,,numeric,,,,,,,,,,,,",
     " (x): type 'numeric' is not known; did you mean 'number'?"),
    ("x,X,descriptor,,number,,lower,,,,,,,,,,",
     " (x): worse 'lower' is not known; did you mean 'low'?"),
    ("x,X,descriptor,,number,,,,,,,,left,,,,",
     " (x): sides 'left' is not known; known are: both."),
    ("x,X,descriptor,,number,,,,,,,,,,maybe,,",
     " (x): per_device 'maybe' is not known; known are: yes, no."),
    ("x,X,descriptor,,number,,,,nan,,,,,,,,", f" (x), hard_min: 'nan' {NUMBER}"),
    ('x,X,descriptor,,number,,,,"0,5",,,,,,,,', f" (x), hard_min: '0,5' {NUMBER}"),
    ("x,X,descriptor,,number,,,,,,,,,points * 2,,,",
     f" (x): derive 'points * 2' is not known; write one of {RULES}."),
    ("x,X,descriptor,,number,,,,,,,,,mean(a|b),,,",
     f" (x): derive 'mean(a|b)' is not known; write one of {RULES}."),
    ("x,X,descriptor,,number,,,,,,,,,bmi(points),,,",
     " (x): bmi takes 2 arguments, not 1; correct the list."),
    ("x,X,descriptor,,number,,,,,,,,,sum(points),,,",
     " (x): sum takes at least 2 arguments, not 1; correct the list."),
    ("x,X,descriptor,,number,,,,,,,,,sum(points||ei_au),,,",
     " (x): derive has nothing between two |; name a column, or delete a |."),
])
def test_a_wrong_cell_is_named_with_its_row_and_remedy(read_book, refusal, row, sentence):
    assert refusal(read_book, x=row) == (f"book.csv, row 8{sentence}",)


def test_a_blank_row_does_not_shift_the_row_numbers(read_book, refusal):
    (sentence,) = refusal(read_book, x="\nx,,descriptor,,number,,,,,,,,,,,,")
    assert sentence.startswith("book.csv, row 9 (x)")


def test_everything_that_is_wrong_is_said_at_once(read_book, refusal):
    rows = {"x": "x,,nobody,,words,,,,,,,,,,,,", "y": "y,,descriptor,,text,,,,,,,,,,,,"}
    assert len(refusal(read_book, **rows)) == 4


def test_a_missing_heading_is_named(write_book, refusal):
    path = write_book()
    path.write_text(path.read_text().replace("worse", "Worse"))
    assert refusal(codebook.read_codebook, path) == (
        "book.csv: heading 'worse' is missing; add the column (it may stay empty).",
        "book.csv: unknown heading 'Worse'; did you mean 'worse'?",
    )


def test_a_label_with_an_unquoted_comma_is_refused_not_shifted(read_book, refusal):
    (sentence,) = refusal(read_book, x="x,Nerve, wrist,descriptor,,number,,,,,,,,,,,,")
    assert sentence.startswith("book.csv, row 8: 18 cells under 17 column names")


def test_a_codebook_that_is_not_there_is_refused(tmp_path, refusal):
    assert refusal(codebook.read_codebook, tmp_path / "no.csv") == (
        "no.csv: no such file; check the path.",
    )


# --------------------------------------------------------------------------------- contradictions

ITEMS = "|".join(f"item_{i}" for i in range(1, 13))


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
         "eligible 'Yes' is not among the levels; use one of yes, no."),
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
def test_a_row_that_contradicts_itself_is_refused(read_book, refusal, row, sentence):
    assert refusal(read_book, x=row) == (f"book.csv, row 8 (x): {sentence}",)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ({"id": ""}, ": exactly one row must have the role identifier; correct the roles."),
        ({"id2": "id2,Number,identifier,,text,,,,,,,,,,,,"},
         ": exactly one row must have the role identifier; correct the roles."),
        ({"ei_au": ""}, ": at least two rows must have the role feature; add them."),
        ({"ei_au": "ei_au,EI,feature,,number,au,high,,,,,,,,yes,,"},
         ": per_device is used, but no row has the role device; add one, or empty the column."),
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
def test_rows_that_contradict_each_other_are_refused(read_book, refusal, rows, sentence):
    assert refusal(read_book, **rows) == (f"book.csv{sentence}",)


def test_two_columns_that_wait_for_each_other_are_refused(read_book, refusal):
    rows = {"x": "x,X,descriptor,,number,,,,,,,,,sum(y|points),,,",
            "y": "y,Y,descriptor,,number,,,,,,,,,sum(x|points),,,"}
    named = [sentence.split(":")[0] for sentence in refusal(read_book, **rows)]
    assert named == ["book.csv (x)", "book.csv (y)"]


def test_kings_needs_a_gastrostomy_column_that_can_say_yes(read_book, refusal):
    # a level "Yes" would never equal "yes", and every stage 4 by gastrostomy would be lost
    items = {f"item_{i}": f"item_{i},I,item,,integer,,low,,0,4,,,,,,," for i in range(1, 13)}
    items["tube"] = "tube,Tube,descriptor,,category,,,No|Yes,,,,,,,,,"
    items["stage"] = f"stage,S,descriptor,,ordinal,,high,,1,4,,,,kings({ITEMS}|tube),,,"
    assert refusal(read_book, **items) == (
        "book.csv (stage): derive needs 'tube' as a category with the levels no and yes.",
    )


def test_a_rate_may_count_from_a_number(read_book):
    book = read_book(x="x,X,descriptor,,number,,,,,,,,,rate(48|points|ei_au),,,")
    assert book["x"].derive.arguments[0] == "48"


def test_a_total_may_be_made_of_totals(read_book):
    book = read_book(x="x,X,descriptor,,number,,,,,,,,,sum(y|points),,,",
                     y="y,Y,descriptor,,number,,,,,,,,,sum(mt_mm_l|mt_mm_r),,,")
    assert book["y"].derive.arguments == ("mt_mm_l", "mt_mm_r")


# ----------------------------------------------------------------------------------------- bounds


def test_a_label_longer_than_a_figure_can_bear_is_refused(read_book, refusal):
    assert refusal(read_book, x=f"x,{'X' * 201},descriptor,,number,,,,,,,,,,,,") == (
        "book.csv, row 8 (x), label: 201 characters on end; write 200 at most.",
    )


def test_a_label_with_a_hidden_sign_shows_it(read_book):
    book = read_book(x="x,a\u202eb $\\frac$,descriptor,,number,,,,,,,,,,,,")
    assert book["x"].label == "a\\u202eb $\\frac$"


def test_a_codebook_of_very_many_rows_is_refused(write_book, refusal):
    path = write_book(**{f"x{i}": f"x{i},X,descriptor,,text,,,,,,,,,,,," for i in range(1995)})
    assert refusal(codebook.read_codebook, path) == (
        "book.csv: 2,001 rows; 2,000 at most are read, so keep those of the analysis.",
    )


def test_two_thousand_rows_that_wait_for_each_other_are_read_within_seconds(read_book):
    rule = "x{0},X,descriptor,,number,,,,,,,,,sum({1}|points),,,"
    after = [f"x{i + 1}" for i in range(1989)] + ["ei_au"]
    start = time.perf_counter()
    book = read_book(**{f"x{i}": rule.format(i, name) for i, name in enumerate(after)})
    assert in_order(book.columns)[0] == "x1989"
    assert time.perf_counter() - start < 5  # about a fifth here


def test_many_unknown_headings_are_counted(write_book, refusal):
    path = write_book()
    head, *rows = path.read_text().splitlines()
    more = "".join(f",u{i}" for i in range(1000))
    path.write_text("\n".join([head + more, *(row + "," * 1000 for row in rows)]))
    sentences = refusal(codebook.read_codebook, path)
    assert len(sentences) == 4 and "997 more unknown headings" in sentences[-1]
