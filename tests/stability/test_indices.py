"""Agreement and silhouettes against scikit-learn and against sets."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics import adjusted_rand_score, silhouette_samples

from compendium.stability.indices import (
    adjusted_rand,
    contingency,
    jaccard,
    silhouettes_of_points,
)

rng = np.random.default_rng(20260221)
REFERENCE = rng.integers(3, size=60)
LABELS = np.where(rng.random((40, 60)) < 0.6, REFERENCE, rng.integers(3, size=(40, 60)))
MASK = rng.random((40, 60)) < 0.4
X = rng.normal(size=(60, 4)) + REFERENCE[:, None]


def test_a_contingency_table_counts_every_patient_compared_once():
    assert contingency([[0, 1, 1]], [0, 0, 1]).tolist() == [[[1, 0], [1, 1]]]
    assert (contingency(LABELS, REFERENCE, MASK).sum(axis=(1, 2)) == MASK.sum(axis=1)).all()


def test_adjusted_rand_of_the_masked_patients_equals_scikit_learn():
    pairs = zip(LABELS, MASK, strict=True)
    expected = [adjusted_rand_score(REFERENCE[m], row[m]) for row, m in pairs]
    np.testing.assert_allclose(adjusted_rand(LABELS, REFERENCE, MASK), expected, atol=1e-15)


def test_adjusted_rand_by_hand():
    # Pairs of {1,2}{3,4} against {1,2,3}{4}: a = 1, b = 2, c = 1, d = 2, twice (ordered pairs).
    # 2(1·2 − 2·1) / (3·4 + 2·3) = 0.
    assert adjusted_rand([[0, 0, 0, 1]], [0, 0, 1, 1]).tolist() == [0.0]


def test_one_cluster_against_itself_agrees_fully():
    assert adjusted_rand([[0, 0, 0]], [0, 0, 0]).tolist() == [1.0]


def test_agreement_among_nobody_is_undefined():
    assert np.isnan(adjusted_rand([[0, 1]], [0, 1], np.array([[False, False]]))).all()


def test_adjusted_rand_survives_half_a_million_patients():
    reference = np.arange(500_000) % 2
    assert adjusted_rand(reference[None], reference).tolist() == [1.0]


@pytest.mark.parametrize("index", [adjusted_rand, lambda a, b: jaccard(a, b, 3)])
def test_relabelling_the_resamples_leaves_agreement_unchanged(index):
    renamed = np.array([2, 0, 1])[LABELS]
    np.testing.assert_array_equal(index(renamed, REFERENCE), index(LABELS, REFERENCE))


def _jaccard_of_sets(labels, reference, mask, k):
    def members(of, j):
        return {i for i in np.flatnonzero(mask) if of[i] == j}

    pairs = [[(members(reference, j), members(labels, c)) for c in range(k)] for j in range(k)]
    return [max(len(a & c) / len(a | c) for a, c in row) for row in pairs]


def test_jaccard_equals_sets():
    expected = [_jaccard_of_sets(row, REFERENCE, m, 3) for row, m in zip(LABELS, MASK, strict=True)]
    np.testing.assert_allclose(jaccard(LABELS, REFERENCE, 3, MASK), expected, rtol=1e-15)


def test_a_reference_cluster_nobody_was_drawn_from_has_no_jaccard():
    found = jaccard([[0, 0, 1]], [0, 0, 1], 2, np.array([[True, True, False]]))
    np.testing.assert_array_equal(found, [[1.0, np.nan]])


@pytest.mark.parametrize("held", [1, 250, 10**6])
def test_silhouettes_equal_scikit_learn_however_many_distances_are_held(monkeypatch, held):
    monkeypatch.setattr("compendium.stability.indices._HELD", held)
    expected = [silhouette_samples(X, labels) for labels in LABELS]
    np.testing.assert_allclose(silhouettes_of_points(X, LABELS, cdist), expected, atol=1e-14)


def test_a_patient_alone_in_a_cluster_has_silhouette_zero_and_an_unused_number_is_ignored():
    line = np.array([[0.0], [1.0], [9.0]])
    found = silhouettes_of_points(line, np.array([0, 0, 3]), cdist)
    # a = 1; b = 9 and 8: (9 − 1)/9 and (8 − 1)/8; the third is alone.
    np.testing.assert_allclose(found, [[8 / 9, 7 / 8, 0.0]])


def test_equal_patients_have_silhouette_zero():
    assert not silhouettes_of_points(np.zeros((4, 1)), np.array([0, 0, 1, 1]), cdist).any()
