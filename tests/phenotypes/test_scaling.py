"""Features made ready: gaps filled, z-scores, devices, and the severity they add up to."""


import numpy as np
import pandas as pd
import pytest
from scipy import stats

from compendium.data import cohort, overview
from compendium.phenotypes import scaling
from compendium.problems import InputRefused

# ----------------------------------------------------------------------------------------- impute


def test_observed_values_survive_imputation_and_filled_ones_stay_in_range(shipped):
    X = cohort.features(shipped).iloc[:150, :8]
    filled = scaling.impute(X)
    assert ((filled == X) | X.isna()).all(axis=None)
    assert ((filled >= X.min()) & (filled <= X.max())).all(axis=None)


def test_an_unknown_way_to_impute_is_refused(refusal):
    assert refusal(scaling.impute, pd.DataFrame({"a": [1.0]}), "meadian") == (
        "parameter missing cannot be 'meadian'; did you mean 'median'?",
    )


def test_a_column_without_any_value_is_refused_by_name(refusal):
    X = pd.DataFrame({"a": [1.0, None], "b": [np.nan, np.nan]})
    assert refusal(scaling.impute, X) == (
        "Column 'b' has no value in any of 2 patients; take it out of the features.",
    )


# ------------------------------------------------------------------------------------ standardise


def test_a_z_score_is_that_of_scipy(blobs):
    Z = scaling.standardise(blobs)
    assert np.allclose(Z, stats.zscore(blobs, ddof=1), rtol=0, atol=1e-12)


def test_a_robust_score_is_the_median_over_the_scaled_mad(blobs):
    Z = scaling.standardise(blobs, scaling="robust")
    # scipy's scale="normal" is 1/Φ⁻¹(3/4) = 1.48260222; ours is the customary 1.4826
    mad = stats.median_abs_deviation(blobs, scale="normal")
    assert np.allclose(Z, (blobs - blobs.median()) / mad, rtol=1e-5, atol=0)


def test_only_the_columns_named_are_scored_within_the_device(blobs):
    device = pd.Series(["A"] * 60 + ["B"] * 60, index=blobs.index)
    Z = scaling.standardise(blobs, device=device, per_device=["bright"])
    within = Z.groupby(device).mean()
    assert np.allclose(within["bright"], 0) and not np.allclose(within["thick"], 0)


def test_an_offset_of_one_device_disappears_from_its_scores(blobs):
    device = pd.Series(["A", "B"] * 60, index=blobs.index)
    shifted = blobs.assign(bright=blobs["bright"] + 50 * (device == "B"))
    scores = [
        scaling.standardise(X, device=device, per_device=["bright"]) for X in (blobs, shifted)
    ]
    assert np.allclose(*scores)


def test_patients_of_a_small_or_missing_device_are_scored_against_all(blobs):
    device = pd.Series(["A"] * 91 + ["B"] * 20 + [None] * 9, index=blobs.index)
    Z = scaling.standardise(blobs, device=device, per_device=["bright"])
    of_all = scaling.standardise(blobs)
    assert Z["bright"].iloc[91:].equals(of_all["bright"].iloc[91:])
    assert not np.allclose(Z["bright"].iloc[:91], of_all["bright"].iloc[:91])


def test_the_device_is_matched_by_patient_not_by_row(blobs):
    device = pd.Series(["A"] * 50 + ["B"] * 70, index=blobs.index)
    one = scaling.standardise(blobs, device=device, per_device=["bright"])
    other = scaling.standardise(blobs, device=device[::-1], per_device=["bright"])
    assert one.equals(other)


def test_a_constant_column_is_refused_by_name(blobs):
    with pytest.raises(InputRefused) as refused:
        scaling.standardise(blobs.assign(wide=0.1))
    assert refused.value.problems == (
        "Column 'wide' has one value in all 120 patients and tells nobody apart; "
        "take it out of the features.",
    )


def test_a_column_constant_within_a_device_is_refused_with_the_device(blobs):
    device = pd.Series(["A"] * 60 + ["B"] * 60, index=blobs.index)
    X = blobs.assign(bright=np.where(device == "B", 7.0, blobs["bright"]))
    with pytest.raises(InputRefused, match="Column 'bright' .* all patients of device 'B'"):
        scaling.standardise(X, device=device, per_device=["bright", "of another cohort"])


def test_every_gap_and_infinity_is_named_at_once(blobs):
    X = blobs.copy()
    X.iloc[3, 0], X.iloc[5, 1] = np.nan, np.inf
    with pytest.raises(InputRefused) as refused:
        scaling.standardise(X)
    assert refused.value.problems == (
        "Column 'thick' lacks a value in 1 of 120 patients; fill the gaps first.",
        "Column 'bright' holds an infinite value in 1 of 120 patients; correct it.",
    )


def test_a_table_without_patients_is_refused(refusal, blobs):
    sentence = ("The table holds no patient or no feature.",)
    assert refusal(scaling.standardise, blobs.iloc[:0]) == sentence


def test_a_mad_of_zero_is_refused_with_the_remedy(blobs):
    X = blobs.assign(wide=np.r_[np.zeros(70), np.arange(50)])
    with pytest.raises(InputRefused, match="'wide' .* median absolute deviation is zero; use sc"):
        scaling.standardise(X, scaling="robust")


def test_an_unknown_scaling_is_refused(blobs):
    with pytest.raises(InputRefused, match="Scaling 'minmax' is not known; known are zscore, rob"):
        scaling.standardise(blobs, scaling="minmax")


def test_scaling_within_the_device_takes_the_shift_of_marked_features_only(shipped):
    filled = scaling.impute(cohort.features(shipped), "median")
    scaled = overview.device_shifts(shipped, scaling.scaled_features(shipped, filled, "zscore"))
    marked = {c.name for c in shipped.codebook.features if c.per_device}
    first = scaled[scaled["device"] == scaled["device"].iloc[0]]
    within = first["feature"].isin(marked)
    assert first.loc[within, "mean_z"].abs().max() < 1e-9
    assert first.loc[~within, "mean_z"].abs().max() > 0.01


# --------------------------------------------------------------------------------------- severity


def test_severity_turns_low_features_and_leaves_out_those_without_direction():
    Z = pd.DataFrame({"thick": [-1.0, 2.0], "bright": [3.0, 0.0], "wide": [9.0, 9.0]})
    worse = {"thick": "low", "bright": "high", "wide": "none"}
    assert scaling.severity(Z, worse).tolist() == [2.0, -1.0]


def test_there_is_no_severity_where_nothing_has_a_direction():
    assert scaling.severity(pd.DataFrame({"wide": [1.0]}), {"wide": "none"}) is None
