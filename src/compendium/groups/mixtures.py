"""One Gaussian or two? A supporting comparison, never the verdict: two Gaussians also fit one
skewed hill, so they win on any continuum that is not Gaussian.

One Gaussian with any covariance against two that share theirs: BIC (lower is better; mclust's has
the other sign) and the likelihood ratio with its bootstrap law (McLachlan, 10.2307/2347790), drawn
from one Gaussian and fitted by the same procedure. Under one Gaussian twice the log likelihood
ratio has no chi-squared law, so no table is used.

On axes where the data have covariance 1, two Gaussians are a logistic function u of the position,
p + 1 numbers, and all directions but that of their means drop out of the ratio. So neither mean nor
covariance matters, and a step of EM costs two products; scikit-learn's costs a hundred times that.
It climbs to one of many optima, which one k-means start finds or misses by its seed. Hence many
starts, EM with extrapolated steps (SQUAREM, 10.1111/j.1467-9469.2007.00585.x), and the better half
of the starts kept until the best stands still.
"""

from __future__ import annotations

from itertools import chain

import numpy as np
import pandas as pd

from compendium import seeds
from compendium.parallel import each, parts
from compendium.phenotypes import kmeans
from compendium.statistics import monte_carlo_p

MIXTURE_COLUMNS = "model parameters log_likelihood bic bic_lower_by likelihood_ratio p n n_draws"
_RANDOM = 500  # random divisions in two from which EM starts, beside Ward's and that of k-means
_DIVIDED = 1_000  # patients at most whom a start divides
_KEPT, _ROUNDS, _STEPS, _STILL = 16, 200, 4, 1e-7  # starts kept; rounds of steps; smallest gain
_FARTHEST = 16.0  # of an extrapolated step
_TASK = 10  # draws a worker takes at once


def compare_mixtures(Z: np.ndarray, *, n_draws: int = 99, random_state: int = 0) -> pd.DataFrame:
    """One Gaussian and two that share a covariance, fitted to Z (n × p) without gaps.

    ``n_draws``: samples of one Gaussian, of the size of Z.

    Returns
    -------
    DataFrame of two rows: model, parameters, log_likelihood, bic, bic_lower_by (how far a model
    lies below the other one), likelihood_ratio (twice the gain in log likelihood, ≥ 0; second
    row), p (share of samples, the data counted in, that gain as much; second row), n, n_draws.
    Empty where two means leave a singular covariance (n ≤ p + 1, a feature of two values, features
    that determine each other); ``attrs["reason"]`` says so.

    The likelihood is at least that of R's mclust, model EEE, and of scikit-learn's GaussianMixture.
    """
    (n, p), centred = Z.shape, Z - Z.mean(axis=0)
    two_valued = min(len(np.unique(column)) for column in Z.T) < 3
    if n < p + 2 or two_valued or np.linalg.matrix_rank(centred) < p:
        nothing = pd.DataFrame(columns=MIXTURE_COLUMNS.split())
        nothing.attrs["reason"] = (
            "One Gaussian was not set against two: with two means the covariance of "
            f"{p} features in {n} patients is singular."
        )
        return nothing
    todo = [(Z.shape, part, random_state) for part in parts(n_draws, _TASK)]
    drawn = [*chain.from_iterable(each(_ratios, todo, "batches of Gaussian samples fitted"))]
    ratio = 2 * _gain(Z, seeds.generator(random_state, "mixtures"))
    log_determinant = np.linalg.slogdet(np.atleast_2d(np.cov(Z.T, ddof=0)))[1]
    one = -n / 2 * (p * np.log(2 * np.pi) + log_determinant + p)
    frame = pd.DataFrame({
        "model": ["one Gaussian", "two Gaussians"],
        "parameters": [k * p + p * (p + 1) // 2 + k - 1 for k in (1, 2)],
        "log_likelihood": [one, one + ratio / 2],
    })
    bic = frame["parameters"] * np.log(n) - 2 * frame["log_likelihood"]
    return frame.assign(
        bic=bic, bic_lower_by=bic.to_numpy()[::-1] - bic, likelihood_ratio=[np.nan, ratio],
        p=[np.nan, monte_carlo_p(ratio, np.array(drawn))], n=n, n_draws=n_draws,
    )


def _ratios(shape: tuple[int, int], part: range, random_state: int) -> list[float]:
    """The likelihood ratios of samples of one Gaussian."""
    streams = (seeds.generator(random_state, "mixtures", m) for m in part)
    return [2 * _gain(rng.normal(size=shape), rng) for rng in streams]


def _gain(Z: np.ndarray, rng: np.random.Generator) -> float:
    """Log likelihood of two Gaussians above that of one, the best of all starts, ≥ 0."""
    white = np.sqrt(len(Z)) * np.linalg.svd(Z - Z.mean(axis=0), full_matrices=False)[0]
    X, before = np.column_stack([white, np.ones(len(Z))]), np.empty(0)
    with np.errstate(all="ignore"):  # a start may leave one group empty: NaN, and it is dropped
        u = _starts(X, rng)
        for _ in range(_ROUNDS):
            for _ in range(_STEPS):
                first = _means(X, _shares(X, u))[0]
                second = _means(X, _shares(X, first))[0]
                change = first - u
                bend = second - first - change
                far = np.sqrt((change**2).sum(axis=0) / (bend**2).sum(axis=0))
                far = np.clip(np.nan_to_num(far, nan=1.0), 1.0, _FARTHEST)
                u = u + 2 * far * change + far**2 * bend
            u, constant = _means(X, _shares(X, u))
            gains = np.nan_to_num(constant + np.logaddexp(0, X @ u).sum(axis=0), nan=-np.inf)
            kept = np.argsort(-gains, kind="stable")[: max(_KEPT, len(gains) // 2)]
            if len(before) == len(kept) and not gains.max() - before.max() > _STILL:
                break
            u, before = u[:, kept], gains[kept]
    return max(0.0, float(gains.max()))


def _starts(X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Functions u (p + 1, starts) of divisions in two: along random directions, Ward's tree, and
    k-means."""
    from scipy.cluster.hierarchy import fcluster, ward

    few, p = X[rng.permutation(len(X))[:_DIVIDED]], X.shape[1] - 1
    at_random = few[:, :p] @ rng.normal(size=(p, _RANDOM)) > np.sqrt(p) * rng.normal(size=_RANDOM)
    tree = fcluster(ward(few[:, :p]), 2, "maxclust") == 2
    k_means, _ = kmeans.best_fit(few[:, :p], 2, kmeans.starts(rng, 10, 2))
    return _means(few, np.column_stack([at_random, tree, k_means]).astype(float))[0]


def _shares(X: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Each patient's share (n × starts) in the second Gaussian, the logistic function of X u."""
    return 1 / (1 + np.exp(X @ -u))


def _means(X: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """u (p + 1, starts) of two Gaussians from each patient's share (n × starts) in the second, and
    the part of the gain that no patient enters.

    With π the mean share, δ the difference of the means and s² = 1 − π(1 − π)|δ|² the variance that
    is left along it: u = log π/(1 − π) + (x'δ − (½ − π)|δ|²)/s², and the gain is
    n·(log(1 − π) − ½ log s² + ½ − (1 + π²|δ|²)/(2s²)) + Σ log(1 + exp u).
    """
    n, pi = len(X), share.mean(axis=0)
    spread = pi * (1 - pi)
    apart = X[:, :-1].T @ share / (n * spread)
    square = (apart**2).sum(axis=0)
    left = 1 - spread * square
    u = np.vstack([apart / left, np.log(pi / (1 - pi)) - (0.5 - pi) * square / left])
    return u, n * (np.log(1 - pi) - 0.5 * np.log(left) + 0.5 - (1 + pi**2 * square) / (2 * left))
