"""ρ of validators with severity, and its resamples: direction, gaps, seeds, order of rows."""

import numpy as np
import pandas as pd
import pytest
from r_data import CYL, MPG, WT

from compendium.data.columns import Column
from compendium.validation import following
from compendium.validation.following import aligned, follow, obstacle


def column(name, worse="low", block="b"):
    return Column(name, name.upper(), "validator", block, "number", "", worse, (), *[None] * 4)


@pytest.fixture
def cars():
    index = [f"car {i:02d}" for i in range(32)]
    return pd.DataFrame({"wt": WT, "cyl": CYL}, index=index, dtype=float)


@pytest.fixture
def mileage(cars):
    return pd.Series(MPG, index=cars.index)


def test_rho_is_turned_so_that_worse_goes_with_worse(cars, mileage):
    # R: cor.test(mtcars$mpg, mtcars$wt, method = "spearman", exact = FALSE) gives -0.886422033
    turned = [follow(cars, mileage, (column("wt", worse),), 5, 0) for worse in ("low", "high")]
    assert [found.rho[0] for found in turned] == pytest.approx([0.886422033, -0.886422033])
    np.testing.assert_array_equal(turned[0].draws, -turned[1].draws)


def test_a_validator_without_a_direction_keeps_its_sign(cars, mileage):
    found = follow(cars, mileage, (column("wt", "none"), column("wt")), 5, 0)
    assert found.rho[0] == pytest.approx(-0.886422033)
    assert found.directed.tolist() == [False, True]


def test_a_resample_is_drawn_by_its_own_key_in_the_order_of_severity(cars, mileage):
    key = np.random.SeedSequence(7, spawn_key=(24, 3))
    drawn = np.random.default_rng(key).integers(32, size=32)
    patients = cars.assign(s=mileage).sort_values("s", kind="stable").iloc[drawn]
    found = follow(cars, mileage, (column("cyl"),), 5, random_state=7)
    expected = -patients["s"].corr(patients["cyl"], method="spearman")
    assert found.draws[3, 0] == pytest.approx(expected)


def test_more_resamples_keep_the_earlier_ones(cars, mileage):
    few, many = (follow(cars, mileage, (column("wt"),), n, 0).draws for n in (4, 9))
    np.testing.assert_array_equal(few, many[:4])


def test_resampling_in_parts_gives_the_same_numbers(cars, mileage, monkeypatch):
    whole = follow(cars, mileage, (column("wt"),), 9, 0).draws
    monkeypatch.setattr(following, "_TOGETHER", 64)
    np.testing.assert_array_equal(follow(cars, mileage, (column("wt"),), 9, 0).draws, whole)


def test_neither_the_order_of_rows_nor_other_validators_move_a_draw(cars, mileage):
    alone = follow(cars, mileage, (column("wt"),), 9, 0)
    shuffled = cars.sample(frac=1, random_state=1)
    both = follow(shuffled, mileage, (column("cyl"), column("wt")), 9, 0)
    np.testing.assert_allclose(both.draws[:, 1], alone.draws[:, 0], atol=1e-14)


def test_the_same_patients_are_drawn_for_every_validator(cars, mileage):
    cars["twice"] = 2 * cars["wt"]
    found = follow(cars, mileage, (column("wt"), column("twice")), 9, 0)
    np.testing.assert_array_equal(found.draws[:, 0], found.draws[:, 1])


def test_patients_without_a_value_are_left_out_and_counted(cars, mileage):
    cars.iloc[:4, 0] = np.nan
    found = follow(cars, mileage, (column("wt"), column("cyl")), 5, 0)
    assert found.n.tolist() == [28, 32]
    assert found.rho[0] == pytest.approx(-mileage[4:].corr(cars["wt"][4:], method="spearman"))


def test_patients_without_severity_are_left_out(cars, mileage):
    mileage.iloc[:4] = np.nan
    assert follow(cars, mileage, (column("wt"),), 5, 0).n.tolist() == [28]


@pytest.mark.filterwarnings("error")
def test_a_column_that_cannot_be_followed_has_a_sentence_and_no_number(cars, mileage):
    cars = cars.assign(none=np.nan, same=3.0)
    found = follow(cars, mileage, (column("none"), column("same")), 5, 0)
    assert np.isnan(found.rho).all() and np.isnan(found.draws).all()
    assert found.notes == (
        "Not computed: 0 patients have both values, 10 are needed.",
        "Not computed: all patients have the same SAME.",
    )


@pytest.mark.filterwarnings("error")
def test_no_severity_at_all_is_no_error(cars, mileage):
    found = follow(cars, mileage * np.nan, (column("wt"),), 5, 0)
    assert found.n.tolist() == [0] and "0 patients" in found.notes[0]


def test_blocks_keep_the_order_in_which_they_first_appear(cars, mileage):
    validators = (column("wt", block="z"), column("cyl", block="a"), column("cyl", block="z"))
    assert follow(cars, mileage, validators, 2, 0).blocks() == {"z": [0, 2], "a": [1]}


def test_an_array_is_taken_in_the_order_of_the_patients(cars, mileage):
    a = follow(cars, mileage.to_numpy(), (column("wt"),), 5, 0)
    np.testing.assert_array_equal(a.draws, follow(cars, mileage, (column("wt"),), 5, 0).draws)


def test_tables_of_other_patients_are_refused(cars):
    with pytest.raises(ValueError, match="no patient in common"):
        aligned(pd.Series(MPG), cars)
    with pytest.raises(ValueError, match="5 values for 32 patients"):
        aligned(np.arange(5.0), cars)


def test_obstacles_name_what_is_constant():
    both = obstacle(np.ones(12), np.ones(12), ("A", "B"))
    assert both == "Not computed: all patients have the same A and B."
    assert obstacle(np.arange(12.0), np.arange(12.0), ("A", "B")) == ""
