"""Heads and codes in words."""

import doctest

import pytest

from compendium.report import tables


def test_doctests_hold():
    assert doctest.testmod(tables).failed == 0


@pytest.mark.parametrize("name", ["n", "p", "r", "k"])
def test_symbols_stay_small(name):
    assert tables.head(name) == name


def test_no_head_looks_like_a_name_of_the_analysis():
    assert not [words for words in tables.HEADS.values() if "_" in words]


def test_a_model_that_is_not_known_keeps_its_name():
    assert tables.word("model", "crude") == "crude"
