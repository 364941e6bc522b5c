"""Phenotypes against measurements the clustering never saw.

Every validator is compared between the most severe and the mildest phenotype, and an effect is
*most severe minus mildest*: negative means lower in the severe. Ordinal validators (strength
grades) get Cliff's δ = P(severe > mild) − P(severe < mild), continuous ones Hedges' g; beside
both stands the correlation with the ordered label (point-biserial where there are two
phenotypes). P values are adjusted within a block, which is the stated family. A difference here
shows that the label follows severity, as any cut of a severity axis would; it does not show groups.

References: see ``effects`` and ``effects``; Benjamini & Hochberg 1995 (adjusted p).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from compendium.data.columns import Column
from compendium.regression.design import (
    CONSTANT,
    DEPENDENT,
    PHENOTYPE,
    DesignRefused,
    checked_labels,
    design,
)
from compendium.seeds import generator
from compendium.statistics import fisher_interval
from compendium.validation.effects import continuous, ordinal

FEWEST_COMPARED = 5  # patients with a value in each phenotype, below which nothing is compared
SUMMARIES = ("mean", "median", "q1", "q3")
_NUMBERS = (
    *(f"{s}_{g}" for s in SUMMARIES for g in ("reference", "compared")),
    "effect", "low", "high", "difference", "difference_low", "difference_high",
    "difference_bca_low", "difference_bca_high", "shift", "shift_low", "shift_high",
    "r", "r_low", "r_high", "p", "p_adjusted", "p_brunner_munzel",
)
_COLUMNS = (
    "validator", "label", "block", "unit", "type", "contrast", "n", "n_reference", "n_compared",
    "n_r", *_NUMBERS[:8], "statistic", *_NUMBERS[8:], "worse_direction", "method", "family", "note",
)
PARTIAL = (
    "validator", "label", "block", "n", "n_missing", "r", "low", "high", "p", "covariates",
    "method", "note",
)
_BLOCKS = (
    "block", "statistic", "n_validators", "n_compared", "effect_median", "effect_min",
    "effect_max", "all_in_direction", "n_significant",
)


def compare(
    data: pd.DataFrame,
    labels: np.ndarray,
    names: tuple[str, ...],
    validators: tuple[Column, ...],
    *,
    random_state: int = 0,
    n_boot: int = 5000,
) -> pd.DataFrame:
    """Every validator, most severe against mildest phenotype.

    Parameters
    ----------
    data : one row a patient, columns as in the codebook; NaN = missing, left out and counted.
    labels : array of shape (n,), 0 = mildest … k − 1 = most severe; names : in that order.
    validators : codebook columns; zero is a value like any other.
    random_state, n_boot : of bootstrap and relabellings. Every validator starts from the same seed:
        interval and p depend neither on which others are compared nor on the order of patients.

    Returns
    -------
    DataFrame, one row a validator; numbers that do not apply are NaN.
    ``effect`` : Cliff's δ in [−1, 1] with the Brunner–Munzel interval (ordinal), or Hedges' g in SD
        with a BCa bootstrap interval.
    ``difference`` : of means, in the validator's unit, Welch interval, and a BCa interval
        ``difference_bca_low``, ``difference_bca_high``; continuous ones only.
    ``shift`` : Hodges–Lehmann, with the interval of the rank-sum test; ordinal ones, descriptive.
    ``r`` : Pearson correlation of label and value over the ``n_r`` patients of all phenotypes (the
        point-biserial r where there are two), Fisher z interval.
    ``p`` : of the permutation test of midranks (ordinal; ``p_brunner_munzel`` beside it) or of
        Welch's t test; present where, and only where, there is an effect. ``p_adjusted`` :
        Benjamini–Hochberg over the p of the block.
    ``worse_direction`` : whether the effect has the sign the codebook calls worse; missing where it
        calls none. ``note`` : why there is no effect, or what to know about it.

    Checked against R: t.test, wilcox.test, coin, cor.test, p.adjust, boot.ci, and δ by hand.
    """
    labels = checked_labels(labels, names, len(data))
    rows = []
    for column in validators:
        values = data[column.name].to_numpy(dtype=float)
        rows.append(_record(values, labels, names, column, seed=random_state, n_boot=n_boot))
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    table[list(_NUMBERS)] = table[list(_NUMBERS)].astype(float)
    table["worse_direction"] = table["worse_direction"].astype("boolean")
    return _adjusted_in_blocks(table)


def by_block(table: pd.DataFrame, alpha: float = 0.05) -> pd.DataFrame:
    """What a block of validators says together; δ and g are never mixed in one row.

    Parameters
    ----------
    table : of :func:`compare`.
    alpha : level for the adjusted p.

    Returns
    -------
    DataFrame: block, statistic, n_validators, n_compared (those with an effect), effect_median,
    effect_min, effect_max, all_in_direction (missing where no direction is stated), n_significant.
    """
    rows = []
    for (block, statistic), part in table.groupby(["block", "statistic"], sort=False):
        effect, direction = part["effect"].dropna(), part["worse_direction"].dropna()
        rows.append((
            block, statistic, len(part), len(effect), effect.median(), effect.min(), effect.max(),
            bool(direction.all()) if len(direction) else pd.NA,
            int((part["p_adjusted"] < alpha).sum()),
        ))
    return pd.DataFrame(rows, columns=list(_BLOCKS)).astype({"all_in_direction": "boolean"})


def partial(
    data: pd.DataFrame,
    labels: np.ndarray,
    names: tuple[str, ...],
    validators: tuple[Column, ...],
    covariates: tuple[Column, ...],
) -> pd.DataFrame:
    """Correlation of the ordered label with every validator, given the covariates.

    Parameters
    ----------
    data, labels, names, validators : as for :func:`compare`.
    covariates : codebook columns; categories are dummy coded. Patients who lack one are left out.

    Returns
    -------
    DataFrame, one row a validator: n complete, n_missing, r in [−1, 1] with Fisher z interval on
    n − k, k columns of covariates (dummies counted), p of t = r √((n − 2 − k) / (1 − r²)) with
    n − 2 − k degrees of freedom, the covariates used, note. r is the Pearson correlation of what
    the covariates leave of the label (a number, 0 = mildest) and of the validator. By pingouin, in
    full precision, given orthonormal columns in the covariates' place, so that nearly collinear
    ones cost no digits. Checked against R: pcor's formula, lm, and correlation of residuals.
    """
    labels = checked_labels(labels, names, len(data))
    rows = [_partial_record(data, labels, names, column, covariates) for column in validators]
    table = pd.DataFrame(rows, columns=list(PARTIAL))
    return table.astype(dict.fromkeys(("r", "low", "high", "p"), float))


def _record(values, labels, names, column: Column, *, seed: int, n_boot: int) -> dict:
    known = ~np.isnan(values)
    # sorted, so that a bootstrap does not depend on the order of patients
    groups = [np.sort(values[known & (labels == g)]) for g in (0, len(names) - 1)]
    reference, compared = groups
    record = {
        "validator": column.name, "label": column.label, "block": column.block or column.role,
        "unit": column.unit, "type": column.type, "contrast": f"{names[-1]} − {names[0]}",
        "n": reference.size + compared.size, "n_reference": reference.size,
        "n_compared": compared.size, "n_r": int(known.sum()),
        "statistic": "Cliff's δ" if column.type == "ordinal" else "Hedges' g",
    }
    record |= _summaries(reference, "reference") | _summaries(compared, "compared")
    obstacle = _obstacle(reference, compared, names, column)
    if obstacle:
        return record | {"note": obstacle}
    if column.type == "ordinal":
        record |= ordinal(compared, reference, random_state=seed)
    else:
        record |= continuous(compared, reference, n_boot, generator(seed, "effects"))
    r = float(np.corrcoef(labels[known], values[known])[0, 1])
    r_low, r_high = fisher_interval(r, known.sum())
    record |= {"r": r, "r_low": r_low, "r_high": r_high}
    if column.worse in ("low", "high"):
        record["worse_direction"] = record["effect"] * (1 if column.worse == "high" else -1) > 0
    return record


def _summaries(values: np.ndarray, group: str) -> dict[str, float]:
    if not values.size:
        return {}
    numbers = values.mean(), *np.quantile(values, [0.5, 0.25, 0.75])
    return {f"{s}_{group}": float(v) for s, v in zip(SUMMARIES, numbers, strict=True)}


def _obstacle(reference, compared, names, column: Column) -> str:
    for name, values in ((names[0], reference), (names[-1], compared)):
        if values.size < FEWEST_COMPARED:
            return f"Not compared: {values.size} values in {name}, {FEWEST_COMPARED} are needed."
    if reference[0] == reference[-1] and compared[0] == compared[-1]:
        if reference[0] == compared[0]:
            return "Not compared: all patients have the same value."
        if column.type != "ordinal":
            return "Not compared: no spread within either phenotype, so no standardised difference."
    return ""


def _adjusted_in_blocks(table: pd.DataFrame) -> pd.DataFrame:
    from scipy.stats import false_discovery_control

    tests = table.groupby("block")["p"].transform("count")
    table["family"] = [f"{b} ({n:.0f} tests)" for b, n in zip(table["block"], tests, strict=True)]
    for _, p in table["p"].dropna().groupby(table["block"]):
        table.loc[p.index, "p_adjusted"] = false_discovery_control(p.to_numpy(), method="bh")
    return table


def _partial_record(data, labels, names, column: Column, covariates) -> dict:
    known = data[column.name].notna().to_numpy()
    record = {
        "validator": column.name, "label": column.label, "block": column.block or column.role,
        "covariates": (), "method": "partial correlation; Fisher z 95 % interval",
    }
    try:
        built = design(data[known], labels[known], names, covariates)
    except DesignRefused as refusal:
        n = refusal.n
        return record | {"n": n, "n_missing": len(data) - n, "note": f"Not computed: {refusal}"}
    rest = built.X.drop(columns=[CONSTANT, *built.groups[PHENOTYPE]])
    y = data.loc[known, column.name].to_numpy(dtype=float)[built.rows]
    record |= {"n": len(y), "n_missing": len(data) - len(y), "covariates": built.covariates}
    others = _orthonormal(rest)
    if _determined(y, others):
        return record | {"note": "Not computed: constant, or determined by the covariates."}
    label = labels[known][built.rows].astype(float)
    if _determined(y, np.column_stack([others, label - others @ (others.T @ label)])):
        return record | {"note": "Not computed: the phenotype and the covariates determine it."}
    r, p = _partial_r(label, y, others[:, 1:])
    low, high = fisher_interval(r, len(y) - rest.shape[1])
    return record | {"r": r, "low": low, "high": high, "p": p, "note": " ".join(built.notes)}


def _orthonormal(columns: pd.DataFrame) -> np.ndarray:
    """Columns of length 1 at right angles that span a constant (the first) and the given ones."""
    return np.linalg.qr(np.column_stack([np.ones(len(columns)), columns]))[0]


def _determined(y: np.ndarray, columns: np.ndarray) -> bool:
    """Whether y is a combination of columns at right angles."""
    left = y - columns @ (columns.T @ y / (columns**2).sum(axis=0))
    return bool(np.linalg.norm(left) <= DEPENDENT * np.linalg.norm(y))


def _partial_r(label: np.ndarray, y: np.ndarray, others: np.ndarray) -> tuple[float, float]:
    import pingouin

    frame = pd.DataFrame(np.column_stack([label, y, others])).rename(columns="({})".format)
    found = (pingouin.partial_corr(frame, "(0)", "(1)", list(frame)[2:]) if others.shape[1]
             else pingouin.corr(label, y)).iloc[0]
    return float(found["r"]), float(found["p_val"])
