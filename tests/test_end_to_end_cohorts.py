"""Whole runs on cohorts that lack what the paper's had, or are smaller."""

import numpy as np
import pandas as pd
import project_copy as copied
import pytest
from small_cohort import BOOK_HEADER as HEADER
from whole_runs import (  # noqa: F401  (tests of every run)
    ran,
    test_all_six_notebooks_complete,
    test_every_figure_has_words_for_those_who_cannot_see_it,
    test_no_file_of_a_run_names_a_folder_of_the_machine,
    test_no_file_of_a_run_names_a_patient,
    test_no_number_has_more_than_ten_significant_digits,
    test_results_hold_what_others_read_from_them,
    test_synthetic_stands_on_everything_made_from_simulated_patients_only,
)

from compendium.data import synthetic

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
    return ran(root, "two_features", *flags), table["who"]


@pytest.fixture(scope="module")
def forty_patients(root, tmp_path_factory):
    """Forty simulated patients in the form of the shipped codebook."""
    table = synthetic.simulate(n_eligible=40).table
    path = tmp_path_factory.mktemp("forty") / "forty.csv"
    table.to_csv(path, index=False)
    return ran(root, "forty_patients", "--cohort", path), table["patient_id"]


@pytest.fixture(params=("two_features", "forty_patients"), scope="module")
def any_run(request):
    """Every run in turn, with the identifiers of its patients."""
    return request.getfixturevalue(request.param)


def test_without_validators_notebook_4_says_so_and_makes_nothing(two_features):
    found = copied.results(two_features[0])["04_validation"]
    assert found["unavailable"] == "The codebook names no validator, so nothing is compared."
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
    assert "40 patients are too few to resample more than 4 clusters." in said
