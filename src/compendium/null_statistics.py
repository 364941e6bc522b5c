"""How clustered a cohort looks, for the data and for every null draw by the very same procedure.

Statistics, larger = more clustered. For every k: −CI, the cluster index CI = W/T being the share of
the total sum of squares left within clusters (0 to 1; SigClust, 10.1198/016214508000000454), and
the mean silhouette S (−1 to 1; Rousseeuw, 10.1016/0377-0427(87)90125-7). All k are judged at once
by the largest standardised value (maxT), so trying several k costs nothing in level. Likewise, over
the three leading principal components: the share of a component's variance that its best cut in
two explains (`valley`), sharper than both where two groups lie along one line. And once: the dip on
the centroid axis. Monte-Carlo
p = (1 + draws at least as extreme) / (M + 1) (Phipson & Smyth, 10.2202/1544-6115.1585).

Seeds: draw m of null i from ``(2, i, m)``, its k-means starts from ``(2, i, m, k)``: any draw can
be made again alone, and nothing depends on workers or on which k are asked for.
"""

from collections.abc import Callable, Mapping

import numpy as np

from compendium import lloyd, nulls, valley
from compendium.indices import silhouettes_of_points
from compendium.unimodal import dip
from compendium.workers import each, parts

PER_K = ("cluster index", "silhouette")
CUT, DIP = "cut of a component", -1  # name of the third family; where the dip stands in a row
COMPONENTS = 3  # leading principal components that are cut
TASK = 25  # draws a worker takes at once
ROUNDING = 1e-13  # what is taken off squared distances, as a share of the largest square


def measured(Z: np.ndarray, ks: list[int], n_init: int, key: tuple[int, ...]) -> np.ndarray:
    """One row: −CI of every k, S of every k, the cut of each leading component, and the dip on the
    centroid axis of k = 2.

    ``key`` = (random_state, …) names the random starts; those of one k do not depend on the others.
    """
    labels, inertia = fits(Z, ks, n_init, key)
    index = [-inertia[k] / (Z**2).sum() for k in ks]
    partitions = np.stack([labels[k] for k in ks])
    widths = silhouettes_of_points(Z, partitions, _distances).mean(axis=1)
    cuts = [valley.cut_share(y) for y in valley.leading_components(Z, COMPONENTS).T]
    return np.array([*index, *widths, *cuts, dip(valley.centroid_axis(Z, labels[2]))])


def columns(ks: list[int]) -> dict[str, slice]:
    """Where the statistics that are judged together stand in a row of `measured`."""
    at = {s: slice(i * len(ks), (i + 1) * len(ks)) for i, s in enumerate(PER_K)}
    return at | {CUT: slice(2 * len(ks), DIP)}


def drawn(
    prepared: Mapping[str, object],
    ks: list[int],
    *,
    n_draws: int,
    n_init: int,
    random_state: int,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, np.ndarray]:
    """Statistics of all draws of every null, (M × columns) each."""
    todo = [(null, name, part, ks, n_init, random_state)
            for name, null in prepared.items() for part in parts(n_draws, TASK)]  # fmt: skip
    results = each(draw_statistics, todo, jobs=jobs, progress=progress, prefer="threads")
    found = {name: [] for name in prepared}
    for (_, name, *_), statistics in zip(todo, results, strict=True):
        found[name].append(statistics)
    return {name: np.vstack(rows) for name, rows in found.items()}


def draw_statistics(null, name: str, draws: range, ks, n_init: int, random_state: int):
    """Statistics of a range of draws (len × columns of `measured`): one task."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # last bits must not depend on the number of cores
        return np.array([
            measured(null.draw(nulls.generator(random_state, name, m)), ks, n_init,
                     (random_state, 2, nulls.NULLS.index(name), m))
            for m in draws
        ])  # fmt: skip


def max_t(observed: np.ndarray, draws: np.ndarray) -> tuple[float, int]:
    """One p value (0 < p ≤ 1) over all k, and the position of the k that stands out most.

    ``observed`` (K,), ``draws`` (M, K), larger = more clustered. Each k is standardised by the mean
    and SD of its M + 1 values, observed included; the largest is compared with the draws' largest.
    """
    pooled = np.vstack([observed, draws])
    spread = pooled.std(axis=0, ddof=1)
    t = (pooled - pooled.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    largest = t.max(axis=1)
    return p_value(largest[0], largest[1:]), int(t[0].argmax())


def p_value(observed: float, draws: np.ndarray) -> float:
    """Monte-Carlo p value, (1 + draws at least as large) / (M + 1): never 0."""
    return (1 + int((draws >= observed).sum())) / (len(draws) + 1)


def fits(Z, ks, n_init, key) -> tuple[dict, dict]:
    """Labels and inertia by k; k = 2 always, for its axis."""
    labels, inertia = {}, {}
    for k in {2, *ks}:
        uniforms = lloyd.starts(lloyd.generator(*key, k), n_init, k)
        labels[k], inertia[k] = lloyd.best_fit(Z, k, uniforms)
    return labels, inertia


def _distances(some: np.ndarray, Z: np.ndarray) -> np.ndarray:
    """Euclidean distances (r × n) of some rows of Z to all, from one matrix product."""
    squares = (Z**2).sum(axis=1)
    D = some @ Z.T
    D *= -2.0
    D += (some**2).sum(axis=1)[:, None]
    D += squares - ROUNDING * squares.max()  # so that a row and itself are not above 0
    return np.sqrt(np.maximum(D, 0.0, out=D), out=D)
