"""How often does the verdict say "groups"? Of cohorts without groups, and of cohorts with them.

    python benchmarks/calibration.py --cohorts 200 --jobs 2 --budget 60

One line a cohort is appended to ``benchmarks/calibration.csv`` (row, cohort, rung, all evidence); a
cohort that stands there is not run again, so the command can be stopped and given again. A cohort's
numbers depend on its row and number alone. ``--summary`` only prints the table; ``--publish``
writes ``data/power.csv`` and ``data/rules.csv``, the latter with what other rules say of the same
cohorts (``benchmarks/rivals.csv``).

Columns of the table, cohorts in %: groups, rung 2 or 3; kinds, rung 3; smooth, the smooth continuum
is rejected; path, and along the direction that splits neither one peak nor a filled way explains
the patients; polarised, they sit at two ends; within, groups with features centred within the
category, where a row has one.
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

from benchmarks.cohorts import COHORTS, SHARE, SHIFTED, TRUTH, category
from compendium.groups import known_truth
from compendium.groups.verdict import centre, judge

N, P, SEED = 454, 20, 20260221
M, ALPHA = 199, 0.05
FILE, RIVALS = HERE / "calibration.csv", HERE / "rivals.csv"
PARTS = ["groups", "kinds", "smooth", "path", "polarised", "within"]


def stream(row: str, cohort: int) -> np.random.Generator:
    """The random numbers of one cohort."""
    key = zlib.crc32(row.encode()) % 2**31, cohort
    return np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=key))


def judged(row: str, cohort: int) -> dict:
    """One cohort: the verdict and all its evidence."""
    Z = COHORTS[row](N, P, stream(row, cohort))
    settings = {"n_draws": M, "random_state": cohort, "alpha": ALPHA}
    v, _ = judge(Z, **settings)
    line = {"row": row, "cohort": cohort, "n": len(Z), "p": Z.shape[1], "rung": v.rung}
    names = ["p_smooth", "component", "p_one_peak", "p_filled"]
    names += ["density", "density_low", "density_high"]
    line |= {name: getattr(v, name) for name in names} | vars(v.polarisation)
    line["within"] = ""
    if row in SHIFTED:
        who = pd.Series(category(row, N, stream(row, cohort)))
        line["within"] = judge(centre(Z, who), **settings)[0].rung
    return {k: round(x, 6) if isinstance(x, float) else x for k, x in line.items()}


def parts(lines: pd.DataFrame) -> pd.DataFrame:
    """What the verdict and each of its parts say of every cohort, 1 = groups."""
    smooth = lines["p_smooth"] <= ALPHA
    path = smooth & (lines["p_one_peak"] <= ALPHA) & (lines["p_filled"] <= ALPHA)
    said = pd.DataFrame({
        "groups": lines["rung"] >= 2, "kinds": lines["rung"] == 3, "smooth": smooth, "path": path,
        "polarised": lines["found"].astype(bool), "within": lines["within"] >= 2,
    }).astype(float)
    return said.assign(within=said["within"].where(lines["within"].notna()), row=lines["row"])


def interval(share: float, of: int) -> str:
    """Share in percent with its Clopper–Pearson 95 % interval; "" of nothing."""
    from scipy.stats import binomtest

    if np.isnan(share):
        return ""
    ends = binomtest(round(share * of), of).proportion_ci()
    return f"{100 * share:.0f} ({100 * ends.low:.0f}–{100 * ends.high:.0f})"


def summary(lines: pd.DataFrame, rivals: pd.DataFrame) -> str:
    """The share of cohorts on which the verdict and its parts say groups, %, with intervals; and of
    the same cohorts, as far as they were tried, on which other rules do."""
    said = parts(lines).groupby("row")
    rows = [row for row in COHORTS if row in said.groups]
    size, share = said.size(), said[PARTS].mean()
    same = rivals.merge(lines[["row", "cohort"]]).groupby(["row", "rule"])["says"].mean()
    others = (100 * same).round().unstack("rule").reindex(rows).astype("Int64")
    return pd.DataFrame({
        row: {"truth": TRUTH[row], "cohorts": size[row]}
        | {part: interval(share.loc[row, part], size[row]) for part in PARTS} for row in rows
    }).T.join(others).to_string()


def power_curves(lines: pd.DataFrame) -> pd.DataFrame:
    """On how many cohorts of the rows ``groups … SD`` the verdict is groups (``data/power.csv``).
    """
    pattern = r"^groups (?P<distance>[\d.]+) SD(?P<few>, 10 %)?(?:, n = \d+)?$"
    found = lines["row"].str.extract(pattern)
    lines = lines.assign(distance=found["distance"].astype(float), said=lines["rung"] >= 2)
    lines["share"] = np.where(found["few"].notna(), 0.1, SHARE)
    said = lines.dropna(subset="distance").groupby(["share", "n", "p", "distance"])["said"]
    curves = said.agg(cohorts="size", found="sum").reset_index()
    curves.insert(3, "draws", M)
    curves.insert(4, "alpha", ALPHA)
    return curves


def rules_table(lines: pd.DataFrame, rivals: pd.DataFrame) -> pd.DataFrame:
    """On how many cohorts of every row the verdict and other rules say groups
    (``data/rules.csv``); of another rule ``… of``: on how many cohorts it was tried."""
    said = parts(lines).groupby("row")[["groups", "kinds", "within"]].sum(min_count=1)
    about = lines.groupby("row").agg(n=("n", "first"), p=("p", "first"), cohorts=("row", "size"))
    other = rivals.groupby(["row", "rule"])["says"].agg(["sum", "size"]).unstack("rule")
    table = about.assign(draws=M, alpha=ALPHA).join(said)
    for rule in rivals["rule"].unique():
        table[rule], table[f"{rule} of"] = other["sum", rule], other["size", rule]
    table = table.reindex([row for row in COHORTS if row in about.index])
    table.insert(0, "truth", [TRUTH[row] for row in table.index])
    counts = table.columns.difference(["truth", "alpha"])
    return table.astype(dict.fromkeys(counts, "Int64")).rename_axis("row").reset_index()


def append(line: dict) -> None:
    """One whole line at a time, in one write."""
    text = pd.DataFrame([line]).to_csv(index=False, header=not FILE.exists())
    with FILE.open("a", encoding="utf-8") as file:
        file.write(text)


def main() -> None:
    from joblib import Parallel, delayed

    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--rows", default="", help="rows separated by |; all without it")
    ask.add_argument("--cohorts", type=int, default=200)
    ask.add_argument("--jobs", type=int, default=1)
    ask.add_argument("--budget", type=float, default=1e9, help="minutes after which to stop")
    ask.add_argument("--summary", action="store_true", help="run nothing, print the table")
    ask.add_argument("--publish", action="store_true", help="write the tables of data/")
    given = ask.parse_args()
    rows = given.rows.split("|") if given.rows else list(COHORTS)
    lines = pd.read_csv(FILE) if FILE.exists() else pd.DataFrame({"row": [], "cohort": []})
    done = set(zip(lines["row"], lines["cohort"], strict=True))
    todo = [(r, c) for c in range(given.cohorts) for r in rows if (r, c) not in done]
    end = time.monotonic() + 60 * given.budget
    calls = (delayed(judged)(*cohort) for cohort in todo if time.monotonic() < end)
    if not given.summary:
        run = partial(Parallel, n_jobs=given.jobs, return_as="generator", pre_dispatch="n_jobs")
        for line in run()(calls):
            append(line)
    lines, rivals = pd.read_csv(FILE), pd.read_csv(RIVALS)
    print(summary(lines, rivals))
    curves = power_curves(lines)
    for limit in known_truth.detection_limits(curves, N, P):
        print(limit)
    if given.publish:
        curves.to_csv(HERE.parent / "data" / "power.csv", index=False)
        table = rules_table(lines, rivals)
        table.to_csv(HERE.parent / "data" / "rules.csv", index=False)


if __name__ == "__main__":
    main()
