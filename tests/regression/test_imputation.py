"""Filled gaps: what is touched, what may be filled in, and that the pooled answer is mice's."""

import numpy as np
import pandas as pd
import pytest
from by_hand import column, patients

from compendium.regression.design import design
from compendium.regression.imputation import _donors, _drawn_level, _drawn_number, impute_covariates
from compendium.regression.least_squares import ols
from compendium.regression.pooling import pool
from compendium.seeds import generator

pytestmark = pytest.mark.filterwarnings("error")
LEVELS = ("short", "middle", "long")
OUTCOME, NUMBER = column("y"), column("x")
CATEGORY = column("c", "category", ("a", "b", "q"))


def gaps(n=60, seed=1):
    """A table with gaps in a number and a category, its labels and its severity."""
    rng = np.random.default_rng(seed)
    severity = rng.normal(size=n)
    labels = (severity > 0.3).astype(int)
    x = (severity + rng.normal(size=n)).round(2)
    codes = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    data = pd.DataFrame({
        "y": 40 - 4 * labels + 2 * x - 3 * (codes == 1) + rng.normal(0, 2, n), "x": x,
        "c": pd.Categorical(np.array(["a", "b", "q"])[codes], categories=list(CATEGORY.levels)),
        "whole": rng.normal(size=n),
    }, index=[f"P{i:03d}" for i in range(n)])
    data.loc[rng.random(n) < 0.3, "x"] = np.nan
    data.loc[rng.random(n) < 0.3, "c"] = np.nan
    return data, labels, pd.Series(severity, data.index)


def run(data, labels, *covariates, severity=None, n_imputations=3, random_state=0):
    found = patients(data, labels, severity=severity)
    how = {"n_imputations": n_imputations, "random_state": random_state}
    return impute_covariates(found, OUTCOME, covariates or (NUMBER, CATEGORY), **how)


@pytest.fixture(scope="module")
def tables():
    """The patients with gaps, filled three times with the help of their severity."""
    data, labels, severity = gaps()
    return run(data, labels, severity=severity).tables


def test_no_gap_is_left_and_nothing_recorded_is_changed(tables):
    data, _, _ = gaps()
    recorded = data[["x", "c"]].notna()
    for table in tables:
        assert table[["x", "c"]].notna().all(axis=None)
        same = table[["x", "c"]].astype(str) == data[["x", "c"]].astype(str)
        assert (same | ~recorded).all(axis=None)
        pd.testing.assert_frame_equal(table[["y"]], data[["y"]])


def test_only_values_that_somebody_has_are_filled_in(tables):
    data, _, _ = gaps()
    for table in tables:
        assert set(table["x"]) <= set(data["x"].dropna())
        assert set(table["c"]) <= set(data["c"].dropna())


def test_types_and_levels_stay_those_of_the_data(tables):
    assert (tables[0].dtypes == gaps()[0].dtypes[tables[0].columns]).all()


def test_a_table_holds_the_outcome_and_the_covariates_and_nothing_else(tables):
    assert list(tables[0]) == ["y", "x", "c"]


def test_the_data_handed_in_are_left_as_they_were():
    data, labels, severity = gaps()
    before = data.copy(deep=True)
    run(data, labels, severity=severity)
    pd.testing.assert_frame_equal(data, before)


@pytest.mark.parametrize(("incomplete", "m"), [(1, 20), (12, 20), (13, 22), (30, 50)])
def test_as_many_imputations_as_per_cent_of_patients_are_incomplete_and_twenty_at_least(
    incomplete, m
):
    data, labels, _ = gaps()
    data["x"] = np.where(np.arange(60) < incomplete, np.nan, np.arange(60.0))
    assert len(run(data, labels, NUMBER, n_imputations=None).tables) == m


def test_patients_without_an_outcome_are_left_out():
    data, labels, severity = gaps()
    data.loc[["P003", "P010"], "y"] = np.nan
    found = run(data, labels, severity=severity).tables[0]
    assert list(found.index) == [i for i in data.index if i not in ("P003", "P010")]


def test_they_do_not_change_what_is_filled_in_for_others():
    data, labels, severity = gaps()
    data.loc["P003", "y"] = np.nan
    rest = data.index != "P003"
    alone = run(data[rest], labels[rest], severity=severity[rest])
    pd.testing.assert_frame_equal(run(data, labels, severity=severity).tables[2], alone.tables[2])


def test_order_of_patients_changes_nothing(tables):
    data, labels, severity = gaps()
    order = np.random.default_rng(4).permutation(len(data))
    turned = run(data.iloc[order], labels[order], severity=severity.iloc[order])
    for a, b in zip(tables, turned.tables, strict=True):
        pd.testing.assert_frame_equal(a, b.loc[a.index])
    assert list(turned.tables[0].index) == list(data.index[order])


def test_the_same_seed_repeats_and_another_differs():
    data, labels, _ = gaps()
    how = {"n_imputations": 2}
    a, b, c = (run(data, labels, random_state=s, **how).tables[0] for s in (1, 1, 2))
    pd.testing.assert_frame_equal(a, b)
    assert not a.equals(c)


def test_more_imputations_keep_the_earlier_ones(tables):
    data, labels, severity = gaps()
    many = run(data, labels, severity=severity, n_imputations=5).tables
    assert (len(tables), len(many)) == (3, 5)
    for a, b in zip(tables, many, strict=False):
        pd.testing.assert_frame_equal(a, b)


def test_nothing_to_fill_gives_no_table():
    data, labels, _ = gaps()
    found = run(data, labels, column("whole"))
    assert (found.tables, found.notes) == ((), ())


def test_a_covariate_recorded_for_nobody_or_constant_is_returned_as_it_is():
    data, labels, _ = gaps()
    data = data.assign(gone=np.nan, same=3.0)
    data.loc["P001", "same"] = np.nan
    found = run(data, labels, NUMBER, column("gone"), column("same"))
    assert [c.name for c in found.covariates] == ["x", "gone", "same"]
    assert found.tables[0]["gone"].isna().all() and np.isnan(found.tables[0].loc["P001", "same"])


def test_a_covariate_that_is_seldom_recorded_is_left_out_with_a_sentence():
    data, labels, _ = gaps()
    data = data.assign(rare=np.where(np.arange(60) < 4, np.arange(60.0), np.nan))
    found = run(data, labels, NUMBER, column("rare"))
    assert [c.name for c in found.covariates] == ["x"]
    assert found.notes == (
        "rare is left out: it is recorded for fewer than five patients, too few to fill the "
        "others.",
    )


@pytest.mark.parametrize("n", [24, 40])
def test_few_patients_are_enough(n):
    data, labels, severity = gaps(n)
    assert run(data, labels, severity=severity).tables[0]["c"].notna().all()


def test_a_level_that_the_label_separates_is_filled_without_trouble():
    data, labels, severity = gaps()
    data["c"] = pd.Categorical(np.where(labels, "b", "a"), categories=list(CATEGORY.levels))
    data.loc[data.index[::4], "c"] = np.nan
    filled = pd.concat([t["c"] for t in run(data, labels, severity=severity).tables])
    truth = np.tile(np.where(labels, "b", "a"), len(filled) // 60)
    assert (filled == truth).mean() > 0.97


def test_covariates_that_repeat_each_other_are_filled_without_trouble():
    data, labels, severity = gaps()
    data["twice"] = 2 * data["x"]
    data.loc[data.index[::5], "twice"] = np.nan
    table = run(data, labels, NUMBER, column("twice"), severity=severity).tables[0]
    known = data["x"].notna()
    assert np.corrcoef(table.loc[known, "twice"], data.loc[known, "x"])[0, 1] > 0.99


def test_severity_helps_to_fill_what_depends_on_it():
    data, labels, severity = gaps(400)
    truth = 2 * severity + np.random.default_rng(0).normal(0, 0.2, 400)
    data["x"] = truth.mask(np.arange(400) % 3 == 0)

    def error(score):
        tables = run(data, labels, NUMBER, severity=score, n_imputations=5).tables
        return np.mean([(t["x"] - truth).std() for t in tables])

    assert error(severity) < 0.5 * error(None)


@pytest.mark.parametrize("m", [1, 0, -3])
def test_one_imputation_is_refused(m):
    data, labels, _ = gaps()
    with pytest.raises(ValueError, match="two or more"):
        run(data, labels, n_imputations=m)


def test_a_donor_is_one_of_the_five_nearest():
    seen, wanted = np.arange(20.0) ** 2, np.array([-5.0, 40.0, 99.0, 1000.0])
    nearest = np.abs(seen - wanted[:, None]).argsort(axis=1)[:, :5]
    drawn = np.array([_donors(seen, wanted, np.random.default_rng(s)) for s in range(300)])
    assert all(set(drawn[:, i]) == set(nearest[i]) for i in range(4))


def test_with_fewer_than_five_recorded_all_are_donors():
    drawn = {int(_donors(np.arange(3.0), np.array([0.0]), generator(s))[0]) for s in range(60)}
    assert drawn == {0, 1, 2}


def test_tied_predictions_lend_from_all_who_share_them():
    drawn = {int(_donors(np.zeros(30), np.array([0.0]), generator(s))[0]) for s in range(900)}
    assert drawn == set(range(30))


def test_a_number_follows_its_predictors():
    rng = np.random.default_rng(2)
    X = np.column_stack([np.ones(300), rng.normal(size=300)])
    y = 3 * X[:, 1] + rng.normal(0, 0.1, 300)
    drawn = _drawn_number(y[:200], X[:200], X[200:], rng)
    assert np.corrcoef(drawn, y[200:])[0, 1] > 0.99 and set(drawn) <= set(y[:200])


def test_a_level_is_drawn_as_often_as_its_predictors_say():
    rng = np.random.default_rng(2)
    X = np.column_stack([np.ones(4000), np.repeat([0.0, 1.0], 2000)])
    y = (rng.random(4000) < np.where(X[:, 1] > 0, 0.8, 0.3)).astype(float)
    drawn = _drawn_level(y, X, X, rng)
    shares = drawn[:2000].mean(), drawn[2000:].mean()
    assert shares == pytest.approx((0.3, 0.8), abs=0.05)


def test_a_bootstrap_of_one_level_gives_that_level():
    X = np.ones((8, 2))
    assert set(_drawn_level(np.full(8, 2.0), X, X[:3], np.random.default_rng(0))) == {2.0}


def iris():
    """R's iris with gaps: petal length on a label, sepal width, and two categories."""
    from sklearn.datasets import load_iris

    values, n = load_iris().data, np.arange(1, 151)
    size = pd.cut(values[:, 0], [0, 5.4, 6.2, 9], labels=list(LEVELS)).astype(str)
    data = pd.DataFrame({
        "y": values[:, 2], "width": np.where(n % 5 == 0, np.nan, values[:, 1]),
        "size": np.where(n % 3 == 0, None, size),
        "tall": np.where(n % 6 == 1, None, np.where(n % 4 < 2, "yes", "no")),
    })
    return data, (values[:, 3] > 1.3).astype(int)


def fitted(data, labels, *covariates):
    built = design(patients(data, labels), covariates)
    return ols(data["y"][built.rows], built.X)


def test_the_pooled_model_is_that_of_mice():
    # R (mice 3.15): d as in iris() above; mice(d, m = 1000, maxit = 10, seed = 1) with pmm for
    # width and, for the categories, mice.impute.bootreg <- nnet::multinom(decay = 0.02) on
    # sample(which(ry), replace = TRUE), levels drawn from predict(type = "probs");
    # lm(len ~ wide + W + size + tall), vcovHC(type = "HC3"), pool.scalar(n = 150, k = 6):
    # qbar, sqrt(t). Here 40 imputations, whose own error is about 0.1 SE.
    theirs = {
        "(phenotype)[Severe]": (1.468441323, 0.187515831), "width": (-0.878212561, 0.207716210),
        "size[middle]": (1.552126337, 0.191389087), "size[long]": (2.168433560, 0.243486192),
        "tall[yes]": (-0.122377386, 0.137108632),
    }
    data, labels = iris()
    covariates = (column("width"), column("size", "category", LEVELS),
                  column("tall", "category", ("no", "yes")))
    tables = run(data, labels, *covariates, n_imputations=40, random_state=5).tables
    fits = [fitted(t, labels, *covariates) for t in tables]
    for term, (estimate, se) in theirs.items():
        found = pool([f.params[term] for f in fits], [f.bse[term] ** 2 for f in fits], 144)
        assert found["estimate"] == pytest.approx(estimate, abs=0.3 * se)
        assert found["se"] == pytest.approx(se, rel=0.1)


def test_filling_corrects_what_complete_patients_get_wrong():
    # the outcome decides who lacks the covariate, so complete patients are a biased sample
    rng = np.random.default_rng(8)
    n = 3000
    labels = np.repeat([0, 1], n // 2)
    x = labels + rng.normal(size=n)
    y = 40 - 4 * labels + 2 * x + rng.normal(0, 3, n)
    data = pd.DataFrame(
        {"y": y, "x": np.where(rng.random(n) < 1 / (1 + np.exp(y - 39)), np.nan, x)}
    )
    tables = run(data, labels, NUMBER, n_imputations=5).tables
    filled = np.mean([fitted(t, labels, NUMBER).params.iloc[1] for t in tables])
    complete = fitted(data, labels, NUMBER).params.iloc[1]
    assert abs(filled + 4) < 0.3 < 0.8 < abs(complete + 4)
