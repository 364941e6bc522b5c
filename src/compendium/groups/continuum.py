"""Are these groups, or one severity continuum cut in two?

k-means cuts anything, and a cut through one elongated cloud is as repeatable as two groups are.
So how clustered the data look (`measures`) is set beside what cohorts *without* groups give
(`nulls`: A one Gaussian, B the observed margins and correlations, C one severity continuum, L a
smoother one), each made to pass through the same z-scoring and the same k-means, and the p values
alone decide what may be said (`ladder`). How repeatable the division is stands beside the same
cohorts (`bands`), to be seen; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd

from compendium.data.columns import SIGNS
from compendium.groups import bands, ladder, measures, nulls
from compendium.groups.draws import beside_draws, of_draws
from compendium.groups.known_truth import Limit
from compendium.groups.measures import CUT, DIP, PER_K
from compendium.groups.mixtures import MIXTURE_COLUMNS, compare_mixtures
from compendium.groups.unimodal import UNIFORM_SAMPLES, dip, dip_p_value
from compendium.phenotypes import kmeans
from compendium.phenotypes.clustering import Clustering
from compendium.problems import refuse_if
from compendium.seeds import sample

AXES = ("main course", "centroid axis")  # the first is `nulls.course`, the severity of null C
OBSERVED = 7  # first seed key of the observed fits
_MIXTURES = 99  # most samples of one Gaussian


@dataclass(frozen=True, eq=False)
class Continuum:
    """What the comparison with cohorts without groups gave.

    ``verdict``: rung and sentence. ``p_values``: null, statistic, p, at (the k, or the number of
    the component, where the observed value stands out most). ``by_k``: k, null, statistic,
    observed, mean, low, high (95 % of the null draws). ``dip``: axis, dip, p, p_holm, reference,
    n_draws, valley_to_peak, ashman_d. ``axis``: position on the main course and on the centroid
    axis, a row a patient tested, for drawing. ``rows``: their places in Z; ``n``: their number,
    a seeded sample of a large cohort. ``copula_difference``: largest difference between the
    correlations of the data and the mean ones of null B's twins.
    """

    verdict: ladder.Verdict
    p_values: pd.DataFrame
    by_k: pd.DataFrame
    dip: pd.DataFrame
    axis: pd.DataFrame = field(repr=False)
    rows: np.ndarray = field(repr=False)
    n: int
    n_draws: int
    copula_difference: float


@dataclass(frozen=True, eq=False)
class Examination:
    """``test``: the verdict and its p values. ``beside``: k, null, statistic, observed, mean, low,
    high, n_draws of silhouette, cluster index, resampled ARI, smallest Jaccard and prediction
    strength, observed and in the null draws (low to high: 95 % of n_draws cohorts of each null).
    ``mixtures``: one Gaussian against two (:func:`mixtures.compare_mixtures`), supporting only;
    empty where it was not asked for."""

    test: Continuum
    beside: pd.DataFrame
    mixtures: pd.DataFrame


def examine(
    found: Clustering,
    ks: Iterable[int],
    *,
    n_draws: int,
    n_bands: int,
    alpha: float = 0.05,
    detection_limit: Limit | None = None,
    supporting: bool = True,
) -> Examination:
    """The verdict on a cohort, and its stability beside that of cohorts without groups.

    Parameters
    ----------
    found : whose z-scores are tested. ks : numbers of clusters, judged together.
    n_draws, n_bands : cohorts drawn from each null for the test, and for the bands of the resampled
        indices, which cost a resampling each.
    alpha : level of the verdict. detection_limit : from a power curve at this size, or None.
    supporting : whether one Gaussian is set against two.

    Raises
    ------
    InputRefused : a missing value, a constant column, too few patients or features.
    """
    ks, random_state = sorted(set(ks)), found.random_state
    test = assess(
        found.Z, signs_of(found), ks, n_draws=n_draws, random_state=random_state, alpha=alpha,
        detection_limit=detection_limit,
    )
    values = nulls.zscore(found.Z.to_numpy(float)[test.rows])
    prepared = reference_nulls(values, test.axis[AXES[0]].to_numpy(), random_state)
    repeatable = bands.bands(values, prepared, ks, n_bands=n_bands, random_state=random_state)
    beside = [test.by_k.assign(n_draws=n_draws), repeatable.assign(n_draws=n_bands)]
    mixtures = pd.DataFrame(columns=MIXTURE_COLUMNS.split())
    mixtures.attrs["reason"] = "One Gaussian was not set against two."
    if supporting:
        most = min(n_draws, _MIXTURES)
        mixtures = compare_mixtures(values, n_draws=most, random_state=random_state)
    return Examination(test, pd.concat(beside, ignore_index=True), mixtures)


def assess(
    Z: pd.DataFrame,
    signs: np.ndarray,
    ks: list[int],
    *,
    n_draws: int,
    random_state: int = 0,
    alpha: float = 0.05,
    detection_limit: Limit | None = None,
) -> Continuum:
    """The test alone, of features Z (n × p) in any unit; arguments otherwise as in `examine`.

    ``signs`` (p,): direction of worsening, see `signs_of`. They turn the main course; the p
    values do not depend on them.
    """
    values = _checked(Z, ks)
    rows = sample(len(values), random_state)
    values = nulls.zscore(values[rows])
    t = main_course(values, signs)
    prepared = reference_nulls(values, t, random_state)
    data, axes, label = _observed(values, t, ks, (random_state, OBSERVED))
    statistic, noun = partial(measures.statistics_of, ks=ks), "batches of null draws tested"
    draws = of_draws(statistic, prepared, n_draws, random_state, task=25, noun=noun)
    p_values, dips = _p_values(data, draws, ks), _dips(axes, label, data[DIP], draws["C"][:, DIP])
    verdict = ladder.verdict(
        _evidence(p_values, dips), alpha=alpha, detection_limit=detection_limit,
        valley=float(dips.loc[dips["p_holm"].idxmin(), "valley_to_peak"]), n_draws=n_draws,
    )
    return Continuum(
        verdict, p_values, _by_k(data, draws, ks), dips, axes, rows, len(rows), n_draws,
        prepared["B"].largest_difference,
    )


def signs_of(found: Clustering) -> np.ndarray:
    """1 or −1 towards worse for each feature (p,), 0 where it has no direction."""
    return np.array([SIGNS.get(found.codebook[name].worse, 0.0) for name in found.Z])


def main_course(values: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """Position (n,) of z-scores (n × p) along their course (`nulls.course`), rising with severity.
    """
    t = nulls.course(values)
    return t if (t - t.mean()) @ (values @ signs) >= 0 else -t


def reference_nulls(values: np.ndarray, t: np.ndarray, random_state: int) -> dict:
    """Every null of z-scores (n × p) with severity t (n,), by its letter."""
    return {
        "A": nulls.gaussian(values),
        "B": nulls.copula(values, random_state),
        **nulls.severity_continuum(values, t, random_state, "CL"),
    }


def _checked(Z: pd.DataFrame, ks: list[int]) -> np.ndarray:
    """Z as an array (n × p) that can be tested, or what is wrong with it."""
    few = any(size < least for size, least in zip(Z.shape, nulls.SMALLEST, strict=True))
    sentence = "At least {} patients and {} features are needed to look for groups."
    problems = [sentence.format(*nulls.SMALLEST)] * few
    refuse_if(problems + ["Every k must be 2 or more."] * (min(ks) < 2))
    return kmeans.check_matrix(Z, max(ks))


def _observed(values, t, ks, key) -> tuple[np.ndarray, pd.DataFrame, np.ndarray]:
    """The observed statistics by the procedure of the draws, the two axes, and the labels of k = 2
    that made the second."""
    label = measures.cluster_fits(values, key, [2])[0][2]
    across = measures.centroid_axis(values, label)
    across = across if (t - t.mean()) @ across >= 0 else -across
    axes = pd.DataFrame(dict(zip(AXES, (t, across), strict=True)))
    return measures.statistics_of(values, key, ks), axes, label


def _p_values(data, draws, ks) -> pd.DataFrame:
    """maxT p values; k, or which component, where the observed value stands out most."""
    rows = []
    for name, values in draws.items():
        for statistic, at in measures.columns(ks).items():
            p, best = measures.max_t(data[at], values[:, at])
            rows.append((name, statistic, p, best + 1 if statistic == CUT else ks[best]))
    return pd.DataFrame(rows, columns=["null", "statistic", "p", "at"])


def _evidence(p_values, dips) -> ladder.Evidence:
    """What the ladder needs: both indices must speak, or the cut, which shares their level."""
    p = p_values.set_index(["null", "statistic"])["p"]
    both = {null: float(max(p[null, s] for s in PER_K)) for null in "BCL"}
    either = {null: min(1.0, 2 * min(both[null], float(p[null, CUT]))) for null in "BL"}
    gap = float(dips["p_holm"].min())
    return ladder.Evidence(either["B"], both["C"], either["L"], gap, both["B"])


def _by_k(data, draws, ks) -> pd.DataFrame:
    """Observed beside the null bands; the cluster index with its own sign (lower = tighter)."""
    at, signs = measures.columns(ks), dict.fromkeys(PER_K, 1.0) | {"cluster index": -1.0}

    def signed(rows: np.ndarray) -> dict[str, np.ndarray]:
        return {statistic: sign * rows[..., at[statistic]] for statistic, sign in signs.items()}

    return beside_draws(signed(data), {name: signed(rows) for name, rows in draws.items()}, ks)


def _dips(axes, label, centroid_dip, null_dips) -> pd.DataFrame:
    """The two dips with their p values, Holm over both."""
    from statsmodels.stats.multitest import multipletests

    ys = [axes[name].to_numpy() for name in AXES]
    p = [dip_p_value(ys[0]), measures.monte_carlo_p(centroid_dip, null_dips)]
    return pd.DataFrame({
        "axis": AXES,
        "dip": [dip(ys[0]), centroid_dip],
        "p": p,
        "p_holm": multipletests(p, method="holm")[1],
        "reference": ["uniform law", "null C"],
        "n_draws": [UNIFORM_SAMPLES, len(null_dips)],
        "valley_to_peak": [measures.valley_to_peak(y) for y in ys],
        "ashman_d": [measures.ashman_d(y, label) for y in ys],
    })
