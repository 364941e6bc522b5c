import numpy as np
import pytest
from clusterings import two_groups

from compendium.groups import bands, nulls
from compendium.groups.continuum import reference_nulls
from compendium.parallel import workers
from compendium.phenotypes import kmeans
from compendium.stability.schemes import HALVES, drawn, prediction_strengths

STRENGTH = 2  # column of prediction strength


def cohort(distance, n=120):
    return nulls.zscore(two_groups(n, 4, distance))


def small():
    Z = cohort(8.0)
    prepared = reference_nulls(Z, nulls.course(Z), 0)
    return bands.bands(Z, prepared, [2, 3], n_bands=6, random_state=0)


@pytest.fixture(scope="module")
def grouped():
    return small()


def test_groups_far_apart_are_perfectly_stable():
    assert bands.stability(cohort(14.0), (0,), [2])[0] == pytest.approx(1.0)


def test_two_groups_cut_in_three_do_not_predict_each_other():
    two, three = bands.stability(cohort(14.0), (0,), [2, 3])[:, STRENGTH]
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
    assert bands.stability(Z, (3,), [2])[0, STRENGTH] == expected < 1


def test_every_k_null_and_index_has_a_row(grouped):
    assert len(grouped) == 2 * 4 * 3 and set(grouped["null"]) == set("ABCL")
    assert list(grouped["statistic"].unique()) == [
        "resampled ARI", "smallest Jaccard", "prediction strength"]


def test_the_observed_index_is_the_same_beside_every_null(grouped):
    assert (grouped.groupby(["k", "statistic"])["observed"].nunique() == 1).all()


def test_groups_are_more_stable_than_one_gaussian(grouped):
    ari = grouped.query("k == 2 and statistic == 'resampled ARI' and null == 'A'").iloc[0]
    assert ari["observed"] > ari["high"] >= ari["mean"] >= ari["low"]


def test_all_indices_lie_in_their_range(grouped):
    assert grouped[["observed", "mean", "high"]].to_numpy().max() <= 1
    assert grouped.query("statistic != 'resampled ARI'")[["observed", "low"]].to_numpy().min() >= 0


def test_the_bands_do_not_depend_on_workers(grouped):
    with workers(2):
        assert small().equals(grouped)
