"""Dose–response: how a validator falls along severity, and whether it falls inside the phenotypes.

Validators follow severity, so *any* cut of a severity axis separates them. What a cut cannot make
is a slope inside the phenotypes: a validator that falls there as fast as between them follows
severity itself, and the label is a coarse way to say so; one that is flat inside and drops between
them follows the label. Neither decides between groups and a continuum. Severity is the mean
oriented z (higher = worse): a slope is in validator units per unit of it. Single patients are
never shown, only slopes and means of bins.

References: MacKinnon & White 1985 (HC3); Fieller 1954 (interval of a ratio); Benjamini & Hochberg
1995.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from compendium.data.columns import Column
from compendium.data.found import Found
from compendium.problems import reasoned
from compendium.regression.design import CONSTANT, PHENOTYPE, DesignRefused, alone
from compendium.regression.label_or_severity import ABOUT, NO_SCORE, SEVERITY, about
from compendium.regression.least_squares import attempt, typed, widened
from compendium.statistics import CONFIDENCE, t_interval
from compendium.validation.by_phenotype import NO_VALIDATOR

_ALL = "all"
_CLEAR = 3  # standard errors that means must lie apart for a share of their difference to be stated
_BINS_WISHED, _FEWEST = 4, 10  # bins in each phenotype; patients each must hold
_REACH = 1.5  # SDs of severity to either side of its mean over which a line is drawn
_SLOPES = (
    *ABOUT, "within", "n", "slope", "low", "high", "p", "mean", "severity_mean", "severity_from",
    "severity_to", "note",
)
_COMMON = (
    *ABOUT, "contrast", "n", "slope", "low", "high", "p", "severity_difference", "difference",
    "difference_low", "difference_high", "share", "share_low", "share_high", "wald_f", "df",
    "df_resid", "p_equal", "note",
)
_BINS = (*ABOUT, "phenotype", "bin", "n", "severity", "mean", "low", "high", "note")
_WORDS = (*ABOUT, "within", "contrast", "phenotype", "note")


def slopes(found: Found, validators: Sequence[Column]) -> pd.DataFrame:
    """Slope of every validator along severity: over all patients, then inside each phenotype.

    Parameters
    ----------
    found : patients, their phenotypes and severity; NaN = missing, left out and counted.
    validators : codebook columns of numbers.

    Returns
    -------
    DataFrame, one row a validator and ``within`` ("all", then each phenotype): n with both values;
    ``slope`` in validator units per unit of severity (least squares with a constant; HC3 and t
    with n − 2 for low, high and p, which is not adjusted); ``mean`` and ``severity_mean``, through
    which the line goes; ``severity_from``, ``severity_to``: 1.5 SD to either side of it. NaN
    and a note where fewer than 12 patients have both, where one of the two does not vary, or where
    the slope would rest on one patient alone. Checked against R: lm, lmtest::coefci and coeftest
    with sandwich::vcovHC.
    """
    rows = [
        about(column) | {"within": name} | _line(_paired(found, column, label), column)[0]
        for column in validators
        for name, label in ((_ALL, None), *zip(found.names, range(len(found.names)), strict=True))
    ]
    return reasoned(typed(rows, _SLOPES, _WORDS), NO_VALIDATOR)


def slopes_common(found: Found, validators: Sequence[Column]) -> pd.DataFrame:
    """One slope inside all phenotypes, and how much of the difference between them it predicts.

    Parameters as for :func:`slopes`.

    Returns
    -------
    DataFrame, one row a validator, over the n patients with both values. ``slope``, low, high, p:
    of severity in validator ~ phenotype + severity (HC3, t with n − k − 1). ``difference`` of
    means, most severe minus mildest, in the validator's unit (HC3 interval, t with n − k), and
    ``severity_difference`` likewise. ``share`` = severity_difference · slope / difference: 1 where
    the validator falls inside the phenotypes as fast as between them, 0 where only between, above
    1 where faster inside. A relation that bends moves it too: beside ``bends`` only.

    The share equals 1 − a / D, a the phenotype's coefficient beside severity and D the difference;
    its interval is Fieller's (t with n − k − 1) with the joint HC3 covariance of a and D: sums
    over patients of products of ψ = (X'X)⁻¹ x e / (1 − h). The delta method would be too narrow
    where D is uncertain. Below 3 standard errors of D no share is stated. ``wald_f``, df,
    df_resid, ``p_equal``: robust F test that the slopes inside are equal (the interaction, HC3;
    df + 1 phenotypes, df_resid = their n − 2 (df + 1)), over the phenotypes that have a slope in
    :func:`slopes`. NaN and a note where there is no fit. Checked against R: lm, sandwich::vcovHC,
    hatvalues, lmtest::waldtest.
    """
    contrast = {"contrast": f"{found.names[-1]} − {found.names[0]}"}
    rows = [about(column) | contrast | _common(_paired(found, column), column)
            for column in validators]
    return reasoned(typed(rows, _COMMON, _WORDS), NO_VALIDATOR)


def bins(found: Found, validators: Sequence[Column]) -> pd.DataFrame:
    """Means of every validator in bins of severity inside each phenotype, for a figure.

    Parameters as for :func:`slopes`. Each phenotype is cut into four bins of equal numbers, at
    quantiles of severity, a value on a cut lying below it; into fewer where a bin would hold fewer
    than ten patients.

    Returns
    -------
    DataFrame, one row a bin: validator, phenotype, bin (1 = mildest), n, mean ``severity``,
    ``mean`` of the validator with its 95 % t interval (n − 1; of no width where all values are
    equal). A phenotype with fewer than ten patients has one row without means, and a note.
    """
    rows = [
        about(column) | {"phenotype": name} | row
        for column in validators
        for label, name in enumerate(found.names)
        for row in _binned(_paired(found, column, label), column)
    ]
    return reasoned(typed(rows, _BINS, _WORDS), NO_VALIDATOR)


def _paired(found: Found, column: Column, label: int | None = None) -> Found:
    """The patients, of one phenotype or all, who have the validator and a severity."""
    known = found.data[column.name].notna().to_numpy()
    if found.severity is not None:
        known = known & found.severity.notna().to_numpy()
    return found.where(known if label is None else known & (found.labels == label))


def _values(who: Found, column: Column) -> tuple[np.ndarray, np.ndarray]:
    """Validator and severity of patients who have both."""
    return who.data[column.name].to_numpy(float), who.severity.to_numpy(float)


def _no_score(who: Found) -> dict:
    return {"n": len(who.data), "note": f"Not computed: {NO_SCORE}"}


def _line(who: Found, column: Column) -> tuple[dict, float]:
    """The row of one line, and the variance of its slope."""
    if who.severity is None:
        return _no_score(who), math.nan
    y, score = _values(who, column)
    X = pd.DataFrame({CONSTANT: 1.0, SEVERITY: score})
    result, reason = None, "the slope would rest on one patient alone."
    if len(y) <= X.shape[1] or not alone(X).any():
        result, reason = attempt(y, X)
    if result is None:
        return {"n": len(y), "note": f"Not fitted: {reason}"}, math.nan
    middle, reach = score.mean(), _REACH * score.std(ddof=1)
    place = {"mean": y.mean(), "severity_mean": middle, "severity_from": middle - reach,
             "severity_to": middle + reach}
    return {"n": len(y)} | _coefficient(result) | place, result.bse[SEVERITY] ** 2


def _coefficient(result) -> dict[str, float]:
    low, high = result.conf_int(1 - CONFIDENCE).loc[SEVERITY]
    return {"slope": result.params[SEVERITY], "low": low, "high": high,
            "p": result.pvalues[SEVERITY]}


def _common(who: Found, column: Column) -> dict:
    """The row of one validator in :func:`slopes_common`."""
    if who.severity is None:
        return _no_score(who)
    score = who.severity.to_numpy(float)
    try:
        built, line, rows, notes = widened(
            who, (), lambda rows: pd.DataFrame({SEVERITY: score[rows]})
        )
    except DesignRefused as refusal:
        return {"n": refusal.n, "note": f"Not fitted: {refusal}"}
    who = who.where(rows)
    y, score = _values(who, column)
    between, _ = attempt(y, built.X)
    beside, reason = attempt(y, built.X.join(line))
    if between is None or beside is None:
        return {"n": len(y), "note": f"Not fitted: {reason}"}
    row = {"n": len(y)} | _coefficient(beside)
    top = f"{PHENOTYPE}[{who.names[-1]}]"
    if top in built.X:
        means = [score[who.labels == label].mean() for label in (len(who.names) - 1, 0)]
        low, high = between.conf_int(1 - CONFIDENCE).loc[top]
        row |= {"severity_difference": means[0] - means[1], "difference": between.params[top],
                "difference_low": low, "difference_high": high}
        share, why = _share(between, beside, top)
        row, notes = row | share, [*notes, why]
    equal, why = _equal(who, column)
    return row | equal | {"note": " ".join(filter(None, [*notes, why]))}


def _share(between, beside, top: str) -> tuple[dict[str, float], str]:
    """1 − a / D with Fieller's interval, and the sentence why there is none."""
    from scipy.stats import t

    a, D = beside.params[top], between.params[top]
    if not abs(D) > _CLEAR * between.bse[top]:
        return {}, f"No ratio is stated, as the means lie less than {_CLEAR} standard errors apart."
    one, two = _influence(beside, top), _influence(between, top)
    square = t.ppf((1 + CONFIDENCE) / 2, beside.df_resid) ** 2
    A, B = D**2 - square * two @ two, a * D - square * one @ two
    reach = math.sqrt(B**2 - A * (a**2 - square * one @ one))
    return {"share": 1 - a / D, "share_low": 1 - (B + reach) / A,
            "share_high": 1 - (B - reach) / A}, ""


def _influence(result, name: str) -> np.ndarray:
    """What each patient contributes to a coefficient; the sum of squares is its HC3 variance."""
    weights = np.linalg.pinv(result.model.exog)[result.model.exog_names.index(name)]
    return weights * result.resid / (1 - result.get_influence().hat_matrix_diag)


def _equal(who: Found, column: Column) -> tuple[dict, str]:
    """Robust F test of equal slopes inside the phenotypes that have one."""
    from scipy.stats import f

    lines = [_line(who.where(who.labels == i), column) for i in range(len(who.names))]
    found = [(row["slope"], V, row["n"]) for row, V in lines if "slope" in row]
    if len(found) < 2:
        return {}, "Inner slopes are not compared: fewer than two phenotypes have one."
    # the interaction model is one line a phenotype, so its HC3 covariance is diagonal in them
    b, V, n = np.array(found).T
    df, df_resid = len(b) - 1, int(n.sum()) - 2 * len(b)
    wald_f = float((((b - np.average(b, weights=1 / V)) ** 2) / V).sum() / df)
    without = [name for name, (row, _) in zip(who.names, lines, strict=True) if "slope" not in row]
    note = f"Inner slopes are compared without {', '.join(without)}." if without else ""
    tested = {"wald_f": wald_f, "df": df, "df_resid": df_resid}
    return tested | {"p_equal": float(f.sf(wald_f, df, df_resid))}, note


def _binned(who: Found, column: Column) -> list[dict]:
    if who.severity is None:
        return [_no_score(who)]
    y, score = _values(who, column)
    if len(y) < _FEWEST:
        return [{"n": len(y), "note": f"Fewer than {_FEWEST} patients: no mean is shown."}]
    for count in range(_BINS_WISHED, 0, -1):
        where = np.searchsorted(np.quantile(score, np.arange(1, count) / count), score)
        if np.bincount(where, minlength=count).min() >= _FEWEST:
            break
    rows = []
    for i in range(count):
        values = y[where == i]
        se = values.std(ddof=1) / math.sqrt(len(values))
        low, high = t_interval(values.mean(), se, len(values) - 1)
        rows.append({"bin": i + 1, "n": len(values), "severity": score[where == i].mean(),
                     "mean": values.mean(), "low": low, "high": high})
    return rows
