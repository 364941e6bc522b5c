"""Sampling: everybody up to a limit, and above it the same patients for the same seed."""

import numpy as np

from compendium.seeds import LARGE, sample


def test_up_to_the_limit_everybody_is_seen():
    assert sample(LARGE, 0).tolist() == list(range(LARGE))


def test_above_the_limit_so_many_different_patients_are_seen_in_their_order():
    rows = sample(3 * LARGE, 0)
    assert len(rows) == LARGE and (np.diff(rows) > 0).all()
    assert rows[0] >= 0 and rows[-1] < 3 * LARGE
    assert abs(rows.mean() / (3 * LARGE) - 0.5) < 0.02  # from the whole cohort, not its first rows


def test_the_seed_names_the_sample():
    assert np.array_equal(sample(2 * LARGE, 7), sample(2 * LARGE, 7))
    assert not np.array_equal(sample(2 * LARGE, 7), sample(2 * LARGE, 8))
