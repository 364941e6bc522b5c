"""Two runs held against each other: numbers one by one, and whatever else is in them."""

import pytest
from mini_project import make
from sealing import finished

from compendium.run import comparison


@pytest.fixture
def root(tmp_path):
    return make(tmp_path / "a project", modules={"room/inner": "Y = 1\n"}, a="x = 1")


def test_equal_runs_are_counted(root):
    results = {"n": 3, "mean": 0.5, "names": ["Mild", "Severe"], "none": None, "yes": True}
    finished(root, "reference", results)
    finished(root, "run", results)
    assert comparison.compare_runs(root, "run") == comparison.Comparison("", 2, 4, ())


@pytest.mark.parametrize(
    ("here", "there", "sentence"),
    [
        ({"n": 288}, {"n": 287}, "01_a: n is 288, reference 287"),
        ({"a": {"b": [1.0, 2.5]}}, {"a": {"b": [1.0, 2.4]}}, "01_a: a.b.1 is 2.5, reference 2.4"),
        ({"name": "Mild"}, {"name": "Severe"}, '01_a: name is "Mild", reference "Severe"'),
        ({"x": None}, {"x": 1.0}, "01_a: x is null, reference 1.0"),
        ({"n": 1, "m": 2}, {"n": 1}, "01_a: m is 2, reference absent"),
        ({"yes": True}, {"yes": 1}, "01_a: yes is true, reference 1"),
    ],
)
def test_every_difference_is_shown_with_its_path(root, here, there, sentence):
    finished(root, "reference", there)
    finished(root, "run", here)
    assert comparison.compare_runs(root, "run").differences == (sentence,)


@pytest.mark.parametrize("size", [0.0, 1.0, 1e6])
def test_numbers_may_differ_by_the_tolerance_absolutely_or_relatively(size):
    step = comparison.TOLERANCE * (1 + size)
    assert comparison.equal(size, size + 0.9 * step)
    assert not comparison.equal(size, size + 1.2 * step)


@pytest.mark.parametrize("path", [("beta_ci", "0"), ("bootstrap", "sd"), ("jaccard", "Mild")])
def test_resampled_numbers_may_differ_more(path):
    assert comparison.equal(0.5, 0.5 + 5e-7, path) and not comparison.equal(0.5, 0.5 + 2e-6, path)


def test_whole_words_of_a_key_say_that_it_is_resampled():
    assert not comparison.equal(0.5, 0.5 + 5e-7, ("variance", "specificity"))


def test_whole_numbers_have_no_tolerance_even_when_resampled():
    assert not comparison.equal(10**9, 10**9 + 1, ("bootstrap",))


def test_a_run_with_another_parameter_is_not_compared(root):
    finished(root, "reference")
    finished(root, "run", parameters={"n_clusters": 3})
    expected = "not compared with the reference run: n_clusters is 3, there 2."
    assert comparison.compare_runs(root, "run").why_not == expected


def test_a_parameter_that_changes_no_result_does_not_prevent_comparison(root):
    finished(root, "reference")
    finished(root, "run", parameters={"jobs": 1})
    assert comparison.compare_runs(root, "run").why_not == ""


def test_a_run_of_another_cohort_is_not_compared(root):
    finished(root, "reference")
    finished(root, "run", inputs={"cohort": {"file": "mine.csv", "sha256": "0" * 64}})
    expected = "not compared with the reference run: it is of another cohort."
    assert comparison.compare_runs(root, "run").why_not == expected


def test_without_a_reference_nothing_is_compared(root):
    finished(root)
    assert (
        comparison.compare_runs(root, "run").why_not
        == "not compared: there is no complete reference run."
    )


def test_results_that_cannot_be_read_differ(root):
    for name in ("reference", "run"):
        finished(root, name, {"n": 3})
    (root / "reports" / "run" / "results" / "01_a.json").write_text('{"n": ')
    assert comparison.compare_runs(root, "run").differences == (
        "01_a:  is null, reference absent", "01_a: n is absent, reference 3",
    )
