"""Phenotypes against measurements the clustering never saw.

Every validator is compared between the most severe and the mildest phenotype, and an effect is
*most severe minus mildest*: negative means lower in the severe. Ordinal validators (strength
grades) get Cliff's δ = P(severe > mild) − P(severe < mild), continuous ones Hedges' g; beside
both stands the correlation with the ordered label (point-biserial where there are two
phenotypes). P values are adjusted within a block, which is the stated family. A difference here
shows that the label follows severity, as any cut of a severity axis would; it does not show groups.
Of fewer than five patients nothing is said, nor what would give it by subtraction.

References: see ``effects``; Benjamini & Hochberg 1995 (adjusted p).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from compendium.data.columns import Column
from compendium.data.found import Found
from compendium.headcounts import fewest
from compendium.problems import reasoned
from compendium.regression.design import CONSTANT, DEPENDENT, PHENOTYPE, DesignRefused, design
from compendium.regression.label_or_severity import ABOUT, about
from compendium.seeds import generator
from compendium.statistics import adjusted_p, fisher_interval
from compendium.validation.effects import continuous, ordinal

NO_VALIDATOR = (
    "The codebook names no independent measure (role validator), so nothing is compared."
)
_SUMMARIES = ("n", "mean", "median", "q1", "q3")  # of every phenotype
_NUMBERS = (
    "effect", "low", "high", "difference", "difference_low", "difference_high",
    "r", "r_low", "r_high", "p", "p_adjusted",
    "p_overall",
)
_COMPARED = (*ABOUT, "contrast", "n", "n_r", "statistic", *_NUMBERS, "method", "note")
_PARTIAL = (*ABOUT, "n", "n_missing", "r", "low", "high", "p", "covariates", "method", "note")


def compare(
    found: Found, validators: Sequence[Column], *, random_state: int = 0, n_boot: int = 5000
) -> pd.DataFrame:
    """Every validator, most severe against mildest phenotype.

    Parameters
    ----------
    found : patients and their phenotypes; NaN in a validator = missing, left out and counted.
    validators : codebook columns; zero is a value like any other.
    random_state, n_boot : of bootstrap and relabellings. Every validator starts from the same seed:
        interval and p depend neither on which others are compared nor on the order of patients.

    Returns
    -------
    DataFrame, one row a validator; numbers that do not apply are NaN.
    ``n_<name>``, mean, median, q1, q3 of every phenotype, where each has five values or more;
    ``n`` : values of the two that are compared.
    ``effect`` : Cliff's δ in [−1, 1] with the Brunner–Munzel interval (ordinal), or Hedges' g in SD
        with a BCa bootstrap interval (below ten patients in a phenotype, Welch's).
    ``difference`` : of means, in the validator's unit, Welch interval; continuous ones only.
    ``r`` : Pearson correlation of label and value over the ``n_r`` patients of all phenotypes (the
        point-biserial r where there are two), Fisher z interval.
    ``p`` : of the permutation test of midranks (ordinal) or of Welch's t test; present where, and
        only where, there is an effect. ``p_adjusted`` : Benjamini–Hochberg over the p of the block.
    ``p_overall`` : where there are three phenotypes or more, of the Kruskal–Wallis test over all of
        them, adjusted likewise.
    ``note`` : why there is no effect, or what to know about it.

    Checked against R: t.test, kruskal.test, coin, cor.test, p.adjust, boot.ci, and δ by hand.
    """
    rows = [_compared(found, column, random_state, n_boot) for column in validators]
    summaries = [f"{s}_{name}" for name in found.names for s in _SUMMARIES]
    table = pd.DataFrame(rows, columns=[*_COMPARED[:-2], *summaries, *_COMPARED[-2:]])
    table = table.astype(dict.fromkeys((*summaries, *_NUMBERS), float))
    counts = ["n", *(f"n_{name}" for name in found.names)]
    table = table.astype(dict.fromkeys(counts, "Int64"))
    table["p_overall"] = table.groupby("block")["p_overall"].transform(adjusted_p, method="fdr_bh")
    table["p_adjusted"] = table.groupby("block")["p"].transform(adjusted_p, method="fdr_bh")
    return reasoned(table, NO_VALIDATOR)


def partial(
    found: Found, validators: Sequence[Column], covariates: Sequence[Column]
) -> pd.DataFrame:
    """Correlation of the ordered label with every validator, given the covariates.

    Parameters
    ----------
    found, validators : as for :func:`compare`.
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
    rows = [_partial_row(found, column, covariates) for column in validators]
    table = pd.DataFrame(rows, columns=list(_PARTIAL))
    numbers = dict.fromkeys(("r", "low", "high", "p"), float) | {"n": "Int64"}
    return reasoned(table.astype(numbers), NO_VALIDATOR)


def _compared(found: Found, column: Column, seed: int, n_boot: int) -> dict:
    """The row of one validator in :func:`compare`."""
    from scipy.stats import kruskal

    values, labels, names = found.data[column.name].to_numpy(float), found.labels, found.names
    known = ~np.isnan(values)
    # sorted, so that a bootstrap does not depend on the order of patients
    every = [np.sort(values[known & (labels == g)]) for g in range(len(names))]
    reference, compared = every[0], every[-1]
    row = about(column) | {
        "contrast": f"{names[-1]} − {names[0]}", "n_r": int(known.sum()),
        "statistic": "Cliff's δ" if column.type == "ordinal" else "Hedges' g",
    }
    if min(part.size for part in every) >= fewest():
        row["n"] = reference.size + compared.size
        for part, name in zip(every, names, strict=True):
            row |= _summaries(part, name)
    if obstacle := _obstacle(reference, compared, names, column):
        return row | {"note": obstacle}
    if column.type == "ordinal":
        row |= ordinal(compared, reference, random_state=seed)
    else:
        row |= continuous(compared, reference, n_boot, generator(seed, "effects"))
    if len(names) > 2:
        row["p_overall"] = float(kruskal(*(part for part in every if part.size)).pvalue)
    r = float(np.corrcoef(labels[known], values[known])[0, 1])
    row |= dict(zip(("r", "r_low", "r_high"), (r, *fisher_interval(r, known.sum())), strict=True))
    return row


def _summaries(values: np.ndarray, name: str) -> dict[str, float]:
    numbers = values.size, values.mean(), *np.quantile(values, [0.5, 0.25, 0.75])
    return {f"{s}_{name}": float(v) for s, v in zip(_SUMMARIES, numbers, strict=True)}


def _obstacle(reference, compared, names, column: Column) -> str:
    for name, values in ((names[0], reference), (names[-1], compared)):
        if values.size < fewest():
            return f"Not compared: fewer than {fewest()} values in {name}."
    if reference[0] == reference[-1] and compared[0] == compared[-1]:
        if reference[0] == compared[0]:
            return "Not compared: all patients have the same value."
        if column.type != "ordinal":
            return "Not compared: no spread within either phenotype, so no standardised difference."
    return ""


def _partial_row(found: Found, column: Column, covariates: Sequence[Column]) -> dict:
    """The row of one validator in :func:`partial`."""
    who = found.where(found.data[column.name].notna().to_numpy())
    row = about(column) | {
        "covariates": (), "method": "partial correlation; Fisher z 95 % interval",
    }
    try:
        built = design(who, covariates)
    except DesignRefused as refusal:
        missing = len(found.data) - refusal.n
        return row | {"n": refusal.n, "n_missing": missing, "note": f"Not computed: {refusal}"}
    rest = built.X.drop(columns=[CONSTANT, *built.groups[PHENOTYPE]])
    y, label = who.data[column.name].to_numpy(float)[built.rows], who.labels[built.rows] * 1.0
    row |= {"n": len(y), "n_missing": len(found.data) - len(y), "covariates": built.covariates}
    others = _orthonormal(rest)
    if _determined(y, others):
        return row | {"note": "Not computed: constant, or determined by the covariates."}
    if _determined(y, np.column_stack([others, label - others @ (others.T @ label)])):
        return row | {"note": "Not computed: the phenotype and the covariates determine it."}
    r, p = _partial_r(label, y, others[:, 1:])
    low, high = fisher_interval(r, len(y) - rest.shape[1])
    return row | {"r": r, "low": low, "high": high, "p": p, "note": " ".join(built.notes)}


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
