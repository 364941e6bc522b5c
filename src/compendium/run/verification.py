"""Whether a run is still what its manifest says, and its manifest what the project says.

A manifest cannot vouch for itself. The project's notebooks are the list of steps, a run's folder
the list of its files, and what a step says of its ingredients must be what stands at the top.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from compendium.parameters import PARAMETERS
from compendium.run import steps
from compendium.run.manifest import FILES, examined, read_manifest, sha256, sources
from compendium.run.results import REFERENCE, left_by, read_results

_KINDS = ("results", "tables", "figures", "models")


def verify(root: Path, run: str, own: Mapping[str, Path] | None = None) -> list[str]:
    """What is not as it should be with a run: one sentence each, none where all is.

    Parameters
    ----------
    root : the project's folder.
    run : name of the run.
    own : where the run's own cohort and codebook lie, by those names; a manifest does not know.
        Such a file is left out where it is not given (:func:`unseen`).
    """
    folder = root / "reports" / run
    content, wrong = examined(folder)
    sentences = [f"{wrong}; restore it, or run again."] if wrong else []
    if not content:
        return sentences
    sentences += [] if content["complete"] else [f"run {run} is not complete."]
    for part in (_steps_lacking(root, content), _contradictions(root, content),
                 _changes(root, folder, content, own or {}), _additions(root, folder, content),
                 _mixture(folder, content["steps"])):
        sentences += part
    return sentences


def unseen(root: Path, run: str, own: Mapping[str, Path]) -> list[str]:
    """Which of a run's own files, cohort and codebook, :func:`verify` cannot look at."""
    content = read_manifest(root / "reports" / run)
    return [name for name in FILES if content and content["parameters"].get(name)
            and "path" not in content["inputs"].get(name, {}) and name not in own]


def _steps_lacking(root: Path, content: Mapping[str, Any]) -> Iterator[str]:
    if not content["steps"]:
        yield "the manifest names no steps."
        return
    for step in steps.names(root):
        if step not in content["steps"]:
            yield f"the manifest lacks step {step}."


def _contradictions(root: Path, content: Mapping[str, Any]) -> Iterator[str]:
    """Where the top of a manifest and what a step says it was made from are not the same."""
    chosen = dict.fromkeys(PARAMETERS) | content["parameters"]
    if content["seed"] != chosen["random_state"]:
        yield (f"the manifest's seed is {content['seed']}, and its parameter random_state "
               f"{chosen['random_state']}.")
    for step, record in content["steps"].items():
        name = f"notebooks/{step}.py"
        if not (root / name).is_file() or sha256(root / name) != content["sources"].get(name):
            continue  # which is said of its file
        now = steps.ingredients(root, step, chosen, content)
        now["Python"] = record["ingredients"].get("Python")  # of whoever ran it, not of who asks
        if what := steps.difference(record["ingredients"], now):
            yield f"{step} was not made from what the manifest names: {what}."


def _changes(
    root: Path, folder: Path, content: Mapping[str, Any], own: Mapping[str, Path]
) -> Iterator[str]:
    """Files that are missing or are not what they were."""
    places = [(root / f, f, digest) for f, digest in content["sources"].items()]
    for name, entry in content["inputs"].items():
        path = own.get(name) or (root / entry["path"] if "path" in entry else None)
        places += [(path, entry["file"], entry["sha256"])] if path else []
    for file, digest in _outputs(content["steps"].values()).items():
        # the reference run's notebooks are kept as notebooks/*.ipynb
        kept_there = folder.name == REFERENCE and file.startswith("notebooks/")
        if kept_there and not (folder / file).exists():
            continue
        places.append((folder / file, f"reports/{folder.name}/{file}", digest))
    for path, shown, digest in places:
        if not path.is_file():
            yield f"{shown} is missing."
        elif sha256(path) != digest:
            yield f"{shown} has changed."


def _additions(root: Path, folder: Path, content: Mapping[str, Any]) -> Iterator[str]:
    """Files that are there and that the manifest does not name."""
    yield from (f"{name} is new." for name in sources(root) if name not in content["sources"])
    made = _outputs(content["steps"].values())
    there = {f for step in content["steps"] for f in left_by(step, folder)}
    there |= {p.relative_to(folder).as_posix() for kind in _KINDS
              for p in folder.glob(f"{kind}/**/*") if p.is_file()}
    # a name with a dot in front is the system's or an editor's
    yield from (f"reports/{folder.name}/{file} is not in the manifest."
                for file in sorted(there - made.keys()) if "/." not in file)


def _mixture(folder: Path, names: Iterable[str]) -> Iterator[str]:
    """Whether the steps say that they read different patients."""
    found = {step: (read_results(folder, step) or {}).get("patients") for step in names}
    prints = {s: who.get("fingerprint") for s, who in found.items() if isinstance(who, dict)}
    for step, fingerprint in prints.items():
        first = next(iter(prints))
        if fingerprint != prints[first]:
            yield f"{step} is of other patients ({fingerprint}) than {first} ({prints[first]})."


def _outputs(records: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {file: digest for record in records for file, digest in record["outputs"].items()}
