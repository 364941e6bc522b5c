"""Whole runs on the shipped cohort with other choices, and on real people where they are known."""

import pandas as pd
import project_copy as copied
import pytest
from whole_runs import (  # noqa: F401  (tests of every run)
    REAL,
    ran,
    test_all_six_notebooks_complete,
    test_every_figure_has_words_for_those_who_cannot_see_it,
    test_no_file_of_a_run_names_a_folder_of_the_machine,
    test_no_file_of_a_run_names_a_patient,
    test_no_number_has_more_than_ten_significant_digits,
    test_results_hold_what_others_read_from_them,
    test_synthetic_stands_on_everything_made_from_simulated_patients_only,
)

from compendium.data import codebook

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return copied.make(tmp_path_factory.mktemp("cohorts") / "project")


@pytest.fixture(scope="module")
def three_phenotypes(root):
    """The shipped cohort in three phenotypes, without covariates."""
    patients = pd.read_csv(root / "data" / "cohort_synthetic.csv")["patient_id"]
    choice = ("-p", "n_clusters", "3", "-p", "covariates", "none")
    return ran(root, "three_phenotypes", *choice), patients


@pytest.fixture(scope="module")
def real(root):
    """Real people, from pooled trials; only their number and identifiers are looked at here."""
    cohort, book = REAL / "als_trials.csv", REAL / "als_trials_codebook.csv"
    if not cohort.is_file():
        pytest.skip(f"the real cohort is not beside the project (../shared/real/{cohort.name})")
    patients = pd.read_csv(cohort, dtype=str)[codebook.read_codebook(book).identifier.name]
    return ran(root, "real", "--cohort", cohort, "--codebook", book), patients


@pytest.fixture(params=("three_phenotypes", "real"), scope="module")
def any_run(request):
    """Every run in turn, with the identifiers of its patients."""
    return request.getfixturevalue(request.param)


def test_three_phenotypes_are_named_in_order_and_each_held_against_the_mildest(three_phenotypes):
    found = copied.results(three_phenotypes[0])
    names = [p["name"] for p in found["02_clustering"]["phenotypes"]]
    assert names == ["Mild", "Moderate", "Severe"]
    models = found["05_regression"]["models"]
    assert {m["reference"] for m in models} == {"Mild"}
    assert {m["phenotype"] for m in models} == {"Moderate", "Severe"}


def test_without_covariates_there_is_only_the_crude_model(three_phenotypes):
    found = copied.results(three_phenotypes[0])["05_regression"]
    assert found["covariates"] == []
    assert {(m["model"], len(m["covariates"])) for m in found["models"]} == {("crude", 0)}


def test_no_published_claim_is_missed_although_three_phenotypes_cannot_answer_it(three_phenotypes):
    claims = copied.results(three_phenotypes[0])["06_reproduction"]["claims"]
    verdicts = {claim["id"]: claim["verdict"] for claim in claims}
    assert verdicts["n_analysed"].startswith("calibrated")
    assert verdicts["beta_adjusted"] == "not comparable"


def test_the_real_cohort_keeps_its_gaps(real):
    found = copied.results(real[0])
    gaps = {m["label"]: m["n_missing"] for m in found["01_cohort"]["missingness"]}
    known = {v["label"]: v["n_r"] for v in found["04_validation"]["validators"]}
    n = found["01_cohort"]["n_analysed"]
    assert n > 1000 and known == {label: n - gaps[label] for label in known}
    adjusted = [m["n"] for m in found["05_regression"]["models"] if m["model"] == "adjusted"]
    assert 0 < max(adjusted) <= n - gaps["Sex"]
