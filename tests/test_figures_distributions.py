"""A histogram of every variable."""

import drawings
import numpy as np

from compendium import figures


def test_every_histogram_has_unit_n_and_missing():
    features = drawings.patients()
    features.iloc[:4, 0] = np.nan
    fig = figures.distributions(features, drawings.columns(), synthetic=False)
    assert "mm\nn = 56, missing 4" in drawings.words(fig)


def test_a_feature_without_values_says_so():
    features = drawings.patients().assign(x1=np.nan)
    fig = figures.distributions(features, drawings.columns(), synthetic=False)
    assert "no values" in drawings.words(fig)
