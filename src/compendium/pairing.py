"""From a notebook's source to the notebook: one way, `.py` to `.ipynb`, never back.

``notebooks/NN_name.py`` (py:percent) is the source and the only file that is edited. The ``.ipynb``
is built from it and holds the outputs of the reference run. Pairs are compared by content, never by
file times, and a cell's id follows from its position and source, so that two builds of the same
source are the same file. ``python -m compendium.pairing`` builds all of them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
INJECTED = "injected-parameters"  # papermill's tag of the cell that holds a run's values
BANNER = "papermill-error-cell-tag"  # papermill's tag of the cells it adds around an error


class Stale(ValueError):
    """An executed notebook that was made from another source."""


def convert(source: Path) -> NotebookNode:
    """The notebook of a percent source, without outputs.

    Parameters
    ----------
    source : path of the ``.py``. Read as py:percent; only the tags and captions of its cells are
        kept as metadata.

    Returns
    -------
    The notebook. Its kernel is ``python3`` whatever the source names, so that it runs anywhere.
    """
    import jupytext
    import nbformat

    read = jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent")
    cells = []
    for position, cell in enumerate(read.cells):
        new = nbformat.v4.new_code_cell if cell.cell_type == "code" else _text_cell(cell.cell_type)
        kept = {key: cell.metadata[key] for key in ("tags", "mystnb") if key in cell.metadata}
        cells.append(new(cell.source, id=_identifier(position, cell.source), metadata=kept))
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def build(source: Path, executed: NotebookNode | None = None) -> NotebookNode:
    """The notebook of a percent source, with the outputs of an executed one.

    Parameters
    ----------
    source : path of the ``.py``.
    executed : a run's notebook of the same source. The cell papermill injected is left out, and
        cells are numbered as Run All would.

    Raises
    ------
    Stale
        When ``executed`` was made from another source: its outputs would be somebody else's.
    """
    notebook = convert(source)
    if executed is None:
        return notebook
    own = own_cells(executed)
    if _content(notebook.cells) != _content(own):
        raise Stale(f"{source.name} has changed since it was executed.")
    for cell, done in zip(notebook.cells, own, strict=True):
        if cell.cell_type == "code":
            cell.outputs = done.outputs
    return renumber(notebook)


def same(source: Path, notebook: NotebookNode | Path) -> bool:
    """Whether a notebook has the cells of a percent source, whatever its outputs."""
    if isinstance(notebook, Path):
        if not notebook.is_file():
            return False
        notebook = read(notebook)
    return _content(convert(source).cells) == _content(own_cells(notebook))


def own_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """A notebook's cells without those papermill added."""
    return [c for c in notebook.cells if not {INJECTED, BANNER} & set(c.metadata.get("tags", []))]


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
    import nbformat

    stale = []
    for source in sorted((root / "notebooks").glob("[0-9][0-9]_*.py")):
        target = source.with_suffix(".ipynb")
        reference = root / "reports" / "reference" / "notebooks" / target.name
        if reference.is_file() and same(source, reference):
            notebook = build(source, read(reference))
        elif same(source, target):
            continue
        else:
            notebook = build(source)
            stale.append(f"{source.stem} has no outputs: the reference run is of another source.")
        text = nbformat.writes(notebook) + "\n"
        if not target.is_file() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
    return stale


def main() -> None:
    """Build the project's notebooks and say which wait for ``make reference``."""
    from compendium.results import PROJECT

    stale = build_all(PROJECT)
    for sentence in stale:
        print(sentence)
    done = "notebooks/*.ipynb are up to date."
    print("Run `make reference` for their outputs." if stale else done)


def _identifier(position: int, source: str) -> str:
    return f"{position:02d}-{hashlib.sha256(source.encode()).hexdigest()[:8]}"


def _text_cell(cell_type: str):
    import nbformat

    return nbformat.v4.new_raw_cell if cell_type == "raw" else nbformat.v4.new_markdown_cell


def _content(cells: list[NotebookNode]) -> list[tuple[str, str]]:
    return [(cell.cell_type, cell.source) for cell in cells]


def read(path: Path) -> NotebookNode:
    import nbformat

    return nbformat.read(path, as_version=4)


if __name__ == "__main__":
    main()
