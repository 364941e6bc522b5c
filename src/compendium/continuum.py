"""Are these groups, or one severity continuum cut in two?

k-means cuts anything, and a cut through one elongated cloud is as repeatable as two groups are.
So how clustered the data look (`null_statistics`) is drawn beside what cohorts *without* groups
give (`nulls`: A one Gaussian, B the observed margins and correlations, C one severity continuum,
L a smoother one), each made to pass through the same z-scoring and the same k-means, and the p
values alone decide what may be said (`ladder`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from compendium import ladder, nulls, power, valley
from compendium.null_statistics import (
    CUT,
    DIP,
    PER_K,
    columns,
    drawn,
    fits,
    max_t,
    measured,
    p_value,
)
from compendium.problems import refuse_if
from compendium.sampling import sample
from compendium.unimodal import UNIFORM_SAMPLES, dip, dip_p_value

AXES = ("main course", "centroid axis")  # the first is `nulls.course`, the severity of null C
OBSERVED = 7  # first seed key of the observed fits
BAND = (0.025, 0.975)  # quantiles of the null bands
SIGNS = {"high": 1.0, "low": -1.0, "none": 0.0, "": 0.0}


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
    detection_limit: power.Limit | None = None,
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
    t = severity_axis(values, _severity(Z, values, orientation, rows))
    prepared = reference_nulls(values, t, random_state, "CLS" if sensitivity else "CL")
    data, axes = _observed(values, t, ks, n_init, random_state)
    draws = drawn(prepared, ks, n_draws=n_draws, n_init=n_init, random_state=random_state,
                  jobs=jobs, progress=progress)  # fmt: skip
    p_values, dips = _p_values(data, draws, ks), _dips(axes, data[DIP], draws["C"][:, DIP])
    return Continuum(
        ladder.verdict(
            _evidence(p_values, dips), alpha=alpha, detection_limit=detection_limit,
            valley=float(dips.loc[dips["p_holm"].idxmin(), "valley_to_peak"]), n_draws=n_draws,
        ),
        p_values, _by_k(data, draws, ks), dips,
        axes.drop(columns="label"), rows, len(values), len(Z), n_draws,
        prepared["B"].largest_difference,
    )  # fmt: skip


def severity_axis(values: np.ndarray, severity: np.ndarray) -> np.ndarray:
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
    return values @ np.array([SIGNS[orientation[c]] for c in Z.columns])


def _observed(values, t, ks, n_init, random_state) -> tuple[np.ndarray, pd.DataFrame]:
    """The observed statistics by the procedure of the draws, and the two axes."""
    key = (random_state, OBSERVED)
    label = fits(values, [2], n_init, key)[0][2]
    across = valley.centroid_axis(values, label)
    across = across if (t - t.mean()) @ across >= 0 else -across
    axes = dict(zip(AXES, (t, across), strict=True))
    return measured(values, ks, n_init, key), pd.DataFrame(axes | {"label": label})


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
                rows.append((k, name, statistic, seen, null.mean(), *np.quantile(null, BAND)))
    names = ["k", "null", "statistic", "observed", "mean", "low", "high"]
    return pd.DataFrame(rows, columns=names)


def _dips(axes, centroid_dip, null_dips) -> pd.DataFrame:
    """The two dips with their p values, Holm over both."""
    ys, label = [axes[a].to_numpy() for a in AXES], axes["label"].to_numpy()
    p = [dip_p_value(ys[0]), p_value(centroid_dip, null_dips)]
    return pd.DataFrame(
        {
            "axis": AXES,
            "dip": [dip(ys[0]), centroid_dip],
            "p": p,
            "p_holm": ladder.holm(p),
            "reference": ["uniform law", "null C"],
            "n_draws": [UNIFORM_SAMPLES, len(null_dips)],
            "valley_to_peak": [valley.valley_to_peak(y) for y in ys],
            "ashman_d": [valley.ashman_d(y, label) for y in ys],
        }
    )
