"""How fast is the stability analysis? Ours beside its peers, in one run, on this machine.

    PYTHONPATH=src python benchmarks/stability.py            one table, two minutes
    PYTHONPATH=src python benchmarks/stability.py --scaling  454 to 500,000 patients, slow

The work: two overlapping groups of 454 patients with 24 features, k = 2..5, B = 1,000 bootstrap
replicates, 10 k-means++ starts each. *Whole pass* adds labels for all patients, out-of-bag ARI,
clusterwise Jaccard and exact silhouettes. Slow variants run fewer replicates; their times are
scaled to B and the number really run stands in the table. Variants take turns, so that a busy
machine is busy for all; ratios are taken inside a round, then the median of the rounds.

GFLOP/s by the classic count: 2npk + 2np for every Lloyd iteration of every start, whatever a
method really executes. Peers that are not installed (R with fpc, faiss) are left out and named.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

for library in ("OMP", "OPENBLAS", "MKL"):  # one thread each, workers included
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# This folder leaves the path: its coverage.py is not the module of that name that numba looks for.
sys.path[:] = [folder for folder in sys.path if folder != str(Path(__file__).resolve().parent)]

import joblib
import numpy as np
from scipy.spatial.distance import cdist

from compendium import seeds
from compendium.parallel import each, parts, workers
from compendium.phenotypes import kmeans
from compendium.stability import indices, schemes

N, P, KS, B, N_INIT, SEED = 454, 24, (2, 3, 4, 5), 1000, 10, 20260221
SIZES = ((454, 100, 10), (5_000, 20, 10), (50_000, 4, 5), (500_000, 1, 2))  # n, replicates, starts

R_SCRIPT = """
suppressMessages(library(fpc)); a <- commandArgs(TRUE)
X <- as.matrix(read.csv(a[1], header = FALSE)); B <- as.integer(a[3]); n <- nrow(X); set.seed(1)
seconds <- system.time(for (k in 2:5) if (a[2] == "kmeans") {
  for (b in 1:B) kmeans(X[sample(n, n, TRUE), ], k, nstart = 10, iter.max = 300)
} else clusterboot(X, B = B, clustermethod = kmeansCBI, k = k, runs = 10, count = FALSE))
cat(seconds[["user.self"]] + seconds[["sys.self"]], seconds[["elapsed"]])
"""


@dataclass(frozen=True)
class Variant:
    """One way to do the work: ``run(B)`` does B replicates of every k."""

    name: str
    workers: int
    replicates: int
    run: Callable[[int], tuple[float, float] | None]


def patients(n: int, p: int = P) -> np.ndarray:
    """Two overlapping groups with correlated features, z-scored."""
    rng = np.random.default_rng(SEED)
    mixing = rng.normal(size=(p, p)) * 0.25 + 0.5 * np.eye(p)
    X = rng.normal(size=(n, p)) @ mixing + 0.8 * (np.arange(n) < 0.366 * n)[:, None]
    return (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)


def ours(X, n_replicates: int, *, jobs=1, whole=True, n_init=N_INIT) -> int:
    """The fits, and in a whole pass every index of them; how many tasks it took."""
    draws = {k: kmeans.starts(seeds.generator(SEED, "starts", k), n_init, k) for k in KS}
    references = {k: kmeans.best_fit(X, k, draws[k]) for k in KS}
    todo = [(X, whole, k, references[k][0], part, n_init)
            for k in KS for part in parts(n_replicates, 50)]
    with workers(jobs):
        return len(list(each(judged, todo)))


def judged(X, whole: bool, k: int, reference, part: range, n_init: int) -> None:
    """A part of the replicates of one k: fits, and for a whole pass out-of-bag ARI, clusterwise
    Jaccard and silhouettes."""
    settings = {"n_init": n_init, "random_state": SEED}
    counts, labels = schemes.replicates(X, k, schemes.OUT_OF_BAG, part, **settings)
    if whole:
        indices.adjusted_rand(labels, reference, counts == 0)
        indices.jaccard(labels, reference, k, counts > 0)
        indices.silhouettes_of_points(X, labels, cdist)


def naive_replicate(X, references, b: int, whole=True, n_init=N_INIT) -> None:
    """What a careful analyst writes: one replicate of every k, library calls only."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score, silhouette_score

    drawn = np.random.default_rng(b).integers(len(X), size=len(X))
    inside, outside = np.unique(drawn), np.setdiff1d(np.arange(len(X)), drawn)
    for k in KS:
        model = KMeans(k, n_init=n_init, tol=0, random_state=b).fit(X[drawn])
        if not whole:
            continue
        labels, reference = model.predict(X), references[k]
        adjusted_rand_score(reference[outside], labels[outside])
        for j in range(k):
            mine = reference[inside] == j
            for c in range(k):
                theirs = labels[inside] == c
                (mine & theirs).sum() / (mine | theirs).sum()
        silhouette_score(X, labels)


def naive(X, n_replicates: int, *, jobs=1, whole=True) -> None:
    """scikit-learn, replicate after replicate, or in joblib's processes."""
    references = {k: kmeans.best_fit(X, k, kmeans.starts(np.random.default_rng(k), 10, k))[0]
                  for k in KS}
    calls = (joblib.delayed(naive_replicate)(X, references, b, whole) for b in range(n_replicates))
    joblib.Parallel(n_jobs=jobs)(calls)


def in_r(X, what: str, n_replicates: int) -> tuple[float, float]:
    """CPU and wall seconds of R's own loop, without its start."""
    with tempfile.TemporaryDirectory() as folder:
        np.savetxt(Path(folder) / "X.csv", X, delimiter=",")
        command = ["Rscript", "-e", R_SCRIPT, f"{folder}/X.csv", what, str(n_replicates)]
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    cpu, wall = map(float, out.split())
    return cpu, wall


def with_faiss(X, n_replicates: int) -> None:
    """faiss: single precision, 20 iterations whatever happens, random starts."""
    import faiss

    faiss.omp_set_num_threads(1)
    single = X.astype(np.float32)
    for k in KS:
        for row in kmeans.bootstrap_counts(SEED, range(n_replicates), len(X)):
            sample = np.repeat(single, row, axis=0)
            model = faiss.Kmeans(X.shape[1], k, niter=20, nredo=N_INIT, min_points_per_centroid=1)
            model.train(sample)
            model.index.search(single, 1)


def has_fpc() -> bool:
    """Whether R and its package fpc answer."""
    if not shutil.which("Rscript"):
        return False
    return subprocess.run(["Rscript", "-e", "library(fpc)"], capture_output=True).returncode == 0


def variants(X) -> list[Variant]:
    """The table's rows, the naive one first: everything is divided by it."""
    rows = [
        Variant("scikit-learn, naive loop, whole pass", 1, 20, lambda b: naive(X, b)),
        Variant("scikit-learn, joblib processes, whole pass", 2, 40, lambda b: naive(X, b, jobs=2)),
        Variant("ours, whole pass", 1, B, lambda b: ours(X, b) and None),
        Variant("ours, whole pass, threads", 2, B, lambda b: ours(X, b, jobs=2) and None),
        Variant("scikit-learn, fits", 1, 20, lambda b: naive(X, b, whole=False)),
        Variant("ours, fits", 1, B, lambda b: ours(X, b, whole=False) and None),
        Variant("ours, fits, threads", 2, B, lambda b: ours(X, b, jobs=2, whole=False) and None),
    ]
    if has_fpc():
        rows += [
            Variant("R kmeans (Hartigan–Wong), fits", 1, 20, lambda b: in_r(X, "kmeans", b)),
            Variant("fpc::clusterboot, fits + Jaccard", 1, 20, lambda b: in_r(X, "boot", b)),
        ]
    if importlib.util.find_spec("faiss"):
        rows.append(Variant("faiss, fits (float32)", 1, 50, lambda b: with_faiss(X, b)))
    return rows


def seconds(variant: Variant) -> tuple[float, float]:
    """CPU and wall seconds for B replicates, scaled from those run."""
    cpu, wall = time.process_time(), time.perf_counter()
    own_clock = variant.run(variant.replicates)
    spent = own_clock or (time.process_time() - cpu, time.perf_counter() - wall)
    return spent[0] * B / variant.replicates, spent[1] * B / variant.replicates


def classic_flop(X, n_replicates: int = 40) -> float:
    """Floating point operations of all starts of B replicates by the classic count."""
    part, total = range(n_replicates), 0
    counts = kmeans.bootstrap_counts(SEED, part, len(X))
    for k in KS:  # one start stands for N_INIT
        fits = kmeans.replicate_labels(X, counts, k, n_init=1, random_state=SEED, replicates=part)
        total += N_INIT * fits.n_iter.sum() * (2 * X.size * k + 2 * X.size)
    return total * B / n_replicates


def peak_gflops(size: int = 1536) -> float:
    """Best of seven double precision matrix products on one thread."""
    A, best = np.random.default_rng(0).random((size, size)), np.inf
    for _ in range(7):
        start = time.perf_counter()
        A @ A
        best = min(best, time.perf_counter() - start)
    return 2e-9 * size**3 / best


def side_by_side(rounds: int) -> None:
    """Print the table."""
    X = patients(N)
    # Compiled, imported and workers started before any clock runs.
    ours(X, 1), naive(X, 1), naive(X, 4, jobs=2)
    rows, found, peak = variants(X), {}, 0.0
    missing = {"faiss": importlib.util.find_spec("faiss"), "R with fpc": has_fpc()}
    print("".join(f"Left out, not installed: {name}.\n" for name in missing if not missing[name]))
    for _ in range(rounds):
        peak = max(peak, peak_gflops())
        for variant in rows:
            found.setdefault(variant.name, []).append(seconds(variant))
    times = {name: np.array(t) for name, t in found.items()}
    flop = classic_flop(X)
    print(f"n = {N}, p = {P}, k = 2..5, B = {B}, {N_INIT} starts; medians of {rounds} rounds\n")
    print("| variant | workers | B run | CPU s | wall s | fits/s | CPU ratio | wall ratio |")
    print("|---|---|---|---|---|---|---|---|")
    for v in rows:
        whole = "whole" in v.name
        naive_times = times[rows[0].name if whole else "scikit-learn, fits"]
        (cpu, wall), ratio = np.median(times[v.name], axis=0), naive_times / times[v.name]
        cpu_ratio, wall_ratio = np.median(ratio, axis=0)
        # The workers' CPU seconds are not ours to read.
        processes = "processes" in v.name
        shown = ("–", "–") if processes else (f"{cpu:.2f}", f"{cpu_ratio:.1f}")
        print(f"| {v.name} | {v.workers} | {v.replicates} | {shown[0]} | {wall:.2f} "
              f"| {B * len(KS) / wall:,.0f} | {shown[1]} | {wall_ratio:.1f} |")
    rate = 1e-9 * flop / np.median(times["ours, fits"], axis=0)[0]
    print(f"\nclassic count {1e-9 * flop:.1f} GFLOP; ours, one thread: {rate:.1f} GFLOP/s, "
          f"{rate / peak:.0%} of the DGEMM peak measured here ({peak:.0f} GFLOP/s)")


def one_size(engine: str, n: int, replicates: int, n_init: int) -> tuple[float, float]:
    """CPU seconds for 100 replicates of 10 starts (scaled), and peak memory in MB."""
    warnings.simplefilter("ignore")
    X = patients(n)
    ours(patients(60), 1, whole=False)
    start = time.process_time()
    if engine == "ours":
        ours(X, replicates, whole=False, n_init=n_init)
    else:
        for b in range(replicates):
            naive_replicate(X, {}, b, whole=False, n_init=n_init)
    spent = (time.process_time() - start) * 100 / replicates * 10 / n_init
    return spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def scaling(largest: int) -> None:
    """Print ours beside scikit-learn for growing n, each in a fresh process."""
    print("p = 24, k = 2..5, 100 replicates × 10 starts, one thread, until no label changes\n")
    print("| n | run | scikit-learn CPU s | ours CPU s | ratio | peak MB | ours, peak MB |")
    print("|---|---|---|---|---|---|---|")
    for n, replicates, n_init in SIZES:
        if n > largest:
            break
        row = []
        for engine in ("scikit-learn", "ours"):
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
                row.append(fresh.submit(one_size, engine, n, replicates, n_init).result())
        (theirs, their_mb), (mine, my_mb) = row
        print(f"| {n:,} | {replicates} × {n_init} | {theirs:,.1f} | {mine:,.2f} "
              f"| {theirs / mine:.1f} | {their_mb:.0f} | {my_mb:.0f} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scaling", action="store_true", help="growing n instead of the table")
    parser.add_argument("--largest", type=int, default=SIZES[-1][0], help="largest n of --scaling")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    versions = {m: __import__(m).__version__ for m in ("numpy", "sklearn", "joblib")}
    print(f"Python {sys.version.split()[0]}, {versions}, {os.cpu_count()} cores, load "
          f"{os.getloadavg()[0]:.1f}\n", flush=True)
    scaling(arguments.largest) if arguments.scaling else side_by_side(arguments.rounds)
