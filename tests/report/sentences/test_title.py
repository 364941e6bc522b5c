"""What the title page says, made from results and from cohorts of known truth."""

from __future__ import annotations

import copy

import pandas as pd
import pytest
from agreeing import AGREEING, SHIPPED

from compendium.report import published
from compendium.report.sentences import title

RULES = pd.DataFrame({
    "row": ["smooth", "bent", "two ends", "scanner", "groups 3 SD", "groups 4 SD",
            "groups 4 SD, n = 100"],
    "truth": ["continuum", "continuum", "two ends", "category", *["groups"] * 3],
    "cohorts": 100, "n": [454] * 6 + [100], "p": 20, "groups": [0, 2, 19, 13, 62, 99, 56],
    "kinds": 0, "within": 0, "ari": [10, 20, 20, 20, 20, 20, 20], "ari of": 20,
    "silhouette": [20, 10, 0, 0, 0, 0, 0], "silhouette of": 20,
    "prediction": [5, 5, 20, 20, 20, 20, 20], "prediction of": 20,
})


def cells(table: str) -> list[list[str]]:
    return [[c.strip() for c in row.strip("|").split("|")] for row in table.splitlines()[2:]]


def test_every_rule_stands_beside_the_truth():
    assert cells(title.rules_table(RULES)) == [
        ["adjusted Rand index ≥ 0.8", "75 %", "100 %"], ["silhouette ≥ 0.25", "75 %", "0 %"],
        ["prediction strength ≥ 0.8", "25 %", "100 %"],
        ["**this compendium**", "**1 %**", "**99 %**"],
    ]


def test_where_the_verdict_errs_stands_beside_it():
    said = title.fooled(RULES)
    for words in ("at most 2 % of any of 2 kinds", "one severity (up to 19 %)",
                  "some measures (up to 13 %)", "3 SD apart it sees in 62 %",
                  "in 454 patients with 20 measures",
                  "of 100 patients it sees groups 4 SD apart in 56 %"):
        assert words in said


@pytest.mark.parametrize(("rung", "words"), [(3, "3 of 3, groups"), (0, "0 of 3, no groups shown")])
def test_the_caption_follows_the_verdict(rung, words):
    found = {"verdict": {"rung": rung}, "beside": [{"rung": 1}]}
    assert title.caption(found).endswith(f"verdict {words}; beside them, a simulated continuum: "
                                         "1 of 3.")
    assert title.caption(found | {"beside": []}).endswith(f"{words}.")


@pytest.fixture
def results() -> dict:
    """Results of a run that agrees with the paper in every claim."""
    found = copy.deepcopy(AGREEING)
    model = {"outcome_label": "ALSFRS-R", "unit": "points", "phenotype": "Severe",
             "reference": "Mild", "covariates": []}
    for record in found["05_regression"]["models"]:
        record |= model
    found["04_validation"] |= {"alpha": 0.05, "ordered": True, "blocks": []}
    found["05_regression"] |= {"alpha": 0.05, "intervals": [], "rivals": []}
    found["03_stability"] |= {"verdict": {"rung": 3, "within": {}}}
    claims = published.compare_claims(SHIPPED, found, "calibrated")
    return found | {"06_reproduction": {"claims": claims.to_dict("records")}}


def test_published_and_found_stand_side_by_side_with_what_was_built_in(results):
    rows = cells(title.findings_table(results))
    assert rows[:3] == [
        ["Mild, Severe", "288, 166", "288, 166", "yes"],
        ["ALSFRS-R, Severe − Mild", "−3.8 (−5.4 to −2.3)", "−3.8 (−5.4 to −2.3)", "yes"],
        ["lower strength (MMT)", "yes", "2 of 2", "no"],
    ]
    assert rows[4][2:] == ["groups (3 of 3)", "yes"] and rows[5][2] == "not compared"
