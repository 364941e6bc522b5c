"""Effect sizes of two groups, each with its interval and p.

Ordered grades: Cliff's δ with the Brunner–Munzel interval, and a permutation p. Measured values:
Hedges' g with a BCa bootstrap interval from ten patients in each group on (with five, such an
interval holds the truth in 80 to 91 %), below with Welch's; the difference of means with Welch's
interval and p. Direction is compared minus reference.

The permutation p is that of the rank-sum test. All values are ranked together, ties share their
mean rank (midranks), and S is the sum of the midranks of the compared group. Had the label no
bearing on the values, every way of giving it to as many patients would be equally likely: p is the
share of relabellings whose S lies at least as far from its mean as the observed one, so ties and
skewness need no approximation.

References: Cliff 1993; Brunner & Munzel 2000; Lehmann 1975 (midranks); Phipson & Smyth 2010
(10.2202/1544-6115.1585: one is added to both counts); Hedges 1981; Welch 1947; Efron 1987 and
Davison & Hinkley 1997 (BCa, and its acceleration for two samples).
"""

from __future__ import annotations

import math
import warnings
from itertools import combinations

import numpy as np

from compendium.seeds import generator
from compendium.statistics import CONFIDENCE, finite, hedges_g, t_interval

FEW = 10  # values in a group below which an interval that is exact for many only is rough
_ROUGH = f"Fewer than {FEW} values in a phenotype: the intervals are rough."
_DRAWN = 9_999  # relabellings drawn where they cannot all be counted
_ENUMERATED = 20_000  # relabellings up to which all are counted
_TOGETHER = 4_000_000  # numbers held at once


def cliffs_delta(compared: np.ndarray, reference: np.ndarray) -> tuple[float, float, float]:
    """Cliff's δ with its Brunner–Munzel interval; ValueError for a missing value, or none.

    Returns
    -------
    (δ, low, high): 1 when every compared value is above every reference value, −1 when below,
    0 when neither side is favoured; ties count half. Standard error from the placements (for each
    value the share of the other group below it), variances of the groups unequal, t with
    Satterthwaite's degrees of freedom; the interval is cut at ±1. With complete separation the
    variance is zero, and of one value there is none: low and high are NaN. Checked against R by
    hand.
    """
    compared, reference = finite("compared", compared), finite("reference", reference)
    over, under = _placements(compared, reference), _placements(reference, compared)
    delta = 2 * float(over.mean()) - 1
    error, df = _unequal_variances(over, under)
    if not error > 0:
        return delta, math.nan, math.nan
    low, high = t_interval(delta, 2 * error, df)
    return delta, max(-1.0, float(low)), min(1.0, float(high))


def ordinal(compared: np.ndarray, reference: np.ndarray, *, random_state: int = 0) -> dict:
    """The effect of two groups of ordered grades, with the method and what to know about it.

    Parameters
    ----------
    compared, reference : arrays of shape (n,), no gaps, two values or more each; not all equal.
    random_state : of the relabellings.

    Returns
    -------
    dict: ``effect`` (Cliff's δ in [−1, 1]) with ``low``, ``high``, as :func:`cliffs_delta` gives
    them; ``p`` by relabelling, which asks whether the label matters at all; ``method``; ``note``,
    "" where there is nothing to know.
    """
    delta, low, high = cliffs_delta(compared, reference)
    p, ways, exact = relabelled_p(compared, reference, random_state=random_state)
    interval, note = "Brunner–Munzel 95 % interval", ""
    if math.isnan(low):
        interval, note = "no interval", "The phenotypes do not overlap: δ has no interval."
    elif min(compared.size, reference.size) < FEW:
        note = _ROUGH
    test = "exact permutation p" if exact else "permutation p"
    return {
        "effect": delta, "low": low, "high": high, "p": p, "note": note,
        "method": f"Cliff's δ; {interval}; {test} ({ways:,} relabellings)",
    }


def continuous(compared: np.ndarray, reference: np.ndarray, n_boot: int, rng) -> dict:
    """The effect of two groups of measured values, in SD and in their own unit.

    Parameters
    ----------
    compared, reference : arrays of shape (n,), no gaps, two values or more each; one of them must
        vary. Sort them where the interval must not depend on the order of patients.
    n_boot, rng : resamples of each group within itself, and their numpy Generator.

    Returns
    -------
    dict: ``effect`` (Hedges' g in SD) with ``low``, ``high``; ``difference`` of means in the
    values' unit with ``difference_low``, ``difference_high`` and ``p`` by Welch's t test;
    ``method``; ``note``. From ten values in each group on, g has a BCa bootstrap interval
    (scipy's). Below, and where the bootstrap is degenerate (resamples without spread), it is
    Welch's, its ends in units of the pooled SD and with the small-sample factor of g, and ``note``
    says so. Checked against R: t.test, boot.ci.
    """
    from scipy.stats import t

    g, difference = float(hedges_g(compared, reference)), float(compared.mean() - reference.mean())
    error, df = _unequal_variances(compared, reference)
    welch = t_interval(difference, error, df)
    few = min(compared.size, reference.size) < FEW
    low, high = (math.nan, math.nan) if few else _bca_of_g(compared, reference, n_boot, rng)
    interval, note = f"BCa bootstrap 95 % interval ({n_boot:,} resamples)", ""
    if math.isnan(low):
        # g of a difference of one unit: what turns the difference into g
        per_unit = hedges_g(compared - compared.mean() + 1, reference - reference.mean())
        low, high = (float(per_unit * end) for end in welch)
        why = "Fewer than ten patients in a phenotype" if few else "Some resamples have no spread"
        interval = "Welch 95 % interval"
        note = f"{why}: the interval is Welch's, not a bootstrap one."
    return {
        "effect": g, "low": low, "high": high,
        "difference": difference, "difference_low": welch[0], "difference_high": welch[1],
        "p": math.nan if math.isnan(g) else 2 * float(t.sf(abs(difference) / error, df)),
        "method": f"Hedges' g; {interval}; Welch p", "note": note,
    }


def _bca_of_g(compared, reference, n_boot: int, rng) -> tuple[float, float]:
    """The BCa interval of Hedges' g of two groups; NaN where the bootstrap is degenerate."""
    from scipy.stats import bootstrap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a degenerate distribution: its interval is NaN
        ends = bootstrap(
            (compared, reference), hedges_g, n_resamples=n_boot, confidence_level=CONFIDENCE,
            batch=max(1, _TOGETHER // (compared.size + reference.size)), vectorized=True, rng=rng,
        ).confidence_interval
    return float(ends.low), float(ends.high)


def _unequal_variances(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Standard error of the difference of means, and Satterthwaite's degrees of freedom."""
    if min(x.size, y.size) < 2:
        return math.nan, math.nan
    a, b = x.var(ddof=1) / x.size, y.var(ddof=1) / y.size
    if a + b == 0:
        return 0.0, math.nan
    return math.sqrt(a + b), (a + b) ** 2 / (a**2 / (x.size - 1) + b**2 / (y.size - 1))


def _placements(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """For each x, the share of y below it, ties counted half."""
    y = np.sort(y)
    return (np.searchsorted(y, x, "left") + np.searchsorted(y, x, "right")) / (2 * y.size)


def relabelled_p(
    compared: np.ndarray, reference: np.ndarray, *, random_state: int = 0
) -> tuple[float, int, bool]:
    """Two-sided permutation p of the midrank sum S.

    Parameters
    ----------
    compared, reference : arrays of shape (n,), no gaps, one value or more each, in any order.
    random_state : seed, where not all relabellings are counted; the same for every pair of groups:
        p depends on the values alone, not on their order.

    Returns
    -------
    (p, relabellings, exact). S is as extreme as observed where it lies as far from its mean, or
    farther, on either side. Up to 20,000 possible relabellings: all are counted, the observed one
    among them, p = number as extreme / number of all, and exact is True. Beyond: 9,999 random
    ones, p = (1 + number as extreme) / 10,000. Twice the midranks are whole numbers, so equal
    deviations are found equal without a tolerance. Checked against R's coin (wilcox_test,
    distribution = "exact") and against enumeration. ValueError for a missing value, or none.
    """
    compared, reference = finite("compared", compared), finite("reference", reference)
    _, codes, tied = np.unique(
        np.concatenate([compared, reference]), return_inverse=True, return_counts=True
    )
    ranks = 2 * np.cumsum(tied) - tied + 1  # twice the midrank of each value that occurs
    n, ways = codes.size, math.comb(codes.size, compared.size)
    observed = _deviation(ranks[codes[: compared.size]].sum(), compared.size, n)
    size = min(compared.size, reference.size)  # the smaller group's sum deviates as much
    if ways <= _ENUMERATED:
        sums = np.array(list(combinations(ranks[codes], size))).sum(axis=1)
        return float((_deviation(sums, size, n) >= observed).mean()), ways, True
    rng, reached = generator(random_state, "relabellings"), 0
    step = max(1, _TOGETHER // len(tied))
    for first in range(0, _DRAWN, step):
        # how many of each value the label falls on: all that a relabelling can change
        fallen = rng.multivariate_hypergeometric(
            tied, size, size=min(step, _DRAWN - first), method="count"
        )
        reached += int((_deviation(fallen @ ranks, size, n) >= observed).sum())
    return (1 + reached) / (1 + _DRAWN), _DRAWN, False


def _deviation(sums, size: int, n: int):
    """How far twice a midrank sum of ``size`` of n patients lies from its mean: whole numbers."""
    return np.abs(sums - size * (n + 1))
