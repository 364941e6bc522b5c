"""Four schemes: who is drawn, how every draw is clustered, and whether one half predicts the other.

Each replicate is clustered anew from k-means++ starts, never from the reference solution (a warm
start makes any partition look stable):

bootstrap_oob       n patients drawn with replacement, as weights; patients *not* drawn go to the
                    nearest centroid and are compared with their reference labels.
bootstrap_distinct  the patients of the same draw, each once (``fpc::clusterboot`` with its default
                    multipleboot = FALSE), compared among themselves.
subsample_80        80 % drawn without replacement, compared among themselves.
halves              a random half; replicate 2h + 1 is the other half of replicate 2h.

Seeds: replicate b draws its patients from the stream (scheme, b) of ``seeds`` (one draw a pair of
halves), and its starts from ("starts", k, b), the same in every scheme. So any replicate can be
rerun alone, more replicates keep the earlier ones, and nothing depends on workers, on how
replicates are parted, or on which k are asked for.
"""

from __future__ import annotations

import numpy as np

from compendium import seeds
from compendium.phenotypes import kmeans
from compendium.stability.indices import contingency

OUT_OF_BAG, DISTINCT = "bootstrap_oob", "bootstrap_distinct"
SUBSAMPLE, HALVES = "subsample_80", "halves"
_SHARE = 0.8  # of the patients in a subsample


def replicates(
    Z: np.ndarray, n_clusters: int, scheme: str, part: range, *, n_init: int, random_state: int
) -> tuple[np.ndarray, np.ndarray]:
    """A range of replicates of a scheme on Z (n × p, no gaps), from ``n_init`` starts each.

    Returns
    -------
    counts (B × n), how often each patient was drawn, and labels (B × n, int8) of *all* patients,
    drawn or not, each by the nearest centroid. Clusters are in no particular order.
    """
    counts = drawn(scheme, random_state, part, len(Z))
    fits = kmeans.replicate_labels(
        Z, counts, n_clusters, n_init=n_init, random_state=random_state, replicates=part
    )
    return counts, fits.labels


def drawn(scheme: str, random_state: int, part: range, n: int) -> np.ndarray:
    """How often each of n patients is drawn in every replicate of a range: (B × n) uint16."""
    if scheme == OUT_OF_BAG:
        return kmeans.bootstrap_counts(random_state, part, n)
    if scheme == DISTINCT:
        return np.minimum(kmeans.bootstrap_counts(random_state, part, n), 1)
    counts = np.zeros((len(part), n), np.uint16)
    for row, b in zip(counts, part, strict=True):
        pair, second = divmod(b, 2) if scheme == HALVES else (b, 0)
        order = seeds.generator(random_state, scheme, pair).permutation(n)
        size = n // 2 if scheme == HALVES else round(_SHARE * n)
        row[order[size:] if second else order[:size]] = 1
    return counts


def who_is_compared(scheme: str, counts: np.ndarray) -> np.ndarray:
    """Whose labels are compared (B × n): out of bag those not drawn, else the drawn."""
    return counts == 0 if scheme == OUT_OF_BAG else counts > 0


def prediction_strengths(labels: np.ndarray, counts: np.ndarray, n_clusters: int) -> np.ndarray:
    """How well the centroids of one half predict the clusters of the other.

    Parameters
    ----------
    labels : (2H × n) of all patients by the centroids of half r; rows 2h and 2h + 1 belong to the
        two halves of split h. counts : (2H × n), who is in half r.

    Returns
    -------
    (H,) 0 to 1: in each half the smallest share, over its clusters, of pairs of patients that the
    other half's centroids keep together; mean of both directions. 1 = always the same groups; the
    usual threshold is 0.8. A cluster of one patient has no pairs and counts as kept.

    Tibshirani & Walther, 10.1198/106186005X59243. Checked pair by pair and against
    ``fpc::prediction.strength``.

    >>> labels = np.array([[0, 0, 1, 1, 0, 1], [1, 1, 0, 0, 1, 0]])
    >>> prediction_strengths(labels, np.array([[1, 0, 1, 0, 1, 1], [0, 1, 0, 1, 0, 0]]), 2).tolist()
    [1.0]
    """
    by_other = labels.reshape(-1, 2, labels.shape[1])[:, ::-1].reshape(labels.shape)
    table = contingency(by_other, labels, counts > 0, n_clusters)  # by the other half × own
    sizes = table.sum(axis=1)
    together = (table * (table - 1)).sum(axis=1)
    kept = np.where(sizes > 1, together / np.maximum(sizes * (sizes - 1), 1), 1.0)
    return kept.min(axis=1).reshape(-1, 2).mean(axis=1)
