"""The specification curve: one β for every combination of choices, and an honest n for each.

One curve of 120 patients with gaps everywhere serves most tests; the others go along a few paths.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from compendium.data import cohort as cohorts
from compendium.parallel import workers
from compendium.phenotypes.clustering import cluster_cohort
from compendium.regression import outcome_models
from compendium.regression.forms import FORMS, HUBER, MEAN, MEDIAN
from compendium.sensitivity.choices import (
    COMPLETE,
    KMEANS,
    PLAIN,
    Alternatives,
    alternatives,
    clustered,
)
from compendium.sensitivity.specifications import (
    ALL,
    DECISIONS,
    NONE,
    choices,
    levels,
    specification_curve,
)

CHOSEN = list(DECISIONS)
NUMBERS = ["estimate", "low", "high", "p"]


def clustering(cohort, **settings):
    return cluster_cohort(cohort, n_init=10, **settings)


def curve(found, covariates=None, **settings):
    given = found.codebook.covariates if covariates is None else covariates
    return specification_curve(found, given, **settings)


def changed(found, **columns):
    """The same phenotypes of patients with other values of what was not clustered."""
    return replace(found, data=found.data.assign(**columns))


@pytest.fixture(scope="module")
def shipped():
    return cohorts.load()


@pytest.fixture(scope="module")
def cohort(shipped):
    """120 of the shipped patients, two covariates in the codebook; some lack these or the
    outcome."""
    left = shipped.codebook.covariates[2:]
    book = replace(shipped.codebook,
                   columns=tuple(c for c in shipped.codebook.columns if c not in left))
    data, rng = shipped.data.iloc[:120].copy(), np.random.default_rng(2)
    for column in (*book.covariates, book.outcomes[0]):
        data[column.name] = data[column.name].mask(rng.random(len(data)) < 0.15)
    return replace(shipped, data=data, codebook=book)


@pytest.fixture(scope="module")
def found(cohort):
    return clustering(cohort)


@pytest.fixture(scope="module")
def seen():
    """What the teller of the curve was told."""
    return []


@pytest.fixture(scope="module")
def drawn(found, seen):
    def teller(noun):
        return lambda done, total: seen.append((noun, done, total))

    with workers(1, teller=teller):
        return curve(found)


@pytest.fixture(scope="module")
def whole_cohort(shipped, cohort):
    """Those who lack no feature: a third of the specifications."""
    lacking_nothing = cohorts.features(cohort).notna().all(axis=1)
    return replace(cohort, data=shipped.data.iloc[:120][lacking_nothing])


@pytest.fixture(scope="module")
def whole(whole_cohort):
    return clustering(whole_cohort)


@pytest.fixture
def few_paths(monkeypatch):
    """The reference and every eleventh path only."""
    every = Alternatives.paths.fget
    some = property(lambda self: [path for i, path in enumerate(every(self))
                                  if path == self.reference or i % 11 == 3])
    monkeypatch.setattr(Alternatives, "paths", some)


def reference(table):
    return table[table["reference"]].iloc[0]


def adjusted(found):
    book = found.codebook
    table = outcome_models.fit_outcome(found, book.outcomes[0], book.covariates).table
    return table[table["model"] == "adjusted"].iloc[-1]


def test_the_reference_is_exactly_the_adjusted_model(found, drawn):
    theirs, ours = adjusted(found), reference(drawn.table)
    assert ours[[*NUMBERS, "n"]].tolist() == theirs[[*NUMBERS, "n"]].tolist()
    assert ours["ari"] == 1 and ours["n_severe"] <= found.phenotypes.sizes[1]
    assert drawn.table["reference"].sum() == 1


def test_on_the_whole_shipped_cohort_the_reference_is_exactly_the_adjusted_model(
    shipped, few_paths
):
    found = clustering(shipped)
    drawn = curve(found)
    ours, theirs = reference(drawn.table), adjusted(found)
    assert ours[[*NUMBERS, "n"]].tolist() == theirs[[*NUMBERS, "n"]].tolist()
    assert drawn.summary["n_fitted"] == len(drawn.table) == 6 * 7 * 3


def test_of_three_phenotypes_the_reference_is_the_most_severe(whole_cohort, few_paths):
    found = clustering(whole_cohort, n_clusters=3)
    ours, theirs = reference(curve(found).table), adjusted(found)
    assert theirs["phenotype"] == "Severe"
    assert ours[NUMBERS].tolist() == theirs[NUMBERS].tolist()


def test_every_combination_stands_in_the_table_once(drawn):
    table = drawn.table
    assert len(table) == 3 * 2 * 2 * 4 * 4 * 3 == drawn.summary["n_specifications"]
    assert not table.duplicated(CHOSEN).any()
    assert sorted(table["specification"]) == list(range(1, len(table) + 1))


def test_few_patients_give_numbers_in_reach_or_sentences_and_these_stand_last(shipped, cohort):
    # too few for mixtures with full covariances of 16 features
    small = replace(cohort, data=shipped.data.iloc[:40])
    drawn = curve(clustering(small))
    beta = drawn.table["estimate"]
    fitted = beta.notna()
    assert beta[fitted].is_monotonic_increasing and fitted.is_monotonic_decreasing
    assert 0 < fitted.sum() < len(fitted)
    assert drawn.table.loc[fitted, NUMBERS[:3]].abs().max(axis=None) < 60  # of 48 points
    assert drawn.table.loc[~fitted, "note"].str.endswith(".").all()
    assert drawn.summary["n_fitted"] == fitted.sum()
    assert sum(drawn.summary["reasons"].values()) == (~fitted).sum()


def test_the_sets_of_covariates_are_none_all_and_all_but_each(cohort, drawn):
    names = [c.label for c in cohort.codebook.covariates]
    given = [row["level"] for row in drawn.summary["levels"] if row["kind"] == "covariates"]
    assert given == [NONE, ALL, *(f"all but {name}" for name in names)]


def test_n_is_the_patients_who_have_everything_the_specification_needs(cohort, drawn):
    data, table = cohort.data, drawn.table
    one, two = (c.name for c in cohort.codebook.covariates)
    y, features = cohort.codebook.outcomes[0].name, [c.name for c in cohort.codebook.features]
    needs = {NONE: [], ALL: [one, two]}
    needs |= {f"all but {cohort.codebook[a].label}": [b] for a, b in ((one, two), (two, one))}
    for row in table[table["n"] > 0].itertuples():
        has = data[[y, *needs[row.covariates]]].notna().all(axis=1)
        has &= data[features].notna().all(axis=1) | (row.missing != COMPLETE)
        has &= data[[one, two]].notna().all(axis=1) | (row.features == PLAIN)
        assert row.n == has.sum(), row
        assert 0 <= row.n_severe <= row.n


def test_a_specification_is_what_one_gets_step_by_step(cohort, found, drawn):
    covariates = cohort.codebook.covariates
    start = alternatives(found, covariates)
    row = drawn.table.dropna(subset=["estimate"]).query(
        "features != @PLAIN and algorithm != @KMEANS and covariates == @ALL and form == @MEAN"
    ).iloc[0]
    rows, labels, _ = clustered(start, tuple(row[CHOSEN[:4]]))
    there = found.where(rows).relabelled(labels)
    alone = outcome_models.fit_outcome(there, cohort.codebook.outcomes[0], covariates).table
    theirs = alone[alone["model"] == "adjusted"].iloc[-1]
    np.testing.assert_allclose(row[NUMBERS].astype(float), theirs[NUMBERS].astype(float))
    ari = adjusted_rand_score(found.labels[rows], labels)
    assert row["ari"] == pytest.approx(ari, abs=1e-12)


def test_neither_the_order_of_patients_nor_workers_change_a_bit(found, few_paths):
    drawn = curve(found)
    mixed = np.random.default_rng(1).permutation(len(found.data))
    frames = {name: getattr(found, name).iloc[mixed] for name in ("data", "severity", "X", "Z")}
    moved = replace(found, labels=found.labels[mixed], **frames)
    pd.testing.assert_frame_equal(curve(moved).table, drawn.table, check_exact=True)
    for processes in (False, True):
        with workers(2, processes=processes):
            again = curve(found)
        pd.testing.assert_frame_equal(again.table, drawn.table, check_exact=True)
        np.testing.assert_equal(again.summary, drawn.summary)


def test_workers_are_told_of_clusterings(drawn, seen):
    assert seen == [("clusterings", done, 48) for done in range(1, 49)]


def table_of(estimates):
    """A table of two forms and as many covariate sets as the estimates need."""
    n = len(estimates)
    frame = pd.DataFrame(dict.fromkeys(DECISIONS, "one"), index=range(n))
    frame["form"] = np.where(np.arange(n) % 2, HUBER, MEAN)
    frame["covariates"] = [f"set {i // 2}" for i in range(n)]
    return frame.assign(specification=range(1, n + 1), estimate=estimates, n=range(9, 9 + n))


def test_levels_have_the_median_of_what_could_be_fitted():
    found = levels(table_of([1.0, 3.0, np.nan, 5.0]).iloc[::-1]).set_index(["kind", "level"])
    assert found.loc[("form", MEAN)].tolist() == [1, 1.0, 9]
    assert found.loc[("form", HUBER)].tolist() == [2, 4.0, 12]
    assert found.loc[("covariates", "set 1")].tolist() == [1, 5.0, 12]
    assert list(found.loc["covariates"].index) == ["set 0", "set 1"]


def test_shares_of_variance_equal_an_analysis_of_variance():
    # R: a <- anova(lm(y ~ form + set, data.frame(y = c(1, 2, 4, 8, 3, 3), form = rep(1:2, 3),
    #    set = factor(c(1, 1, 2, 2, 3, 3))))); a[["Sum Sq"]] / sum(a[["Sum Sq"]])
    found = choices(table_of([1.0, 2, 4, 8, 3, 3])).set_index("kind")
    assert found.loc["form", "share_of_variance"] == pytest.approx(0.141242937853107, abs=1e-12)
    assert found.loc["covariates", "share_of_variance"] == pytest.approx(0.711864406779661)
    assert found.loc["covariates", "range_of_medians"] == 4.5
    assert found.loc["scaling", "range_of_medians"] == 0
    assert np.isnan(found.loc["scaling", "share_of_variance"])


def test_shares_of_variance_lie_between_0_and_1(drawn):
    shares = [row["share_of_variance"] for row in drawn.summary["choices"]]
    assert all(0 <= share <= 1 for share in shares)


def test_the_summary_counts_what_the_table_shows(drawn):
    fitted, told = drawn.table.dropna(subset=["estimate"]), drawn.summary
    side = np.sign(reference(drawn.table)["estimate"])
    assert side == -1
    assert told["share_same_sign"] == (fitted["estimate"] < 0).mean()
    assert told["share_excluding_zero"] == (fitted["high"] < 0).mean()
    extremes = told["smallest"], told["median"], told["largest"]
    np.testing.assert_allclose(extremes, np.quantile(fitted["estimate"], (0, 0.5, 1)))


def test_without_covariates_they_are_no_choice(whole):
    table = curve(whole, ()).table
    assert len(table) == 2 * 4 * 3
    assert set(table["covariates"]) == {NONE} and set(table["features"]) == {PLAIN}
    y = whole.data[whole.codebook.outcomes[0].name].groupby(whole.labels).mean()
    assert reference(table)["estimate"] == pytest.approx(y[1] - y[0], abs=1e-10)


def test_a_covariate_of_one_value_is_no_choice(whole, few_paths):
    one, two = whole.codebook.covariates
    table = curve(changed(whole, **{one.name: 60.0})).table
    assert set(table["covariates"]) == {NONE, ALL}
    pd.testing.assert_frame_equal(table, curve(whole, (two,)).table)


def test_covariates_of_one_label_are_told_apart_by_name(whole, few_paths):
    pair = tuple(replace(c, label="Same") for c in whole.codebook.covariates)
    sets = set(curve(whole, pair).table["covariates"])
    assert sets == {NONE, ALL, *(f"all but {c.name}" for c in pair)}


def test_without_an_outcome_the_curve_is_empty_and_says_why(whole):
    columns = tuple(c for c in whole.codebook.columns if c.role != "outcome")
    drawn = curve(replace(whole, codebook=replace(whole.codebook, columns=columns)))
    assert drawn.table.empty and drawn.summary == {} and {*CHOSEN, "estimate"} < set(drawn.table)
    assert drawn.table.attrs["reason"] == "The codebook names no outcome, so nothing is regressed."


def test_an_outcome_nobody_has_leaves_no_number_and_says_so(whole, few_paths):
    drawn = curve(changed(whole, **{whole.codebook.outcomes[0].name: np.nan}))
    assert drawn.table["estimate"].isna().all() and (drawn.table["note"] != "").all()
    assert drawn.summary["n_fitted"] == 0 and np.isnan(drawn.summary["share_same_sign"])
    assert np.isnan(drawn.summary["median"])


def test_a_reference_that_cannot_be_fitted_leaves_the_others(whole, few_paths):
    name = whole.codebook.covariates[0].name
    few = whole.data[name].where(np.arange(len(whole.data)) < 12)
    drawn = curve(changed(whole, **{name: few}))
    assert np.isnan(reference(drawn.table)["estimate"]) and drawn.summary["n_fitted"] > 0
    assert reference(drawn.table)["note"].startswith("Not fitted: 12 complete patients, and")
    assert np.isnan(drawn.summary["share_same_sign"])


def test_medians_of_an_outcome_at_its_ceiling_are_left_out_with_a_sentence(whole, few_paths):
    y, some = whole.codebook.outcomes[0].name, np.arange(len(whole.data)) % 4 == 0
    table = curve(changed(whole, **{y: whole.data[y].where(some, 48.0)})).table
    lost = table[table["estimate"].isna() & (table["form"] == MEDIAN) & (table["n"] > 0)]
    assert len(lost) and lost["note"].str.startswith("Not fitted: the outcome is tied").all()
    assert np.isfinite(reference(table)["estimate"])


def test_a_clustering_with_other_choices_is_its_own_reference(cohort, few_paths):
    found = clustering(cohort, scaling="robust", missing="median")
    row = reference(curve(found).table)
    assert row[CHOSEN[:4]].tolist() == ["filled, median", "median and MAD", PLAIN, KMEANS]
    assert row["estimate"] == adjusted(found)["estimate"]


def test_the_forms_are_means_huber_and_medians():
    assert set(FORMS) == {MEAN, HUBER, MEDIAN}
