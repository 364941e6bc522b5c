"""The one object a notebook opens with: it checks, loads, keeps, shows, and signs.

``page = Page("05_regression", globals())`` checks the parameters, loads the patients and opens the
outputs; ``page.found`` are the patients with their phenotypes, clustered when first asked for.
``page.table`` and ``page.figure`` keep an output and show it with its number and caption;
``page.workers`` says how far the heavy loops inside are; ``page.conclude`` says what follows from
the numbers; ``page.close`` publishes them and fills the place of the answer, which stands above the
analysis that makes it.

Everything shown is escaped; nothing from a data file is ever rendered as HTML.
"""

from __future__ import annotations

import html
import os
import platform
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import Markdown, display

from compendium import parallel
from compendium.data.cohort import Cohort, choose_covariates, load
from compendium.headcounts import headcount, say_of_fewest
from compendium.parallel import NEWS
from compendium.parameters import PARAMETERS, check_all
from compendium.phenotypes.clustering import Clustering, cluster_cohort
from compendium.report.disclosure import GATE
from compendium.report.sentences import NOTEBOOKS
from compendium.report.tables import HtmlTable, present
from compendium.run.results import STEPS, Run, numbered, plain, steps_read
from compendium.words import MARK

pd.set_option("display.max_colwidth", None)  # a table in a notebook keeps its sentences whole

BANNER = (
    "**SYNTHETIC: these patients are simulated{scenario}; nothing below is evidence about people.**"
)
PACKAGES = ("numpy", "pandas", "scikit-learn", "statsmodels", "pingouin", "matplotlib")
PATIENCE = 2.0  # seconds without news that a reader will accept
LOADING = ("cohort", "codebook", "scenario", "scenario_seed", "max_missing")
CLUSTERING = ("n_clusters", "n_init", "scaling", "missing", "random_state")


class Page:
    """A notebook at work.

    Parameters
    ----------
    step : its name, one of ``results.STEPS``.
    given : its variables, ``globals()``: the parameters it declares, and ``answer``, the place of
        its answer. A notebook that declares no cohort reads the results of those before it
        (``results``) and speaks of their patients.

    ``numbers`` is what the notebook publishes: it grows from section to section.

    Raises
    ------
    InputRefused
        For a parameter or a cohort that cannot be used.
    """

    def __init__(self, step: str, given: Mapping[str, Any]) -> None:
        check_all(given)
        self._answer = given["answer"]
        self.step, self.chosen = step, {name: given[name] for name in PARAMETERS if name in given}
        self.numbers: dict[str, Any] = _Numbers()
        self._says, self._concluded = NOTEBOOKS[step], []
        if "cohort" in self.chosen:
            self.patients = load(*(self.chosen[name] for name in LOADING))
            self.book, self.identity = self.patients.codebook, self.patients.identity
            say_of_fewest(self.chosen.get("small_counts", "five"))
            GATE.know(len(self.patients.data))
        else:
            self.results = steps_read(self.chosen["run"])
            self.identity = self.results[STEPS[0]]["patients"]
        self.synthetic, self.scenario = self.identity["synthetic"], self.identity["scenario"]
        about = {"synthetic": self.synthetic, "scenario": self.scenario}
        self.out = Run(step, self.chosen["run"], **about)

    @cached_property
    def found(self) -> Clustering:
        """The patients with their phenotypes, by the parameters of the notebook."""
        found = cluster_cohort(self.patients, **{n: self.chosen[n] for n in CLUSTERING})
        GATE.know(len(found.data), dict(zip(found.names, found.phenotypes.sizes, strict=True)))
        return found

    def beside(self, scenario: str) -> tuple[Cohort, Clustering]:
        """Patients simulated in another scenario, by the same parameters."""
        other = {"cohort": "", "scenario": scenario}
        patients = load(*((self.chosen | other)[name] for name in LOADING))
        return patients, cluster_cohort(patients, **{n: self.chosen[n] for n in CLUSTERING})

    @property
    def covariates(self) -> tuple:
        """The covariates to adjust for, by the parameter of that name."""
        return choose_covariates(self.book, self.chosen["covariates"])

    def say(self, *sentences: str) -> None:
        """Show sentences made from results as a paragraph; nothing where none is said."""
        say(*sentences)

    def show(self, frame: pd.DataFrame, columns: str = "", *, heads: Mapping | None = None,
             digits: int | Mapping = 2, by: Callable | None = None):
        """A frame for the eye, or why it is empty.

        columns : those to be seen, separated by blanks; all by default. heads : other words for
        some. digits : decimals, or decimals by column. by : a table of ``report.tables`` that knows
        what is to be seen.
        """
        if not len(frame):
            return say(frame.attrs.get("reason", ""))
        frame = GATE.frame(frame)
        if by is not None:
            return by(frame, synthetic=self.synthetic)
        shown = frame[columns.split()] if columns else frame
        return present(shown.rename(columns=heads or {}), digits=digits, synthetic=self.synthetic)

    def keep(self, frame: pd.DataFrame, name: str, title: str, *, key: str = "") -> pd.DataFrame:
        """Keep a table as a file and, with ``key``, among the numbers; the table itself."""
        kept = self.out.table(frame, name, title)
        if key:
            self.numbers[key] = kept
        return kept

    def table(
        self, frame: pd.DataFrame, name: str, title: str, columns: str = "", *, key: str = "", **how
    ):
        """Keep a whole table (:meth:`keep`) and give what a reader sees of it (:meth:`show`), under
        its number and title: ``table_s1_profile`` is Table S1."""
        shown = self.show(self.keep(frame, name, title, key=key), columns, **how)
        if shown is not None:
            parts = f"{numbered(name)}. {title}", shown.caption
            shown.caption = ". ".join(filter(None, parts)).removesuffix(".") + "."
        return shown

    def figure(self, figure, name: str, title: str) -> None:
        """Keep a drawing and show it over its number, title and caption; None (nothing to draw) is
        kept as nothing."""
        if (drawn := self.out.figure(figure, name, title)) is None:
            return
        display(drawn)
        mark = f" · {MARK}" if self.synthetic else ""
        words = plain_text(f"{title}{mark}."), plain_text(drawn.compendium_note)
        display(Markdown(f"**{numbered(name)}.** **{words[0]}** {words[1]}".strip()))

    def model(self, content: Mapping, name: str, title: str) -> None:
        """Keep a model."""
        self.out.model(dict(content), name, title)

    @contextmanager
    def workers(self, *, processes: bool = False) -> Iterator[None]:
        """Run the loops inside on the notebook's ``jobs`` or ``dask``, saying how far they are."""
        lines: list[Progress] = []

        def teller(noun: str) -> Progress:
            lines.append(Progress(noun))
            return lines[-1]

        where = {"jobs": self.chosen["jobs"], "dask": self.chosen["dask"]}
        with parallel.workers(**where, processes=processes, teller=teller):
            yield
        for line in lines:
            line.clear()

    def conclude(self) -> None:
        """Say what the numbers so far let conclude."""
        self._concluded = self._says.conclusion(GATE.content(self.numbers))
        say(*self._concluded)

    def close(self) -> None:
        """Publish the numbers and outputs, with whose they are, and fill the place of the answer.
        """
        numbers = GATE.content(self.numbers)
        sentences = self._says.answer(numbers)
        table = present(self._says.evidence(numbers), synthetic=False)
        self._answer(sentences, table, synthetic=self.synthetic, scenario=self.scenario)
        said = {"headline": self._says.headline(numbers), "answer": sentences,
                "conclusion": self._concluded}
        self.out.publish(said, {**numbers, "patients": self.identity})

    def sign(self) -> None:
        """Print what the numbers depend on: versions, the patients' fingerprint, and the seed."""
        versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
        print(f"Python {platform.python_version()}, {versions}")
        seed = self.chosen.get("random_state")
        drawn = "" if seed is None else f"; random_state {seed}"
        who = self.identity
        print(f"{who['name']}, {headcount(who['n'])} patients, values {who['fingerprint']}{drawn}")


class _Numbers(dict):
    """What a notebook publishes, in JSON's types: everything goes in through the gate."""

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, GATE.content({key: plain(value)})[key])

    def __ior__(self, other: Mapping) -> _Numbers:
        for key, value in other.items():
            self[key] = value
        return self


class Answer:
    """The place of the answer; call it with the sentences, and the table under them, once they are
    known."""

    def __init__(self) -> None:
        waiting = Markdown("*The answer appears here once the notebook has run to its end.*")
        self._handle = display(waiting, display_id=True)

    def __call__(
        self, sentences: Sequence[str], table: HtmlTable | None = None, *, synthetic: bool,
        scenario: str = "",
    ) -> None:
        text = "**Answer.** " + plain_text(" ".join(sentences))
        if table is not None and len(table):
            text += f"\n\n{table._repr_html_()}"
        which = f" (scenario {scenario.replace('_', ' ')})" if scenario else ""
        banner = BANNER.format(scenario=which)
        self._handle.update(Markdown(f"{banner}\n\n{text}" if synthetic else text))


class Progress:
    """A line "120 of 200 resamples, 4 s left", rewritten in place; call it with done and total."""

    def __init__(self, noun: str) -> None:
        self.noun, self._start, self._last = noun, time.monotonic(), 0.0
        self._handle = display(Markdown(f"*{noun} …*"), display_id=True)

    def clear(self) -> None:
        """Leave nothing of it on the page."""
        self._handle.update(Markdown(""))

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
    """The text with everything that Markdown or HTML would act upon made inert."""
    return re.sub(r"([\\`*_\[\]#~|$])", r"\\\1", html.escape(text, quote=False))
