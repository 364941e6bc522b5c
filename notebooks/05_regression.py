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
# among patients of the same age, sex and other covariates?

# %% tags=["nbval-ignore-output"]
from compendium.notebook import Answer

answer = Answer()

# %% [markdown]
# *Reads* the cohort file and its codebook, `02_clustering`. *Writes* Figure 5, Figures S8 and S9,
# Tables S9 to S13 and `results/05_regression.json`. *Before:* [4 · Do measures the clustering never
# saw agree?](04_validation.ipynb) *Next:* [6 · What came back?](06_reproduction.ipynb)

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
small_counts = "five"  # type: str of fewer people than this nothing is said
random_state = 20260221  # type: int seed of every random step of the analysis
jobs = 2  # type: int workers of the resampling
dask = ""  # type: str Dask scheduler that resamples, an address or local; empty: none

# %%
from compendium import regression, sensitivity, stability
from compendium.notebook import Page
from compendium.report import figures, published
from compendium.report.sentences import regression as sentences

page = Page("05_regression", globals())
found, book, names = page.found, page.book, page.found.names

# %% [markdown]
# ## The model
#
# The outcome is regressed on the phenotype alone (unadjusted) and with the covariates (adjusted).
# The paper's covariates are unknown; the set here is our choice and a parameter. Ordinary least
# squares, with standard errors that allow unequal spread (HC3) and t intervals.
#
# Only patients with every covariate enter the adjusted model. So the unadjusted difference is given
# again for exactly these patients: what changes from there on is adjustment, and not who was lost.
# And the model is fitted once more with everybody who has the outcome, missing covariates being
# imputed many times from all that is known of a patient (chained equations, Rubin's rules). A
# difference is that between phenotypes; it is no effect of changing anybody's muscles or nerves.

# %%
models = regression.models(found, page.covariates, random_state=random_state)
page.keep(models.table, "figure_5_models", "Models of Figure 5, and of the other outcomes")
page.say(unavailable := models.table.attrs.get("reason", ""))
rows = regression.records(models.table, book)
page.numbers |= {"unavailable": unavailable, "alpha": alpha, "notes": models.notes, "models": rows}
page.numbers |= {"covariates": [c.name for c in page.covariates]}

# %% [markdown]
# The unadjusted difference needs no model: it must equal the difference of the means.

# %%
for outcome, part in models.table.query("model == 'crude'").groupby("outcome", sort=False):
    means = found.data[outcome].groupby(found.labels).mean()
    crude = part["estimate"].reset_index(drop=True).dropna()
    assert all(abs(means.iloc[i + 1] - means.iloc[0] - b) < 1e-8 for i, b in crude.items())
page.say(*sentences.left_out(found, models.notes))

# %% [markdown]
# ## The phenotypes come from the same patients
#
# The model takes the phenotypes as known, though they were found in the same patients. Two further
# intervals do not. In one the whole analysis, from gaps and scales to clusters and model, is
# repeated in every bootstrap. In the other, cross-fitting, one half of the patients makes the
# centroids that tell the phenotypes of the other half. **A difference counts as supported only
# where the model's interval and the repeated one exclude 0 on the same side.** The model is also
# fitted without the patients who change phenotype in resamples.

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

# %%
made = (models, replicates, crossed, core)
intervals = sensitivity.kinds_of_interval(found, page.covariates, *made)
page.keep(intervals, "figure_5_regression", "Numbers of Figure 5")
paper = published.comparable(ledger, page.identity, n_clusters)
page.numbers |= {"intervals": intervals.to_dict("records"), "published": paper}

# %%
about, used = sentences.axis(book), sentences.adjusted_for(rows)
forest = figures.regression_forest(intervals, **about, adjusted_for=used, published=paper)
page.figure(forest, "figure_5_regression", "The outcome by phenotype, estimated in several ways")

# %%
page.say(*sentences.two_intervals(page.numbers))

# %% [markdown]
# ## Phenotype, or severity?
#
# The measures that made the phenotypes also give one score, severity. So the two are set against
# each other in the same patients: severity as a straight line, and as a curve (restricted cubic
# spline), which is the fair rival since a bounded outcome bends. What does each explain, and does
# one still add where the other is? A phenotype that adds nothing does not show that there are no
# groups: severity also varies inside each.

# %%
duel = regression.rivals(found, page.covariates)
page.numbers |= {"rivals": [duel.record] if rows else []}
page.say(*sentences.score_or_phenotype(page.numbers, names[-1]))

# %% [markdown]
# ## Would another analyst have found the same?
#
# A specification curve (for clusterings: [Beijers et
# al.](https://doi.org/10.1017/S0033291720002846)) runs a stated grid: sets of covariates × ways to
# scale and to adjust features × ways with missing features × algorithms × forms of the outcome.
# Figure S9 in the supplement shows every one. What can be read is how far the answer depends on
# these choices, and on which. They are not independent of each other, so the share of them that
# agrees is no p value.

# %% tags=["nbval-ignore-output"]
with page.workers(processes=True):
    curve = sensitivity.specification_curve(found, page.covariates)

# %%
page.numbers |= {"specifications": curve.summary}
page.say(*sentences.specification_spread(curve.summary))

# %% [markdown]
# ## Conclusion

# %%
page.conclude()

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Supplement
#
# A difference hides where the phenotypes lie. Their adjusted means are what the model predicts were
# all patients of that phenotype, each with their own covariates; beside them stands the mean of
# those who are.

# %%
title = "Mean of the primary outcome in each phenotype, as it is and adjusted"
page.table(models.means, "table_s9_means", title, key="adjusted_means",
           heads={"estimate": "adjusted mean"})

# %% [markdown]
# Residuals that fan out or bend say that a straight line is the wrong shape; a bounded score with a
# ceiling always bends a little. Patients with a large Cook's distance carry the slope.

# %%
residuals = figures.residual_checks(models.residuals, **about)
page.figure(residuals, "figure_s8_residuals", "Residuals of the primary model")
page.numbers |= {"diagnostics": models.diagnostics}
page.say(*sentences.trust(models.diagnostics))

# %% [markdown]
# Covariates that repeat each other widen the interval: the variance inflation factor (VIF), scaled
# so that 1 is none. And each covariate that is a number is given a curve in place of its line: does
# it bend, and does the difference between the phenotypes move with it?

# %%
checks = regression.model_checks(models.vif, regression.bends(found, page.covariates))
columns = "label vif_scaled p_adjusted spline spline_low spline_high"
heads = {"label": "covariate", "vif_scaled": "VIF", "p_adjusted": "does it bend, p"}
heads |= {f"spline{end}": f"difference{end}" for end in ("", "_low", "_high")}
title = "Checks of the primary model, and its difference with each covariate as a curve"
page.table(checks, "table_s10_checks", title, columns, key="checks", heads=heads)

# %% [markdown]
# Which model describes the outcome better? Explained variance is that beyond the covariates; a
# lower AIC is better. Where a model holds both, a p says what one adds to the other, and the
# difference is that between phenotypes of like severity.

# %%
columns = "model n delta_r_squared aic p_label_adds p_severity_adds estimate low high"
page.table(duel.table, "table_s11_phenotype_or_severity", "Phenotype, severity, or both", columns,
           heads={"estimate": "difference"}, digits={"delta_r_squared": 3, "aic": 1})

# %% [markdown]
# The same of every outcome.

# %%
sets = regression.label_adds(found, book.outcomes, page.covariates)
columns = "label n r2_label r2_line r2_spline p_label_to_line_adjusted p_label_to_spline_adjusted"
page.table(sets, "table_s12_outcomes", "Phenotype or severity, by outcome", columns,
           key="rivals_by_outcome", heads={"label": "outcome"}, digits=3)

# %% [markdown]
# A bounded and skewed outcome has more than a mean: there are the odds of a better or a worse value
# (proportional odds), and the median patient. The other outcomes say where function is lost. A rate
# of progression is never adjusted for its own denominator; its logarithm stands beside it.

# %%
others = regression.other_models(found, page.covariates)
columns = "outcome_label analysis scale phenotype n estimate low high note"
page.table(others, "table_s13_other_models", "Other models and other outcomes", columns,
           key="other_models")

# %% [markdown]
# The specification curve sorts the differences; the grid below says what made each. The number of
# phenotypes is fixed, no rule leaves outliers out, and gaps are filled in no other way than these.

# %%
page.keep(curve.table, "figure_s9_specifications", "Numbers of Figure S9")
words = about | {"contrast": f"{names[-1]} − {names[0]}", "published": paper}
grid = figures.specification_grid(curve.table, **words)
page.figure(grid, "figure_s9_specifications", "The difference over a grid of choices")

# %%
page.close()

# %% tags=["nbval-ignore-output"]
page.sign()
