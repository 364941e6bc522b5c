"""The title page and the pages of ``docs/``: every number on them comes from the reference run.

What stands between ``<!-- begin: name -->`` and ``<!-- end: name -->`` is written here, so that no
result is typed by hand; what stands outside is left as it is, and so are the blocks that scripts of
``benchmarks/`` write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Set
from functools import partial
from pathlib import Path

import pandas as pd

from compendium import PROJECT
from compendium.parameters import PARAMETERS
from compendium.report.sentences import title
from compendium.report.sentences.plain import plain_language
from compendium.run.manifest import MANIFEST
from compendium.run.results import REFERENCE, STEPS, numbered, read_results, write_text

MEASURED = frozenset({"faults", "hostile"})  # blocks that the benchmark of their name writes
_BLOCK = re.compile(r"(<!-- begin: (\w+) -->\n).*?(<!-- end: \2 -->)", re.DOTALL)


def pages(project: Path = PROJECT) -> list[Path]:
    """The pages that hold blocks, or may."""
    return [project / "README.md", *sorted((project / "docs").glob("*.md"))]


def render(text: str, project: Path = PROJECT) -> str:
    """A page with every marked block made anew; KeyError for a block that is not known."""
    makers = {name: partial(make, project) for name, make in _MAKERS.items()}
    return with_blocks(text, makers, kept=MEASURED)


def with_blocks(
    text: str, makers: Mapping[str, Callable[[], str]], kept: Set[str] = frozenset()
) -> str:
    """A text with every marked block made by the maker of its name; those ``kept`` stay as they
    are."""
    return _BLOCK.sub(
        lambda m: m[0] if m[2] in kept else f"{m[1]}{makers[m[2]]()}\n{m[3]}", text
    )


def rewrite_pages(project: Path = PROJECT) -> None:
    """Rewrite every page in place."""
    for page in pages(project):
        write_text(page, render(page.read_text(encoding="utf-8"), project))


def in_plain_words(run: str, project: Path = PROJECT) -> str:
    """The page in plain words of any run; FileNotFoundError where its first notebook has not run.
    """
    found = _results(project, run)
    if STEPS[0] not in found:
        raise FileNotFoundError(f"reports/{run} lacks the results of {STEPS[0]}: run it.")
    return plain_language(found)


def notebook_title(notebook: Path) -> str:
    """The title of a notebook without its number."""
    return re.search(r"^# # \d · (.+)$", notebook.read_text(encoding="utf-8"), re.MULTILINE)[1]


def _results(project: Path, run: str = REFERENCE) -> dict[str, dict]:
    folder = project / "reports" / run
    return {name: found for name in STEPS if (found := read_results(folder, name))}


def _rules(project: Path) -> pd.DataFrame:
    return pd.read_csv(project / "data" / "rules.csv")


def _picture(project: Path) -> str:
    """The figure of patients along the main severity axis, with its alternative text and caption.
    """
    found = _results(project)["03_stability"]
    drawn = next(o for o in found["outputs"] if re.match(r"figure_3.*_axis", o["name"]))
    where = f"reports/{REFERENCE}/{drawn['files'][-1]}"
    return f"![{drawn['alt']}]({where})\n\n*{title.caption(found)}*"


def _map(project: Path) -> str:
    rows = []
    for name, found in _results(project).items():
        main = [o for o in found["outputs"] if re.match(r"(figure|table)_\d", o["name"])]
        main.sort(key=lambda o: o["kind"])  # a figure before a table
        asked = notebook_title(project / "notebooks" / f"{name}.py")
        links = [f"[{numbered(o['name'])}](reports/{REFERENCE}/{o['files'][-1]})" for o in main]
        rows.append((f"[{name[:2]}](notebooks/{name}.ipynb)", asked, (*links, "–")[0]))
    return title.markdown_table(("notebook", "question", "main figure"), rows)


def _cost(project: Path) -> str:
    manifest = json.loads((project / "reports" / REFERENCE / MANIFEST).read_text("utf-8"))
    seconds = sum(step["seconds"] for step in manifest["steps"].values())
    memory = manifest["peak_memory_mb"]  # not known on every system
    held = f"; the largest process held {memory:.0f} MB" if memory else ""
    return f"The six notebooks of the reference run took {seconds:.0f} s on two cores{held}."


def _parameters(project: Path) -> str:
    rows = []
    for p in PARAMETERS.values():
        limits = f"{p.low:.10g} to {p.high:.10g}" if p.low is not None else "text"
        span = " \\| ".join(map(str, p.choices)) or limits
        default = f"`{p.default}`" if p.default != "" else "–"
        rows.append((f"`{p.name}`", default, span, p.meaning.replace("|", "\\|")))
    return title.markdown_table(("parameter", "default", "range", "meaning"), rows)


_MAKERS = {
    "picture": _picture, "rules": lambda project: title.rules_table(_rules(project)),
    "fooled": lambda project: title.fooled(_rules(project)), "map": _map, "cost": _cost,
    "findings": lambda project: title.findings_table(_results(project)),
    "parameters": _parameters, "plain": lambda project: plain_language(_results(project)),
}
