"""Findings are gathered from what each notebook published, and what is not there is said so."""

from __future__ import annotations

import pytest

from compendium.report.findings import gathered
from compendium.sensitivity.intervals import REPEATED

MODEL = {"model": "adjusted", "primary": True, "outcome_label": "Score", "unit": "points",
         "estimate": -4.0, "low": -6.0, "high": -2.0, "p": 0.001, "phenotype": "Severe",
         "reference": "Mild", "covariates": ["age"]}


def regression(**changes) -> dict:
    return {"05_regression": {"alpha": 0.05, "models": [MODEL], "intervals": [], "rivals": [],
                              "rivals_by_outcome": []} | changes}


def again(low, high) -> dict:
    return {"kind": REPEATED, "phenotype": "Severe", "estimate": -4.0, "low": low, "high": high}


@pytest.mark.parametrize("results", [{}, {"03_stability": None, "05_regression": None}])
def test_of_notebooks_that_have_not_run_nothing_is_found(results):
    found = gathered(results)
    assert found["rung"] is None and found["outcome"] is None and found["tells_more"] is None
    assert found["names"] == found["goes_with"] == found["measures"]["tested"] == []


@pytest.mark.parametrize(
    ("intervals", "shown"),
    [([], False), ([again(-6, -1)], True), ([again(-6, 0.5)], False), ([again(None, None)], False)],
)
def test_a_difference_is_shown_where_the_repeated_clustering_agrees(intervals, shown):
    assert gathered(regression(intervals=intervals))["outcome"]["shown"] is shown


@pytest.mark.parametrize(
    ("adds", "score", "more"),
    [(0.3, 0.001, "severity"), (0.001, 0.3, "phenotype"), (0.01, 0.01, "both"),
     (0.3, 0.3, "neither"), (None, 0.01, None)],
)
def test_what_tells_more_is_what_adds_to_the_other(adds, score, more):
    steps = [{"added": "label", "to": "spline", "p": adds},
             {"added": "spline", "to": "label", "p": score}]
    assert gathered(regression(rivals=[{"comparisons": steps}]))["tells_more"] == more


@pytest.mark.parametrize(("rung", "goes_with"), [(3, ["sex"]), (1, [])])
def test_groups_go_with_a_category_only_where_there_are_groups(rung, goes_with):
    verdict = {"rung": rung, "within": {"sex": 1, "centre": 2}, "labels": {"sex": "Sex"}}
    assert gathered({"03_stability": {"verdict": verdict}})["goes_with"] == goes_with


def test_types_of_measure_are_told_apart_by_their_test_and_direction():
    blocks = [{"block": b, "p_global_adjusted": p, "direction": way} for b, p, way in (
        ("a", 0.01, "worse"), ("b", 0.01, "better"), ("c", 0.2, "worse"), ("d", None, "worse"))]
    measures = [{"block": b, "effect": -0.5, "p_adjusted": 0.01, "worse": "low"} for b in "abcd"]
    r = {"alpha": 0.05, "blocks": blocks, "ordered": True, "validators": measures}
    found = gathered({"04_validation": r})["measures"]
    assert found == {"tested": ["a", "b", "c"], "worse": ["a"], "other": ["b"]}
    apart = gathered({"04_validation": r | {"ordered": False}})["measures"]
    assert apart == {"tested": ["a", "b", "c"], "worse": [], "other": ["a", "b"]}
