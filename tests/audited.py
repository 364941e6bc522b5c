"""Patients with surnames, a run's folder written by hand, and what an audit finds in it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib.figure import Figure

from compendium.audit.findings import Finding, audit
from compendium.audit.left_behind import Piece, pieces
from compendium.audit.private import Private
from compendium.data import cohort, delimited, intake, read_codebook
from compendium.data.synthetic import SHIPPED_FILE

SIZES = {"phenotypes": [{"name": "Mild", "n": 281}, {"name": "Severe", "n": 173}]}


@lru_cache
def patients():
    """The shipped patients as if they were people, each with a surname, and their file."""
    table = pd.read_csv(SHIPPED_FILE, dtype=str, keep_default_na=False).drop(columns="synthetic")
    table["surname"] = [f"Quuxen{'abcdefghij'[i % 10]}{i:03d}" for i in range(len(table))]
    text = table.to_csv(index=False)
    book = read_codebook(cohort.SHIPPED_CODEBOOK)
    people = cohort.from_table(intake.parse(text, book, "mine.csv"), book)
    return replace(people, name="mine.csv"), delimited.split(text, "mine.csv")


@lru_cache
def known() -> dict[str, str]:
    """What the file says of one patient, by heading, and the extremes of the tongue's thickness."""
    _, sheet = patients()
    rows = [dict(zip(sheet.header, row, strict=True)) for row in sheet.body]
    tongue = sorted((row["mt_tongue_mm"] for row in rows if row["mt_tongue_mm"]), key=float)
    return rows[7] | {"least": tongue[0], "most": tongue[-1]}


@lru_cache
def private() -> Private:
    return Private(*patients(), set())


def left(root: Path, **content: str | bytes | dict) -> list[Piece]:
    """The pieces of a run with these files, named by their paths with __ for the slash and the last
    _ for the dot."""
    folder = root / "reports" / "mine"
    for name, written in ({"results__02_clustering_json": SIZES} | content).items():
        path = folder / ".".join(name.replace("__", "/").rsplit("_", 1))
        path.parent.mkdir(parents=True, exist_ok=True)
        data = json.dumps(written) if isinstance(written, dict) else written
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return list(pieces(folder))


def found(root: Path, **content: str | bytes | dict) -> list[Finding]:
    """What an audit finds in a run with these files."""
    left(root, **content)
    return audit(root, "mine", *patients())


def kinds(findings) -> set[str]:
    return {finding.kind for finding in findings}


def drawing(draw, kind: str = "svg", **about: str) -> bytes:
    """A drawing with one axes that a function draws into, as the bytes of its file."""
    file = io.BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "pdf.fonttype": 42}):
        figure = Figure()
        draw(figure.add_subplot())
        figure.savefig(file, format=kind, metadata=about)
    return file.getvalue()
