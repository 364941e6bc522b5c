"""Proportional odds against R's ordinal::clm (2022.11) and MASS::polr, and its refusals."""

import numpy as np
import pandas as pd
import pytest
from r_data import AM, PAIN, TREATED, mtcars

from compendium.regression.design import DesignRefused
from compendium.regression.odds import proportional_odds

pytestmark = pytest.mark.filterwarnings("error")
PREDICTORS = ["selfLR", "age", "educ", "income"]
X = pd.DataFrame({"treated": TREATED})


def of_votes(**change):
    import statsmodels.api as sm

    data = sm.datasets.anes96.load_pandas().data.assign(**change)
    return proportional_odds(data["PID"], data[PREDICTORS], ("educ", "income"))


@pytest.fixture(scope="module")
def votes():
    return of_votes()


@pytest.fixture(scope="module")
def pain():
    return proportional_odds(PAIN, X, ("treated",))


def test_coefficients_and_errors_equal_r(votes):
    # R: ct <- clm.control(gradTol = 1e-12)
    # coef(summary(clm(factor(PID, ordered = TRUE) ~ selfLR + age + educ + income, control = ct)))
    theirs = [[1.02752585627860582, 0.05327864524207788, 7.05711070142761e-83],
              [-0.00428877430915242, 0.00371575191149275, 2.48412286251617e-01],
              [0.17747159012997632, 0.04071095206819975, 1.30474207644211e-05],
              [0.04917374365534286, 0.01072341210135945, 4.52590564659363e-06]]
    np.testing.assert_allclose(votes.table[["estimate", "se", "p"]], theirs, rtol=1e-9)


def test_likelihood_ratio_of_two_columns_equals_r(votes):
    # R: lrtest(m, clm(y ~ selfLR + age)): Chisq, Pr(>Chisq)
    assert votes.lr == pytest.approx(63.0851141421977, rel=1e-9)
    assert votes.lr_p == pytest.approx(2.00097433777221e-14, rel=1e-8)


def test_binary_logits_at_the_quartiles_equal_r(votes):
    # R: coef(glm(I(PID > z) ~ selfLR + age + educ + income, binomial, epsilon = 1e-14)), z 1, 2, 5
    theirs = [[0.1710108546739222, 0.0704962444118996], [0.13129572329286515, 0.07172028819103327],
              [0.16775450513855150, 0.05546317869388243]]
    found = votes.splits
    assert list(found.index) == [1, 2, 5] and list(found) == ["educ", "income"]
    np.testing.assert_allclose(found, theirs, rtol=1e-9)


def test_a_score_of_two_groups_equals_r(pain):
    # R: coef(summary(clm(factor(pain, ordered = TRUE) ~ tr))); confint(type = "Wald"); lrtest
    theirs = [2.40759289196326, 0.906519137188573, 0.6308480317773351, 4.18433775214919,
              0.007910516039802170]
    np.testing.assert_allclose(pain.table.iloc[0, 1:].astype(float), theirs, rtol=1e-9)
    assert pain.lr == pytest.approx(8.19022190515205, rel=1e-10)


def test_a_higher_score_has_positive_log_odds():
    low, high = (proportional_odds(s * np.array(PAIN), X, ("treated",)).table for s in (-1, 1))
    assert high.loc[0, "estimate"] > 0
    assert low.loc[0, "estimate"] == pytest.approx(-high.loc[0, "estimate"])


def test_only_the_order_of_the_levels_counts():
    a, b = (proportional_odds(y, X, ("treated",)) for y in (PAIN, np.exp(PAIN)))
    np.testing.assert_allclose(a.table.iloc[:, 1:], b.table.iloc[:, 1:], rtol=1e-12)


def test_two_levels_are_a_logistic_regression():
    from statsmodels.discrete.discrete_model import Logit

    y, data = (mtcars()["mpg"] > 19).astype(float), pd.DataFrame({"wt": mtcars()["wt"]})
    theirs = Logit(y, data.assign(one=1.0)).fit(disp=0, tol=1e-12)
    ours = proportional_odds(y, data, ("wt",)).table.loc[0]
    assert [ours["estimate"], ours["se"]] == pytest.approx(
        [theirs.params["wt"], theirs.bse["wt"]], rel=1e-8
    )


def test_a_constant_is_left_to_the_thresholds(pain):
    found = proportional_odds(PAIN, X.assign(**{"(constant)": 1.0}), ("treated",))
    np.testing.assert_allclose(found.table.iloc[:, 1:], pain.table.iloc[:, 1:])


def test_moving_and_scaling_a_covariate_changes_neither_the_others_nor_the_likelihood(votes):
    a, b = votes, of_votes(age=lambda data: 1000 * data["age"] + 5e4)
    others = [0, 2, 3]
    np.testing.assert_allclose(
        a.table.iloc[others, 1:].astype(float), b.table.iloc[others, 1:].astype(float), rtol=1e-7
    )
    assert a.table.loc[1, "estimate"] == pytest.approx(1000 * b.table.loc[1, "estimate"])
    assert a.lr == pytest.approx(b.lr, rel=1e-9)


def test_order_of_patients_changes_nothing(pain):
    order = np.random.default_rng(0).permutation(25)
    turned = proportional_odds(np.array(PAIN)[order], X.iloc[order], ("treated",))
    np.testing.assert_allclose(turned.table.iloc[:, 1:], pain.table.iloc[:, 1:], rtol=1e-9)


def test_many_levels_converge():
    rng = np.random.default_rng(1)
    label = np.repeat([0, 1], 200)
    y = np.clip(np.round(40 - 4 * label + rng.normal(0, 8, 400)), 0, 48)
    found = proportional_odds(y, pd.DataFrame({"label": label}), ("label",))
    assert -1.4 < found.table.loc[0, "estimate"] < -0.4


def test_a_covariate_far_out_does_not_upset_the_fit():
    weight = mtcars()["wt"].where(mtcars().index != 3, 500.0)
    found = proportional_odds(
        mtcars()["mpg"].round(), pd.DataFrame({"am": AM, "wt": weight}), ("am",)
    )
    assert np.isfinite(found.table[["estimate", "se"]]).all(axis=None)


def test_a_label_that_separates_is_refused_by_name():
    with pytest.raises(DesignRefused, match="treated separates low from high values") as caught:
        proportional_odds(np.array(PAIN) + 10 * TREATED, X, ("treated",))
    assert caught.value.n == 25


def test_a_number_that_separates_is_refused():
    weight = pd.DataFrame({"wt": mtcars()["wt"]})
    with pytest.raises(DesignRefused, match="wt separates"):
        proportional_odds((weight["wt"] > 3.3).astype(float), weight, ("wt",))


def test_a_split_that_is_separated_has_no_number():
    # above 3 everybody is treated
    y = np.array([1, 2, 3, 1, 2, 3, 2, 3, 4, 4, 4, 3])
    treated = pd.DataFrame({"treated": np.repeat([0, 1], 6)})
    splits = proportional_odds(y, treated, ("treated",)).splits["treated"]
    assert splits.isna().any() and splits.notna().any()


def test_a_score_at_its_ceiling_has_no_split_above_it():
    y = np.append([40, 41, 40, 44, 47], np.full(20, 48.0))
    y[[0, 24]] = y[[24, 0]]
    assert list(proportional_odds(y, X, ("treated",)).splits.index) == []


@pytest.mark.parametrize(
    ("y", "levels"), [(np.ones(25), "1 level"), (np.arange(61.0), "61 levels")]
)
def test_too_few_or_too_many_levels_are_refused(y, levels):
    data = pd.DataFrame({"x": np.random.default_rng(0).normal(size=len(y))})
    with pytest.raises(DesignRefused, match=f"{levels}; odds are modelled for 2 to 60"):
        proportional_odds(y, data, ("x",))
