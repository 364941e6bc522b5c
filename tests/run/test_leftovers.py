"""What a killed run left half made goes with the next run; what a live one makes stays."""

import pytest

from compendium.run import runner
from compendium.run.leftovers import swept


def left_in(reports, run, lock=True):
    """What a run was working on when it was killed."""
    left = reports / run / ".pending" / "01_a" / "tables" / "private.csv"
    left.parent.mkdir(parents=True)
    left.write_text("x")
    if lock:
        (reports / run / ".lock").touch()
    return left


def test_what_a_killed_run_left_is_removed_by_a_run_of_any_name(tmp_path):
    own, other = left_in(tmp_path, "run"), left_in(tmp_path, "other")
    with runner._locked(tmp_path / "run"), swept(tmp_path / "run", runner._locked):
        assert own.exists() and not other.parents[2].exists()
    assert not own.parents[2].exists()


def test_what_a_live_run_works_on_is_left_alone(tmp_path):
    left = left_in(tmp_path, "other")
    with runner._locked(tmp_path / "other"), swept(tmp_path / "run", runner._locked):
        assert left.exists()
    assert left.exists()


def test_what_a_notebook_run_by_hand_works_on_is_left_alone(tmp_path):
    left = left_in(tmp_path, "alone", lock=False)
    with swept(tmp_path / "run", runner._locked):
        assert left.exists()


def test_where_processes_cannot_be_told_apart_only_ones_own_goes(tmp_path):
    own, other = left_in(tmp_path, "run"), left_in(tmp_path, "other")
    with swept(tmp_path / "run", None):
        pass
    assert other.exists() and not own.exists()


def test_a_run_that_fails_leaves_nothing_half_made(tmp_path):
    own = left_in(tmp_path, "run")
    with pytest.raises(KeyboardInterrupt), swept(tmp_path / "run", None):
        raise KeyboardInterrupt
    assert not own.exists()


def test_a_folder_that_may_not_be_locked_is_left_alone(tmp_path):
    left = left_in(tmp_path, "other")

    def forbidden(folder):
        raise PermissionError

    with swept(tmp_path / "run", forbidden):
        assert left.exists()
