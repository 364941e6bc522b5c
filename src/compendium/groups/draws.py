"""Draws of the nulls: a statistic of every draw, and the bands in which the draws of a null lie.

Draw m of null i comes from the stream ("nulls", i, m) of ``seeds``, so that any draw can be made
again alone, more draws keep the earlier ones, and nothing depends on workers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from compendium.parallel import each, parts
from compendium.seeds import generator

NULLS = "ABCL"  # position = index in the seed
BAND = (0.025, 0.975)  # quantiles of what the draws of a null give


def of_draws(
    statistic: Callable, nulls: Mapping[str, object], n_draws: int, random_state: int,
    *, task: int, noun: str,
) -> dict[str, np.ndarray]:
    """What ``statistic(cohort, key)`` is in every draw of every null: letter → (n_draws × …).

    ``key``, of `draw_key`, names the draw, for whoever needs random numbers of its own. ``task``:
    draws a worker takes at once. ``noun``: what tasks are, for `parallel.each`.
    """
    todo = [(statistic, null, name, part, random_state)
            for name, null in nulls.items() for part in parts(n_draws, task)]
    found = {name: [] for name in nulls}
    for (_, _, name, *_), values in zip(todo, each(_of_draws, todo, noun), strict=True):
        found[name].append(values)
    return {name: np.concatenate(values) for name, values in found.items()}


def beside_draws(observed: Mapping, drawn: Mapping[str, Mapping], ks: list[int]) -> pd.DataFrame:
    """Each statistic of the data (K,), and its values in the draws of each null (M × K), k by k.

    Columns k, null, statistic, observed, mean, low, high (95 % of the draws lie between).
    """
    rows = [
        (k, null, statistic, seen, values.mean(), *np.quantile(values, BAND))
        for null, statistics in drawn.items()
        for statistic, of_ks in statistics.items()
        for k, seen, values in zip(ks, observed[statistic], of_ks.T, strict=True)
    ]
    names = ["k", "null", "statistic", "observed", "mean", "low", "high"]
    return pd.DataFrame(rows, columns=names)


def draw_key(random_state: int, null: str, draw: int) -> tuple:
    """What names the random numbers of one draw, independent of all other draws and of threads."""
    return random_state, "nulls", NULLS.index(null), draw


def _of_draws(statistic, null, name: str, draws: range, random_state: int) -> np.ndarray:
    """One task of `of_draws`."""
    keys = [draw_key(random_state, name, m) for m in draws]
    return np.array([statistic(null.draw(generator(*key)), key) for key in keys])
