"""Input that is refused, said once and whole.

Every check collects sentences before it refuses, so that a person mends a file in one round.
A sentence names the file, the row and the column where there are any, and the remedy.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


class InputRefused(ValueError):
    """Raised when an input cannot be used; ``problems`` holds one sentence per finding.

    >>> InputRefused(["a.csv, row 3: empty.", "a.csv, row 7: empty."]).problems[1]
    'a.csv, row 7: empty.'
    """

    def __init__(self, problems: Sequence[str] | str):
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


def refuse_if(problems: Sequence[str]) -> None:
    """Raise :class:`InputRefused` when there is at least one problem."""
    if problems:
        raise InputRefused(problems)


def finite(values, what: str):
    """The values as an array of floats; refused where there are none, or one is missing or
    infinite.

    >>> finite([1, 2], "A sample").tolist()
    [1.0, 2.0]
    """
    import numpy as np

    values = np.asarray(values, dtype=float)
    if not values.size or not np.isfinite(values).all():
        raise InputRefused(f"{what} is empty or holds values that are no finite numbers.")
    return values


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint naming the known word closest to ``word``, or the whole list when none is close.

    >>> nearest("n_cluster", ["n_clusters", "missing"])
    "did you mean 'n_clusters'?"
    """
    known = list(known)
    close = difflib.get_close_matches(word.casefold(), [k.casefold() for k in known], n=1)
    if close:
        return f"did you mean '{next(k for k in known if k.casefold() == close[0])}'?"
    return "known are: " + ", ".join(known) + "."
