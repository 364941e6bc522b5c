"""What a run says: one line a step, and a last screen of about ten."""

import io
import json
import os
import time
from pathlib import Path

import pytest

from compendium.parallel import NEWS
from compendium.run.comparison import Comparison
from compendium.run.progress import Screen, answers, duration, screen, verification


class Terminal(io.StringIO):
    def isatty(self):
        return True


def said(expected, stream=None):
    """What is said of three steps: the first unchanged, the second and third run."""
    progress = Screen(["01_a", "02_bb", "03_c"], expected, stream or io.StringIO())
    progress.unchanged("01_a")
    for step in ("02_bb", "03_c"):
        with progress.step(step, "first run"):
            pass
    return progress.stream.getvalue()


def test_every_step_has_one_line_with_its_place_and_reason():
    lines = said({"02_bb": None, "03_c": None}).splitlines()
    assert lines[0] == "1 of 3  01_a   unchanged"
    assert lines[1] == "2 of 3  02_bb  first run ...  0.0 s"


def test_time_left_comes_from_the_times_of_the_run_before(monkeypatch):
    moments = iter([0.0, 9.0, 9.0, 59.0])
    monkeypatch.setattr("compendium.run.progress.time.monotonic", lambda: next(moments))
    assert "2 of 3  02_bb  first run ...  9.0 s, about 50 s left\n" in said(
        {"02_bb": 9, "03_c": 50}
    )


def test_a_run_slower_than_the_one_before_makes_the_time_left_longer(monkeypatch):
    moments = iter([0.0, 90.0, 90.0, 90.0])
    monkeypatch.setattr("compendium.run.progress.time.monotonic", lambda: next(moments))
    assert "90.0 s, about 8 min left\n" in said({"02_bb": 9, "03_c": 50})


def test_a_terminal_repeats_how_far_the_notebook_says_it_is():
    progress = Screen(["01_a"], {"01_a": None}, Terminal())
    with progress.step("01_a", "first run"):
        Path(os.environ[NEWS]).write_text("12 of 50 fits, 9 s left", "utf-8")
        time.sleep(1.2)
    assert "first run  1 s: 12 of 50 fits, 9 s left" in progress.stream.getvalue()
    assert NEWS not in os.environ


def test_nothing_is_redrawn_in_a_pipe_and_something_is_on_a_terminal():
    assert "\r" not in said({"02_bb": None, "03_c": None})
    assert "\r" in said({"02_bb": None, "03_c": None}, Terminal())


def test_a_step_that_failed_has_its_line_ended():
    progress = Screen(["01_a"], {"01_a": None}, io.StringIO())
    with pytest.raises(ValueError, match="no"), progress.step("01_a", "first run"):
        raise ValueError("no")
    assert progress.stream.getvalue() == "1 of 1  01_a  first run ...  stopped\n"


def test_simulated_patients_are_said_before_every_answer(tmp_path):
    (tmp_path / "results").mkdir()
    for step, synthetic in (("01_a", False), ("02_b", True)):
        content = {"headline": f"{step} first.", "synthetic": synthetic}
        (tmp_path / "results" / f"{step}.json").write_text(json.dumps(content))
    lines = answers(tmp_path)
    assert lines[0].startswith("SYNTHETIC")
    assert lines[1:] == ["01_a: 01_a first.", "02_b: 02_b first."]


def test_results_that_cannot_be_read_have_no_answer(tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "01_a.json").write_text('{"headline": "cut o')
    assert answers(tmp_path) == []


def test_an_equal_run_says_how_many_numbers_and_to_what_tolerance():
    assert verification([], Comparison("", 212, 40)) == [
        "Verified: 212 numbers and 40 texts equal to the reference run "
        "(to 1e-08; resampled ones to 1e-06)."
    ]


def test_a_run_that_cannot_be_compared_says_why():
    lines = verification([], Comparison("not compared: this run is not complete."))
    assert lines == ["Verification: files as recorded; not compared: this run is not complete."]


def test_what_was_not_looked_at_is_said_in_the_verdict():
    *_, verdict = verification([], Comparison("not compared."), ["cohort", "codebook"])
    assert verdict == ("Verification: files as recorded; not compared. Not looked at: the cohort "
                       "itself and the codebook itself; give --cohort and --codebook.")


def test_a_few_differences_are_listed_and_the_rest_counted():
    lines = verification([], Comparison("", 1, 0, tuple(f"d{i}" for i in range(12))))
    assert lines[0] == "Verification: d0" and len(lines) == 11
    assert lines[-1].startswith("Verification FAILED: 12 values of 13 not equal")


def test_changed_files_fail_the_verification_even_where_nothing_is_compared():
    lines = verification(["x has changed."], Comparison("not compared: no reference."))
    assert lines[0] == "Verification: x has changed."
    assert lines[-1] == "Verification FAILED: 1 finding above."


def test_a_few_findings_are_listed_and_the_rest_counted():
    lines = verification([f"f{i} is new." for i in range(12)], Comparison("not compared."))
    assert lines[9] == "Verification: f9 is new." and len(lines) == 12
    assert lines[-1] == "Verification FAILED: 12 findings, the first 10 above."


def test_lines_fit_the_width_and_keep_file_names_whole():
    text = screen(["a sentence of many words with results/01_a-long-name.json in it"], 30)
    assert all(len(line) <= 30 for line in text.splitlines())
    assert "results/01_a-long-name.json" in text


def test_long_times_are_said_in_minutes():
    assert (duration(119), duration(120)) == ("119 s", "2 min")
