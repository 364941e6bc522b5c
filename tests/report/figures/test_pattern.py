"""The figure of the pattern: every number is there, nothing collides, empty tables draw nothing."""

import drawings
import numpy as np
import pandas as pd
import pytest
from drawings import pairs, validators

from compendium.report.figures import association_pattern, style
from compendium.validation.pattern import BY_FEATURE, ORDERED


def cells(fig):
    """Texts of the map that are numbers."""
    texts = (t for t, _, _ in drawings.drawn_texts(fig))
    return [t for t in texts if t.replace("−", "").replace(".", "").isdigit() and "." in t]


@pytest.mark.parametrize(("m", "p"), [(1, 2), (2, 9), (10, 16), (16, 30)])
def test_any_number_of_validators_and_features_fits_the_page(m, p):
    assert drawings.faults(drawings.association_pattern(m, p)) == []


@pytest.mark.parametrize("m", [2, 10])
def test_every_validator_has_a_mark_and_every_pair_a_cell(m):
    fig = drawings.association_pattern(m, 9)
    assert drawings.marks(fig) == m
    assert sum(len(ax.patches) for ax in fig.axes) == 9 * m


def test_estimate_interval_rank_and_n_stand_beside_every_mark():
    words = drawings.words(drawings.association_pattern())
    assert all(w in words for w in ("0.50 (0.40 to 0.60)", "1 (1 to 4)", "60"))


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
    assert words.count("GRADES") == 2 and words.count("AMPLITUDES") == 2


def test_headings_of_narrow_blocks_do_not_collide():
    names = [f"a block named {i}" for i in range(8)]
    table = validators(8).assign(block=names)
    map_ = pairs(8, 6).drop(columns="block").merge(table[["validator", "block"]], on="validator")
    assert drawings.faults(association_pattern(table, map_)) == []


@pytest.mark.filterwarnings("error")
def test_what_cannot_be_estimated_keeps_its_row_and_a_grey_cell():
    gone = dict.fromkeys(("rho", "low", "high", "rank", "rank_low", "rank_high"), np.nan)
    fig = association_pattern(validators(3).assign(**gone), pairs(3, 6, np.nan))
    words = drawings.words(fig)
    assert words.count("not estimable") == 3 and drawings.marks(fig) == 0
    dashes = [t for t, _, _ in drawings.drawn_texts(fig) if t == "–"]
    assert len(dashes) == 3 * 6 + 2 * 3  # a cell each, and ρ and rank of each validator


def test_a_measure_without_a_direction_is_hollow_and_said_to_be():
    table = validators(4).assign(worse=["none", "low", "low", "low"])
    fig = association_pattern(table, pairs(4, 6))
    assert "Hollow: a measure" in drawings.words(fig)
    faces = [line.get_markerfacecolor() for line in fig.axes[0].lines if line.get_marker() == "o"]
    assert sorted(faces) == sorted([style.INK, "white"])


def test_without_severity_only_the_map_is_drawn():
    empty = pd.DataFrame(columns=list(ORDERED))
    fig = association_pattern(empty, pairs(4, 6))
    words = drawings.words(fig)
    assert "follows severity" not in words and "Muscle 5" in words and drawings.marks(fig) == 0


def test_without_features_only_the_order_is_drawn():
    fig = association_pattern(validators(4), pd.DataFrame(columns=list(BY_FEATURE)))
    assert drawings.marks(fig) == 4 and "Which feature" not in drawings.words(fig)


@pytest.mark.parametrize(
    ("feature", "validator", "words"),
    [("low", "low", "Positive: worse where the other is worse"),
     ("none", "none", "Positive: larger where the other is larger"),
     ("low", "none", "measure larger where"), ("none", "low", "feature larger where")],
)
def test_the_note_speaks_of_worse_only_where_there_is_a_direction(feature, validator, words):
    table = pairs(2, 3).assign(feature_worse=feature, worse=validator)
    fig = association_pattern(validators(0), table)
    assert words in fig.compendium_note and drawings.faults(fig) == []


def test_the_scale_says_positive_and_negative_which_is_true_of_every_row():
    words = drawings.words(drawings.association_pattern())
    assert "0.6  positive" in words and "−0.6  negative" in words and "other is better" not in words


def test_a_rank_that_is_certain_has_no_interval():
    table = validators(3).assign(rank=2, rank_low=2, rank_high=2)
    words = drawings.words(association_pattern(table, pairs(3, 6)))
    assert "2 (2 to 2)" not in words


def test_a_map_without_any_direction_never_says_worse():
    table = pairs(2, 3).assign(feature_worse="none", worse="none")
    assert "worse" not in drawings.words(association_pattern(validators(0), table))
