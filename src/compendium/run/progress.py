"""What a run says: one line a step while it works, and about ten lines when it is done.

On a terminal the line of the step at work counts its seconds and repeats how far the notebook says
it is; elsewhere (a pipe, a log) nothing is redrawn. Every line is plain text.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from compendium.parallel import NEWS
from compendium.run.comparison import TOLERANCE, TOLERANCE_RESAMPLED, Comparison
from compendium.run.results import read_results
from compendium.words import plural

_SHOWN = 10  # differences listed on the last screen; the rest are counted


class Screen:
    """Writes a run's progress to a stream (standard output by default).

    names : of the steps. expected : seconds of those that will run; None where it is not known.
    ``took`` holds the seconds of those that are done.
    """

    def __init__(
        self, names: Sequence[str], expected: Mapping[str, float | None],
        stream: TextIO | None = None,
    ):
        self.stream = stream or sys.stdout
        self.live = self.stream.isatty()
        self._names, self._expected = tuple(names), dict(expected)
        self.took: list[float] = []
        self._foretold: list[tuple[float, float]] = []  # seconds taken and expected of steps done
        if self.live:  # one file for all steps: a kernel may start in the step before its own
            folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
            self._news, self._folder = Path(folder.name) / "news", folder

    def unchanged(self, name: str) -> None:
        """Say that a step need not run."""
        self._say(f"{self._head(name)}  unchanged\n")

    @contextlib.contextmanager
    def step(self, name: str, reason: str) -> Iterator[None]:
        """Say that a step runs and why, then how long it took and how much is left."""
        began, head, end = time.monotonic(), f"{self._head(name)}  {reason}", "  stopped\n"
        self._say(head + ("" if self.live else " ..."))
        try:
            with self._ticking(head):
                yield
            self.took.append(time.monotonic() - began)
            if expected := self._expected.pop(name, None):
                self._foretold.append((self.took[-1], expected))
            end = f"  {self.took[-1]:.1f} s{self._left()}\n"
        finally:
            self._say(("\r\033[K" + head if self.live else "") + end)

    def _head(self, name: str) -> str:
        width = max(map(len, self._names))
        return f"{self._names.index(name) + 1} of {len(self._names)}  {name:<{width}}"

    def _left(self) -> str:
        """Time left: what each waiting step took last time, at the pace of the steps done now (a
        larger cohort is slower); or else the mean of those done."""
        mean = sum(self.took) / len(self.took)
        took, foretold = map(sum, zip(*self._foretold or [(1, 1)], strict=True))
        left = sum(mean if s is None else s * took / foretold for s in self._expected.values())
        return f", about {duration(left)} left" if left >= 1 else ""

    @contextlib.contextmanager
    def _ticking(self, head: str) -> Iterator[None]:
        """On a terminal, keep the line of the step at work up to date."""
        if not self.live:
            yield
            return
        over = threading.Event()
        self._news.unlink(missing_ok=True)
        os.environ[NEWS] = str(self._news)
        ticker = threading.Thread(target=self._tick, args=(head, self._news, over), daemon=True)
        ticker.start()
        try:
            yield
        finally:
            over.set()
            ticker.join()
            os.environ.pop(NEWS, None)

    def _tick(self, head: str, news: Path, over: threading.Event) -> None:
        began = time.monotonic()
        while not over.wait(1.0):
            said = news.read_text("utf-8") if news.is_file() else ""
            line = f"{head}  {time.monotonic() - began:.0f} s{said and f': {said}'}"
            self._say("\r\033[K" + line[: shutil.get_terminal_size().columns - 1])

    def _say(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()


def answers(folder: Path) -> list[str]:
    """The headline of every notebook, as ``01_cohort: headline``; before them one line where the
    patients are simulated."""
    steps = [path.stem for path in sorted(folder.glob("results/*.json"))]
    found = {step: read_results(folder, step) or {} for step in steps}
    lines = [f"{step}: {one['headline']}" for step, one in found.items() if one.get("headline")]
    if any(one.get("synthetic") for one in found.values()):
        lines.insert(0, "SYNTHETIC: made from simulated patients; no finding about people.")
    return lines


def verification(
    changed: Sequence[str], comparison: Comparison, unseen: Sequence[str] = ()
) -> list[str]:
    """The lines that say whether a run is what its manifest says, and equal to the reference;
    ``unseen`` are its own files that were not looked at."""
    lines = [f"Verification: {sentence}" for sentence in changed[:_SHOWN]]
    differing, equal = comparison.differences, comparison.numbers + comparison.texts
    if comparison.why_not:
        kept = "" if changed else "files as recorded; "
        lines.append(f"Verification: {kept}{comparison.why_not}")
    elif differing:
        lines += [f"Verification: {sentence}" for sentence in differing[:_SHOWN]]
        more = f" (the first {_SHOWN} above)" if len(differing) > _SHOWN else ""
        lines.append(f"Verification FAILED: {plural(len(differing), 'value')} of "
                     f"{equal + len(differing)} not equal to the reference run{more}.")
    elif not changed:
        lines.append(
            f"Verified: {comparison.numbers} numbers and {comparison.texts} texts equal to the "
            f"reference run (to {TOLERANCE:g}; resampled ones to {TOLERANCE_RESAMPLED:g})."
        )
    if changed:
        more = f", the first {_SHOWN}" if len(changed) > _SHOWN else ""
        lines.append(f"Verification FAILED: {plural(len(changed), 'finding')}{more} above.")
    if unseen:
        files = " and ".join(f"the {name} itself" for name in unseen)
        flags = " and ".join(f"--{name}" for name in unseen)
        lines[-1] += f" Not looked at: {files}; give {flags}."
    return lines


def screen(lines: Sequence[str], width: int = 0) -> str:
    """Lines wrapped to the terminal's width, what follows the first indented."""
    width = width or min(shutil.get_terminal_size().columns, 100)
    held = [line.replace(" %", "\u00a0%").replace("p < ", "p\u00a0<\u00a0") for line in lines]
    how = {"subsequent_indent": "  ", "break_long_words": False, "break_on_hyphens": False}
    return "\n".join(textwrap.fill(line, width, **how) for line in held).replace("\u00a0", " ")


def duration(seconds: float) -> str:
    """Seconds as a person would say them."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
