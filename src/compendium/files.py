"""Files that somebody names: regular ones of a bounded size, in UTF-8. Any other is one sentence.

What is at a path is asked before it is opened: a pipe would be waited for, a device never ends.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from compendium.problems import InputRefused
from compendium.words import legible, short

_KINDS = {
    stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device", stat.S_IFBLK: "a device",
}


def file_name(path: Path) -> str:
    """The last part of a path as it stands in a sentence; never the folders before it."""
    return short(legible(path.name or str(path)), 100)


def text_of(path: Path, most: int, kind: str) -> str:
    """The text of a file, line ends as \\n, without a byte order mark.

    Parameters
    ----------
    path : of a regular file.
    most : bytes it may hold; not more than one beyond them is read.
    kind : what it should have been saved as, for the sentence.

    Raises
    ------
    InputRefused
        When it is not there, no regular file, too large, not readable or not UTF-8.
    """
    name, content = file_name(path), _bytes(path, most)
    if len(content) > most:
        size = f"{most / 1e6:,.0f} MB" if most >= 1e6 else f"{most / 1e3:,.0f} kB"
        raise InputRefused(f"{name}: larger than {size}, the most that is read; make it smaller.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise InputRefused(f"{name}, row {row}: not UTF-8 text; save it as {kind}.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _bytes(path: Path, most: int) -> bytes:
    name = file_name(path)
    try:
        kind = stat.S_IFMT(os.stat(path).st_mode)
        if kind == stat.S_IFREG:
            with open(path, "rb") as file:
                return file.read(most + 1)
    except FileNotFoundError:
        raise InputRefused(f"{name}: no such file; check the path.") from None
    except (OSError, ValueError) as error:  # a path with a NUL in it is the ValueError
        reason = (getattr(error, "strerror", "") or "no path").lower()
        raise InputRefused(f"{name}: cannot be read ({reason}); name a readable file.") from None
    raise InputRefused(f"{name}: {_KINDS.get(kind, 'something else')}, not a file; name a file.")
