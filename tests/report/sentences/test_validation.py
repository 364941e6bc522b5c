"""The order of validators in words: shown, not shown, not known."""


import numpy as np
import pandas as pd
import pytest

from compendium.report.sentences.validation import extremes


def pair(low, high, block="mmt", **changes):
    return {
        "block": block, "stronger_label": "Grip", "weaker_label": "Neck", "rho_stronger": 0.28,
        "rho_weaker": 0.2, "difference": 0.08, "low": low, "high": high, "n_pairs": 15,
    } | changes


@pytest.mark.parametrize(
    ("low", "high", "end"),
    [(-0.05, 0.21, "15 pairs): no two are told apart, so no order is shown."),
     (0.01, 0.15, "15 pairs): these two are told apart, of all pairs 1."),
     (np.nan, np.nan, ": whether they differ is not known.")],
)
def test_an_order_is_said_only_where_a_pair_is_told_apart(low, high, end):
    assert extremes(pd.DataFrame([pair(low, high)]))[0].endswith(end)


def test_each_block_is_spoken_of_once_by_its_widest_pair():
    pairs = [pair(0.01, 0.2), pair(-1, 1), pair(-1, 1, "cmap")]
    said = extremes(pd.DataFrame(pairs))
    assert [words.split(",")[0] for words in said] == ["Within MMT", "Within CMAP"]
    assert said[0].endswith("these two are told apart, of all pairs 1.")


def test_a_closer_pair_can_be_told_apart_where_the_widest_is_not():
    said = extremes(pd.DataFrame([pair(-0.05, 0.21), pair(0.01, 0.09), pair(0.01, 0.08)]))
    assert said[0].endswith("these two are not told apart, of all pairs 2.")


def test_a_block_without_a_pair_is_left_to_its_note():
    alone = pair(np.nan, np.nan, difference=np.nan, n_pairs=0)
    assert extremes(pd.DataFrame([alone])) == []
