"""Reporting: what a reader is shown of the models of ``regression``.

Records for results and sentences, the rows a figure has room for, and a sentence on the patients
who are in no model. All of it is chosen from the table of the models; nothing is estimated here.
"""

from __future__ import annotations

import pandas as pd

from compendium.codebook import Codebook
from compendium.regression import ADJUSTED, CRUDE, IMPUTED
from compendium.sentences import share


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


def for_forest(table: pd.DataFrame) -> pd.DataFrame:
    """The rows a figure has room for: every model of the first outcome; of further ones all but
    the crude twin, and where there are more than two phenotypes the adjusted model alone."""
    if table.empty:
        return table
    further = table["outcome"] != table["outcome"].iloc[0]
    known = table.loc[table["model"] == ADJUSTED, "estimate"].notna().any()
    several = table["phenotype"].nunique() > 1
    kept = [ADJUSTED] if several and known else [CRUDE, ADJUSTED, IMPUTED]
    return table[~further | table["model"].isin(kept)]


def missing_outcomes(data: pd.DataFrame, codebook: Codebook) -> list[str]:
    """A sentence on every outcome that some patients lack."""
    lost = {y.label: int(data[y.name].isna().sum()) for y in codebook.outcomes}
    return [f"{label} is missing for {share(n, len(data))} patients, who are in no model of it."
            for label, n in lost.items() if n]  # fmt: skip
