"""Every example in a docstring holds."""

import doctest
from importlib import import_module
from pkgutil import walk_packages

import pytest

import compendium

MODULES = [m.name for m in walk_packages(compendium.__path__, "compendium.") if "__" not in m.name]


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name):
    assert doctest.testmod(import_module(name)).failed == 0
