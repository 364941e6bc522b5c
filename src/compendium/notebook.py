"""What a notebook shows while it runs: its answer at the top, progress, and its colophon.

The answer stands above the analysis that makes it: a place is kept in the first cell and filled by
the last one, so that the sentences are always those of the numbers below. Everything shown is
escaped; nothing from a data file is ever rendered as HTML.
"""

from __future__ import annotations

import html
import os
import platform
import re
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from IPython.display import Markdown, display

from compendium.parallel import NEWS

pd.set_option("display.max_colwidth", None)  # a table in a notebook keeps its sentences whole

BANNER = (
    "**SYNTHETIC: these patients are simulated{scenario}; nothing below is evidence about people.**"
)
PACKAGES = ("numpy", "pandas", "scikit-learn", "statsmodels", "pingouin", "matplotlib")
PATIENCE = 2.0  # seconds without news that a reader will accept


class Answer:
    """The place of the answer; call it with the sentences once they are known."""

    def __init__(self) -> None:
        waiting = Markdown("*The answer appears here once the notebook has run to its end.*")
        self._handle = display(waiting, display_id=True)

    def __call__(self, sentences: Sequence[str], *, synthetic: bool, scenario: str = "") -> None:
        text = "**Answer.** " + plain_text(" ".join(sentences))
        which = f" (scenario {scenario.replace('_', ' ')})" if scenario else ""
        banner = BANNER.format(scenario=which)
        self._handle.update(Markdown(f"{banner}\n\n{text}" if synthetic else text))


class Progress:
    """A line "120 of 200 resamples, 4 s left", rewritten in place; call it with done and total."""

    def __init__(self, noun: str) -> None:
        self.noun, self._start, self._last = noun, time.monotonic(), 0.0
        self._handle = display(Markdown(f"*{noun} …*"), display_id=True)

    def instead(self, words: str) -> None:
        """Say what was done in place of it, where nothing had to be computed."""
        self._handle.update(Markdown(f"*{self.noun}: {words}*"))

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done < total and now - self._last < PATIENCE / 4:
            return
        self._last = now
        left = (now - self._start) * (total - done) / max(done, 1)
        tail = f", {left:.0f} s left" if done < total else ""
        line = f"{done} of {total} {self.noun}{tail}"
        self._handle.update(Markdown(f"*{line}*"))
        if news := os.environ.get(NEWS):
            Path(news).write_text(line, "utf-8")


def say(*sentences: str) -> None:
    """Show sentences made from results as a paragraph of the text; nothing where none is said."""
    if text := " ".join(s for s in sentences if s):
        display(Markdown(plain_text(text)))


def plain_text(text: str) -> str:
    """The text with everything that Markdown or HTML would act upon made inert.

    >>> plain_text("[a](b) <i>")
    '\\\\[a\\\\](b) &lt;i&gt;'
    """
    return re.sub(r"([\\`*_\[\]#~|$])", r"\\\1", html.escape(text, quote=False))


def colophon(cohort: Mapping, seed: int | None = None) -> None:
    """Print what the numbers depend on: versions, the patients' fingerprint, and the seed.

    ``cohort`` is ``Cohort.identity``, or the same read from results.
    """
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    print(f"Python {platform.python_version()}, {versions}")
    drawn = "" if seed is None else f"; random_state {seed}"
    print(f"{cohort['name']}, {cohort['n']} patients, {cohort['fingerprint']}{drawn}")
