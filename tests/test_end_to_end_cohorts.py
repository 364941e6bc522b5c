"""Whole runs on cohorts that lack what the paper's had, or are smaller, or real."""

import json

import numpy as np
import pandas as pd
import project_copy as copied
import pytest

from compendium import codebook, synthetic
from compendium.results import STEPS
from conftest import HEADER

pytestmark = pytest.mark.slow
REAL = copied.PROJECT.parent / "shared" / "real"
COHORTS = ("two_features", "forty_patients", "three_phenotypes", "real")
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
    })  # fmt: skip
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
    patients = pd.read_csv(cohort, dtype=str)[codebook.read(book).identifier.name]
    return ran(root, "real", "--cohort", cohort, "--codebook", book), patients


def ran(root, name, *flags):
    """The folder of a new run; the whole screen where it did not end well."""
    said = copied.run_all(root, "--name", name, *flags, *copied.QUICK)
    assert said.status == 0, said.err + said.out
    assert "Traceback" not in said.out
    return root / "reports" / name


@pytest.fixture(params=COHORTS, scope="module")
def any_run(request):
    """Every run in turn, with the identifiers of its patients."""
    return request.getfixturevalue(request.param)


def outputs(run, kind):
    return [o for found in copied.results(run).values() for o in found["outputs"]
            if o["kind"] == kind]  # fmt: skip


def test_all_six_notebooks_complete(any_run):
    run, _ = any_run
    manifest = json.loads((run / "manifest.json").read_text())
    assert manifest["complete"] and list(manifest["steps"]) == list(STEPS)
    assert sorted(p.stem for p in run.glob("notebooks/*")) == list(STEPS)


def test_results_hold_what_others_read_from_them(any_run):
    run, _ = any_run
    assert copied.lacking(run) == []
    assert copied.disagreeing(run) == []


def test_no_number_has_more_than_ten_significant_digits(any_run):
    run, _ = any_run
    assert copied.too_precise(run) == []


def test_no_file_of_a_run_names_a_folder_of_the_machine(any_run):
    run, _ = any_run
    assert copied.paths_of_the_machine(run, REAL) == []


def test_no_file_of_a_run_names_a_patient(any_run):
    run, patients = any_run
    assert copied.patients_named(run, patients) == []


def test_every_figure_has_words_for_those_who_cannot_see_it(any_run):
    run, _ = any_run
    figures = outputs(run, "figure")
    assert figures and [f["name"] for f in figures if len(f["alt"].split()) < 6] == []


def test_synthetic_stands_on_everything_made_from_simulated_patients_only(any_run):
    run, _ = any_run
    simulated = copied.results(run)["01_cohort"]["synthetic"]
    assert simulated == (run.name in ("forty_patients", "three_phenotypes"))
    marked = {n: "SYNTHETIC" in t for n, t in copied.texts(run).items()
              if n.startswith(("figures/", "tables/"))}  # fmt: skip
    assert [name for name, is_marked in marked.items() if is_marked != simulated] == []


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
