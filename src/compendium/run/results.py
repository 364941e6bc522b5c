"""What a notebook leaves behind: numbers as JSON, figures, tables and models, all at once.

A :class:`Run` collects a notebook's outputs in a folder of its own and publishes them together in
the notebook's last cell, the JSON last: a notebook that fails or is killed on its way leaves the
old set whole. Numbers keep ten significant digits.

A notebook run by ``run_all.py`` reads and writes ``reports/<run>``. Run alone (parameter ``run``
empty) it reads the latest complete run, or the committed reference, and writes ``reports/alone``.
"""

from __future__ import annotations

import glob
import json
import math
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from compendium import PROJECT
from compendium.problems import InputRefused

_REPORTS = PROJECT / "reports"
REFERENCE, ALONE, MANIFEST = "reference", "alone", "manifest.json"
STEPS = (
    "01_cohort", "02_clustering", "03_stability", "04_validation", "05_regression",
    "06_reproduction",
)
_DIGITS = 10


class Run:
    """The outputs of one notebook within a run.

    Parameters
    ----------
    notebook : name of the notebook, for example ``03_stability``.
    run : name of the run; "" when the notebook is run alone.
    synthetic : whether the patients are simulated; stands on every output. scenario : which
        simulation, in results and models; "" for patients from a file.
    reports : the folder of all runs.
    """

    def __init__(
        self, notebook: str, run: str = "", *, synthetic: bool, scenario: str = "",
        reports: Path = _REPORTS,
    ):
        if Path(run).name != run or run.startswith("."):
            raise InputRefused(
                f"parameter run is {run!r}; write a plain name without / or a dot in front."
            )
        self.notebook = notebook
        self.synthetic, self.scenario = synthetic, scenario
        self.folder = reports / (run or ALONE)
        self.reads = self.folder if run else latest(reports)
        self._pending = self.folder / ".pending" / notebook
        shutil.rmtree(self._pending, ignore_errors=True)
        self._outputs: list[dict] = []

    def figure(self, figure, name: str, title: str):
        """Lay a drawing out, mark it where patients are simulated, and keep it as SVG, PDF and PNG;
        the finished figure. None (nothing to draw) is kept as nothing."""
        if figure is None:
            return None
        from compendium.report.figures.style import marked, save

        done = marked(figure, self.synthetic)
        files = save(done, self._place("figures", name))
        self._note("figure", name, title, files, alt=done.compendium_alt)
        return done

    def table(self, frame: pd.DataFrame, name: str, title: str) -> None:
        """Keep a table as CSV; an empty one, whatever its reason, is kept as nothing."""
        if not len(frame):
            return
        from compendium.report.tables import write_table

        path = self._place("tables", name).with_suffix(".csv")
        write_table(frame, path, self.synthetic)
        self._note("table", name, title, [path])

    def model(self, content: dict, name: str, title: str) -> None:
        """Keep a model as JSON."""
        path = self._place("models", name).with_suffix(".json")
        path.write_text(dumps({**self._about(), **content}), encoding="utf-8")
        self._note("model", name, title, [path])

    def publish(self, said: dict, numbers: dict) -> None:
        """Move all outputs into the run, then write ``results/<notebook>.json``: what is said
        (headline, answer, conclusion), and the numbers.

        Files of an earlier run of this notebook that it no longer makes are removed.
        """
        before = _files((read_results(self.folder, self.notebook) or {}).get("outputs", []))
        content = {
            "notebook": self.notebook, **self._about(), **said, **numbers,
            "outputs": self._outputs,
        }
        made = _files(self._outputs)
        text = dumps(content)  # before anything moves: what cannot be written leaves the old set
        for file in sorted(made):
            source, target = self._pending / file, self.folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            # a last cell that is run twice finds its files where it put them the first time
            if source.exists() or not target.exists():
                os.replace(source, target)
        write_text(self.folder / "results" / f"{self.notebook}.json", text)
        for file in before - made:
            (self.folder / file).unlink(missing_ok=True)
        shutil.rmtree(self._pending, ignore_errors=True)

    def _about(self) -> dict:
        """What results and models say of the patients."""
        scenario = {"scenario": self.scenario} if self.scenario else {}
        return {"synthetic": self.synthetic, **scenario}

    def _place(self, kind: str, name: str) -> Path:
        path = self._pending / kind / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _note(self, kind: str, name: str, title: str, files: list[Path], **more: str) -> None:
        relative = [Path(f).relative_to(self._pending).as_posix() for f in files]
        # a cell that is run twice keeps its output once
        others = [o for o in self._outputs if (o["kind"], o["name"]) != (kind, name)]
        entry = {"kind": kind, "name": name, "title": title, "files": relative, **more}
        self._outputs = [*others, entry]


def read_results(folder: Path, notebook: str) -> dict | None:
    """The results JSON of a notebook in a run's folder; None where there is none."""
    path = folder / "results" / f"{notebook}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def read_manifest(folder: Path) -> dict:
    """The manifest of a run's folder; {} where there is none, or none that can be read."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def steps_read(run: str = "", reports: Path = _REPORTS) -> dict[str, dict | None]:
    """The results of all notebooks but the last, from the run, or the latest one if it is "".

    Raises
    ------
    FileNotFoundError
        When the first notebook has not run: nobody knows then whose patients these are.
    """
    folder = reports / run if run else latest(reports)
    found = {name: read_results(folder, name) for name in STEPS[:-1]}
    if found[STEPS[0]] is None:
        raise FileNotFoundError(f"reports/{folder.name} lacks the results of {STEPS[0]}: run it.")
    return found


def index(results: Mapping[str, dict | None]) -> pd.DataFrame:
    """Every figure, table and model of a run: what it is, its title, its notebook, its files."""
    rows = [
        (output["kind"], output["title"], notebook, ", ".join(output["files"]))
        for notebook, found in results.items()
        for output in (found or {}).get("outputs", [])
    ]
    return pd.DataFrame(rows, columns=["kind", "title", "notebook", "files"])


def numbered(name: str) -> str:
    """The number of an output, as its name says it: ``figure_s1_distributions`` is Figure S1."""
    kind, number, *_ = name.split("_")
    return f"{kind.capitalize()} {number.upper()}"


def latest(reports: Path = _REPORTS) -> Path:
    """Folder of the complete run that finished last; the reference where there is no other.

    The environment variable COMPENDIUM_READS names another one.
    """
    if named := os.environ.get("COMPENDIUM_READS"):
        return reports / named
    known = {path.parent: read_manifest(path.parent) for path in reports.glob(f"*/{MANIFEST}")}
    finished = [(content.get("finished", ""), folder) for folder, content in known.items()
                if content.get("complete") and folder.name != REFERENCE]
    return max(finished)[1] if finished else reports / REFERENCE


def dumps(content: Any) -> str:
    """JSON text with ten significant digits, missing numbers as null, and a final newline."""
    return json.dumps(plain(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def plain(content: Any) -> Any:
    """The content in JSON's own types; frames become lists of records."""
    if isinstance(content, pd.DataFrame):
        return [plain(record) for record in content.to_dict("records")]
    if is_dataclass(content) and not isinstance(content, type):
        return plain(asdict(content))
    if isinstance(content, dict):
        return {str(key): plain(value) for key, value in content.items()}
    if isinstance(content, (list, tuple, np.ndarray, pd.Series, pd.Index, pd.Categorical)):
        return [plain(value) for value in content]
    if isinstance(content, (bool, np.bool_)):
        return bool(content)
    if isinstance(content, (int, np.integer)):
        return int(content)
    if isinstance(content, (float, np.floating)):
        return _rounded(float(content))
    return None if content is None or content is pd.NA or content is pd.NaT else str(content)


def write_text(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all, whenever the process is killed; what
    such a process left of this file goes. An OSError names the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())  # before the name is given, or a power cut leaves it empty
        os.replace(temporary, path)
    except OSError as fault:
        fault.filename = str(path)
        raise
    finally:
        for left in path.parent.glob(f".{glob.escape(path.name)}.*"):
            left.unlink(missing_ok=True)


def _files(outputs: list[dict]) -> set[str]:
    return {file for output in outputs for file in output["files"]}


def _rounded(value: float) -> float | None:
    return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
