"""Everything a run left behind, read piece by piece: what stands together in one place.

A piece is a row of a table, an object or a list of a JSON file, a cell or a line of a notebook, an
axes of a drawing, a line of text. Notebooks are opened down to every kind of output, archives down
to every member, pictures to the texts they carry (their pixels are not read), PDF to the texts that
are drawn. A file of another kind is read as the text it holds, whatever it is.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from compendium.audit import drawn
from compendium.problems import InputRefused
from compendium.run.built import INJECTED

_PRIVATE = "private"  # the folder of a run that stays with its owner
_SUFFIXES = {  # of the kinds of output a notebook can hold
    "text/html": ".html", "text/markdown": ".html", "text/latex": ".txt", "image/svg+xml": ".svg",
    "image/png": ".png", "image/jpeg": ".jpg", "application/pdf": ".pdf",
}
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # of a traceback
_LIST = re.compile(r"\[(.*?)\]\s*TJ|\(((?:\\.|[^\\()])*)\)\s*Tj", re.DOTALL)  # text drawn in a PDF
_WORDS = re.compile(r"\(((?:\\.|[^\\()])*)\)")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_IN_TEXT = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]+")  # a picture inside a text
_PLAIN = {0xA0: " ", 0x2212: "-", 0: None}


@dataclass(frozen=True)
class Piece:
    """What stands together. ``cells``: heading (or key; "" without one) and text of every part.

    ``fixed``: the project's own text, or bytes that are not meant to be read. ``panel``: what an
    axes of a drawing gives to whoever measures it.
    """

    file: str
    place: str
    cells: tuple[tuple[str, str], ...]
    fixed: bool = False
    panel: drawn.Panel | None = None

    @property
    def text(self) -> str:
        """All that is written in it, headings too."""
        return " \n".join(filter(None, dict.fromkeys(part for cell in self.cells for part in cell)))


Told = tuple[Piece, str, str]  # a piece, the kind of finding in it, and what it is


def pieces(folder: Path, others: Iterable[Path] = ()) -> Iterator[Piece]:
    """Every piece of every file below a folder, except what lies in its folder ``private``, and of
    the other files named; every file's name is a piece too. InputRefused for one that is locked."""
    named = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
    named |= {f"{path.parent.name}/{path.name}": path for path in others}
    for name, path in named.items():
        if path.is_file() and not name.startswith(f"{_PRIVATE}/"):
            yield Piece(name, "its name", (("", name),), fixed=True)
            for piece in _read(_content(path), path.suffix):
                yield replace(piece, file=name)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise InputRefused(f"{path.name}: cannot be read ({reason}); make it readable.") from None


def _read(data: bytes, suffix: str) -> Iterator[Piece]:
    """The pieces of one file or member, still without the file's name."""
    suffix = suffix.casefold()
    if data.startswith(b"PK\x03\x04"):
        return _archive(data)
    if data.startswith(b"%PDF"):
        return _pdf(data)
    if data.startswith((b"\x89PNG", b"\xff\xd8", b"GIF8")):
        return _picture(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _lines(data.decode("latin-1"), fixed=True)
    return _text(text, suffix)


def _text(text: str, suffix: str) -> Iterator[Piece]:
    """The pieces of a text; one that is not what its name says is read line by line."""
    readers = {".json": _json, ".ipynb": _notebook, ".csv": _table, ".tsv": _table, ".svg": _svg,
               **dict.fromkeys((".html", ".htm", ".xml", ".rels", ".md"), _markup)}
    try:
        return iter(list(readers.get(suffix, _lines)(text)))
    except (ValueError, csv.Error, ElementTree.ParseError, KeyError, AttributeError, TypeError):
        return _lines(text)


def _lines(text: str, fixed: bool = False, place: str = "line") -> Iterator[Piece]:
    """Lines; one of a program is cut at its braces, where one object ends and the next begins."""
    for number, line in enumerate(_COLOURS.sub("", text).splitlines(), start=1):
        for part in re.split(r"[{}]", line):
            if part.strip():
                yield Piece("", f"{place} {number}", (("", _plain(part)),), fixed)


def _json(text: str) -> Iterator[Piece]:
    return _objects(json.loads(text, parse_float=str, parse_int=str), ())


def _objects(value, path: tuple[str, ...]) -> Iterator[Piece]:
    """An object with its keys and own values, then what lies in it; a list of values by itself."""
    keyed = isinstance(value, dict)
    if not _deep(value):
        value, path = [value], (*path, "")
    items = [(str(key), item) for key, item in (value.items() if keyed else enumerate(value))]
    above = path[-1] if path else ""
    own = [(key if keyed else above, "" if _deep(item) else _plain(item))
           for key, item in items if keyed or not _deep(item)]
    if own:
        yield Piece("", ".".join(filter(None, path)), tuple(own))
    for key, item in items:
        if _deep(item):
            yield from _objects(item, (*path, key))


def _deep(value) -> bool:
    return isinstance(value, (dict, list))


def _notebook(text: str) -> Iterator[Piece]:
    notebook = json.loads(text)
    yield from _objects(notebook["metadata"], ("metadata",))
    for number, cell in enumerate(notebook["cells"], start=1):
        where, known = f"cell {number}", cell["metadata"]
        fixed = INJECTED not in known.get("tags", [])
        yield from _lines(_joined(cell["source"]), fixed, f"{where}, line")
        found = [*_objects(known, ("metadata",)), *_bundles(cell.get("attachments", {}).values())]
        for output in cell.get("outputs", []):
            found += [*_bundles([output.get("data", {})]),
                      *_objects(output.get("metadata", {}), ("metadata",))]
            said = [_joined(output.get(name, "")) for name in ("text", "ename", "evalue")]
            found += _lines("\n".join(filter(None, [*said, *output.get("traceback", [])])))
        yield from (replace(piece, place=f"{where}, output, {piece.place}") for piece in found)


def _bundles(bundles: Iterable[dict]) -> Iterator[Piece]:
    """What one output is in every kind it comes in."""
    for bundle in bundles:
        for kind, content in bundle.items():
            if isinstance(content, dict):
                yield from _objects(content, ())
                continue
            suffix, written = _SUFFIXES.get(kind, ".txt"), _joined(content)
            if kind.startswith(("image/", "application/pdf")) and suffix != ".svg":
                try:
                    yield from _read(base64.b64decode(written), suffix)
                    continue
                except binascii.Error:
                    pass
            yield from _text(written, suffix)


def _table(text: str) -> Iterator[Piece]:
    first = text.partition("\n")[0]
    rows = list(csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count)))
    return _rows(rows, "row ")


def _rows(rows: list[list[str]], place: str) -> Iterator[Piece]:
    """Rows under the headings of the first one."""
    header = [_plain(cell) for cell in rows[0]] if rows else []
    for number, row in enumerate(rows, start=1):
        heads = (header if number > 1 else []) + [""] * len(row)
        cells = tuple(zip(heads, map(_plain, row), strict=False))
        yield Piece("", f"{place}{number}", cells)


def _svg(text: str) -> Iterator[Piece]:
    root = ElementTree.fromstring(_IN_TEXT.sub("", text))
    for panel in drawn.panels(root):
        cells = tuple(("", _plain(words)) for words in panel.texts)
        yield Piece("", panel.place, cells, panel=panel)
    attributes = [value for element in root.iter() for name, value in element.attrib.items()
                  if name not in drawn.GEOMETRY and not name.endswith(("}href", "style"))]
    yield Piece("", "attributes", tuple(("", value) for value in dict.fromkeys(attributes)), True)


def _markup(text: str) -> Iterator[Piece]:
    reader = _Markup()
    reader.feed(_IN_TEXT.sub("", text))
    reader.close()
    yield from _lines("\n".join("".join(reader.words).split("\0")))
    for number, rows in enumerate(reader.tables, start=1):
        yield from _rows(rows, f"table {number}, row ")


class _Markup(HTMLParser):
    """Tables as rows of cells, and everything else as lines; of HTML and of a text document."""

    _BREAKS = ("p", "div", "li", "br", "h1", "h2", "h3", "h4", "caption", "table", "script", "tr")
    _CELLS, _UNREAD = ("td", "th", "tc"), ("style", "class")

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tables: list[list[list[str]]] = []
        self._in_cell = False

    def handle_starttag(self, tag, attrs):
        tag = tag.rpartition(":")[2]
        if tag in ("table", "tbl"):
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in self._CELLS and self.tables and self.tables[-1]:
            self.tables[-1][-1].append("")
            self._in_cell = True
        if tag in self._BREAKS:
            self._write("\n")
        said = [value for name, value in attrs if value and name not in self._UNREAD]
        self.words += [f"\n{value}\n" for value in said]

    def handle_endtag(self, tag):
        if tag.rpartition(":")[2] in self._CELLS:
            self._in_cell = False

    def handle_data(self, data):
        self._write(data)

    def _write(self, text: str) -> None:
        if self._in_cell:
            self.tables[-1][-1][-1] += text
        else:
            self.words.append(text)


def _picture(data: bytes) -> Iterator[Piece]:
    """The texts that a picture carries beside its pixels."""
    from PIL import Image

    try:
        about = Image.open(io.BytesIO(data)).info
    except (OSError, SyntaxError, ValueError):
        return _lines(data.decode("latin-1"), fixed=True)
    return _objects({key: str(value) for key, value in about.items()}, ("about",))


def _pdf(data: bytes) -> Iterator[Piece]:
    """The texts drawn on the pages, and what is written around them, such as the title."""
    for number, packed in enumerate(_STREAM.findall(data), start=1):
        try:
            content = zlib.decompress(packed).decode("latin-1")
        except zlib.error:
            continue
        for part, whole in _LIST.findall(content):
            words = "".join(_WORDS.findall(part)) if part else whole
            yield Piece("", f"stream {number}", (("", _plain(re.sub(r"\\(.)", r"\1", words))),))
    around = _STREAM.sub(b"", data).decode("latin-1")
    yield from _lines("\n".join(_WORDS.findall(around)), place="about, line")


def _archive(data: bytes) -> Iterator[Piece]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
    except Exception:  # whatever a broken or locked archive raises, its bytes can be read
        members = {}
        yield from _lines(data.decode("latin-1"), fixed=True)
    for name, content in members.items():
        yield Piece("", name, (("", name),), fixed=True)
        for piece in _read(content, PurePosixPath(name).suffix):
            yield replace(piece, place=f"{name}, {piece.place}")


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _plain(value) -> str:
    """A value as text, with plain spaces and minus signs, as a PDF's two bytes a letter too."""
    return str(value).translate(_PLAIN).strip()
