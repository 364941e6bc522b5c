"""Functional form: does a covariate act along a line, or does it bend?

An adjusted difference is adjusted for the *lines* of its numeric covariates. Here each line gives
way to a restricted cubic spline (4 knots) in the model of outcome on phenotype and covariates; the
bends are tested together, and the phenotype's coefficient stands beside itself with and without
them. Small bends with a coefficient that stays are the usual, and good, finding. The verbs that
compare nested least-squares models (`widened`, `attempt`, `wald`, `curve`) serve
``label_or_severity`` too.

References: Harrell 2015 (restricted cubic splines, their knots); MacKinnon & White 1985 (HC3);
Holm 1979.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from compendium.data.columns import Column
from compendium.regression.design import CONSTANT, PHENOTYPE, Design, DesignRefused, checked_labels
from compendium.regression.least_squares import (
    NO_TEST,
    attempt,
    spline_columns,
    typed,
    wald,
    widened,
)
from compendium.statistics import CONFIDENCE

_DISTINCT = 5  # values a covariate needs for a curve through it to be asked
TOGETHER = "(all together)"  # brackets: no codebook name can collide
ESTIMATES = tuple(f"{form}{end}" for form in ("line", "spline") for end in ("", "_low", "_high"))
_COLUMNS = (
    "covariate", "label", "unit", "n", "wald_f", "df", "df_resid", "p", "p_adjusted", "family",
    "delta_aic", "contrast", *ESTIMATES, "note",
)


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
    curved = [c for c in covariates if c.numeric and patients[c.name].nunique() >= _DISTINCT]
    rows = []
    for bent in [*([c] for c in curved), *([curved] if curved else [])]:
        row = {"covariate": TOGETHER, "label": "All together", "unit": "", "note": ""}
        if len(rows) < len(curved):
            row |= {"covariate": bent[0].name, "label": bent[0].label, "unit": bent[0].unit}
        row |= {"contrast": f"{names[-1]} − {names[0]}"}
        rows.append(row | _bent(patients, labels, names, outcome, covariates=covariates, bent=bent))
    words = ("covariate", "label", "unit", "family", "contrast", "note")
    return _with_adjusted_p(typed(rows, _COLUMNS, words))


def _bent(data, labels, names, outcome, *, covariates, bent) -> dict:
    """What replacing the lines of ``bent`` by splines does to one model."""

    def more(rows):
        values = {c.name: data.loc[rows, c.name].to_numpy(dtype=float) for c in bent}
        curves = [spline_columns(x, name).drop(columns=name) for name, x in values.items()]
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


# What one must know of a linear model to trust it: covariates that repeat each other, patients who
# carry it, residuals that fan out.
#
# References: Fox & Monette 1992 (generalised variance inflation); Koenker 1981 (studentised
# Breusch–Pagan test); Cook 1977 (distance).

VIF = ("term", "label", "df", "vif", "vif_scaled")


def variance_inflation(built: Design) -> pd.DataFrame:
    """Generalised variance inflation of every term of a design.

    Returns
    -------
    DataFrame, one row a term (phenotype or covariate): ``df`` columns of the design; ``vif`` =
    det R₁₁ · det R₂₂ / det R, 1 where the term is unrelated to the others, without upper bound;
    ``vif_scaled`` = vif^(1 / (2 df)), comparable between terms, the factor by which the standard
    error of one column grows. Checked against R's car::vif.
    """
    R = built.X.drop(columns=CONSTANT).corr()
    rows = []
    for term, inside in built.groups.items():
        outside = [name for name in R if name not in inside]
        parts = [np.linalg.det(R.loc[part, part]) for part in (list(inside), outside)]
        vif = float(np.prod(parts) / np.linalg.det(R))
        rows.append((term, built.titles[term], len(inside), vif, vif ** (1 / (2 * len(inside)))))
    return pd.DataFrame(rows, columns=list(VIF))


def diagnostics(result) -> dict[str, float]:
    """Four numbers of a statsmodels least-squares fit.

    Returns
    -------
    dict: ``breusch_pagan_p`` (studentised: do residuals fan out with the predictors?),
    ``n_influential`` (patients with a Cook's distance above 4/n), ``cook_max``, ``residual_skew``
    (third moment over the cubed SD, divisors n). Checked against R's lmtest::bptest and
    cooks.distance.
    """
    from scipy.stats import skew
    from statsmodels.stats.diagnostic import het_breuschpagan

    cook = result.get_influence().cooks_distance[0]
    return {
        "breusch_pagan_p": float(het_breuschpagan(result.resid, result.model.exog)[1]),
        "n_influential": int((cook > 4 / result.nobs).sum()),
        "cook_max": float(cook.max()),
        "residual_skew": float(skew(result.resid)),
    }
