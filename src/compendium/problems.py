"""Input that is refused, faults of the machine, and tables that are empty for a reason, in words.

Every check collects sentences before it refuses, so that a person mends a file in one round.
A sentence names the file, the row and the column where there are any, and the remedy.
"""

from __future__ import annotations

import difflib
import errno
import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from compendium.words import some

if TYPE_CHECKING:
    import pandas as pd

_OWN = "change its rights, or copy the project to a folder of your own"
_FAULTS = {  # of the machine, by the system's name for them: what it is, and the remedy
    "ENOSPC": ("the disk is full", "make room there"),
    "EDQUOT": ("the share of the disk that is yours is full", "make room there"),
    "EACCES": ("may not be read or written by you", _OWN),
    "EPERM": ("may not be changed by you", _OWN),
    "EROFS": ("stands where nothing can be written", _OWN),
    "EFBIG": ("would be larger than a file may be here", "allow more with 'ulimit -f'"),
    "EMFILE": ("too many files are open", "allow more with 'ulimit -n 1024'"),
    "ENFILE": ("too many files are open", "close other programs"),
    "ENOMEM": ("the memory is used up", "close other programs, give fewer --jobs"),
    "ENAMETOOLONG": ("the name is too long", "choose a shorter one"),
    "ELOOP": ("is a link that may not be followed", "remove it"),
    "EPIPE": ("nobody reads what is said here", "keep the reader open"),
}


MOST_SAID = 100  # findings that are spelled out before the rest is counted
_LONGEST_SEARCHED, _MOST_SEARCHED = 100, 400  # letters of a word, known words: a search takes both


class InputRefused(ValueError):
    """Raised when an input cannot be used.

    ``problems`` holds one sentence per finding; ``said``, which is its text, the first hundred and
    how many more there are.
    """

    def __init__(self, problems: Sequence[str] | str):
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        more = len(self.problems) - MOST_SAID
        rest = (f"and {more:,} more.",) if more > 0 else ()
        self.said = self.problems[:MOST_SAID] + rest
        super().__init__("\n".join(self.said))


def refuse_if(problems: Sequence[str]) -> None:
    """Raise :class:`InputRefused` when there is at least one problem."""
    if problems:
        raise InputRefused(problems)


def machine_fault(fault: OSError | MemoryError | ImportError) -> str:
    """One sentence on what the machine could not do: the file where the system names one, what it
    is, and the remedy."""
    if isinstance(fault, ImportError):
        reason = str(fault).strip().splitlines()[-1][:200]
        return f"a library cannot be loaded ({reason}); free memory, or make the environment anew."
    number = errno.ENOMEM if isinstance(fault, MemoryError) else fault.errno
    if number is None:
        return str(fault)
    what, remedy = _FAULTS.get(
        errno.errorcode.get(number, ""), (os.strerror(number).lower(), "mend that")
    )
    name = str(getattr(fault, "filename", None) or "")
    place = f"{name if len(name) < 300 else name[:40] + ' …'}: " if name else ""
    return f"{place}{what}; {remedy}, and give the same command again."


def reasoned(table: pd.DataFrame, reason: str) -> pd.DataFrame:
    """The table; an empty one with the sentence why in ``attrs["reason"]``."""
    if table.empty:
        table.attrs["reason"] = reason
    return table


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint naming the known word closest to ``word``, or the known words when none is close, the
    word is very long, or there are too many to search."""
    known = list(known)
    searched = len(word) <= _LONGEST_SEARCHED and len(known) <= _MOST_SEARCHED
    spelled = {k.casefold(): k for k in reversed(known)} if searched else {}
    if close := difflib.get_close_matches(word.casefold(), spelled, n=1):
        return f"did you mean '{spelled[close[0]]}'?"
    return f"known are: {some(known)}."
