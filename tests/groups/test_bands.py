import numpy as np
import pandas as pd
import pytest
from clusterings import found_in, two_groups
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from compendium.groups import bands, null_bands, nulls
from compendium.groups.bands import INDICES, indices
from compendium.parallel import workers
from compendium.phenotypes import kmeans
from compendium.stability.schemes import HALVES, drawn, prediction_strengths

STRENGTH = INDICES.index("prediction strength")


def cohort(distance, n=120):
    return nulls.zscore(two_groups(n, 4, distance))


def small():
    return null_bands(found_in(pd.DataFrame(cohort(8.0)).rename(columns=str)), [3, 2], n_bands=6)


@pytest.fixture(scope="module")
def grouped():
    return small()


def test_groups_far_apart_are_perfectly_stable():
    assert indices(cohort(14.0), (0,), [2])[0, 2:] == pytest.approx(1.0)


def test_silhouette_and_cluster_index_equal_scikit_learns():
    Z = cohort(6.0)
    found = KMeans(2, n_init=10, random_state=0).fit(Z)
    expected = silhouette_score(Z, found.labels_), found.inertia_ / (Z**2).sum()
    assert indices(Z, (0,), [2])[0, :2] == pytest.approx(expected)


def test_two_groups_cut_in_three_do_not_predict_each_other():
    two, three = indices(cohort(14.0), (0,), [2, 3])[:, STRENGTH]
    assert three < 0.7 < two


def test_prediction_strength_is_that_of_the_schemes_with_starts_of_first_halves_first(monkeypatch):
    monkeypatch.setattr(bands, "_SPLITS", 2)
    Z, counts = cohort(2.0, n=40), drawn(HALVES, 3, range(4), 40)
    labels = [
        kmeans.replicate_labels(
            Z, counts[[half]], 2, n_init=10, random_state=3, replicates=range(b, b + 1)).labels[0]
        for half, b in enumerate((0, 2, 1, 3))
    ]
    expected = prediction_strengths(np.stack(labels), counts, 2).mean()
    assert indices(Z, (3,), [2])[0, STRENGTH] == expected < 1


def test_every_k_and_index_has_a_row(grouped):
    assert len(grouped) == 2 * 5 and (grouped["n_draws"] == 6).all()
    assert list(grouped["statistic"].unique()) == list(INDICES) and set(grouped["k"]) == {2, 3}


def test_groups_are_more_stable_than_a_continuum(grouped):
    ari = grouped.query("k == 2 and statistic == 'resampled ARI'").iloc[0]
    assert ari["observed"] > ari["high"] >= ari["mean"] >= ari["low"]


def test_all_indices_lie_in_their_range(grouped):
    assert grouped[["observed", "mean", "high"]].to_numpy().max() <= 1
    assert grouped.query("statistic != 'resampled ARI'")[["observed", "low"]].to_numpy().min() >= 0


def test_the_bands_do_not_depend_on_workers(grouped):
    with workers(2):
        assert small().equals(grouped)
