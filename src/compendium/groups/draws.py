"""Draws of a null: a statistic of every simulated cohort.

Draw m comes from a stream of ``seeds`` of its own, so that any draw can be made again alone, more
draws keep the earlier ones, and nothing depends on workers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compendium.parallel import each, parts
from compendium.seeds import generator

BAND = (0.025, 0.975)  # quantiles of what the draws of a null give
_STREAM = "nulls", 2


def of_draws(
    statistic: Callable, null, n_draws: int, random_state: int, *, task: int, noun: str
) -> np.ndarray:
    """What ``statistic(cohort, key)`` is in every draw of a null (n_draws × …).

    ``key``, of `draw_key`, names the draw, for whoever needs random numbers of its own. ``task``:
    draws a worker takes at once. ``noun``: what tasks are, for `parallel.each`.
    """
    todo = [(statistic, null, part, random_state) for part in parts(n_draws, task)]
    return np.concatenate([*each(_of_draws, todo, noun)])


def draw_key(random_state: int, draw: int) -> tuple:
    """What names the random numbers of one draw, independent of all other draws and of threads."""
    return random_state, *_STREAM, draw


def _of_draws(statistic, null, draws: range, random_state: int) -> np.ndarray:
    """One task of `of_draws`."""
    keys = [draw_key(random_state, m) for m in draws]
    return np.array([statistic(null.draw(generator(*key)), key) for key in keys])
