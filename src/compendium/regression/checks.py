"""Can the model be trusted? Covariates that bend or repeat each other, patients who carry it.

An adjusted difference is adjusted for the *lines* of its numeric covariates. Here each line gives
way to a restricted cubic spline (4 knots) in the model of outcome on phenotype and covariates; the
bends are tested together, and the phenotype's coefficient stands beside itself with and without
them. Small bends with a coefficient that stays are the usual, and good, finding.

References: Harrell 2015 (restricted cubic splines); Holm 1979; Fox & Monette 1992 (generalised
variance inflation); Koenker 1981 (studentised Breusch–Pagan test); Cook 1977 (distance).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from compendium.data.columns import Column
from compendium.data.found import Found
from compendium.problems import reasoned
from compendium.regression import least_squares as ls
from compendium.regression.design import NO_OUTCOME, Design, DesignRefused, phenotype_terms
from compendium.statistics import adjusted_p

_DISTINCT = 5  # values a covariate needs for a curve through it to be asked
TOGETHER = "(all together)"  # brackets: no codebook name can collide
_WORDS = ("covariate", "label", "note")
_COLUMNS = (
    *_WORDS[:2], "n", "wald_f", "df", "df_resid", "p", "p_adjusted", "delta_aic",
    *(f"{form}{end}" for form in ("line", "spline") for end in ("", "_low", "_high")), "note",
)
VIF = ("term", "label", "df", "vif", "vif_scaled")


def bends(found: Found, covariates: Sequence[Column]) -> pd.DataFrame:
    """Every numeric covariate as a line and as a spline, in the model of the primary outcome.

    Returns
    -------
    DataFrame, one row a numeric covariate with 5 distinct values or more, and a last row in which
    all of them bend together; empty where there is none. ``wald_f`` = b'V⁻¹b / df of the bends b,
    V their HC3 covariance, p from F(df, df_resid = n − parameters); ``p_adjusted`` by Holm over
    the covariates; the joint row is one test and has none. ``delta_aic``: spline minus line, below
    0 where the bends are worth their parameters. ``line`` and ``spline``: most severe minus mildest
    phenotype in the outcome's unit, HC3 and t 95 % interval, by either form. Both forms rest on
    the same n patients, who have the outcome and all covariates. A row that cannot be fitted has
    NaN and a note. Checked against R: lm, AIC, lmtest::waldtest and coefci with sandwich::vcovHC,
    Hmisc::rcspline.eval, p.adjust.
    """
    rows, reason = [], NO_OUTCOME
    for outcome in found.codebook.outcomes[:1]:
        who = found.where(found.data[outcome.name].notna().to_numpy())
        curved = [c for c in covariates
                  if c.numeric and who.data[c.name].nunique() >= _DISTINCT]
        sets = {(c.name, c.label): [c] for c in curved}
        sets |= {(TOGETHER, "All together"): curved} if curved else {}
        rows = [dict(zip(_WORDS, about, strict=False)) | _bent(who, outcome, covariates, bent)
                for about, bent in sets.items()]
        reason = f"No covariate is a number of {_DISTINCT} values or more, so none can bend."
    table = ls.typed(rows, _COLUMNS, _WORDS)
    table["p_adjusted"] = adjusted_p(table["p"].where(table["covariate"] != TOGETHER), "holm")
    return reasoned(table, reason)


def _bent(found: Found, outcome: Column, covariates, bent: Sequence[Column]) -> dict:
    """What replacing the lines of ``bent`` by splines does to one model."""

    def more(rows):
        values = {c.name: found.data.loc[rows, c.name].to_numpy(dtype=float) for c in bent}
        curves = [ls.spline_columns(x, name).drop(columns=name) for name, x in values.items()]
        return pd.concat(curves, axis=1)

    try:
        built, further, rows, notes = ls.widened(found, covariates, more)
    except DesignRefused as refusal:
        return {"n": refusal.n, "note": f"Not fitted: {refusal}"}
    row = {"n": len(built.X)}
    if further.empty:
        return row | {"note": "Not fitted: too few distinct values to bend."}
    y = found.data.loc[rows, outcome.name].to_numpy(dtype=float)
    fits = {"line": ls.attempt(y, built.X)}
    fits["spline"] = ls.attempt(y, pd.concat([built.X, further], axis=1))
    for result, reason in fits.values():
        if result is None:
            return row | {"note": f"Not fitted: {reason}"}
    line, curved = (result for result, _ in fits.values())
    row |= ls.wald(curved, list(further)) | {"delta_aic": curved.aic - line.aic}
    top = phenotype_terms(found.names)[-1]
    for form, (result, _) in fits.items():
        ends = ls.estimates(result).reindex([top]).iloc[0]
        row |= {form: ends["estimate"], f"{form}_low": ends["low"], f"{form}_high": ends["high"]}
    notes += [ls.NO_TEST] if math.isnan(row["p"]) else []
    return row | {"note": " ".join(notes)}


def model_checks(vif: pd.DataFrame, bent: pd.DataFrame) -> pd.DataFrame:
    """The tables of :func:`variance_inflation` and :func:`bends` in one: a row a term, then all
    curves together."""
    terms = vif.rename(columns={"term": "covariate"}).drop(columns="df")
    further = bent[~bent["covariate"].isin(terms["covariate"])]
    both = terms.merge(bent.drop(columns="label"), "left", on="covariate")
    return pd.concat([both, further], ignore_index=True) if len(further) else both


def variance_inflation(built: Design) -> pd.DataFrame:
    """Generalised variance inflation of every term of a design.

    Returns
    -------
    DataFrame, one row a term (phenotype or covariate): ``df`` columns of the design; ``vif`` =
    det R₁₁ · det R₂₂ / det R, 1 where the term is unrelated to the others, without upper bound;
    ``vif_scaled`` = vif^(1 / (2 df)), comparable between terms, the factor by which the standard
    error of one column grows. Checked against R's car::vif.
    """
    R = built.X.iloc[:, 1:].corr()  # without the constant
    rows = []
    for term, inside in built.groups.items():
        outside = [name for name in R if name not in inside]
        parts = [np.linalg.det(R.loc[part, part]) for part in (list(inside), outside)]
        vif = float(np.prod(parts) / np.linalg.det(R))
        rows.append((term, built.titles[term], len(inside), vif, vif ** (1 / (2 * len(inside)))))
    return pd.DataFrame(rows, columns=list(VIF))


def diagnostics(result) -> dict[str, float]:
    """Three numbers of a statsmodels least-squares fit.

    Returns
    -------
    dict: ``breusch_pagan_p`` (studentised: do residuals fan out with the predictors?),
    ``n_influential`` (patients with a Cook's distance above 4/n; the largest would be one
    patient's), ``residual_skew`` (third moment over the cubed SD, divisors n). Checked against R's
    lmtest::bptest and cooks.distance.
    """
    from scipy.stats import skew
    from statsmodels.stats.diagnostic import het_breuschpagan

    cook = result.get_influence().cooks_distance[0]
    return {
        "breusch_pagan_p": float(het_breuschpagan(result.resid, result.model.exog)[1]),
        "n_influential": int((cook > 4 / result.nobs).sum()),
        "residual_skew": float(skew(result.resid)),
    }
