"""The numbers behind the synthetic cohort: who falls ill where, and what each instrument reads.

Units: mm, mm², au, mV, MRC grades, points. Means, level differences and SDs are those of bilateral
means; every effect or loading without a unit is in SDs of the variable within a severity level,
and positive loadings make it worse. **Every number here is an estimate**, chosen so that group
means and known associations fall into their published ranges. Anchors: biceps–brachialis 21 mm
(10.1002/mus.22035), tongue 49.8 au (10.1016/j.clinph.2020.06.027), median nerve at the arm 7.9 mm²
(10.1002/mus.26301); reliability of thickness (10.1002/mus.26360, 10.1002/mus.25735). Reading error
of brightness and of distal nerves is larger.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

REGIONS = ("bulbar", "upper", "lower", "respiratory")
MUSCLES = ("tongue", "biceps", "forearm_flexors", "apb", "quadriceps", "tibialis_anterior")
ONSETS = ("upper_limb", "lower_limb", "bulbar", "respiratory")
ONSET_SHARES = np.array([0.45, 0.33, 0.19, 0.03])

# How far an onset (row) moves each region (column), and how the regions otherwise go together.
ONSET_SHIFTS = np.array([
    [0.0, 0.5, 0.0, 0.0], [0.0, 0.0, 0.6, 0.0], [1.5, 0.0, 0.0, 0.2], [0.2, 0.2, 0.0, 1.8],
])
REGION_CORRELATION = np.array([
    [1, 0.05, 0.05, 0.4], [0.05, 1, 0.25, 0.2], [0.05, 0.25, 1, 0.2], [0.4, 0.2, 0.2, 1],
])

REFERENCE_LEVEL = 0.366  # severity at which the means of these tables hold
# Multiplies the level differences of ultrasound, so that two levels are 4 SD apart on the line
# joining their centroids, as observed (our choice: tests do not see groups much closer than that).
GAP_SCALE = 1.206

DEVICE_SHARES = np.array([[0.80, 0.20, 0.00], [0.05, 0.35, 0.60]])  # row: centre, column: device
DEVICE_GAIN = np.array([1.00, 1.08, 0.95])  # echo intensity as read = gain · value + offset (au)
DEVICE_OFFSET = np.array([0.0, 12.0, -8.0])
EI_SKEW = 0.20  # log-scale SD of the lognormal that gives brightness its right tail
EI_MAX = 250
FLOOR = 0.25  # share of its mean below which nothing shrinks and no muscle darkens
SIDE_SHARE = 0.05  # share of variance by which the two sides truly differ
ONSET_ASYMMETRY = 0.25  # by how much the onset side is worse than the mean, and the other better
CTS_SWELLING = {"csa_median_wrist_mm2": 5.0}  # mm² added by carpal tunnel syndrome


@dataclass(frozen=True)
class Feature:
    """One ultrasound feature: level, spread, reliability, and what it is loaded on."""

    name: str
    mean: float
    gap: float  # severe minus mild level, before GAP_SCALE
    sd: float  # within a level, as observed
    icc: float  # one rater, one side
    region: str
    regional: float
    muscle: str = ""
    local: float = 0.0  # loading on the muscle's own value
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
        r = self.icc - SIDE_SHARE  # correlation of the two sides
        return 2 * (1 - r) / (1 + r)


def _muscle(muscle, region, thickness, brightness, sided=True):
    """Thickness and brightness of one muscle, each (mean, gap, sd, regional, local)."""
    names = (f"mt_{muscle}_mm", f"ei_{muscle}_au")
    return [
        Feature(name, mean, gap, sd, icc, region, regional, muscle, local, sided)
        for name, icc, (mean, gap, sd, regional, local) in zip(
            names, (0.90, 0.86), (thickness, brightness), strict=True
        )
    ]


_PAIRS = (
    _muscle("tongue", "bulbar", (40.7, -3.5, 5.2, 0.40, 0.40), (50.9, 8, 10.8, 0.62, 0.40), False),
    _muscle("biceps", "upper", (21.3, -6, 4.0, 0.22, 0.30), (69.3, 20, 12.8, 0.22, 0.30)),
    _muscle("forearm_flexors", "upper", (13.4, -3, 2.8, 0.22, 0.35), (66.6, 18, 11.8, 0.22, 0.35)),
    _muscle("apb", "upper", (7.3, -1.7, 1.8, 0.28, 0.48), (74.6, 18, 13.8, 0.25, 0.35)),
    _muscle("quadriceps", "lower", (29.3, -7.5, 6.5, 0.22, 0.32), (72.6, 18, 12.8, 0.22, 0.32)),
    _muscle("tibialis_anterior", "lower", (22.5, -4, 3.3, 0.22, 0.32),
            (78.6, 18, 12.8, 0.22, 0.32)),
)
_NERVES = (
    Feature("csa_median_wrist_mm2", 8.9, -0.3, 1.74, 0.75, "upper", 0.10),
    Feature("csa_median_arm_mm2", 7.8, -0.5, 1.40, 0.85, "upper", 0.10),
    Feature("csa_ulnar_forearm_mm2", 4.9, -0.3, 1.10, 0.75, "upper", 0.10),
    Feature("csa_tibial_ankle_mm2", 9.5, -0.2, 2.00, 0.75, "lower", 0.05),
)
FEATURES = tuple(p[0] for p in _PAIRS) + tuple(p[1] for p in _PAIRS) + _NERVES

WORSE = {"mt": -1, "ei": 1, "csa": -1}
# Effects of age (per decade), female sex, height, BMI and log duration (per SD), by block.
BODY_EFFECTS = {
    "mt": np.array([-0.05, -0.25, 0.00, 0.12, -0.04]),
    "ei": np.array([0.06, 0.08, 0.00, 0.00, 0.04]),
    "csa": np.array([0.00, -0.15, 0.20, 0.08, 0.00]),
}
BODY_VARIANCE = np.array([1.21, 0.238, 1.09, 1.0, 1.0])

# MRC grades, both sides: the region and, where scanned, the muscle whose own value they share.
STRENGTH = {
    "mrc_shoulder_abduction": ("upper", ""),
    "mrc_elbow_flexion": ("upper", "biceps"),
    "mrc_wrist_extension": ("upper", "forearm_flexors"),
    "mrc_hip_flexion": ("lower", ""),
    "mrc_knee_extension": ("lower", "quadriceps"),
    "mrc_ankle_dorsiflexion": ("lower", "tibialis_anterior"),
}
MRC_GAP, MRC_REGIONAL, MRC_LOCAL, MRC_MOTOR, MRC_NOISE = 0.45, 0.70, 0.40, 0.25, 0.55
MRC_CUTS = np.array([0.10, 1.10, 1.75, 2.25, 2.70])  # weakness at which each further grade is lost


@dataclass(frozen=True)
class Response:
    """One CMAP: level and spread in mV, and what it is loaded on (heaviest in the split hand)."""

    mean: float
    gap: float
    sd: float
    region: str
    regional: float
    muscle: str = ""
    local: float = 0.0


RESPONSES = {
    "cmap_median_apb_mv": Response(5.9, -1.8, 3.2, "upper", 0.52, "apb", 0.55),
    "cmap_ulnar_adm_mv": Response(7.3, -1.8, 3.7, "upper", 0.55),
    "cmap_tibial_ah_mv": Response(7.2, -2.0, 4.0, "lower", 0.55),
    "cmap_fibular_edb_mv": Response(3.7, -1.1, 2.2, "lower", 0.52, "tibialis_anterior", 0.20),
}
CMAP_ABSENT = 0.3  # mV: below this no response is seen, and 0 is recorded
CMAP_SIDE = 0.35  # SD of one side around the patient's mean, in SDs


@dataclass(frozen=True)
class Domain:
    """One ALSFRS-R domain: items lose points as the latent disability of a region rises."""

    slope: float  # share of the severity slope
    regional: float
    motor: float  # loading on the motor impairment that ultrasound does not see
    first: float  # disability at which the first point is lost
    width: float  # disability that costs one more point
    items: dict  # item -> how much earlier it is lost


DOMAINS = {
    "bulbar": Domain(
        0.45, 0.84, 0.36, 0.25, 0.70,
        {"01_speech": 0.15, "02_salivation": -0.05, "03_swallowing": -0.10},
    ),
    "upper": Domain(
        1.00, 0.56, 0.74, -0.52, 0.75,
        {"04_handwriting": -0.05, "05_cutting": 0.00, "06_dressing": 0.05},
    ),
    "lower": Domain(
        1.00, 0.56, 0.74, -0.52, 0.75,
        {"07_turning": -0.35, "08_walking": 0.00, "09_stairs": 0.35},
    ),
    "respiratory": Domain(
        0.50, 0.70, 0.54, 0.90, 0.65,
        {"10_dyspnoea": 0.10, "11_orthopnoea": -0.05, "12_respiratory": -0.25},
    ),
}
ITEM_NOISE = 0.45
FUNCTION_EFFECTS = np.array([0.06, 0.0, 0.0, 0.0, 0.10])  # of body, as in BODY_EFFECTS
GASTROSTOMY = np.array([0.45, 0.40, 0.10, 0.02, 0.01])  # share by swallowing item, 0 to 4
