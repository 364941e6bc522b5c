"""Compiling beforehand goes through everything that is compiled."""

import numpy as np

from compendium.__main__ import use_once


def test_one_cohort_goes_through_kernel_and_null():
    twin = use_once()
    assert twin.shape == (60, 3) and np.isfinite(twin).all()
