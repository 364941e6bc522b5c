"""The specification curve: the primary coefficient under every defensible choice at once.

The coefficient β is the primary outcome of the most severe phenotype minus the mildest. It rests on
choices that others might have made otherwise: how features are filled, scaled and adjusted, which
algorithm draws the line, which covariates enter, what is compared of the outcome. Every combination
is one *specification*, in the outcome's own unit. The reference, the paper's analysis, is one of
them.

What the curve says: how far β depends on choices, and on which. What it cannot say: that a choice
is right, or how sure one may be. The specifications are one cohort's patients over and over,
neither independent samples nor a random draw of analyses; so no p is taken over them, a share of
them is no probability, and a hundred alike are no more evidence than one. An interval is that of
its own specification and takes the labels as known.

Reference: Simonsohn, Simmons & Nelson 2020 (specification curve analysis).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import chain

import numpy as np
import pandas as pd

from compendium.data.cohort import Cohort
from compendium.data.columns import Column
from compendium.parallel import each
from compendium.phenotypes.clustering import Clustering
from compendium.problems import InputRefused
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
    "specification",
    *DECISIONS,
    "estimate",
    "low",
    "high",
    "p",
    "n",
    "n_severe",
    "ari",
    "reference",
    "note",
]


@dataclass(frozen=True, eq=False)
class Curve:
    """All specifications, and what they say together.

    ``table``: one row a specification, sorted by estimate, those that cannot be fitted last.
    specification: 1, 2, … in the order of the choices; then the level of every kind in KINDS;
    estimate, low, high (95 %) in the outcome's unit, p; n, patients of the regression, n_severe,
    those of the most severe phenotype; ari of its labels with the reference's, over the patients it
    clustered; reference, True once; note. Where it cannot be fitted the estimate is NaN, the note
    says why, and n is the patients there were, 0 where no clustering was possible.

    ``summary``: outcome, outcome_label, unit, alpha; n_specifications, n_fitted; reference
    (estimate, low, high, p, n); of the fitted the shares (0 to 1) share_same_sign,
    share_excluding_zero (interval beyond 0 on the side of the reference) and share_supported (sign
    of the reference and p < alpha); median, smallest, largest; ``levels`` (kind, level, n_fitted,
    median, most_patients: the n of its largest regression), ``choices`` (kind, range_of_medians,
    share_of_variance) and share_main_effects; reasons (why specifications could not be fitted ->
    how many). NaN where there is nothing to tell.
    """

    table: pd.DataFrame
    summary: dict


@dataclass(frozen=True, eq=False)
class _Question:
    """What is asked of every clustering."""

    data: pd.DataFrame  # outcome and covariates
    outcome: Column
    sets: dict[str, tuple[Column, ...]]


def specification_curve(
    cohort: Cohort,
    found: Clustering,
    *,
    covariates: Sequence[Column],
    n_clusters: int | None = None,
    n_init: int = 10,
    missing: str = "iterative",
    scaling: str | None = None,
    random_state: int = 0,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    alpha: float = 0.05,
) -> Curve | None:
    """The primary coefficient under every combination of choices; None without an outcome.

    Parameters
    ----------
    cohort, found : as ``clustering.cluster_cohort`` took and gave them: the reference.
    covariates : codebook columns of the reference's model, () for none. Those with one value are
        left out; where none is left, covariates and adjustment are no choices.
    n_clusters, scaling : those of ``found``, checked where given. missing : what filled its gaps.
    n_init : k-means starts of every other clustering.
    jobs, progress : workers (see ``parallel``; equal bits for any number), and a function called
        with clusterings done and in all. alpha : level of share_supported.

    Returns
    -------
    Curve over the product of the paths of ``choices`` (missing features, scaling, adjustment,
    algorithm), the sets of covariates (none, all, all but each in turn) and the three forms of
    ``forms``. The reference is filled and scaled as ``found``, k-means, features as
    measured, all covariates, least squares: equal to ``outcome_models.models``. The order of
    patients does not matter.
    """
    _check_same(found, n_clusters, scaling)
    if not cohort.codebook.outcomes:
        return None
    cohort, found = _sorted(cohort, found)
    asked = _question(cohort, covariates)
    settings = {"missing": missing, "n_init": n_init, "random_state": random_state}
    start = alternatives(cohort, found, covariates=asked.sets.get(ALL, ()), **settings)
    todo = [(start, asked, path) for path in start.paths]
    if len(found.Z) > LARGE:  # a worker would need the patients, and 200 MB for Ward's tree
        jobs = 1
    rows = chain.from_iterable(each(_of_one_clustering, todo, jobs=jobs, progress=progress))
    table = pd.DataFrame([(i, *row) for i, row in enumerate(rows, start=1)], columns=_COLUMNS)
    table = table.sort_values("estimate", kind="stable", ignore_index=True)
    return Curve(table, _summary(table, asked.outcome, alpha))


def levels(table: pd.DataFrame) -> pd.DataFrame:
    """Every level of every choice, in their order: kind, level, n_fitted, median of β."""
    table, rows = table.sort_values("specification"), []
    for kind in DECISIONS:
        for level, beta in table.groupby(kind, sort=False)["estimate"]:
            rows.append((kind, level, int(beta.count()), float(beta.median())))
    return pd.DataFrame(rows, columns=["kind", "level", "n_fitted", "median"])


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


def _check_same(found: Clustering, n_clusters: int | None, scaling: str | None) -> None:
    if n_clusters not in (None, found.phenotypes.n_clusters):
        raise ValueError(f"found has {found.phenotypes.n_clusters} phenotypes, not {n_clusters}.")
    if scaling not in (None, found.scaling):
        raise ValueError(f"found was scaled by {found.scaling}, not by {scaling}.")


def _sorted(cohort: Cohort, found: Clustering) -> tuple[Cohort, Clustering]:
    """Patients by identifier: random starts and solutions among ties must not follow the file."""
    order = np.argsort(cohort.data.index.to_numpy(), kind="stable")
    phenotypes = replace(found.phenotypes, labels=found.phenotypes.labels[order])
    return (
        replace(cohort, data=cohort.data.iloc[order]),
        replace(found, X=found.X.iloc[order], Z=found.Z.iloc[order], phenotypes=phenotypes),
    )


def _question(cohort: Cohort, covariates: Sequence[Column]) -> _Question:
    data, outcome = cohort.data, cohort.codebook.outcomes[0]
    usable = tuple(
        c for c in covariates
        if (c.numeric or c.type == "category") and data[c.name].nunique() > 1
    )
    sets, labels = {NONE: ()} | ({ALL: usable} if usable else {}), [c.label for c in usable]
    for left in usable if len(usable) > 1 else ():
        word = left.label if labels.count(left.label) == 1 else left.name
        sets[f"all but {word}"] = tuple(c for c in usable if c is not left)
    return _Question(data[[outcome.name, *(c.name for c in usable)]], outcome, sets)


def _of_one_clustering(start: Alternatives, asked: _Question, path: Path) -> list[tuple]:
    """The rows of all specifications that share one clustering: one task."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # last bits must not depend on the number of cores
        try:
            rows, labels, note = clustered(start, path)
        except InputRefused as refused:
            nothing = Difference(*[np.nan] * 4, 0, 0, refused.problems[0])
            found = {words: dict.fromkeys(FORMS, nothing) for words in asked.sets}
            ari, note = np.nan, ""
        else:
            ari, data = float(adjusted_rand(labels, start.labels[rows])[0]), asked.data.iloc[rows]
            found = {words: outcome_differences(data, labels, start.names, asked.outcome, chosen)
                     for words, chosen in asked.sets.items()}
    reference = (*start.reference, ALL if ALL in asked.sets else NONE, MEAN)
    table = []
    for words, forms in found.items():
        for form, one in forms.items():
            own, (*numbers, why) = (*path, words, form), astuple(one)
            said = " ".join(filter(None, (note, why)))
            table.append((*own, *numbers, ari, own == reference, said))
    return table


def _summary(table: pd.DataFrame, outcome: Column, alpha: float) -> dict:
    fitted = table.dropna(subset=["estimate"])
    reference, beta = table[table["reference"]].iloc[0], fitted["estimate"]
    sign = np.sign(reference["estimate"])
    same = np.sign(beta) == sign
    beyond = (np.sign(fitted["low"]) == sign) & (np.sign(fitted["high"]) == sign)
    shares = {"share_same_sign": same, "share_excluding_zero": beyond,
              "share_supported": same & (fitted["p"] < alpha)}
    return {
        "outcome": outcome.name, "outcome_label": outcome.label, "unit": outcome.unit,
        "alpha": alpha, "n_specifications": len(table), "n_fitted": len(fitted),
        "reference": reference[["estimate", "low", "high", "p", "n"]].to_dict(),
        **{name: np.nan if np.isnan(sign) else float(of.mean()) for name, of in shares.items()},
        "median": float(beta.median()), "smallest": float(beta.min()),
        "largest": float(beta.max()), "levels": _levels_with_patients(table),
        "choices": choices(table).to_dict("records"),
        "share_main_effects": _main_effects(fitted),
        "reasons": table.loc[table["estimate"].isna(), "note"].value_counts().to_dict(),
    }


def _levels_with_patients(table: pd.DataFrame) -> list[dict]:
    """The levels, each with the n of its largest regression."""
    n = table["n"].where(table["estimate"].notna(), 0)
    return [
        row | {"most_patients": int(n[table[row["kind"]] == row["level"]].max())}
        for row in levels(table).to_dict("records")
    ]


def _main_effects(fitted: pd.DataFrame) -> float:
    """R² of β on all choices added up, without their interplay; NaN where β does not vary."""
    beta = fitted["estimate"].to_numpy() - fitted["estimate"].mean()
    if not (beta**2).sum() > 0:
        return np.nan
    levels_of = [(kind, level) for kind in DECISIONS for level in set(fitted[kind])]
    X = np.column_stack([fitted[kind] == level for kind, level in levels_of])
    rest = beta - X @ np.linalg.lstsq(X.astype(float), beta, rcond=None)[0]
    return float(1 - (rest**2).sum() / (beta**2).sum())
