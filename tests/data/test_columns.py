"""Levels of categories, the rare ones merged."""

import pandas as pd
import pytest

from compendium.data.columns import merged_levels


def levels(*rows):
    return pd.DataFrame(rows, columns=["Mild", "Severe"], index=list("abcdefgh")[: len(rows)])


@pytest.mark.parametrize(
    ("counts", "under"),
    [
        (levels((90, 70), (40, 30), (50, 40)), ["a", "b", "c"]),
        (levels((90, 70), (6, 3), (50, 40)), ["a", "b or c", "b or c"]),
        (levels((90, 70), (1, 2), (4, 0), (50, 40)), ["a", "b or c or d", "b or c or d",
                                                      "b or c or d"]),
        (levels((90, 70), (0, 0), (50, 3)), ["a", "b", "c"]),
        (levels((90, 70), (1, 1), (1, 1), (1, 1), (1, 2)), ["a", *["other (4 levels)"] * 4]),
    ],
)
def test_rare_levels_are_merged_until_none_is_small_or_two_are_left(counts, under):
    assert list(merged_levels(counts).values()) == under


def test_a_common_level_is_kept_apart_from_a_rare_one_where_a_smaller_can_be_merged():
    counts = levels((116, 93), (110, 45), (49, 31), (6, 4))
    assert merged_levels(counts) == {"a": "a", "b": "b", "c": "c or d", "d": "c or d"}
