"""Resampling: who is drawn, and whether one half predicts the other."""

from itertools import combinations

import numpy as np
import pytest
from clusterings import three_overlapping

from compendium.stability import schemes
from compendium.stability.schemes import DISTINCT, HALVES, OUT_OF_BAG, SUBSAMPLE, drawn

SCHEMES = (OUT_OF_BAG, DISTINCT, SUBSAMPLE, HALVES)


@pytest.fixture(scope="module")
def Z():
    return three_overlapping().to_numpy()


def _replicates(Z, scheme, part, k=3, **settings):
    """Counts and labels of a range of replicates."""
    settings = {"n_init": 2, "random_state": 0} | settings
    return schemes.replicates(Z, k, scheme, part, **settings)


def test_a_subsample_holds_four_fifths_each_once():
    counts = drawn(SUBSAMPLE, 0, range(5), 90)
    assert (counts.sum(axis=1) == 72).all() and counts.max() == 1


def test_the_distinct_draw_is_the_bootstrap_draw_with_each_patient_once():
    with_copies, distinct = drawn(OUT_OF_BAG, 0, range(5), 90), drawn(DISTINCT, 0, range(5), 90)
    assert (with_copies.sum(axis=1) == 90).all() and np.array_equal(distinct, with_copies > 0)


def test_two_halves_hold_everybody_once_and_the_second_has_the_odd_patient():
    counts = drawn(HALVES, 0, range(6), 91)
    assert (counts[::2] + counts[1::2] == 1).all()
    assert counts.sum(axis=1).tolist() == [45, 46] * 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_any_replicate_can_be_drawn_alone(scheme):
    assert np.array_equal(drawn(scheme, 3, range(10), 60)[7:], drawn(scheme, 3, range(7, 10), 60))


def test_schemes_do_not_share_their_patients():
    half, subsample = drawn(HALVES, 0, range(1), 90), drawn(SUBSAMPLE, 0, range(1), 90)
    assert (half > subsample).any()


def test_those_not_drawn_are_compared_only_out_of_bag():
    counts = np.array([[0, 1, 2]])
    assert schemes.who_is_compared(OUT_OF_BAG, counts).tolist() == [[True, False, False]]
    assert schemes.who_is_compared(SUBSAMPLE, counts).tolist() == [[False, True, True]]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_how_replicates_are_parted_does_not_matter(Z, scheme):
    whole = _replicates(Z, scheme, range(20))
    parted = [_replicates(Z, scheme, range(o, min(o + 6, 20))) for o in range(0, 20, 6)]
    for a, parts in zip(whole, zip(*parted, strict=True), strict=True):
        assert np.array_equal(a, np.concatenate(parts))


def test_everybody_gets_the_nearest_centroid_of_the_patients_drawn(Z):
    counts, labels = _replicates(Z, OUT_OF_BAG, range(4))
    for drawn_, found in zip(counts, labels, strict=True):
        weights = [drawn_ * (found == j) for j in range(3)]
        centres = np.stack([np.average(Z, axis=0, weights=w) for w in weights])
        nearest = ((Z[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
        assert np.array_equal(nearest, found)


def test_prediction_strength_is_the_share_of_pairs_kept_together(Z):
    counts, labels = _replicates(Z, HALVES, range(12))
    ours = schemes.prediction_strengths(labels, counts, 3)
    for h, value in enumerate(ours):
        assert value == pytest.approx(_pair_by_pair(labels, counts, h), abs=1e-14)


def _pair_by_pair(labels, counts, h):
    smallest = []
    for own, other in ((2 * h, 2 * h + 1), (2 * h + 1, 2 * h)):
        kept = []
        for cluster in range(3):
            members = np.flatnonzero((counts[own] > 0) & (labels[own] == cluster))
            pairs = list(combinations(members, 2))
            same = [labels[other, i] == labels[other, j] for i, j in pairs]
            kept.append(np.mean(same) if pairs else 1.0)
        smallest.append(min(kept))
    return np.mean(smallest)


def test_a_cluster_of_one_counts_as_kept():
    labels, counts = np.array([[0, 0, 1, 0], [0, 0, 0, 0]]), np.array([[1, 1, 1, 0], [0, 0, 0, 1]])
    assert schemes.prediction_strengths(labels, counts, 2).tolist() == [1.0]


def test_a_cluster_of_two_that_the_other_half_parts_is_worth_nothing():
    labels, counts = np.array([[0, 0, 1, 1], [0, 1, 1, 1]]), np.array([[1, 1, 0, 0], [0, 0, 1, 1]])
    assert schemes.prediction_strengths(labels, counts, 2).tolist() == [0.5]  # mean of 0 and 1


def test_prediction_strength_agrees_with_fpc():
    # R 4.2.2, fpc 2.2-10: t <- (0:79)/79; x <- cbind(4*t, sin(7*t), cos(20*t*t)); set.seed(1)
    # prediction.strength(x, Gmin = 2, Gmax = 4, M = 3000, clustermethod = kmeansCBI,
    #                     runs = 10)$mean.pred: 0.786677, 0.642909, 0.498215
    # Monte-Carlo errors 0.0018, 0.0032, 0.0020; ours of 1000 splits 0.0033, 0.0056, 0.0035
    t = np.arange(80) / 79
    X = np.column_stack([4 * t, np.sin(7 * t), np.cos(20 * t * t)])
    ours = []
    for k in (2, 3, 4):
        counts, labels = _replicates(X, HALVES, range(2000), k, n_init=10)
        ours.append(schemes.prediction_strengths(labels, counts, k).mean())
    assert np.allclose(ours, [0.786677, 0.642909, 0.498215], rtol=0, atol=0.015)
