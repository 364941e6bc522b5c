"""Files that somebody names: only regular ones are opened, and no more of them than is allowed."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from compendium import files


def a_folder(path: Path) -> None:
    path.mkdir()


def a_socket(path: Path) -> None:
    os.chdir(path.parent)  # the path of a socket may not be long
    with socket.socket(socket.AF_UNIX) as open_one:
        open_one.bind(path.name)


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes, sockets and devices as files")
@pytest.mark.parametrize(
    ("make", "kind"),
    [(a_folder, "a folder"), (os.mkfifo, "a pipe"), (a_socket, "a socket"), (a_device, "a device")],
)
def test_what_is_no_regular_file_is_refused_and_never_opened(
    tmp_path, monkeypatch, refusal, make, kind
):
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "a.csv")
    sentence = f"a.csv: {kind}, not a file; name a file."
    assert refusal(files.text_of, tmp_path / "a.csv", 9, "CSV") == (sentence,)


def test_a_link_to_itself_a_long_path_and_half_a_path_are_refused(tmp_path, refusal):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for path, sentence in {
        tmp_path / "loop": "loop: cannot be read (too many levels of symbolic links); ",
        Path("a" * 5000): f"{'a' * 99}…: cannot be read (file name too long); ",
        Path("a\0b"): "a\\x00b: cannot be read (no path); ",
    }.items():
        assert refusal(files.text_of, path, 9, "CSV") == (f"{sentence}name a readable file.",)


def test_a_file_may_be_as_large_as_allowed_and_not_larger(tmp_path, refusal):
    path = tmp_path / "a.csv"
    path.write_text("a" * 4000)
    assert files.text_of(path, 4000, "CSV") == "a" * 4000
    assert refusal(files.text_of, path, 3999, "CSV") == (
        "a.csv: larger than 4 kB, the most that is read; make it smaller.",
    )
