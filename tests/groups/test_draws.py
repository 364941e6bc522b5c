"""Statistics of draws: each draw alone, in its batch, and on any number of workers."""

import numpy as np
from clusterings import one_factor

from compendium.groups import nulls
from compendium.groups.draws import draw_key, of_draws
from compendium.parallel import workers
from compendium.seeds import generator

NULL = nulls.copula(nulls.zscore(one_factor(60, 3)), 0)


def moments(Z, key):
    return np.r_[(Z**3 + Z[::-1]).mean(axis=0), generator(*key, 2).random()]


def drawn(n_draws, task=25):
    return of_draws(moments, NULL, n_draws, 1, task=task, noun="")


def test_the_batch_of_draws_is_the_same_for_any_number_of_workers():
    one = drawn(60)
    with workers(2):
        two = drawn(60, task=7)
    assert (one == two).all() and one.shape == (60, 4)


def test_a_draw_made_alone_equals_itself_in_the_batch():
    key = draw_key(1, 2)
    assert (moments(NULL.draw(generator(*key)), key) == drawn(4)[2]).all()


def test_each_draw_has_random_numbers_of_its_own():
    draws = [NULL.draw(generator(*draw_key(state, m))) for state in (11, 12) for m in range(3)]
    assert len({draw.tobytes() for draw in draws}) == 6


def test_statistics_of_draws_come_in_order_with_the_key_of_their_draw():
    found = of_draws(_last, NULL, 5, 0, task=2, noun="")
    assert found.tolist() == [[m] for m in range(5)]


def _last(Z, key):
    return np.array(key[-1:])
