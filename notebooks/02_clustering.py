# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 2 · Which phenotypes does k-means make?
#
# **Question.** When patients are grouped by the features alone, without anything else that is known
# of them, how many fall into each phenotype, and what sets the phenotypes apart?

# %% tags=["nbval-ignore-output"]
from compendium.notebook import Answer

answer = Answer()

# %% [markdown]
# *Reads* the cohort file and its codebook. *Writes* Figure 2, Table 2, `models/phenotyper.json` and
# `results/02_clustering.json`. *Before:* [1 · Who is analysed?](01_cohort.ipynb) *Next:*
# [3 · Groups, or one continuum cut in two?](03_stability.ipynb)

# %% tags=["parameters"]
run = ""  # type: str run whose folder under reports/ is read and written; empty: alone
cohort = ""  # type: str path of your cohort file; empty: simulated patients
codebook = ""  # type: str path of its codebook; empty: data/codebook.csv
scenario = "two_groups"  # type: str which patients are simulated, without a cohort file
scenario_seed = 20260221  # type: int seed of the simulated patients
max_missing = 0.2  # type: float largest share of features a patient may lack
missing = "iterative"  # type: str how missing features are filled
scaling = "zscore"  # type: str how features are standardised
n_clusters = 2  # type: int number of phenotypes
n_init = 50  # type: int k-means starts of the reference fit
n_pipeline = 200  # type: int bootstraps of the whole pipeline, from gaps to coefficient
covariates = "all"  # type: str covariates to adjust for, joined by |; or all, or none
random_state = 20260221  # type: int seed of every random step of the analysis
jobs = 2  # type: int workers of the resampling
dask = ""  # type: str Dask scheduler that resamples, an address or local; empty: none

# %%
from compendium.data import cohort as cohorts
from compendium.groups import cut
from compendium.notebook import Progress, colophon, say
from compendium.parallel import workers
from compendium.parameters import check_all
from compendium.phenotypes import assignment, clustering, profiles
from compendium.report import baseline, figures, tables
from compendium.report.sentences.phenotypes import (
    answer_clustering,
    headline_clustering,
    within_band,
)
from compendium.run.results import Run, plain
from compendium.sensitivity import bootstraps as pipeline
from compendium.stability import resampling
from compendium.words import block_name, listed, number, percent, share

check_all(globals())
patients = cohorts.load(cohort, codebook, scenario, scenario_seed, max_missing)
book = patients.codebook
simulated = {"synthetic": patients.synthetic, "scenario": patients.scenario}
out = Run("02_clustering", run, **simulated)

# %% [markdown]
# ## One scale for all features
#
# Numbers of different units cannot be added. Each feature becomes a z-score, its
# distance from the cohort's mean in standard deviations; features that depend on the scanner are
# scored within it. Severity is the mean of the z-scores, each turned so that higher is worse
# (column `worse` of the codebook; features without a direction stay out). k-means does not use it:
# it only puts the clusters in order.
#
# ## k-means
#
# k-means seeks the division into k groups with the least squared distance to the groups' centres.
# It finds a local optimum, so it starts many times and keeps the best; the share of starts that
# reach the best says how rugged the search was. It always finds k groups. Whether there are any is
# the question of notebook 3. As a certificate, single patients are then moved between clusters as
# long as that lowers the inertia (Hartigan's transfers); labels stay those of plain k-means.

# %%
found = clustering.cluster_cohort(
    patients, n_clusters=n_clusters, n_init=n_init, scaling=scaling, missing=missing,
    random_state=random_state,
)
phenotypes, Z = found.phenotypes, found.Z
phenotypes.names, phenotypes.sizes

# %% [markdown]
# The inertia is recomputed from its definition, the squared distance of each patient to the own
# centroid, and every patient must sit nearest to that centroid.

# %%
centroids = phenotypes.centroids.to_numpy()
squared = ((Z.to_numpy()[:, None, :] - centroids[None]) ** 2).sum(axis=2)
assert abs(squared.min(axis=1).sum() - phenotypes.inertia) < 1e-6 * phenotypes.inertia
assert (squared.argmin(axis=1) == phenotypes.labels).all()
say(
    f"{percent(phenotypes.share_at_best)} of {n_init} starts reach the best solution.",
    "Moving single patients finds no better one."
    if not phenotypes.exchange_gain
    else f"Moving single patients lowers the inertia by {percent(phenotypes.exchange_gain, 3)}: "
    "another division is slightly tighter.",
)

# %% [markdown]
# ## Names by rule, not by eye
#
# Clusters are ordered by mean severity and named by their rank. With two, the milder is Mild and
# the other Severe; where no feature has a direction they are numbered by size.

# %%
sizes = [
    {"name": name, "n": n, "share": n / len(Z)}
    for name, n in zip(phenotypes.names, phenotypes.sizes, strict=True)
]
say(listed([f"{p['name']}: {share(p['n'], len(Z))}" for p in sizes]) + ".")

# %% [markdown]
# ## Who they are
#
# Nothing in this table took part in the clustering, save a scanner within which features are scored
# (column `per_device` of the codebook).

# %%
shown = [c for c in book.descriptors if not c.eligible]
others = (*book.devices, *book.covariates, *book.outcomes, *shown)
table_2 = baseline.table_one(patients.data, phenotypes.labels, phenotypes.names, others)
out.table(table_2, "table_2_phenotypes", "Patients by phenotype")
tables.present(table_2, synthetic=patients.synthetic)

# %% [markdown]
# ## What sets them apart
#
# The features made the groups, so asking whether they differ between the groups has only one
# possible answer, and a p value for it would mean nothing. What can be read is *how much* and
# *where*: the profile of each phenotype, and the difference between the most and the least severe
# in standard deviations (Hedges' g).
#
# The phenotypes were made from the same patients, and others would have given others. So the
# whole pipeline is bootstrapped: patients are drawn with replacement, gaps filled, features scaled,
# clusters made and ordered, each time anew. The interval is that of the differences so made. They
# are there by construction: it is no test. (The same pass regresses the outcome, for notebook 5.)

# %% tags=["nbval-ignore-output"]
chosen = cohorts.choose_covariates(book, covariates)
choices = {
    "n_replicates": n_pipeline, "n_clusters": n_clusters, "scaling": scaling, "missing": missing,
    "random_state": random_state,
}
with workers(jobs, dask, processes=True):
    replicates = pipeline.bootstrap(
        patients, covariates=chosen, progress=Progress("batches of bootstraps"), **choices
    )

# %%
made_of = pipeline.made_of(patients, chosen, choices)
bootstraps = pipeline.record(replicates, made_of)
out.model(bootstraps, pipeline.MODEL, "Coefficients of the bootstraps of the pipeline")
differences = profiles.differences(Z, phenotypes, book)
differences = pipeline.difference_intervals(differences, replicates)
say(*differences["note"].unique(), f"Bootstraps without phenotypes: {replicates.n_failed} of "
    f"{n_pipeline}.")

# %% [markdown]
# And what would a cut give where there are no groups? Beside each difference stands the one that a
# single severity continuum shows when it is cut by the same k-means (null C of notebook 3, drawn
# again and again). A difference within its band is no sign of two kinds of patients.

# %% tags=["nbval-ignore-output"]
with workers(jobs, dask, processes=True):
    continuum_cut = cut.continuum_cut(
        Z, book, n_clusters=n_clusters, random_state=random_state,
        progress=Progress("batches of draws cut"),
    )

# %%
profile = profiles.profile(found.X, Z, phenotypes, book)
beside = differences.merge(continuum_cut.drop(columns=["label", "block", "note"]), on="feature")
out.table(profile, "table_s1_profile", "Every feature by phenotype")
out.table(beside, "table_s2_differences", "Differences in the features that made the clusters")
shown = beside[["label", "block", "smd", "low", "high", "null_low", "null_high"]]
tables.present(shown, synthetic=patients.synthetic)

# %%
by_block = differences.groupby("block", sort=False)["smd"].median()
say(
    "Median difference by block: "
    + listed([f"{block_name(block)} {number(g)}" for block, g in by_block.items()])
    + f" (Hedges' g, {phenotypes.names[-1]} minus {phenotypes.names[0]}).",
    within_band(beside.to_dict("records")),
)

# %%
apart = figures.feature_differences(
    differences, continuum_cut, names=phenotypes.names, synthetic=patients.synthetic
)
out.figure(apart, "figure_s7_differences", "Differences in the features, beside a continuum cut")
apart

# %% [markdown]
# ## Figure 2
#
# Left, the profile: how far each phenotype lies from the cohort's mean. Right, the patients in the
# plane of their first two principal components. A map is not a test: a single elongated cloud cut
# across looks much like this.

# %%
pca = profiles.pca_map(Z, found.severity)
figure_2 = figures.phenotype_profile(
    profile, pca, phenotypes.labels, phenotypes.names, synthetic=patients.synthetic
)
out.figure(figure_2, "figure_2_phenotypes", "Profile of the phenotypes and map of the patients")
figure_2

# %% [markdown]
# ## A phenotype for the next patient
#
# `models/phenotyper.json` holds what is needed to assign a new patient: means and standard
# deviations, centroids and their order, and no patient. It refuses whom it cannot judge. Given the
# cohort itself it must return the labels it came from.

# %%
phenotyper = assignment.phenotyper(found, patients)
given = found.X.join(patients.device) if patients.device is not None else found.X
assigned = assignment.assign(phenotyper, given)
judged = assigned["refused"] == ""
expected = [phenotypes.names[i] for i in phenotypes.labels[judged]]
assert assigned.loc[judged, "phenotype"].astype(str).tolist() == expected
out.model(phenotyper, "phenotyper", "Means, centroids and limits that assign a new patient")

# %%
near = assigned["margin"] < 0.5
say(
    f"{share(int(judged.sum()), len(judged))} patients are judged and get their own label back.",
    f"{share(int(near.sum()), len(judged))} lie within half a z unit of the border between two "
    "phenotypes; how often they keep their phenotype is counted in notebook 3.",
)

# %% [markdown]
# ## Conclusion
#
# k-means was asked for phenotypes and gave them; that it could is no finding. Their sizes and
# profiles describe the cut. What would change them: other features, another scaling, or another
# number of clusters. Whether the division would come back in other patients of the same kind is
# next: [3 · Groups, or one continuum cut in two?](03_stability.ipynb)

# %%
scores = resampling.silhouettes_by_k(Z, {n_clusters: phenotypes}, random_state=random_state)
numbers = plain({
    "n_clusters": n_clusters,
    "phenotypes": sizes,
    "inertia": phenotypes.inertia,
    "silhouette": float(scores.by_k["silhouette"].iloc[0]),
    "share_at_best": phenotypes.share_at_best,
    "exchange_gain": phenotypes.exchange_gain,
    "order": phenotypes.order,
    "differences": beside,
    "bootstraps": {"n": n_pipeline, "failed": replicates.n_failed},
    "explained": pca.explained,
    "n_near": int(near.sum()),
})
sentences = answer_clustering(numbers)
answer(sentences, **simulated)
out.publish(numbers, sentences, headline_clustering(numbers))
print("\n".join(sentences))

# %% tags=["nbval-ignore-output"]
colophon(patients.identity, random_state)
