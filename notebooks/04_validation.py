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
from compendium.data import cohort as cohorts
from compendium.notebook import colophon, say
from compendium.parameters import check_all
from compendium.phenotypes import clustering
from compendium.regression import label_or_severity
from compendium.report import figures, tables
from compendium.report.sentences import validation
from compendium.report.sentences.validation import answer_validation, headline_validation
from compendium.run.results import Run, plain
from compendium.validation import by_phenotype, dose_response, pattern
from compendium.words import block_name, noted, number, plural

check_all(globals())
patients = cohorts.load(cohort, codebook, scenario, scenario_seed, max_missing)
book = patients.codebook
simulated = {"synthetic": patients.synthetic, "scenario": patients.scenario}
out = Run("04_validation", run, **simulated)
found = clustering.cluster_cohort(
    patients, n_clusters=n_clusters, n_init=n_init, scaling=scaling, missing=missing,
    random_state=random_state,
)
labels, names = found.phenotypes.labels, found.phenotypes.names
severity = found.severity

# %% [markdown]
# ## What may validate
#
# A variable validates only if the clustering never saw it. The codebook gives features and
# validators different roles, and the two sets must not share a column.

# %%
assert not {c.name for c in book.validators} & set(found.Z.columns)
unavailable = "" if book.validators else "The codebook names no validator, so nothing is compared."
say(unavailable or f"The codebook names {plural(len(book.validators), 'validator')}.")

# %% [markdown]
# ## Each validator by phenotype
#
# Grades are ordered, not measured: half of the scale may hide between two of them. They are
# compared by Cliff's δ, the chance that a patient of the most severe phenotype grades higher than
# one of the mildest, less the chance of lower; 0 is no difference, −1 complete. Its p comes from
# relabelling the patients at random. Measured values are compared by Hedges' g, the difference in
# standard deviations, with a bootstrap interval and Welch's p. Each stands with its 95 % interval
# and its own n, since nobody's missing grade is invented. p values are adjusted within each block
# of validators (Benjamini–Hochberg).

# %%
compared = by_phenotype.compare(
    patients.data, labels, names, book.validators, random_state=random_state
)
out.table(compared, "table_4_validation", "Validators by phenotype")
tables.effects_table(compared, synthetic=patients.synthetic)

# %%
blocks = by_phenotype.by_block(compared, alpha)
say(*noted(compared["label"], compared["note"]))
words = {"statistic": "effect measure", "n_compared": "compared"}
tables.present(blocks.rename(columns=words), synthetic=patients.synthetic)

# %% [markdown]
# ## Given the covariates
#
# Age, for instance, changes features and validators alike. The partial correlation asks whether
# phenotype and validator still go together among patients of like covariates.

# %%
chosen = cohorts.choose_covariates(book, covariates)
partial = by_phenotype.partial(patients.data, labels, names, book.validators, chosen)
out.table(partial, "table_s6_partial", "Phenotype and validators, given the covariates")
tables.present(partial[["label", "n", "r", "low", "high"]], synthetic=patients.synthetic)

# %%
correlated = partial.dropna(subset=["r"])
kept = correlated[(correlated["low"] > 0) | (correlated["high"] < 0)]
say(
    f"Given {'the covariates' if chosen else 'no covariate'}, {len(kept)} of "
    f"{plural(len(correlated), 'validator')} stay associated with the phenotype (95 % interval "
    f"without 0); the largest correlation is {number(correlated['r'].abs().max())} in absolute "
    "value." if len(correlated) else unavailable,
    *noted(partial["label"], partial["note"].where(partial["r"].isna(), "")),
)

# %% [markdown]
# ## Figure 4a

# %%
figure_4a = figures.validation_forest(compared, names=names, synthetic=patients.synthetic)
out.figure(figure_4a, "figure_4a_validation", "Validators: most severe against mildest phenotype")
figure_4a

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
slopes = dose_response.slopes(patients.data, severity, labels, names, book.validators)
inside = dose_response.slopes_common(patients.data, severity, labels, names, book.validators)
bins = dose_response.bins(patients.data, severity, labels, names, book.validators)
out.table(slopes, "table_s12_slopes", "Validators along severity, inside each phenotype")
out.table(inside, "table_s13_inside", "The slope inside the phenotypes, and what it predicts")
rates = {"share": "rate inside, % of that between", "share_low": "rate, low",
         "share_high": "rate, high"}
shown = inside[["label", "n", "slope", "low", "high", *rates, "p_equal"]]
shown = shown.assign(**{name: 100 * shown[name] for name in rates}).rename(columns=rates)
digits = dict.fromkeys(shown, 3) | dict.fromkeys(rates.values(), 0)
tables.present(shown, digits=digits, synthetic=patients.synthetic)

# %%
figure_4c = figures.dose_response(bins, slopes, names=names, synthetic=patients.synthetic)
out.figure(figure_4c, "figure_4c_dose_response", "Validators along severity, inside each phenotype")
figure_4c

# %%
say(*validation.inside(inside), *noted(inside["label"], inside["note"]), unavailable)

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
adds = label_or_severity.label_adds(
    patients.data, labels, names, severity, book.validators, chosen
)
out.table(adds, "table_s14_rivals", "Label and severity as rivals, by validator")
beside = ["beside_line", "beside_line_low", "beside_line_high", "p_label_to_line_adjusted"]
shown = adds[["label", "n", "r2_label", "r2_line", "r2_spline", *beside,
              "p_label_to_spline_adjusted"]]
tables.present(shown, digits=3, synthetic=patients.synthetic)

# %%
rival_models = figures.rival_models(adds, synthetic=patients.synthetic)
out.figure(rival_models, "figure_s8_rivals", "What label and severity explain of each validator")
rival_models

# %%
lost = adds["note"].where(adds["p_label_to_spline_adjusted"].isna(), "")
say(*validation.adding(adds, names[-1], alpha), *noted(adds["label"], lost), unavailable)

# %% [markdown]
# ## Which measures follow severity most closely?
#
# ALS takes the muscles of the thumb before those of the little finger (the split hand), and in some
# people the tongue before the limbs. So the associations are put in order: how strongly each
# validator follows severity, with the interval of its rank among its block; and which feature goes
# with which validator. Spearman's ρ, turned so that positive means *worse where the
# other is worse*. Some measure is always first: an order is shown only where the differences are.

# %%
where = pattern.ordered(patients.data, severity, book.validators, random_state=random_state)
pairs = pattern.contrasts(patients.data, severity, book.validators, random_state=random_state)
by_feature = pattern.by_feature(found.X, patients.data, book.features, book.validators)
out.table(where, "table_s15_pattern", "How strongly each validator follows severity")
out.table(pairs, "table_s16_contrasts", "Differences between validators of a block")
out.table(by_feature, "table_s17_by_feature", "Which feature goes with which validator")
shown = where[["label", "block", "n", "rho", "low", "high", "rank", "rank_low", "rank_high"]]
whole = dict.fromkeys(("rank", "rank_low", "rank_high"), 0)
tables.present(shown, digits=whole, synthetic=patients.synthetic)

# %%
association = figures.association_pattern(where, by_feature, synthetic=patients.synthetic)
out.figure(association, "figure_s9_pattern", "Which measures follow severity most closely")
association

# %%
say(
    *validation.extremes(pairs),
    *noted(pairs["block"].map(block_name), pairs["note"]),
    pattern.unavailable(severity, book.validators),
)

# %% [markdown]
# ## Conclusion
#
# An association here says that the phenotype, or the severity it is cut from, carries clinical
# meaning. It does not say that there are several kinds of patients: measures of the disease follow
# its severity, so any cut of a severity axis would be validated by them; notebook 3 asks that.
# Where validators go on changing inside the phenotypes and the label adds nothing to the score, the
# score says more than the label. What would change the finding: validators missing in those who are
# worst, and examiners who knew the features.

# %%
numbers = plain({
    "unavailable": unavailable,
    "contrast": [names[-1], names[0]],
    "ordered": found.phenotypes.order == "severity",
    "alpha": alpha,
    "validators": compared,
    "blocks": blocks,
    "partial": partial,
    "inside": inside,
    "rivals": adds,
    "pattern": where,
    "contrasts": pairs,
})
sentences = answer_validation(numbers)
answer(sentences, **simulated)
out.publish(numbers, sentences, headline_validation(numbers))
print("\n".join(sentences))

# %% tags=["nbval-ignore-output"]
colophon(patients.identity, random_state)
