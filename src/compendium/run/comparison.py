"""A run's numbers held one by one against those of the reference run.

Integers, texts and yes/no must be equal; other numbers may differ by 1e-8 x (1 + the larger of the
two), so 1e-8 absolutely near zero and 1e-8 relatively above one; numbers under a key that speaks of
resampling (``_RESAMPLED``) by 1e-6 in the same way, since a sum over many refits gathers rounding
that a single fit does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compendium.parameters import PARAMETERS
from compendium.run.manifest import FILES, read_manifest
from compendium.run.results import REFERENCE, read_results

TOLERANCE, TOLERANCE_RESAMPLED = 1e-8, 1e-6
_RESAMPLED = {
    "ci", "interval", "intervals", "low", "high", "lower", "upper", "bootstrap", "resample",
    "resamples", "resampled", "subsample", "jaccard", "ari", "certainty", "permutation", "null",
    "nulls", "imputed", "pooled",
}
_ABSENT = object()


@dataclass(frozen=True)
class Comparison:
    """Two runs held against each other.

    ``why_not`` is "" where they could be compared, else the sentence saying why not; ``numbers``
    counts the numbers found equal, ``texts`` the other values; ``differences`` has one sentence
    for each value that differs, beginning with its path.
    """

    why_not: str = ""
    numbers: int = 0
    texts: int = 0
    differences: tuple[str, ...] = ()


def compare_runs(root: Path, run: str) -> Comparison:
    """A run's numbers held against the reference run's.

    They are compared only between complete runs with the same inputs and the same values of all
    parameters that change results; otherwise ``why_not`` says which differ.
    """
    ours, theirs = (root / "reports" / name for name in (run, REFERENCE))
    if run == REFERENCE:
        return Comparison(f"this is the {REFERENCE} run itself.")
    if why_not := _why_not(read_manifest(ours), read_manifest(theirs)):
        return Comparison(why_not)
    counts, differences = {True: 0, False: 0}, []
    values = _values(ours), _values(theirs)
    for step, *path in sorted(values[0].keys() | values[1].keys()):
        here, there = (found.get((step, *path), _ABSENT) for found in values)
        if equal(here, there, path):
            counts[_is_number(here)] += 1
        else:
            where = f"{step}: {'.'.join(path)}"
            differences.append(f"{where} is {_shown(here)}, {REFERENCE} {_shown(there)}")
    return Comparison("", counts[True], counts[False], tuple(differences))


def equal(here: Any, there: Any, path: Sequence[str] = ()) -> bool:
    """Whether two values of a results file agree; ``path`` (its keys) chooses the tolerance."""
    if _is_number(here) and _is_number(there) and float in (type(here), type(there)):
        words = {word for key in path for word in key.lower().split("_")}
        tolerance = TOLERANCE_RESAMPLED if words & _RESAMPLED else TOLERANCE
        return abs(here - there) <= tolerance * (1 + max(abs(here), abs(there)))
    return type(here) is type(there) and here == there


def _values(folder: Path) -> dict[tuple[str, ...], Any]:
    """Every single value of a run's results, by notebook and keys."""
    return {
        found: value for path in folder.glob("results/*.json")
        for found, value in _leaves(read_results(folder, path.stem), (path.stem,))
    }


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every single value with its keys; an empty list or dict is a value."""
    if isinstance(value, (dict, list)) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from _leaves(item, (*path, str(key)))
    else:
        yield path, value


def _why_not(ours: dict, theirs: dict) -> str:
    if not theirs or not theirs["complete"]:
        return f"not compared: there is no complete {REFERENCE} run."
    if not ours or not ours["complete"]:
        return "not compared: this run is not complete."
    for name in FILES:
        here, there = (one["inputs"].get(name, {}).get("sha256") for one in (ours, theirs))
        if here != there:
            return f"not compared with the {REFERENCE} run: it is of another {name}."
    for name, parameter in PARAMETERS.items():
        here, there = ours["parameters"].get(name), theirs["parameters"].get(name)
        if parameter.changes_results and name not in FILES and here != there:
            return f"not compared with the {REFERENCE} run: {name} is {here}, there {there}."
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    return "absent" if value is _ABSENT else json.dumps(value, ensure_ascii=False)
