"""What notebook 6 says: which published numbers came back, and what the run shows in all.

What was built into simulated patients is told apart from what came back of itself. ``found``, of
``findings.gathered``, is what the notebooks found together.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from compendium.report.published import BUILT_IN, SCENARIOS_WITHOUT_GROUPS
from compendium.report.tables import HtmlTable, present
from compendium.words import MINUS, known, listed, number, plural, spelled

AGREE = ("within rounding", "match")  # what counts as having come back
_KINDS = dict(zip(BUILT_IN, ("built into the simulated patients", "true by construction: these "
                             "measures made the phenotypes", "not built in"), strict=True))
TRUTH = {  # what was simulated, by scenario
    "two_groups": "Two groups were", "three_groups": "Three groups were",
    "no_effect": "Two groups were", "continuum": "One continuum without groups was",
}


def answer(r: dict) -> list[str]:
    """What came back of the published numbers, and what that shows."""
    if r["ledger"] == "none":
        return ["These patients were not simulated to match the paper, so no published number is "
                "held against them." if r["scenario"] else
                "This is not the paper's cohort, so no published number is held against it."]
    total, back = len(r["claims"]), _back(r["claims"])
    simulated = r["ledger"] == "calibrated"
    shows = ("This shows that the code works, and nothing about people." if simulated else
             "These are said to be the paper's own patients, so a difference is a finding.")
    rest = _not_built_in(r["claims"])
    if back == total:
        first = f"All {total} published claims come back"
        if simulated:
            first += (f", but {total - len(rest)} were built into these simulated patients or "
                      f"follow by construction, and {len(rest)} would come back without any groups")
        return [f"{first}.", shows]
    differ = r["tally"].get("differs", 0)
    lacking = total - back - differ
    first = f"{back} of {total} published claims come back; {differ or 'none'} "
    first += "differs" if differ == 1 else "differ"
    first += f" and {lacking} cannot be compared" if lacking else ""
    return [f"{first} (Table 4).", shows]


def evidence(r: dict) -> pd.DataFrame:
    """How many claims of each kind came back: the table under the answer."""
    if r["ledger"] == "none":
        return pd.DataFrame()
    kinds = {words: [c for c in r["claims"] if c["built_in"] == key]
             for key, words in (*_KINDS.items(), ("", "published claims"))}
    rows = [(kind[0].upper() + kind[1:], str(len(claims)), str(_back(claims)),
             "; ".join(c["claim"] for c in claims if c["verdict"] not in AGREE) or "–")
            for kind, claims in kinds.items() if claims]
    return pd.DataFrame(rows, columns=["Claims", "Number", "Come back", "Do not come back"])


def headline(r: dict) -> str:
    """How many claims came back."""
    if r["ledger"] == "none":
        return "not the paper's cohort; no published number is held against it"
    built = len(r["claims"]) - len(_not_built_in(r["claims"]))
    how = f" ({built} of them built in)" if r["ledger"] == "calibrated" else ""
    return f"{_back(r['claims'])} of {len(r['claims'])} published claims come back{how}"


def conclusion(r: dict) -> list[str]:
    """The argument of all notebooks in one paragraph: what was asked, what this run shows, how it
    fits together, and what it cannot show."""
    f = r["found"]
    k, names = len(f["names"]), listed(f["names"])
    range_of = "one range of severity" if f["ordered"] else "one continuum"
    kinds = f"{spelled(k)} kinds of patient" if k > 1 else "kinds of patient"
    asked = f"The question was whether {names or 'the phenotypes'} are {kinds}, or {range_of} cut "
    caution = ("These patients are simulated, so nothing here is evidence about people." if
               f["synthetic"] else "One cohort shows associations at its clinics; another cohort "
               "with the same measures would confirm or change this.")
    return [f"{asked}{f'in {spelled(k)}' if k > 1 else 'up'}.", f["verdict"],
            f"{_differences(f)}.", f"{together(f)}.", caution]


def _differences(f: Mapping) -> str:
    """How the most severe phenotype differs in independent measures and in the outcome."""
    m, y = f["measures"], f["outcome"]
    who = f"{f['names'][-1]} patients" if f["names"] else "The phenotypes"
    tested, worse, other = (len(m[key]) for key in ("tested", "worse", "other"))
    if not tested:
        said = "No independent measure was compared"
    elif worse:
        which = ("both types" if tested == 2 else "every type") if worse == tested > 1 else (
            f"{worse} of {plural(tested, 'type')}" if tested > 1 else "the one type")
        said = f"{who} do worse on {which} of independent measure"
    elif other:
        which = f"{other} of {plural(tested, 'type')}"
        said = f"The phenotypes differ on {which} of independent measure"
    else:
        said = "No type of independent measure clearly differs between the phenotypes"
    if y is None:
        return f"{said}; no outcome was compared"
    if not y["shown"]:
        return f"{said}; no difference in {y['outcome_label']} is shown"
    size, way = abs(y["estimate"]), "lower" if y["estimate"] < 0 else "higher"
    much = f"{number(size, 1) if size >= 1 else f'{size:.2g}'} {y['unit']}".strip()
    alike = " at the same covariates" if y["adjusted"] else ""
    return (f"{said}; {y['outcome_label']} is {much} {way} in {y['phenotype']} than in "
            f"{y['reference']} patients{alike}")


def together(f: Mapping) -> str:
    """How the verdict goes with what the phenotype tells beside a severity score."""
    groups = (f["rung"] or 0) > 1
    about = f["outcome"]["outcome_label"] if f["outcome"] else "the outcome"
    if f["rung"] is None:
        first = "Without a verdict, nothing is said of groups"
    elif not f["synthetic"]:
        first = "So these phenotypes may be " + (
            "kinds of patient" if groups else "parts of one range")
    elif f["scenario"] in SCENARIOS_WITHOUT_GROUPS:
        first = f"{TRUTH[f['scenario']]} simulated here, " + (
            "so this verdict is wrong" if groups else "and no groups are found")
    else:
        first = f"{TRUTH.get(f['scenario'], 'Groups were')} simulated here, " + (
            "and groups are found" if groups else "but groups are not found")
    clash = "even so " if groups and f["scenario"] not in SCENARIOS_WITHOUT_GROUPS else ""
    score, both = f"a severity score describes {about}", "phenotype and severity score each tell"
    return first + {
        "severity": f"; {clash}{score} better than the phenotype",
        "phenotype": f"; the phenotype describes {about} better than a severity score",
        "both": f"; {both} something about {about} that the other does not",
        "neither": f"; neither phenotype nor severity score is shown to tell more about {about}",
    }.get(f["tells_more"], "")


def _back(claims: list[dict]) -> int:
    return sum(claim["verdict"] in AGREE for claim in claims)


def _not_built_in(claims: list[dict]) -> list[dict]:
    return [claim for claim in claims if claim["built_in"] == BUILT_IN[-1]]


def read_from(identity: Mapping, run: str) -> str:
    """Whose results are read, and from which run."""
    return (f"Read from reports/{run}: {identity['name']}, {identity['n']} patients, "
            f"{identity['fingerprint']}.")


def whose_cohort(whose: str, paper: Mapping, scenario: str) -> list[str]:
    """Which paper, what of it was read, and what it means for these patients if a number agrees.

    ``scenario`` of simulated patients, "" for a cohort from a file.
    """
    about = f"{paper['authors']}, {paper['journal']} {paper['year']}, doi {paper['doi']}"
    means = {
        "none": "Nothing of it is compared with these patients.",
        "original": "These are said to be the paper's own patients, so a difference is a finding.",
    }.get(whose, "These patients were simulated to match its sizes and its coefficient, so "
          "agreement shows that the code finds what was put in.")
    groups = "No groups were put in." if (
        whose == "calibrated" and scenario in SCENARIOS_WITHOUT_GROUPS) else ""
    return [f"The paper: {about}; only its {paper['read']} was read.", means, groups]


def claim_notes(claims: pd.DataFrame, whose: str) -> list[str]:
    """Why single claims cannot be compared, where any is."""
    return [f"{c.claim[0].upper()}{c.claim[1:]}: {c.note}." for c in claims.itertuples()
            if c.note and whose != "none"]


def comparison(claims: pd.DataFrame, *, synthetic: bool) -> HtmlTable | None:
    """The claims for readers: our number with as many decimals as the published one; None where
    nothing of them is compared.

    A p value below 0.001 is said so; a share is in per cent; what there is not is a dash. Whether
    a claim was built into the patients is said where they were simulated to match the paper.
    """
    if claims["ours"].isna().all():
        return None
    shown = [_in_unit(row) for row in claims.itertuples()]
    words = pd.DataFrame({
        "claim": claims["claim"].to_numpy(),
        "published": [f"{_short(stated)}{unit}" for stated, _, _, unit in shown],
        "this run": [_with_unit(_alike(value, stated), unit) for stated, value, _, unit in shown],
        "tolerance": [_with_unit(_short(tolerance), unit) for _, _, tolerance, unit in shown],
        "comes back?": claims["verdict"].to_numpy(),
        "built in?": claims["built_in"].to_numpy(),
    })
    built = claims["built_in"].astype(bool).any()
    return present(words if built else words.drop(columns="built in?"), synthetic=synthetic)


def _in_unit(row) -> tuple:
    """Published, ours, tolerance and unit of a row, shares in per cent."""
    values = row.published, row.ours, row.tolerance
    if row.unit != "%":
        return *values, ""
    return *(round(100 * v, 8) if known(v) else v for v in values), " %"


def _with_unit(text: str, unit: str) -> str:
    return text if text == "–" else f"{text}{unit}"


def _alike(value, published) -> str:
    """Our number with as many decimals as the published one; a tiny p as "< 0.001"."""
    if not known(value):
        return _short(value)
    if isinstance(published, str):
        return "< 0.001" if 0 < value < 0.001 else _short(value)
    return number(value, len(str(published).partition(".")[2]) if published % 1 else 0)


def _short(value) -> str:
    """A number at three significant digits, a dash where there is nothing, words as they are."""
    if isinstance(value, str):
        return value
    return f"{value:.3g}".replace("-", MINUS) if known(value) else "–"
