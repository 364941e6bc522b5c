"""The phenotyper: labels come back, gaps are filled, and who cannot be judged is refused."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from compendium.phenotypes import assignment, clustering


def test_every_training_patient_gets_their_own_label_back(clustered, portable, blobs):
    placed = assignment.assign(portable, blobs)
    assert np.array_equal(placed["phenotype"].cat.codes, clustered.phenotypes.labels)
    assert placed["unlike"].sum() <= 6 and (placed["refused"] == "").all()


def test_unlike_is_who_lies_beyond_a_round_distance_that_no_patient_has(clustered, portable, blobs):
    Z, labels = clustered.Z.to_numpy(), clustered.phenotypes.labels
    centroids = np.stack([Z[labels == i].mean(axis=0) for i in (0, 1)])
    own = np.linalg.norm(Z - centroids[labels], axis=1)
    reach = portable["furthest"]
    assert reach == math.ceil(10 * 1.5 * np.percentile(own, 95)) / 10
    assert not np.isclose(own, reach, rtol=1e-6).any()
    placed = assignment.assign(portable, blobs)
    assert placed["unlike"].tolist() == (own > reach).tolist()


def test_ten_significant_digits_are_enough_to_get_the_labels_back(clustered, portable, blobs):
    text = json.dumps(portable)
    rounded = json.loads(text, parse_float=lambda x: float(f"{float(x):.10g}"))
    placed = assignment.assign(rounded, blobs)
    assert np.array_equal(placed["phenotype"].cat.codes, clustered.phenotypes.labels)
    assert rounded != portable
    assert placed["unlike"].equals(assignment.assign(portable, blobs)["unlike"])


def test_labels_come_back_exactly_without_clear_groups_and_with_devices(make_cohort, blobs):
    rng = np.random.default_rng(5)
    X = pd.DataFrame(rng.normal(50, 9, size=(400, 5)), columns=blobs.columns)
    cohort = make_cohort(X, ["A"] * 190 + ["B"] * 190 + ["C"] * 20, "yes")
    found = clustering.cluster_cohort(cohort, n_clusters=4, n_init=5)
    portable = json.loads(json.dumps(assignment.phenotyper(found, True)))
    placed = assignment.assign(portable, cohort.data)
    assert np.array_equal(placed["phenotype"].cat.codes, found.phenotypes.labels)
    assert not placed["unlike"].any()


def test_one_patient_alone_is_placed_as_among_all(portable, blobs):
    whole, alone = assignment.assign(portable, blobs), assignment.assign(portable, blobs.iloc[[7]])
    assert whole.iloc[[7]].equals(alone)


def test_the_margin_is_the_distance_to_the_border_and_zero_on_it(portable):
    mild, severe = np.array(portable["centroids"])
    location, spread = np.array(portable["scales"]["all patients"])
    z = np.stack([(mild + severe) / 2, mild + 0.25 * (severe - mild)])
    names = [f["name"] for f in portable["features"]]
    placed = assignment.assign(portable, pd.DataFrame(z * spread + location, columns=names))
    expected = [0, 0.25 * np.linalg.norm(severe - mild)]
    assert np.allclose(placed["margin"], expected, rtol=0, atol=1e-9)


def test_a_gap_is_filled_by_the_regression_on_the_other_features(portable, blobs):
    patient = blobs.iloc[[0]].copy()
    patient["thick"] = np.nan
    # ordinary least squares of the missing feature on the others, numpy.linalg.lstsq
    design = np.column_stack([np.ones(120), blobs.drop(columns="thick")])
    beta = np.linalg.lstsq(design, blobs["thick"], rcond=None)[0]
    whole = patient.assign(thick=design[0] @ beta)
    placed = assignment.assign(portable, pd.concat([patient, whole]))
    assert placed["distance"].iloc[0] == pytest.approx(placed["distance"].iloc[1], rel=1e-9)
    assert placed["filled"].tolist() == [1, 0]


@pytest.mark.parametrize(("change", "reason"), [
    ({"thick": None, "wide": None}, "2 of 5 features are missing; at most 20 % may be."),
    ({"thick": 201.0}, "Thickness lies outside its limits of -100 to 200 mm."),
    ({"bright": 401.0}, "Brightness lies outside its limits of -inf to 400 au."),
    ({"hard": "soft"}, "Hardness is not a number."),
    ({"hard": np.inf}, "Hardness is not a number."),
])
def test_a_patient_that_cannot_be_judged_gets_a_reason_and_no_phenotype(
    portable, blobs, change, reason
):
    patient = blobs.iloc[[0]].astype(object).assign(**change)
    placed = assignment.assign(portable, patient).iloc[0]
    assert placed["refused"] == reason
    assert pd.isna(placed["phenotype"]) and np.isnan(placed["margin"])


def test_a_table_without_a_feature_is_refused_for_everybody(portable, blobs):
    placed = assignment.assign(portable, blobs.drop(columns="wide"))
    assert set(placed["refused"]) == {"The table has no column wide."}
    assert placed["phenotype"].isna().all()


def test_a_device_is_asked_for_only_where_features_are_scored_within_it(make_cohort, blobs):
    device = ["A"] * 60 + ["B"] * 50 + ["C"] * 10
    cohort = make_cohort(blobs, device, "yes")
    portable = assignment.phenotyper(clustering.cluster_cohort(cohort, n_init=5), True)
    patients = blobs.iloc[:4].assign(machine=["A", "C", "D", None])
    assert assignment.assign(portable, patients)["refused"].tolist() == [
        "",
        "",
        "machine names a device that this phenotyper was not made with.",
        "machine is missing, and some features are scored within the device.",
    ]


def test_a_patient_farther_out_than_anybody_is_placed_and_marked(portable, blobs):
    patient = blobs.iloc[[0]].assign(wide=500.0)
    placed = assignment.assign(portable, patient).iloc[0]
    assert placed["unlike"] and placed["phenotype"] in ("Mild", "Severe")


def test_nobody_in_nobody_out(portable, blobs):
    assert len(assignment.assign(portable, blobs.iloc[:0])) == 0


def test_a_phenotyper_holds_no_patient(portable, blobs):
    text = json.dumps(portable)
    assert not any(name in text for name in blobs.index)
    assert portable["synthetic"] is True


def test_a_phenotyper_of_outliers_keeps_a_sentence_and_refuses_everybody(
    outlying, portable, blobs
):
    kept = json.loads(json.dumps(assignment.phenotyper(outlying, True)))
    assert kept == {"synthetic": True, "unavailable": outlying.phenotypes.too_few}
    placed = assignment.assign(kept, outlying.data)
    assert set(placed["refused"]) == {kept["unavailable"]} and placed["phenotype"].isna().all()
    assert list(placed) == list(assignment.assign(portable, blobs))
