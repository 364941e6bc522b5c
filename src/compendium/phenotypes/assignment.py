"""The phenotyper: a clustering as plain data, which assigns a patient it has never seen.

It holds means, spreads, centroids and limits and no patient, so that another hospital can assign
its patients without ours. It refuses, with the reason, whom it cannot judge; it never guesses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.phenotypes import core
from compendium.phenotypes.clustering import Clustering
from compendium.phenotypes.core import POOLED
from compendium.phenotypes.scaling import device_names

_MAX_MISSING = 0.2  # share of features that assign() fills before it refuses
_ROUNDING = 1e-6  # slack for comparisons: a phenotyper is stored to ten significant digits


def phenotyper(found: Clustering, synthetic: bool) -> dict:
    """The fit as plain data (JSON-able), enough to assign a new patient and nothing about an old.

    features (name, label, unit, worse, hard limits), device_column and small_devices, scales
    (location and spread of each feature over all patients and in each large device), names,
    order, sizes, centroids and the mean and covariance of the z-scores. Gaps are filled on the
    scale of z, where patients of different devices are comparable. ``furthest`` is the distance
    to their own centroid within which 95 of 100 patients of this cohort lie, and half as much
    again, rounded up to a tenth: the largest itself would be one patient's. ``synthetic``: whether
    the patients are simulated. Where a phenotype has fewer than five patients only the sentence
    that says so is kept, ``unavailable``.
    """
    if found.phenotypes.too_few:
        return {"synthetic": bool(synthetic), "unavailable": found.phenotypes.too_few}
    X, Z, fit = found.X, found.Z, found.phenotypes
    columns = [found.codebook[name] for name in X]
    within = np.array([c.per_device for c in columns])
    device = device_names(found.device if within.any() else None, X.index)
    scales = core.scales(X.to_numpy(), device, within, found.scaling)
    about = ("name", "label", "unit", "worse", "hard_min", "hard_max")
    return {
        "synthetic": bool(synthetic),
        "n": len(X),
        "scaling": found.scaling,
        "features": [{key: getattr(c, key) for key in about} for c in columns],
        "device_column": found.device.name if within.any() else None,
        "small_devices": sorted(set(device.tolist()) - {"", *scales}),
        "scales": {k: [v.tolist() for v in pair] for k, pair in scales.items()},
        "names": list(fit.names),
        "order": fit.order,
        "sizes": list(fit.sizes),
        "centroids": fit.centroids.to_numpy().tolist(),
        "z_mean": Z.mean().tolist(),
        "z_covariance": Z.cov().to_numpy().tolist(),
        "furthest": _reach(core.distances_to(Z, fit.centroids).min(axis=1)),
        "max_missing": _MAX_MISSING,
    }


def assign(phenotyper: Mapping, patients: pd.DataFrame) -> pd.DataFrame:
    """The phenotype of each patient, or the reason why there is none.

    Parameters
    ----------
    phenotyper : from :func:`phenotyper`, also after a round trip through JSON.
    patients : one row a patient, columns by codebook name (sides averaged) in the codebook's unit,
        gaps as NaN, and the device column where the phenotyper has one.

    Returns
    -------
    Frame, index as patients: ``phenotype`` (categorical, missing where refused); ``distance`` and
    ``distance_next`` to the own and the second nearest centroid (z units, ≥ 0); ``margin``
    (d_next² − d_own²)/(2·‖c_own − c_next‖), the distance to the border between the two, 0 on it;
    ``filled``, features filled by their conditional mean in a Gaussian with the stored mean and
    covariance; ``unlike``, True beyond ``furthest``: the nearest phenotype is still given, since
    the arithmetic holds, but hardly anybody like this patient helped to define it; ``refused``, a
    sentence, or "" where judged. Refused are missing columns, more than 20 % of features missing,
    values that are no number or outside hard limits, and a device that is missing or unknown where
    features are scored within the device; by a phenotyper that is unavailable, everybody.
    """
    if why := phenotyper.get("unavailable"):
        none = dict.fromkeys(("phenotype", "distance", "distance_next", "margin"), np.nan)
        return pd.DataFrame(none | {"filled": 0, "unlike": False, "refused": why}, patients.index)
    refused = _reasons(phenotyper, patients)
    judged = np.flatnonzero(refused == "")
    Z = _new_zscores(phenotyper, patients.iloc[judged])
    out = _placed(phenotyper, Z).set_axis(judged).reindex(range(len(patients)))
    code = out.pop("label").fillna(-1).astype(int)
    out.insert(0, "phenotype", pd.Categorical.from_codes(code, list(phenotyper["names"])))
    out["filled"] = out["filled"].fillna(0).astype(int)
    out["unlike"] = out["distance"] > phenotyper["furthest"] * (1 + _ROUNDING)
    out["refused"] = refused
    return out.set_axis(patients.index)


def _reach(distances: np.ndarray) -> float:
    return float(np.ceil(15 * np.quantile(distances, 0.95)) / 10)


def _numbers(patients: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    return patients[list(names)].apply(pd.to_numeric, errors="coerce").astype(float)


def _reasons(phenotyper: Mapping, patients: pd.DataFrame) -> np.ndarray:
    """Why each patient cannot be judged: sentences, or "" where nothing stands in the way."""
    names, device = [f["name"] for f in phenotyper["features"]], phenotyper["device_column"]
    absent = [c for c in [*names, device] if c is not None and c not in patients]
    if absent:
        sentence = f"The table has no column {', '.join(absent)}."
        return np.full(len(patients), sentence, dtype=object)
    values = _numbers(patients, names)
    texts = [_many_gaps(values.isna().to_numpy(), phenotyper["max_missing"])]
    for feature in phenotyper["features"]:
        texts.append(_outside(patients[feature["name"]], values[feature["name"]], feature))
    if device is not None:
        texts.append(_strange(device_names(patients[device], patients.index), device, phenotyper))
    return np.array([" ".join(filter(None, each)) for each in zip(*texts, strict=True)], object)


def _many_gaps(gaps: np.ndarray, max_missing: float) -> list[str]:
    p = gaps.shape[1]
    return [
        f"{m} of {p} features are missing; at most {100 * max_missing:.0f} % may be."
        if m > max_missing * p + _ROUNDING
        else ""
        for m in gaps.sum(axis=1)
    ]


def _outside(raw: pd.Series, values: pd.Series, feature: Mapping) -> list[str]:
    low = -np.inf if feature["hard_min"] is None else feature["hard_min"]
    high = np.inf if feature["hard_max"] is None else feature["hard_max"]
    no_number = (raw.notna() & values.isna()).to_numpy() | np.isinf(values).to_numpy()
    beyond = ((values < low) | (values > high)).to_numpy() & ~no_number
    unit = f" {feature['unit']}" if feature["unit"] else ""
    limits = f"{feature['label']} lies outside its limits of {low:g} to {high:g}{unit}."
    text = f"{feature['label']} is not a number."
    return np.select([no_number, beyond], [text, limits], "").tolist()


def _strange(words: np.ndarray, column: str, phenotyper: Mapping) -> list[str]:
    known = (set(phenotyper["scales"]) - {POOLED}) | set(phenotyper["small_devices"])
    unknown = f"{column} names a device that this phenotyper was not made with."
    missing = f"{column} is missing, and some features are scored within the device."
    return ["" if w in known else unknown if w else missing for w in words]


def _new_zscores(phenotyper: Mapping, patients: pd.DataFrame) -> np.ndarray:
    """Z-scores of patients that can be judged, on the training cohort's scales."""
    column, names = phenotyper["device_column"], [f["name"] for f in phenotyper["features"]]
    if patients.empty:  # the table may lack columns
        return np.empty((0, len(names)))
    device = device_names(None if column is None else patients[column], patients.index)
    return core.zscores(_numbers(patients, names).to_numpy(), device, phenotyper["scales"])


def _placed(phenotyper: Mapping, Z: np.ndarray) -> pd.DataFrame:
    """Label, distances, margin and number of filled features of each row of z-scores."""
    own, near, far, margin = core.placed(_fill(Z, phenotyper), phenotyper["centroids"])
    return pd.DataFrame({
        "label": own, "distance": near, "distance_next": far, "margin": margin,
        "filled": np.isnan(Z).sum(axis=1),
    })


def _fill(Z: np.ndarray, phenotyper: Mapping) -> np.ndarray:
    """Gaps as their conditional mean given the values that are there."""
    mean, covariance = np.array(phenotyper["z_mean"]), np.array(phenotyper["z_covariance"])
    complete = Z.copy()
    for row in complete:
        gap = np.isnan(row)
        if gap.any():
            # the pseudo-inverse also serves features that depend on each other linearly
            weights = covariance[np.ix_(gap, ~gap)] @ np.linalg.pinv(
                covariance[np.ix_(~gap, ~gap)], hermitian=True
            )
            row[gap] = mean[gap] + weights @ (row[~gap] - mean[~gap])
    return complete
