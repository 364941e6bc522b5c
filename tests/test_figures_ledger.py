"""The ledger as a figure."""

import drawings
import numpy as np


def test_only_numbers_have_a_mark_in_the_ledger():
    fig = drawings.ledger()
    x = fig.axes[0].lines[-1].get_xdata()
    np.testing.assert_allclose(x, [100 * 440 / 454, np.nan])
    assert "6 of 6 sites" in drawings.words(fig)
