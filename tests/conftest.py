"""Small made-up files that several tests share. Nothing here is a real person."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from blobs import (  # noqa: F401  (fixtures)
    blobs,
    clustered,
    cohort,
    make_cohort,
    outlying,
    portable,
)
from overlapping import overlapping  # noqa: F401  (fixture)
from small_cohort import BOOK_HEADER

from compendium.data import Cohort, codebook, load

pytest.register_assert_rewrite("whole_runs")

SMALL = {
    "id": "id,Patient,identifier,,text,,,,,,,,,,,,",
    "mt_mm": "mt_mm,Thickness,feature,thickness,number,mm,low,,1,60,8,40,both,,,,",
    "ei_au": "ei_au,Echo intensity,feature,echogenicity,number,au,high,,0,255,,,,,,,",
    "sex": "sex,Sex,covariate,,category,,,male|female,,,,,,,,,",
    "grade": "grade,Strength,validator,mmt,ordinal,MRC grade,low,0|1|2|3|4|5,,,,,,,,,",
    "points": "points,Function,outcome,,integer,points,low,,0,48,,,,,,,",
}


def pytest_configure(config):
    """Files go to the test processes in the order below, not by their number of tests."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items):
    """Files that take long come first: one that starts last is waited for by all."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long and item.path.suffix != ".ipynb")


@dataclass(frozen=True)
class Files:
    """A cohort file with its codebook."""

    cohort: Path
    codebook: Path


@pytest.fixture
def write_book(tmp_path):
    """A function that writes a six-column codebook; keywords replace a row, add one, or (with "")
    delete one."""

    def write(**rows: str) -> Path:
        path = tmp_path / "book.csv"
        lines = [BOOK_HEADER, *(line for line in {**SMALL, **rows}.values() if line)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def read_book(write_book):
    """A function that gives the codebook so written, read."""
    return lambda **rows: codebook.read_codebook(write_book(**rows))


@pytest.fixture
def small_book(read_book):
    """The six-column codebook, read."""
    return read_book()


@pytest.fixture(scope="session")
def shipped() -> Cohort:
    """The shipped patients."""
    return load()


@pytest.fixture
def refusal():
    """A function that runs something that must be refused and gives the sentences of the refusal,
    each checked to be one clean sentence."""
    from compendium.problems import InputRefused

    def sentences(verb, *arguments, **keywords) -> tuple[str, ...]:
        with pytest.raises(InputRefused) as caught:
            verb(*arguments, **keywords)
        for sentence in caught.value.problems:
            assert sentence.isprintable(), "a sentence stands on one line"
            assert sentence.endswith((".", "?")), "a sentence ends"
        return caught.value.problems

    return sentences


@pytest.fixture(scope="session")
def shape_alike(tmp_path_factory) -> Files:
    """120 made-up patients in the shape of a trial register without ultrasound.

    Nine task grades (0 to 4, quarters) as features; a slope as outcome; ``fvc_l``, litres and no
    left side, as validator and a second validator that nine in ten lack; sex unknown for half.
    """
    folder = tmp_path_factory.mktemp("shape_alike")
    files = Files(folder / "register.csv", folder / "register_codebook.csv")
    _register(np.random.default_rng(7)).to_csv(files.cohort, index=False)
    files.codebook.write_text(_register_codebook(), encoding="utf-8")
    return files


TASKS = {
    "tongue": ("talk", "drool", "drink"), "hand": ("pen", "knife", "button"),
    "leg": ("roll", "walk", "climb"),
}


def _register(rng: np.random.Generator, n: int = 120) -> pd.DataFrame:
    severity = rng.gamma(2.0, 0.7, n)
    table = pd.DataFrame({"case": [f"{i:03d}" for i in range(1, n + 1)]})
    table["years"] = rng.integers(30, 80, n)
    table["gender"] = np.where(rng.random(n) < 0.5, rng.choice(["man", "woman"], n), "")
    table["start"] = rng.choice(["limb", "bulbar", "both"], n, p=[0.7, 0.2, 0.1])
    table["months"] = rng.gamma(3.0, 8.0, n).round(1)
    for tasks in TASKS.values():
        regional = severity + rng.normal(0, 0.5, n)
        for task in tasks:
            grade = 4 - regional + rng.normal(0, 0.5, n)
            table[f"{task}_grade"] = (4 * grade.clip(0, 4)).round() / 4
    litres = 3.4 - 0.5 * severity + rng.normal(0, 0.5, n)
    table["fvc_l"] = _with_gaps(litres.clip(0.3), 0.1, rng)
    table["slow_l"] = _with_gaps(litres.clip(0.3) + 0.1, 0.9, rng)
    table["slope"] = (-0.3 - 0.2 * severity + rng.normal(0, 0.3, n)).round(4)
    return table


def _with_gaps(values, share: float, rng: np.random.Generator) -> pd.Series:
    return pd.Series(values).round(3).mask(rng.random(len(values)) < share)


def _register_codebook() -> str:
    rows = [
        "name,label,role,block,type,unit,worse,levels,hard_min,hard_max,soft_min,soft_max",
        "case,Case,identifier,,text,,,,,,,",
        "years,Age,covariate,,number,years,,,0,120,18,95",
        "gender,Sex,covariate,,category,,,man|woman,,,,",
        "start,Onset,covariate,,category,,,limb|bulbar|both,,,,",
        "months,Duration,covariate,,number,months,,,0,600,,",
        "fvc_l,FVC,validator,breathing,number,L,low,,0.1,9,,",
        "slow_l,Slow VC,validator,breathing,number,L,low,,0.1,9,,",
        "slope,Slope,outcome,,number,points/month,low,,-20,20,,",
    ]
    rows += [
        f"{task}_grade,{task.title()},feature,{block},number,points,low,,0,4,,"
        for block, tasks in TASKS.items()
        for task in tasks
    ]
    return "\n".join(rows) + "\n"
