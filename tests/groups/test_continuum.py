"""The test alone, and one cohort beside cohorts without groups."""

import numpy as np
import pandas as pd
import pytest
from clusterings import found_in, one_factor, two_groups
from sklearn.metrics import silhouette_score

from compendium.groups import continuum, examine, nulls
from compendium.groups.measures import CUT
from compendium.parallel import workers
from compendium.problems import InputRefused


def frame(X):
    return pd.DataFrame(X, columns=[f"x{j}" for j in range(X.shape[1])])


def run(X, ks=(2, 3), sign=1.0, n_draws=59):
    Z = X if isinstance(X, pd.DataFrame) else frame(X)
    return continuum.assess(Z, np.full(Z.shape[1], sign), list(ks), n_draws=n_draws)


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
    found = run(X + 2 * severe * np.array([1, -1] * 4))
    cut = found.p_values.set_index(["null", "statistic"]).loc[("L", CUT)]
    assert cut["p"] <= 0.05 and cut["at"] == 2 and found.verdict.rung >= 2


def test_one_gaussian_factor_gives_no_evidence_of_groups(continuous):
    assert continuous.verdict.rung == 0
    assert continuous.p_values["p"].min() > 0.05


def test_one_factor_cohorts_are_rarely_taken_for_groups():
    # 8 cohorts at level 0.05 under null B: four or more alarms would have probability 0.0004
    verdicts = [run(one_factor(80, 4, s), n_draws=19).verdict for s in range(8)]
    assert sum(v.evidence.b_indices <= 0.05 for v in verdicts) <= 3


def test_every_null_and_statistic_has_a_p_value(grouped):
    rows = set(grouped.p_values[["null", "statistic"]].itertuples(index=False, name=None))
    assert rows == {(a, s) for a in "ABCL" for s in ("cluster index", "silhouette", CUT)}


def test_the_bands_hold_observed_and_null_values_for_every_k(grouped):
    assert len(grouped.by_k) == 4 * 2 * 2
    assert (grouped.by_k["low"] <= grouped.by_k["high"]).all()
    index = grouped.by_k.query("statistic == 'cluster index'")["observed"]
    assert index.between(0, 1).all()


def test_the_observed_statistics_equal_scikit_learns(grouped):
    from sklearn.cluster import KMeans

    Z = nulls.zscore(two_groups())
    found = KMeans(2, n_init=10, random_state=0).fit(Z)
    seen = grouped.by_k.query("null == 'A' and k == 2").set_index("statistic")["observed"]
    assert seen["cluster index"] == pytest.approx(found.inertia_ / (Z**2).sum())
    assert seen["silhouette"] == pytest.approx(silhouette_score(Z, found.labels_))


def test_the_evidence_is_both_indices_or_the_cut_doubled_for_two_looks(continuous):
    p, e = continuous.p_values.set_index(["null", "statistic"])["p"], continuous.verdict.evidence
    both = {null: max(p[null, "cluster index"], p[null, "silhouette"]) for null in "BCL"}
    assert (e.c, e.b_indices) == (both["C"], both["B"])
    assert [e.b, e.l] == [min(1, 2 * min(both[null], p[null, CUT])) for null in "BL"]


def test_the_gap_and_its_valley_are_those_of_the_clearer_dip(grouped):
    clearer = grouped.dip.sort_values("p_holm").iloc[0]
    said = grouped.verdict
    assert (said.evidence.gap, said.valley) == (clearer["p_holm"], clearer["valley_to_peak"])


def test_the_dip_table_compares_each_axis_with_its_own_reference(grouped):
    assert list(grouped.dip["reference"]) == ["uniform law", "null C"]
    assert (grouped.dip["p_holm"] >= grouped.dip["p"]).all()


def test_the_result_does_not_depend_on_workers(grouped):
    with workers(2):
        again = run(two_groups())
    pd.testing.assert_frame_equal(again.by_k, grouped.by_k)
    assert again.verdict == grouped.verdict


def test_reordering_columns_leaves_the_observed_statistics_alone(grouped):
    Z = frame(two_groups())
    again = run(Z[Z.columns[::-1]], n_draws=9)
    assert again.by_k["observed"].to_numpy() == pytest.approx(grouped.by_k["observed"].to_numpy())


def test_the_unit_of_a_feature_does_not_matter(grouped):
    Z = frame(two_groups())
    again = run(Z.assign(x0=1000 * Z["x0"] + 5))
    assert again.by_k["observed"].to_numpy() == pytest.approx(grouped.by_k["observed"].to_numpy())


def test_the_direction_of_severity_turns_the_course_and_leaves_the_verdict_alone(grouped):
    turned = run(two_groups(), sign=-1.0)
    assert turned.verdict.rung == grouped.verdict.rung
    assert (turned.axis == -grouped.axis).all(axis=None)
    assert (grouped.axis.corrwith(pd.Series(two_groups().mean(axis=1))) > 0.9).all()


def test_a_large_cohort_is_tested_on_a_sample_and_says_so(monkeypatch):
    monkeypatch.setattr("compendium.seeds.LARGE", 60)
    found = run(two_groups(), n_draws=9)
    assert found.n == len(found.axis) == len(found.rows) == 60


def test_batches_of_draws_are_told_up_to_all_of_them():
    told = []
    with workers(teller=lambda noun: lambda *counts: told.append((noun, *counts))):
        run(one_factor(), n_draws=30)
    assert told == [("batches of null draws tested", i, 8) for i in range(1, 9)]


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
        run(spoil(frame(one_factor())))


def test_one_cluster_is_no_number_of_groups():
    with pytest.raises(InputRefused, match="Every k must be 2 or more"):
        run(one_factor(), ks=(1, 2))


@pytest.fixture(scope="module")
def examined():
    Z = pd.DataFrame(np.random.default_rng(1).normal(size=(40, 3)), columns=list("abc"))
    found = found_in(Z, worse={"a": "high", "b": "low", "c": "none"}, random_state=1)
    return found, examine(found, [2], n_draws=19, n_bands=9)


def test_every_index_stands_beside_every_null_with_the_number_of_its_draws(examined):
    beside = examined[1].beside
    draws = beside.groupby("statistic")["n_draws"].unique().map(list).to_dict()
    assert draws == {
        "cluster index": [19], "silhouette": [19], "resampled ARI": [9], "smallest Jaccard": [9],
        "prediction strength": [9],
    }
    assert len(beside) == 5 * 4


def test_the_test_of_an_examination_is_the_test_alone_with_the_codebooks_directions(examined):
    found, both = examined
    alone = continuum.assess(found.Z, np.array([1.0, -1, 0]), [2], n_draws=19, random_state=1)
    pd.testing.assert_frame_equal(both.test.p_values, alone.p_values)
    pd.testing.assert_frame_equal(both.test.axis, alone.axis)


def test_one_gaussian_against_two_is_drawn_as_often_or_left_out_where_it_is_not_asked_for(examined):
    found, with_it = examined
    assert with_it.mixtures["n_draws"].tolist() == [19, 19]
    mixtures = examine(found, [2], n_draws=2, n_bands=1, supporting=False).mixtures
    assert mixtures.empty and "bic_lower_by" in mixtures
    assert mixtures.attrs["reason"] == "One Gaussian was not set against two."
