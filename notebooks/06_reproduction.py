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
# # 6 · What came back?
#
# **Question.** Which of the published numbers does this run give again, and where does every
# figure, table and number of the run come from?

# %% tags=["nbval-ignore-output"]
from compendium.display import Answer

answer = Answer()

# %% [markdown]
# *Reads* `results/*.json` of the five notebooks before it and `data/published.yml`. *Writes* the
# ledger and `results/06_reproduction.json`. *Before:* [5 · What does the phenotype mean for
# function?](05_regression.ipynb)

# %% tags=["parameters"]
run = ""  # type: str run whose folder under reports/ is read and written; empty: alone
cohort = ""  # type: str path of your cohort file; empty: simulated patients
codebook = ""  # type: str path of its codebook; empty: data/codebook.csv
scenario = "two_groups"  # type: str which patients are simulated, without a cohort file
scenario_seed = 20260221  # type: int seed of the simulated patients
max_missing = 0.2  # type: float largest share of features a patient may lack
ledger = "auto"  # type: str whose cohort the published numbers are held against
random_state = 20260221  # type: int seed of every random step of the analysis

# %%
from compendium import cohort as cohorts
from compendium import figures, published
from compendium.answers import answer_reproduction, headline_reproduction
from compendium.display import colophon, say
from compendium.results import PROJECT, STEPS, Run, index, plain
from compendium.sentences import listed

patients = cohorts.load(cohort, codebook, scenario, scenario_seed, max_missing)
out = Run("06_reproduction", run, synthetic=patients.synthetic)
results = {name: out.read(name) for name in STEPS[:-1]}
facts = published.read(PROJECT / "data" / "published.yml")

# %% [markdown]
# ## Whose cohort is it?
#
# Published numbers can be held only against the paper's own patients, whose data are not public,
# or against patients simulated to be like them. For the shipped simulation every verdict says
# *calibrated*: its sizes and its coefficient were tuned to the paper before any verdict was made,
# so agreement shows that the analysis finds what was put in. It shows nothing about people with
# ALS, and a claim that was *not* tuned is the more interesting line. For any other cohort the
# ledger compares nothing.

# %%
whose = published.whose(ledger, cohort=cohort, scenario=scenario, synthetic=patients.synthetic)
paper = facts["paper"]
say(f"Ledger: {whose}. {paper['authors']}, {paper['journal']} {paper['year']}, doi "
    f"{paper['doi']}, read: {paper['read']} only.")  # fmt: skip

# %% [markdown]
# ## The ledger
#
# *within rounding*: alike at the published decimals. *match*: within the tolerance, or of the
# published sign. Tolerances are our choice and stand with their reasons in `data/published.yml`.

# %%
claims = published.compare(facts, results, whose)
out.table(claims, "table_6_ledger", "Published claims and ours")
claims[["claim", "published", "ours", "tolerance", "verdict"]]

# %%
assert len(claims) == len(facts["claims"]) and claims["id"].is_unique
tally = published.tally(claims)
say(listed([f"{count} {verdict}" for verdict, count in tally.items()]) + ".")
say(*[f"{c.claim}: {c.note}." for c in claims.itertuples() if c.note and whose != "none"])

# %%
ledger_figure = figures.ledger(claims, synthetic=patients.synthetic) if whose != "none" else None
out.figure(ledger_figure, "figure_5_ledger", "Published numbers and ours")
ledger_figure

# %% [markdown]
# ## Index of figures, tables and models

# %%
listing = index(results)
listing

# %% [markdown]
# ## Conclusion
#
# Every number above was read from the results of the notebook that made it; none was typed. What
# the paper does not state (muscles, nerves, covariates, silhouettes, adjusted Rand indices) cannot
# come back, whatever the run gives.

# %%
numbers = plain({"ledger": whose, "claims": claims, "tally": tally, "index": listing})
sentences = answer_reproduction(numbers)
answer(sentences, synthetic=patients.synthetic)
out.publish(numbers, sentences, headline_reproduction(numbers))
print("\n".join(sentences))

# %% tags=["nbval-ignore-output"]
colophon(seed=random_state, cohort=patients)
