"""Features made ready for k-means: gaps filled, units of their own spread, severity as their mean.

Frames in, frames out, and refusals by name; the arithmetic is that of `core`. Devices with patients
enough have a location and spread of their own for the columns that depend on the machine; the same
scales later serve a patient who was not in the cohort (`assignment`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.data.columns import SIGNS
from compendium.data.found import Described
from compendium.parameters import check
from compendium.phenotypes import core
from compendium.phenotypes.core import POOLED, SCALINGS, Impossible
from compendium.problems import InputRefused, refuse_if


def impute(X: pd.DataFrame, method: str = "iterative") -> pd.DataFrame:
    """The feature matrix without gaps.

    Parameters
    ----------
    X : (n × p) numbers, gaps as NaN; every column must hold at least one value.
    method : "iterative" (each feature regressed on the others in turn, Bayesian ridge, ten rounds;
        that of scikit-learn's IterativeImputer) or "median".

    Returns
    -------
    A frame of the same shape; observed values are untouched and imputed ones stay within the
    observed range of their feature.
    """
    check("missing", method)
    refuse_if([
        f"Column '{c}' has no value in any of {len(X)} patients; take it out of the features."
        for c in X if X[c].isna().all()
    ])
    values = core.filled(X.to_numpy(dtype=float, copy=True), len(X), method)
    return pd.DataFrame(values, index=X.index, columns=X.columns)


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
    InputRefused : one sentence for each column with gaps, infinities or no spread, and for a table
        without patients. Within-device scoring also erases true differences of case mix between
        devices.

    Checked against ``scipy.stats.zscore`` and ``scipy.stats.median_abs_deviation``.
    """
    refuse_if(gaps(X))
    if scaling not in SCALINGS:
        raise InputRefused(f"Scaling '{scaling}' is not known; known are {', '.join(SCALINGS)}.")
    values, within = X.to_numpy(dtype=float), np.isin(X.columns, list(per_device))
    names = device_names(device, X.index)
    try:
        scales = core.scales(values, names, within, scaling)
    except Impossible:
        raise InputRefused(_flat(X, names, within, scaling)) from None
    return pd.DataFrame(core.zscores(values, names, scales), index=X.index, columns=X.columns)


def scaled_features(patients: Described, filled: pd.DataFrame, scaling: str) -> pd.DataFrame:
    """The features as k-means sees them: gaps filled, scaled, within the device where marked."""
    per_device = [c.name for c in patients.codebook.features if c.per_device]
    return standardise(filled, device=patients.device, per_device=per_device, scaling=scaling)


def pooled_devices(patients: Described) -> list[str]:
    """Devices with too few patients for a scale of their own, which are scored against all; none
    where no feature is scored within the device."""
    if not any(c.per_device for c in patients.codebook.features):
        return []
    names = device_names(patients.device, patients.data.index)
    return sorted({*names.tolist(), ""} - {"", *core.large_devices(names)})


def severity(Z: pd.DataFrame, worse: Mapping[str, str]) -> pd.Series | None:
    """Mean of the z-scores turned so that higher is worse; None where no feature has a direction.

    ``worse`` maps a column to "low", "high" or "none"; columns with "none" are left out. NaN for a
    patient who lacks a feature.
    """
    signs = np.array([SIGNS.get(worse.get(c), 0.0) for c in Z])
    if not signs.any():
        return None
    return pd.Series(core.oriented_mean(Z.to_numpy(float), signs), Z.index, name="severity")


def gaps(X: pd.DataFrame) -> list[str]:
    """A sentence for each column that lacks a value or holds an infinite one; one for nobody."""
    if X.empty:
        return ["The table holds no patient or no feature."]
    missing, infinite = X.isna().sum(), np.isinf(X).sum()
    return [
        f"Column '{c}' lacks a value in {missing[c]} of {len(X)} patients; fill the gaps first."
        for c in X if missing[c]
    ] + [
        f"Column '{c}' holds an infinite value in {infinite[c]} of {len(X)} patients; correct it."
        for c in X if infinite[c]
    ]


def device_names(device: pd.Series | None, patients: pd.Index) -> np.ndarray:
    """The device of each patient as text (n,), "" where it is missing."""
    if device is None:
        return np.full(len(patients), "")
    if not device.index.equals(patients):  # else it may hold a patient twice
        device = device.reindex(patients)
    return device.astype(object).where(device.notna(), "").to_numpy(dtype=str)


def _flat(X: pd.DataFrame, device: np.ndarray, within: np.ndarray, scaling: str) -> list[str]:
    """A sentence for each column that has no spread over all patients or in a large device."""
    problems = []
    for name in (POOLED, *core.large_devices(device)):
        part = X if name == POOLED else X.loc[device == name, within]
        who = f"all {len(X)} patients" if name == POOLED else f"all patients of device '{name}'"
        for column, values in part.items():
            if np.ptp(values) == 0:
                problems.append(
                    f"Column '{column}' has one value in {who} and tells nobody apart; "
                    "take it out of the features."
                )
            elif SCALINGS[scaling](values.to_numpy(float))[1] == 0:
                problems.append(
                    f"Column '{column}' has one value in at least half of {who}, so its median "
                    "absolute deviation is zero; use scaling zscore."
                )
    return problems
