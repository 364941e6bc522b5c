"""What looks wrong and is no certain fault: seen where it is, and not where it isn't."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from small_cohort import built

from compendium.data import codebook, cohort, intake, synthetic
from compendium.data.doubts import doubts

BARE = dict.fromkeys(("hard_min", "hard_max", "soft_min", "soft_max"))
RNG = np.random.default_rng(5)
NORMAL = RNG.normal(20, 3, 60).round(1)


@pytest.fixture
def bare(small_book):
    """A column of numbers without any limits."""
    return dataclasses.replace(small_book["ei_au"], **BARE, unit="", label="X", block="", name="x")


def doubted(values, column) -> list[tuple[str, str]]:
    """Cause and sentence of all doubts about a column; its rows are 2, 3, …"""
    frame = pd.DataFrame({"x": np.asarray(values, float)})
    found = doubts(frame, {"x": column}, pd.Series(np.arange(2, 2 + len(frame))))
    return [(d.cause, d.seen) for d in found]


def with_first(*cells: float) -> np.ndarray:
    """Sixty ordinary values, the first of them replaced."""
    return np.r_[cells, NORMAL[len(cells):]]


@pytest.mark.parametrize("code", [-9, -99, -999, -9999, 99, 999, 9999])
def test_a_code_for_missing_values_is_doubted(bare, code):
    assert doubted(with_first(code, code), bare) == [(
        "a code for missing values",
        f"{code} stands in rows 2, 3, apart from all other values: a code for missing values? "
        "Empty these cells.",
    )]


def test_a_code_near_the_others_is_doubted_where_it_stands_often(bare):
    values = np.r_[[99.0] * 12, np.arange(20.0, 98.0)]
    assert [cause for cause, _ in doubted(values, bare)] == ["a code for missing values"]


@pytest.mark.parametrize("values", [
    np.r_[99, np.arange(20.0, 98.0)], np.r_[99, 99, 99, np.arange(20.0, 160.0)],
    np.r_[-9, np.arange(-30.0, 30.0)], [99.0, 99.0, 20.0],
], ids=["once at the end", "in the middle", "among negatives", "few values"])
def test_a_code_that_may_be_a_value_is_a_value(bare, values):
    assert doubted(values, bare) == []


@pytest.mark.parametrize(("factor", "units"), [
    (10, "10 times apart (mm and cm?)"), (100, "100 times apart (cm and m?)"),
    (1000, "1,000 times apart (1.201 for 1,201? g and kg?)"),
])
def test_two_units_in_one_column_are_doubted(bare, factor, units):
    ((cause, seen),) = doubted(np.r_[NORMAL[:20] / factor, NORMAL[20:]], bare)
    assert cause == "two units in one column"
    assert f"stand in one column, {units}; the fewer in rows 2, 3, 4, 5, 6 and 15 more." in seen


def test_the_larger_unit_is_named_where_it_is_the_rarer(bare):
    ((_, seen),) = doubted(with_first(1500, 1700), bare)
    assert "100 times apart (cm and m?); the fewer in rows 2, 3." in seen


def test_sides_in_different_units_are_doubted(small_book):
    column = dataclasses.replace(small_book["mt_mm"], **BARE)
    frame = pd.DataFrame({"mt_mm_l": NORMAL, "mt_mm_r": NORMAL / 10 + 0.01})
    columns = dict.fromkeys(frame, column)
    (found,) = doubts(frame, columns, pd.Series(np.arange(60)))
    assert (found.column, found.cause) == ("mt_mm", "left and right in different units")
    assert "10 times apart (mm and cm?)" in found.seen


def test_grey_values_above_255_are_doubted(bare):
    grey = dataclasses.replace(bare, unit="au")
    values = np.r_[3 * [15_000.0], RNG.normal(80, 10, 57).round(0)]
    ((cause, seen),) = doubted(values, grey)
    assert cause == "16-bit grey values"
    assert seen.startswith("3 of 60 grey values are above 255, in rows 2, 3, 4: from 16-bit")
    assert [cause for cause, _ in doubted(values[:3].repeat(20), grey)] == [cause]


def test_grey_values_that_the_codebook_allows_are_not_doubted(bare):
    grey = dataclasses.replace(bare, unit="au", hard_max=65_535.0)
    assert doubted(RNG.normal(20_000, 3_000, 60), grey) == []


def test_one_far_off_value_is_doubted_where_there_are_no_limits(bare):
    median = np.median(with_first(190.5))
    assert doubted(with_first(190.5), bare) == [(
        "a far-off value",
        f"190.5 in row 2 lies far from all others (median {median:g}): a slip of the pen? Compare "
        "the record.",
    )]
    assert doubted(with_first(190.5), dataclasses.replace(bare, soft_max=200.0)) == []


def rows(*more: pd.Series) -> pd.DataFrame:
    """Sixty patients with four measures each, and more."""
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(rng.normal(20, 3, (60, 4)).round(1), columns=list("abcd"))
    return pd.concat([frame, *(frame.iloc[[i]] for i in more)], ignore_index=True)


def test_patients_alike_in_every_column_are_doubted():
    frame = rows(0, 7)
    (found,) = doubts(frame, {}, pd.Series(np.arange(2, 64)))
    assert (found.column, found.cause) == ("", "patients entered twice")
    assert found.seen == (
        "4 rows are alike in all columns but the identifier, in rows 2, 9, 62, 63: 2 entered again "
        "under another identifier? Keep one row a patient."
    )


def test_patients_alike_in_coarse_grades_are_no_matter_of_doubt():
    grades = pd.DataFrame(np.random.default_rng(2).integers(3, 5, (80, 4)), columns=list("abcd"))
    assert grades.duplicated().any() and doubts(grades, {}, pd.Series(range(80))) == ()


@pytest.mark.parametrize(("last", "causes"), [
    ("Durchschnittswerte", ["a last row that is no patient"]), ("P99", []),
])
def test_a_last_row_without_a_number_in_its_identifier_is_doubted(last, causes):
    where = pd.Series(np.arange(2, 12), index=[last, *(f"P{i}" for i in range(9))])
    where.iloc[0] = 12
    found = doubts(pd.DataFrame({"x": NORMAL[:10]}, where.index), {}, where)
    assert [d.cause for d in found] == causes


def test_words_as_identifiers_are_no_matter_of_doubt():
    where = pd.Series(np.arange(10), index=list("abcdefghij"))
    assert doubts(pd.DataFrame({"x": NORMAL[:10]}, where.index), {}, where) == ()


def test_a_doubt_changes_no_value_and_stops_nothing(read_book):
    book = read_book(ei_au="ei_au,EI,feature,,number,,high,,,,,,,,,,")
    found = built(book, "A,20,23,-999,male,4,40")
    assert found.data.loc["A", "ei_au"] == -999
    assert [(d.column, d.cause) for d in found.doubts] == [("ei_au", "a code for missing values")]


SKEWED = {
    "normal": lambda rng, n: rng.normal(50, 10, n).round(1),
    "skewed": lambda rng, n: np.exp(rng.normal(3, 0.8, n)).round(1),
    "months": lambda rng, n: rng.gamma(3, 8, n).round(1),
    "counts": lambda rng, n: rng.poisson(2, n),
    "shares": lambda rng, n: (100 * rng.beta(3, 1, n)).round(),
    "slopes": lambda rng, n: rng.normal(-0.5, 0.4, n).round(3),
    "two groups": lambda rng, n: rng.normal(np.where(rng.random(n) < 0.4, 20, 40), 3).round(1),
    "grades": lambda rng, n: rng.integers(0, 17, n) / 4,
}


@pytest.mark.parametrize("kind", SKEWED)
def test_a_good_column_is_hardly_ever_doubted(bare, kind):
    rng = np.random.default_rng(11)
    drawn = [doubted(SKEWED[kind](rng, n), bare) for n in (20, 60, 150, 450) * 25]
    assert sum(map(bool, drawn)) <= 1


def test_the_shipped_patients_give_no_doubt(shipped):
    assert shipped.doubts == ()


def test_a_register_gives_no_doubt(shape_alike):
    assert cohort.load(str(shape_alike.cohort), str(shape_alike.codebook)).doubts == ()


@pytest.mark.parametrize("seed", range(20))
def test_a_simulated_cohort_gives_no_doubt(seed):
    book = codebook.read_codebook(cohort.SHIPPED_CODEBOOK)
    scenario = list(synthetic.SCENARIOS)[seed % len(synthetic.SCENARIOS)]
    text = synthetic.simulate(scenario, seed, 150).table.to_csv(index=False)
    assert intake.parse(text, book, "a.csv").doubts == ()
