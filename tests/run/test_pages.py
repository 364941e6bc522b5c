"""Every number on the title page and in docs comes from the reference run and nowhere else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from compendium.parameters import PARAMETERS
from compendium.run import pages
from compendium.run.results import STEPS, dumps

PROJECT = Path(__file__).resolve().parents[2]
DRAWN = [
    {"kind": "table", "name": "table_1_a", "title": "Table", "files": ["t/1.csv"]},
    {"kind": "figure", "name": "figure_s1_b", "title": "Supplement", "files": ["f/s1.png"]},
    {"kind": "figure", "name": "figure_3_axis", "title": "Axis", "files": ["f/1.svg", "f/1.png"],
     "alt": "Bars leave the band."},
]
VERDICT = {"verdict": {"rung": 3, "within": {}}, "beside": [{"rung": 0}]}


def block(name, content=""):
    return f"<!-- begin: {name} -->\n{content}<!-- end: {name} -->"


def rendered(name, project):
    """The lines that stand in a block once it is rendered."""
    return pages.render(block(name, "old\n"), project).splitlines()[1:-1]


@pytest.fixture
def project(tmp_path):
    """Two notebooks with reference results; the second drew nothing of its own."""
    reference = tmp_path / "reports" / "reference"
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "docs").mkdir()
    for step, drawn in ((STEPS[0], []), (STEPS[2], DRAWN)):
        found = {"synthetic": True, "n_analysed": 454, "outputs": drawn} | VERDICT
        path = reference / "results" / f"{step}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dumps(found))
        text = f"# %% [markdown]\n# # {int(step[:2])} · Who is analysed?\n#\n# **Question.** Who?\n"
        (tmp_path / "notebooks" / f"{step}.py").write_text(text)
    took = {step: {"seconds": s} for step, s in zip(STEPS[:2], (30.4, 11.2), strict=True)}
    (reference / "manifest.json").write_text(json.dumps({"steps": took, "peak_memory_mb": 310.4}))
    return tmp_path


def test_the_map_has_notebook_title_and_main_figure_and_no_answer(project):
    assert rendered("map", project)[2:] == [
        f"| [01](notebooks/{STEPS[0]}.ipynb) | Who is analysed? | – |",
        f"| [03](notebooks/{STEPS[2]}.ipynb) | Who is analysed? | "
        "[Figure 3](reports/reference/f/1.png) |",
    ]


def test_the_picture_is_the_axis_with_its_text_and_the_verdict_under_it(project):
    picture, _, caption = rendered("picture", project)
    assert picture == "![Bars leave the band.](reports/reference/f/1.png)"
    assert "verdict 3 of 3, groups;" in caption and caption.endswith("continuum: 0 of 3.*")


def test_the_cost_is_the_sum_of_the_steps_and_the_largest_process(project):
    (line,) = rendered("cost", project)
    assert "took 42 s on two cores" in line and "310 MB" in line


def test_the_parameters_are_those_of_the_schema(project):
    rows = rendered("parameters", project)[2:]
    assert [row.split("`")[1] for row in rows] == list(PARAMETERS)
    assert "| `n_clusters` | `2` | 2 to 8 | number of phenotypes |" in rows
    assert {row.replace("\\|", "").count("|") for row in rows} == {5}


def test_any_run_can_be_told_in_plain_words(project):
    assert "about 450" in pages.in_plain_words("reference", project)
    with pytest.raises(FileNotFoundError, match="reports/mine lacks the results of 01_cohort"):
        pages.in_plain_words("mine", project)


def test_what_stands_outside_the_blocks_is_left_as_it_is(project):
    old = block("cost", "old number\n")
    new = pages.render(f"# Title\n\n{old}\n\nWords. <!-- a comment -->\n", project)
    assert new.startswith("# Title\n\n<!-- begin: cost -->\n")
    assert new.endswith("<!-- end: cost -->\n\nWords. <!-- a comment -->\n")
    assert "old number" not in new


def test_rendering_twice_changes_nothing(project):
    page = "\n".join(block(name) for name in ("picture", "map", "cost", "parameters", "plain"))
    once = pages.render(page, project)
    assert pages.render(once, project) == once


def test_an_unknown_block_is_refused(project):
    with pytest.raises(KeyError, match="finding"):
        pages.render(block("finding"), project)


@pytest.mark.parametrize("name", sorted(pages.MEASURED))
def test_a_block_that_a_benchmark_writes_is_left_to_it(name):
    page = block(name, "| kind | failed |\n")
    assert pages.render(page) == page
    assert "failed" not in pages.with_blocks(page, {name: lambda: "new"})


def test_a_page_without_a_reference_run_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"manifest\.json"):
        pages.render(block("cost"), tmp_path)


def test_title_page_and_docs_are_rewritten_in_place(project):
    written = [project / "README.md", project / "docs" / "a.md"]
    for page in written:
        page.write_text(block("cost") + "\n", encoding="utf-8")
    pages.rewrite_pages(project)
    assert all("took 42 s" in page.read_text(encoding="utf-8") for page in written)


@pytest.mark.parametrize("step", STEPS)
def test_the_title_of_every_notebook_is_a_question_that_fits_a_table(step):
    asked = pages.notebook_title(PROJECT / "notebooks" / f"{step}.py")
    assert asked[0].isupper() and asked.count("?") == 1 and asked.endswith("?")
    assert not set("|\n#*") & set(asked) and len(asked) < 60


@pytest.mark.parametrize("page", pages.pages(), ids=lambda page: page.name)
def test_a_page_holds_the_numbers_of_the_committed_reference_run(page):
    results = PROJECT / "reports" / "reference" / "results"
    missing = sorted(set(STEPS) - {path.stem for path in results.glob("*.json")})
    assert not missing, f"reports/reference lacks {', '.join(missing)}: run `make reference`."
    text = page.read_text(encoding="utf-8")
    assert text == pages.render(text), f"{page.name} is out of date: run `make reference`."
    assert not re.search(r"(begin: \w+) -->\n<!-- end", text)
