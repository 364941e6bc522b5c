"""The codebook: what a row says, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from compendium.data import codebook
from compendium.data.columns import Rule

SHIPPED = Path(__file__).parents[2] / "data" / "codebook.csv"


def test_the_shipped_codebook_reads():
    book = codebook.read_codebook(SHIPPED)
    assert (book.identifier.name, book.outcomes[0].name) == ("patient_id", "alsfrsr_total")


def test_columns_stand_in_file_order(small_book):
    names = [c.name for c in small_book.columns]
    assert names == ["id", "mt_mm", "ei_au", "sex", "grade", "points"]


def test_an_axis_shows_label_and_unit(small_book):
    assert (small_book["mt_mm"].axis, small_book["sex"].axis) == ("Thickness (mm)", "Sex")


def test_empty_cells_mean_not_stated(small_book):
    sex = small_book["sex"]
    assert (sex.hard_min, sex.worse, sex.sides, sex.derive) == (None, "none", False, None)


def test_only_the_sides_cell_splits_a_column_never_its_suffix(write_book):
    book = codebook.read_codebook(
        write_book(fvc_l="fvc_l,FVC,validator,breath,number,L,low,,0,9,,,,,,,")
    )
    assert book["fvc_l"].file_columns == ("fvc_l",)
    assert book["mt_mm"].file_columns == ("mt_mm_l", "mt_mm_r")


def test_a_derived_column_is_not_in_the_file(write_book):
    row = "half,Half,descriptor,,number,,,,,,,,,sum(points|ei_au),,,"
    column = codebook.read_codebook(write_book(half=row))["half"]
    assert (column.derive, column.file_columns) == (Rule("sum", ("points", "ei_au")), ())


def test_blocks_group_the_columns_of_a_role(small_book):
    blocks = small_book.blocks("feature")
    assert {name: len(columns) for name, columns in blocks.items()} == {
        "thickness": 1, "echogenicity": 1,
    }


def test_a_row_without_a_block_is_grouped_under_its_role(small_book):
    assert list(small_book.blocks("covariate")) == ["covariate"]


def test_levels_keep_their_order_and_lose_their_blanks(write_book):
    book = codebook.read_codebook(
        write_book(sex="sex,Sex,covariate,,category,,, male | female |,,,,,,,,,")
    )
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


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            "2nd,X,descriptor,,number,,,,,,,,,,,,",
            "book.csv, row 8 (2nd): a name starts with a letter and holds letters, digits and _ "
            "only; rename it.",
        ),
        (
            ",X,descriptor,,number,,,,,,,,,,,,",
            "book.csv, row 8 (no name): a name starts with a letter and holds letters, digits and "
            "_ only; rename it.",
        ),
        (
            "x,,descriptor,,number,,,,,,,,,,,,",
            "book.csv, row 8 (x): label is empty; write the words a reader should see.",
        ),
        (
            "x,X,Covariate,,number,,,,,,,,,,,,",
            "book.csv, row 8 (x): role 'Covariate' is not known; did you mean 'covariate'?",
        ),
        (
            "x,X,descriptor,,numeric,,,,,,,,,,,,",
            "book.csv, row 8 (x): type 'numeric' is not known; did you mean 'number'?",
        ),
        (
            "x,X,descriptor,,number,,lower,,,,,,,,,,",
            "book.csv, row 8 (x): worse 'lower' is not known; did you mean 'low'?",
        ),
        (
            "x,X,descriptor,,number,,,,,,,,left,,,,",
            "book.csv, row 8 (x): sides 'left' is not known; known are: both.",
        ),
        (
            "x,X,descriptor,,number,,,,,,,,,,maybe,,",
            "book.csv, row 8 (x): per_device 'maybe' is not known; known are: yes, no.",
        ),
        (
            "x,X,descriptor,,number,,,,nan,,,,,,,,",
            "book.csv, row 8 (x), hard_min: 'nan' is not a number; write a number with a decimal "
            "point.",
        ),
        (
            'x,X,descriptor,,number,,,,"0,5",,,,,,,,',
            "book.csv, row 8 (x), hard_min: '0,5' is not a number; write a number with a decimal "
            "point.",
        ),
        (
            "x,X,descriptor,,number,,,,,,,,,points * 2,,,",
            "book.csv, row 8 (x): derive 'points * 2' is not known; write one of sum(a|b|…), "
            "rate(a|b|…), bmi(a|b|…), kings(a|b|…), mitos(a|b|…).",
        ),
        (
            "x,X,descriptor,,number,,,,,,,,,mean(a|b),,,",
            "book.csv, row 8 (x): derive 'mean(a|b)' is not known; write one of sum(a|b|…), "
            "rate(a|b|…), bmi(a|b|…), kings(a|b|…), mitos(a|b|…).",
        ),
        (
            "x,X,descriptor,,number,,,,,,,,,bmi(points),,,",
            "book.csv, row 8 (x): bmi takes 2 arguments, not 1; correct the list.",
        ),
        (
            "x,X,descriptor,,number,,,,,,,,,sum(points),,,",
            "book.csv, row 8 (x): sum takes at least 2 arguments, not 1; correct the list.",
        ),
        (
            "x,X,descriptor,,number,,,,,,,,,sum(points||ei_au),,,",
            "book.csv, row 8 (x): derive has nothing between two |; name a column, or delete a |.",
        ),
    ],
)
def test_a_wrong_cell_is_named_with_its_row_and_remedy(write_book, refusal, row, sentence):
    assert refusal(codebook.read_codebook, write_book(x=row)) == (sentence,)


def test_a_blank_row_does_not_shift_the_row_numbers(write_book, refusal):
    path = write_book(x="\nx,,descriptor,,number,,,,,,,,,,,,")
    (sentence,) = refusal(codebook.read_codebook, path)
    assert sentence.startswith("book.csv, row 9 (x)")


def test_everything_that_is_wrong_is_said_at_once(write_book, refusal):
    path = write_book(x="x,,nobody,,words,,,,,,,,,,,,", y="y,,descriptor,,text,,,,,,,,,,,,")
    assert len(refusal(codebook.read_codebook, path)) == 4


def test_a_missing_heading_is_named(write_book, refusal):
    path = write_book()
    path.write_text(path.read_text().replace("worse", "Worse"))
    assert refusal(codebook.read_codebook, path) == (
        "book.csv: heading 'worse' is missing; add the column (it may stay empty).",
        "book.csv: unknown heading 'Worse'; did you mean 'worse'?",
    )


def test_a_label_with_an_unquoted_comma_is_refused_not_shifted(write_book, refusal):
    path = write_book(x="x,Nerve, wrist,descriptor,,number,,,,,,,,,,,,")
    (sentence,) = refusal(codebook.read_codebook, path)
    assert sentence.startswith("book.csv, row 8: 18 cells under 17 column names")


def test_a_codebook_that_is_not_there_is_refused(tmp_path, refusal):
    assert refusal(codebook.read_codebook, tmp_path / "no.csv") == (
        "no.csv: no such file; check the path.",
    )
