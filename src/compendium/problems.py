"""Input that is refused, said once and whole; and tables that are empty for a reason.

Every check collects sentences before it refuses, so that a person mends a file in one round.
A sentence names the file, the row and the column where there are any, and the remedy.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class InputRefused(ValueError):
    """Raised when an input cannot be used; ``problems`` holds one sentence per finding."""

    def __init__(self, problems: Sequence[str] | str):
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


def refuse_if(problems: Sequence[str]) -> None:
    """Raise :class:`InputRefused` when there is at least one problem."""
    if problems:
        raise InputRefused(problems)


def reasoned(table: pd.DataFrame, reason: str) -> pd.DataFrame:
    """The table; an empty one with the sentence why in ``attrs["reason"]``."""
    if table.empty:
        table.attrs["reason"] = reason
    return table


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint naming the known word closest to ``word``, or the whole list when none is close."""
    known = list(known)
    close = difflib.get_close_matches(word.casefold(), [k.casefold() for k in known], n=1)
    if close:
        return f"did you mean '{next(k for k in known if k.casefold() == close[0])}'?"
    return "known are: " + ", ".join(known) + "."
