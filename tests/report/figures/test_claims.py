"""The ledger as a figure."""

import drawings
import numpy as np

from compendium.report import figures


def test_only_numbers_have_a_mark_in_the_ledger():
    fig = drawings.ledger()
    x = fig.axes[0].lines[-1].get_xdata()
    np.testing.assert_allclose(x, [100 * 440 / 454, np.nan])
    assert "6 of 6 sites" in drawings.words(fig)


def test_a_grey_bar_is_the_tolerance_of_its_row():
    ax = drawings.ledger().axes[0]
    (bar,) = ax.patches
    np.testing.assert_allclose(bar.get_x(), 100 * (454 - 20) / 454)
    np.testing.assert_allclose(bar.get_x() + bar.get_width(), 100 * (454 + 20) / 454)
    low, high = ax.get_xlim()
    assert low < bar.get_x() and bar.get_x() + bar.get_width() < high


def test_whether_a_claim_was_tuned_stands_in_the_figure_of_a_calibrated_ledger_only():
    assert "tuned" in drawings.words(drawings.ledger())
    original = drawings.claims().assign(verdict="match")
    assert "tuned" not in drawings.words(figures.ledger(original))
