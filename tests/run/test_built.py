"""Notebooks are built from their sources one way, and compared by content; the title page's numbers
come from the reference run, and from nowhere else."""

import json
from pathlib import Path

import nbformat
import pytest
from mini_project import make, write

from compendium.parameters import PARAMETERS
from compendium.run import built
from compendium.run.results import STEPS

PROJECT = Path(__file__).resolve().parents[2]
ASKING = "# %% [markdown]\n# # 1 · Title\n#\n# **Question.** Who\n# is analysed?{more}\n\n# %%\n"
DRAWN = [
    {"kind": "figure", "name": "figure_1", "title": "Flow", "files": ["f/1.svg", "f/1.png"]},
    {"kind": "figure", "name": "figure_s1", "title": "Supplement", "files": ["f/s1.png"]},
    {"kind": "table", "name": "table_1", "title": "Table", "files": ["t/1.csv"]},
]


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


def block(name, content=""):
    return f"<!-- begin: {name} -->\n{content}<!-- end: {name} -->"


def rendered(name, project):
    """The lines that stand in a block once it is rendered."""
    return built.render(block(name, "old\n"), project).splitlines()[1:-1]


@pytest.fixture
def project(tmp_path):
    """Two notebooks and their reference results; the second drew nothing."""
    reference = tmp_path / "reports" / "reference"
    (reference / "results").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    seconds = (30.4, 11.2)
    for step, drawn in zip(STEPS[:2], (DRAWN, []), strict=True):
        said = f"{step} found a|b = 0.25."
        found = {"synthetic": True, "headline": said, "answer": [said, "More."], "outputs": drawn}
        (reference / "results" / f"{step}.json").write_text(json.dumps(found))
        (tmp_path / "notebooks" / f"{step}.py").write_text(ASKING.format(more=""))
    took = {step: {"seconds": s} for step, s in zip(STEPS[:2], seconds, strict=True)}
    manifest = {"steps": took, "peak_memory_mb": 310.4}
    (reference / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


def test_the_findings_are_what_the_run_answered_under_the_word_synthetic(project):
    head, blank, *lines = rendered("findings", project)
    assert "**synthetic**" in head and blank == ""
    assert lines == [f"{i}. {step} found a|b = 0.25." for i, step in enumerate(STEPS[:2], 1)]


def test_findings_on_real_patients_are_not_called_synthetic(project):
    for path in (project / "reports/reference/results").glob("*.json"):
        path.write_text(path.read_text().replace("true", "false"))
    assert rendered("findings", project)[0] == f"1. {STEPS[0]} found a|b = 0.25."


def test_the_map_has_a_row_for_every_notebook_that_ran(project):
    head, rule, *rows = rendered("map", project)
    assert [row.split("](")[0] for row in rows] == [f"| [{step}" for step in STEPS[:2]]
    assert head.count("|") == rule.count("|") == rows[1].replace("\\|", "").count("|")


def test_a_row_of_the_map_holds_question_answer_and_main_figures(project):
    rows = rendered("map", project)[2:]
    assert rows[0] == (
        f"| [{STEPS[0]}](notebooks/{STEPS[0]}.ipynb) | Who is analysed? | {STEPS[0]} found "
        "a\\|b = 0.25. | [Flow](reports/reference/f/1.png) |"
    )
    assert rows[1].endswith("| – |")


def test_the_cost_is_the_sum_of_the_steps_and_the_largest_process(project):
    (line,) = rendered("cost", project)
    assert "took 42 s on two cores" in line and "310 MB" in line


def test_the_parameters_are_those_of_the_schema(project):
    rows = rendered("parameters", project)[2:]
    assert [row.split("`")[1] for row in rows] == list(PARAMETERS)
    assert "| `n_clusters` | `2` | 2 to 8 | number of phenotypes |" in rows
    assert {row.replace("\\|", "").count("|") for row in rows} == {5}


def test_what_stands_outside_the_blocks_is_left_as_it_is(project):
    old = block("cost", "old number\n")
    new = built.render(f"# Title\n\n{old}\n\nWords. <!-- a comment -->\n", project)
    assert new.startswith("# Title\n\n<!-- begin: cost -->\n")
    assert new.endswith("<!-- end: cost -->\n\nWords. <!-- a comment -->\n")
    assert "old number" not in new


def test_rendering_twice_changes_nothing(project):
    page = "\n".join(block(name) for name in ("findings", "map", "cost", "parameters"))
    once = built.render(page, project)
    assert built.render(once, project) == once


def test_an_unknown_block_is_refused(project):
    with pytest.raises(KeyError, match="finding"):
        built.render(block("finding"), project)


def test_a_page_without_a_reference_run_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"manifest\.json"):
        built.render(block("cost"), tmp_path)


def test_the_page_is_rewritten_in_place(project):
    (project / "README.md").write_text(block("cost") + "\n", encoding="utf-8")
    built.rewrite_title_page(project)
    assert "took 42 s" in (project / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("more", ["", " And why?", " Nobody knows."])
def test_the_question_is_the_first_sentence_on_one_line(tmp_path, more):
    (tmp_path / "n.py").write_text(ASKING.format(more=more))
    assert built.question(tmp_path / "n.py") == "Who is analysed?"


@pytest.mark.parametrize("step", STEPS)
def test_every_notebook_asks_a_question_that_fits_a_table(step):
    asked = built.question(PROJECT / "notebooks" / f"{step}.py")
    assert asked[0].isupper() and asked.count("?") == 1 and asked.endswith("?")
    assert not set("|\n#*") & set(asked)


def test_the_readme_holds_the_numbers_of_the_committed_reference_run():
    results = PROJECT / "reports" / "reference" / "results"
    missing = sorted(set(STEPS) - {path.stem for path in results.glob("*.json")})
    assert not missing, f"reports/reference lacks {', '.join(missing)}: run `make reference`."
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert readme == built.render(readme), "README.md is out of date: run `make reference`."
