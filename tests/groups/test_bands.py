import numpy as np
import pytest

from compendium.groups import nulls
from compendium.groups.bands import INDICES, bands, stability, strength_of_draw
from compendium.groups.continuum import reference_nulls


def cohort(distance=0.0, n=120, p=4, seed=0):
    rng = np.random.default_rng(seed)
    severe = rng.random((n, 1)) < 0.4
    return nulls.zscore(rng.normal(size=(n, p)) + distance * severe / np.sqrt(p))


def small(Z, **options):
    prepared = reference_nulls(Z, nulls.course(Z), 0)
    return bands(Z, prepared, ks=[2, 3], m_bands=6, b_bands=8, halves=3, **options)


@pytest.fixture(scope="module")
def grouped():
    return small(cohort(8.0))


def test_groups_far_apart_are_perfectly_stable():
    assert stability(cohort(14.0), [2], 10, 4, 5, 0)[0] == pytest.approx(1.0)


def test_two_groups_cut_in_three_do_not_predict_each_other():
    Z = cohort(14.0)
    assert strength_of_draw(Z, 3, 5, 5, 0) < 0.7 < strength_of_draw(Z, 2, 5, 5, 0)


def test_prediction_strength_equals_its_definition():
    from compendium import seeds
    from compendium.phenotypes import kmeans
    from compendium.stability.schemes import HALVES

    Z = cohort(2.0, n=40)
    first = np.zeros(40, bool)
    first[seeds.generator(3, HALVES, 0).permutation(40)[:20]] = True
    options = {"n_init": 5, "random_state": 3, "replicates": range(2)}
    both = kmeans.replicate_labels(Z, np.array([first, ~first]), 2, **options).labels
    by_hand = []
    for own, predicted, half in ((both[0], both[1], first), (both[1], both[0], ~first)):
        shares = []
        for c in (0, 1):
            at = np.flatnonzero(half & (own == c))
            pairs = [(i, j) for i in at for j in at if i != j]
            shares.append(np.mean([predicted[i] == predicted[j] for i, j in pairs]))
        by_hand.append(min(shares))
    assert strength_of_draw(Z, 2, 1, 5, 3) == pytest.approx(np.mean(by_hand))


def test_every_k_null_and_index_has_a_row(grouped):
    assert len(grouped) == 2 * 4 * 3
    assert set(grouped["index"]) == set(INDICES) and set(grouped["null"]) == set("ABCL")


def test_the_observed_index_is_the_same_beside_every_null(grouped):
    assert (grouped.groupby(["k", "index"])["observed"].nunique() == 1).all()


def test_groups_are_more_stable_than_one_gaussian(grouped):
    ari = grouped.query("k == 2 and index == 'resampled ARI' and null == 'A'").iloc[0]
    assert ari["observed"] > ari["high"] and ari["share_above"] == 0


def test_all_indices_lie_in_their_range(grouped):
    assert grouped[["observed", "mean", "high"]].to_numpy().max() <= 1
    assert grouped.query("index != 'resampled ARI'")[["observed", "low"]].to_numpy().min() >= 0


def test_the_bands_do_not_depend_on_workers(grouped):
    assert small(cohort(8.0), jobs=2).equals(grouped)
