"""Counts of few people: said as such, left as the rest of a total, known from quartiles or marks.

Only what counts people is looked at: the keys of ``_PEOPLE``, ``n_<phenotype>``, ``sizes``, and the
phrases of ``PHRASES``; other counts (draws, clusters, features, measures) tell of nobody. A count
of ``words.FEWEST`` − 1 or less is a small cell; one that lacks as little of a total that stands in
the same run gives the rest away. ``<5``, ``≥155`` and words in the place of a number say nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from compendium.run.left_behind import Piece, Told
from compendium.words import FEWEST

_PEOPLE = frozenset({  # keys, and headings in lower case with blanks for _
    "n", "n read", "n analysed", "left out", "remaining", "n missing", "missing", "n outside",
    "n with gap", "n near", "n core", "n r", "n stronger", "n weaker", "n severe", "n influential",
    "most patients", "smallest", "smallest cluster",
})
_OTHERS = ("bootstraps",)  # objects whose n counts no people
_SHARES = ("share", "share negative", "moved")  # of n, where it stands beside them
_FLOW = ("n read", "n analysed", "remaining")  # what differs by those left out
PHRASES = re.compile(
    r"\bn ?= ?(?P<n>\d[\d,]*)(?![\d.])|\bmissing (?P<missing>\d[\d,]*)(?![\d.])"
    r"|(?<![\d.,≥<-])(?<!to )(?P<of>\d[\d,]*)(?: of [\d,]+)?"
    r" (?:patients?|people|persons?|left out)\b"
    r"|(?<![\d.,≥<-])(?P<cell>\d[\d,]*) \(\d+(?:\.\d+)? ?%\)"
    r"|\b(?P<word>one|two|three|four) (?:patients?|people)\b"
)
_WHOLE = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_SHARED = re.compile(r"(\d[\d,]*) \(\d+(?:\.\d+)?\)")  # a cell of a table of n (%)
_OF = re.compile(r"\(n = ([\d,]+)\)")  # a heading that says of how many
_SAID = {"n": "n = …", "missing": "missing …", "of": "… patients", "cell": "… (… %)",
         "word": "… patients"}
_SPELLED = {"one": 1, "two": 2, "three": 3, "four": 4}
_QUARTILES = 20  # patients below which quartiles are the values of a few
_SERIES = 20  # marks below which a series is no series of patients


class People:
    """The counts of people in the pieces of a run. phenotypes: size by name; analysed, read."""

    def __init__(
        self, pieces: Sequence[Piece], phenotypes: Mapping[str, int], analysed: int, read: int
    ):
        self.pieces, self.phenotypes, self.analysed = pieces, phenotypes, analysed
        self.counts = [(piece, *count) for piece in pieces if not piece.fixed
                       for count in self._counted(piece)]
        shown = {count for _, _, count in self.counts}
        self.read = read if read in shown else analysed
        self.remaining = {n for _, key, n in self.counts if key in _FLOW}

    def few(self) -> Iterator[Told]:
        """Small cells, and counts that lack so few of a total that the rest is known."""
        for piece, key, count in self.counts:
            if 0 < count < FEWEST:
                yield piece, "small cell", f"fewer than {FEWEST} people under '{key}'"
            for total, name in self._totals(piece, key):
                if 0 < total - count < FEWEST:
                    yield piece, "complement", f"'{key}' lacks fewer than {FEWEST} of {name}"
        yield from self._levels()

    def quartiles(self) -> Iterator[Told]:
        """Quartiles of so few patients that they are nearly their values."""
        for piece in self.pieces:
            cells = {_key(head): text for head, text in piece.cells}
            for key in cells:
                end = key.removeprefix("median")
                of = _whole(cells.get(f"n{end}", ""))
                if key.startswith("median") and f"q1{end}" in cells and 0 < of < _QUARTILES:
                    yield piece, "quartiles of few", f"median and quartiles of {_under(of)}"
            median = any(text.lower().endswith("median [q1, q3]") for text in cells.values())
            of = [_whole(n) for head in cells if median for n in _OF.findall(head)]
            if of and min(of) < _QUARTILES:
                yield piece, "quartiles of few", f"median and quartiles of {_under(min(of))}"

    def marks(self) -> Iterator[Told]:
        """Series of as many marks as there are patients, in all, in a phenotype or in a model."""
        most = {n for _, key, n in self.counts if key == "n" and self.analysed / 2 < n}
        known = {self.analysed, *self.phenotypes.values(), *most}
        for piece in self.pieces:
            for marks in piece.panel.series if piece.panel else ():
                if marks >= _SERIES and marks in known:
                    yield piece, "marks of persons", "as many marks in a series as there are people"

    def _counted(self, piece: Piece) -> Iterator[tuple[str, int]]:
        """Every count of people in a piece: what it stands under, and the number."""
        if piece.place.endswith(_OTHERS):
            return
        cells = [(_key(head), text) for head, text in piece.cells]
        shares = any("n (%)" in text for _, text in cells)
        for key, text in cells:
            if self._counts_people(key, piece) and _WHOLE.fullmatch(text):
                yield key, _whole(text)
            for phrase in PHRASES.finditer(text):
                found = phrase[phrase.lastgroup]
                count = _SPELLED.get(found) or _whole(found.rstrip(","))
                yield _SAID[phrase.lastgroup], count
            if shares and (part := _SHARED.fullmatch(text)):
                yield key, _whole(part[1])
        beside = dict(cells)
        of = _whole(beside.get("n", ""))
        for key in _SHARES:
            share = _number(beside.get(key, ""))
            if of and share is not None and abs(share * of - round(share * of)) < 1e-6:
                yield key, round(share * of)

    def _counts_people(self, key: str, piece: Piece) -> bool:
        return piece.place.endswith("sizes") or key in _PEOPLE or any(
            key in _of_phenotype(name) for name in self.phenotypes
        )

    def _totals(self, piece: Piece, key: str) -> Iterator[tuple[int, str]]:
        """The totals a count is a part of: the patients of its phenotype, or all."""
        own = [text for _, text in piece.cells if text in self.phenotypes]
        own += [name for name in self.phenotypes if key in _of_phenotype(name)]
        if own:
            yield from ((self.phenotypes[name], f"phenotype {name}") for name in set(own))
        elif key in _FLOW:
            yield from ((n, "the patients before") for n in {self.read, *self.remaining})
        else:
            yield self.analysed, "the patients analysed"

    def _levels(self) -> Iterator[Told]:
        """Levels of one column whose counts together lack few of all patients."""
        sums: dict[tuple, int] = defaultdict(int)
        last, total = {}, {}
        for piece in self.pieces:
            cells = [(_key(head), text) for head, text in piece.cells]
            if "level" not in dict(cells):
                continue
            said = tuple(t for key, t in cells if key != "level" and t and t[0].isalpha())
            for key, text in cells:
                of = _OF.search(key)
                part = _SHARED.fullmatch(text) if of else _WHOLE.fullmatch(text)
                if (of or key == "n") and part:
                    group = (piece.file, piece.place.rpartition(".")[0], key, said)
                    sums[group] += _whole(part[of is not None])
                    last[group], total[group] = piece, _whole(of[1]) if of else self.analysed
        for group, count in sums.items():
            if 0 < total[group] - count < FEWEST:
                yield last[group], "complement", f"the levels lack fewer than {FEWEST} of all"


def _key(head: str) -> str:
    """A heading with blanks, its words as they are; one that only begins a cell in lower case."""
    words = head.replace("_", " ")
    return words[:1].lower() + words[1:]


def _of_phenotype(name: str) -> tuple[str, str]:
    """What the size of a phenotype, or of a part of it, stands under."""
    return f"n {name}", f"{_key(name)} (n)"


def _whole(text: str) -> int:
    return int(text.replace(",", "")) if _WHOLE.fullmatch(text) else 0


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _under(count: int) -> str:
    return f"fewer than {_QUARTILES} people" if count >= FEWEST else f"fewer than {FEWEST} people"
