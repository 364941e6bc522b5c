"""Whole runs on cohorts that lack what the paper's had, on few patients in three phenotypes, and on
real people where they are known."""

import numpy as np
import pandas as pd
import project_copy as copied
import pytest
from small_cohort import BOOK_HEADER as HEADER
from whole_runs import (  # noqa: F401  (tests of every run)
    REAL,
    ran,
    test_all_six_notebooks_complete,
    test_every_answer_has_two_sentences_and_few_words,
    test_every_figure_has_words_for_those_who_cannot_see_it,
    test_every_sentence_is_short_and_has_few_numbers_and_no_private_word,
    test_no_file_of_a_run_names_a_folder_of_the_machine,
    test_no_file_of_a_run_names_a_patient,
    test_no_number_has_more_than_ten_significant_digits,
    test_results_hold_what_others_read_from_them,
    test_synthetic_stands_on_everything_made_from_simulated_patients_only,
)

from compendium.data import codebook, synthetic

pytestmark = pytest.mark.slow
TWO = (
    "who,Patient,identifier,,text,,,,,,,,,,,,",
    "first_mm,First muscle,feature,thickness,number,mm,low,,0,90,,,,,,,",
    "second_au,Second muscle,feature,echogenicity,number,au,high,,0,255,,,,,,,",
)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return copied.make(tmp_path_factory.mktemp("cohorts") / "project")


@pytest.fixture(scope="module")
def two_features(root, tmp_path_factory):
    """Sixty patients of whom two muscles are known and nothing else."""
    folder, rng, n = tmp_path_factory.mktemp("two"), np.random.default_rng(3), 60
    severity = rng.normal(size=n)
    table = pd.DataFrame({
        "who": [f"Anna-{i:03d}" for i in range(n)],
        "first_mm": (12 - 2 * severity + rng.normal(0, 1, n)).round(1),
        "second_au": (60 + 10 * severity + rng.normal(0, 5, n)).round(),
    })
    table.to_csv(folder / "two.csv", index=False)
    (folder / "two_codebook.csv").write_text("\n".join([HEADER, *TWO]) + "\n")
    flags = ("--cohort", folder / "two.csv", "--codebook", folder / "two_codebook.csv")
    return ran(root, "two_features", *flags, "-p", "k_max", "3"), table["who"], folder


@pytest.fixture(scope="module")
def forty_patients(root, tmp_path_factory):
    """Forty simulated patients in the form of the shipped codebook, held against the paper's, in
    three phenotypes."""
    table = synthetic.simulate(n_eligible=40).table
    folder = tmp_path_factory.mktemp("forty")
    table.to_csv(folder / "forty.csv", index=False)
    choice = ("-p", "n_clusters", "3", "-p", "ledger", "calibrated")
    run = ran(root, "forty_patients", "--cohort", folder / "forty.csv", *choice)
    return run, table["patient_id"], folder


@pytest.fixture(scope="module")
def real(root):
    """Real people, from pooled trials; only their number and identifiers are looked at here."""
    cohort, book = REAL / "als_trials.csv", REAL / "als_trials_codebook.csv"
    if not cohort.is_file():
        pytest.skip(f"the real cohort is not beside the project (../shared/real/{cohort.name})")
    patients = pd.read_csv(cohort, dtype=str)[codebook.read_codebook(book).identifier.name]
    flags = ("--cohort", cohort, "--codebook", book, "-p", "k_max", "2")
    return ran(root, "real", *flags), patients, REAL


@pytest.fixture(params=("two_features", "forty_patients", "real"), scope="module")
def any_run(request):
    """Every run in turn, with the identifiers of its patients and the folder of its cohort."""
    return request.getfixturevalue(request.param)


def test_without_validators_notebook_4_says_so_and_makes_nothing(two_features):
    found = copied.results(two_features[0])["04_validation"]
    assert found["unavailable"] == (
        "The codebook names no independent measure (role validator), so nothing is compared."
    )
    assert found["answer"][0] == found["unavailable"]
    assert found["validators"] == found["outputs"] == []


def test_without_outcome_notebook_5_says_so_and_makes_nothing(two_features):
    found = copied.results(two_features[0])["05_regression"]
    assert found["unavailable"] == "The codebook names no outcome, so nothing is regressed."
    assert found["answer"][0] == found["unavailable"]
    assert found["models"] == found["outputs"] == []


def test_two_features_are_enough_for_phenotypes(two_features):
    found = copied.results(two_features[0])["02_clustering"]
    assert [p["name"] for p in found["phenotypes"]] == ["Mild", "Severe"]
    assert len(found["differences"]) == 2


def test_forty_patients_are_resampled_in_as_many_clusters_as_they_bear(forty_patients):
    found = copied.results(forty_patients[0])
    assert found["01_cohort"]["n_analysed"] == 40
    assert [one["k"] for one in found["03_stability"]["by_k"]] == [2, 3, 4]
    said = (forty_patients[0] / "notebooks" / "03_stability.ipynb").read_text()
    assert "too few patients to resample more than 4 clusters." in said


def test_three_phenotypes_are_named_in_order_and_each_held_against_the_mildest(forty_patients):
    found = copied.results(forty_patients[0])
    names = [p["name"] for p in found["02_clustering"]["phenotypes"]]
    assert names == ["Mild", "Moderate", "Severe"]
    models = found["05_regression"]["models"]
    assert {m["reference"] for m in models} == {"Mild"}
    assert {m["phenotype"] for m in models} == {"Moderate", "Severe"}


def test_no_published_claim_is_missed_although_three_phenotypes_cannot_answer_it(forty_patients):
    claims = copied.results(forty_patients[0])["06_reproduction"]["claims"]
    verdicts = {claim["id"]: claim["verdict"] for claim in claims}
    assert verdicts["n_analysed"] == "differs"
    assert verdicts["beta_adjusted"] == "not comparable"


def test_the_real_cohort_keeps_its_gaps(real):
    found = copied.results(real[0])
    gaps = {m["label"]: m["n_missing"] for m in found["01_cohort"]["missingness"]}
    known = {v["label"]: v["n_r"] for v in found["04_validation"]["validators"]}
    n = found["01_cohort"]["n_analysed"]
    assert n > 1000 and known == {label: n - gaps[label] for label in known}
    adjusted = [m["n"] for m in found["05_regression"]["models"] if m["model"] == "adjusted"]
    assert 0 < max(adjusted) <= n - gaps["Sex"]
