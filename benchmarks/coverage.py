"""How often do intervals for β hold what they should, when the labels were found in the same data?

    python benchmarks/coverage.py --cohorts 500 --jobs 2 --budget 60

One line a cohort is appended to ``benchmarks/coverage.csv``; a cohort that stands there is
not run again, so the command can be stopped and given again. A cohort's numbers depend on its
scenario and number alone. ``--summary`` only prints the table.

Cohorts: simulated, seeds no other use shares; n = 454 with nothing missing, unless the row says
otherwise. Missing features are missing at random, and filled in every bootstrap. Two targets, each
computed once from 200,000 patients without gaps (``benchmarks/coverage_targets.csv``):

* β, the adjusted difference between the *true* groups;
* β*, what the whole procedure (scale, k-means with k = 2, order, regress) gives without sampling
  error. Labels from k-means are not the truth however many patients there are, so an interval made
  from them can be asked to hold β*, and its distance to β is told as bias.

Kinds of interval: the model's with the true labels (must hold β: a check of the benchmark itself,
92.5 to 97.5 %), the model's with the labels k-means found, percentile and basic intervals of 200
bootstraps of the whole pipeline, and the cross-fitted one of 50 splits. Under ``no_effect`` the
outcome knows nothing of the groups: an interval without 0 is a false alarm. A continuum has no true
groups, so β* alone.
"""

import argparse
import os
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
# This folder leaves the path: its coverage.py is not the module of that name that numba looks for.
ELSEWHERE = [folder for folder in sys.path if folder != str(HERE)]
sys.path[:] = [str(HERE.parent), str(HERE.parent / "src"), *ELSEWHERE]

from compendium import seeds
from compendium.data import codebook as codebooks
from compendium.data import cohort as cohorts
from compendium.data import intake, synthetic
from compendium.phenotypes import clustering, core, kmeans
from compendium.regression import outcome_models
from compendium.sensitivity import bootstraps, crossfit, refit

N, POPULATION = 454, 200_000
FIRST_SEED, POPULATION_SEED = 500_000, 400_000  # the scenarios were tuned and checked on others
REPLICATES, SPLITS = 200, 50
ROWS = {  # scenario, patients, share of the feature values that are missing
    "two_groups": ("two_groups", N, 0.0), "no_effect": ("no_effect", N, 0.0),
    "continuum": ("continuum", N, 0.0), "two_groups, 10 % missing": ("two_groups", N, 0.1),
    "two_groups, n = 100": ("two_groups", 100, 0.0),
}
KNOWN = "known labels"
KINDS = (KNOWN, "estimated labels", "bootstrap percentile", "bootstrap basic", "cross-fitted")
FILE = HERE / "coverage.csv"
TARGETS = HERE / "coverage_targets.csv"
BOOK = codebooks.read_codebook(cohorts.SHIPPED_CODEBOOK)


def complete_cohort(scenario: str, seed: int, n: int) -> tuple[cohorts.Cohort, np.ndarray]:
    """A simulated cohort from which nothing was lost, and the true group of its patients (NaN where
    there are none). What is lost has its own random stream, so all else stays as simulated."""
    with patch.object(synthetic, "_lose", lambda record, rng: None):
        simulated = synthetic.simulate(scenario, seed, n)
    table = simulated.table.set_index(BOOK.identifier.name).sort_index()
    named = {name: column for column in BOOK.columns for name in column.file_columns}
    frame = pd.DataFrame({
        name: pd.Categorical(table[name], list(column.levels)) if column.type == "category"
        else table[name].astype(float)
        for name, column in named.items() if name in table
    }, index=table.index)
    rows = pd.Series(range(len(frame)), index=frame.index)
    found = cohorts.from_table(
        intake.Table(scenario, frame, rows, pd.DataFrame(), (), True), BOOK, max_missing=0.0
    )
    return found, simulated.truth["group"].loc[found.data.index].to_numpy(dtype=float)


def with_gaps(cohort: cohorts.Cohort, share: float, seed: int) -> cohorts.Cohort:
    """The cohort without so large a share of its feature values, missing at random."""
    names, data = [c.name for c in BOOK.features], cohort.data.copy()
    lost = np.random.default_rng(seed).random((len(data), len(names))) < share
    data[names] = data[names].mask(lost)
    return replace(cohort, data=data)


def judge(row: str, number: int) -> dict:
    """One cohort: estimate, low and high of every kind, and how the labels agree with the truth."""
    began = time.monotonic()
    scenario, n, lost = ROWS[row]
    cohort, truth = complete_cohort(scenario, FIRST_SEED + number, n)
    cohort = with_gaps(cohort, lost, number) if lost else cohort
    covariates = cohorts.choose_covariates(BOOK, "all")
    found = clustering.cluster_cohort(cohort, n_init=10, random_state=number)
    replicates = bootstraps.bootstrap(found, covariates, n_replicates=REPLICATES)
    crossed = crossfit.cross_fitted(found, covariates, n_splits=SPLITS)
    estimated = modelled(found, covariates)
    ends = {KNOWN: (np.nan,) * 3, "estimated labels": estimated}
    if not np.isnan(truth).any():
        ends[KNOWN] = modelled(found.relabelled(truth.astype(int)), covariates)
    ends |= bootstrapped(estimated[0], bootstraps.intervals(replicates))
    ends["cross-fitted"] = tuple(crossed.iloc[-1][["estimate", "low", "high"]])
    line = {"scenario": row, "cohort": number, "severe": (found.labels == 1).mean(),
            "agreement": (found.labels == truth).mean() if not np.isnan(truth).any() else np.nan,
            "n_used": int((~np.isnan(replicates.beta)).all(axis=1).sum())}
    for kind, values in ends.items():
        words = ("estimate", "low", "high")
        line |= {f"{kind} {w}": round(float(v), 6) for w, v in zip(words, values, strict=True)}
    return line | {"seconds": round(time.monotonic() - began, 2)}


def modelled(found, covariates) -> tuple[float, float, float]:
    """β with the model's own interval, labels taken as known."""
    table = outcome_models.fit_outcome(found, BOOK.outcomes[0], covariates).table
    row = table[table["model"] == "adjusted"].iloc[0]
    return tuple(float(row[name]) for name in ("estimate", "low", "high"))


def bootstrapped(estimate: float, intervals: pd.DataFrame) -> dict:
    """Percentile interval, and the basic one: its ends mirrored at the estimate."""
    row = intervals[intervals["quantity"] == "beta"].iloc[0]
    low, high = float(row["low"]), float(row["high"])
    return {
        "bootstrap percentile": (estimate, low, high),
        "bootstrap basic": (estimate, 2 * estimate - high, 2 * estimate - low),
    }


def targets(scenario: str, n: int = POPULATION) -> list[dict]:
    """β of the true groups and β* of the procedure in a population, with their standard errors."""
    cohort, truth = complete_cohort(scenario, POPULATION_SEED, n)
    covariates = cohorts.choose_covariates(BOOK, "all")
    prepared = refit.prepare(clustering.cluster_cohort(cohort, n_init=1), covariates)
    everybody = np.arange(n)
    _, found = core.phenotypes(prepared, everybody, kmeans.starts(seeds.generator(0), 10, 2))
    rows = []
    for name, labels in (("β", truth), ("β*", found)):
        if not np.isnan(labels).any():
            c = refit.coefficients(prepared, everybody, labels.astype(int))
            rows.append({"scenario": scenario, "target": name, "value": c.beta[0], "se": c.se[0],
                         "severe": labels.mean(), "n": c.n})
    return rows


def all_targets(scenarios) -> pd.DataFrame:
    """The stored targets; those of a scenario that is not there yet are computed and stored."""
    known = pd.read_csv(TARGETS) if TARGETS.exists() else pd.DataFrame({"scenario": []})
    new = [row for name in scenarios if name not in set(known["scenario"]) for row in targets(name)]
    if new:
        known = pd.concat([known, pd.DataFrame(new)], ignore_index=True)
        known.to_csv(TARGETS, index=False, float_format="%.6f")
    return known


def share(count: int, of: int) -> str:
    """Share in percent with its Clopper–Pearson 95 % interval."""
    from scipy.stats import beta

    low = beta.ppf(0.025, count, of - count + 1) if count else 0.0
    high = beta.ppf(0.975, count + 1, of - count) if count < of else 1.0
    return f"{100 * count / of:.1f} ({100 * low:.1f}–{100 * high:.1f})"


def summary(lines: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """One row a scenario and kind: coverage of its target, bias, width, intervals without 0.

    Coverage and shares in % with Clopper–Pearson intervals over the cohorts that have an interval;
    bias and width as mean ± Monte-Carlo standard error, in points of the outcome.
    """
    rows = []
    value = known.set_index(["scenario", "target"])["value"]
    for row, part in lines.groupby("scenario", sort=False):
        scenario = ROWS[row][0]
        for kind in KINDS:
            e, low, high = (part[f"{kind} {w}"] for w in ("estimate", "low", "high"))
            has = low.notna()
            target = "β" if kind == KNOWN else "β*"
            if not has.any() or (scenario, target) not in value:
                continue
            aim, true = value[scenario, target], value.get((scenario, "β"), np.nan)
            held, without = (low <= aim) & (aim <= high), (low > 0) | (high < 0)
            rows.append({
                "scenario": row, "kind": kind, "target": f"{target} = {aim:.2f}",
                "cohorts": int(has.sum()), "coverage %": share(int(held[has].sum()), has.sum()),
                "bias": mean_error(e - aim), "bias to β": mean_error(e - true),
                "width": mean_error(high - low),
                "without 0 %": share(int(without[has].sum()), has.sum()),
            })
    return pd.DataFrame(rows)


def mean_error(values: pd.Series) -> str:
    """Mean with its Monte-Carlo standard error."""
    values = values.dropna()
    if not len(values):
        return "–"
    return f"{values.mean():.3f} ± {values.std() / np.sqrt(len(values)):.3f}"


def append(line: dict) -> None:
    """One whole line at a time, in one write."""
    text = pd.DataFrame([line]).to_csv(index=False, header=not FILE.exists())
    with FILE.open("a", encoding="utf-8") as file:
        file.write(text)


def main() -> None:
    from joblib import Parallel, delayed

    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--rows", default="|".join(ROWS), help="separated by |")
    ask.add_argument("--cohorts", type=int, default=500)
    ask.add_argument("--jobs", type=int, default=1)
    ask.add_argument("--budget", type=float, default=1e9, help="minutes after which to stop")
    ask.add_argument("--summary", action="store_true")
    given = ask.parse_args()
    end = time.monotonic() + 60 * given.budget
    rows = given.rows.split("|")
    known = all_targets(dict.fromkeys(ROWS[row][0] for row in rows))
    lines = pd.read_csv(FILE) if FILE.exists() else pd.DataFrame({"scenario": [], "cohort": []})
    done = set(zip(lines["scenario"], lines["cohort"], strict=True))
    todo = [(row, c) for c in range(given.cohorts) for row in rows]
    calls = (delayed(judge)(*one) for one in todo if one not in done and time.monotonic() < end)
    if not given.summary:
        run = partial(Parallel, n_jobs=given.jobs, return_as="generator", pre_dispatch="n_jobs")
        for line in run()(calls):
            append(line)
    lines = pd.read_csv(FILE)
    print(known.to_string(index=False))
    print(summary(lines, known).to_string(index=False))
    print(f"{lines['seconds'].mean():.1f} s a cohort; labels agree with the truth in "
          f"{100 * lines['agreement'].mean():.1f} % of patients.")


if __name__ == "__main__":
    main()
