"""Which measures follow severity most closely, in words: an order is said only where it is shown.

The strongest and the weakest of a block are always some two; that one follows severity more closely
than another is a finding only where the interval of their difference excludes 0.
"""

from __future__ import annotations

import pandas as pd

from compendium.sentences import block_name, known, number, plural


def extremes(pairs: pd.DataFrame) -> list[str]:
    """The strongest and the weakest validator of every block, and which pairs are told apart.

    ``pairs``: of ``pattern.contrasts``, the widest pair of a block first.

    >>> extremes(pd.DataFrame([
    ...     {"block": "mmt", "stronger_label": "Grip", "weaker_label": "Neck", "rho_stronger": 0.28,
    ...      "rho_weaker": 0.2, "difference": 0.08, "low": -0.05, "high": 0.21, "n_pairs": 15}
    ... ]))[0].partition("; ")[0]
    'Within MMT, ρ is largest for Grip (0.28) and smallest for Neck (0.20)'
    """
    said = []
    for block, within in pairs.dropna(subset=["difference"]).groupby("block", sort=False):
        w = within.iloc[0]
        said.append(
            f"Within {block_name(block)}, ρ is largest for {w['stronger_label']} "
            f"({number(w['rho_stronger'])}) and smallest for {w['weaker_label']} "
            f"({number(w['rho_weaker'])}); difference {number(w['difference'])} (95 % CI "
            f"{number(w['low'])} to {number(w['high'])}, simultaneous over "
            f"{plural(int(w['n_pairs']), 'pair')}): {_told_apart(within)}."
        )
    return said


def _told_apart(within: pd.DataFrame) -> str:
    """How many pairs of one block are told apart, and whether the widest is."""
    if not known(*within.iloc[0][["low", "high"]]):
        return "whether they differ is not known"
    apart = (within["low"] > 0) | (within["high"] < 0)
    if not apart.any():
        return "no two are told apart, so no order is shown"
    those = "these two are" if apart.iloc[0] else "these two are not"
    return f"{those} told apart, of all pairs {int(apart.sum())}"
