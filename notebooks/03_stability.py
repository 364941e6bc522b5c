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
# # 3 · Groups, or one continuum cut in two?
#
# **Question.** Would the same phenotypes come back from other patients of the same kind, and would
# they come back just as well if there were no groups at all, only one severity continuum?

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
n_resamples = 1000  # type: int resamples of the stability analysis
n_draws = 999  # type: int cohorts without groups drawn from each null to test against
n_bands = 99  # type: int cohorts without groups drawn from each null to resample
alpha = 0.05  # type: float level at which a finding is called supported
random_state = 20260221  # type: int seed of every random step of the analysis
jobs = 2  # type: int workers of the resampling
dask = ""  # type: str Dask scheduler that resamples, an address or local; empty: none

# %%
from compendium import agreement, clustering, figures, groups, power, stability
from compendium import cohort as cohorts
from compendium.answers import answer_stability, headline_stability
from compendium.display import Progress, colophon, say
from compendium.parameters import check_all
from compendium.results import PROJECT, Run, plain
from compendium.sentences import listed, number, p_value, percent, share
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
# asks the same of each cluster: dissolved at 0.5 or below, recovered from 0.75. Prediction strength
# asks whether one half of the patients predicts which pairs of the other half belong together.

# %% tags=["nbval-ignore-output"]
with workers(jobs, dask):
    resampled = stability.resample(
        Z, fits, n_resamples=n_resamples, random_state=random_state, progress=Progress("fits")
    )

# %%
out.table(resampled.summary, "table_3_resampled_ari", "Resampled adjusted Rand index")
out.table(resampled.jaccard, "table_s4_jaccard", "Clusterwise Jaccard index")
out.table(resampled.prediction_strength, "table_s8_prediction_strength", "Prediction strength")
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
# ## Who is certain of their phenotype?
#
# The same resamples say it patient by patient: how often does somebody who was *not* drawn land in
# the phenotype of the reference? Core patients nearly always do. For border patients the label says
# little, and the severity score says more.

# %%
certain = resampled.certainty.query("k == @n_clusters")
certainty = figures.certainty(
    certain, found.phenotypes.names, n_clusters=n_clusters, synthetic=patients.synthetic
)
out.figure(certainty, "figure_s5_certainty", "How often patients keep their phenotype")
certainty

# %%
n_core = int(certain["core"].sum())
say(f"{share(n_core, len(certain))} patients are core: they keep their phenotype in nearly every "
    f"resample; the other {len(certain) - n_core} are border patients.")  # fmt: skip

# %% [markdown]
# ## Other defensible choices
#
# If another algorithm, scaling, or way with missing values draws the line elsewhere, the line is
# the choice's. If leaving out one block of features, or one site, moves many patients, the
# phenotype is that block or that site. If all agree, the line is easy to find, which a long cloud
# with a thin middle would grant as well.

# %%
choices = agreement.agreement(
    patients, found, missing=missing, n_init=n_init, random_state=random_state
)
out.table(choices, "table_s5_choices", "Agreement of other choices with the reference")
choices[["kind", "choice", "ari", "moved", "n"]].round(3)

# %%
possible = choices.dropna(subset=["ari"])
worst = possible.loc[possible["ari"].idxmin()]
say(
    f"{len(possible)} other choices move {percent(possible['moved'].min(), 1)} to "
    f"{percent(possible['moved'].max(), 1)} of the patients, most by {worst.kind}: {worst.choice}.",
    *[f"{c.choice}: {c.note}" for c in choices.itertuples() if c.note],
)

# %% [markdown]
# ## Figure 3

# %%
figure_3 = figures.stability_overview(
    shapes.by_k, resampled.ari, resampled.jaccard, shapes.per_patient, choices,
    n_clusters=n_clusters, synthetic=patients.synthetic,
)  # fmt: skip
out.figure(figure_3, "figure_3_stability", "Silhouettes, resampled agreement and other choices")
figure_3

# %% [markdown]
# ## What would a continuum give?
#
# None of the indices above knows whether there are groups. One severity continuum cut in two gives
# a repeatable cut, the highest silhouette at k = 2, and every feature different between its halves.
# So each index is set beside the same index in cohorts that have no groups *by construction* but
# share the data's other traits. Every drawn cohort passes through the same scaling and the same
# clustering:
#
# - **A, one Gaussian** with the observed covariances;
# - **B, margins and correlations**: each feature keeps its observed values, features their
#   correlations, and nothing else;
# - **C, one severity continuum**: patients lie along one axis with any distribution that has one
#   hill; features bend along it and scatter around it as in the data;
# - **L, a smooth one**: as C, with a distribution without spikes or broad shoulders (log-concave).
#
# The test statistics are the cluster index (how much variance the clusters leave inside), the
# silhouette, both judged over all k at once, and the best cut of one of the first three components.
# Trying many costs nothing in level, and stability never enters: it says whether a cut is
# repeatable, not why.

# %% tags=["nbval-ignore-output"]
limit = power.detection_limit(power.read(PROJECT / "data" / "power.csv"), *Z.shape)
with workers(jobs, dask, processes=True):
    examined = groups.examine(
        Z, orientation={c.name: c.worse for c in patients.codebook.features}, ks=ks,
        n_draws=n_draws, n_bands=n_bands, random_state=random_state, alpha=alpha,
        detection_limit=limit, progress=Progress,
    )  # fmt: skip

# %%
test = examined.test
out.table(test.p_values, "table_7_nulls", "p of each statistic under each null")
out.table(examined.beside, "table_s9_bands", "Every index beside its null bands")
test.p_values.pivot_table(index="statistic", columns="null", values="p").round(3)

# %%
say(
    f"Twins of null B keep every correlation to within {number(test.copula_difference, 3)}.",
    f"Groups {number(limit, 1)} SD apart are seen in {percent(power.POWER)} of cohorts this large."
    if limit else "How far apart groups must be to be seen is not known for this size.",
)

# %% [markdown]
# Two groups far enough apart leave a valley between them. The dip measures its depth on the
# severity axis and on the axis that joins the centroids (there against null C, which repeats the
# choice of axis). One Gaussian against two is only supporting: two also fit one skewed hill.

# %%
out.table(test.dip, "table_s10_dip", "Is there a valley?")
out.table(examined.mixtures, "table_s11_mixtures", "One Gaussian or two?")
assert test.p_values["p"].between(1 / (n_draws + 1), 1).all()
say(*[f"Dip on the {d.axis}: {p_value(d.p_holm)} (Holm), valley at {number(d.valley_to_peak)} of "
      "the lower peak." for d in test.dip.itertuples()],
    f"Two Gaussians instead of one: {p_value(examined.mixtures['p'].iloc[1])} (likelihood ratio, "
    "bootstrap).")  # fmt: skip

# %% [markdown]
# ## The verdict
#
# A ladder, each rung on the one below. On the ground: nothing that one severity continuum does not
# explain. First rung: more structure than margins and correlations explain. Second: grouping beyond
# any single severity axis of this form. Third: a visible gap between the groups as well. On the
# axis, null L decides (groups that are close show against it); the sentence says whether null C,
# which allows any hill, is rejected too.

# %%
say(f"Rung {test.verdict.rung} of 3 at α = {alpha:g}. {test.verdict.sentence}")
say(f"At α = {test.verdict.alpha_strict:g}: rung {test.verdict.rung_strict}.")

# %% [markdown]
# ## The same, where the truth is known
#
# On simulated patients the truth is known. Two simulated cohorts, one of two groups and one of a
# single continuum, are both tuned to the paper's group sizes and its coefficient. The usual indices
# hardly tell them apart; the null bands do.

# %% tags=["nbval-ignore-output"]
pair = {"two_groups": "continuum"}.get(scenario, "two_groups") if patients.synthetic else ""
if pair:
    other = cohorts.load("", codebook, pair, scenario_seed, max_missing)
    there = clustering.cluster_cohort(other, n_clusters=n_clusters, random_state=random_state)
    with workers(jobs, dask, processes=True):
        beside = groups.examine(
            there.Z, orientation={c.name: c.worse for c in other.codebook.features}, ks=ks,
            n_draws=min(n_draws, 99), n_bands=min(n_bands, 19), random_state=random_state,
            alpha=alpha, detection_limit=limit, progress=Progress,
        )  # fmt: skip

# %%
shown = [(patients.title, f"Rung {test.verdict.rung} of 3", examined.beside)]
if pair:
    shown.append((other.title, f"Rung {beside.test.verdict.rung} of 3", beside.beside))
    say(f"{other.title}: rung {beside.test.verdict.rung}. {beside.test.verdict.sentence}")
figure_3b = figures.beside_nulls(shown, n_clusters=n_clusters, synthetic=patients.synthetic)
out.figure(figure_3b, "figure_3b_nulls", "Stability beside cohorts without groups")
figure_3b

# %%
on_axis = found.phenotypes.labels[test.rows]
axis = figures.severity_axis(
    test.axis, on_axis, found.phenotypes.names, test.dip, synthetic=patients.synthetic
)
out.figure(axis, "figure_s6_axis", "Patients along the severity axis")
axis

# %% [markdown]
# ## Conclusion
#
# A useful severity stratum must be repeatable, and the indices say whether this one is. Whether
# there are groups is another question, and the ladder is the only answer to it given here. It can
# say that a continuum does not explain the data; it can never prove a continuum. And it can be
# fooled: in simulations without groups it keeps its level on continua of many forms, but not where
# nearly every feature runs from its floor to its ceiling within the range of severity, nor where
# patients crowd at one end of the axis (`benchmarks/` counts how often). What would change the
# verdict: other features, more patients (groups close together need many), and a severity axis of
# another form than those drawn.

# %%
by_k = []
for row in shapes.by_k.to_dict("records"):
    ari = resampled.summary.query("k == @row['k']").set_index("scheme")
    by_k.append({
        **row,
        "ari": ari[["mean", "sd", "mc_error", "resamples"]].to_dict("index"),
        "jaccard": resampled.jaccard.query("k == @row['k']").drop(columns="k").to_dict("records"),
        "null_bands": examined.beside.query("k == @row['k']").drop(columns="k").to_dict("records"),
    })  # fmt: skip
numbers = plain({
    "n_clusters": n_clusters,
    "by_k": by_k,
    "prediction_strength": resampled.prediction_strength,
    "n_core": n_core,
    "agreement": choices,
    "verdict": {**vars(test.verdict), "p": test.p_values, "n": test.n, "n_draws": test.n_draws},
    "dip": test.dip,
    "mixtures": examined.mixtures,
    "pair": {"name": other.name, **vars(beside.test.verdict)} if pair else None,
})
sentences = answer_stability(numbers)
answer(sentences, synthetic=patients.synthetic)
out.publish(numbers, sentences, headline_stability(numbers))
print("\n".join(sentences))

# %% tags=["nbval-ignore-output"]
colophon(patients.identity, random_state)
