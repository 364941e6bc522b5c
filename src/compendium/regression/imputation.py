"""Gaps in covariates, filled m times over: multiple imputation by chained equations.

Each covariate with gaps is drawn in turn from a model of everything else that is known of a
patient: outcome, phenotype, severity and the other covariates. Numbers by predictive mean matching
(Bayesian linear regression, type 1 matching, 5 donors), categories by logistic regression on a
bootstrap of the recorded patients, with a ridge, so that a level that is separated by the others
keeps a finite slope. Only values that somebody has are filled in. Ten rounds an imputation.

The phenotype is taken as known, and a missing outcome is not filled: such patients are left out.

References: van Buuren & Groothuis-Oudshoorn 2011 (chained equations); Little 1988 (predictive mean
matching); White, Royston & Wood 2011 (number of imputations).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.data.columns import Column
from compendium.data.found import Found
from compendium.headcounts import people
from compendium.regression.design import usable
from compendium.seeds import generator

_ROUNDS = 10  # of the chained equations
_DONORS = 5  # recorded patients of nearest prediction, one of whom lends a number
_FEWEST_RECORDED = 10  # recorded values below which a covariate is not filled
_FEWEST_IMPUTATIONS = 20
_RIDGE = 1e-5  # of the linear model: share of the diagonal, against exact combinations
_SPREAD = 5.0  # SD of the logistic slopes' prior, per SD of a number or per level


@dataclass(frozen=True, eq=False)
class Imputations:
    """The completed tables.

    ``tables``: m frames (outcome and covariates) of the patients with an outcome; () where nothing
    had to be filled. ``covariates``: those that may enter a model. ``notes``: covariates that were
    too seldom recorded.
    """

    tables: tuple[pd.DataFrame, ...]
    covariates: tuple[Column, ...]
    notes: tuple[str, ...] = ()


def impute_covariates(
    found: Found,
    outcome: Column,
    covariates: Sequence[Column],
    *,
    n_imputations: int | None = None,
    random_state: int = 0,
) -> Imputations:
    """The covariates with their gaps filled, m times.

    Parameters
    ----------
    found : the label enters as one term a phenotype; severity, where there is one, helps to fill.
    outcome : codebook column; patients without it are left out.
    covariates : codebook columns. Those a model cannot hold (see ``design.usable``) are returned as
        they are. Recorded for fewer than 10: left out here.
    n_imputations : m, two or more; None for the larger of 20 and the percentage of incomplete
        patients, rounded up.
    random_state : seed; imputation j draws from the key (22, j), so more keep the earlier ones.

    Returns
    -------
    Imputations. Recorded values are untouched, filled ones were recorded for somebody; the order
    of patients does not matter. A covariate's chance of being missing may depend on what is
    recorded, and on nothing else (missing at random).

    Compared with R's mice by pooled coefficients: alike where its categories, too, come from a
    bootstrap; a little wider than its polyreg, which takes its slopes as known.
    """
    if n_imputations is not None and n_imputations < 2:
        raise ValueError("n_imputations is None (by the rule) or two or more.")
    who = found.where(found.data[outcome.name].notna().to_numpy())
    data, labels = who.data, who.labels
    used, seldom = _recorded(data, covariates)
    fillable = usable(used, data)
    names = [c.name for c in fillable]
    gaps = int(data[names].isna().any(axis=1).sum())
    if not gaps:
        return Imputations((), used, seldom)
    order = np.argsort(data.index, kind="stable")
    rows = data.iloc[order]
    fixed = [_number(rows[outcome.name]), _category(labels[order], np.unique(labels))]
    if who.severity is not None:
        fixed.append(_Variable(who.severity.to_numpy(dtype=float)[order]))
    variables = [*fixed, *(_variable(rows[c.name], c) for c in fillable)]
    m = n_imputations or max(_FEWEST_IMPUTATIONS, math.ceil(100 * gaps / len(data)))
    kept = data[list(dict.fromkeys([outcome.name, *(c.name for c in used)]))]
    tables = [kept.copy() for _ in range(m)]
    for j, table in enumerate(tables):
        drawn = _chained(variables, generator(random_state, "imputations", j))[len(fixed) :]
        for name, variable, values in zip(names, variables[len(fixed) :], drawn, strict=True):
            place = table.columns.get_loc(name)
            table.iloc[order[variable.gap], place] = variable.words(values[variable.gap])
    return Imputations(tuple(tables), used, seldom)


def _recorded(data: pd.DataFrame, covariates) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    counts = {c.name: int(data[c.name].notna().sum()) for c in covariates}
    few = [c for c in covariates if 0 < counts[c.name] < min(_FEWEST_RECORDED, len(data))]
    notes = tuple(f"{c.label} is left out: it is recorded for {people(counts[c.name])}, "
                  "too few to fill the others." for c in few)
    return tuple(c for c in covariates if c not in few), notes


@dataclass(frozen=True, eq=False)
class _Variable:
    """``values``: numbers, or places in ``levels`` of a category; NaN where missing."""

    values: np.ndarray
    levels: tuple = ()

    @property
    def gap(self) -> np.ndarray:
        return np.isnan(self.values)

    def coded(self, values: np.ndarray) -> np.ndarray:
        """As predictors of another: a number in its SDs, a level against the first."""
        if self.levels:
            return (values[:, None] == np.arange(1, len(self.levels))).astype(float)
        spread = np.nanstd(self.values)
        return ((values - np.nanmean(self.values)) / (spread if spread > 0 else 1.0))[:, None]

    def words(self, values: np.ndarray) -> list | np.ndarray:
        return [self.levels[int(v)] for v in values] if self.levels else values


def _number(values: pd.Series) -> _Variable:
    return _Variable(values.to_numpy(dtype=float, na_value=np.nan))


def _category(values, levels) -> _Variable:
    places = pd.Index(levels).get_indexer(values).astype(float)
    return _Variable(np.where(places < 0, np.nan, places), tuple(levels))


def _variable(values: pd.Series, column: Column) -> _Variable:
    if column.numeric:
        return _number(values)
    return _category(values, column.occurring(values))


def _chained(variables: list[_Variable], rng: np.random.Generator) -> list[np.ndarray]:
    """All variables without gaps, after ten rounds; those with fewest gaps are drawn first."""
    now = [v.values.copy() for v in variables]
    gaps = {i: v.gap for i, v in enumerate(variables) if v.gap.any()}
    for i, gap in gaps.items():
        now[i][gap] = rng.choice(now[i][~gap], size=gap.sum())
    coded = [v.coded(values) for v, values in zip(variables, now, strict=True)]
    for _ in range(_ROUNDS):
        for i, gap in sorted(gaps.items(), key=lambda item: item[1].sum()):
            X = np.hstack([np.ones((len(gap), 1)), *coded[:i], *coded[i + 1 :]])
            draw = _drawn_level if variables[i].levels else _drawn_number
            now[i][gap] = draw(now[i][~gap], X[~gap], X[gap], rng)
            coded[i] = variables[i].coded(now[i])
    return now


def _drawn_number(y: np.ndarray, X: np.ndarray, wanted: np.ndarray, rng) -> np.ndarray:
    """Numbers lent by recorded patients (y, X) to those with predictors ``wanted``."""
    varies = np.ptp(X, axis=0) > 0
    varies[0] = True  # the constant
    X, wanted = X[:, varies], wanted[:, varies]
    squares = X.T @ X
    inverse = np.linalg.inv(squares + _RIDGE * np.diag(np.diag(squares)))
    beta = inverse @ X.T @ y
    rss = float(((y - X @ beta) ** 2).sum())
    sigma = math.sqrt(rss / rng.chisquare(max(len(y) - X.shape[1], 1)))
    drawn = beta + sigma * np.linalg.cholesky(inverse) @ rng.standard_normal(len(beta))
    return y[_donors(X @ beta, wanted @ drawn, rng)]  # type 1: only the wanted use the draw


def _donors(seen: np.ndarray, wanted: np.ndarray, rng) -> np.ndarray:
    """For each wanted prediction, one of the five nearest seen ones at random."""
    order = rng.permutation(len(seen))  # so that ties come in random order
    order = order[np.argsort(seen[order], kind="stable")]
    donors, width = min(_DONORS, len(seen)), min(2 * _DONORS, len(seen))
    first = np.searchsorted(seen[order], wanted) - donors
    window = np.clip(first, 0, len(seen) - width)[:, None] + np.arange(width)
    nearest = np.abs(seen[order][window] - wanted[:, None]).argsort(axis=1, kind="stable")
    rows = np.arange(len(wanted))
    chosen = nearest[rows, rng.integers(donors, size=len(wanted))]
    return order[window[rows, chosen]]


def _drawn_level(y: np.ndarray, X: np.ndarray, wanted: np.ndarray, rng) -> np.ndarray:
    """Levels drawn from their probabilities, given by a bootstrap of the recorded patients."""
    from sklearn.linear_model import LogisticRegression

    rows = rng.integers(len(y), size=len(y))
    levels = np.unique(y[rows])
    if len(levels) == 1:
        return np.repeat(levels, len(wanted))
    model = LogisticRegression(C=_SPREAD**2, solver="newton-cholesky")
    shares = model.fit(X[rows, 1:], y[rows]).predict_proba(wanted[:, 1:]).cumsum(axis=1)
    return levels[(rng.random(len(wanted))[:, None] > shares[:, :-1]).sum(axis=1)]
