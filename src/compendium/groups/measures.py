"""How clustered a cohort looks, for the data and for every null draw by the very same procedure.

Statistics, larger = more clustered. For every k: −CI, the cluster index CI = W/T being the share of
the total sum of squares left within clusters (0 to 1; SigClust, 10.1198/016214508000000454), and
the mean silhouette S (−1 to 1; Rousseeuw, 10.1016/0377-0427(87)90125-7). All k are judged at once
by the largest standardised value (maxT), so trying several k costs nothing in level. Likewise, over
the three leading principal components: the share of a component's variance that its best cut in
two explains, sharper than both where two groups lie along one line. Monte-Carlo
p = (1 + draws at least as extreme) / (M + 1) (Phipson & Smyth, 10.2202/1544-6115.1585).

And once: is there a valley, where patients thin out between two groups along one axis? The dip
(`unimodal`) on the main course, which no clustering chose, and on the line that joins the centroids
of two clusters. k-means cuts where the valley would be, so a dip on that line may only be judged
against draws that repeat the choice, never against a table. Likewise Ashman's D, means in units of
the groups' SD: cutting one Gaussian in two already gives 2.65, so D > 2 is no sign of groups.

Seeds: the k-means starts of null draw m are the stream of the draw and k, ("nulls", i, m, k): any
draw can be made again alone, and nothing depends on workers or on which k are asked for.
"""

from __future__ import annotations

import numpy as np

from compendium import seeds
from compendium.groups.nulls import leading_components
from compendium.groups.unimodal import dip
from compendium.phenotypes import kmeans
from compendium.stability.indices import silhouettes_of_points

PER_K = ("cluster index", "silhouette")
CUT, DIP = "cut of a component", -1  # name of the third family; where the dip stands in a row
STARTS = 10  # k-means starts of every fit, of the data and of the draws
ASHMAN_OF_ONE_GAUSSIAN = 2.65  # √2 · 2√(2/π) / √(2 (1 − 2/π)): one Gaussian cut at its mean
_COMPONENTS = 3  # leading principal components that are cut
_ROUNDING = 1e-13  # what is taken off squared distances, as a share of the largest square
_GRID = 512  # points at which a density is evaluated
_SHALLOW = 0.05  # share of the highest peak that a valley must be deep


def statistics_of(Z: np.ndarray, key: tuple, ks: list[int]) -> np.ndarray:
    """One row: −CI of every k, S of every k, the cut of each leading component, and the dip on the
    centroid axis of k = 2.

    ``key`` = (random_state, …) names the random starts; those of one k do not depend on the others.
    """
    labels, inertia = cluster_fits(Z, key, ks)
    index = [-inertia[k] / (Z**2).sum() for k in ks]
    partitions = np.stack([labels[k] for k in ks])
    widths = silhouettes_of_points(Z, partitions, _distances).mean(axis=1)
    cuts = [cut_share(y) for y in leading_components(Z, _COMPONENTS).T]
    return np.array([*index, *widths, *cuts, dip(centroid_axis(Z, labels[2]))])


def columns(ks: list[int]) -> dict[str, slice]:
    """Where the statistics that are judged together stand in a row of `statistics_of`."""
    at = {s: slice(i * len(ks), (i + 1) * len(ks)) for i, s in enumerate(PER_K)}
    return at | {CUT: slice(2 * len(ks), DIP)}


def max_t(observed: np.ndarray, draws: np.ndarray) -> tuple[float, int]:
    """One p value (0 < p ≤ 1) over all k, and the position of the k that stands out most.

    ``observed`` (K,), ``draws`` (M, K), larger = more clustered. Each k is standardised by the mean
    and SD of its M + 1 values, observed included; the largest is compared with the draws' largest.
    """
    pooled = np.vstack([observed, draws])
    spread = pooled.std(axis=0, ddof=1)
    t = (pooled - pooled.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    largest = t.max(axis=1)
    return monte_carlo_p(largest[0], largest[1:]), int(t[0].argmax())


def monte_carlo_p(observed: float, draws: np.ndarray) -> float:
    """Monte-Carlo p value, (1 + draws at least as large) / (M + 1): never 0."""
    return (1 + int((draws >= observed).sum())) / (len(draws) + 1)


def cluster_fits(Z: np.ndarray, key: tuple, ks: list[int]) -> tuple[dict, dict]:
    """Labels and inertia by k; k = 2 always, for its axis."""
    labels, inertia = {}, {}
    for k in {2, *ks}:
        uniforms = kmeans.starts(seeds.generator(*key, k), STARTS, k)
        labels[k], inertia[k] = kmeans.best_fit(Z, k, uniforms)
    return labels, inertia


def centroid_axis(Z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Position (n,) along the line from the centroid of cluster 0 to that of cluster 1.

    In the unit of Z; 0 halfway between the centroids, where k-means cuts.
    """
    low, high = (Z[labels == c].mean(axis=0) for c in (0, 1))
    return (Z - (low + high) / 2) @ (high - low) / np.linalg.norm(high - low)


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


def ashman_d(y: np.ndarray, labels: np.ndarray) -> float:
    """Distance of two groups' means on one axis, √2·|m₁ − m₀| / √(s₀² + s₁²), 0 or more; NaN where
    a group has fewer than two patients.

    >>> y = np.array([0.0, 1.0, 5.0, 6.0])
    >>> round(ashman_d(y, np.array([0, 0, 1, 1])), 4)
    7.0711
    """
    low, high = y[labels == 0], y[labels == 1]
    if min(len(low), len(high)) < 2:
        return np.nan
    spread = np.sqrt(low.var(ddof=1) + high.var(ddof=1))
    return float(np.sqrt(2) * abs(high.mean() - low.mean()) / spread)


def valley_to_peak(y: np.ndarray) -> float:
    """Density on the floor of the deepest valley, over that of its lower shore.

    0 (nobody in between) to 1 (one hill only), of a Gaussian kernel density of y (n,) with
    Silverman's bandwidth 0.9 · min(SD, IQR / 1.34) · n^(−1/5). A dent shallower than a twentieth of
    the highest peak is no valley: a few patients far out make one. A description, no test.
    """
    low, high = np.quantile(y, [0.25, 0.75])
    width = 0.9 * min(y.std(ddof=1), (high - low) / 1.34 or np.inf) * len(y) ** -0.2
    at = np.linspace(y.min() - 3 * width, y.max() + 3 * width, _GRID)
    density = np.exp(-0.5 * ((at[:, None] - y) / width) ** 2).sum(axis=1)
    left, right = (np.maximum.accumulate(d) for d in (density, density[::-1]))
    shore = np.minimum(left, right[::-1])
    floor = (shore - density).argmax()
    if shore[floor] - density[floor] < _SHALLOW * density.max():
        return 1.0
    return float(density[floor] / shore[floor])


def _distances(some: np.ndarray, Z: np.ndarray) -> np.ndarray:
    """Euclidean distances (r × n) of some rows of Z to all, from one matrix product."""
    squares = (Z**2).sum(axis=1)
    D = some @ Z.T
    D *= -2.0
    D += (some**2).sum(axis=1)[:, None]
    D += squares - _ROUNDING * squares.max()  # so that a row and itself are not above 0
    return np.sqrt(np.maximum(D, 0.0, out=D), out=D)
