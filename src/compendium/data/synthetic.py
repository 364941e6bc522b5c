"""Simulated cohorts: patients whose truth is known, from a scenario and a seed.

A cohort is drawn in three steps that share nothing but values: who the patients are; how severe the
disease is (the only step a scenario decides); what the clinic measures of it and fails to measure
(`synthetic_clinic`, and the missing values here). Nothing after the second step reads the name of
the scenario or the true group, and no draw is rejected, rescaled or reweighted. Patients are
screened one after the other until `n_eligible` of them can be analysed; the others stay in the
file.

Three scalars a scenario are tuned so that what the *analysis* recovers equals, on average, the
abstract of 10.1007/s00415-026-13705-4: the share of the Severe phenotype 0.366, its adjusted
ALSFRS-R coefficient −3.84, that coefficient's standard error 0.80. They were tuned on the means of
seeds 1 to 200, made more precise by control variates whose expectations came from further seeds
(10001 on); `benchmarks/synthetic_calibration.py` checks them on seeds 1001 to 1200. **Agreement
with these numbers is therefore built in**, and says nothing about the paper. All else about these
patients is an estimate, the 4 SD between the groups included.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from compendium import PROJECT
from compendium.data import synthetic_clinic as model
from compendium.data.synthetic_clinic import NUMBERS

SEED = 20260221
SHIPPED_FILE = PROJECT / "data" / "cohort_synthetic.csv"

SCENARIOS = {
    "two_groups": "Two groups 4 SD apart on the line joining their centroids.",
    "continuum": "One skewed severity continuum, no groups, made to match the paper's numbers.",
    "three_groups": "Three groups on one severity line, neighbours as far apart as in two groups.",
    "no_effect": "Two groups in the ultrasound, of which function, strength and CMAP know nothing.",
}

_WITHIN_LEVEL = 0.05  # SD of severity inside a group: hardly a global factor
_THREE_LEVELS = np.array([-0.5, 0.5, 1.5])
_THREE_SHARES = np.array([0.40, 0.36, 0.24])
_MAX_MISSING = 0.20  # share of the features that may be missing in an eligible patient

# Shares of missing values (estimates, after the clinic): a feature or one of its sides lost at
# random, tongue refused, patient hardly scannable, one MRC side, one nerve, studies not repeated.
_LOST_FEATURE = {"mt": 0.02, "ei": 0.02, "csa": 0.03}
_LOST_SIDE, _UNSCANNABLE, _LOST_MRC, _LOST_CMAP = 0.015, 0.018, 0.01, 0.01

# Streams of random numbers, one a concern: what one draws never moves another.
(_PEOPLE, _SEVERITY, _DISEASE, _OTHER_SEVERITY, _OTHER_DISEASE, _SCAN, _CLINIC, _HISTORY,
 _LOSSES) = range(9)


class SyntheticCohort(NamedTuple):
    """A simulated file and the truth behind it.

    table: one row a screened patient, columns as in the file; truth: indexed by patient_id, `group`
    (0 = mildest; missing where there are no groups) and `severity` (0 mild level, 1 severe level).
    """

    table: pd.DataFrame
    truth: pd.DataFrame


def simulate(scenario="two_groups", seed=SEED, n_eligible=454):
    """Screen simulated patients until `n_eligible` are eligible.

    Parameters
    ----------
    scenario : a name in `SCENARIOS`.
    seed : non-negative integer; two_groups and no_effect share their ultrasound seed by seed.
    n_eligible : patients that meet the Gold Coast criteria, have no carpal tunnel syndrome and
        lack at most 20 % of the features.

    Returns
    -------
    SyntheticCohort, the same for the same (scenario, seed, n_eligible).
    """
    blocks, found = [], 0
    while found < n_eligible:
        size = int(1.12 * (n_eligible - found)) + 16
        block = _block(scenario, (seed, len(blocks)), size)
        count = found + _eligible(block).cumsum()
        blocks.append(block.iloc[: count.searchsorted(n_eligible) + 1])
        found = count.iloc[-1]
    return _cohort(pd.concat(blocks, ignore_index=True))


def write_cohort(table, path):
    """Write the file as it would leave a clinic: empty = missing, the same bytes every time."""
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _block(scenario, place, n):
    """n screened patients as file columns, plus the hidden `group` and `severity`."""
    form, slope, spread = NUMBERS.tuned["continuum" if scenario == "continuum" else "groups"]
    people = model.draw_people(n, _rng(place, _PEOPLE))
    group, severity = _SEVERITIES[scenario](n, form, _rng(place, _SEVERITY))
    disease = model.draw_latents(severity, people, _rng(place, _DISEASE))
    clinical = disease
    if scenario == "no_effect":  # function, strength and CMAP follow another disease altogether
        _, other = _SEVERITIES[scenario](n, form, _rng(place, _OTHER_SEVERITY))
        clinical = model.draw_latents(other, people, _rng(place, _OTHER_DISEASE))
    scans = model.ultrasound(disease, people, _rng(place, _SCAN))
    measured = model.clinic(clinical, people, slope, spread, _rng(place, _CLINIC))
    record = _rounded(_history(people, _rng(place, _HISTORY)) | scans | measured)
    _lose(record, _rng(place, _LOSSES))
    return pd.DataFrame(record | {"group": group, "severity": severity})


def _rng(place, concern):
    seed, block = place
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(concern, block)))


def _two_levels(n, share, rng):
    group = (rng.random(n) < share).astype(int)
    return group, group + _WITHIN_LEVEL * rng.standard_normal(n)


def _three_levels(n, share, rng):
    group = np.searchsorted(_THREE_SHARES.cumsum()[:2], rng.random(n))
    return group, _THREE_LEVELS[group] + _WITHIN_LEVEL * rng.standard_normal(n)


def _one_continuum(n, shape, rng):
    """Lognormal severity with the mean and SD that two groups have; one mode by construction."""
    level = NUMBERS.reference_level
    sd = np.sqrt(level * (1 - level) + _WITHIN_LEVEL**2)
    return np.full(n, np.nan), level + sd * model.skewed(rng.standard_normal(n), shape)


_SEVERITIES = {
    "two_groups": _two_levels, "continuum": _one_continuum, "three_groups": _three_levels,
    "no_effect": _two_levels,
}


def _history(people, rng):
    """What the interview and the request form say (file columns)."""
    decades, n = people.body[:, 0], len(people.age)
    chance = rng.random((4, n))
    return {
        "device_id": _words("ABC", people.device), "centre_id": _words("12", people.centre),
        "gold_coast": _words(("yes", "no"), chance[0] < 0.034),
        "cts": _words(("no", "yes"), people.cts),
        "age_years": people.age, "sex": _words(("male", "female"), people.female),
        "disease_duration_months": people.duration,
        "onset_region": _words(NUMBERS.onsets, people.onset),
        "height_cm": people.height, "weight_kg": people.bmi * (people.height / 100) ** 2,
        "riluzole": _words(("yes", "no"), chance[1] < 0.35),
        "diabetes": _words(("no", "yes"), chance[2] < _chance(0.075, 0.4 * decades)),
        "hypertension": _words(("no", "yes"), chance[3] < _chance(0.19, 0.45 * decades)),
    }


def _words(levels, code):
    return np.array(tuple(levels))[np.asarray(code, dtype=int)]


def _chance(share, log_odds):
    """Probability with the given log odds added to those of `share`."""
    return 1 / (1 + (1 - share) / share * np.exp(-log_odds))


def _rounded(record):
    """Numbers at clinical resolution, `gastrostomy` in words."""
    record["gastrostomy"] = _words(("no", "yes"), record["gastrostomy"])
    numbers = {name: np.round(v, _decimals(name)) for name, v in record.items() if v.dtype == float}
    return record | numbers


def _decimals(name):
    return int(name.startswith(("age", "weight", "mt_", "csa_", "cmap_")))


def _lose(record, rng):
    """Missing values, in place: at random, on bulbar function, on the ALSFRS-R, on walking."""
    n = len(record["age_years"])
    items = {name: v for name, v in record.items() if name.startswith("alsfrsr_")}
    total, bulbar = sum(items.values()), sum(list(items.values())[:3])
    walking = record["alsfrsr_08_walking"]
    _lose_features(record, _chance(0.05, 0.25 * (10 - bulbar)), rng)
    not_studied = rng.random(n) < _chance(0.075, 0.06 * (37 - total))
    for name in record:
        if name.startswith("mrc_"):
            record[name][rng.random(n) < _LOST_MRC] = np.nan
        elif name.startswith("cmap_"):
            record[name][not_studied | (rng.random(n) < _LOST_CMAP)] = np.nan
    record["fvc_pct"][rng.random(n) < _chance(0.23, 0.20 * (10 - bulbar))] = np.nan
    record["weight_kg"][rng.random(n) < _chance(0.022, 0.5 * (3 - walking))] = np.nan


def _lose_features(record, refused, rng):
    n = len(refused)
    tongue = rng.random(n) < refused
    hard = rng.random(n) < _UNSCANNABLE
    for feature in NUMBERS.features:
        lost = (rng.random(n) < _LOST_FEATURE[feature.block]) & feature.sided
        lost |= hard & (rng.random(n) < 0.5) | (tongue & (feature.muscle == "tongue"))
        one = rng.random(n)
        for name, low in zip(feature.columns, (0, _LOST_SIDE), strict=False):
            side = (one >= low) & (one < low + _LOST_SIDE) & feature.sided
            record[name][lost | side] = np.nan


def _eligible(block):
    """Whether each screened patient can be analysed."""
    missing = sum(
        np.all([block[name].isna() for name in feature.columns], axis=0).astype(int)
        for feature in NUMBERS.features
    )
    few = missing <= _MAX_MISSING * len(NUMBERS.features)
    return block["gold_coast"].eq("yes") & block["cts"].eq("no") & few


def _cohort(screened):
    names = [f"S{i:04d}" for i in range(1, len(screened) + 1)]
    truth = screened[["group", "severity"]].set_axis(pd.Index(names, name="patient_id"))
    table = screened.assign(patient_id=names, synthetic="yes")[_file_columns()]
    whole = [name for name in table if table[name].dtype == float and not _decimals(name)]
    return SyntheticCohort(table.astype(dict.fromkeys(whole, "Int64")), truth)


def _file_columns():
    """Columns of the file in the codebook's order, then the mark that it is simulated."""
    features = [name for feature in NUMBERS.features for name in feature.columns]
    sided = [name + side for name in NUMBERS.strength for side in ("_l", "_r")]
    sided += [name for nerve in NUMBERS.responses for name in nerve.columns]
    items = ["alsfrsr_" + name for domain in NUMBERS.domains.values() for name in domain.items]
    first = ["patient_id", "device_id", "centre_id", "gold_coast", "cts", "age_years", "sex"]
    first += ["disease_duration_months", "onset_region"]
    last = ["gastrostomy", "height_cm", "weight_kg", "fvc_pct", "riluzole", "diabetes"]
    return first + features + sided + items + last + ["hypertension", "synthetic"]
