"""Are these groups, or one severity continuum cut in two?

k-means cuts anything, and a cut through one elongated cloud is as repeatable as two groups are.
So how clustered the data look (`null_statistics`) is drawn beside what cohorts *without* groups
give (`nulls`: A one Gaussian, B the observed margins and correlations, C one severity continuum,
L a smoother one), each made to pass through the same z-scoring and the same k-means, and the p
values alone decide what may be said (`ladder`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from compendium.groups import bands as null_bands
from compendium.groups import known_truth, ladder, measures, mixtures, nulls
from compendium.groups.known_truth import Limit
from compendium.groups.measures import (
    CUT,
    DIP,
    PER_K,
    cluster_fits,
    columns,
    max_t,
    monte_carlo_p,
    statistics_of,
    statistics_of_draws,
)
from compendium.groups.unimodal import UNIFORM_SAMPLES, dip, dip_p_value
from compendium.problems import refuse_if
from compendium.seeds import sample

AXES = ("main course", "centroid axis")  # the first is `nulls.course`, the severity of null C
OBSERVED = 7  # first seed key of the observed fits
_BAND = (0.025, 0.975)  # quantiles of the null bands
_SIGNS = {"high": 1.0, "low": -1.0, "none": 0.0, "": 0.0}


@dataclass(frozen=True, eq=False)
class Continuum:
    """What the comparison with cohorts without groups gave.

    ``verdict``: rung and sentence. ``p_values``: null, statistic, p, at (the k, or the number of
    the component, where the observed value stands out most). ``by_k``: k, null, statistic,
    observed, mean, low, high (95 % of the null draws). ``dip``: axis, dip, p, p_holm, reference,
    n_draws, valley_to_peak, ashman_d. ``axis``: position on the main course and on the centroid
    axis, a row a patient tested, for drawing. ``rows``: their places in Z. ``n``: patients tested,
    a seeded sample where ``n_all`` is larger; ``copula_difference``: largest difference between the
    correlations of the data and the mean ones of null B's twins.
    """

    verdict: ladder.Verdict
    p_values: pd.DataFrame
    by_k: pd.DataFrame
    dip: pd.DataFrame
    axis: pd.DataFrame = field(repr=False)
    rows: np.ndarray = field(repr=False)
    n: int
    n_all: int
    n_draws: int
    copula_difference: float


def assess(
    Z: pd.DataFrame,
    *,
    orientation: Mapping[str, str] | pd.Series,
    ks: Iterable[int] = range(2, 6),
    n_draws: int = 999,
    n_init: int = 10,
    random_state: int = 0,
    alpha: float = 0.05,
    detection_limit: known_truth.Limit | None = None,
    sensitivity: bool = False,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Continuum:
    """Groups, or one severity continuum? The data beside three kinds of cohort without groups.

    Parameters
    ----------
    Z : (n, p) features, n ≥ 20, p ≥ 2, no missing values, no constant column; any unit (z-scored
        here with ddof 1).
    orientation : feature -> "high", "low" or "none", the direction of worsening; or the severity of
        every patient. It turns the main course; the p values do not depend on it.
    ks : numbers of clusters judged together. n_draws : cohorts drawn from each null.
    n_init : k-means++ starts, the same for the data and for every draw.
    alpha : level of the verdict. detection_limit : from a power curve at this size, or None.
    sensitivity : draws null S too; it enters no verdict.
    jobs : workers; the result is the same for any number. progress : called with (done, all).

    Returns
    -------
    Continuum

    Raises
    ------
    InputRefused : a missing value, a constant column, too few patients or features.
    """
    values, ks = _checked(Z, ks), sorted(set(ks))
    rows = sample(len(values), random_state)
    values = nulls.zscore(values[rows])
    t = along_axes(values, _severity(Z, values, orientation, rows))
    prepared = reference_nulls(values, t, random_state, "CLS" if sensitivity else "CL")
    data, axes = _observed(values, t, ks, n_init, random_state)
    draws = statistics_of_draws(
        prepared,
        ks,
        n_draws=n_draws,
        n_init=n_init,
        random_state=random_state,
        jobs=jobs,
        progress=progress,
    )
    p_values, dips = _p_values(data, draws, ks), _dips(axes, data[DIP], draws["C"][:, DIP])
    return Continuum(
        ladder.verdict(
            _evidence(p_values, dips), alpha=alpha, detection_limit=detection_limit,
            valley=float(dips.loc[dips["p_holm"].idxmin(), "valley_to_peak"]), n_draws=n_draws,
        ),
        p_values, _by_k(data, draws, ks), dips,
        axes.drop(columns="label"), rows, len(values), len(Z), n_draws,
        prepared["B"].largest_difference,
    )


def along_axes(values: np.ndarray, severity: np.ndarray) -> np.ndarray:
    """Position (n,) of z-scores (n × p) along their course (`nulls.course`), rising with severity.
    """
    t = nulls.course(values)
    return t if (t - t.mean()) @ (severity - severity.mean()) >= 0 else -t


def reference_nulls(values: np.ndarray, t: np.ndarray, random_state: int, laws: str = "CL") -> dict:
    """Every null of z-scores (n × p) with severity t (n,), by its letter: A, B and ``laws``."""
    return {
        "A": nulls.gaussian(values),
        "B": nulls.copula(values, random_state),
        **nulls.severity_continuum(values, t, random_state, laws),
    }


def _checked(Z, ks) -> np.ndarray:
    """Z as an array (n × p) that can be tested, or what is wrong with it."""
    names, values = list(getattr(Z, "columns", range(np.shape(Z)[1]))), np.asarray(Z, float)
    problems = []
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        problems = [f"Row {row + 1}, column {names[column]}: no finite number; fill or leave out."]
    elif constant := [str(c) for c, x in zip(names, values.T, strict=True) if np.ptp(x) == 0]:
        problems = [f"Column {c} is constant: leave it out." for c in constant]
    if len(values) < 20 or values.shape[1] < 2:
        problems.append("At least 20 patients and 2 features are needed to look for groups.")
    refuse_if(problems + ["Every k must be 2 or more."] * (min(ks) < 2))
    return values


def _severity(Z, values, orientation, rows) -> np.ndarray:
    """Mean oriented z of the patients tested, or the severity given for them."""
    if isinstance(orientation, pd.Series):
        return orientation.to_numpy(float)[rows]
    return values @ np.array([_SIGNS[orientation[c]] for c in Z.columns])


def _observed(values, t, ks, n_init, random_state) -> tuple[np.ndarray, pd.DataFrame]:
    """The observed statistics by the procedure of the draws, and the two axes."""
    key = (random_state, OBSERVED)
    label = cluster_fits(values, [2], n_init, key)[0][2]
    across = measures.centroid_axis(values, label)
    across = across if (t - t.mean()) @ across >= 0 else -across
    axes = dict(zip(AXES, (t, across), strict=True))
    return statistics_of(values, ks, n_init, key), pd.DataFrame(axes | {"label": label})


def _p_values(data, draws, ks) -> pd.DataFrame:
    """maxT p values; k, or which component, where the observed value stands out most."""
    rows = []
    for name, values in draws.items():
        for statistic, at in columns(ks).items():
            p, best = max_t(data[at], values[:, at])
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
    """Observed beside the null band; the cluster index with its own sign (lower = tighter)."""
    rows = []
    for name, values in draws.items():
        for statistic in PER_K:
            at = columns(ks)[statistic]
            sign = -1.0 if statistic == "cluster index" else 1.0
            for k, seen, null in zip(ks, sign * data[at], sign * values[:, at].T, strict=True):
                rows.append((k, name, statistic, seen, null.mean(), *np.quantile(null, _BAND)))
    names = ["k", "null", "statistic", "observed", "mean", "low", "high"]
    return pd.DataFrame(rows, columns=names)


def _dips(axes, centroid_dip, null_dips) -> pd.DataFrame:
    """The two dips with their p values, Holm over both."""
    ys, label = [axes[a].to_numpy() for a in AXES], axes["label"].to_numpy()
    p = [dip_p_value(ys[0]), monte_carlo_p(centroid_dip, null_dips)]
    return pd.DataFrame(
        {
            "axis": AXES,
            "dip": [dip(ys[0]), centroid_dip],
            "p": p,
            "p_holm": ladder.holm(p),
            "reference": ["uniform law", "null C"],
            "n_draws": [UNIFORM_SAMPLES, len(null_dips)],
            "valley_to_peak": [measures.valley_to_peak(y) for y in ys],
            "ashman_d": [measures.ashman_d(y, label) for y in ys],
        }
    )


# One cohort beside cohorts without groups: the test, and every stability index with its bands.
#
# `continuum` decides, `null_bands` shows. Both see the same z-scores, the same severity axis and
# the same reference nulls, and run in the workers of `workers`.

_MIXTURES = 99  # most samples of one Gaussian


@dataclass(frozen=True, eq=False)
class Examination:
    """``test``: the verdict and its p values (:class:`continuum.Continuum`). ``beside``: k, null,
    statistic, observed, mean, low, high, n_draws of silhouette, cluster index, resampled ARI,
    smallest Jaccard and prediction strength, observed and in the null draws (low to high: 95 % of
    n_draws cohorts of each null). ``mixtures``: one Gaussian against two
    (:func:`mixtures.compare_mixtures`), supporting only; None where it was not asked for."""

    test: Continuum
    beside: pd.DataFrame
    mixtures: pd.DataFrame | None


def examine(
    Z: pd.DataFrame,
    *,
    orientation: Mapping[str, str],
    ks: Iterable[int],
    n_draws: int,
    n_bands: int,
    random_state: int,
    alpha: float = 0.05,
    detection_limit: Limit | None = None,
    supporting: bool = True,
    progress: Callable[[str], Callable[[int, int], None]] | None = None,
) -> Examination:
    """The verdict on a cohort, and its stability beside that of cohorts without groups.

    Parameters
    ----------
    Z : (n × p) features without gaps. orientation : feature -> high, low or none.
    ks : numbers of clusters. n_draws, n_bands : cohorts drawn from each null for the test, and for
        the bands of the resampled indices, which cost a resampling each.
    supporting : whether one Gaussian is set against two.
    progress : called with a noun, gives a function of (done, all).

    Returns
    -------
    Examination; the same for any number of workers.
    """
    told = progress or (lambda noun: None)
    common = {"ks": list(ks), "random_state": random_state, "jobs": None}
    test = assess(
        Z, orientation=orientation, n_draws=n_draws, alpha=alpha, detection_limit=detection_limit,
        progress=told("batches of null draws tested"), **common,
    )
    values = nulls.zscore(Z.to_numpy(float)[test.rows])
    t = test.axis[AXES[0]].to_numpy()
    prepared = reference_nulls(values, t, random_state)
    bands = null_bands.bands(
        values, prepared, m_bands=n_bands,
        progress=told("batches of null draws resampled"), **common,
    )
    columns = ["k", "null", "statistic", "observed", "mean", "low", "high", "n_draws"]
    tested = test.by_k.assign(n_draws=n_draws)
    bands = bands.rename(columns={"index": "statistic"}).assign(n_draws=n_bands)
    beside = pd.concat([tested[columns], bands[columns]], ignore_index=True)
    if not supporting:
        return Examination(test, beside, None)
    compared = mixtures.compare_mixtures(
        values, n_draws=min(n_draws, _MIXTURES), random_state=random_state,
        progress=told("batches of Gaussian samples fitted"),
    )
    return Examination(test, beside, compared)
