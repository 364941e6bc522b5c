"""Counts of few people: said as such, left as the rest of a total, known from quartiles or marks.

Only what counts people is looked at: the keys of ``_PEOPLE``, ``n_<phenotype>``, ``sizes``, shares
that are counts beside an ``n``, and ``PHRASES``; other counts (draws, clusters, features, measures)
tell of nobody. A count below ``words.FEWEST`` is a small cell; one that lacks as little of a total
that stands in the same run gives the rest away. ``<5``, ``≥155`` and words in the place of a number
say nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from compendium.audit.left_behind import Piece, Told
from compendium.data.delimited import to_number
from compendium.headcounts import FEWEST
from compendium.report.disclosure import QUARTILED

_PEOPLE = frozenset({  # keys and headings, with blanks for _ and a small first letter
    "n", "n read", "n analysed", "left out", "remaining", "n missing", "missing", "n outside",
    "n with gap", "n near", "n core", "n r", "n stronger", "n weaker", "n severe", "n influential",
    "most patients", "smallest", "smallest cluster",
})
_OTHERS = ("bootstraps",)  # objects whose n counts no people
_SHARES = ("share", "share negative", "moved")  # of n, where it stands beside them
_FLOW = ("n read", "n analysed", "remaining")  # what differs by those left out
_COUNT = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?!,?\d|\.\d)"
PHRASES = re.compile(
    rf"\bn ?= ?(?P<n>{_COUNT})|\bmissing (?P<missing>{_COUNT})"
    rf"|(?<![\d.,≥≈<-])(?<!to )(?<!at least )(?<!fewer than )(?P<of>{_COUNT})"
    rf"(?: of (?P<all>{_COUNT}))? (?:patients?|people|persons?|left out)\b"
    rf"|(?<![\d.,≥≈<-])(?P<cell>{_COUNT}) \(\d+(?:\.\d+)? ?%\)"
    r"|\b(?P<word>one|two|three|four) (?:patients?|people)\b"
)
_UNDER = {"n": "n = …", "missing": "missing …", "of": "… patients", "cell": "… (… %)",
          "word": "… patients"}
_SPELLED = {"one": "1", "two": "2", "three": "3", "four": "4"}
_WHOLE = re.compile(_COUNT)
_IN_TABLE = re.compile(rf"({_COUNT}) \(\d+(?:\.\d+)?\)")  # a cell of a table of n (%)
_HEADED = re.compile(rf"\(n = ({_COUNT})\)")  # a heading that says of how many
_NEARLY_ALL = 0.85  # of the patients, in a model
_SERIES = 20  # marks below which a series is no series of patients


@dataclass(frozen=True)
class _Count:
    """A count of people: where it stands and under what, and its total where that is said there."""

    piece: Piece
    under: str
    number: int
    of: int = 0


class People:
    """The counts of people in the pieces of a run. phenotypes: size by name; analysed, read."""

    def __init__(
        self, pieces: Sequence[Piece], phenotypes: Mapping[str, int], analysed: int, read: int
    ):
        self.pieces, self.phenotypes, self.analysed = pieces, phenotypes, analysed
        self.counts = [c for piece in pieces if not piece.fixed for c in self._counted(piece)]
        # a total counts where the run says it
        self.flow = {count.number for count in self.counts if count.under in _FLOW}
        if any(count.number == read for count in self.counts):
            self.flow.add(read)

    def few(self) -> Iterator[Told]:
        """Small cells, and counts that lack so few of a total that the rest is known."""
        for count in self.counts:
            if 0 < count.number < FEWEST:
                what = f"fewer than {FEWEST} people under '{count.under}'"
                yield count.piece, "small cell", what
            for total, name in self._totals(count):
                if 0 < total - count.number < FEWEST:
                    what = f"'{count.under}' lacks fewer than {FEWEST} of {name}"
                    yield count.piece, "complement", what
        yield from self._levels()

    def quartiles(self) -> Iterator[Told]:
        """Quartiles of so few patients that they are nearly their values."""
        for piece in self.pieces:
            cells = {_key(head): text for head, text in piece.cells}
            ends = [key.removeprefix("median") for key in cells if key.startswith("median")]
            sizes = [_whole(cells.get(f"n{end}", "")) for end in ends
                     if to_number(cells.get(f"q1{end}", "")) is not None]
            if any(text.endswith("median [Q1, Q3]") for text in cells.values()):
                sizes += [_whole(found[1]) for key, text in cells.items()
                          if "[" in text and (found := _HEADED.search(key))]
            if any(0 < size < QUARTILED for size in sizes):
                yield piece, "quartiles of few", f"quartiles of fewer than {QUARTILED} people"

    def marks(self) -> Iterator[Told]:
        """Series of as many marks as there are patients, in all, in a phenotype or in a model."""
        models = {c.number for c in self.counts if c.under == "n"
                  and c.number > _NEARLY_ALL * self.analysed}
        people = {self.analysed, *self.phenotypes.values(), *models}
        for piece in self.pieces:
            for marks in piece.panel.series if piece.panel else ():
                if marks >= _SERIES and marks in people:
                    yield piece, "marks of persons", "as many marks in a series as there are people"

    def bars(self) -> Iterator[Told]:
        """Bars as long as few patients, along an axis of patients or of a share that is missing;
        one of ``FEWEST`` − 1 stands for any number up to that."""
        for piece in self.pieces:
            texts = piece.panel.texts if piece.panel else ()
            unit = 1.0 if "Patients" in texts else 0.0
            if any(text.startswith("Missing (%)") for text in texts):
                unit = self.analysed / 100
            counts = [length * unit for length in piece.panel.bars] if unit else []
            if any(0.5 < count < FEWEST - 1.5 for count in counts):
                yield piece, "small cell", f"a bar as long as fewer than {FEWEST} people"

    def _counted(self, piece: Piece) -> Iterator[_Count]:
        """Every count of people in a piece."""
        if piece.place.endswith(_OTHERS):
            return
        cells = [(_key(head), text) for head, text in piece.cells]
        beside, table = _whole(dict(cells).get("n", "")), "n (%)" in piece.text
        for key, text in cells:
            if self._is_of_people(key, piece) and _WHOLE.fullmatch(text):
                yield _Count(piece, key, _whole(text), beside if key == "n severe" else 0)
            elif table and (part := _IN_TABLE.fullmatch(text)):
                yield _Count(piece, key, _whole(part[1]))
            elif key in _SHARES and (share := to_number(text)) is not None:
                people = share * beside
                if abs(people - round(people)) < 1e-6:
                    yield _Count(piece, key, round(people))
            for phrase in PHRASES.finditer(text):
                kind = "of" if phrase["all"] else phrase.lastgroup
                said = _SPELLED.get(phrase[kind], phrase[kind])
                yield _Count(piece, _UNDER[kind], _whole(said), _whole(phrase["all"] or ""))

    def _is_of_people(self, key: str, piece: Piece) -> bool:
        phenotype = any(key in _of_phenotype(name) for name in self.phenotypes)
        return piece.place.endswith("sizes") or key in _PEOPLE or phenotype

    def _totals(self, count: _Count) -> Iterator[tuple[int, str]]:
        """The totals a count is a part of: one said with it, those of its phenotype, or all."""
        if count.of:
            yield count.of, "those beside it"
        own = {text for _, text in count.piece.cells if text in self.phenotypes}
        own = own if len(own) == 1 or not count.piece.panel else set()  # of which, is not drawn
        own |= {name for name in self.phenotypes if count.under in _of_phenotype(name)}
        if own:
            yield from ((self.phenotypes[name], f"phenotype {name}") for name in sorted(own))
        elif count.under in _FLOW:
            yield from ((before, "the patients before") for before in sorted(self.flow))
        else:
            yield self.analysed, "the patients analysed"

    def _levels(self) -> Iterator[Told]:
        """Levels of one column whose counts together lack few of all patients."""
        sums: dict[tuple, int] = defaultdict(int)
        last, total = {}, {}
        for piece in self.pieces:
            cells = {_key(head): text for head, text in piece.cells}
            if "level" not in cells:
                continue
            counts = {key: found for key in cells if (found := _HEADED.search(key))}
            about = tuple(text for key, text in cells.items()
                          if key not in ("level", *counts) and text[:1].isalpha())
            for key in (*counts, "n"):
                number = cells.get(key, "").partition(" (")[0]
                if _WHOLE.fullmatch(number):
                    of = piece.file, re.sub(r"\d+$", "", piece.place), key, about
                    sums[of] += _whole(number)
                    total[of] = _whole(counts[key][1]) if key in counts else self.analysed
                    last[of] = piece
        for of, people in sums.items():
            if 0 < total[of] - people < FEWEST:
                yield last[of], "complement", f"the levels lack fewer than {FEWEST} of all"


def _key(head: str) -> str:
    """A heading with blanks and a small first letter."""
    words = head.replace("_", " ")
    return words[:1].lower() + words[1:]


def _of_phenotype(name: str) -> tuple[str, str]:
    """What the size of a phenotype, or of a part of it, stands under."""
    return f"n {name}", f"{_key(name)} (n)"


def _whole(text: str) -> int:
    return int(text.replace(",", "")) if _WHOLE.fullmatch(text) else 0
