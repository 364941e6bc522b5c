"""How many people may be said: nothing of fewer than five, nor what would give them away.

A count is said as it is (``headcount``), or as a ``Bound`` with a sign: "<5", or "≥155" where 158
stands beside 160. Which count is the fewest is one choice for a whole process.
"""

from __future__ import annotations

import re

from compendium.words import plural, share, spelled

FEWEST = 5  # patients of whom a number is said: those of fewer are nearly their own values
SMALL_COUNTS = {"five": (FEWEST, False), "seven": (7, True)}  # by choice: the fewest, and rounding


class Bound(int):
    """A count of people that is not said exactly: "<5", "≥155", "≈160". As a number it is the
    nearest count that its sign allows.

    >>> f"n = {Bound('≥', 155):,}", Bound("<", 5) + 0
    ('n = ≥155', 4)
    """

    def __new__(cls, sign: str, value: int):
        """``value``: the number behind the sign."""
        bound = super().__new__(cls, value - (sign == "<"))
        bound.text = f"{sign}{value:,}"
        return bound

    @classmethod
    def read(cls, text: str) -> Bound | str:
        """The bound that a text says, or the text where it says none.

        >>> Bound.read("≥1,155") + 0, Bound.read("≥ 3")
        (1155, '≥ 3')
        """
        said = re.fullmatch(r"([<≥≈])(\d[\d,]*)", text)
        return cls(said[1], int(said[2].replace(",", ""))) if said else text

    def __getnewargs__(self):
        return self.text[0], int(self) + (self.text[0] == "<")

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def __format__(self, _: str) -> str:
        return self.text


_rule = SMALL_COUNTS["five"]


def say_of_fewest(choice: str) -> None:
    """From now on nothing is said of fewer people than ``SMALL_COUNTS[choice]`` has it."""
    global _rule
    _rule = SMALL_COUNTS[choice]


def fewest() -> int:
    """The fewest people of whom something is said."""
    return _rule[0]


def few(n: int) -> bool:
    """Whether so many people are somebody, and too few to be said."""
    return n.text[0] == "<" if isinstance(n, Bound) else bool(0 < n < fewest())


def headcount(n: int, *totals: int) -> int:
    """A number of people as it may be said, given totals that stand beside it.

    Few are "<5". Where few are left of a total, n is rounded down to a multiple of five and said
    as "≥155", so that a subtraction gives them away no more; where n is few more than a total, the
    total is said. Where counts are rounded, all are.

    >>> headcount(3), headcount(158, 160), headcount(150, 160), headcount(160, 158)
    (<5, ≥155, 150, ≥158)
    """
    if isinstance(n, Bound) or not n:
        return n
    if few(n):
        return Bound("<", fewest())
    if _rule[1]:
        return Bound("≈", 5 * round(n / 5))
    if any(few(of - n) for of in totals):
        return Bound("≥", n // 5 * 5)
    return next((Bound("≥", of) for of in totals if few(n - of)), n)


def people(count: int, of: int = 0, *, noun: str = "patient") -> str:
    """A count of patients (``noun``), of all of them with its share; so few that they could be
    known are not counted, nor are so many that the others could be.

    >>> people(1), people(29), people(166, 454), people(3, 454), people(452, 454)
    ('fewer than five patients', '29 patients', '166 (36.6 %)', 'fewer than five', 'almost all')
    """
    if few(count):
        return f"fewer than {spelled(fewest())}" + ("" if of else f" {noun}s")
    if few(of - count):
        return "almost all"
    return share(headcount(count), of) if of else plural(headcount(count), noun)


def n_text(n: int) -> str:
    """A number of people as a figure or a table says it.

    >>> n_text(1454), n_text(3), n_text(Bound("≥", 155))
    ('n = 1,454', 'n < 5', 'n ≥ 155')
    """
    said = headcount(n)
    return f"n {said.text[0]} {said.text[1:]}" if isinstance(said, Bound) else f"n = {int(n):,}"
