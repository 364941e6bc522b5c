"""A histogram of every variable."""

from dataclasses import replace

import drawings
import numpy as np

from compendium.report import figures


def test_every_histogram_has_unit_n_and_missing():
    features = drawings.patients()
    features.iloc[:4, 0] = np.nan
    fig = figures.distributions(features, drawings.columns(), synthetic=False)
    assert "mm\nn = 56, missing 4" in drawings.words(fig)


def test_a_feature_without_values_says_so():
    features = drawings.patients().assign(x1=np.nan)
    fig = figures.distributions(features, drawings.columns(), synthetic=False)
    assert "no values" in drawings.words(fig)


def test_features_of_a_scanner_are_said_to_be_pooled_over_scanners():
    columns = drawings.columns()
    marked = [*columns[:-1], replace(columns[-1], per_device=True)]
    for used, said in ((columns, False), (marked, True)):
        words = drawings.words(figures.distributions(drawings.patients(), used, synthetic=False))
        assert ("All scanners pooled" in words) == said
