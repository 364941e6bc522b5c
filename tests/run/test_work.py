"""A run in the making knows its files as they were looked at, and when they are no longer so."""

import json

import pytest
import sealing
from mini_project import make, write

from compendium.parameters import complete
from compendium.run import manifest
from compendium.run.work import Work


@pytest.fixture
def root(tmp_path):
    return make(tmp_path / "a project", a="x = 1")


def opened(root):
    folder = root / "reports" / "run"
    return Work.opened(root, folder, complete({}) | {"run": "run"})


def changed(root, edit):
    """What is said of a step during which something was done to the project."""
    work = opened(root)
    found = work.ingredients("01_a")
    edit(root)
    return work.changed("01_a", found)


def test_a_step_whose_files_stay_may_count(root):
    assert changed(root, lambda root: None) == ""


@pytest.mark.parametrize(
    ("file", "what"),
    [
        ("data/cohort_synthetic.csv", "the cohort changed"),
        ("data/codebook.csv", "the codebook changed"),
        ("data/more.csv", "data/more.csv is new"),
        ("notebooks/01_a.py", "notebooks/01_a.py changed"),
        ("src/compendium/late.py", "the package changed"),
        ("requirements.lock", "requirements.lock changed"),
    ],
)
def test_a_step_whose_files_change_while_it_runs_may_not(root, file, what):
    def edit(root):
        with (root / file).open("a") as opened:
            opened.write("\n# more\n")

    said = changed(root, edit)
    assert said == f"{what} while it ran; run again when it is saved."


def test_a_file_that_is_taken_away_is_named(root):
    said = changed(root, lambda root: (root / "notebooks" / "01_a.py").unlink())
    assert said.startswith("notebooks/01_a.py is no longer used (and ")


def test_a_step_does_not_mind_another_notebook(root):
    assert changed(root, lambda root: write(root, "02_b", "x = 2")) == ""


def test_a_step_is_planned_with_what_was_seen_and_not_with_what_is_there(root):
    work = opened(root)
    before = work.ingredients("01_a")
    (root / "data" / "cohort_synthetic.csv").write_text("x\n2\n")
    assert work.ingredients("01_a") == before != opened(root).ingredients("01_a")


def test_what_was_kept_is_sealed_and_goes_on(root, capsys):
    folder = sealing.finished(root)
    work = opened(root)
    assert work.why("01_a") == "" and capsys.readouterr().out == ""
    work.begin()
    work.keep("01_a", 1.234, work.ingredients("01_a"), {"python": "3"})
    assert not manifest.read_manifest(folder)["complete"]
    work.finish(complete=True)
    content = manifest.read_manifest(folder)
    assert content["complete"] and content["steps"]["01_a"]["seconds"] == 1.2
    assert opened(root).why("01_a") == ""


def test_a_parameter_of_many_digits_is_the_same_when_it_is_read_again(root):
    write(root, "01_a", "").write_text('# %% tags=["parameters"]\nalpha = 0.05\n')
    third = complete({"alpha": 0.1 / 3}) | {"run": "run"}
    work = Work.opened(root, sealing.finished(root), third)
    work.keep("01_a", 1.0, work.ingredients("01_a"), {})
    assert Work.opened(root, work.folder, third).why("01_a") == ""


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"schema": 2, "run": "run"}'])
def test_a_manifest_that_cannot_be_read_is_said_so_and_is_as_none(root, capsys, text):
    sealing.write_text(root / "reports" / "run", text)
    assert opened(root).why("01_a") == "first run"
    said = capsys.readouterr().out
    assert said.startswith("reports/run/manifest.json cannot be read: ")
    assert said.endswith("; every step runs again.\n")


def test_a_manifest_that_was_edited_is_as_none(root, capsys):
    sealing.change(sealing.finished(root), lambda c: c.update(seed=3), seal=False)
    assert opened(root).why("01_a") == "first run"
    assert "its seal does not fit; every step runs again." in capsys.readouterr().out


def test_a_manifest_holds_every_parameter_and_no_folder_of_the_machine(root, tmp_path):
    mine = tmp_path / "ward" / "mine.csv"
    given = complete({"cohort": str(mine)}) | {"run": "run"}
    work = Work.opened(root, root / "reports" / "run", given)
    work.begin()
    content = manifest.read_manifest(work.folder)
    assert content["parameters"] == given | {"cohort": "mine.csv"}
    assert "ward" not in json.dumps(content)
