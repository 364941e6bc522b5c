"""Manifests as a run would write them, for the tests that read them."""

from __future__ import annotations

import json
from pathlib import Path

from compendium.parameters import complete
from compendium.run import manifest, steps
from compendium.run.results import left_by


def write(folder: Path, **more) -> Path:
    """A complete and sealed manifest in a run's folder; keywords replace what it holds."""
    folder.mkdir(parents=True, exist_ok=True)
    parameters = complete({}) | {"run": folder.name}
    content = {
        "run": folder.name, "complete": True, "created": "2026", "finished": "2026",
        "parameters": parameters, "seed": parameters["random_state"], "inputs": {}, "sources": {},
        "peak_memory_mb": None, "steps": {},
    }
    return write_text(folder, json.dumps(manifest.sealed(content | more)))


def write_text(folder: Path, text: str) -> Path:
    """Whatever text as the manifest of a run; its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / manifest.MANIFEST).write_text(text)
    return folder


def change(folder: Path, edit, *, seal: bool = True) -> None:
    """Edit a run's manifest in place by a function, and seal it again, or not."""
    content = json.loads((folder / manifest.MANIFEST).read_text())
    edit(content)
    write_text(folder, json.dumps(manifest.sealed(content) if seal else content))


def finished(root: Path, name: str = "run", results: dict | None = None, **more) -> Path:
    """The folder of a complete run of a project's only step, as the runner would leave it; keywords
    give other parameters, or replace what its manifest holds."""
    folder, step = root / "reports" / name, "01_a"
    for kind in ("results", "tables", "notebooks"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    table = {"kind": "table", "name": "t", "title": "T", "files": ["tables/t.csv"]}
    content = {"n": 3, "mean": 0.5, "outputs": [table]} if results is None else results
    (folder / "results" / f"{step}.json").write_text(json.dumps(content))
    (folder / "tables" / "t.csv").write_text("k\n2\n")
    (folder / "notebooks" / f"{step}.ipynb").write_text("{}")
    parameters = complete(more.pop("parameters", {})) | {"run": name}
    seen = {"inputs": steps.inputs(root, parameters), "sources": manifest.sources(root)} | more
    record = {
        "seconds": 1.0, "versions": {"python": "3"},
        "ingredients": steps.ingredients(root, step, parameters, {"steps": {}, **seen}),
        "outputs": {file: manifest.sha256(folder / file) for file in left_by(step, folder)},
    }
    return write(folder, **{"parameters": parameters, "steps": {step: record}, **seen})
