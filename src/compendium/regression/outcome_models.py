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

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from compendium.data.columns import Codebook, Column
from compendium.regression.checks import VIF, diagnostics, variance_inflation
from compendium.regression.design import PHENOTYPE, Design, DesignRefused, checked_labels, design
from compendium.regression.imputation import impute_covariates
from compendium.regression.least_squares import ols
from compendium.regression.pooling import Completed, pool_terms
from compendium.statistics import CONFIDENCE
from compendium.words import share

METHOD = "OLS, HC3, t"
CRUDE, _SAME, ADJUSTED, IMPUTED = "crude", "crude, same patients", "adjusted", "imputed"
_TABLE = (
    "outcome", "outcome_label", "unit", "model", "phenotype", "reference", "estimate", "se", "low",
    "high", "p", "n", "n_missing", "covariates", "method", "r_squared", "resid_sd", "partial_r",
    "std_difference", "df", "n_parameters", "n_imputations", "fmi",
)
TERMS = ("term", "label", "estimate", "se", "low", "high", "p", "partial_r")
_NUMBERS = (
    "estimate", "se", "low", "high", "p", "r_squared", "resid_sd", "partial_r", "std_difference",
    "df", "n_parameters", "fmi",
)
LOST = ("covariate", "label", "n_missing", "n_only")


@dataclass(frozen=True)
class Models:
    """The models of one outcome.

    ``table``: the phenotype's coefficients, in all models. ``described``: the model ("adjusted"
    where it was fitted, else "crude", else "") to which ``terms`` (all coefficients), ``vif``,
    ``diagnostics`` and ``residuals`` (fitted, residual; ordered by fitted, no patient identifiers)
    belong. ``lost``: patients with an outcome who lack each covariate (n_missing), and only it
    (n_only).
    """

    table: pd.DataFrame
    described: str
    terms: pd.DataFrame
    vif: pd.DataFrame
    diagnostics: dict[str, float]
    residuals: pd.DataFrame
    lost: pd.DataFrame
    notes: tuple[str, ...]


def models(
    data: pd.DataFrame,
    labels: np.ndarray,
    names: tuple[str, ...],
    outcome: Column,
    covariates: tuple[Column, ...],
    *,
    severity: pd.Series | None = None,
    n_imputations: int = 0,
    random_state: int = 0,
) -> Models:
    """Crude and adjusted difference of an outcome between phenotypes.

    Parameters
    ----------
    data, labels, names, covariates : as for :func:`design`. No covariates: only the crude model.
    outcome : codebook column of a number; patients without it are counted in n_missing.
    severity, n_imputations, random_state : of the imputed model, as for
    ``imputation.impute_covariates``.

    Returns
    -------
    Models. In ``table``, ``model`` is

    - crude: the difference of the means;
    - crude, same patients: the same over the patients of the adjusted model, where it has fewer;
    - adjusted: with the covariates, over the patients who have them all;
    - imputed: with the covariates, gaps filled m times, where somebody has one; pooled by Rubin's
      rules with the HC3 variance within and Barnard–Rubin df (approximate under HC3). Its
      r_squared and partial_r are means over the imputations, resid_sd the root of the mean square;
      n is that of the imputation with fewest patients.

    estimate, se, low, high in the outcome's unit (negative: lower than in the mildest phenotype);
    partial_r in [−1, 1] (classical, so equal to the correlation of residuals); std_difference =
    estimate / residual SD; df of t; n_parameters; n_imputations (0: none) and fmi, the fraction of
    missing information. Where a model cannot be fitted its rows hold NaN and ``notes`` says why.
    Checked against R (lm, sandwich, lmtest, car, mice::pool.scalar).
    """
    labels = checked_labels(labels, names, len(data))
    known = data[outcome.name].notna().to_numpy()
    patients, theirs = data[known], labels[known]
    fits = [_fitted(CRUDE, patients, theirs, names, outcome, covariates=())]
    if covariates:
        fits.append(_fitted(ADJUSTED, patients, theirs, names, outcome, covariates=covariates))
    found = next((f for f in reversed(fits) if f.result is not None), _Fit("", 0, ()))
    if found.model == ADJUSTED and found.n != fits[0].n:
        rows = found.design.rows
        fits.insert(1, _fitted(_SAME, patients[rows], theirs[rows], names, outcome, covariates=()))
    filled = impute_covariates(
        data, labels, outcome, covariates, severity=severity, n_imputations=n_imputations,
        random_state=random_state,
    )
    if filled.tables:
        fits.append(_imputed(filled, theirs, names, outcome, heard=fits[-1].notes))
    table = pd.concat([_estimates(f, outcome, names, len(data)) for f in fits], ignore_index=True)
    said = [(f.model, note) for f in fits for note in f.notes]
    said += [(IMPUTED, note) for note in filled.notes]
    notes = [f"{model.capitalize()} model, {outcome.label}: {note}" for model, note in said]
    lost = _lost(patients, covariates)
    return Models(table, found.model, *_described(found), lost, tuple(notes))


@dataclass(frozen=True)
class _Fit:
    model: str
    n: int
    notes: tuple[str, ...]
    design: Design | None = None
    result: object = None
    imputations: tuple[Completed, ...] = ()  # the fits it stands for, where there are several


def _fitted(model: str, data, labels, names, outcome, *, covariates) -> _Fit:
    try:
        built = design(data, labels, names, covariates)
        y = data.loc[built.rows, outcome.name].to_numpy(dtype=float)
        result = ols(y, built.X)
    except DesignRefused as refusal:
        return _Fit(model, refusal.n, (f"not fitted: {refusal}",))
    return _Fit(model, len(y), (*built.notes, *_loss_notes(data, built)), built, result)


def _imputed(filled, labels, names, outcome, *, heard: tuple[str, ...]) -> _Fit:
    """The fit of the imputation with fewest patients, and with it all others, without the notes
    that were ``heard``; or the first that could not be fitted."""
    kept, fewest = [], None
    for table in filled.tables:
        one = _fitted(IMPUTED, table, labels, names, outcome, covariates=filled.covariates)
        if one.result is None:
            return one
        kept.append(_kept(one.result))
        fewest = one if fewest is None or one.n < fewest.n else fewest
    notes = tuple(note for note in fewest.notes if note not in heard)
    return replace(fewest, notes=notes, imputations=tuple(kept))


def _kept(result) -> Completed:
    partial = _partial(result)
    return Completed(result.params, result.bse, partial, result.mse_resid, result.rsquared)


def _lost(data: pd.DataFrame, covariates) -> pd.DataFrame:
    gone = data[[c.name for c in covariates]].isna()
    only = gone[gone.sum(axis=1) == 1]
    rows = [(c.name, c.label, int(gone[c.name].sum()), int(only[c.name].sum())) for c in covariates]
    return pd.DataFrame(rows, columns=list(LOST))


def _loss_notes(data: pd.DataFrame, built: Design) -> list[str]:
    missing = data[list(built.covariates)].isna().sum()
    return [f"{built.titles[name]} is missing for {count} of {len(data)} patients; "
            f"the model rests on the {len(built.X)} complete ones."
            for name, count in missing.items() if count > len(data) / 2]


def _coefficients(found: _Fit) -> pd.DataFrame:
    if found.result is None:
        return pd.DataFrame(columns=list(TERMS))
    result = found.result
    low, high = np.asarray(result.conf_int(1 - CONFIDENCE)).T
    frame = {"term": result.params.index, "label": list(found.design.labels.values()),
             "estimate": result.params, "se": result.bse, "low": low, "high": high,
             "p": result.pvalues, "partial_r": _partial(result)}
    return pd.DataFrame(frame, columns=list(TERMS)).reset_index(drop=True)


def _partial(result) -> pd.Series:
    """Partial correlations: a matter of the classical t, whatever the standard error."""
    t = result.params / np.sqrt(np.diag(result.normalized_cov_params) * result.mse_resid)
    return t / np.sqrt(t**2 + result.df_resid)


def _estimates(found: _Fit, outcome: Column, names, n_all: int) -> pd.DataFrame:
    """The phenotype's rows of one model, NaN where it or a phenotype is not in it."""
    result, m = found.result, len(found.imputations)
    table, resid_sd = _coefficients(found).set_index("term").drop(columns="label"), np.nan
    if result is not None:
        parts = found.imputations or (_kept(result),)
        resid_sd = float(np.sqrt(np.mean([part.mse_resid for part in parts])))
        table = table.assign(df=result.df_resid, n_parameters=len(result.params),
                             r_squared=np.mean([part.rsquared for part in parts]))
    terms = [f"{PHENOTYPE}[{name}]" for name in names[1:]]
    if m:
        table = table.loc[table.index.intersection(terms, sort=False)]
        table = table.assign(**pool_terms(found.imputations, table.index, result.df_resid))
    table = table.reindex(terms).reset_index(drop=True).assign(
        outcome=outcome.name, outcome_label=outcome.label, unit=outcome.unit, model=found.model,
        phenotype=names[1:], reference=names[0], n=found.n, n_missing=n_all - found.n,
        method=f"{METHOD}; {m} imputations, Barnard–Rubin" if m else METHOD, n_imputations=m,
        resid_sd=resid_sd,
    )
    table["covariates"] = [found.design.covariates if found.design else ()] * len(table)
    table = table.reindex(columns=list(_TABLE))
    table[list(_NUMBERS)] = table[list(_NUMBERS)].astype(float)
    return table.assign(std_difference=table["estimate"] / table["resid_sd"])


def _described(found: _Fit):
    """Coefficients, variance inflation, diagnostics and residuals of one fitted model."""
    result = found.result
    if result is None:
        residuals = pd.DataFrame(columns=["fitted", "residual"], dtype=float)
        return _coefficients(found), pd.DataFrame(columns=list(VIF)), {}, residuals
    residuals = pd.DataFrame({"fitted": result.fittedvalues, "residual": result.resid})
    residuals = residuals.sort_values(["fitted", "residual"], ignore_index=True)
    return _coefficients(found), variance_inflation(found.design), diagnostics(result), residuals


# Reporting: what a reader is shown of the models of ``outcome_models``.
#
# Records for results and sentences, the rows a figure has room for, and a sentence on the patients
# who are in no model. All of it is chosen from the table of the models; nothing is estimated here.


def records(table: pd.DataFrame, codebook: Codebook) -> list[dict]:
    """The phenotype's coefficients as plain records, for results and sentences.

    Adds ``primary`` (whether the outcome is the codebook's first) and ``covariate_labels``.
    """
    first = codebook.outcomes[0].name if codebook.outcomes else ""
    return [
        record | {
            "primary": record["outcome"] == first,
            "covariate_labels": [codebook[name].label for name in record["covariates"]],
        }
        for record in table.to_dict("records")
    ]


def missing_outcomes(data: pd.DataFrame, codebook: Codebook) -> list[str]:
    """A sentence on every outcome that some patients lack."""
    lost = {y.label: int(data[y.name].isna().sum()) for y in codebook.outcomes}
    return [f"{label} is missing for {share(n, len(data))} patients, who are in no model of it."
            for label, n in lost.items() if n]
