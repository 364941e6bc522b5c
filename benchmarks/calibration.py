"""How often does each rule say "groups"? Of cohorts without groups, and of cohorts with them.

    python benchmarks/calibration.py --cohorts 200 --jobs 2 --budget 60

One line a cohort is appended to ``benchmarks/calibration.csv`` (row, cohort, every rule's answer,
every p value); a cohort that stands there is not run again, so the command can be stopped and given
again. A cohort's numbers depend on its row and number alone. ``--summary`` only prints the table.

Rules of thumb, at the k of the highest mean silhouette: silhouette ≥ 0.25, resampled ARI ≥ 0.8.
Prediction strength: some k ≥ 2 at 0.8 or above. Gap: the smallest k within one standard error of
the next is 2 or more. A, B, C, L: both indices at the 5 % level under that null. cut: the cut
of a component under L. D: the gap. ladder: rung 2 or 3. indices: the same from nulls B and
C alone.
"""

import argparse
import os
import sys
import time
import zlib
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

from benchmarks.cohorts import BEYOND, COHORTS, CONTINUA
from compendium import seeds
from compendium.groups import bands, continuum, known_truth, measures, nulls
from compendium.phenotypes import kmeans

N, P, SEED = 454, 20, 20260221
M, B_GAP = 99, 20
KS = [2, 3, 4, 5]
ALPHA = 0.05
FILE = HERE / "calibration.csv"
THUMB = ["silhouette", "ari", "prediction", "gap"]
RULES = [*THUMB, "A", "B", "C", "L", "cut", "D", "indices", "ladder"]


def judge(row: str, cohort: int) -> dict:
    """One cohort: what every rule says (1 = groups), and the p values."""
    seed = zlib.crc32(row.encode()) % 2**31
    rng = np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=(seed, cohort)))
    Z = nulls.zscore(COHORTS[row](N, P, rng))
    thumb = rules_of_thumb(Z, cohort)
    found = continuum.assess(Z, np.ones(Z.shape[1]), KS, n_draws=M, random_state=cohort)
    e, p = found.verdict.evidence, found.p_values.set_index(["null", "statistic"])["p"]
    both = {null: max(p[null, s] for s in continuum.PER_K) for null in "ABCL"}
    says = {null: both[null] <= ALPHA for null in "ABCL"} | {
        "cut": p["L", measures.CUT] <= ALPHA,
        "D": e.gap <= ALPHA,
        "indices": found.verdict.rung_indices >= 2,
        "ladder": found.verdict.rung >= 2,
    }
    values = {f"p {null} {s}": p[null, s] for null, s in p.index}
    dips = {f"p dip {a}": x for a, x in zip(found.dip["axis"], found.dip["p"], strict=True)}
    line = {"row": row, "cohort": cohort, "rung": found.verdict.rung}
    line |= {rule: int(x) for rule, x in (thumb["says"] | says).items()}
    return line | {k: round(float(v), 6) for k, v in (thumb["values"] | values | dips).items()}


def rules_of_thumb(Z: np.ndarray, seed: int) -> dict:
    """Silhouette, resampled ARI, prediction strength and gap."""
    widths = measures.statistics_of(Z, (seed, continuum.OBSERVED), KS)[len(KS) : 2 * len(KS)]
    stable = bands.stability(Z, (seed,), KS)
    best = int(np.argmax(widths))
    chosen = gap_choice(Z, seed)
    values = {"mean silhouette": widths[best], "resampled ARI": stable[best, 0],
              "prediction strength": stable[:, 2].max(), "gap k": chosen}
    says = {"silhouette": widths[best] >= 0.25, "ari": stable[best, 0] >= 0.8,
            "prediction": stable[:, 2].max() >= 0.8, "gap": chosen >= 2}
    return {"values": values, "says": says}


def gap_choice(Z: np.ndarray, seed: int) -> int:
    """Number of clusters by the gap statistic (10.1111/1467-9868.00293), PCA box, squared distance.

    The smallest k with gap(k) ≥ gap(k + 1) − s(k + 1), k = 1 allowed.
    """
    axes = np.linalg.svd(Z - Z.mean(axis=0), full_matrices=False)[2]
    scores = (Z - Z.mean(axis=0)) @ axes.T
    rng = seeds.generator(seed, 10)
    boxes = [rng.uniform(scores.min(axis=0), scores.max(axis=0), Z.shape) for _ in range(B_GAP)]
    observed = log_within(scores, seed)
    box = np.array([log_within(X, seed) for X in boxes])
    gap, s = box.mean(axis=0) - observed, box.std(axis=0) * np.sqrt(1 + 1 / B_GAP)
    enough = gap[:-1] >= gap[1:] - s[1:]
    return int(enough.argmax()) + 1 if enough.any() else len(gap)


def log_within(X: np.ndarray, seed: int) -> np.ndarray:
    """log W_k for k = 1 to 5."""
    fits = [
        kmeans.best_fit(X, k, kmeans.starts(seeds.generator(seed, 11, k), 10, k))[1] for k in KS
    ]
    return np.log([((X - X.mean(axis=0)) ** 2).sum(), *fits])


def interval(said: int, of: int) -> str:
    """Share in percent with its Clopper–Pearson 95 % interval."""
    from scipy.stats import beta

    low = beta.ppf(0.025, said, of - said + 1) if said else 0.0
    high = beta.ppf(0.975, said + 1, of - said) if said < of else 1.0
    return f"{100 * said / of:.0f} ({100 * low:.0f}–{100 * high:.0f})"


def summary(lines: pd.DataFrame) -> str:
    """The share of cohorts on which each rule says groups, %, with 95 % intervals."""
    table = {
        row: {"cohorts": len(part)} | {r: interval(int(part[r].sum()), len(part)) for r in RULES}
        for row, part in ((row, lines[lines["row"] == row]) for row in COHORTS)
        if len(part)
    }
    return pd.DataFrame(table).T.to_string()


def power_curve(lines: pd.DataFrame) -> pd.DataFrame:
    """On how many cohorts of the rows ``groups … SD`` the ladder says groups (``data/power.csv``).
    """
    rows = [r for r in COHORTS if r.startswith("groups ") and (lines["row"] == r).any()]
    said = lines.groupby("row")["ladder"].agg(["size", "sum"]).loc[rows]
    return pd.DataFrame({
        "n": N, "p": P, "draws": M, "alpha": ALPHA, "distance": [float(r.split()[1]) for r in rows],
        "cohorts": said["size"].to_numpy(), "found": said["sum"].to_numpy(),
    })


def rules_table(lines: pd.DataFrame) -> pd.DataFrame:
    """On how many cohorts of every row each rule says groups (``data/rules.csv``)."""
    rows = [r for r in COHORTS if (lines["row"] == r).any()]
    truth = {**dict.fromkeys(CONTINUA, "continuum"), **dict.fromkeys(BEYOND, "beyond")}
    said = lines.groupby("row")[RULES].sum().loc[rows].reset_index(drop=True)
    sizes = lines.groupby("row").size().loc[rows].to_numpy()
    about = pd.DataFrame({"row": rows, "truth": [truth.get(r, "groups") for r in rows]})
    about[["n", "p"]] = [COHORTS[r](N, P, np.random.default_rng(0)).shape for r in rows]
    return about.assign(draws=M, alpha=ALPHA, cohorts=sizes).join(said)


def append(line: dict) -> None:
    """One whole line at a time, in one write."""
    header = not FILE.exists()
    text = pd.DataFrame([line]).to_csv(index=False, header=header)
    with FILE.open("a", encoding="utf-8") as file:
        file.write(text)


def main() -> None:
    from joblib import Parallel, delayed

    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--rows", default="", help="rows separated by commas; all without it")
    ask.add_argument("--cohorts", type=int, default=200)
    ask.add_argument("--jobs", type=int, default=1)
    ask.add_argument("--budget", type=float, default=1e9, help="minutes after which to stop")
    ask.add_argument("--summary", action="store_true", help="run nothing, print the table")
    ask.add_argument("--publish", action="store_true", help="write the tables of data/")
    given = ask.parse_args()
    rows = given.rows.split(",") if given.rows else list(COHORTS)
    lines = pd.read_csv(FILE) if FILE.exists() else pd.DataFrame({"row": [], "cohort": []})
    done = set(zip(lines["row"], lines["cohort"], strict=True))
    todo = [(r, c) for c in range(given.cohorts) for r in rows if (r, c) not in done]
    end = time.monotonic() + 60 * given.budget
    calls = (delayed(judge)(*cohort) for cohort in todo if time.monotonic() < end)
    if not given.summary:
        run = partial(Parallel, n_jobs=given.jobs, return_as="generator", pre_dispatch="n_jobs")
        for line in run()(calls):
            append(line)
    lines = pd.read_csv(FILE)
    print(summary(lines))
    curve = power_curve(lines)
    print(
        f"detection limit: {known_truth.detection_limit(curve, N, P)} SD at a power of "
        f"{known_truth.POWER}; {len(CONTINUA)} continua, n = {N}, p = {P}, M = {M}"
    )
    if given.publish:
        curve.to_csv(HERE.parent / "data" / "power.csv", index=False)
        rules_table(lines).to_csv(HERE.parent / "data" / "rules.csv", index=False)


if __name__ == "__main__":
    main()
