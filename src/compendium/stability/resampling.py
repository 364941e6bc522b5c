"""Stability: would the phenotypes come back in other patients of the same kind?

Stability describes a partition; it never proves that groups exist. One severity continuum cut in
two by k-means is as stable as two groups are, so every number here is read beside what a continuum
gives (see ``continuum``).

Everything comes from one pass of resampling (``schemes`` says who is drawn): the resampled ARI
under two schemes, which are different estimands and never mixed (out-of-bag patients of bootstraps,
primary; 80 % subsamples, higher as a rule, what most papers mean); clusterwise Jaccard over the
distinct patients of the bootstraps; prediction strength over random halves; and the certainty of
every patient. Silhouettes need no resampling.

Adjusted Rand index: Hubert & Arabie, 10.1007/BF01908075. Clusterwise Jaccard: Hennig,
10.1016/j.csda.2006.11.025. Prediction strength: Tibshirani & Walther, 10.1198/106186005X59243.
Silhouette: Rousseeuw, 10.1016/0377-0427(87)90125-7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from compendium.data.cohort import PER_CLUSTER
from compendium.parallel import each, parts
from compendium.phenotypes import kmeans
from compendium.phenotypes.clustering import Clustering, Phenotypes, fit
from compendium.problems import refuse_if
from compendium.seeds import sample
from compendium.stability import schemes
from compendium.stability.certainty import count_assignments, per_patient
from compendium.stability.indices import adjusted_rand, jaccard, silhouettes_of_points
from compendium.stability.schemes import DISTINCT, HALVES, OUT_OF_BAG, SUBSAMPLE

_SCHEMES = (OUT_OF_BAG, SUBSAMPLE)  # those that give an ARI
_SPLITS = 100  # random halves of the prediction strength
_TASK, _TOGETHER = 50, 4_000_000  # most replicates, and patients × replicates, a worker takes
RECOVERED = 0.75  # mean Jaccard from which a cluster is recovered, in Hennig's words
_DISSOLVED, _HIGHLY_STABLE = 0.5, 0.85
_SPREAD = ("mean", "sd", "mc_error")


@dataclass(frozen=True, eq=False)
class Silhouettes:
    """Silhouettes of several k.

    ``by_k``: k, silhouette (mean, −1 to 1, higher is better separated), smallest (patients in the
    smallest cluster), share_negative (nearer to another cluster), inertia, n (patients the
    silhouette rests on; a seeded sample above 5,000). ``per_patient``: k, label, silhouette, in row
    order, no identifiers.
    """

    by_k: pd.DataFrame
    per_patient: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Resampled:
    """What came back in resampled patients.

    ``ari``: k, scheme, resample, ari. ``summary``: k, scheme, mean, sd, mc_error, resamples.
    ``jaccard``: k, cluster (label), phenotype, mean, sd, mc_error, status.
    ``prediction_strength``: k, mean, sd, mc_error, halves (random splits in two).
    ``certainty``: one row a k and patient, see ``compendium.stability.certainty``.

    ARI is 1 for equal partitions, 0 on average for unrelated ones, and may be negative; NaN where
    nobody could be compared. Jaccard and prediction strength are 0 to 1. mc_error = sd/√resamples:
    how far the mean may be from that of endless resampling; it is no interval for the population.
    """

    ari: pd.DataFrame
    jaccard: pd.DataFrame
    summary: pd.DataFrame
    prediction_strength: pd.DataFrame
    certainty: pd.DataFrame = field(repr=False)


def fits(found: Clustering, ks: Iterable[int], *, n_init: int = 50) -> dict[int, Phenotypes]:
    """The reference solution of every k as ``clustering.fit`` gives it; that of ``found`` is its
    own."""
    own, settings = found.phenotypes, {"n_init": n_init, "random_state": found.random_state}
    return {
        k: own if k == own.n_clusters
        else fit(found.Z, n_clusters=k, severity=found.severity, **settings)
        for k in ks
    }


def silhouettes(found: Clustering, fits: Mapping[int, Phenotypes]) -> Silhouettes:
    """Silhouettes of all k from one matrix of distances.

    s = (b − a)/max(a, b), a the mean distance to the own cluster, b to the nearest other; 0 for a
    cluster of one. Above 5,000 patients the silhouette is that of a seeded sample of 5,000.
    """
    from scipy.spatial.distance import cdist
    from threadpoolctl import threadpool_limits

    Z, rows = found.Z.to_numpy(dtype=float), sample(len(found.Z), found.random_state)
    points, labels = Z[rows], np.stack([f.labels for f in fits.values()])
    by_k, per_patient = [], []
    with threadpool_limits(1):  # last bits must not depend on the number of cores
        widths = silhouettes_of_points(points, labels[:, rows], cdist)
        for (k, solution), own, s in zip(fits.items(), labels, widths, strict=True):
            of_patients = s.mean(), min(solution.sizes), (s < 0).mean()
            by_k.append((k, *of_patients, solution.inertia, len(rows)))
            per_patient.append(pd.DataFrame({"k": k, "label": own[rows], "silhouette": s}))
    names = "k silhouette smallest share_negative inertia n"
    return Silhouettes(
        pd.DataFrame(by_k, columns=names.split()), pd.concat(per_patient, ignore_index=True)
    )


def resample(
    found: Clustering,
    fits: Mapping[int, Phenotypes],
    *,
    n_resamples: int = 1000,
    n_init: int = 10,
) -> Resampled:
    """Everything that resampling says of the reference solutions, from one pass.

    Parameters
    ----------
    found : whose z-scores the fits were made on, scaled once. fits : k → reference solution.
    n_resamples : replicates of each scheme; prediction strength has 100 random halves beside them.
    n_init : k-means++ starts a replicate. One start understates stability most at large k.

    Raises
    ------
    InputRefused : fewer than ten patients a cluster, a gap or a constant column.

    ARI checked against ``sklearn.metrics.adjusted_rand_score``; Jaccard against sets and
    ``fpc::clusterboot(multipleboot = FALSE)``; prediction strength pair by pair and against
    ``fpc::prediction.strength``.
    """
    refuse_if(_too_small(len(found.Z), fits))
    values = kmeans.check_matrix(found.Z, max(fits))
    passes = dict.fromkeys((OUT_OF_BAG, SUBSAMPLE, DISTINCT), n_resamples) | {HALVES: 2 * _SPLITS}
    size = max(2, min(_TASK, _TOGETHER // len(values) // 2 * 2))  # both halves of a pair together
    todo = [
        (values, fits[k].labels, k, scheme, part, n_init, found.random_state)
        for scheme, total in passes.items()
        for k in sorted(fits, reverse=True)
        for part in parts(total, size)
    ]
    scores, tallies = {(scheme, k): [] for scheme in passes for k in fits}, dict.fromkeys(fits, 0)
    judged = each(_judged, todo, "batches of fits")
    for (_, _, k, scheme, *_), (score, tally) in zip(todo, judged, strict=True):
        scores[scheme, k].append(score)
        tallies[k] = tallies[k] + tally
    whole = {key: np.concatenate(part) for key, part in scores.items()}
    ari = _ari_table(whole, fits)
    sure = pd.concat([per_patient(k, tallies[k]) for k in fits], ignore_index=True)
    return Resampled(
        ari, _jaccard_table(whole, fits), _summary(ari), _strength_table(whole, fits), sure
    )


def by_number(shapes: Silhouettes, resampled: Resampled, **beside: pd.DataFrame) -> list[dict]:
    """A record for every k: its indices, ``ari`` by scheme, ``jaccard`` by cluster, and the records
    of each frame ``beside`` that are of this k."""
    summary = resampled.summary.set_index("scheme")
    clusters = {"jaccard": resampled.jaccard, **beside}
    return [
        {**row, "ari": summary[summary["k"] == row["k"]].drop(columns="k").to_dict("index")}
        | {name: frame[frame["k"] == row["k"]].drop(columns="k").to_dict("records")
           for name, frame in clusters.items()}
        for row in shapes.by_k.to_dict("records")
    ]


def table(shapes: Silhouettes, resampled: Resampled) -> pd.DataFrame:
    """One row a k: ``by_k`` of the silhouettes, mean ARI by scheme, the mean Jaccard index of the
    least recovered cluster, mean prediction strength."""
    ari = resampled.summary.pivot(index="k", columns="scheme", values="mean")
    least = resampled.jaccard.groupby("k")["mean"].min()
    strength = resampled.prediction_strength.set_index("k")["mean"]
    return shapes.by_k.set_index("k").assign(
        ari_out_of_bag=ari[OUT_OF_BAG], ari_80=ari[SUBSAMPLE], least_jaccard=least,
        prediction_strength=strength,
    ).reset_index()


def _judged(values, reference, k: int, scheme: str, part: range, n_init: int, random_state: int):
    """One task: the scores of a range of replicates, one row a replicate (or pair of halves), and
    what they say of each patient where patients out of bag are compared."""
    settings = {"n_init": n_init, "random_state": random_state}
    counts, labels = schemes.replicates(values, k, scheme, part, **settings)
    if scheme == HALVES:
        return schemes.prediction_strengths(labels, counts, k), 0
    inside = schemes.who_is_compared(scheme, counts)
    if scheme == DISTINCT:
        return jaccard(labels, reference, k, inside), 0
    tally = count_assignments(labels, reference, counts, k) if scheme == OUT_OF_BAG else 0
    return adjusted_rand(labels, reference, inside), tally


def _ari_table(whole, ks: Iterable[int]) -> pd.DataFrame:
    frames = []
    for k in ks:
        for scheme in _SCHEMES:
            scores = whole[scheme, k]
            columns = {"k": k, "scheme": scheme, "resample": range(len(scores)), "ari": scores}
            frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)


def _summary(ari: pd.DataFrame) -> pd.DataFrame:
    rows = [
        (*key, *_spread(part.to_numpy()), int(part.count()))
        for key, part in ari.groupby(["k", "scheme"], sort=True)["ari"]
    ]
    return pd.DataFrame(rows, columns=["k", "scheme", *_SPREAD, "resamples"])


def _jaccard_table(whole, fits: Mapping[int, Phenotypes]) -> pd.DataFrame:
    rows = []
    for k, found in fits.items():
        for label, name in enumerate(found.names):
            spread = _spread(whole[DISTINCT, k][:, label])
            rows.append((k, label, name, *spread, _status(spread[0])))
    return pd.DataFrame(rows, columns=["k", "cluster", "phenotype", *_SPREAD, "status"])


def _strength_table(whole, ks: Iterable[int]) -> pd.DataFrame:
    rows = [(k, *_spread(whole[HALVES, k]), len(whole[HALVES, k])) for k in ks]
    return pd.DataFrame(rows, columns=["k", *_SPREAD, "halves"])


def _spread(values: np.ndarray) -> tuple[float, float, float]:
    """Mean, SD (ddof 1) and Monte-Carlo error of the values that exist."""
    known = pd.Series(values).dropna()
    sd = float(known.std())
    return float(known.mean()), sd, sd / np.sqrt(max(len(known), 1))


def _status(jaccard: float) -> str:
    if jaccard <= _DISSOLVED:
        return "dissolved"
    if jaccard >= _HIGHLY_STABLE:
        return "highly stable"
    return "recovered" if jaccard >= RECOVERED else "between dissolved and recovered"


def _too_small(n: int, ks: Iterable[int]) -> list[str]:
    return [
        f"Resampling {k} clusters needs at least {PER_CLUSTER * k} patients, and there are {n}; "
        f"leave out k = {k}."
        for k in ks
        if n < PER_CLUSTER * k
    ]
