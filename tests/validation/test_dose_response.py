"""Slopes inside the phenotypes against R on iris, and bins by hand.

Independent values: R 4.2.2 with sandwich and lmtest; d <- iris; s <- d$Petal.Length;
y <- d$Sepal.Length; V <- function(m) vcovHC(m, type = "HC3")
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris

from compendium.data.columns import Column
from compendium.data.found import Found
from compendium.validation import bins, dose_response, slopes, slopes_common

NAMES = ("setosa", "versicolor", "virginica")
TWO, THREE = ("Mild", "Severe"), ("Mild", "Moderate", "Severe")
LINE = ["slope", "low", "high", "p"]
SHARE = ["share", "share_low", "share_high"]
EQUAL = ["wald_f", "p_equal"]


def column(name, block="", label="", unit="cm"):
    return Column(name, label or name, "validator", block, "number", unit, "low", (), *[None] * 4)


LENGTH, GRADE = column("length"), column("grade")


@pytest.fixture
def flowers():
    """Irises as patients, species as phenotypes, the length of their petals as severity."""
    X, species = load_iris(return_X_y=True)
    data = pd.DataFrame(X, columns=["length", "width", "petal", "petal_width"])
    return Found(data, species, NAMES, data["petal"], None)


def graded(grade, score, labels, names=TWO):
    data = pd.DataFrame({"grade": np.array(grade, float)})
    return Found(data, labels, names, pd.Series(np.array(score, float)), None)


def patients(n=120, slope=-1.0, step=0.0, labels=None, names=TWO):
    """Two phenotypes cut from severity, or others; a validator with a slope, and a step between."""
    rng = np.random.default_rng(0)
    score = rng.normal(size=n)
    cut = (score > 0).astype(int)
    grade = 5 + slope * score + step * cut + rng.normal(0, 0.5, n)
    return graded(grade, score, cut if labels is None else labels, names)


def test_slopes_equal_r_over_all_and_inside_each_phenotype(flowers):
    # R: m <- lm(y ~ s, subset = g) for all and each species;
    # coef(m)["s"], coefci(m, vcov = V)["s", ], coeftest(m, vcov = V)["s", 4]
    theirs = [
        [4.08922277351185e-01, 3.70304902246051e-01, 4.47539652456318e-01, 4.57597054301134e-46],
        [0.542292597103802, -0.148951158626312, 1.233536352833916, 0.121277170927152],
        [8.28280961182995e-01, 6.17369520534837e-01, 1.03919240183115, 3.16248723045025e-10],
        [9.95738636363637e-01, 8.18686129037949e-01, 1.17279114368932, 3.89519494117387e-15],
    ]
    found = slopes(flowers, (LENGTH,))
    np.testing.assert_allclose(found[LINE], theirs, rtol=1e-8)
    assert found["within"].tolist() == ["all", *NAMES] and found["n"].tolist() == [150] + [50] * 3


def test_a_line_goes_through_its_means_and_says_where_it_is_drawn(flowers):
    # R: mean(y[1:50]); mean(s[1:50]); mean(s[1:50]) + c(-1.5, 1.5) * sd(s[1:50])
    row = slopes(flowers, (LENGTH,)).loc[1]
    place = row[["mean", "severity_mean", "severity_from", "severity_to"]].astype(float)
    theirs = [5.006, 1.462, 1.20150400527972, 1.72249599472028]
    np.testing.assert_allclose(place, theirs, rtol=1e-12)


def test_the_common_slope_equals_r(flowers):
    # R: m <- lm(y ~ Species + s); coef(m)["s"], coefci(m, vcov = V), coeftest(m, vcov = V)
    found = slopes_common(flowers, (LENGTH,)).loc[0, LINE].astype(float)
    theirs = [9.04564589715898e-01, 7.71463622213862e-01, 1.03766555721793, 2.74907523413165e-27]
    np.testing.assert_allclose(found, theirs, rtol=1e-8)


def test_the_difference_between_phenotypes_equals_r(flowers):
    # R: m <- lm(y ~ Species); coef(m)[3]; coefci(m, vcov = V)[3, ]
    # mean(s[101:150]) - mean(s[1:50])
    row = slopes_common(flowers, (LENGTH,)).loc[0]
    difference = row[["difference", "difference_low", "difference_high"]].astype(float)
    np.testing.assert_allclose(difference, [1.582, 1.37674185445159, 1.78725814554841], rtol=1e-10)
    assert row["severity_difference"] == pytest.approx(4.09)
    assert row["contrast"] == "virginica − setosa"


def test_equality_of_inner_slopes_equals_r(flowers):
    # R: waldtest(lm(y ~ Species + s), lm(y ~ Species * s), vcov = V, test = "F")
    row = slopes_common(flowers, (LENGTH,)).loc[0]
    np.testing.assert_allclose(row[EQUAL].astype(float), [1.348840793782080, 0.262800029235426])
    assert (row["df"], row["df_resid"]) == (2, 144)


def test_the_share_and_fiellers_interval_equal_r(flowers):
    # R: mc <- lm(y ~ Species + s); mb <- lm(y ~ Species); a <- coef(mc)[3]; D <- coef(mb)[3]
    # psi <- function(m) { X <- model.matrix(m)
    #   (solve(crossprod(X), t(X))[3, ]) * residuals(m) / (1 - hatvalues(m)) }
    # p <- psi(mc); q <- psi(mb); t2 <- qt(.975, 146)^2; A <- D^2 - t2 * sum(q^2)
    # B <- a * D - t2 * sum(p * q); G <- a^2 - t2 * sum(p^2)
    # c(1 - a / D, 1 - (B + c(1, -1) * sqrt(B^2 - A * G)) / A)
    found = slopes_common(flowers, (LENGTH,)).loc[0]
    theirs = [2.33860251070671, 1.93617357242614, 2.80534705973399]
    np.testing.assert_allclose(found[SHARE].astype(float), theirs, rtol=1e-9)
    product = found["severity_difference"] * found["slope"] / found["difference"]
    assert found["share"] == pytest.approx(product, rel=1e-10)


def test_a_straight_fall_has_share_one_and_a_mere_step_share_nought():
    straight = slopes_common(patients(2000), (GRADE,)).loc[0]
    step = slopes_common(patients(2000, slope=0.0, step=-2.0), (GRADE,)).loc[0]
    assert straight["share_low"] < 1 < straight["share_high"] < 1.2
    assert -0.2 < step["share_low"] < 0 < step["share_high"]


def test_no_share_is_stated_of_a_difference_that_is_not_clear():
    found = slopes_common(patients(slope=0.0), (GRADE,)).loc[0]
    assert found[SHARE].isna().all() and np.isfinite(found["difference"])
    said = "No ratio is stated, as the means lie less than 3 standard errors apart."
    assert found["note"] == said


def test_turning_and_shifting_the_validator_turns_slopes_and_leaves_shares(flowers):
    turned = replace(flowers, data=flowers.data.assign(length=7 - 2 * flowers.data["length"]))
    a, b = (slopes_common(who, (LENGTH,)).loc[0] for who in (flowers, turned))
    assert [b["slope"], b["low"], b["high"]] == pytest.approx(
        [-2 * a["slope"], -2 * a["high"], -2 * a["low"]]
    )
    np.testing.assert_allclose(b[SHARE + EQUAL].astype(float), a[SHARE + EQUAL].astype(float))


def test_order_of_patients_changes_nothing(flowers):
    moved = flowers.where(np.random.default_rng(1).permutation(150))
    for verb in (slopes, slopes_common, bins):
        pd.testing.assert_frame_equal(verb(moved, (LENGTH,)), verb(flowers, (LENGTH,)))


def test_patients_without_validator_or_severity_are_left_out_and_counted(flowers):
    data, score = flowers.data.copy(), flowers.severity.copy()
    data.loc[[0, 1, 149], "length"], score[2] = np.nan, np.nan
    gaps = replace(flowers, data=data, severity=score)
    for verb in (slopes, slopes_common, bins):
        apart = verb(flowers.where(np.arange(3, 149)), (LENGTH,))
        pd.testing.assert_frame_equal(verb(gaps, (LENGTH,)), apart)
    assert slopes(gaps, (LENGTH,))["n"].tolist() == [146, 47, 50, 49]


@pytest.mark.filterwarnings("error")
def test_without_a_severity_score_nothing_is_computed_and_n_is_true(flowers):
    for verb, value in ((slopes, "slope"), (slopes_common, "slope"), (bins, "mean")):
        found = verb(replace(flowers, severity=None), (LENGTH,))
        assert found[value].isna().all() and (found["n"] > 0).all()
        said = "Not computed: there is no severity score, because no feature has a direction."
        assert (found["note"] == said).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("grade", "score", "note"),
    [
        ([np.nan] * 40, range(40), "0 complete patients, and 12 are needed."),
        ([3.0] * 40, range(40), "the outcome does not vary around the fit."),
        (range(40), [1.5] * 40, "severity is an exact combination of the columns before it."),
        (range(40), [0] * 39 + [1], "the slope would rest on one patient alone."),
    ],
)
def test_a_line_that_cannot_be_fitted_is_a_row_without_numbers(grade, score, note):
    # ten Mild are too few for a line of their own
    who = graded(grade, score, np.repeat([0, 1], [10, 30]))
    found = slopes(who, (GRADE,))
    assert found["note"][0] == f"Not fitted: {note}"
    assert found[LINE].isna().all(axis=None)
    assert slopes_common(who, (GRADE,))[LINE].isna().all(axis=None)
    assert len(bins(who, (GRADE,))) >= 2


@pytest.mark.filterwarnings("error")
def test_a_phenotype_of_two_patients_has_no_line_and_is_left_out_of_the_comparison():
    who = patients(60, labels=np.r_[np.arange(58) % 2, 2, 2], names=THREE)
    lines = slopes(who, (GRADE,))
    assert lines["slope"].isna().tolist() == [False, False, False, True]
    assert lines["n"].tolist() == [60, 29, 29, 2]
    found = slopes_common(who, (GRADE,)).loc[0]
    assert (found["df"], found["df_resid"]) == (1, 54) and found["p_equal"] <= 1
    assert "Inner slopes are compared without Severe." in found["note"]
    assert bins(who, (GRADE,))["note"].iloc[-1] == "Fewer than 10 patients: no mean is shown."


@pytest.mark.filterwarnings("error")
def test_without_two_lines_inner_slopes_are_not_compared():
    found = slopes_common(patients(40, labels=np.repeat([0, 1], [35, 5])), (GRADE,)).loc[0]
    assert found[EQUAL].isna().all() and np.isfinite(found["slope"])
    said = "Inner slopes are not compared: fewer than two phenotypes have one."
    assert found["note"].endswith(said)


@pytest.mark.filterwarnings("error")
def test_an_absent_most_severe_phenotype_costs_only_the_share():
    found = slopes_common(patients(60, names=THREE), (GRADE,)).loc[0]
    assert found[LINE].notna().all() and found[[*SHARE, "difference"]].isna().all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("few", "n"), [(1, 59), (4, 56), (5, 60)])
def test_fewer_than_five_in_a_phenotype_are_left_out_with_a_note_and_five_are_borne(few, n):
    who = patients(60, labels=np.r_[np.arange(60 - few) % 2, [2] * few], names=THREE)
    found = slopes_common(who, (GRADE,)).loc[0]
    said = "Patients on whom, alone or with fewer than four others, a coefficient would rest"
    assert found["n"] == n and found["note"].startswith(said) == (few < 5)
    assert np.isfinite(found["difference"]) == (few == 5)


def test_bins_equal_r(flowers, monkeypatch):
    # R: v <- 101:150; b <- cut(s[v], c(-Inf, quantile(s[v], 1:3 / 4), Inf)); table(b);
    # tapply(s[v], b, mean); tapply(y[v], b, mean); t.test(y[v][as.integer(b) == 1])$conf.int
    monkeypatch.setattr(dose_response, "_FEWEST", 9)
    found = bins(flowers, (LENGTH,))
    found = found[found["phenotype"] == "virginica"].reset_index(drop=True)
    assert found["bin"].tolist() == [1, 2, 3, 4] and found["n"].tolist() == [16, 9, 12, 13]
    severity = [4.96875, 5.36666666666667, 5.675, 6.28461538461538]
    means = [6.00625, 6.53333333333333, 6.575, 7.35384615384615]
    np.testing.assert_allclose(found["severity"], severity, rtol=1e-12)
    np.testing.assert_allclose(found["mean"], means, rtol=1e-12)
    ends = found.loc[0, ["low", "high"]].astype(float)
    np.testing.assert_allclose(ends, [5.76916615620194, 6.24333384379806], rtol=1e-10)


@pytest.mark.parametrize("n", [60, 120])
def test_bins_hold_everyone_and_no_fewer_than_ten(n):
    who = patients(n)
    found = bins(replace(who, severity=who.severity.round(1)), (GRADE,))
    assert (found["n"] >= 10).all() and found["n"].sum() == n
    for _, part in found.groupby("phenotype"):
        assert part["severity"].is_monotonic_increasing and len(part) <= 4


def test_ties_stay_in_one_bin():
    who = graded(range(40), np.repeat([1.0, 2.0, 3.0], [30, 5, 5]), np.zeros(40, int))
    found = bins(who, (GRADE,))[:-1]
    assert found["n"].tolist() == [30, 10] and found["severity"].tolist() == [1, 2.5]


def test_a_bin_of_equal_values_has_an_interval_of_no_width():
    score = np.arange(40.0)
    who = graded(np.where(score < 20, 5.0, score), score, np.zeros(40, int))
    first = bins(who, (GRADE,)).loc[0]
    assert (first["low"], first["mean"], first["high"]) == (5, 5, 5)


@pytest.mark.filterwarnings("error")
def test_no_validator_gives_empty_tables_with_their_columns_and_the_reason(flowers):
    for verb, name in ((slopes, "slope"), (slopes_common, "share"), (bins, "mean")):
        found = verb(flowers, ())
        assert len(found) == 0 and name in found
        assert found.attrs["reason"].startswith("The codebook names no independent measure")


def test_every_table_says_label_block_and_unit(flowers):
    named = Column("length", "Length", "validator", "", "number", "cm", "low", (), *[None] * 4)
    for verb in (slopes, slopes_common, bins):
        row = verb(flowers, (named,)).iloc[0]
        assert row[["validator", "label", "block", "unit"]].tolist() == [
            "length", "Length", "validator", "cm",
        ]
