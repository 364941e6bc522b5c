"""Only what must run is run, each step safely; input is refused before anything is written."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mini_project import make, write

import run_all
from compendium.problems import InputRefused
from compendium.run import manifest, runner
from compendium.run.execution import StepFailed
from compendium.run.runner import Request

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def any_cohort(monkeypatch):
    """The mini project's cohort is one column; what a cohort must be is tested elsewhere."""
    monkeypatch.setattr(runner, "load_checked", lambda parameters: None)


@pytest.fixture
def root(tmp_path, monkeypatch):
    root = make(tmp_path / "a project é", a="x = 1", b="y = 2")
    monkeypatch.setattr(run_all, "ROOT", root)
    return root


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A project that was run once; tests that would change it copy it."""
    root = make(tmp_path_factory.mktemp("whole") / "p", a="x = 1", b="y = '01_a'")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "load_checked", lambda parameters: None)
        runner.run(root, Request())
    return root


@pytest.fixture
def copy(whole, tmp_path, monkeypatch):
    root = shutil.copytree(whole, tmp_path / "copy", symlinks=True)
    monkeypatch.setattr(run_all, "ROOT", root)
    return root


def executed(root, **request):
    return runner.run(root, Request(**request)).executed


def status(*arguments):
    """The exit status of the command line, also where the parser itself leaves."""
    try:
        return run_all.main(list(arguments))
    except SystemExit as left:
        return left.code


def files(root):
    return {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}


def test_a_whole_run_is_recorded_as_complete_with_all_its_outputs(whole):
    record = manifest.read_manifest(whole / "reports" / "run")
    assert record["complete"] and list(record["steps"]) == ["01_a", "02_b"]
    assert {s["versions"]["python"] for s in record["steps"].values()} == {sys.version.split()[0]}
    assert {"notebooks/01_a.py", "notebooks/02_b.py", "requirements.lock"} < set(record["sources"])
    assert set(record["steps"]["01_a"]["outputs"]) == {
        "results/01_a.json", "tables/01_a.csv", "notebooks/01_a.ipynb",
    }


def test_a_second_run_runs_nothing_and_writes_nothing(copy, capsys):
    before = files(copy / "reports")
    assert executed(copy) == ()
    before.pop(copy / "reports" / "run" / ".lock")
    assert before.items() <= files(copy / "reports").items()
    assert capsys.readouterr().out.count("unchanged") == 2


def test_a_step_runs_again_alone_where_its_output_is_missing_and_later_ones_where_it_differs(
    copy, capsys
):
    (copy / "reports" / "run" / "tables" / "01_a.csv").unlink()
    assert executed(copy) == ("01_a",)
    assert "01_a  output tables/01_a.csv is missing" in capsys.readouterr().out
    write(copy, "01_a", "n_clusters = 5")
    assert executed(copy) == ("01_a", "02_b")
    assert "02_b  what 01_a gave changed" in capsys.readouterr().out


def test_a_failed_step_names_its_cell_keeps_earlier_outputs_and_ends_the_run(copy, capsys):
    before = files(copy / "reports" / "run" / "results")
    write(copy, "02_b", "raise ValueError('nothing to do')")
    assert status() == run_all.FAILED
    assert "02_b, cell 2: ValueError: nothing to do" in capsys.readouterr().err
    assert files(copy / "reports" / "run" / "results") == before
    assert (copy / "reports" / "run" / "notebooks" / "02_b.failed.ipynb").is_file()
    assert not (copy / "reports" / "run" / ".pending").exists()
    assert not manifest.read_manifest(copy / "reports" / "run")["complete"]


def test_a_step_whose_cohort_changes_while_it_runs_does_not_count_and_what_stood_is_kept(
    copy, capsys
):
    run = copy / "reports" / "run"
    before = {p: p.read_bytes() for p in run.glob("*/*")}
    edit = "Path('../data/cohort_synthetic.csv').write_text('x\\n2\\n')"
    write(copy, "02_b", f"{edit}; n_clusters = 7; y = '01_a'")
    assert status() == run_all.FAILED
    said = "02_b, the cohort changed while it ran; run again when it is saved."
    assert capsys.readouterr().err.splitlines()[0] == said
    assert {p: p.read_bytes() for p in before} == before
    assert status("--verify", "run") == run_all.UNVERIFIED
    assert executed(copy) == ("01_a", "02_b")
    assert status("--verify", "run") == run_all.DONE


def test_a_step_does_not_count_where_what_it_reads_of_another_was_edited(copy, capsys):
    edit = "Path('../reports/run/results/01_a.json').open('a').write(' ')"
    write(copy, "02_b", f"{edit}; n_clusters = 7")
    assert status() == run_all.FAILED
    said = "02_b, output results/01_a.json was changed while it ran; run again when it is saved."
    assert capsys.readouterr().err.splitlines()[0] == said


def test_steps_after_a_failed_one_are_not_run(root):
    write(root, "01_a", "import sys; sys.exit(0)")
    with pytest.raises(StepFailed, match="01_a, cell 2"):
        executed(root)
    assert not (root / "reports" / "run" / "results").exists()


def test_a_killed_run_goes_on_where_it_stopped_and_runs_of_any_name_clean_up_behind_it(root):
    write(root, "02_b", "import time; time.sleep(60)")
    code = (
        "import sys; from pathlib import Path; from compendium.run import runner;"
        "runner.load_checked = lambda parameters: None;"
        "runner.run(Path(sys.argv[1]), runner.Request())"
    )
    path = {"PYTHONPATH": str(PROJECT / "src")}
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(root)], env=os.environ | path, stdout=subprocess.DEVNULL
    )
    waited, pending = time.monotonic() + 60, root / "reports" / "run" / ".pending"
    while not (pending / "02_b.ipynb").exists():
        assert time.monotonic() < waited and process.poll() is None
        time.sleep(0.05)
    with pytest.raises(InputRefused, match="another process is writing run run"):
        executed(root)
    assert executed(root, name="other", only=["01"]) == ("01_a",)
    assert (pending / "02_b.ipynb").exists()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert status("--verify", "run") == run_all.UNVERIFIED and pending.exists()
    assert executed(root, name="other", only=["01"]) == ()
    assert not pending.exists()
    write(root, "02_b", "y = 2")
    assert executed(root) == ("02_b",)
    assert manifest.read_manifest(root / "reports" / "run")["complete"]


def test_only_and_from_choose_steps_by_name_number_or_word(root):
    assert runner.select(root, Request(only=["02"])) == ("02_b",)
    assert runner.select(root, Request(start="b")) == ("02_b",)
    assert runner.select(root, Request(only=["02_b", "a"])) == ("01_a", "02_b")


def test_a_step_run_alone_leaves_the_run_incomplete_and_says_what_waits(root, capsys):
    assert status("--only", "02") == run_all.DONE
    assert "not complete yet; next is 01_a: first run" in capsys.readouterr().out


def test_force_runs_what_did_not_change(copy, capsys):
    assert executed(copy, only=["01"], force=True) == ("01_a",)
    assert "01_a  forced" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-p", "n_cluster", "3"],
         "parameter 'n_cluster' is not known; did you mean 'n_clusters'?"),
        (["-p", "n_clusters", "two"], "parameter n_clusters must be a whole number, not 'two'."),
        (["-p", "n_clusters", "9"], "parameter n_clusters is 9; it must lie in 2 to 8."),
        (["-p", "run", "x"], "parameter run is the run's name: give it with --name."),
        (["-p", "n_clusters"], "argument -p/--parameters: expected 2 arguments"),
        (["--cohort", "x.csv", "-p", "scenario", "continuum"], "parameter scenario simulates"),
        (["--nmae", "x"], "flag '--nmae' is not known; did you mean '--name'?"),
        (["--name", "../x"], "--name '../x' is no run name"),
        (["--name", "alone"], "--name alone is kept for notebooks run by hand"),
        (["--name", "reference", "-p", "k_max", "3"], "the reference run has the default param"),
        (["--only", "07"], "--only 07: there is no such step; known are: 01_a, 02_b."),
        (["--from", "02", "--only", "01"], "--only and --from together leave no step to run."),
        (["--verify", "ran"], "--verify ran: there is no such run"),
        (["--audit", "ran"], "--audit ran: there is no such run"),
        (["-f", "missing.yml"], "missing.yml: no such file"),
        (["--name", "a\u202e\x1b[1m"], "--name 'a\\u202e\\x1b[1m' is no run name"),
        (["--no\x1bne"], "flag '--no\\x1bne' is not known"),
    ],
)
def test_input_that_cannot_be_used_is_refused_in_one_sentence_and_nothing_is_written(
    root, capsys, arguments, sentence
):
    before = files(root)
    assert status(*arguments) == run_all.REFUSED
    assert capsys.readouterr().err.startswith(f"refused: {sentence}")
    assert files(root) == before and not (root / "reports").exists()


def test_a_cohort_that_cannot_be_used_is_refused_before_anything_is_written(root, monkeypatch):
    def refused(parameters):
        raise InputRefused("mine.csv, row 3: no number.")

    monkeypatch.setattr(runner, "load_checked", refused)
    assert status() == run_all.REFUSED
    assert not (root / "reports").exists()


def test_a_scheduler_that_does_not_answer_is_refused_before_anything_is_written(root, monkeypatch):
    monkeypatch.setattr("compendium.parallel._PATIENCE", 1)
    before = files(root)
    with pytest.raises(InputRefused, match="no scheduler answers at tcp://localhost:1"):
        runner.run(root, Request(given={"dask": "tcp://localhost:1"}))
    assert files(root) == before


def test_a_notebook_that_declares_an_unknown_parameter_is_refused(root):
    path = root / "notebooks" / "02_b.py"
    path.write_text(path.read_text().replace("n_clusters = 2", "n_cluster = 2"))
    with pytest.raises(InputRefused, match="02_b.py declares parameter 'n_cluster'"):
        executed(root)


def test_a_relative_cohort_is_resolved_from_the_launch_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = runner.given([("cohort", "ward 7/é.csv")])["cohort"]
    assert found == str(tmp_path / "ward 7" / "é.csv")


@pytest.mark.parametrize("home", ["~nosuchuser", "~"])
def test_a_home_that_nobody_has_is_a_folder_that_is_not_there(monkeypatch, home):
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as where HOME is not set
    assert runner.given([("cohort", f"{home}/a.csv")])["cohort"].endswith(f"{home}/a.csv")


def test_the_last_screen_says_synthetic_first_then_the_answers(copy, capsys):
    write(copy, "02_b", "y = '01_a again'")
    assert status() == run_all.DONE
    lines = capsys.readouterr().out.split("\n\n")[1].splitlines()
    assert lines[0].startswith("SYNTHETIC") and lines[1] == "01_a: a is done."
    assert "there is no complete reference" in " ".join(lines)
    assert len(lines) <= 12


def test_a_run_is_clean_until_it_names_a_patient(copy, capsys):
    assert status("--audit", "run") == run_all.DONE
    assert capsys.readouterr().out.count("\n") == 1
    (copy / "reports" / "run" / "tables" / "01_a.csv").write_text("k\nS0007\n")
    assert status("--audit", "run") == run_all.UNVERIFIED
    assert capsys.readouterr().out.startswith("tables/01_a.csv, row 2: identifier: ")


def test_an_untouched_run_verifies_and_a_touched_one_does_not(copy, capsys):
    assert status("--verify", "run") == run_all.DONE
    (copy / "reports" / "run" / "tables" / "01_a.csv").write_text("k\n7\n")
    (copy / "src" / "compendium" / "room").mkdir()
    (copy / "src" / "compendium" / "room" / "new.py").write_text("X = 1\n")
    assert status("--verify", "run") == run_all.UNVERIFIED
    said = capsys.readouterr().out
    assert "tables/01_a.csv has changed." in said and "room/new.py is new." in said


def test_a_run_whose_numbers_differ_from_the_reference_is_not_verified(copy, capsys):
    reference = shutil.copytree(copy / "reports" / "run", copy / "reports" / "reference")
    assert status() == run_all.DONE
    assert "numbers and" in capsys.readouterr().out
    results = reference / "results" / "01_a.json"
    results.write_text(json.dumps(json.loads(results.read_text()) | {"third": 0.34}))
    assert status() == run_all.UNVERIFIED
    assert "01_a: third is 0.333" in capsys.readouterr().out


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_run_interrupted_or_asked_to_end_says_that_it_goes_on(root, monkeypatch, capsys, sign):
    monkeypatch.setattr(runner, "execute", lambda *_: os.kill(os.getpid(), sign))
    before = signal.getsignal(signal.SIGTERM)
    try:
        assert status() == run_all.INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, before)
    assert "the same command goes on" in capsys.readouterr().err


def test_check_reads_the_cohort_and_writes_nothing(root, monkeypatch, capsys):
    from compendium.data import overview

    monkeypatch.setattr(overview, "describe", lambda loaded: "454 patients read")
    assert status("--check") == run_all.DONE
    assert capsys.readouterr().out == "454 patients read\n" and not (root / "reports").exists()


def test_importing_the_command_line_loads_no_library():
    code = "import sys, run_all; print(sorted({'numpy', 'pandas', 'papermill'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_a_missing_environment_is_one_sentence():
    done = subprocess.run(
        [sys.executable, "-S", PROJECT / "run_all.py"], capture_output=True, text=True
    )
    assert done.returncode == run_all.REFUSED and done.stdout == ""
    sentence = r"refused: \w+ is not installed here; make the environment .*\n"
    assert re.fullmatch(sentence, done.stderr)
