"""Blocks of validators: what they say together, and the one test of each as a whole.

Independent values: scipy's kruskal, pearsonr and permutation_test.
"""


import numpy as np
import pandas as pd
import pytest
from r_data import AM, CYL, MPG, WT
from scipy.stats import kruskal, pearsonr, permutation_test, rankdata

from compendium.data.columns import Column
from compendium.data.found import Found
from compendium.statistics import adjusted_p
from compendium.validation import blocks as module
from compendium.validation import by_block, compare
from compendium.validation.blocks import block_p, rank_share

NAMES = ("Mild", "Moderate", "Severe")
pytestmark = pytest.mark.filterwarnings("error")


def column(name, type="number", worse="low", block="b"):
    return Column(name, name.upper(), "validator", block, type, "", worse, (), *[None] * 4)


def blocks_of(data, *validators, labels=AM, **how):
    found = Found(pd.DataFrame(data, dtype=float), labels, NAMES[: max(labels) + 1], None, None)
    return by_block(found, validators, compare(found, validators, n_boot=50), **how)


def shares(labels, values):
    """The statistic of one labelling, ranks made here."""
    known = ~np.isnan(values)
    ranks = np.zeros(values.shape)
    for j, has in enumerate(known.T):
        own = rankdata(values[has, j])
        ranks[has, j] = (own - own.mean()) / np.linalg.norm(own - own.mean())
    return rank_share(np.asarray(labels)[None], ranks, known)[0]


def test_the_statistic_is_the_mean_of_kruskal_and_wallis_h_over_n_minus_1():
    rng = np.random.default_rng(0)
    values, labels = rng.integers(0, 5, (30, 3)).astype(float), np.arange(30) % 3
    values[[1, 4, 9], 1] = np.nan
    each = []
    for v in values.T:
        has = ~np.isnan(v)
        h = kruskal(*(v[has & (labels == g)] for g in range(3))).statistic
        each.append(h / (has.sum() - 1))
    assert shares(labels, values) == pytest.approx(np.mean(each), rel=1e-12)


def test_for_two_labels_it_is_the_squared_correlation_of_label_and_rank():
    theirs = [pearsonr(AM, rankdata(v)).statistic ** 2 for v in (MPG, WT)]
    assert shares(AM, np.column_stack([MPG, WT])) == pytest.approx(np.mean(theirs), rel=1e-12)


def test_p_is_that_of_scipys_permutation_test():
    rng = np.random.default_rng(4)
    values, labels = rng.normal(size=(7, 2)), np.array([0, 0, 1, 1, 1, 2, 2])
    values[labels == 2] += 1.2
    exact = permutation_test((labels,), lambda x: shares(x, values), permutation_type="pairings",
                             n_resamples=np.inf, alternative="greater").pvalue
    error = np.sqrt(exact * (1 - exact) / 9999)
    assert abs(block_p(labels, values) - exact) < 3 * error + 1e-4


def test_validators_that_repeat_each_other_count_once():
    one = np.array(MPG)[:, None]
    assert block_p(AM, np.repeat(one, 5, axis=1)) == block_p(AM, one)


def test_p_is_uniform_where_the_label_means_nothing(monkeypatch):
    monkeypatch.setattr(module, "_DRAWN", 99)
    rng, labels = np.random.default_rng(1), np.repeat([0, 1, 2], [12, 8, 5])
    p = []
    for seed in range(400):
        values = rng.normal(size=(25, 1)) + rng.normal(size=(25, 4))  # they go together
        values[rng.random((25, 4)) < 0.1] = np.nan
        p.append(block_p(labels, values, random_state=seed))
    assert 0.02 <= np.mean(np.array(p) <= 0.05) <= 0.085 and 0.45 < np.mean(p) < 0.56


def test_relabellings_drawn_in_parts_are_as_many(monkeypatch):
    monkeypatch.setattr(module, "_TOGETHER", 4000)
    assert block_p(np.repeat([0, 1], 20), np.arange(40.0)[:, None]) == 1 / 10_000


@pytest.mark.parametrize("values", [np.ones((6, 1)), np.full((6, 1), np.nan), np.empty((6, 0))])
def test_a_block_without_a_measure_that_varies_is_refused(values):
    with pytest.raises(ValueError, match="each of two values or more"):
        block_p(np.arange(6) % 2, values)


def test_p_of_blocks_is_adjusted_by_holm_and_the_same_in_all_their_rows():
    validators = (column("a"), column("b", "ordinal"), column("c", block="other"))
    noise = np.random.default_rng(0).normal(size=32)
    found = blocks_of({"a": MPG, "b": CYL, "c": noise}, *validators)
    assert list(found["statistic"]) == ["Hedges' g", "Cliff's δ", "Hedges' g"]
    assert found["p_global"][0] == found["p_global"][1] != found["p_global"][2]
    theirs = adjusted_p(found["p_global"][1:], "holm")
    assert found["p_global_adjusted"][1:].tolist() == theirs.tolist()


def test_p_depends_neither_on_the_order_of_patients_nor_on_other_blocks():
    data, order = pd.DataFrame({"a": MPG, "c": WT}), np.random.default_rng(1).permutation(32)
    alone = blocks_of(data, column("a"))["p_global"][0]
    turned = blocks_of(data.iloc[order], column("a"), column("c", block="other"), labels=AM[order])
    assert turned["p_global"][0] == alone
    assert blocks_of(data, column("a"), random_state=1)["p_global"][0] != alone


@pytest.mark.parametrize(
    ("worse", "way"), [("low", "better"), ("high", "worse"), ("none", "higher")]
)
def test_a_block_points_where_its_median_effect_does(worse, way):
    assert blocks_of({"a": MPG}, column("a", worse=worse))["direction"][0] == way


def test_a_block_without_any_effect_has_no_median_no_direction_and_no_p():
    found = blocks_of({"a": [np.nan] * 32}, column("a")).loc[0]
    assert found["direction"] == ""
    assert found[["effect_median", "p_global", "p_global_adjusted"]].isna().all()
