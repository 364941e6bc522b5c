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
