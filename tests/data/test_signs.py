"""Texts that look alike: by which signs they differ."""

from __future__ import annotations

import pytest

from compendium.data import signs


@pytest.mark.parametrize(("one", "other", "apart"), [
    ("P1", "p1", "case"), ("P1", "P 1", "blanks"), ("1", "1.0", "a decimal .0"),
    ("P1", r"P1\u200b", "U+200B ZERO WIDTH SPACE"),
    (r"P1\u200b", "p1", "case and U+200B ZERO WIDTH SPACE"),
    (r"P1\u200b", r"P1\u200b\u200b", "a hidden sign"),
    ("P5", "P\uff15", "U+FF15 FULLWIDTH DIGIT FIVE"),
    ("P1", "\u04201", "U+0420 CYRILLIC CAPITAL LETTER ER"),
    ("u\u0308", "\u00fc",
     "U+0308 COMBINING DIAERESIS and U+00FC LATIN SMALL LETTER U WITH DIAERESIS"),
])
def test_texts_that_look_alike_differ_by_what_is_named(one, other, apart):
    assert signs.unlike(one, other) == apart


@pytest.mark.parametrize(("one", "other"), [("P1", "P1"), ("P1", "P2"), ("007", "7"), ("", "x")])
def test_texts_that_are_the_same_or_look_different_are_not_told_apart(one, other):
    assert signs.unlike(one, other) == ""


def test_a_backslash_that_hides_nothing_is_a_sign_like_another():
    assert signs.hidden(r"a\x41\u99999\U99999999") == []
