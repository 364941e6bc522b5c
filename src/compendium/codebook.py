"""What every column means: the only place that knows the columns of a cohort.

A codebook is a CSV file, one row a column of the analysis, editable in a spreadsheet. Its columns
are ``name, label, role, block, type, unit, worse, levels, hard_min, hard_max, soft_min, soft_max``
and, where needed, ``sides, derive, per_device, eligible, source``.

``worse`` orients severity (low: thin is bad; high: bright is bad; none: no direction). ``sides`` =
both: the file holds ``<name>_l`` and ``<name>_r``, analysed as their mean. ``derive`` names one of
a closed list of rules and its arguments, never an expression. ``eligible``: the levels a patient
must have to be analysed; others, and missing ones, are left out and counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from compendium import delimited
from compendium.codebook_checks import contradictions, inconsistencies, number
from compendium.problems import InputRefused, nearest, refuse_if

if TYPE_CHECKING:
    import pandas as pd

ROLES = (
    "identifier", "feature", "outcome", "validator", "covariate", "item", "device", "descriptor",
)  # fmt: skip
TYPES = ("text", "integer", "number", "ordinal", "category", "date")
WORSE = ("low", "high", "none")
# rule -> (least, most) number of arguments; the meaning of each stands in compendium.derive
RULES = {"sum": (2, 99), "rate": (3, 3), "bmi": (2, 2), "kings": (13, 13), "mitos": (12, 12)}
REQUIRED = (
    "name", "label", "role", "block", "type", "unit", "worse", "levels",
    "hard_min", "hard_max", "soft_min", "soft_max",
)  # fmt: skip
OPTIONAL = ("sides", "derive", "per_device", "eligible", "source")
LIMITS = ("hard_min", "hard_max", "soft_min", "soft_max")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


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

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        names = [c.name for c in self.columns]
        raise InputRefused(f"{self.path.name}: no column '{name}'; {nearest(name, names)}")

    def __contains__(self, name: str) -> bool:
        return any(c.name == name for c in self.columns)

    def by_role(self, role: str) -> tuple[Column, ...]:
        """Columns of one role, in file order."""
        return tuple(c for c in self.columns if c.role == role)

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


def read(path: str | Path) -> Codebook:
    """The codebook of a CSV file.

    Parameters
    ----------
    path : path of a UTF-8 text file (comma, semicolon or tab) with a header row; empty cells mean
        "not stated".

    Returns
    -------
    Codebook with its columns in file order.

    Raises
    ------
    InputRefused
        With one sentence for everything that is wrong, naming the row and the remedy.
    """
    path = Path(path)
    sheet = delimited.read(path)
    refuse_if(_header_problems(path, sheet.header))
    problems, columns = [], []
    for i, cells in zip(sheet.rows, sheet.body, strict=True):
        row = dict(zip(sheet.header, cells, strict=True))
        if sheet.delimiter != ",":  # then a comma in a limit can only be a decimal one
            row |= {name: row[name].replace(",", ".") for name in LIMITS}
        column, found = _column(row, f"{path.name}, row {i}")
        problems += found
        columns.append(column)
    refuse_if(problems)
    book = Codebook(tuple(columns), path)
    refuse_if(contradictions(book))
    return book


def _header_problems(path: Path, header: list[str]) -> list[str]:
    problems = [
        f"{path.name}: heading '{name}' is missing; add the column (it may stay empty)."
        for name in REQUIRED
        if name not in header
    ]
    problems += [
        f"{path.name}: unknown heading '{name}'; {nearest(name, REQUIRED + OPTIONAL)}"
        for name in header
        if name not in REQUIRED + OPTIONAL
    ]
    return problems


def _column(row: dict[str, str], where: str) -> tuple[Column | None, list[str]]:
    cell = {field.name: row.get(field.name, "") for field in fields(Column)}
    where = f"{where} ({cell['name'] or 'no name'})"
    cell["worse"] = cell["worse"] or "none"
    problems = _cell_problems(cell, where)
    limits = {}
    for name in LIMITS:
        limits[name], problem = _limit(cell[name], f"{where}, {name}")
        problems += problem
    rule, problem = _rule(cell["derive"], where)
    problems += problem
    if problems:
        return None, problems
    split = {n: tuple(p.strip() for p in cell[n].split("|") if p.strip())
             for n in ("levels", "eligible")}  # fmt: skip
    flags = {"sides": cell["sides"] == "both", "per_device": cell["per_device"] == "yes"}
    column = Column(**{**cell, **limits, **split, **flags, "derive": rule})
    return column, inconsistencies(column, where)


def _cell_problems(cell: dict[str, str], where: str) -> list[str]:
    problems = []
    if not NAME.fullmatch(cell["name"]):
        problems.append(
            f"{where}: a name starts with a letter and holds letters, digits and _ only; rename it."
        )
    if not cell["label"]:
        problems.append(f"{where}: label is empty; write the words a reader should see.")
    allowed = {
        "role": ROLES, "type": TYPES, "worse": WORSE,
        "sides": ("", "both"), "per_device": ("", "yes", "no"),
    }  # fmt: skip
    for name, words in allowed.items():
        if cell[name] not in words:
            hint = nearest(cell[name], [w for w in words if w])
            problems.append(f"{where}: {name} '{cell[name]}' is not known; {hint}")
    return problems


def _limit(text: str, where: str) -> tuple[float | None, list[str]]:
    if not text:
        return None, []
    value = number(text)
    if value is None:
        return None, [f"{where}: '{text}' is not a number; write a number with a decimal point."]
    return value, []


def _rule(text: str, where: str) -> tuple[Rule | None, list[str]]:
    if not text:
        return None, []
    match = re.fullmatch(r"\s*(\w+)\s*\(([^()]*)\)\s*", text)
    if not match or match[1] not in RULES:
        rules = ", ".join(f"{rule}(a|b|…)" for rule in RULES)
        return None, [f"{where}: derive '{text}' is not known; write one of {rules}."]
    arguments = tuple(part.strip() for part in match[2].split("|"))
    if "" in arguments:
        return None, [f"{where}: derive has nothing between two |; name a column, or delete a |."]
    least, most = RULES[match[1]]
    if not least <= len(arguments) <= most:
        count = str(least) if least == most else f"at least {least}"
        here = len(arguments)
        return None, [f"{where}: {match[1]} takes {count} arguments, not {here}; correct the list."]
    return Rule(match[1], arguments), []
