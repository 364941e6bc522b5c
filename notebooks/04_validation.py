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
from compendium.display import Answer

answer = Answer()

# %% [markdown]
# *Reads* the cohort file and its codebook. *Writes* Figure 4a, Table 4 and
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
from compendium import clustering, figures, tables, validation
from compendium import cohort as cohorts
from compendium.answers import answer_validation, headline_validation
from compendium.display import colophon, say
from compendium.parameters import check_all
from compendium.results import Run, plain
from compendium.sentences import number, plural

check_all(globals())
patients = cohorts.load(cohort, codebook, scenario, scenario_seed, max_missing)
book = patients.codebook
out = Run("04_validation", run, synthetic=patients.synthetic)
found = clustering.cluster_cohort(
    patients, n_clusters=n_clusters, n_init=n_init, scaling=scaling, missing=missing,
    random_state=random_state,
)  # fmt: skip
labels, names = found.phenotypes.labels, found.phenotypes.names

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
# one of the mildest, less the chance of lower; 0 is no difference, −1 complete. Measured values
# are compared by Hedges' g, the difference in standard deviations. Each stands with its 95 %
# interval and its own n, since nobody's missing grade is invented. p values are adjusted within
# each block of validators (Benjamini–Hochberg).

# %%
compared = validation.compare(
    patients.data, labels, names, book.validators, random_state=random_state
)
out.table(compared, "table_4_validation", "Validators by phenotype")
tables.effects_table(compared, synthetic=patients.synthetic)

# %%
blocks = validation.by_block(compared, alpha)
say(*[note for note in compared["note"] if note])
blocks.round(2)

# %% [markdown]
# ## Given the covariates
#
# Age, for instance, changes muscle as well as strength. The partial correlation asks whether
# phenotype and validator still go together among patients of like covariates.

# %%
chosen = cohorts.choose_covariates(book, covariates)
partial = validation.partial(patients.data, labels, names, book.validators, chosen)
out.table(partial, "table_s6_partial", "Phenotype and validators, given the covariates")
partial[["label", "n", "r", "low", "high"]].round(2)

# %%
kept = partial[(partial["low"] > 0) | (partial["high"] < 0)]
if len(partial):
    say(
        f"Given the covariates, {len(kept)} of {plural(len(partial), 'validator')} stay associated "
        f"with the phenotype (95 % interval without 0); the largest is "
        f"{number(partial['r'].abs().max())} in absolute value."
    )

# %% [markdown]
# ## Figure 4a

# %%
figure_4a = figures.validation_forest(compared, names=names, synthetic=patients.synthetic)
out.figure(figure_4a, "figure_4a_validation", "Validators: most severe against mildest phenotype")
figure_4a

# %% [markdown]
# ## Conclusion
#
# An association here says that the phenotype carries clinical meaning. It does not say that there
# are several kinds of patients: measures of the disease follow its severity, so any cut of a
# severity axis would be validated by them. What would change the finding: validators missing in
# those who are worst, and examiners who knew the features.

# %%
numbers = plain({
    "unavailable": unavailable,
    "contrast": [names[-1], names[0]],
    "ordered": found.phenotypes.order == "severity",
    "alpha": alpha,
    "validators": compared,
    "blocks": blocks,
    "partial": partial,
})
sentences = answer_validation(numbers)
answer(sentences, synthetic=patients.synthetic)
out.publish(numbers, sentences, headline_validation(numbers))
print("\n".join(sentences))

# %% tags=["nbval-ignore-output"]
colophon(patients.identity, random_state)
