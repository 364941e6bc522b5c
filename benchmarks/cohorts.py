"""Simulated cohorts whose answer is known: continua, and real groups at several distances.

``COHORTS[name](n, p, rng)`` gives a raw feature matrix (n × p). In a continuum every variable
depends on one or two continuous latent values and noise; none has groups. Groups hold 63.4 % and
36.6 % of the patients, with independent unit noise around centres the stated number of SDs apart.
"""

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


def groups(distance):
    """Two groups this many SDs apart, every variable sharing the difference equally."""

    def draw(n, p, rng):
        return rng.standard_normal((n, p)) + _severe(n, rng)[:, None] * distance / np.sqrt(p)

    return draw


def off_axis(n, p, rng):
    """Two groups 4 SD apart at right angles to a severity factor that both share."""
    contrast = np.where(np.arange(p) % 2 == 0, 1.0, -1.0) / np.sqrt(p)
    noise = _along(rng.standard_normal(n), p, rng, np.sqrt(0.3))
    return noise + np.sqrt(0.7) * 4 * _severe(n, rng)[:, None] * contrast


def three_groups(n, p, rng):
    """Three equal groups, each 4 SD from the others."""
    third = np.arange(n) % 3
    centres = np.eye(3)[np.arange(p) % 3].T
    centres *= 4 / np.sqrt(2) / np.linalg.norm(centres, axis=1, keepdims=True)
    return rng.standard_normal((n, p)) + centres[third]


CONTINUA = {
    "iid": iid,
    "one factor": one_factor,
    "two factors": two_factors,
    "skewed margins": skewed_margins,
    "uniform": uniform,
    "staged logistic": staged_logistic,
    "heavy-tailed": heavy_tailed,
    "exponential": exponential,
    "curved": curved,
    "ordinal": ordinal,
    "zero-inflated": zero_inflated,
    "shipped continuum": shipped_continuum,
}
GROUPS = {f"groups {d:g} SD": groups(d) for d in (2, 2.5, 3, 3.5, 4, 5)} | {
    "off-axis": off_axis,
    "three groups": three_groups,
}
# Continua that the log-concave null is known not to cover.
BEYOND = {"spiked": spiked, "shoulder": shoulder, "saturating": saturating}
COHORTS = CONTINUA | GROUPS | BEYOND


def _along(severity, p, rng, loading=LOADING):
    """p variables on one severity with unit variance each."""
    noise = rng.standard_normal((len(severity), p))
    return loading * severity[:, None] + np.sqrt(1 - loading**2) * noise


def _severe(n, rng):
    return (rng.random(n) < SHARE).astype(float)
