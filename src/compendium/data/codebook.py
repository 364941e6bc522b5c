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
from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from compendium.data import delimited
from compendium.data.columns import Codebook, Column, Rule
from compendium.data.delimited import to_number
from compendium.problems import nearest, refuse_if

ROLES = (
    "identifier", "feature", "outcome", "validator", "covariate", "item", "device", "descriptor",
)
TYPES = ("text", "integer", "number", "ordinal", "category", "date")
_WORSE = ("low", "high", "none")
# rule -> (least, most) number of arguments; the meaning of each stands in compendium.data.derive
RULES = {"sum": (2, 99), "rate": (3, 3), "bmi": (2, 2), "kings": (13, 13), "mitos": (12, 12)}
REQUIRED = (
    "name", "label", "role", "block", "type", "unit", "worse", "levels",
    "hard_min", "hard_max", "soft_min", "soft_max",
)
OPTIONAL = ("sides", "derive", "per_device", "eligible", "source")
LIMITS = ("hard_min", "hard_max", "soft_min", "soft_max")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def read_codebook(path: str | Path) -> Codebook:
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
    sheet = delimited.read_sheet(path)
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
             for n in ("levels", "eligible")}
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
        "role": ROLES, "type": TYPES, "worse": _WORSE,
        "sides": ("", "both"), "per_device": ("", "yes", "no"),
    }
    for name, words in allowed.items():
        if cell[name] not in words:
            hint = nearest(cell[name], [w for w in words if w])
            problems.append(f"{where}: {name} '{cell[name]}' is not known; {hint}")
    return problems


def _limit(text: str, where: str) -> tuple[float | None, list[str]]:
    if not text:
        return None, []
    value = to_number(text)
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


# Whether a codebook contradicts itself, within a row and between rows.
#
# Every check returns sentences and refuses nothing, so that a reader sees all of them at once. A
# contradiction found here would otherwise surface as a wrong number: a level that reads as missing,
# a stage from a column that never says yes, a total that counts an item twice.

MEASURED = ("feature", "validator", "outcome", "item")  # roles whose values must be numbers
MISSING_WORDS = frozenset({"", "na", "n/a", "nan", "."})  # cells that count as missing, any case


def inconsistencies(column: Column, where: str) -> list[str]:
    """What one row of a codebook says against itself; ``where`` names file and row."""
    found = [*_levels(column), *_limits(column), *_uses(column)]
    return [f"{where}: {sentence}" for sentence in found]


def contradictions(book: Codebook) -> list[str]:
    """What the rows of a codebook say against each other."""
    found = [*_counts(book), *_doubles(book)]
    # arguments are looked up by name, which needs the names to be right first
    found = found or [s for c in book.columns if c.derive for s in _arguments(c, book)]
    found = found or _circles(book)
    return [f"{book.path.name}{sentence}" for sentence in found]


def _levels(column: Column) -> Iterable[str]:
    levels = column.levels
    if column.type == "category" and len(levels) < 2:
        yield "a category needs two levels or more, separated by |."
    for level in _repeated(level.casefold() for level in levels):
        yield f"level '{level}' stands twice (case does not count); keep one."
    for level in levels:
        if level.casefold() in MISSING_WORDS:
            yield f"level '{level}' counts as missing in a cohort file; use another word."
        if column.numeric and to_number(level) is None:
            yield f"level '{level}' is not a number, as {column.type} needs; code it as one."
    if column.eligible and column.type != "category":
        yield "eligible needs a category; change the type, or empty the cell."
    for level in column.eligible:
        if column.type == "category" and level not in levels:
            yield f"eligible '{level}' is not among the levels; use {' or '.join(levels)}."


def _limits(column: Column) -> Iterable[str]:
    for low, high in (("hard_min", "hard_max"), ("soft_min", "soft_max")):
        a, b = getattr(column, low), getattr(column, high)
        if a is not None and b is not None and a >= b:
            yield f"{low} must be below {high}; correct one."


def _uses(column: Column) -> Iterable[str]:
    if column.role in MEASURED and not column.numeric:
        yield f"role {column.role} needs integer, number or ordinal; change the type or role."
    if column.sides and not column.numeric:
        yield "only numbers can be averaged over sides; empty the sides cell."
    if column.derive and not column.numeric:
        yield "a derived column must be integer, number or ordinal; change its type."
    if column.derive and column.sides:
        yield "a derived column has no sides; empty the sides cell."
    if column.role == "identifier" and (column.derive or column.sides):
        yield "an identifier is neither derived nor sided; empty both cells."


def _counts(book: Codebook) -> Iterable[str]:
    if len(book.by_role("identifier")) != 1:
        yield ": exactly one row must have the role identifier; correct the roles."
    if len(book.features) < 2:
        yield ": at least two rows must have the role feature; add them."
    if any(c.per_device for c in book.columns) and not book.devices:
        yield ": per_device is used, but no row has the role device; add one."


def _doubles(book: Codebook) -> Iterable[str]:
    for name in _repeated(c.name for c in book.columns):
        yield f": column '{name}' stands twice; keep one."
    names = {c.name for c in book.columns}
    for column in book.columns:
        for side in names.intersection(column.file_columns) - {column.name}:
            yield f" ({column.name}): its side '{side}' has a row of its own; keep one."


def _arguments(column: Column, book: Codebook) -> Iterable[str]:
    where, rule = f" ({column.name}): derive", column.derive
    known = {f: c for c in book.columns for f in (c.name, *c.file_columns)}
    for name in _repeated(rule.arguments):
        yield f"{where} names '{name}' twice; keep one."
    for place, name in enumerate(rule.arguments):
        if rule.name == "rate" and place == 0 and to_number(name) is not None:
            continue
        if name not in known:
            yield f"{where} needs '{name}', which the codebook does not hold; add its row."
        elif rule.name == "kings" and place == 12:
            if known[name].type != "category" or "yes" not in known[name].levels:
                yield f"{where} needs '{name}' as a category with the levels no and yes."
        elif not known[name].numeric:
            yield f"{where} needs numbers, '{name}' is a {known[name].type}; name another column."


def _circles(book: Codebook) -> list[str]:
    """Derived columns that wait for each other."""
    waiting = {c.name: set(c.derive.arguments) for c in book.columns if c.derive}
    while ready := [name for name, needed in waiting.items() if not needed & waiting.keys()]:
        for name in ready:
            del waiting[name]
    return [f" ({name}): derive leads back to itself; break the circle." for name in waiting]


def _repeated(words: Iterable[str]) -> list[str]:
    return [word for word, count in Counter(words).items() if count > 1]
