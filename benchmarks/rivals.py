"""What do other rules say of the same simulated cohorts?

    python benchmarks/rivals.py --rules slow --cohorts 24 --jobs 2 --budget 60

One line a cohort and rule is appended to ``benchmarks/rivals.csv`` (row, cohort, rule, says; 1 =
groups); what stands there is not run again, so the command can be stopped and given again, and the
rules can be run one after another. A cohort is the one that ``calibration.py`` judges under its row
and number. ``--summary`` only prints the table.

silhouette   mean silhouette of 0.25 or more at its best k (Kaufman & Rousseeuw 1990)
ari          resampled adjusted Rand index of 0.8 or more at that k
prediction   prediction strength of 0.8 or more at some k (Tibshirani & Walther 2005)
gap          two clusters or more by the gap statistic (10.1111/1467-9868.00293)
sigclust     cut in two is tighter than of one Gaussian (10.1198/016214508000000454)
hennig_lin   silhouettes above those of a Gaussian copula (10.1007/s11222-015-9566-5)
fmm          factor model, latent profiles or factor mixture by BIC (Lubke & Neale 2006)
lpa          the best latent profiles against the best factor model, by BIC
ccfi         taxometric curves nearer to two kinds than to dimensions (10.1080/00273170902794248)
ladder       the first verdict of this package; kept numbers, its code ends with commit c78b9b0
"""

import argparse
import os
import sys
import time
from functools import partial
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
# This folder leaves the path: its coverage.py is not the module of that name that numba looks for.
ELSEWHERE = [folder for folder in sys.path if folder != str(HERE)]
sys.path[:] = [str(HERE.parent), str(HERE.parent / "src"), *ELSEWHERE]

from benchmarks.calibration import N, P, stream
from benchmarks.cohorts import COHORTS
from compendium import seeds
from compendium.groups import nulls
from compendium.groups.bands import INDICES, indices
from compendium.phenotypes import kmeans
from compendium.stability.indices import silhouettes_of_points

KS, STARTS = [2, 3, 4, 5], 10
M, B_GAP, ALPHA = 99, 20, 0.05
OBSERVED, GAP_BOXES, GAP_STARTS, DRAWS, PARCELS = 7, 10, 11, 12, 13  # keys of random streams
FILE = HERE / "rivals.csv"

PROFILES = [(0, 2), (0, 3), (0, 4)]  # (factors, classes)
FACTORS = [(0, 1), (1, 1), (2, 1), (3, 1)]
MIXTURES = [(1, 2), (2, 2)]
STEPS, GAIN, LEAST_NOISE = 1_000, 0.001, 0.01  # of EM; log likelihood

N_PARCELS, SAMPLES, KINDS_ABOVE = 5, 30, 0.55
CUTS, END, WINDOWS, OVERLAP = 50, 25, 50, 0.9  # of MAMBAC and MAXEIG
SCORES = np.linspace(-4, 4, 161)  # where L-Mode looks at the density


def rules_of_thumb(Z: np.ndarray, seed: int) -> dict:
    """Silhouette, resampled ARI, prediction strength and gap."""
    widths = silhouettes(Z, (seed, OBSERVED))
    found = dict(zip(INDICES, indices(Z, (seed,), KS).T, strict=True))
    best = int(np.argmax(widths))
    return {"silhouette": widths[best] >= 0.25, "ari": found["resampled ARI"][best] >= 0.8,
            "prediction": found["prediction strength"].max() >= 0.8,
            "gap": gap_choice(Z, seed) >= 2}


def gap_choice(Z: np.ndarray, seed: int) -> int:
    """Number of clusters by the gap statistic (10.1111/1467-9868.00293), PCA box, squared distance.

    The smallest k with gap(k) ≥ gap(k + 1) − s(k + 1), k = 1 allowed.
    """
    axes = np.linalg.svd(Z - Z.mean(axis=0), full_matrices=False)[2]
    scores = (Z - Z.mean(axis=0)) @ axes.T
    rng = seeds.generator(seed, GAP_BOXES)
    boxes = [rng.uniform(scores.min(axis=0), scores.max(axis=0), Z.shape) for _ in range(B_GAP)]
    observed = log_within(scores, seed)
    box = np.array([log_within(X, seed) for X in boxes])
    gap, s = box.mean(axis=0) - observed, box.std(axis=0) * np.sqrt(1 + 1 / B_GAP)
    enough = gap[:-1] >= gap[1:] - s[1:]
    return int(enough.argmax()) + 1 if enough.any() else len(gap)


def log_within(X: np.ndarray, seed: int) -> np.ndarray:
    """log W_k for k = 1 to 5."""
    fits = [_fit(X, k, (seed, GAP_STARTS))[1] for k in KS]
    return np.log([((X - X.mean(axis=0)) ** 2).sum(), *fits])


def sigclust(Z: np.ndarray, seed: int) -> dict:
    """Cluster index (within over total sum of squares, k = 2) below that of one Gaussian with the
    sample covariance (10.1198/016214508000000454): Monte-Carlo p of 0.05 or less of 99 draws.

    Stops at the draw after which p can only be larger.
    """

    def index(X: np.ndarray, *key: int) -> float:
        return _fit(X, 2, key)[1] / ((X - X.mean(axis=0)) ** 2).sum()

    observed, root, below = index(Z, seed, OBSERVED), nulls.root_of(np.cov(Z, rowvar=False)), 0
    for m in range(M):
        normals = seeds.generator(seed, DRAWS, 0, m).standard_normal(Z.shape)
        below += index(nulls.zscore(normals @ root.T), seed, DRAWS, 0, m) <= observed
        if 1 + below > ALPHA * (M + 1):
            return {"sigclust": False}
    return {"sigclust": True}


def hennig_lin(Z: np.ndarray, seed: int) -> dict:
    """Mean silhouettes of all k at once above those of cohorts with the same margins and
    correlations (10.1007/s11222-015-9566-5): each k standardised, the largest is compared (maxT).

    99 draws; stops after 19 where more than eight of them are above the data.
    """
    values, null = [silhouettes(Z, (seed, OBSERVED))], nulls.copula(Z, seed)
    for m in range(M):
        draw = null.draw(seeds.generator(seed, DRAWS, 1, m))
        values.append(silhouettes(draw, (seed, DRAWS, 1, m)))
        if m == 18 and _above(values) > 8:
            return {"hennig_lin": False}
    return {"hennig_lin": (1 + _above(values)) / (M + 1) <= ALPHA}


def silhouettes(Z: np.ndarray, key: tuple) -> np.ndarray:
    """Mean silhouette of k-means with every k (K,)."""
    labels = np.stack([_fit(Z, k, key)[0] for k in KS])
    return silhouettes_of_points(Z, labels, _distances).mean(axis=1)


def by_bic(Z: np.ndarray, seed: int) -> dict:
    """Factor models (0 to 3 factors), latent profiles and factor mixtures, the lowest BIC decides.

    fmm: the best of factor models, 2 or 3 profiles and 2 classes with 1 or 2 factors has more than
    one class (Lubke & Neale, 10.1207/s15327906mbr4104_4). lpa: the best of 2 to 4 profiles is
    better than the best factor model.
    """
    bic = {model: mixture(Z, *model, seed)[1] for model in FACTORS + PROFILES + MIXTURES}
    factors, profiles = (min(bic[m] for m in models) for models in (FACTORS, PROFILES))
    classes = min(bic[m] for m in PROFILES[:2] + MIXTURES)
    return {"fmm": classes < factors, "lpa": profiles < factors}


def mixture(Z: np.ndarray, n_factors: int, n_classes: int, seed: int) -> tuple[float, float]:
    """Log likelihood and BIC of classes with means of their own that share loadings and noise.

    Z = μ_class + Λ f + e, f ~ N(0, 1), e ~ N(0, Ψ diagonal): a factor model with one class, latent
    profiles without factors. By EM from k-means, and from k-means of what the leading components
    leave.
    """
    n, p = Z.shape
    begin = [Z]
    if n_factors and n_classes > 1:
        axes = np.linalg.eigh(np.cov(Z, rowvar=False))[1][:, : p - n_factors]
        begin.append(Z @ axes)
    labels = [_fit(X, n_classes, (seed, OBSERVED))[0] if n_classes > 1 else np.zeros(n, int)
              for X in begin]
    reached = max(_em(Z, np.eye(n_classes)[start], n_factors) for start in labels)
    loadings = p * n_factors - n_factors * (n_factors - 1) // 2
    parameters = n_classes - 1 + n_classes * p + loadings + p
    return reached, parameters * np.log(n) - 2 * reached


def _em(Z: np.ndarray, belongs: np.ndarray, n_factors: int) -> float:
    """Log likelihood that EM reaches from who belongs to which class (n × K)."""
    (n, p), before, noise = Z.shape, -np.inf, None
    total = Z.T @ Z / n
    for _ in range(STEPS):
        size = belongs.sum(axis=0) + 1e-10
        means = belongs.T @ Z / size[:, None]
        S = total - (means.T * size) @ means / n
        noise = np.maximum(np.diag(S) * 0.5, LEAST_NOISE) if noise is None else noise
        loadings, noise = _factors(S, noise, n_factors)
        inverse = np.linalg.inv(np.linalg.cholesky(loadings @ loadings.T + np.diag(noise)))
        away = (((Z @ inverse.T)[:, None] - means @ inverse.T) ** 2).sum(axis=2)
        constant = np.log(np.diag(inverse)).sum() - p / 2 * np.log(2 * np.pi)
        joint = np.log(size / n) + constant - away / 2
        top = joint.max(axis=1, keepdims=True)
        share = np.exp(joint - top)
        now = float((top[:, 0] + np.log(share.sum(axis=1))).sum())
        belongs = share / share.sum(axis=1, keepdims=True)
        if now - before < GAIN:
            break
        before = now
    return now


def _factors(S: np.ndarray, noise: np.ndarray, n_factors: int) -> tuple[np.ndarray, np.ndarray]:
    """One step for the loadings (p × q), best for this noise, and then the noise (p,)."""
    root = np.sqrt(noise)
    values, vectors = np.linalg.eigh(S / np.outer(root, root))
    last = slice(len(S) - n_factors, None)
    loadings = root[:, None] * vectors[:, last] * np.sqrt(np.maximum(values[last] - 1, 0))
    return loadings, np.maximum(np.diag(S) - (loadings**2).sum(axis=1), LEAST_NOISE)


def ccfi(Z: np.ndarray, seed: int) -> dict:
    """Comparison curve fit index, mean of MAMBAC, MAXEIG and L-Mode, above 0.55
    (10.1080/00273170902794248): 0.5 = neither, 1 = two kinds, 0 = dimensions.

    Indicators: five parcels of variables at random, turned along the first component. Comparison
    samples, 30 of each, keep margins and correlations: in all patients, or within the two kinds
    that the k-means share of patients with the highest totals makes.
    """
    X, kind = parcels(Z, seed)
    whole = nulls.copula(X, seed, stream=PARCELS)
    kinds = [nulls.copula(X[kind == c], seed, stream=PARCELS + 1 + c) for c in (0, 1)]
    rng = seeds.generator(seed, PARCELS, 1)
    dimensional = [whole.draw(rng) for _ in range(SAMPLES)]
    categorical = [np.vstack([k.draw(rng) for k in kinds]) for _ in range(SAMPLES)]
    return {"ccfi": np.mean([
        comparison(curve(X), _mean(curve, dimensional), _mean(curve, categorical))
        for curve in (mambac, maxeig, l_mode)]) > KINDS_ABOVE}


def comparison(observed: np.ndarray, dimensional: np.ndarray, categorical: np.ndarray) -> float:
    """Distance from the dimensional curve, as a share of both distances.

    >>> comparison(np.zeros(2), np.full(2, 3.0), np.ones(2))
    0.75
    """
    off = [np.sqrt(((observed - curve) ** 2).mean()) for curve in (dimensional, categorical)]
    return float(off[0] / sum(off))


def parcels(Z: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """z-scores of the parcels (n × 5), and 1 for who would be of the upper kind (n,)."""
    axis = np.linalg.eigh(np.cov(Z, rowvar=False))[1][:, -1]
    turned = (Z * np.where(axis < 0, -1, 1))[
        :, seeds.generator(seed, PARCELS, 0).permutation(Z.shape[1])]
    n_parcels = min(N_PARCELS, Z.shape[1])
    X = nulls.zscore(np.column_stack(
        [turned[:, i::n_parcels].mean(axis=1) for i in range(n_parcels)]))
    total, labels = X.sum(axis=1), _fit(Z, 2, (seed, OBSERVED))[0]
    upper = np.argmax([total[labels == c].mean() for c in (0, 1)])
    size = np.clip((labels == upper).sum(), len(Z) // 20, len(Z) - len(Z) // 20)
    kind = np.zeros(len(Z), int)
    kind[np.argsort(total, kind="stable")[-size:]] = 1
    return X, kind


def mambac(X: np.ndarray) -> np.ndarray:
    """Mean above a cut less mean below it, 50 cuts from 25 patients of each end (Meehl & Yonce
    1994); the mean over all pairs of an indicator that sorts and one that is compared."""
    n, curves = len(X), []
    below = np.round(np.linspace(END, n - END, CUTS)).astype(int)
    for i, x in enumerate(X.T):
        sums = np.delete(X[np.argsort(x, kind="stable")], i, axis=1).cumsum(axis=0)
        lower = sums[below - 1]
        away = (sums[-1] - lower) / (n - below)[:, None] - lower / below[:, None]
        curves.append(away.mean(axis=1))
    return np.mean(curves, axis=0)


def maxeig(X: np.ndarray) -> np.ndarray:
    """Largest eigenvalue of the covariances of the other indicators, without variances, in 50
    windows along each that overlap by 0.9 (Waller & Meehl 1998); the mean over indicators."""
    n, others = len(X), X.shape[1] - 1
    width = n / (WINDOWS * (1 - OVERLAP) + OVERLAP)
    first = np.round(np.arange(WINDOWS) * width * (1 - OVERLAP)).astype(int)
    size, off = int(width), ~np.eye(others, dtype=bool)
    at = np.minimum(first, n - size)[:, None] + np.arange(size)
    curves = []
    for i, x in enumerate(X.T):
        windows = np.delete(X[np.argsort(x, kind="stable")], i, axis=1)[at]
        windows = windows - windows.mean(axis=1, keepdims=True)
        covariances = windows.transpose(0, 2, 1) @ windows / (size - 1)
        curves.append(np.linalg.eigvalsh(covariances * off)[:, -1])
    return np.mean(curves, axis=0)


def l_mode(X: np.ndarray) -> np.ndarray:
    """Density of the scores on one factor (Waller & Meehl 1998), on a grid of z-scores."""
    S, noise = np.corrcoef(X, rowvar=False), np.full(X.shape[1], 0.5)
    for _ in range(50):
        before = noise
        loadings, noise = _factors(S, before, 1)
        if np.abs(noise - before).max() < 1e-3:
            break
    weights = loadings[:, 0] / noise
    y = nulls.zscore(X @ weights * np.sign(weights.sum()))
    low, high = np.quantile(y, [0.25, 0.75])
    width = 0.9 * min(1.0, (high - low) / 1.34 or np.inf) * len(y) ** -0.2
    height = np.exp(-0.5 * ((SCORES[:, None] - y) / width) ** 2).sum(axis=1)
    return height / (len(y) * width * np.sqrt(2 * np.pi))


def _fit(Z: np.ndarray, k: int, key: tuple) -> tuple[np.ndarray, float]:
    """k-means labels and inertia, ten starts from the stream of the key and k."""
    return kmeans.best_fit(Z, k, kmeans.starts(seeds.generator(*key, k), STARTS, k))


def _distances(some: np.ndarray, Z: np.ndarray) -> np.ndarray:
    squares = (some**2).sum(axis=1)[:, None] + (Z**2).sum(axis=1) - 2 * some @ Z.T
    return np.sqrt(np.maximum(squares, 0.0))


def _above(values: list[np.ndarray]) -> int:
    """How many draws, the rows after the first, have a largest standardised value as large."""
    pooled = np.array(values)
    largest = ((pooled - pooled.mean(axis=0)) / pooled.std(axis=0, ddof=1)).max(axis=1)
    return int((largest[1:] >= largest[0]).sum())


def _mean(curve, samples: list[np.ndarray]) -> np.ndarray:
    return np.mean([curve(X) for X in samples], axis=0)


ASKED = {  # what gives the answers of which rules
    rules_of_thumb: ["silhouette", "ari", "prediction", "gap"], sigclust: ["sigclust"],
    hennig_lin: ["hennig_lin"], by_bic: ["fmm", "lpa"], ccfi: ["ccfi"],
}
QUICK = ASKED[rules_of_thumb]
SLOW = [rule for rules in ASKED.values() for rule in rules if rule not in QUICK]
SETS = {"quick": QUICK, "slow": SLOW, "all": QUICK + SLOW}
RULES = [*QUICK, *SLOW, "ladder"]


def judge(row: str, cohort: int, rules: list[str]) -> pd.DataFrame:
    """One cohort: what the rules say, a line each."""
    Z = nulls.zscore(COHORTS[row](N, P, stream(row, cohort)))
    says = {}
    for ask, its_rules in ASKED.items():
        if set(its_rules) & set(rules):
            says |= ask(Z, cohort)
    return pd.DataFrame([(row, cohort, rule, int(says[rule])) for rule in rules],
                        columns=["row", "cohort", "rule", "says"])


def kept() -> pd.DataFrame:
    return pd.read_csv(FILE) if FILE.exists() else judge("", 0, []).iloc[:0]


def append(lines: pd.DataFrame) -> None:
    """All lines of a cohort in one write."""
    text = lines.to_csv(index=False, header=not FILE.exists())
    with FILE.open("a", encoding="utf-8") as file:
        file.write(text)


def summary(lines: pd.DataFrame) -> str:
    """The share of cohorts on which each rule says groups, %, and of how many."""
    said = lines.groupby(["row", "rule"])["says"].agg(["mean", "size"])
    cells = [f"{100 * mean:.0f} of {size:.0f}" for mean, size in said.to_numpy()]
    table = pd.Series(cells, said.index).unstack(fill_value="")
    return table.reindex(index=[r for r in COHORTS if r in table.index], columns=RULES).to_string()


def main() -> None:
    from joblib import Parallel, delayed

    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--rows", default="", help="rows separated by |; all without it")
    ask.add_argument("--cohorts", type=int, default=24)
    ask.add_argument("--rules", default="all", help="quick, slow, all, or names with commas")
    ask.add_argument("--jobs", type=int, default=1)
    ask.add_argument("--budget", type=float, default=1e9, help="minutes after which to stop")
    ask.add_argument("--summary", action="store_true", help="run nothing, print the table")
    given = ask.parse_args()
    rows = given.rows.split("|") if given.rows else list(COHORTS)
    rules = SETS.get(given.rules) or given.rules.split(",")
    done = set(kept()[["row", "cohort", "rule"]].itertuples(index=False, name=None))
    todo = [(r, c, left) for c in range(given.cohorts) for r in rows
            if (left := [rule for rule in rules if (r, c, rule) not in done])]
    end = time.monotonic() + 60 * given.budget
    calls = (delayed(judge)(*cohort) for cohort in todo if time.monotonic() < end)
    if not given.summary:
        run = partial(Parallel, n_jobs=given.jobs, return_as="generator", pre_dispatch="n_jobs")
        for lines in run()(calls):
            append(lines)
    print(summary(kept()))


if __name__ == "__main__":
    main()
