"""Workers: the same numbers wherever the loops run."""

import numpy as np
import pandas as pd
import pytest
from clusterings import found_in, three_overlapping

from compendium.parallel import each, parts, workers
from compendium.stability import resample


@pytest.fixture(scope="module")
def resampled():
    found = found_in(three_overlapping())

    def run(**where):
        with workers(**where):
            return resample(found, {2: found.phenotypes}, n_resamples=60, n_init=2).ari

    return run


@pytest.mark.parametrize("jobs", [1, 2])
def test_tasks_give_their_results_in_order_and_tell_how_many_are_done(jobs):
    told, todo = [], [(2, 0), (2, 1), (2, 2)]
    with workers(jobs, teller=lambda noun: lambda *counts: told.append((noun, *counts))):
        found = list(each(pow, todo, "powers"))
        assert list(each(pow, todo)) == found == [1, 2, 4]
    assert told == [("powers", 1, 3), ("powers", 2, 3), ("powers", 3, 3)]


def test_parts_hold_every_number_once():
    assert [list(part) for part in parts(7, 3)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert parts(0, 3) == []


def test_a_scheduler_given_by_address_is_used(resampled):
    from distributed import LocalCluster

    here = resampled(jobs=1)
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        there = resampled(dask=cluster.scheduler_address)
    pd.testing.assert_frame_equal(here, there, check_exact=True)


def test_a_large_array_is_sent_to_a_cluster_once(monkeypatch):
    from distributed import Client

    sent, scatter = [], Client.scatter
    monkeypatch.setattr(
        Client, "scatter", lambda *one, **how: sent.append(one[1]) or scatter(*one, **how))
    X = np.ones((500, 300))
    with workers(dask="local"):
        assert list(each(np.dot, 3 * [(X[0], X.T)]))[2][0] == 300
    assert len(sent) == 1 and sent[0].nbytes == X.nbytes
