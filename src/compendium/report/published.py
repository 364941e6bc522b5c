"""The comparison with the paper: published value, ours, tolerance, and whether they agree.

The published numbers stand in ``data/published.yml`` with their source; tolerances are our choice
and stand there too. Verdicts: ``within rounding`` (alike at the published decimals), ``match``
(within the tolerance, or the published sign), ``differs``, ``not comparable``, ``not run``. For
simulated patients ``built_in`` says of every claim whether they were made so that it comes back.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from compendium import PROJECT
from compendium.problems import InputRefused, nearest

_COLUMNS = ("id", "claim", "published", "ours", "tolerance", "unit", "built_in", "verdict", "note")
BUILT_IN = ("yes", "by construction", "no")  # of a claim, in the shipped simulation
_CALIBRATED = ("two_groups", "continuum")  # scenarios made to match the published numbers
SCENARIOS_WITHOUT_GROUPS = ("continuum",)  # scenarios into which no groups were put


class _NotComparable(LookupError):
    """This run has no counterpart of a claim; the message says why."""

    verdict = "not comparable"


class _NotRun(_NotComparable):
    """The notebook that would make the counterpart has not run."""

    verdict = "not run"


def shipped() -> dict:
    """The facts of ``data/published.yml``: ``paper``, ``claims`` (a list), ``tolerances`` by name.
    """
    import yaml

    return yaml.safe_load((PROJECT / "data" / "published.yml").read_text(encoding="utf-8"))


def comparable(ledger: str, identity: Mapping, n_clusters: int) -> dict | None:
    """The published coefficient, where the cohort is the paper's or was made to match it and is
    divided in two as there; None elsewhere. ``identity``: of the cohort."""
    held = whose(ledger, scenario=identity["scenario"], synthetic=identity["synthetic"])
    return coefficient(shipped()) if held != "none" and n_clusters == 2 else None


def whose(ledger: str, *, scenario: str, synthetic: bool) -> str:
    """Which comparison applies: none, calibrated or original.

    ``scenario`` is "" for a cohort from a file. ``auto`` is calibrated for the simulations made to
    match the paper and none for everything else. Simulated patients can never be ``original``, nor
    a real cohort ``calibrated``.
    """
    if ledger == "auto":
        return "calibrated" if scenario in _CALIBRATED else "none"
    if ledger == "original" and synthetic:
        raise InputRefused("ledger 'original' is for the paper's own data; these are simulated.")
    if ledger == "calibrated" and not synthetic:
        raise InputRefused("ledger 'calibrated' is for simulated patients; use none or original.")
    return ledger


def compare_claims(published: dict, results: Mapping, ledger: str) -> pd.DataFrame:
    """One row a claim: id, claim, published, ours, tolerance, unit, built_in, verdict, note.

    Parameters
    ----------
    published : of :func:`shipped`.
    results : results JSON by notebook name; None where a notebook has not run.
    ledger : none, calibrated or original (see :func:`whose`).

    Returns
    -------
    ``ours`` is a number, or for claims about a sign the number of sites that carry it as text;
    missing where the run has no such number. ``unit`` is "%" where published, ours and tolerance
    are shares, to be shown in per cent. ``built_in`` says whether the shipped simulation was made
    so that the claim comes back: yes, no, or by construction, where no other outcome is possible;
    "" where the patients are no such simulation.
    """
    rows = [_row(claim, published["tolerances"], results, ledger) for claim in published["claims"]]
    return pd.DataFrame(rows, columns=_COLUMNS)


def coefficient(published: dict) -> dict:
    """The published adjusted coefficient with its interval: estimate, low, high, label, and the
    ``sizes`` of the two phenotypes, mildest first."""
    values = {claim["id"]: claim.get("value") for claim in published["claims"]}
    paper = published["paper"]
    return {
        "estimate": values["beta_adjusted"], "low": values["beta_low"],
        "high": values["beta_high"], "label": f"{paper['authors']} {paper['year']}",
        "sizes": (values["n_mild"], values["n_severe"]),
    }


def tally(ledger: pd.DataFrame) -> dict[str, int]:
    """How many claims have each verdict."""
    return ledger["verdict"].value_counts(sort=False).to_dict()


def _row(claim: dict, tolerances: dict, results: Mapping, ledger: str) -> tuple:
    tolerance = tolerances[claim["tolerance"]]["absolute"] if "tolerance" in claim else None
    stated = claim.get("value", claim.get("sign", f"< {claim.get('below')}"))
    value, note = None, ""
    if claim["id"] not in _FINDERS:
        raise InputRefused(f"claim {claim['id']!r} is not known; {nearest(claim['id'], _FINDERS)}")
    try:
        value = _FINDERS[claim["id"]](claim, results)
        verdict = _verdict(claim, value, tolerance)
    except _NotComparable as missing:
        verdict, note = missing.verdict, str(missing)
    if ledger == "none" and verdict != _NotRun.verdict:
        value, verdict, note = None, _NotComparable.verdict, "another cohort than the paper's"
    shown = f"{value[0]} of {value[1]} sites" if isinstance(value, tuple) else value
    about = claim["id"], claim["claim"], stated, shown, tolerance
    built_in = claim["built_in"] if ledger == "calibrated" else ""
    return *about, claim.get("unit", ""), built_in, verdict, note


def _verdict(claim: dict, value, tolerance: float | None) -> str:
    if "sign" in claim:
        with_sign, sites, against = value
        # "multiple sites": at least two whose interval lies on the stated side, none on the other
        return "match" if with_sign >= min(2, sites) and not against else "differs"
    if "below" in claim:
        return "match" if value < claim["below"] else "differs"
    if round(value, claim["decimals"]) == claim["value"]:
        return "within rounding"
    # the guard keeps a difference of exactly the tolerance on the matching side of rounding
    return "match" if abs(value - claim["value"]) <= tolerance + 1e-9 else "differs"


def _result(results: Mapping, notebook: str) -> dict:
    found = results.get(notebook)
    if found is None:
        raise _NotRun(f"{notebook} has not run")
    return found


def _phenotype(results: Mapping, name: str, key: str):
    found = _result(results, "02_clustering")
    if found["n_clusters"] != 2:
        raise _NotComparable(f"{found['n_clusters']} phenotypes, the paper has two")
    for phenotype in found["phenotypes"]:
        if phenotype["name"] == name:
            if phenotype[key] is None:
                raise _NotComparable("a phenotype holds too few patients")
            return phenotype[key]
    raise _NotComparable(f"no phenotype is called {name}")


def _adjusted(results: Mapping, key: str):
    _phenotype(results, "Severe", "n")  # the paper's coefficient compares its two phenotypes
    for model in _result(results, "05_regression").get("models", []):
        if model["model"] == "adjusted" and model["primary"] and model[key] is not None:
            return model[key]
    raise _NotComparable("no adjusted model of the primary outcome")


def _best_k(results: Mapping) -> int:
    by_k = _result(results, "03_stability")["by_k"]
    return max(by_k, key=lambda row: row["silhouette"])["k"]


def _sites(
    claim: dict, results: Mapping, notebook: str, key: str, low: str, high: str
) -> tuple[int, int, int]:
    """Sites with an interval on the stated side of 0, all sites, sites on the other side."""
    _phenotype(results, "Severe", "n")  # a sign, too, is the paper's for its two phenotypes
    records = _result(results, notebook)[key]
    block = [r for r in records if r["block"] == claim["block"] and r[low] is not None]
    if not block:
        raise _NotComparable(f"no variables in the block {claim['block']}")
    below, above = sum(r[high] < 0 for r in block), sum(r[low] > 0 for r in block)
    return (below, len(block), above) if claim["sign"] == "negative" else (above, len(block), below)


def _features(claim: dict, results: Mapping) -> tuple[int, int, int]:
    return _sites(claim, results, "02_clustering", "differences", "low", "high")


def _validators(claim: dict, results: Mapping) -> tuple[int, int, int]:
    return _sites(claim, results, "04_validation", "validators", "r_low", "r_high")


_FINDERS = {
    "n_analysed": lambda claim, results: _result(results, "01_cohort")["n_analysed"],
    "n_mild": lambda claim, results: _phenotype(results, "Mild", "n"),
    "n_severe": lambda claim, results: _phenotype(results, "Severe", "n"),
    "share_severe": lambda claim, results: _phenotype(results, "Severe", "share"),
    "beta_adjusted": lambda claim, results: _adjusted(results, "estimate"),
    "beta_low": lambda claim, results: _adjusted(results, "low"),
    "beta_high": lambda claim, results: _adjusted(results, "high"),
    "beta_p": lambda claim, results: _adjusted(results, "p"),
    "k_reported": lambda claim, results: _best_k(results),
    "severe_thinner": _features,
    "severe_brighter": _features,
    "mmt_negative": _validators,
    "cmap_negative": _validators,
}
