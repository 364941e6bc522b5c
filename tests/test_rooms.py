"""The house: ten rooms over a small ground, arrows one way, each public name once."""

import ast
import doctest
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[1] / "src" / "compendium"
GROUND = {
    "problems", "words", "headcounts", "files", "statistics", "seeds", "parallel", "parameters",
    "compiled",
}
ARROWS = {
    **dict.fromkeys(GROUND, ""), "data": "", "phenotypes": "data", "stability": "phenotypes data",
    "groups": "stability phenotypes data", "regression": "data", "validation": "regression data",
    "sensitivity": "stability phenotypes regression data",
    "report": "sensitivity groups stability validation regression phenotypes data",
    "run": "report data", "audit": "run report data", "notebook": "run report phenotypes data",
    "__main__": "run groups phenotypes data", "__init__": "",
}
FILES = sorted(HOUSE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def room(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def imported(tree: ast.Module) -> set[str]:
    """Modules of the package that a file imports, also inside functions, as dotted names."""
    nodes = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module]
    names = {f"{n.module}.{alias.name}" for n in nodes for alias in n.names}
    return {name.partition(".")[2] for name in names if name.startswith("compendium.")}


@pytest.mark.parametrize("name", sorted(ARROWS))
def test_arrows_point_one_way(name):
    mine = [tree for path, tree in TREES.items() if room(path) == name]
    used = {target.partition(".")[0] for tree in mine for target in imported(tree)}
    allowed = {name, "PROJECT", *ARROWS[name].split(), *GROUND}
    assert mine and used <= allowed


def test_every_room_is_in_the_table():
    assert {room(path) for path in FILES} == set(ARROWS)


EVERY_NOTEBOOK = {"answer", "evidence", "conclusion", "headline"}  # said by each file of sentences


def test_a_public_name_is_defined_once():
    names = Counter()
    for tree in TREES.values():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names[node.name] += 1
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found = [n for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
                names.update({n.id for n in found})
    public = {name for name, n in names.items() if not name.startswith("_") and n > 1}
    assert public == EVERY_NOTEBOOK


WITH_EXAMPLES = [path for path in FILES if ">>>" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_of_a_module_hold(path):
    name = ".".join(path.relative_to(HOUSE.parent).with_suffix("").parts)
    assert doctest.testmod(import_module(name)).failed == 0


DOORS = [path for path in FILES if path.stem == "__init__"]


@pytest.mark.parametrize("path", DOORS, ids=lambda path: path.parent.name)
def test_a_room_opens_with_its_question_its_words_and_few_verbs(path):
    tree = TREES[path]
    assert ast.get_docstring(tree) and len(path.read_text(encoding="utf-8").splitlines()) <= 50
