"""What notebook 6 says: published and ours alike in decimals and unit, verdicts counted.

What the simulation was tuned to is told apart from what came back of itself.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from compendium.report.published import BUILT, FREE, SCENARIOS_WITHOUT_GROUPS, TUNED
from compendium.report.sentences.stability import RUNGS
from compendium.words import MINUS, known, number


def answer(r: dict) -> list[str]:
    """What came back of the published numbers, and what that shows."""
    count, total = r["tally"], len(r["claims"])
    back = _back(r)
    if r["ledger"] == "none":
        return [
            f"None of the {total} published claims is held against this cohort: it is not the "
            "paper's.",
            "Every number of the run stands in the index below with the notebook that made it. "
            f"{beside_verdict(r['ledger'], r['rung'])}".strip(),
        ]
    first = (
        f"Of {total} published claims {back} come back within tolerance; differing: "
        f"{count.get('differs', 0)}, not comparable: {total - back - count.get('differs', 0)}."
    )
    shows = what_agreement_means(r["ledger"], r["scenario"])
    return [first, f"{shows} {beside_verdict(r['ledger'], r['rung'])}"]


def headline(r: dict) -> str:
    """How many claims came back."""
    if r["ledger"] == "none":
        return "not the paper's cohort; nothing is held against it"
    tuned = sum(claim["tuned"] != "no" for claim in r["claims"])
    how = f": {tuned} tuned or by construction" if r["ledger"] == "calibrated" else ""
    verdict = "" if r["rung"] is None else f"; groups: verdict {r['rung']} of 3"
    whose = f"{r['ledger']}{how}{verdict}"
    return f"{_back(r)} of {len(r['claims'])} published claims within tolerance ({whose})"


def _back(r: dict) -> int:
    return r["tally"].get("match", 0) + r["tally"].get("within rounding", 0)


def read_from(identity: Mapping, run: str) -> str:
    """Whose results are read, and from which run."""
    return (f"Read from reports/{run}: {identity['name']}, {identity['n']} patients, "
            f"{identity['fingerprint']}.")


def whose_cohort(whose: str, paper: Mapping, scenario: str) -> list[str]:
    """Which ledger applies, what of the paper was read, and what agreement would mean."""
    about = f"{paper['authors']}, {paper['journal']} {paper['year']}, doi {paper['doi']}"
    return [f"Ledger: {whose}. {about}, read: {paper['read']} only.",
            what_agreement_means(whose, scenario)]


def claim_notes(claims: pd.DataFrame, whose: str) -> list[str]:
    """What is to be known of single claims, where they are held against anything."""
    return [f"{c.claim}: {c.note}." for c in claims.itertuples() if c.note and whose != "none"]


AGREES = {"within rounding": "within rounding", "match": "within tolerance or in sign"}


def counted(counts: Mapping[str, int]) -> str:
    """A tally in a sentence.

    >>> counted({"within rounding": 2, "match": 11})
    '2 agree within rounding, 11 within tolerance or in sign.'
    """
    agree = [f"{counts[verdict]} {words}" for verdict, words in AGREES.items() if verdict in counts]
    rest = [f"{n} {verdict.replace('differs', 'differing')}"
            for verdict, n in counts.items() if verdict not in AGREES]
    if agree:
        count, _, words = agree[0].partition(" ")
        agree[0] = f"{count} {'agrees' if count == '1' else 'agree'} {words}"
    return "; ".join(filter(None, [", ".join(agree), ", ".join(rest)])) + "."


def untuned(ledger: pd.DataFrame) -> str:
    """How many claims the simulation was tuned to, and which came back though it was not."""
    kinds = ledger["tuned"].value_counts()
    free = ledger[ledger["tuned"] == FREE]
    back = free["verdict"].str.contains("match|within rounding", regex=True)
    return (
        f"The simulation was tuned to {kinds.get(TUNED, 0)} of the {len(ledger)} claims, and "
        f"{kinds.get(BUILT, 0)} hold by construction; of the {len(free)} others {back.sum()} came "
        "back. These, too, can come back where there are no groups: measures of the disease follow "
        "its severity wherever it is cut, and some number of clusters always has the highest "
        "silhouette. Claims that follow from each other (sizes and share, a coefficient and the "
        "ends of its interval) are not independent."
    )


def what_agreement_means(whose: str, scenario: str) -> str:
    """What it shows that a published number comes back, or not.

    ``whose`` ledger; ``scenario`` of simulated patients, "" for a cohort from a file.
    """
    if whose == "none":
        return ""
    if whose == "original":
        return "The patients are said to be the paper's own, so a difference is a finding."
    if scenario in SCENARIOS_WITHOUT_GROUPS:
        return (
            "The patients are simulated and their numbers were tuned to the paper's, but no groups "
            "were put in: k-means makes phenotypes all the same, so agreement shows no groups, and "
            "nothing about people with ALS."
        )
    return (
        "The patients are simulated and were tuned to the paper's numbers, so agreement shows that "
        "the chain recovers what was put in, and nothing about people with ALS."
    )


def verdict_reached(results: Mapping[str, Mapping | None]) -> int | None:
    """The rung of notebook 3's verdict on groups; None where it has not run."""
    return ((results.get("03_stability") or {}).get("verdict") or {}).get("rung")


def beside_verdict(whose: str, reached: int | None) -> str:
    """That the claims are silent on groups, and which rung notebook 3 reached (None: not run)."""
    silent = "" if whose == "none" else "No claim tells groups from one continuum. "
    verdict = "" if reached is None else (
        f"Notebook 3's verdict on groups: {reached} of 3, {RUNGS[reached]}.")
    return (silent + verdict).strip()


def worded(ledger: pd.DataFrame, whose: str = "calibrated") -> pd.DataFrame:
    """The ledger for readers, in text: our number with as many decimals as the published one.

    A p value below 0.001 is said so; a share is in per cent; what there is not is a dash. Whether
    the simulation was tuned to a claim is said where it is held against one (``whose`` is
    calibrated).
    """
    shown = [_in_unit(row) for row in ledger.itertuples()]
    words = pd.DataFrame({
        "claim": ledger["claim"].to_numpy(),
        "published": [f"{_short(stated)}{unit}" for stated, _, _, unit in shown],
        "ours": [_with_unit(_alike(value, stated), unit) for stated, value, _, unit in shown],
        "tolerance": [_with_unit(_short(tolerance), unit) for _, _, tolerance, unit in shown],
        "tuned": ledger["tuned"].to_numpy(),
        "verdict": ledger["verdict"].to_numpy(),
    })
    return words if whose == "calibrated" else words.drop(columns="tuned")


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


def evidence(r: dict) -> pd.DataFrame:
    """The table under the answer."""
    return pd.DataFrame()


def conclusion(r: dict) -> list[str]:
    """The finding, how uncertain it is, and what would change it."""
    return []
