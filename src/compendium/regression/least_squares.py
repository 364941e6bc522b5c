"""One least-squares fit with robust standard errors, and what tests and curves add to it.

The verbs that compare nested models (``widened``, ``attempt``, ``wald``, ``spline_columns``) serve
bends, rivals and slopes alike: all models of a comparison rest on the patients of the widest.

References: MacKinnon & White 1985 (HC3); Harrell 2015 (restricted cubic splines).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from compendium.data.columns import Column
from compendium.data.found import Found
from compendium.regression.design import DEPENDENT, SPARE, DesignRefused, alone, dependent, design
from compendium.statistics import CONFIDENCE, finite, knots_of, spline

NO_TEST = "No robust test: the robust covariance is singular."
_N_KNOTS = 4
_SINGULAR = 1e12  # condition number of a robust covariance above which no test is made of it
_COUNTS = ("n", "parameters", "df", "df_resid", "bin")


def ols(y: np.ndarray, X: pd.DataFrame):
    """Least squares of y (n,) on X (n × parameters), both complete, with HC3 and t.

    Returns
    -------
    statsmodels RegressionResults. Checked against R's lm and sandwich::vcovHC(type = "HC3").

    Raises
    ------
    ValueError : no patient, or a gap.
    DesignRefused : y does not vary around the fit, so that no coefficient has an interval.
    """
    from statsmodels.regression.linear_model import OLS

    finite("the columns", X)
    result = OLS(finite("the outcome", y), X).fit(cov_type="HC3", use_t=True)
    if np.linalg.norm(result.resid) <= DEPENDENT * np.linalg.norm(y):
        raise DesignRefused("the outcome does not vary around the fit; no interval.", len(X))
    return result


def estimates(result) -> pd.DataFrame:
    """The coefficients of a fit, one row a column of X: estimate, se, low, high (95 %), p."""
    low, high = np.asarray(result.conf_int(1 - CONFIDENCE)).T
    return pd.DataFrame({"estimate": result.params, "se": result.bse, "low": low, "high": high,
                         "p": result.pvalues})


def widened(
    found: Found, covariates: Sequence[Column], more: Callable[[np.ndarray], pd.DataFrame]
) -> tuple:
    """A design with further columns, over the patients who can bear the widest model.

    Parameters
    ----------
    more : from rows of found (n,) bool to the further columns of these patients.

    Returns
    -------
    The design, the further columns, the rows of found in both, and notes. Patients on whom one
    combination of all columns would rest alone (leverage 1: HC3 undefined) are left out, with a
    note, as ``design`` leaves them out.

    Raises
    ------
    DesignRefused : as ``design.design``.
    """
    rows, dropped = np.ones(len(found.data), dtype=bool), False
    first = None
    while True:
        built = design(found.where(rows), covariates)
        first = first or built
        rows[np.flatnonzero(rows)[~built.rows]] = False
        further = more(rows).set_axis(built.X.index, axis=0)
        wide = pd.concat([built.X, further], axis=1)
        lonely = alone(wide)
        if not lonely.any() or len(wide) < wide.shape[1] + SPARE:
            break
        rows[np.flatnonzero(rows)[lonely]] = False
        dropped = True
    said = "Patients on whom alone a coefficient of the widest model would rest are left out."
    return built, further, rows, [*first.notes, *([said] if dropped else [])]


def attempt(y: np.ndarray, X: pd.DataFrame):
    """A least-squares fit with HC3 and t, or the sentence why there is none.

    Returns
    -------
    (RegressionResults, "") or (None, sentence): fewer than 10 patients beyond the parameters, a
    column that is an exact combination of those before it, or an outcome without spread around
    the fit.
    """
    n, p = X.shape
    if n < p + SPARE:
        return None, f"{n} complete patients, and {p + SPARE} are needed."
    for name in dependent(X)[:1]:
        return None, f"{name.strip('()')} is an exact combination of the columns before it."
    try:
        return ols(y, X), ""
    except DesignRefused:
        return None, "the outcome does not vary around the fit."


def wald(result, added: list[str]) -> dict:
    """Robust F test that the coefficients of ``added`` are all 0: wald_f, df, df_resid, p.

    wald_f and p are NaN where the HC3 covariance of these coefficients is singular. Checked
    against R: lmtest::waldtest(vcov = sandwich::vcovHC, test = "F").
    """
    from scipy.stats import f

    b = result.params[added].to_numpy()
    V = result.cov_params().loc[added, added].to_numpy()
    tested = {"wald_f": math.nan, "df": len(added), "df_resid": int(result.df_resid), "p": math.nan}
    spread = np.sqrt(np.diag(V))
    if (spread > DEPENDENT * np.abs(b)).all():
        R = V / np.outer(spread, spread)
        if np.linalg.cond(R) < _SINGULAR:
            tested["wald_f"] = float((b / spread) @ np.linalg.solve(R, b / spread)) / len(b)
            tested["p"] = float(f.sf(tested["wald_f"], len(b), result.df_resid))
    return tested


def spline_columns(values: np.ndarray, name: str) -> pd.DataFrame:
    """Values as a line (column ``name``) and their bends (``<name> bend 1`` …), of
    ``statistics.spline`` with knots at 5, 35, 65, 95 % of the values, whatever n (Hmisc moves the
    outer ones below 100); knots that coincide are one."""
    basis = spline(values, knots_of(values, _N_KNOTS))[:, 1:]
    bend = [f"{name} bend {i}" for i in range(1, basis.shape[1])]
    return pd.DataFrame(basis, columns=[name, *bend])


def typed(rows: list[dict], columns: tuple[str, ...], words: tuple[str, ...]) -> pd.DataFrame:
    """Rows as a table: columns of words as they are, counts whole, everything else float."""
    table = pd.DataFrame(rows, columns=list(columns))
    whole = {name: "Int64" for name in _COUNTS if name in columns}
    numbers = [name for name in columns if name not in (*words, *whole)]
    return table.astype(whole | dict.fromkeys(numbers, float))
