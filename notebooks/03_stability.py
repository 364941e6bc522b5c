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
from compendium.notebook import Answer

answer = Answer()

# %% [markdown]
# *Reads* the cohort file and its codebook. *Writes* Figure 3, Figure 3b, their tables and
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
import pandas as pd

from compendium import PROJECT, groups, sensitivity, stability
from compendium.notebook import Page
from compendium.report import figures
from compendium.report.sentences import groups as verdicts
from compendium.report.sentences import stability as sentences

page = Page("03_stability", globals())
patients, found = page.patients, page.found

# %% [markdown]
# ## How many clusters?
#
# The silhouette compares each patient's distance to the own cluster with that to the next one: 1
# is deep inside, 0 on the border, negative on the wrong side. Its mean is taken for every k with
# the same z-scores and the same number of starts.

# %%
bearable = min(k_max, len(found.Z) // stability.PER_CLUSTER)
ks = range(2, max(bearable, n_clusters) + 1)
fits = stability.fits(found, ks, n_init=n_init)
shapes = stability.silhouettes(found, fits)
title = "Silhouette and other indices by number of clusters"
columns = "k silhouette share_negative smallest"
page.table(shapes.by_k, "table_s3_silhouettes", title, columns, digits=3)

# %%
rules = groups.read_rules(PROJECT / "data" / "rules.csv")
most = sentences.too_few(len(found.Z), ks, k_max)
page.say(*sentences.best_silhouette(shapes.by_k, rules, most))

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
with page.workers():
    resampled = stability.resample(found, fits, n_resamples=n_resamples)

# %%
strength = resampled.prediction_strength
page.keep(resampled.jaccard, "table_s4_jaccard", "Clusterwise Jaccard index")
title, key = "Prediction strength", "prediction_strength"
page.keep(strength, "table_s8_prediction_strength", title, key=key)
title = "Resampled adjusted Rand index"
page.table(resampled.summary, "table_3_resampled_ari", title, digits=3)

# %%
here = resampled.jaccard.query("k == @n_clusters")
assert resampled.summary["mean"].between(-1, 1).all() and here["mean"].between(0, 1).all()
page.say(sentences.recovered(here))

# %% [markdown]
# ## Whose label would stay?
#
# The same resamples say it patient by patient: how often does somebody who was *not* drawn land in
# the phenotype of the reference? Core patients nearly always do. For border patients the label says
# little. It is certainty of the side of a cut, not of a group.

# %%
certain = resampled.certainty.query("k == @n_clusters")
certainty = figures.certainty(certain, found.names, n_clusters=n_clusters)
page.figure(certainty, "figure_s5_certainty", "How often patients keep their phenotype")

# %%
page.say(*sentences.core(certain["core"]))
page.numbers |= {"n_clusters": n_clusters, "n_core": int(certain["core"].sum())}

# %% [markdown]
# ## Other defensible choices
#
# If another algorithm, scaling, or way with missing values draws the line elsewhere, the line is
# the choice's. If leaving out one block of features, or one site, moves many patients, the
# phenotype is that block or that site. If all agree, the line is easy to find, which a long cloud
# with a thin middle would grant as well.

# %%
choices = sensitivity.other_choices(found, n_init=n_init)
title, columns = "Agreement of other choices with the reference", "kind choice ari moved n"
page.table(choices, "table_s5_choices", title, columns, key="agreement", digits=3)

# %%
page.say(*sentences.moved(choices))

# %% [markdown]
# ## Figure 3

# %%
parts = (shapes.by_k, resampled.ari, resampled.jaccard, shapes.per_patient, choices)
figure_3 = figures.stability_overview(*parts, n_clusters=n_clusters)
title = "Silhouettes, resampled agreement and other choices"
page.figure(figure_3, "figure_3_stability", title)

# %%
page.say(verdicts.comes_back(resampled.summary, resampled.jaccard))

# %% [markdown]
# ## What would a continuum give?
#
# None of the indices above knows whether there are groups. One severity continuum cut in two can
# give a repeatable cut, the highest silhouette at k = 2, and features that differ between its
# halves. So each index is set beside the same index in cohorts that have no groups
# *by construction* but share the data's other traits. Every drawn cohort passes through the same
# scaling and the same clustering:
#
# - **A, one Gaussian** with the observed covariances;
# - **B, margins and correlations**: each feature keeps its observed values, features their
#   correlations, and nothing else;
# - **C, one severity continuum**: patients lie along one axis with any distribution that has one
#   hill; features bend along it and scatter around it as in the data;
# - **L, a smooth one**: as C, with a distribution without spikes or broad shoulders (log-concave).
#
# The axis of C and L is the *main course*: the position along the first principal component of the
# z-scores, or along the curve that patients follow where another component bends with the first. It
# is not the severity score of notebook 2, which is a mean of z-scores.
#
# The test statistics are the cluster index (how much variance the clusters leave inside) and the
# silhouette, each judged over all k at once, and the best cut in two of one of the first three
# principal components, judged likewise. Under B and L both indices must speak, or the cut of a
# component; p is doubled for the two looks. Under C both indices must speak. A small p says that
# some k stands out, not that the chosen one does; the table says which k, or which component,
# stands out most, and ≤ where no draw was as extreme as the data. Stability never enters: it says
# whether a cut is repeatable, not why.

# %% tags=["nbval-ignore-output"]
curves = groups.read_power(PROJECT / "data" / "power.csv")
limit = groups.detection_limit(curves, *found.Z.shape, alpha)
drawn = {"n_draws": n_draws, "n_bands": n_bands, "alpha": alpha}
with page.workers(processes=True):
    examined = groups.examine(found, ks, **drawn, detection_limit=limit)

# %%
test = examined.test
page.keep(test.p_values, "table_7_nulls", "p of each statistic under each null")
page.show(verdicts.p_table(test.p_values, n_draws).reset_index())

# %%
page.say(
    verdicts.elsewhere(test.p_values, n_clusters, alpha),
    *verdicts.precision(test.copula_difference, limit),
)

# %% [markdown]
# ## Is there a valley?
#
# Two groups far enough apart leave a valley between them. The dip measures its depth on the main
# course and on the line that joins the centroids of two clusters (there against null C, which
# repeats the choice of line). These centroids are those of two clusters of z-scores standardised
# once more, as every drawn cohort is; the colours are the phenotypes of notebook 2, so the two need
# not agree for every patient. One Gaussian against two is only supporting: two also fit one skewed
# hill.

# %%
page.keep(test.dip, "table_s10_dip", "Is there a valley?", key="dip")
page.keep(examined.mixtures, "table_s11_mixtures", "One Gaussian or two?", key="mixtures")
assert test.p_values["p"].between(1 / (n_draws + 1), 1).all()
order = {"ordered": found.phenotypes.order == "severity"}
axis = figures.severity_axis(test.axis, found.labels[test.rows], found.names, test.dip, **order)
title = "Patients along the main course and between the centroids"
page.figure(axis, "figure_s6_axis", title)

# %%
page.say(*verdicts.valleys(test.dip), verdicts.one_or_two(examined.mixtures, alpha))

# %% [markdown]
# ## The verdict
#
# A ladder, each rung on the one below. On the ground the data do not tell groups from one severity
# continuum. First rung: more structure than margins and correlations explain. Second: grouping
# beyond any single severity axis of this form. Third: patients thin out between the groups as well.
# On the axis null L decides, which has more power against groups close together; the sentence says
# whether null C, which allows one hill of any shape, is rejected too.

# %%
evidence = verdicts.evidence(vars(test.verdict.evidence), test.dip, n_draws)
page.keep(evidence, "table_7b_verdict", "The p values that decide")
in_words = evidence.assign(p=evidence["p_in_words"].map(verdicts.bare))
page.show(in_words, "evidence p decides")

# %%
for sentence in verdicts.verdict_lines(vars(test.verdict), n_draws):
    page.say(sentence)

# %% [markdown]
# ## Figure 3b
#
# Every index, k by k, beside the bands that cohorts without groups give. Where the patients are
# simulated, the truth is known, and a second simulated cohort stands beside them.

# %%
pair = "" if cohort else "two_groups" if scenario == "continuum" else "continuum"
# the cohort beside is only looked at: fewer draws, which the figure counts
fewer = {"n_draws": min(n_draws, max(99, int(2 / alpha))), "n_bands": min(n_bands, 39)}
page.say(*verdicts.truth(patients, pair))

# %% tags=["nbval-ignore-output"]
seen = {patients.title: examined}
if pair:
    other, there = page.beside(pair)
    far = groups.detection_limit(curves, *there.Z.shape, alpha)
    how = {**fewer, "alpha": alpha, "detection_limit": far, "supporting": False}
    with page.workers(processes=True):
        seen[other.title] = groups.examine(there, ks, **how)

# %%
said = verdicts.first_lines({title: e.test for title, e in seen.items()})
bands = {title: e.beside for title, e in seen.items()}
every = pd.concat(bands, names=["cohort"]).reset_index(level="cohort")
page.keep(every, "table_s9_bands", "Every index beside its null bands")
shown = [(title, said[title], frame) for title, frame in bands.items()]
figure_3b = figures.beside_nulls(shown, n_clusters=n_clusters)
page.figure(figure_3b, "figure_3b_nulls", "Stability beside cohorts without groups")

# %%
beside = examined.beside
page.say(verdicts.standing_out(beside, n_clusters), verdicts.highest_without_groups(beside))
if pair:
    page.say(*verdicts.told_apart(bands, n_clusters))
    page.say(f"{other.title}: {said[other.title]}")

# %% [markdown]
# ## Conclusion
#
# A useful severity stratum must be repeatable, and the indices say whether this one is. Whether
# there are groups is another question, and the ladder is the only answer to it given here. It can
# say that a continuum does not explain the data; it can never prove a continuum. And it can be
# fooled: the last sentence below says how often it was, where the truth is known (`benchmarks/`).
# What would change the verdict: other features, more patients (groups close together need many),
# and a severity axis of another form than those drawn. Whether the phenotypes go with measures that
# did not make them is next: [4 · Do measures the clustering never saw agree?](04_validation.ipynb)

# %%
page.numbers["by_k"] = stability.by_number(shapes, resampled, null_bands=examined.beside)
about = {"p": test.p_values, "n": test.n, "n_draws": test.n_draws}
page.numbers |= {"verdict": vars(test.verdict) | about, "pair": None}
if pair:
    there = seen[other.title].test
    page.numbers["pair"] = {"name": other.name, "n": there.n} | vars(there.verdict) | fewer
page.close(verdicts.deciding(evidence), groups.known_truth.ladder_errs(rules))

# %% tags=["nbval-ignore-output"]
page.sign()
