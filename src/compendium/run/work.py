"""A run in the making: what is known of it, step by step, which becomes its manifest."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from compendium.run import manifest, steps
from compendium.run.results import dumps, left_by, plain, write_text


@dataclass
class Work:
    """A run's folder, the values of its parameters, and ``record``, its manifest without seal."""

    root: Path
    folder: Path
    parameters: Mapping[str, Any]
    record: dict[str, Any]

    @classmethod
    def opened(cls, root: Path, folder: Path, parameters: Mapping[str, Any]) -> Work:
        """The run as it stands before the first step, with this moment's inputs and sources. A
        manifest that cannot be relied on is said so, and is as none."""
        old, wrong = manifest.examined(folder)
        if wrong and (folder / manifest.MANIFEST).exists():
            print(f"{wrong}; every step runs again.")
            old = {}
        work = cls(root, folder, parameters, {
            "run": folder.name,
            "complete": old.get("complete", False),
            "created": old.get("created", _now()),
            "finished": old.get("finished", ""),
            "parameters": {
                n: Path(v).name if n in manifest.FILES else v for n, v in parameters.items()
            },
            "seed": parameters["random_state"],
            "inputs": {},
            "sources": {},
            "peak_memory_mb": old.get("peak_memory_mb"),
            "steps": old.get("steps", {}),
        })
        work._look()
        return work

    def ingredients(self, step: str) -> dict[str, Any]:
        """What a step follows from, as the files were when they were last looked at."""
        return steps.ingredients(self.root, step, self.parameters, self.record)

    def why(self, step: str) -> str:
        """Why a step must run, in a few words; "" where nothing changed."""
        return steps.why(self.record["steps"].get(step), self.ingredients(step), self.folder)

    def begin(self) -> None:
        """Note that a step will run."""
        self.record["complete"] = False
        self._save()

    def changed(self, step: str, found: Mapping[str, Any]) -> str:
        """Why a step that was planned with these ingredients must not count, now that it ran; ""
        where the files are as they were."""
        self._look()
        there = steps.source(self.root, step).is_file()
        what = steps.difference(found, self.ingredients(step) if there else {})
        done = [self.record["steps"][earlier] for earlier in steps.reads(self.root, step)
                if earlier in self.record["steps"]]
        unlike = filter(None, (steps.output_unlike(one, self.folder) for one in done))
        what = what or next(unlike, "")
        return what and f"{what} while it ran; run again when it is saved."

    def keep(
        self, step: str, seconds: float, found: Mapping[str, Any], versions: Mapping[str, str]
    ) -> None:
        """Note that a step was made from these ingredients, and what it left."""
        self.record["steps"][step] = {
            "seconds": round(seconds, 1),
            "ingredients": found,
            "versions": versions,
            "outputs": {f: manifest.sha256(self.folder / f) for f in left_by(step, self.folder)},
        }
        self.record["peak_memory_mb"] = _peak_memory()
        self._save()

    def finish(self, *, complete: bool) -> None:
        """Note that no step is left that was asked for."""
        self.record |= {"complete": complete, "finished": _now()}
        self._save()

    def _look(self) -> None:
        """Hash anew all that the run is made from."""
        self.record["inputs"] = steps.inputs(self.root, self.parameters)
        self.record["sources"] = manifest.sources(self.root)

    def _save(self) -> None:
        sealed = manifest.sealed(plain(self.record))
        write_text(self.folder / manifest.MANIFEST, dumps(sealed))


def _peak_memory() -> float | None:
    """Largest memory any kernel of this process has held so far, in MB; None on Windows."""
    try:
        import resource
    except ImportError:
        return None
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit, 1)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
