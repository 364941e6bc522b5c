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
from compendium import PROJECT
from compendium.data import cohort as cohorts
from compendium.notebook import Progress, colophon, say
from compendium.parallel import workers
from compendium.parameters import check_all
from compendium.phenotypes import clustering
from compendium.regression import checks as model_checks
from compendium.regression import label_or_severity, other_outcomes, outcome_models, robustness
from compendium.report import figures, published, tables
from compendium.report.figures import forests
from compendium.report.sentences import regression
from compendium.report.sentences.regression import answer_regression, headline_regression
from compendium.run.results import Run, plain
from compendium.sensitivity import bootstraps, crossfit, intervals, specifications
from compendium.stability import resampling
from compendium.words import estimate, known, listed, number, once, p_value, percent, plural

check_all(globals())
patients = cohorts.load(cohort, codebook, scenario, scenario_seed, max_missing)
book = patients.codebook
simulated = {"synthetic": patients.synthetic, "scenario": patients.scenario}
out = Run("05_regression", run, **simulated)
found = clustering.cluster_cohort(
    patients, n_clusters=n_clusters, n_init=n_init, scaling=scaling, missing=missing,
    random_state=random_state,
)
labels, names, severity = found.phenotypes.labels, found.phenotypes.names, found.severity
contrast = f"{names[-1]} − {names[0]}"

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
chosen = cohorts.choose_covariates(book, covariates)
unavailable = "" if book.outcomes else "The codebook names no outcome, so nothing is regressed."
fitted = [
    outcome_models.models(patients.data, labels, names, y, chosen, severity=severity,
                      random_state=random_state)
    for y in book.outcomes
]
models = tables.stacked([m.table for m in fitted])
say(unavailable or "Covariates: " + (listed([c.label for c in chosen]) or "none") + ".")

# %%
out.table(models, "table_5_models", "Outcome by phenotype: crude, adjusted, imputed")
tables.models_table(models, synthetic=patients.synthetic)

# %% [markdown]
# The crude difference needs no model: it must equal the difference of the means.

# %%
for m, y in zip(fitted, book.outcomes, strict=True):
    means = patients.data[y.name].groupby(labels).mean()
    crude = m.table.query("model == 'crude'")["estimate"].dropna()
    assert all(abs(means.iloc[i + 1] - means.iloc[0] - b) < 1e-8 for i, b in crude.items())
say(
    *outcome_models.missing_outcomes(patients.data, book), *once(n for m in fitted for n in m.notes)
)

# %% [markdown]
# ## Figure 4b
#
# Where the cohort is the paper's, or was tuned to it, the published estimate stands beside ours.

# %%
whose = published.whose(ledger, scenario=patients.scenario, synthetic=patients.synthetic)
facts = published.read_published(PROJECT / "data" / "published.yml")
# the paper compares two phenotypes
paper = published.coefficient(facts) if whose != "none" and len(names) == 2 else None
rows = [r for r in outcome_models.records(models, book) if known(r["estimate"])] if fitted else []
used = next((r["covariate_labels"] for r in rows if r["model"] == "adjusted"), [])
figure_4b = figures.regression_forest(
    forests.for_forest(models), adjusted_for=used, published=paper, synthetic=patients.synthetic
)
out.figure(figure_4b, "figure_4b_regression", "Outcome by phenotype, crude and adjusted")
figure_4b

# %%
said = "adjusted" if used else "crude"
shown = [r for r in rows if r["model"] == said and (r["primary"] or r["phenotype"] == names[-1])]
say(*[f"{r['outcome_label']}, {r['phenotype']} against {r['reference']}, {said}: {estimate(r)}, "
      f"{p_value(r['p'])}, n = {r['n']:,}." for r in shown])

# %% [markdown]
# ## Can the model be trusted?
#
# Covariates that repeat each other widen the interval (generalised variance inflation factor,
# VIF). Patients with a large Cook's distance carry the slope. Residuals that fan out or bend say
# that a straight line is the wrong shape; a bounded score with a ceiling always bends a little.
# And each covariate that is a number is given a curve in place of its line: does it bend, and does
# the difference between the phenotypes move with it?

# %%
primary = fitted[0] if fitted else None
if primary is not None and len(primary.vif):
    out.table(primary.vif, "table_s7_vif", "Variance inflation in the primary model")
    checks, worst = primary.diagnostics, primary.vif.loc[primary.vif["vif_scaled"].idxmax()]
    say(
        f"Largest adjusted generalised VIF {number(worst['vif_scaled'])} ({worst['label']});"
        if used else "",
        f"{plural(checks['n_influential'], 'patient')} with a Cook's distance above 4/n (largest "
        f"{number(checks['cook_max'], 3)}); Breusch–Pagan {p_value(checks['breusch_pagan_p'])}; "
        f"skewness of the residuals {number(checks['residual_skew'])}.",
    )

# %%
curved = tables.stacked([
    model_checks.bends(patients.data, labels, names, y, chosen) for y in book.outcomes[:1]
])
out.table(curved, "table_s18_bends", "Covariates as lines and as curves")
tested = [c for c in curved.itertuples() if known(c.p_adjusted)]
say(*[f"{c.label} as a curve: {p_value(c.p_adjusted)} (Holm); the difference goes from "
      f"{number(c.line)} to {number(c.spline)}." for c in tested])

# %%
residuals = figures.residual_checks(
    primary.residuals, outcome=book.outcomes[0].axis, unit=book.outcomes[0].unit,
    synthetic=patients.synthetic,
) if primary is not None else None
out.figure(residuals, "figure_s3_residuals", "Residuals of the primary model")
residuals

# %% [markdown]
# ## Phenotype, or severity?
#
# Label and severity are set against each other, over the same patients: severity as a straight
# line, and as a curve (restricted cubic spline), which is the fair rival since a bounded outcome
# bends. What does each explain beyond the covariates, and does one still add where the other is? A
# label that adds nothing does not show that there are no groups: severity also varies inside each.

# %%
duel = [label_or_severity.rivals(patients.data, labels, names, severity, y, chosen)
        for y in book.outcomes[:1]]
sets = label_or_severity.label_adds(patients.data, labels, names, severity, book.outcomes, chosen)
out.table(tables.stacked([d.models for d in duel]), "table_8_rivals", "Label, severity, or both")
out.table(tables.stacked([d.comparisons for d in duel]), "table_s19_added", "What adds to what")
out.table(sets, "table_s20_outcomes", "Label and severity as rivals, by outcome")
shown = tables.stacked([d.models for d in duel]).drop(columns="note", errors="ignore")
tables.present(shown, digits=3, synthetic=patients.synthetic)

# %%
rival_outcomes = figures.rival_models(sets, synthetic=patients.synthetic)
out.figure(rival_outcomes, "figure_s10_rivals", "What label and severity explain of each outcome")
rival_outcomes

# %%
for d, y in zip(duel, book.outcomes, strict=False):
    say(*regression.outcome(vars(d), severe=names[-1], unit=y.unit, worse=y.worse,
                             adjusted=bool(used), alpha=alpha), d.note)

# %% [markdown]
# ## Labels are made from the data
#
# The intervals so far take the labels as fixed. They were made from the same patients, so two
# others stand beside: from bootstraps of the whole pipeline, in which gaps, scales, clusters and
# model are made anew (the pass of notebook 2), and from cross-fitting, in which one half of the
# patients makes the centroids that label the other half. The model with imputed covariates is
# repeated for comparison; it takes the labels as fixed. The difference without border patients,
# those who do not keep their phenotype in resamples, is another quantity, usually larger, and is
# drawn apart.

# %% tags=["nbval-ignore-output"]
choices = {
    "n_replicates": n_pipeline, "n_clusters": n_clusters, "scaling": scaling, "missing": missing,
    "random_state": random_state,
}
if primary is not None:
    with workers(jobs, dask, processes=True):
        replicates = bootstraps.recalled_or_run(
            out.reads, patients, chosen, choices, Progress("batches of bootstraps")
        )

# %% tags=["nbval-ignore-output"]
split = {name: value for name, value in choices.items() if name != "n_replicates"}
if primary is not None:
    with workers(jobs, dask, processes=True):
        crossed = crossfit.cross_fitted(
            patients, covariates=chosen, progress=Progress("batches of splits"), **split
        )

# %% tags=["nbval-ignore-output"]
with workers(jobs, dask):
    certainty = resampling.resample(
        found.Z, {n_clusters: found.phenotypes}, n_resamples=n_resamples,
        random_state=random_state, progress=Progress("fits"),
    ).certainty
core = certainty["core"].to_numpy()

# %%
if primary is not None:
    who = patients.data[core], labels[core], names
    inner = outcome_models.models(*who, book.outcomes[0], chosen)
    sure = intervals.kinds(primary.table, replicates, crossed, inner.table)
else:
    sure = tables.stacked([])
out.table(sure, "table_9_intervals", "The primary difference by kind of interval")
beta_kinds = figures.beta_kinds(
    sure, outcome=book.outcomes[0].axis, contrast=contrast, published=paper,
    synthetic=patients.synthetic,
) if len(sure) else None
out.figure(beta_kinds, "figure_s11_intervals", "The primary difference by kind of interval")
beta_kinds

# %%
core_notes = once(inner.notes) if len(sure) and not known(sure["estimate"].iloc[-1]) else []
say(*regression.interval_sentences(sure), *core_notes)

# %% [markdown]
# ## Other models, other outcomes
#
# The outcome is bounded and skewed, so its mean is not the only thing to ask for: the odds of a
# better score (proportional odds), and the median patient. The domains say where function is lost.
# A rate of progression is never adjusted for its own denominator; its logarithm stands beside it.

# %%
others = other_outcomes.other_models(patients.data, labels, names, book, chosen)
out.table(others, "table_s21_other_models", "Other models and other outcomes")
shown = others[["outcome_label", "analysis", "scale", "phenotype", "n", "estimate", "low", "high"]]
tables.present(shown, synthetic=patients.synthetic)

# %%
say(*regression.model_sentences(others))

# %% [markdown]
# ## Would another analyst have found the same?
#
# Every defensible combination of choices is run: which covariates, how gaps are filled, how
# features are scaled and adjusted, by which algorithm patients are grouped, how the outcome is
# summed up. Figure 4d sorts the differences; the grid below says what made each. Specifications are
# no independent samples, so there is no p value over them: what can be read is how far the answer
# depends on the analyst, and on which choice.

# %% tags=["nbval-ignore-output"]
with workers(jobs, dask, processes=True):
    curve = specifications.specification_curve(
        patients, found, covariates=chosen, missing=missing, random_state=random_state,
        alpha=alpha, progress=Progress("clusterings"),
    )

# %%
spread = curve.summary if curve else {}
grid = curve.table if curve else tables.stacked([])
out.table(grid, "table_s22_specifications", "Every specification")
figure_4d = figures.specification_grid(
    grid, published=paper, outcome=spread["outcome_label"], unit=spread["unit"],
    contrast=contrast, synthetic=patients.synthetic,
) if curve else None
out.figure(figure_4d, "figure_4d_specifications", "The difference under every defensible choice")
figure_4d

# %%
say(*(regression.specification_sentences(spread) if curve else []))

# %% [markdown]
# ## What would it take to explain it away, and to see half of it?
#
# The E-value says how strongly something unmeasured would have to go with both phenotype and
# outcome to explain the difference; it is no probability that such a thing exists. And since
# differences that were estimated in small groups tend to shrink: how many patients would half of
# this one need?

# %%
last = [r for m in fitted[:1] for r in m.table[m.table["model"] == m.described].to_dict("records")]
last = [r for r in last[-1:] if known(r["partial_r"], r["resid_sd"])]
e_values = [robustness.e_value(r["estimate"], r["low"], r["high"], r["resid_sd"]) for r in last]
needed = tables.stacked([
    robustness.sample_sizes(r["partial_r"], int(r["n_parameters"]), alpha=alpha) for r in last
])

# %%
say(
    *[f"E-value {number(e['e_value'])}; of the end of the interval nearest to no difference: "
      f"{number(e['e_value_interval'])}." for e in e_values],
    *[f"Half of the difference would be seen with a power of {percent(r.power)} in "
      f"{plural(r.n, 'patient')}." for r in needed.itertuples() if known(r.n)],
    "" if last or unavailable else "No difference was estimated, so there is none to explain away.",
)

# %%
if paper:
    implied = robustness.implied(paper["estimate"], paper["low"], paper["high"], *paper["sizes"])
    say(
        f"The published interval implies a standard error of {number(implied['se'])}, a residual "
        f"SD of about {number(implied['resid_sd'], 1)}, a partial correlation of "
        f"{number(implied['partial_r'])}, and a chance of {number(implied['auc'])} to tell from "
        f"function which of a {names[-1]} and a {names[0]} patient is the {names[-1]} one.",
    )

# %% [markdown]
# ## Conclusion
#
# The coefficient is the mean difference between phenotypes at like covariates, in the unit of the
# outcome; it is no effect of changing anybody's features. Where intervals that make the labels anew
# are wider than the model's, believe the wider. Where severity as a curve explains more than the
# label and leaves it nothing to add, the score is the better description, and the phenotype its
# summary. What would change the finding: something unmeasured that goes with both, patients of
# another case mix, and choices outside the grid.

# %%
numbers = plain({
    "unavailable": unavailable,
    "alpha": alpha,
    "covariates": [c.name for c in chosen],
    "models": outcome_models.records(models, book),
    "vif": primary.vif if primary is not None else [],
    "diagnostics": primary.diagnostics if primary is not None else {},
    "notes": [note for m in fitted for note in m.notes],
    "bends": curved,
    "rivals": [vars(d) for d in duel],
    "rivals_by_outcome": sets,
    "intervals": sure,
    "n_core": int(core.sum()),
    "other_models": others,
    "specifications": spread,
    "e_value": e_values,
    "sample_size": needed,
    "published_implies": implied if paper else None,
})
sentences = answer_regression(numbers)
answer(sentences, **simulated)
out.publish(numbers, sentences, headline_regression(numbers))
print("\n".join(sentences))

# %% tags=["nbval-ignore-output"]
colophon(patients.identity, random_state)
