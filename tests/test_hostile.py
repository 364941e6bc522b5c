"""Some of the hostile inputs of the benchmark, and whether it would see a failure."""

import os
import sys
import time

import pytest

import run_all

if not sys.platform.startswith("linux"):
    pytest.skip("memory is limited on Linux only", allow_module_level=True)

from benchmarks import hostile

ONE_IN = 23


def test_hostile_input_of_every_kind_is_read_or_refused():
    tried, faults = hostile.judged(every=ONE_IN)
    assert faults == {}
    assert set(tried) == set(hostile.KINDS) and sum(tried.values()) > 40


def raises():
    raise ValueError("not caught")


@pytest.mark.parametrize(("answer", "fault"), [
    (raises, "status Traceback"), (lambda: 1, "status 1"), (lambda: sys.exit(3), "status 3"),
    (lambda: print("\x1b[31m") or 2, "printed ['\\x1b[31m']"),
    (lambda: print("a" * 100_001) or 0, "printed 100002 characters"),
    (lambda: len(b"a" * (150 << 20)) and 0, "took 1"), (lambda: len(b"a" * (3 << 30)), "status "),
    (lambda: os.kill(os.getpid(), 9), "status killed"),
    (lambda: time.sleep(9), "status no end"),
])
def test_every_way_to_fail_is_seen(monkeypatch, answer, fault):
    monkeypatch.setattr(hostile, "SECONDS", 2)
    monkeypatch.setattr(hostile, "ALLOWED_MB", 100)
    monkeypatch.setattr(run_all, "main", lambda arguments: answer())
    assert hostile.fault(["--check"]).startswith(fault)
