"""Statistics of draws: each draw alone, in its batch, and on any number of workers."""

from functools import partial

import numpy as np
from clusterings import one_factor

from compendium.groups import nulls
from compendium.groups.draws import NULLS, beside_draws, draw_key, of_draws
from compendium.groups.measures import statistics_of
from compendium.parallel import workers
from compendium.seeds import generator

Z = nulls.zscore(one_factor(60, 3))


def drawn(null, n_draws, ks, task=25):
    statistic = partial(statistics_of, ks=ks)
    return of_draws(statistic, {"A": null}, n_draws, 1, task=task, noun="")["A"]


def test_the_batch_of_draws_is_the_same_for_any_number_of_workers():
    null = nulls.gaussian(Z)
    one = drawn(null, 60, [2])
    with workers(2):
        two = drawn(null, 60, [2], task=7)
    assert (one == two).all() and one.shape == (60, 6)


def test_a_draw_made_alone_equals_itself_in_the_batch():
    null, key = nulls.gaussian(Z), draw_key(1, "A", 2)
    alone = statistics_of(null.draw(generator(*key)), key, [2, 3])
    assert (alone == drawn(null, 4, [2, 3])[2]).all()


def test_a_draw_can_be_made_again_alone_and_each_has_random_numbers_of_its_own():
    null = nulls.copula(Z, 0)
    keys = [draw_key(11, name, m) for name in NULLS for m in range(3)]
    batch = [null.draw(generator(*key)) for key in keys]
    assert (null.draw(generator(*draw_key(11, "B", 2))) == batch[5]).all()
    assert len({draw.tobytes() for draw in batch}) == len(keys)


def test_statistics_of_draws_come_in_order_with_the_key_of_their_draw():
    constant = nulls.Gaussian(3, np.eye(2))
    found = of_draws(_last, {"A": constant, "L": constant}, 5, 0, task=2, noun="")
    assert found["A"].tolist() == [[0, m] for m in range(5)]
    assert found["L"].tolist() == [[3, m] for m in range(5)]


def _last(Z, key):
    return np.array(key[-2:])


def test_an_observed_value_stands_beside_the_mean_and_the_quantiles_of_the_draws():
    drawn = {"B": {"index": np.arange(41.0)[:, None]}}
    row = beside_draws({"index": np.array([3.0])}, drawn, [2]).iloc[0]
    assert row.tolist() == [2, "B", "index", 3.0, 20.0, 1.0, 39.0]
