"""Memory goes back to the system, and no value changes."""

import ctypes
from pathlib import Path

import numpy as np
import pytest

from compendium import parallel


def held() -> int:
    """Pages of memory this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1])


def test_what_was_freed_goes_back_to_the_system():
    if not Path("/proc/self/statm").exists() or not hasattr(ctypes.CDLL(None), "malloc_trim"):
        pytest.skip("only glibc keeps what was freed")
    pieces = [np.ones(1000) for _ in range(20_000)]  # 160 MB in pieces too small to be mapped
    kept = pieces[-1]  # the last piece holds the heap's top
    full = held()
    del pieces
    parallel.give_back()
    assert held() < full - 30_000 and kept.sum() == 1000


def test_a_library_that_cannot_be_asked_is_no_error(monkeypatch):
    def refuse(name):
        raise OSError(name)

    monkeypatch.setattr(parallel.ctypes, "CDLL", refuse)
    parallel.give_back()
