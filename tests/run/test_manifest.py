"""A manifest says what a run was made from and made; numbers are compared one by one."""

import json

import pytest
from mini_project import make

from compendium.parameters import complete
from compendium.run import manifest


def finished(root, name="run", results=None, parameters=None, **more):
    """A complete run with one step and these results, as the runner would record it."""
    folder = root / "reports" / name
    for kind in ("results", "tables", "notebooks"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    table = {"kind": "table", "name": "t", "title": "T", "files": ["tables/t.csv"]}
    content = {"n": 3, "mean": 0.5, "outputs": [table]} if results is None else results
    (folder / "results" / "01_a.json").write_text(json.dumps(content))
    (folder / "tables" / "t.csv").write_text("k\n2\n")
    (folder / "notebooks" / "01_a.ipynb").write_text("{}")
    data = root / "data" / "cohort_synthetic.csv"
    record = {
        "run": name,
        "complete": True,
        "parameters": complete(parameters or {}) | {"run": name},
        "inputs": {"cohort": {"file": data.name, "sha256": manifest.sha256(data),
                              "path": "data/cohort_synthetic.csv"}},
        "sources": manifest.sources(root),
        "steps": {"01_a": {"outputs": manifest.outputs(folder, "01_a")}},
    } | more
    (folder / "manifest.json").write_text(json.dumps(record))
    return folder


@pytest.fixture
def root(tmp_path):
    return make(tmp_path / "a project", modules={"room/inner": "Y = 1\n"})


def test_outputs_are_what_the_results_name_with_the_results_and_the_notebook(root):
    found = manifest.outputs(finished(root), "01_a")
    assert sorted(found) == ["notebooks/01_a.ipynb", "results/01_a.json", "tables/t.csv"]


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("reports/run/tables/t.csv", "reports/run/tables/t.csv has changed."),
        ("data/cohort_synthetic.csv", "cohort_synthetic.csv has changed."),
        ("requirements.lock", "requirements.lock has changed."),
        ("src/compendium/room/inner.py", "src/compendium/room/inner.py has changed."),
        ("src/compendium/room/new.py", "src/compendium/room/new.py is new."),
        ("notebooks/02_b.py", "notebooks/02_b.py is new."),
    ],
)
def test_every_changed_file_is_listed(root, file, sentence):
    finished(root)
    with (root / file).open("a") as opened:
        opened.write("3\n")
    assert manifest.verify(root, "run") == [sentence]


@pytest.mark.parametrize("file", ["reports/run/tables/t.csv", "src/compendium/room/inner.py"])
def test_a_missing_output_or_module_is_listed(root, file):
    finished(root)
    (root / file).unlink()
    assert manifest.verify(root, "run") == [f"{file} is missing."]


def test_an_editors_copy_of_a_module_is_no_module(root):
    finished(root)
    copy = root / "src" / "compendium" / "room" / ".ipynb_checkpoints" / "inner-checkpoint.py"
    copy.parent.mkdir()
    copy.write_text("Y = 2\n")
    assert manifest.verify(root, "run") == []


def test_the_reference_run_may_lack_its_executed_notebooks_and_no_other_run_may(root):
    for name in ("reference", "run"):
        (finished(root, name) / "notebooks" / "01_a.ipynb").unlink()
    assert manifest.verify(root, "reference") == []
    assert manifest.verify(root, "run") == ["reports/run/notebooks/01_a.ipynb is missing."]


def test_an_incomplete_run_does_not_verify(root):
    finished(root, complete=False)
    assert manifest.verify(root, "run") == ["run run is not complete."]


def test_a_run_without_a_readable_manifest_does_not_verify(root):
    (finished(root) / "manifest.json").write_text("{")
    assert manifest.verify(root, "run") == [
        "reports/run/manifest.json is missing or cannot be read."
    ]


def test_a_cohort_outside_the_project_is_hashed_only_where_it_is_given(root, tmp_path):
    finished(root, inputs={"cohort": {"file": "mine.csv", "sha256": "0" * 64}})
    (tmp_path / "mine.csv").write_text("x\n")
    assert manifest.verify(root, "run") == []
    own = {"cohort": tmp_path / "mine.csv"}
    assert manifest.verify(root, "run", own) == ["mine.csv has changed."]


def test_equal_runs_are_counted(root):
    results = {"n": 3, "mean": 0.5, "names": ["Mild", "Severe"], "none": None, "yes": True}
    finished(root, "reference", results)
    finished(root, "run", results)
    assert manifest.compare_runs(root, "run") == manifest.Comparison("", 2, 4, ())


@pytest.mark.parametrize(
    ("here", "there", "sentence"),
    [
        ({"n": 288}, {"n": 287}, "01_a: n is 288, reference 287"),
        ({"a": {"b": [1.0, 2.5]}}, {"a": {"b": [1.0, 2.4]}}, "01_a: a.b.1 is 2.5, reference 2.4"),
        ({"name": "Mild"}, {"name": "Severe"}, '01_a: name is "Mild", reference "Severe"'),
        ({"x": None}, {"x": 1.0}, "01_a: x is null, reference 1.0"),
        ({"n": 1, "m": 2}, {"n": 1}, "01_a: m is 2, reference absent"),
        ({"yes": True}, {"yes": 1}, "01_a: yes is true, reference 1"),
    ],
)
def test_every_difference_is_shown_with_its_path(root, here, there, sentence):
    finished(root, "reference", there)
    finished(root, "run", here)
    assert manifest.compare_runs(root, "run").differences == (sentence,)


@pytest.mark.parametrize("size", [0.0, 1.0, 1e6])
def test_numbers_may_differ_by_the_tolerance_absolutely_or_relatively(size):
    step = manifest.TOLERANCE * (1 + size)
    assert manifest.equal(size, size + 0.9 * step)
    assert not manifest.equal(size, size + 1.2 * step)


@pytest.mark.parametrize("path", [("beta_ci", "0"), ("bootstrap", "sd"), ("jaccard", "Mild")])
def test_resampled_numbers_may_differ_more(path):
    assert manifest.equal(0.5, 0.5 + 5e-7, path) and not manifest.equal(0.5, 0.5 + 2e-6, path)


def test_whole_words_of_a_key_say_that_it_is_resampled():
    assert not manifest.equal(0.5, 0.5 + 5e-7, ("variance", "specificity"))


def test_whole_numbers_have_no_tolerance_even_when_resampled():
    assert not manifest.equal(10**9, 10**9 + 1, ("bootstrap",))


def test_a_run_with_another_parameter_is_not_compared(root):
    finished(root, "reference")
    finished(root, "run", parameters={"n_clusters": 3})
    expected = "not compared with the reference run: n_clusters is 3, there 2."
    assert manifest.compare_runs(root, "run").why_not == expected


def test_a_parameter_that_changes_no_result_does_not_prevent_comparison(root):
    finished(root, "reference")
    finished(root, "run", parameters={"jobs": 1})
    assert manifest.compare_runs(root, "run").why_not == ""


def test_a_run_of_another_cohort_is_not_compared(root):
    finished(root, "reference")
    finished(root, "run", inputs={"cohort": {"file": "mine.csv", "sha256": "0" * 64}})
    expected = "not compared with the reference run: it is of another cohort."
    assert manifest.compare_runs(root, "run").why_not == expected


def test_without_a_reference_nothing_is_compared(root):
    finished(root)
    assert (
        manifest.compare_runs(root, "run").why_not
        == "not compared: there is no complete reference run."
    )
