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
n_draws = 999  # type: int simulated cohorts of a smooth continuum to test against
n_bands = 99  # type: int simulated cohorts of a smooth continuum to resample
alpha = 0.05  # type: float level at which a finding is called supported
random_state = 20260221  # type: int seed of every random step of the analysis
jobs = 2  # type: int workers of the resampling
dask = ""  # type: str Dask scheduler that resamples, an address or local; empty: none

# %%
from compendium import PROJECT, groups, sensitivity, stability
from compendium.notebook import Page
from compendium.report import figures
from compendium.report.sentences import groups as verdicts
from compendium.report.sentences import known_truth
from compendium.report.sentences import stability as sentences

page = Page("03_stability", globals())
patients, found, book = page.patients, page.found, page.book

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
title = "Silhouette by number of clusters"
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
# k-means splits anything. One severity continuum cut in two can give a repeatable cut, the highest
# silhouette at k = 2, and features that differ between its halves. So we ask what the patients
# would look like had there been no groups, and simulate such cohorts. A *smooth continuum* shares
# with the patients their correlations, how every feature follows severity (bends and spread
# included), and how patients spread along three dimensions; but each of these has one peak.
#
# ## Groups, or one continuum?
#
# The verdict looks at the patients without their clusters, in two ways; either is enough.
#
# - *Do they split more cleanly along one direction than a smooth continuum does?* Then neither one
#   peak nor a filled way between two ends may explain how they stand along it. Measures at their
#   floor or ceiling pile patients up at two ends of one severity: two peaks, but not two kinds.
# - *Do they sit at two ends?* Polarisation is 1 when all sit at two points, and at least one and a
#   half with one peak of any shape. The noise of the measures is removed from it.
#
# The verdict is zero where a smooth continuum cannot be ruled out. It is one where it can, but one
# peak, or two with patients all the way between them, still explain the patients. It is two for
# groups with patients between them, three for groups with few between. Groups can go with the
# scanner, the centre or sex, so they are looked for again with these differences removed from the
# features. Stability never enters: it says whether a cut is repeatable, not why.
#
# Where the patients are simulated, the truth is known, and a second simulated cohort is judged too.

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
records = {title: verdicts.record(v, book, limits) for title, (v, _) in examined.items()}
judged = records[patients.title]
page.keep(verdicts.evidence(judged), "table_7_verdict", "What the verdict rests on")
page.show(verdicts.evidence(judged))

# %%
beside = [record for title, record in records.items() if title != patients.title]
page.numbers |= {"verdict": judged, "beside": beside}
page.say(judged["sentence"])
page.say(*verdicts.truth(patients, pair), *[f"There: {record['sentence']}" for record in beside])

# %% [markdown]
# ## Figure 3b
#
# The patients along their main severity axis, over what 95 % of the simulated cohorts of a smooth
# continuum give. Two peaks rise above the band and a gap falls below it where there are two groups
# along severity; groups that lie elsewhere do not show here.

# %%
said = {title: verdicts.first(record) for title, record in records.items()}
shown = [(title, said[title], spread) for title, (_, spread) in examined.items()]
along = figures.along_axis(shown, ordered=found.phenotypes.order == "severity")
page.figure(along, "figure_3b_axis", "Patients along the main severity axis")

# %% [markdown]
# ## The usual indices beside cohorts without groups
#
# Every simulated cohort passes through the same scaling, clustering and resampling as the patients.
# An index within the bands is what a cut through no groups would show too.

# %% tags=["nbval-ignore-output"]
fewer = min(n_bands, 29)  # of the cohort beside, which is only looked at
with page.workers(processes=True):
    bands = {title: groups.null_bands(of, ks, n_bands=n_bands if of is found else fewer)
             for title, of in seen.items()}

# %%
own = bands[patients.title]
page.keep(own, "table_s9_bands", "Every index beside its null bands")
shown = [(title, said[title], frame) for title, frame in bands.items()]
indices = figures.beside_nulls(shown, n_clusters=n_clusters)
page.figure(indices, "figure_s6_indices", "The usual indices beside cohorts without groups")

# %%
page.say(verdicts.standing_out(own, n_clusters), verdicts.highest_without_groups(own))
page.say(*verdicts.told_apart(bands, n_clusters))

# %% [markdown]
# One Gaussian against two is only supporting: two also fit one skewed peak.

# %% tags=["nbval-ignore-output"]
with page.workers(processes=True):
    mixtures = groups.compare_mixtures(found.Z.to_numpy(), random_state=random_state)

# %%
page.keep(mixtures, "table_s11_mixtures", "One Gaussian or two?", key="mixtures")
page.say(verdicts.one_or_two(mixtures, alpha))

# %% [markdown]
# ## How often is this verdict wrong?
#
# We simulated cohorts whose truth is known (`benchmarks/`) and counted how often the verdict was
# groups: mean in %, and in brackets the range over the kinds of cohort. The kinds one by one stand
# in `data/rules.csv`.

# %%
page.say(*known_truth.errs(rules))
page.show(known_truth.errors_table(rules))

# %% [markdown]
# What it cannot do: two groups that each spread along severity are often missed, and so is a small
# group. A steep course in which nearly every measure saturates can be taken for groups: look for
# measures at their floor or ceiling before you believe them. A category that nobody
# recorded and that shifts many measures is a group to it.

# %% [markdown]
# ## Conclusion

# %%
page.conclude()

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Supplement
#
# A useful severity stratum must be repeatable, and the indices say whether this one is. Whether
# there are groups is another question, and the verdict is the only answer to it given here. It can
# say that a continuum does not explain the data; it can never prove a continuum. What would change
# it: other features, more patients (groups close together need many), and a continuum of another
# form than those simulated. Whether the phenotypes go with measures that did not make them is next:
# [4 · Do measures the clustering never saw agree?](04_validation.ipynb)

# %%
page.numbers["by_k"] = stability.by_number(shapes, resampled, null_bands=own)
page.close()

# %% tags=["nbval-ignore-output"]
page.sign()
