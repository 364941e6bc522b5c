"""Designs: the columns of a linear model and the patients they describe.

Built from codebook columns, never from formula text. The reference is the mildest phenotype;
categories are coded against the first level that occurs; what cannot be estimated is left out with
a sentence or refused by name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.data.columns import Column

SPARE = 10  # patients a model needs beyond its parameters
DEPENDENT = 1e-9  # share of a column's length left by the columns before it: below, it adds nothing
CONSTANT, PHENOTYPE = "(constant)", "(phenotype)"  # brackets: no codebook name can collide


class DesignRefused(ValueError):
    """Raised when a design cannot be estimated: one sentence for the reader, and how many are n."""

    def __init__(self, sentence: str, n: int):
        self.n = n
        super().__init__(sentence)


@dataclass(frozen=True)
class Design:
    """The columns of a linear model and the patients they describe.

    ``X``: patients × parameters, constant first. ``rows``: which rows of the data are in it.
    ``labels``: column of X -> words. ``continuum``: term (phenotype or covariate) -> its columns of
    X. ``titles``: term -> words. ``notes``: sentences on what was left out.
    """

    X: pd.DataFrame
    rows: np.ndarray
    labels: dict[str, str]
    groups: dict[str, tuple[str, ...]]
    titles: dict[str, str]
    notes: tuple[str, ...]

    @property
    def covariates(self) -> tuple[str, ...]:
        """Names of the covariates that are really in the model."""
        return tuple(name for name in self.groups if name != PHENOTYPE)


def design(
    data: pd.DataFrame, labels: np.ndarray, names: tuple[str, ...], covariates: tuple[Column, ...]
) -> Design:
    """The design matrix of phenotype and covariates over the patients who have them all.

    A category is coded against the first of its levels that occurs; levels that do not occur have
    no column. A covariate with fewer than two values, or of type text or date, is left out with a
    note, and so is a patient on whom one coefficient would rest alone (leverage 1: HC3 undefined).

    Parameters
    ----------
    data : one row a patient, columns as in the codebook; NaN = missing.
    labels : array of shape (n,), 0 = mildest … k − 1 = most severe; names : in that order.
    covariates : codebook columns.

    Raises
    ------
    DesignRefused
        When too few patients are complete, the mildest or every other phenotype is absent, or a
        column is an exact combination of others; the sentence names it.
    """
    labels = checked_labels(labels, names, len(data))
    kept, notes = _varying(data, covariates)
    rows = data[[c.name for c in kept]].notna().all(axis=1).to_numpy(copy=True)
    n_complete = int(rows.sum())
    while True:
        X, words, groups = _coded(data[rows], labels[rows], names, kept)
        _refuse(X, words, groups, names)
        alone = _leverage(X) > 1 - DEPENDENT
        if not alone.any():
            break
        rows[np.flatnonzero(rows)[alone]] = False
    notes += [f"{c.label} is left out: it has one value among the {len(X)} complete patients."
              for c in kept if c.name not in groups]
    if len(X) < n_complete:
        n = n_complete - len(X)
        notes.append(f"Patients left out because a coefficient would rest on each alone: {n}.")
    titles = {PHENOTYPE: "Phenotype"} | {c.name: c.label for c in kept if c.name in groups}
    return Design(X, rows, words, groups, titles, tuple(notes))


def checked_labels(labels: np.ndarray, names: tuple[str, ...], n: int) -> np.ndarray:
    """The labels as an int array of shape (n,), refused unless each is an index into names."""
    labels = np.asarray(labels)
    if labels.shape != (n,):
        raise ValueError(f"labels have shape {labels.shape}; one label for each of {n} patients.")
    if len(names) < 2 or not np.isin(labels, np.arange(len(names))).all():
        raise ValueError(f"labels must lie in 0 … {len(names) - 1}, for two names or more.")
    return labels.astype(int)


def covariate(values: pd.Series, column: Column) -> dict[str, tuple[str, pd.Series]]:
    """The columns of one covariate: name -> words and values; none where it has one value.

    A number is its own column; a category has one for each level that occurs, after the first.
    """
    if column.numeric:
        return {column.name: (column.axis, values)} if values.nunique() > 1 else {}
    levels = column.occurring(values)
    return {
        f"{column.name}[{level}]": (f"{column.label}: {level} vs {levels[0]}", values == level)
        for level in levels[1:]
    }


def _varying(data: pd.DataFrame, covariates) -> tuple[list[Column], list[str]]:
    kept, notes = [], []
    for column in covariates:
        values = data[column.name].nunique()
        if column.type in ("text", "date"):
            notes.append(f"{column.label} is left out: type {column.type} cannot be adjusted for.")
        elif values < 2:
            what = "has one value only" if values else "is recorded for no patient"
            notes.append(f"{column.label} is left out: it {what}.")
        else:
            kept.append(column)
    return kept, notes


def _coded(data, labels, names, covariates):
    columns, words, groups = {CONSTANT: np.ones(len(data))}, {CONSTANT: "Constant"}, {}
    found = {PHENOTYPE: {
        f"{PHENOTYPE}[{names[value]}]": (f"{names[value]} vs {names[0]}", labels == value)
        for value in np.unique(labels[labels > 0])
    }}
    found |= {column.name: covariate(data[column.name], column) for column in covariates}
    for term, coded in found.items():
        columns |= {name: np.asarray(values, dtype=float) for name, (_, values) in coded.items()}
        words |= {name: text for name, (text, _) in coded.items()}
        groups |= {term: tuple(coded)} if coded else {}
    return pd.DataFrame(columns, index=data.index), words, groups


def _refuse(X: pd.DataFrame, words, groups, names) -> None:
    n, p = X.shape
    if n < p + SPARE:
        raise DesignRefused(f"{n} complete patients, and {p + SPARE} are needed.", n)
    if PHENOTYPE not in groups or X[list(groups[PHENOTYPE])].to_numpy().sum() == n:
        raise DesignRefused(f"complete patients in {names[0]} and in another are needed.", n)
    lengths = np.linalg.norm(X.to_numpy(), axis=0)
    left = np.abs(np.diag(np.linalg.qr(X.to_numpy() / lengths, "r")))
    for name in X.columns[left < DEPENDENT][:1]:
        raise DesignRefused(
            f"{words[name]} (column {name}) is an exact combination of the constant, the phenotype "
            "and the covariates before it; leave one of them out.", n
        )


def _leverage(X: pd.DataFrame) -> np.ndarray:
    return (np.linalg.qr(X.to_numpy())[0] ** 2).sum(axis=1)
