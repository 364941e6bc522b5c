"""Patients with their phenotypes, in one object: what every verb that asks about them is given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.data.columns import Codebook


class Described:
    """Patients and the codebook that describes their columns, whatever else is known of them."""

    data: pd.DataFrame
    codebook: Codebook

    @property
    def device(self) -> pd.Series | None:
        """The device of every patient, or None where the codebook names none."""
        devices = self.codebook.devices
        return self.data[devices[0].name] if devices else None


@dataclass(frozen=True, eq=False)
class Found(Described):
    """Patients and the phenotype of each.

    ``data`` (n rows): columns by codebook name, NaN = missing. ``labels`` (n,) int, 0 = mildest …
    k − 1 = most severe; ``names`` (k,) in that order. ``severity`` (n,): mean z-score, higher is
    worse, or None where no feature has a direction. ``codebook``: what the columns mean.

    Raises
    ------
    ValueError
        When there is not one label for each patient, or one that is no index into two names or
        more.
    """

    data: pd.DataFrame
    labels: np.ndarray
    names: tuple[str, ...]
    severity: pd.Series | None
    codebook: Codebook

    def __post_init__(self) -> None:
        labels, n, k = np.asarray(self.labels), len(self.data), len(self.names)
        if labels.shape != (n,):
            shape = f"labels have shape {labels.shape}"
            raise ValueError(f"{shape}; one label for each of {n} patients.")
        if k < 2 or not np.isin(labels, np.arange(k)).all():
            raise ValueError(f"labels must lie in 0 … {k - 1}, for two names or more.")
        object.__setattr__(self, "labels", labels.astype(int))

    def where(self, rows: np.ndarray) -> Found:
        """These patients alone; ``rows``: a mask (n,) or positions."""
        rows = np.arange(len(self.data))[rows]
        severity = None if self.severity is None else self.severity.iloc[rows]
        data, labels = self.data.iloc[rows], self.labels[rows]
        return Found(data, labels, self.names, severity, self.codebook)

    def relabelled(self, labels: np.ndarray) -> Found:
        """The same patients under other labels of the same names."""
        return Found(self.data, labels, self.names, self.severity, self.codebook)
