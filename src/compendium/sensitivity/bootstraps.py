"""Intervals that know that the phenotypes were found in the same patients.

An interval that takes the labels as known describes patients who came with a label. Here patients
are drawn with replacement and the *whole* pipeline is run on them again: fill gaps, scale, cluster,
order by severity; then the differences in the features that made the groups, and the regression of
the primary outcome. One set of replicates serves both. Features differ between groups that they
built by construction: their intervals describe a size and are no test.

Intervals are percentiles of the replicates that gave a value, at the (B + 1)α-th of the B ordered
ones. They need no standard error and follow a law that is not symmetric; they are not moved where
replicates lie to one side of the estimate, which ``benchmarks/coverage.py`` measures.

Seeds: replicate b draws its patients, then its k-means++ starts, from ``SeedSequence(random_state,
spawn_key=(20, b))``: more replicates keep the earlier ones, each can be rerun alone, and nothing
depends on workers. References: Efron & Tibshirani 1993; Davison & Hinkley 1997; Maritz & Jarrett
1978 (Monte-Carlo error of a quantile).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from compendium import seeds
from compendium.data.cohort import Cohort
from compendium.data.columns import Column
from compendium.parallel import each, parts
from compendium.phenotypes import kmeans
from compendium.phenotypes.core import Impossible, standardised_differences
from compendium.sensitivity.refit import Prepared, coefficients, phenotypes, prepare
from compendium.statistics import CONFIDENCE
from compendium.words import percent

if TYPE_CHECKING:
    from compendium.notebook import Progress

_TASK = 10  # replicates a worker takes at once
_ENOUGH = 0.9  # share of the replicates that must give a value
_MODELS = ("crude", "adjusted")
_METHOD = "percentiles of bootstraps of the whole pipeline"
FEW_PATIENTS = "In the others a phenotype had too few different patients."
NO_MODEL = "In the others there was no model: no outcome, no covariate, or a design refused."
ENDS = ("low", "high", "se", "low_error", "high_error", "n_replicates", "n_used", "method", "note")
_COLUMNS = ("quantity", "term", *ENDS[:5], "n", *ENDS[5:])


@dataclass(frozen=True, eq=False)
class Replicates:
    """B bootstraps of the whole pipeline, NaN where a replicate gave no value.

    ``smd`` (B × p) Hedges' g of each feature, most severe minus mildest; ``sizes`` (B × k) patients
    in each phenotype, mildest first; ``beta_crude``, ``beta_adjusted`` (B × (k − 1)) difference in
    the primary outcome from the mildest phenotype. ``failures``: sentence -> replicates that gave
    nothing for this reason. ``features`` and ``names`` (phenotypes) in the order of the columns.
    ``n``: patients; ``n_crude``, ``n_adjusted``: those with the outcome, and with all covariates.
    ``oriented``: whether phenotypes are ordered by severity.
    """

    smd: np.ndarray
    sizes: np.ndarray
    beta_crude: np.ndarray
    beta_adjusted: np.ndarray
    failures: dict[str, int]
    features: tuple[str, ...]
    names: tuple[str, ...]
    n: int
    n_crude: int
    n_adjusted: int
    oriented: bool

    @property
    def n_failed(self) -> int:
        """Replicates that gave no phenotypes."""
        return sum(self.failures.values())


def bootstrap(
    cohort: Cohort,
    *,
    covariates: Sequence[Column],
    n_replicates: int = 200,
    n_clusters: int = 2,
    n_init: int = 10,
    scaling: str = "zscore",
    missing: str = "iterative",
    random_state: int = 0,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Replicates:
    """The whole pipeline, on patients drawn with replacement from the cohort.

    Parameters
    ----------
    covariates : codebook columns of the adjusted model; a replicate's model rests on those of its
        patients who have them all, the crude one on all with the outcome.
    n_clusters, n_init, scaling, missing : as for ``clustering.cluster_cohort``.
    jobs : workers; None leaves it to ``parallel``. The result is the same for any number, to the
        bit. progress : called with (tasks done, all tasks).

    Returns
    -------
    Replicates. A replicate with a feature that does not vary or with fewer different patients than
    phenotypes gives nothing and is counted; fewer than 5 different patients in the mildest or the
    most severe phenotype give no g; a design that ``design`` refuses gives no coefficient.

    A replicate of all patients in their own order equals ``clustering.cluster_cohort``,
    ``profiles.differences`` and ``outcome_models.models``; tested.
    """
    prepared = prepare(cohort, covariates, n_clusters=n_clusters, scaling=scaling, missing=missing)
    todo = [(prepared, random_state, n_init, part) for part in parts(n_replicates, _TASK)]
    found, failed = zip(*each(_task, todo, jobs=jobs, progress=progress), strict=True)
    reasons = Counter(chain.from_iterable(failed))
    return _replicates(cohort, prepared, np.concatenate(found), dict(sorted(reasons.items())))


def measured(prepared: Prepared, rows: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    """One replicate: g of every feature, sizes, crude and adjusted coefficients, (p + 3k − 2,).

    ``rows``: the patients drawn; ``uniforms``: of the k-means++ starts. Raises Impossible.
    """
    Z, labels = phenotypes(prepared, rows, uniforms)
    sizes = np.bincount(labels, minlength=prepared.n_clusters)
    smd = standardised_differences(Z, labels, rows, prepared.n_clusters)
    crude = coefficients(prepared, rows, labels, adjusted=False).beta
    adjusted = np.full_like(crude, np.nan)
    if prepared.covariates:
        adjusted = coefficients(prepared, rows, labels, adjusted=True).beta
    return np.concatenate([smd, sizes, crude, adjusted])


def intervals(replicates: Replicates) -> pd.DataFrame:
    """The 95 % interval of every quantity of the replicates.

    Returns
    -------
    DataFrame: quantity ("smd", "beta_crude", "beta_adjusted"), term (feature, or phenotype
    compared with the mildest), low, high, se (SD of the replicates), low_error and high_error
    (Monte-Carlo standard errors of the ends: how far they would move with other replicates;
    Maritz–Jarrett), n (patients of the cohort it rests on), n_replicates, n_used (those with a
    value), method, note. Where less than 90 % of the replicates gave a value there is no interval,
    and ``note`` says so. Ends: R's ``quantile(x, c(.025, .975), type = 6)``.
    """
    r = replicates
    rows = [
        {"quantity": quantity, "term": term, "n": n, **_interval(values, quantity, r)}
        for quantity, terms, block, n in (
            ("smd", r.features, r.smd, r.n),
            ("beta_crude", r.names[1:], r.beta_crude, r.n_crude),
            ("beta_adjusted", r.names[1:], r.beta_adjusted, r.n_adjusted),
        )
        for term, values in zip(terms, block.T, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def difference_intervals(table: pd.DataFrame, replicates: Replicates) -> pd.DataFrame:
    """The rows of ``profiles.differences`` with the intervals of the replicates in place of those
    that take the labels as known, and the columns that :func:`intervals` adds."""
    return _with_ends(table, replicates, "smd", table["feature"])


def coefficient_intervals(table: pd.DataFrame, replicates: Replicates) -> pd.DataFrame:
    """The crude and adjusted rows of ``outcome_models.models(...).table`` of the primary outcome,
    likewise; without the p of the model, which takes the labels as known."""
    parts = [
        _with_ends(part, replicates, f"beta_{model}", part["phenotype"])
        for model, part in table.groupby("model", sort=False)
        if model in _MODELS
    ]
    return pd.concat([table.iloc[:0], *parts], ignore_index=True).drop(columns="p")


def _task(prepared: Prepared, random_state: int, n_init: int, part: range):
    """A range of replicates (len, p + 3k − 2), and why some of them gave nothing."""
    from threadpoolctl import threadpool_limits

    (n, p), k = prepared.X.shape, prepared.n_clusters
    values, failed = np.full((len(part), p + 3 * k - 2), np.nan), []
    with threadpool_limits(1):
        for row, b in zip(values, part, strict=True):
            rng = seeds.generator(random_state, "pipeline", b)
            drawn = rng.integers(n, size=n)
            try:
                row[:] = measured(prepared, drawn, kmeans.starts(rng, n_init, k))
            except Impossible as reason:
                failed.append(str(reason))
    return values, failed


def _replicates(cohort, prepared: Prepared, found: np.ndarray, failures) -> Replicates:
    p, k = prepared.X.shape[1], prepared.n_clusters
    smd, sizes, crude, adjusted = np.split(found, [p, p + k, p + 2 * k - 1], axis=1)
    known = ~np.isnan(prepared.y)
    return Replicates(
        smd=smd, sizes=sizes, beta_crude=crude, beta_adjusted=adjusted, failures=failures,
        features=tuple(c.name for c in cohort.codebook.features), names=prepared.names,
        n=len(prepared.X), n_crude=int(known.sum()),
        n_adjusted=int((known & prepared.complete).sum()), oriented=prepared.oriented,
    )


def quantile_error(values: np.ndarray, at: float) -> float:
    """Monte-Carlo standard error of a quantile of independent replicates (Maritz–Jarrett).

    The SD of the m-th smallest of B values drawn from ``values`` (B,) again, m = (B + 1)·at
    rounded. Checked against R: w <- diff(pbeta(0:B/B, m, B - m + 1)).

    >>> quantile_error(np.full(200, 3.0), 0.025)
    0.0
    """
    from scipy.stats import beta

    B = len(values)
    m = min(max(round((B + 1) * at), 1), B)
    weights, ordered = np.diff(beta.cdf(np.arange(B + 1) / B, m, B - m + 1)), np.sort(values)
    return float(np.sqrt(weights @ (ordered - weights @ ordered) ** 2))


def _interval(values: np.ndarray, quantity: str, replicates: Replicates) -> dict:
    used, total = values[~np.isnan(values)], len(values)
    found = dict.fromkeys(ENDS[:5], np.nan)
    found |= {"n_replicates": total, "n_used": len(used), "method": _METHOD}
    if len(used) < max(2, _ENOUGH * total):
        why = FEW_PATIENTS if quantity == "smd" else NO_MODEL
        lost = "; ".join(f"{text} ({count})" for text, count in replicates.failures.items()) or why
        note = f"No interval: {len(used)} of {total} replicates gave a value, " \
            f"{percent(_ENOUGH)} must. {lost}"
        return found | {"note": note}
    tails = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    low, high = np.quantile(used, tails, method="weibull")
    errors = {name: quantile_error(used, at) for name, at in zip(ENDS[3:5], tails, strict=True)}
    found |= {"low": low, "high": high, "se": used.std(ddof=1), "note": _note(used, replicates)}
    return found | errors


def _note(used: np.ndarray, replicates: Replicates) -> str:
    notes = []
    if (len(used) + 1) * (1 - CONFIDENCE) / 2 < 1:
        notes.append("So few replicates that the ends are the smallest and the largest.")
    if not replicates.oriented:
        notes.append("Phenotypes are ordered by size, and replicates may exchange them.")
    return " ".join(notes)


def _with_ends(table: pd.DataFrame, replicates: Replicates, quantity: str, terms) -> pd.DataFrame:
    found = intervals(replicates)
    found = found[found["quantity"] == quantity].set_index("term").loc[list(terms)]
    return table.assign(**{name: found[name].to_numpy() for name in ENDS})


# One set of bootstraps for two notebooks: the second reads what the first wrote.
#
# The bootstraps of the whole pipeline give intervals of the features' differences and of the
# outcome's coefficient. Both come from one pass: notebook 2 runs it and keeps the coefficients of
# every replicate as a model file (no patient is in it), notebook 5 takes them from there if they
# were made of the same patients by the same choices, and runs the pass itself if not.

MODEL = "pipeline_bootstraps"
_BLOCKS = ("sizes", "beta_crude", "beta_adjusted")
_WORDS = ("failures", "names", "n", "n_crude", "n_adjusted", "oriented")


def made_of(cohort: Cohort, covariates: Sequence[Column], choices: Mapping) -> dict:
    """What replicates follow from: the patients, the covariates and the choices of
    ``bootstraps.bootstrap``."""
    return {
        "patients": cohort.fingerprint, "covariates": [c.name for c in covariates], **choices,
    }


def record(replicates: Replicates, ingredients: Mapping) -> dict:
    """The coefficients of every replicate as plain data, with what they were made of."""
    kept = {name: getattr(replicates, name) for name in (*_BLOCKS, *_WORDS)}
    return {"made_of": dict(ingredients), **kept}


def recalled(folder: Path, ingredients: Mapping) -> Replicates | None:
    """The replicates kept in a run's folder; None where there are none of the same making.

    Their features are not kept: ``smd`` has no column.
    """
    path = folder / "models" / f"{MODEL}.json"
    if not path.is_file():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    if kept.get("made_of") != dict(ingredients):
        return None
    arrays = {name: np.array(kept[name], dtype=float) for name in _BLOCKS}
    return Replicates(
        smd=np.empty((len(arrays["sizes"]), 0)), features=(), **arrays,
        **{name: tuple(kept[name]) if name == "names" else kept[name] for name in _WORDS},
    )


def recalled_or_run(
    folder: Path,
    cohort: Cohort,
    covariates: Sequence[Column],
    choices: Mapping,
    progress: Progress | None = None,
) -> Replicates:
    """The replicates of the same making that a run's folder keeps, else the pass itself.

    ``progress``: a ``notebook.Progress``, which is told where nothing had to be run.
    """
    found = recalled(folder, made_of(cohort, covariates, choices))
    if found is not None:
        if progress:
            progress.instead("recalled from notebook 2")
        return found
    return bootstrap(cohort, covariates=covariates, progress=progress, **choices)
