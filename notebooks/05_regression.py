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
from compendium.display import Answer

answer = Answer()

# %% [markdown]
# *Reads* the cohort file and its codebook. *Writes* Figure 4b, Table 5 and
# `results/05_regression.json`. *Before:* [4 · Do measures the clustering never saw
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
covariates = "all"  # type: str covariates to adjust for, joined by |; or all, or none
alpha = 0.05  # type: float level at which a finding is called supported
ledger = "auto"  # type: str whose cohort the published numbers are held against
random_state = 20260221  # type: int seed of every random step of the analysis

# %%
from compendium import clustering, figures, published, regression, tables
from compendium import cohort as cohorts
from compendium.answers import answer_regression, headline_regression
from compendium.display import colophon, say
from compendium.parameters import check_all
from compendium.results import PROJECT, Run, plain
from compendium.sentences import estimate, listed, number, p_value, plural

check_all(globals())
patients = cohorts.load(cohort, codebook, scenario, scenario_seed, max_missing)
book = patients.codebook
out = Run("05_regression", run, synthetic=patients.synthetic)
found = clustering.cluster_cohort(
    patients, n_clusters=n_clusters, n_init=n_init, scaling=scaling, missing=missing,
    random_state=random_state,
)  # fmt: skip
labels, names = found.phenotypes.labels, found.phenotypes.names

# %% [markdown]
# ## The model
#
# The outcome is regressed on the phenotype alone (crude) and with the covariates (adjusted). The
# paper's covariates are unknown; the set here is our choice and a parameter. Ordinary least
# squares, with standard errors that allow unequal spread (HC3) and t intervals. Only patients with
# every covariate enter the adjusted model, and its n says how many those are.

# %%
chosen = cohorts.choose_covariates(book, covariates)
unavailable = "" if book.outcomes else "The codebook names no outcome, so nothing is regressed."
fitted = [regression.models(patients.data, labels, names, y, chosen) for y in book.outcomes]
models = tables.stacked([m.table for m in fitted])
say(unavailable or "Covariates: " + (listed([c.label for c in chosen]) or "none") + ".")

# %%
out.table(models, "table_5_models", "Outcome by phenotype, crude and adjusted")
tables.models_table(models, synthetic=patients.synthetic)

# %% [markdown]
# The crude difference needs no model: it must equal the difference of the means.

# %%
for m, y in zip(fitted, book.outcomes, strict=True):
    means = patients.data[y.name].groupby(labels).mean()
    crude = m.table.query("model == 'crude'")["estimate"].dropna()
    assert all(abs(means.iloc[i + 1] - means.iloc[0] - b) < 1e-8 for i, b in crude.items())
say(*dict.fromkeys(note for m in fitted for note in m.notes))

# %% [markdown]
# ## Can the model be trusted?
#
# Covariates that repeat each other widen the interval (generalised variance inflation factor,
# VIF). Patients with a large Cook's distance carry the slope. Residuals that fan out or bend say
# that a straight line is the wrong shape; a bounded score with a ceiling always bends a little.

# %%
primary = fitted[0] if fitted else None
if primary is not None and len(primary.vif):
    out.table(primary.vif, "table_s7_vif", "Variance inflation in the primary model")
    checks, worst = primary.diagnostics, primary.vif.loc[primary.vif["vif_scaled"].idxmax()]
    say(
        f"Largest adjusted generalised VIF {number(worst['vif_scaled'])} ({worst['label']});",
        f"{plural(checks['n_influential'], 'patient')} with a Cook's distance above 4/n (largest "
        f"{number(checks['cook_max'], 3)}); Breusch–Pagan {p_value(checks['breusch_pagan_p'])}; "
        f"skewness of the residuals {number(checks['residual_skew'])}.",
    )

# %%
residuals = figures.residual_checks(
    primary.residuals, outcome=book.outcomes[0].axis, synthetic=patients.synthetic
) if primary is not None else None
out.figure(residuals, "figure_s3_residuals", "Residuals of the primary model")
residuals

# %% [markdown]
# ## Figure 4b
#
# Where the cohort is the paper's, or was tuned to it, the published estimate stands beside ours.

# %%
whose = published.whose(ledger, scenario=patients.scenario, synthetic=patients.synthetic)
facts = published.read(PROJECT / "data" / "published.yml")
figure_4b = figures.regression_forest(
    models, published=published.coefficient(facts) if whose != "none" else None,
    synthetic=patients.synthetic,
)  # fmt: skip
out.figure(figure_4b, "figure_4b_regression", "Outcome by phenotype, crude and adjusted")
figure_4b

# %%
rows = [r for r in models.to_dict("records") if r["model"] == "adjusted"]
say(*[f"{r['outcome_label']}, {r['phenotype']} against {r['reference']}, adjusted: "
      f"{estimate(r)}, {p_value(r['p'])}, n = {r['n']:,}." for r in rows])  # fmt: skip

# %% [markdown]
# ## Conclusion
#
# The coefficient is the mean difference between phenotypes at like covariates, in points of the
# outcome; it is no effect of changing anybody's muscle. Its interval takes the labels as known,
# although they were estimated from the same patients. What would change it: another covariate
# set, patients without a covariate, or severity itself in place of its two halves.

# %%
numbers = plain({
    "unavailable": unavailable,
    "alpha": alpha,
    "covariates": [c.name for c in chosen],
    "models": regression.records(models, book),
    "vif": primary.vif if primary is not None else [],
    "diagnostics": primary.diagnostics if primary is not None else {},
    "notes": [note for m in fitted for note in m.notes],
})
sentences = answer_regression(numbers)
answer(sentences, synthetic=patients.synthetic)
out.publish(numbers, sentences, headline_regression(numbers))
print("\n".join(sentences))

# %% tags=["nbval-ignore-output"]
colophon(patients.identity, random_state)
