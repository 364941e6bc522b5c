"""Label and severity as rivals, against R on iris and mtcars: the same models in the same order.

Independent values: R 4.2.2 with sandwich, lmtest and Hmisc 4.8.
d <- iris; s <- d$Petal.Length; q <- c(.05, .35, .65, .95); V <- function(m) vcovHC(m, type = "HC3")
bend <- function(x) rcspline.eval(x, knots = quantile(x, q), norm = 2)
m0 <- lm(Sepal.Length ~ Sepal.Width, d); mL, mS, mR, mLS, mLR <- m0 with Species, s, s + bend(s),
Species + s, Species + s + bend(s); M <- list(m0, mL, mS, mR, mLS, mLR)
"""

import numpy as np
import pandas as pd
import pytest
from by_hand import column, patients
from r_data import AM, mtcars
from sklearn.datasets import load_iris

from compendium.regression.label_or_severity import label_adds, rivalry, rivals
from compendium.statistics import adjusted_p

pytestmark = pytest.mark.filterwarnings("error")
SPECIES = ("setosa", "versicolor", "virginica")
NUMBERS = ["delta_r_squared", "wald_f", "p", "lr", "lr_p"]


def measure(name, block=""):
    return column(name, role="validator", block=block, unit="cm", worse="low")


LENGTH, WIDTH, MPG = measure("length"), measure("width"), measure("mpg")


@pytest.fixture(scope="module")
def iris():
    X, species = load_iris(return_X_y=True)
    return pd.DataFrame(X, columns=["length", "width", "petal", "petal_width"]), species


def flowers(data, species, score=None, columns=()):
    score = data["petal"] if score is None else score
    return patients(data, species, SPECIES, severity=score, columns=columns)


def of_mpg(data, labels, score):
    """The rivalry for miles of two phenotypes."""
    return rivalry(patients(data, labels, severity=score), MPG)


@pytest.fixture
def simulated():
    """Forty patients whose outcome falls along severity, cut in two."""
    rng = np.random.default_rng(1)
    score = np.sort(rng.normal(size=40))
    data = pd.DataFrame({"mpg": 20 - 2 * score + rng.normal(size=40), "wt": rng.normal(size=40)})
    return data, np.repeat([0, 1], 20), score


@pytest.fixture(scope="module")
def found(iris):
    return rivalry(flowers(*iris), LENGTH, (WIDTH,))


def of(found, *names):
    """The rows of the models named, as one plain table."""
    return found.models.set_index("model").loc[list(names)]


def test_every_model_equals_r(found):
    # R: sapply(M, function(m) summary(m)$r.squared), $adj.r.squared, sigma(m)
    theirs = {
        "r_squared": [0.0138226541410808, 0.7259066091425318, 0.8401778354262203,
                      0.8500364797587762, 0.8633087784599162, 0.8687010047217114],
        "adjusted_r_squared": [0.00715929369608803, 0.72027455316600841, 0.83800338420752940,
                               0.84589955506246650, 0.85953798614156907, 0.86319195596877618],
        "resid_sd": [0.825096619229628, 0.437956532227201, 0.333286706101731, 0.325062571417973,
                     0.310344794749189, 0.306281550576009],
    }
    for name, values in theirs.items():
        np.testing.assert_allclose(found.models[name], values, rtol=1e-9)
    assert found.models["parameters"].tolist() == [2, 4, 3, 5, 5, 7]


def test_information_criteria_are_those_of_r_without_its_sigma(found):
    # R: sapply(M, AIC) - 2; sapply(M, BIC) - log(150)
    aic = [369.9916713254630, 181.9365745969555, 99.0254998195916, 93.4750508869965,
           79.5749196725204, 77.5378103437629]
    bic = [376.0129419136555, 193.9791157733405, 108.0574057018803, 108.5282273574777,
           94.6280961430017, 98.6122574024367]
    np.testing.assert_allclose(found.models["aic"], aic, rtol=1e-9)
    np.testing.assert_allclose(found.models["bic"], bic, rtol=1e-9)


def test_robust_comparisons_equal_r(found):
    # R: waldtest(mS, mLS, vcov = V, test = "F") and so on, columns F, Df, Res.Df, Pr(>F)
    table = found.comparisons
    f = [10.3525992821156, 6.91700819002873, 123.318333474742, 51.7380220989359, 4.05025417258557]
    p = [6.27062002207704e-05, 1.35689976512438e-03, 4.05453092789790e-21, 1.04851915070052e-22,
         0.0194255932549098]
    np.testing.assert_allclose(table["wald_f"], f, rtol=1e-8)
    np.testing.assert_allclose(table["p"], p, rtol=1e-8)
    assert table["df"].tolist() == [2, 2, 1, 3, 2]
    assert table["df_resid"].tolist() == [145, 143, 145, 143, 145]


def test_likelihood_ratios_equal_r(found):
    # R: lrtest(mS, mLS) and so on, columns Chisq, Pr(>Chisq)
    lr = [23.4505801470711, 19.9372405432336, 104.361654924435, 110.398764253193, 9.5504489325951]
    p = [8.08669795873818e-06, 4.68471552448849e-05, 1.68561345881537e-24, 9.00568745392175e-24,
         0.00843619023451903]
    np.testing.assert_allclose(found.comparisons["lr"], lr, rtol=1e-8)
    np.testing.assert_allclose(found.comparisons["lr_p"], p, rtol=1e-8)


def test_the_label_beside_severity_equals_r():
    # R: l <- lm(mpg ~ am + wt, mtcars); coef(l)["am"]; coefci(l, "am", vcov. = V, df = 29)
    cars = mtcars()
    beside = of_mpg(cars, AM, cars["wt"]).comparisons.loc[0]
    theirs = [-0.023615219662703, -3.476913360444, 3.4296829211186]
    np.testing.assert_allclose(beside[["estimate", "low", "high"]].astype(float), theirs, rtol=1e-9)


def test_only_an_added_label_has_a_coefficient(found):
    known = found.comparisons["estimate"].notna()
    assert known.tolist() == [True, True, False, False, False]


def test_comparisons_are_named_by_what_is_added_to_what(found):
    pairs = [("label", "line"), ("label", "spline"), ("line", "label"), ("spline", "label"),
             ("bends", "line")]
    assert list(zip(found.comparisons["added"], found.comparisons["to"], strict=True)) == pairs


def test_what_is_added_is_the_difference_of_two_models(found):
    r2 = of(found, "label + line", "line", "label + spline", "label")["r_squared"]
    gained = found.comparisons["delta_r_squared"]
    assert gained[0] == pytest.approx(r2["label + line"] - r2["line"], abs=1e-15)
    assert gained[3] == pytest.approx(r2["label + spline"] - r2["label"], abs=1e-15)


def test_the_share_kept_and_its_interval_equal_r(found):
    # R: rss <- sapply(list(m0, mL, mR), deviance); k <- (rss[1] - rss[2]) / (rss[1] - rss[3])
    # e <- sapply(list(m0, mL, mR), function(m) residuals(m) / (1 - hatvalues(m)))
    # x <- e[, 1]^2 - e[, 2]^2 - k * (e[, 1]^2 - e[, 3]^2)
    # h <- qt(.975, 145) * sqrt(sum((x - mean(x))^2)) / (rss[1] - rss[3]); c(k, k - h, k + h)
    shares = [found.kept, found.kept_low, found.kept_high]
    theirs = [0.851557261057539, 0.784024144304608, 0.919090377810470]
    np.testing.assert_allclose(shares, theirs, rtol=1e-9)
    gain = of(found, "label", "spline")["delta_r_squared"]
    assert found.kept == pytest.approx(gain["label"] / gain["spline"])


def test_without_covariates_and_with_two_phenotypes_it_equals_r():
    # R: x <- mtcars$wt; a <- lm(mpg ~ x + bend(x), mtcars); b <- lm(mpg ~ am + x + bend(x), mtcars)
    # waldtest(a, b, vcov = V, test = "F"); AIC(b) - 2; summary(b)$r.squared
    cars = mtcars()
    found = of_mpg(cars, AM, cars["wt"])
    added = found.comparisons.loc[1, ["wald_f", "p"]].astype(float)
    np.testing.assert_allclose(added, [0.920799113706784, 0.345780113761440], rtol=1e-8)
    last = of(found, "label + spline").iloc[0]
    assert last["aic"] == pytest.approx(157.479158857453, rel=1e-10)
    assert last["delta_r_squared"] == pytest.approx(0.833020823228255, rel=1e-10)
    assert of(found, "covariates")["r_squared"].item() == pytest.approx(0, abs=1e-12)


def test_a_label_that_is_all_there_is_adds_to_the_spline_but_not_the_other_way_round():
    rng = np.random.default_rng(2)
    labels = np.repeat([0, 1], 200)
    score = labels + rng.normal(size=400)
    data = pd.DataFrame({"mpg": 3.0 * labels + rng.normal(size=400)})
    p = of_mpg(data, labels, score).comparisons["p"]
    assert p[1] < 1e-10 and p[3] > 0.05


def test_a_label_cut_from_severity_adds_nothing_to_it(simulated):
    data, labels, score = simulated
    found = of_mpg(data, labels, score)
    assert found.comparisons["p"][1] > 0.05 and 0 < found.kept < 1
    assert found.kept_low < found.kept < found.kept_high


def test_a_bent_outcome_does_not_let_the_label_win_over_the_spline():
    rng = np.random.default_rng(3)
    score = rng.normal(size=500)
    data = pd.DataFrame({"mpg": -3 / (1 + np.exp(-2 * score)) + rng.normal(0, 0.5, 500)})
    table = of_mpg(data, (score > 0).astype(int), score).comparisons
    assert table["p"][0] < 1e-6 and table["p"][1] > 0.05  # to the line, to the spline


def test_unit_and_origin_of_outcome_and_severity_change_no_test(iris, found):
    data, species = iris
    who = flowers(data.assign(length=100 - 10 * data["length"]), species, 7 * data["petal"] - 3)
    again = rivalry(who, LENGTH, (WIDTH,))
    np.testing.assert_allclose(again.comparisons[NUMBERS], found.comparisons[NUMBERS], rtol=1e-6)
    assert again.kept_low == pytest.approx(found.kept_low)


def test_order_of_patients_changes_nothing(iris, found):
    order = np.random.default_rng(4).permutation(150)
    again = rivalry(flowers(*iris).where(order), LENGTH, (WIDTH,))
    np.testing.assert_allclose(again.comparisons[NUMBERS], found.comparisons[NUMBERS], rtol=1e-6)


def test_all_models_rest_on_the_same_complete_patients(iris):
    data, score = iris[0].copy(), iris[0]["petal"].copy()
    data.loc[[3, 70], "length"], data.loc[[70, 71, 120], "width"] = np.nan, np.nan
    score[149] = np.nan
    who = flowers(data, iris[1], score)
    found = rivalry(who, LENGTH, (WIDTH,))
    whole = [i for i in range(150) if i not in (3, 70, 71, 120, 149)]
    apart = rivalry(who.where(whole), LENGTH, (WIDTH,))
    assert found.n == 145 and set(found.models["n"]) == set(found.comparisons["n"]) == {145}
    pd.testing.assert_frame_equal(found.models, apart.models)


def test_without_a_severity_score_the_label_is_still_fitted(iris):
    data = iris[0].copy()
    data.loc[0, "width"] = np.nan
    found = rivalry(patients(data, iris[1], SPECIES), LENGTH, (WIDTH,))
    assert found.models["r_squared"].notna().tolist() == [True, True, *[False] * 4]
    said = "Not fitted: there is no severity score, because no feature has a direction."
    assert found.models["note"][2] == said and found.comparisons[NUMBERS].isna().all(axis=None)
    assert np.isnan(found.kept) and found.n == 149


def test_a_severity_of_one_value_is_said_and_leaves_the_label(simulated):
    data, labels, _ = simulated
    found = of_mpg(data, labels, np.full(40, 2.5))
    said = "severity is an exact combination of the columns before it."
    assert of(found, "line")["note"].item() == f"Not fitted: {said}"
    said = "severity has too few distinct values to bend."
    assert of(found, "spline")["note"].item() == f"Not fitted: {said}"
    assert found.models["r_squared"].notna().sum() == 2 and found.note.endswith(said)


def test_a_label_that_is_the_severity_stands_without_the_model_of_both(simulated):
    data, labels, _ = simulated
    found = of_mpg(data, labels, labels.astype(float))
    assert found.models["r_squared"].notna().tolist() == [True, True, True, False, False, False]
    assert found.comparisons[NUMBERS].isna().all(axis=None)
    said = "Not compared: severity is an exact combination of the columns before it."
    assert found.comparisons["note"][0] == said


def test_a_label_that_a_covariate_repeats_is_refused_by_name(simulated):
    data, labels, score = simulated
    found = rivalry(
        patients(data.assign(wt=labels * 2.0), labels, severity=score), MPG, (measure("wt"),)
    )
    assert found.note.startswith("Not fitted: wt (cm) (column wt) is an exact combination of")
    assert found.models["aic"].isna().all() and found.n == 40


@pytest.mark.parametrize("change", [lambda d, s, lab: 7.0, lambda d, s, lab: 3 - 2 * s])
def test_an_outcome_without_scatter_has_no_test(simulated, change):
    data, labels, score = simulated
    data = data.assign(mpg=change(data, score, labels))
    found = of_mpg(data, labels, score)
    assert "Not fitted: the outcome does not vary around the fit." in set(found.models["note"])
    assert found.comparisons["p"].isna().all() and np.isnan(found.kept)


def test_severity_that_explains_nothing_keeps_no_share():
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"mpg": rng.normal(size=60)})
    found = of_mpg(data, np.repeat([0, 1], 30), rng.normal(size=60))
    assert np.isnan([found.kept, found.kept_low, found.kept_high]).all()
    said = "No share is stated: it is not clear that severity explains anything."
    assert found.note == said


@pytest.mark.parametrize(("n", "fitted"), [(9, 0), (11, 0), (13, 4), (14, 5), (15, 6)])
def test_a_model_needs_ten_patients_beyond_its_parameters(n, fitted):
    rng = np.random.default_rng(6)
    data = pd.DataFrame({"mpg": rng.normal(size=n)})
    found = of_mpg(data, np.arange(n) % 2, rng.normal(size=n))
    assert found.models["r_squared"].notna().sum() == fitted and found.n == n
    assert (found.models["note"] == "").sum() == fitted


def test_an_outcome_nobody_has_gives_rows_without_numbers(simulated):
    data, labels, score = simulated
    found = of_mpg(data.assign(mpg=np.nan), labels, score)
    assert found.n == 0 and found.models["aic"].isna().all() and len(found.comparisons) == 5
    assert found.note == "Not fitted: 0 complete patients, and 11 are needed."


def test_a_patient_on_whom_a_bend_would_rest_alone_is_left_out_of_all_models(simulated):
    data, _, _ = simulated
    score = np.repeat([0.0, 1.0, 9.0], [10, 9, 1])  # knots 0, 1 and 1.4: one patient beyond 1
    labels = np.arange(20) % 2
    found = of_mpg(data[:20], labels, score)
    assert found.note.startswith(
        "Patients on whom alone a coefficient of the widest model would rest are left out."
    )
    apart = of_mpg(data[:19], labels[:19], score[:19])
    assert found.n == 19 and of(found, "label").equals(of(apart, "label"))


def with_last(few, k):
    """Sixty patients of k phenotypes, few of them in the most severe."""
    rng = np.random.default_rng(7)
    labels = np.concatenate([np.arange(60 - few) % (k - 1), [k - 1] * few])
    score = labels + rng.normal(size=60)
    data = pd.DataFrame({"mpg": -score + rng.normal(size=60)})
    return rivalry(patients(data, labels, tuple("abcde"[:k]), severity=score), MPG)


@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_five_patients_in_a_phenotype_and_up_to_five_phenotypes_are_borne(k):
    found = with_last(5, k)
    assert found.comparisons["p"].between(0, 1).all() and found.n == 60
    assert found.comparisons["df"].tolist() == [k - 1, k - 1, 1, 3, 2]


@pytest.mark.parametrize("few", [1, 4])
@pytest.mark.parametrize("k", [3, 4, 5])
def test_fewer_than_five_in_a_phenotype_are_left_out_of_all_models(few, k):
    found = with_last(few, k)
    assert found.comparisons["p"].between(0, 1).all() and found.n == 60 - few
    assert found.comparisons["df"].tolist() == [k - 2, k - 2, 1, 3, 2]
    assert found.note.startswith("Patients on whom, alone or with fewer than four others, a coeff")


def test_the_primary_outcome_is_the_first_and_is_fitted_once(iris, found):
    who = flowers(*iris, columns=(column("length", role="outcome"), column("width")))
    alone = rivals(who, (WIDTH,))
    pd.testing.assert_frame_equal(alone.comparisons, found.comparisons)
    hits = rivalry.cache_info().hits
    label_adds(who, who.codebook.outcomes, (WIDTH,))
    assert rivalry.cache_info().hits == hits + 1


def test_the_rivals_stand_in_one_table_with_what_each_adds_to_the_other(found):
    both = found.table.set_index("model").loc["label + spline"]
    steps = found.comparisons.set_index(["added", "to"])["p"]
    assert both["p_label_adds"] == steps["label", "spline"]
    assert both["p_severity_adds"] == steps["spline", "label"]
    alone = found.table.set_index("model").loc["label"]
    assert alone[["p_label_adds", "p_severity_adds", "estimate"]].isna().all()


def test_without_an_outcome_there_are_tables_without_rows_and_a_reason(iris):
    found = rivals(flowers(*iris), (WIDTH,))
    assert found.models.empty and found.comparisons.empty and np.isnan(found.kept)
    assert found.table.empty and found.record["models"] == []
    assert list(found.comparisons)[:2] == ["added", "to"]
    assert found.models.attrs["reason"] == found.note == (
        "The codebook names no outcome, so nothing is regressed."
    )


# One row a measure.


@pytest.fixture(scope="module")
def row(iris):
    return label_adds(flowers(*iris), (LENGTH,), (WIDTH,)).iloc[0]


def test_the_coefficient_of_the_label_stands_with_its_interval_and_the_direction(row, found):
    for form, step in (("line", 0), ("spline", 1)):
        theirs = found.comparisons.loc[step, ["estimate", "low", "high"]].tolist()
        assert row[[f"beside_{form}{end}" for end in ("", "_low", "_high")]].tolist() == theirs
    assert row["worse"] == "low"


def test_the_flat_table_holds_the_numbers_of_each_rivalry(row, found):
    gains = ["r2_label", "r2_line", "r2_spline", "r2_label_line", "r2_label_spline"]
    assert row[gains].tolist() == found.models["delta_r_squared"][1:].tolist()
    tests = ["label_to_line", "label_to_spline", "spline_to_label"]
    steps = found.comparisons.loc[[0, 1, 3]]  # one test a family: its p is its adjusted p
    assert row[[f"p_{test}_adjusted" for test in tests]].tolist() == steps["p"].tolist()
    assert (row["n"], row["kept"], row["note"]) == (150, found.kept, "")


def test_p_is_adjusted_within_the_block_by_benjamini_and_hochberg(iris):
    data, species = iris
    rng = np.random.default_rng(9)
    data = data.assign(**{f"v{i}": data["petal"] + rng.normal(0, 1, 150) for i in range(4)})
    data["v3"] = np.nan
    names, blocks = ("v0", "v1", "v2", "v3", "width"), ("a", "a", "a", "a", "b")
    columns, who = tuple(map(measure, names, blocks)), flowers(data, species)
    found = label_adds(who, columns, ())["p_label_to_spline_adjusted"]
    p = np.array([rivalry(who, c).comparisons["p"][1] for c in columns])
    assert found[:3].tolist() == adjusted_p(p[:3], "fdr_bh").tolist() != p[:3].tolist()
    assert found[4] == p[4] and np.isnan([p[3], found[3]]).all()


def test_no_measure_gives_an_empty_table_with_its_columns_and_a_reason(iris):
    table = label_adds(flowers(*iris), (), ())
    assert len(table) == 0 and {"kept", "note", "p_label_to_spline_adjusted"} <= set(table)
    assert table.attrs["reason"].startswith("No measure is named")
