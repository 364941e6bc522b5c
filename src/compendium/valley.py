"""Is there a valley? Whether patients thin out between two groups along one axis.

Two axes: the first principal component, which no clustering chose, and the line joining the two
k-means centroids. k-means cuts where the valley would be, so a dip on that line may only be judged
against draws that repeat the choice (`continuum` does), never against a table.

Dip: `unimodal`. Ashman's D (means in units of the groups' SD): cutting one Gaussian in two already
gives 2.65, so D > 2 is no sign of groups once k-means has chosen them.
"""

import numpy as np

ASHMAN_OF_ONE_GAUSSIAN = 2.65  # √2 · 2√(2/π) / √(2 (1 − 2/π)): one Gaussian cut at its mean
GRID = 512  # points at which a density is evaluated
SHALLOW = 0.05  # share of the highest peak that a valley must be deep


def first_component(Z: np.ndarray) -> np.ndarray:
    """Scores (n,) on the first principal component of z-scores (n × p), sign arbitrary."""
    return leading_components(Z, 1)[:, 0]


def leading_components(Z: np.ndarray, most: int) -> np.ndarray:
    """Scores (n × at most ``most``) on the principal components of largest variance, in order."""
    return Z @ np.linalg.eigh(np.cov(Z, rowvar=False))[1][:, ::-1][:, :most]


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
    at = np.linspace(y.min() - 3 * width, y.max() + 3 * width, GRID)
    density = np.exp(-0.5 * ((at[:, None] - y) / width) ** 2).sum(axis=1)
    left, right = (np.maximum.accumulate(d) for d in (density, density[::-1]))
    shore = np.minimum(left, right[::-1])
    floor = (shore - density).argmax()
    if shore[floor] - density[floor] < SHALLOW * density.max():
        return 1.0
    return float(density[floor] / shore[floor])
