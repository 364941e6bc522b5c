"""What a step is made of, and so whether it must run again.

A step is one notebook. It is run when one of its ingredients changed or one of its outputs is not
as recorded, and it is said which. The ingredients are contents, never file times:

- the notebook's source, and every module of the package it imports, directly or through others
  (read from the import statements, also those inside functions);
- the cohort, the codebook, and any other file of ``data/`` that those sources name;
- the values of the parameters its ``parameters`` cell declares, without those that change nothing;
- the lock file and the Python version;
- the outputs of the earlier steps it reads. A notebook says in its opening what it reads
  (``*Reads* the cohort file and its codebook``, ``*Reads* 02_clustering``). Where that sentence
  holds a word beyond :data:`UNDERSTOOD` or is missing, every earlier step counts: a step too many
  costs seconds, one too few would leave a number out of date. A step named in the code counts too.
  Outputs count by content: a step that ran again and gave the same leaves later ones alone.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from compendium.manifest import FILES, sha256
from compendium.parameters import PARAMETERS, declared

PACKAGE = "compendium"
LOCK = "requirements.lock"
SHIPPED = {"cohort": "data/cohort_synthetic.csv", "codebook": "data/codebook.csv"}
SIMULATION = ("scenario", "scenario_seed")  # parameters that name a simulated cohort
DATA_TYPES = (".csv", ".yml", ".yaml", ".json")
# a comment line that begins with "Reads", and the lines of its paragraph, up to "Writes"
READS = re.compile(r"^#[ *_>-]*reads\b(.*(?:\n#(?! %%)[ \t]*\S.*)*)", re.IGNORECASE | re.MULTILINE)
WRITES = re.compile(r"\bwrites\b", re.IGNORECASE)
# words of a "Reads" sentence that point to no other step
UNDERSTOOD = {"the", "a", "its", "and", "cohort", "file", "codebook"}


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
    files = {name: Path(parameters.get(name) or root / SHIPPED[name]) for name in FILES}
    simulated = _simulated(parameters)
    if simulated:
        del files["cohort"]
    others = [p for p in sorted(root.glob("data/*")) if p.suffix in DATA_TYPES]
    files |= {f"data/{p.name}": p for p in others if p not in files.values()}
    found = {name: _entry(root, path) for name, path in files.items() if path.is_file()}
    return {"cohort": simulated, **found} if simulated else found


def ingredients(
    root: Path, step: str, parameters: Mapping[str, Any], data: Mapping[str, dict], done: Mapping
) -> dict[str, Any]:
    """Everything a step's outputs follow from, by name: digests, and values of parameters.

    Parameters
    ----------
    root, step : the project's folder and the name of the notebook.
    parameters : the value of every parameter.
    data : the run's :func:`inputs`.
    done : the manifest's records of earlier steps, with their ``outputs``.
    """
    files = [source(root, step), *modules(root, source(root, step))]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    found = {path.relative_to(root).as_posix(): sha256(path) for path in files}
    for name, entry in data.items():
        if name in FILES or entry["file"] in text:
            found[f"the {name}" if name in FILES else name] = entry["sha256"]
    for name in declared(source(root, step)):
        if name in PARAMETERS and PARAMETERS[name].changes_results and name not in FILES:
            found[f"parameter {name}"] = parameters[name]
    found[LOCK] = sha256(root / LOCK) if (root / LOCK).is_file() else ""
    found["Python"] = "{}.{}".format(*sys.version_info[:2])
    for earlier in reads(root, step):
        found[f"what {earlier} gave"] = _result(done.get(earlier, {}).get("outputs", {}))
    return found


def key(found: Mapping[str, Any]) -> str:
    """The SHA-256 of a step's ingredients."""
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


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
    if record["key"] != key(found):
        changes = list(_changes(record["ingredients"], found))
        more = f" (and {len(changes) - 1} more)" if len(changes) > 1 else ""
        return changes[0] + more
    for file, digest in record["outputs"].items():
        if not (folder / file).is_file():
            return f"output {file} is missing"
        if sha256(folder / file) != digest:
            return f"output {file} was changed"
    return ""


def reads(root: Path, step: str) -> tuple[str, ...]:
    """The earlier steps whose outputs a step reads; see the module's first lines."""
    earlier = tuple(name for name in names(root) if name < step)
    text = source(root, step).read_text(encoding="utf-8")
    said = READS.search(text)
    if said is None:
        return earlier
    by_number = {name[:2]: name for name in earlier}
    named = set()
    for word in re.findall(r"\w[\w./*-]*", WRITES.split(said[1])[0]):
        number = re.match(r"(?:results/)?(\d\d)(?!\d)", word)
        if number and number[1] in by_number:
            named.add(by_number[number[1]])
        elif word.strip(".").lower() not in UNDERSTOOD and not word.startswith("data/"):
            return earlier
    code = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return tuple(name for name in earlier if name in named or name in code)


def modules(root: Path, path: Path) -> tuple[Path, ...]:
    """The package's modules that a file imports, directly or through others, sorted."""
    package = root / "src" / PACKAGE
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        new = {package / f"{name}.py" for name in _imports(waiting.pop(), path)} - found
        new = {module for module in new if module.is_file()}
        found |= new
        waiting += new
    return tuple(sorted(found))


def _imports(path: Path, notebook: Path) -> Iterator[str]:
    """Names that a file imports from the package; some are not modules."""
    for node in ast.walk(_tree(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            full = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            inside = node.level and path != notebook
            base = ".".join(filter(None, [PACKAGE if inside else "", node.module]))
            full = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in full:
            if name.split(".")[0] == PACKAGE:
                yield "__init__"
                yield from name.split(".")[1:2]


@cache
def _tree(text: str) -> ast.Module:
    # IPython's own lines, %magic and !shell, are no Python
    plain = re.sub(r"^\s*[%!].*$", "", text, flags=re.MULTILINE)
    return ast.parse(plain)


def _simulated(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The entry of a cohort that is simulated as the run reads it; empty for one from a file."""
    simulation = {name: parameters.get(name, PARAMETERS[name].default) for name in SIMULATION}
    if parameters.get("cohort") or all(simulation[n] == PARAMETERS[n].default for n in SIMULATION):
        return {}
    words = ", ".join(f"{name} {value}" for name, value in simulation.items())
    digest = hashlib.sha256(words.encode()).hexdigest()
    return {"file": f"none: simulated, {words}", "sha256": digest}


def _entry(root: Path, path: Path) -> dict[str, str]:
    entry = {"file": path.name, "sha256": sha256(path)}
    if path.is_relative_to(root):
        entry["path"] = path.relative_to(root).as_posix()
    return entry


def _result(outputs: Mapping[str, str]) -> str:
    """Digest of a step's numbers, tables and models; drawings and the notebook are not read."""
    kept = {f: d for f, d in outputs.items() if f.startswith(("results/", "tables/", "models/"))}
    return key(kept)


def _changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name in [*now, *(n for n in before if n not in now)]:
        if name not in now:
            yield f"{name} is no longer used"
        elif name not in before:
            yield f"{name} is new"
        elif now[name] != before[name]:
            is_value = name.startswith(("parameter", "Python"))
            yield f"{name} {before[name]} → {now[name]}" if is_value else f"{name} changed"
