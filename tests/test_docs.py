"""The title page and the docs as texts: short, in order, readable on a phone, nothing typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_notebooks import numbers_typed

from compendium.parameters import PARAMETERS
from compendium.run import pages

PROJECT = Path(__file__).resolve().parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
MOST_WORDS, PHONE = 900, 32  # words of the title page; letters that a phone shows side by side
PARTS = ["Why not a silhouette?", "Three doors", "What this run found", "Two commands", "The map",
         "Your own cohort", "More"]
# Names of things and versions, and the numbers of list items.
NAMES = (r"Python 3\.11", r"\(2026\)", r"doi:10\.\S+", r"BSD 3-clause", r"CC BY 4\.0", r"GPL-3",
         r"UTF-8", r"^\d\. ")


def seen(markdown: str) -> str:
    """What a reader sees: no comments, no addresses of links and pictures."""
    return re.sub(r"\]\([^)]*\)", "]", re.sub(r"<!--.*?-->", "", markdown, flags=re.DOTALL))


def by_hand(markdown: str) -> str:
    """What is not made from results."""
    return re.sub(r"(<!-- begin: (\w+) -->).*?(<!-- end: \2 -->)", "", markdown, flags=re.DOTALL)


def tables(markdown: str) -> list[list[list[str]]]:
    """Tables as rows of cells, as seen, the line under the head left out."""
    found: list[list[list[str]]] = [[]]
    for line in seen(markdown).replace("\\|", "/").splitlines():
        if line.startswith("|"):
            found[-1].append([re.sub(r"[*`\[\]]", "", c) for c in line.strip("|").split("|")])
        elif found[-1]:
            found.append([])
    return [[rows[0], *rows[2:]] for rows in found if rows]


def width(table: list[list[str]]) -> int:
    """Letters that must stand side by side: the longest word of every column."""
    columns = zip(*table, strict=True)
    return sum(max(len(word) for cell in column for word in [*cell.split(), ""])
               for column in columns)


def test_the_title_page_is_short():
    assert sum(bool(re.search(r"\w", w)) for w in seen(README).split()) <= MOST_WORDS


def test_the_title_page_asks_warns_shows_and_then_says_why_in_this_order():
    assert re.findall(r"^## (.+)$", README, re.MULTILINE) == PARTS
    first = README[:README.index("\n## ")]
    marks = ["# Are ALS ultrasound phenotypes real groups?", "Wang Y", "doi:10.", "> **Simulated",
             "begin: picture"]
    assert [first.index(mark) for mark in marks] == sorted(first.index(mark) for mark in marks)


@pytest.mark.parametrize(("part", "block"), [
    ("Why not a silhouette?", "rules"), ("Why not a silhouette?", "fooled"),
    ("What this run found", "findings"), ("Two commands", "cost"), ("The map", "map"),
])
def test_what_is_made_from_results_stands_in_its_part(part, block):
    text = README.split(f"## {part}\n")[1].split("\n## ")[0]
    assert f"<!-- begin: {block} -->" in text


def test_no_table_of_the_title_page_is_wider_than_a_phone():
    assert [t[0] for t in tables(README) if len(t[0]) > 4 or width(t) > PHONE] == []


def test_a_table_too_wide_would_be_found():
    (table,) = tables("| a | b |\n|---|---|\n| `one two` | [three](x.md) \\| four |\n")
    assert table[1] == [" one two ", " three / four "] and width(table) == len("one" + "three")


def test_nothing_on_the_title_page_is_typed():
    prose = by_hand(README)
    for name in NAMES:
        prose = re.sub(name, " ", prose, flags=re.MULTILINE)
    assert numbers_typed(prose) == []


@pytest.mark.parametrize("page", pages.pages(), ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", by_hand(text)):
        path, _, anchor = target.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), target
        titles = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.MULTILINE)
        slugs = [re.sub(r"[^\w -]", "", t).lower().replace(" ", "-") for t in titles]
        assert not anchor or anchor in slugs, target


def test_the_title_page_leads_to_every_page_of_docs():
    docs = {path.name for path in (PROJECT / "docs").glob("*.md")}
    assert docs == set(re.findall(r"\]\(docs/(\w+\.md)\)", README))


def test_every_choice_is_in_the_parameters_and_none_on_the_title_page():
    assert "begin: parameters" in (PROJECT / "docs" / "parameters.md").read_text("utf-8")
    assert not [name for name in PARAMETERS if f"`{name}`" in README]


@pytest.mark.parametrize("term", [
    "smooth continuum", "main severity axis", "verdict", "polarisation", "share of an even spread",
    "built in", "independent measure", "type of measure", "simulated cohort", "ARI",
    "repeated in every bootstrap", "patients who keep their phenotype",
])
def test_the_glossary_explains_the_words_of_the_notebooks(term):
    glossary = (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert re.search(rf"^\| {term} \| \w", glossary, re.MULTILINE)
