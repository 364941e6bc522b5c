"""Which validator follows severity most: order, ranks, contrasts, and features against validators.

Independent values: R 4.2.2 on its built-in mtcars, with miles per gallon in severity's place.
"""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from r_data import CYL, MPG, WT

from compendium.data.columns import Column
from compendium.data.found import Found
from compendium.validation import by_feature, contrasts, pattern

SEVERITY = np.array(MPG, dtype=float)


def column(name, worse="low", block="b", role="validator"):
    return Column(name, name.upper(), role, block, "number", "kg", worse, (), *[None] * 4)


def followed(data, severity=SEVERITY):
    """Patients with a severity, and any labels."""
    return Found(data, np.arange(len(data)) % 2, ("Mild", "Severe"), pd.Series(severity), None)


@pytest.fixture
def cars():
    return followed(pd.DataFrame({"wt": WT, "cyl": CYL}, dtype=float))


@pytest.fixture
def graded():
    """120 patients; a, b, c follow severity ever less, d not at all."""
    rng = np.random.default_rng(4)
    severity = rng.normal(size=120)
    noise = {"a": 0.3, "b": 0.8, "c": 2.0, "d": 1e6}
    data = pd.DataFrame({name: sd * rng.normal(size=120) - severity for name, sd in noise.items()})
    return followed(data, severity)


ABCD = tuple(column(name) for name in "dcba")


def test_rho_equals_r(cars):
    # R: cor.test(mpg, wt, method = "spearman", exact = FALSE), turned, since low is worse
    found = contrasts(cars, (column("cyl"), column("wt")), n_boot=20).iloc[0]
    theirs = [0.910801310862479, 0.886422033270298]
    assert [found["rho_stronger"], found["rho_weaker"]] == pytest.approx(theirs)
    assert (found["stronger_label"], found["weaker_label"]) == ("CYL", "WT")


def test_blocks_keep_their_order_and_are_not_compared_with_each_other(graded):
    mixed = [column(name, block=block) for name, block in zip("dacb", "xyxy", strict=True)]
    found = contrasts(graded, mixed, n_boot=20)
    assert found[["block", "stronger_label", "weaker_label"]].to_numpy().tolist() == [
        ["x", "C", "D"], ["y", "A", "B"],
    ]


def test_one_that_goes_the_wrong_way_is_the_weaker(cars):
    found = contrasts(cars, (column("wt", "high"), column("cyl")), n_boot=20).iloc[0]
    assert found["weaker_label"] == "WT" and found["rho_weaker"] < 0 and found["difference"] > 1


def test_the_order_of_rows_does_not_matter(graded):
    mixed = graded.where(np.random.default_rng(0).permutation(120))
    a, b = (contrasts(found, ABCD, n_boot=30) for found in (graded, mixed))
    pd.testing.assert_frame_equal(a, b)


@pytest.mark.parametrize("severity", [None, pd.Series(SEVERITY)])
def test_without_severity_or_validators_there_are_empty_frames_and_a_sentence(cars, severity):
    validators = () if severity is not None else (column("wt"),)
    found = replace(cars, severity=severity)
    empty = contrasts(found, validators)
    why = "no severity to follow" if validators else "no independent measure"
    assert len(empty) == 0 and why in empty.attrs["reason"] and "difference" in empty


def test_the_widest_contrast_is_that_of_strongest_and_weakest(graded):
    found = contrasts(graded, ABCD, n_boot=50)
    assert (found["stronger_label"][0], found["weaker_label"][0]) == ("A", "D")
    assert found["difference"].is_monotonic_decreasing
    assert len(found) == 6 and (found["difference"] >= 0).all() and set(found["n_pairs"]) == {6}


def test_an_interval_is_that_of_the_resampled_differences(cars):
    # by hand: with one pair, c is the 95 % point of |d* − d| / SE
    from compendium.validation.following import follow

    pair = (column("wt"), column("cyl"))
    found, drawn = contrasts(cars, pair).iloc[0], follow(cars, pair, 1000, 0)
    draws = drawn.draws[:, 1] - drawn.draws[:, 0]
    reach = np.quantile(np.abs(draws - found["difference"]), 0.95, method="weibull")
    assert found["high"] == pytest.approx(found["difference"] + reach)
    assert found["low"] == pytest.approx(found["difference"] - reach)


def test_more_pairs_ask_for_wider_intervals(graded):
    alone = contrasts(graded, (column("a"), column("c"))).iloc[0]
    pairs = contrasts(graded, ABCD).set_index(["stronger_label", "weaker_label"])
    many = pairs.loc[("A", "C")]
    assert many["difference"] == pytest.approx(alone["difference"])
    assert many["high"] - many["low"] > alone["high"] - alone["low"]


def test_contrasts_never_cross_blocks_and_a_single_validator_says_so(cars):
    found = contrasts(cars, (column("wt", block="x"), column("cyl", block="y")), n_boot=9)
    assert found["note"].tolist() == [pattern._TOO_FEW] * 2 and found["n_pairs"].tolist() == [0, 0]


@pytest.mark.filterwarnings("error")
def test_equal_validators_differ_by_nothing(cars):
    cars.data["again"] = cars.data["wt"]
    found = contrasts(cars, (column("wt"), column("again")), n_boot=20).iloc[0]
    assert (found["difference"], found["low"], found["high"]) == (0, 0, 0)


def test_the_widest_of_equal_validators_seldom_excludes_zero():
    # 100 cohorts, six validators that follow severity equally: 5 % and 3 standard errors
    rng, false = np.random.default_rng(11), 0
    validators = tuple(column(f"v{i}", "high") for i in range(6))
    for _ in range(100):
        severity = rng.normal(size=100)
        data = pd.DataFrame({c.name: severity + 2 * rng.normal(size=100) for c in validators})
        false += contrasts(followed(data, severity), validators, n_boot=200)["low"][0] > 0
    assert false <= 5 + 3 * np.sqrt(100 * 0.05 * 0.95)


FEATURES = (column("thin", "low", "size", "feature"), column("none", "none", "nerve", "feature"))


def with_features(cars, thin=SEVERITY, none=SEVERITY):
    return SimpleNamespace(data=cars.data, X=pd.DataFrame({"thin": thin, "none": none}))


def test_feature_and_validator_are_both_turned(cars):
    # R: cor(mtcars$mpg, mtcars[c("wt", "cyl")], method = "spearman") gives -0.886, -0.911
    found = by_feature(with_features(cars), FEATURES, (column("wt"), column("wt", "high")))
    rho = found["rho"].to_numpy().reshape(2, 2)
    expected = -0.886422033270298
    np.testing.assert_allclose(rho, [[expected, -expected], [-expected, expected]])


def test_every_feature_meets_every_validator_in_their_orders(cars):
    found = by_feature(with_features(cars), FEATURES, (column("cyl"), column("wt")))
    assert list(zip(found["feature"], found["validator"], strict=True)) == [
        ("thin", "cyl"), ("thin", "wt"), ("none", "cyl"), ("none", "wt"),
    ]
    assert set(found["n"]) == {32} and set(found["feature_block"]) == {"size", "nerve"}


@pytest.mark.filterwarnings("error")
def test_pairs_with_too_few_patients_have_a_sentence(cars):
    thin = np.where(np.arange(32) < 9, SEVERITY, np.nan)
    found = by_feature(with_features(cars, thin, 1.0), FEATURES, (column("wt"),))
    assert found["rho"].isna().all() and found["n"].tolist() == [9, 32]
    assert found["note"].tolist() == [
        "Not computed: fewer than 10 patients have both values.",
        "Not computed: all patients have the same NONE.",
    ]


def test_no_validators_give_an_empty_frame_with_all_columns_and_the_reason(cars):
    found = by_feature(with_features(cars), FEATURES, ())
    assert list(found) == list(pattern.BY_FEATURE) and len(found) == 0
    assert found.attrs["reason"].startswith("The codebook names no independent measure")
