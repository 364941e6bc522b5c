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
from compendium.notebook import Answer

answer = Answer()

# %% [markdown]
# *Reads* `results/*.json` of the five notebooks before it and `data/published.yml`. *Writes* the
# ledger and `results/06_reproduction.json`. *Before:* [5 · What does the phenotype mean for
# function?](05_regression.ipynb)

# %% tags=["parameters"]
run = ""  # type: str run whose folder under reports/ is read and written; empty: alone
ledger = "auto"  # type: str whose cohort the published numbers are held against

# %% tags=["nbval-ignore-output"]
from compendium import PROJECT
from compendium.notebook import colophon, say
from compendium.parameters import check_all
from compendium.report import figures, published, tables
from compendium.report.sentences import ledger as ledger_words
from compendium.report.sentences.ledger import answer_reproduction, headline_reproduction
from compendium.run.results import Run, plain, steps_read
from compendium.run.results import index as outputs

check_all(globals())
results = steps_read(run)
patients = results["01_cohort"]["cohort"]
simulated = {"synthetic": patients["synthetic"], "scenario": patients["scenario"]}
out = Run("06_reproduction", run, **simulated)
say(f"Read from reports/{out.reads.name}: {patients['name']}, {patients['n']} patients, "
    f"{patients['fingerprint']}.")
facts = published.read_published(PROJECT / "data" / "published.yml")

# %% [markdown]
# ## Whose cohort is it?
#
# Published numbers can be held only against the paper's own patients, whose data are not public, or
# against patients simulated to be like them. For the shipped simulation every verdict says
# *calibrated*: its sizes and its coefficient were tuned to the paper before any verdict was made,
# so agreement shows nothing about people with ALS. The column *tuned* says it claim by claim; *by
# construction* are differences in the features that made the phenotypes. In the lines that were not
# tuned, too, the simulated measures follow the simulated severity, with groups or without. So no
# line, and no count of lines, tells groups from one continuum cut in two: that is notebook 3's
# question, and its verdict stands in the Answer. For any other cohort the ledger compares nothing.

# %%
whose = published.whose(ledger, scenario=patients["scenario"], synthetic=patients["synthetic"])
paper = facts["paper"]
say(f"Ledger: {whose}. {paper['authors']}, {paper['journal']} {paper['year']}, doi "
    f"{paper['doi']}, read: {paper['read']} only.",
    ledger_words.what_agreement_means(whose, patients["scenario"]))

# %% [markdown]
# ## The ledger
#
# *within rounding*: alike at the published decimals. *match*: within the tolerance, or of the
# published sign. Tolerances are our choice and stand with their reasons in `data/published.yml`.

# %%
claims = published.compare_claims(facts, results, whose)
out.table(claims, "table_6_ledger", "Published claims and ours")
tables.present(ledger_words.worded(claims, whose), synthetic=patients["synthetic"])

# %%
assert len(claims) == len(facts["claims"]) and claims["id"].is_unique
tally = published.tally(claims)
say(ledger_words.counted(tally), ledger_words.untuned(claims) if whose == "calibrated" else "")
say(*[f"{c.claim}: {c.note}." for c in claims.itertuples() if c.note and whose != "none"])

# %%
ledger_figure = figures.ledger(claims, synthetic=patients["synthetic"]) if whose != "none" else None
out.figure(ledger_figure, "figure_5_ledger", "Published numbers and ours")
ledger_figure

# %% [markdown]
# ## Index of figures, tables and models

# %%
listing = outputs(results)
tables.present(listing, synthetic=patients["synthetic"])

# %% [markdown]
# ## Conclusion
#
# Every number above was read from the results of the notebook that made it; none was typed. What
# the paper does not state (muscles, nerves, covariates, silhouettes, adjusted Rand indices) cannot
# come back, whatever the run gives. Published numbers that come back do not say that the patients
# fall into groups.

# %%
numbers = plain({
    "ledger": whose, "scenario": patients["scenario"], "claims": claims, "tally": tally,
    "rung": ledger_words.rung(results), "index": listing,
})
sentences = answer_reproduction(numbers)
answer(sentences, **simulated)
out.publish(numbers, sentences, headline_reproduction(numbers))
print("\n".join(sentences))

# %% tags=["nbval-ignore-output"]
colophon(patients)
