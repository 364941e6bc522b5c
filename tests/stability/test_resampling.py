"""Stability: silhouettes, and everything that one pass of resampling says."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from clusterings import found_in, three_overlapping
from sklearn.datasets import load_iris

from compendium import seeds
from compendium.parallel import workers
from compendium.phenotypes import scaling
from compendium.phenotypes.core import placed
from compendium.problems import InputRefused
from compendium.stability import resampling, schemes
from compendium.stability.indices import adjusted_rand
from compendium.stability.resampling import by_number, fits, resample, silhouettes

FEW = {"n_resamples": 12, "n_init": 2}


@pytest.fixture(scope="module")
def found():
    return found_in(three_overlapping())


@pytest.fixture(scope="module")
def both(found):
    return fits(found, (2, 3), n_init=10)


@pytest.fixture(scope="module")
def resampled(found, both):
    return resample(found, both, **FEW)


def _relabelled(fit, order):
    """The same partition under other numbers."""
    labels = np.argsort(order)[fit.labels]
    centroids = fit.centroids.iloc[list(order)]
    return replace(fit, labels=labels, names=tuple(centroids.index), centroids=centroids)


def _same(one, two):
    """Whether two results are equal to the last bit."""
    return all(
        getattr(one, f).equals(getattr(two, f)) for f in resampling.Resampled.__annotations__
    )


def test_the_fits_are_those_of_clustering_and_that_of_the_phenotypes_is_their_own(found, both):
    from compendium.phenotypes import clustering

    three = clustering.fit(found.Z, n_clusters=3, n_init=10, severity=found.severity)
    assert both[2] is found.phenotypes and list(both) == [2, 3]
    assert (both[3].labels == three.labels).all() and both[3].names == three.names


def test_the_table_by_k_holds_the_smallest_cluster_and_the_share_below_zero(found, both):
    shapes = silhouettes(found, both)
    row = shapes.by_k.set_index("k").loc[3]
    values = shapes.per_patient.query("k == 3")["silhouette"]
    assert row["smallest"] == min(both[3].sizes) and row["n"] == 90
    assert row["share_negative"] == (values < 0).mean()


def test_the_silhouettes_of_one_k_do_not_depend_on_the_others(found, both):
    alone, beside = (silhouettes(found, of).by_k for of in ({2: both[2]}, both))
    assert alone["silhouette"].item() == pytest.approx(beside["silhouette"][0], abs=1e-14)


def test_above_the_limit_a_seeded_sample_is_taken_and_said(found, both, monkeypatch):
    monkeypatch.setattr(seeds, "LARGE", 60)
    one, two = (silhouettes(found, both) for _ in range(2))
    assert (one.by_k["n"] == 60).all() and one.per_patient.equals(two.per_patient)


def test_every_resampled_ari_is_that_of_scikit_learn(found, both):
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    Z, ours = found.Z, resample(found, {2: both[2]}, n_resamples=8, n_init=20).ari
    for scheme in (schemes.OUT_OF_BAG, schemes.SUBSAMPLE):
        counts = schemes.drawn(scheme, 0, range(8), 90)
        compared = schemes.who_is_compared(scheme, counts)
        expected = []
        for weights, inside in zip(counts, compared, strict=True):
            model = KMeans(2, n_init=40, tol=0, random_state=0).fit(Z, sample_weight=weights)
            labels = model.predict(Z)[inside]
            expected.append(adjusted_rand_score(both[2].labels[inside], labels))
        seen = ours.query("scheme == @scheme")["ari"]
        assert len(seen) == 8 and np.allclose(seen, expected, rtol=0, atol=1e-12)


def test_the_words_for_jaccard_are_those_of_hennig():
    assert [resampling._status(value) for value in (0.5, 0.6, 0.75, 0.85)] == [
        "dissolved", "between dissolved and recovered", "recovered", "highly stable"]


def test_clusterwise_jaccard_agrees_with_fpc():
    # R 4.2.2, fpc 2.2-10: t <- (0:79)/79; x <- cbind(4*t, sin(7*t), cos(20*t*t))
    # clusterboot(x, B = 2000, bootmethod = "boot", clustermethod = kmeansCBI, krange = 2,
    #             runs = 20, seed = 1, count = FALSE)$bootmean
    # multipleboot = FALSE, its default: 0.9459, 0.9577; multipleboot = TRUE: 0.9371, 0.9504
    t = np.arange(80) / 79
    Z = pd.DataFrame({"a": 4 * t, "b": np.sin(7 * t), "c": np.cos(20 * t * t)})
    found = found_in(Z, worse={"a": "high", "b": "none", "c": "none"})
    jaccard = resample(found, {2: found.phenotypes}, n_resamples=1000, n_init=3).jaccard["mean"]
    assert np.allclose(jaccard, [0.9459, 0.9577], rtol=0, atol=0.004)


def test_the_summary_is_mean_sd_and_its_monte_carlo_error(resampled):
    row = resampled.summary.query("k == 3 and scheme == 'subsample_80'").iloc[0]
    values = resampled.ari.query("k == 3 and scheme == 'subsample_80'")["ari"]
    sd = values.std(ddof=1)
    assert (row["mean"], row["sd"]) == pytest.approx((values.mean(), sd))
    assert row["mc_error"] == pytest.approx(sd / np.sqrt(12)) and row["resamples"] == 12


def test_the_prediction_strength_of_every_k_rests_on_a_hundred_halves(resampled):
    table = resampled.prediction_strength
    assert table["k"].tolist() == [2, 3] and (table["halves"] == 100).all()
    assert table["mean"].between(0, 1).all()
    assert np.allclose(table["mc_error"], table["sd"] / 10)


def test_the_nearer_to_the_border_the_less_certain(found, both, resampled):
    table, margin = resampled.certainty.query("k == 3"), placed(found.Z, both[3].centroids)[3]
    assert pd.Series(margin, table.index).corr(table["same_phenotype"], method="spearman") > 0.3


def test_groups_far_apart_always_come_back():
    Z = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 2)) * 0.1)
    Z.iloc[20:] += 9
    found = found_in(Z)
    back = resample(found, fits(found, [2]), n_resamples=30, n_init=1)
    assert (back.ari["ari"] == 1).all() and set(back.jaccard["status"]) == {"highly stable"}
    assert back.prediction_strength["mean"].item() == 1.0 and back.certainty["core"].all()


def test_a_hundred_resamples_begin_with_the_same_fifty(found, both):
    few, many = (resample(found, both, n_resamples=n, n_init=2).ari for n in (50, 100))
    assert many[many["resample"] < 50].reset_index(drop=True).equals(few)


@pytest.mark.parametrize("where", [{"jobs": 2}, {"jobs": 2, "processes": True}, {"dask": "local"}])
def test_the_result_does_not_depend_on_workers(found, both, resampled, where):
    with workers(**where):
        assert _same(resample(found, both, **FEW), resampled)


def test_the_result_does_not_depend_on_how_much_is_held_at_once(
    found, both, resampled, monkeypatch
):
    monkeypatch.setattr(resampling, "_TOGETHER", 8 * len(found.Z))
    assert _same(resample(found, both, **FEW), resampled)


def test_the_result_does_not_depend_on_which_k_are_run(found, both, resampled):
    alone = resample(found, {3: both[3]}, **FEW)
    assert alone.ari.equals(resampled.ari.query("k == 3").reset_index(drop=True))
    assert alone.certainty.equals(resampled.certainty.query("k == 3").reset_index(drop=True))


def test_another_seed_gives_other_resamples(found, both, resampled):
    other = resample(replace(found, random_state=1), both, **FEW)
    assert not other.ari.equals(resampled.ari)


def test_relabelling_clusters_leaves_stability_unchanged(found, both, resampled):
    turned = resample(found, {3: _relabelled(both[3], (2, 0, 1))}, **FEW)
    assert turned.ari.equals(resampled.ari.query("k == 3").reset_index(drop=True))
    one, two = (r.jaccard.query("k == 3").sort_values("phenotype") for r in (turned, resampled))
    assert one["mean"].tolist() == two["mean"].tolist()
    one, two = (r.certainty.query("k == 3")["same_phenotype"] for r in (turned, resampled))
    assert one.tolist() == two.tolist()


def test_shifting_and_scaling_all_columns_alike_leaves_stability_unchanged(found, both, resampled):
    other = resample(replace(found, Z=found.Z * 4 + 1), both, **FEW)
    assert np.allclose(other.ari["ari"], resampled.ari["ari"])


def test_tasks_of_fits_are_told_up_to_all_of_them(found, both):
    told = []
    with workers(teller=lambda noun: lambda *counts: told.append((noun, *counts))):
        resample(found, {2: both[2]}, n_resamples=60, n_init=1)
    # three schemes of 60 and one of 200, at most fifty at once
    assert told == [("batches of fits", done, 10) for done in range(1, 11)]


def test_too_few_patients_for_k_are_refused_with_the_remedy(found, both, refusal):
    assert refusal(resample, replace(found, Z=found.Z.iloc[:25]), both) == (
        "Resampling 3 clusters needs at least 30 patients, and there are 25; leave out k = 3.",
    )


def test_a_gap_is_refused_with_its_place(found, both):
    holed = found.Z.copy()
    holed.iloc[4, 2] = np.nan
    with pytest.raises(InputRefused, match="Row 5, column 2: no finite number"):
        resample(replace(found, Z=holed), both)


def test_the_record_of_a_k_holds_its_indices_its_schemes_and_what_stands_beside(
    found, both, resampled
):
    beside = pd.DataFrame({"k": [3, 2], "statistic": ["B", "A"]})
    two, three = by_number(silhouettes(found, both), resampled, null_bands=beside)
    assert (two["k"], three["k"], three["n"]) == (2, 3, 90)
    assert list(three["ari"]) == ["bootstrap_oob", "subsample_80"]
    assert set(three["ari"]["subsample_80"]) == {"mean", "sd", "mc_error", "resamples"}
    assert [cluster["phenotype"] for cluster in three["jaccard"]] == list(both[3].names)
    assert (two["null_bands"], three["null_bands"]) == ([{"statistic": "A"}], [{"statistic": "B"}])


def test_silhouettes_equal_r_cluster_on_iris():
    # R: X <- scale(iris[, 1:4]); k <- kmeans(X, 3, nstart = 100); k$tot.withinss
    #    mean(cluster::silhouette(k$cluster, dist(X))[, 3])
    found = found_in(scaling.standardise(pd.DataFrame(load_iris().data)), n_init=20)
    both = fits(found, [2, 3], n_init=20)
    by_k = silhouettes(found, both).by_k
    assert by_k["inertia"].tolist() == pytest.approx([220.879293598589, 138.888359717351])
    assert by_k["silhouette"].tolist() == pytest.approx([0.58175004919828, 0.45994823920519])
    # R: mclust::adjustedRandIndex(k$cluster, iris$Species)
    ari = adjusted_rand(both[3].labels, load_iris().target)
    assert float(ari[0]) == pytest.approx(0.62013518088704)
