"""What a notebook leaves behind: numbers as JSON, figures, tables and models, all at once.

A :class:`Run` collects a notebook's outputs in ``.pending/<notebook>`` and the notebook's last cell
publishes them there, the JSON last. Then they :func:`settle`, together: a notebook that fails or is
killed on its way leaves the old set whole. A notebook run alone lets them settle at once; under
``run_all.py`` they wait until it has seen that their data are still what they were. Numbers keep
ten significant digits.

A notebook run by ``run_all.py`` reads and writes ``reports/<run>``. Run alone (parameter ``run``
empty) it reads the latest complete run, or the committed reference, and writes ``reports/alone``.
"""

from __future__ import annotations

import contextlib
import glob
import json
import math
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from compendium import PROJECT
from compendium.headcounts import Bound
from compendium.problems import InputRefused
from compendium.report.disclosure import GATE, rows_of
from compendium.run.manifest import MANIFEST, read_manifest

_REPORTS = PROJECT / "reports"
REFERENCE, ALONE, PENDING = "reference", "alone", ".pending"
STAGED = "COMPENDIUM_STAGED"  # environment variable: what is published waits, somebody settles it
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
        self._pending = self.folder / PENDING / notebook
        shutil.rmtree(self._pending, ignore_errors=True)
        self._outputs: list[dict] = []

    def figure(self, figure, name: str, title: str):
        """Lay a drawing out, mark it where patients are simulated, and keep it as SVG, PDF and PNG;
        the finished figure. None (nothing to draw) is kept as nothing."""
        if figure is None:
            return None
        from compendium.report.figures.style import marked, save

        done = marked(GATE.figure(figure), self.synthetic)
        files = save(done, self._place("figures", name))
        self._note("figure", name, title, files, alt=done.compendium_alt)
        return done

    def table(self, frame: pd.DataFrame, name: str, title: str) -> pd.DataFrame:
        """Keep a table as CSV, and give it as it was kept; an empty one, whatever its reason, is
        kept as nothing."""
        frame = GATE.frame(frame)
        if len(frame):
            from compendium.report.tables import write_table

            path = self._place("tables", name).with_suffix(".csv")
            write_table(frame, path, self.synthetic)
            self._note("table", name, title, [path])
        return frame

    def model(self, content: dict, name: str, title: str) -> None:
        """Keep a model as JSON."""
        path = self._place("models", name).with_suffix(".json")
        path.write_text(dumps({**self._about(), **GATE.content(plain(content))}), encoding="utf-8")
        self._note("model", name, title, [path])

    def publish(self, said: dict, numbers: dict) -> None:
        """Add ``results/<notebook>.json`` to the outputs: what is said (headline, answer,
        conclusion), and the numbers; and let them settle, unless somebody else will."""
        content = {
            "notebook": self.notebook, **self._about(), **said, **GATE.content(plain(numbers)),
            "outputs": self._outputs,
        }
        write_text(self._pending / "results" / f"{self.notebook}.json", dumps(content))
        if not os.environ.get(STAGED):
            settle(self.folder, self.notebook)

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


def settle(folder: Path, notebook: str) -> None:
    """Move what a notebook published into its run's folder, the results last. Files of its earlier
    set that it no longer makes are removed."""
    pending = folder / PENDING / notebook
    before, made = (_files(read_results(place, notebook)) for place in (folder, pending))
    for file in [*sorted(made), f"results/{notebook}.json"]:
        source, target = pending / file, folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        # a last cell that is run twice finds its files where it put them the first time
        if source.exists() or not target.exists():
            os.replace(source, target)
    for file in before - made:
        (folder / file).unlink(missing_ok=True)
    shutil.rmtree(pending, ignore_errors=True)


def read_results(folder: Path, notebook: str) -> dict | None:
    """The results JSON of a notebook in a run's folder; None where there is none, or none that can
    be read."""
    try:
        content = json.loads((folder / "results" / f"{notebook}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return _each_value(_heard, content) if isinstance(content, dict) else None


def left_by(notebook: str, folder: Path) -> list[str]:
    """The files of a notebook in a run's folder: those its results name, the results themselves,
    and the executed notebook."""
    own = {f"results/{notebook}.json", f"notebooks/{notebook}.ipynb"}
    return sorted(own | _files(read_results(folder, notebook)))


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
    """Folder of the complete run that finished last, of those whose manifest can be relied on; the
    reference where there is no other.

    The environment variable COMPENDIUM_READS names another one.
    """
    if named := os.environ.get("COMPENDIUM_READS"):
        return reports / named
    known = {path.parent: read_manifest(path.parent) for path in reports.glob(f"*/{MANIFEST}")}
    finished = [(content.get("finished", ""), folder) for folder, content in known.items()
                if content.get("complete") and folder.name != REFERENCE]
    return max(finished)[1] if finished else reports / REFERENCE


def dumps(content: Any) -> str:
    """JSON text with ten significant digits, missing numbers as null, a count that is not said
    exactly as text ("<5"), and a final newline."""
    said = _each_value(_spelled, plain(content))
    return json.dumps(said, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def plain(content: Any) -> Any:
    """The content in JSON's own types; frames become lists of records."""
    if isinstance(content, pd.DataFrame):
        return [plain(record) for record in rows_of(content)]
    if is_dataclass(content) and not isinstance(content, type):
        return plain(asdict(content))
    if isinstance(content, dict):
        return {str(key): plain(value) for key, value in content.items()}
    if isinstance(content, (list, tuple, np.ndarray, pd.Series, pd.Index, pd.Categorical)):
        return [plain(value) for value in content]
    if isinstance(content, Bound):
        return content
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


def _files(found: dict | None) -> set[str]:
    """The files that results name; none where they are not as a notebook publishes them."""
    with contextlib.suppress(AttributeError, KeyError, TypeError):
        return {file for output in found["outputs"] for file in output["files"]}
    return set()


def _each_value(change: Callable[[Any], Any], content: Any) -> Any:
    """JSON content with every single value changed."""
    if isinstance(content, dict):
        return {key: _each_value(change, value) for key, value in content.items()}
    if isinstance(content, list):
        return [_each_value(change, value) for value in content]
    return change(content)


def _spelled(value: Any) -> Any:
    """A bound as text, which JSON would write as a number."""
    return str(value) if isinstance(value, Bound) else value


def _heard(value: Any) -> Any:
    """A bound from its text."""
    return Bound.read(value) if isinstance(value, str) else value


def _rounded(value: float) -> float | None:
    return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
