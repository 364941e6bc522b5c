"""Certainty of single patients, by hand."""

import numpy as np

from compendium.stability.certainty import count_assignments, matched, per_patient

REFERENCE = np.array([0, 0, 0, 1, 1])
# Two replicates; the first calls phenotype 0 "1". Patients 0, 1, 3 are out of the first bag, 0, 1,
# 2 out of the second.
LABELS = np.array([[1, 0, 1, 0, 0], [0, 0, 1, 1, 1]])
COUNTS = np.array([[0, 0, 2, 0, 3], [0, 0, 0, 4, 1]])


def test_a_tally_counts_replicates_out_of_bag():
    out_of_bag, same = count_assignments(LABELS, REFERENCE, COUNTS, 2)
    assert out_of_bag.tolist() == [2, 2, 1, 1, 0]
    # first bag: patients 2 and 4 say that cluster 1 is phenotype 0; second: 3 and 4 that 1 is 1
    assert same.tolist() == [2, 1, 0, 1, 0]


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


def test_a_patient_who_was_always_drawn_is_unknown_and_not_core():
    table = per_patient(2, count_assignments(LABELS, REFERENCE, COUNTS, 2))
    assert table["same_phenotype"].tolist()[:4] == [1.0, 0.5, 0.0, 1.0]
    assert np.isnan(table["same_phenotype"][4]) and not table["core"][4]


def test_core_begins_at_ninety_five_of_a_hundred():
    assert per_patient(2, np.array([[100, 100], [95, 94]]))["core"].tolist() == [True, False]
