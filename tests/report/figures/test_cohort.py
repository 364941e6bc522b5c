"""Figures of the cohort."""

import drawings
import numpy as np
import pandas as pd
import pytest

from compendium.report import figures


@pytest.mark.parametrize("p", [2, 8, 16, 40])
def test_the_overview_fits_any_number_of_features(p):
    assert drawings.faults(drawings.cohort_overview(p=p), tallest=260) == []


@pytest.mark.parametrize("p", [2, 6, 16])
def test_the_heads_stand_apart_where_nothing_is_missing(p):
    fig = drawings.cohort_overview(p=p, n_missing=0)
    assert drawings.faults(fig) == []
    left = {text: box.x0 / fig.bbox.width for text, box, _ in drawings.drawn_texts(fig)}
    assert left["a"] < left["Patients"] < 0.1 and left["b"] > 0.5


def test_the_flow_states_who_left_and_why():
    words = drawings.words(drawings.cohort_overview())
    assert "n = 60" in words and "7 left out\nnot eligible by the codebook" in words


def test_correlations_are_printed_only_for_few_features():
    few, many = drawings.cohort_overview(p=4), drawings.cohort_overview(p=13)
    assert sum(t.strip("−").startswith("0.") for t in drawings.words(few).split(" | ")) >= 6
    assert not any(t.startswith("−0.") for t in drawings.words(many).split(" | "))


def test_a_cohort_without_gaps_says_so():
    words = drawings.words(drawings.cohort_overview(n_missing=0))
    assert "No value is missing in 6 variables." in words


def test_variables_beyond_thirty_are_summed_up():
    assert "10 more, at most 7 each" in drawings.words(drawings.cohort_overview(p=40))


def test_of_few_missing_values_neither_the_number_nor_the_share_is_said():
    words = drawings.words(drawings.cohort_overview(n_missing=3))
    assert words.count("<5") == 6 and "5.0 %" not in words and "3 (" not in words
    assert "7 (11.7 %)" in drawings.words(drawings.cohort_overview())


def test_a_shift_that_cannot_be_estimated_names_its_device():
    frame = drawings.device_frame()
    frame.loc[0, ["mean_z", "low", "high"]] = np.nan
    fig = figures.device_check(frame)
    assert "not estimable: Scanner A" in drawings.words(fig)
    assert drawings.marks(fig) == len(frame) - 1


def test_every_device_has_a_mark_and_a_place_of_its_own_and_its_n_in_the_key():
    fig = drawings.device_check()
    lines = [line for line in fig.axes[0].lines if line.get_marker() not in ("None", "", None)]
    assert [line.get_marker() for line in lines] == ["o", "s"]
    assert not set(lines[0].get_ydata()) & set(lines[1].get_ydata())
    assert "Scanner A, n = 30" in drawings.words(fig) and "Scanner B, n = 30" in drawings.words(fig)


@pytest.mark.parametrize("levels", [5, 12])
def test_many_devices_fit_the_page(levels):
    one = drawings.device_frame().query("level == 'A'")
    frame = pd.concat([one.assign(level=str(i)) for i in range(levels)], ignore_index=True)
    assert drawings.faults(figures.device_check(frame)) == []
