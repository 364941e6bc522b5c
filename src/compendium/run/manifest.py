"""What a run was made from and what it made, by SHA-256; and whether that is still so.

``reports/<run>/manifest.json`` names inputs, sources, lock, parameters and, for every step, the
versions its kernel had and its outputs. It holds file names and no folders of the machine.
:func:`verify` hashes everything again; :func:`compare_runs` holds a run's numbers against the
reference run's.

Numbers are compared one by one: integers, texts and yes/no exactly; other numbers may differ by
1e-8 x (1 + the larger of the two), so 1e-8 absolutely near zero and 1e-8 relatively above one;
numbers under a key that speaks of resampling (``_RESAMPLED``) by 1e-6 in the same way, since
a sum over many refits gathers rounding that a single fit does not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compendium.parameters import PARAMETERS
from compendium.run.results import MANIFEST, REFERENCE, read_manifest

LOCK = "requirements.lock"
_SOURCES = ("notebooks/[0-9][0-9]_*.py", "src/compendium/**/*.py", LOCK)
TOLERANCE, TOLERANCE_RESAMPLED = 1e-8, 1e-6
_RESAMPLED = {
    "ci", "interval", "intervals", "low", "high", "lower", "upper", "bootstrap", "resample",
    "resamples", "resampled", "subsample", "jaccard", "ari", "certainty", "permutation", "null",
    "nulls", "imputed", "pooled",
}
_ABSENT = object()
FILES = ("cohort", "codebook")  # parameters that name a file: compared by content, not by name


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


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sources(root: Path) -> dict[str, str]:
    """SHA-256 of all that a project computes with, by path: its notebooks, the package with every
    module of its rooms, and the lock file."""
    names = {p.relative_to(root).as_posix() for pattern in _SOURCES for p in root.glob(pattern)}
    # a name with a dot in front is an editor's copy, which nobody can import
    return {name: sha256(root / name) for name in sorted(names) if "/." not in name}


def runs(root: Path) -> tuple[str, ...]:
    """Names of the project's runs that have a manifest."""
    return tuple(sorted(path.parent.name for path in root.glob(f"reports/*/{MANIFEST}")))


def outputs(folder: Path, step: str) -> dict[str, str]:
    """SHA-256 of everything a step left in a run, by path relative to the run's folder.

    Parameters
    ----------
    folder : the run's folder.
    step : name of the notebook. Its outputs are those its results name, the results themselves,
        and the executed notebook.
    """
    results = f"results/{step}.json"
    published = json.loads((folder / results).read_text(encoding="utf-8"))
    files = {results, f"notebooks/{step}.ipynb"}
    files |= {file for output in published.get("outputs", []) for file in output["files"]}
    return {file: sha256(folder / file) for file in sorted(files)}


def verify(root: Path, run: str, own: Mapping[str, Path] | None = None) -> list[str]:
    """What changed since a run was made: one sentence a file, none when nothing did. A module that
    was added to the package, or removed from it, is a change.

    Parameters
    ----------
    root : the project's folder.
    run : name of the run.
    own : where the run's own cohort and codebook lie, by those names; a manifest does not know.
        Such a file is left out where it is not given.
    """
    folder = root / "reports" / run
    content = read_manifest(folder)
    if not content:
        return [f"reports/{run}/{MANIFEST} is missing or cannot be read."]
    places = [(root / f, f, digest) for f, digest in content["sources"].items()]
    for name, entry in content["inputs"].items():
        path = (own or {}).get(name) or (root / entry["path"] if "path" in entry else None)
        places += [(path, entry["file"], entry["sha256"])] if path else []
    for step in content["steps"].values():
        for file, digest in step["outputs"].items():
            # the reference run's notebooks are kept as notebooks/*.ipynb
            if run == REFERENCE and file.startswith("notebooks/") and not (folder / file).exists():
                continue
            places.append((folder / file, f"reports/{run}/{file}", digest))
    changed = [_change(path, shown, digest) for path, shown, digest in places]
    changed += [f"{name} is new." for name in sources(root) if name not in content["sources"]]
    unfinished = [] if content["complete"] else [f"run {run} is not complete."]
    return [sentence for sentence in changed if sentence] + unfinished


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
        for found, value in _leaves(json.loads(path.read_text("utf-8")), (path.stem,))
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


def _change(path: Path, shown: str, digest: str) -> str:
    if not path.is_file():
        return f"{shown} is missing."
    return "" if sha256(path) == digest else f"{shown} has changed."


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    return "absent" if value is _ABSENT else json.dumps(value, ensure_ascii=False)
