"""Whether a codebook contradicts itself, within a row and between rows.

Every check returns sentences and refuses nothing, so that a reader sees all of them at once. A
contradiction found here would otherwise surface as a wrong number: a level that reads as missing,
a stage from a column that never says yes, a total that counts an item twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compendium.codebook import Codebook, Column

MEASURED = ("feature", "validator", "outcome", "item")  # roles whose values must be numbers
MISSING = frozenset({"", "na", "n/a", "nan", "."})  # cells that count as missing, any case


def number(text: str) -> float | None:
    """The number a text spells in ASCII digits and a decimal point; None for anything else.

    >>> number("61.5"), number("61,5"), number("1_000"), number("inf")
    (61.5, None, None, None)
    """
    if not text.isascii() or "_" in text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


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
        if level.casefold() in MISSING:
            yield f"level '{level}' counts as missing in a cohort file; use another word."
        if column.numeric and number(level) is None:
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
        if rule.name == "rate" and place == 0 and number(name) is not None:
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
