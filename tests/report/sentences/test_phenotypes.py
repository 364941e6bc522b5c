"""What the differences are worth beside a cut continuum follows the bands, in both directions."""

from types import SimpleNamespace

import pytest

from compendium.report.sentences.phenotypes import search, within_band


def rows(*smds):
    return [{"smd": smd, "null_low": -1.2, "null_high": -0.8} for smd in smds]


@pytest.mark.parametrize(
    ("smds", "said"),
    [
        ((-1, -0.8), "2 of 2 differences lie within the 95 % band of one continuum cut alike: a "
         "cut alone can give them."),
        ((-1, 2), "1 of 2 differences lies within the 95 % band of one continuum cut alike: a cut "
         "alone can give it."),
        ((2, -3), "None of 2 differences lies within the 95 % band of one continuum cut alike; "
         "whether there are groups is asked in notebook 3."),
    ],
)
def test_how_many_differences_a_cut_alone_gives_is_counted(smds, said):
    assert within_band(rows(*smds)) == said


def test_a_difference_without_a_band_is_not_counted_and_none_is_not_told():
    none = {"smd": 1.0, "null_low": float("nan"), "null_high": None}
    assert within_band([*rows(-1), none]).startswith("1 of 1 ")
    assert within_band([none, {"smd": 1.0}]) == "" == within_band([])


@pytest.mark.parametrize(("share", "said"), [(0.0, "0 %"), (0.62, "62 %")])
def test_how_rugged_the_search_was_is_told(share, said):
    solution = SimpleNamespace(share_at_best=share)
    assert search(solution, 50) == f"{said} of 50 starts reach the best solution found."
