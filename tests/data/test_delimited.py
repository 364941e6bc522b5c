"""Files as hospitals save them: which are read, and what the others are told."""

from __future__ import annotations

import pytest

from compendium.data import delimited

TABLE = "id,age\n007,61\n008,70\n"


def save(tmp_path, content: str | bytes, name: str = "a.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "content",
    [
        TABLE,
        b"\xef\xbb\xbf" + TABLE.encode(),
        TABLE.replace("\n", "\r\n"),
        TABLE.replace("\n", "\r"),
        TABLE.rstrip(),
        TABLE.replace(",", ";"),
        TABLE.replace(",", "\t"),
        TABLE.replace(",", " , "),
        '"id","age"\n"007","61"\n"008","70"\n',
        "id,age,,\n007,61,,\n008,70,,\n,,,\n",
        "id,age\n\n007,61\n,\n008,70\n\n",
    ],
    ids=[
        "plain", "byte order mark", "CRLF", "CR", "no last line end", "semicolon", "tab",
        "blanks around cells", "all quoted", "empty columns and rows left behind", "blank rows",
    ],
)
def test_one_table_saved_in_many_ways_reads_alike(tmp_path, content):
    sheet = delimited.read_sheet(save(tmp_path, content))
    assert (sheet.header, sheet.body) == (["id", "age"], [["007", "61"], ["008", "70"]])


def test_rows_keep_the_numbers_a_spreadsheet_shows():
    # row 2 is blank, and the line break in quotes of row 3 does not start a row
    assert delimited.split('id,note\n,\n1,"a\nb"\n2,c\n', "a.csv").rows == [3, 4]


def test_a_heading_broken_over_two_lines_is_one_name():
    assert delimited.split('id,"muscle\nthickness"\n1,2\n', "a.csv").header[1] == "muscle thickness"


NO_NAMES = "a.csv: the first row must hold the column names; add it."
NO_ROWS = "a.csv: no rows below the column names; add them."
QUOTE = "a quotation mark is out of place or never closed; check the quotes."
RAGGED = "cells under 2 column names; quote cells that hold the separator, or fill the row."


@pytest.mark.parametrize(("content", "sentence"), [
    ("", NO_NAMES), ("\n\n", NO_NAMES), (",,\n1,2,3\n", NO_NAMES),
    ("id,age\n", NO_ROWS), ("id,age\n,\n", NO_ROWS),
    ("id,age,age\n1,2,3\n", "a.csv, row 1: column 'age' stands twice; keep one."),
    ("id,age\n\n1,61,5\n", f"a.csv, row 3: 3 {RAGGED}"),
    ("id,age\n1\n", f"a.csv, row 2: 1 {RAGGED}"),
    ("id,\n1,2\n", "a.csv, row 1: column 2 has no name, but cells below are filled; name it."),
    ('id,age\n1,2\n"2,3\n4,5\n', f"a.csv, row 3: {QUOTE}"),
    ('id,age\n"1"x,2\n', f"a.csv, row 2: {QUOTE}"),
    ("id,name\n1,Zoe\n2,Zo\xeb\n".encode("latin-1"),
     "a.csv, row 3: not UTF-8 text; save it as CSV UTF-8."),
    ("id,age\n1,2\n".encode("utf-16"), "a.csv, row 1: not UTF-8 text; save it as CSV UTF-8."),
    ("sep=;\nid;age\n1;2\n",
     "a.csv, row 1: a 'sep=' line stands above the names; delete it."),
    ("My patients,,,,\nid,age,sex,mt,ei\n1,2,3,4,5\n",
     "a.csv, row 1: 4 columns have no name; the first row must hold the names, so delete a title "
     "above them."),
])
def test_a_file_that_cannot_be_read_is_told_why(tmp_path, refusal, content, sentence):
    assert refusal(delimited.read_sheet, save(tmp_path, content)) == (sentence,)


def test_a_decimal_comma_beside_an_empty_last_cell_is_refused_not_shifted(refusal):
    # 61,5 fills two cells; taking the blank fourth for surplus would shift 5 into the next column
    (sentence,) = refusal(delimited.split, "id,age,sex\n1,61,5,\n", "a.csv")
    assert "row 2: 4 cells under 3" in sentence


def read(text):
    sheet = delimited.split(text, "a.csv")
    return sheet.header, sheet.body


@pytest.mark.parametrize(("text", "header"), [
    ("id;note (who, where, when)\n1;2,5\n2;3,5\n", ["id", "note (who, where, when)"]),
    ("id;mg, daily;kg, dry\n1;2,5;3,5\n", ["id", "mg, daily", "kg, dry"]),
    ('"id\n";age\n1;61\n', ["id", "age"]),
    ('"id, of\nthe, study"\tage\n1\t61\n', ["id, of the, study", "age"]),
    ('id,"a;b;c;d"\n1,61\n', ["id", "a;b;c;d"]),
    ("id,a;b;c;d\n1,61\n", ["id", "a;b;c;d"]),
], ids=["commas", "as many commas", "line break", "both", "quoted semicolons", "semicolons"])
def test_the_separator_is_the_sign_by_which_rows_fit_the_headings(text, header):
    assert read(text)[0] == header


def test_separators_at_the_end_of_rows_are_no_cells():
    assert read("id;age\n1;61;;\n2;;;\n") == (["id", "age"], [["1", "61"], ["2", ""]])


def test_in_a_comma_file_they_are_no_cells_where_points_are_decimal_signs():
    assert read("id,age\n1,61.5,\n2,70,,\n")[1] == [["1", "61.5"], ["2", "70"]]


def test_a_cell_behind_the_last_heading_is_refused(refusal):
    (sentence,) = refusal(delimited.split, "id;age\n1;61;;x\n", "a.csv")
    assert "row 2: 4 cells under 2" in sentence


def test_a_title_with_commas_above_a_semicolon_file_is_told_from_its_headings(refusal):
    first, *_ = refusal(delimited.split, "Ward, beds, 2020\nid;age\n1;61\n2;7\n", "a.csv")
    assert first.startswith("a.csv, row 2: 2 cells under 1 column names")


def test_the_separator_of_a_long_file_is_found_in_its_beginning(monkeypatch):
    monkeypatch.setattr(delimited, "_SAMPLE", 30)
    assert read('id;a, b\n1;2,5\n2;"x\ny;z"\n')[1] == [["1", "2,5"], ["2", "x y;z"]]


def test_many_ragged_rows_are_counted(refusal):
    sentences = refusal(delimited.split, "id,age\n" + "1,2,3\n" * 10, "a.csv")
    assert sentences[-1] == "a.csv: 7 more rows of the wrong length."


def test_a_spreadsheet_file_is_told_to_be_saved_as_text(tmp_path, refusal):
    (sentence,) = refusal(delimited.read_sheet, save(tmp_path, b"PK", "a.xlsx"))
    assert sentence == (
        "a.xlsx: only .csv, .tsv, .txt files are read; save the sheet as CSV (UTF-8)."
    )


def test_a_folder_in_place_of_a_file_is_refused(tmp_path, refusal):
    (tmp_path / "a.csv").mkdir()
    (sentence,) = refusal(delimited.read_sheet, tmp_path / "a.csv")
    assert sentence == "a.csv: a folder, not a file; name a file."


def test_a_file_that_is_not_there_is_refused_without_its_folder(tmp_path, refusal):
    (sentence,) = refusal(delimited.read_sheet, tmp_path / "b.csv")
    assert sentence == "b.csv: no such file; check the path."


def test_what_cannot_be_seen_is_written_out_in_headings_and_cells():
    sheet = delimited.split("id,a\u202eb\n1,\x1b[31m\n", "a.csv")
    assert (sheet.header[1], sheet.body[0][1]) == ("a\\u202eb", "\\x1b[31m")


def test_a_very_long_cell_is_named_by_its_row(refusal):
    assert refusal(delimited.split, f"id,age\n1,2\n2,{'9' * 131_073}\n", "a.csv") == (
        "a.csv, row 3: a cell of more than 131,072 characters; shorten it, or close its quotation "
        "mark.",
    )


@pytest.mark.parametrize("limit", ["_MOST_CELLS", "_MOST_ROWS"])
def test_a_sheet_with_too_many_cells_or_rows_is_not_read_on(monkeypatch, refusal, limit):
    monkeypatch.setattr(delimited, limit, 4)
    (sentence,) = refusal(delimited.split, "a\n" * 5 + '"never closed', "a.csv")
    assert sentence.startswith("a.csv, row 5: more than ")


def test_a_file_larger_than_is_read_is_refused(tmp_path, refusal):
    (sentence,) = refusal(delimited.read_sheet, save(tmp_path, TABLE), 10)
    assert sentence.startswith("a.csv: larger than ")
