"""Do patients sit at two ends? The polarisation of what features share, free of their noise.

D = kurtosis − squared skewness of a latent position. Two points give 1, whatever their shares;
every law of one peak at least 189/125 = 1.512 (Klaassen & van Es, arXiv 2312.06212), the arcsine
law 1.5. Features are noisy, so D is not taken of scores but of what lies behind them: in every
direction of the factor space the moments of Gaussian noise are subtracted, and in the clearest
direction D is formed once more from products over distinct features, in which noise of any law
drops out (grades and ceilings have less noise at their ends). A finding needs both. It cannot see
groups that each spread along one severity, nor a few patients far from the rest: it may add a
finding, and never takes one away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

BOUND = 1.3  # D below which patients sit at two ends; a uniform law clipped by a fifth has 1.44
_Z, _Z_DISTINCT = 1.28, 1.0  # standard errors below the bound: noise subtracted, distinct products
_RELIABLE = 0.35  # least share of a direction's variance that is not noise
_EXACT = 1e-9  # spread of an influence that is rounding
_RIDGE = 1e-9  # keeps the noise of a factor without loadings finite
_MOST_FACTORS, _ABOVE_NOISE = 3, 0.05  # eigenvalues count above those of pure noise, by this much


class Factors(NamedTuple):
    """``scores``: Bartlett factor scores (n × q); ``noise``: their noise covariance (q × q);
    ``weights`` (p × q): scores = Z @ weights; ``loadings`` (p × q)."""

    scores: np.ndarray
    noise: np.ndarray
    weights: np.ndarray
    loadings: np.ndarray


@dataclass(frozen=True)
class Polarisation:
    """``D`` (1: two points) in the clearest direction; ``z``, ``z_distinct``: by how many standard
    errors D lies below :data:`BOUND`, noise subtracted, and from products over distinct features;
    ``found``: whether both are enough."""

    D: float
    z: float
    z_distinct: float
    found: bool


def factor_scores(Z: np.ndarray, at_least: int = 1) -> Factors:
    """The common factors of z-scores (n × p): as many as rise above noise, at most three.

    Maximum likelihood by scikit-learn, loadings in the order of the variance they explain.
    """
    from sklearn.decomposition import FactorAnalysis

    n, p = Z.shape
    eigenvalues = np.linalg.eigvalsh(np.corrcoef(Z, rowvar=False))
    edge = (1 + np.sqrt(p / n)) ** 2 + _ABOVE_NOISE
    q = max(at_least, min(_MOST_FACTORS, int((eigenvalues > edge).sum())))
    model = FactorAnalysis(min(q, most_factors(p)), svd_method="lapack").fit(Z)
    psi = np.clip(model.noise_variance_, 0.05, None)
    # turned to principal axes of the shared variance, so that the first factor is the largest
    axes = np.linalg.svd(model.components_.T, full_matrices=False)
    L = axes[0] * axes[1]
    W = L / psi[:, None]
    noise = np.linalg.inv(L.T @ W + _RIDGE * np.eye(L.shape[1]))
    return Factors((Z - Z.mean(axis=0)) @ W @ noise, noise, W @ noise, L)


def most_factors(p: int) -> int:
    """The most common factors that p features can tell apart (Ledermann's bound), at least one.

    >>> [most_factors(p) for p in (2, 4, 6, 20)]
    [1, 1, 3, 14]
    """
    return max(1, int((2 * p + 1 - np.sqrt(8 * p + 1)) / 2))


def polarisation(Z: np.ndarray) -> Polarisation:
    """How far the patients of z-scores (n × p, no gaps) sit at two ends of some direction.

    Not found, with NaN, where fewer than four features leave no products over distinct ones, or no
    direction is reliable.
    """
    if Z.shape[1] < 4:
        return Polarisation(np.nan, np.nan, np.nan, False)
    F, noise, W, L = factor_scores(Z)
    n, q = F.shape
    U = _directions(q)
    y = F @ U.T
    s2 = np.einsum("ij,jk,ik->i", U, noise, U)
    v, m3, m4 = (y**2).mean(0), (y**3).mean(0), (y**4).mean(0)
    s = np.where(v - s2 > _RELIABLE * v, v - s2, np.nan)
    k4 = m4 - 6 * s * s2 - 3 * s2**2
    D = k4 / s**2 - m3**2 / s**3
    # how D moves with each patient (influence function), which gives its standard error
    by_v = -6 * s2 / s**2 - 2 * k4 / s**3 + 3 * m3**2 / s**4
    influence = (by_v * (y**2 - v) - 2 * m3 / s**3 * (y**3 - m3 - 3 * v * y)
                 + (y**4 - m4 - 4 * m3 * y) / s**2)
    error = np.maximum(influence.std(0, ddof=1), _EXACT) / np.sqrt(n)
    z = np.nan_to_num((BOUND - D) / error, nan=-np.inf)
    best = int(z.argmax())
    if not np.isfinite(z[best]):
        return Polarisation(np.nan, np.nan, np.nan, False)
    w = W @ U[best]
    distinct = _distinct(Z * w, (L @ U[best]) * w)
    found = bool(z[best] > _Z and distinct > _Z_DISTINCT)
    return Polarisation(float(D[best]), float(z[best]), distinct, found)


def _directions(q: int) -> np.ndarray:
    """Unit vectors (m × q) that cover the half circle or half sphere."""
    if q == 1:
        return np.ones((1, 1))
    if q == 2:
        a = np.linspace(0, np.pi, 37)[:-1]
        return np.column_stack([np.cos(a), np.sin(a)])
    k = np.arange(150) + 0.5
    height, turn = 1 - k / 150, np.pi * (1 + 5**0.5) * k
    across = np.sqrt(1 - height**2)
    return np.column_stack([across * np.cos(turn), across * np.sin(turn), height])


def _distinct(X: np.ndarray, loadings: np.ndarray) -> float:
    """Standard errors by which D lies below the bound, from products over distinct columns of the
    weighted features X (n × p)."""
    of_loadings = _elementary(loadings[None])
    e2, e3, e4 = (e / o for e, o in zip(_elementary(X), of_loadings, strict=True))
    m2, m3, m4 = e2.mean(), e3.mean(), e4.mean()
    if not m2 > 0:
        return -np.inf
    D = m4 / m2**2 - m3**2 / m2**3
    by_m2 = -2 * m4 / m2**3 + 3 * m3**2 / m2**4
    influence = by_m2 * (e2 - m2) - 2 * m3 / m2**3 * (e3 - m3) + (e4 - m4) / m2**2
    return float((BOUND - D) / (max(influence.std(ddof=1), _EXACT) / np.sqrt(len(X))))


def _elementary(X: np.ndarray) -> tuple[np.ndarray, ...]:
    """Elementary symmetric sums of order 2, 3 and 4 of every row: sums of products over distinct
    columns, by Newton's identities."""
    s1, s2, s3, s4 = ((X**k).sum(axis=1) for k in (1, 2, 3, 4))
    e4 = (s1**4 - 6 * s1**2 * s2 + 3 * s2**2 + 8 * s1 * s3 - 6 * s4) / 24
    return (s1**2 - s2) / 2, (s1**3 - 3 * s1 * s2 + 2 * s3) / 6, e4
