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
# *Reads* the cohort file and its codebook. *Writes* Figure 4a, Figure 4c, Table 4 and
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
random_state = 20260221  # type: int seed of every random step of the analysis

# %%
from compendium import regression, validation
from compendium.notebook import Page
from compendium.report import figures, tables
from compendium.report.sentences import rivals
from compendium.report.sentences import validation as sentences

page = Page("04_validation", globals())
found, book, names = page.found, page.book, page.found.names

# %% [markdown]
# ## What may validate
#
# A variable validates only if the clustering never saw it. The codebook gives features and
# validators different roles, and the two sets must not share a column.

# %%
assert not {c.name for c in book.validators} & set(found.Z.columns)
page.say(unavailable := sentences.no_validator(book), sentences.available(book))
page.numbers |= {"unavailable": unavailable, "contrast": [names[-1], names[0]], "alpha": alpha}
page.numbers |= {"ordered": found.phenotypes.order == "severity", "n_clusters": n_clusters}

# %% [markdown]
# ## Each validator by phenotype
#
# Grades are ordered, not measured: half of the scale may hide between two of them. They are
# compared by Cliff's δ, the chance that a patient of the most severe phenotype grades higher than
# one of the mildest, less the chance of lower; 0 is no difference, −1 complete. Its p comes from
# relabelling the patients at random. Measured values are compared by Hedges' g, the difference in
# standard deviations, with Welch's p and a bootstrap interval (Welch's where a phenotype has few
# patients). Each stands with its 95 % interval and its own n, since nobody's missing grade is
# invented. p values are adjusted within each block of validators (Benjamini–Hochberg).

# %%
compared = validation.compare(found, book.validators, random_state=random_state)
page.keep(compared, "table_4_validation", "Validators by phenotype", key="validators")
page.show(compared, by=tables.effects_table)

# %% [markdown]
# Where there are more than two phenotypes, this compares the ends; a Kruskal–Wallis test asks of
# all at once, and each phenotype stands against the mildest.

# %%
steps = validation.against_mildest(found, book.validators, random_state=random_state)
page.keep(steps, "table_s24_each_phenotype", "Validators, each phenotype against the mildest")
page.show(steps, by=tables.effects_table)

# %%
page.say(*sentences.notes(compared))

# %% [markdown]
# A dozen graded muscles are one question asked many times. So each type of measure is also tested
# once, as a whole: whole patients are relabelled at random, with all their values, and the share of
# the variance of ranks that lies between the phenotypes is averaged over the type's validators.
# What the validators have in common counts once, and Holm's rule keeps the chance of any false
# finding among the types at α. This test makes the answer.

# %%
how = {"alpha": alpha, "random_state": random_state}
blocks = validation.by_block(found, book.validators, compared, **how)
page.numbers |= {"blocks": blocks}
page.show(blocks, heads={"statistic": "effect measure", "n_compared": "compared"})

# %% [markdown]
# ## Given the covariates
#
# Age, for instance, changes features and validators alike. The partial correlation asks whether
# phenotype and validator still go together among patients of like covariates.

# %%
partial = validation.partial(found, book.validators, page.covariates)
title = "Phenotype and validators, given the covariates"
page.table(partial, "table_s6_partial", title, "label n r low high", key="partial")

# %%
page.say(*sentences.given_covariates(partial, page.covariates))

# %% [markdown]
# ## Figure 4a

# %%
figure_4a = figures.validation_forest(compared, names=names)
title = "Validators: most severe against mildest phenotype"
page.figure(figure_4a, "figure_4a_validation", title)

# %% [markdown]
# ## Between the phenotypes only, or inside them too?
#
# Measures of a disease follow its severity, so *any* cut of a severity axis makes two halves
# that differ on them. The question that a comparison of groups leaves open is what happens inside
# the groups: does a validator keep falling with severity among patients of one phenotype (a dose
# and a response), or only from one phenotype to the other?
#
# Figure 4c draws each validator against the severity score: means of patients of like severity with
# their intervals, and the line inside each phenotype. A slope is per unit of severity, the mean
# z-score.

# %%
slopes = validation.slopes(found, book.validators)
title = "Validators along severity, inside each phenotype"
page.keep(slopes, "table_s12_slopes", title)
inside = validation.slopes_common(found, book.validators)
title = "The slope inside the phenotypes, and what it predicts"
page.keep(inside, "table_s13_inside", title, key="inside")
page.show(inside, by=tables.slopes_table)

# %%
bins = validation.bins(found, book.validators)
figure_4c = figures.dose_response(bins, slopes, names=names)
title = "Validators along severity, inside each phenotype"
page.figure(figure_4c, "figure_4c_dose_response", title)

# %%
page.say(*sentences.inside(inside), *sentences.notes(inside), unavailable)

# %% [markdown]
# Slopes inside the phenotypes show that severity goes on mattering within a label; their absence
# would show that the label says all that matters. Neither decides whether there are groups: two
# groups that each spread along severity, and one continuum cut in two, can both have them. That
# question is notebook 3's.
#
# ## Does the label add to severity?
#
# If the label is a cut of severity, a validator explained by the score needs no label. Does it
# still add something? The score enters as a straight line, and as a restricted cubic spline: a
# curve is the fair rival, since a label must not win because a bounded scale bends. What the label
# adds has a direction: at like severity, patients of the more severe phenotype can be worse than
# the score predicts, or better. Tests are robust (Wald, HC3), adjusted within the block; likelihood
# ratios stand in the table.
#
# A label that adds nothing does not show that there are no groups: severity also varies inside each
# of them, and a score that follows it can know all that the label knows.

# %%
adds = regression.label_adds(found, book.validators, page.covariates)
title = "Label and severity as rivals, by validator"
columns = (
    "label n r2_label r2_line r2_spline beside_line beside_line_low beside_line_high "
    "p_label_to_line_adjusted p_label_to_spline_adjusted"
)
page.table(adds, "table_s14_rivals", title, columns, key="rivals", digits=3)

# %%
lost = adds[adds["p_label_to_spline_adjusted"].isna()]
page.say(*rivals.adding(adds, names[-1], alpha), *sentences.notes(lost, of=adds), unavailable)

# %% [markdown]
# ## Which measures follow severity most closely?
#
# ALS takes the muscles of the thumb before those of the little finger (the split hand), and in some
# people the tongue before the limbs. So the associations are put in order: how strongly each
# validator follows severity, with the interval of its rank among its block; and which feature goes
# with which validator. Spearman's ρ, turned so that positive means *worse where the
# other is worse*. Some measure is always first: an order is shown only where the differences are.

# %%
where = validation.ordered(found, book.validators, random_state=random_state)
pairs = validation.contrasts(found, book.validators, random_state=random_state)
title = "Differences between validators of a block"
page.keep(pairs, "table_s16_contrasts", title, key="contrasts")
title, whole = "How strongly each validator follows severity", dict(rank=0, rank_low=0, rank_high=0)
columns = "label block n rho low high rank rank_low rank_high"
page.table(where, "table_s15_pattern", title, columns, key="pattern", digits=whole)

# %%
by_feature = validation.by_feature(found, book.features, book.validators)
page.keep(by_feature, "table_s17_by_feature", "Which feature goes with which validator")
association = figures.association_pattern(by_feature)
title = "Which feature goes with which measure"
page.figure(association, "figure_s9_pattern", title)

# %%
page.say(*sentences.extremes(pairs), *sentences.block_notes(pairs), sentences.unordered(found))

# %% [markdown]
# ## Conclusion

# %%
page.conclude()

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Supplement
#
# An association here says that the phenotype, or the severity it is cut from, carries clinical
# meaning. It does not say that there are several kinds of patients: measures of the disease follow
# its severity, so any cut of a severity axis would be validated by them; notebook 3 asks that.
# Where validators go on changing inside the phenotypes and the label adds nothing to the score, the
# score says more than the label. What would change the finding: validators missing in those who are
# worst, and examiners who knew the features.

# %%
page.close()

# %% tags=["nbval-ignore-output"]
page.sign()
