"""A run verifies where it is what its manifest says, and its manifest what the project says."""

import json

import pytest
from mini_project import make, write
from sealing import change, finished

from compendium.run.manifest import sha256
from compendium.run.verification import unseen, verify

OWN = {"cohort": {"file": "mine.csv", "sha256": "0" * 64}}


@pytest.fixture
def root(tmp_path):
    return make(tmp_path / "a project", modules={"room/inner": "Y = 1\n"}, a="x = 1")


def edited(root, edit, **how):
    """What is said of a run whose manifest was edited, and sealed again."""
    change(finished(root), edit, **how)
    return verify(root, "run")


def test_a_run_as_it_was_made_verifies(root):
    finished(root)
    assert verify(root, "run") == []


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("reports/run/tables/t.csv", "reports/run/tables/t.csv has changed."),
        ("data/cohort_synthetic.csv", "cohort_synthetic.csv has changed."),
        ("requirements.lock", "requirements.lock has changed."),
        ("notebooks/01_a.py", "notebooks/01_a.py has changed."),
        ("src/compendium/room/inner.py", "src/compendium/room/inner.py has changed."),
        ("src/compendium/room/new.py", "src/compendium/room/new.py is new."),
    ],
)
def test_every_changed_or_added_file_is_listed(root, file, sentence):
    finished(root)
    with (root / file).open("a") as opened:
        opened.write("3\n")
    assert verify(root, "run") == [sentence]


@pytest.mark.parametrize(
    "file", ["reports/run/tables/t.csv", "src/compendium/room/inner.py", "notebooks/01_a.py"]
)
def test_a_missing_output_module_or_notebook_is_listed(root, file):
    finished(root)
    (root / file).unlink()
    assert verify(root, "run") == [f"{file} is missing."]


def test_a_notebook_that_was_added_is_a_source_and_a_step(root):
    finished(root)
    write(root, "02_b", "x = 2")
    assert verify(root, "run") == [
        "the manifest lacks step 02_b.", "notebooks/02_b.py is new.",
    ]


def test_a_notebook_that_cannot_be_understood_has_changed_and_no_more(root):
    finished(root)
    source = root / "notebooks" / "01_a.py"
    source.write_text(source.read_text().replace("n_clusters = 2", "n_clusters = = 2"))
    assert verify(root, "run") == ["notebooks/01_a.py has changed."]


def test_a_step_taken_out_of_the_manifest_is_missed_and_its_files_are_strangers(root):
    write(root, "02_b", "x = 2")
    (finished(root) / "results" / "02_b.json").write_text("{}")
    assert verify(root, "run") == [
        "the manifest lacks step 02_b.", "reports/run/results/02_b.json is not in the manifest.",
    ]


def test_a_manifest_without_steps_vouches_for_nothing(root):
    found = edited(root, lambda content: content.update(steps={}))
    assert found[0] == "the manifest names no steps."
    assert "reports/run/results/01_a.json is not in the manifest." in found


@pytest.mark.parametrize("kind", ["results", "tables", "figures", "models"])
def test_a_file_that_no_step_made_is_listed(root, kind):
    stranger = finished(root) / kind / "more" / "stranger.txt"
    stranger.parent.mkdir(parents=True)
    stranger.write_text("x")
    (stranger.parents[1] / ".DS_Store").write_text("the system's")
    assert verify(root, "run") == [f"reports/run/{kind}/more/stranger.txt is not in the manifest."]


def test_an_output_taken_out_with_its_file_is_still_named_by_the_results(root):
    folder = finished(root)
    (folder / "tables" / "t.csv").unlink()
    change(folder, lambda content: content["steps"]["01_a"]["outputs"].pop("tables/t.csv"))
    assert verify(root, "run") == ["reports/run/tables/t.csv is not in the manifest."]


def test_parameters_at_the_top_must_be_those_the_steps_ran_with(root):
    assert edited(root, lambda content: content["parameters"].update(n_clusters=3)) == [
        "01_a was not made from what the manifest names: parameter n_clusters 2 → 3.",
    ]
    assert edited(root, lambda content: content["parameters"].pop("n_clusters")) == [
        "01_a was not made from what the manifest names: parameter n_clusters 2 → None.",
    ]


def test_the_seed_at_the_top_must_be_the_one_the_steps_ran_with(root):
    assert edited(root, lambda content: content.update(seed=3)) == [
        "the manifest's seed is 3, and its parameter random_state 20260221.",
    ]


@pytest.mark.parametrize(
    ("kind", "name", "what"),
    [("sources", "requirements.lock", "requirements.lock changed"),
     ("sources", "src/compendium/room/inner.py", "the package changed")],
)
def test_a_source_recorded_anew_after_the_run_is_not_what_the_steps_were_made_from(
    root, kind, name, what
):
    folder = finished(root)
    (root / name).write_text("other\n")
    change(folder, lambda content: content[kind].update({name: sha256(root / name)}))
    assert verify(root, "run") == [f"01_a was not made from what the manifest names: {what}."]


def test_another_python_may_verify(root):
    python = {"Python": "2.7"}
    assert edited(root, lambda c: c["steps"]["01_a"]["ingredients"].update(python)) == []


def test_a_wrong_seal_is_said_with_all_else_that_is_wrong(root):
    assert edited(root, lambda content: content.update(seed=3), seal=False) == [
        "reports/run/manifest.json was changed since it was written: its seal does not fit; "
        "restore it, or run again.",
        "the manifest's seed is 3, and its parameter random_state 20260221.",
    ]


def test_a_manifest_that_cannot_be_read_is_all_that_is_said(root):
    (finished(root) / "manifest.json").write_text("{")
    assert verify(root, "run") == [
        "reports/run/manifest.json cannot be read: it is no JSON; restore it, or run again.",
    ]


def test_an_incomplete_run_does_not_verify(root):
    assert edited(root, lambda c: c.update(complete=False)) == ["run run is not complete."]


def test_steps_of_different_patients_are_no_run(root):
    write(root, "02_b", "")
    folder = finished(root)
    for step, fingerprint in (("01_a", "1f"), ("02_b", "2e")):
        path = folder / "results" / f"{step}.json"
        path.write_text(json.dumps({"patients": {"fingerprint": fingerprint}, "outputs": []}))
    change(folder, lambda c: c["steps"].update({"02_b": c["steps"]["01_a"]}))
    assert "02_b is of other patients (2e) than 01_a (1f)." in verify(root, "run")


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"outputs": 3, "patients": 4}', '{"outputs": [{}], "patients": {}}']
)
def test_results_of_whatever_shape_have_changed(root, text):
    (finished(root) / "results" / "01_a.json").write_text(text)
    assert "reports/run/results/01_a.json has changed." in verify(root, "run")


def test_the_reference_run_may_lack_its_executed_notebooks_and_no_other_run_may(root):
    for name in ("reference", "run"):
        (finished(root, name) / "notebooks" / "01_a.ipynb").unlink()
    assert verify(root, "reference") == []
    assert verify(root, "run") == ["reports/run/notebooks/01_a.ipynb is missing."]


def test_a_cohort_outside_the_project_is_hashed_only_where_it_is_given(root, tmp_path):
    mine = tmp_path / "mine.csv"
    mine.write_text("x\n")
    finished(root, parameters={"cohort": "mine.csv"}, inputs=OWN)
    assert verify(root, "run") == [] and unseen(root, "run", {}) == ["cohort"]
    own = {"cohort": mine}
    assert verify(root, "run", own) == ["mine.csv has changed."] and not unseen(root, "run", own)


def test_of_a_run_on_files_of_the_project_everything_is_seen(root):
    finished(root)
    mine = root / "data" / "mine.csv"
    mine.write_text("x\n")
    finished(root, "mine", parameters={"cohort": str(mine)})
    for run in ("run", "mine"):
        assert verify(root, run) == [] and unseen(root, run, {}) == []


def test_of_simulated_patients_there_is_no_file_to_see(root):
    finished(root, parameters={"scenario": "continuum"})
    assert verify(root, "run") == [] and unseen(root, "run", {}) == []
