"""What does a run do when the machine fails it?

    python benchmarks/faults.py             every kind of fault, 50 moments of a kill; ten minutes
    python benchmarks/faults.py --moments 5 --kinds killed "disk full"
    python benchmarks/faults.py --write     the table goes to docs/about.md

A trial takes a small project (``tiny``) in which another run is complete, starts a run, and lets
something happen. Afterwards every file must be as the earlier or as the undisturbed run left it;
the command must have ended by the exit status that is written down for it and said why in one
sentence; and the same command, given again, must give the undisturbed run, byte for byte.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import product
from pathlib import Path
from signal import SIGINT, SIGTERM
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
# This folder leaves the path: its coverage.py is not the module of that name that numba looks for.
ELSEWHERE = [folder for folder in sys.path if folder != str(HERE)]
sys.path[:] = [*(str(HERE.parent / name) for name in (".", "src", "tests")), *ELSEWHERE]

from benchmarks import mishaps
from benchmarks.mishaps import Undisturbed
from benchmarks.tiny import RESULT, STATUS, TORN, TRACEBACK
from compendium.report.sentences.title import markdown_table
from compendium.run.pages import MEASURED, with_blocks
from compendium.run.results import write_text

PAGE = HERE.parent / "docs" / "about.md"
COLUMNS = (TORN, TRACEBACK, STATUS, RESULT)


NO_RIGHT = "may not be read or written"
FOLDERS = {"reports/run": NO_RIGHT, "reports/run/results": NO_RIGHT, "reports/run/models": NO_RIGHT,
           "reports/run/notebooks": NO_RIGHT, "src/compendium": "", "notebooks": ""}
ROOM, LARGEST, MEMORY = (4, 40, 80, 120, 160, 200), (1_000, 6_000, 40_000), (150, 250, 350, 700)
EDITED = {  # the file, and the step at work
    "data/cohort_synthetic.csv": "01_a", "notebooks/01_a.py": "01_a", "notebooks/02_b.py": "02_b",
    "src/compendium/problems.py": "02_b", "reports/run/results/01_a.json": "02_b",
    "reports/run/models/01_a.json": "02_b",
}
CELLS = {  # what stands in a cell, and what is said
    "raise ValueError('too\\nfew')": "ValueError: too", "import sys; sys.exit(0)": "SystemExit",
    "raise KeyboardInterrupt": "KeyboardInterrupt", "1 +": "SyntaxError",
    "raise OSError(28, 'No space left on device')": "the disk is full",
    "raise ValueError(10**6 * 'x')": "ValueError",
}


class Tried(NamedTuple):
    """A trial of a kind of fault, how it was done, and what was wrong."""

    kind: str
    how: tuple
    wrong: set[str]


def kinds(moments: int) -> dict[str, list[partial]]:
    """Every kind of fault with its trials; those at random moments come as many times as asked."""
    rng = random.Random(1)
    shares = [rng.random() for _ in range(moments)]
    some = shares[:max(1, moments // 10)]

    def each(happens: Callable, *ways: tuple) -> list[partial]:
        return [partial(happens, *way) for way in ways]

    found = {
        "killed": each(mishaps.killed, *((share, i % 2 == 1) for i, share in enumerate(shares))),
        "asked to end": each(mishaps.asked_to_end, *product(some, (SIGTERM, SIGINT))),
        "disk full": each(mishaps.disk_full, *product(ROOM)),
        "files too large": each(mishaps.files_limited, *product(LARGEST)),
        "no right to write": each(mishaps.no_right, *FOLDERS.items()),
        "two runs of one name": each(mishaps.at_once, *product([0.0, *some])),
        "edited while it runs": each(mishaps.edited, *EDITED.items()),
        "kernel killed": each(mishaps.kernel_killed, (0,), (1,)),
        "cell failed": each(mishaps.cell_failed, *CELLS.items()),
        "memory used up": each(mishaps.cell_failed, ("bytearray(10**14)", "the memory is used up"))
        + each(mishaps.little_memory, *product(MEMORY)),
        "Dask worker killed": each(mishaps.on_dask, ("worker",)),
        "Dask scheduler killed": each(mishaps.on_dask, ("scheduler",)),
        "other file times": each(mishaps.other_times, (1980,), (2040,)),
        "clock set back": each(mishaps.clock_set_back, *product(some)),
    }
    if os.geteuid():
        del found["disk full"]  # only root may make a small disk
    return found


def tried(asked: dict[str, list[partial]]) -> Iterator[Tried]:
    """The trials, two at a time."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        undisturbed = Undisturbed(Path(folder))

        def outcome(number: int, kind: str, trial: partial) -> Tried:
            place = Path(folder) / str(number)
            shutil.copytree(undisturbed.earlier, place / "p")
            return Tried(kind, trial.args, trial(place / "p", undisturbed))

        todo = [(kind, trial) for kind, trials in asked.items() for trial in trials]
        yield from pool.map(outcome, range(len(todo)), *zip(*todo, strict=True))


def table(trials: Sequence[Tried]) -> str:
    """A row a kind: trials, and in how many of them what was wrong."""
    rows = []
    for kind, n in Counter(one.kind for one in trials).items():
        counts = Counter(fault for one in trials if one.kind == kind for fault in one.wrong)
        rows.append([kind, str(n), *(str(counts[column]) for column in COLUMNS)])
    return markdown_table(("what happened", "tried", *COLUMNS), rows)


def told(asked: dict[str, list[partial]]) -> Iterator[Tried]:
    """The trials, with one line that says how far they are, and one for each that went wrong."""
    n, began = sum(map(len, asked.values())), time.monotonic()
    for done, one in enumerate(tried(asked), start=1):
        left = (time.monotonic() - began) / done * (n - done)
        said = f"{one.kind} {one.how}: {', '.join(sorted(one.wrong))}\n" if one.wrong else ""
        print(f"\r\033[K{said}{done} of {n}, {one.kind}, about {left:.0f} s left", end="",
              file=sys.stderr, flush=True)
        yield one
    print("\r\033[K", end="", file=sys.stderr)


def main() -> None:
    logging.disable()  # Dask's many lines on what was killed on purpose
    p = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    p.add_argument("--moments", type=int, default=50, help="moments at which a run is killed")
    p.add_argument("--kinds", nargs="+", help="only these")
    p.add_argument("--write", action="store_true", help="put the table into docs/about.md")
    asked = p.parse_args()
    chosen = {k: t for k, t in kinds(asked.moments).items() if k in (asked.kinds or [k])}
    text = table(list(told(chosen)))
    print(text)
    if asked.write:
        write_text(PAGE, with_blocks(PAGE.read_text("utf-8"), {"faults": lambda: text},
                                     kept=MEASURED - {"faults"}))


if __name__ == "__main__":
    main()
