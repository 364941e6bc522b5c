"""Effect sizes of two groups, each with its interval and p.

Ordered grades: Cliff's δ with the Brunner–Munzel interval. Measured values: Hedges' g with a BCa
bootstrap interval, and Welch's difference. Direction is always compared minus reference.

References: Cliff 1993; Brunner & Munzel 2000; Hedges 1981; Efron 1987 (BCa).
"""

from __future__ import annotations

import math
import warnings
from contextlib import contextmanager

import numpy as np

CONFIDENCE = 0.95  # of every interval in the compendium
FEW = 10  # below which the Brunner–Munzel approximation is rough


def hedges_g(compared: np.ndarray, reference: np.ndarray, axis: int = -1) -> np.ndarray:
    """Difference of means over the pooled SD, with the small-sample factor 1 − 3 / (4N − 9).

    Vectorised along ``axis`` for resampling; NaN where neither group varies. Equal to pingouin's.

    >>> round(float(hedges_g(np.array([1.0, 2, 3]), np.array([3.0, 4, 5]))), 3)
    -1.6
    """
    nx, ny = compared.shape[axis], reference.shape[axis]
    squares = (nx - 1) * compared.var(axis, ddof=1) + (ny - 1) * reference.var(axis, ddof=1)
    pooled = np.sqrt(squares / (nx + ny - 2))
    shift = compared.mean(axis) - reference.mean(axis)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(pooled > 0, shift / pooled, np.nan) * (1 - 3 / (4 * (nx + ny) - 9))


def cliffs_delta(compared: np.ndarray, reference: np.ndarray) -> tuple[float, float, float, float]:
    """Cliff's δ with its Brunner–Munzel interval and p.

    Returns
    -------
    (δ, low, high, p): 1 when every compared value is above every reference value, −1 when below,
    0 when neither side is favoured; the interval is cut at ±1. With complete separation the
    variance is zero: low and high are NaN and p is exact, the share of all relabellings that
    separate the groups as well. Checked against R by hand and scipy.stats.brunnermunzel.

    >>> cliffs_delta(np.array([1.0, 2, 2]), np.array([3.0, 4, 4]))[0]
    -1.0
    """
    from scipy.stats import brunnermunzel, t

    over, under = _placements(compared, reference), _placements(reference, compared)
    delta = 2 * float(over.mean()) - 1
    if abs(delta) == 1:
        return delta, math.nan, math.nan, _separation_p(compared, reference)
    a, b = over.var(ddof=1) / over.size, under.var(ddof=1) / under.size
    df = (a + b) ** 2 / (a**2 / (over.size - 1) + b**2 / (under.size - 1))
    reach = 2 * float(t.ppf((1 + CONFIDENCE) / 2, df)) * math.sqrt(a + b)
    p = float(brunnermunzel(reference, compared).pvalue)
    return delta, max(-1.0, delta - reach), min(1.0, delta + reach), p


def fisher_interval(r: float, n: float) -> tuple[float, float]:
    """The 95 % interval of a correlation by Fisher's z; NaN where |r| = 1 or n ≤ 3.

    >>> [round(end, 3) for end in fisher_interval(0.5, 28)]
    [0.156, 0.736]
    """
    from scipy.stats import norm

    if not (abs(r) < 1 - 1e-12 and n > 3):
        return math.nan, math.nan
    reach = norm.ppf((1 + CONFIDENCE) / 2) / math.sqrt(n - 3)
    return math.tanh(math.atanh(r) - reach), math.tanh(math.atanh(r) + reach)


def ordinal(compared: np.ndarray, reference: np.ndarray) -> dict:
    """The effect of two groups of ordered grades, with the method and what to know about it.

    Parameters
    ----------
    compared, reference : arrays of shape (n,), no gaps, two values or more each; not all equal.

    Returns
    -------
    dict: ``effect`` (Cliff's δ in [−1, 1]), ``low``, ``high``, ``p``, as :func:`cliffs_delta`
    gives them; ``method``; ``note``, "" where there is nothing to know.

    >>> ordinal(np.array([1, 1, 2, 3]), np.array([4, 4, 5, 5]))["note"]
    'The phenotypes do not overlap: no interval exists, p is exact.'
    """
    delta, low, high, p = cliffs_delta(compared, reference)
    method, note = "Cliff's δ; Brunner–Munzel 95 % interval and p", ""
    if abs(delta) == 1:
        method = "Cliff's δ; exact permutation p"
        note = "The phenotypes do not overlap: no interval exists, p is exact."
    elif min(compared.size, reference.size) < FEW:
        note = f"Fewer than {FEW} values in a phenotype: interval and p are rough."
    return {"effect": delta, "low": low, "high": high, "p": p, "method": method, "note": note}


def continuous(compared: np.ndarray, reference: np.ndarray, n_boot: int, rng) -> dict:
    """The effect of two groups of measured values, in SD and in their own unit.

    Parameters
    ----------
    compared, reference : arrays of shape (n,), no gaps, two values or more each; one of them must
        vary. Sort them where the interval must not depend on the order of patients.
    n_boot, rng : resamples of the bootstrap, and its numpy Generator.

    Returns
    -------
    dict: ``effect`` (Hedges' g in SD) with ``low``, ``high`` by BCa bootstrap, by percentiles
    where BCa is undefined; ``difference`` of means in the values' unit with Welch's interval
    ``difference_low``, ``difference_high`` and ``p``; ``method``; ``note``. Checked against R:
    t.test, boot.ci.

    >>> mild, severe = np.array([6.0, 7, 8, 9, 9]), np.array([3.0, 4, 4, 5, 7])
    >>> found = continuous(severe, mild, n_boot=100, rng=np.random.default_rng(0))
    >>> round(found["difference"], 3), found["effect"] < 0
    (-3.2, True)
    """
    import pingouin

    with _full_precision():
        welch = pingouin.ttest(compared, reference, correction=True).iloc[0]
    low, high, interval, note = _bootstrapped(compared, reference, n_boot, rng)
    return {
        "effect": float(pingouin.compute_effsize(compared, reference, eftype="hedges")),
        "low": low, "high": high, "p": float(welch["p_val"]), "note": note,
        "difference": float(compared.mean() - reference.mean()),
        "difference_low": float(welch["CI95"][0]), "difference_high": float(welch["CI95"][1]),
        "method": f"Hedges' g; {interval} 95 % interval ({n_boot:,} resamples); Welch p",
    }  # fmt: skip


def _bootstrapped(compared, reference, n_boot: int, rng) -> tuple[float, float, str, str]:
    """BCa interval of g; ties count half in its bias correction (scipy's rule)."""
    from scipy.stats import bootstrap

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # a degenerate interval is seen below, by its value
        found = bootstrap((compared, reference), hedges_g, n_resamples=n_boot, method="BCa",
                          vectorized=True, confidence_level=CONFIDENCE, rng=rng)  # fmt: skip
    ends = tuple(map(float, found.confidence_interval))
    if np.isfinite(ends).all():
        return *ends, "BCa bootstrap", ""
    draws = found.bootstrap_distribution
    tail = (1 - CONFIDENCE) / 2
    low, high = map(float, np.nanquantile(draws, [tail, 1 - tail]))
    return low, high, "percentile bootstrap", "BCa is undefined here: percentile interval."


def _placements(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """For each x, the share of y below it, ties counted half."""
    y = np.sort(y)
    return (np.searchsorted(y, x, "left") + np.searchsorted(y, x, "right")) / (2 * y.size)


def _separation_p(x: np.ndarray, y: np.ndarray) -> float:
    # with the order kept, only "the lowest n of x's size" and its mirror image separate as well
    pooled = np.sort(np.concatenate([x, y]))
    extreme = sum(bool(pooled[size - 1] < pooled[size]) for size in (x.size, y.size))
    return extreme / math.comb(pooled.size, x.size)


@contextmanager
def _full_precision():
    """pingouin rounds intervals to two decimals unless told otherwise."""
    import pingouin

    kept = pingouin.options["round.column.CI95"]
    pingouin.options["round.column.CI95"] = None
    try:
        yield
    finally:
        pingouin.options["round.column.CI95"] = kept
