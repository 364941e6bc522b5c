"""What a run found, across its notebooks: the findings that go together.

The synthesis of notebook 6, the title page and the page in plain words each say them in their own
words, so they are gathered once. What a run has not (a notebook, an outcome, an order of severity)
is None or empty.
"""

from __future__ import annotations

from collections.abc import Mapping

from compendium.report.directions import whole_types, worse_types
from compendium.report.sentences import regression
from compendium.report.sentences.stability import fallen

_READ = ("01_cohort", "02_clustering", "03_stability", "04_validation", "05_regression")


def gathered(results: Mapping[str, Mapping | None]) -> dict:
    """The findings of a run.

    Parameters
    ----------
    results : results JSON by notebook name; None where a notebook has not run.

    Returns
    -------
    dict: ``synthetic``, ``scenario`` ("" of a file), ``n`` patients and ``n_features``; ``names``
    and ``sizes`` of the phenotypes, mildest first where they are ``ordered``; ``rung`` of the
    verdict, ``verdict`` in a sentence, and ``goes_with``, the categories in which no groups are
    left; ``measures``, of the types of independent measure the ``tested``, the ``worse`` and the
    ``other`` ones that differ; ``outcome``; and ``tells_more``: severity,
    phenotype, both (each adds to the other) or neither.
    """
    cohort, clustering, stability, validation, found = (results.get(s) or {} for s in _READ)
    phenotypes, verdict = clustering.get("phenotypes", []), stability.get("verdict") or {}
    return {
        "synthetic": bool(cohort.get("synthetic")), "scenario": cohort.get("scenario", ""),
        "n": cohort.get("n_analysed"), "n_features": cohort.get("n_features"),
        "names": [p["name"] for p in phenotypes], "sizes": [p["n"] for p in phenotypes],
        "ordered": clustering.get("order") == "severity",
        "rung": verdict.get("rung"),
        "verdict": verdict.get("sentence", "Whether there are groups was not asked."),
        "goes_with": fallen(verdict) if verdict.get("rung", 0) > 1 else [],
        "measures": _measures(validation), "outcome": _outcome(found),
        "tells_more": (found and regression.better(found)) or None,
    }


def _measures(found: Mapping) -> dict[str, list[str]]:
    """Types of independent measure: those tested as a whole, those on which the more severe do
    worse, and others that differ."""
    tested, worse = (whole_types(found), worse_types(found)) if found else ({}, [])
    differ = [name for name, b in tested.items() if b["p_global_adjusted"] < found["alpha"]]
    return {"tested": list(tested), "worse": worse,
            "other": [name for name in differ if name not in worse]}


def _outcome(found: Mapping) -> dict | None:
    """The primary outcome of the last phenotype: its model, and whether the difference is
    ``shown``."""
    if not found or not (primary := regression.finding(found)):
        return None
    model = primary["model"]
    return dict(model) | {"shown": primary["supported"], "adjusted": bool(model["covariates"])}
