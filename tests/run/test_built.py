"""Notebooks are built from their sources one way, and compared by content."""

import nbformat
import pytest
from mini_project import make, write

from compendium.run import built


@pytest.fixture
def source(tmp_path):
    return write(make(tmp_path), "01_a", "1 + 1")


def executed(source):
    """What papermill leaves: an injected cell, counts that begin with it, and outputs."""
    notebook = built.convert(source)
    injected = nbformat.v4.new_code_cell("run = 'x'", metadata={"tags": ["injected-parameters"]})
    notebook.cells.insert(2, injected)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, start=1):
        cell.execution_count = count
        cell.outputs = [
            nbformat.v4.new_output("execute_result", {"text/plain": "2"}, execution_count=count)
        ]
    return notebook


def test_two_builds_of_one_source_are_the_same_file(source):
    assert nbformat.writes(built.convert(source)) == nbformat.writes(built.convert(source))


def test_a_built_notebook_is_valid_and_names_the_plain_kernel(source):
    notebook = built.convert(source)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"


def test_two_equal_cells_have_different_ids(tmp_path):
    path = tmp_path / "01_a.py"
    path.write_text("# %%\nx = 1\n\n# %%\nx = 1\n")
    first, second = built.convert(path).cells
    assert first.id != second.id


def test_tags_and_captions_are_the_only_metadata_kept(tmp_path):
    path = tmp_path / "01_a.py"
    path.write_text('# %% tags=["a"] mystnb={"image": {"alt": "b"}} collapsed=true\nx = 1\n')
    assert set(built.convert(path).cells[0].metadata) == {"tags", "mystnb"}


def test_outputs_come_from_the_executed_notebook_without_the_injected_cell(source):
    notebook = built.build_notebook(source, executed(source))
    assert "run = 'x'" not in nbformat.writes(notebook)
    assert all(cell.outputs for cell in notebook.cells if cell.cell_type == "code")


def test_cells_and_results_are_numbered_as_run_all_would(source):
    notebook = built.build_notebook(source, executed(source))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, 2, 3]
    assert [cell.outputs[0].execution_count for cell in code] == [1, 2, 3]


def test_outputs_of_another_source_are_refused(source):
    old = executed(source)
    write(source.parents[1], "01_a", "1 + 2")
    with pytest.raises(built.Stale, match="01_a.py has changed since it was executed"):
        built.build_notebook(source, old)


def test_a_pair_is_the_same_whatever_its_outputs_and_file_times(source, tmp_path):
    target = tmp_path / "01_a.ipynb"
    nbformat.write(executed(source), target)
    source.touch()
    assert built.same(source, built.read_notebook(target))


@pytest.mark.parametrize("change", [("1 + 1", "1 + 2"), ("# # a", "# # b")])
def test_a_pair_with_one_changed_cell_is_not_the_same(source, change):
    old = built.convert(source)
    source.write_text(source.read_text().replace(*change))
    assert not built.same(source, old)


def test_building_all_takes_the_reference_outputs_and_is_repeatable(source):
    root = source.parents[1]
    reference = root / "reports" / "reference" / "notebooks"
    reference.mkdir(parents=True)
    nbformat.write(executed(source), reference / "01_a.ipynb")
    assert built.build_all(root) == []
    before = source.with_suffix(".ipynb").read_bytes()
    assert built.build_all(root) == [] and source.with_suffix(".ipynb").read_bytes() == before


def test_committed_outputs_stay_where_the_reference_notebooks_are_absent(source):
    nbformat.write(built.build_notebook(source, executed(source)), source.with_suffix(".ipynb"))
    before = source.with_suffix(".ipynb").read_bytes()
    assert built.build_all(source.parents[1]) == []
    assert source.with_suffix(".ipynb").read_bytes() == before


def test_a_source_newer_than_its_reference_is_built_without_outputs_and_named(source):
    nbformat.write(executed(source), source.with_suffix(".ipynb"))
    write(source.parents[1], "01_a", "1 + 2")
    stale = built.build_all(source.parents[1])
    assert stale == ["01_a has no outputs: the reference run is of another source."]
    assert built.same(source, built.read_notebook(source.with_suffix(".ipynb")))
