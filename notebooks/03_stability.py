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
# **Question.** Do these patients fall into groups, or are they one severity continuum that k-means
# cuts in two, and how often is such a verdict wrong? Would the same division come back in other
# patients, and would it come back as well if there were no groups?

# %% tags=["nbval-ignore-output"]
from compendium.notebook import Answer

answer = Answer()

# %% [markdown]
# *Reads* the cohort file and its codebook. *Writes* Figure 3, Table 2 and
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
n_draws = 999  # type: int simulated cohorts of a smooth continuum to test against
n_bands = 99  # type: int simulated cohorts of a smooth continuum to resample
alpha = 0.05  # type: float level at which a finding is called supported
small_counts = "five"  # type: str of fewer people than this nothing is said
random_state = 20260221  # type: int seed of every random step of the analysis
jobs = 2  # type: int workers of the resampling
dask = ""  # type: str Dask scheduler that resamples, an address or local; empty: none

# %%
from compendium import PROJECT, groups, sensitivity, stability
from compendium.notebook import Page
from compendium.report import figures
from compendium.report.sentences import stability as sentences

page = Page("03_stability", globals())
patients, found, book = page.patients, page.found, page.book

# %% [markdown]
# ## What would one continuum give?
#
# k-means splits anything. One severity continuum cut in two can give a repeatable split, the
# highest silhouette at k = 2, and features that differ between its halves. So we ask what the
# patients would look like had there been no groups, and simulate such cohorts. A *smooth continuum*
# shares with the patients their correlations, how every feature follows severity (bends and spread
# included), and how patients spread along three dimensions; but each of these has one peak.
#
# The verdict looks at the patients without their clusters. Either of two findings is enough:
#
# - they split more cleanly along one direction than a smooth continuum does, and neither a single
#   peak nor two peaks with patients evenly between explain how they stand along it;
# - nearly everyone sits at one of two points.
#
# Groups can go with the scanner, the centre or sex, so they are looked for again with these
# differences removed.
#
# | verdict | in words |
# |---|---|
# | 0 | a smooth continuum cannot be ruled out |
# | 1 | it is ruled out, but one irregular peak, or two with patients evenly between, is not |
# | 2 | groups, with many patients between them |
# | 3 | groups, with few patients between them |
#
# Where the patients are simulated, the truth is known, and a second cohort is judged beside them.

# %% tags=["nbval-ignore-output"]
pair = "" if cohort else "two_groups" if scenario == "continuum" else "continuum"
seen = {patients.title: found}
if pair:
    other, there = page.beside(pair)
    seen[other.title] = there
how = {"n_draws": n_draws, "alpha": alpha}
with page.workers(processes=True):
    examined = {title: groups.examine(of, **how) for title, of in seen.items()}

# %%
curves = groups.read_power(PROJECT / "data" / "power.csv")
limits = groups.detection_limits(curves, *found.Z.shape, alpha)
records = {title: sentences.record(v, book, limits) for title, (v, _) in examined.items()}
judged, *beside = records.values()
page.numbers |= {"n_clusters": n_clusters, "verdict": judged, "beside": beside}
shown = [(t, records[t]["sentence"], spread) for t, (_, spread) in examined.items()]
along = figures.along_axis(shown, ordered=found.phenotypes.order == "severity")
page.figure(along, "figure_3_axis", "Patients along the main severity axis")

# %%
page.say(*sentences.truth(patients, pair))

# %% [markdown]
# ## How often is this verdict wrong?
#
# We simulated cohorts whose truth is known, many of each kind, and counted how often a rule said
# groups: in %, the mean over kinds and the highest (kind by kind, with their numbers of patients
# and features, in `data/rules.csv`; how, in `benchmarks/`). In fewer patients it sees less. Two
# groups that each spread along severity are often missed, and so is a small group. A category that
# nobody recorded and that shifts many measures is a group to the verdict. The gap statistic is left
# out, since it calls more than half of the continua groups.

# %%
rules = groups.read_rules(PROJECT / "data" / "rules.csv")
beside = f"each set beside {rules['draws'].max()} of a smooth continuum"
title = f"How often rules say groups, % of simulated cohorts, {beside}"
page.table(sentences.errors(rules), "table_2_errors", title, key="errors")

# %%
resembles = groups.resemblance(found, examined[patients.title][1])
page.say(*sentences.errs(rules, resembles))
page.numbers |= {"resembles": resembles}

# %% [markdown]
# ## Would the same division come back?
#
# Repeatability is another question: a cut through one cloud comes back, too. Each resample is
# clustered anew from random starts (a start at the known solution would find it again and fake
# stability). Patients are drawn with replacement; those *not* drawn are assigned to the nearest new
# centroid and compared with their phenotype. The adjusted Rand index (ARI) is 1 for equal divisions
# and 0 on average for unrelated ones.

# %%
bearable = min(k_max, len(found.Z) // stability.PER_CLUSTER)
ks = range(2, max(bearable, n_clusters) + 1)
fits = stability.fits(found, ks, n_init=n_init)
shapes = stability.silhouettes(found, fits)

# %% tags=["nbval-ignore-output"]
with page.workers():
    resampled = stability.resample(found, fits, n_resamples=n_resamples)

# %% tags=["nbval-ignore-output"]
with page.workers(processes=True):
    bands = groups.null_bands(found, ks, n_bands=n_bands)

# %%
page.numbers |= {"by_k": stability.by_number(shapes, resampled, null_bands=bands)}
assert resampled.summary["mean"].between(-1, 1).all()
kept = resampled.certainty.query("k == @n_clusters")["core"]
page.numbers |= {"n_core": int(kept.sum())}
page.say(*sentences.comes_back(page.numbers, kept, k_max))

# %% [markdown]
# If another algorithm, scaling or way with missing values groups patients differently, the line is
# the choice's. If leaving out one type of feature, or one site, moves many patients, the phenotype
# is that type or that site.

# %%
choices = sensitivity.other_choices(found, n_init=n_init)
page.numbers |= {"agreement": choices}
page.say(*sentences.alike(choices))

# %% [markdown]
# ## Conclusion

# %%
page.conclude()

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Supplement
#
# *The verdict in detail.* How cleanly patients split is asked of the three largest principal
# components: the share of the variance along one that is explained when it is cut in two at the
# best place. What lies between is asked of the patients' places along that direction, with the
# noise of the measures removed: one peak, or two with an even spread between them, are fitted and
# set against the best curve of any shape. Polarisation is kurtosis less squared skewness: 1 when
# all sit at two points, at least one and a half with one peak of any shape. How full the middle is:
# the patients in the middle half of the way between the two sides, as a share of those who would be
# there if all patients were spread evenly from one side to the other.

# %%
title, columns = "Indices by number of clusters", "k silhouette share_negative smallest"
columns += " ari_out_of_bag ari_80 least_jaccard prediction_strength"
page.table(stability.table(shapes, resampled), "table_s2_indices", title, columns)

# %% [markdown]
# Silhouette: 1 deep inside the own cluster, 0 on the border, negative on the wrong side. 80 %
# subsamples are what most papers mean by a resampled ARI, and usually kinder. Jaccard: dissolved at
# 0.5 or below, recovered from 0.75. Prediction strength: does one half of the patients predict
# which pairs of the other half belong together?

# %%
parts = (shapes.by_k, resampled.ari, resampled.jaccard, shapes.per_patient)
overview = figures.stability_overview(*parts, n_clusters=n_clusters)
page.figure(overview, "figure_s4_stability", "Silhouettes and resampled agreement")

# %%
title, columns = "Agreement of other choices with the reference", "kind choice ari moved n"
page.table(choices, "table_s3_choices", title, columns)

# %% [markdown]
# Every simulated cohort of a smooth continuum passes through the same scaling, clustering and
# resampling as the patients. An index within its band is what a cut through no groups would show.

# %%
page.keep(bands, "figure_s5_bands", "Numbers of Figure S5")
indices = figures.beside_nulls(bands, n_clusters=n_clusters)
page.figure(indices, "figure_s5_indices", "The usual indices beside a smooth continuum")

# %%
page.say(*sentences.indices_beside(bands, n_clusters))

# %% tags=["nbval-ignore-output"]
with page.workers(processes=True):
    mixtures = groups.compare_mixtures(found.Z.to_numpy(), random_state=random_state)

# %%
page.table(mixtures, "table_s4_mixtures", "One Gaussian or two", key="mixtures")

# %%
page.say(*sentences.one_or_two(mixtures, alpha))

# %%
page.close()

# %% tags=["nbval-ignore-output"]
page.sign()
