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
# phenotypes of its own?

# %% tags=["nbval-ignore-output"]
from compendium.notebook import Answer

answer = Answer()

# %% [markdown]
# *Reads* the cohort file and its codebook. *Writes* Figure 1 and `results/01_cohort.json`.
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
small_counts = "five"  # type: str of fewer people than this nothing is said
random_state = 20260221  # type: int seed of every random step of the analysis

# %%
from compendium import data, phenotypes
from compendium.notebook import Page
from compendium.report import figures
from compendium.report.disclosure import merged_flow
from compendium.report.sentences import cohort as sentences

page = Page("01_cohort", globals())
patients, book = page.patients, page.book

# %% [markdown]
# ## The patient flow
#
# Everybody who was screened is in the cohort. Leaving somebody out is a decision that can change
# the result, so every decision stands in the codebook (its column `eligible`) or in one parameter
# (`max_missing`), and each is counted; steps at which fewer than five leave are counted together.
# Here and in all that follows, counts of fewer than five people are written `<5`; a number that
# would give such a count away by subtraction, as `≥155`; other numbers of so few are hidden.
#
# A patient whose scan lacks more than that share of the features is left out; the gaps of all
# others are filled, because keeping complete cases only would lose people for the sake of single
# values, and not at random: what could not be measured often could not be measured because of the
# disease.

# %%
assert patients.flow["left_out"].sum() == patients.n_read - len(patients.data)
assert patients.data.index.is_unique
flow = merged_flow(patients.flow)
page.numbers |= {"n_read": patients.n_read, "flow": flow}
page.numbers["n_analysed"] = len(patients.data)
page.say(*sentences.outside(len(patients.flags), *data.overview.without_range(book)))
page.say(*sentences.doubted(patients.doubts))

# %% [markdown]
# ## What is missing
#
# Gaps are counted for every variable the analysis uses. Features are filled (`missing`);
# independent measures and outcomes never are: what was not measured cannot confirm anything.

# %%
X = data.cohort.features(patients)
filled = phenotypes.scaling.impute(X, missing)
assert filled.notna().all(axis=None) and filled.where(X.notna()).equals(X)

# %%
gaps = data.overview.missingness(patients)
page.numbers |= {"n_features": X.shape[1], "n_with_gap": int(X.isna().any(axis=1).sum())}
page.numbers |= {"share_values_missing": data.overview.share_missing(X)}
page.numbers |= {"missing": missing, "missingness": gaps.to_dict("records")}
page.say(sentences.most_missing(page.numbers))

# %% [markdown]
# ## Scanners and centres
#
# On an ultrasound scanner a gain setting shifts echo intensity by as much as the disease does, so
# two scanners can pass for two phenotypes. Features that the codebook marks `per_device` are
# therefore scaled within every scanner that has patients enough: their shifts between these are
# then zero by construction. The price: where one centre truly sees sicker patients, that difference
# is erased with the offset.

# %%
Z = phenotypes.scaling.scaled_features(patients, filled, scaling)
shifts = data.overview.device_shifts(patients)
left_over = data.overview.device_shifts(patients, Z).to_dict("records")
page.numbers |= {"device_shifts": shifts.to_dict("records"), "device_shifts_scaled": left_over}
page.numbers["pooled_devices"] = pooled = phenotypes.scaling.pooled_devices(patients)
page.numbers["devices"] = [c.label for c in book.devices]
said = sentences.shifts(page.numbers["device_shifts"], left_over, named=bool(book.devices))
page.say(*said, *sentences.pooled(pooled))

# %% [markdown]
# ## Which features say the same
#
# Correlated features count more than once in a distance. A cluster analysis of many measures of one
# thing finds that one thing. The correlations are those of the scaled features, gaps filled, which
# is what k-means sees: as measured, scanners alone would make some of them. Figure 1 shows flow,
# gaps and correlations together.

# %%
correlations = Z.corr()
correlations.index = correlations.columns = [c.label for c in book.features]
page.numbers["strongest"] = sentences.strongest(correlations)
page.say(*sentences.repeats(page.numbers["strongest"]))

# %%
of = [c.block for c in book.features]
figure_1 = figures.cohort_overview(flow, gaps, correlations, of)
title = "Patient flow, missing values and feature correlations"
page.figure(figure_1, "figure_1_cohort", title)

# %% [markdown]
# ## Conclusion

# %%
page.conclude()

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Supplement
#
# **Distributions.** One panel a feature, in its own unit, before any scaling. k-means uses
# distances, so a long tail pulls on a centroid, and two humps in a single feature would be worth
# knowing before any clustering is asked.

# %%
distributions = figures.distributions(X, book.features)
page.figure(distributions, "figure_s1_distributions", "Every feature before scaling")

# %% [markdown]
# **Scanners and centres.** The shifts before scaling, where a scanner or centre is recorded. One
# type of measure off zero as a whole is a scanner; a pattern across types is another mix of
# patients.

# %%
title = "Feature means by scanner and centre, before scaling"
page.figure(figures.device_check(shifts), "figure_s2_devices", title)

# %%
page.close()

# %% tags=["nbval-ignore-output"]
page.sign()
