import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import silhouette_score

from compendium.groups import nulls
from compendium.groups.continuum import assess
from compendium.groups.measures import CUT
from compendium.problems import InputRefused


def frame(X):
    return pd.DataFrame(X, columns=[f"x{j}" for j in range(X.shape[1])])


def one_factor(n=150, p=6, seed=0):
    rng = np.random.default_rng(seed)
    return frame(rng.normal(size=(n, 1)) + rng.normal(size=(n, p)))


def two_groups(n=150, p=6, distance=6.0, seed=0):
    rng = np.random.default_rng(seed)
    severe = rng.random((n, 1)) < 0.4
    return frame(rng.normal(size=(n, p)) + distance * severe / np.sqrt(p))


def run(Z, **options):
    high = dict.fromkeys(Z.columns, "high")
    return assess(Z, **{"orientation": high, "ks": (2, 3), "n_draws": 59} | options)


@pytest.fixture(scope="module")
def grouped():
    return run(two_groups())


@pytest.fixture(scope="module")
def continuous():
    return run(one_factor())


def test_groups_far_apart_are_seen_at_every_rung(grouped):
    assert grouped.verdict.rung == 3
    assert (grouped.p_values["p"] <= 0.05).all()


def test_groups_at_right_angles_to_severity_are_seen_in_the_second_component():
    rng = np.random.default_rng(5)
    severe = rng.random((300, 1)) < 0.4
    X = 1.5 * rng.normal(size=(300, 1)) + rng.normal(size=(300, 8))
    found = run(frame(X + 2 * severe * np.array([1, -1] * 4)))
    cut = found.p_values.set_index(["null", "statistic"]).loc[("L", CUT)]
    assert cut["p"] <= 0.05 and cut["at"] == 2 and found.verdict.rung >= 2


def test_one_gaussian_factor_gives_no_evidence_of_groups(continuous):
    assert continuous.verdict.rung == 0
    assert continuous.p_values["p"].min() > 0.05


def test_one_factor_cohorts_are_rarely_taken_for_groups():
    # 8 cohorts at level 0.05 under null B: four or more alarms would have probability 0.0004
    verdicts = [run(one_factor(80, 4, s), n_draws=19, n_init=3).verdict for s in range(8)]
    assert sum(v.evidence.b_indices <= 0.05 for v in verdicts) <= 3


def test_every_null_and_statistic_has_a_p_value(grouped):
    rows = set(grouped.p_values[["null", "statistic"]].itertuples(index=False, name=None))
    assert rows == {(a, s) for a in "ABCL" for s in ("cluster index", "silhouette", CUT)}
    assert set(run(two_groups(), n_draws=9, sensitivity=True).p_values["null"]) == set("ABCLS")


def test_the_bands_hold_observed_and_null_values_for_every_k(grouped):
    assert len(grouped.by_k) == 4 * 2 * 2
    assert (grouped.by_k["low"] <= grouped.by_k["high"]).all()
    index = grouped.by_k.query("statistic == 'cluster index'")["observed"]
    assert index.between(0, 1).all()


def test_the_observed_statistics_equal_scikit_learns(grouped):
    from sklearn.cluster import KMeans

    Z = nulls.zscore(two_groups().to_numpy())
    found = KMeans(2, n_init=10, random_state=0).fit(Z)
    seen = grouped.by_k.query("null == 'A' and k == 2").set_index("statistic")["observed"]
    assert seen["cluster index"] == pytest.approx(found.inertia_ / (Z**2).sum())
    assert seen["silhouette"] == pytest.approx(silhouette_score(Z, found.labels_))


def test_the_dip_table_compares_each_axis_with_its_own_reference(grouped):
    assert list(grouped.dip["reference"]) == ["uniform law", "null C"]
    assert (grouped.dip["p_holm"] >= grouped.dip["p"]).all()


def test_the_result_does_not_depend_on_workers(grouped):
    again = run(two_groups(), jobs=2)
    pd.testing.assert_frame_equal(again.by_k, grouped.by_k)
    assert again.verdict == grouped.verdict


def test_reordering_columns_leaves_the_observed_statistics_alone(grouped):
    Z = two_groups()
    again = run(Z[Z.columns[::-1]], n_draws=9)
    assert again.by_k["observed"].to_numpy() == pytest.approx(grouped.by_k["observed"].to_numpy())


def test_the_unit_of_a_feature_does_not_matter(grouped):
    Z = two_groups()
    again = run(Z.assign(x0=1000 * Z["x0"] + 5))
    assert again.by_k["observed"].to_numpy() == pytest.approx(grouped.by_k["observed"].to_numpy())


def test_the_direction_of_severity_leaves_the_verdict_alone(grouped):
    Z = two_groups()
    low = run(Z, orientation=dict.fromkeys(Z.columns, "low")).verdict
    given = run(Z, orientation=Z.mean(axis=1)).verdict
    assert low.rung == given.rung == grouped.verdict.rung


def test_a_large_cohort_is_tested_on_a_sample_and_says_so(monkeypatch):
    monkeypatch.setattr("compendium.seeds.LARGE", 60)
    found = run(two_groups(), n_draws=9)
    assert (found.n, found.n_all, len(found.axis)) == (60, 150, 60)


def test_progress_counts_to_the_end():
    seen = []
    run(one_factor(), n_draws=30, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(i, 8) for i in range(1, 9)]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda Z: Z.mask(Z.index.to_series() == 4), "Row 5, column x0: no finite number"),
        (lambda Z: Z.assign(x2=1.0), "Column x2 is constant: leave it out."),
        (lambda Z: Z.head(10), "At least 20 patients and 2 features are needed"),
        (lambda Z: Z[["x0"]], "At least 20 patients and 2 features are needed"),
    ],
)
def test_data_that_cannot_be_tested_are_refused_in_one_sentence(spoil, sentence):
    with pytest.raises(InputRefused, match=sentence):
        run(spoil(one_factor()))


def test_one_cluster_is_no_number_of_groups():
    with pytest.raises(InputRefused, match="Every k must be 2 or more"):
        run(one_factor(), ks=(1, 2))
