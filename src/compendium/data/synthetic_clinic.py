"""The clinical measurement model of the synthetic cohort: from latent disease to a patient's file.

A patient carries latent values, all oriented so that higher is worse: one disease severity (0 the
mild, 1 the severe level), four regional values (the onset region shifts them) and one value a
muscle. Everything measured is read off these, body size and age, plus error of its own:

* muscle ultrasound follows severity and, weakly, region; thickness and brightness of one muscle
  share that muscle's value, and little more than body size is global within a level;
* nerve areas follow height and sex, and hardly the disease;
* strength (MRC grades) and CMAP follow region and muscle more closely than ultrasound does;
* ALSFRS-R items follow their region and a motor impairment that ultrasound does not see.

All numbers stand in `data/synthetic_model.yml`; all are estimates. Arrays have length n = patients.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import yaml

from compendium import PROJECT


@dataclass(frozen=True)
class Feature:
    """An ultrasound feature or a CMAP: level, spread, reliability, and what it is loaded on."""

    name: str
    mean: float
    gap: float  # severe minus mild level, before gap_scale
    sd: float  # within a level, as observed
    region: str
    regional: float
    muscle: str = ""
    local: float = 0.0  # loading on the muscle's own value
    icc: float = 1.0  # one rater, one side
    sided: bool = True

    @property
    def block(self):
        return self.name.split("_")[0]

    @property
    def columns(self):
        """Its columns in the file."""
        return (self.name + "_l", self.name + "_r") if self.sided else (self.name,)

    @property
    def error(self):
        """Variance of one scan around the patient's value, in variances of the observed mean."""
        if not self.sided:
            return 1 - self.icc
        r = self.icc - NUMBERS.side_share  # correlation of the two sides
        return 2 * (1 - r) / (1 + r)


def _read():
    content = yaml.safe_load((PROJECT / "data" / "synthetic_model.yml").read_text("utf-8"))
    for kind in ("features", "responses"):
        content[kind] = [Feature(name, **row) for name, row in content[kind].items()]
    content["domains"] = {k: SimpleNamespace(**row) for k, row in content["domains"].items()}
    content = {name: _arrays(value) for name, value in content.items()}
    return SimpleNamespace(**content | {"mrc": SimpleNamespace(**content["mrc"])})


def _arrays(value):
    """Lists of numbers as arrays, also within a table; everything else as it is."""
    if isinstance(value, dict):
        return {name: _arrays(one) for name, one in value.items()}
    numbers = isinstance(value, list) and not isinstance(np.ravel(value)[0], (str, Feature))
    return np.array(value) if numbers else value


NUMBERS = _read()


def draw_people(n, rng):
    """Who comes to the clinic, before any disease value is drawn: one array of length n a name.

    onset: index into the onsets; onset_side: +1 left, −1 right, 0 no limb side; body: age in
    decades, female, height, BMI and log duration, centred, (n, 5).
    """
    onset = rng.choice(len(NUMBERS.onsets), n, p=NUMBERS.onset_shares)
    bulbar = onset == NUMBERS.onsets.index("bulbar")
    limb = onset <= NUMBERS.onsets.index("lower_limb")
    female = rng.random(n) < np.where(bulbar, 0.45, 0.376)
    height = np.where(female, 159.0, 170.5) + 6.2 * rng.standard_normal(n)
    duration = np.exp(2.71 + 0.85 * rng.standard_normal(n)) * np.where(bulbar, 0.8, 1.0)
    centre = (rng.random(n) < 0.40).astype(int)
    device = (rng.random(n)[:, None] > NUMBERS.device_shares.cumsum(axis=1)[centre, :2]).sum(axis=1)
    people = SimpleNamespace(
        age=np.clip(55.0 + 2.5 * bulbar + 11 * rng.standard_normal(n), 18.5, 89),
        female=female.astype(float), height=np.clip(height, 135, 200),
        bmi=np.clip(22.85 - 0.8 * bulbar + 3.2 * rng.standard_normal(n), 13.7, 38),
        duration=np.clip(duration.round(), 1, 240), onset=onset,
        onset_side=np.where(limb, np.where(rng.random(n) < 0.55, -1, 1), 0),
        device=device, centre=centre, cts=rng.random(n) < 0.04,
    )
    people.body = np.column_stack([
        (people.age - 55.5) / 10, people.female - 0.39, (people.height - 166) / 8,
        (people.bmi - 22.7) / 3.2, (np.log(people.duration) - 2.67) / 0.86,
    ])
    return people


def draw_latents(severity, people, rng):
    """What the disease has done, arrays (n,), higher = worse: ``level``, the given severity,
    centred; ``region`` and ``muscle``, values by name, of mean 0 and variance 1."""
    n = len(severity)
    mean = NUMBERS.onset_shares @ NUMBERS.onset_shifts
    spread = np.sqrt(1 - (NUMBERS.onset_shares @ NUMBERS.onset_shifts**2 - mean**2))
    noise = rng.standard_normal((n, len(mean))) @ np.linalg.cholesky(NUMBERS.region_correlation).T
    regions = NUMBERS.onset_shifts[people.onset] - mean + spread * noise
    muscles = rng.standard_normal((n, len(NUMBERS.muscles)))
    return SimpleNamespace(
        level=severity - NUMBERS.reference_level,
        region=dict(zip(NUMBERS.regions, regions.T, strict=True)),
        muscle={"": 0.0, **dict(zip(NUMBERS.muscles, muscles.T, strict=True))},
    )


def skewed(z, shape):
    """Standardised lognormal, rising in the standard normal z; `shape` = log-scale SD."""
    return (np.exp(shape * z - shape**2 / 2) - 1) / np.sqrt(np.expm1(shape**2))


def ultrasound(latents, people, rng):
    """The 16 features as scanned: dict of file column -> values (n,), unrounded."""
    columns = {}
    for feature in NUMBERS.features:
        level = feature.gap * NUMBERS.gap_scale * latents.level
        true = feature.mean + level + feature.sd * _within_level(feature, latents, people, rng)
        true = true + NUMBERS.cts_swelling.get(feature.name, 0.0) * people.cts
        for name, side in zip(feature.columns, _scans(feature, people, rng), strict=True):
            value = true + feature.sd * side
            if feature.block == "ei":
                gain, offset = NUMBERS.device_gain, NUMBERS.device_offset
                value = gain[people.device] * value + offset[people.device]
            columns[name] = np.clip(value, NUMBERS.floor * feature.mean, NUMBERS.ei_max)
    return columns


def clinic(latents, people, slope, spread, rng):
    """MRC grades, CMAP, ALSFRS-R items, FVC, gastrostomy: dict of file column -> values (n,).

    slope: latent disability from the mild to the severe level; spread: multiplies all other
    disability. Both are tuned (see `synthetic`).
    """
    motor = rng.standard_normal(len(latents.level))
    columns = _strength(latents, motor, rng) | _responses(latents, rng)
    columns |= _function(latents, people, motor, slope, spread, rng)
    breath = 0.6 * latents.region["respiratory"] + 0.8 * rng.standard_normal(len(motor))
    bulbar = people.onset == NUMBERS.onsets.index("bulbar")
    columns["fvc_pct"] = np.clip(83.5 - 6 * latents.level - 20 * breath - 8 * bulbar, 12, 140)
    swallowing = columns["alsfrsr_03_swallowing"].astype(int)
    columns["gastrostomy"] = rng.random(len(motor)) < NUMBERS.gastrostomy[swallowing]
    return columns


def _within_level(feature, latents, people, rng):
    """True deviation from the level's mean, in SDs: body, region, muscle and the site's own."""
    effects, worse = NUMBERS.body_effects[feature.block], NUMBERS.worse[feature.block]
    variance = 1 - feature.error / len(feature.columns)
    own = variance - feature.regional**2 - feature.local**2 - effects**2 @ NUMBERS.body_variance
    z = worse * feature.regional * latents.region[feature.region]
    z = z + worse * feature.local * latents.muscle[feature.muscle]
    z = z + people.body @ effects + np.sqrt(own) * rng.standard_normal(len(latents.level))
    sd = np.sqrt(variance)
    return sd * skewed(z / sd, NUMBERS.ei_skew) if feature.block == "ei" else z


def _scans(feature, people, rng):
    """Deviation of each scan from the patient's value: rater, true side, and side of onset."""
    n = len(people.age)
    noise = np.sqrt(feature.error) * rng.standard_normal((len(feature.columns), n))
    if not feature.sided or feature.block == "csa":
        return noise
    here = people.onset == NUMBERS.onsets.index(f"{feature.region}_limb")
    lean = NUMBERS.worse[feature.block] * NUMBERS.onset_asymmetry * people.onset_side * here
    return noise + np.array([lean, -lean])


def _strength(latents, motor, rng):
    columns, mrc = {}, NUMBERS.mrc
    for name, (region, muscle) in NUMBERS.strength.items():
        weak = mrc.gap * latents.level + mrc.motor * motor + mrc.regional * latents.region[region]
        weak = weak + mrc.local * latents.muscle[muscle]
        for side in ("_l", "_r"):
            here = weak + mrc.noise * rng.standard_normal(len(motor))
            columns[name + side] = 5.0 - np.searchsorted(mrc.cuts, here)
    return columns


def _responses(latents, rng):
    columns, spread = {}, NUMBERS.cmap_side
    n = len(latents.level)
    for nerve in NUMBERS.responses:
        own = np.sqrt(1 - spread**2 / 2 - nerve.regional**2 - nerve.local**2)
        z = own * rng.standard_normal(n) - nerve.regional * latents.region[nerve.region]
        z = z - nerve.local * latents.muscle[nerve.muscle]
        true = nerve.mean + nerve.gap * latents.level + nerve.sd * z
        for name in nerve.columns:
            value = true + nerve.sd * spread * rng.standard_normal(n)
            columns[name] = np.where(value < NUMBERS.cmap_absent, 0.0, value)
    return columns


def _function(latents, people, motor, slope, spread, rng):
    columns, n, level = {}, len(motor), slope * latents.level
    for region, domain in NUMBERS.domains.items():
        own = np.sqrt(1 - domain.regional**2 - domain.motor**2) * rng.standard_normal(n)
        rest = domain.regional * latents.region[region] + domain.motor * motor + own
        rest = rest + people.body @ NUMBERS.function_effects
        for name, earlier in domain.items.items():
            noise = NUMBERS.item_noise * rng.standard_normal(n)
            disability = domain.slope * level + spread * rest + earlier + noise
            lost = np.ceil((disability - domain.first) / domain.width)
            columns["alsfrsr_" + name] = 4 - np.clip(lost, 0, 4)
    return columns
