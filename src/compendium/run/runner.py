"""The notebooks as one run: only what must run, each safely, with a record of it.

Input is checked before anything is written. Each notebook runs only when one of its ingredients
changed, and the manifest is rewritten after each, so that a run that was killed goes on where it
stopped. A notebook whose ingredients changed while it ran does not count: no run mixes two versions
of a file. One process at a time may write a run, and none leaves anything half made.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compendium import parallel
from compendium.parameters import PARAMETERS, complete, declared, from_command_line
from compendium.problems import InputRefused, nearest, refuse_if
from compendium.run import manifest, steps
from compendium.run.execution import execute
from compendium.run.kernels import Kernels
from compendium.run.leftovers import swept
from compendium.run.progress import Screen
from compendium.run.results import ALONE, REFERENCE
from compendium.run.work import Work

if TYPE_CHECKING:
    from compendium.data.cohort import Cohort

try:
    import fcntl
except ImportError:  # Windows has no advisory locks: there two processes are not kept apart
    fcntl = None

_RUN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True)
class Request:
    """What to run. ``given``: parameters as asked for, checked; ``only`` and ``start``: steps by
    name, number or word (03_stability, 03, stability)."""

    name: str = "run"
    given: Mapping[str, Any] = field(default_factory=dict)
    only: Sequence[str] = ()
    start: str = ""
    force: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a run did: its folder, the steps executed, seconds, and whether every step is now
    up to date (``waiting`` names the first that is not, and why)."""

    folder: Path
    executed: tuple[str, ...]
    seconds: float
    waiting: str = ""


def given(*flags: Sequence) -> dict[str, Any]:
    """Parameters as ``parameters.from_command_line`` reads them; paths made absolute from here."""
    checked = from_command_line(*flags)
    if "run" in checked:
        raise InputRefused("parameter run is the run's name: give it with --name.")
    for name in manifest.FILES:
        if checked.get(name):
            checked[name] = os.path.realpath(os.path.expanduser(checked[name]))
    return checked


def load_checked(parameters: Mapping[str, Any]) -> Cohort:
    """The cohort a run with these parameters would analyse; InputRefused where it cannot."""
    from compendium.data import cohort
    from compendium.report import published

    names = ("cohort", "codebook", "scenario", "scenario_seed", "max_missing")
    found = cohort.load(**{name: parameters[name] for name in names})
    cohort.choose_covariates(found.codebook, parameters["covariates"])
    cohort.check_size(found, parameters["n_clusters"], parameters["k_max"])
    published.whose(parameters["ledger"], scenario=found.scenario, synthetic=found.synthetic)
    return found


def run(root: Path, request: Request) -> Outcome:
    """Run the notebooks of a project that must run, saying on standard output what happens.

    Parameters
    ----------
    root : the project's folder.
    request : what to run.

    Raises
    ------
    InputRefused
        Before anything is written: a name, step, parameter or cohort that cannot be used, or
        another process writing this run.
    StepFailed
        When a notebook failed. Steps before it are kept and recorded.
    """
    selected = select(root, request)
    _check_name(request)
    parameters = complete(request.given) | {"run": request.name}
    _check_declared(root, parameters)
    if parameters["dask"] not in ("", "local"):
        with parallel.workers(dask=parameters["dask"]):
            pass  # refused before anything runs, where no scheduler answers
    load_checked(parameters)  # only to refuse what cannot be analysed: notebooks read it themselves
    parallel.give_back()
    folder, began = root / "reports" / request.name, time.monotonic()
    with _locked(folder), swept(folder, _locked if fcntl else None):
        work = Work.opened(root, folder, parameters)
        with Kernels(root) as kernels:
            executed = _run_steps(work, selected, request.force, kernels)
        waiting = next((f"{s}: {why}" for s in steps.names(root) if (why := work.why(s))), "")
        if executed or work.record["complete"] == bool(waiting):
            work.finish(complete=not waiting)
    return Outcome(folder, executed, time.monotonic() - began, waiting)


def select(root: Path, request: Request) -> tuple[str, ...]:
    """The steps a request names, in their order."""
    known = steps.names(root)
    if not known:
        raise InputRefused("there are no notebooks/NN_name.py to run.")
    only = {_step(known, word, "--only") for word in request.only}
    first = _step(known, request.start, "--from") if request.start else known[0]
    chosen = tuple(s for s in known if s >= first and (not only or s in only))
    if not chosen:
        raise InputRefused("--only and --from together leave no step to run.")
    return chosen


def _check_name(request: Request) -> None:
    """Refuse a run name that is no name, or stands for something else."""
    if not _RUN_NAME.fullmatch(request.name):
        raise InputRefused(
            f"--name '{request.name[:70]}' is no run name: begin with a letter, then letters, "
            "digits, _ and -, 64 at most."
        )
    if request.name == ALONE:
        raise InputRefused(f"--name {ALONE} is kept for notebooks run by hand; choose another.")
    changed = [n for n, value in request.given.items() if PARAMETERS[n].changes_results
               and value != PARAMETERS[n].default]
    if request.name == REFERENCE and changed:
        raise InputRefused(
            f"the {REFERENCE} run has the default parameters, so {changed[0]} cannot be given; "
            "choose another --name."
        )


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep a run's folder for this process. The system frees the lock of a process that ended,
    however it ended."""
    lock = folder / ".lock"
    for path, kind in ((folder, "folder"), (lock, "file")):  # a link would write elsewhere
        if path.is_symlink() or (path.exists() and path.is_dir() != (kind == "folder")):
            raise InputRefused(
                f"reports/{path.relative_to(folder.parent)} is no {kind} of its own: remove it, or "
                "choose another --name."
            )
    folder.mkdir(parents=True, exist_ok=True)
    no_link = getattr(os, "O_NOFOLLOW", 0)  # also not one that was put there since
    with open(os.open(lock, os.O_RDWR | os.O_CREAT | no_link, 0o666), "r+") as file:
        if fcntl:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputRefused(
                    f"another process is writing run {folder.name}: wait for it, or choose "
                    "another --name."
                ) from None
        yield


def _run_steps(
    work: Work, selected: Sequence[str], force: bool, kernels: Kernels
) -> tuple[str, ...]:
    """Run those of the selected steps that must run; the names of those that did."""
    progress = Screen(selected, _expected(work, [s for s in selected if force or work.why(s)]))
    executed: list[str] = []
    for step in selected:
        reason = work.why(step) or ("forced" if force else "")
        if not reason:
            progress.unchanged(step)
            continue
        if not executed:
            work.begin()
        found = work.ingredients(step)
        with progress.step(step, reason):
            source = steps.source(work.root, step)
            own = {name: work.parameters[name] for name in declared(source)}
            more = any(force or work.why(later) for later in selected if later > step)
            kernels.prepare(1 + more, found["the package"])
            objection = partial(work.changed, step, found)
            versions = execute(source, work.folder, own, kernels, objection)
        work.keep(step, progress.took[-1], found, versions)
        executed.append(step)
    return tuple(executed)


def _expected(work: Work, waiting: Sequence[str]) -> dict[str, float | None]:
    """Seconds each waiting step took last time, here or in the reference run; None if unknown."""
    reference = manifest.read_manifest(work.root / "reports" / REFERENCE).get("steps", {})
    known = {**reference, **work.record["steps"]}
    return {step: known.get(step, {}).get("seconds") for step in waiting}


def _check_declared(root: Path, parameters: Mapping[str, Any]) -> None:
    """Refuse a notebook that declares a parameter the schema does not hold."""
    refuse_if([
        f"notebooks/{step}.py declares parameter '{name}', which is not known; "
        + nearest(name, parameters)
        for step in steps.names(root) for name in declared(steps.source(root, step))
        if name not in parameters
    ])


def _step(known: Sequence[str], word: str, flag: str) -> str:
    for step in known:
        if word in (step, step[:2], step[3:]):
            return step
    raise InputRefused(f"{flag} {word}: there is no such step; {nearest(word, known)}")
