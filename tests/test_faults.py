"""Faults of the machine end in one sentence that names the place and the remedy; nothing is torn.
"""

import contextlib
import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from mini_project import make, write

import run_all
from benchmarks import faults, mishaps
from compendium.run import pages, results, runner

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "load_checked", lambda parameters: None)
    root = make(tmp_path / "p", a="x = 1")
    monkeypatch.setattr(run_all, "ROOT", root)
    return root


def ended(capsys, *arguments) -> tuple[int, str]:
    """The exit status, and the one sentence that says why."""
    status = run_all.main(list(arguments))
    (sentence,) = capsys.readouterr().err.splitlines()
    return status, sentence


def broken(monkeypatch, number, of=results.os, name="replace"):
    def refuse(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(of, name, refuse)


@pytest.mark.parametrize(("number", "said"), [
    (errno.ENOSPC, "the disk is full; make room there"),
    (errno.EACCES, "may not be read or written by you; change its rights"),
    (errno.EROFS, "stands where nothing can be written; change its rights"),
    (errno.EIO, "input/output error; mend that"),
])
def test_what_cannot_be_written_is_said_with_its_place(root, monkeypatch, capsys, number, said):
    broken(monkeypatch, number)
    status, sentence = ended(capsys)
    assert status == run_all.FAILED
    assert sentence.startswith(f"failed: {root / 'reports' / 'run' / 'manifest.json'}: {said}")
    assert [p.name for p in (root / "reports" / "run").iterdir()] == [".lock"]


def test_a_disk_that_fills_while_a_notebook_is_kept_fails_and_the_same_command_goes_on(
    root, monkeypatch, capsys
):
    import papermill

    def full(notebook, path, *_, **__):
        Path(path).write_text('{"cells": [')
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(papermill, "execute_notebook", full)
        status, sentence = ended(capsys)
    where = root / "reports" / "run"
    assert (status, sentence) == (run_all.FAILED, f"failed: {where}: the disk is full; make room "
                                  "there, and give the same command again.")
    assert run_all.main([]) == run_all.DONE


@pytest.mark.parametrize(("code", "said"), [
    ("raise MemoryError", "the memory is used up; close other programs"),
    ("raise OSError(28, 'No space left on device', 'x/y')", "x/y: the disk is full; make room"),
    ("open('/dev/full', 'w').write('x' * 9999)", "the disk is full; make room"),
])
def test_a_fault_inside_a_notebook_is_the_sentence_of_its_step(root, capsys, code, said):
    write(root, "01_a", code)
    assert run_all.main([]) == run_all.FAILED
    assert capsys.readouterr().err.startswith(f"01_a, cell 2: {said}")


def test_memory_that_ends_while_a_cohort_is_read_is_one_sentence(root, monkeypatch, capsys):
    def exhausted(parameters):
        raise MemoryError

    monkeypatch.setattr(runner, "load_checked", exhausted)
    status, sentence = ended(capsys, "--check")
    assert status == run_all.FAILED and sentence.startswith("failed: the memory is used up;")


def test_a_library_that_cannot_be_loaded_is_one_sentence(root, monkeypatch, capsys):
    def unloadable(parameters):
        raise ImportError("numpy:\nlibx.so: failed to map segment from shared object")

    monkeypatch.setattr(runner, "load_checked", unloadable)
    status, sentence = ended(capsys, "--check")
    assert status == run_all.FAILED
    assert "a library cannot be loaded (libx.so: failed to map segment" in sentence


@pytest.mark.parametrize(("place", "kind"), [("run", "folder"), ("run/.lock", "file")])
@pytest.mark.parametrize("target", ["there", "nowhere", "itself"])
def test_a_link_in_the_place_of_a_run_is_refused_and_not_followed(
    root, tmp_path, capsys, place, kind, target
):
    there = tmp_path / "there"
    there.mkdir() if kind == "folder" else there.write_text("kept")
    link = root / "reports" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(link if target == "itself" else tmp_path / target)
    status, sentence = ended(capsys)
    assert status == run_all.REFUSED
    assert sentence == (f"refused: reports/{place} is no {kind} of its own: remove it, or choose "
                        "another --name.")
    assert list(there.iterdir()) == [] if kind == "folder" else there.read_text() == "kept"


def test_a_link_put_there_at_the_last_moment_is_not_followed(root, tmp_path, monkeypatch, capsys):
    lock = root / "reports" / "run" / ".lock"
    lock.parent.mkdir(parents=True)
    lock.symlink_to(tmp_path / "there")
    monkeypatch.setattr(Path, "is_symlink", lambda path: False)
    status, sentence = ended(capsys)
    assert status == run_all.FAILED and sentence.startswith(f"failed: {lock}: is a link")
    assert not (tmp_path / "there").exists()


def test_a_file_in_the_place_of_a_run_is_refused(root, capsys):
    (root / "reports").mkdir()
    (root / "reports" / "run").write_text("mine")
    assert ended(capsys)[0] == run_all.REFUSED
    assert (root / "reports" / "run").read_text() == "mine"


def test_a_file_in_the_place_of_all_runs_is_said(root, capsys):
    (root / "reports").write_text("mine")
    status, sentence = ended(capsys)
    assert status == run_all.FAILED and f"{root / 'reports'}" in sentence


LONG = 5000 * "a"


@pytest.mark.parametrize("arguments", [
    ("--name", LONG), ("--cohort", f"{LONG}.csv"), ("--codebook", f"{LONG}.csv"), ("-f", LONG),
    ("--verify", LONG), ("--cohort", 2500 * "a/" + "b.csv"), ("--cohort", "~nobody/x.csv"),
    ("--cohort", "loop.csv"),
])
def test_a_path_that_cannot_be_is_refused_in_one_sentence(
    tmp_path, monkeypatch, capsys, arguments
):
    monkeypatch.setattr(run_all, "ROOT", make(tmp_path / "p", a="x = 1"))
    monkeypatch.chdir(tmp_path)
    Path("loop.csv").symlink_to("loop.csv")
    assert ended(capsys, *arguments)[0] == run_all.REFUSED
    assert not (tmp_path / "p" / "reports").exists()


def test_without_a_home_the_steps_run(root, monkeypatch):
    import pwd

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", lambda number: {}[number])
    assert run_all.main([]) == run_all.DONE


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_output_that_takes_no_more_is_one_sentence():
    line = f"exec '{sys.executable}' run_all.py --check > /dev/full"
    done = subprocess.run(line, shell=True, cwd=PROJECT, stderr=subprocess.PIPE, text=True)
    assert done.returncode == run_all.FAILED
    assert done.stderr == ("failed: the disk is full; make room there, and give the same command "
                           "again.\n")


LIMITS = {"RLIMIT_NOFILE": "too many files are open", "RLIMIT_AS": "the memory is used up"}


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_too_low_is_said_before_a_kernel_starts(root, monkeypatch, capsys, name):
    resource = pytest.importorskip("resource")
    of, known = getattr(resource, name), resource.getrlimit
    monkeypatch.setattr(resource, "getrlimit", lambda one: (64, 64) if one == of else known(one))
    status, sentence = ended(capsys)
    assert status == run_all.FAILED and sentence.startswith(f"failed: {LIMITS[name]}; ")


def test_a_limit_is_raised_as_far_as_is_needed_where_that_is_allowed(root, monkeypatch):
    resource, asked = pytest.importorskip("resource"), []
    monkeypatch.setattr(resource, "getrlimit", lambda one: (64, 2**40))
    monkeypatch.setattr(resource, "setrlimit", lambda one, limits: asked.append(limits))
    assert run_all.main([]) == run_all.DONE and asked == [(256, 2**40), (2**30, 2**40)]


def test_what_a_killed_process_left_of_a_file_goes_when_it_is_written_again(tmp_path):
    (tmp_path / ".a[1].txt.123").write_text("ha")
    (tmp_path / ".a1.txt.123").write_text("another's")
    results.write_text(tmp_path / "a[1].txt", "half")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".a1.txt.123", "a[1].txt"]


def test_a_file_that_cannot_be_written_is_left_as_it_was(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("old")
    broken(monkeypatch, errno.ENOSPC, name="fsync")
    with contextlib.suppress(OSError):
        results.write_text(tmp_path / "a.txt", "new")
    assert [p.read_text() for p in tmp_path.iterdir()] == ["old"]


def test_a_run_that_is_killed_leaves_every_file_whole_and_goes_on():
    trials = list(faults.tried({"killed": faults.kinds(1)["killed"]}))
    assert faults.table(trials).splitlines()[-1] == "| killed | 1 | 0 | 0 | 0 | 0 |"


@pytest.mark.parametrize("victim", ["worker", "scheduler"])
def test_what_dask_loses_in_the_middle_of_a_loop_is_done_again_or_said(victim):
    assert mishaps.on_dask(victim, PROJECT, None) == set()


def test_every_kind_of_fault_stands_on_the_page():
    page = faults.PAGE.read_text(encoding="utf-8")
    block = page.split("<!-- begin: faults -->")[1].split("<!-- end: faults -->")[0]
    rows = {row.split(" | ")[0][2:] for row in block.splitlines()[3:]}
    assert faults.kinds(1).keys() <= rows
    assert pages.render(page) == page
