"""A project of two small notebooks, run in processes of its own, and what must hold afterwards.

The notebooks publish by the package's own ``run.results``; what runs them is the project's own
``run_all.py``. They hold no patients, so that one run takes a few seconds.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import mini_project
import psutil

PROJECT = Path(__file__).resolve().parents[1]
STEPS, PATIENCE = ("01_a", "02_b"), 150  # seconds after which a command hangs
TORN, TRACEBACK, STATUS, RESULT = "torn file", "traceback", "wrong exit status", "wrong result"
_MODULES = (
    "__init__", "problems", "words", "headcounts", "report/disclosure", "run/manifest",
    "run/results",
)
_NOTEBOOK = '''# %% [markdown]
# # {step}
# **Reads:** the cohort

# %% tags=["parameters"]
run = ""
n_clusters = 2

# %%
from pathlib import Path

from compendium.run.results import Run

out = Run("{step}", run, synthetic=True)
cohort = (Path.cwd().parent / "data" / "cohort_synthetic.csv").read_text()
{code}

# %%
numbers = [n_clusters / (1 + i) for i in range(3000)]
out.model({{"cohort": cohort, "numbers": numbers}}, "{step}", "Numbers")

# %%
out.publish({{"headline": "{step} is done.", "answer": ["Done."]}}, {{"k": n_clusters}})
'''
_DRIVER = """
import contextlib, sys, time
from pathlib import Path
import run_all
with contextlib.suppress(ImportError):
    from compendium.run import runner
    runner.load_checked = lambda parameters: None  # these notebooks have no patients
run_all.ROOT = Path(sys.argv[1])
{patch}
sys.exit(run_all.main(sys.argv[2:]))
"""


@dataclass(frozen=True)
class Said:
    """How a command ended; ``status`` is None where it hung."""

    status: int | None
    text: str
    err: str


class Started:
    """A run of a small project that has begun, in a group of processes of its own."""

    def __init__(self, root: Path, *flags: str, patch: str = "", prefix: Sequence[str] = (), **how):
        call = [*prefix, sys.executable, "-c", _DRIVER.format(patch=patch), str(root), *flags]
        # files, since a kernel that outlives its parent would hold a pipe open
        self._said = [root.with_name(f"{uuid.uuid4().hex}.{name}") for name in ("out", "err")]
        with self._said[0].open("w") as out, self._said[1].open("w") as err:
            self.process = subprocess.Popen(
                call, cwd=root, env=environment(), start_new_session=True,
                stdout=out, stderr=err, **how,
            )

    def kernels(self) -> list[psutil.Process]:
        """Its kernels, the oldest first."""
        with contextlib.suppress(psutil.NoSuchProcess):
            children = psutil.Process(self.process.pid).children()
            own = [c for c in children if "ipykernel_launcher" in " ".join(c.cmdline())]
            return sorted(own, key=lambda c: c.create_time())
        return []

    def ended(self) -> Said:
        """How it ended, once it has."""
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = None
        return Said(status, *(file.read_text("utf-8") for file in self._said))


def environment() -> dict[str, str]:
    """That of a process which imports this project."""
    path = os.pathsep.join(str(PROJECT / part) for part in ("src", ".", "tests"))
    return os.environ | {"PYTHONPATH": path}


def make(root: Path, **code: str) -> Path:
    """A small project; ``code`` stands in the notebooks of those names (a, b)."""
    package = PROJECT / "src" / "compendium"
    modules = {name: (package / f"{name}.py").read_text("utf-8") for name in _MODULES}
    mini_project.make(root, modules=modules | {"run/__init__": ""})
    for step in STEPS:
        write(root, step, code.get(step[3:], ""))
    return root


def write(root: Path, step: str, code: str) -> None:
    """Write one of its notebooks."""
    path = root / "notebooks" / f"{step}.py"
    path.write_text(_NOTEBOOK.format(step=step, code=code), encoding="utf-8")


def published(root: Path) -> dict[str, bytes]:
    """Every file that a run left for a reader, but its manifest, by name."""
    run = root / "reports" / "run"
    files = [p for p in run.rglob("*") if p.is_file() and p.name != "manifest.json"]
    names = {p.relative_to(run).as_posix(): p for p in files}
    return {n: p.read_bytes() for n, p in names.items() if not any(
        part.startswith(".") for part in n.split("/"))}


def torn(root: Path, *whole: dict[str, bytes]) -> set[str]:
    """Whether a file is neither absent nor as one of the undisturbed runs left it."""
    manifest = root / "reports" / "run" / "manifest.json"
    try:
        json.loads(manifest.read_text("utf-8")) if manifest.exists() else None
        kept = published(root)
        for name in [n for n in kept if n.endswith(".failed.ipynb")]:
            json.loads(kept.pop(name))
    except ValueError:
        return {TORN}
    bad = [n for n, content in kept.items() if content not in [w.get(n) for w in whole]]
    return {TORN} if bad else set()


def wrong(said: Said, *statuses: int, sentence: str = "") -> set[str]:
    """What is wrong with how a command ended, where it should have ended in one of some ways;
    where it did not end well, in this sentence."""
    lines = [line for line in said.err.splitlines() if not line.startswith("Kept in ")]
    many = "Traceback" in said.text + said.err or len(lines) > 1
    unsaid = said.status != 0 and sentence not in said.err
    return ({TRACEBACK} if many else set()) | (
        {STATUS} if said.status not in statuses or unsaid else set())


def goes_on(root: Path, wanted: dict[str, bytes]) -> set[str]:
    """What is wrong once the same command was given again."""
    found = wrong(Started(root).ended(), 0)
    return found | ({RESULT} if published(root) != wanted else set())
