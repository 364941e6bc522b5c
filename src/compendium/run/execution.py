"""One notebook executed by papermill, made safe.

papermill alone may call a notebook that stopped half-way a success (``sys.exit(0)`` in a cell),
writes over the last good notebook while it runs, and leaves absolute paths and times behind. Here
the kernel (``kernels``) is asked for its versions; a notebook counts as done only when every code
cell completed, its results were published, and nothing objects; only then do its outputs and the
notebook itself, free of paths and times, take their places. A notebook that failed is kept beside
it as ``NN_name.failed.ipynb``.
"""

from __future__ import annotations

import html
import json
import logging
import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from compendium.problems import machine_fault
from compendium.run import built
from compendium.run.results import PENDING, read_results, settle, write_text

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from compendium.run.kernels import Kernels

_LIBRARIES = (  # those that can change a number or a notebook
    "numpy", "scipy", "pandas", "scikit-learn", "statsmodels", "pingouin", "tableone",
    "matplotlib", "joblib", "papermill", "nbclient", "ipykernel", "jupytext",
)
_START_TIMEOUT = 120  # seconds; a kernel on a busy machine has been seen to need 20
_PICTURES = ("image/png", "image/jpeg", "application/pdf")  # base64: a path there is an accident
_ASK_VERSIONS = f"""\
import contextlib, json, platform
from importlib import metadata

versions = {{"python": platform.python_version()}}
for name in {_LIBRARIES}:
    with contextlib.suppress(metadata.PackageNotFoundError):
        versions[name] = metadata.version(name)
print(json.dumps(versions))"""
# begun where a word begins: one of a million letters is looked through once, not from each letter
_TEMPORARY_CELL = re.compile(r"(?<![^\s\"'<>()])[^\s\"'<>()]*ipykernel_\d+[/\\]\d+\.py")
_LONGEST = 300  # letters of an error that are said; all of them stand in the notebook
_ERRNO = re.compile(r"\[Errno (\d+)\][^:]*(?:: '(.*)')?$")  # as Python spells a fault of the system


class StepFailed(RuntimeError):
    """A notebook that did not come to its end. str() is one line: notebook, cell, error."""


def execute(
    source: Path, folder: Path, parameters: Mapping[str, Any], kernels: Kernels,
    objection: Callable[[], str] = str,
) -> dict[str, str]:
    """Execute a notebook and put it into a run's folder.

    Parameters
    ----------
    source : the percent source, ``notebooks/NN_name.py``. Its kernel runs in its folder.
    folder : the run's folder. The notebook goes to ``notebooks/NN_name.ipynb`` in it, and must
        itself publish ``results/NN_name.json``.
    parameters : values for the notebook's ``parameters`` cell; only names it declares.
    kernels : those of its project; it takes one.
    objection : asked when the notebook has ended; says why its outputs must not count, or "".

    Returns
    -------
    The versions of Python and of the libraries, as the kernel that ran has them.

    Raises
    ------
    StepFailed
        When a cell failed or was never reached, the kernel died, nothing was published, or there
        is an objection. What an earlier run left stays as it was.
    OSError
        When what was seen could not be written; it names the place.
    """
    step, place = source.stem, folder / "notebooks"
    pending, running = folder / PENDING / step, folder / PENDING / f"{step}.ipynb"
    shutil.rmtree(pending, ignore_errors=True)
    running.parent.mkdir(parents=True, exist_ok=True)
    hidden = _hidden(source.parents[1], parameters)
    try:
        error = _papermill(source, running, parameters, kernels)
        if isinstance(error, OSError):  # papermill's, when it wrote what it saw
            error.filename = error.filename or str(folder)
            raise error
        notebook = _left(running) or built.convert(source)
        problem, versions = objection() or trouble(notebook, error), _told(notebook)
        if not problem and not read_results(pending, step):
            problem = f"finished without publishing results/{step}.json"
        text = built.notebook_text(sanitised(notebook, hidden))
    finally:
        running.unlink(missing_ok=True)
    if problem:
        write_text(place / f"{step}.failed.ipynb", text)
        raise StepFailed(f"{step}, {without_paths(problem, hidden)}")
    settle(folder, step)
    write_text(place / f"{step}.ipynb", text)
    (place / f"{step}.failed.ipynb").unlink(missing_ok=True)
    return versions


def trouble(notebook: NotebookNode, error: Exception | None = None) -> str:
    """What kept a notebook from its end, as ``cell 12: ValueError: …``; "" when every code cell
    completed. Cells are counted as Jupyter numbers them, without the one papermill injects.
    """
    code = [cell for cell in built.own_cells(notebook) if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        for output in cell.outputs:
            if output.output_type == "error":
                return f"cell {number}: {_error_line(output.ename, output.evalue)}"
        if cell.source.strip() and not _completed(cell):
            return f"cell {number}: {_stopped(error)}"
    return "" if error is None else f"after its last cell: {_stopped(error)}"


def sanitised(notebook: NotebookNode, hidden: Mapping[str, str]) -> NotebookNode:
    """The notebook without absolute paths, papermill's metadata, and anything that tells the time,
    so that two equal runs give the same file."""
    notebook.metadata = {"kernelspec": built.KERNEL, "language_info": {"name": "python"}}
    own = {id(cell) for cell in built.own_cells(notebook)}
    kept = []
    for cell in notebook.cells:
        tags = cell.metadata.pop("tags", [])
        if tags:  # papermill leaves empty lists
            cell.metadata["tags"] = tags
        if id(cell) not in own:
            if built.INJECTED not in tags:
                continue
            cell.id, cell.execution_count = built.INJECTED, None
            cell.source = without_paths(cell.source, hidden)
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if cell.cell_type == "code":
            cell.outputs = _joined([_clean(output, hidden) for output in cell.outputs])
        kept.append(cell)
    notebook.cells = kept
    return built.renumber(notebook)


def without_paths(text: str, hidden: Mapping[str, str]) -> str:
    """Text with every folder of ``hidden`` replaced by its short name, longest folder first,
    however it is written: as it is, or as Python, JSON, Markdown, HTML or an address spell it."""
    text = _TEMPORARY_CELL.sub("[cell]", text)
    for folder in sorted(hidden, key=len, reverse=True):
        forms = {folder, *(unicodedata.normalize(form, folder) for form in ("NFC", "NFD"))}
        written = "|".join("".join(map(_written, form)) for form in sorted(forms))
        separator = _written("/" if "/" in folder else "\\")
        # the whole folder only (/home/ann is not part of /home/anna), also behind the colour code
        # of a traceback, which ends in a digit and m, and behind a line break that is spelled
        before, after = r"(?:(?<![\w.])|(?<=\dm)|(?<=\\[nrt]))", r"(?![\w-]|\.\w)"
        pattern = rf"{before}(?:{written})(?:({separator})|{after})"
        text = re.sub(pattern, lambda m, short=hidden[folder]: _short(m[1] or "", short), text)
    return text


def _papermill(
    source: Path, running: Path, parameters: Mapping[str, Any], kernels: Kernels
) -> Exception | None:
    """Execute into ``running``; the error that ended it, if any. A failed start is tried twice:
    kernels that start together can race for a port."""
    import papermill

    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    target = str(running).replace("{", "{{").replace("}", "}}")  # papermill fills in names
    for attempt in (1, 2):
        try:
            with kernels.taken() as kernel:
                papermill.execute_notebook(
                    _asking(source), target, dict(parameters), kernel_name="python3",
                    kernel_manager_class=kernel, cwd=str(source.parent),
                    progress_bar=False, start_timeout=_START_TIMEOUT,
                )
        except Exception as error:
            # Whatever papermill, the client or the kernel raise is this notebook's failure.
            if attempt == 2 or _started(running):
                return error
        else:
            return None
    return None


def _asking(source: Path) -> NotebookNode:
    """A notebook with one cell more, which says what versions its kernel has."""
    import nbformat

    notebook = built.convert(source)
    tags = {"tags": [built.VERSIONS]}
    notebook.cells.append(nbformat.v4.new_code_cell(_ASK_VERSIONS, metadata=tags))
    return notebook


def _told(notebook: NotebookNode) -> dict[str, str]:
    """The versions that the kernel said it has; none where it was not asked."""
    asked = [c for c in notebook.cells if built.VERSIONS in c.metadata.get("tags", [])]
    said = "".join(o.text for cell in asked for o in cell.outputs if o.get("name") == "stdout")
    return json.loads(said) if said else {}


def _completed(cell: NotebookNode) -> bool:
    """Whether the kernel answered that the cell is done. papermill's word is not enough: it calls
    the cells behind a dead kernel completed."""
    state = cell.metadata.get("papermill", {})
    replied = "shell.execute_reply" in cell.metadata.get("execution", {})
    return replied and state.get("status") == "completed" and not state.get("exception")


def _left(running: Path) -> NotebookNode | None:
    """The notebook as papermill left it; None where it left none, or only a piece."""
    try:
        return built.read_notebook(running)
    except ValueError:
        return None


def _started(running: Path) -> bool:
    notebook = _left(running)
    states = [cell.metadata.get("papermill", {}) for cell in notebook.cells] if notebook else []
    return any(state.get("start_time") for state in states)


def _hidden(project: Path, parameters: Mapping[str, Any]) -> dict[str, str]:
    """Folders that must not show, each with what stands in its place; "" leaves a relative path."""
    home = Path(os.path.expanduser("~"))  # "~" where nobody knows it
    folders = {Path(sys.base_prefix): "[python]", home: "~", Path(sys.prefix): "[python]"}
    files = filter(None, (parameters.get("cohort"), parameters.get("codebook")))
    folders |= dict.fromkeys([*(Path(file).parent for file in files), project], "")
    # A folder as short as "/" stands in too many innocent words.
    return {str(f): short for folder, short in folders.items()
            for f in (folder, folder.resolve()) if len(f.parts) > 1}


def _written(sign: str) -> str:
    """A pattern of one sign of a path in whatever spelling, behind any number of backslashes."""
    if sign.isascii() and sign.isalnum():
        return sign
    python = sign.encode("unicode_escape").decode().removeprefix("\\")
    json_units = "".join(rf"\\+u{unit}" for unit in sign.encode("utf-16-be").hex(" ", 2).split())
    entities = html.escape(sign), f"&#{ord(sign)};", quote(sign, safe="")
    escapes = r"\\*" + re.escape(sign), r"\\+" + re.escape(python), json_units
    return f"(?:{'|'.join([*escapes, *map(re.escape, entities)])})"


def _short(slash: str, short: str) -> str:
    return short + slash if short else ("" if slash else "[project]")


def _clean(value: Any, hidden: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return without_paths(value, hidden)
    if isinstance(value, list):
        return [_clean(item, hidden) for item in value]
    if isinstance(value, dict):
        for key in value:
            value[key] = value[key] if key in _PICTURES else _clean(value[key], hidden)
    return value


def _joined(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Neighbouring pieces of one stream as one: where they are cut is a matter of timing."""
    joined: list[NotebookNode] = []
    for output in outputs:
        if joined and "name" in output and output.name == joined[-1].get("name"):
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def _error_line(name: str, value: str) -> str:
    first = value.strip().splitlines()[0] if value.strip() else ""
    first = first if len(first) <= _LONGEST else first[:_LONGEST] + " …"
    if name == "SystemExit" and first in ("", "0"):
        return "SystemExit: the notebook left before its last cell"
    if name == "MemoryError":
        return machine_fault(MemoryError())
    if found := _ERRNO.match(first):
        return machine_fault(OSError(int(found[1]), "", found[2]))
    return f"{name}: {first}" if first else name


def _stopped(error: Exception | None) -> str:
    if error is None:
        return "was never reached"
    if type(error).__name__ == "DeadKernelError":
        return "the kernel died (often for want of memory)"
    return _error_line(type(error).__name__, str(error))
