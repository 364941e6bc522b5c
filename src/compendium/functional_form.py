"""Functional form: does a covariate act along a line, or does it bend?

An adjusted difference is adjusted for the *lines* of its numeric covariates. Here each line gives
way to a restricted cubic spline (4 knots) in the model of outcome on phenotype and covariates; the
bends are tested together, and the phenotype's coefficient stands beside itself with and without
them. Small bends with a coefficient that stays are the usual, and good, finding. The verbs that
compare nested least-squares models (`widened`, `attempt`, `wald`, `curve`) serve ``rivals`` too.

References: Harrell 2015 (restricted cubic splines, their knots); MacKinnon & White 1985 (HC3);
Holm 1979.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from compendium.codebook import Column
from compendium.design import (
    DEPENDENT,
    PHENOTYPE,
    SPARE,
    Design,
    DesignRefused,
    checked_labels,
    design,
)
from compendium.effects import CONFIDENCE
from compendium.regression import fit
from compendium.splines import knots_of, spline

N_KNOTS = 4
DISTINCT = 5  # values a covariate needs for a curve through it to be asked
TOGETHER = "(all together)"  # brackets: no codebook name can collide
SINGULAR = 1e12  # condition number of a robust covariance above which no test is made of it
COUNTS = ("n", "parameters", "df", "df_resid", "bin")
NO_TEST = "No robust test: the robust covariance is singular."
ESTIMATES = tuple(f"{form}{end}" for form in ("line", "spline") for end in ("", "_low", "_high"))
COLUMNS = (
    "covariate", "label", "unit", "n", "wald_f", "df", "df_resid", "p", "p_adjusted", "family",
    "delta_aic", "contrast", *ESTIMATES, "note",
)  # fmt: skip


def bends(
    data: pd.DataFrame,
    labels: np.ndarray,
    names: tuple[str, ...],
    outcome: Column,
    covariates: tuple[Column, ...],
) -> pd.DataFrame:
    """Every numeric covariate as a line and as a spline, in the model of outcome on phenotype.

    Parameters
    ----------
    data, labels, names, covariates : as for ``design.design``.
    outcome : codebook column of a number; patients without it are left out.

    Returns
    -------
    DataFrame, one row a numeric covariate with 5 distinct values or more, and a last row in which
    all of them bend together; empty where there is none. ``wald_f`` = b'V⁻¹b / df of the bends b,
    V their HC3 covariance, p from F(df, df_resid = n − parameters); ``p_adjusted`` by Holm over
    the covariates (``family``); the joint row is one test and has none. ``delta_aic``: spline
    minus line, below 0 where the bends are worth their parameters. ``line`` and ``spline``: most
    severe minus mildest phenotype in the outcome's unit, HC3 and t 95 % interval, by either form.
    Both forms rest on the same n patients. Knots stand at 5, 35, 65, 95 % of the covariate among
    them, whatever n (Hmisc moves the outer ones below 100 patients); coinciding knots are one.
    A row that cannot be fitted has NaN and a note. Checked against R: lm, AIC, lmtest::waldtest
    and coefci with sandwich::vcovHC, Hmisc::rcspline.eval, p.adjust.
    """
    labels = checked_labels(labels, names, len(data))
    known = data[outcome.name].notna().to_numpy()
    patients, labels = data[known], labels[known]
    curved = [c for c in covariates if c.numeric and patients[c.name].nunique() >= DISTINCT]
    rows = []
    for bent in [*([c] for c in curved), *([curved] if curved else [])]:
        row = {"covariate": TOGETHER, "label": "All together", "unit": "", "note": ""}
        if len(rows) < len(curved):
            row |= {"covariate": bent[0].name, "label": bent[0].label, "unit": bent[0].unit}
        row |= {"contrast": f"{names[-1]} − {names[0]}"}
        rows.append(row | _bent(patients, labels, names, outcome, covariates=covariates, bent=bent))
    words = ("covariate", "label", "unit", "family", "contrast", "note")
    return _with_adjusted_p(typed(rows, COLUMNS, words))


def widened(
    data: pd.DataFrame,
    labels: np.ndarray,
    names: tuple[str, ...],
    covariates: tuple[Column, ...],
    more: Callable[[np.ndarray], pd.DataFrame],
) -> tuple[Design, pd.DataFrame, np.ndarray, list[str]]:
    """A design with further columns, over the patients who can bear the widest model.

    Parameters
    ----------
    data, labels, names, covariates : as for ``design.design``.
    more : from rows of data (n,) bool to the further columns of these patients.

    Returns
    -------
    The design, the further columns, the rows of data in both, and notes. Patients on whom one
    combination of all columns would rest alone (leverage 1: HC3 undefined) are left out, with a
    note, as ``design`` leaves them out.

    Raises
    ------
    DesignRefused : as ``design.design``.
    """
    rows, dropped = np.ones(len(data), dtype=bool), 0
    first = None
    while True:
        built = design(data[rows], labels[rows], names, covariates)
        first = first or built
        rows[np.flatnonzero(rows)[~built.rows]] = False
        further = more(rows).set_axis(built.X.index, axis=0)
        wide = pd.concat([built.X, further], axis=1)
        lonely = alone(wide)
        if not lonely.any() or len(wide) < wide.shape[1] + SPARE:
            break
        rows[np.flatnonzero(rows)[lonely]] = False
        dropped += int(lonely.sum())
    said = f"Patients left out because the widest model would rest on each alone: {dropped}."
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
    left = np.abs(np.diag(np.linalg.qr(_scaled(X), "r")))
    for name in X.columns[left < DEPENDENT][:1]:
        return None, f"{name.strip('()')} is an exact combination of the columns before it."
    try:
        return fit(y, X), ""
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
        if np.linalg.cond(R) < SINGULAR:
            tested["wald_f"] = float((b / spread) @ np.linalg.solve(R, b / spread)) / len(b)
            tested["p"] = float(f.sf(tested["wald_f"], len(b), result.df_resid))
    return tested


def curve(values: np.ndarray, name: str) -> pd.DataFrame:
    """Values as a line (column ``name``) and their bends (``<name> bend 1`` …), see ``splines``."""
    basis = spline(values, knots_of(values, N_KNOTS))[:, 1:]
    bend = [f"{name} bend {i}" for i in range(1, basis.shape[1])]
    return pd.DataFrame(basis, columns=[name, *bend])


def alone(X: pd.DataFrame) -> np.ndarray:
    """Which rows a combination of columns describes alone (leverage 1), also where columns depend.

    >>> alone(pd.DataFrame({"constant": [1.0, 1, 1, 1], "rare": [0.0, 0, 0, 1]})).tolist()
    [False, False, False, True]
    """
    left, singular, _ = np.linalg.svd(_scaled(X), full_matrices=False)
    return (left[:, singular > DEPENDENT * singular[0]] ** 2).sum(axis=1) > 1 - DEPENDENT


def typed(rows: list[dict], columns: tuple[str, ...], words: tuple[str, ...]) -> pd.DataFrame:
    """Rows as a table: columns of words as they are, counts whole, everything else float."""
    table = pd.DataFrame(rows, columns=list(columns))
    whole = {name: "Int64" for name in COUNTS if name in columns}
    numbers = [name for name in columns if name not in (*words, *whole)]
    return table.astype(whole | dict.fromkeys(numbers, float))


def _bent(data, labels, names, outcome, *, covariates, bent) -> dict:
    """What replacing the lines of ``bent`` by splines does to one model."""

    def more(rows):
        values = {c.name: data.loc[rows, c.name].to_numpy(dtype=float) for c in bent}
        curves = [curve(x, name).drop(columns=name) for name, x in values.items()]
        return pd.concat(curves, axis=1)

    try:
        built, further, rows, notes = widened(data, labels, names, covariates, more)
    except DesignRefused as refusal:
        return {"n": refusal.n, "note": f"Not fitted: {refusal}"}
    found = {"n": len(built.X)}
    if further.empty:
        return found | {"note": "Not fitted: too few distinct values to bend."}
    y = data.loc[rows, outcome.name].to_numpy(dtype=float)
    fits = {"line": attempt(y, built.X)}
    fits["spline"] = attempt(y, pd.concat([built.X, further], axis=1))
    for result, reason in fits.values():
        if result is None:
            return found | {"note": f"Not fitted: {reason}"}
    line, curved = (result for result, _ in fits.values())
    found |= wald(curved, list(further)) | {"delta_aic": curved.aic - line.aic}
    found |= _coefficient(line, "line", names) | _coefficient(curved, "spline", names)
    notes += [NO_TEST] if math.isnan(found["p"]) else []
    return found | {"note": " ".join(notes)}


def _coefficient(result, form: str, names) -> dict:
    name = f"{PHENOTYPE}[{names[-1]}]"
    if name not in result.params:
        return {}
    low, high = result.conf_int(1 - CONFIDENCE).loc[name]
    return {form: result.params[name], f"{form}_low": low, f"{form}_high": high}


def _with_adjusted_p(table: pd.DataFrame) -> pd.DataFrame:
    from statsmodels.stats.multitest import multipletests

    p = table.loc[table["covariate"] != TOGETHER, "p"].dropna()
    table["family"] = np.where(table["covariate"] == TOGETHER, "", f"covariates ({len(p)} tests)")
    if len(p):
        table.loc[p.index, "p_adjusted"] = multipletests(p, method="holm")[1]
    return table


def _scaled(X: pd.DataFrame) -> np.ndarray:
    lengths = np.linalg.norm(X.to_numpy(), axis=0)
    return X.to_numpy() / np.where(lengths == 0, 1, lengths)
