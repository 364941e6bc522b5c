"""One Gaussian or two? A supporting comparison, never the verdict: two Gaussians also fit one
skewed hill, so they win on any continuum that is not Gaussian.

One Gaussian with any covariance against two that share theirs: BIC (lower is better; mclust's has
the other sign) and the likelihood ratio with its bootstrap law (McLachlan, 10.2307/2347790), drawn
from the one Gaussian that fits the data and fitted by the same procedure. Under one Gaussian twice
the log likelihood ratio has no chi-squared law, so no table is used.
"""

from __future__ import annotations

from itertools import chain

import numpy as np
import pandas as pd

from compendium import seeds
from compendium.parallel import each, parts
from compendium.statistics import monte_carlo_p

MIXTURE_COLUMNS = "model parameters log_likelihood bic bic_lower_by likelihood_ratio p n n_draws"
_MODELS = (("one Gaussian", 1, "full"), ("two Gaussians", 2, "tied"))
_STARTS = 5  # k-means starts of every fit
_TASK = 10  # draws a worker takes at once


def compare_mixtures(Z: np.ndarray, *, n_draws: int = 99, random_state: int = 0) -> pd.DataFrame:
    """One Gaussian and two that share a covariance, fitted to Z (n × p) without gaps.

    ``n_draws``: samples of one Gaussian with the mean and covariance of Z (ddof 0).

    Returns
    -------
    DataFrame of two rows: model, parameters, log_likelihood, bic, bic_lower_by (how far a model
    lies below the other one), likelihood_ratio (twice the gain in log likelihood, ≥ 0; second
    row), p (share of samples, the data counted in, that gain as much; second row), n, n_draws.

    Checked against R's mclust, model EEE.
    """
    todo = [(Z, part, random_state) for part in parts(n_draws, _TASK)]
    drawn = [*chain.from_iterable(each(_ratios, todo, "batches of Gaussian samples fitted"))]
    likelihoods = _log_likelihoods(Z, random_state)
    ratio, p = 2 * (likelihoods[1] - likelihoods[0]), Z.shape[1]
    frame = pd.DataFrame({
        "model": [model for model, _, _ in _MODELS],
        "parameters": [k * p + p * (p + 1) // 2 + k - 1 for _, k, _ in _MODELS],
        "log_likelihood": likelihoods,
    })
    bic = frame["parameters"] * np.log(len(Z)) - 2 * frame["log_likelihood"]
    return frame.assign(
        bic=bic, bic_lower_by=bic.to_numpy()[::-1] - bic, likelihood_ratio=[np.nan, ratio],
        p=[np.nan, monte_carlo_p(ratio, np.array(drawn))], n=len(Z), n_draws=n_draws,
    )


def _ratios(Z: np.ndarray, part: range, random_state: int) -> list[float]:
    """The likelihood ratios of samples of one Gaussian."""
    covariance, found = np.atleast_2d(np.cov(Z, rowvar=False, ddof=0)), []
    for m in part:
        rng = seeds.generator(random_state, "mixtures", m)
        sample = rng.multivariate_normal(Z.mean(axis=0), covariance, len(Z), method="eigh")
        one, two = _log_likelihoods(sample, random_state)
        found.append(2 * (two - one))
    return found


def _log_likelihoods(Z: np.ndarray, random_state: int) -> list[float]:
    from sklearn.mixture import GaussianMixture

    settings = {"n_init": _STARTS, "random_state": random_state, "max_iter": 500}
    fitted = (GaussianMixture(k, covariance_type=kind, **settings) for _, k, kind in _MODELS)
    return [float(model.fit(Z).score(Z) * len(Z)) for model in fitted]
