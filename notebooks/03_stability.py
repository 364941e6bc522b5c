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

from compendium import PROJECT
from compendium.data import cohort as cohorts
from compendium.data.synthetic import SCENARIOS
from compendium.groups import continuum, known_truth, ladder
from compendium.notebook import Progress, colophon, say
from compendium.parallel import workers
from compendium.parameters import check_all
from compendium.phenotypes import clustering
from compendium.report import figures, tables
from compendium.report.sentences import groups as words
from compendium.report.sentences import stability
from compendium.report.sentences.stability import answer_stability, headline_stability
from compendium.run.results import Run, plain
from compendium.sensitivity import choices as choosing
from compendium.stability import resampling
from compendium.words import listed, number, share

check_all(globals())
patients = cohorts.load(cohort, codebook, scenario, scenario_seed, max_missing)
simulated = {"synthetic": patients.synthetic, "scenario": patients.scenario}
out = Run("03_stability", run, **simulated)
found = clustering.cluster_cohort(
    patients, n_clusters=n_clusters, n_init=n_init, scaling=scaling, missing=missing,
    random_state=random_state,
)
Z = found.Z

# %% [markdown]
# ## How many clusters?
#
# The silhouette compares each patient's distance to the own cluster with that to the next one: 1
# is deep inside, 0 on the border, negative on the wrong side. Its mean is taken for every k with
# the same z-scores and the same number of starts.

# %%
k_largest = min(k_max, len(Z) // resampling.PER_CLUSTER)
ks = range(2, max(k_largest, n_clusters) + 1)
fits = resampling.fits(
    Z, ks, n_init=n_init, random_state=random_state, severity=found.severity
) | {n_clusters: found.phenotypes}
shapes = resampling.silhouettes_by_k(Z, fits, random_state=random_state)
out.table(shapes.by_k, "table_s3_silhouettes", "Silhouette and other indices by number of clusters")
by_number = shapes.by_k[["k", "silhouette", "share_negative", "smallest"]]
tables.present(by_number, digits=3, synthetic=patients.synthetic)

# %%
best = shapes.by_k.loc[shapes.by_k["silhouette"].idxmax()]
rules = known_truth.read_rules(PROJECT / "data" / "rules.csv")
say(
    f"The mean silhouette is highest at k = {best.k:.0f}: {number(best.silhouette, 3)}, "
    f"{'below' if best.silhouette < 0.25 else 'not below'} the 0.25 under which a rule of thumb "
    "(Kaufman & Rousseeuw 1990) sees no substantial structure.",
    known_truth.silhouette_errs(rules),
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
    resampled = resampling.resample(
        Z, fits, n_resamples=n_resamples, random_state=random_state, progress=Progress("fits")
    )

# %%
out.table(resampled.summary, "table_3_resampled_ari", "Resampled adjusted Rand index")
out.table(resampled.jaccard, "table_s4_jaccard", "Clusterwise Jaccard index")
out.table(resampled.prediction_strength, "table_s8_prediction_strength", "Prediction strength")
tables.present(resampled.summary, digits=3, synthetic=patients.synthetic)

# %%
here = resampled.jaccard.query("k == @n_clusters")
assert resampled.summary["mean"].between(-1, 1).all() and here["mean"].between(0, 1).all()
say(
    f"At k = {n_clusters}: "
    + listed([f"{j.phenotype} {j.status} (Jaccard {number(j.mean)})" for j in here.itertuples()])
    + "."
)

# %% [markdown]
# ## Whose label would stay?
#
# The same resamples say it patient by patient: how often does somebody who was *not* drawn land in
# the phenotype of the reference? Core patients nearly always do. For border patients the label says
# little. It is certainty of the side of a cut, not of a group.

# %%
certain = resampled.certainty.query("k == @n_clusters")
certainty = figures.certainty(
    certain, found.phenotypes.names, n_clusters=n_clusters, synthetic=patients.synthetic
)
out.figure(certainty, "figure_s5_certainty", "How often patients keep their phenotype")
certainty

# %%
n_core = int(certain["core"].sum())
say(
    f"{share(n_core, len(certain))} patients are core: they keep their phenotype in nearly every "
    f"resample; the other {len(certain) - n_core} are border patients.",
    "That is certainty on which side of a cut: one cloud cut by k-means has core patients too.",
)

# %% [markdown]
# ## Other defensible choices
#
# If another algorithm, scaling, or way with missing values draws the line elsewhere, the line is
# the choice's. If leaving out one block of features, or one site, moves many patients, the
# phenotype is that block or that site. If all agree, the line is easy to find, which a long cloud
# with a thin middle would grant as well.

# %%
choices = choosing.other_choices(
    patients, found, missing=missing, n_init=n_init, random_state=random_state
)
out.table(choices, "table_s5_choices", "Agreement of other choices with the reference")
compared = choices[["kind", "choice", "ari", "moved", "n"]]
tables.present(compared, digits=3, synthetic=patients.synthetic)

# %%
say(*stability.moved(choices))

# %% [markdown]
# ## Figure 3

# %%
figure_3 = figures.stability_overview(
    shapes.by_k, resampled.ari, resampled.jaccard, shapes.per_patient, choices,
    n_clusters=n_clusters, synthetic=patients.synthetic,
)
out.figure(figure_3, "figure_3_stability", "Silhouettes, resampled agreement and other choices")
figure_3

# %%
say(words.comes_back(resampled.summary, resampled.jaccard))

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
curves = known_truth.read_power(PROJECT / "data" / "power.csv")
limit = known_truth.detection_limit(curves, *Z.shape, alpha)
with workers(jobs, dask, processes=True):
    examined = continuum.examine(
        Z, orientation={c.name: c.worse for c in patients.codebook.features}, ks=ks,
        n_draws=n_draws, n_bands=n_bands, random_state=random_state, alpha=alpha,
        detection_limit=limit, progress=Progress,
    )

# %%
test = examined.test
out.table(test.p_values, "table_7_nulls", "p of each statistic under each null")
shown_p = words.p_table(test.p_values, n_draws).reset_index()
tables.present(shown_p, synthetic=patients.synthetic)

# %%
say(
    words.elsewhere(test.p_values, n_clusters, alpha),
    f"Twins of null B keep every correlation to within {number(test.copula_difference, 3)}.",
    f"As for power: {ladder.unseen(limit)}.",
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
out.table(test.dip, "table_s10_dip", "Is there a valley?")
out.table(examined.mixtures, "table_s11_mixtures", "One Gaussian or two?")
assert test.p_values["p"].between(1 / (n_draws + 1), 1).all()
on_axis = found.phenotypes.labels[test.rows]
axis = figures.severity_axis(
    test.axis, on_axis, found.phenotypes.names, test.dip,
    ordered=found.severity is not None, synthetic=patients.synthetic,
)
out.figure(axis, "figure_s6_axis", "Patients along the main course and between the centroids")
axis

# %%
say(*words.valleys(test.dip), words.one_or_two(examined.mixtures, alpha))

# %% [markdown]
# ## The verdict
#
# A ladder, each rung on the one below. On the ground the data do not tell groups from one severity
# continuum. First rung: more structure than margins and correlations explain. Second: grouping
# beyond any single severity axis of this form. Third: patients thin out between the groups as well.
# On the axis null L decides, which has more power against groups close together; the sentence says
# whether null C, which allows one hill of any shape, is rejected too.

# %%
evidence = words.evidence(vars(test.verdict.evidence), test.dip, n_draws)
out.table(evidence, "table_7b_verdict", "The p values that decide")
shown_p = evidence.assign(p=evidence["p_in_words"].map(words.bare)).drop(columns="p_in_words")
tables.present(shown_p, synthetic=patients.synthetic)

# %%
for sentence in words.verdict_lines(vars(test.verdict), n_draws):
    say(sentence)

# %% [markdown]
# ## Figure 3b
#
# Every index, k by k, beside the bands that cohorts without groups give. Where the patients are
# simulated, the truth is known, and a second simulated cohort stands beside them.

# %%
pair = "" if cohort else "two_groups" if scenario == "continuum" else "continuum"
truth = {name: made.replace("_", " ") for name, made in SCENARIOS.items()}
# the cohort beside is only looked at: fewer draws, which the figure counts
fewer = {"n_draws": min(n_draws, max(99, int(2 / alpha))), "n_bands": min(n_bands, 39)}
say(
    f"The truth is known here. {patients.title}: {truth[scenario]} The cohort beside it: "
    f"{truth[pair]}" if pair
    else "These patients come from a file, so no cohort stands beside them.",
)

# %% tags=["nbval-ignore-output"]
seen = {patients.title: examined}
if pair:
    other = cohorts.load("", codebook, pair, scenario_seed, max_missing)
    there = clustering.cluster_cohort(
        other, n_clusters=n_clusters, n_init=n_init, scaling=scaling, missing=missing,
        random_state=random_state)
    with workers(jobs, dask, processes=True):
        seen[other.title] = continuum.examine(
            there.Z, orientation={c.name: c.worse for c in other.codebook.features}, ks=ks,
            **fewer, random_state=random_state, alpha=alpha,
            detection_limit=known_truth.detection_limit(curves, *there.Z.shape, alpha),
            supporting=False, progress=Progress)

# %%
tests = {title: e.test for title, e in seen.items()}
verdicts = {title: words.verdict_lines(vars(t.verdict), t.n_draws)[0] for title, t in tests.items()}
bands = {title: e.beside for title, e in seen.items()}
every = pd.concat(bands, names=["cohort"]).reset_index(level="cohort")
out.table(every, "table_s9_bands", "Every index beside its null bands")
figure_3b = figures.beside_nulls(
    [(title, verdicts[title], frame) for title, frame in bands.items()],
    n_clusters=n_clusters, synthetic=patients.synthetic,
)
out.figure(figure_3b, "figure_3b_nulls", "Stability beside cohorts without groups")
figure_3b

# %%
say(words.standing_out(examined.beside, n_clusters), words.highest_without_groups(examined.beside))
if pair:
    say(*words.told_apart(bands, n_clusters))
    say(f"{other.title}: {verdicts[other.title]}")

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
by_k = []
for row in shapes.by_k.to_dict("records"):
    ari = resampled.summary.query("k == @row['k']").set_index("scheme")
    by_k.append({
        **row,
        "ari": ari[["mean", "sd", "mc_error", "resamples"]].to_dict("index"),
        "jaccard": resampled.jaccard.query("k == @row['k']").drop(columns="k").to_dict("records"),
        "null_bands": examined.beside.query("k == @row['k']").drop(columns="k").to_dict("records"),
    })
numbers = plain({
    "n_clusters": n_clusters,
    "by_k": by_k,
    "prediction_strength": resampled.prediction_strength,
    "n_core": n_core,
    "agreement": choices,
    "verdict": {**vars(test.verdict), "p": test.p_values, "n": test.n, "n_draws": test.n_draws},
    "dip": test.dip,
    "mixtures": examined.mixtures,
    "pair": {
        "name": other.name, **vars(tests[other.title].verdict), "n": tests[other.title].n,
        **fewer,
    } if pair else None,
})
sentences = answer_stability(numbers)
answer(sentences, **simulated)
out.publish(numbers, sentences, headline_stability(numbers))
say(*sentences, words.deciding(evidence), known_truth.ladder_errs(rules))

# %% tags=["nbval-ignore-output"]
colophon(patients.identity, random_state)
