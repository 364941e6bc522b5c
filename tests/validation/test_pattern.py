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
from compendium.validation import by_feature, contrasts, ordered, pattern

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


def test_rho_and_interval_equal_r(cars):
    # R: cor.test(mpg, wt, method = "spearman", exact = FALSE); boot.ci(type = "perc") given the
    # 1,000 resamples of random_state 0; both turned, since low is worse
    found = ordered(cars, (column("wt"), column("cyl"))).set_index("validator")
    assert found["rho"].tolist() == pytest.approx([0.910801310862479, 0.886422033270298])
    ends = found[["low", "high"]].to_numpy()
    theirs = [[0.8388669725, 0.9398899487], [0.7393263116, 0.948728582]]
    np.testing.assert_allclose(ends, theirs, atol=1e-3)


def test_the_strongest_comes_first_in_its_block(graded):
    found = ordered(graded, ABCD, n_boot=50)
    assert found["validator"].tolist() == list("abcd")
    assert found["rank"].tolist() == [1, 2, 3, 4] and set(found["n_ranked"]) == {4}
    assert found["rho"].is_monotonic_decreasing


def test_blocks_keep_their_order_and_have_ranks_of_their_own(graded):
    mixed = [column(name, block=block) for name, block in zip("dacb", "xyxy", strict=True)]
    found = ordered(graded, mixed, n_boot=20)
    assert found["validator"].tolist() == list("cdab")
    assert found["rank"].tolist() == [1, 2, 1, 2]


def test_far_apart_the_rank_is_certain_and_close_together_it_is_not(graded):
    noise = 0.05 * np.random.default_rng(1).normal(size=120)
    graded.data["twin"] = graded.data["a"] + noise
    validators = (*ABCD, column("twin"))
    found = ordered(graded, validators, n_boot=400).set_index("validator")
    ranges = found[["rank_low", "rank_high"]].astype(int).to_numpy().tolist()
    assert ranges == [[1, 2], [1, 2], [3, 3], [4, 4], [5, 5]]


def test_equal_validators_share_the_better_rank(cars):
    cars.data["again"] = cars.data["wt"]
    found = ordered(cars, (column("wt"), column("again")), n_boot=20)
    assert found["rank"].tolist() == [1, 1] and found["rank_high"].tolist() == [1, 1]


def test_one_that_goes_the_wrong_way_ranks_last(cars):
    found = ordered(cars, (column("wt", "high"), column("cyl")), n_boot=20)
    assert found["validator"].tolist() == ["cyl", "wt"] and found["rho"][1] < 0


def test_one_without_a_direction_is_ranked_by_size_and_says_so(cars):
    found = ordered(cars, (column("wt"), column("cyl", "none")), n_boot=20)
    assert found["validator"].tolist() == ["cyl", "wt"] and found["rho"][0] < 0
    assert found["note"].tolist() == [pattern._UNTURNED, ""]


@pytest.mark.filterwarnings("error")
def test_one_that_cannot_be_computed_stands_last_with_a_sentence(cars):
    cars.data["few"] = [1.0, 2, 3, *[np.nan] * 29]
    found = ordered(cars, (column("few"), column("wt")), n_boot=20)
    assert found["validator"].tolist() == ["wt", "few"] and found["n"].tolist() == [32, 3]
    assert found["n_ranked"].tolist() == [1, 1]
    assert np.isnan(found.loc[1, ["rho", "low", "high", "rank"]].astype(float)).all()
    assert found["note"][1] == "Not computed: 3 patients have both values, 10 are needed."


@pytest.mark.filterwarnings("error")
def test_resamples_with_one_value_are_left_out_and_counted(cars):
    cars.data["rare"] = np.eye(32)[5]  # one car in three resamples is never drawn
    found = ordered(cars, (column("rare"), column("wt")), n_boot=100)
    note = found.set_index("validator")["note"]["rare"]
    assert note.endswith(" resamples with one value only are left out.")
    assert 20 < int(note.split()[0]) < 55 and found[["low", "rank_high"]].notna().all(axis=None)


def test_the_seed_moves_only_the_intervals(cars):
    a, b = (ordered(cars, (column("wt"),), n_boot=50, random_state=s) for s in (0, 1))
    assert a["rho"][0] == b["rho"][0] and a["low"][0] != b["low"][0]


def test_the_order_of_rows_does_not_matter(graded):
    mixed = graded.where(np.random.default_rng(0).permutation(120))
    a, b = (ordered(found, ABCD, n_boot=30) for found in (graded, mixed))
    pd.testing.assert_frame_equal(a, b)


@pytest.mark.parametrize("severity", [None, pd.Series(SEVERITY)])
def test_without_severity_or_validators_there_are_empty_frames_and_a_sentence(cars, severity):
    validators = () if severity is not None else (column("wt"),)
    found = replace(cars, severity=severity)
    assert list(ordered(found, validators)) == list(pattern.ORDERED)
    for empty in (ordered(found, validators), contrasts(found, validators)):
        why = "no severity to follow" if validators else "no validator"
        assert len(empty) == 0 and why in empty.attrs["reason"]


def test_the_widest_contrast_is_that_of_strongest_and_weakest(graded):
    first = ordered(graded, ABCD, n_boot=50).set_index("validator")["rho"]
    found = contrasts(graded, ABCD, n_boot=50)
    assert (found["stronger_label"][0], found["weaker_label"][0]) == ("A", "D")
    assert found["difference"][0] == pytest.approx(first["a"] - first["d"])
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
        "Not computed: 9 patients have both values, 10 are needed.",
        "Not computed: all patients have the same NONE.",
    ]


def test_no_validators_give_an_empty_frame_with_all_columns_and_the_reason(cars):
    found = by_feature(with_features(cars), FEATURES, ())
    assert list(found) == list(pattern.BY_FEATURE) and len(found) == 0
    assert found.attrs["reason"].startswith("The codebook names no validator")
