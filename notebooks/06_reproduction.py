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
# **Question.** Which of the published numbers does this run give again, and what do the findings of
# all notebooks, taken together, say of the phenotypes?

# %% tags=["nbval-ignore-output"]
from compendium.notebook import Answer

answer = Answer()

# %% [markdown]
# *Reads* `results/*.json` of the five notebooks before it and `data/published.yml`. *Writes* the
# comparison with the paper and `results/06_reproduction.json`. *Before:* [5 · What does the
# phenotype mean for function?](05_regression.ipynb)

# %% tags=["parameters"]
run = ""  # type: str run whose folder under reports/ is read and written; empty: alone
ledger = "auto"  # type: str whose cohort the published numbers are held against

# %% tags=["nbval-ignore-output"]
from compendium.notebook import Page
from compendium.report import findings, published
from compendium.report.sentences import ledger as sentences
from compendium.run import results

page = Page("06_reproduction", globals())
page.say(sentences.read_from(page.identity, page.out.reads.name))
facts = published.shipped()

# %% [markdown]
# ## Whose patients are these?
#
# Published numbers can be held only against the paper's own patients, whose data are not public, or
# against patients simulated to be like them. For simulated patients agreement may be *built in*:
# the simulation was made so before anything was compared. Differences in the measures that made the
# phenotypes are true *by construction*. For any other cohort nothing is compared.

# %%
about = {"scenario": page.scenario, "synthetic": page.synthetic}
whose = published.whose(ledger, **about)
page.say(*sentences.whose_cohort(whose, facts["paper"], page.scenario))

# %% [markdown]
# ## Comparison with the paper
#
# *Within rounding* means that both numbers print alike; *match*, that they lie within the tolerance
# or have the published sign. Tolerances are our choice and stand with their reasons in
# `data/published.yml`.

# %%
claims = published.compare_claims(facts, page.results, whose)
page.table(claims, "table_4_comparison", "Comparison with the paper", key="claims",
           by=sentences.comparison)

# %%
assert len(claims) == len(facts["claims"]) and claims["id"].is_unique
page.say(*sentences.claim_notes(claims, whose))

# %% [markdown]
# Even what was not built in needs no groups to come back: measures of the disease follow its
# severity wherever that is cut, and some number of clusters always has the highest silhouette. Only
# the verdict of notebook 3 tells groups from one continuum. Sizes and shares, or a coefficient and
# the ends of its interval, are one finding said twice.

# %% [markdown]
# ## Conclusion

# %%
page.numbers |= {"ledger": whose, "scenario": page.scenario, "tally": published.tally(claims)}
page.numbers |= {"found": findings.gathered(page.results)}
page.conclude()

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Supplement
#
# Where every figure, table and model of this run comes from. Every number above was read from the
# results of the notebook that made it; none was typed. What the paper's abstract does not state
# (muscles, nerves, covariates, silhouettes, adjusted Rand indices) cannot be compared.

# %%
listing = results.index(page.results)
page.numbers |= {"index": listing}
page.show(listing)

# %%
page.close()

# %% tags=["nbval-ignore-output"]
page.sign()
