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
# # 1 · Who is analysed?
#
# **Question.** Which patients are analysed, how complete are their data, and does anything in the
# data besides the disease (a scanner, a centre, one measure repeating another) look able to make
# clusters of its own?

# %% tags=["nbval-ignore-output"]
from compendium.notebook import Answer

answer = Answer()

# %% [markdown]
# *Reads* the cohort file and its codebook. *Writes* Figure 1, Table 1 and `results/01_cohort.json`.
# *Next:* [2 · Which phenotypes does k-means make?](02_clustering.ipynb)

# %% tags=["parameters"]
run = ""  # type: str run whose folder under reports/ is read and written; empty: alone
cohort = ""  # type: str path of your cohort file; empty: simulated patients
codebook = ""  # type: str path of its codebook; empty: data/codebook.csv
scenario = "two_groups"  # type: str which patients are simulated, without a cohort file
scenario_seed = 20260221  # type: int seed of the simulated patients
max_missing = 0.2  # type: float largest share of features a patient may lack
missing = "iterative"  # type: str how missing features are filled
scaling = "zscore"  # type: str how features are standardised
random_state = 20260221  # type: int seed of every random step of the analysis

# %%
from compendium.data import cohort as cohorts
from compendium.data import overview
from compendium.notebook import colophon, say
from compendium.parameters import check_all
from compendium.phenotypes import core
from compendium.phenotypes import scaling as scales
from compendium.report import baseline, figures, tables
from compendium.report.sentences import cohort as cohort_words
from compendium.report.sentences.cohort import answer_cohort, headline_cohort
from compendium.run.results import Run, plain
from compendium.words import block_name, listed, percent, plural, share

check_all(globals())
patients = cohorts.load(cohort, codebook, scenario, scenario_seed, max_missing)
book = patients.codebook
simulated = {"synthetic": patients.synthetic, "scenario": patients.scenario}
out = Run("01_cohort", run, **simulated)

# %% [markdown]
# ## The patient flow
#
# Everybody who was screened is in the cohort. Leaving somebody out is a decision that can change
# the result, so every decision stands in the codebook (its column `eligible`) or in one parameter
# (`max_missing`), and each is counted. A patient whose scan lacks more than that share of the
# features is left out; the gaps of all others are filled, because keeping complete cases only
# would lose people for the sake of single values, and not at random: what could not be measured
# often could not be measured because of the disease.

# %%
tables.present(patients.flow, synthetic=patients.synthetic)

# %%
assert patients.flow["left_out"].sum() == patients.n_read - len(patients.data)
assert patients.data.index.is_unique
say(
    f"Of {plural(patients.n_read, 'patient')} read, {len(patients.data):,} are analysed.",
    f"{plural(len(patients.flags), 'column')} with values outside the usual range; these are kept."
    if len(patients.flags) else "No value lies outside the usual range.",
)

# %% [markdown]
# ## Table 1
#
# Means with standard deviations where a measurement is spread about evenly; medians with quartiles
# for grades and counts, and for measurements with a long tail (skewness beyond 1), whose mean lies
# where few patients are; counts for categories. Categories held by fewer than five patients are not
# shown (`<5`), nor is what would reveal them (`hidden`); how many values are missing is. A sum is
# missing where any of its parts is, on either side; the mean of two sides is known from one.

# %%
shown = [c for c in book.descriptors if not c.eligible]
described = (*book.devices, *book.covariates, *book.outcomes[:1], *shown)
table_1 = baseline.table_one(patients.data, None, (), described)
out.table(table_1, "table_1_cohort", "Patients analysed")
tables.present(table_1, synthetic=patients.synthetic)

# %% [markdown]
# ## What is missing
#
# Gaps are shown for every variable the analysis uses. Features are filled (`missing`), validators
# and outcomes never: what was not measured cannot validate.

# %%
X = cohorts.features(patients)
filled = core.impute(X, missing, random_state)
gaps = overview.missingness(patients)
n_with_gap = int(X.isna().any(axis=1).sum())
assert filled.notna().all(axis=None) and filled.where(X.notna()).equals(X)

# %%
worst = gaps.sort_values("share").iloc[-1]
say(
    f"{share(n_with_gap, len(X))} of the analysed patients lack at least one of "
    f"{X.shape[1]} features, and complete cases would lose them; only "
    f"{percent(X.isna().to_numpy().mean(), 1)} of the feature values are missing."
    if n_with_gap else "No feature value is missing.",
    f"Of the variables the analysis uses, {worst.label} is most often missing: "
    f"{share(worst.n_missing, worst.n)}."
    if worst.n_missing else "No variable that the analysis uses has a gap.",
)

# %% [markdown]
# ## Distributions
#
# One panel a feature, in its own unit, before any scaling. k-means uses distances, so a long tail
# pulls on a centroid, and two humps in a single feature would be worth knowing before any
# clustering is asked.

# %%
shapes = figures.distributions(X, book.features, synthetic=patients.synthetic)
out.figure(shapes, "figure_s1_distributions", "Every feature before scaling")
shapes

# %% [markdown]
# ## Scanners and centres
#
# On an ultrasound scanner a gain setting shifts echo intensity by as much as the disease does, so
# two scanners can pass for two phenotypes. Features that the codebook marks `per_device` are
# therefore scaled within the scanner: their shifts between scanners are then zero by construction.
# The price: where one centre truly sees sicker patients, that difference is erased with the offset.
# The figure shows the shifts before scaling; a whole block off zero is a scanner, a pattern across
# blocks is case mix.

# %%
shifts = overview.device_shifts(patients)
devices = figures.device_check(shifts, synthetic=patients.synthetic)
out.figure(devices, "figure_s2_devices", "Feature means by scanner and centre, before scaling")
devices

# %%
Z = scales.scaled_features(patients, filled, scaling)
left_over = overview.device_shifts(patients, Z)
say(*cohort_words.shifts(shifts, left_over))

# %% [markdown]
# ## Which features say the same
#
# Correlated features count more than once in a distance. A cluster analysis of many measures of one
# thing finds that one thing. The correlations are those of the scaled features, gaps filled, which
# is what k-means sees: as measured, scanners alone would make some of them.

# %%
correlations = Z.corr()
correlations.index = correlations.columns = [c.label for c in book.features]
blocks = {block: len(columns) for block, columns in book.blocks("feature").items()}
say(
    f"Blocks: {listed([f'{n} {block_name(block)}' for block, n in blocks.items()])}.",
    *cohort_words.repeats(correlations),
)

# %% [markdown]
# ## Figure 1

# %%
figure_1 = figures.cohort_overview(
    patients.flow, gaps, correlations, [c.block for c in book.features],
    synthetic=patients.synthetic,
)
out.figure(figure_1, "figure_1_cohort", "Patient flow, missing values and feature correlations")
figure_1

# %% [markdown]
# ## Conclusion
#
# The numbers below are what every later notebook starts from. What would change them: other
# eligibility rules, another bar for missing features, or scanners that were never told apart.

# %%
numbers = plain({
    "cohort": patients.identity,
    "n_read": patients.n_read,
    "n_analysed": len(patients.data),
    "flow": patients.flow,
    "n_features": X.shape[1],
    "feature_blocks": blocks,
    "n_with_gap": n_with_gap,
    "share_values_missing": float(X.isna().to_numpy().mean()),
    "missing": missing,
    "missingness": gaps,
    "flags": patients.flags,
    "device_shifts": shifts,
    "device_shifts_scaled": left_over,
    "other_causes": cohort_words.answer(shifts, left_over, correlations),
})
sentences = answer_cohort(numbers)
answer(sentences, **simulated)
out.publish(numbers, sentences, headline_cohort(numbers))
print("\n".join(sentences))

# %% tags=["nbval-ignore-output"]
colophon(patients.identity, random_state)
