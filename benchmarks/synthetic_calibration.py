"""Do the simulated cohorts give back, on average, what they were tuned to?

For every scenario and seed: simulate, analyse as the notebooks do (derive, leave out, impute,
z-score, k-means with k = 2, order by severity, adjusted OLS with HC3), and compare means over seeds
with the targets: the recovered Severe share, the coefficient and its standard error (within three
Monte-Carlo standard errors), and the published associations (mean inside the band). The scalars
were tuned on seeds 1 to 200; this check uses seeds 1001 to 1200.

    PYTHONPATH=src python benchmarks/synthetic_calibration.py --seeds 1001:1201 --jobs 2
"""

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

# This folder leaves the path: its coverage.py is not the module of that name that numba looks for.
sys.path[:] = [folder for folder in sys.path if folder != str(Path(__file__).resolve().parent)]

import numpy as np
import pandas as pd

from compendium.data import codebook, intake, synthetic
from compendium.data import cohort as cohorts
from compendium.phenotypes import clustering
from compendium.regression import design as designs
from compendium.regression import least_squares

BOOK = codebook.read_codebook(cohorts.SHIPPED_CODEBOOK)
LIMBS = ("biceps", "forearm_flexors", "apb", "quadriceps", "tibialis_anterior")
NERVES = ("median_wrist", "median_arm", "ulnar_forearm", "tibial_ankle")
CMAPS = tuple(c.name for c in BOOK.validators if c.block == "cmap")
SUBSAMPLES, SUBSAMPLE = 20, 0.80
COMPARED = ("two_groups", "continuum")  # bands and stability are read side by side

# Published numbers, tuned for; tolerance: three Monte-Carlo standard errors.
TARGETS = {"Severe share": 0.366, "beta": -3.84, "SE of beta": 0.80}
NO_EFFECT = {"Severe share": 0.366, "beta": 0.0, "cluster ~ MRC sum": 0.0, "cluster ~ CMAP": 0.0}

# Plausible ranges of a mean over seeds, for every quantity whose name before the comma is this;
# the last eleven are ours.
BANDS = {
    "limb thickness ~ MRC sum": (0.35, 0.65),
    "limb EI ~ MRC sum": (-0.60, -0.30),
    "thickness ~ EI": (-0.60, -0.30),
    "mean EI ~ ALSFRS-R": (-0.40, -0.20),
    "cluster ~ ALSFRS-R": (-0.30, -0.15),
    "cluster ~ MRC sum": (-0.45, -0.20),
    "cluster ~ CMAP": (-0.45, -0.20),
    "CMAP ~ ALSFRS-R": (0.25, 0.45),
    "CMAP APB ~ APB thickness": (0.40, 0.65),
    "tongue EI ~ bulbar": (-0.65, -0.40),
    "CSA ~ ALSFRS-R": (-0.05, 0.20),
    "CSA median ~ CMAP median": (0.05, 0.30),
    "ulnar CSA ~ height": (0.15, 0.35),
    "ALSFRS-R mean": (35.9, 37.9),
    "ALSFRS-R SD": (7.6, 8.6),
    "ALSFRS-R skewness": (-1.2, -0.4),
    "respiratory ceiling": (0.65, 0.75),
    "fine ~ gross motor": (0.50, 0.60),
    "bulbar ~ limb": (0.15, 0.25),
    "respiratory ~ other domains": (0.25, 0.35),
    "median APB / ADM CMAP": (0.50, 0.90),
    "absent CMAP": (0.03, 0.10),
    "median MRC sum": (52, 54),
    "incomplete features": (0.28, 0.38),
}


def main():
    options = _options()
    seeds = range(*options.seeds)
    measured = {}
    for scenario in options.scenarios:
        rows = measured[scenario] = _measured(scenario, seeds, options.jobs)
        print(f"\n## {scenario} (seeds {seeds[0]} to {seeds[-1]}, {len(rows)} cohorts)\n")
        print(report(scenario, rows).to_string(index=False), flush=True)
    if set(COMPARED) <= set(measured):
        print("\n## Groups and continuum side by side\n")
        print(side_by_side(measured).to_string(index=False))


def side_by_side(measured):
    """Stability and fit of groups and continuum, means over seeds; describes, judges nothing."""
    wanted = ("ARI", "silhouette", "Severe", "beta")
    names = [name for name in measured[COMPARED[0]] if name.startswith(wanted)]
    table = pd.DataFrame({scenario: measured[scenario][names].mean() for scenario in COMPARED})
    return table.round(3).rename_axis("mean over seeds").reset_index()


def report(scenario, rows):
    """One line a quantity: target or band, mean, Monte-Carlo SE, z against a target, verdict."""
    targets = {"no_effect": NO_EFFECT, "three_groups": {}}.get(scenario, TARGETS)
    bands = BANDS if scenario in COMPARED else {}
    lines = []
    for name in rows:
        mean, error = rows[name].mean(), rows[name].std() / np.sqrt(rows[name].count())
        wanted, z, verdict = "", "", ""
        if name in targets:
            z = (mean - targets[name]) / error
            wanted, verdict = f"{targets[name]:g}", "pass" if abs(z) <= 3 else "FAIL"
            z = f"{z:.2f}"
        elif name.split(",")[0] in bands:
            low, high = bands[name.split(",")[0]]
            wanted, verdict = f"{low:g} to {high:g}", "pass" if low <= mean <= high else "FAIL"
        lines.append((name, wanted, f"{mean:.4f}", f"{error:.4f}", z, verdict))
    return pd.DataFrame(lines, columns=["quantity", "target", "mean", "MC SE", "z", "verdict"])


def measure(scenario, seed):
    """Every quantity of one simulated cohort: dict name -> number."""
    simulated = synthetic.simulate(scenario, seed)
    table = intake.parse(simulated.table.to_csv(index=False), BOOK, scenario)
    cohort = cohorts.from_table(table, BOOK)
    found = clustering.cluster_cohort(cohort, n_init=10)
    labels = pd.Series(found.labels, index=cohort.data.index)
    truth = simulated.truth.loc[cohort.data.index]
    return (
        _recovered(cohort, found, truth)
        | _associations(cohort.data, found.Z, labels)
        | _function(cohort.data)
        | _flow(cohort, simulated.table)
        | (_stability(found.Z.to_numpy(), labels.to_numpy(), seed) if scenario in COMPARED else {})
    )


def _recovered(cohort, found, truth):
    from sklearn.metrics import adjusted_rand_score

    design = designs.design(found, cohort.codebook.covariates)
    outcome = cohort.data.loc[design.rows, "alsfrsr_total"].to_numpy()
    fit = least_squares.ols(outcome, design.X)
    (column,) = design.groups[designs.PHENOTYPE]
    known = truth["group"].notna().all()
    return {
        "Severe share": found.labels.mean(),
        "beta": fit.params[column],
        "SE of beta": fit.bse[column],
        "ARI to true group": adjusted_rand_score(truth["group"], found.labels)
        if known
        else np.nan,
        "cluster ~ true severity": np.corrcoef(truth["severity"], found.labels)[0, 1],
    }


def _associations(data, Z, labels):
    total, mrc = data["alsfrsr_total"], data["mrc_sum_60"]
    thick = Z[[f"mt_{m}_mm" for m in LIMBS]].mean(axis=1)
    bright = Z[[f"ei_{m}_au" for m in LIMBS]].mean(axis=1)
    cmap, apb = data[list(CMAPS)].mean(axis=1), data["cmap_median_apb_mv"]
    areas = {name: data[f"csa_{name}_mm2"] for name in NERVES}
    muscles = (*LIMBS, "tongue")
    return {
        "limb thickness ~ MRC sum": thick.corr(mrc),
        "limb EI ~ MRC sum": bright.corr(mrc),
        **{f"thickness ~ EI, {m}": Z[f"mt_{m}_mm"].corr(Z[f"ei_{m}_au"]) for m in muscles},
        "mean EI ~ ALSFRS-R": Z[[n for n in Z if n.startswith("ei_")]].mean(axis=1).corr(total),
        "cluster ~ ALSFRS-R": labels.corr(total),
        "cluster ~ MRC sum": labels.corr(mrc),
        "cluster ~ CMAP": labels.corr(cmap),
        **{f"cluster ~ CMAP, {name}": labels.corr(data[name]) for name in CMAPS},
        "CMAP ~ ALSFRS-R": cmap.corr(total),
        "CMAP APB ~ APB thickness": apb.corr(data["mt_apb_mm"]),
        "tongue EI ~ bulbar": Z["ei_tongue_au"].corr(data["alsfrsr_bulbar"]),
        **{f"CSA ~ ALSFRS-R, {name}": area.corr(total) for name, area in areas.items()},
        "CSA median ~ CMAP median, wrist": areas["median_wrist"].corr(apb),
        "CSA median ~ CMAP median, arm": areas["median_arm"].corr(apb),
        "ulnar CSA ~ height": areas["ulnar_forearm"].corr(data["height_cm"]),
    }


def _function(data):
    total = data["alsfrsr_total"]
    domains = data[["alsfrsr_bulbar", "alsfrsr_fine_motor", "alsfrsr_gross_motor"]]
    breath = data["alsfrsr_respiratory"]
    r = domains.corr().to_numpy()
    split = data["cmap_median_apb_mv"] / data["cmap_ulnar_adm_mv"].where(lambda mv: mv > 0)
    return {
        "ALSFRS-R mean": total.mean(),
        "ALSFRS-R SD": total.std(),
        "ALSFRS-R skewness": total.skew(),
        "ALSFRS-R lowest": total.min(),
        "respiratory ceiling": (breath == 12).mean(),
        "fine ~ gross motor": r[1, 2],
        "bulbar ~ limb": (r[0, 1] + r[0, 2]) / 2,
        "respiratory ~ other domains": domains.corrwith(breath).mean(),
        "median APB / ADM CMAP": split.median(),
        "median MRC sum": data["mrc_sum_60"].median(),
    }


def _flow(cohort, table):
    read = {n: table[[f"{n}_l", f"{n}_r"]].astype(float).stack() for n in CMAPS}
    left = cohort.flow["left_out"].tolist()
    gaps = cohorts.features(cohort).isna().any(axis=1).mean()
    names = ("not Gold Coast", "carpal tunnel syndrome", "features missing")
    return {
        **{f"absent CMAP, {name}": (sides == 0).mean() for name, sides in read.items()},
        "incomplete features": gaps,
        "screened": cohort.n_read,
        **{f"left out: {name}": n for name, n in zip(names, left[1:], strict=True)},
        "analysed": len(cohort.data),
    }


def _stability(Z, labels, seed):
    """Mean silhouette for k = 2..5, and ARI of 80 % subsamples to the partition (descriptive)."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score, silhouette_score

    def cut(values, k):
        return KMeans(k, n_init=10, random_state=0, tol=0).fit_predict(values)

    rng = np.random.default_rng([seed, 80])
    halves = [
        rng.choice(len(Z), int(SUBSAMPLE * len(Z)), replace=False) for _ in range(SUBSAMPLES)
    ]
    ari = [adjusted_rand_score(labels[rows], cut(Z[rows], 2)) for rows in halves]
    scores = {f"silhouette, k = {k}": silhouette_score(Z, cut(Z, k)) for k in range(2, 6)}
    return {"ARI, 80 % subsamples": np.mean(ari)} | scores


def _measured(scenario, seeds, jobs):
    rows, start = [], time.monotonic()
    with ProcessPoolExecutor(jobs) as pool:
        for row in pool.map(measure, [scenario] * len(seeds), seeds):
            rows.append(row)
            left = (time.monotonic() - start) / len(rows) * (len(seeds) - len(rows))
            print(
                f"\r{scenario}: {len(rows)}/{len(seeds)}, {left:.0f} s left ",
                end="",
                file=sys.stderr,
                flush=True,
            )
    print(file=sys.stderr)
    return pd.DataFrame(rows)


def _options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=_seeds, default=(1001, 1201), help="first:end")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--scenarios", nargs="+", default=list(synthetic.SCENARIOS), choices=synthetic.SCENARIOS
    )
    return parser.parse_args()


def _seeds(text):
    first, end = text.split(":")
    return int(first), int(end)


if __name__ == "__main__":
    main()
