"""Median regression against R's quantreg (5.94), on data sets that ship with R and statsmodels."""

import numpy as np
import pandas as pd
import pytest
from r_data import AM, PAIN, TREATED, mtcars

from compendium.regression.design import DesignRefused
from compendium.regression.quantile import bandwidth, median_regression, quantile_coefficients

FIGURES = ["estimate", "se", "p"]


def with_constant(frame):
    frame = pd.DataFrame(frame).reset_index(drop=True)
    frame.insert(0, "(constant)", 1.0)
    return frame.astype(float)


def shipped(name):
    import statsmodels.api as sm

    return getattr(sm.datasets, name).load_pandas().data


def cars():
    return mtcars()["mpg"], with_constant({"am": AM, "wt": mtcars()["wt"]})


@pytest.fixture(scope="module")
def found():
    return median_regression(*cars())


def test_engel_equals_r():
    # R: summary(rq(foodexp ~ income, data = engel), se = "nid")$coefficients
    engel = shipped("engel")
    found = median_regression(engel["foodexp"], with_constant(engel[["income"]]))
    theirs = [[81.48224741693622, 19.2506602521060159, 3.32287515316665e-05],
              [0.56018055120942, 0.0282772096838577, 0]]
    np.testing.assert_allclose(found[FIGURES], theirs, rtol=1e-9, atol=1e-30)


def test_stack_loss_equals_r():
    # R: summary(rq(stack.loss ~ ., data = stackloss), se = "nid")$coefficients
    stack = shipped("stackloss")
    found = median_regression(stack.iloc[:, 0], with_constant(stack.iloc[:, 1:]))
    theirs = [[-39.6898550724637929, 7.1416267869283265, 3.47317599700414e-05],
              [0.8318840579710135, 0.1269327153145927, 4.91583330575196e-06],
              [0.5739130434782647, 0.3417930015300642, 1.11411874084663e-01],
              [-0.0608695652173913, 0.0604123313416954, 3.27788617166233e-01]]
    np.testing.assert_allclose(found[FIGURES], theirs, rtol=1e-9)


def test_a_label_with_a_covariate_equals_r(found):
    # R: summary(rq(mpg ~ am + wt, data = mtcars), se = "nid")$coefficients
    theirs = [[41.73793103448278, 4.23559268897730, 9.20223897082906e-11],
              [-1.90172413793104, 2.05627235694397, 3.62681151272783e-01],
              [-6.55172413793104, 1.11721971535450, 2.31261303129671e-06]]
    # R's 2 * (1 - pt(t, df)) loses the digits of a small p
    np.testing.assert_allclose(found[FIGURES], theirs, rtol=1e-9, atol=1e-15)


def test_other_quantiles_equal_r():
    # R: coef(rq(foodexp ~ income, tau = 0.3, data = engel))
    engel = shipped("engel")
    X = with_constant(engel[["income"]]).to_numpy()
    found, _ = quantile_coefficients(engel["foodexp"].to_numpy(), X, 0.3)
    np.testing.assert_allclose(found, [99.110581005254517, 0.481240001647578], rtol=1e-10)


# R: bandwidth.rq(0.5, n)
@pytest.mark.parametrize(("n", "theirs"), [(235, 0.157439331420237), (21, 0.352151405436438)])
def test_bandwidth_equals_r(n, theirs):
    assert bandwidth(n) == pytest.approx(theirs, rel=1e-12)


def test_it_minimises_the_sum_of_absolute_residuals(found):
    (y, X), b = cars(), found["estimate"].to_numpy()
    least = np.abs(y - X @ b).sum()
    moved = b + 0.01 * np.random.default_rng(0).normal(size=(200, 3)) * np.abs(b)
    assert all(np.abs(y - X @ other).sum() >= least for other in moved)


def test_a_label_alone_gives_the_difference_of_medians():
    y = np.array([1.0, 2, 9, 4, 5, 9, 7, 12])
    label = np.array([0, 0, 0, 1, 1, 1, 1, 1])
    found = median_regression(y, with_constant({"label": label})).set_index("term")
    assert found.loc["label", "estimate"] == pytest.approx(7 - 2)


def test_far_values_do_not_move_the_median(found):
    y, X = cars()
    moved = median_regression(y.mask(y == y.max(), 1e6), X)["estimate"]
    np.testing.assert_allclose(found["estimate"], moved, rtol=1e-9)


def test_order_of_patients_changes_nothing(found):
    y, X = cars()
    order = np.random.default_rng(1).permutation(32)
    turned = median_regression(y.to_numpy()[order], X.iloc[order])
    np.testing.assert_allclose(turned[FIGURES], found[FIGURES], rtol=1e-9)


def test_shifting_and_scaling_the_outcome_moves_only_what_it_must(found):
    y, X = cars()
    before, after = found.iloc[1], median_regression(10 * y - 500, X).iloc[1]
    assert after["estimate"] == pytest.approx(10 * before["estimate"])
    assert after["p"] == pytest.approx(before["p"], rel=1e-6)


def test_a_single_best_line_has_no_other_values(found):
    assert (found["least"] == found["estimate"]).all()
    assert (found["most"] == found["estimate"]).all()


def test_lines_that_fit_as_well_are_told_by_their_range():
    # the median of 1, 2, 5, 9 is any number from 2 to 5, that of 3, 4, 6, 8 any from 4 to 6
    y = np.array([1.0, 2, 5, 9, 3, 4, 6, 8])
    X = with_constant({"label": np.repeat([0, 1], 4)})
    found = median_regression(y, X).set_index("term")
    assert found.loc["(constant)", ["least", "most"]].tolist() == pytest.approx([2, 5])
    assert found.loc["label", ["least", "most"]].tolist() == pytest.approx([4 - 5, 6 - 2])
    assert found["estimate"].between(found["least"], found["most"]).all()


def test_the_range_holds_the_vertices_that_r_may_give():
    # R: rq(mpg ~ am + wt + factor(cyl), data = mtcars) warns "may be nonunique"; am -0.88571428571
    X = with_constant({"am": AM, "wt": mtcars()["wt"]}).assign(
        cyl6=(mtcars()["cyl"] == "6").astype(float), cyl8=(mtcars()["cyl"] == "8").astype(float)
    )
    am = median_regression(mtcars()["mpg"], X, ("am",)).set_index("term").loc["am"]
    assert am["least"] == pytest.approx(-0.885714285714) and am["most"] > am["least"] + 0.005


def test_only_the_columns_asked_are_looked_at():
    found = median_regression(*cars(), ("am",)).set_index("term")
    assert found["least"].isna().to_dict() == {"(constant)": True, "am": False, "wt": True}


def test_an_outcome_of_one_value_is_refused():
    with pytest.raises(DesignRefused, match="one value"):
        median_regression(np.full(32, 3.0), cars()[1])


def test_an_outcome_tied_around_its_median_is_refused():
    with pytest.raises(DesignRefused, match="its density there cannot be read off"):
        median_regression(np.append(np.full(30, 48.0), [40.0, 41.0]), cars()[1])


def test_a_short_score_gives_whole_steps():
    found = median_regression(PAIN, with_constant({"treated": TREATED}))
    assert found["estimate"].tolist() == pytest.approx([1, 2])
