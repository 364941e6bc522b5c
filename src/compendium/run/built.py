"""From a notebook's source to the notebook: one way, `.py` to `.ipynb`, never back.

``notebooks/NN_name.py`` (py:percent) is the source and the only file that is edited. The ``.ipynb``
is built from it and holds the outputs of the reference run. Pairs are compared by content, never by
file times, and a cell's id follows from its position and source, so that two builds of the same
source are the same file.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from compendium import PROJECT
from compendium.run.results import REFERENCE

if TYPE_CHECKING:
    from nbformat import NotebookNode

KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
INJECTED = "injected-parameters"  # papermill's tag of the cell that holds a run's values
VERSIONS = "versions"  # our tag of the cell that asks the kernel what it runs
_ADDED = {INJECTED, VERSIONS, "papermill-error-cell-tag"}  # the last: what papermill adds to errors

_METADATA = ("tags", "mystnb", "jp-MarkdownHeadingCollapsed")  # of a cell, that are kept


class Stale(ValueError):
    """An executed notebook that was made from another source."""


def convert(source: Path) -> NotebookNode:
    """The notebook of a percent source, without outputs.

    Of its cells' metadata tags, captions and folded headings are kept, and its kernel is
    ``python3`` whatever the source names, so that it runs anywhere.
    """
    import jupytext
    from nbformat import v4

    make = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}
    cells = []
    for position, cell in enumerate(jupytext.reads(source.read_text("utf-8"), "py:percent").cells):
        kept = {key: cell.metadata[key] for key in _METADATA if key in cell.metadata}
        identifier = f"{position:02d}-{hashlib.sha256(cell.source.encode()).hexdigest()[:8]}"
        cells.append(make[cell.cell_type](cell.source, id=identifier, metadata=kept))
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return v4.new_notebook(cells=cells, metadata=metadata)


def build_notebook(source: Path, executed: NotebookNode) -> NotebookNode:
    """The notebook of a percent source with the outputs of an executed one, numbered as Run All
    would; the cells that were added to run it are left out.

    Raises
    ------
    Stale
        When ``executed`` was made from another source: its outputs would be somebody else's.
    """
    if not same(source, executed):
        raise Stale(f"{source.name} has changed since it was executed.")
    notebook = convert(source)
    for cell, done in zip(notebook.cells, own_cells(executed), strict=True):
        if cell.cell_type == "code":
            cell.outputs = done.outputs
    return renumber(notebook)


def same(source: Path, notebook: NotebookNode) -> bool:
    """Whether a notebook has the cells of a percent source, whatever its outputs."""
    pairs = [[(cell.cell_type, cell.source) for cell in cells]
             for cells in (convert(source).cells, own_cells(notebook))]
    return pairs[0] == pairs[1]


def own_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """A notebook's cells without those that were added to run it."""
    return [c for c in notebook.cells if not _ADDED & set(c.metadata.get("tags", []))]


def renumber(notebook: NotebookNode) -> NotebookNode:
    """Number executed code cells by their position among code cells, as Run All does."""
    code = [cell for cell in own_cells(notebook) if cell.cell_type == "code"]
    for count, cell in enumerate(code, start=1):
        cell.execution_count = count if cell.outputs or cell.execution_count else None
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    return notebook


def build_all(root: Path) -> list[str]:
    """Build every ``notebooks/*.ipynb`` of a project; one sentence for each that has no outputs.

    Outputs come from ``reports/reference/notebooks``, which only the machine of the reference run
    has; elsewhere a notebook that already agrees with its source is left as it is.
    """
    stale = []
    for source in sorted((root / "notebooks").glob("[0-9][0-9]_*.py")):
        target = source.with_suffix(".ipynb")
        reference = root / "reports" / REFERENCE / "notebooks" / target.name
        before, executed = read_notebook(target), read_notebook(reference)
        if executed and same(source, executed):
            text = notebook_text(build_notebook(source, executed))
        elif before and same(source, before):
            continue
        else:
            text = notebook_text(convert(source))
            stale.append(f"{source.stem} has no outputs: the reference run is of another source.")
        if not before or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
    return stale


def build_and_say() -> None:
    """Build the project's notebooks and say which wait for ``make reference``."""
    stale = build_all(PROJECT)
    for sentence in stale:
        print(sentence)
    done = "notebooks/*.ipynb are up to date."
    print("Run `make reference` for their outputs." if stale else done)


def read_notebook(path: Path) -> NotebookNode | None:
    """A notebook from its file; None where there is none."""
    import nbformat

    return nbformat.read(path, as_version=4) if path.is_file() else None


def notebook_text(notebook: NotebookNode) -> str:
    """What a notebook's file holds."""
    import nbformat

    return nbformat.writes(notebook) + "\n"
