"""A manifest has a shape and a seal; what has not is not relied on."""

import json

import pytest
import sealing
from mini_project import make

from compendium.run import manifest

WHERE = "reports/run/manifest.json"


@pytest.fixture
def root(tmp_path):
    return make(tmp_path / "a project", a="x = 1")


@pytest.fixture
def folder(root):
    return sealing.finished(root)


def test_a_manifest_is_read_as_it_was_sealed(folder):
    content, wrong = manifest.examined(folder)
    assert wrong == "" and content["schema"] == manifest.SCHEMA
    assert manifest.read_manifest(folder) == content == json.loads(
        (folder / "manifest.json").read_text()
    )


def test_the_seal_is_of_all_the_rest_and_of_no_order(folder):
    content = manifest.read_manifest(folder)
    turned = {key: content[key] for key in reversed(content)}
    assert manifest.sealed(turned)["seal"] == content["seal"]
    seals = {manifest.sealed(content | {key: "x"})["seal"] for key in content if key != "seal"}
    assert len(seals) == len(content) - 1 and content["seal"] not in seals


def test_a_manifest_that_was_edited_by_hand_does_not_fit_its_seal(folder):
    sealing.change(folder, lambda content: content.update(finished="2027"), seal=False)
    content, wrong = manifest.examined(folder)
    assert wrong == f"{WHERE} was changed since it was written: its seal does not fit"
    assert content["finished"] == "2027" and manifest.read_manifest(folder) == {}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("[]", "it is not of schema 2"),
        ("{}", "it is not of schema 2"),
        ('{"schema": 3}', "it is not of schema 2"),
        ('{"schema": 2}', "run is missing"),
    ],
    ids=["cut off", "deep", "a list", "made before", "made later", "empty"],
)
def test_what_is_no_manifest_cannot_be_read_and_it_is_said_why(tmp_path, text, what):
    folder = sealing.write_text(tmp_path / "run", text)
    assert manifest.examined(folder) == ({}, f"{WHERE} cannot be read: {what}")
    assert manifest.read_manifest(folder) == {}


@pytest.mark.parametrize(
    ("edit", "what"),
    [
        (lambda c: c.pop("sources"), "sources is missing"),
        (lambda c: c.update(steps=[]), "steps is of the wrong type"),
        (lambda c: c.update(complete=1), "complete is of the wrong type"),
        (lambda c: c.update(seed=True), "seed is of the wrong type"),
        (lambda c: c["steps"]["01_a"].pop("outputs"), "outputs is missing in 01_a"),
        (lambda c: c["steps"].update({"01_a": None}), "01_a is of the wrong type"),
        (lambda c: c["steps"]["01_a"]["outputs"].update(x=1), "x is of the wrong type"),
        (lambda c: c["inputs"]["cohort"].update(path=3), "path is of the wrong type"),
        (lambda c: c["parameters"].update(n_init=[]), "n_init is of the wrong type"),
    ],
)
def test_a_manifest_of_another_shape_cannot_be_read_and_the_key_is_named(folder, edit, what):
    sealing.change(folder, edit)
    assert manifest.examined(folder) == ({}, f"{WHERE} cannot be read: {what}")


def test_a_manifest_that_is_a_folder_or_not_there_is_none(tmp_path):
    assert manifest.examined(tmp_path / "run") == ({}, f"{WHERE} is missing")
    (tmp_path / "run" / "manifest.json").mkdir(parents=True)
    assert manifest.examined(tmp_path / "run")[1].startswith(f"{WHERE} cannot be read")


def test_an_editors_copy_of_a_module_is_no_source(root):
    before = manifest.sources(root)
    copy = root / "src" / "compendium" / ".ipynb_checkpoints" / "inner-checkpoint.py"
    copy.parent.mkdir()
    copy.write_text("Y = 2\n")
    assert manifest.sources(root) == before


def test_runs_are_the_folders_that_have_a_manifest(root):
    sealing.finished(root, "mine")
    (root / "reports" / "alone").mkdir()
    assert manifest.runs(root) == ("mine",)
