"""Outcome on phenotype: the linear model, crude and adjusted, with what one must know to trust it.

The reference is the mildest phenotype, so an estimate is *this phenotype minus the mildest*, in
the outcome's own unit. Designs are built from codebook columns, never from formula text.
Ordinary least squares; standard errors are HC3 and every interval and p uses t with n − parameters
degrees of freedom. Patients with a missing outcome are left out and counted. Those with a missing
covariate are left out of the adjusted model and kept in the imputed one, and the crude model is
shown over either: what adjustment does is not to be confounded with whom it loses.

References: MacKinnon & White 1985 (HC3); Barnard & Rubin 1999 (pooling over imputations).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from compendium.data.columns import Codebook, Column
from compendium.data.found import Found
from compendium.headcounts import few
from compendium.problems import reasoned
from compendium.regression.checks import VIF, diagnostics, variance_inflation
from compendium.regression.design import NO_OUTCOME, Design, DesignRefused, design, phenotype_terms
from compendium.regression.imputation import impute_covariates
from compendium.regression.least_squares import estimates, ols, wald
from compendium.regression.pooling import pool
from compendium.statistics import CONFIDENCE

METHOD = "OLS, HC3, t"
CRUDE, SAME_PATIENTS, ADJUSTED, IMPUTED = "crude", "crude, same patients", "adjusted", "imputed"
_NUMBERS = (
    "estimate", "se", "low", "high", "p", "p_overall", "r_squared", "resid_sd", "partial_r", "df",
    "fmi",
)
_MEANS = ("phenotype", "n", "mean", "estimate", "low", "high")
_TABLE = (
    "outcome", "outcome_label", "unit", "model", "phenotype", "reference", *_NUMBERS[:6], "n",
    "n_missing", "covariates", "method", *_NUMBERS[6:],
)


@dataclass(frozen=True)
class Models:
    """The models of one outcome, or of all.

    ``table``: the phenotype's coefficients, in all models. ``described``: the model of the primary
    outcome ("adjusted" where it was fitted, else "crude", else "") to which ``means``, ``vif``,
    ``diagnostics`` and ``residuals`` (fitted, residual; ordered by fitted, no patient identifiers)
    belong. ``notes``: on all models.

    ``means``, one row a phenotype: n and mean of its patients in the model, and ``estimate`` with
    low, high: its adjusted (estimated marginal) mean, what the model predicts were all its patients
    of this phenotype, each with the covariates observed, averaged over them (delta method, HC3, t).
    NaN for a phenotype without a patient. Checked against R: lm, and HC3 by hand.
    """

    table: pd.DataFrame
    described: str
    means: pd.DataFrame
    vif: pd.DataFrame
    diagnostics: dict[str, float]
    residuals: pd.DataFrame
    notes: tuple[str, ...]


def models(
    found: Found,
    covariates: Sequence[Column],
    *,
    n_imputations: int | None = None,
    random_state: int = 0,
) -> Models:
    """Crude and adjusted difference of every outcome between phenotypes, by :func:`fit_outcome`.

    Returns
    -------
    Models: the tables of all outcomes one under the other, in the codebook's order; what describes
    a model, of the primary outcome. Empty where the codebook names no outcome.
    """
    how = {"n_imputations": n_imputations, "random_state": random_state}
    fitted = [fit_outcome(found, y, covariates, **how) for y in found.codebook.outcomes]
    if not fitted:
        table = pd.DataFrame(columns=list(_TABLE))
        return Models(reasoned(table, NO_OUTCOME), *_described(_Fit("", 0, ()), found), ())
    table = pd.concat([one.table for one in fitted], ignore_index=True)
    return replace(fitted[0], table=table, notes=tuple(n for one in fitted for n in one.notes))


def fit_outcome(
    found: Found,
    outcome: Column,
    covariates: Sequence[Column],
    *,
    n_imputations: int | None = None,
    random_state: int = 0,
) -> Models:
    """Crude and adjusted difference of one outcome between phenotypes.

    Parameters
    ----------
    outcome : codebook column of a number; patients without it are counted in n_missing.
    covariates : as for ``design.design``; without any there is only the crude model.
    n_imputations, random_state : of the imputed model, as for ``imputation.impute_covariates``.

    Returns
    -------
    Models. In ``table``, ``model`` is

    - crude: the difference of the means;
    - crude, same patients: the same over the patients of the adjusted model, where it has fewer,
      by five or more of each phenotype that loses any: two means over nearly the same patients
      tell what the others have, so their means are not in ``means`` either;
    - adjusted: with the covariates, over the patients who have them all;
    - imputed: with the covariates, gaps filled m times, where somebody has one; pooled by Rubin's
      rules with the HC3 variance within and Barnard–Rubin df (approximate under HC3). Its
      r_squared and partial_r are means over the imputations, resid_sd the root of the mean square;
      n is that of the imputation with fewest patients; ``method`` says m.

    estimate, se, low, high in the outcome's unit (negative: lower than in the mildest phenotype);
    p_overall, of the robust Wald F test of all phenotypes at once, where there are three or more
    (NaN for the imputed model);
    partial_r in [−1, 1] (classical, so equal to the correlation of residuals); df of t;
    fmi, the fraction of missing information. Where a model cannot be fitted its rows
    hold NaN and ``notes`` says why. Checked against R (lm, sandwich, lmtest, car,
    mice::pool.scalar).
    """
    who = found.where(found.data[outcome.name].notna().to_numpy())
    fits = [_fitted(CRUDE, who, outcome, ())]
    if covariates:
        fits.append(_fitted(ADJUSTED, who, outcome, covariates))
    best = next((f for f in reversed(fits) if f.result is not None), _Fit("", 0, ()))
    lost = np.zeros(1, dtype=int)
    if best.model == ADJUSTED:
        lost = np.bincount(who.labels[~best.design.rows], minlength=len(who.names))
    telling = any(few(n) for n in (*lost.tolist(), lost.sum()))
    if lost.any() and not telling:
        fits.insert(1, _fitted(SAME_PATIENTS, who.where(best.design.rows), outcome, ()))
    how = {"n_imputations": n_imputations, "random_state": random_state}
    filled = impute_covariates(who, outcome, covariates, **how)
    if filled.tables:
        fits.append(_imputed(filled, who, outcome, heard=fits[-1].notes))
    table = pd.concat([_rows(f, found, outcome) for f in fits], ignore_index=True)
    said = [(f.model, note) for f in fits for note in f.notes]
    said += [(IMPUTED, note) for note in filled.notes]
    notes = tuple(f"{model.capitalize()} model, {outcome.label}: {note}" for model, note in said)
    described = Models(table, *_described(best, found), notes)
    means = described.means.assign(mean=np.nan) if telling else described.means
    return replace(described, means=means)


def records(table: pd.DataFrame, codebook: Codebook) -> list[dict]:
    """The table of :func:`models` as plain records, for results and sentences.

    Adds ``primary`` (whether the outcome is the codebook's first), ``worse``, the direction in
    which it worsens, and ``covariate_labels``.
    """
    first = codebook.outcomes[0].name if codebook.outcomes else ""
    return [
        record | {
            "primary": record["outcome"] == first, "worse": codebook[record["outcome"]].worse,
            "covariate_labels": [codebook[name].label for name in record["covariates"]],
        }
        for record in table.to_dict("records")
    ]


class _Kept(NamedTuple):
    """What is kept of a fit of many: the fit itself holds all patients."""

    table: pd.DataFrame
    mse_resid: float
    rsquared: float


@dataclass(frozen=True)
class _Fit:
    model: str
    n: int
    notes: tuple[str, ...]
    design: Design | None = None
    result: object = None
    imputations: tuple[_Kept, ...] = ()  # of the fits it stands for, where there are several


def _fitted(model: str, found: Found, outcome: Column, covariates) -> _Fit:
    try:
        built = design(found, covariates)
        y = found.data.loc[built.rows, outcome.name].to_numpy(dtype=float)
        result = ols(y, built.X)
    except DesignRefused as refusal:
        return _Fit(model, refusal.n, (f"not fitted: {refusal}",))
    return _Fit(model, len(y), (*built.notes, *_loss_notes(found.data, built)), built, result)


def _imputed(filled, found: Found, outcome: Column, *, heard: tuple[str, ...]) -> _Fit:
    """The fit of the imputation with fewest patients, and with it all others, without the notes
    that were ``heard``; or the first that could not be fitted."""
    kept, fewest = [], None
    for table in filled.tables:
        one = _fitted(IMPUTED, replace(found, data=table), outcome, filled.covariates)
        if one.result is None:
            return one
        kept.append(_kept(one.result))
        fewest = one if fewest is None or one.n < fewest.n else fewest
    notes = tuple(note for note in fewest.notes if note not in heard)
    return replace(fewest, notes=notes, imputations=tuple(kept))


def _loss_notes(data: pd.DataFrame, built: Design) -> list[str]:
    missing = data[list(built.covariates)].isna().sum()
    return [f"{built.titles[name]} is missing for {count} of {len(data)} patients; "
            f"the model rests on the {len(built.X)} complete ones."
            for name, count in missing.items() if count > len(data) / 2]


def _kept(result) -> _Kept:
    # partial correlations are a matter of the classical t, whatever the standard error
    t = result.params / np.sqrt(np.diag(result.normalized_cov_params) * result.mse_resid)
    table = estimates(result).assign(partial_r=t / np.sqrt(t**2 + result.df_resid))
    return _Kept(table, result.mse_resid, result.rsquared)


def _rows(fit: _Fit, found: Found, outcome: Column) -> pd.DataFrame:
    """The phenotype's rows of one model, NaN where it or a phenotype is not in it."""
    result, names, m = fit.result, found.names, len(fit.imputations)
    terms, table, resid_sd = phenotype_terms(names), pd.DataFrame(), np.nan
    if result is not None:
        parts = fit.imputations or (_kept(result),)
        resid_sd = float(np.sqrt(np.mean([part.mse_resid for part in parts])))
        inside = result.params.index.intersection(terms, sort=False)
        each = [part.table.loc[inside] for part in parts]
        table = each[0].assign(
            partial_r=np.mean([one["partial_r"] for one in each], axis=0), df=result.df_resid,
            r_squared=np.mean([part.rsquared for part in parts]),
        )
        if len(inside) > 1 and not m:
            table["p_overall"] = wald(result, list(inside))["p"]
        if m:
            estimate, se = (np.array([one[name] for one in each]) for name in ("estimate", "se"))
            table = table.assign(**pool(estimate, se**2, result.df_resid))
    table = table.reindex(terms).reset_index(drop=True).assign(
        outcome=outcome.name, outcome_label=outcome.label, unit=outcome.unit, model=fit.model,
        phenotype=names[1:], reference=names[0], n=fit.n, n_missing=len(found.data) - fit.n,
        covariates=[fit.design.covariates if fit.design else ()] * len(terms),
        method=f"{METHOD}; {m} imputations, Barnard–Rubin" if m else METHOD, resid_sd=resid_sd,
    )
    return table.reindex(columns=list(_TABLE)).astype(dict.fromkeys(_NUMBERS, float))


def _described(fit: _Fit, found: Found):
    """Which model it is, its means, its variance inflation, diagnostics and residuals."""
    result = fit.result
    if result is None:
        residuals = pd.DataFrame(columns=["fitted", "residual"], dtype=float)
        nothing = (pd.DataFrame(columns=list(names)) for names in (_MEANS, VIF))
        return fit.model, *nothing, {}, residuals
    residuals = pd.DataFrame({"fitted": result.fittedvalues, "residual": result.resid})
    residuals = residuals.sort_values(["fitted", "residual"], ignore_index=True)
    means = _means(result, fit.design.X, found.names)
    return fit.model, means, variance_inflation(fit.design), diagnostics(result), residuals


def _means(result, X: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """The means of every phenotype: of its patients, and of all had they been of it."""
    own = X.reindex(columns=phenotype_terms(names), fill_value=0.0)
    rows = []
    for g, name in enumerate(names):
        members = (own.iloc[:, g - 1] if g else 1 - own.sum(axis=1)).to_numpy(bool)
        row = {"phenotype": name, "n": int(members.sum())}
        if members.any():
            at = X.mean()  # of a linear model, the mean prediction is the prediction at the mean
            at[[*own.columns.intersection(X.columns)]] = 0.0
            at[own.columns[g - 1 : g]] = 1.0
            test = result.t_test(at.to_numpy())
            low, high = test.conf_int(1 - CONFIDENCE)[0]
            row |= {"mean": result.model.endog[members].mean(), "estimate": test.effect[0],
                    "low": low, "high": high}
        rows.append(row)
    return pd.DataFrame(rows, columns=list(_MEANS)).astype(dict.fromkeys(_MEANS[2:], float))
