"""Stability: would the phenotypes come back in other patients of the same kind?

Stability describes a partition; it never proves that groups exist. One severity continuum cut in
two by k-means is as stable as two groups are, so every number here is read beside what a continuum
gives (see ``continuum``).

Three resampling schemes, each replicate clustered anew with k-means++ starts, never warm ones (a
start at the reference solution makes any partition look stable):

bootstrap_oob       n patients drawn with replacement, as weights; patients *not* drawn go to the
                    nearest centroid and are compared with their reference labels (primary ARI).
subsample_80        80 % drawn without replacement, compared with their own reference labels.
                    Another estimand, higher as a rule; what most papers mean by resampled ARI.
bootstrap_distinct  the patients of the bootstrap draw, each once (``fpc::clusterboot`` with its
                    default multipleboot = FALSE): clusterwise Jaccard.

Replicate b draws its patients from ``SeedSequence(random_state, spawn_key=(scheme, b))`` and its
starts from ``(scheme, k, b)``: it can be rerun alone, more replicates keep the earlier ones, and
nothing depends on workers or on which k are asked for.

Adjusted Rand index: Hubert & Arabie, 10.1007/BF01908075. Clusterwise Jaccard: Hennig,
10.1016/j.csda.2006.11.025. Silhouette: Rousseeuw, 10.1016/0377-0427(87)90125-7.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.clustering import MAX_ITER, Phenotypes, fit
from compendium.problems import refuse_if

SCHEMES = ("bootstrap_oob", "subsample_80")  # those that give an ARI
JACCARD_SCHEME = "bootstrap_distinct"
# first spawn key of the patients drawn and of the starts; (2, …) belongs to the null draws
SPAWN = {"bootstrap_oob": (0, 1), "subsample_80": (3, 4), "bootstrap_distinct": (0, 5)}
SUBSAMPLE = 0.8
LARGE = 5_000  # patients above which work that grows with n² runs on a sample
SAMPLE_KEY = 6  # spawn key of that sample
TASK = 25  # replicates a worker takes at once
BLOCK = 1_000  # rows of the distance matrix held at once
PER_CLUSTER = 10  # patients a cluster must have on average before resampling means anything
DISSOLVED, RECOVERED, HIGHLY_STABLE = 0.5, 0.75, 0.85  # mean Jaccard, Hennig's words


@dataclass(frozen=True, eq=False)
class Silhouettes:
    """Silhouettes of several k.

    ``by_k``: k, silhouette (mean, −1 to 1, higher is better separated), smallest (patients in the
    smallest cluster), share_negative (nearer to another cluster), calinski_harabasz (≥ 0, higher
    is better), davies_bouldin (≥ 0, lower is better), inertia, n (patients the silhouette rests on;
    a seeded sample above 5,000). ``per_patient``: k, label, silhouette, in row order, no
    identifiers.
    """

    by_k: pd.DataFrame
    per_patient: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Resampled:
    """What came back in resampled patients.

    ``ari``: k, scheme, resample, ari. ``summary``: k, scheme, mean, sd, mc_error, resamples.
    ``jaccard``: k, cluster (label), phenotype, mean, sd, mc_error, status. ARI is 1 for equal
    partitions, 0 on average for unrelated ones, and may be negative; NaN where fewer than two
    patients could be compared. Jaccard is 0 to 1. mc_error = sd/√resamples: how far the mean may
    be from that of endless resampling; it is no interval for the population.
    """

    ari: pd.DataFrame
    jaccard: pd.DataFrame
    summary: pd.DataFrame


def fits(
    Z: pd.DataFrame,
    ks: Iterable[int],
    *,
    n_init: int = 50,
    random_state: int = 0,
    severity: pd.Series | None = None,
) -> dict[int, Phenotypes]:
    """The reference solution of every k, as ``clustering.fit`` gives it."""
    return {
        k: fit(Z, n_clusters=k, n_init=n_init, random_state=random_state, severity=severity)
        for k in ks
    }


def silhouettes(
    Z: pd.DataFrame, fits: Mapping[int, Phenotypes], *, random_state: int = 0
) -> Silhouettes:
    """Silhouettes of all k from one pass over the distances, and the usual indices beside them.

    s = (b − a)/max(a, b), a the mean distance to the own cluster, b to the nearest other; 0 for a
    cluster of one. Above 5,000 patients the silhouette is that of a seeded sample of 5,000.
    Checked against ``sklearn.metrics.silhouette_samples``.
    """
    from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

    rows = _sample(len(Z), random_state)
    each = _silhouette(Z.to_numpy(dtype=float)[rows], [f.labels[rows] for f in fits.values()])
    by_k, per_patient = [], []
    for (k, found), values in zip(fits.items(), each, strict=True):
        separated = calinski_harabasz_score(Z, found.labels), davies_bouldin_score(Z, found.labels)
        negative = (values < 0).mean()
        by_k.append(
            (k, values.mean(), min(found.sizes), negative, *separated, found.inertia, len(rows))
        )
        columns = {"k": k, "label": found.labels[rows], "silhouette": values}
        per_patient.append(pd.DataFrame(columns))
    names = "k silhouette smallest share_negative calinski_harabasz davies_bouldin inertia n"
    return Silhouettes(
        pd.DataFrame(by_k, columns=names.split()), pd.concat(per_patient, ignore_index=True)
    )


def resample(
    Z: pd.DataFrame,
    fits: Mapping[int, Phenotypes],
    *,
    n_resamples: int = 200,
    n_init: int = 10,
    random_state: int = 0,
    jobs: int | None = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Resampled:
    """Resampled ARI and clusterwise Jaccard of the reference solutions.

    Parameters
    ----------
    Z : (n × p) the features the fits were made on, scaled once; no gaps.
    fits : k → reference solution.
    n_init : k-means++ starts a replicate. One start understates stability most at large k.
    jobs : worker processes; None leaves it to joblib's ``parallel_config``. Same result with any.
    progress : called with (replicates done, replicates in all) after each task.

    Raises
    ------
    InputRefused : fewer than ten patients a cluster.

    ARI checked against ``sklearn.metrics.adjusted_rand_score``, Jaccard against sets and against
    ``fpc::clusterboot(multipleboot = FALSE)``.
    """
    from joblib import Parallel, delayed

    refuse_if(_too_small(len(Z), fits))
    values = np.ascontiguousarray(Z, dtype=float)
    tasks = [
        (scheme, k, b, min(b + TASK, n_resamples))
        for scheme in SPAWN for k in fits for b in range(0, n_resamples, TASK)
    ]  # fmt: skip
    running = Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_scores)(values, fits[task[1]].labels, task, n_init, random_state) for task in tasks
    )
    parts: dict[tuple[str, int], list[np.ndarray]] = {}
    done, total = 0, len(SPAWN) * len(fits) * n_resamples
    for (scheme, k, first, last), scores in zip(tasks, running, strict=True):
        parts.setdefault((scheme, k), []).append(scores)
        done += last - first
        if progress:
            progress(done, total)
    whole = {key: np.concatenate(scores) for key, scores in parts.items()}
    ari = _ari_table(whole, fits)
    return Resampled(ari, _jaccard_table(whole, fits), _summary(ari))


def adjusted_rand(
    reference: np.ndarray, labels: np.ndarray, inside: np.ndarray | None = None
) -> np.ndarray:
    """Adjusted Rand index of many partitions (B × n) against one reference (n,).

    ``inside`` (B × n) marks the patients compared; all by default. Returns (B,): 1 equal, about 0
    unrelated; NaN where fewer than two patients are compared.

    >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([[1, 1, 0, 0], [0, 1, 0, 1]])).tolist()
    [1.0, -0.5]
    """
    return _ari(_tables(reference, labels, inside))


def agreement(Z: pd.DataFrame, fit: Phenotypes, *, random_state: int = 0) -> pd.DataFrame:
    """Do other algorithms draw the same line?

    One row an algorithm (Ward's hierarchical clustering; Gaussian mixtures with one shared and with
    full covariances, ten starts): algorithm, ari against k-means, moved (share of patients in
    another group once the groups are matched as well as they can be, 0 to 1), sizes (in the order
    of the phenotypes they match), n. Ward needs all pairs: above 5,000 patients it sees a seeded
    sample of 5,000, and n says so. Agreement says that a line is easy to find, not that it is a
    border.
    """
    from threadpoolctl import threadpool_limits

    values, k = np.ascontiguousarray(Z, dtype=float), fit.n_clusters
    everybody, rows = np.arange(len(values)), _sample(len(values), random_state)
    with threadpool_limits(1):
        found = {
            "Ward": (rows, _ward(values[rows], k)),
            "Gaussian mixture, shared covariance": (
                everybody, _mixture(values, k, "tied", random_state),
            ),
            "Gaussian mixture, full covariances": (
                everybody, _mixture(values, k, "full", random_state),
            ),
        }  # fmt: skip
    records = [(name, *_compared(new, fit.labels[of], k)) for name, (of, new) in found.items()]
    return pd.DataFrame(records, columns=["algorithm", "ari", "moved", "sizes", "n"])


def _assignments(
    Z: np.ndarray, counts: np.ndarray, n_clusters: int, n_init: int, seeds: np.ndarray
) -> np.ndarray:
    """Labels (B × n, int8) of all patients in each of B replicates.

    The inner loop, and the only place that clusters a replicate. ``Z`` (n × p) C-contiguous
    float64; ``counts`` (B × n) how often each patient was drawn; ``seeds`` (B,) one RandomState
    seed a replicate. Replicate b is ``KMeans(n_clusters, n_init=n_init, tol=0,
    random_state=seeds[b])`` on the rows with a positive count, weighted by it; each patient, drawn
    or not, gets the nearest centroid, the lower number where two are equally near. Clusters are
    not put in order.
    """
    from sklearn import config_context
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    out = np.empty(counts.shape, dtype=np.int8)
    settings = {"n_init": n_init, "tol": 0, "max_iter": MAX_ITER, "copy_x": False}
    with (
        threadpool_limits(1),
        config_context(assume_finite=True, skip_parameter_validation=True),
        warnings.catch_warnings(),
    ):
        # a replicate of heavily tied patients may hold fewer distinct rows than clusters
        warnings.simplefilter("ignore", ConvergenceWarning)
        for b, drawn in enumerate(counts):
            rows = np.flatnonzero(drawn)
            model = KMeans(n_clusters, random_state=int(seeds[b]), **settings)
            centres = model.fit(Z[rows], sample_weight=drawn[rows].astype(float)).cluster_centers_
            # |z − c|² without |z|², which is the same for every centroid
            out[b] = ((centres**2).sum(axis=1) - 2 * Z @ centres.T).argmin(axis=1)
    return out


def _scores(
    Z: np.ndarray, reference: np.ndarray, task: tuple[str, int, int, int], n_init: int, seed: int
) -> np.ndarray:
    """ARI (B,) or Jaccard (B × k) of a range of replicates of one scheme and one k."""
    scheme, k, first, last = task
    keys = range(first, last)
    counts = np.stack([_drawn(scheme, len(Z), _sequence(seed, SPAWN[scheme][0], b)) for b in keys])
    seeds = [_sequence(seed, SPAWN[scheme][1], k, b).generate_state(1)[0] for b in keys]
    labels = _assignments(Z, counts, k, n_init, np.array(seeds))
    # out of the bag for the bootstrap; the patients drawn for the other two
    inside = counts == 0 if scheme == "bootstrap_oob" else counts > 0
    tables = _tables(reference, labels, inside)
    return _jaccard(tables) if scheme == JACCARD_SCHEME else _ari(tables)


def _sequence(random_state: int, *key: int) -> np.random.SeedSequence:
    return np.random.SeedSequence(random_state, spawn_key=key)


def _drawn(scheme: str, n: int, seed: np.random.SeedSequence) -> np.ndarray:
    """How often each of n patients is drawn (uint16)."""
    rng = np.random.default_rng(seed)
    if scheme == "subsample_80":
        counts = np.zeros(n, dtype=np.uint16)
        counts[rng.choice(n, size=round(SUBSAMPLE * n), replace=False)] = 1
        return counts
    counts = rng.multinomial(n, np.full(n, 1 / n)).astype(np.uint16)
    return np.minimum(counts, 1) if scheme == "bootstrap_distinct" else counts


def _tables(
    reference: np.ndarray, labels: np.ndarray, inside: np.ndarray | None = None
) -> np.ndarray:
    """Contingency tables (B × reference clusters × clusters) of the patients inside."""
    b, n = labels.shape
    inside = np.ones((b, n), dtype=bool) if inside is None else inside
    rows, columns = int(reference.max()) + 1, int(labels.max()) + 1
    cell = (np.arange(b)[:, None] * rows + reference) * columns + labels
    return np.bincount(cell[inside], minlength=b * rows * columns).reshape(b, rows, columns)


def _ari(tables: np.ndarray) -> np.ndarray:
    """ARI (B,) from pair counts, as scikit-learn defines it."""
    tables = tables.astype(float)  # products of pair counts outgrow integers at n = 50,000
    n = tables.sum(axis=(1, 2))
    together = (tables**2).sum(axis=(1, 2))
    in_reference = (tables.sum(axis=2) ** 2).sum(axis=1)
    in_labels = (tables.sum(axis=1) ** 2).sum(axis=1)
    both, only_reference, only_labels = together - n, in_reference - together, in_labels - together
    neither = n**2 - in_reference - in_labels + together
    top = 2 * (both * neither - only_reference * only_labels)
    bottom = (both + only_reference) * (only_reference + neither) + (both + only_labels) * (
        only_labels + neither
    )
    equal = (only_reference == 0) & (only_labels == 0)
    ari = np.where(equal, 1.0, top / np.where(equal, 1.0, bottom))
    return np.where(n < 2, np.nan, ari)


def _jaccard(tables: np.ndarray) -> np.ndarray:
    """Best Jaccard similarity of each reference cluster with a new one (B × k), 0 to 1."""
    union = tables.sum(axis=2, keepdims=True) + tables.sum(axis=1, keepdims=True) - tables
    return (tables / np.maximum(union, 1)).max(axis=2)


def _ari_table(whole: Mapping[tuple[str, int], np.ndarray], ks: Iterable[int]) -> pd.DataFrame:
    frames = []
    for k in ks:
        for scheme in SCHEMES:
            scores = whole[scheme, k]
            columns = {"k": k, "scheme": scheme, "resample": range(len(scores)), "ari": scores}
            frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)


def _summary(ari: pd.DataFrame) -> pd.DataFrame:
    grouped = ari.groupby(["k", "scheme"], sort=True)["ari"]
    out = grouped.agg(mean="mean", sd="std", resamples="count").reset_index()
    out.insert(4, "mc_error", out["sd"] / np.sqrt(out["resamples"]))
    return out


def _jaccard_table(
    whole: Mapping[tuple[str, int], np.ndarray], fits: Mapping[int, Phenotypes]
) -> pd.DataFrame:
    rows = []
    for k, found in fits.items():
        values = whole[JACCARD_SCHEME, k]
        for label, name in enumerate(found.names):
            mean, sd = values[:, label].mean(), values[:, label].std(ddof=1)
            rows.append((k, label, name, mean, sd, sd / np.sqrt(len(values)), _status(mean)))
    names = ["k", "cluster", "phenotype", "mean", "sd", "mc_error", "status"]
    return pd.DataFrame(rows, columns=names)


def _status(jaccard: float) -> str:
    if jaccard <= DISSOLVED:
        return "dissolved"
    if jaccard >= HIGHLY_STABLE:
        return "highly stable"
    return "recovered" if jaccard >= RECOVERED else "between dissolved and recovered"


def _too_small(n: int, ks: Iterable[int]) -> list[str]:
    return [
        f"Resampling {k} clusters needs at least {PER_CLUSTER * k} patients, and there are {n}; "
        f"leave out k = {k}."
        for k in ks
        if n < PER_CLUSTER * k
    ]


def _sample(n: int, random_state: int) -> np.ndarray:
    """All rows, or a sorted seeded sample of LARGE of them."""
    if n <= LARGE:
        return np.arange(n)
    rng = np.random.default_rng(_sequence(random_state, SAMPLE_KEY))
    return np.sort(rng.choice(n, size=LARGE, replace=False))


def _silhouette(values: np.ndarray, partitions: list[np.ndarray]) -> list[np.ndarray]:
    """Silhouette of every row in each partition; sums of distances come from one product."""
    from scipy.spatial.distance import cdist
    from threadpoolctl import threadpool_limits

    member = [np.eye(labels.max() + 1)[labels] for labels in partitions]
    with threadpool_limits(1):
        blocks = [
            cdist(values[i : i + BLOCK], values) @ np.hstack(member)
            for i in range(0, len(values), BLOCK)
        ]
    ends = np.cumsum([m.shape[1] for m in member])[:-1]
    sums = np.split(np.vstack(blocks), ends, axis=1)
    return [_from_sums(s, m) for s, m in zip(sums, member, strict=True)]


def _from_sums(sums: np.ndarray, member: np.ndarray) -> np.ndarray:
    """Silhouettes from the summed distances of each row to each cluster (n × k)."""
    own, sizes = member.astype(bool), member.sum(axis=0)
    companions = np.maximum(sizes[member.argmax(axis=1)] - 1, 1)
    a = sums[own] / companions
    # a cluster that the sample does not hold is nobody's nearest
    means = np.where(own | (sizes == 0), np.inf, sums / np.maximum(sizes, 1))
    b = means.min(axis=1)
    alone = sizes[member.argmax(axis=1)] == 1
    with np.errstate(invalid="ignore"):  # all rows alike: 0/0, worth 0
        s = np.nan_to_num((b - a) / np.maximum(a, b))
    return np.where(alone, 0.0, s)


def _ward(values: np.ndarray, n_clusters: int) -> np.ndarray:
    from sklearn.cluster import AgglomerativeClustering

    return AgglomerativeClustering(n_clusters, linkage="ward").fit_predict(values)


def _mixture(values: np.ndarray, n_clusters: int, covariance: str, seed: int) -> np.ndarray:
    from sklearn.mixture import GaussianMixture

    settings = {"covariance_type": covariance, "n_init": 10, "max_iter": 500, "random_state": seed}
    return GaussianMixture(n_clusters, **settings).fit_predict(values)


def _compared(labels: np.ndarray, reference: np.ndarray, k: int) -> tuple[float, float, str, int]:
    """ARI, share moved, sizes in the order of the reference, and n."""
    from scipy.optimize import linear_sum_assignment

    table = np.zeros((k, k), dtype=int)
    np.add.at(table, (reference, labels), 1)
    rows, columns = linear_sum_assignment(table, maximize=True)
    ari = float(_ari(table[None])[0])
    moved = 1 - table[rows, columns].sum() / len(labels)
    return ari, moved, " / ".join(str(n) for n in table.sum(axis=0)[columns]), len(labels)
