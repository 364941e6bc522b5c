"""Input that is refused, said once and whole; and tables that are empty for a reason.

Every check collects sentences before it refuses, so that a person mends a file in one round.
A sentence names the file, the row and the column where there are any, and the remedy.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from compendium.words import some

if TYPE_CHECKING:
    import pandas as pd


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
