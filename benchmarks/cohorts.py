"""Simulated cohorts whose answer is known: continua, and real groups at several distances.

``COHORTS[name](n, p, rng)`` gives a raw feature matrix (n × p), and ``TRUTH[name]`` what it is:

* *continuum*: features depend on a few continuous values with one peak each, and on noise;
* *two ends*: one severity without kinds of patients, who pile up at its ends all the same, since
  measures saturate or are coarse, or since severity itself is U-shaped. Two peaks are a right
  answer there, kinds of patients a wrong one;
* *category*: one severity, and a category (scanner, sex, region of onset) that shifts features.
  ``category(name, n, rng)`` draws it before the features do, from the same stream;
* *groups*: independent unit noise around centres the stated number of SDs apart, 63.4 % and 36.6 %
  of the patients unless the name says 10 %.

A name that ends in n = … or p = … has that size, whatever is asked for.
"""

from functools import partial

import numpy as np

LOADING = np.sqrt(0.5)  # of the severity factor: half of each variable's variance
SHARE = 0.366  # of the smaller group


def iid(n, p, rng):
    return rng.standard_normal((n, p))


def one_factor(n, p, rng):
    return _along(rng.standard_normal(n), p, rng)


def two_factors(n, p, rng):
    F = rng.standard_normal((n, 2))
    loadings = np.where(np.arange(p) < p // 2, [[0.75], [0.25]], [[0.25], [0.75]])
    return F @ loadings + 0.6 * rng.standard_normal((n, p))


def skewed_margins(n, p, rng):
    return np.exp(0.6 * one_factor(n, p, rng))


def uniform(n, p, rng):
    return _along(np.sqrt(12) * (rng.random(n) - 0.5), p, rng)


def staged_logistic(n, p, rng):
    """Each variable falls at its own stage of one uniform severity."""
    stage = rng.random(n)[:, None]
    return 1 / (1 + np.exp(-8 * (stage - np.linspace(0, 1, p)))) + 0.2 * rng.standard_normal(
        (n, p)
    )


def heavy_tailed(n, p, rng):
    """t with 5 degrees of freedom: one factor, every patient with a scale of their own."""
    return one_factor(n, p, rng) / np.sqrt(rng.chisquare(5, n) / 5)[:, None]


def exponential(n, p, rng):
    return _along(rng.exponential(size=n) - 1, p, rng)


def curved(n, p, rng):
    """One severity that runs along a half circle in two dimensions."""
    angle = np.pi * rng.random(n)
    plane = np.column_stack([np.cos(angle), np.sin(angle)]) @ rng.standard_normal((2, p))
    return 1.2 * plane + 0.6 * rng.standard_normal((n, p))


def ordinal(n, p, rng):
    """Four-level grades of one factor, the upper two common: heavily tied."""
    return np.digitize(one_factor(n, p, rng), [-1.5, -0.7, 0.3]).astype(float)


def zero_inflated(n, p, rng):
    """Half of the variables are zero below a threshold of one factor."""
    X = one_factor(n, p, rng)
    return np.where(np.arange(p) % 2 == 0, np.maximum(X, 0.0), X)


def shipped_continuum(n, p, rng):
    """The package's own simulated patients without groups, imputed; n and p are theirs."""
    from compendium.data.cohort import features, load
    from compendium.phenotypes.scaling import impute

    seed = int(rng.integers(2**31))
    return impute(features(load(scenario="continuum", scenario_seed=seed))).to_numpy()


def spiked(n, p, rng):
    """Most patients hardly affected, a long tail: gamma severity of shape 0.5."""
    return _along((rng.gamma(0.5, size=n) - 0.5) / np.sqrt(0.5), p, rng)


def shoulder(n, p, rng):
    """One hill with a broad shoulder: 70 % N(0, 1), 30 % N(3, 4)."""
    wide = rng.random(n) < 0.3
    severity = np.where(wide, 3 + 2 * rng.standard_normal(n), rng.standard_normal(n))
    return _along((severity - 0.9) / np.sqrt(3.79), p, rng)


def saturating(n, p, rng):
    """Every variable has its floor and its ceiling within the middle of one uniform severity."""
    stage = rng.random(n)[:, None]
    steps = 1 / (1 + np.exp(-10 * (stage - np.linspace(0.2, 0.8, p))))
    return steps + 0.2 * rng.standard_normal((n, p))


def severities(*features):
    """Independent uniform severities, each with so many parts of the features."""

    def draw(n, p, rng):
        of = np.searchsorted(np.cumsum(features), (np.arange(p) + 0.5) * sum(features) / p)
        values = np.sqrt(12) * (rng.random((n, len(features))) - 0.5)
        return LOADING * values[:, of] + np.sqrt(1 - LOADING**2) * rng.standard_normal((n, p))

    return draw


def rate_by_time(n, p, rng, steep=2.0, points=(0.0, 2.0), noise=0.2):
    """Progression rate times time since onset; each feature falls at its own point of it."""
    course = np.exp(0.5 * rng.standard_normal(n)) * rng.gamma(2, 0.5, n)
    fallen = _sigmoid(steep * (course[:, None] - np.linspace(*points, p)))
    return fallen + noise * rng.standard_normal((n, p))


def noise_growing(n, p, rng):
    """Gamma severity of shape 2; the more severe, the noisier."""
    severity = rng.gamma(2, 1, n)
    noise = (0.4 + 0.3 * severity)[:, None] * rng.standard_normal((n, p))
    return LOADING * (severity[:, None] - 2) / np.sqrt(2) + LOADING * noise


def limb_residuals(n, p, rng):
    """One factor, and what the features of a limb share beside it."""
    limbs = rng.standard_normal((n, 4))[:, np.arange(p) % 4]
    noise = 0.5 * (limbs + rng.standard_normal((n, p)))
    return LOADING * rng.standard_normal(n)[:, None] + noise


def missing_filled(n, p, rng):
    """Uniform severity, 15 % of the values missing and filled as the package fills them."""
    import pandas as pd

    from compendium.phenotypes.scaling import impute

    X = pd.DataFrame(uniform(n, p, rng)).rename(columns=str)
    return impute(X.mask(rng.random(X.shape) < 0.15)).to_numpy()


def truncated(n, p, rng):
    """Only patients above a severity are referred."""
    severity = rng.standard_normal(5 * n)
    severity = severity[severity > -0.3][:n]
    return _along((severity - severity.mean()) / severity.std(), p, rng)


def grades(levels, law):
    """Grades of so many levels, their steps a little apart between features (MRC)."""

    def draw(n, p, rng):
        severity = np.sqrt(12) * (rng.random(n) - 0.5) if law == "uniform" else (
            rng.standard_normal(n))
        X = _along(severity, p, rng) - np.linspace(-0.5, 0.5, p)
        return np.digitize(X, np.linspace(-1.5, 1.5, levels + 1)[1:-1]).astype(float)

    return draw


def saturating_share(share, noise):
    """So large a share of the features saturates at both ends of one uniform severity."""

    def draw(n, p, rng):
        stage = rng.random(n)[:, None]
        steps = _sigmoid(10 * (stage - np.linspace(0.2, 0.8, p)))
        steep = rng.permutation(np.arange(p) < round(share * p))
        return np.where(steep, steps, stage) + noise * rng.standard_normal((n, p))

    return draw


def beta(shape):
    """Severity by a symmetric beta law: U-shaped below 1."""

    def draw(n, p, rng):
        return _along((rng.beta(shape, shape, n) - 0.5) * np.sqrt(4 * (2 * shape + 1)), p, rng)

    return draw


CATEGORIES = {  # features shifted, by how many SDs, share of the patients
    "scanner": (6, 0.93, 0.5), "sex": (8, 1.0, 0.45), "onset region": (4, 1.0, 0.25),
}


def category(name, n, rng):
    """Who is in the category (n,), 0 or 1."""
    return (rng.random(n) < CATEGORIES[name][2]).astype(int)


def shifted(name, n, p, rng):
    """One Gaussian severity, and a category that shifts some of the features."""
    features, by, _ = CATEGORIES[name]
    who = category(name, n, rng)
    return one_factor(n, p, rng) + by * who[:, None] * (np.arange(p) < features)


def groups(distance, share=SHARE):
    """Two groups this many SDs apart, every variable sharing the difference equally."""

    def draw(n, p, rng):
        return rng.standard_normal((n, p)) + _severe(n, rng, share)[:, None] * distance / np.sqrt(p)

    return draw


def severity_inside(distance):
    """Two groups; severity also varies inside each, along their difference: SD 1.12 along it."""

    def draw(n, p, rng):
        inside = 0.5 * rng.standard_normal(n)
        along = distance * np.sqrt(1.25) * _severe(n, rng) + inside
        return rng.standard_normal((n, p)) + along[:, None] / np.sqrt(p)

    return draw


def off_axis(n, p, rng):
    """Two groups 4 SD apart at right angles to a severity factor that both share."""
    contrast = np.where(np.arange(p) % 2 == 0, 1.0, -1.0) / np.sqrt(p)
    noise = _along(rng.standard_normal(n), p, rng, np.sqrt(0.3))
    return noise + np.sqrt(0.7) * 4 * _severe(n, rng)[:, None] * contrast


def equal_groups(k):
    """k equal groups, each 4 SD from the others."""

    def draw(n, p, rng):
        centres = np.eye(k)[np.arange(p) % k].T
        centres *= 4 / np.sqrt(2) / np.linalg.norm(centres, axis=1, keepdims=True)
        return rng.standard_normal((n, p)) + centres[np.arange(n) % k]

    return draw


def sized(draw, **size):
    """The same at another size."""
    return lambda n, p, rng: draw(size.get("n", n), size.get("p", p), rng)


def _along(severity, p, rng, loading=LOADING):
    """p variables on one severity with unit variance each."""
    noise = rng.standard_normal((len(severity), p))
    return loading * severity[:, None] + np.sqrt(1 - loading**2) * noise


def _severe(n, rng, share=SHARE):
    return (rng.random(n) < share).astype(float)


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


TWELVE = {
    "iid": iid, "one factor": one_factor, "two factors": two_factors,
    "skewed margins": skewed_margins, "uniform": uniform, "staged logistic": staged_logistic,
    "heavy-tailed": heavy_tailed, "exponential": exponential, "curved": curved,
    "ordinal": ordinal, "zero-inflated": zero_inflated, "shipped continuum": shipped_continuum,
}
CONTINUA = TWELVE | {
    "two severities 5 + 15": severities(5, 15), "two severities 10 + 10": severities(10, 10),
    "three severities": severities(6, 7, 7), "rate by time": rate_by_time,
    "rate by time, noisy": partial(rate_by_time, noise=0.4), "spiked": spiked,
    "shoulder": shoulder, "noise growing": noise_growing, "limb residuals": limb_residuals,
    "15 % missing": missing_filled, "truncated": truncated,
    "one factor, n = 100": sized(one_factor, n=100), "uniform, n = 100": sized(uniform, n=100),
    "one factor, n = 1500": sized(one_factor, n=1500), "uniform, n = 1500": sized(uniform, n=1500),
    "uniform, p = 6": sized(uniform, p=6), "curved, p = 6": sized(curved, p=6),
    "uniform, p = 60": sized(uniform, p=60), "curved, p = 60": sized(curved, p=60),
}
TWO_ENDS = {f"grades of {levels}, {law}": grades(levels, law)
            for levels in (3, 6) for law in ("uniform", "Gaussian")} | {
    f"saturating {words}, noise {noise}": saturating_share(share, noise)
    for words, share in (("all", 1.0), ("half", 0.5), ("30 %", 0.3)) for noise in (0.2, 0.5, 0.8)
} | {
    "saturating": saturating, "U-shaped": beta(0.5), "flat U": beta(0.8),
    "rate by time, steep": partial(rate_by_time, steep=4.0, points=(0.3, 1.7)),
}
SHIFTED = {name: partial(shifted, name) for name in CATEGORIES}
GROUPS = {f"groups {d:g} SD": groups(d) for d in (2, 2.5, 3, 3.5, 4, 5)} | {
    f"groups {d:g} SD, 10 %": groups(d, 0.1) for d in (3, 3.5, 4, 5, 6)
} | {
    "off-axis": off_axis, "three groups": equal_groups(3), "five groups": equal_groups(5),
} | {
    f"groups {d:g} SD, severity inside": severity_inside(d) for d in (3, 3.5, 4)
} | {
    f"groups {d:g} SD, n = 100": sized(groups(d), n=100) for d in (3, 4, 5, 6)
} | {
    f"groups {d:g} SD, 10 %, n = 100": sized(groups(d, 0.1), n=100) for d in (4, 6, 8)
} | {
    f"groups {d:g} SD, n = 1500": sized(groups(d), n=1500) for d in (2, 2.5, 3, 3.5)
} | {
    f"groups {d:g} SD, 10 %, n = 1500": sized(groups(d, 0.1), n=1500) for d in (3, 3.5, 4, 5)
}
COHORTS = CONTINUA | TWO_ENDS | SHIFTED | GROUPS
TRUTH = {row: truth for truth, rows in (
    ("continuum", CONTINUA), ("two ends", TWO_ENDS), ("category", SHIFTED), ("groups", GROUPS),
) for row in rows}
