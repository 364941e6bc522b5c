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
# # 4 · Do measures the clustering never saw agree?
#
# **Question.** Are patients of a more severe phenotype also worse on independent measures (in the
# paper: muscle strength and motor responses), although none of them helped to make the phenotypes?

# %% tags=["nbval-ignore-output"]
from compendium.notebook import Answer

answer = Answer()

# %% [markdown]
# *Reads* the cohort file and its codebook. *Writes* Table 3, Figure 4 and
# `results/04_validation.json`. *Before:* [3 · Groups, or one continuum cut in
# two?](03_stability.ipynb) *Next:* [5 · What does the phenotype mean for
# function?](05_regression.ipynb)

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
covariates = "all"  # type: str covariates to adjust for, joined by |; or all, or none
alpha = 0.05  # type: float level at which a finding is called supported
small_counts = "five"  # type: str of fewer people than this nothing is said
random_state = 20260221  # type: int seed of every random step of the analysis

# %%
from functools import partial

from compendium import regression, validation
from compendium.notebook import Page
from compendium.report import figures, measures
from compendium.report.sentences import validation as sentences

page = Page("04_validation", globals())
found, book, names = page.found, page.book, page.found.names

# %% [markdown]
# ## What may serve as an independent measure
#
# A measure is independent if the clustering never saw it. The codebook gives features and
# independent measures (role `validator`) different roles, and the two sets must not share a column.

# %%
assert not {c.name for c in book.validators} & set(found.Z.columns)
page.say(unavailable := sentences.no_validator(book), sentences.available(book))
page.numbers |= {"unavailable": unavailable, "contrast": [names[-1], names[0]], "alpha": alpha}
page.numbers |= {"ordered": found.phenotypes.order == "severity", "n_clusters": n_clusters}

# %% [markdown]
# ## Each measure by phenotype
#
# Strength grades are ordered, not measured: half of the scale may hide between two of them. They
# are compared by Cliff's δ, the chance that a patient of the most severe phenotype grades higher
# than one of the mildest, less the chance of lower. Here 0 is no difference, and −1 complete
# separation. Measured values are compared in their own unit and by Hedges' g, in standard
# deviations. Each measure keeps its own n, since nobody's missing value is invented.

# %%
compared = validation.compare(found, book.validators, random_state=random_state)
title = "Independent measures by phenotype"
how = {"key": "validators", "by": partial(measures.effects_table, names=names)}
page.table(compared, "table_3_validation", title, **how)

# %%
page.say(*sentences.notes(compared))

# %% [markdown]
# p values come from random relabelling of the patients (grades) or Welch's test, adjusted within
# the type of measure (Benjamini–Hochberg). Where there are three phenotypes or more, a
# Kruskal–Wallis test asks of all at once.
#
# A dozen graded muscles are still one question asked many times. So each type of measure is also
# tested once, as a whole: whole patients are relabelled at random, with all their values, and what
# the measures share counts once. The p values are adjusted over the types (Holm), and stand under
# the answer at the top.

# %%
blocks = validation.by_block(found, book.validators, compared, random_state=random_state)
page.numbers |= {"blocks": blocks}
forest = figures.validation_forest(compared, names=names)
page.figure(forest, "figure_4_validation", "Most severe against mildest phenotype")

# %% [markdown]
# ## Is it age, or another covariate?
#
# Age, for instance, changes features and independent measures alike. The partial correlation asks
# whether phenotype and measure still go together among patients of the same age, sex, and so on
# (Table S5).

# %%
given = validation.partial(found, book.validators, page.covariates)
page.numbers |= {"partial": given}
page.say(*sentences.given_covariates(given))

# %% [markdown]
# ## Between the phenotypes only, or inside them too?
#
# Measures of a disease follow its severity. A comparison of groups leaves open what happens inside
# the groups: does a measure keep falling with severity among patients of one phenotype, as a
# response follows a dose, or only from one phenotype to the other? Severity is the mean of the
# features' z-scores, turned so that higher is worse (Figure S6, Table S6).

# %%
slopes = validation.slopes_common(found, book.validators)
page.numbers |= {"inside": slopes}
page.say(*sentences.inside(slopes), *sentences.notes(slopes))

# %% [markdown]
# Slopes inside the phenotypes show that severity goes on mattering there; their absence would show
# that the phenotype says all that matters. Neither decides whether there are groups: two groups
# that each spread along severity, and one continuum cut in two, can both have them.
#
# ## Does the phenotype add to severity?
#
# If the phenotypes are severity cut in two, a measure explained by the severity score needs no
# phenotype. Does the phenotype still add something? The score enters as a curve, because the
# phenotype must not win only because a bounded scale bends; as a straight line it stands beside
# (Table S7). A phenotype that adds nothing does not show that there are no groups: the score can
# know all that the phenotype knows.

# %%
adds = regression.label_adds(found, book.validators, page.covariates)
page.numbers |= {"rivals": adds}
lost = adds[adds["p_label_to_spline_adjusted"].isna()]
said = sentences.phenotype_adds(adds, names[-1], alpha)
page.say(*said, *sentences.notes(lost, of=adds))

# %% [markdown]
# ## Which measures follow severity most closely?
#
# ALS takes the muscles of the thumb before those of the little finger (the split hand), and in some
# people the tongue before the limbs. So we ask how closely each measure follows severity
# (Spearman's ρ, positive where *worse goes with worse*). Some measure is always first: an order is
# shown only where differences are (Table S8). Figure S7 shows which feature goes with which
# measure.

# %%
pairs = validation.contrasts(found, book.validators, random_state=random_state)
page.numbers |= {"contrasts": pairs}
page.say(*sentences.extremes(pairs), pairs.attrs.get("reason", ""))

# %% [markdown]
# ## Conclusion

# %%
page.conclude()

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Supplement
#
# Table S5 holds every measure against the phenotype among patients alike in the covariates: the
# correlation, from −1 to 1, with its 95 % interval.

# %%
title = "Phenotype and independent measures, given the covariates"
page.table(given, "table_s5_partial", title, "label n r low high")

# %% [markdown]
# Figure S6 draws each measure against the severity score: means of patients of the same severity,
# and the line inside each phenotype. Table S6 has one slope for the inside of all phenotypes, per
# unit of severity, and how many times the slope between the phenotypes it is.

# %%
lines = validation.slopes(found, book.validators)
page.keep(lines, "figure_s6_dose_response", "Numbers of Figure S6")
bins = validation.bins(found, book.validators)
drawn = figures.dose_response(bins, lines, names=names)
page.figure(drawn, "figure_s6_dose_response", "Independent measures along severity")

# %%
title = "Slopes inside the phenotypes"
page.table(slopes, "table_s6_slopes", title, by=measures.slopes_table)

# %% [markdown]
# Table S7 sets phenotype and severity beside each other: the share of the variance (R²) that each
# explains beyond the covariates, and the difference between the phenotypes that is left among
# patients of the same severity. Tests are robust (Wald, HC3).

# %%
title = "Phenotype or severity, by measure"
columns = (
    "label n r2_label r2_line r2_spline beside_spline beside_spline_low beside_spline_high "
    "p_label_to_line_adjusted p_label_to_spline_adjusted"
)
page.table(adds, "table_s7_rivals", title, columns)

# %% [markdown]
# Figure S7 shows whether the measures go with the features of the same part of the body. Table S8
# lists the pairs of measures of one type that are told apart; its intervals hold for all pairs of a
# type at once.

# %%
by_feature = validation.by_feature(found, book.features, book.validators)
page.keep(by_feature, "figure_s7_pattern", "Numbers of Figure S7")
pattern = figures.association_pattern(by_feature)
page.figure(pattern, "figure_s7_pattern", "Which feature goes with which measure")

# %%
title = "Measures that follow severity more closely than others"
columns = "stronger_label rho_stronger weaker_label rho_weaker difference low high"
apart = pairs[pairs["low"] > 0]
apart.attrs["reason"] = "No two measures of one type are told apart."
page.table(apart, "table_s8_contrasts", title, columns)

# %%
page.close()

# %% tags=["nbval-ignore-output"]
page.sign()
