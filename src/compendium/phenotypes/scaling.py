"""Scaling: features in units of their own spread, and severity as their oriented mean.

Devices with patients enough have a location and spread of their own for the columns that depend on
the machine; the same scales later serve a patient who was not in the cohort (``assignment``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.data.cohort import Cohort
from compendium.data.columns import SIGNS
from compendium.problems import InputRefused, refuse_if


def scaled_features(cohort: Cohort, filled: pd.DataFrame, scaling: str) -> pd.DataFrame:
    """The features as k-means sees them: gaps filled, scaled, within the device where marked."""
    per_device = [c.name for c in cohort.codebook.features if c.per_device]
    return standardise(filled, device=cohort.device, per_device=per_device, scaling=scaling)

MIN_PER_DEVICE = 30  # patients a device needs for a mean and SD of its own
POOLED = "all patients"  # the scale of patients that have no device of their own


def standardise(
    X: pd.DataFrame,
    *,
    device: pd.Series | None = None,
    per_device: Sequence[str] = (),
    scaling: str = "zscore",
) -> pd.DataFrame:
    """The features in units of their own spread.

    Parameters
    ----------
    X : (n × p) numbers without gaps, any unit.
    device : the scanner of each patient, index as X; missing allowed.
    per_device : columns scored within the device, where a gain setting shifts the values. Devices
        with fewer than 30 patients, and patients without a device, are scored together against
        all patients: too few for a mean of their own, and their offset stays in their z-scores.
    scaling : "zscore", (x − mean)/SD with ddof 1, or "robust", (x − median)/(1.4826·MAD).

    Returns
    -------
    Frame (n × p), mean 0 and SD 1 in the group scored ("zscore"), unbounded, sign as X.

    Raises
    ------
    InputRefused : one sentence for each column with gaps, infinities or no spread. Within-device
        scoring also erases true differences of case mix between devices.

    Checked against ``scipy.stats.zscore`` and ``scipy.stats.median_abs_deviation``.

    >>> standardise(pd.DataFrame({"a": [1.0, 2.0, 3.0]}))["a"].tolist()
    [-1.0, 0.0, 1.0]
    """
    refuse_if(gaps(X))
    group = scored_in(X, device, per_device)
    return zscores(X, group, scales_of(X, group, per_device, scaling))


def severity(Z: pd.DataFrame, worse: Mapping[str, str]) -> pd.Series | None:
    """Mean of the z-scores turned so that higher is worse; None where no feature has a direction.

    ``worse`` maps a column to "low", "high" or "none"; columns with "none" are left out.

    >>> severity(pd.DataFrame({"a": [-1.0, 1.0], "b": [2.0, -2.0]}), {"a": "low"}).tolist()
    [1.0, -1.0]
    """
    signs = pd.Series({c: SIGNS[worse[c]] for c in Z if worse.get(c) in SIGNS}, dtype=float)
    if signs.empty:
        return None
    return (Z[signs.index] * signs).mean(axis=1).rename("severity")


def gaps(X: pd.DataFrame) -> list[str]:
    missing, infinite = X.isna().sum(), np.isinf(X).sum()
    return [
        f"Column '{c}' lacks a value in {missing[c]} of {len(X)} patients; fill the gaps first."
        for c in X
        if missing[c]
    ] + [
        f"Column '{c}' holds an infinite value in {infinite[c]} of {len(X)} patients; correct it."
        for c in X
        if infinite[c]
    ]


def words_of(device: pd.Series) -> pd.Series:
    """Device names as text, "" where missing."""
    return device.astype(object).where(device.notna(), "").astype(str)


def scored_in(X: pd.DataFrame, device: pd.Series | None, per_device: Sequence[str]) -> pd.Series:
    """The group each patient is scored in: a device of 30 patients or more, else POOLED."""
    if device is None or not len(per_device):
        return pd.Series(POOLED, index=X.index)
    words = words_of(device.reindex(X.index))
    large = (words != "") & (words.groupby(words).transform("size") >= MIN_PER_DEVICE)
    return words.where(large, POOLED)


def scales_of(
    X: pd.DataFrame, group: pd.Series, per_device: Sequence[str], scaling: str
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Location and spread of each column in each group; over all patients where not per device."""
    if scaling not in SCALINGS:
        raise InputRefused(f"Scaling '{scaling}' is not known; known are {', '.join(SCALINGS)}.")
    within = np.isin(X.columns, list(per_device))
    values, scales, problems = X.to_numpy(dtype=float), {}, []
    for name in [POOLED, *sorted(set(group) - {POOLED})]:
        part = values if name == POOLED else values[group == name]
        asked = np.ones_like(within) if name == POOLED else within
        problems += _flat(X.columns[asked], part[:, asked], name, scaling)
        scales[name] = SCALINGS[scaling](part)
        if name != POOLED:
            scales[name] = tuple(
                np.where(within, own, of_all)
                for own, of_all in zip(scales[name], scales[POOLED], strict=True)
            )
    refuse_if(problems)
    return scales


def zscores(X: pd.DataFrame, group: pd.Series, scales: Mapping) -> pd.DataFrame:
    values = X.to_numpy(dtype=float)
    Z = np.empty_like(values)
    for name, (location, spread) in scales.items():
        inside = (group == name).to_numpy()
        Z[inside] = (values[inside] - location) / spread
    return pd.DataFrame(Z, index=X.index, columns=X.columns)


def _zscore(part: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return part.mean(axis=0), part.std(axis=0, ddof=1)


def _robust(part: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    median = np.median(part, axis=0)
    return median, 1.4826 * np.median(np.abs(part - median), axis=0)


SCALINGS = {"zscore": _zscore, "robust": _robust}


def _flat(columns: pd.Index, part: np.ndarray, group: str, scaling: str) -> list[str]:
    """A sentence for each column that has no spread in this group."""
    who = f"all {len(part)} patients" if group == POOLED else f"all patients of device '{group}'"
    problems = []
    for name, values in zip(columns, part.T, strict=True):
        if np.ptp(values) == 0:
            problems.append(
                f"Column '{name}' has one value in {who} and tells nobody apart; "
                "take it out of the features."
            )
        elif scaling == "robust" and _robust(values)[1] == 0:
            problems.append(
                f"Column '{name}' has one value in at least half of {who}, so its median absolute "
                "deviation is zero; use scaling zscore."
            )
    return problems


def distances_to(Z: np.ndarray | pd.DataFrame, centroids: np.ndarray | pd.DataFrame) -> np.ndarray:
    """Euclidean distances (n × k), each row computed alone so that one patient or all agree."""
    Z, centroids = np.ascontiguousarray(Z, float), np.ascontiguousarray(centroids, float)
    return np.stack([np.sqrt(((Z - c) ** 2).sum(axis=1)) for c in centroids], axis=1)
