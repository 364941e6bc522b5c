"""How much would it take? An adjusted difference against what was not measured and against chance.

E-value: how strongly something unmeasured would have to go with both phenotype and outcome to
explain a difference away. Sample size: how many patients a smaller true difference would need. And
where only an estimate, its interval and the sizes of two groups are published, what they imply. An
E-value is no probability that such a thing exists, and it says nothing of selection, of error in
the outcome, or of labels that were estimated.

References: VanderWeele & Ding 2017 (10.7326/M16-2607, E-value); Chinn 2000 (effect sizes as odds);
Cohen 1988 (power from a partial correlation).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from compendium.regression.outcome_models import Models
from compendium.statistics import t_interval
from compendium.words import known

_PER_SD = 0.91  # log risk ratio of one residual SD (VanderWeele & Ding)
_POWERS = (0.8, 0.9)
_MOST = 1_000_000  # patients beyond which a number of them means nothing


def e_values(models: Models) -> list[dict[str, float]]:
    """The E-value of the primary outcome's described model, most severe against mildest phenotype;
    none where no difference was estimated."""
    return [e_value(r["estimate"], r["low"], r["high"], r["resid_sd"]) for r in _last(models)]


def needed(models: Models, alpha: float) -> pd.DataFrame:
    """Patients a study would need to see half of the same difference, by power: as
    :func:`sample_sizes` gives them; empty where no difference was estimated."""
    for r in _last(models):
        return sample_sizes(r["partial_r"], int(r["n_parameters"]), alpha=alpha)
    nothing = pd.DataFrame(columns=["power", "share", "alpha", "n", "note"])
    nothing.attrs["reason"] = "No difference was estimated."
    return nothing


def e_value(estimate: float, low: float, high: float, resid_sd: float) -> dict[str, float]:
    """The E-value of a difference and of the end of its interval nearest to 0.

    Parameters
    ----------
    estimate, low, high, resid_sd : an adjusted difference, its interval, and the residual SD, in
        one unit.

    Returns
    -------
    dict: ``risk_ratio`` = exp(0.91·|estimate| / resid_sd), ≥ 1, the ratio the difference amounts
    to; ``e_value`` = RR + √(RR·(RR − 1)), ≥ 1: something unmeasured would have to be so many times
    as frequent in one phenotype, and raise the risk of a poor outcome as many times, to explain all
    of it; ``e_value_interval``: the same for the end nearest to 0, 1 where the interval holds 0.
    NaN where a number is missing or the SD is not positive.

    R's EValue::evalues.OLS forms the interval anew, as exp(0.91·d ± 1.78·se); here its end is that
    of the interval given.

    >>> {name: round(value, 2) for name, value in e_value(-3.84, -5.41, -2.27, 8.2).items()}
    {'risk_ratio': 1.53, 'e_value': 2.43, 'e_value_interval': 1.89}
    """
    if not (known(estimate, low, high, resid_sd) and resid_sd > 0):
        return dict.fromkeys(("risk_ratio", "e_value", "e_value_interval"), math.nan)
    nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    ratio = math.exp(_PER_SD * abs(estimate) / resid_sd)
    bound = math.exp(_PER_SD * nearest / resid_sd)
    return {"risk_ratio": ratio, "e_value": _e(ratio), "e_value_interval": _e(bound)}


def sample_sizes(partial_r: float, n_parameters: int, *, share: float = 0.5,
                 alpha: float = 0.05) -> pd.DataFrame:
    """Patients a study would need to see a share of the difference.

    Parameters
    ----------
    partial_r : partial correlation of label and outcome in the model at hand, in (−1, 1).
    n_parameters : parameters of that model, the constant included.
    share : the true difference as a share of the estimated one; half of it, since estimates that
        were published or selected tend to be too large.
    alpha : two-sided level.

    Returns
    -------
    DataFrame, one row a power (0.8, 0.9): power, share, alpha, n, the smallest whole number of
    complete patients with at least that power (missing above a million, and where there is
    no partial_r), note. See :func:`power`.
    """
    rows = [_size(partial_r, n_parameters, share, alpha, goal) for goal in _POWERS]
    return pd.DataFrame(rows).astype({"n": "Int64"})


def power(partial_r: float, n: int, n_parameters: int, *, share: float = 1.0,
          alpha: float = 0.05) -> float:
    """The power of the t test of one coefficient in a model of n patients.

    With f = share · r/√(1 − r²), the test statistic follows Student's t with n − n_parameters
    degrees of freedom and noncentrality f·√n, and its square F (exact for normal residuals of one
    variance and the mix of covariates observed). NaN without a degree of freedom, or where |r| is
    not below 1. Equal to R's pt(ncp =), both tails together.

    >>> round(power(0.22, 454, 9), 3)
    0.998
    """
    from scipy.stats import f, ncf

    df = n - n_parameters
    if df < 1 or not abs(partial_r) < 1:
        return math.nan
    square = n * (share * partial_r) ** 2 / (1 - partial_r**2)
    # as F: scipy's noncentral t is NaN for some large shifts; its noncentral F is wrong at none
    return float(ncf.sf(f.isf(alpha, 1, df), 1, df, square)) if square > 0 else alpha


def implied(published: Mapping, n_parameters: int = 2) -> dict[str, float]:
    """What an adjusted difference of two groups implies, where only its interval is published.

    Parameters
    ----------
    published : estimate, low, high (95 % t interval), and the ``sizes`` of the groups (reference,
        compared), all of whose patients are in the model.
    n_parameters : of the model; 2 (constant and label) where the covariates are unknown.

    Returns
    -------
    dict: ``se`` = (high − low) / (2 t), t the 97.5 % quantile with df = n − n_parameters;
    ``resid_sd`` = se / √(1/n_reference + 1/n_compared), an upper limit where covariates go with the
    label (exact where they do not, and the spread is equal); ``partial_r`` = T/√(T² + df) with
    T = estimate/se; ``auc`` = Φ(|estimate| / (√2 · resid_sd)), the chance that of two patients, one
    of each group and alike in the covariates, the outcome tells which is which (0.5: never better
    than a coin). NaN where the interval has no width.

    >>> paper = {"estimate": -3.84, "low": -5.41, "high": -2.27, "sizes": (288, 166)}
    >>> {name: round(v, 2) for name, v in implied(paper).items()}
    {'se': 0.8, 'resid_sd': 8.2, 'partial_r': -0.22, 'auc': 0.63}
    """
    from scipy.stats import norm

    estimate, low, high = (published[name] for name in ("estimate", "low", "high"))
    sizes = published["sizes"]
    df = sum(sizes) - n_parameters
    if not (high > low and df >= 1 and min(sizes) >= 1):
        return dict.fromkeys(("se", "resid_sd", "partial_r", "auc"), math.nan)
    se = (high - low) / (2 * float(t_interval(0.0, 1.0, df)[1]))
    resid_sd = se / math.sqrt(sum(1 / n for n in sizes))
    ratio = estimate / se
    return {
        "se": se, "resid_sd": resid_sd, "partial_r": ratio / math.sqrt(ratio**2 + df),
        "auc": float(norm.cdf(abs(estimate) / (math.sqrt(2) * resid_sd))),
    }


def _last(models: Models) -> list[dict]:
    """The row of the described model's most severe phenotype, where it has numbers."""
    table = models.table
    rows = table["outcome"].isin(table["outcome"][:1]) & (table["model"] == models.described)
    return [r for r in table[rows].to_dict("records")[-1:] if known(r["partial_r"], r["resid_sd"])]


def _e(ratio: float) -> float:
    return ratio + math.sqrt(ratio * (ratio - 1))


def _size(partial_r, n_parameters: int, share: float, alpha: float, goal: float) -> dict:
    def enough(n: int) -> bool:
        return power(partial_r, n, n_parameters, share=share, alpha=alpha) >= goal

    row = {"power": goal, "share": share, "alpha": alpha, "n": pd.NA, "note": ""}
    few, many = n_parameters, _MOST
    if not enough(many):
        why = f"more than {_MOST:,} patients" if abs(partial_r) < 1 else "no partial correlation"
        return row | {"note": f"Not computed: {why}."}
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if enough(middle) else (middle, many)
    return row | {"n": many}
