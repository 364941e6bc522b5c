"""Certainty of single patients, by hand."""

import numpy as np
import pandas as pd
import pytest

from compendium.phenotypes import assignment, clustering
from compendium.stability.certainty import count_assignments, matched, per_patient

REFERENCE = np.array([0, 0, 0, 1, 1])
# Two replicates; the first calls phenotype 0 "1". Patients 0, 1, 3 are out of the first bag, 0, 1,
# 2 out of the second.
LABELS = np.array([[1, 0, 1, 0, 0], [0, 0, 1, 1, 1]])
COUNTS = np.array([[0, 0, 2, 0, 3], [0, 0, 0, 4, 1]])


def _fit(labels, centroids):
    names = tuple(f"P{i}" for i in range(len(centroids)))
    frame = pd.DataFrame(centroids, index=list(names))
    return clustering.Phenotypes(labels, names, frame, 1.0, 1.0, "severity")


def test_a_tally_counts_replicates_and_pairs_out_of_bag():
    out_of_bag, same, pairs, together = count_assignments(LABELS, REFERENCE, COUNTS, 2)
    assert out_of_bag.tolist() == [2, 2, 1, 1, 0]
    # first bag: patients 2 and 4 say that cluster 1 is phenotype 0; second: 3 and 4 that 1 is 1
    assert same.tolist() == [2, 1, 0, 1, 0]
    # pairs within phenotype 0: (0, 1) twice, (0, 2) and (1, 2) once; only (0, 1) once together
    assert pairs.tolist() == [3, 3, 2, 0, 0] and together.tolist() == [1, 1, 0, 0, 0]


def test_tallies_of_parts_add_up():
    parts = [count_assignments(LABELS[[b]], REFERENCE, COUNTS[[b]], 2) for b in (0, 1)]
    assert np.array_equal(sum(parts), count_assignments(LABELS, REFERENCE, COUNTS, 2))


def test_renaming_the_clusters_of_a_replicate_changes_nothing():
    renamed = np.stack([1 - LABELS[0], LABELS[1]])
    assert np.array_equal(
        count_assignments(renamed, REFERENCE, COUNTS, 2),
        count_assignments(LABELS, REFERENCE, COUNTS, 2),
    )


def test_clusters_are_matched_so_that_most_patients_stay_not_one_by_one():
    # cluster 0 holds most of phenotype 0 and of 1; taking its best first would keep 6 + 0
    assert matched(np.array([[[6, 5], [4, 0]]])).tolist() == [[1, 0]]


@pytest.fixture
def table():
    Z = pd.DataFrame(np.linspace(-1, 1, 5)[:, None])
    tally = count_assignments(LABELS, REFERENCE, COUNTS, 2)
    return per_patient(Z, _fit(REFERENCE, [[-1.0], [1.0]]), tally)


def test_shares_are_parts_of_what_could_be_compared(table):
    assert table["co_assignment"].tolist()[:3] == pytest.approx([1 / 3, 1 / 3, 0])
    assert table["same_phenotype"].tolist()[:4] == [1.0, 0.5, 0.0, 1.0]
    assert table["mc_error"].tolist()[1] == pytest.approx(np.sqrt(0.25 / 2))


def test_a_patient_who_was_always_drawn_is_unknown_and_not_core(table):
    last = table.iloc[4]
    assert np.isnan(last["same_phenotype"]) and not last["core"] and last["out_of_bag"] == 0


def test_core_begins_at_ninety_five_of_a_hundred():
    counts = np.array([[100, 100], [95, 94], [1, 1], [1, 1]])
    Z = pd.DataFrame([[-1.0], [1.0]])
    table = per_patient(Z, _fit(np.array([0, 1]), [[-1.0], [1.0]]), counts)
    assert table["core"].tolist() == [True, False]


def test_the_margin_is_the_distance_to_the_line_halfway():
    points = pd.DataFrame([[0.0, 7.0], [2.0, -3.0], [1.5, 0.0]])
    fit = _fit(np.array([0, 0, 0]), [[0.0, 0.0], [4.0, 0.0]])
    assert per_patient(points, fit, np.ones((4, 3)))["margin"].tolist() == pytest.approx(
        [2.0, 0.0, 0.5])


def test_the_margin_is_that_of_the_phenotyper(clustered, portable, blobs):
    assigned = assignment.assign(portable, blobs.assign(machine="A"))
    ours = per_patient(clustered.Z, clustered.phenotypes, np.ones((4, len(blobs))))["margin"]
    assert np.allclose(ours, assigned["margin"], rtol=0, atol=1e-12)
