"""Label and severity as rivals, validator by validator: one row each, p adjusted in the block.

Reference: Benjamini & Hochberg 1995.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from compendium.codebook import Column
from compendium.functional_form import typed
from compendium.rivals import ABOUT, BASE, LABEL, LINE, SPLINE, WORDS, about, rivals

GAINS = ("r2_label", "r2_line", "r2_spline", "r2_label_line", "r2_label_spline")
TESTS = {
    "label_to_line": (LABEL, LINE), "label_to_spline": (LABEL, SPLINE),
    "spline_to_label": (SPLINE, LABEL),
}  # fmt: skip
BESIDE = {"beside_line": (LABEL, LINE), "beside_spline": (LABEL, SPLINE)}
ADDS = (
    *ABOUT, "worse", "n", "r2_covariates", *GAINS,
    *(f"{name}{end}" for name in BESIDE for end in ("", "_low", "_high")),
    *(f"p_{test}" for test in TESTS),
    *(f"p_{test}_adjusted" for test in TESTS), "family", *(f"p_lr_{test}" for test in TESTS),
    "kept", "kept_low", "kept_high", "note",
)  # fmt: skip


def label_adds(
    data: pd.DataFrame,
    labels: np.ndarray,
    names: tuple[str, ...],
    severity: pd.Series | None,
    validators: tuple[Column, ...],
    covariates: tuple[Column, ...] = (),
) -> pd.DataFrame:
    """``rivals`` of every validator (or outcome), one row each.

    Parameters
    ----------
    data, labels, names, severity, covariates : as for ``rivals.rivals``.
    validators : codebook columns of numbers.

    Returns
    -------
    DataFrame: n complete; ``r2_covariates``; R² *beyond* the covariates of label, line, spline,
    label and line, label and spline (``r2_…``); the label's coefficient ``beside_line`` and
    ``beside_spline`` with its 95 % interval, most severe minus mildest phenotype at like severity,
    in the validator's unit, and ``worse``, the direction of worsening; robust Wald p of label
    added to line, of label added to spline and of spline added to label (``p_…``), each also
    adjusted by Benjamini–Hochberg within its block (``family``: block and number of tests) and,
    not adjusted, by likelihood ratio (``p_lr_…``); ``kept`` with its interval; note.
    """
    rows = [
        about(column) | {"worse": column.worse}
        | _flat(rivals(data, labels, names, severity, column, covariates))
        for column in validators
    ]  # fmt: skip
    return _with_adjusted_p(typed(rows, ADDS, WORDS))


def _flat(found) -> dict:
    """The row of one validator of :func:`label_adds`."""
    models = found.models.set_index("model")
    steps = found.comparisons.set_index(["added", "to"])
    row = {"n": found.n, "r2_covariates": models.loc[BASE, "r_squared"]}
    row |= dict(zip(GAINS, models["delta_r_squared"].drop(BASE), strict=True))
    for test, step in TESTS.items():
        row |= {f"p_{test}": steps.loc[step, "p"], f"p_lr_{test}": steps.loc[step, "lr_p"]}
    for name, step in BESIDE.items():
        ends = steps.loc[step, ["estimate", "low", "high"]]
        row |= {f"{name}{end}": ends.iloc[i] for i, end in enumerate(("", "_low", "_high"))}
    row |= {"kept": found.kept, "kept_low": found.kept_low, "kept_high": found.kept_high}
    return row | {"note": found.note}


def _with_adjusted_p(table: pd.DataFrame) -> pd.DataFrame:
    from scipy.stats import false_discovery_control

    tested = table[[f"p_{test}" for test in TESTS]].notna().any(axis=1)
    tests = tested.groupby(table["block"]).transform("sum")
    table["family"] = [f"{b} ({n:.0f} tests)" for b, n in zip(table["block"], tests, strict=True)]
    for test in TESTS:
        for _, p in table[f"p_{test}"].dropna().groupby(table["block"]):
            adjusted = false_discovery_control(p.to_numpy(), method="bh")
            table.loc[p.index, f"p_{test}_adjusted"] = adjusted
    return table
