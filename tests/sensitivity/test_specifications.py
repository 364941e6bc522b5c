"""The specification curve: one β for every combination of choices, and an honest n for each."""

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
from compendium.sensitivity import specifications
from compendium.sensitivity.choices import COMPLETE, KMEANS, PLAIN, alternatives, clustered
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


def part_of(cohort, n):
    return replace(cohort, data=cohort.data.iloc[:n])


@pytest.fixture(scope="module")
def shipped():
    return cohorts.load()


@pytest.fixture(scope="module")
def cohort(shipped):
    """120 of the shipped patients, with two covariates in the codebook."""
    left = shipped.codebook.covariates[2:]
    columns = tuple(c for c in shipped.codebook.columns if c not in left)
    return replace(part_of(shipped, 120), codebook=replace(shipped.codebook, columns=columns))


@pytest.fixture(scope="module")
def found(cohort):
    return cluster_cohort(cohort, n_init=10)


@pytest.fixture(scope="module")
def whole(cohort):
    """Those who lack no feature: a third of the specifications."""
    return replace(cohort, data=cohort.data[cohorts.features(cohort).notna().all(axis=1)])


@pytest.fixture(scope="module")
def whole_found(whole):
    return cluster_cohort(whole, n_init=10)


def of(cohort, found, **settings):
    given = {"covariates": cohort.codebook.covariates, "n_init": 3} | settings
    return specification_curve(cohort, found, **given)


@pytest.fixture(scope="module")
def drawn_and_seen(cohort, found):
    """The curve and the progress it reported."""
    seen = []
    return of(cohort, found, progress=lambda done, total: seen.append((done, total))), seen


@pytest.fixture(scope="module")
def drawn(drawn_and_seen):
    return drawn_and_seen[0]


@pytest.fixture(scope="module")
def one_covariate(cohort):
    """The same patients; every way of clustering, half of the sets of covariates."""
    left = cohort.codebook.covariates[1:]
    columns = tuple(c for c in cohort.codebook.columns if c not in left)
    return replace(cohort, codebook=replace(cohort.codebook, columns=columns))


@pytest.fixture(scope="module")
def drawn_with_one(one_covariate, found):
    return of(one_covariate, found)


@pytest.fixture(scope="module")
def whole_drawn(whole, whole_found):
    return of(whole, whole_found)


def reference(table):
    return table[table["reference"]].iloc[0]


def adjusted(cohort, found):
    y, covariates = cohort.codebook.outcomes[0], cohort.codebook.covariates
    of_found = found.phenotypes.labels, found.phenotypes.names
    table = outcome_models.models(cohort.data, *of_found, y, covariates).table
    return table[table["model"] == "adjusted"].iloc[-1]


def test_the_reference_is_exactly_the_adjusted_model(cohort, found, drawn):
    theirs, ours = adjusted(cohort, found), reference(drawn.table)
    assert ours[[*NUMBERS, "n"]].tolist() == theirs[[*NUMBERS, "n"]].tolist()
    assert ours["ari"] == 1 and ours["n_severe"] <= found.phenotypes.sizes[1]
    assert drawn.table["reference"].sum() == 1


def test_on_the_whole_shipped_cohort_the_reference_is_exactly_the_adjusted_model(shipped):
    found = cluster_cohort(shipped, n_init=10)
    drawn = of(shipped, found, n_init=1)
    ours, theirs = reference(drawn.table), adjusted(shipped, found)
    assert ours[[*NUMBERS, "n"]].tolist() == theirs[[*NUMBERS, "n"]].tolist()
    assert drawn.summary["n_fitted"] == len(drawn.table) >= 200


def test_of_three_phenotypes_the_reference_is_the_most_severe(one_covariate):
    found = cluster_cohort(one_covariate, n_clusters=3, n_init=10)
    ours, theirs = reference(of(one_covariate, found).table), adjusted(one_covariate, found)
    assert theirs["phenotype"] == "Severe"
    assert ours[NUMBERS].tolist() == theirs[NUMBERS].tolist()


def test_every_combination_stands_in_the_table_once(drawn):
    table = drawn.table
    assert len(table) == 3 * 2 * 2 * 4 * 4 * 3 == drawn.summary["n_specifications"]
    assert not table.duplicated(CHOSEN).any()
    assert sorted(table["specification"]) == list(range(1, len(table) + 1))


def test_the_table_is_sorted_and_ends_with_what_could_not_be_fitted(whole):
    few = part_of(whole, 30)  # too few for mixtures with full covariances of 16 features
    drawn = of(few, cluster_cohort(few, n_init=10))
    beta = drawn.table["estimate"]
    fitted = beta.notna()
    assert beta[fitted].is_monotonic_increasing and fitted.is_monotonic_decreasing
    assert 0 < fitted.sum() < len(fitted)
    assert drawn.table.loc[~fitted, "note"].str.endswith(".").all()
    assert drawn.summary["n_fitted"] == fitted.sum()
    assert sum(drawn.summary["reasons"].values()) == (~fitted).sum()


def test_the_sets_of_covariates_are_none_all_and_all_but_each(cohort, drawn):
    names = [c.label for c in cohort.codebook.covariates]
    given = [row["level"] for row in drawn.summary["levels"] if row["kind"] == "covariates"]
    assert given == [NONE, ALL, *(f"all but {name}" for name in names)]


def test_n_is_the_patients_who_have_everything_the_specification_needs(cohort, found):
    data, rng = cohort.data.copy(), np.random.default_rng(2)
    one, two = (c.name for c in cohort.codebook.covariates)
    y, features = cohort.codebook.outcomes[0].name, [c.name for c in cohort.codebook.features]
    for name in (one, two, y):
        data[name] = data[name].mask(rng.random(len(data)) < 0.15)
    table = of(replace(cohort, data=data), found).table
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
    start = alternatives(cohort, found, covariates=covariates, n_init=3)
    row = drawn.table.dropna(subset=["estimate"]).query(
        "features != @PLAIN and algorithm != @KMEANS and covariates == @ALL and form == @MEAN"
    ).iloc[0]
    rows, labels, _ = clustered(start, tuple(row[CHOSEN[:4]]))
    alone = outcome_models.models(
        cohort.data.iloc[rows], labels, start.names, cohort.codebook.outcomes[0], covariates
    ).table
    theirs = alone[alone["model"] == "adjusted"].iloc[-1]
    np.testing.assert_allclose(row[NUMBERS].astype(float), theirs[NUMBERS].astype(float))
    ari = adjusted_rand_score(found.phenotypes.labels[rows], labels)
    assert row["ari"] == pytest.approx(ari, abs=1e-12)


def test_the_order_of_patients_does_not_matter(one_covariate, found, drawn_with_one):
    mixed = np.random.default_rng(1).permutation(len(one_covariate.data))
    phenotypes = replace(found.phenotypes, labels=found.phenotypes.labels[mixed])
    again = of(
        replace(one_covariate, data=one_covariate.data.iloc[mixed]),
        replace(found, X=found.X.iloc[mixed], Z=found.Z.iloc[mixed], phenotypes=phenotypes),
    )
    pd.testing.assert_frame_equal(again.table, drawn_with_one.table, check_exact=True)


@pytest.mark.parametrize("processes", [False, True])
def test_the_bits_are_equal_for_any_workers(one_covariate, found, drawn_with_one, processes):
    with workers(2, processes=processes):
        again = of(one_covariate, found)
    pd.testing.assert_frame_equal(again.table, drawn_with_one.table, check_exact=True)
    np.testing.assert_equal(again.summary, drawn_with_one.summary)


def test_progress_counts_clusterings(drawn_and_seen):
    seen = drawn_and_seen[1]
    assert seen[0] == (1, 48) and seen[-1] == (48, 48) and len(seen) == 48


def table_of(estimates, **kinds):
    """A table of two forms and as many covariate sets as the estimates need."""
    n = len(estimates)
    frame = pd.DataFrame(dict.fromkeys(DECISIONS, "one"), index=range(n))
    frame["form"] = np.where(np.arange(n) % 2, HUBER, MEAN)
    frame["covariates"] = [f"set {i // 2}" for i in range(n)]
    return frame.assign(specification=range(1, n + 1), estimate=estimates, **kinds)


def test_levels_have_the_median_of_what_could_be_fitted():
    found = levels(table_of([1.0, 3.0, np.nan, 5.0]).iloc[::-1]).set_index(["kind", "level"])
    assert found.loc[("form", MEAN)].tolist() == [1, 1.0]
    assert found.loc[("form", HUBER)].tolist() == [2, 4.0]
    assert found.loc[("covariates", "set 1")].tolist() == [1, 5.0]
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


def test_main_effects_add_up_in_a_complete_grid():
    assert specifications._main_effects(table_of([1.0, 2, 4, 8, 3, 3])) == pytest.approx(
        0.141242937853107 + 0.711864406779661
    )
    assert np.isnan(specifications._main_effects(table_of([2.0, 2, 2, 2])))


def test_shares_of_variance_lie_between_0_and_1(drawn):
    shares = [row["share_of_variance"] for row in drawn.summary["choices"]]
    assert all(0 <= share <= 1 for share in shares)
    assert max(shares) <= drawn.summary["share_main_effects"] <= 1


def test_the_summary_counts_what_the_table_shows(drawn):
    fitted, told = drawn.table.dropna(subset=["estimate"]), drawn.summary
    side = np.sign(reference(drawn.table)["estimate"])
    assert side == -1
    assert told["share_same_sign"] == (fitted["estimate"] < 0).mean()
    assert told["share_excluding_zero"] == (fitted["high"] < 0).mean()
    assert told["share_supported"] == told["share_excluding_zero"]  # 95 % and α = 0.05 are one
    extremes = told["smallest"], told["median"], told["largest"]
    np.testing.assert_allclose(extremes, np.quantile(fitted["estimate"], (0, 0.5, 1)))


def test_a_smaller_alpha_supports_less(whole, whole_found, whole_drawn):
    loose, strict = whole_drawn.summary, of(whole, whole_found, alpha=0.0001).summary
    assert strict["share_supported"] < loose["share_supported"]
    assert strict["share_excluding_zero"] == loose["share_excluding_zero"]


def test_without_covariates_they_are_no_choice(whole, whole_found):
    table = of(whole, whole_found, covariates=()).table
    assert len(table) == 2 * 4 * 3
    assert set(table["covariates"]) == {NONE} and set(table["features"]) == {PLAIN}
    y = whole.data[whole.codebook.outcomes[0].name].groupby(whole_found.phenotypes.labels).mean()
    assert reference(table)["estimate"] == pytest.approx(y[1] - y[0], abs=1e-10)


def test_a_covariate_of_one_value_is_no_choice(whole, whole_found):
    one, two = whole.codebook.covariates
    data = whole.data.assign(**{one.name: 60.0})
    table = of(replace(whole, data=data), whole_found).table
    assert set(table["covariates"]) == {NONE, ALL}
    pd.testing.assert_frame_equal(table, of(whole, whole_found, covariates=(two,)).table)


def test_covariates_of_one_label_are_told_apart_by_name(whole, whole_found):
    pair = tuple(replace(c, label="Same") for c in whole.codebook.covariates)
    sets = set(of(whole, whole_found, covariates=pair).table["covariates"])
    assert sets == {NONE, ALL, *(f"all but {c.name}" for c in pair)}


def test_without_an_outcome_there_is_no_curve(whole, whole_found):
    columns = tuple(c for c in whole.codebook.columns if c.role != "outcome")
    without = replace(whole, codebook=replace(whole.codebook, columns=columns))
    assert of(without, whole_found) is None


def test_an_outcome_nobody_has_leaves_no_number_and_says_so(whole, whole_found):
    data = whole.data.assign(**{whole.codebook.outcomes[0].name: np.nan})
    drawn = of(replace(whole, data=data), whole_found)
    assert drawn.table["estimate"].isna().all() and (drawn.table["note"] != "").all()
    assert drawn.summary["n_fitted"] == 0 and np.isnan(drawn.summary["share_same_sign"])
    assert np.isnan(drawn.summary["median"]) and np.isnan(drawn.summary["share_main_effects"])


def test_a_reference_that_cannot_be_fitted_leaves_the_others(whole, whole_found):
    name = whole.codebook.covariates[0].name
    few = whole.data.assign(**{name: whole.data[name].where(np.arange(len(whole.data)) < 12)})
    drawn = of(replace(whole, data=few), whole_found)
    assert np.isnan(reference(drawn.table)["estimate"]) and drawn.summary["n_fitted"] > 0
    assert reference(drawn.table)["note"].startswith("Not fitted: 12 complete patients, and")
    assert np.isnan(drawn.summary["share_same_sign"])


def test_forty_patients_give_numbers_in_reach_or_sentences(shipped):
    small = part_of(shipped, 40)
    drawn = of(small, cluster_cohort(small, n_init=10))
    fitted = drawn.table.dropna(subset=["estimate"])
    assert 0 < len(fitted) < len(drawn.table)
    assert fitted[["estimate", "low", "high"]].abs().max(axis=None) < 60  # of 48 points
    assert (drawn.table.loc[len(fitted):, "note"] != "").all()


def test_medians_of_an_outcome_at_its_ceiling_are_left_out_with_a_sentence(whole, whole_found):
    y, some = whole.codebook.outcomes[0].name, np.arange(len(whole.data)) % 4 == 0
    ceiling = whole.data.assign(**{y: whole.data[y].where(some, 48.0)})
    table = of(replace(whole, data=ceiling), whole_found).table
    lost = table[table["estimate"].isna() & (table["form"] == MEDIAN) & (table["n"] > 0)]
    assert len(lost) and lost["note"].str.startswith("Not fitted: the outcome is tied").all()
    assert np.isfinite(reference(table)["estimate"])


@pytest.mark.parametrize("wrong", [{"n_clusters": 3}, {"scaling": "robust"}])
def test_choices_that_are_not_those_of_the_clustering_are_refused(cohort, found, wrong):
    with pytest.raises(ValueError, match="found (has 2 phenotypes|was scaled by zscore), not"):
        of(cohort, found, **wrong)
    assert set(FORMS) == {MEAN, HUBER, MEDIAN}


def test_a_clustering_with_other_choices_is_its_own_reference(one_covariate):
    found = cluster_cohort(one_covariate, n_init=10, scaling="robust", missing="median")
    chosen = {"missing": "median", "scaling": "robust", "n_clusters": 2}
    row = reference(of(one_covariate, found, **chosen).table)
    assert row[CHOSEN[:4]].tolist() == ["filled, median", "median and MAD", PLAIN, KMEANS]
    assert row["estimate"] == adjusted(one_covariate, found)["estimate"]


def test_the_patients_of_a_level_are_those_of_its_largest_regression(drawn):
    table = drawn.table
    row = next(x for x in drawn.summary["levels"] if x["kind"] == "covariates")
    own = table[(table["covariates"] == row["level"]) & table["estimate"].notna()]
    assert row["most_patients"] == own["n"].max()
