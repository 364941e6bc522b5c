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
# # 3 · Is the division repeatable?
#
# **Question.** Would the same phenotypes come back from other patients of the same kind, with
# another number of clusters, or with another algorithm? And what may be concluded if they do?

# %% tags=["nbval-ignore-output"]
from compendium.display import Answer

answer = Answer()

# %% [markdown]
# *Reads* the cohort file and its codebook. *Writes* Figure 3, its tables and
# `results/03_stability.json`. *Before:* [2 · Which phenotypes does k-means
# make?](02_clustering.ipynb) *Next:* [4 · Do measures the clustering never saw
# agree?](04_validation.ipynb)

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
k_max = 5  # type: int stability is shown for k from 2 up to this
n_resamples = 200  # type: int resamples of the stability analysis
random_state = 20260221  # type: int seed of every random step of the analysis
jobs = 2  # type: int processes of the resampling
dask = ""  # type: str Dask scheduler that resamples, an address or local; empty: none

# %%
from compendium import clustering, figures, stability
from compendium import cohort as cohorts
from compendium.answers import answer_stability, headline_stability
from compendium.display import Progress, colophon, say
from compendium.parameters import check_all
from compendium.results import Run, plain
from compendium.sentences import listed, number, percent
from compendium.workers import workers

check_all(globals())
patients = cohorts.load(cohort, codebook, scenario, scenario_seed, max_missing)
out = Run("03_stability", run, synthetic=patients.synthetic)
found = clustering.cluster_cohort(
    patients, n_clusters=n_clusters, n_init=n_init, scaling=scaling, missing=missing,
    random_state=random_state,
)  # fmt: skip
Z = found.Z

# %% [markdown]
# ## How many clusters?
#
# The silhouette compares each patient's distance to the own cluster with that to the next one: 1
# is deep inside, 0 on the border, negative on the wrong side. Its mean is taken for every k with
# the same z-scores and the same number of starts.

# %%
k_largest = min(k_max, len(Z) // stability.PER_CLUSTER)
ks = range(2, max(k_largest, n_clusters) + 1)
fits = stability.fits(
    Z, ks, n_init=n_init, random_state=random_state, severity=found.severity
) | {n_clusters: found.phenotypes}
shapes = stability.silhouettes(Z, fits, random_state=random_state)
out.table(shapes.by_k, "table_s3_silhouettes", "Silhouette and other indices by number of clusters")
shapes.by_k[["k", "silhouette", "share_negative", "smallest"]].round(3)

# %%
best = shapes.by_k.loc[shapes.by_k["silhouette"].idxmax()]
say(
    f"The mean silhouette is highest at k = {best.k:.0f} ({number(best.silhouette, 3)}).",
    "Below 0.25 it is usually read as no substantial structure." if best.silhouette < 0.25 else "",
    f"{len(Z)} patients are too few to resample more than {ks[-1]} clusters."
    if k_largest < k_max else "",
)

# %% [markdown]
# ## Would the same division come back?
#
# Each resample is clustered anew from random starts (a start at the known solution would find it
# again and fake stability). Two schemes, two different questions, never mixed:
#
# - **bootstrap, out-of-bag**: patients drawn with replacement; those *not* drawn are assigned to
#   the nearest new centroid and compared with their reference label;
# - **80 % subsample**: the division of four fifths of the patients is compared with the reference
#   on the same four fifths. This is what most papers mean by resampled adjusted Rand index (ARI),
#   and it is usually the kinder one.
#
# ARI is 1 for equal divisions and 0 on average for unrelated ones. The clusterwise Jaccard index
# asks the same of each cluster: dissolved at 0.5 or below, recovered from 0.75.

# %% tags=["nbval-ignore-output"]
with workers(jobs, dask):
    resampled = stability.resample(
        Z, fits, n_resamples=n_resamples, random_state=random_state, jobs=None,
        progress=Progress("resamples"),
    )  # fmt: skip

# %%
out.table(resampled.summary, "table_3_resampled_ari", "Resampled adjusted Rand index")
out.table(resampled.jaccard, "table_s4_jaccard", "Clusterwise Jaccard index")
resampled.summary.round(3)

# %%
here = resampled.jaccard.query("k == @n_clusters")
assert resampled.summary["mean"].between(-1, 1).all() and here["mean"].between(0, 1).all()
say(
    f"At k = {n_clusters}: "
    + listed([f"{j.phenotype} {j.status} (Jaccard {number(j.mean)})" for j in here.itertuples()])
    + "."
)

# %% [markdown]
# ## Another algorithm
#
# Ward's clustering merges, a Gaussian mixture bends. If they draw the line elsewhere, the line is
# the algorithm's. If they agree, the line is easy to find, which a long cloud with a thin middle
# would grant as well.

# %%
agreement = stability.agreement(Z, found.phenotypes, random_state=random_state)
out.table(agreement, "table_s5_algorithms", "Agreement of other algorithms with k-means")
agreement[["algorithm", "ari", "moved", "n"]].round(3)

# %%
say(
    listed(
        [f"{a.algorithm} moves {percent(a.moved)} of the patients" for a in agreement.itertuples()]
    )
    + " to another group than k-means."
)

# %% [markdown]
# ## Figure 3

# %%
figure_3 = figures.stability_overview(
    shapes.by_k, resampled.ari, resampled.jaccard, shapes.per_patient, agreement,
    n_clusters=n_clusters, synthetic=patients.synthetic,
)  # fmt: skip
out.figure(figure_3, "figure_3_stability", "Silhouettes, resampled agreement and algorithms")
figure_3

# %% [markdown]
# ## Conclusion
#
# A useful severity stratum must be repeatable, and these numbers say whether this one is. They do
# not say that there are two kinds of patients: cut one severity continuum in two, and its halves
# come back in resamples just as faithfully, with the silhouette highest at k = 2. To tell the two
# apart, the indices have to be set beside what a continuum gives.

# %%
by_k = []
for row in shapes.by_k.to_dict("records"):
    ari = resampled.summary.query("k == @row['k']").set_index("scheme")
    by_k.append({
        **row,
        "ari": ari[["mean", "sd", "mc_error", "resamples"]].to_dict("index"),
        "jaccard": resampled.jaccard.query("k == @row['k']").drop(columns="k").to_dict("records"),
    })  # fmt: skip
numbers = plain({"n_clusters": n_clusters, "by_k": by_k, "agreement": agreement})
sentences = answer_stability(numbers)
answer(sentences, synthetic=patients.synthetic)
out.publish(numbers, sentences, headline_stability(numbers))
print("\n".join(sentences))

# %% tags=["nbval-ignore-output"]
colophon(patients.identity, random_state)
