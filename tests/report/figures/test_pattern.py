"""The figure of the pattern: every number is there, and nothing collides."""

import drawings
import numpy as np
import pytest
from drawings import pairs

from compendium.report.figures import association_pattern


def cells(fig):
    """Texts of the map that are numbers."""
    texts = (t for t, _, _ in drawings.drawn_texts(fig))
    return [t for t in texts if t.replace("−", "").replace(".", "").isdigit() and "." in t]


@pytest.mark.parametrize(("m", "p"), [(1, 2), (2, 9), (10, 16), (16, 30)])
def test_any_number_of_validators_and_features_fits_the_page(m, p):
    assert drawings.faults(drawings.association_pattern(m, p)) == []


def test_every_pair_has_a_cell():
    assert sum(len(ax.patches) for ax in drawings.association_pattern(10, 9).axes) == 90


def test_the_values_of_the_map_can_be_read():
    fig = drawings.association_pattern()
    expected = {f"{v:.2f}".replace("-", "−") for v in pairs(4, 6)["rho"]}
    assert expected <= set(cells(fig))


def test_values_are_left_out_where_columns_are_too_narrow_for_them():
    assert len(cells(drawings.association_pattern(16, 6))) < 16 * 6


def test_the_colours_are_symmetric_about_no_relation():
    bar = next(ax for part in drawings.association_pattern().axes for ax in (part, *part.child_axes)
               if ax.get_yticks().size == 3)
    low, middle, high = bar.get_yticks()
    assert (middle, low) == (0, -high) and high == 0.6


def test_blocks_head_their_rows_and_columns():
    words = drawings.words(drawings.association_pattern())
    assert "SIZE · lower is worse" in words and "NERVE · no direction" in words
    assert words.count("GRADES") == words.count("AMPLITUDES") == 1


def test_headings_of_narrow_blocks_do_not_collide():
    table = pairs(8, 6)
    table["block"] = "a block named " + table["validator"].str[1:]
    assert drawings.faults(association_pattern(table)) == []


@pytest.mark.filterwarnings("error")
def test_what_cannot_be_estimated_is_a_grey_cell():
    texts = drawings.drawn_texts(association_pattern(pairs(3, 6, np.nan)))
    assert [text for text, _, _ in texts].count("–") == 3 * 6


@pytest.mark.parametrize(
    ("feature", "validator", "words"),
    [("low", "low", "Positive: worse where the other is worse"),
     ("none", "none", "Positive: larger where the other is larger"),
     ("low", "none", "measure larger where"), ("none", "low", "feature larger where")],
)
def test_the_note_speaks_of_worse_only_where_there_is_a_direction(feature, validator, words):
    table = pairs(2, 3).assign(feature_worse=feature, worse=validator)
    fig = association_pattern(table)
    assert words in fig.compendium_note and drawings.faults(fig) == []


def test_the_scale_says_positive_and_negative_which_is_true_of_every_row():
    words = drawings.words(drawings.association_pattern())
    assert "0.6  positive" in words and "−0.6  negative" in words and "other is better" not in words
