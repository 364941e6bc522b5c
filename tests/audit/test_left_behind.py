"""Every kind of file a run can leave is read, each part of it as a piece with its place."""

import base64
import io
import json
import zipfile

import pytest
from audited import drawing, left

WORD = "Quuxen"


def where(root, **content) -> list[tuple[str, bool]]:
    """The places where the word stands, and whether it stands in fixed text there."""
    return [(piece.place, piece.fixed) for piece in left(root, **content) if WORD in piece.text]


def archive(name: str, content: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr(name, content)
    return file.getvalue()


def notebook(**cell) -> str:
    code = {"cell_type": "code", "source": "", "metadata": {}, "outputs": []}
    return json.dumps({"metadata": {}, "cells": [code | cell]})


def shown(kind: str, content: str) -> str:
    return notebook(outputs=[{"output_type": "display_data", "data": {kind: content}}])


def draw(ax):
    ax.set_xlabel(f"AV {WORD} To")  # pairs of letters that a PDF writes apart


IN_PICTURE = base64.b64encode(drawing(draw, "png", Description=WORD)).decode()


@pytest.mark.parametrize(("name", "content", "place"), [
    ("t_csv", f"a;b\n1;{WORD}\n", "row 2"),
    ("r_json", {"a": [{"b": 1}, {"c": WORD}]}, "a.1"),
    ("r_json", {"a": {WORD: [1]}}, "a"),
    ("r_json", f'{{"a": \n{WORD}', "line 2"),  # no JSON after all
    ("n_html", f"<p>a</p><p>{WORD}</p>", "line 3"),
    ("n_html", f"<table><tr><th>a</th></tr><tr><td><b>{WORD}</b></td></tr></table>",
     "table 1, row 2"),
    ("n_html", f"<img alt='{WORD}'>", "line 2"),
    ("n_js", "const a = {b: 1}\nconst c = {d: '" + WORD + "'}", "line 2"),
    ("n_docx", archive("word/document.xml", f"<w:p><w:r><w:t>{WORD}</w:t></w:r></w:p>"),
     "word/document.xml, line 2"),
    ("f_svg", drawing(draw), "axes_1"),
    ("f_svg", drawing(lambda ax: None, Title=WORD), "drawing"),
    ("f_png", drawing(draw, "png", Description=WORD), "about"),
    ("f_pdf", drawing(draw, "pdf"), "stream 1"),
    ("f_pdf", drawing(lambda ax: None, "pdf", Subject=WORD), "about, line 6"),
    ("n_ipynb", notebook(source=f"a\n{WORD}", metadata={"tags": ["injected-parameters"]}),
     "cell 1, line 2"),
    ("n_ipynb", notebook(outputs=[{"name": "stdout", "text": ["a\n", WORD]}]),
     "cell 1, output, line 2"),
    ("n_ipynb", notebook(outputs=[{"ename": "E", "traceback": [f"\x1b[31m{WORD}\x1b[0m"]}]),
     "cell 1, output, line 2"),
    ("n_ipynb", notebook(metadata={"note": WORD}), "cell 1, output, metadata"),
    ("n_ipynb", shown("text/html", f"<table><tr><td>{WORD}</td></tr></table>"),
     "cell 1, output, table 1, row 1"),
    ("n_ipynb", shown("application/json", {"a": WORD}), "cell 1, output, "),
    ("n_ipynb", shown("image/svg+xml", drawing(draw).decode()), "cell 1, output, axes_1"),
    ("n_ipynb", shown("image/png", IN_PICTURE), "cell 1, output, about"),
])
def test_a_word_is_read_wherever_it_stands(tmp_path, name, content, place):
    assert (place, False) in where(tmp_path, **{name: content})


@pytest.mark.parametrize(("name", "content", "place"), [
    (f"{WORD}_csv", "a\n", "its name"),
    ("n_ipynb", notebook(source=WORD), "cell 1, line 1"),
    ("n_bin", b"\xff\x00\xfe" + WORD.encode(), "line 1"),
])
def test_what_is_not_said_by_the_run_is_fixed(tmp_path, name, content, place):
    assert (place, True) in where(tmp_path, **{name: content})


@pytest.mark.parametrize(("name", "start"), [
    ("a_docx", b"PK\x03\x04"), ("f_png", b"\x89PNG"), ("f_pdf", b"%PDF stream\n"), ("r_json", b"{"),
    ("n_ipynb", b"{}"), ("f_svg", b"<svg"), ("t_csv", b'"'),
])
def test_a_broken_file_is_read_as_the_text_it_holds(tmp_path, name, start):
    assert where(tmp_path, **{name: start + f"\n({WORD})".encode()})


def test_a_picture_inside_a_text_is_no_text(tmp_path):
    page = f"<img src='data:image/png;base64,{WORD}'><p style='{WORD}'>"
    assert where(tmp_path, n_html=page) == []


def test_cells_stand_under_their_headings_with_plain_signs(tmp_path):
    row, = [p for p in left(tmp_path, t_csv="a,b\n\u22121\u00a0mm,2\n") if p.place == "row 2"]
    assert row.cells == (("a", "-1 mm"), ("b", "2"))


def test_numbers_of_an_object_are_read_as_they_are_written(tmp_path):
    piece, = [p for p in left(tmp_path, r_json='{"a": 17.0, "b": [1, 2.50]}') if p.place == "b"]
    assert piece.cells == (("b", "1"), ("b", "2.50"))
