"""The command line on somebody else's cohort: a whole run, again, verified, tampered with, refused.

The cohort has the shape of a trial register: no ultrasound, half of the sexes unknown, two
validators of which one was measured in few.
"""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pandas as pd
import project_copy as copied
import pytest
from whole_runs import (  # noqa: F401  (tests of every run)
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

from compendium.run import built
from compendium.run.results import STEPS

pytestmark = pytest.mark.slow
LEDGER = ("06_reproduction", "table_4_comparison")  # the only places that speak of the paper


@dataclass(frozen=True)
class Finished:
    """A project in which one run was made: its root, its cohort's two flags, what was said."""

    root: Path
    cohort: Path
    flags: tuple
    said: copied.Said

    @property
    def run(self) -> Path:
        return self.root / "reports" / "mine"


@pytest.fixture(scope="module")
def finished(tmp_path_factory, shape_alike):
    root = copied.make(tmp_path_factory.mktemp("a hospital") / "project")
    cohort = tmp_path_factory.mktemp("ward é 北京 \"a\" 'b' \\x") / "register.csv"
    table = pd.read_csv(shape_alike.cohort, dtype=str, keep_default_na=False)
    # identifiers that would be known again wherever they stood
    table.assign(case="Anna-" + table["case"]).to_csv(cohort, index=False)
    flags = ("--cohort", cohort, "--codebook", shape_alike.codebook)
    said = asked(root, flags)
    assert said.status == 0, said.err + said.out
    return Finished(root, cohort, flags, said)


def asked(root, flags):
    """What is said where the run is asked for, the first time and again."""
    return copied.run_all(root, "--name", "mine", *flags, *copied.QUICK, "-p", "k_max", "3")


@pytest.fixture(scope="module")
def patients(finished):
    """The cohort file, numbers as numbers, gaps as NaN."""
    return pd.read_csv(finished.cohort)


@pytest.fixture(scope="module")
def any_run(finished, patients):
    return finished.run, patients["case"], finished.cohort.parent


@pytest.fixture(scope="module")
def found(finished):
    return copied.results(finished.run)


def test_the_last_screen_holds_an_answer_of_every_notebook(finished):
    assert [step for step in STEPS if f"\n{step}: " not in finished.said.out] == []
    assert "not compared: there is no complete reference run" in " ".join(finished.said.out.split())


def test_what_must_not_be_in_a_run_would_be_found(finished, tmp_path):
    run = shutil.copytree(finished.run, tmp_path / "reports" / "mine")
    plant(run / "results" / "01_cohort.json", '"n_read"', '"n_raed"')
    plant(run / "results" / "02_clustering.json", 'Mild",\n   "n": ', 'Mild",\n   "n": 9')
    plant(run / "tables" / "figure_5_models.csv", "\n", "\n1234.5678901,")
    as_papermill_writes = str(finished.cohort).encode("unicode_escape").decode()
    plant(run / "notebooks" / "04_validation.ipynb", "{", "{" + json.dumps(as_papermill_writes))
    plant(run / "figures" / "figure_5_regression.svg", "<", "<!-- (Anna-007) --><")
    assert copied.lacking(run) == ["01_cohort: n_read"]
    assert copied.too_precise(run) == ["1234.5678901"]
    folders = finished.cohort.parent
    assert copied.paths_of_the_machine(run, folders) == ["notebooks/04_validation.ipynb"]
    assert copied.patients_named(run, ["Anna-007"]) == ["figures/figure_5_regression.svg"]
    plant(run / "results" / "01_cohort.json", '"n_raed"', '"n_read"')
    assert [found.split(":")[0] for found in copied.disagreeing(run)] == ["sizes"]


def plant(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_nothing_speaks_of_ultrasound_of_the_paper_or_of_simulation(finished):
    # cohorts without groups are simulated beside any patients: their plural is no strange word
    strange = r"ALSFRS|\bmm[²2]?\b|SYNTHETIC|[Ss]imulated (patients|cohort )"
    kinds = ("results/", "tables/", "figures/", "models/")
    texts = copied.texts(finished.run).items()
    own = {n: text for n, text in texts if n.startswith(kinds) and Path(n).stem not in LEDGER}
    own |= {n.stem: shown(n) for n in finished.run.glob("notebooks/0[1-5]*.ipynb")}
    assert [name for name, text in own.items() if re.search(strange, text)] == []


def shown(notebook: Path) -> str:
    """What the code cells of an executed notebook show; their prose speaks of every cohort."""
    code = [c for c in built.read_notebook(notebook).cells if c.cell_type == "code"]
    return json.dumps([
        {kind: data for kind, data in output.get("data", {"text": output.get("text")}).items()
         if not kind.startswith("image/")}
        for cell in code for output in cell.outputs
    ], ensure_ascii=False)


def test_every_patient_is_analysed(found, patients):
    assert found["01_cohort"]["n_read"] == found["01_cohort"]["n_analysed"] == len(patients)


def test_the_adjusted_model_says_how_many_patients_it_rests_on(found, patients):
    complete = patients[["years", "gender", "start", "months", "slope"]].notna().all(axis=1)
    n = {model["model"]: model["n"] for model in found["05_regression"]["models"]}
    everybody, adjusted = int(patients["slope"].notna().sum()), int(complete.sum())
    assert n == {"crude": everybody, "crude, same patients": adjusted, "adjusted": adjusted,
                 "imputed": everybody}
    assert n["adjusted"] < n["crude"] / 1.5


def test_the_crude_difference_is_the_difference_of_the_groups_in_the_file(finished, found):
    # by another route: the labels are refound by assigning each patient with the saved phenotyper
    from compendium.phenotypes.assignment import assign

    data = pd.read_csv(finished.cohort, index_col="case")
    model = json.loads((finished.run / "models" / "phenotyper.json").read_text())
    assigned = assign(model, data[[c for c in data if c.endswith("_grade")]])["phenotype"]
    means = data["slope"].groupby(assigned.astype(str)).mean()
    crude = next(m for m in found["05_regression"]["models"] if m["model"] == "crude")
    assert crude["estimate"] == pytest.approx(means["Severe"] - means["Mild"], abs=1e-8)


def test_every_validator_says_how_many_patients_have_it_or_a_bound_where_few_lack_it(
    found, patients
):
    n = {v["validator"]: v["n_r"] for v in found["04_validation"]["validators"]}
    known = {name: int(patients[name].notna().sum()) for name in ("fvc_l", "slow_l")}
    # in one phenotype few lack it
    assert n == known | {"fvc_l": f"≥{known['fvc_l'] // 5 * 5}"}


def test_no_published_number_is_held_against_this_cohort(found):
    verdicts = {claim["verdict"] for claim in found["06_reproduction"]["claims"]}
    assert verdicts == {"not comparable"}


def test_the_second_run_does_nothing_and_says_unchanged(finished):
    before = copied.stamps(finished.root)
    said = asked(finished.root, finished.flags)
    assert (said.status, said.out.count("unchanged")) == (0, len(STEPS))
    changed = set(copied.stamps(finished.root).items()) ^ set(before.items())
    assert {name for name, _ in changed} <= {"reports/mine/.lock"}


def test_a_run_as_it_was_made_is_verified(finished):
    said = copied.run_all(finished.root, "--verify", "mine", *finished.flags)
    assert (said.status, said.err) == (0, "")


def test_a_run_that_was_tampered_with_is_not(finished):
    path = finished.run / "results" / "05_regression.json"
    honest = path.read_text(encoding="utf-8")
    try:
        plant(path, '"n": ', '"n": 9')
        said = copied.run_all(finished.root, "--verify", "mine")
    finally:
        path.write_text(honest, encoding="utf-8")
    assert said.status == 3
    assert "reports/mine/results/05_regression.json has changed." in said.out
    assert "Not looked at: the cohort itself and the codebook" in " ".join(said.out.split())


def without_a_column(finished, folder):
    table = pd.read_csv(finished.cohort, dtype=str, keep_default_na=False)
    table.drop(columns="pen_grade").to_csv(folder / "register.csv", index=False)
    return "--cohort", folder / "register.csv", *finished.flags[2:]


REFUSED = {
    "a missing column": (without_a_column, r"register\.csv.*pen_grade.*"),
    "an unknown parameter": (
        lambda finished, folder: (*finished.flags, "-p", "n_cluster", "3"),
        r"parameter 'n_cluster' is not known; did you mean 'n_clusters'\?",
    ),
    "a scenario with a cohort": (
        lambda finished, folder: (*finished.flags, "-p", "scenario", "continuum"),
        r"parameter scenario simulates patients, cohort names real ones; give one of them\.",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_input_that_cannot_be_used_is_refused_in_one_sentence(finished, tmp_path, why):
    flags, sentence = REFUSED[why]
    before = copied.stamps(finished.root)
    said = copied.run_all(finished.root, "--name", "other", *flags(finished, tmp_path))
    assert (said.status, said.out) == (2, "")
    assert re.fullmatch(f"refused: {sentence}\n", said.err), said.err
    assert copied.stamps(finished.root) == before


@pytest.fixture(scope="module")
def alone(finished):
    """Notebook 5 on the shipped cohort by papermill itself, in three phenotypes and without
    covariates: what it said, what it wrote, and its results."""
    source, quick = finished.root / "notebooks" / "05_regression.py", copied.QUICK
    if not source.with_suffix(".ipynb").is_file():
        nbformat.write(built.convert(source), source.with_suffix(".ipynb"))
    before = copied.stamps(finished.root)
    choice = ["-p", "n_clusters", "3", "-p", "covariates", "none", "-p", "jobs", "2"]
    said = copied.python(finished.root, "-m", "papermill", "notebooks/05_regression.ipynb",
                         "out.ipynb", *quick, *choice)
    written = {name for name, _ in set(copied.stamps(finished.root).items()) ^ set(before.items())}
    results = copied.results(finished.root / "reports" / "alone")
    shutil.rmtree(finished.root / "reports" / "alone")
    return said, written, results


def test_a_notebook_runs_alone_by_plain_papermill(alone):
    said, written, _ = alone
    assert said.status == 0, said.err
    assert {name for name in written if not name.startswith("reports/alone/")} == {"out.ipynb"}
    assert "reports/alone/results/05_regression.json" in written


def test_without_covariates_there_is_only_the_crude_model(alone):
    found = alone[2]["05_regression"]
    assert found["covariates"] == []
    assert {(m["model"], len(m["covariates"])) for m in found["models"]} == {("crude", 0)}
