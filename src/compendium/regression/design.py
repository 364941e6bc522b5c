"""Designs: the columns of a linear model and the patients they describe.

Built from codebook columns, never from formula text. The reference is the mildest phenotype;
categories are coded against the first level that occurs; what cannot be estimated is left out with
a sentence or refused by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.data.columns import Column
from compendium.data.found import Found
from compendium.headcounts import few, fewest, people
from compendium.words import spelled

SPARE = 10  # patients a model needs beyond its parameters
DEPENDENT = 1e-9  # share of a column's length left by the columns before it: below, it adds nothing
CONSTANT, PHENOTYPE = "(constant)", "(phenotype)"  # brackets: no codebook name can collide
NO_OUTCOME = "The codebook names no outcome, so nothing is regressed."


class DesignRefused(ValueError):
    """Raised when a design cannot be estimated: one sentence for the reader, and how many are n."""

    def __init__(self, sentence: str, n: int):
        self.n = n
        super().__init__(sentence)


@dataclass(frozen=True)
class Design:
    """The columns of a linear model and the patients they describe.

    ``X``: patients × parameters, constant first. ``rows``: which rows of the data are in it.
    ``labels``: column of X -> words. ``groups``: term (phenotype or covariate) -> its columns of
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


def design(found: Found, covariates: Sequence[Column]) -> Design:
    """The design matrix of phenotype and covariates over the patients who have them all.

    A category is coded against the first of its levels that occurs; levels that do not occur have
    no column. A covariate that is not :func:`usable` is left out with a note, and so is a patient
    on whom one coefficient would rest alone (leverage 1: HC3 undefined).

    Raises
    ------
    DesignRefused
        When too few patients are complete, the mildest or every other phenotype is absent, or a
        column is an exact combination of others; the sentence names it.
    """
    data, labels, names = found.data, found.labels, found.names
    kept = usable(covariates, data)
    notes = [_unusable(c, data[c.name]) for c in covariates if c not in kept]
    rows = data[[c.name for c in kept]].notna().all(axis=1).to_numpy(copy=True)
    n_complete = int(rows.sum())
    while True:
        X, words, groups = _coded(data[rows], labels[rows], names, kept)
        _refuse(X, words, groups, names)
        lonely = alone(X) | np.isin(labels[rows], _small(labels[rows]))
        if not lonely.any():
            break
        rows[np.flatnonzero(rows)[lonely]] = False
    notes += [f"{c.label} is left out: it has one value among the complete patients."
              for c in kept if c.name not in groups]
    if len(X) < n_complete:
        others = spelled(fewest() - 1)
        notes.append(f"Patients on whom, alone or with fewer than {others} others, a coefficient "
                     "would rest are left out.")
    titles = {PHENOTYPE: "Phenotype"} | {c.name: c.label for c in kept if c.name in groups}
    return Design(X, rows, words, groups, titles, tuple(notes))


def usable(covariates: Sequence[Column], data: pd.DataFrame) -> tuple[Column, ...]:
    """The covariates a model can hold: numbers and categories of two recorded values or more."""
    return tuple(c for c in covariates
                 if (c.numeric or c.type == "category") and data[c.name].nunique() > 1)


def dependent(X: pd.DataFrame) -> pd.Index:
    """The columns that are an exact combination of those before them."""
    return X.columns[np.abs(np.diag(np.linalg.qr(_scaled(X), "r"))) < DEPENDENT]


def alone(X: pd.DataFrame) -> np.ndarray:
    """Which rows a combination of columns describes alone (leverage 1), also where columns depend.
    """
    left, singular, _ = np.linalg.svd(_scaled(X), full_matrices=False)
    return (left[:, singular > DEPENDENT * singular[0]] ** 2).sum(axis=1) > 1 - DEPENDENT


def phenotype_terms(names: tuple[str, ...]) -> list[str]:
    """The columns that the phenotype may have in a design: each after the mildest one."""
    return [f"{PHENOTYPE}[{name}]" for name in names[1:]]


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


def _small(labels: np.ndarray) -> np.ndarray:
    """The phenotypes of whom too few are there for anything to be said."""
    counts = np.bincount(labels)
    return np.flatnonzero([few(n) for n in counts])


def _unusable(column: Column, values: pd.Series) -> str:
    if column.type in ("text", "date"):
        return f"{column.label} is left out: type {column.type} cannot be adjusted for."
    what = "has one value only" if values.notna().any() else "is recorded for no patient"
    return f"{column.label} is left out: it {what}."


def _coded(data, labels, names, covariates):
    columns, words, groups = {CONSTANT: np.ones(len(data))}, {CONSTANT: "Constant"}, {}
    terms = phenotype_terms(names)
    found = {PHENOTYPE: {
        terms[value - 1]: (f"{names[value]} vs {names[0]}", labels == value)
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
        raise DesignRefused(f"{people(n, noun='complete patient')}, and {p + SPARE} are needed.", n)
    if PHENOTYPE not in groups or X[list(groups[PHENOTYPE])].to_numpy().sum() == n:
        raise DesignRefused(f"{spelled(fewest())} complete patients in {names[0]} and in another "
                            "are needed.", n)
    for name in dependent(X)[:1]:
        raise DesignRefused(
            f"{words[name]} (column {name}) is an exact combination of the constant, the phenotype "
            "and the covariates before it; leave one of them out.", n
        )


def _scaled(X: pd.DataFrame) -> np.ndarray:
    lengths = np.linalg.norm(X.to_numpy(), axis=0)
    return X.to_numpy() / np.where(lengths == 0, 1, lengths)
