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
from compendium.notebook import Page
from compendium.report import published
from compendium.report.sentences import ledger as sentences
from compendium.run import results

page = Page("06_reproduction", globals())
page.say(sentences.read_from(page.identity, page.out.reads.name))
facts = published.shipped()

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
about = {"scenario": page.scenario, "synthetic": page.synthetic}
whose = published.whose(ledger, **about)
page.say(*sentences.whose_cohort(whose, facts["paper"], page.scenario))

# %% [markdown]
# ## The ledger
#
# *within rounding*: alike at the published decimals. *match*: within the tolerance, or of the
# published sign. Tolerances are our choice and stand with their reasons in `data/published.yml`.

# %%
claims = published.compare_claims(facts, page.results, whose)
page.keep(claims, "table_6_ledger", "Published claims and ours", key="claims")
page.show(sentences.worded(claims, whose))

# %%
assert len(claims) == len(facts["claims"]) and claims["id"].is_unique
tally = published.tally(claims)
page.say(sentences.counted(tally), sentences.untuned(claims) if whose == "calibrated" else "")
page.say(*sentences.claim_notes(claims, whose))

# %% [markdown]
# ## Index of figures, tables and models

# %%
listing = results.index(page.results)
page.show(listing)

# %% [markdown]
# ## Conclusion

# %%
page.conclude()

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Supplement
#
# Every number above was read from the results of the notebook that made it; none was typed. What
# the paper does not state (muscles, nerves, covariates, silhouettes, adjusted Rand indices) cannot
# come back, whatever the run gives. Published numbers that come back do not say that the patients
# fall into groups.

# %%
page.numbers |= {"ledger": whose, "scenario": page.scenario, "tally": tally, "index": listing}
page.numbers |= {"rung": sentences.verdict_reached(page.results)}
page.close()

# %% tags=["nbval-ignore-output"]
page.sign()
