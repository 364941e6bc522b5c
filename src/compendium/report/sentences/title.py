"""What the title page says of the reference run and of the rules for "groups", from numbers alone.

Tables are Markdown of at most four short columns, so that a phone shows them whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from compendium.groups.known_truth import said_groups
from compendium.report.findings import gathered
from compendium.report.sentences.stability import RUNGS
from compendium.words import number, percent

# rows of data/rules.csv: two groups of so many SD
FAR, NEAR, FEW_PATIENTS = "groups 4 SD", "groups 3 SD", "groups 4 SD, n = 100"
_RULES = {"ari": "adjusted Rand index ≥ 0.8", "silhouette": "silhouette ≥ 0.25",
          "prediction": "prediction strength ≥ 0.8", "groups": "**this compendium**"}
_MORE = {"severity": "score", "phenotype": "phenotype", "both": "each adds",
         "neither": "not told apart"}


def markdown_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def rules_table(rules: pd.DataFrame) -> str:
    """How often each rule says groups of continua (the mean over their kinds), and of two groups
    far apart."""
    rates = said_groups(rules)
    one, two = rates[rates["truth"] == "continuum"], rates[rates["row"] == FAR].iloc[0]
    rows = [(words, percent(one[key].mean(), int(one[key].mean() < 0.01)), percent(two[key]))
            for key, words in _RULES.items()]
    bold = [f"**{cell}**" for cell in rows[-1][1:]]
    return markdown_table(("rule", 'says "groups" of a continuum', 'of two groups 4 SD apart'),
                 [*rows[:-1], (rows[-1][0], *bold)])


def fooled(rules: pd.DataFrame) -> str:
    """Where the verdict errs: the worst kind of every sort, and groups that are closer."""
    rates = said_groups(rules).set_index("row")
    many, few = (rules.set_index("row").loc[row] for row in (FAR, FEW_PATIENTS))
    worst = {truth: percent(part["groups"].max()) for truth, part in rates.groupby("truth")}
    return (
        f"It says groups in at most {worst['continuum']} of any of "
        f"{(rates['truth'] == 'continuum').sum()} kinds of continuum. It is fooled more where "
        f"patients pile up at both ends of one severity (up to {worst['two ends']}), or a category "
        f"nobody recorded shifts some measures (up to {worst['category']}). Groups 3 SD apart it "
        f"sees in {percent(rates.loc[NEAR, 'groups'])}. This is in {many['n']} patients with "
        f"{many['p']} measures; of {few['n']} patients it sees groups 4 SD apart in "
        f"{percent(rates.loc[FEW_PATIENTS, 'groups'])}."
    )


def caption(stability: Mapping) -> str:
    """What the headline figure shows: the verdict on these patients, and on those beside them."""
    here = stability["verdict"]["rung"]
    there = [f"; beside them, a simulated continuum: {v['rung']} of 3" for v in stability["beside"]]
    return ("Where more bars leave the shaded band than chance allows, one continuum does not "
            f"explain the patients: verdict {here} of 3, {RUNGS[here]}{''.join(there[:1])}.")


def findings_table(results: Mapping[str, Mapping | None]) -> str:
    """Published and found side by side, and what was built into the simulated patients."""
    f, claims = gathered(results), {c["id"]: c for c in results["06_reproduction"]["claims"]}
    built, ours, stated = ({name: c[key] for name, c in claims.items()}
                           for key in ("built_in", "ours", "published"))
    y, absent = f["outcome"], "not in abstract"

    def interval(of: Mapping) -> str:
        beta, low, high = (number(of[f"beta_{end}"], 1) for end in ("adjusted", "low", "high"))
        return f"{beta} ({low} to {high})"

    def sites(name: str) -> str:
        return str(ours[name]).removesuffix(" sites")

    groups = f["rung"] or 0
    rows = [
        (", ".join(f["names"]), f"{stated['n_mild']}, {stated['n_severe']}",
         ", ".join(map(str, f["sizes"])), built["n_severe"]),
        (f"{y['outcome_label']}, {y['phenotype']} − {y['reference']}" if y else "outcome",
         interval(stated), interval(ours), built["beta_adjusted"]),
        ("lower strength (MMT)", "yes", sites("mmt_negative"), built["mmt_negative"]),
        ("smaller CMAP", "yes", sites("cmap_negative"), built["cmap_negative"]),
        ("groups?", absent, f"{RUNGS[groups]} ({groups} of 3)", "yes"),
        ("tells more of function: phenotype or severity score?", absent,
         _MORE.get(f["tells_more"], "not compared"), "no"),
    ]
    return markdown_table((" ", "published", "this run", "built in?"), rows)
