"""One coefficient, its intervals by what they take for granted, and another estimand apart.

The model's interval takes the labels as fixed; the bootstrap makes them anew; cross-fitting takes
them from other patients; imputation keeps those who lack a covariate, and takes the labels as fixed
again. Without border patients the difference is another quantity, usually larger, since the
patients that are most alike were left out: it is no sharper look at the same one, and carries its
own name.
"""

from __future__ import annotations

import pandas as pd

from compendium.sensitivity import bootstraps

EVERYBODY, CORE_PATIENTS = "all patients", "core patients only, another estimand"
_COLUMNS = ("kind", "estimate", "low", "high", "n", "method", "estimand", "note")


def kinds(
    table: pd.DataFrame,
    replicates: bootstraps.Replicates,
    crossed: pd.DataFrame,
    core: pd.DataFrame,
) -> pd.DataFrame:
    """The primary outcome's coefficient, most severe minus mildest phenotype, by kind of interval.

    Parameters
    ----------
    table : of ``outcome_models.models`` for the primary outcome; its adjusted model is shown, the
    crude
        one where there is no other.
    replicates : of ``bootstraps.bootstrap``. crossed : of ``crossfit.cross_fitted``.
    core : as ``table``, fitted to the core patients of ``certainty``.

    Returns
    -------
    DataFrame: kind, estimate, low, high (95 %, the outcome's unit), n, method, estimand, note; NaN
    and a missing n where a kind could not be computed. The imputed model has a row only where it
    was fitted.
    """
    model = "adjusted" if (table["model"] == "adjusted").any() else "crude"
    again = bootstraps.coefficient_intervals(table[table["model"] == model], replicates)
    rows = [
        _row("labels taken as fixed", table, model, EVERYBODY),
        _row("labels made anew in bootstraps", again, model, EVERYBODY),
        _row("labels from other patients", crossed, model, EVERYBODY),
        _row("covariates imputed", table, "imputed", EVERYBODY),
        _row("labels taken as fixed", core, model, CORE_PATIENTS),
    ]
    return pd.DataFrame([row for row in rows if row], columns=list(_COLUMNS)).astype({"n": "Int64"})


def _row(kind: str, table: pd.DataFrame, model: str, estimand: str) -> dict | None:
    found = table[table["model"] == model]
    if found.empty:
        return None
    last = found.iloc[-1]
    numbers = {name: last[name] for name in ("estimate", "low", "high", "n", "method")}
    note = last.get("note", "")
    note = note if isinstance(note, str) else ""
    return {"kind": kind, **numbers, "estimand": estimand, "note": note}
