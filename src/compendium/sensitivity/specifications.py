"""The specification curve: the primary coefficient over a stated grid of choices.

The coefficient β is the primary outcome of the most severe phenotype minus the mildest. It rests on
choices that others might have made otherwise. The grid: covariate sets × scaling of features ×
missing features × features as measured or adjusted × algorithm × form of the outcome. Every
combination is one *specification*, in the outcome's own unit. The reference, the paper's analysis,
is one of them.

What the curve says: how far β depends on these choices, and on which. Its limits: the number of
phenotypes is fixed, no rule leaves outliers out, and gaps are filled in no way beyond those listed;
and the specifications are one cohort's patients over and over, not independent of each other, so
the share that agrees is no p value and a hundred alike are no more evidence than one. An interval
is that of its own specification and takes the labels as known.

References: Simonsohn, Simmons & Nelson 2020 (specification curve analysis); Beijers et al. 2020
(10.1017/S0033291720002846: over clusterings).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from itertools import chain

import numpy as np
import pandas as pd

from compendium.data.columns import Column
from compendium.parallel import each
from compendium.phenotypes.clustering import Clustering
from compendium.problems import InputRefused, reasoned
from compendium.regression.design import NO_OUTCOME
from compendium.regression.forms import FORMS, MEAN, Difference, outcome_differences
from compendium.seeds import LARGE
from compendium.sensitivity.choices import Alternatives, Path, alternatives, clustered
from compendium.stability.indices import adjusted_rand

# Column of the table -> what is chosen, in the words of a figure.
DECISIONS = {
    "missing": "missing features", "scaling": "features scaled by", "features": "features are",
    "algorithm": "algorithm", "covariates": "covariates", "form": "outcome compared by",
}
NONE, ALL = "none", "all"
_COLUMNS = [
    "specification", *DECISIONS, "estimate", "low", "high", "p", "n", "n_severe", "ari",
    "reference", "note",
]


@dataclass(frozen=True, eq=False)
class Curve:
    """All specifications, and what they say together.

    ``table``: one row a specification, sorted by estimate, those that cannot be fitted last.
    specification: 1, 2, … in the order of the choices; then the level of every kind in DECISIONS;
    estimate, low, high (95 %) in the outcome's unit, p; n, patients of the regression, n_severe,
    those of the most severe phenotype; ari of its labels with the reference's, over the patients it
    clustered; reference, True once; note. Where it cannot be fitted the estimate is NaN, the note
    says why, and n is the patients there were, 0 where no clustering was possible. Without an
    outcome the table is empty, ``attrs["reason"]`` says so, and so is the summary.

    ``summary``: outcome_label; n_specifications, n_fitted; of the fitted the shares (0 to 1)
    share_same_sign, share_excluding_zero (interval beyond 0 on the side of the reference); median,
    smallest, largest; ``levels`` (kind, level, n_fitted, median, most_patients: the n of its
    largest regression), ``choices`` (kind, range_of_medians, share_of_variance); reasons (why
    specifications could not be fitted -> how many). NaN where there is nothing to tell.
    """

    table: pd.DataFrame
    summary: dict


def specification_curve(found: Clustering, covariates: Sequence[Column]) -> Curve:
    """The primary coefficient under every combination of the grid.

    Parameters
    ----------
    found : the reference.
    covariates : codebook columns of the reference's model, () for none. Those with one value are
        left out; where none is left, covariates and adjustment are no choices.

    Returns
    -------
    Curve over the product of the paths of ``choices`` (missing features, scaling, adjustment,
    algorithm), the sets of covariates (none, all, all but each in turn) and the three forms of
    ``forms``. The reference is filled and scaled as ``found``, k-means, features as
    measured, all covariates, least squares: equal to ``outcome_models.models``. The order of
    patients does not matter.
    """
    if not found.codebook.outcomes:
        return Curve(reasoned(pd.DataFrame(columns=list(_COLUMNS)), NO_OUTCOME), {})
    start = alternatives(_sorted(found), covariates)
    sets = _sets(start.covariates)
    todo = [(start, sets, path) for path in start.paths]
    # a worker would need the patients of a large cohort, and 200 MB for Ward's tree
    settings = {"n_jobs": 1} if len(found.Z) > LARGE else {}
    rows = chain.from_iterable(each(_of_one_clustering, todo, "clusterings", **settings))
    table = pd.DataFrame([(i, *row) for i, row in enumerate(rows, start=1)], columns=_COLUMNS)
    table = table.sort_values("estimate", kind="stable", ignore_index=True)
    return Curve(table, _summary(table, found.codebook.outcomes[0]))


def levels(table: pd.DataFrame) -> pd.DataFrame:
    """Every level of every choice, in their order: kind, level, n_fitted, median of β, and
    most_patients, the n of its largest regression."""
    table, rows = table.sort_values("specification"), []
    for kind in DECISIONS:
        for level, own in table.groupby(kind, sort=False):
            beta, n = own["estimate"], own["n"].where(own["estimate"].notna(), 0)
            rows.append((kind, level, int(beta.count()), float(beta.median()), int(n.max())))
    return pd.DataFrame(rows, columns=["kind", "level", "n_fitted", "median", "most_patients"])


def choices(table: pd.DataFrame) -> pd.DataFrame:
    """How much each choice moves β, over the specifications that could be fitted.

    Returns
    -------
    kind; range_of_medians, the largest less the smallest median of its levels, ≥ 0; and
    share_of_variance, η², the variance of β between its levels over the variance of β, 0 to 1, NaN
    where β does not vary or the choice left one level. In a complete grid the shares and those of
    their interplay add up to 1.
    """
    fitted, medians = table.dropna(subset=["estimate"]), levels(table).groupby("kind")["median"]
    deviation = fitted["estimate"] - fitted["estimate"].mean()
    total, rows = float((deviation**2).sum()), []
    for kind in DECISIONS:
        between = deviation.groupby(fitted[kind]).agg(["size", "mean"])
        explained = float((between["size"] * between["mean"] ** 2).sum())
        share = explained / total if total > 0 and len(between) > 1 else np.nan
        part = medians.get_group(kind)
        rows.append((kind, float(part.max() - part.min()), share))
    return pd.DataFrame(rows, columns=["kind", "range_of_medians", "share_of_variance"])


def _sorted(found: Clustering) -> Clustering:
    """Patients by identifier: random starts and solutions among ties must not follow the file."""
    order = np.argsort(found.data.index.to_numpy(), kind="stable")
    frames = {name: getattr(found, name).iloc[order] for name in ("data", "X", "Z")}
    severity = None if found.severity is None else found.severity.iloc[order]
    labels = found.labels[order]
    phenotypes = replace(found.phenotypes, labels=labels)
    return replace(found, **frames, labels=labels, severity=severity, phenotypes=phenotypes)


def _sets(covariates: Sequence[Column]) -> dict[str, tuple[Column, ...]]:
    """The sets of covariates: none, all, and all but each, told apart by label or else by name."""
    sets, labels = {NONE: ()}, [c.label for c in covariates]
    if covariates:
        sets[ALL] = tuple(covariates)
    for left in covariates if len(covariates) > 1 else ():
        word = left.label if labels.count(left.label) == 1 else left.name
        sets[f"all but {word}"] = tuple(c for c in covariates if c is not left)
    return sets


def _of_one_clustering(start: Alternatives, sets: dict, path: Path) -> list[tuple]:
    """The rows of all specifications that share one clustering: one task."""
    try:
        rows, labels, note = clustered(start, path)
    except InputRefused as refused:
        nothing = Difference(*[np.nan] * 4, 0, 0, refused.problems[0])
        found = {words: dict.fromkeys(FORMS, nothing) for words in sets}
        ari, note = np.nan, ""
    else:
        who, outcome = start.found.where(rows).relabelled(labels), start.found.codebook.outcomes[0]
        ari = float(adjusted_rand(labels, start.found.labels[rows])[0])
        found = {words: outcome_differences(who, outcome, chosen) for words, chosen in sets.items()}
    reference = (*start.reference, ALL if ALL in sets else NONE, MEAN)
    table = []
    for words, forms in found.items():
        for form, one in forms.items():
            own, (*numbers, why) = (*path, words, form), astuple(one)
            said = " ".join(filter(None, (note, why)))
            table.append((*own, *numbers, ari, own == reference, said))
    return table


def _summary(table: pd.DataFrame, outcome: Column) -> dict:
    fitted = table.dropna(subset=["estimate"])
    beta, sign = fitted["estimate"], np.sign(table.loc[table["reference"], "estimate"].item())
    same = np.sign(beta) == sign
    beyond = (np.sign(fitted["low"]) == sign) & (np.sign(fitted["high"]) == sign)
    shares = {"share_same_sign": same, "share_excluding_zero": beyond}
    return {
        "outcome_label": outcome.label, "n_specifications": len(table), "n_fitted": len(fitted),
        **{name: np.nan if np.isnan(sign) else float(of.mean()) for name, of in shares.items()},
        "median": float(beta.median()), "smallest": float(beta.min()),
        "largest": float(beta.max()), "levels": levels(table).to_dict("records"),
        "choices": choices(table).to_dict("records"),
        "reasons": table.loc[table["estimate"].isna(), "note"].value_counts().to_dict(),
    }
