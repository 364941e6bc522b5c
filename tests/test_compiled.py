"""Loops are compiled also where the machine code cannot be kept."""

import tempfile

import pytest
from numba.core.caching import FunctionCache

from compendium.compiled import compiled


def double(x):
    return 2 * x


def test_the_code_is_kept_where_there_is_room(monkeypatch, tmp_path):
    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(tmp_path))
    assert compiled(double)(3) == 6
    assert list(tmp_path.rglob("*.nbc"))


def test_where_no_folder_can_be_written_it_is_compiled_all_the_same(monkeypatch):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(RuntimeError, match="no locator available"):
        FunctionCache(double)
    assert compiled(double)(3) == 6
