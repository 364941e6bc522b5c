"""What holds of every whole run, whoever its patients are: tests that two files import.

A file that imports them has a fixture ``any_run``: the folder of each of its runs in turn, with the
identifiers of its patients and the folder of its cohort.
"""

import json

import project_copy as copied
import reading

from compendium.run.results import STEPS

REAL = copied.PROJECT.parent / "shared" / "real"


def ran(root, name, *flags):
    """The folder of a new run; the whole screen where it did not end well."""
    said = copied.run_all(root, "--name", name, *copied.QUICK, *flags)
    assert said.status == 0, said.err + said.out
    assert "Traceback" not in said.out
    return root / "reports" / name


def outputs(run, kind):
    return [o for found in copied.results(run).values() for o in found["outputs"]
            if o["kind"] == kind]


def test_all_six_notebooks_complete(any_run):
    run, *_ = any_run
    manifest = json.loads((run / "manifest.json").read_text())
    assert manifest["complete"] and list(manifest["steps"]) == list(STEPS)
    assert sorted(p.stem for p in run.glob("notebooks/*")) == list(STEPS)


def test_results_hold_what_others_read_from_them(any_run):
    run, *_ = any_run
    assert copied.lacking(run) == []
    assert copied.disagreeing(run) == []


def test_no_number_has_more_than_ten_significant_digits(any_run):
    run, *_ = any_run
    assert copied.too_precise(run) == []


def test_no_file_of_a_run_names_a_folder_of_the_machine(any_run):
    run, _, folder = any_run
    assert copied.paths_of_the_machine(run, folder) == []


def test_no_file_of_a_run_names_a_patient(any_run):
    run, patients, _ = any_run
    assert copied.patients_named(run, patients) == []


def test_every_figure_has_words_for_those_who_cannot_see_it(any_run):
    run, *_ = any_run
    figures = outputs(run, "figure")
    assert len(figures) >= 6 and [f["name"] for f in figures if len(f["alt"].split()) < 6] == []


def test_synthetic_stands_on_everything_made_from_simulated_patients_only(any_run):
    run, *_ = any_run
    simulated = copied.results(run)["01_cohort"]["synthetic"]
    assert simulated == (run.name == "forty_patients")
    marked = {n: "SYNTHETIC" in t for n, t in copied.texts(run).items()
              if n.startswith(("figures/", "tables/"))}
    assert [name for name, is_marked in marked.items() if is_marked != simulated] == []


def test_every_sentence_is_short_and_has_few_numbers_and_no_private_word(any_run):
    run, *_ = any_run
    said = [s for path in sorted(run.glob("notebooks/*.ipynb")) for s in reading.said_by(path)]
    wrong = [f"{what}: {sentence}" for sentence in said if (what := reading.trouble(sentence))]
    assert len(said) > 20 and not wrong, "\n".join(wrong)


def test_every_answer_has_two_sentences_and_few_words(any_run):
    run, *_ = any_run
    for found in copied.results(run).values():
        words = reading.plain(" ".join(found["answer"])).split()
        assert 1 <= len(found["answer"]) <= 2 and len(words) <= 46, found["answer"]
        assert found["conclusion"], found["notebook"]
