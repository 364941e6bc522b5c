"""Columns and codebook: what is known of every variable, as values the whole package reads.

The file they come from is read in :mod:`compendium.data.codebook`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from compendium.files import file_name
from compendium.headcounts import few
from compendium.problems import InputRefused, nearest
from compendium.words import short

if TYPE_CHECKING:
    import pandas as pd

_NAMED = 3  # merged levels that are named one by one
SIGNS = {"high": 1.0, "low": -1.0}  # of the direction that is worse; others have none


@dataclass(frozen=True)
class Rule:
    """A named derivation and its arguments, for example ``sum(item_1|item_2)``."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One column of the analysis; limits are None where the codebook leaves them empty."""

    name: str
    label: str
    role: str
    block: str
    type: str
    unit: str
    worse: str
    levels: tuple[str, ...]
    hard_min: float | None
    hard_max: float | None
    soft_min: float | None
    soft_max: float | None
    sides: bool = False
    derive: Rule | None = None
    per_device: bool = False
    eligible: tuple[str, ...] = ()
    source: str = ""

    @property
    def axis(self) -> str:
        """Label and unit as they stand on an axis."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def numeric(self) -> bool:
        """True where the values are numbers (integer, number, ordinal)."""
        return self.type in ("integer", "number", "ordinal")

    def limits(self, kind: str) -> tuple[float, float]:
        """The "hard" or "soft" limits, infinite where there is none."""
        low, high = getattr(self, f"{kind}_min"), getattr(self, f"{kind}_max")
        return -math.inf if low is None else low, math.inf if high is None else high

    def occurring(self, values: pd.Series) -> list[str]:
        """The levels that occur among values, in the codebook's order."""
        return [level for level in self.levels if (values == level).any()]

    @property
    def file_columns(self) -> tuple[str, ...]:
        """Names this column has in a cohort file; none where it is derived."""
        if self.derive:
            return ()
        return (f"{self.name}_l", f"{self.name}_r") if self.sides else (self.name,)


@dataclass(frozen=True)
class Codebook:
    """The columns in file order, looked up by name or by role."""

    columns: tuple[Column, ...]
    path: Path

    @cached_property
    def _named(self) -> dict[str, Column]:
        return {c.name: c for c in self.columns}

    @cached_property
    def _by_role(self) -> dict[str, tuple[Column, ...]]:
        roles: dict[str, list[Column]] = {}
        for column in self.columns:
            roles.setdefault(column.role, []).append(column)
        return {role: tuple(columns) for role, columns in roles.items()}

    def __getitem__(self, name: str) -> Column:
        if name not in self._named:
            hint = nearest(name, self._named)
            raise InputRefused(f"{file_name(self.path)}: no column '{short(name)}'; {hint}")
        return self._named[name]

    def __contains__(self, name: str) -> bool:
        return name in self._named

    def by_role(self, role: str) -> tuple[Column, ...]:
        """Columns of one role, in file order."""
        return self._by_role.get(role, ())

    def blocks(self, role: str) -> dict[str, tuple[Column, ...]]:
        """Columns of one role grouped by block, both in file order."""
        grouped: dict[str, list[Column]] = {}
        for column in self.by_role(role):
            grouped.setdefault(column.block or role, []).append(column)
        return {block: tuple(columns) for block, columns in grouped.items()}

    identifier = property(lambda self: self.by_role("identifier")[0])
    features = property(lambda self: self.by_role("feature"))
    outcomes = property(lambda self: self.by_role("outcome"))
    validators = property(lambda self: self.by_role("validator"))
    covariates = property(lambda self: self.by_role("covariate"))
    items = property(lambda self: self.by_role("item"))
    devices = property(lambda self: self.by_role("device"))
    descriptors = property(lambda self: self.by_role("descriptor"))


def merged_levels(counts: pd.DataFrame) -> dict[str, str]:
    """The level under which each level is counted.

    Parameters
    ----------
    counts : levels × groups, whole numbers.

    Returns
    -------
    dict, in the order of the rows: every level to itself, or to "a or b" where it is merged; four
    and more are "other (4 levels)". The rarest level goes with the next larger until no cell holds
    one to four patients, or only two levels that anybody has are left.

    >>> import pandas as pd
    >>> merged_levels(pd.DataFrame({"Mild": [90, 40, 3], "Severe": [70, 30, 6]}, ["a", "b", "c"]))
    {'a': 'a', 'b': 'b or c', 'c': 'b or c'}
    """
    parts = {(level,): row for level, row in counts.iterrows() if row.any()}
    while len(parts) > 2 and any(row.map(few).any() for row in parts.values()):
        rare, following = sorted(parts, key=lambda of: parts[of].sum())[:2]
        parts[rare + following] = parts.pop(rare) + parts.pop(following)
    under = {level: _joined([x for x in counts.index if x in of]) for of in parts for level in of}
    return {level: under.get(level, level) for level in counts.index}


def _joined(levels: list[str]) -> str:
    singly = len(levels) <= _NAMED
    return " or ".join(levels) if singly else f"other ({len(levels)} levels)"
