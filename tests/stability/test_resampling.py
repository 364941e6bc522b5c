"""Stability: silhouettes, and everything that one pass of resampling says."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris

from compendium import seeds
from compendium.groups.nulls import zscore
from compendium.phenotypes import scaling
from compendium.problems import InputRefused
from compendium.stability import resampling, schemes
from compendium.stability.indices import adjusted_rand

FEW = {"n_resamples": 12, "n_init": 2}


@pytest.fixture(scope="module")
def Z():
    """90 patients in three overlapping groups along one direction."""
    rng = np.random.default_rng(1)
    X = pd.DataFrame(rng.normal(size=(90, 4)) + np.repeat([0.0, 1.5, 3.5], 30)[:, None])
    return scaling.standardise(X)


@pytest.fixture(scope="module")
def fits(Z):
    return resampling.fits(Z, (2, 3), n_init=10, severity=Z.mean(axis=1))


@pytest.fixture(scope="module")
def resampled(Z, fits):
    return resampling.resample(Z, fits, **FEW)


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


# ----------------------------------------------------------------------------------- silhouettes


def test_silhouettes_are_those_of_scikit_learn(Z, fits):
    from sklearn.metrics import silhouette_samples

    ours = resampling.silhouettes_by_k(Z, fits).per_patient
    theirs = np.concatenate([silhouette_samples(Z, f.labels) for f in fits.values()])
    assert np.allclose(ours["silhouette"], theirs, rtol=0, atol=1e-12)


def test_the_silhouette_of_four_points_is_what_the_hand_gives():
    points = pd.DataFrame({"a": [0.0, 1.0, 10.0, 12.0]})
    fit = resampling.fits(points, [2], n_init=5)[2]
    # a = 1, 1, 2, 2; b = (10+12)/2, (9+11)/2, (10+9)/2, (12+11)/2
    expected = [10 / 11, 9 / 10, 7.5 / 9.5, 9.5 / 11.5]
    per_patient = resampling.silhouettes_by_k(points, {2: fit}).per_patient
    assert np.allclose(per_patient["silhouette"], expected)


def test_a_cluster_of_one_has_silhouette_zero():
    points = pd.DataFrame({"a": [0.0, 1.0, 50.0]})
    fit = resampling.fits(points, [2], n_init=5)[2]
    per_patient = resampling.silhouettes_by_k(points, {2: fit}).per_patient
    assert per_patient.loc[per_patient["label"] == 1, "silhouette"].tolist() == [0.0]


def test_the_table_by_k_holds_the_smallest_cluster_and_the_share_below_zero(Z, fits):
    both = resampling.silhouettes_by_k(Z, fits)
    row = both.by_k.set_index("k").loc[3]
    values = both.per_patient.query("k == 3")["silhouette"]
    assert row["smallest"] == min(fits[3].sizes) and row["n"] == 90
    assert row["share_negative"] == (values < 0).mean()


def test_the_silhouettes_of_one_k_do_not_depend_on_the_others(Z, fits):
    alone = resampling.silhouettes_by_k(Z, {2: fits[2]}).by_k
    both = resampling.silhouettes_by_k(Z, fits).by_k
    assert alone["silhouette"].item() == pytest.approx(both["silhouette"][0], abs=1e-14)


def test_above_the_limit_a_seeded_sample_is_taken_and_said(Z, fits, monkeypatch):
    monkeypatch.setattr(seeds, "LARGE", 60)
    one, two = (resampling.silhouettes_by_k(Z, fits, random_state=4) for _ in range(2))
    assert (one.by_k["n"] == 60).all() and one.per_patient.equals(two.per_patient)


# --------------------------------------------------------------------------------- ARI and Jaccard


def test_every_resampled_ari_is_that_of_scikit_learn(Z, fits):
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    ours = resampling.resample(Z, {2: fits[2]}, n_resamples=8, n_init=20).ari
    for scheme in resampling.SCHEMES:
        counts = schemes.drawn(scheme, 0, range(8), 90)
        compared = schemes.who_is_compared(scheme, counts)
        expected = []
        for weights, inside in zip(counts, compared, strict=True):
            model = KMeans(2, n_init=40, tol=0, random_state=0).fit(Z, sample_weight=weights)
            labels = model.predict(Z)[inside]
            expected.append(adjusted_rand_score(fits[2].labels[inside], labels))
        found = ours.query("scheme == @scheme")["ari"]
        assert np.allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (0.5, "dissolved"),
        (0.6, "between dissolved and recovered"),
        (0.75, "recovered"),
        (0.85, "highly stable"),
    ],
)
def test_the_words_for_jaccard_are_those_of_hennig(value, word):
    assert resampling._status(value) == word


def test_clusterwise_jaccard_agrees_with_fpc():
    # R 4.2.2, fpc 2.2-10: t <- (0:79)/79; x <- cbind(4*t, sin(7*t), cos(20*t*t))
    # clusterboot(x, B = 2000, bootmethod = "boot", clustermethod = kmeansCBI, krange = 2,
    #             runs = 20, seed = 1, count = FALSE)$bootmean
    # multipleboot = FALSE, its default: 0.9459, 0.9577; multipleboot = TRUE: 0.9371, 0.9504
    t = np.arange(80) / 79
    Z = pd.DataFrame({"a": 4 * t, "b": np.sin(7 * t), "c": np.cos(20 * t * t)})
    fits = resampling.fits(Z, [2], n_init=10, severity=pd.Series(t))
    found = resampling.resample(Z, fits, n_init=3).jaccard["mean"]
    assert np.allclose(found, [0.9459, 0.9577], rtol=0, atol=0.004)


def test_the_summary_is_mean_sd_and_its_monte_carlo_error(resampled):
    row = resampled.summary.query("k == 3 and scheme == 'subsample_80'").iloc[0]
    values = resampled.ari.query("k == 3 and scheme == 'subsample_80'")["ari"]
    sd = values.std(ddof=1)
    assert (row["mean"], row["sd"]) == pytest.approx((values.mean(), sd))
    assert row["mc_error"] == pytest.approx(sd / np.sqrt(12)) and row["resamples"] == 12


# ------------------------------------------------------------------ prediction strength, certainty


def test_the_prediction_strength_of_every_k_rests_on_a_hundred_halves(resampled):
    table = resampled.prediction_strength
    assert table["k"].tolist() == [2, 3] and (table["halves"] == 100).all()
    assert table["mean"].between(0, 1).all()
    assert np.allclose(table["mc_error"], table["sd"] / 10)


def test_every_patient_has_a_certainty_at_every_k(Z, fits, resampled):
    table = resampled.certainty
    assert table["label"].tolist() == [*fits[2].labels, *fits[3].labels]
    assert table["co_assignment"].between(0, 1).all() and (table["margin"] >= 0).all()


def test_who_was_out_of_bag_is_counted(resampled):
    counts = schemes.drawn("bootstrap_oob", 0, range(12), 90)
    times = (counts == 0).sum(axis=0)
    assert np.array_equal(resampled.certainty.query("k == 3")["out_of_bag"], times)


def test_the_nearer_to_the_border_the_less_certain(resampled):
    table = resampled.certainty.query("k == 3")
    assert table["margin"].corr(table["same_phenotype"], method="spearman") > 0.3


def test_groups_far_apart_always_come_back():
    Z = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 2)) * 0.1)
    Z.iloc[20:] += 9
    found = resampling.resample(Z, resampling.fits(Z, [2]), n_resamples=30, n_init=1)
    assert (found.ari["ari"] == 1).all() and set(found.jaccard["status"]) == {"highly stable"}
    assert found.prediction_strength["mean"].item() == 1.0 and found.certainty["core"].all()


# -------------------------------------------------------------------------------------- resample


def test_a_hundred_resamples_begin_with_the_same_fifty(Z, fits):
    few, many = (resampling.resample(Z, fits, n_resamples=n, n_init=2).ari for n in (50, 100))
    assert many[many["resample"] < 50].reset_index(drop=True).equals(few)


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_the_result_does_not_depend_on_workers(Z, fits, resampled, backend):
    from joblib import parallel_config

    with parallel_config(backend=backend):
        assert _same(resampling.resample(Z, fits, jobs=2, **FEW), resampled)


def test_a_dask_cluster_gives_the_same_bits(Z, fits, resampled):
    from compendium.parallel import workers

    with workers(jobs=1, dask="local"):
        assert _same(resampling.resample(Z, fits, **FEW), resampled)


def test_the_result_does_not_depend_on_how_much_is_held_at_once(Z, fits, resampled, monkeypatch):
    monkeypatch.setattr(schemes, "_TOGETHER", 8 * len(Z))
    assert _same(resampling.resample(Z, fits, **FEW), resampled)


def test_the_result_does_not_depend_on_which_k_are_run(Z, fits, resampled):
    alone = resampling.resample(Z, {3: fits[3]}, **FEW)
    assert alone.ari.equals(resampled.ari.query("k == 3").reset_index(drop=True))
    assert alone.certainty.equals(resampled.certainty.query("k == 3").reset_index(drop=True))


def test_another_seed_gives_other_resamples(Z, fits, resampled):
    other = resampling.resample(Z, fits, random_state=1, **FEW)
    assert not other.ari.equals(resampled.ari)


def test_relabelling_clusters_leaves_stability_unchanged(Z, fits, resampled):
    turned = resampling.resample(Z, {3: _relabelled(fits[3], (2, 0, 1))}, **FEW)
    assert turned.ari.equals(resampled.ari.query("k == 3").reset_index(drop=True))
    one, two = (r.jaccard.query("k == 3").sort_values("phenotype") for r in (turned, resampled))
    assert one["mean"].tolist() == two["mean"].tolist()
    one, two = (r.certainty.query("k == 3")["same_phenotype"] for r in (turned, resampled))
    assert one.tolist() == two.tolist()


def test_shifting_and_scaling_all_columns_alike_leaves_stability_unchanged(Z, fits, resampled):
    other = resampling.resample(Z * 4 + 1, fits, **FEW)
    assert np.allclose(other.ari["ari"], resampled.ari["ari"])


def test_progress_counts_fits_up_to_all_of_them(Z, fits):
    calls = []
    resampling.resample(
        Z, {2: fits[2]}, n_resamples=60, n_init=1, progress=lambda *c: calls.append(c)
    )
    # three schemes of 60, then 100 pairs of halves
    done = [d for d, _ in calls]
    assert done == sorted(done) and {60, 120, 180} < set(done) and calls[-1] == (380, 380)


def test_too_few_patients_for_k_are_refused_with_the_remedy(Z, fits):
    with pytest.raises(InputRefused) as refused:
        resampling.resample(Z.iloc[:25], fits)
    assert refused.value.problems == (
        "Resampling 3 clusters needs at least 30 patients, and there are 25; leave out k = 3.",
    )


def test_a_gap_is_refused_with_its_place(Z, fits):
    holed = Z.copy()
    holed.iloc[4, 2] = np.nan
    with pytest.raises(InputRefused, match="Row 5, column 2: no finite number"):
        resampling.resample(holed, fits)


def test_silhouettes_and_indices_equal_r_cluster_and_fpc_on_iris():
    # R: X <- scale(iris[, 1:4]); k <- kmeans(X, 3, nstart = 100); k$tot.withinss
    #    mean(cluster::silhouette(k$cluster, dist(X))[, 3])
    #    fpc::cluster.stats(dist(X), k$cluster)$ch
    Z = pd.DataFrame(zscore(load_iris().data))
    found = resampling.fits(Z, [2, 3], n_init=20, random_state=0)
    by_k = resampling.silhouettes_by_k(Z, found).by_k
    assert by_k["inertia"].tolist() == pytest.approx([220.879293598589, 138.888359717351])
    assert by_k["silhouette"].tolist() == pytest.approx([0.58175004919828, 0.45994823920519])
    assert by_k["calinski_harabasz"][1] == pytest.approx(241.904401701832)
    # R: mclust::adjustedRandIndex(k$cluster, iris$Species)
    ari = adjusted_rand(found[3].labels, load_iris().target)
    assert float(ari[0]) == pytest.approx(0.62013518088704)
