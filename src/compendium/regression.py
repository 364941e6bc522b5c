"""Outcome on phenotype: the linear model, crude and adjusted, with what one must know to trust it.

The reference is the mildest phenotype, so an estimate is *this phenotype minus the mildest*, in
the outcome's own unit. Designs are built from codebook columns, never from formula text.
Ordinary least squares; standard errors are HC3 and every interval and p uses t with n − parameters
degrees of freedom. Patients with a missing outcome or covariate are left out and counted here;
other ways with missing values hand a completed table to the same two verbs, `design` and `fit`.

References: MacKinnon & White 1985 (HC3); Fox & Monette 1992 (generalised variance inflation);
Koenker 1981 (studentised Breusch–Pagan test); Cook 1977 (distance).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.codebook import Codebook, Column
from compendium.design import (
    CONSTANT,
    DEPENDENT,
    PHENOTYPE,
    Design,
    DesignRefused,
    checked_labels,
    design,
)
from compendium.effects import CONFIDENCE

METHOD = "OLS, HC3, t"
TABLE = (
    "outcome", "outcome_label", "unit", "model", "phenotype", "reference", "estimate", "se", "low",
    "high", "p", "n", "n_missing", "covariates", "method", "r_squared", "resid_sd", "partial_r",
    "std_difference",
)  # fmt: skip
TERMS = ("term", "label", "estimate", "se", "low", "high", "p", "partial_r")
VIF = ("term", "label", "df", "vif", "vif_scaled")
LOST = ("covariate", "label", "n_missing", "n_only")


@dataclass(frozen=True)
class Models:
    """The crude and the adjusted model of one outcome.

    ``table``: the phenotype's coefficients. ``described``: the model ("adjusted" where it was
    fitted, else "crude", else "") to which ``terms`` (all coefficients), ``vif``, ``diagnostics``
    and ``residuals`` (fitted, residual; ordered by fitted, no patient identifiers) belong.
    ``lost``: patients with an outcome who lack each covariate (n_missing), and only it (n_only).
    """

    table: pd.DataFrame
    described: str
    terms: pd.DataFrame
    vif: pd.DataFrame
    diagnostics: dict[str, float]
    residuals: pd.DataFrame
    lost: pd.DataFrame
    notes: tuple[str, ...]


def fit(y: np.ndarray, X: pd.DataFrame):
    """Least squares of y (n,) on X (n × parameters), both complete, with HC3 and t.

    Returns
    -------
    statsmodels RegressionResults. Checked against R's lm and sandwich::vcovHC(type = "HC3").
    """
    from statsmodels.regression.linear_model import OLS

    result = OLS(np.asarray(y, dtype=float), X).fit(cov_type="HC3", use_t=True)
    assert int(result.nobs) == len(X)  # statsmodels may drop rows without a word
    return result


def models(
    data: pd.DataFrame,
    labels: np.ndarray,
    names: tuple[str, ...],
    outcome: Column,
    covariates: tuple[Column, ...],
) -> Models:
    """Crude and adjusted difference of an outcome between phenotypes.

    Parameters
    ----------
    data, labels, names, covariates : as for :func:`design`. No covariates: only the crude model.
    outcome : codebook column of a number; patients without it are counted in n_missing.

    Returns
    -------
    Models. In ``table``: estimate, se, low, high in the outcome's unit (negative: lower than in
    the mildest phenotype); partial_r in [−1, 1] (classical, so equal to the correlation of
    residuals); std_difference = estimate / residual SD. Where a model cannot be fitted its rows
    hold NaN and ``notes`` says why. Checked against R (lm, sandwich, lmtest, car).
    """
    labels = checked_labels(labels, names, len(data))
    known = data[outcome.name].notna().to_numpy()
    patients = data[known]
    fits = [_fitted("crude", patients, labels[known], names, outcome, covariates=())]
    if covariates:
        fits.append(
            _fitted("adjusted", patients, labels[known], names, outcome, covariates=covariates)
        )
    table = pd.concat([_estimates(f, outcome, names, len(data)) for f in fits], ignore_index=True)
    notes = [f"{f.model.capitalize()} model, {outcome.label}: {n}" for f in fits for n in f.notes]
    found = next((f for f in reversed(fits) if f.result is not None), _Fit("", 0, ()))
    lost = _lost(patients, covariates)
    return Models(table, found.model, *_described(found), lost, tuple(notes))


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
    ]  # fmt: skip


@dataclass(frozen=True)
class _Fit:
    model: str
    n: int
    notes: tuple[str, ...]
    design: Design | None = None
    result: object = None


def _fitted(model: str, data, labels, names, outcome, *, covariates) -> _Fit:
    try:
        built = design(data, labels, names, covariates)
        y = data.loc[built.rows, outcome.name].to_numpy(dtype=float)
        result = fit(y, built.X)
        if np.linalg.norm(result.resid) <= DEPENDENT * np.linalg.norm(y):
            raise DesignRefused("the outcome does not vary around the fit; no interval.", len(y))
    except DesignRefused as refusal:
        return _Fit(model, refusal.n, (f"not fitted: {refusal}",))
    return _Fit(model, len(y), (*built.notes, *_loss_notes(data, built)), built, result)


def _lost(data: pd.DataFrame, covariates) -> pd.DataFrame:
    gone = data[[c.name for c in covariates]].isna()
    only = gone[gone.sum(axis=1) == 1]
    rows = [(c.name, c.label, int(gone[c.name].sum()), int(only[c.name].sum())) for c in covariates]
    return pd.DataFrame(rows, columns=list(LOST))


def _loss_notes(data: pd.DataFrame, built: Design) -> list[str]:
    missing = data[list(built.covariates)].isna().sum()
    return [f"{built.titles[name]} is missing for {count} of {len(data)} patients; "
            f"the model rests on the {len(built.X)} complete ones."
            for name, count in missing.items() if count > len(data) / 2]  # fmt: skip


def _coefficients(found: _Fit) -> pd.DataFrame:
    if found.result is None:
        return pd.DataFrame(columns=list(TERMS))
    result = found.result
    low, high = np.asarray(result.conf_int(1 - CONFIDENCE)).T
    # the partial correlation is a matter of the classical t, whatever the standard error
    t = result.params / np.sqrt(np.diag(result.normalized_cov_params) * result.mse_resid)
    frame = {"term": result.params.index, "label": list(found.design.labels.values()),
             "estimate": result.params, "se": result.bse, "low": low, "high": high,
             "p": result.pvalues, "partial_r": t / np.sqrt(t**2 + result.df_resid)}  # fmt: skip
    return pd.DataFrame(frame, columns=list(TERMS)).reset_index(drop=True)


def _estimates(found: _Fit, outcome: Column, names, n_all: int) -> pd.DataFrame:
    result = found.result
    fitted = {"r_squared": np.nan, "resid_sd": np.nan} if result is None else {
        "r_squared": result.rsquared, "resid_sd": float(np.sqrt(result.mse_resid))}  # fmt: skip
    table = _coefficients(found).set_index("term").drop(columns="label").astype(float)
    table = table.reindex([f"{PHENOTYPE}[{name}]" for name in names[1:]]).reset_index(drop=True)
    table = table.assign(
        outcome=outcome.name, outcome_label=outcome.label, unit=outcome.unit, model=found.model,
        phenotype=names[1:], reference=names[0], n=found.n, n_missing=n_all - found.n,
        method=METHOD, std_difference=table["estimate"] / fitted["resid_sd"], **fitted,
    )  # fmt: skip
    table["covariates"] = [found.design.covariates if found.design else ()] * len(table)
    return table.reindex(columns=list(TABLE))


def _described(found: _Fit):
    """Coefficients, variance inflation, diagnostics and residuals of one fitted model."""
    result = found.result
    if result is None:
        residuals = pd.DataFrame(columns=["fitted", "residual"], dtype=float)
        return _coefficients(found), pd.DataFrame(columns=list(VIF)), {}, residuals
    residuals = pd.DataFrame({"fitted": result.fittedvalues, "residual": result.resid})
    residuals = residuals.sort_values(["fitted", "residual"], ignore_index=True)
    return _coefficients(found), _inflation(found.design), _diagnostics(result), residuals


def _inflation(built: Design) -> pd.DataFrame:
    """Generalised variance inflation, det R11 · det R22 / det R, and its power 1 / (2 df)."""
    R = built.X.drop(columns=CONSTANT).corr()
    rows = []
    for term, inside in built.groups.items():
        outside = [name for name in R if name not in inside]
        parts = [np.linalg.det(R.loc[part, part]) for part in (list(inside), outside)]
        vif = float(np.prod(parts) / np.linalg.det(R))
        rows.append((term, built.titles[term], len(inside), vif, vif ** (1 / (2 * len(inside)))))
    return pd.DataFrame(rows, columns=list(VIF))


def _diagnostics(result) -> dict[str, float]:
    from scipy.stats import skew
    from statsmodels.stats.diagnostic import het_breuschpagan

    cook = result.get_influence().cooks_distance[0]
    return {
        "breusch_pagan_p": float(het_breuschpagan(result.resid, result.model.exog)[1]),
        "n_influential": int((cook > 4 / result.nobs).sum()),
        "cook_max": float(cook.max()),
        "residual_skew": float(skew(result.resid)),
    }
