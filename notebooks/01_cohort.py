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
from compendium import data, phenotypes
from compendium.notebook import Page
from compendium.report import figures, table_one
from compendium.report.sentences import cohort as sentences

page = Page("01_cohort", globals())
patients, book = page.patients, page.book

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
page.show(patients.flow)

# %%
assert patients.flow["left_out"].sum() == patients.n_read - len(patients.data)
assert patients.data.index.is_unique
page.say(*sentences.flow(patients))
page.numbers |= {"cohort": patients.identity, "n_read": patients.n_read}
page.numbers |= {"n_analysed": len(patients.data), "flow": patients.flow, "flags": patients.flags}

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
table_1 = table_one(patients.data, None, (), described)
page.table(table_1, "table_1_cohort", "Patients analysed")

# %% [markdown]
# ## What is missing
#
# Gaps are shown for every variable the analysis uses. Features are filled (`missing`), validators
# and outcomes never: what was not measured cannot validate.

# %%
X = data.cohort.features(patients)
filled = phenotypes.scaling.impute(X, missing)
gaps = data.overview.missingness(patients)
assert filled.notna().all(axis=None) and filled.where(X.notna()).equals(X)

# %%
page.say(*sentences.missing_values(X, gaps))
page.numbers |= {"n_features": X.shape[1], "n_with_gap": int(X.isna().any(axis=1).sum())}
page.numbers |= {"share_values_missing": float(X.isna().to_numpy().mean())}
page.numbers |= {"missing": missing, "missingness": gaps}

# %% [markdown]
# ## Distributions
#
# One panel a feature, in its own unit, before any scaling. k-means uses distances, so a long tail
# pulls on a centroid, and two humps in a single feature would be worth knowing before any
# clustering is asked.

# %%
distributions = figures.distributions(X, book.features)
page.figure(distributions, "figure_s1_distributions", "Every feature before scaling")

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
shifts = data.overview.device_shifts(patients)
title = "Feature means by scanner and centre, before scaling"
page.figure(figures.device_check(shifts), "figure_s2_devices", title)

# %%
Z = phenotypes.scaling.scaled_features(patients, filled, scaling)
left_over = data.overview.device_shifts(patients, Z)
page.say(*sentences.shifts(shifts, left_over))
page.numbers |= {"device_shifts": shifts, "device_shifts_scaled": left_over}

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
page.say(sentences.blocks(blocks), *sentences.repeats(correlations))
other_causes = sentences.other_causes(shifts, left_over, correlations)
page.numbers |= {"feature_blocks": blocks, "other_causes": other_causes}

# %% [markdown]
# ## Figure 1

# %%
of = [c.block for c in book.features]
figure_1 = figures.cohort_overview(patients.flow, gaps, correlations, of)
title = "Patient flow, missing values and feature correlations"
page.figure(figure_1, "figure_1_cohort", title)

# %% [markdown]
# ## Conclusion

# %%
page.conclude()

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Supplement
#
# The numbers below are what every later notebook starts from. What would change them: other
# eligibility rules, another bar for missing features, or scanners that were never told apart.

# %%
page.close()

# %% tags=["nbval-ignore-output"]
page.sign()
