"""Cohort files: what is taken as it stands, and what is refused, with row, column and remedy."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from compendium.data import intake
from compendium.problems import InputRefused

GOOD = "id,mt_mm_l,mt_mm_r,ei_au,sex,grade,points\n007,20.5,21,60,male,4,40\nNA,18,,70,female,,\n"


def parsed(text: str, book) -> intake.Table:
    return intake.parse(text, book, "a.csv")


def changed(column: str, *cells: str, delimiter: str = ",") -> str:
    """A file whose rows 2, 3, … hold the cells in one column and are right otherwise."""
    header = GOOD.split("\n", 1)[0].split(",")
    right = dict(zip(header, ("", "20", "21", "60", "male", "4", "40"), strict=True))
    rows = [
        [cell if h == column else right[h] or f"P{i}" for h in header]
        for i, cell in enumerate(cells)
    ]
    return "\n".join(delimiter.join(row) for row in [header, *rows]) + "\n"


def with_column(heading: str, *cells: str) -> str:
    """The good file with one more column."""
    lines = zip(GOOD.split(), (heading, *cells), strict=True)
    return "".join(f"{line},{cell}\n" for line, cell in lines)


def test_identifiers_stay_as_they_are_written(small_book):
    assert list(parsed(GOOD, small_book).frame.index) == ["007", "NA"]


def test_cells_become_what_the_codebook_says(small_book):
    row = parsed(GOOD, small_book).frame.loc["007"]
    assert row.tolist() == [20.5, 21.0, 60.0, "male", 4.0, 40.0]


def test_categories_keep_the_levels_of_the_codebook_in_order(small_book):
    assert list(parsed(GOOD, small_book).frame["sex"].cat.categories) == ["male", "female"]


@pytest.mark.parametrize("cell", ["", "NA", "n/a", "NaN", ".", " "])
def test_these_cells_count_as_missing(small_book, cell):
    assert parsed(changed("ei_au", cell), small_book).frame["ei_au"].isna().all()


def test_initials_na_stay_initials(read_book):
    book = read_book(who="who,Initials,descriptor,,text,,,,,,,,,,,,")
    assert parsed(with_column("who", "NA", ""), book).frame["who"].isna().tolist() == [False, True]


def test_a_date_is_read_in_one_order_only(read_book, refusal):
    book = read_book(seen="seen,Seen,descriptor,,date,,,,,,,,,,,,")
    assert refusal(parsed, with_column("seen", "2024-03-01", "03/01/2024"), book) == (
        "a.csv, column seen, row 3: not a date; write YYYY-MM-DD.",
    )


@pytest.mark.parametrize(
    ("cell", "value"), [("1e2", 100), ("+5", 5), (".5", 0.5), ("5.", 5), ("05", 5), ("2.5E1", 25)]
)
def test_a_number_may_be_spelt_so(small_book, cell, value):
    assert parsed(changed("ei_au", cell), small_book).frame["ei_au"].tolist() == [value]


@pytest.mark.parametrize(
    "cell",
    ["thick", "<5", "1_0", "12.5.1", "inf", "-inf", "4+", "=A1", "#N/A", "0x10", "True"],
)
def test_text_where_a_number_should_be_is_refused(small_book, refusal, cell):
    assert refusal(parsed, changed("ei_au", cell), small_book) == (
        f"a.csv, column ei_au, row 2: '{cell}' is not a number; write one, or leave it empty.",
    )


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("ei_au", "256", "256 is impossible; allowed is 0 to 255 au."),
        ("ei_au", "255.0000001", "255.0000001 is impossible; allowed is 0 to 255 au."),
        ("ei_au", "-1", "-1 is impossible; allowed is 0 to 255 au."),
        ("ei_au", "1e999", "inf is impossible; allowed is 0 to 255 au."),
        ("mt_mm_r", "0.9", "0.9 is impossible; allowed is 1 to 60 mm."),
        ("points", "12.5", "12.5 is not whole; correct it, or change the type."),
        ("grade", "4.5",
         "4.5 is not one of 0, 1, 2, 3, 4, 5; correct it, or add the level to the codebook."),
        ("sex", "m",
         "'m' is not one of male, female; correct it, or add the level to the codebook."),
    ],
)
def test_an_impossible_value_is_refused_with_its_place(small_book, refusal, column, cell, sentence):
    assert refusal(parsed, changed(column, "", cell), small_book) == (
        f"a.csv, column {column}, row 3: {sentence}",
    )


@pytest.mark.parametrize(("limits", "allowed"), [
    (",,", "any finite number"), ("0,,", "at least 0"), (",9,", "at most 9"),
])
def test_infinity_is_refused_whatever_the_limits(read_book, refusal, limits, allowed):
    book = read_book(ei_au=f"ei_au,EI,feature,,number,au,high,,{limits},,,,,,")
    assert refusal(parsed, changed("ei_au", "1e999"), book) == (
        f"a.csv, column ei_au, row 2: inf is impossible; allowed is {allowed} au.",
    )


def test_a_value_on_a_limit_is_possible(small_book):
    assert parsed(changed("ei_au", "0", "255"), small_book).frame["ei_au"].tolist() == [0, 255]


def test_a_level_in_another_case_is_the_level(small_book):
    assert parsed(changed("sex", "MALE", "Female"), small_book).frame["sex"].tolist() == [
        "male", "female",
    ]


def test_a_long_cell_is_cut_and_stays_on_one_line_with_what_is_hidden_written_out(
    small_book, refusal
):
    (sentence,) = refusal(parsed, changed("sex", '"a\nb\x1b[31m' + "c" * 99 + '"'), small_book)
    assert "'a b\\x1b[31mcccccccc…'" in sentence


def test_a_decimal_comma_is_read_where_the_comma_separates_nothing(small_book):
    table = parsed(changed("ei_au", "60,5", delimiter=";"), small_book)
    assert table.frame["ei_au"].tolist() == [60.5]


def test_a_quoted_decimal_comma_in_a_comma_file_is_refused(small_book, refusal):
    (sentence,) = refusal(parsed, changed("ei_au", '"60,5"'), small_book)
    assert "'60,5' is not a number" in sentence


def test_commas_beside_points_are_refused_because_nobody_can_tell(small_book, refusal):
    text = changed("ei_au", "1,234", "56.7", delimiter=";")
    assert refusal(parsed, text, small_book) == (
        "a.csv, column ei_au: decimal commas and decimal points are mixed; use one of them.",
    )


def test_a_point_before_three_digits_is_refused_where_other_columns_have_decimal_commas(
    read_book, refusal
):
    book = read_book(emg="emg,EMG,descriptor,,number,µV,,,,,,,,,,,")
    text = changed("ei_au", "60,5", "61", "62", delimiter=";").splitlines()
    cells = ["emg", "1.201", "912", "4.280"]
    text = "\n".join(f"{line};{cell}" for line, cell in zip(text, cells, strict=True))
    assert refusal(parsed, text, book) == tuple(
        f"a.csv, column emg, row {row}: '{cell}' may be a thousand, since other columns show that "
        f"the comma is this file's decimal sign; write {meant}."
        for row, cell, meant in ((2, "1.201", "1201 or 1,201"), (4, "4.280", "4280 or 4,280"))
    )


@pytest.mark.parametrize(("cell", "level", "sign"), [
    ("m\u0430le", "male", "U+0430 CYRILLIC SMALL LETTER A"),
    ("male\u200b", "male", "U+200B ZERO WIDTH SPACE"),
    ("fe male", "female", "blanks"),
])
def test_what_only_looks_like_a_level_is_refused_with_the_sign_it_differs_by(
    small_book, refusal, cell, level, sign
):
    (sentence,) = refusal(parsed, changed("sex", cell), small_book)
    assert sentence.endswith(f"looks like the level '{level}' and differs by {sign}; type it anew.")


def test_a_doubled_identifier_names_both_rows_and_no_identifier(small_book, refusal):
    text = changed("id", "Zoe", "P2", "Zoe ")
    assert refusal(parsed, text, small_book) == (
        "a.csv, column id, row 4: the identifier of row 2 again; keep one row a patient.",
    )


def test_a_patient_without_identifier_is_refused(small_book, refusal):
    text = GOOD.replace("007,", ",")
    assert refusal(parsed, text, small_book) == (
        "a.csv, column id, row 2: no identifier; give each patient one.",
    )


def test_many_findings_in_a_column_are_counted(small_book, refusal):
    sentences = refusal(parsed, changed("ei_au", *["x"] * 10), small_book)
    assert len(sentences) == 4
    assert sentences[-1] == "a.csv, column ei_au: 7 more rows with the same problem."


def test_findings_in_several_columns_are_said_together(small_book, refusal):
    text = GOOD.replace("60,male", "999,boy")
    assert [s.split(",")[1] for s in refusal(parsed, text, small_book)] == [
        " column ei_au", " column sex",
    ]


def test_a_missing_column_is_answered_with_the_nearest_unused_heading(small_book, refusal):
    text = GOOD.replace("ei_au", "EI_AU").replace("sex", "gender")
    assert refusal(parsed, text, small_book) == (
        "a.csv: column ei_au is missing; 'EI_AU' differs by case, so rename it.",
        "a.csv: column sex is missing; add it, or delete its row of the codebook.",
    )


@pytest.mark.parametrize(("heading", "sign"), [
    ("ei_\u0430u", "U+0430 CYRILLIC SMALL LETTER A"), ("ei_au\u200b", "U+200B ZERO WIDTH SPACE"),
    ("Ei_au", "case"),
])
def test_a_heading_that_only_looks_like_a_column_is_told_by_what_it_differs(
    small_book, refusal, heading, sign
):
    (sentence,) = refusal(parsed, GOOD.replace("ei_au", heading), small_book)
    assert sentence.startswith("a.csv: column ei_au is missing; ")
    assert sentence.endswith(f" differs by {sign}, so rename it.")


def test_decimals_of_three_digits_in_a_file_without_a_decimal_sign_are_doubted(read_book):
    book = read_book(ei_au="ei_au,EI,feature,,number,µV,high,,,,,,,,,,")
    table = parsed(changed("ei_au", "4.280", "3.073", delimiter=";"), book)
    assert table.frame["ei_au"].tolist() == [4.28, 3.073]
    assert [(d.column, d.cause) for d in table.doubts] == [("ei_au", "thousands read as decimals")]


def test_a_heading_the_codebook_uses_is_never_offered_for_another(small_book, refusal):
    # mt_mm_r is the nearest word to mt_mm_l, but it has its own place
    text = "id,ei_au,sex,grade,point\n1,60,male,4,40\n"
    assert refusal(parsed, text, small_book) == (
        "a.csv: column mt_mm_l or mt_mm_r is missing; add it, or delete its row of the codebook.",
        "a.csv: column points is missing; did you mean 'point'?",
    )


def test_a_column_without_its_sides_is_told_what_the_codebook_expects(small_book, refusal):
    text = "id,mt_mm,ei_au,sex,grade,points\n1,20,60,male,4,40\n"
    assert refusal(parsed, text, small_book) == (
        "a.csv: column mt_mm has no sides here, but the codebook expects mt_mm_l and mt_mm_r; "
        "split it, or empty its sides cell.",
    )


@pytest.mark.parametrize(
    ("heading", "hint"),
    [("mt_mmr", "did you mean 'mt_mmr'?"), ("remark", "add it; its cells may be empty.")],
)
def test_a_side_that_is_not_there_is_missed(small_book, refusal, heading, hint):
    text = f"id,mt_mm_l,{heading},ei_au,sex,grade,points\n1,20,21,60,male,4,40\n"
    assert refusal(parsed, text, small_book) == (
        f"a.csv: column mt_mm_r is missing, and mt_mm_l has sides; {hint}",
    )


def test_a_column_in_another_unit_is_recognised(small_book, refusal):
    cells = "".join(f"{i},0.2,0.2,60,male,4,40\n" for i in range(5))
    text = "id,mt_mm_l,mt_mm_r,ei_au,sex,grade,points\n" + cells
    assert "most of the column is, so check its unit." in refusal(parsed, text, small_book)[0]


def test_patients_are_sorted_by_identifier_and_keep_their_row(small_book):
    table = parsed(changed("id", "b", "a"), small_book)
    assert table.rows.to_dict() == {"a": 3, "b": 2}


def test_the_order_of_rows_and_columns_changes_nothing(small_book):
    lines = [line.split(",") for line in GOOD.split()]
    shuffled = "\n".join(",".join(line[::-1]) for line in [lines[0], *lines[:0:-1]])
    straight, other = parsed(GOOD, small_book).frame, parsed(shuffled, small_book).frame
    pd.testing.assert_frame_equal(straight, other)


def test_unusual_values_are_counted_and_kept(small_book):
    table = parsed(changed("mt_mm_l", "45", "7", "20"), small_book)
    assert table.flags[["column", "n_outside"]].to_numpy().tolist() == [["mt_mm_l", 2]]
    assert table.frame["mt_mm_l"].max() == 45


@pytest.mark.parametrize(("soft", "n_outside"), [("70,", 1), (",70", 2)])
def test_a_column_may_have_one_soft_limit_only(read_book, soft, n_outside):
    book = read_book(ei_au=f"ei_au,EI,feature,,number,au,high,,,,{soft},,,,,")
    (flag,) = parsed(changed("ei_au", "60", "75", "", "80"), book).flags.itertuples()
    assert (flag.column, flag.n_outside) == ("ei_au", n_outside)


def test_columns_the_codebook_does_not_name_are_listed(small_book):
    assert parsed(with_column("note", "a", "b"), small_book).ignored == ("note",)


def test_a_derived_column_in_the_file_is_recomputed_not_listed(read_book):
    book = read_book(x="x,X,descriptor,,number,,,,,,,,,sum(points|ei_au),,,")
    table = parsed(with_column("x", "wrong", ""), book)
    assert ("x" in table.frame, table.ignored) == (False, ())


@pytest.mark.parametrize(("cell", "simulated"), [("yes", True), ("YES", True), ("no", False)])
def test_a_file_says_itself_that_it_is_simulated(small_book, cell, simulated):
    table = parsed(with_column("synthetic", cell, ""), small_book)
    assert table.synthetic is simulated


def test_a_column_without_any_value_reads(small_book):
    frame = parsed(changed("sex", "", ""), small_book).frame
    assert frame["sex"].isna().all() and list(frame["sex"].cat.categories) == ["male", "female"]


def test_a_file_is_read_like_its_text(tmp_path, small_book):
    path = tmp_path / "a.csv"
    path.write_text("\ufeff" + GOOD.replace("\n", "\r\n"), "utf-8")
    from_file, from_text = intake.read_table(path, small_book), parsed(GOOD, small_book)
    pd.testing.assert_frame_equal(from_file.frame, from_text.frame)


def test_fifty_thousand_patients_are_read_within_seconds(small_book):
    rng = np.random.default_rng(1)
    lines = [f"{i},20.5,{x:.1f},60,male,4,40" for i, x in enumerate(rng.uniform(5, 50, 50_000))]
    text = "\n".join([GOOD.split()[0], *lines])
    start = time.perf_counter()
    assert len(parsed(text, small_book).frame) == 50_000
    assert time.perf_counter() - start < 20  # about one here; a quadratic step takes minutes


def test_a_level_with_a_hidden_sign_still_matches_its_cells(read_book):
    book = read_book(sex="sex,Sex,covariate,,category,,,m\u200bale|female,,,,,,,,,")
    table = parsed(changed("sex", "m\u200bale", "female"), book)
    assert table.frame["sex"].tolist() == ["m\\u200bale", "female"]


@pytest.mark.parametrize("heading", ["x{}", "same"])
def test_a_hundred_thousand_columns_are_judged_within_seconds(small_book, heading):
    more = "".join("," + heading.format(i) for i in range(100_000))
    text = "".join(f"{line}{more}\n" for line in GOOD.replace("ei_au", "EI").split())
    start = time.perf_counter()
    with pytest.raises(InputRefused, match="stands twice|did you mean|is missing"):
        parsed(text, small_book)
    assert time.perf_counter() - start < 15  # about one here; a quadratic step takes minutes
