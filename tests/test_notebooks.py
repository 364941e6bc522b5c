"""The six notebooks as texts: their parts, their parameters, and that nothing in them is typed."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest
import reading

from compendium.data import codebook
from compendium.notebook import CLUSTERING, LOADING
from compendium.parameters import PARAMETERS, declared
from compendium.run import built as pairing
from compendium.run.results import STEPS

PROJECT = Path(__file__).resolve().parents[1]
FOLDER = PROJECT / "notebooks"
SOURCES = [FOLDER / f"{step}.py" for step in STEPS]
LONGEST, MOST, WORDS_PER_LINE = 8, 500, 3  # lines of a cell, of all; words of prose a code line
# what the page reads for a notebook
READS = {"Page(": (*LOADING, "run", "small_counts"), "page.found": CLUSTERING,
         "page.covariates": ("covariates",), "page.workers": ("jobs", "dask"),
         "page.sign()": ("random_state",)}
# Numbers that are no result: ends of a scale, the field's thresholds, levels, names of things.
NO_RESULT = (
    r"(Figures?|Tables?|[Nn]otebooks?) \d\w?\b", r"k = 2\b", r"4/n\b", r"(80|95) %",
    r"0\.(25|5|75)\b", r"^\| [0-3] \|", r"(?<![\d.])−?[01](?![\d.]\d)\b",
)
PLACES = (r"```.*?```", r"`[^`]*`", r"\]\([^)]*\)", r"\[\d · ", r"^#+ .*$")  # code, links, headings

each_notebook = pytest.mark.parametrize("source", SOURCES, ids=STEPS)


def cells(source: Path, kind: str = "") -> list:
    return [c for c in pairing.convert(source).cells if kind in ("", c.cell_type)]


def tags(cell) -> list[str]:
    return cell.metadata.get("tags", [])


def parameters_cell(source: Path):
    return next(c for c in cells(source, "code") if "parameters" in tags(c))


def code_lines(cell) -> list[str]:
    return [line for line in cell.source.splitlines() if line.strip()]


def numbers_typed(prose: str) -> list[str]:
    """Numbers in a cell of prose that are neither names of things nor fixed by convention."""
    for pattern in (*PLACES, *NO_RESULT):
        prose = re.sub(pattern, " ", prose, flags=re.MULTILINE | re.DOTALL * ("```" in pattern))
    return re.findall(r"(?<!\w)[−-]?\d[\d.,]*(?:\s*%|\s*\w+)?", prose)


def built(source: Path) -> nbformat.NotebookNode:
    path = source.with_suffix(".ipynb")
    assert path.is_file(), f"notebooks/{path.name} is missing: run `make notebooks`."
    return pairing.read_notebook(path)


def test_the_steps_of_a_run_are_the_notebooks():
    assert sorted(FOLDER.glob("[0-9][0-9]_*.py")) == SOURCES


@each_notebook
def test_a_notebook_agrees_with_its_source(source):
    assert pairing.same(source, built(source)), "it is out of date: run `make reference`."


@each_notebook
def test_a_notebook_was_run_from_top_to_bottom_without_an_error(source):
    code = [cell for cell in built(source).cells if cell.cell_type == "code"]
    assert code[-1].outputs, "it has no outputs: run `make reference`."
    order = [(n, c.execution_count) for n, c in enumerate(code, start=1) if c.outputs]
    assert [n for n, count in order if n != count] == []
    assert not [o for c in code for o in c.outputs if o.output_type == "error"]


@each_notebook
def test_a_notebook_shows_its_answer_above_its_analysis(source):
    shown = [o.data.get("text/markdown", "") for o in built(source).cells[1].outputs]
    assert len(shown) == 1, "it has no outputs: run `make reference`."
    assert shown[0].startswith("**SYNTHETIC") and "**Answer.** " in shown[0]


@each_notebook
def test_every_sentence_of_the_reference_run_can_be_read(source):
    said = reading.said_by(source.with_suffix(".ipynb"))
    assert said and [s for s in said if reading.trouble(s)] == []


@each_notebook
def test_a_notebook_holds_no_path_of_the_machine_and_no_injected_cell(source):
    notebook = built(source)
    assert pairing.own_cells(notebook) == notebook.cells
    text = nbformat.writes(notebook)
    assert not [folder for folder in (PROJECT, Path.home()) if f"{folder}/" in text]


@each_notebook
def test_defaults_are_those_of_the_schema(source):
    found = declared(source)
    assert found == {name: PARAMETERS[name].default for name in found}


@each_notebook
def test_every_parameter_says_type_and_meaning_in_the_words_of_the_schema(source):
    for line in code_lines(parameters_cell(source)):
        name, kind, meaning = re.fullmatch(r"(\w+) = .*?  # type: (\w+) (.+)", line).groups()
        parameter = PARAMETERS[name]
        assert kind == parameter.type.__name__
        # the whole meaning, or its first part where the line would be too long
        assert meaning in (parameter.meaning, parameter.meaning.split("; ")[0])


@each_notebook
def test_every_parameter_is_used(source):
    code = "\n".join(c.source for c in cells(source, "code") if "parameters" not in tags(c))
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    used |= {name for verb, names in READS.items() if verb in code for name in names}
    assert set(declared(source)) <= used


def test_every_parameter_of_the_schema_is_declared_by_a_notebook():
    assert {name for source in SOURCES for name in declared(source)} == set(PARAMETERS)


@each_notebook
def test_papermill_explains_every_parameter(source, tmp_path):
    import papermill

    nbformat.write(pairing.convert(source), tmp_path / "n.ipynb")
    found = papermill.inspect_notebook(str(tmp_path / "n.ipynb"))
    assert list(found) == list(declared(source))
    for name, parameter in found.items():
        assert parameter["inferred_type_name"] == PARAMETERS[name].type.__name__
        assert PARAMETERS[name].meaning.startswith(parameter["help"]) and parameter["help"]


@each_notebook
def test_a_notebook_opens_with_its_number_question_and_the_place_of_its_answer(source):
    title, answer, *_ = cells(source)
    heading, blank, *question = title.source.split("\n")
    assert re.fullmatch(rf"# {int(source.stem[:2])} · .+\?", heading) and blank == ""
    assert question[0].startswith("**Question.** ") and question[-1].endswith("?")
    assert "answer = Answer()" in answer.source


@each_notebook
def test_then_says_what_it_reads_and_writes_and_who_stands_before_and_after(source):
    text = cells(source)[2].source
    assert text.startswith("*Reads* ") and f"`results/{source.stem}.json`" in text
    assert text.index("*Reads*") < text.index("*Writes*")
    place = STEPS.index(source.stem)
    neighbours = [*STEPS[max(place - 1, 0):place], *STEPS[place + 1:place + 2]]
    assert re.findall(r"\]\((\w+)\.ipynb\)", text) == neighbours


@each_notebook
def test_a_link_to_a_notebook_holds_its_title(source):
    text = " ".join("\n".join(c.source for c in cells(source, "markdown")).split())
    for words, name in re.findall(r"\[([^]]+)\]\((\w+)\.ipynb\)", text):
        assert cells(FOLDER / f"{name}.py")[0].source.startswith(f"# {words}\n")


@each_notebook
def test_then_come_parameters_and_imports_and_no_import_later(source):
    assert tags(cells(source)[3]) == ["parameters"]
    imports = [
        place for place, cell in enumerate(cells(source)) if cell.cell_type == "code"
        if any(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(ast.parse(cell.source)))
    ]
    assert imports == [1, 4]


@each_notebook
def test_a_notebook_ends_with_conclusion_supplement_numbers_and_colophon(source):
    at = [c.source for c in cells(source)].index("## Conclusion")
    conclusion, supplement = cells(source)[at + 1:at + 3]
    numbers, colophon = cells(source)[-2:]
    assert conclusion.source.endswith("page.conclude()")
    assert supplement.source.startswith("## Supplement")
    assert supplement.metadata["jp-MarkdownHeadingCollapsed"]
    assert numbers.source.endswith("page.close()") and colophon.source == "page.sign()"


@each_notebook
def test_what_differs_from_run_to_run_is_not_compared(source):
    varying = ("Answer()", "page.workers(", "page.sign()")
    found = [c for c in cells(source, "code") if any(word in c.source for word in varying)]
    assert len(found) >= 2 and all("nbval-ignore-output" in tags(c) for c in found)


@each_notebook
def test_code_cells_are_short(source):
    body = [code_lines(c) for c in cells(source, "code") if "parameters" not in tags(c)]
    assert [lines for lines in body if len(lines) > LONGEST] == []


def test_there_is_little_code_in_all():
    assert sum(len(code_lines(c)) for s in SOURCES for c in cells(s, "code")) <= MOST


@each_notebook
def test_a_notebook_does_not_handle_what_there_is_not(source):
    code = "\n".join(c.source for c in cells(source, "code"))
    assert not re.search(r"is None|is not None|tables\.stacked|\bsynthetic=(?!page)", code)


@each_notebook
def test_there_is_more_argument_than_code(source):
    words = sum(len(c.source.split()) for c in cells(source, "markdown"))
    lines = sum(len(code_lines(c)) for c in cells(source, "code"))
    assert words >= WORDS_PER_LINE * lines


@each_notebook
def test_no_number_is_typed_into_prose(source):
    assert [n for c in cells(source, "markdown") for n in numbers_typed(c.source)] == []


@pytest.mark.parametrize(
    "prose",
    ["The Severe lost 3.84 points.", "n = 454", "In 36.6 % it was so.", "an ARI of 0.91",
     "Of 10 of them", "k = 3 is best", "about 12 mm"],
)
def test_a_typed_result_would_be_found(prose):
    assert numbers_typed(prose)


@pytest.mark.parametrize(
    "prose",
    ["its 95 % interval", "0 on average, 1 for equal, −1 complete", "dissolved at 0.5 or below",
     "see notebook 3 and Figure 4a", "[2 · Who?](02_x.ipynb) and `results/02.json`", "HC3 and t",
     "highest at k = 2."],
)
def test_a_convention_is_no_typed_result(prose):
    assert numbers_typed(prose) == []


def code_words(text: str) -> set[str]:
    """Words of Python code: names and text constants, without docstrings and comments."""
    tree = ast.parse(text)
    alone = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    docstrings = {id(value) for value in alone if isinstance(value, ast.Constant)}
    nodes = [node for node in ast.walk(tree) if id(node) not in docstrings]
    found = [value for node in nodes for value in vars(node).values() if isinstance(value, str)]
    return {word for value in found for word in re.findall(r"\w+", value)}


def column_names() -> set[str]:
    book = codebook.read_codebook(PROJECT / "data" / "codebook.csv")
    return {name for c in book.columns for name in (c.name, *c.file_columns)}


GENERAL = [path for path in sorted((PROJECT / "src" / "compendium").rglob("*.py"))
           if path.stem != "derive" and not path.stem.startswith("synthetic")]


@pytest.mark.parametrize("path", [*GENERAL, *SOURCES], ids=lambda path: path.stem)
def test_only_the_codebook_knows_the_columns(path):
    text = path.read_text(encoding="utf-8")
    names = column_names()
    assert names & code_words(text) == set()
    # a name with _ in it is no English word, and so not for prose and comments either
    assert {name for name in names if "_" in name} & set(re.findall(r"\w+", text)) == set()
    assert "alsfrs" not in text.lower()


def test_a_module_that_knew_a_column_would_be_found():
    known = 'def f(data):\n    """Sex matters."""\n    return data["sex"], data.cts, f"{x} bmi"\n'
    assert {"sex", "cts", "bmi"} <= code_words(known) and "Sex" not in code_words(known)
