"""Draws of the nulls: a statistic of every simulated cohort.

Draw m of a null comes from the stream ("nulls", its place in `nulls.NULLS`, m) of ``seeds``, so
that any draw can be made again alone, more draws keep the earlier ones, and nothing depends on
workers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from compendium.groups.nulls import NULLS
from compendium.parallel import each, parts
from compendium.seeds import generator

BAND = (0.025, 0.975)  # quantiles of what the draws of a null give


def of_draws(
    statistic: Callable, nulls: Mapping[str, object], n_draws: int, random_state: int,
    *, task: int, noun: str,
) -> dict[str, np.ndarray]:
    """What ``statistic(cohort, key)`` is in every draw of every null: name → (n_draws × …).

    ``key``, of `draw_key`, names the draw, for whoever needs random numbers of its own. ``task``:
    draws a worker takes at once. ``noun``: what tasks are, for `parallel.each`.
    """
    todo = [(statistic, null, name, part, random_state)
            for name, null in nulls.items() for part in parts(n_draws, task)]
    found = {name: [] for name in nulls}
    for (_, _, name, *_), values in zip(todo, each(_of_draws, todo, noun), strict=True):
        found[name].append(values)
    return {name: np.concatenate(values) for name, values in found.items()}


def draw_key(random_state: int, null: str, draw: int) -> tuple:
    """What names the random numbers of one draw, independent of all other draws and of threads."""
    return random_state, "nulls", list(NULLS).index(null), draw


def _of_draws(statistic, null, name: str, draws: range, random_state: int) -> np.ndarray:
    """One task of `of_draws`."""
    keys = [draw_key(random_state, name, m) for m in draws]
    return np.array([statistic(null.draw(generator(*key)), key) for key in keys])
