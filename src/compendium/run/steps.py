"""What a step is made of, and so whether it must run again.

A step is one notebook. It is run when one of its ingredients changed or one of its outputs is not
as recorded, and it is said which. The ingredients are contents, never file times: the notebook's
source; the package, all of it, since who can say which module a number does not depend on; the
cohort, the codebook and the other files of ``data/``; the values of the parameters its
``parameters`` cell declares, without those that change nothing; the lock file and the Python
version; and the outputs of the earlier steps it reads. Outputs count by content: a step that ran
again and gave the same leaves later ones alone.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from compendium.parameters import PARAMETERS, declared
from compendium.run.manifest import FILES, LOCK, key_of, sha256
from compendium.run.results import STEPS, plain

_SHIPPED = {"cohort": "data/cohort_synthetic.csv", "codebook": "data/codebook.csv"}
_SIMULATION = ("scenario", "scenario_seed")  # parameters that name a simulated cohort
_DATA_TYPES = (".csv", ".yml", ".yaml", ".json")


def names(root: Path) -> tuple[str, ...]:
    """The steps of a project in their order: the notebooks ``NN_name.py``."""
    return tuple(path.stem for path in sorted((root / "notebooks").glob("[0-9][0-9]_*.py")))


def source(root: Path, step: str) -> Path:
    """The percent source of a step."""
    return root / "notebooks" / f"{step}.py"


def inputs(root: Path, parameters: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The data of a run: name of the file, SHA-256 and, for a file of the project, where it lies.

    Parameters
    ----------
    root : the project's folder.
    parameters : ``cohort`` and ``codebook`` are absolute paths, or "" for the shipped files. A
        scenario or seed other than the shipped one's is simulated anew: its cohort is in no file,
        and the entry says what it is simulated from.
    """
    simulated = _simulated(parameters)
    files = {name: Path(parameters.get(name) or root / _SHIPPED[name]) for name in FILES
             if not (simulated and name == "cohort")}
    others = [p for p in sorted(root.glob("data/*")) if p.suffix in _DATA_TYPES]
    files |= {f"data/{p.name}": p for p in others if p not in files.values()}
    return simulated | {n: _entry(root, path) for n, path in files.items() if path.is_file()}


def ingredients(
    root: Path, step: str, parameters: Mapping[str, Any], manifest: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything a step's outputs follow from, by name: digests, and values of parameters.

    Parameters
    ----------
    root, step : the project's folder and the name of the notebook.
    parameters : the value of every parameter.
    manifest : the run's, with its ``inputs``, ``sources`` and records of earlier ``steps``.
    """
    code, own = manifest["sources"], f"notebooks/{step}.py"
    package = {name: digest for name, digest in code.items() if name.startswith("src/")}
    found = {own: code.get(own, ""), "the package": key_of(package)}
    for name, entry in manifest["inputs"].items():
        if name not in _SHIPPED.values():
            found[f"the {name}" if name in FILES else name] = entry["sha256"]
    for name in declared(source(root, step)):
        if name in PARAMETERS and PARAMETERS[name].changes_results and name not in FILES:
            found[f"parameter {name}"] = plain(parameters[name])  # as it is read again
    found[LOCK] = code.get(LOCK, "")
    found["Python"] = "{}.{}".format(*sys.version_info[:2])
    for earlier in reads(root, step):
        done = manifest["steps"].get(earlier, {}).get("outputs", {})
        found[f"what {earlier} gave"] = _result(done)
    return found


def why(record: Mapping[str, Any] | None, found: Mapping[str, Any], folder: Path) -> str:
    """Why a step must run, in a few words; "" when nothing changed.

    Parameters
    ----------
    record : what the manifest says of the step's last run, or None.
    found : its :func:`ingredients` now.
    folder : the run's folder, where its outputs lie.
    """
    if not record:
        return "first run"
    return difference(record["ingredients"], found) or output_unlike(record, folder)


def output_unlike(record: Mapping[str, Any], folder: Path) -> str:
    """Which output of a step is not as its record says, in a few words; "" where all are."""
    for file, digest in record["outputs"].items():
        if not (folder / file).is_file():
            return f"output {file} is missing"
        if sha256(folder / file) != digest:
            return f"output {file} was changed"
    return ""


def difference(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """How ingredients differ from others, in a few words: the first, and how many more."""
    changes = list(_changes(before, now))
    more = f" (and {len(changes) - 1} more)" if len(changes) > 1 else ""
    return changes[0] + more if changes else ""


def reads(root: Path, step: str) -> tuple[str, ...]:
    """The earlier steps whose results a step reads: all of them for the last notebook and for one
    that is not among ``results.STEPS``; the others read none."""
    return () if step in STEPS[:-1] else tuple(name for name in names(root) if name < step)


def _simulated(parameters: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The entry of a cohort that is simulated as the run reads it; empty for one from a file."""
    chosen = {name: parameters.get(name, PARAMETERS[name].default) for name in _SIMULATION}
    if parameters.get("cohort") or all(chosen[n] == PARAMETERS[n].default for n in _SIMULATION):
        return {}
    words = ", ".join(f"{name} {value}" for name, value in chosen.items())
    digest = hashlib.sha256(words.encode()).hexdigest()
    return {"cohort": {"file": f"none: simulated, {words}", "sha256": digest}}


def _entry(root: Path, path: Path) -> dict[str, str]:
    entry = {"file": path.name, "sha256": sha256(path)}
    if path.is_relative_to(root):
        entry["path"] = path.relative_to(root).as_posix()
    return entry


def _result(outputs: Mapping[str, str]) -> str:
    """Digest of a step's numbers, tables and models; drawings and the notebook are not read."""
    kept = {f: d for f, d in outputs.items() if f.startswith(("results/", "tables/", "models/"))}
    return key_of(kept)


def _changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name in [*now, *(n for n in before if n not in now)]:
        if name not in now:
            yield f"{name} is no longer used"
        elif name not in before:
            yield f"{name} is new"
        elif now[name] != before[name]:
            is_value = name.startswith(("parameter", "Python"))
            yield f"{name} {before[name]} → {now[name]}" if is_value else f"{name} changed"
