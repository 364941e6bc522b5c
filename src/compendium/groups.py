"""One cohort beside cohorts without groups: the test, and every stability index with its bands.

`continuum` decides, `null_bands` shows. Both see the same z-scores, the same severity axis and the
same reference nulls, and run in the workers of `workers`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from compendium import continuum, mixtures, null_bands, nulls
from compendium.power import Limit

MIXTURES = 99  # most samples of one Gaussian


@dataclass(frozen=True, eq=False)
class Examination:
    """``test``: the verdict and its p values (:class:`continuum.Continuum`). ``beside``: k, null,
    statistic, observed, mean, low, high, n_draws of silhouette, cluster index, resampled ARI,
    smallest Jaccard and prediction strength, observed and in the null draws (low to high: 95 % of
    n_draws cohorts of each null). ``mixtures``: one Gaussian against two
    (:func:`mixtures.compared`), supporting only; None where it was not asked for."""

    test: continuum.Continuum
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
    test = continuum.assess(
        Z, orientation=orientation, n_draws=n_draws, alpha=alpha, detection_limit=detection_limit,
        progress=told("batches of null draws tested"), **common,
    )  # fmt: skip
    values = nulls.zscore(Z.to_numpy(float)[test.rows])
    t = test.axis[continuum.AXES[0]].to_numpy()
    prepared = continuum.reference_nulls(values, t, random_state)
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
    compared = mixtures.compared(
        values, n_draws=min(n_draws, MIXTURES), random_state=random_state,
        progress=told("batches of Gaussian samples fitted"),
    )  # fmt: skip
    return Examination(test, beside, compared)
