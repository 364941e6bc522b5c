"""Validators by phenotype: contrast, counts, correlation and adjusted p, against R and by hand.

Independent values: R 4.2.2 on its built-in mtcars (miles per gallon by gearbox) and on the pain
scores of Brunner & Munzel (2000), which scipy's manual also uses.
"""

import numpy as np
import pandas as pd
import pytest
from r_data import AM, CYL, MPG, PAIN, TREATED, WT, mtcars

from compendium.data.columns import Column
from compendium.data.found import Found
from compendium.statistics import hedges_g
from compendium.validation import by_block, compare, partial
from compendium.validation.effects import cliffs_delta, relabelled_p

NAMES = ("Mild", "Severe")


def column(name, type="number", worse="low", block="b", role="validator", levels=()):
    return Column(name, name.upper(), role, block, type, "", worse, levels, *[None] * 4)


def patients(data, labels=AM, names=NAMES):
    return Found(pd.DataFrame(data, dtype=float), labels, names, None, None)


def one(values, labels, names=NAMES, **options):
    found = patients({"v": values}, labels, names)
    return compare(found, (column("v", **options),), n_boot=200).iloc[0]


def given(cars, covariates, name="mpg", labels=AM, names=NAMES):
    """The partial correlation of one validator."""
    return partial(Found(cars, labels, names, None, None), (column(name),), covariates).iloc[0]


@pytest.fixture
def cars():
    return mtcars(("4", "6", "8"))


WT_CYL = (column("wt", role="covariate"), column("cyl", "category", levels=("4", "6", "8")))


def test_the_effect_is_that_of_the_most_severe_against_the_mildest():
    severe, mild = np.array(MPG)[AM == 1], np.array(MPG)[AM == 0]
    assert one(MPG, AM)["effect"] == pytest.approx(float(hedges_g(severe, mild)))
    assert one(MPG, AM, type="ordinal")["effect"] == cliffs_delta(severe, mild)[0]


def test_point_biserial_r_and_interval_equal_r():
    # R: cor.test(mtcars$am, mtcars$mpg)[c("estimate", "conf.int")]
    found = one(MPG, AM)[["r", "r_low", "r_high"]].astype(float)
    np.testing.assert_allclose(found, [0.599832429454648, 0.317558303512231, 0.784452021835140])


def test_r_over_three_ordered_phenotypes_equals_r():
    # R: cor.test(mtcars$cyl / 2 - 2, mtcars$mpg)[c("estimate", "conf.int")]
    labels = np.array(CYL) // 2 - 2
    found = one(MPG, labels, ("Mild", "Moderate", "Severe"))[["r", "r_low", "r_high"]]
    theirs = [-0.852161959426613, -0.925769361912065, -0.716317141481634]
    np.testing.assert_allclose(found.astype(float), theirs, rtol=1e-9)


def test_three_phenotypes_are_compared_at_their_ends():
    # R: t.test(mpg[cyl == 8], mpg[cyl == 4])$p.value
    found = one(MPG, np.array(CYL) // 2 - 2, ("Mild", "Moderate", "Severe"))
    assert found["p"] == pytest.approx(1.6413477331304e-06, rel=1e-9)


THREE = np.array(CYL) // 2 - 2


def test_all_three_phenotypes_are_asked_at_once():
    # R: kruskal.test(mpg ~ cyl, mtcars)$p.value
    found = one(MPG, THREE, ("Mild", "Moderate", "Severe"))
    assert found["p_overall"] == pytest.approx(2.566216795345e-06, rel=1e-11)
    assert np.isnan(one(MPG, AM)["p_overall"])


def test_grades_have_a_permutation_p_and_no_difference_of_means():
    found = one(PAIN, TREATED, type="ordinal")
    treated, other = np.array(PAIN[14:], float), np.array(PAIN[:14], float)
    assert found["p"] == relabelled_p(treated, other)[0]
    assert found[["difference", "difference_low"]].isna().all()


def test_partial_correlation_equals_r_correlation_of_residuals(cars):
    # R: W <- model.matrix(~ wt + factor(cyl)); r <- cor(lm.fit(W, mpg)$resid, lm.fit(W, am)$resid)
    # tanh(atanh(r) + c(-1, 1) * qnorm(.975) / sqrt(32 - 3 - 3)); 2 * pt(-abs(t), 27)
    found = given(cars, WT_CYL)
    theirs = [0.022211750608114, -0.347119736224594, 0.385578536642386, 0.908947423661783]
    np.testing.assert_allclose(found[["r", "low", "high", "p"]].astype(float), theirs, rtol=1e-9)


def test_nearly_collinear_covariates_cost_no_digits(cars):
    # R: W <- model.matrix(~ wt + I(wt^2) + I(wt^3) + I(wt^4)); k <- cyl / 2 - 2
    # cor(lm.fit(W, k)$resid, lm.fit(W, mpg)$resid); summary(lm(mpg ~ k + W))$coef["k", 4]
    powers = {f"wt{i}": cars["wt"] ** i for i in (1, 2, 3, 4)}
    covariates = tuple(column(name, role="covariate") for name in powers)
    labels, names = np.array(CYL) // 2 - 2, ("Mild", "Moderate", "Severe")
    found = given(cars.assign(**powers), covariates, labels=labels, names=names)
    assert found["r"] == pytest.approx(-0.529681063241467, abs=1e-10)
    assert found["p"] == pytest.approx(0.00374625621688893, rel=1e-8)


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_the_unit_of_a_validator_does_not_matter(cars, unit):
    a, b = (given(cars.assign(mpg=cars["mpg"] * u), WT_CYL) for u in (1, unit))
    assert b["r"] == pytest.approx(a["r"], rel=1e-10)


def test_partial_correlation_without_covariates_is_the_correlation(cars):
    assert given(cars, ())["r"] == pytest.approx(0.599832429454648)


def test_partial_counts_the_patients_it_leaves_out(cars):
    cars.loc[[0, 5], "wt"] = np.nan
    cars.loc[[5, 9], "mpg"] = np.nan
    found = given(cars, WT_CYL)
    assert (found["n"], found["n_missing"]) == (29, 3)


def test_of_three_complete_patients_the_count_in_the_frame_is_true_and_the_note_names_none(cars):
    found = given(cars.assign(mpg=cars["mpg"].where(np.arange(32) < 3)), WT_CYL)
    assert (found["n"], found["n_missing"]) == (3, 29) and np.isnan(found["r"])
    assert found["note"].startswith("Not computed: fewer than five complete patients, and 1")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("made", "n", "note"),
    [
        (3 * AM - np.array(WT), 32, "the phenotype and the covariates determine it."),
        (2 * np.array(WT) + 1, 32, "constant, or determined by the covariates."),
        (np.full(32, np.nan), 0, "0 complete patients, and 11 are needed."),
    ],
)
def test_partial_says_why_there_is_no_correlation(cars, made, n, note):
    found = given(cars.assign(made=made), WT_CYL, "made")
    assert found["note"] == f"Not computed: {note}" and found["n"] == n
    assert np.isnan([found["r"], found["p"]]).all()


def test_p_is_adjusted_within_a_block_only():
    # by hand, Benjamini–Hochberg: the larger p stays, the smaller is doubled unless that exceeds it
    validators = (column("a"), column("b"), column("c", block="other"))
    table = compare(patients({"a": MPG, "b": WT, "c": CYL}), validators, n_boot=50)
    low, high = sorted(table["p"][:2])
    assert sorted(table["p_adjusted"][:2]) == pytest.approx([min(2 * low, high), high], rel=1e-12)
    assert table["p_adjusted"][2] == table["p"][2]


@pytest.mark.parametrize("type", ["ordinal", "number"])
def test_swapping_phenotypes_flips_the_sign(type):
    a, b = one(PAIN, TREATED, type=type), one(PAIN, 1 - TREATED, type=type)
    assert (b["effect"], b["r"]) == pytest.approx((-a["effect"], -a["r"]))
    assert b["p"] == pytest.approx(a["p"])


@pytest.mark.parametrize("type", ["ordinal", "number"])
def test_shift_and_scale_leave_the_effect_unchanged(type):
    keys = ["effect", "low", "high", "r", "p"]
    moved = one(3 * np.array(PAIN) + 7, TREATED, type=type)[keys].astype(float)
    np.testing.assert_allclose(moved, one(PAIN, TREATED, type=type)[keys].astype(float), rtol=1e-9)


@pytest.mark.parametrize("type", ["ordinal", "number"])
def test_order_of_patients_leaves_interval_and_p_unchanged(type):
    order = np.random.default_rng(1).permutation(len(MPG))
    a, b = one(MPG, AM, type=type), one(np.array(MPG)[order], AM[order], type=type)
    assert list(a[["low", "high", "p"]]) == list(b[["low", "high", "p"]])


@pytest.mark.parametrize("type", ["ordinal", "number"])
def test_interval_and_p_do_not_depend_on_the_other_validators(cars, type):
    found = Found(cars, AM, NAMES, None, None)
    alone = compare(found, (column("mpg", type),), n_boot=200)
    both = compare(found, (column("wt"), column("mpg", type)), n_boot=200)
    assert list(both.loc[1, ["low", "p"]]) == list(alone.loc[0, ["low", "p"]])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_a_p_stands_only_beside_an_effect(k):
    rng, labels = np.random.default_rng(k), np.arange(40) % k
    data = pd.DataFrame({"a": rng.normal(size=40), "b": np.nan, "c": 1.0, "d": labels * 1.0})
    data["e"] = rng.integers(0, 5, 40).astype(float)
    data["f"] = data["a"].where(labels < k - 1)
    validators = tuple(column(n, "ordinal" if n in "de" else "number") for n in data)
    table = compare(patients(data, labels, tuple("ABCDE"[:k])), validators, n_boot=50)
    assert list(table["effect"].notna()) == [True, False, False, True, True, False]
    assert (table["p"].notna() == table["effect"].notna()).all()
    assert (table["p_adjusted"].notna() == table["p"].notna()).all()
    assert all(table.loc[table["effect"].isna(), "note"])


@pytest.mark.parametrize("type", ["ordinal", "number"])
def test_random_state_moves_only_what_is_drawn(type):
    validators = (column("v", type),)
    a, b = (compare(patients({"v": MPG}), validators, random_state=s, n_boot=200).iloc[0]
            for s in (0, 1))
    drawn = {"p", "p_adjusted"} if type == "ordinal" else {"low", "high"}
    assert {key for key in a.index if a[key] != b[key] and not pd.isna(a[key])} == drawn


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("values", "type", "sentence"),
    [
        ([np.nan] * 12, "number", "Not compared: fewer than 5 values in Mild."),
        ([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, np.nan, np.nan], "ordinal",
         "Not compared: fewer than 5 values in Severe."),
        ([3] * 12, "ordinal", "Not compared: all patients have the same value."),
        ([3] * 6 + [0] * 6, "number",
         "Not compared: no spread within either phenotype, so no standardised difference."),
    ],
)
def test_a_validator_that_cannot_be_compared_gets_a_sentence(values, type, sentence):
    found = one(values, np.repeat([0, 1], 6), type=type)
    assert found["note"] == sentence
    assert np.isnan(found[["effect", "p", "p_adjusted", "r"]].astype(float)).all()


def test_absent_responses_of_zero_count_as_values():
    found = one([4, 5, 6, 7, 8, 0, 0, 0, 1, 2], np.repeat([0, 1], 5))
    assert (found["n_Severe"], found["median_Severe"]) == (5, 0)


def test_three_phenotypes_contrast_the_ends_and_correlate_over_all():
    labels = np.repeat([0, 1, 2], [10, 12, 10])
    found = one(MPG, labels, names=("Mild", "Moderate", "Severe"))
    assert found["contrast"] == "Severe − Mild"
    assert (found["n"], found["n_r"]) == (20, 32)


def test_quartiles_medians_and_means_of_every_phenotype_equal_r():
    # R: tapply(mpg, cyl, quantile); tapply(mpg, cyl, mean); table(cyl)
    found = one(MPG, THREE, ("Mild", "Moderate", "Severe"))
    theirs = {"Mild": [11, 26.66364, 22.8, 26, 30.4], "Moderate": [7, 19.74286, 18.65, 19.7, 21],
              "Severe": [14, 15.1, 14.4, 15.2, 16.25]}
    for name, numbers in theirs.items():
        mine = [found[f"{s}_{name}"] for s in ("n", "mean", "q1", "median", "q3")]
        np.testing.assert_allclose(np.array(mine, dtype=float), numbers, rtol=1e-6)


def test_fewer_than_five_patients_are_neither_counted_nor_given_away_by_subtraction():
    labels = np.repeat([0, 1, 2], [14, 4, 14])
    found = one(MPG, labels, ("Mild", "Moderate", "Severe"))
    assert found[["n", "n_Mild", "median_Moderate", "mean_Severe"]].isna().all()
    assert found["n_r"] == 32 and found["p"] < 1


def test_the_middle_phenotype_without_a_value_does_not_stop_the_overall_test():
    found = one(np.where(THREE == 1, np.nan, MPG), THREE, ("Mild", "Moderate", "Severe"))
    assert 0 < found["p_overall"] < 1


def test_no_validators_give_empty_frames_with_all_columns_and_the_reason(cars):
    found = Found(cars, AM, NAMES, None, None)
    table, given_wt = compare(found, ()), partial(found, (), WT_CYL)
    assert {"effect", "p_adjusted", "note"} <= set(table)
    for empty in (table, by_block(found, (), table), given_wt):
        assert len(empty) == 0 and "no independent measure" in empty.attrs["reason"]
