"""What the patients' file holds that a run must not: identifiers, values, extremes.

An identifier can be told from a number of the analysis only where it holds a letter or five digits;
ids such as 1 to 160 are not looked for. Of the other texts of the file (surnames, dates of birth)
those that fewer than five patients share are, unless they are words of the project itself. A value
tells of a patient where three digits or more are written in the file, it is no small whole number,
and fewer than five patients have it. It is found as it stands in the file or is derived from it,
not where it was rounded; the smallest and the largest value of a column are found rounded too.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache, cached_property
from operator import itemgetter

from compendium.audit.few import PHRASES
from compendium.audit.left_behind import Piece, Told
from compendium.data.cohort import Cohort
from compendium.data.columns import Column
from compendium.data.delimited import Sheet, to_number
from compendium.headcounts import FEWEST

_ALNUM = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?!\w|\.\d)")
_EDGES = (r"(?<![^\W_])", r"(?![^\W_])")  # of a whole word; below, of a whole number
_EDGES_OF_DIGITS = (r"(?<![\w.])", r"(?!\w|\.\d)")
_COUNTS = re.compile(r"^(n|k|df|rung|parameters|draws|resamples)$|^n[_ ]|\(n|patients|spec|seed")
_SHORT = 4  # letters below which a text may be anything
_ID_DIGITS = 5  # of an identifier without a letter
_DIGITS = 3  # written, of a value that may be a patient's own
_UNNAMED = 4  # values of one patient in a record that names no column
_LONG = 3  # values of one patient below each other
_CLOSE = 1e-3  # of a column's range: how near the end of an axis comes to an extreme

class Private:
    """The file of the patients, as written and as analysed. ordinary: words of the project."""

    def __init__(self, patients: Cohort, sheet: Sheet, ordinary: set[str]):
        self.book, self.patients, self.ordinary = patients.codebook, patients, ordinary
        point = "," if sheet.delimiter == "," else "."
        self.cells = {head: [row[j].replace(",", point) for row in sheet.body]
                      for j, head in enumerate(sheet.header)}
        self.ids = [row[sheet.header.index(self.book.identifier.name)] for row in sheet.body]

    @cached_property
    def words(self) -> dict[str, list[tuple[re.Pattern, str]]]:
        """Every text that is a patient's: its first word -> how it is found, and what it is."""
        texts = [(text, "an identifier") for text in self.ids
                 if len(text) >= _SHORT or not self._is_ordinary(text)]
        free = [c.name for c in self.book.columns if c.type in ("text", "date")]
        for head in {*free, *self.patients.ignored} - {self.book.identifier.name}:
            counts = Counter(self.cells.get(head, ()))
            texts += [(text, f"a text of column {head}") for text, count in counts.items()
                      if count < FEWEST and len(text) >= _SHORT and not self._is_ordinary(text)]
        found = defaultdict(list)
        for text, what in texts:
            if _is_telling(text):
                found[words_of(text)[0]].append((_pattern(text), what))
        return found

    def texts(self, left: Iterable[Piece]) -> Iterator[Told]:
        """Identifiers and other texts of the file."""
        for piece in left:
            for _, what in self._found(piece.text):
                yield piece, "identifier", what

    def masked(self, text: str) -> str:
        """A place without the texts that must not be said."""
        for written, _ in self._found(text):
            text = text.replace(written, "…")
        return text

    def pairs(self, left: Iterable[Piece]) -> Iterator[Told]:
        """Values of one patient that stand together: two where columns are named, or a list."""
        for piece in left:
            who = defaultdict(set)
            for _, patient, value in self._hits(piece):
                who[patient].add(value)
            most, patient = _together(who)
            if most > 1 and (self.spoken_of(piece) or most >= _UNNAMED
                             or (most == _UNNAMED - 1 and self._in_order(piece, patient))):
                yield piece, "value pairs", "values of one patient"

    def columns(self, left: Iterable[Piece]) -> Iterator[Told]:
        """Values of one patient below each other, each beside the name of its column: half or more
        of what stands there."""
        asked, who, last = defaultdict(set), defaultdict(lambda: defaultdict(set)), {}
        for piece in left:
            named = self.spoken_of(piece)
            below = piece.file, re.sub(r"\d+$", "", piece.place)
            for head in {head for head, _, _ in _numbers(piece) if named and head}:
                asked[*below, head] |= named
            for head, patient, value in self._hits(piece) if named else ():
                who[*below, head][patient].add(value)
                last[*below, head] = piece
        for at, whose in who.items():
            if _together(whose)[0] >= max(_LONG, len(asked[at]) / 2):
                yield last[at], "value pairs", f"values of one patient down '{at[-1]}'"

    def extremes(self, left: Iterable[Piece]) -> Iterator[Told]:
        """The smallest and the largest value of a column, written beside its name or as the end of
        an axis that names it."""
        for piece in left:
            for head, text, number in _numbers(piece):
                for column, which in self._roundings.get(number, ()):
                    if self.spoken_of(piece) and column in self._columns_of(head, text, piece):
                        yield piece, "extreme", f"the {which} value of {self._label(column)}"
            for column in self.spoken_of(piece) if piece.panel and piece.panel.ends else ():
                for which, end, reach in self._reaches.get(column, ()):
                    at = [ends[which == "largest"] for ends in piece.panel.ends]
                    if min(abs(value - end) for value in at) <= reach:
                        what = f"the {which} value of {self._label(column)}, as the end of an axis"
                        yield piece, "extreme", what

    def spoken_of(self, piece: Piece) -> set[str]:
        """The columns that a piece or its place names."""
        return self._spoken_in(f"{piece.place.replace('.', ' ')} \n{piece.text}")

    def _spoken_in(self, text: str) -> set[str]:
        return {self._called[match] for match in self._calls.findall(text.casefold())}

    @cached_property
    def _numeric(self) -> list[Column]:
        return [column for column in self.book.columns if column.numeric]

    @cached_property
    def _called(self) -> dict[str, str]:
        """What a column is called in a run, in lower case -> its name."""
        return {word.casefold(): c.name for c in self._numeric
                for word in (c.name, c.label, c.axis, *c.file_columns)}

    @cached_property
    def _calls(self) -> re.Pattern:
        words = sorted(map(re.escape, self._called), key=len, reverse=True)
        return re.compile(_EDGES[0] + f"(?:{'|'.join(words)})" + _EDGES[1])

    @cached_property
    def _values(self) -> dict[float, list[tuple[str, int]]]:
        """Telling values -> (column, patient) of all who have it."""
        found = defaultdict(list)
        for column, written in self._written:
            for who, (text, value) in written.items():
                if _digits(text) >= _DIGITS and (value % 1 or abs(value) > 100):
                    found[value].append((column.name, who))
        return dict(found)

    def _in_order(self, piece: Piece, patient: int) -> bool:
        """Whether the numbers of a list, all but one, are a patient's in the order of the file."""
        own = [to_number(cells[patient]) for cells in self.cells.values()]
        numbers = [float(n) for _, text in piece.cells for n in _NUMBER.findall(text)]
        same = SequenceMatcher(None, own, numbers, autojunk=False).get_matching_blocks()
        return sum(block.size for block in same) >= max(_UNNAMED, len(numbers) - 1)

    @cached_property
    def _ends(self) -> list[tuple[Column, str, str, float]]:
        """Telling extremes of all who were read, and of those analysed: column, which, as written,
        and the range of the column."""
        found = []
        kept = {who for who, identifier in enumerate(self.ids)
                if identifier in self.patients.data.index}
        for column, written in self._written:
            limits = {*column.limits("hard"), *column.limits("soft")}
            values = {value for _, value in written.values()}
            for whose in (written.keys(), written.keys() & kept):
                cells = [written[who] for who in whose]
                for which, of in _WHICH.items() if cells else ():
                    text, end = of(cells, key=itemgetter(1))
                    few = sum(value == end for _, value in cells) < FEWEST
                    if few and _digits(text) >= _DIGITS and end not in limits:
                        found.append((column, which, text, max(values) - min(values)))
        return found

    @cached_property
    def _roundings(self) -> dict[float, set[tuple[str, str]]]:
        """Extremes, and what they are rounded to with three digits -> (column, which)."""
        found = defaultdict(set)
        for column, which, end, _ in self._ends:
            for decimals in range(1, len(end.partition(".")[2])):
                if _digits(rounded := f"{float(end):.{decimals}f}") >= _DIGITS:
                    found[float(rounded)].add((column.name, which))
            found[float(end)].add((column.name, which))
        return dict(found)

    @cached_property
    def _reaches(self) -> dict[str, set[tuple[str, float, float]]]:
        """Column -> its extremes: which, the value, and how near counts as it. Of two sides their
        mean is drawn."""
        found = defaultdict(set)
        for column, which, end, span in self._ends:
            drawn = self.patients.data[column.name]
            if not column.sides or float(end) in (drawn.min(), drawn.max()):
                found[column.name].add((which, float(end), _CLOSE * span))
        return dict(found)

    @cached_property
    def _written(self) -> list[tuple[Column, dict[int, tuple[str, float]]]]:
        """Columns with the values of each patient, as text and as number: as they are in the file,
        and as analysed where they are derived or the mean of two sides."""
        found = []
        place = {identifier: who for who, identifier in enumerate(self.ids)}
        for column in self._numeric:
            for head in column.file_columns:
                cells = ((text, to_number(text)) for text in self.cells.get(head, ()))
                found.append((column, {who: cell for who, cell in enumerate(cells)
                                       if cell[1] is not None}))
            if column.derive or column.sides:
                texts = self.patients.data[column.name].dropna().map("{:.10g}".format)
                found.append((column, {place[identifier]: (text, float(text))
                                       for identifier, text in texts.items()}))
        return found

    def _hits(self, piece: Piece) -> Iterator[tuple[str, int, tuple[str, float]]]:
        """Telling values in a piece: what each stands under, whose it is, its column and itself."""
        for head, text, number in _numbers(piece):
            if number in self._values:
                may = self._columns_of(head, text, piece)
                for column, patient in self._values[number]:
                    if column in may:
                        yield head, patient, (column, number)

    def _columns_of(self, head: str, text: str, piece: Piece) -> set[str]:
        """The columns a number can be of: that of its heading, or those its record names; every one
        where it names none. A drawing that names several speaks of one where the number stands."""
        if own := self._called.get(head.casefold()):
            return {own}
        named = self.spoken_of(piece)
        if piece.panel:
            return self._spoken_in(text) or (named if len(named) == 1 else set())
        return named or set(self._called.values())

    def _found(self, text: str) -> Iterator[tuple[str, str]]:
        """Texts of the file in a text: as written there, and what they are."""
        for first in self.words.keys() & set(words_of(text)):
            for pattern, what in self.words[first]:
                if match := pattern.search(text):
                    yield match[0], what

    def _is_ordinary(self, text: str) -> bool:
        return self.ordinary.issuperset(words_of(text))

    def _label(self, column: str) -> str:
        return self.book[column].label


_WHICH: dict[str, Callable] = {"smallest": min, "largest": max}


def _together(who: Mapping[int, set[tuple[str, float]]]) -> tuple[int, int]:
    """How many values of one patient, in as many columns, stand together that fewer than five
    share; and whose."""
    for patient, own in sorted(who.items(), key=lambda item: -len(item[1])):
        if len(own) < 2:
            break
        if sum(own <= other for other in who.values()) < FEWEST:
            return min(len(set(parts)) for parts in zip(*own, strict=True)), patient
    return 0, 0


def _numbers(piece: Piece) -> Iterator[tuple[str, str, float]]:
    """Numbers that may be a patient's: heading, the whole text, and the number. A whole one stands
    under a heading of people or steps only to count them."""
    for head, text in piece.cells if not piece.fixed else ():
        for number in _NUMBER.findall(PHRASES.sub("", text)):
            if _digits(number) >= _DIGITS and (not number.isdigit() or not _COUNTS.search(head)):
                yield head, text, float(number)


def words_of(text: str) -> list[str]:
    """The words and numbers of a text, in lower case."""
    return _ALNUM.findall(text.casefold())


def _pattern(text: str) -> re.Pattern:
    before, after = _EDGES_OF_DIGITS if text.isdigit() else _EDGES
    return re.compile(before + re.escape(text) + after, re.IGNORECASE)


def _is_telling(text: str) -> bool:
    letters, digits = re.search(r"[^\W\d_]", text), re.sub(r"\D", "", text)
    return bool(letters) or len(digits) >= _ID_DIGITS


@cache
def _digits(text: str) -> int:
    """Significant digits of a number as it is written; zeros at its end say that it is round."""
    return len(re.sub(r"e.*|\D", "", text.casefold()).strip("0"))
