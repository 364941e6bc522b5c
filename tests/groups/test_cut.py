"""A continuum cut in two: draw by draw against the verbs on frames, and what it does to groups."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from threadpoolctl import threadpool_limits

from compendium import seeds
from compendium.data import codebook
from compendium.groups import continuum, nulls
from compendium.groups.cut import continuum_cut
from compendium.phenotypes import clustering, profiles, scaling

NUMBERS = ["null_mean", "null_low", "null_high"]
COLUMNS = ["feature", "label", "block", *NUMBERS, "n_draws", "note"]


@pytest.fixture(scope="module")
def book(make_cohort, blobs):
    return make_cohort(blobs).codebook


def cohort(distance=0.0, n=150, seed=0):
    """z-scores of one severity continuum, or of two groups so many SD apart in each feature."""
    rng = np.random.default_rng(seed)
    severity = rng.normal(size=n) if not distance else distance * (rng.random(n) < 0.4)
    values = rng.normal(size=(n, 5)) + severity[:, None] * [-1, 1, 0, 1, -1]
    return pd.DataFrame(nulls.zscore(values), columns=["thick", "bright", "wide", "hard", "deep"])


@pytest.mark.parametrize(("k", "n_init"), [(2, 20), (3, 1000)])  # so that both find the optimum
def test_each_draw_is_that_of_the_test_and_is_cut_as_a_cohort_is(book, k, n_init):
    Z = cohort()
    worse = {c.name: c.worse for c in book.features}
    signs = np.array([{"high": 1, "low": -1}.get(worse[c], 0) for c in Z])
    values = nulls.zscore(Z.to_numpy())
    prepared = continuum.reference_nulls(values, continuum.along_axes(values, values @ signs), 4)
    by_hand = []
    for m in range(5):
        draw = pd.DataFrame(prepared["C"].draw(nulls.null_generator(4, "C", m)), columns=Z.columns)
        cut = clustering.fit(
            draw, n_clusters=k, n_init=n_init, severity=scaling.severity(draw, worse)
        )
        by_hand.append(profiles.differences(draw, cut, book)["smd"])
    ours = continuum_cut(Z, book, n_clusters=k, n_draws=5, n_init=n_init, random_state=4)
    np.testing.assert_allclose(ours["null_mean"], np.mean(by_hand, axis=0), rtol=1e-9)
    low = np.quantile(by_hand, 0.025, axis=0)
    np.testing.assert_allclose(ours["null_low"], low, rtol=1e-9)


def test_a_continuum_cut_in_two_looks_like_its_own_null(book):
    Z = cohort(n=300)
    fit = clustering.fit(Z, n_init=10, severity=Z @ pd.Series([-1, 1, 0, 1, -1], Z.columns))
    g = profiles.differences(Z, fit, book)["smd"]
    band = continuum_cut(Z, book)
    assert g.between(band["null_low"], band["null_high"]).all()
    assert (band["null_mean"].abs() > 1).sum() == 4  # large differences, without any groups


def test_groups_far_apart_differ_more_than_a_continuum_that_is_cut(book):
    Z = cohort(distance=4.0)
    fit = clustering.fit(Z, n_init=10, severity=Z @ pd.Series([-1, 1, 0, 1, -1], Z.columns))
    g = profiles.differences(Z, fit, book).set_index("feature")["smd"].abs()
    mean = continuum_cut(Z, book).set_index("feature")["null_mean"].abs()
    assert (g > 1.1 * mean)[["thick", "bright", "hard", "deep"]].all()


def test_the_table_has_a_row_a_feature_in_the_words_of_the_codebook(book):
    table = continuum_cut(cohort(), book, n_draws=9)
    assert list(table) == COLUMNS and set(table["n_draws"]) == {9} and set(table["note"]) == {""}
    assert table["label"][0] == "Thickness" and table["block"].tolist()[1] == "grey"


def test_more_draws_keep_the_earlier_ones(book):
    def extremes(n):
        return continuum_cut(cohort(), book, n_draws=n)["null_mean"].to_numpy()

    three, four = extremes(3), extremes(4)
    last = 4 * four - 3 * three  # the g of the fourth draw alone
    assert np.isfinite(last).all() and (np.abs(last - three) < 1).all()


def test_workers_of_any_kind_give_the_same_bits(book):
    Z = cohort()
    here = continuum_cut(Z, book, n_draws=50)
    with parallel_config(backend="threading", n_jobs=2):
        threads = continuum_cut(Z, book, n_draws=50)
    processes = continuum_cut(Z, book, n_draws=50, jobs=2)
    pd.testing.assert_frame_equal(here, threads, check_exact=True)
    pd.testing.assert_frame_equal(here, processes, check_exact=True)


def test_the_unit_of_the_features_does_not_matter(book):
    Z = cohort()
    scaled = continuum_cut(3 * Z + 7, book, n_draws=9)
    np.testing.assert_allclose(scaled[NUMBERS], continuum_cut(Z, book, n_draws=9)[NUMBERS])


def test_of_many_patients_a_seeded_sample_is_followed(book, monkeypatch):
    Z = cohort()
    monkeypatch.setattr(seeds, "LARGE", 60)
    rows = seeds.sample(150, random_state=0)
    sampled = continuum_cut(Z, book, n_draws=9)
    pd.testing.assert_frame_equal(sampled, continuum_cut(Z.iloc[rows], book, n_draws=9))


def test_what_bears_no_null_gets_a_sentence(book):
    few = continuum_cut(cohort(n=12), book)
    assert few[NUMBERS].isna().all(axis=None) and set(few["note"]) == {
        "No continuum to compare with: 12 patients and 5 features, 20 and 2 are needed."
    }
    flat = continuum_cut(cohort().assign(wide=1.0), book)
    assert set(flat["note"]) == {
        "No continuum to compare with: a feature has a gap or does not vary."
    }


def test_pieces_of_fewer_than_five_patients_give_no_band(book):
    table = continuum_cut(cohort(n=24), book, n_clusters=8, n_draws=10)
    assert table["null_low"].isna().all()
    assert table["note"].str.fullmatch(r"No band: \d of 10 draws gave a value, 90 % must\.").all()


def test_without_directions_pieces_are_ordered_by_size(tmp_path):
    path = tmp_path / "book.csv"
    head = "name,label,role,block,type,unit,worse,levels,hard_min,hard_max,soft_min,soft_max"
    rows = [f"{x},{x},feature,b,number,,none,,,,," for x in "abc"]
    text = "\n".join([head, "pid,Patient,identifier,,text,,,,,,,", *rows])
    path.write_text(text, encoding="utf-8")
    Z = cohort().iloc[:, :3].set_axis(list("abc"), axis=1)
    with threadpool_limits(1):
        table = continuum_cut(Z, codebook.read_codebook(path), n_draws=9)
    assert table[NUMBERS].notna().all(axis=None)
