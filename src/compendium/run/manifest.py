"""What a run was made from and what it made, by SHA-256, in one sealed file.

``reports/<run>/manifest.json`` names inputs, sources, lock, parameters and, for every step, its
ingredients, the versions its kernel had, and its outputs. It holds file names and no folders of the
machine. Its *seal* is a SHA-256 of all the rest: it shows an accident or an edit by hand, and is no
signature, since anybody can compute it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LOCK, MANIFEST = "requirements.lock", "manifest.json"
FILES = ("cohort", "codebook")  # parameters that name a file: compared by content, not by name
SCHEMA = 2
_SOURCES = ("notebooks/[0-9][0-9]_*.py", "src/compendium/**/*.py", LOCK)
_EACH = "*"  # whatever the key
_TEXTS = {_EACH: (str,)}
_SHAPE = {  # of a manifest: the types that may stand under every key it must have
    "run": (str,), "complete": (bool,), "created": (str,), "finished": (str,),
    "parameters": {_EACH: (str, int, float)}, "seed": (int,),
    "inputs": {_EACH: {"file": (str,), "sha256": (str,), _EACH: (str,)}}, "sources": _TEXTS,
    "peak_memory_mb": (int, float, type(None)),
    "steps": {_EACH: {
        "seconds": (int, float), "ingredients": {_EACH: (str, int, float)},
        "versions": _TEXTS, "outputs": _TEXTS,
    }},
    "seal": (str,),
}


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def key_of(content: Mapping[str, Any]) -> str:
    """One SHA-256 of names and contents, in whatever order."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def sources(root: Path) -> dict[str, str]:
    """SHA-256 of all that a project computes with, by path: its notebooks, the package with every
    module of its rooms, and the lock file."""
    names = {p.relative_to(root).as_posix() for pattern in _SOURCES for p in root.glob(pattern)}
    # a name with a dot in front is an editor's copy, which nobody can import
    return {name: sha256(root / name) for name in sorted(names) if "/." not in name}


def runs(root: Path) -> tuple[str, ...]:
    """Names of the project's runs that have a manifest."""
    return tuple(sorted(path.parent.name for path in root.glob(f"reports/*/{MANIFEST}")))


def sealed(content: Mapping[str, Any]) -> dict[str, Any]:
    """A manifest, in JSON's own types, with its schema and the seal over all the rest."""
    unsealed = {"schema": SCHEMA} | {k: v for k, v in content.items() if k != "seal"}
    return unsealed | {"seal": key_of(unsealed)}


def examined(folder: Path) -> tuple[dict[str, Any], str]:
    """The manifest of a run's folder and what is wrong with it, "" for nothing; {} where it is
    missing or not of the shape of a manifest."""
    where = f"reports/{folder.name}/{MANIFEST}"
    if not (folder / MANIFEST).exists():
        return {}, f"{where} is missing"
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}, f"{where} cannot be read: it is no JSON"
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        return {}, f"{where} cannot be read: it is not of schema {SCHEMA}"
    if wrong := _misshapen(content, _SHAPE):
        return {}, f"{where} cannot be read: {wrong}"
    if content != sealed(content):
        return content, f"{where} was changed since it was written: its seal does not fit"
    return content, ""


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run's folder; {} where there is none, or none to be relied on."""
    content, wrong = examined(folder)
    return {} if wrong else content


def _misshapen(value: Any, shape: Mapping | tuple, key: str = "") -> str:
    """What keeps a value from having a shape, in a few words; "" where it has it."""
    if isinstance(shape, tuple):
        return "" if type(value) in shape else f"{key} is of the wrong type"
    if not isinstance(value, dict):
        return f"{key} is of the wrong type"
    lacking = [name for name in shape if name != _EACH and name not in value]
    if lacking:
        return f"{lacking[0]} is missing{key and f' in {key}'}"
    parts = ((value[name], shape.get(name, shape.get(_EACH)), name) for name in value)
    return next((wrong for part, like, name in parts
                 if like and (wrong := _misshapen(part, like, name))), "")
