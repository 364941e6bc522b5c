"""Heads and codes in words."""

import doctest

import pytest

from compendium import table_words


def test_doctests_hold():
    assert doctest.testmod(table_words).failed == 0


@pytest.mark.parametrize("name", ["n", "p", "r", "k"])
def test_symbols_stay_small(name):
    assert table_words.head(name) == name


def test_no_head_looks_like_a_name_of_the_analysis():
    assert not [words for words in table_words.HEADS.values() if "_" in words]


def test_a_model_that_is_not_known_keeps_its_name():
    assert table_words.word("model", "crude") == "crude"
