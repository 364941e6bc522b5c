"""Words made from numbers, so that a text stays true on another cohort.

Formatting of counts, estimates, intervals and p values, and the joining of words. The sentences
that state a notebook's findings are made of these in ``regression``. Words of strangers, from files
and command lines, become text that only says what it shows (``legible``).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from numbers import Real

MINUS = "\u2212"
MARK = "SYNTHETIC — simulated patients"  # on everything made of them
# between letters of scripts from Arabic to Myanmar a joiner belongs to the spelling
_JOINER = re.compile("(?<=[\u0600-\u109f])[\u200c\u200d](?=[\u0600-\u109f])")


def known(*values: float | None) -> bool:
    """Whether every value is a number: not None, as in JSON, nor NaN or NA, as in a frame."""
    return all(isinstance(value, Real) and math.isfinite(value) for value in values)


def number(value: float | None, digits: int = 2) -> str:
    """A number with a true minus sign; "not estimable" for a missing one."""
    if not known(value):
        return "not estimable"
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        return text.removeprefix("-")  # −0.00 would state a direction that is not there
    return MINUS + text[1:] if text.startswith("-") else text


def estimate(record: dict, digits: int = 2, key: str = "estimate") -> str:
    """Estimate with its 95 % interval, from a record with keys ``low`` and ``high``."""
    if not known(record[key]):
        return "not estimable"
    value, ends = number(record[key], digits), (record["low"], record["high"])
    if not known(*ends):
        return f"{value} (no interval)"
    low, high = (number(end, digits) for end in ends)
    return f"{value} (95 % CI {low} to {high})"


def decimals(record: dict) -> int:
    """Decimals that leave the standard error behind an interval, ``low`` to ``high``, one digit; or
    as many as an end needs that is not 0.

    >>> decimals({"low": -6.0, "high": -0.3}), decimals({"low": -6.0, "high": -1.3})
    (1, 0)
    """
    se = (record["high"] - record["low"]) / 4
    digits = min(max(0, -math.floor(math.log10(se))), 4) if se > 0 else 2
    ends = [end for end in (record["low"], record["high"]) if end]
    return next((d for d in range(digits, 4) if all(round(end, d) for end in ends)), 4)


def in_text(label: str) -> str:
    """A label as it stands in a sentence.

    >>> in_text("Body mass index"), in_text("FVC")
    ('body mass index', 'FVC')
    """
    return label[0].lower() + label[1:] if re.fullmatch(r"[A-Z][a-z]+( [^A-Z]*)?", label) else label


def p_value(p: float | None) -> str:
    """p to two significant digits, "p < 0.001" below."""
    if not known(p):
        return "p not estimable"
    if p < 0.001:
        return "p < 0.001"
    # decimals so that two digits remain after the leading zeros
    return f"p = {p:.{max(2, 1 - math.floor(math.log10(p)))}f}"


def p_text(p: float | None) -> str:
    """A p value for a column headed p: two significant digits, "< 0.001" below, "–" for none.

    >>> p_text(0.0314), p_text(1e-9)
    ('0.031', '< 0.001')
    """
    if not known(p):
        return "–"
    return p_value(p).removeprefix("p ").removeprefix("= ")


def p_drawn(p: float | None, draws: int) -> str:
    """A p value from so many draws: "p ≤" where none of them was as extreme as the data. From 1,000
    draws on the floor is said as any other small p value.

    >>> p_drawn(0.01, 99), p_drawn(0.02, 99)
    ('p ≤ 0.01 (99 draws)', 'p = 0.020')
    """
    floor = 1 / (draws + 1)
    if not known(p) or p > floor * (1 + 1e-9) or floor < 0.001:
        return p_value(p)
    return f"p ≤ {floor:.2g} ({draws:,} draws)"


def share(part: int, whole: int) -> str:
    """A count with its share, "166 (36.6 %)"."""
    return f"{part:,} ({100 * part / whole:.1f} %)" if whole else f"{part:,}"


def percent(part: float, digits: int = 0) -> str:
    """A share of 0 to 1 in per cent.

    >>> percent(0.0257, 1)
    '2.6 %'
    """
    return f"{number(100 * part, digits)} %"


def listed(words: list[str]) -> str:
    """Words as an English list."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def plural(count: int, noun: str) -> str:
    """The count with its noun in the right number."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def spelled(count: int) -> str:
    """A small count as it stands in a sentence, "two"; from ten on in digits."""
    words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    return words[count] if count < len(words) else f"{count:,}"


def noted(labels: Iterable[str], notes: Iterable[str]) -> list[str]:
    """Every note once, after the labels it is of; without labels where there is one note for all.

    >>> noted(["FVC", "SVC", "Grip"], ["", "Too few.", "Too few."])
    ['SVC and Grip: Too few.']
    """
    who: dict[str, list[str]] = {}
    for label, note in zip(labels, notes, strict=True):
        who.setdefault(note if isinstance(note, str) else "", []).append(label)
    return [note if len(who) == 1 else f"{listed(of)}: {note}" for note, of in who.items() if note]


def once(notes: Iterable[str]) -> list[str]:
    """Notes "of which model: text", every text once, with the number of others it is true of."""
    said: dict[str, list[str]] = {}
    for note in notes:
        said.setdefault(note.partition(": ")[2] or note, []).append(note)
    return [
        f"{same[0]} (So for {plural(len(same) - 1, 'other model')}.)" if len(same) > 1 else same[0]
        for same in said.values()
    ]


def supported(finding: bool) -> str:
    """The two words that end a finding."""
    return "supported" if finding else "not supported"


def block_name(block: str) -> str:
    """The name of a block as it stands in a sentence.

    >>> block_name("nerve_csa")
    'nerve CSA'
    """
    words = block.replace("_", " ").split()
    return " ".join(w.upper() if w in ("csa", "mmt", "cmap") else w for w in words)


def legible(text: str) -> str:
    """A text with what cannot be seen written out: control characters, changes of direction, parts
    of characters. Line ends, tabs and wide blanks become plain blanks.

    >>> legible("left\\u202eright"), legible("two\\nlines")
    ('left\\\\u202eright', 'two lines')
    """
    if text.isprintable():
        return text
    kept = {match.start() for match in _JOINER.finditer(text)}
    return "".join(c if c.isprintable() or i in kept else _written(c) for i, c in enumerate(text))


def short(text: str, most: int = 20) -> str:
    """A text as it is quoted in a sentence: cut with … where it is longer than ``most``."""
    return text if len(text) <= most else text[: most - 1] + "…"


def some(words: Iterable[str], most: int = 40) -> str:
    """Words one after the other, long ones cut, those beyond ``most`` counted.

    >>> some(["a", "b", "c", "d"], 2)
    'a, b and 2 more'
    """
    words = list(words)
    rest = f" and {len(words) - most:,} more" if len(words) > most else ""
    return ", ".join(short(word, 60) for word in words[:most]) + rest


def _written(sign: str) -> str:
    blank = sign in "\t\n\v\f\r" or unicodedata.category(sign) == "Zs"
    return " " if blank else sign.encode("unicode_escape").decode()
