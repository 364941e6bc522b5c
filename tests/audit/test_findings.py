"""What could point at a person is found wherever a run left it, and is not said again."""

import getpass
import platform
from pathlib import Path

import pytest
import sealing
from audited import drawing, found, kinds, known, patients

from compendium.audit import findings as audit
from compendium.parameters import complete
from compendium.problems import InputRefused
from compendium.run import manifest

LEAKS = {  # of each kind: file, content, place, kind
    "identifier": ("tables__t_csv", "a\n1\n{patient_id}\n", "row 3", "identifier"),
    "surname": ("results__r_json", '{{"a": {{"note": "as in {surname}."}}}}', "a", "identifier"),
    "values": ("tables__t_csv", "mt_tongue_mm,weight_kg\n{mt_tongue_mm},{weight_kg}\n", "row 2",
               "value pairs"),
    "extreme": ("results__r_json", '{{"label": "Tongue thickness", "high": {most}}}', "",
                "extreme"),
    "small cell": ("results__r_json", '{{"flow": [{{"left_out": 2}}]}}', "flow.0", "small cell"),
    "complement": ("tables__t_csv", "n,p\n452,0.1\n", "row 2", "complement"),
    "quartiles": ("results__r_json", '{{"n": 12, "median": 4, "q1": 3, "q3": 5}}', "",
                  "quartiles of few"),
    "path": ("notebooks__n_txt", "in /home/somebody/data it lies", "line 1", "path"),
    "windows": ("notebooks__n_txt", r"in C:\Users\x it lies", "line 1", "path"),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_of_each_kind_is_found_with_its_file_and_place(tmp_path, leak):
    name, content, place, kind = LEAKS[leak]
    file = ".".join(name.replace("__", "/").rsplit("_", 1))
    finding, = found(tmp_path, **{name: content.format(**known())})
    assert (finding.file, finding.place, finding.kind) == (file, place, kind)


def test_marks_of_persons_are_found_unless_the_patients_are_simulated(tmp_path):
    def draw(ax):
        ax.scatter([i * i % 97 for i in range(281)], range(281))

    assert kinds(found(tmp_path, figures__f_svg=drawing(draw))) == {"marks of persons"}


@pytest.mark.parametrize("leak", ["identifier", "surname", "values", "extreme"])
def test_no_finding_says_what_must_not_be_said(tmp_path, leak):
    name, content, *_ = LEAKS[leak]
    private = {text for key, text in known().items() if len(text) > 3 and not text.isalpha()}
    said = " ".join(map(str, found(tmp_path, **{name: content.format(**known())})))
    assert not [text for text in private if text in said]


def test_an_identifier_in_the_name_of_a_file_or_of_a_key_is_found_and_not_said(tmp_path):
    who = known()["patient_id"]
    named = found(tmp_path, **{f"tables__{who}_csv": "a\n", "results__r_json": {who: {"a": [1]}}})
    assert {f.file for f in named} == {"tables/….csv", "results/r.json"}
    assert who not in " ".join(map(str, named))


@pytest.mark.parametrize("content", [
    {"n": 5, "n_clusters": 2, "k": 3, "n_draws": 4, "n_missing": 0, "note": "fewer than five"},
    {"n": "<5", "remaining": "≥450", "left_out": "hidden", "title": "5 to 449 patients"},
    {"label": "Tongue thickness", "mean": 42.44073236, "low": 41.8617264, "high": 43.01973831},
    {"address": "https://host/home/user/x", "note": "reports/mine/tables and a/b", "w": "km/h"},
    {"bootstraps": {"n": 3}, "n": 20, "median": 4, "q1": 3, "q3": 5},
])
def test_a_run_that_tells_nothing_is_clean(tmp_path, content):
    assert found(tmp_path, results__r_json=content) == []


def test_what_stays_with_its_owner_is_not_read(tmp_path):
    assert found(tmp_path, private__labels_csv="id\n" + known()["patient_id"]) == []


def test_what_a_run_did_not_finish_is_read_too(tmp_path):
    files = {".pending__01_a__t_csv": known()["patient_id"], "results__02_clustering_json": "{"}
    assert [f.file for f in found(tmp_path, **files)] == [".pending/01_a/t.csv"]


def test_the_reference_runs_notebooks_are_read_where_they_are_kept(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_a.ipynb").write_text(known()["patient_id"])
    (tmp_path / "reports" / "reference").mkdir(parents=True)
    finding, = audit.audit(tmp_path, "reference", *patients())
    assert (finding.file, finding.kind) == ("notebooks/01_a.ipynb", "identifier")
    assert found(tmp_path) == []


def test_folders_of_the_project_the_user_and_the_host_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(getpass, "getuser", lambda: "bquirke")
    monkeypatch.setattr(platform, "node", lambda: "ward-pc-7")
    text = f"{tmp_path}/notebooks, by bquirke\non WARD-PC-7"
    assert kinds(found(tmp_path, notebooks__n_txt=text)) == {"path", "user", "host"}


def test_a_common_users_name_and_a_word_of_the_project_are_no_traces(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_a.py").write_text("thickness = 1")
    monkeypatch.setattr(getpass, "getuser", lambda: "root")
    monkeypatch.setattr(platform, "node", lambda: "thickness")
    assert found(tmp_path, notebooks__n_txt="the root of the thickness") == []


def test_a_user_without_a_name_leaves_none(tmp_path, monkeypatch):
    def nobody():
        raise KeyError("uid not found: 1000")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert found(tmp_path, notebooks__n_txt="nothing") == []


def recorded(root: Path, **files: Path) -> Path:
    """A run by its manifest, of simulated patients or of these files."""
    inputs = {name: {"file": path.name, "sha256": manifest.sha256(path)}
              for name, path in files.items()}
    chosen = complete({name: path.name for name, path in files.items()})
    return sealing.write(root / "reports" / "mine", parameters=chosen, inputs=inputs)


def test_a_run_of_simulated_patients_is_audited_by_its_manifest_alone(tmp_path):
    folder = recorded(tmp_path)
    (folder / "t.csv").write_text("a\nS0007\n")
    assert [f.kind for f in audit.audited(tmp_path, "mine", {})] == ["identifier"]


@pytest.mark.parametrize(("given", "sentence"), [
    ({}, "its cohort is mine.csv; say where that lies with --cohort FILE"),
    ({"cohort": "other.csv"}, "other.csv is not the cohort that the run was made from"),
    ({"cohort": "none.csv"}, "none.csv: no such file; check the path"),
])
def test_a_run_of_somebodys_file_is_refused_without_that_file(tmp_path, given, sentence):
    (tmp_path / "mine.csv").write_text("a\n1\n")
    (tmp_path / "other.csv").write_text("a\n2\n")
    recorded(tmp_path, cohort=tmp_path / "mine.csv")
    with pytest.raises(InputRefused, match=sentence):
        audit.audited(tmp_path, "mine", {name: tmp_path / file for name, file in given.items()})


def test_a_hundred_findings_are_said_and_the_rest_counted():
    findings = [audit.Finding("a.csv", f"row {i}", "small cell", "x") for i in range(103)]
    lines = audit.spelled_out("mine", findings)
    assert lines[0] == "a.csv, row 0: small cell: x" and len(lines) == 102
    assert lines[-2:] == ["… and 3 more.", "Found in reports/mine: small cell 103. Look at each "
                          "before the folder is shared."]


def test_a_clean_run_is_said_in_one_sentence():
    said = ("Audit: nothing that reports/mine holds was found to point at a person; what speaks of "
            "fewer than five people is hidden.")
    assert audit.spelled_out("mine", []) == [said]
