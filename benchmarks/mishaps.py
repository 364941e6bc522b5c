"""What may happen to a run of the small project (``tiny``), and what is wrong afterwards.

Every function takes the folder of a project in which an earlier run is complete, starts the run
asked for, lets one thing happen, and gives the set of what was wrong.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import tiny
from benchmarks.tiny import RESULT, STATUS, STEPS, TRACEBACK, Started, goes_on, torn, wrong
from compendium import parallel

_ONE_AT_A_TIME = threading.Lock()  # Dask knows one client a process


class Undisturbed:
    """Two runs that nothing happened to: an earlier one with other parameters, and the one asked
    for; ``seconds`` that the latter takes."""

    def __init__(self, folder: Path) -> None:
        self.root = tiny.make(folder / "undisturbed")
        fine = [Started(self.root, "-p", "n_clusters", "3").ended()]
        self.earlier = shutil.copytree(self.root, folder / "earlier")
        self.old, began = tiny.published(self.root), time.monotonic()
        fine.append(Started(self.root).ended())
        self.seconds, self.wanted = time.monotonic() - began, tiny.published(self.root)
        assert [said.status for said in fine] == [0, 0] and len(self.wanted) == 3 * len(STEPS)


def killed(share: float, with_kernels: bool, root: Path, un: Undisturbed) -> set[str]:
    """Killed after a share of its time, alone or with its kernels."""
    run = Started(root)
    time.sleep(share * un.seconds)
    victims = run.kernels() if with_kernels else []
    os.killpg(run.process.pid, signal.SIGKILL)
    for kernel in victims:
        kernel.kill()
    run.ended()
    return torn(root, un.old, un.wanted) | goes_on(root, un.wanted)


def asked_to_end(share: float, number: int, root: Path, un: Undisturbed) -> set[str]:
    run = Started(root)
    time.sleep(1 + share * un.seconds)  # once it listens
    run.process.send_signal(number)
    found = wrong(run.ended(), 130, 0, sentence="the same command goes on")
    return found | torn(root, un.old, un.wanted) | goes_on(root, un.wanted)


def disk_full(room: int, root: Path, un: Undisturbed) -> set[str]:
    """On a disk with room for so many KB more than the project has."""
    used = int(subprocess.check_output(["du", "-sk", root], text=True).split()[0])
    disk = root.with_name("disk")
    disk.mkdir()
    with mounted(disk, used + room):
        there = shutil.copytree(root, disk / "p")
        found = wrong(Started(there).ended(), 0, 1, sentence="the disk is full")
        found |= torn(there, un.old, un.wanted)
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        return found | goes_on(there, un.wanted)


def files_limited(most: int, root: Path, un: Undisturbed) -> set[str]:
    """Where no file may be larger than so many bytes."""
    limited = Started(root, prefix=("prlimit", f"--fsize={most}"))
    found = wrong(limited.ended(), 0, 1, sentence="larger than")
    return found | torn(root, un.old, un.wanted) | goes_on(root, un.wanted)


def no_right(place: str, sentence: str, root: Path, un: Undisturbed) -> set[str]:
    """Where a folder may not be written."""
    folder = root / place
    if os.geteuid() == 0:  # nobody refuses root: the folder is another's, and root has no powers
        os.chown(folder, 1, 1)
    mode = folder.stat().st_mode
    folder.chmod(0o555)
    powerless = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.geteuid() == 0 else ()
    said = Started(root, prefix=powerless).ended()
    folder.chmod(mode)
    found = wrong(said, 1 if sentence else 0, sentence=sentence)
    return found | torn(root, un.old, un.wanted) | goes_on(root, un.wanted)


def at_once(share: float, root: Path, un: Undisturbed) -> set[str]:
    """A second run of the same name a little later."""
    first = Started(root)
    time.sleep(share * un.seconds)
    second = Started(root)
    ways = [(run.ended(), "another process is writing run run") for run in (first, second)]
    found = set().union(*(wrong(said, 0, 2, sentence=sentence) for said, sentence in ways))
    if all(said.status for said, _ in ways):
        found.add(STATUS)
    return found | torn(root, un.old, un.wanted) | goes_on(root, un.wanted)


def edited(file: str, step: str, root: Path, un: Undisturbed) -> set[str]:
    """A file that is edited while a step works: the step must fail, since nobody knows what it
    read. What the same command then gives is a run of the edited project."""
    tiny.write(root, step, "import time; time.sleep(1.5)")
    run = Started(root)
    _until(lambda: (root / "reports" / "run" / ".pending" / f"{step}.ipynb").exists())
    with (root / file).open("a") as edited:
        edited.write("\n")
    found = wrong(run.ended(), 1, sentence=step)
    return found | _as_from_scratch(root, goes_on(root, {}) - {RESULT})


def kernel_killed(which: int, root: Path, un: Undisturbed) -> set[str]:
    """The kernel at work, or the one that waits, is killed, as the system does for memory. One that
    had not begun its notebook is replaced."""
    run = Started(root)
    _until(lambda: (root / "reports" / "run" / ".pending" / f"{STEPS[0]}.ipynb").exists())
    run.kernels()[which].kill()
    found = wrong(run.ended(), *((0, 1) if which == 0 else (0,)), sentence="the kernel died")
    return found | torn(root, un.old, un.wanted) | goes_on(root, un.wanted)


def cell_failed(code: str, sentence: str, root: Path, un: Undisturbed) -> set[str]:
    tiny.write(root, STEPS[1], code)
    found = wrong(Started(root).ended(), 1, sentence=f"{STEPS[1]}, cell 2: {sentence}")
    tiny.write(root, STEPS[1], "")
    return found | torn(root, un.old, un.wanted) | goes_on(root, un.wanted)


def little_memory(megabytes: int, root: Path, un: Undisturbed) -> set[str]:
    """Where a process may hold so much and no more."""
    limited = Started(root, prefix=("prlimit", f"--as={megabytes << 20}"))
    found = wrong(limited.ended(), 0, 1)
    return found | torn(root, un.old, un.wanted) | goes_on(root, un.wanted)


def other_times(year: int, root: Path, un: Undisturbed) -> set[str]:
    """Every file dated to another year, one of them edited: only that one's step runs again."""
    shutil.rmtree(root)
    shutil.copytree(un.root, root)
    tiny.write(root, STEPS[1], "x = 1")
    for path in root.rglob("*"):
        os.utime(path, 2 * ((year - 1970) * 31_556_952,))
    said = Started(root).ended()
    found = wrong(said, 0) | (set() if "steps run: 1." in said.text else {RESULT})
    return _as_from_scratch(root, found)


def clock_set_back(share: float, root: Path, un: Undisturbed) -> set[str]:
    """The clock goes back a year in the middle of a run."""
    patch = (f"now, began = time.time, time.monotonic(); time.time = lambda: now() - 3e7 * "
             f"(time.monotonic() > began + {share * un.seconds})")
    found = wrong(Started(root, patch=patch).ended(), 0)
    return found | torn(root, un.wanted) | goes_on(root, un.wanted)


def on_dask(victim: str, root: Path, un: Undisturbed) -> set[str]:
    """A worker is lost: the others do its work. The scheduler is lost: one sentence."""
    with _ONE_AT_A_TIME, cluster() as (address, processes):
        try:
            with parallel.workers(dask=address):
                found = []
                for value in parallel.each(_slow_square, [(i,) for i in range(30)]):
                    found.append(value)
                    if len(found) == 1:
                        processes[victim].kill()
        except ConnectionError as lost:
            return set() if victim == "scheduler" and "was lost" in str(lost) else {TRACEBACK}
        except Exception:
            return {TRACEBACK}
    return set() if found == [i * i for i in range(30)] else {RESULT}


@contextlib.contextmanager
def mounted(place: Path, kilobytes: int) -> Iterator[None]:
    """A small disk."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", place], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@contextlib.contextmanager
def cluster() -> Iterator[tuple[str, dict[str, subprocess.Popen]]]:
    """A scheduler and two workers, each a process: the address, and the processes by name."""
    command = [sys.executable, "-m"]
    quiet = {"stdout": subprocess.DEVNULL, "text": True, "env": tiny.environment()}
    scheduler = subprocess.Popen(
        [*command, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
         "--no-dashboard"], stderr=subprocess.PIPE, **quiet)
    address = next(line for line in scheduler.stderr if "Scheduler at:" in line).split()[-1]
    workers = [subprocess.Popen(
        [*command, "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny",
         "--no-dashboard"], stderr=subprocess.DEVNULL, **quiet) for _ in range(2)]
    try:
        yield address, {"scheduler": scheduler, "worker": workers[0]}
    finally:
        for process in (scheduler, *workers):
            process.kill()
            process.wait()


def _slow_square(i: int) -> int:
    time.sleep(0.1)
    return i * i


def _as_from_scratch(root: Path, found: set[str]) -> set[str]:
    """The findings, and whether the run is what the project gives without an earlier one."""
    kept = tiny.published(root)
    shutil.rmtree(root / "reports")
    Started(root).ended()
    return found | (set() if tiny.published(root) == kept else {RESULT})


def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
