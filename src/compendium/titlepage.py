"""The README's numbers, made from the reference run.

The README marks blocks with ``<!-- begin: name -->`` and ``<!-- end: name -->``; what stands
between is written here from ``reports/reference`` and the notebooks, so that no number on the title
page is typed. A test holds the page to the run. ``python -m compendium.titlepage`` rewrites it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from compendium.results import PROJECT, REFERENCE, STEPS, read, write_text

BLOCK = re.compile(r"(<!-- begin: (\w+) -->\n).*?(<!-- end: \2 -->)", re.DOTALL)


def render(text: str, project: Path = PROJECT) -> str:
    """The README with every marked block made anew.

    Raises
    ------
    KeyError
        For a block whose name is not known.
    """
    makers = {"findings": _findings, "map": _map, "cost": _cost, "parameters": _parameters}
    return BLOCK.sub(lambda m: f"{m[1]}{makers[m[2]](project)}\n{m[3]}", text)


def main(project: Path = PROJECT) -> None:
    """Rewrite the README in place."""
    readme = project / "README.md"
    write_text(readme, render(readme.read_text(encoding="utf-8"), project))


def question(notebook: Path) -> str:
    """The question a notebook asks first, on one line."""
    text = notebook.read_text(encoding="utf-8").replace("\n# ", " ")
    return re.search(r"\*\*Question\.\*\* (.*?\?)", text)[1]


def _results(project: Path) -> dict[str, dict]:
    folder = project / "reports" / REFERENCE
    return {name: found for name in STEPS if (found := read(folder, name))}


def _findings(project: Path) -> str:
    results = _results(project)
    lines = [f"{number}. {found['headline']}" for number, found in enumerate(results.values(), 1)]
    synthetic = any(found["synthetic"] for found in results.values())
    head = "On the shipped **synthetic** cohort (simulated patients, no evidence about people):\n\n"
    return (head if synthetic else "") + "\n".join(lines)


def _map(project: Path) -> str:
    rows = ["| notebook | question | answer on the shipped cohort | figure |", "|---|---|---|---|"]
    for name, found in _results(project).items():
        drawn = [o for o in found["outputs"] if o["kind"] == "figure"]
        figures = [f for f in drawn if not f["name"].startswith("figure_s")]
        links = ", ".join(f"[{f['title']}](reports/{REFERENCE}/{f['files'][-1]})" for f in figures)
        asked = question(project / "notebooks" / f"{name}.py")
        answer = found["answer"][0].replace("|", "\\|")
        rows.append(f"| [{name}](notebooks/{name}.ipynb) | {asked} | {answer} | {links or '–'} |")
    return "\n".join(rows)


def _cost(project: Path) -> str:
    manifest = json.loads(
        (project / "reports" / REFERENCE / "manifest.json").read_text(encoding="utf-8")
    )
    seconds = sum(step["seconds"] for step in manifest["steps"].values())
    memory = manifest["peak_memory_mb"]  # not known on every system
    held = f"; the largest process held {memory:.0f} MB" if memory else ""
    return f"The six notebooks of the reference run took {seconds:.0f} s on two cores{held}."


def _parameters(project: Path) -> str:
    from compendium.parameters import PARAMETERS

    rows = ["| parameter | default | range | meaning |", "|---|---|---|---|"]
    for p in PARAMETERS.values():
        limits = f"{p.low:.10g} to {p.high:.10g}" if p.low is not None else "text"
        span = " \\| ".join(map(str, p.choices)) or limits
        default = f"`{p.default}`" if p.default != "" else "–"
        meaning = p.meaning.replace("|", "\\|")
        rows.append(f"| `{p.name}` | {default} | {span} | {meaning} |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
