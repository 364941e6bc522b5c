"""Statistics of draws: each draw alone, in its batch, and on any number of workers."""

import numpy as np
from clusterings import one_factor

from compendium.groups import nulls
from compendium.groups.draws import draw_key, of_draws
from compendium.parallel import workers
from compendium.seeds import generator

Z = nulls.zscore(one_factor(60, 3))


BELL = "bell-shaped"


def moments(Z, key):
    return np.r_[(Z**3).mean(axis=0), generator(*key, 2).random()]


def drawn(null, n_draws, task=25):
    return of_draws(moments, {BELL: null}, n_draws, 1, task=task, noun="")[BELL]


def test_the_batch_of_draws_is_the_same_for_any_number_of_workers():
    null = nulls.gaussian(Z)
    one = drawn(null, 60)
    with workers(2):
        two = drawn(null, 60, task=7)
    assert (one == two).all() and one.shape == (60, 4)


def test_a_draw_made_alone_equals_itself_in_the_batch():
    null, key = nulls.gaussian(Z), draw_key(1, BELL, 2)
    assert (moments(null.draw(generator(*key)), key) == drawn(null, 4)[2]).all()


def test_a_draw_can_be_made_again_alone_and_each_has_random_numbers_of_its_own():
    null = nulls.copula(Z, 0)
    keys = [draw_key(11, name, m) for name in nulls.NULLS for m in range(3)]
    batch = [null.draw(generator(*key)) for key in keys]
    assert (null.draw(generator(*draw_key(11, "correlations only", 2))) == batch[5]).all()
    assert len({draw.tobytes() for draw in batch}) == len(keys)


def test_statistics_of_draws_come_in_order_with_the_key_of_their_draw():
    constant = nulls.Gaussian(3, np.eye(2))
    found = of_draws(_last, dict.fromkeys(nulls.NULLS, constant), 5, 0, task=2, noun="")
    for place, name in enumerate(nulls.NULLS):
        assert found[name].tolist() == [[place, m] for m in range(5)]


def _last(Z, key):
    return np.array(key[-2:])
