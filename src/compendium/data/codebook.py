"""What every column means: the only place that knows the columns of a cohort.

A codebook is a CSV file, one row a column of the analysis, editable in a spreadsheet. Its columns
are ``name, label, role, block, type, unit, worse, levels, hard_min, hard_max, soft_min, soft_max``
and, where needed, ``sides, derive, per_device, eligible, source``.

``worse`` orients severity (low: thin is bad; high: bright is bad; none: no direction). ``sides`` =
both: the file holds ``<name>_l`` and ``<name>_r``, analysed as their mean. ``derive`` names one of
a closed list of rules and its arguments, never an expression. ``eligible``: the levels a patient
must have to be analysed; others, and missing ones, are left out and counted.

A codebook that contradicts itself, within a row or between rows, is refused too: it would surface
as a wrong number otherwise, such as a level that reads as missing, a stage from a column that never
says yes, or a total that counts an item twice. Checks give sentences and refuse nothing, so that a
reader sees all of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from compendium.data import delimited
from compendium.data.columns import Codebook, Column, Rule
from compendium.data.delimited import SHOWN, repeated, to_number
from compendium.data.derive import RULES, in_order
from compendium.problems import InputRefused, nearest, refuse_if
from compendium.words import short, some

_ROLES = (
    "identifier", "feature", "outcome", "validator", "covariate", "item", "device", "descriptor",
)
_MEASURED = ("feature", "validator", "outcome", "item")  # roles whose values must be numbers
_WORDS = {
    "role": _ROLES, "type": ("text", "integer", "number", "ordinal", "category", "date"),
    "worse": ("low", "high", "none"), "sides": ("", "both"), "per_device": ("", "yes", "no"),
}
_LIMITS = ("hard_min", "hard_max", "soft_min", "soft_max")
_REQUIRED = ("name", "label", "role", "block", "type", "unit", "worse", "levels", *_LIMITS)
_OPTIONAL = ("sides", "derive", "per_device", "eligible", "source")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_MOST_BYTES, _MOST_ROWS = 5_000_000, 2_000
_LONGEST = 200  # characters that a figure or a sentence can bear
_RULE = re.compile(r"\s*(\w+)\s*\(([^()]*)\)\s*")
MISSING_WORDS = frozenset({"", "na", "n/a", "nan", "."})  # cells that count as missing, any case


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
    sheet = delimited.read_sheet(path, _MOST_BYTES)
    refuse_if([f"{sheet.name}: {sentence}" for sentence in _headings(sheet.header)])
    if len(sheet.body) > _MOST_ROWS:
        raise InputRefused(f"{sheet.name}: {len(sheet.body):,} rows; {_MOST_ROWS:,} at most are "
                           "read, so keep those of the analysis.")
    problems, columns = [], []
    for i, cells in zip(sheet.rows, sheet.body, strict=True):
        row = dict(zip(sheet.header, cells, strict=True))
        if sheet.delimiter != ",":  # then a comma in a limit can only be a decimal one
            row |= {name: row[name].replace(",", ".") for name in _LIMITS}
        column, found = _column(row)
        where = f"{sheet.name}, row {i} ({short(row['name'], 64) or 'no name'})"
        problems += [f"{where}{sentence}" for sentence in found]
        columns.append(column)
    refuse_if(problems)
    book = Codebook(tuple(columns), Path(path))
    refuse_if([f"{sheet.name}{sentence}" for sentence in _contradictions(book)])
    return book


def _headings(header: list[str]) -> Iterable[str]:
    for name in _REQUIRED:
        if name not in header:
            yield f"heading '{name}' is missing; add the column (it may stay empty)."
    known = _REQUIRED + _OPTIONAL
    unknown = [name for name in header if name not in known]
    for name in unknown[:SHOWN]:
        yield f"unknown heading '{short(name, 64)}'; {nearest(name, known)}"
    if len(unknown) > SHOWN:
        yield f"{len(unknown) - SHOWN:,} more unknown headings; delete these columns."


def _column(row: dict[str, str]) -> tuple[Column | None, list[str]]:
    """A row as a column, and what is wrong with it; None where a cell cannot be read."""
    cell = {field.name: row.get(field.name, "") for field in fields(Column)}
    cell["worse"] = cell["worse"] or "none"
    if problems := [*_long(cell)] or [*_cells(cell), *_rule_problems(cell["derive"])]:
        return None, problems
    column = Column(**{
        **cell, **{name: to_number(cell[name]) for name in _LIMITS},
        **{name: _parts(cell[name], empty=False) for name in ("levels", "eligible")},
        "sides": cell["sides"] == "both", "per_device": cell["per_device"] == "yes",
        "derive": _rule(cell["derive"]),
    })
    found = [*_levels(column), *_limits(column), *_uses(column)]
    return column, [f": {sentence}" for sentence in found]


def _parts(text: str, empty: bool = True) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if empty or part.strip())


def _long(cell: dict[str, str]) -> Iterable[str]:
    for name, text in cell.items():
        parts = text.split("|") if name in ("levels", "eligible", "derive") else [text]
        if name != "source" and (longest := max(map(len, parts))) > _LONGEST:
            yield f", {name}: {longest:,} characters on end; write {_LONGEST} at most."


def _cells(cell: dict[str, str]) -> Iterable[str]:
    if not _NAME.fullmatch(cell["name"]):
        yield ": a name starts with a letter and holds letters, digits and _ only; rename it."
    if not cell["label"]:
        yield ": label is empty; write the words a reader should see."
    for name, words in _WORDS.items():
        if cell[name] not in words:
            hint = nearest(cell[name], filter(None, words))
            yield f": {name} '{cell[name]}' is not known; {hint}"
    for name in _LIMITS:
        if cell[name] and to_number(cell[name]) is None:
            yield f", {name}: '{cell[name]}' is not a number; write a number with a decimal point."


def _rule(text: str) -> Rule | None:
    match = _RULE.fullmatch(text)
    return Rule(match[1], _parts(match[2])) if match else None


def _rule_problems(text: str) -> Iterable[str]:
    rule = _rule(text)
    if text and (rule is None or rule.name not in RULES):
        rules = ", ".join(f"{name}(a|b|…)" for name in RULES)
        yield f": derive '{short(text, 64)}' is not known; write one of {rules}."
    elif rule and "" in rule.arguments:
        yield ": derive has nothing between two |; name a column, or delete a |."
    elif rule:
        (_, least, most), here = RULES[rule.name], len(rule.arguments)
        if not least <= here <= most:
            count = str(least) if least == most else f"at least {least}"
            yield f": {rule.name} takes {count} arguments, not {here}; correct the list."


def _levels(column: Column) -> Iterable[str]:
    levels = column.levels
    if column.type == "category" and len(levels) < 2:
        yield "a category needs two levels or more, separated by |."
    for level in repeated(level.casefold() for level in levels):
        yield f"level '{level}' stands twice (case does not count); keep one."
    for level in levels:
        if level.casefold() in MISSING_WORDS:
            yield f"level '{level}' counts as missing in a cohort file; use another word."
        if column.numeric and to_number(level) is None:
            yield f"level '{level}' is not a number, as {column.type} needs; code it as one."
    if column.eligible and column.type != "category":
        yield "eligible needs a category; change the type, or empty the cell."
    known = set(levels)
    for level in column.eligible if column.type == "category" else ():
        if level not in known:
            yield f"eligible '{level}' is not among the levels; use one of {some(levels)}."


def _limits(column: Column) -> Iterable[str]:
    for low, high in (_LIMITS[:2], _LIMITS[2:]):
        a, b = getattr(column, low), getattr(column, high)
        if a is not None and b is not None and a >= b:
            yield f"{low} must be below {high}; correct one."


def _uses(column: Column) -> Iterable[str]:
    if column.role in _MEASURED and not column.numeric:
        yield f"role {column.role} needs integer, number or ordinal; change the type or role."
    if column.sides and not column.numeric:
        yield "only numbers can be averaged over sides; empty the sides cell."
    if column.derive and not column.numeric:
        yield "a derived column must be integer, number or ordinal; change its type."
    if column.derive and column.sides:
        yield "a derived column has no sides; empty the sides cell."
    if column.role == "identifier" and (column.derive or column.sides):
        yield "an identifier is neither derived nor sided; empty both cells."


def _contradictions(book: Codebook) -> list[str]:
    """What the rows of a codebook say against each other."""
    # arguments are looked up by name, which needs the names to be right first
    return (
        [*_counts(book), *_doubles(book)]
        or list(_arguments(book))
        or _circles(book)
    )


def _counts(book: Codebook) -> Iterable[str]:
    if len(book.by_role("identifier")) != 1:
        yield ": exactly one row must have the role identifier; correct the roles."
    if len(book.features) < 2:
        yield ": at least two rows must have the role feature; add them."
    if any(c.per_device for c in book.columns) and not book.devices:
        yield ": per_device is used, but no row has the role device; add one, or empty the column."


def _doubles(book: Codebook) -> Iterable[str]:
    for name in repeated(c.name for c in book.columns):
        yield f": column '{name}' stands twice; keep one."
    for column in book.columns:
        for side in column.file_columns if column.sides else ():
            if side in book:
                yield f" ({column.name}): its side '{side}' has a row of its own; keep one."


def _arguments(book: Codebook) -> Iterable[str]:
    known = {f: c for c in book.columns for f in (c.name, *c.file_columns)}
    for column in book.columns:
        if column.derive:
            for sentence in _argument_problems(column.derive, known):
                yield f" ({column.name}): derive {sentence}"


def _argument_problems(rule: Rule, known: dict[str, Column]) -> Iterable[str]:
    for name in repeated(rule.arguments):
        yield f"names '{name}' twice; keep one."
    for place, name in enumerate(rule.arguments):
        if rule.name == "rate" and place == 0 and to_number(name) is not None:
            continue
        if name not in known:
            yield f"needs '{name}', which the codebook does not hold; add its row."
        elif rule.name == "kings" and place == 12:
            if known[name].type != "category" or "yes" not in known[name].levels:
                yield f"needs '{name}' as a category with the levels no and yes."
        elif not known[name].numeric:
            yield f"needs numbers, '{name}' is a {known[name].type}; name another column."


def _circles(book: Codebook) -> list[str]:
    """Derived columns that wait for each other."""
    waiting = {c.name for c in book.columns if c.derive} - set(in_order(book.columns))
    return [f" ({c.name}): derive leads back to itself; break the circle."
            for c in book.columns if c.name in waiting]
