"""What is in a cohort: gaps, shifts between scanners, the page of intake."""

from __future__ import annotations

import pytest
from small_cohort import HEADER, built

from compendium.data import cohort, intake, overview


def test_missing_values_are_counted_for_what_the_analysis_uses(small_book):
    gaps = overview.missingness(built(small_book, "A,20,23,60,,4,", n=20)).set_index("label")
    assert gaps["n_missing"].to_dict() == {
        "Thickness": 0, "Echo intensity": 0, "Sex": 1, "Strength": 0, "Function": 1,
    }
    assert gaps.loc["Sex", "share"] == 0.05


def test_a_device_with_a_gain_offset_stands_out(read_book):
    book = read_book(machine="machine,Machine,device,,category,,,A|B,,,,,,,,,")
    rows = [
        f"{i:02d},{20 + i % 5},22,{ei},female,4,40,{machine}"
        for i, (ei, machine) in enumerate([(59, "A"), (61, "A"), (79, "B"), (81, "B")] * 6)
    ]
    table = intake.parse("\n".join([HEADER + ",machine", *rows]), book, "a.csv")
    found = cohort.from_table(table, book)
    shifts = overview.device_shifts(found).query("feature == 'ei_au'").set_index("level")
    # mean 70, SD √(101 · 24/23) = 10.2660, so 10 au either way are ±0.97409
    assert shifts["mean_z"].to_dict() == pytest.approx({"A": -0.97409, "B": 0.97409}, abs=1e-5)


MACHINES = "machine,Machine,device,,category,,,A|B|C,,,,,,,,,"


def shifts_of(book, machines, gaps=()):
    """Shifts of patients scanned by these machines, with gaps of echo intensity."""
    rows = [f"{i:02d},{20 + i % 5},22,{'' if i in gaps else 60 + i % 7},female,4,40,{machine}"
            for i, machine in enumerate(machines)]
    table = intake.parse("\n".join([HEADER + ",machine", *rows]), book, "a.csv")
    found = cohort.from_table(table, book, 0.5)
    return overview.device_shifts(found), found.data


def test_a_scanner_of_two_is_counted_with_the_next_larger(read_book):
    shifts, data = shifts_of(read_book(machine=MACHINES), "A" * 12 + "B" * 10 + "C" * 2)
    assert shifts["level"].unique().tolist() == ["A", "B or C"]
    assert dict(zip(shifts["level"], shifts["n"], strict=True)) == {"A": 12, "B or C": 12}
    z = (data["ei_au"] - data["ei_au"].mean()) / data["ei_au"].std()
    ours = shifts.query("feature == 'ei_au' and level == 'B or C'").iloc[0]
    half = 1.959963984540054 * z.iloc[12:].std() / 12**0.5
    assert ours["mean_z"] == pytest.approx(z.iloc[12:].mean())
    assert [ours["low"], ours["high"]] == pytest.approx([ours["mean_z"] - half,
                                                         ours["mean_z"] + half])


@pytest.mark.parametrize("others", ["", "C"])
def test_of_two_scanners_neither_is_compared_where_one_has_few(read_book, others):
    shifts, _ = shifts_of(read_book(machine=MACHINES), "A" * 20 + "B" * (4 - len(others)) + others)
    assert shifts.empty and {"level", "mean_z", "n"} <= set(shifts)


def test_a_scanner_of_five_is_compared(read_book):
    shifts, _ = shifts_of(read_book(machine=MACHINES), "A" * 19 + "C" * 5)
    assert set(zip(shifts["level"], shifts["n"], strict=True)) == {("A", 19), ("C", 5)}


@pytest.mark.parametrize(("n", "kept"), [(5, {"ei_au", "mt_mm"}), (4, {"mt_mm"}),
                                         (0, {"mt_mm"})])
def test_a_feature_that_few_have_in_one_scanner_is_compared_in_none(read_book, n, kept):
    gaps = range(10 - n)
    shifts, _ = shifts_of(read_book(machine=MACHINES), "B" * 10 + "A" * 20, gaps)
    assert set(shifts["feature"]) == kept and set(shifts["level"]) == {"A", "B"}


def test_the_page_of_intake_names_no_patient(shipped):
    page = overview.describe(shipped)
    assert page.startswith("SYNTHETIC")
    assert not any(identifier in page for identifier in shipped.data.index)


def test_a_register_without_ultrasound_loads_by_its_own_codebook(shape_alike):
    found = cohort.load(str(shape_alike.cohort), str(shape_alike.codebook))
    gaps = overview.missingness(found).set_index("label")["share"]
    assert (len(found.data), len(found.codebook.features), found.synthetic) == (120, 9, False)
    assert 0.35 < gaps["Sex"] < 0.65 and gaps["Slow VC"] > 0.8


def test_a_range_open_at_one_end_is_put_in_words(read_book):
    book = read_book(ei_au="ei_au,EI,feature,,number,au,high,,,,,70,,,,,")
    assert "      13 outside the usual at most 70 au: ei_au" in overview.describe(built(book))


def test_what_looks_wrong_stands_on_the_page_with_its_rows(read_book):
    book = read_book(ei_au="ei_au,EI,feature,,number,,high,,,,,,,,,,")
    page = overview.describe(built(book, "A,20,23,-999,male,4,40"))
    assert "  looks wrong: ei_au: -999 stands in row 2, apart from all other values" in page


def test_variables_without_a_usual_range_are_counted(read_book, small_book):
    # thickness has one; echo intensity and points have none; grades have levels
    assert overview.without_range(small_book) == (2, 3)
    derived = "total,Total,descriptor,,number,,,,,,,,,sum(points|ei_au),,,"
    assert overview.without_range(read_book(total=derived)) == (2, 3)


def test_every_column_stands_on_the_page(small_book):
    page = overview.describe(built(small_book))
    assert page.startswith("column    n  missing") and "\nsex      24" in page
