"""ρ of validators with severity, and its resamples: direction, gaps, seeds, order of rows; and
Spearman's ρ itself against R and against scipy, resample by resample."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from r_data import CYL, MPG, WT
from scipy.stats import rankdata, spearmanr

from compendium.data.columns import Column
from compendium.data.found import Found
from compendium.validation import following
from compendium.validation.following import follow, midranks, obstacle, resampled, spearman

X = np.array([1.0, 2, 2, 3, 5, 4, 4, 4, 6, 7])
Y = np.array([3.0, 1, 1, 4, 4, 2, 6, 6, 5, 9])
COUNTS = np.random.default_rng(1).multinomial(10, np.full(10, 0.1), size=8)


def column(name, worse="low", block="b"):
    return Column(name, name.upper(), "validator", block, "number", "", worse, (), *[None] * 4)


@pytest.fixture
def cars():
    """Cars as patients, with miles per gallon in severity's place."""
    index = [f"car {i:02d}" for i in range(32)]
    data = pd.DataFrame({"wt": WT, "cyl": CYL}, index=index, dtype=float)
    half = np.arange(32) % 2
    return Found(data, half, ("Mild", "Severe"), pd.Series(MPG, index, dtype=float), None)


def test_rho_is_turned_so_that_worse_goes_with_worse(cars):
    # R: cor.test(mtcars$mpg, mtcars$wt, method = "spearman", exact = FALSE) gives -0.886422033
    turned = [follow(cars, (column("wt", worse),), 5, 0) for worse in ("low", "high")]
    assert [found.rho[0] for found in turned] == pytest.approx([0.886422033, -0.886422033])
    np.testing.assert_array_equal(turned[0].draws, -turned[1].draws)


def test_a_validator_without_a_direction_keeps_its_sign(cars):
    found = follow(cars, (column("wt", "none"), column("wt")), 5, 0)
    assert found.rho[0] == pytest.approx(-0.886422033)
    assert found.directed.tolist() == [False, True]


def test_a_resample_is_drawn_by_its_own_key_in_the_order_of_severity(cars):
    key = np.random.SeedSequence(7, spawn_key=(24, 3))
    drawn = np.random.default_rng(key).integers(32, size=32)
    patients = cars.data.assign(s=cars.severity).sort_values("s", kind="stable").iloc[drawn]
    found = follow(cars, (column("cyl"),), 5, random_state=7)
    expected = -patients["s"].corr(patients["cyl"], method="spearman")
    assert found.draws[3, 0] == pytest.approx(expected)


def test_more_resamples_keep_the_earlier_ones(cars):
    few, many = (follow(cars, (column("wt"),), n, 0).draws for n in (4, 9))
    np.testing.assert_array_equal(few, many[:4])


def test_resampling_in_parts_gives_the_same_numbers(cars, monkeypatch):
    whole = follow(cars, (column("wt"),), 9, 0).draws
    monkeypatch.setattr(following, "_TOGETHER", 64)
    np.testing.assert_array_equal(follow(cars, (column("wt"),), 9, 0).draws, whole)


def test_neither_the_order_of_rows_nor_other_validators_move_a_draw(cars):
    alone = follow(cars, (column("wt"),), 9, 0)
    shuffled = cars.where(np.random.default_rng(1).permutation(32))
    both = follow(shuffled, (column("cyl"), column("wt")), 9, 0)
    np.testing.assert_allclose(both.draws[:, 1], alone.draws[:, 0], atol=1e-14)


def test_patients_without_a_value_are_left_out_and_counted(cars):
    cars.data.iloc[:4, 0] = np.nan
    found = follow(cars, (column("wt"), column("cyl")), 5, 0)
    assert found.n.tolist() == [28, 32]
    theirs = cars.severity[4:].corr(cars.data["wt"][4:], method="spearman")
    assert found.rho[0] == pytest.approx(-theirs)


def test_patients_without_severity_are_left_out(cars):
    cars.severity.iloc[:4] = np.nan
    assert follow(cars, (column("wt"),), 5, 0).n.tolist() == [28]


@pytest.mark.filterwarnings("error")
def test_a_column_that_cannot_be_followed_has_a_sentence_and_no_number(cars):
    cars.data[["none", "same"]] = np.nan, 3.0
    found = follow(cars, (column("none"), column("same")), 5, 0)
    assert np.isnan(found.rho).all() and np.isnan(found.draws).all()
    assert found.notes == (
        "Not computed: fewer than 10 patients have both values.",
        "Not computed: all patients have the same SAME.",
    )


@pytest.mark.filterwarnings("error")
def test_no_severity_at_all_is_no_error(cars):
    found = follow(replace(cars, severity=cars.severity * np.nan), (column("wt"),), 5, 0)
    assert found.n.tolist() == [0] and "0 patients" in found.notes[0]


def test_blocks_keep_the_order_in_which_they_first_appear(cars):
    validators = (column("wt", block="z"), column("cyl", block="a"), column("cyl", block="z"))
    assert follow(cars, validators, 2, 0).blocks() == {"z": [0, 2], "a": [1]}


def test_obstacles_name_what_is_constant():
    both = obstacle(np.ones(12), np.ones(12), ("A", "B"))
    assert both == "Not computed: all patients have the same A and B."
    assert obstacle(np.arange(12.0), np.arange(12.0), ("A", "B")) == ""


# ------------------------------------------------------------------------------------ Spearman's ρ


@pytest.mark.parametrize(
    ("x", "y", "theirs"),
    [
        # R: cor.test(x, y, method = "spearman", exact = FALSE)$estimate
        (MPG, WT, -0.886422033270298),
        (MPG, CYL, -0.910801310862479),
        (X, Y, 0.720510792749932),
    ],
)
def test_rho_with_ties_equals_r(x, y, theirs):
    assert spearman(np.array(x), np.array(y)) == pytest.approx(theirs, abs=1e-12)


def test_rho_of_a_resample_is_that_of_the_patients_written_out():
    ours = resampled(X, Y, COUNTS)
    theirs = [spearmanr(np.repeat(X, c), np.repeat(Y, c)).statistic for c in COUNTS]
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_midranks_of_a_resample_are_those_of_the_patients_written_out():
    for counts, ranks in zip(COUNTS, midranks(X, COUNTS), strict=True):
        written_out = rankdata(np.repeat(X, counts))
        np.testing.assert_array_equal(np.repeat(ranks, counts), written_out)


@pytest.mark.filterwarnings("error")
def test_only_the_resample_with_one_value_has_no_rho():
    once, again = np.ones(10), np.eye(10)[3] * 10
    found = resampled(X, Y, np.vstack([once, again]))
    assert np.isfinite(found[0]) and np.isnan(found[1])


def test_rho_never_leaves_one():
    many = np.arange(1, 1001) / 7
    assert spearman(many, many) == 1 and spearman(many, -many) == -1
