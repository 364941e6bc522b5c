"""The verdict: groups, or one severity continuum cut in two?

k-means cuts anything, and a cut through one elongated cloud is as repeatable as two groups are. So
the question is put to the data without clusters, in two ways, either of which is enough:

* Patients split more cleanly along one direction than cohorts of a *smooth continuum* do
  (`nulls.smooth_continuum`), and neither one peak nor a filled way between explains how they stand
  along it (`path`).
* Patients sit at two ends (`polarisation`).

rung 0   a smooth continuum explains the patients as well
rung 1   it does not, but one axis still does: with one peak of another form, or with two peaks and
         patients all the way between them
rung 2   groups, but with patients between them: several peaks along one axis
rung 3   groups with few patients between them: *kinds* of patients

Stability is no argument here, and "the split is a cut of a continuum" is never concluded: absence
of evidence stays absence. Groups may go with something that is known, such as the scanner: they
are looked for again within each category (:func:`within`).

Where it errs (``benchmarks/calibration.py``): groups that each spread along severity are often
missed; a steep course of the disease in which nearly every measure saturates can be taken for them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pandas as pd

from compendium.data.columns import SIGNS, Column
from compendium.groups import nulls
from compendium.groups.draws import BAND, of_draws
from compendium.groups.path import EVEN, FAMILIES, LatentPath, axis_of
from compendium.groups.polarisation import Polarisation, polarisation
from compendium.parallel import each
from compendium.phenotypes import kmeans
from compendium.phenotypes.clustering import Clustering
from compendium.problems import refuse_if
from compendium.seeds import sample
from compendium.statistics import monte_carlo_p

LEAST_OF_LEVEL = 30  # patients of a category that are centred by themselves
_COMPONENTS = 3  # leading principal components that are split
_WITHIN_DRAWS = 199  # simulated cohorts that a verdict within a category is set beside
_PATH_DRAWS = 99  # cohorts of each law of the path, and resamples of its density
_BINS = 26  # of the severity axis beside its band
_DETERMINED = 1e-9  # SD of a centred z-score below which nothing is left of it


@dataclass(frozen=True)
class Verdict:
    """What may be said at level ``alpha``.

    ``rung`` 0 to 3 (see the module); ``kinds``: whether it is 3. ``p_smooth``: p of the clean split
    under the smooth continuum, of ``n_draws`` simulated cohorts; ``component``: the direction
    (1: the largest) that splits most cleanly. ``polarisation``: whether patients sit at two ends.
    ``p_one_peak``, ``p_filled``: of ``n_path`` cohorts each; ``density``: patients in the middle
    half between the two centres along that direction, as a share of an even spread of all of them,
    ``density_low``, ``density_high`` its 95 % bootstrap interval. NaN at rung 0.
    ``within``: by category, the rung with features centred within its levels; asked where the rung
    is 2 or 3. ``n``: patients tested, a seeded sample of a large cohort.
    """

    rung: int
    p_smooth: float
    component: int
    polarisation: Polarisation
    p_one_peak: float
    p_filled: float
    density: float
    density_low: float
    density_high: float
    n: int
    n_draws: int
    n_path: int
    alpha: float
    within: dict[str, int] = field(default_factory=dict)
    kinds: bool = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "kinds", self.rung == 3)


def judge(
    Z: np.ndarray, worse: np.ndarray | None = None, *, n_draws: int, random_state: int = 0,
    alpha: float = 0.05,
) -> tuple[Verdict, pd.DataFrame]:
    """The verdict on features Z (n × p) in any unit, without gaps; nothing is asked within.

    ``worse`` (p,): 1 or −1 towards worse, 0 where a feature has no direction; it turns the axis of
    the spread, and the verdict does not depend on it. ``n_draws``: simulated cohorts of a smooth
    continuum.

    Also where the patients stand along the main severity axis, beside those cohorts; a row a bin:
    left, right (SDs from the mean), observed (patients), low, high (95 % of the cohorts).

    Raises
    ------
    InputRefused : a missing value, a constant column, fewer than 20 patients or 2 features.
    """
    values = _checked(Z)
    values = nulls.zscore(values[sample(len(values), random_state)])
    poles, smooth = polarisation(values), nulls.smooth_continuum(values, random_state)
    t = nulls.course(values, worse)
    # in round numbers: the farthest patient is not to be read off them
    edges = np.linspace(-1, 1, _BINS + 1) * np.ceil(4.4 * np.abs(_in_sd(t)).max()) / 4
    statistic = partial(_split_and_spread, edges=edges, worse=values.T @ t)
    noun = "batches of cohorts simulated"
    observed = statistic(values, ())
    draws = of_draws(statistic, smooth, n_draws, random_state, task=50, noun=noun)
    p, best = max_t(observed[:_COMPONENTS], draws[:, :_COMPONENTS])
    p_peak = p_filled = density = np.nan
    ends = np.nan, np.nan
    if p <= alpha or poles.found:
        path = LatentPath(axis_of(values, best))
        p_filled, p_peak = (path.p_value(family, _PATH_DRAWS, random_state) for family in FAMILIES)
        density, ends = path.density(), path.density_interval(_PATH_DRAWS, random_state)
    low, high = np.quantile(draws[:, _COMPONENTS:], BAND, axis=0)
    reached = rung(p, poles.found, p_peak, p_filled, ends[1], alpha)
    verdict = Verdict(
        reached, p, best + 1, poles, p_peak, p_filled, density, *ends, len(values), n_draws,
        _PATH_DRAWS, alpha,
    )
    spread = {"left": edges[:-1], "right": edges[1:], "observed": observed[_COMPONENTS:]}
    return verdict, pd.DataFrame(spread | {"low": low, "high": high})


def rung(
    p_smooth: float, polarised: bool, p_one_peak: float, p_filled: float, density_high: float,
    alpha: float,
) -> int:
    """How far the evidence reaches; NaN is no evidence.

    >>> rung(0.01, False, 0.01, 0.40, 0.5, alpha=0.05), rung(0.01, False, 0.01, 0.02, 0.1, 0.05)
    (1, 3)
    """
    split, refuted = p_smooth <= alpha, p_one_peak <= alpha and p_filled <= alpha
    if not (polarised or (split and refuted)):
        return int(split)
    return 3 if refuted and density_high < EVEN else 2


def within(
    found: Clustering, *, n_draws: int, alpha: float = 0.05
) -> dict[str, int]:
    """The rung with features centred within the levels of each known category, by its column name.

    Categories are the device and the categorical covariates of the codebook. A level of fewer than
    30 patients, and patients without a level, are centred together. A feature that the levels
    determine is left out. A category with one level has nothing to say.
    """
    Z, todo = found.Z.to_numpy(float), {}
    for column in categories(found):
        centred = centre(Z, found.data[column.name])
        if centred is None:
            continue
        varies = centred.std(axis=0) > _DETERMINED
        if varies.sum() >= nulls.SMALLEST[1]:
            todo[column.name] = centred[:, varies], n_draws, found.random_state, alpha
    return dict(zip(todo, each(_rung_of, [*todo.values()], "categories judged"), strict=True))


def _rung_of(Z: np.ndarray, n_draws: int, random_state: int, alpha: float) -> int:
    return judge(Z, n_draws=n_draws, random_state=random_state, alpha=alpha)[0].rung


def categories(found: Clustering) -> list[Column]:
    """The device and the categorical covariates."""
    book = found.codebook
    return [*book.devices, *(c for c in book.covariates if c.type == "category")]


def centre(Z: np.ndarray, category: pd.Series) -> np.ndarray | None:
    """Z (n × p) less the mean of each patient's level; None where no two levels can be told apart.
    """
    category = category.astype(object)
    large = category.where(category.map(category.value_counts()) >= LEAST_OF_LEVEL)
    if large.nunique() < 1 or (large.nunique() == 1 and large.notna().all()):
        return None
    level = pd.factorize(large)[0]  # −1: the others
    frame = pd.DataFrame(Z)
    return (frame - frame.groupby(level).transform("mean")).to_numpy()


def examine(
    found: Clustering, *, n_draws: int, alpha: float = 0.05
) -> tuple[Verdict, pd.DataFrame]:
    """The verdict on the patients' z-scores, repeated within every known category where it is
    groups (with at most 199 simulated cohorts, as it was calibrated, or ten a false alarm at
    ``alpha``). Parameters as for :func:`judge`."""
    settings = {"n_draws": n_draws, "random_state": found.random_state, "alpha": alpha}
    worse = np.array([SIGNS.get(found.codebook[name].worse, 0.0) for name in found.Z])
    verdict, spread = judge(found.Z.to_numpy(float), worse, **settings)
    if verdict.rung >= 2:
        fewer = min(n_draws, max(_WITHIN_DRAWS, round(10 / alpha)))
        verdict = replace(verdict, within=within(found, n_draws=fewer, alpha=alpha))
    return verdict, spread


def max_t(observed: np.ndarray, draws: np.ndarray) -> tuple[float, int]:
    """One p value (0 < p ≤ 1) over several statistics, and which stands out most.

    ``observed`` (K,), ``draws`` (M, K), larger = further from the null. Each is standardised by the
    mean and SD of its M + 1 values, observed included; the largest is compared with the draws'
    largest.
    """
    pooled = np.vstack([observed, draws])
    spread = pooled.std(axis=0, ddof=1)
    t = (pooled - pooled.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    largest = t.max(axis=1)
    return monte_carlo_p(largest[0], largest[1:]), int(t[0].argmax())


def cut_share(y: np.ndarray) -> float:
    """Share of the variance of y (n,) that its best cut in two explains.

    0 to 1; one Gaussian has 2/π = 0.64, a uniform law 0.75, two groups 4 SD apart about 0.81. The
    optimum over all cuts of the sorted values, so no random start enters.

    >>> float(cut_share(np.array([0.0, 0.0, 1.0, 1.0])))
    1.0
    """
    y = np.sort(y - y.mean())
    size = np.arange(1, len(y))
    between = np.cumsum(y)[:-1] ** 2 * len(y) / (size * (len(y) - size))
    return between.max() / (y @ y)


def _split_and_spread(Z: np.ndarray, key: tuple, edges, worse) -> np.ndarray:
    """How cleanly each leading component splits, and the patients in each bin of the main axis."""
    scores = nulls.leading_components(Z)
    splits = [cut_share(y) for y in scores[:, :_COMPONENTS].T]
    splits += [0.0] * (_COMPONENTS - len(splits))
    t = _in_sd(nulls.course_of(scores))
    return np.array([*splits, *np.histogram(t if t @ (Z @ worse) >= 0 else -t, edges)[0]])


def _in_sd(t: np.ndarray) -> np.ndarray:
    return (t - t.mean()) / t.std(ddof=1)


def _checked(Z) -> np.ndarray:
    """Z as an array (n × p) that can be tested, or what is wrong with it."""
    few = any(size < least for size, least in zip(np.shape(Z), nulls.SMALLEST, strict=True))
    sentence = "At least {} patients and {} features are needed to look for groups."
    refuse_if([sentence.format(*nulls.SMALLEST)] * few)
    return kmeans.check_matrix(pd.DataFrame(Z), 2)
