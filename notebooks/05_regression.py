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
# # 5 · What does the phenotype mean for function?
#
# **Question.** How much does the outcome differ between phenotypes, and how much of that is left
# among patients of like covariates?

# %% tags=["nbval-ignore-output"]
from compendium.notebook import Answer

answer = Answer()

# %% [markdown]
# *Reads* the cohort file and its codebook, `02_clustering`. *Writes* Figure 4b, Figure 4d, Table 5
# and `results/05_regression.json`. *Before:* [4 · Do measures the clustering never saw
# agree?](04_validation.ipynb) *Next:* [6 · What came back?](06_reproduction.ipynb)

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
n_resamples = 1000  # type: int resamples of the stability analysis
n_pipeline = 200  # type: int bootstraps of the whole pipeline, from gaps to coefficient
covariates = "all"  # type: str covariates to adjust for, joined by |; or all, or none
alpha = 0.05  # type: float level at which a finding is called supported
ledger = "auto"  # type: str whose cohort the published numbers are held against
random_state = 20260221  # type: int seed of every random step of the analysis
jobs = 2  # type: int workers of the resampling
dask = ""  # type: str Dask scheduler that resamples, an address or local; empty: none

# %%
from compendium import regression, sensitivity, stability
from compendium.notebook import Page
from compendium.report import figures, published, tables
from compendium.report.sentences import regression as sentences
from compendium.report.sentences import rivals

page = Page("05_regression", globals())
found, book, names = page.found, page.book, page.found.names

# %% [markdown]
# ## The model
#
# The outcome is regressed on the phenotype alone (crude) and with the covariates (adjusted). The
# paper's covariates are unknown; the set here is our choice and a parameter. Ordinary least
# squares, with standard errors that allow unequal spread (HC3) and t intervals.
#
# Only patients with every covariate enter the adjusted model. So the crude difference is given
# again for exactly these patients: what changes from there on is adjustment, and not who was lost.
# And it is fitted once more with everybody who has the outcome, missing covariates being imputed
# many times from all that is known of a patient (chained equations, pooled by Rubin's rules). The
# phenotype is held fixed in this.

# %%
models = regression.models(found, page.covariates, random_state=random_state)
page.keep(models.table, "table_5_models", "Outcome by phenotype: crude, adjusted, imputed")
page.say(unavailable := sentences.no_outcome(book), sentences.covariates(page.covariates, book))
page.numbers |= {"unavailable": unavailable, "alpha": alpha, "notes": models.notes}
page.numbers |= {"covariates": [c.name for c in page.covariates]}

# %%
page.show(models.table, by=tables.models_table)

# %% [markdown]
# The crude difference needs no model: it must equal the difference of the means.

# %%
for outcome, part in models.table.query("model == 'crude'").groupby("outcome", sort=False):
    means = found.data[outcome].groupby(found.labels).mean()
    crude = part["estimate"].reset_index(drop=True).dropna()
    assert all(abs(means.iloc[i + 1] - means.iloc[0] - b) < 1e-8 for i, b in crude.items())
page.say(*sentences.left_out(found, models.notes))

# %% [markdown]
# ## Figure 4b
#
# Where the cohort is the paper's, or was tuned to it, the published estimate stands beside ours.

# %%
paper = published.comparable(ledger, page.identity, n_clusters)
rows = regression.records(models.table, book)
used = sentences.adjusted_for(rows)
shown = figures.for_forest(models.table)
figure_4b = figures.regression_forest(shown, adjusted_for=used, published=paper)
page.numbers |= {"models": rows}
page.figure(figure_4b, "figure_4b_regression", "Outcome by phenotype, crude and adjusted")

# %%
page.say(*sentences.each_difference(rows, names[-1]))

# %% [markdown]
# A difference hides where the phenotypes lie. Their adjusted means are what the model predicts were
# all patients of that phenotype, each with their own covariates; beside them stands the mean of
# those who are. Where there are more than two phenotypes, one robust test asks of all at once
# whether they differ.

# %%
title = "Mean of the primary outcome in each phenotype, as it is and adjusted"
heads = {"estimate": "adjusted mean"}
page.table(models.means, "table_s23_means", title, key="adjusted_means", heads=heads)

# %%
page.say(*sentences.phenotype_means(models, rows))

# %% [markdown]
# ## Can the model be trusted?
#
# Covariates that repeat each other widen the interval (generalised variance inflation factor,
# VIF). Patients with a large Cook's distance carry the slope. Residuals that fan out or bend say
# that a straight line is the wrong shape; a bounded score with a ceiling always bends a little.
# And each covariate that is a number is given a curve in place of its line: does it bend, and does
# the difference between the phenotypes move with it?

# %%
page.keep(models.vif, "table_s7_vif", "Variance inflation in the primary model", key="vif")
page.numbers |= {"diagnostics": models.diagnostics}
page.say(*sentences.trust(models, adjusted=bool(used)))

# %%
curved = regression.bends(found, page.covariates)
page.keep(curved, "table_s18_bends", "Covariates as lines and as curves", key="bends")
page.say(*sentences.curves(curved))

# %%
axis = sentences.axis(book)
residuals = figures.residual_checks(models.residuals, **axis, each=page.synthetic)
page.figure(residuals, "figure_s3_residuals", "Residuals of the primary model")

# %% [markdown]
# ## Phenotype, or severity?
#
# Label and severity are set against each other, over the same patients: severity as a straight
# line, and as a curve (restricted cubic spline), which is the fair rival since a bounded outcome
# bends. What does each explain beyond the covariates, and does one still add where the other is? A
# label that adds nothing does not show that there are no groups: severity also varies inside each.

# %%
duel = regression.rivals(found, page.covariates)
sets = regression.label_adds(found, book.outcomes, page.covariates)
page.keep(duel.comparisons, "table_s19_added", "What adds to what")
page.numbers |= {"rivals": [vars(duel)] if book.outcomes else []}
page.keep(duel.models, "table_8_rivals", "Label, severity, or both")
page.show(duel.models.drop(columns="note", errors="ignore"), digits=3)

# %%
title = "Label and severity as rivals, by outcome"
columns = (
    "label n r2_label r2_line r2_spline beside_line beside_line_low beside_line_high "
    "p_label_to_line_adjusted p_label_to_spline_adjusted"
)
page.table(sets, "table_s20_outcomes", title, columns, key="rivals_by_outcome", digits=3)

# %%
severe = {"severe": names[-1], "adjusted": bool(used), "alpha": alpha}
page.say(*rivals.beside_severity(duel, book.outcomes, **severe))

# %% [markdown]
# ## Labels are made from the data
#
# The intervals so far take the labels as fixed. They were made from the same patients, so two
# others stand beside: from bootstraps of the whole pipeline, in which gaps, scales, clusters and
# model are made anew (as in notebook 2), and from cross-fitting, in which one half of the
# patients makes the centroids that label the other half. The model with imputed covariates is
# repeated for comparison; it takes the labels as fixed. The difference without border patients,
# those who do not keep their phenotype in resamples, is another quantity, usually larger.

# %% tags=["nbval-ignore-output"]
with page.workers(processes=True):
    replicates = sensitivity.bootstrap(found, page.covariates, n_replicates=n_pipeline)

# %% tags=["nbval-ignore-output"]
with page.workers(processes=True):
    crossed = sensitivity.cross_fitted(found, page.covariates)

# %% tags=["nbval-ignore-output"]
fits = {n_clusters: found.phenotypes}
with page.workers():
    core = stability.resample(found, fits, n_resamples=n_resamples).certainty["core"].to_numpy()
page.numbers |= {"n_core": int(core.sum())}

# %%
made = (models, replicates, crossed, core)
intervals = sensitivity.kinds_of_interval(found, page.covariates, *made)
title = f"The primary difference ({names[-1]} − {names[0]}) by kind of interval"
columns = "kind estimand estimate low high n method"
page.table(intervals, "table_9_intervals", title, columns, key="intervals")

# %%
page.say(*sentences.interval_kinds(intervals))

# %% [markdown]
# ## Other models, other outcomes
#
# The outcome is bounded and skewed, so its mean is not the only thing to ask for: the odds of a
# better score (proportional odds), and the median patient. The domains say where function is lost.
# A rate of progression is never adjusted for its own denominator; its logarithm stands beside it.

# %%
others = regression.other_models(found, page.covariates)
title = "Other models and other outcomes"
columns = "outcome_label analysis scale phenotype n estimate low high"
page.table(others, "table_s21_other_models", title, columns, key="other_models")

# %%
page.say(*sentences.model_notes(others))

# %% [markdown]
# ## Would another analyst have found the same?
#
# A specification curve (for clusterings: [Beijers et
# al.](https://doi.org/10.1017/S0033291720002846)) runs a stated grid: sets of covariates × ways to
# scale and to adjust features × ways with missing features × algorithms × forms of the outcome.
# Figure 4d sorts the differences; the grid below says what made each. What can be read is how far
# the answer depends on these choices, and on which. Its limits: the number of phenotypes is fixed,
# no rule leaves outliers out, gaps are filled in no other way than these, and specifications are
# not independent of each other, so that the share of them that agrees is no p value.

# %% tags=["nbval-ignore-output"]
with page.workers(processes=True):
    curve = sensitivity.specification_curve(found, page.covariates)

# %%
page.keep(curve.table, "table_s22_specifications", "Every specification")
page.numbers |= {"specifications": curve.summary}
title = "The difference over a grid of choices"
label = curve.summary.get("outcome_label", "")
words = {"contrast": f"{names[-1]} − {names[0]}", "published": paper}
figure_4d = figures.specification_grid(curve.table, outcome=label, unit=axis["unit"], **words)
page.figure(figure_4d, "figure_4d_specifications", title)

# %%
page.say(*sentences.specification_spread(curve.summary))

# %% [markdown]
# ## What the published interval implies
#
# Where the paper's estimate stands beside ours, its interval and the sizes of its groups say what
# it did not print: how far patients of one phenotype scatter, and how seldom function alone would
# tell the phenotype of a patient.

# %%
implied = published.implied(paper) if paper else None
page.numbers |= {"published_implies": implied}
page.say(*sentences.published_implies(implied, names))

# %% [markdown]
# ## Conclusion

# %%
page.conclude()

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Supplement
#
# The coefficient is the mean difference between phenotypes at like covariates, in the unit of the
# outcome; it is no effect of changing anybody's features. Where intervals that make the labels anew
# are wider than the model's, believe the wider. Where severity as a curve explains more than the
# label and leaves it nothing to add, the score is the better description, and the phenotype its
# summary. What would change the finding: something unmeasured that goes with both, patients of
# another case mix, and choices outside the grid.

# %%
page.close()

# %% tags=["nbval-ignore-output"]
page.sign()
