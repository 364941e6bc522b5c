"""The ledger as a figure: every published claim, our number beside it, and the verdict."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from compendium.report.figures import layout, style
from compendium.report.sentences.ledger import worded

_BAND = "#dcdcdc"  # of the tolerance: no phenotype's colour


@style.figure
def ledger(claims: pd.DataFrame) -> style.Plate | None:
    """Our numbers as a percentage of the published ones, with both in words and the verdict.

    Parameters
    ----------
    claims : of ``report.compare_claims``; only claims whose two numbers can be divided are
        drawn as marks, over a grey bar that is their tolerance; the others keep their row of text.
    """
    theirs = pd.to_numeric(claims["published"], errors="coerce").to_numpy(float)
    ours = pd.to_numeric(claims["ours"], errors="coerce").to_numpy(float)
    ratio = 100 * ours / np.where(theirs == 0, np.nan, theirs)
    lines = [style.wrap(claim, 50, 2) for claim in claims["claim"]]
    fig = style.sheet(style.FULL, 5.6 * len(claims) + 20)
    ax = fig.subplots()
    y = np.arange(len(claims), dtype=float)
    ax.set_yticks(y, lines)
    ax.set_ylim(len(claims) - 0.4, -0.9)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    reach = 100 * pd.to_numeric(claims["tolerance"], errors="coerce").to_numpy(float) / np.abs(
        np.where(theirs == 0, np.nan, theirs))
    for at, wide in zip(y, reach, strict=True):
        if wide > 0:
            ax.barh(at, 2 * wide, left=100 - wide, height=0.6, color=_BAND, lw=0, zorder=-1)
    ax.axvline(100, color=style.PUBLISHED, lw=0.8, zorder=0)
    ax.plot(ratio, y, ls="", marker="o", ms=4, color=style.INK)
    _around(ax, np.concatenate([ratio, 100 + reach]))
    ax.locator_params(axis="x", nbins=5)
    ax.set_xlabel("Ours as % of the published value")
    words = worded(claims)
    tuned = claims["verdict"].str.startswith("calibrated").any()
    for x, head in ((8, "published"), (44, "ours"), (84, "verdict"), (140, "tuned"))[: 3 + tuned]:
        layout.text_column(ax, x, y, [style.wrap(text, 15, 2) for text in words[head]], head)
    style.panel(ax, "", f"Published claims and ours, {len(claims)} claims", above=4)
    alt = f"Our values beside {len(claims)} published claims, with verdicts."
    note = "Grey: the tolerance. Claims about a sign, or about p, have words and no mark. " \
        "No claim tells groups from one continuum."
    return style.finish(fig, alt=alt, note=note)


def _around(ax: Axes, ratio: np.ndarray) -> None:
    """An axis around 100 % that holds every mark."""
    far = np.nanmax(np.abs(ratio - 100)) if np.isfinite(ratio).any() else 0
    ax.set_xlim(100 - max(1.2 * far, 10), 100 + max(1.2 * far, 10))
