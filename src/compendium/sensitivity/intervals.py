"""One coefficient, its intervals by what they take for granted, and another estimand apart.

The model's interval takes the labels as fixed; the bootstrap makes them anew; cross-fitting takes
them from other patients; imputation keeps those who lack a covariate, and takes the labels as fixed
again. Without border patients the difference is another quantity, usually larger, since the
patients that are most alike were left out: it is no sharper look at the same one, and carries its
own name.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from compendium.data.columns import Column
from compendium.data.found import Found
from compendium.problems import reasoned
from compendium.regression import outcome_models
from compendium.regression.design import NO_OUTCOME
from compendium.regression.outcome_models import ADJUSTED, CRUDE, IMPUTED, Models
from compendium.sensitivity.bootstraps import Replicates, intervals
from compendium.words import known, once

_EVERYBODY, _CORE_PATIENTS = "all patients", "core patients only, another estimand"
_FIXED = "labels taken as fixed"
_NUMBERS = ("estimate", "low", "high", "n", "method")
_COLUMNS = ("kind", *_NUMBERS, "estimand", "note")


def kinds_of_interval(
    found: Found,
    covariates: Sequence[Column],
    models: Models,
    replicates: Replicates,
    crossed: pd.DataFrame,
    core: np.ndarray,
) -> pd.DataFrame:
    """The primary outcome's coefficient, most severe minus mildest phenotype, by kind of interval.

    Parameters
    ----------
    models : of ``regression.models``; the adjusted model of the primary outcome is shown, the crude
        one where there is no other. replicates : of ``bootstrap``. crossed : of ``cross_fitted``.
    core : (n,) bool, the core patients of ``certainty``; their model has the same covariates.

    Returns
    -------
    DataFrame: kind, estimate, low, high (95 %, the outcome's unit), n, method, estimand, note; NaN
    and a missing n where a kind could not be computed. The imputed model has a row only where it
    was fitted. Empty without an outcome.
    """
    if not found.codebook.outcomes:
        return reasoned(pd.DataFrame(columns=list(_COLUMNS)), NO_OUTCOME)
    table = models.table[models.table["outcome"] == found.codebook.outcomes[0].name]
    model = ADJUSTED if (table["model"] == ADJUSTED).any() else CRUDE
    inner, why = _of_core_patients(found.where(core), covariates)
    rows = [
        _row(_FIXED, table, model),
        _row("labels made anew in bootstraps", _made_anew(table, replicates, model), model),
        _row("labels from other patients", crossed.assign(model=model), model),
        _row("covariates imputed", table, IMPUTED),
        _row(_FIXED, inner, model, _CORE_PATIENTS, why),
    ]
    return pd.DataFrame([r for r in rows if r], columns=list(_COLUMNS)).astype({"n": "Int64"})


def _of_core_patients(found: Found, covariates: Sequence[Column]) -> tuple[pd.DataFrame, str]:
    """The table of their models, and what to say where one could not be estimated."""
    outcome = found.codebook.outcomes[0]
    one = outcome_models.fit_outcome(found, outcome, covariates)
    return one.table, " ".join(["Not estimable.", *once(one.notes)])


def _made_anew(table: pd.DataFrame, replicates: Replicates, model: str) -> pd.DataFrame:
    """The last row of a model with the interval of the replicates."""
    ends = intervals(replicates)
    ends = ends[ends["quantity"] == "beta"].iloc[-1]
    return table[table["model"] == model].tail(1).assign(**ends[["low", "high", "method", "note"]])


def _row(
    kind: str, table: pd.DataFrame, model: str, estimand: str = _EVERYBODY, why: str = ""
) -> dict | None:
    found = table[table["model"] == model]
    if found.empty:
        return None
    last = found.iloc[-1]
    note = last.get("note", "" if known(last["estimate"]) else why)
    return {"kind": kind, **last[list(_NUMBERS)], "estimand": estimand,
            "note": note if isinstance(note, str) else ""}
