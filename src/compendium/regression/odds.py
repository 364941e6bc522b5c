"""Proportional odds: how the chance of a higher score shifts, whatever the distances of its levels.

The cumulative logit model, logit P(Y ≤ level) = threshold − x'β, takes from an outcome only its
order; exp(β) is the odds ratio of a *higher* value, the same at every level. Maximum likelihood by
Newton steps on the analytic gradient and Hessian, so that it stops at the optimum itself and not
near it. Where a column separates the levels the estimate runs away, and is refused with a sentence.

References: McCullagh 1980; Brant 1990 (looking at proportionality by binary logits).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.regression.design import CONSTANT, DesignRefused
from compendium.statistics import CONFIDENCE, finite
from compendium.words import plural

_MOST_LEVELS = 60
_FARTHEST = 15  # |log odds ratio| of a level, or of one SD of a number: beyond it lies separation
_STEPS, _CLOSE = 100, 1e-10  # Newton steps at most; a step at which it has arrived
_QUARTILES = (0.25, 0.5, 0.75)
_SEPARATED = "{} separates low from high values of the outcome, so its odds ratio has no estimate."


@dataclass(frozen=True, eq=False)
class Odds:
    """A proportional odds model.

    ``table``: term; estimate, the log odds ratio of a higher value; se, low, high (95 % Wald) and p
    of it. ``lr`` and ``lr_p``: likelihood ratio test of the columns asked together. ``splits``: log
    odds ratios of the columns asked in binary logits of being above the outcome's quartiles (NaN
    where separated): alike where odds are proportional.
    """

    table: pd.DataFrame
    lr: float
    lr_p: float
    splits: pd.DataFrame


def proportional_odds(y: np.ndarray, X: pd.DataFrame, asked: tuple[str, ...]) -> Odds:
    """The proportional odds model of an ordered outcome.

    Parameters
    ----------
    y : (n,) numbers without gaps, of which only the order is used. X : (n × p) without gaps, of
        full rank; its column "(constant)", where it has one, is left to the thresholds.
    asked : columns of X to test together.

    Returns
    -------
    Odds. se from the inverse of the observed information. Splits: y > quartile (R's type 7),
    each where it leaves two values. Checked against R: ordinal::clm, MASS::polr, lrtest.

    Raises
    ------
    ValueError : no patient, or a gap.
    DesignRefused : one level or more than 60; separation (|log odds ratio| above 15, per SD of a
        number, or an information matrix that cannot be inverted).
    """
    from scipy.stats import chi2, norm

    y, _ = finite("the outcome", y), finite("the columns", X)
    X = X.drop(columns=CONSTANT, errors="ignore").astype(float)
    levels, places = np.unique(y, return_inverse=True)
    if not 2 <= len(levels) <= _MOST_LEVELS:
        said = f"the outcome has {plural(len(levels), 'level')}; odds are modelled for 2 to"
        raise DesignRefused(f"{said} {_MOST_LEVELS}.", len(y))
    beta, covariance, top = _fitted(places, X)
    se = np.sqrt(np.diag(covariance))
    reach = norm.ppf((1 + CONFIDENCE) / 2) * se
    table = pd.DataFrame({
        "term": X.columns, "estimate": beta, "se": se, "low": beta - reach, "high": beta + reach,
        "p": 2 * norm.sf(np.abs(beta) / se),
    })
    lr = max(0.0, 2 * (top - _fitted(places, X.drop(columns=list(asked)))[2]))
    return Odds(table, lr, float(chi2.sf(lr, len(asked))), _splits(y, X, asked))


def _splits(y: np.ndarray, X: pd.DataFrame, asked) -> pd.DataFrame:
    found = {}
    for cut in dict.fromkeys(np.quantile(y, _QUARTILES)):
        if not (y > cut).any():
            continue
        try:
            beta = _fitted((y > cut).astype(int), X)[0]
        except DesignRefused:
            beta = np.full(X.shape[1], math.nan)
        found[float(cut)] = pd.Series(beta, X.columns)[list(asked)]
    return pd.DataFrame(found, index=list(asked)).T.rename_axis("above")


def _fitted(places: np.ndarray, X: pd.DataFrame):
    """Slopes, their covariance, log-likelihood. ``places``: 0 … levels − 1."""
    binary = X.isin((0.0, 1.0)).all().to_numpy()
    spread = np.where(binary, 1.0, X.std(ddof=0).to_numpy())
    A = ((X - X.mean()) / spread).to_numpy()
    shares = np.bincount(places).cumsum()[:-1] / len(places)
    at = np.concatenate([np.log(shares / (1 - shares)), np.zeros(A.shape[1])])
    k = len(shares)
    value, gradient, hessian = _likelihood(at, places, A, k)
    for _ in range(_STEPS):
        step = _solved(-hessian, gradient, len(places))
        reached = _likelihood(at + step, places, A, k)
        while not reached[0] >= value - 1e-9 * abs(value):  # too far: thresholds crossed
            step /= 2
            reached = _likelihood(at + step, places, A, k)
        at, (value, gradient, hessian) = at + step, reached
        far = np.abs(at[k:]) > _FARTHEST
        if far.any():
            raise DesignRefused(_SEPARATED.format(X.columns[far.argmax()]), len(places))
        if np.abs(step).max(initial=0) < _CLOSE:
            break
    else:
        raise DesignRefused("the likelihood has no maximum within reach.", len(places))
    covariance = _solved(-hessian, np.eye(len(at)), len(places))[k:, k:]
    return at[k:] / spread, covariance / np.outer(spread, spread), value


def _solved(information: np.ndarray, right: np.ndarray, n: int) -> np.ndarray:
    from scipy.linalg import cho_factor, cho_solve

    try:
        return cho_solve(cho_factor(information), right)
    except (np.linalg.LinAlgError, ValueError):  # not positive definite; not finite
        raise DesignRefused("the outcome's levels are separated; no odds ratio.", n) from None


def _likelihood(at: np.ndarray, places: np.ndarray, A: np.ndarray, k: int):
    """Log-likelihood, gradient and Hessian at k thresholds and the slopes.

    A patient's probability is F(b) − F(a) between the thresholds b above and a below, F logistic;
    written as F(b)·F(−a)·(1 − exp(a − b)) it loses no digits far out.
    """
    from scipy.special import expit, log_expit

    ends = np.concatenate([[-np.inf], at[:k], [np.inf]])
    if (np.diff(ends) <= 0).any():
        return -np.inf, None, None
    eta = A @ at[k:]
    below, above = ends[places] - eta, ends[places + 1] - eta
    gap = -np.expm1(ends[places] - ends[places + 1])  # 1 where there is no threshold on one side
    value = float((log_expit(above) + log_expit(-below) + np.log(gap)).sum())
    up = expit(-above) / (expit(-below) * gap)  # f(b)/P and f(a)/P
    down = expit(below) / (expit(above) * gap)
    n, size = len(places), len(at)
    U, D = np.zeros((n, size)), np.zeros((n, size))
    rows = np.arange(n)
    inside, outside = places < k, places > 0
    U[rows[inside], places[inside]] = 1
    D[rows[outside], places[outside] - 1] = 1
    U[:, k:], D[:, k:] = -A, -A
    gradient = U.T @ up - D.T @ down
    curved_up = up * (1 - 2 * expit(above)) - up**2
    curved_down = -down * (1 - 2 * expit(below)) - down**2
    cross = (U * (up * down)[:, None]).T @ D
    hessian = (U * curved_up[:, None]).T @ U + (D * curved_down[:, None]).T @ D + cross + cross.T
    return value, gradient, hessian
