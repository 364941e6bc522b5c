"""What a notebook leaves behind: whole sets of outputs, numbers that repeat."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import sealing

from compendium.headcounts import Bound
from compendium.run import results
from compendium.run.results import Run, dumps, latest, plain

TWO_ROWS = pd.DataFrame({"a": [1, 2]})


class Drawing(str):
    """A figure without axes."""

    axes = ()


@pytest.fixture(autouse=True)
def drawing_and_layout(monkeypatch):
    """Figures are saved and tables written as one line of text: here only the files matter."""

    def marked(figure, synthetic: bool):
        return SimpleNamespace(compendium_alt=f"{figure}, synthetic: {synthetic}")

    def save(figure, path: Path) -> list[Path]:
        files = [path.with_suffix(".svg"), path.with_suffix(".png")]
        for file in files:
            file.write_text(figure.compendium_alt)
        return files

    def write(frame, path: Path, synthetic: bool) -> None:
        path.write_text(f"{len(frame)} rows, synthetic: {synthetic}")

    style, tables = SimpleNamespace(marked=marked, save=save), SimpleNamespace(write_table=write)
    monkeypatch.setitem(sys.modules, "compendium.report.figures.style", style)
    monkeypatch.setitem(sys.modules, "compendium.report.tables", tables)
    for name in ("COMPENDIUM_READS", results.STAGED):  # which a session may set
        monkeypatch.delenv(name, raising=False)


def files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def published(reports: Path, *names: str, run: str = "mine", **numbers) -> Run:
    """A notebook that keeps one table of each name and publishes."""
    out = Run("01_a", run, synthetic=True, reports=reports)
    for name in names:
        out.table(TWO_ROWS, name, f"Table {name}")
    out.publish({"answer": ["An answer."]}, numbers)
    return out


def test_another_run_can_be_named_for_reading(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPENDIUM_READS", "mine")
    assert latest(tmp_path) == tmp_path / "mine"


def test_publishing_leaves_the_outputs_and_their_index(tmp_path):
    out = Run("01_a", "mine", synthetic=True, reports=tmp_path)
    out.figure(Drawing("a drawing"), "fig_1", "Figure 1")
    out.table(TWO_ROWS, "tab_1", "Table 1")
    out.model({"k": 2}, "mod_1", "Model 1")
    out.publish({"answer": ["An answer."]}, {"n": 3})
    assert files(tmp_path) == {
        f"mine/{f}" for f in (
            "figures/fig_1.svg", "figures/fig_1.png", "tables/tab_1.csv", "models/mod_1.json",
            "results/01_a.json",
        )
    }


def test_the_json_names_every_file(tmp_path):
    published(tmp_path, "tab_1", n=30)
    found = results.read_results(tmp_path / "mine", "01_a")
    assert (found["n"], found["synthetic"], found["answer"]) == (30, True, ["An answer."])
    assert found["outputs"] == [
        {"kind": "table", "name": "tab_1", "title": "Table tab_1", "files": ["tables/tab_1.csv"]}
    ]


def test_results_and_models_name_the_scenario_and_files_of_people_do_not(tmp_path):
    for scenario in ("continuum", ""):
        out = Run("01_a", "mine", synthetic=True, scenario=scenario, reports=tmp_path)
        out.model({"centroids": [[0.0]]}, "phenotyper", "Phenotyper")
        out.publish({"answer": ["An answer."]}, {"n": 3})
        for kind, name in (("results", "01_a"), ("models", "phenotyper")):
            content = json.loads((tmp_path / "mine" / kind / f"{name}.json").read_text("utf-8"))
            assert content["synthetic"] is True and content.get("scenario", "") == scenario


@pytest.mark.parametrize("synthetic", [True, False])
def test_a_figure_is_finished_before_it_is_kept_and_its_alternative_text_with_it(
    tmp_path, synthetic
):
    out = Run("01_a", "mine", synthetic=synthetic, reports=tmp_path)
    finished = out.figure(Drawing("Two clouds"), "f", "Figure")
    out.publish({}, {})
    said = f"Two clouds, synthetic: {synthetic}"
    assert results.read_results(tmp_path / "mine", "01_a")["outputs"][0]["alt"] == said
    assert finished.compendium_alt == (tmp_path / "mine" / "figures" / "f.svg").read_text() == said


def test_nothing_to_draw_and_nothing_to_list_leave_nothing(tmp_path):
    out, empty = Run("01_a", "mine", synthetic=True, reports=tmp_path), TWO_ROWS.iloc[:0]
    empty.attrs["reason"] = "No validator is named."
    assert out.figure(None, "f", "Figure") is None
    out.table(empty, "t", "Table")
    out.publish({}, {})
    assert files(tmp_path) == {"mine/results/01_a.json"}
    assert "No validator" not in (tmp_path / "mine/results/01_a.json").read_text()


def test_a_notebook_killed_before_its_end_leaves_the_old_set_whole(tmp_path):
    published(tmp_path, "tab_1", n=3)
    before = {f: (tmp_path / f).read_text() for f in files(tmp_path)}
    killed = Run("01_a", "mine", synthetic=False, reports=tmp_path)
    killed.table(pd.concat([TWO_ROWS] * 2), "tab_1", "Other")
    after = {f: (tmp_path / f).read_text() for f in files(tmp_path) if ".pending" not in f}
    assert after == before


def test_numbers_that_cannot_be_written_leave_the_old_set_whole(tmp_path):
    published(tmp_path, "tab_1", n=3)
    before = (tmp_path / "mine/tables/tab_1.csv").read_text()
    circle: list = []
    circle.append(circle)
    out = Run("01_a", "mine", synthetic=False, reports=tmp_path)
    out.table(pd.concat([TWO_ROWS] * 2), "tab_1", "Other")
    with pytest.raises(RecursionError):
        out.publish({}, {"n": circle})
    assert (tmp_path / "mine/tables/tab_1.csv").read_text() == before


def test_what_somebody_else_settles_waits_whole_and_leaves_the_old_set(tmp_path, monkeypatch):
    published(tmp_path, "tab_1", "tab_2", n=3)
    before = {f: (tmp_path / f).read_text() for f in files(tmp_path)}
    monkeypatch.setenv(results.STAGED, "1")
    published(tmp_path, "tab_2", n=4)
    assert {f: (tmp_path / f).read_text() for f in before} == before
    results.settle(tmp_path / "mine", "01_a")
    assert files(tmp_path) == {"mine/tables/tab_2.csv", "mine/results/01_a.json"}
    assert results.read_results(tmp_path / "mine", "01_a")["n"] == 4


@pytest.mark.parametrize("text", ["{", "[]", '{"outputs": 3}'])
def test_results_that_cannot_be_read_are_replaced(tmp_path, text):
    (published(tmp_path).folder / "results" / "01_a.json").write_text(text)
    published(tmp_path, "tab_1", n=4)
    assert results.read_results(tmp_path / "mine", "01_a")["n"] == 4


def test_a_notebook_leaves_its_results_itself_and_what_the_results_name(tmp_path):
    published(tmp_path, "tab_1")
    assert results.left_by("01_a", tmp_path / "mine") == [
        "notebooks/01_a.ipynb", "results/01_a.json", "tables/tab_1.csv",
    ]


def test_what_a_killed_notebook_left_waiting_is_not_published_later(tmp_path):
    killed = Run("01_a", "mine", synthetic=True, reports=tmp_path)
    killed.table(TWO_ROWS, "old", "Old")
    published(tmp_path, "new")
    assert files(tmp_path) == {"mine/tables/new.csv", "mine/results/01_a.json"}


def test_files_that_are_no_longer_made_are_removed(tmp_path):
    published(tmp_path, "tab_1", "tab_2")
    published(tmp_path, "tab_2")
    assert files(tmp_path) == {"mine/tables/tab_2.csv", "mine/results/01_a.json"}


def test_files_of_other_notebooks_stay(tmp_path):
    published(tmp_path, "tab_1")
    Run("02_b", "mine", synthetic=True, reports=tmp_path).publish({}, {})
    assert "mine/tables/tab_1.csv" in files(tmp_path)


def test_a_last_cell_run_twice_publishes_the_same(tmp_path):
    out = published(tmp_path, "tab_1", n=30)
    out.publish({}, {"n": 40})
    assert "mine/tables/tab_1.csv" in files(tmp_path)
    assert results.read_results(tmp_path / "mine", "01_a")["n"] == 40


def test_a_cell_run_twice_keeps_its_output_once(tmp_path):
    published(tmp_path, "tab_1", "tab_1")
    assert len(results.read_results(tmp_path / "mine", "01_a")["outputs"]) == 1


def test_the_index_lists_all_outputs_of_all_notebooks(tmp_path):
    published(tmp_path, "tab_1", "tab_2")
    found = {"01_a": results.read_results(tmp_path / "mine", "01_a"), "02_b": None}
    assert results.index(found).iloc[1].tolist() == [
        "table", "Table tab_2", "01_a", "tables/tab_2.csv",
    ]


@pytest.mark.parametrize("name", ["../mine", "a/b", "..", ".", "/elsewhere", ".hidden", "a/"])
def test_a_run_cannot_leave_its_folder(tmp_path, refusal, name):
    assert refusal(Run, "01_a", name, synthetic=True, reports=tmp_path) == (
        f"parameter run is {name!r}; write a plain name without / or a dot in front.",
    )


def test_the_latest_run_is_the_complete_one_that_finished_last(tmp_path):
    sealing.write(tmp_path / "old", finished="2026-01-02T09:00:00Z")
    sealing.write(tmp_path / "new", finished="2026-01-10T08:00:00Z")
    sealing.write(tmp_path / "failed", complete=False, finished="2026-02-01T08:00:00Z")
    sealing.write(tmp_path / "edited", finished="2025-02-01T08:00:00Z")
    sealing.change(tmp_path / "edited", lambda c: c.update(finished="2027"), seal=False)
    sealing.write_text(tmp_path / "before", '{"complete": true, "finished": "2027"}')
    sealing.write(tmp_path / "reference", finished="2026-03-01T08:00:00Z")
    assert latest(tmp_path) == tmp_path / "new"


def test_without_a_complete_run_the_reference_is_read(tmp_path):
    sealing.write(tmp_path / "failed", complete=False)
    assert latest(tmp_path) == tmp_path / "reference"
    assert latest(tmp_path / "nowhere") == tmp_path / "nowhere" / "reference"


def test_a_notebook_alone_reads_the_latest_run_and_writes_beside_it(tmp_path):
    published(tmp_path, run="mine", n=3)
    sealing.write(tmp_path / "mine")
    alone = Run("02_b", synthetic=True, reports=tmp_path)
    assert (alone.reads.name, alone.folder.name) == ("mine", "alone")


def test_a_notebook_of_a_run_reads_that_run(tmp_path):
    assert Run("02_b", "other", synthetic=True, reports=tmp_path).reads == tmp_path / "other"


def test_numbers_keep_ten_significant_digits():
    assert plain([1 / 3, 2e9 / 3, 1e-20 / 3]) == [0.3333333333, 666666666.7, 3.333333333e-21]


@pytest.mark.parametrize(
    "missing", [None, np.nan, float("inf"), -np.inf, pd.NA, pd.NaT, np.float64("nan")], ids=repr
)
def test_what_is_no_number_is_null(missing):
    assert dumps({"a": missing}) == '{\n "a": null\n}\n'


def test_a_count_that_is_not_said_exactly_is_written_as_text():
    content = {"n": Bound("<", 5), "rows": [{"n": Bound("≥", 1455)}]}
    assert json.loads(dumps(content)) == {"n": "<5", "rows": [{"n": "≥1,455"}]}
    assert plain(content)["n"] is content["n"]


def test_what_is_of_few_leaves_no_run(tmp_path):
    out, few = Run("01_a", "mine", synthetic=True, reports=tmp_path), {"n": 3, "mean": 0.5}
    kept = out.table(pd.DataFrame([few, {"n": 30, "mean": 0.5}]), "t", "Table")
    out.model({"parts": [few]}, "m", "Model")
    out.publish({"answer": []}, {"rows": [few]})
    hidden = {"n": "<5", "mean": None}
    assert kept.astype(str)["n"].tolist() == ["<5", "30"] and kept["mean"].isna().tolist() == [
        True, False]
    assert json.loads((tmp_path / "mine/models/m.json").read_text("utf-8"))["parts"] == [hidden]
    again = results.read_results(tmp_path / "mine", "01_a")["rows"]
    assert again == [hidden | {"n": 4}] and str(again[0]["n"]) == "<5"


def test_reading_back_what_was_written_changes_nothing():
    content = {"a": 1 / 7, "b": [1, None, "−3.84"], "c": {"d": True}}
    once = json.loads(dumps(content))
    assert json.loads(dumps(once)) == once


@dataclass
class Point:
    x: float


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (np.int64(4), 4),
        (np.bool_(True), True),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (pd.Series([1.5, None]), [1.5, None]),
        (pd.Categorical(["b", None], ["a", "b"]), ["b", None]),
        (TWO_ROWS, [{"a": 1}, {"a": 2}]),
        (Point(0.5), {"x": 0.5}),
        ({2: (1,)}, {"2": [1]}),
        (Path("a/b"), "a/b"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_content_becomes_plain(content, expected):
    assert plain(content) == expected


def test_true_stays_true_and_does_not_become_one():
    assert dumps([True, np.bool_(False)]).split() == ["[", "true,", "false", "]"]


def test_a_text_is_written_whole_without_leftovers(tmp_path):
    results.write_text(tmp_path / "new" / "a.txt", "µ")
    assert files(tmp_path) == {"new/a.txt"}
    assert (tmp_path / "new/a.txt").read_bytes() == "µ".encode()


def test_the_results_of_a_run_or_of_the_latest_are_read_together(tmp_path):
    for run, n in (("mine", 30), ("other", 40)):
        Run("01_cohort", run, synthetic=True, reports=tmp_path).publish({}, {"n": n})
    sealing.write(tmp_path / "other")
    found = results.steps_read("mine", tmp_path)
    assert found["01_cohort"]["n"] == 30 and found["02_clustering"] is None
    assert results.steps_read("", tmp_path)["01_cohort"]["n"] == 40


def test_without_the_first_notebook_nobody_knows_whose_patients_they_are(tmp_path):
    with pytest.raises(FileNotFoundError, match="reports/mine lacks the results of 01_cohort"):
        results.steps_read("mine", tmp_path)
