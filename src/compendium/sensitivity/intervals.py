"""One coefficient by what it takes for granted: the rows of Figure 5.

The model's interval takes the phenotypes as known; the bootstrap finds them again in every
replicate; cross-fitting takes them from other patients; imputation keeps those who lack a
covariate. Without the patients who change phenotype the difference is another quantity, usually
larger, since those who are most alike are left out: it is no sharper look at the same one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from compendium.data.columns import Column
from compendium.data.found import Found
from compendium.headcounts import few
from compendium.problems import reasoned
from compendium.regression import outcome_models
from compendium.regression.design import NO_OUTCOME
from compendium.regression.outcome_models import (
    ADJUSTED,
    CRUDE,
    IMPUTED,
    SAME_PATIENTS,
    Models,
)
from compendium.sensitivity.bootstraps import Replicates, intervals
from compendium.words import once

UNADJUSTED, REPEATED = "unadjusted", "clustering repeated in every bootstrap"
_OF_OTHERS, _CORE = "phenotypes from other patients", "without patients who change phenotype"
_KINDS = {
    CRUDE: UNADJUSTED, SAME_PATIENTS: f"{UNADJUSTED}, the adjusted model's patients",
    ADJUSTED: ADJUSTED, IMPUTED: "missing covariates imputed",
}
_COLUMNS = ("phenotype", "reference", "kind", "estimate", "low", "high", "n", "method", "note")


def kinds_of_interval(
    found: Found,
    covariates: Sequence[Column],
    models: Models,
    replicates: Replicates,
    crossed: pd.DataFrame,
    core: np.ndarray,
) -> pd.DataFrame:
    """The primary outcome's difference from the mildest phenotype, by kind of interval.

    Parameters
    ----------
    models : of ``regression.models``; the kinds after the models rest on the adjusted one, or on
        the crude one where no covariate is asked for. replicates : of ``bootstrap``. crossed : of
        ``cross_fitted``. core : (n,) bool, the patients who keep their phenotype, of
        ``certainty``; their model has the same covariates.

    Returns
    -------
    DataFrame, phenotype by phenotype: phenotype, reference, kind, estimate, low, high (95 %, the
    outcome's unit), n, method, note; NaN and a missing n where a kind could not be computed. A
    model has a row only where it was asked for. Empty without an outcome.
    """
    outcomes = found.codebook.outcomes
    if not outcomes:
        return reasoned(pd.DataFrame(columns=list(_COLUMNS)), NO_OUTCOME)
    table = models.table[models.table["outcome"] == outcomes[0].name]
    model = ADJUSTED if (table["model"] == ADJUSTED).any() else CRUDE
    own = table[table["model"] == model]
    ends = intervals(replicates).query("quantity == 'beta'").set_index(own.index)
    inner = outcome_models.fit_outcome(found.where(core), outcomes[0], covariates)
    lost = " ".join(once(n for n in inner.notes if n.startswith(model.capitalize())))
    inside = inner.table[inner.table["model"] == model]
    without = inside.assign(note=np.where(inside["estimate"].isna(), lost, ""))
    if few(int(own["n"].max()) - int(inside["n"].max())):
        without = own.assign(**dict.fromkeys(("estimate", "low", "high"), np.nan),
                             note="So few change phenotype that nothing is said without them.")
    parts = {
        **{words: table[table["model"] == name] for name, words in _KINDS.items()},
        REPEATED: own.assign(**ends[["low", "high", "method", "note"]]),
        _OF_OTHERS: crossed,
        _CORE: without,
    }
    order = [ADJUSTED, *(kind for kind in parts if kind != ADJUSTED)]
    rows = pd.concat([parts[kind].assign(kind=kind) for kind in order])
    rows = rows.sort_values("phenotype", kind="stable", key=lambda p: p.map(found.names.index))
    rows = rows.reindex(columns=list(_COLUMNS)).reset_index(drop=True)
    return rows.fillna({"note": ""}).astype({"n": "Int64"})
