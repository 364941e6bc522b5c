"""The page in plain words, for people with the disease and their families.

Short words and sentences, numbers rounded, and what cannot be concluded said as plainly as what was
found. Of simulated patients the page says first that they are invented.
"""

from __future__ import annotations

from collections.abc import Mapping

from compendium.report.findings import gathered
from compendium.report.published import SCENARIOS_WITHOUT_GROUPS
from compendium.words import block_name, listed, spelled

_TESTS = {"mmt": "muscle strength", "cmap": "nerve signals to muscles"}
_PUT_IN = {"two_groups": "two groups", "no_effect": "two groups", "three_groups": "three groups",
           "continuum": "one range without groups"}
_INVENTED = (
    "**The patients on this page are not real.** A computer made them up, so that a way to study "
    "scans can be tried and checked. Nothing here is true of any person with ALS."
)
_REAL = (
    "**This page is about many patients taken together.** It cannot say what is true of any one of "
    "them, nor what will come next for you or for someone close to you."
)
_ALS = (
    "In ALS, muscles get thin and weak. An ultrasound scan can show this, and it does not hurt. "
    "A team of doctors used such scans to sort people with ALS into a mild and a severe group. "
    "Their data are not public, so we did the same with about {n} made-up patients."
)
_OTHER = (
    "We looked at the records of about {n} patients, who had been measured in many ways. We chose "
    "some of these measures, and used nothing else to sort the patients into groups."
)
_LIMITS = (
    "Other places, other years or other machines may give another result.",
    "Two things can go together, and still one need not cause the other. We did not look for "
    "causes.",
    "Our check can be wrong. It can miss groups that lie close to each other, and at times it sees "
    "groups where there are none.",
    "Please do not choose, stop or change any care because of this page. Talk with your own care "
    "team, who know you.",
)


def plain_language(results: Mapping[str, Mapping | None]) -> str:
    """The whole page as Markdown. ``results``: results JSON by notebook name."""
    f = gathered(results)
    invented = f["synthetic"]
    n = _about(f["n"])
    sorting = (
        "A computer put patients with like values in the same group. It makes as many groups as we "
        f"ask for, and we asked for {spelled(len(f['names']) or 2)}. So the real question is this. "
        f"Are these different kinds of patients, or is there one long range{_from_to(f)} that was "
        "cut into parts?"
    )
    return "\n\n".join([
        "# In plain words", _INVENTED if invented else _REAL,
        "## What was done", (_ALS if invented else _OTHER).format(n=n), sorting,
        "## What was found", _groups(f), " ".join([_measures(f), _outcome(f)]), _score(f),
        "## What this does not show", "\n".join(f"- {limit}" for limit in _LIMITS),
    ])


def _about(n: int) -> str:
    """A count, rounded to its first digit or two: 454 is 450."""
    step = 10 ** max(0, len(str(n)) - 2)
    return f"{step * round(n / step):,}"


def _groups(f: Mapping) -> str:
    """Whether there are groups, and, of invented patients, whether that is true."""
    rung, truth = f["rung"], _PUT_IN.get(f["scenario"], "")
    if rung is None:
        return "We have not yet asked if the groups are real, so we cannot tell which it is."
    said = (
        f"We found no clear sign of groups. One range{_from_to(f)} may be all there is.",
        "We found no clear sign of groups. The patients do not spread evenly, but one range still "
        "fits them.",
        "There do seem to be groups. But some patients lie between them, so the line is not sharp.",
        "There do seem to be groups, and few patients lie between them.",
    )[rung]
    if f["goes_with"]:
        said += (f" Yet they go with something else ({listed(f['goes_with'])}): among patients "
                 "alike in this, none are left.")
    if not f["synthetic"] or not truth:
        return said
    if (rung > 1) == (f["scenario"] not in SCENARIOS_WITHOUT_GROUPS):
        check = "was right"
    else:
        check = "was wrong this time" if rung > 1 else "missed them this time"
    return f"{said} We know the truth here, since we put in {truth}. So the check {check}."


def _measures(f: Mapping) -> str:
    """How the most severe did on what the sorting had not used."""
    found, who = f["measures"], _who(f)
    if not found["tested"]:
        return "We had no other tests to check the groups with, such as tests of strength."
    names = [_TESTS.get(b, block_name(b)) for b in found["worse"] or found["other"]]
    which = f" ({listed(names)})" if names else ""
    did = f"{who} did worse" if found["worse"] else "the groups were not the same" if names else (
        "we could not tell the groups apart")
    return f"In tests that the computer had not used{which}, {did}."


def _outcome(f: Mapping) -> str:
    """How the most severe did on the outcome."""
    y, what = f["outcome"], "a score of daily life" if f["synthetic"] else "one more measure"
    if y is None:
        return "There was no other score of how the patients were doing to look at."
    on = f"On {what} ({y['outcome_label']}), "
    if not y["shown"]:
        return f"{on}the groups did not clearly differ."
    size, way = abs(y["estimate"]), "lower" if y["estimate"] < 0 else "higher"
    much = f"about {size:.0f} {y['unit']}".strip() if size >= 1 else "a bit"
    return f"{on}{_who(f)} was {much} {way}."


def _score(f: Mapping) -> str:
    """What a severity score tells beside the groups."""
    looks = "scans" if f["synthetic"] else "measures"
    return f"Last, we gave each patient one number for how severe the {looks} look. " + {
        "severity": "That number told us more than the name of the group did.",
        "phenotype": "The name of the group told us more than that number did.",
        "both": "That number and the name of the group each told us something of their own.",
        "neither": "We could not tell if that number or the name of the group says more.",
    }[f["tells_more"]] if f["tells_more"] else (
        "A number for each patient may tell more than the name of a group. We could not check "
        "this here.")


def _from_to(f: Mapping) -> str:
    return ", from mild to severe," if f["ordered"] else ""


def _who(f: Mapping) -> str:
    if not f["ordered"]:
        return "the last group"
    return "the severe group" if len(f["names"]) == 2 else "the most severe group"
