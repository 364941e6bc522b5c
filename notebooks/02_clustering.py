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
# *Reads* the cohort file and its codebook. *Writes* Table 1, Figure 2, `models/phenotyper.json` and
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
ledger = "auto"  # type: str whose cohort the published numbers are held against
small_counts = "five"  # type: str of fewer people than this nothing is said
random_state = 20260221  # type: int seed of every random step of the analysis
jobs = 2  # type: int workers of the resampling
dask = ""  # type: str Dask scheduler that resamples, an address or local; empty: none

# %%
from compendium import groups, phenotypes, sensitivity, stability
from compendium.notebook import Page
from compendium.report import figures, published, table_one
from compendium.report.sentences import phenotypes as sentences

page = Page("02_clustering", globals())
patients, book = page.patients, page.book

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
# It finds a local optimum, so it starts many times, moves single patients between clusters as long
# as that brings them closer together (Hartigan's transfers), and keeps the best. The share of
# starts that reach the best says how rugged the search was. It always finds k groups. Whether there
# are any is the question of notebook 3.

# %%
found = page.found
solution, Z = found.phenotypes, found.Z
made = ("inertia", "share_at_best", "order", "too_few")
page.numbers |= {"n_clusters": n_clusters, "n_init": n_init, "n": len(Z)}
page.numbers |= {name: getattr(solution, name) for name in made}

# %% [markdown]
# The inertia is recomputed from its definition, the squared distance of each patient to the own
# centroid, and every patient must sit nearest to that centroid.

# %%
centroids = solution.centroids.to_numpy()
squared = ((Z.to_numpy()[:, None, :] - centroids[None]) ** 2).sum(axis=2)
assert abs(squared.min(axis=1).sum() - solution.inertia) < 1e-6 * solution.inertia
assert (squared.argmin(axis=1) == found.labels).all()
page.say(sentences.search(page.numbers))

# %% [markdown]
# ## Names by rule, not by eye
#
# Clusters are ordered by mean severity and named by their rank. With two, the milder is Mild and
# the other Severe; where no feature has a direction they are numbered by size.

# %%
paper = published.comparable(ledger, page.identity, n_clusters) or {"sizes": [None] * n_clusters}
stated = [n and n / sum(paper["sizes"]) for n in paper["sizes"]]
sizes = [None if solution.too_few else n for n in solution.sizes]
rows = zip(found.names, sizes, stated, strict=True)
page.numbers["phenotypes"] = [
    {"name": name, "n": n, "share": n and n / len(Z), "published": share} for name, n, share in rows
]
page.say(sentences.sizes(page.numbers), solution.too_few)

# %% [markdown]
# ## Who they are
#
# No column of this table was given to k-means, save a scanner within which features are scored
# (column `per_device` of the codebook). Means with standard deviations stand where a measurement is
# spread about evenly; medians with quartiles for grades and counts, and where a long tail (skewness
# beyond 1) would carry the mean to where few patients are. The last column is the difference of the
# most severe from the mildest phenotype in standard deviations; for categories it has no sign.
# Levels that few patients hold are merged, and counts of fewer than five are not shown (`hidden`),
# nor is what would reveal them. A sum is missing where any of its parts is, on either side; the
# mean of two sides is known from one.

# %%
shown = [c for c in book.descriptors if not c.eligible]
others = (*book.devices, *book.covariates, *book.outcomes, *shown)
table_1 = table_one(patients.data, found.labels, found.names, others)
page.table(table_1, "table_1_patients", "Patients, all and by phenotype")

# %% [markdown]
# ## What sets them apart
#
# The features made the groups, so asking whether they differ between the groups has only one
# possible answer, and a p value for it would mean nothing. What can be read is *how much* and
# *where*: the means of the mildest and the most severe phenotype, and their difference in standard
# deviations (Hedges' g).
#
# The phenotypes were made from the same patients, and others would have given others. So the
# whole pipeline is repeated in every bootstrap: patients are drawn with replacement, gaps filled,
# features scaled, clusters made and ordered. The interval is that of the differences so made. They
# are there by construction: it is no test.

# %% tags=["nbval-ignore-output"]
with page.workers(processes=True):
    replicates = sensitivity.bootstrap(found, page.covariates, n_replicates=n_pipeline)

# %% [markdown]
# And what would a cut give where there are no groups? Beside each difference stands the one that a
# smooth severity continuum shows when it is cut by the same k-means (simulated as in notebook 3). A
# difference within its band is no sign of two kinds of patients.

# %% tags=["nbval-ignore-output"]
with page.workers(processes=True):
    continuum_cut = groups.continuum_cut(found)

# %%
differences = sensitivity.difference_intervals(phenotypes.differences(found), replicates)
bands = continuum_cut[["feature", "null_mean", "null_low", "null_high", "n_draws"]]
differences = differences.merge(bands, on="feature")
page.numbers |= {"bootstraps": {"n_replicates": n_pipeline, "failed": replicates.n_failed}}
page.numbers["differences"] = differences.to_dict("records")
page.say(*sentences.failed(page.numbers))

# %%
apart = figures.feature_differences(differences, names=found.names)
title = "Differences in the features, beside a continuum that is cut"
page.figure(apart, "figure_2_differences", title)

# %%
page.say(sentences.medians(page.numbers), sentences.beyond_band(page.numbers))

# %% [markdown]
# ## A phenotype for the next patient
#
# `models/phenotyper.json` holds what is needed to assign a new patient: means and standard
# deviations, centroids and their order, and no patient. It refuses whom it cannot judge. Given the
# cohort itself it must return the phenotypes it came from.

# %%
phenotyper = phenotypes.phenotyper(found, page.synthetic)
assigned = phenotypes.assign(phenotyper, patients.data.assign(**found.X))
judged = assigned["refused"] == ""
expected = [found.names[i] for i in found.labels[judged]]
assert assigned.loc[judged, "phenotype"].astype(str).tolist() == expected
page.model(phenotyper, "phenotyper", "Means, centroids and limits that assign a new patient")

# %%
page.numbers["n_near"] = int((assigned["margin"] < 0.5).sum())
scores = stability.silhouettes(found, {n_clusters: solution})
page.numbers["silhouette"] = float(scores.by_k["silhouette"].iloc[0])
page.say(*sentences.assigned(assigned))

# %% [markdown]
# ## Conclusion

# %%
page.conclude()

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Supplement
#
# **Profile and map.** Left, how far each phenotype lies from the cohort's mean. Right, the patients
# in the plane of their first two principal components. A map is not a test: a single elongated
# cloud cut across looks much like this.

# %%
profile, pca = phenotypes.profile(found), phenotypes.profiles.pca_map(found)
page.numbers |= {"explained": pca.explained}
figure_s3 = figures.phenotype_profile(profile, pca, found.labels, found.names)
title = "Profile of the phenotypes and map of the patients"
page.figure(figure_s3, "figure_s3_map", title)

# %% [markdown]
# **Every feature by phenotype.** Means with standard deviations and 95 % intervals in each
# feature's own unit; gaps are filled.

# %%
title = "Every feature by phenotype"
page.table(profile, "table_s1_profile", title, "label unit phenotype n mean sd low high")

# %%
page.close()

# %% tags=["nbval-ignore-output"]
page.sign()
