"""Agreement: other algorithms, scalings, blocks, sites, ways with gaps, adjusted features."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from overlapping import FEATURES
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from compendium import seeds
from compendium.phenotypes import clustering
from compendium.sensitivity import choices

SETTINGS = {"n_init": 10}


@pytest.fixture(scope="module")
def cohort(overlapping):
    return overlapping()


@pytest.fixture(scope="module")
def found(cohort):
    return clustering.cluster_cohort(cohort, **SETTINGS)


@pytest.fixture(scope="module")
def table(cohort, found):
    return choices.other_choices(cohort, found, **SETTINGS)


def _row(table, choice):
    return table.set_index("choice").loc[choice]


def _ari(found, labels, rows=slice(None)):
    return pytest.approx(adjusted_rand_score(found.phenotypes.labels[rows], labels), abs=1e-12)


def _kmeans(Z):
    return KMeans(2, n_init=20, random_state=0).fit(Z)


def test_every_choice_has_a_row_in_canonical_order(table):
    assert list(table) == ["kind", "choice", "ari", "moved", "n", "note"]
    assert list(dict.fromkeys(table["kind"])) == list(choices.KINDS_OF_CHOICE)
    assert table["choice"].tolist()[3:] == [
        "robust", "any", "size", "grey", "Centre 1", "Centre 2", "residuals on covariates",
    ]


def test_all_choices_agree_on_groups_far_apart(overlapping):
    far = overlapping(apart=30.0)
    table = choices.other_choices(far, clustering.cluster_cohort(far, **SETTINGS), **SETTINGS)
    possible = table[table["choice"] != "any"]
    assert (possible["ari"] == 1).all() and (possible["moved"] == 0).all()


def test_moved_counts_patients_after_the_best_matching():
    labels, reference = np.array([1, 1, 1, 0, 0, 1]), np.array([0, 0, 0, 1, 1, 1])
    assert choices._compared(labels, reference, 2)[1] == pytest.approx(1 / 6)


def test_wards_groups_are_those_of_scipy(table, found):
    from scipy.cluster.hierarchy import fcluster, linkage

    # scipy.cluster.hierarchy.fcluster(linkage(Z, "ward"), 2, "maxclust")
    ward = fcluster(linkage(found.Z, "ward"), 2, "maxclust")
    assert _row(table, "Ward")["ari"] == _ari(found, ward)


def test_a_block_left_out_leaves_the_other_features(table, found):
    labels = _kmeans(found.Z[["bright", "hard"]]).labels_
    assert _row(table, "size")["ari"] == _ari(found, labels)


def test_without_a_site_the_others_assign_everybody(table, found, cohort):
    model = _kmeans(found.Z[(cohort.data["centre"] != "1").to_numpy()].to_numpy())
    assert _row(table, "Centre 1")["ari"] == _ari(found, model.predict(found.Z.to_numpy()))
    assert _row(table, "Centre 1")["n"] == 120


def test_adjusted_features_are_the_residuals_of_ordinary_least_squares(table, found, cohort):
    import statsmodels.formula.api as smf

    data = cohort.data.join(found.Z.add_prefix("z_"))
    # statsmodels.formula.api.ols("z_thick ~ age + C(sex)", data).fit().resid
    residuals = pd.DataFrame(
        {f: smf.ols(f"z_{f} ~ age + C(sex)", data).fit().resid for f in FEATURES}
    )
    labels = _kmeans(residuals / residuals.std()).labels_
    row = _row(table, "residuals on covariates")
    assert row["ari"] == _ari(found, labels) and row["note"] == "Age, Sex."


def test_groups_that_are_only_sex_are_gone_once_adjusted_for(overlapping):
    far = overlapping(apart=6.0)
    sex = np.where(np.arange(120) < 40, "male", "female")
    far = replace(far, data=far.data.assign(sex=sex))
    table = choices.other_choices(far, clustering.cluster_cohort(far, **SETTINGS), **SETTINGS)
    assert _row(table, "residuals on covariates")["ari"] < 0.1


def test_patients_without_a_covariate_are_not_compared(cohort, found):
    age = cohort.data["age"].where(np.arange(120) >= 20)
    lacking = replace(cohort, data=cohort.data.assign(age=age))
    table = choices.other_choices(lacking, found, **SETTINGS)
    assert _row(table, "residuals on covariates")["n"] == 100


def test_a_scaling_that_ties_forbid_is_noted(cohort):
    tied = replace(cohort, data=cohort.data.assign(hard=(np.arange(120) < 40) * 1.0))
    table = choices.other_choices(tied, clustering.cluster_cohort(tied, **SETTINGS), **SETTINGS)
    row = _row(table, "robust")
    assert np.isnan(row["ari"]) and row["n"] == 0
    assert row["note"].startswith("Column 'hard' has one value in at least half of all 120")


def test_without_gaps_there_is_nothing_to_fill(table):
    row = _row(table, "any")
    assert np.isnan(row["ari"]) and row["note"].startswith("No feature value is missing")


@pytest.fixture(scope="module")
def gapped(cohort):
    data = cohort.data.copy()
    data.loc[data.index[::6], "bright"] = np.nan
    return replace(cohort, data=data)


def test_complete_cases_are_compared_among_themselves(gapped):
    found = clustering.cluster_cohort(gapped, missing="median", **SETTINGS)
    table = choices.other_choices(gapped, found, missing="median", **SETTINGS)
    assert table.query("kind == 'missing values'")["choice"].tolist() == [
        "iterative", "complete cases",
    ]
    complete = gapped.data["bright"].notna().to_numpy()
    X = gapped.data.loc[complete, FEATURES]
    labels = _kmeans((X - X.mean()) / X.std()).labels_
    row = _row(table, "complete cases")
    assert row["n"] == 100 and row["ari"] == _ari(found, labels, complete)


def test_too_few_complete_cases_are_noted(cohort):
    data = cohort.data.copy()
    data.loc[data.index[15:], "bright"] = np.nan
    few = replace(cohort, data=data)
    found = clustering.cluster_cohort(few, missing="median", **SETTINGS)
    row = _row(choices.other_choices(few, found, missing="median", **SETTINGS), "complete cases")
    assert row["note"] == "15 patients lack no feature, and 2 clusters need 20."


def test_one_site_and_no_covariate_give_no_row(blobs, make_cohort):
    cohort = make_cohort(blobs)  # its codebook has two blocks, one machine and no covariates
    found = clustering.cluster_cohort(cohort, **SETTINGS)
    kinds = set(choices.other_choices(cohort, found, **SETTINGS)["kind"])
    assert kinds == {"algorithm", "scaling", "missing values", "block left out"}


def test_in_a_large_cohort_ward_sees_a_sample_and_says_so(cohort, found, monkeypatch):
    monkeypatch.setattr(seeds, "LARGE", 60)
    table = choices.other_choices(cohort, found, **SETTINGS)
    assert table["n"].tolist()[:3] == [60, 120, 120]
    assert _row(table, "Ward")["note"] == "A seeded sample: Ward needs all pairs of patients."


def test_the_table_can_be_made_again(cohort, found, table):
    again = choices.other_choices(cohort, found, **SETTINGS)
    pd.testing.assert_frame_equal(again, table, check_exact=True)
