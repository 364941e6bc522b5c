"""Signs that look right and are not: which they are, and by which two texts differ that look alike.

A zero-width blank, a full-width 5, a Cyrillic а or an ü of two characters is seen by no reader and
found by every comparison. Such a sign is named by code point and name. Cells are read with what is
hidden written out (``words.legible``); here it is taken back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_WRITTEN = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
# letters of other scripts, dashes and quotes, and the signs of the keyboard they pass for
_ALIKE = str.maketrans(
    "аеорсухіјѕԁһАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧοı‐‑‒–—−‘’",
    "aeopcyxijsdhABEKMHOPCTYXIJSABEZHIKMNOPTYXoi------''",
)


def named(sign: str) -> str:
    """A sign by code point and name.

    >>> named("\\u200b")
    'U+200B ZERO WIDTH SPACE'
    """
    return f"U+{ord(sign):04X} {unicodedata.name(sign, 'without a name')}"


def hidden(text: str) -> list[str]:
    """The signs of a text, read as ``words.legible`` writes it, that cannot be seen."""
    return [sign for sign in _whole(text) if not sign.isprintable()]


def foreign(text: str) -> list[str]:
    """The signs of a text that are hidden or no ASCII, each once."""
    return [sign for sign in dict.fromkeys(_whole(text))
            if not sign.isascii() or not sign.isprintable()]


def folded(text: str) -> str:
    """What is left of a text once everything is gone that a reader may overlook."""
    for fold in _FOLDS.values():
        text = fold(text)
    return text


def unlike(one: str, other: str) -> str:
    """By what two texts differ that look alike, for example "case"; "" where they do not look
    alike or are the same. Signs that only one of them has are named."""
    if one == other or folded(one) != folded(other):
        return ""
    needed = [what for what in _FOLDS if _without(what, one) != _without(what, other)]
    words = [what for what in needed if what in _TYPED]
    if words != needed or not words:
        words += [named(sign) for sign in foreign(one + other)
                  if (sign in _whole(one)) != (sign in _whole(other))]
    return " and ".join(words or needed or ["spelling"])


def _without(what: str, text: str) -> str:
    for name, fold in _FOLDS.items():
        text = text if name == what else fold(text)
    return text


def _whole(text: str) -> str:
    """A text with its hidden signs as themselves again."""
    return _WRITTEN.sub(lambda match: _sign(match[0]), text)


def _sign(written: str) -> str:
    sign = chr(int(written[2:], 16)) if int(written[2:], 16) < 0x110000 else ""
    return sign if sign and not sign.isprintable() else written


def _seen(text: str) -> str:
    return "".join(sign for sign in _whole(text) if sign.isprintable())


_FOLDS: dict[str, Callable[[str], str]] = {
    "a hidden sign": _seen,
    "spelling": lambda text: unicodedata.normalize("NFKC", text),
    "a look-alike": lambda text: text.translate(_ALIKE),
    "blanks": lambda text: "".join(text.split()),
    "case": str.casefold,
    "a decimal .0": lambda text: re.sub(r"^([0-9]+)[.,]0+$", r"\1", text),
}
_TYPED = ("blanks", "case", "a decimal .0")  # by which texts differ whose signs are all ordinary
