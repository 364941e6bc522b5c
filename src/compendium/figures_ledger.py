"""The ledger as a figure: every published claim, our number beside it, and the verdict."""

from __future__ import annotations

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from compendium import layout, style
from compendium.published import worded


@matplotlib.rc_context(style.RC)
def ledger(claims: pd.DataFrame, *, synthetic: bool) -> style.Plate | None:
    """Our numbers as a percentage of the published ones, with both in words and the verdict.

    Parameters
    ----------
    claims : of ``published.compare``; only claims whose two numbers can be divided are
        drawn as marks, the others keep their row of text.

    Returns
    -------
    The figure, or None where there is no claim.
    """
    if claims.empty:
        return None
    theirs = pd.to_numeric(claims["published"], errors="coerce").to_numpy(float)
    ours = pd.to_numeric(claims["ours"], errors="coerce").to_numpy(float)
    ratio = 100 * ours / np.where(theirs == 0, np.nan, theirs)
    lines = [style.wrap(claim, 56, 2) for claim in claims["claim"]]
    fig = style.sheet(style.FULL, 5.6 * len(claims) + 20)
    ax = fig.subplots()
    y = np.arange(len(claims), dtype=float)
    ax.set_yticks(y, lines)
    ax.set_ylim(len(claims) - 0.4, -0.9)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.axvline(100, color=style.PUBLISHED, lw=0.8, zorder=0)
    ax.plot(ratio, y, ls="", marker="o", ms=4, color=style.INK)
    _around(ax, ratio)
    ax.locator_params(axis="x", nbins=5)
    ax.set_xlabel("Ours as % of the published value")
    words = worded(claims)
    for x, head in ((8, "published"), (48, "ours"), (92, "verdict")):
        layout.text_column(ax, x, y, [style.wrap(text, 20, 2) for text in words[head]], head)
    style.panel(ax, "", f"Published claims and ours, {len(claims)} claims", above=4)
    alt = f"Our values beside {len(claims)} published claims, with verdicts."
    return style.finish(fig, alt=alt, synthetic=synthetic)


def _around(ax: Axes, ratio: np.ndarray) -> None:
    """An axis around 100 % that holds every mark."""
    far = np.nanmax(np.abs(ratio - 100)) if np.isfinite(ratio).any() else 0
    ax.set_xlim(100 - max(1.2 * far, 10), 100 + max(1.2 * far, 10))
