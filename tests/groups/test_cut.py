"""A continuum cut in two: draw by draw against the verbs on frames, and what it does to groups."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from clusterings import found_in

from compendium import seeds
from compendium.groups import continuum_cut, cut, nulls
from compendium.groups.draws import draw_key
from compendium.parallel import workers
from compendium.phenotypes import differences

NUMBERS = ["null_mean", "null_low", "null_high"]
COLUMNS = ["feature", "label", "block", *NUMBERS, "n_draws", "note"]
WORSE = {"thick": "low", "bright": "high", "wide": "none", "hard": "high", "deep": "low"}


def cohort(distance=0.0, n=150, **choices):
    """z-scores of one severity continuum, or of two groups so many SD apart in each feature."""
    rng = np.random.default_rng(0)
    severity = rng.normal(size=n) if not distance else distance * (rng.random(n) < 0.4)
    values = rng.normal(size=(n, 5)) + severity[:, None] * [-1, 1, 0, 1, -1]
    return found_in(pd.DataFrame(nulls.zscore(values), columns=list(WORSE)), worse=WORSE, **choices)


@pytest.mark.parametrize(("k", "n_init"), [(2, 1000), (3, 1000)])  # so that both find the optimum
def test_each_draw_is_that_of_the_test_and_is_cut_as_a_cohort_is(monkeypatch, k, n_init):
    monkeypatch.setattr(cut, "STARTS", n_init)
    found = cohort(n_clusters=k, random_state=4)
    values = nulls.zscore(found.Z.to_numpy())
    null, by_hand = nulls.smooth_continuum(values, 4), []
    for m in range(5):
        draw = null.draw(seeds.generator(*draw_key(4, m)))
        draw = pd.DataFrame(draw, columns=found.Z.columns)
        by_hand.append(differences(found_in(draw, worse=WORSE, n_clusters=k, n_init=n_init))["smd"])
    ours = continuum_cut(found, n_draws=5)
    np.testing.assert_allclose(ours["null_mean"], np.mean(by_hand, axis=0), rtol=1e-9)
    low = np.quantile(by_hand, 0.025, axis=0)
    np.testing.assert_allclose(ours["null_low"], low, rtol=1e-9)


def test_a_continuum_cut_in_two_looks_like_its_own_null():
    found = cohort(n=300)
    g, band = differences(found)["smd"], continuum_cut(found)
    assert g.between(band["null_low"], band["null_high"]).all()
    assert (band["null_mean"].abs() > 1).sum() == 4  # large differences, without any groups


def test_groups_far_apart_differ_more_than_a_continuum_that_is_cut():
    found = cohort(distance=4.0)
    g, null = (table.set_index("feature").abs for table in (
        differences(found)[["feature", "smd"]], continuum_cut(found)[["feature", "null_mean"]]))
    more = g()["smd"] > 1.1 * null()["null_mean"]
    assert more[["thick", "bright", "hard", "deep"]].all()


def test_the_table_has_a_row_a_feature_in_the_words_of_the_codebook():
    table = continuum_cut(cohort(), n_draws=9)
    assert list(table) == COLUMNS and set(table["n_draws"]) == {9} and set(table["note"]) == {""}
    assert table["label"][0] == "The thick" and table["block"].tolist() == ["size"] * 5


def test_more_draws_keep_the_earlier_ones():
    found = cohort()
    three, four = (continuum_cut(found, n_draws=n)["null_mean"].to_numpy() for n in (3, 4))
    last = 4 * four - 3 * three  # the g of the fourth draw alone
    assert np.isfinite(last).all() and (np.abs(last - three) < 1).all()


def test_workers_of_any_kind_give_the_same_bits():
    found = cohort()
    here = continuum_cut(found, n_draws=50)
    for processes in (False, True):
        with workers(2, processes=processes):
            there = continuum_cut(found, n_draws=50)
        pd.testing.assert_frame_equal(here, there, check_exact=True)


def test_the_unit_of_the_features_does_not_matter():
    found = cohort()
    scaled = continuum_cut(replace(found, Z=3 * found.Z + 7), n_draws=9)
    np.testing.assert_allclose(scaled[NUMBERS], continuum_cut(found, n_draws=9)[NUMBERS])


def test_of_many_patients_a_seeded_sample_is_followed(monkeypatch):
    found = cohort()
    monkeypatch.setattr(seeds, "LARGE", 60)
    few = replace(found, Z=found.Z.iloc[seeds.sample(150, random_state=0)])
    pd.testing.assert_frame_equal(continuum_cut(found, n_draws=9), continuum_cut(few, n_draws=9))


def test_what_bears_no_null_gets_a_sentence():
    few = continuum_cut(cohort(n=12))
    assert few[NUMBERS].isna().all(axis=None) and set(few["note"]) == {
        "No continuum to compare with: 12 patients and 5 features, 20 and 2 are needed."
    }
    found = cohort()
    flat = continuum_cut(replace(found, Z=found.Z.assign(wide=1.0)))
    assert set(flat["note"]) == {
        "No continuum to compare with: a feature has a gap or does not vary."
    }


def test_pieces_of_fewer_than_five_patients_give_no_band():
    table = continuum_cut(cohort(n=24, n_clusters=8), n_draws=10)
    assert table["null_low"].isna().all()
    assert table["note"].str.fullmatch(r"No band: \d of 10 draws gave a value, 90 % must\.").all()


def test_without_directions_pieces_are_ordered_by_size():
    table = continuum_cut(found_in(cohort().Z.iloc[:, :3], worse="none"), n_draws=9)
    assert table[NUMBERS].notna().all(axis=None)
