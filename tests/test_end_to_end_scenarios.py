"""Whole runs on the simulated scenarios: what is said of them is true of them, and can be read."""

import project_copy as copied
import pytest
from whole_runs import (  # noqa: F401  (tests of every run)
    ran,
    test_all_six_notebooks_complete,
    test_every_answer_has_two_sentences_and_few_words,
    test_every_sentence_is_short_and_has_few_numbers_and_no_private_word,
)

pytestmark = pytest.mark.slow
CLUSTERS = {"continuum": 2, "three_groups": 3, "no_effect": 2}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return copied.make(tmp_path_factory.mktemp("scenarios") / "project")


@pytest.fixture(params=CLUSTERS, scope="module")
def any_run(request, root):
    name = request.param
    choices = ("-p", "scenario", name, "-p", "n_clusters", str(CLUSTERS[name]))
    return ran(root, name, *choices, "-p", "k_max", "3"), (), root


def test_a_continuum_is_not_called_groups(any_run):
    verdict = copied.results(any_run[0])["03_stability"]["verdict"]
    assert any_run[0].name != "continuum" or verdict["rung"] < 2
