"""Tables of independent measures: clinicians' numbers, and none of fewer than five patients."""

import numpy as np
import pandas as pd
import pytest

from compendium.report import measures


def table(*rows, names=("Mild", "Severe")):
    """Two measures, grades and amplitudes, changed by ``rows``."""
    grades = {"label": "Grip", "unit": "MRC grade", "block": "mmt", "statistic": "Cliff's δ",
              "effect": -0.39, "low": -0.49, "high": -0.29, "difference": np.nan,
              "difference_low": np.nan, "difference_high": np.nan}
    values = {"label": "Ulnar", "unit": "mV", "block": "cmap", "statistic": "Hedges' g",
              "effect": -0.75, "low": -0.9, "high": -0.5, "difference": -2.31,
              "difference_low": -2.9, "difference_high": -1.7}
    common = {"p_adjusted": 0.0001, "p_overall": 0.02}
    for name in names:
        common |= {f"n_{name}": 1281, f"mean_{name}": 6.6, f"median_{name}": 4.5,
                   f"q1_{name}": 4.0, f"q3_{name}": 4.75}
    changed = rows or ({}, {})
    return pd.DataFrame([common | base | more for base, more in
                         zip((grades, values), changed, strict=True)])


def shown(found, names=("Mild", "Severe")):
    return measures.effects_table(found, names=names, synthetic=False)


def test_grades_have_a_median_and_delta_and_values_a_mean_a_difference_and_g():
    assert shown(table()).to_dict("records") == [
        {"Measure, unit": "Grip, MRC grade", "Mild (n)": "4.5 [4, 4.75] (1,281)",
         "Severe (n)": "4.5 [4, 4.75] (1,281)", "Difference (95 % CI)": "δ −0.39 (−0.49 to −0.29)",
         "Adjusted p": "< 0.001"},
        {"Measure, unit": "Ulnar, mV", "Mild (n)": "6.6 (1,281)", "Severe (n)": "6.6 (1,281)",
         "Difference (95 % CI)": "−2.3 mV (−2.9 to −1.7), g −0.75", "Adjusted p": "< 0.001"},
    ]


def test_of_three_phenotypes_all_are_shown_with_the_p_over_all():
    names = ("Mild", "Moderate", "Severe")
    found = shown(table(names=names), names)
    assert [f"{name} (n)" for name in names] == list(found)[1:4]
    assert found["All phenotypes, adjusted p"].tolist() == ["0.020", "0.020"]
    assert "Severe − Mild" in found.caption


def test_what_was_not_compared_or_has_few_patients_shows_no_number():
    lost = dict.fromkeys(("effect", "p_adjusted", "n_Mild", "n_Severe", "median_Mild"), np.nan)
    row = shown(table(lost, {})).loc[0]
    assert row.tolist() == ["Grip, MRC grade", "–", "–", "not compared", "–"]


def test_complete_separation_has_no_interval():
    found = shown(table({"effect": -1.0, "low": np.nan, "high": np.nan}, {}))
    assert found["Difference (95 % CI)"][0] == "δ −1.00 (no interval)"


@pytest.mark.parametrize(("scale", "said"), [(0.01, "−0.023 mV (−0.029 to −0.017)"),
                                             (100, "−231 mV (−290 to −170)")])
def test_differences_have_the_digits_their_intervals_bear(scale, said):
    found = table()
    for name in ("difference", "difference_low", "difference_high"):
        found[name] *= scale
    assert shown(found)["Difference (95 % CI)"][1].startswith(said)


def test_slopes_inside_stand_as_multiples_of_the_slope_between():
    found = pd.DataFrame([{"label": "Grip", "unit": "kg", "n": 40, "slope": -1.0, "low": -2.0,
                           "high": -0.5, "share": 1.5, "share_low": 1.1, "share_high": 2.0,
                           "p_equal": 0.3}])
    row = measures.slopes_table(found, synthetic=False).to_dict("records")[0]
    assert row["Measure, unit"] == "Grip, kg" and row["Inside ÷ between"] == "1.50"
    assert row["Inside ÷ between, 95 % interval"] == "1.10 to 2.00"


def test_no_rows_give_an_empty_table():
    assert shown(table().iloc[:0]).empty
