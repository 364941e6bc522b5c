"""One cohort beside cohorts without groups."""

import numpy as np
import pandas as pd
import pytest

from compendium.groups import continuum


@pytest.fixture(scope="module")
def examined():
    Z = pd.DataFrame(np.random.default_rng(1).normal(size=(40, 3)), columns=list("abc"))
    return continuum.examine(
        Z, orientation=dict.fromkeys("abc", "high"), ks=[2], n_draws=19, n_bands=9, random_state=1,
        supporting=False,
    )


def test_every_index_stands_beside_every_null_with_the_number_of_its_draws(examined):
    draws = examined.beside.groupby("statistic")["n_draws"].unique().map(list).to_dict()
    assert draws == {
        "cluster index": [19], "silhouette": [19], "resampled ARI": [9], "smallest Jaccard": [9],
        "prediction strength": [9],
    }
    assert len(examined.beside) == 5 * 4


def test_one_gaussian_against_two_is_left_out_where_it_is_not_asked_for(examined):
    assert examined.mixtures is None
