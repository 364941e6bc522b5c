"""Derived columns against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from compendium.data import derive
from compendium.data.columns import Rule

ITEMS = tuple(f"item_{i}" for i in range(1, 13))


def patient(gastrostomy: str | None = "no", **items: float) -> pd.DataFrame:
    """One patient with full marks except for the items named."""
    full = dict.fromkeys(ITEMS, 4.0) | items
    return pd.DataFrame({k: [v] for k, v in full.items()} | {
        "tube": pd.Categorical([gastrostomy], ["no", "yes"])
    })


def kings(**changes) -> float:
    return derive.apply(Rule("kings", (*ITEMS, "tube")), patient(**changes)).iloc[0]


def mitos(**changes) -> float:
    return derive.apply(Rule("mitos", ITEMS), patient(**changes)).iloc[0]


def test_a_total_with_a_gap_is_missing_not_smaller():
    frame = pd.DataFrame({"a": [1.0, 1.0], "b": [2.0, np.nan]})
    assert derive.apply(Rule("sum", ("a", "b")), frame).tolist()[0] == 3
    assert derive.apply(Rule("sum", ("a", "b")), frame).isna().tolist() == [False, True]


def test_a_rate_is_points_lost_by_month():
    # (48 - 36) / 24 = 0.5
    frame = pd.DataFrame({"total": [36.0], "months": [24.0]})
    assert derive.apply(Rule("rate", ("48", "total", "months")), frame).tolist() == [0.5]


def test_without_elapsed_time_there_is_no_rate():
    frame = pd.DataFrame({"total": [36.0, 48.0], "months": [0.0, 0.0]})
    assert derive.apply(Rule("rate", ("48", "total", "months")), frame).isna().all()


def test_a_body_mass_index_is_kilograms_by_square_metre():
    # 70 / 1.75² = 22.857…
    frame = pd.DataFrame({"kg": [70.0], "cm": [175.0]})
    assert derive.apply(Rule("bmi", ("kg", "cm")), frame)[0] == pytest.approx(22.857142857)


@pytest.mark.parametrize(
    ("changes", "stage"),
    [
        ({}, 1),
        ({"item_1": 3}, 1),
        ({"item_2": 3, "item_3": 0}, 1),
        ({"item_3": 3, "item_4": 3}, 2),
        ({"item_5": 3, "item_8": 3}, 2),
        ({"item_1": 3, "item_4": 3, "item_8": 3}, 3),
        ({"item_6": 0, "item_7": 0, "item_9": 0}, 1),
        ({"item_10": 1, "item_11": 0}, 1),
        ({"item_10": 0}, 4),
        ({"item_12": 3}, 4),
        ({"gastrostomy": "yes"}, 4),
    ],
    ids=[
        "full marks", "bulbar", "two bulbar items, one region", "bulbar and hand",
        "cutting and walking", "three regions", "dressing, turning, stairs do not count",
        "dyspnoea 1 and orthopnoea do not count", "dyspnoea 0", "respiratory insufficiency",
        "gastrostomy",
    ],
)
def test_kings_stage_is_that_of_its_rule(changes, stage):
    assert kings(**changes) == stage


@pytest.mark.parametrize("gap", [{"item_7": np.nan}, {"gastrostomy": None}])
def test_kings_stage_with_a_gap_is_missing(gap):
    assert np.isnan(kings(**gap))


@pytest.mark.parametrize(
    ("changes", "stage"),
    [
        ({}, 0),
        ({"item_3": 1}, 1),
        ({"item_3": 2}, 0),
        ({"item_6": 1, "item_8": 1}, 1),
        ({"item_8": 0, "item_7": 0}, 1),
        ({"item_10": 1, "item_12": 2}, 1),
        ({"item_12": 3}, 0),
        ({"item_1": 1}, 0),
        ({"item_4": 0}, 0),
        ({"item_1": 1, "item_4": 1}, 1),
        ({name: 0 for name in ITEMS}, 4),
    ],
    ids=[
        "full marks", "swallowing", "swallowing 2", "dressing and walking, one domain", "walking",
        "breathing", "respiratory 3", "speech without handwriting", "handwriting without speech",
        "speech and handwriting", "all lost",
    ],
)
def test_mitos_stage_is_that_of_its_rule(changes, stage):
    assert mitos(**changes) == stage


def test_mitos_stage_with_a_gap_is_missing():
    assert np.isnan(mitos(item_11=np.nan))


def test_a_rule_may_use_a_column_that_is_derived_after_it(read_book):
    book = read_book(rate="rate,Rate,descriptor,,number,,,,,,,,,rate(10|both|points),,,",
        both="both,Both,descriptor,,number,,,,,,,,,sum(mt_mm_l|mt_mm_r),,,",)
    frame = pd.DataFrame({"mt_mm_l": [1.0], "mt_mm_r": [3.0], "points": [2.0]})
    assert derive.derived(frame, book)["rate"].tolist() == [3.0]


def test_the_frame_handed_in_is_not_changed(read_book):
    book = read_book(x="x,X,descriptor,,number,,,,,,,,,sum(points|ei_au),,,")
    frame = pd.DataFrame({"points": [1.0], "ei_au": [2.0]})
    derive.derived(frame, book)
    assert list(frame) == ["points", "ei_au"]


def test_a_rule_without_its_columns_adds_nothing(read_book):
    book = read_book(x="x,X,descriptor,,number,,,,,,,,,sum(points|ei_au),,,")
    assert "x" not in derive.derived(pd.DataFrame({"points": [1.0]}), book)
