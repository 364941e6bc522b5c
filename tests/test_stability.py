"""Stability: silhouettes, resampled agreement, clusterwise Jaccard, other algorithms."""

import numpy as np
import pandas as pd
import pytest

from compendium import clustering, stability
from compendium.problems import InputRefused

FEW = {"n_resamples": 12, "n_init": 2}


@pytest.fixture(scope="module")
def Z():
    """90 patients in three overlapping groups along one direction."""
    rng = np.random.default_rng(1)
    X = pd.DataFrame(rng.normal(size=(90, 4)) + np.repeat([0.0, 1.5, 3.5], 30)[:, None])
    return clustering.standardise(X)


@pytest.fixture(scope="module")
def fits(Z):
    return stability.fits(Z, (2, 3), n_init=10, severity=Z.mean(axis=1))


@pytest.fixture(scope="module")
def resampled(Z, fits):
    return stability.resample(Z, fits, **FEW)


def _relabelled(fit, order):
    """The same partition under other numbers."""
    labels = np.argsort(order)[fit.labels]
    names = tuple(fit.names[i] for i in order)
    return clustering.Phenotypes(labels, names, fit.centroids, fit.inertia, 1.0, fit.order)


# ----------------------------------------------------------------------------------- silhouettes


def test_silhouettes_are_those_of_scikit_learn(Z, fits):
    from sklearn.metrics import silhouette_samples

    ours = stability.silhouettes(Z, fits).per_patient
    theirs = np.concatenate([silhouette_samples(Z, f.labels) for f in fits.values()])
    assert np.allclose(ours["silhouette"], theirs, rtol=0, atol=1e-12)


def test_the_silhouette_of_four_points_is_what_the_hand_gives():
    points = pd.DataFrame({"a": [0.0, 1.0, 10.0, 12.0]})
    fit = stability.fits(points, [2], n_init=5)[2]
    # a = 1, 1, 2, 2; b = (10+12)/2, (9+11)/2, (10+9)/2, (12+11)/2
    expected = [10 / 11, 9 / 10, 7.5 / 9.5, 9.5 / 11.5]
    per_patient = stability.silhouettes(points, {2: fit}).per_patient
    assert np.allclose(per_patient["silhouette"], expected)


def test_a_cluster_of_one_has_silhouette_zero():
    points = pd.DataFrame({"a": [0.0, 1.0, 50.0]})
    fit = stability.fits(points, [2], n_init=5)[2]
    per_patient = stability.silhouettes(points, {2: fit}).per_patient
    assert per_patient.loc[per_patient["label"] == 1, "silhouette"].tolist() == [0.0]


def test_the_table_by_k_holds_the_smallest_cluster_and_the_share_below_zero(Z, fits):
    both = stability.silhouettes(Z, fits)
    row = both.by_k.set_index("k").loc[3]
    values = both.per_patient.query("k == 3")["silhouette"]
    assert row["smallest"] == min(fits[3].sizes) and row["n"] == 90
    assert row["share_negative"] == (values < 0).mean()


def test_above_the_limit_a_seeded_sample_is_taken_and_said(Z, fits, monkeypatch):
    monkeypatch.setattr(stability, "LARGE", 60)
    one, two = (stability.silhouettes(Z, fits, random_state=4) for _ in range(2))
    assert (one.by_k["n"] == 60).all() and one.per_patient.equals(two.per_patient)


# ------------------------------------------------------------------------------------------- ARI


def test_ari_is_that_of_scikit_learn():
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(2)
    reference, labels = rng.integers(0, 3, 60), rng.integers(0, 4, (40, 60))
    inside = rng.random((40, 60)) < 0.4
    expected = [
        adjusted_rand_score(reference[m], row[m]) for m, row in zip(inside, labels, strict=True)
    ]
    ours = stability.adjusted_rand(reference, labels, inside)
    assert np.allclose(ours, expected, rtol=0, atol=1e-12)


def test_ari_of_equal_partitions_is_one_whatever_the_numbers():
    reference = np.array([0, 0, 1, 1, 2])
    assert stability.adjusted_rand(reference, np.array([[2, 2, 0, 0, 1]])).tolist() == [1.0]


def test_ari_does_not_overflow_in_a_large_cohort():
    reference = np.arange(200_000) % 2
    labels = np.stack([reference, np.arange(200_000) // 100_000])
    assert np.allclose(stability.adjusted_rand(reference, labels), [1, 0], atol=1e-4)


def test_nobody_left_to_compare_gives_no_ari():
    labels, inside = np.array([[0, 1, 1]]), np.array([[True, False, False]])
    assert np.isnan(stability.adjusted_rand(np.array([0, 1, 1]), labels, inside)).all()


# --------------------------------------------------------------------------------------- Jaccard


def test_jaccard_is_the_best_overlap_of_sets():
    reference = np.array([0, 0, 0, 1, 1, 1, 1, 0])
    labels = np.array([[0, 0, 1, 1, 1, 1, 0, 1]])
    inside = np.array([[True] * 7 + [False]])
    sets = [[set(np.flatnonzero(x[:7] == i)) for i in (0, 1)] for x in (reference, labels[0])]
    expected = [max(len(a & b) / len(a | b) for b in sets[1]) for a in sets[0]]
    ours = stability._jaccard(stability._tables(reference, labels, inside))
    assert np.allclose(ours, [expected]) and np.allclose(expected, [0.5, 0.6])


def test_a_cluster_that_nobody_drawn_belongs_to_is_dissolved():
    inside = np.array([[True, True, False]])
    tables = stability._tables(np.array([0, 0, 1]), np.array([[0, 1, 1]]), inside)
    assert stability._jaccard(tables)[0].tolist() == [0.5, 0.0]


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
    assert stability._status(value) == word


def test_clusterwise_jaccard_agrees_with_fpc():
    # R 4.2.2, fpc 2.2-10: t <- (0:79)/79; x <- cbind(4*t, sin(7*t), cos(20*t*t))
    # clusterboot(x, B = 2000, bootmethod = "boot", clustermethod = kmeansCBI, krange = 2,
    #             runs = 20, seed = 1, count = FALSE)$bootmean
    # multipleboot = FALSE, its default: 0.9459, 0.9577; multipleboot = TRUE: 0.9371, 0.9504
    t = np.arange(80) / 79
    X = np.column_stack([4 * t, np.sin(7 * t), np.cos(20 * t * t)])
    fit = stability.fits(pd.DataFrame(X), [2], n_init=10, severity=pd.Series(t))[2]
    scores = stability._scores(X, fit.labels, ("bootstrap_distinct", 2, 0, 1000), 3, 0)
    assert np.allclose(scores.mean(axis=0), [0.9459, 0.9577], rtol=0, atol=0.004)


# -------------------------------------------------------------------------------------- resample


def test_a_replicate_is_scikit_learns_weighted_fit(Z, fits):
    from sklearn.cluster import KMeans

    counts = np.random.default_rng(0).multinomial(90, np.full(90, 1 / 90), size=4)
    ours = stability._assignments(Z.to_numpy(), counts, 3, 4, np.arange(4))
    for b in range(4):
        drawn = counts[b] > 0
        model = KMeans(3, n_init=4, tol=0, random_state=b)
        model.fit(Z.to_numpy()[drawn], sample_weight=counts[b][drawn])
        assert np.array_equal(ours[b], model.predict(Z.to_numpy()))


def test_the_first_bootstrap_replicate_can_be_rerun_by_hand(Z, fits, resampled):
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    draw = np.random.default_rng(np.random.SeedSequence(0, spawn_key=(0, 0)))
    counts = draw.multinomial(90, np.full(90, 1 / 90))
    seed = int(np.random.SeedSequence(0, spawn_key=(1, 2, 0)).generate_state(1)[0])
    values, drawn = Z.to_numpy(), counts > 0
    model = KMeans(2, n_init=FEW["n_init"], tol=0, random_state=seed)
    labels = model.fit(values[drawn], sample_weight=counts[drawn]).predict(values)
    expected = adjusted_rand_score(fits[2].labels[~drawn], labels[~drawn])
    first = resampled.ari.query("k == 2 and scheme == 'bootstrap_oob' and resample == 0")
    assert first["ari"].item() == pytest.approx(expected, abs=1e-12)


def test_a_subsample_holds_four_fifths_each_once():
    counts = stability._drawn("subsample_80", 90, np.random.SeedSequence(1))
    assert counts.sum() == 72 and counts.max() == 1


def test_the_jaccard_draw_is_the_bootstrap_draw_with_each_patient_once():
    with_copies = stability._drawn("bootstrap_oob", 90, np.random.SeedSequence(1))
    distinct = stability._drawn("bootstrap_distinct", 90, np.random.SeedSequence(1))
    assert with_copies.sum() == 90 and np.array_equal(distinct, with_copies > 0)


def test_more_resamples_keep_the_earlier_ones(Z, fits, resampled):
    longer = stability.resample(Z, fits, n_resamples=30, n_init=FEW["n_init"]).ari
    earlier = longer[longer["resample"] < FEW["n_resamples"]].reset_index(drop=True)
    assert earlier.equals(resampled.ari)


def test_the_result_does_not_depend_on_workers(Z, fits, resampled):
    shared = stability.resample(Z, fits, jobs=2, **FEW)
    assert shared.ari.equals(resampled.ari) and shared.jaccard.equals(resampled.jaccard)


def test_the_result_does_not_depend_on_which_k_are_run(Z, fits, resampled):
    alone = stability.resample(Z, {3: fits[3]}, **FEW)
    assert alone.ari.equals(resampled.ari.query("k == 3").reset_index(drop=True))


def test_another_seed_gives_other_resamples(Z, fits, resampled):
    other = stability.resample(Z, fits, random_state=1, **FEW)
    assert not other.ari.equals(resampled.ari)


def test_relabelling_clusters_leaves_stability_unchanged(Z, fits, resampled):
    turned = stability.resample(Z, {3: _relabelled(fits[3], (2, 0, 1))}, **FEW)
    assert turned.ari.equals(resampled.ari.query("k == 3").reset_index(drop=True))
    one, two = (r.jaccard.query("k == 3").sort_values("phenotype") for r in (turned, resampled))
    assert one["mean"].tolist() == two["mean"].tolist()


def test_shifting_and_scaling_all_columns_alike_leaves_stability_unchanged(Z, fits, resampled):
    other = stability.resample(Z * 4 + 1, fits, **FEW)
    assert np.allclose(other.ari["ari"], resampled.ari["ari"])


def test_groups_far_apart_always_come_back():
    Z = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 2)) * 0.1)
    Z.iloc[20:] += 9
    found = stability.resample(Z, stability.fits(Z, [2]), n_resamples=10, n_init=1)
    assert (found.ari["ari"] == 1).all() and set(found.jaccard["status"]) == {"highly stable"}


def test_the_summary_is_mean_sd_and_its_monte_carlo_error(resampled):
    row = resampled.summary.query("k == 3 and scheme == 'subsample_80'").iloc[0]
    values = resampled.ari.query("k == 3 and scheme == 'subsample_80'")["ari"]
    sd = values.std(ddof=1)
    assert (row["mean"], row["sd"]) == pytest.approx((values.mean(), sd))
    assert row["mc_error"] == pytest.approx(sd / np.sqrt(12)) and row["resamples"] == 12


def test_progress_reaches_its_total(Z, fits):
    calls = []
    stability.resample(
        Z, {2: fits[2]}, n_resamples=30, n_init=1, progress=lambda *c: calls.append(c)
    )
    assert calls == [(n, 90) for n in (25, 30, 55, 60, 85, 90)]  # three schemes, tasks of 25


def test_too_few_patients_for_k_are_refused_with_the_remedy(Z, fits):
    with pytest.raises(InputRefused) as refused:
        stability.resample(Z.iloc[:25], fits)
    assert refused.value.problems == (
        "Resampling 3 clusters needs at least 30 patients, and there are 25; leave out k = 3.",
    )


# ------------------------------------------------------------------------------------- agreement


def test_all_algorithms_agree_on_groups_far_apart():
    Z = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 2)) * 0.1)
    Z.iloc[40:] += 9
    table = stability.agreement(Z, stability.fits(Z, [2])[2])
    assert (table["ari"] == 1).all() and (table["moved"] == 0).all()
    assert set(table["sizes"]) == {"40 / 20"}


def test_moved_counts_patients_after_the_best_matching():
    labels, reference = np.array([1, 1, 1, 0, 0, 1]), np.array([0, 0, 0, 1, 1, 1])
    _, moved, sizes, n = stability._compared(labels, reference, 2)
    assert (moved, sizes, n) == (pytest.approx(1 / 6), "4 / 2", 6)


def test_wards_groups_are_those_of_scipy(Z, fits):
    from scipy.cluster.hierarchy import fcluster, linkage

    table = stability.agreement(Z, fits[3]).set_index("algorithm")
    # scipy.cluster.hierarchy.fcluster(linkage(Z, "ward"), 3, "maxclust")
    ward = fcluster(linkage(Z, "ward"), 3, "maxclust") - 1
    expected = stability.adjusted_rand(fits[3].labels, ward[None]).item()
    assert table.loc["Ward", "ari"] == pytest.approx(expected)


def test_in_a_large_cohort_ward_sees_a_sample_and_says_so(Z, fits, monkeypatch):
    monkeypatch.setattr(stability, "LARGE", 60)
    table = stability.agreement(Z, fits[2])
    assert table["n"].tolist() == [60, 90, 90]
