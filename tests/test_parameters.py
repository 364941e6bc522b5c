"""Parameters: each value has one spelling, and every trick is refused in one sentence."""

from __future__ import annotations

import math

import pytest

from compendium import parameters
from compendium.parameters import PARAMETERS, check, complete, declared, from_command_line


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda p: p.name)
def test_every_default_passes_its_own_check(parameter):
    assert check(parameter.name, parameter.default) == parameter.default
    assert type(check(parameter.name, str(parameter.default))) is parameter.type


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("n_clusters", "8", 8),
        ("n_clusters", 3.0, 3),
        ("max_missing", "0", 0.0),
        ("max_missing", "2e-1", 0.2),
        ("max_missing", ".5", 0.5),
        ("max_missing", 0, 0.0),
        ("run", "007", "007"),
        ("run", "1:30", "1:30"),
        ("cohort", "[1,2]", "[1,2]"),
        ("cohort", "", ""),
    ],
)
def test_a_value_is_read_by_the_type_of_its_parameter(name, text, value):
    assert check(name, text) == value


@pytest.mark.parametrize(
    "value",
    ["007", "1:30", "[1,2]", "1e3", "3.0", "2.5", "1_0", "", " 3", "+3", "three", "nan", "inf", "٣",
     "True", True, None, [3], {"k": 3}, (3,), math.nan, math.inf, 2.5, b"3"],
    ids=repr,
)
def test_what_is_no_whole_number_is_refused(refusal, value):
    assert refusal(check, "n_clusters", value) == (
        f"parameter n_clusters must be a whole number, not {str(value)!r}.",
    )


@pytest.mark.parametrize("value", ["0,2", "20%", "", "nan", "inf", "1_0", "False", False, None, []])
def test_what_is_no_number_is_refused(refusal, value):
    assert refusal(check, "max_missing", value) == (
        f"parameter max_missing must be a number with a decimal point, not {str(value)!r}.",
    )


@pytest.mark.parametrize("value", [7, True, None, ["a"], "two\nlines", "bell\a"])
def test_what_is_no_plain_text_is_refused(refusal, value):
    assert refusal(check, "run", value) == (
        f"parameter run must be text, not {str(value)!r}.",
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("n_clusters", "1", "parameter n_clusters is 1; it must lie in 2 to 8."),
        ("n_clusters", 9, "parameter n_clusters is 9; it must lie in 2 to 8."),
        ("n_clusters", "-2", "parameter n_clusters is -2; it must lie in 2 to 8."),
        ("max_missing", math.nan, "parameter max_missing is nan; it must lie in 0.0 to 0.8."),
        ("max_missing", math.inf, "parameter max_missing is inf; it must lie in 0.0 to 0.8."),
        ("max_missing", "1e999", "parameter max_missing is inf; it must lie in 0.0 to 0.8."),
        ("random_state", "-1", "parameter random_state is -1; it must lie in 0 to 2147483647."),
        ("scaling", "Zscore", "parameter scaling cannot be 'Zscore'; did you mean 'zscore'?"),
        ("scaling", "", "parameter scaling cannot be ''; known are: zscore, robust."),
        ("N_Clusters", 3, "parameter 'N_Clusters' is not known; did you mean 'n_clusters'?"),
        ("n_cluster", 3, "parameter 'n_cluster' is not known; did you mean 'n_clusters'?"),
    ],
)
def test_a_wrong_value_or_name_is_answered_with_the_remedy(refusal, name, value, sentence):
    assert refusal(check, name, value) == (sentence,)


def test_an_unknown_name_without_a_near_one_lists_all(refusal):
    (sentence,) = refusal(check, "import os", "1")
    assert all(name in sentence for name in PARAMETERS)


def test_a_number_too_large_for_any_type_is_refused(refusal):
    assert len(refusal(check, "max_missing", 10**400)) == 1
    assert len(refusal(check, "random_state", "9" * 5000)) == 1


def test_a_later_source_wins():
    given = from_command_line(
        pairs=[("n_init", "4"), ("n_init", "3")], yaml_texts=["n_init: 5\nk_max: 6"]
    )
    assert given == {"n_init": 3, "k_max": 6}


def test_only_what_was_given_is_returned_and_the_rest_completed():
    given = from_command_line(pairs=[("n_clusters", "3")])
    assert given == {"n_clusters": 3}
    assert complete(given) == {name: p.default for name, p in PARAMETERS.items()} | given


@pytest.mark.parametrize("value", ["007", "1:30", "on", "0x1F", "2024-01-01", "null"])
def test_yaml_guesses_no_type_of_a_text(value):
    assert from_command_line(yaml_texts=[f"run: {value}"]) == {"run": value}


@pytest.mark.parametrize("value", ["1:30", "010", "0x3", "yes", ".inf", ".nan", "[3]", "~"])
def test_yaml_guesses_no_number(refusal, value):
    (sentence,) = refusal(from_command_line, yaml_texts=[f"n_init: {value}"])
    assert sentence.startswith("parameter n_init must be a whole number, not ")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("n_init: [", "-y: not YAML; write one 'name: value' a line."),
        ("[1, 2]: 3", "-y: not YAML; write one 'name: value' a line."),
        ("n_init\t:\t\x07", "-y: not YAML; write one 'name: value' a line."),
        ("- n_init\n- 5", "-y: must hold 'name: value' lines and nothing else."),
        ("n_init", "-y: must hold 'name: value' lines and nothing else."),
        ("3", "-y: must hold 'name: value' lines and nothing else."),
        ("os.system('x'): 3", "-y: \"os.system('x')\" is no parameter name."),
    ],
)
def test_yaml_that_is_no_list_of_parameters_is_refused(refusal, text, sentence):
    assert refusal(from_command_line, yaml_texts=[text]) == (sentence,)


def test_empty_yaml_gives_nothing():
    assert from_command_line(yaml_texts=["", "# a comment"]) == {}


def test_a_file_of_parameters_is_read(tmp_path):
    path = tmp_path / "mine.yml"
    path.write_text("\ufeffn_clusters: 3\ncohort: a b.csv\n", "utf-8")
    assert from_command_line(files=[path]) == {"n_clusters": 3, "cohort": "a b.csv"}


def test_a_file_that_cannot_be_read_is_refused(tmp_path, refusal):
    assert refusal(from_command_line, files=[tmp_path / "absent.yml"]) == (
        "absent.yml: no such file; check the path.",
    )


def test_all_problems_are_said_together(refusal):
    pairs = [("n_clusters", "x"), ("n_init", "0"), ("colour", "red")]
    assert len(refusal(from_command_line, pairs)) == 3


def test_a_scenario_beside_a_cohort_is_refused(refusal):
    assert refusal(from_command_line, [("scenario", "continuum"), ("cohort", "a.csv")]) == (
        "parameter scenario simulates patients, cohort names real ones; give one of them.",
    )


def test_a_scenario_beside_an_empty_cohort_is_none():
    assert from_command_line([("scenario", "continuum"), ("cohort", "")])["cohort"] == ""


def test_the_parameters_cell_of_a_notebook_is_read(tmp_path):
    path = tmp_path / "01_a.py"
    path.write_text(
        '# %% [markdown]\n# text\n\n# %% tags=["parameters"]\nrun = ""  # type: str a run\n'
        "alpha = 0.05  # type: float level\n\n# %%\nlater = 1\n"
    )
    assert declared(path) == {"run": "", "alpha": 0.05}


def test_a_notebook_without_a_parameters_cell_declares_nothing(tmp_path):
    path = tmp_path / "01_a.py"
    path.write_text("# %%\nlater = 1\n")
    assert declared(path) == {}


def test_a_notebook_checks_every_parameter_it_holds(refusal):
    held = {"n_clusters": 30, "missing": "mean", "something_else": object()}
    found = refusal(parameters.check_all, held)
    assert [sentence.split(" is ")[0].split(" cannot")[0] for sentence in found] == [
        "parameter missing", "parameter n_clusters",
    ]


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(("text", "sentence"), [
    (BOMB, "& and * (anchors) are not read; write values out."),
    ("n_init: &x 3", "& and * (anchors) are not read; write values out."),
    ("n_init: " + "[" * 21 + "]" * 21, "brackets too deep; write one 'name: value' a line."),
    ("n_init: " + "{a: " * 9000, "brackets too deep; write one 'name: value' a line."),
    ("#" * 64_001, "longer than 64,000 characters; shorten it."),
])
def test_yaml_that_would_grow_is_refused_before_it_is_read(refusal, monkeypatch, text, sentence):
    monkeypatch.setattr("yaml.load", None)
    assert refusal(from_command_line, yaml_texts=[text]) == (f"-y: {sentence}",)


def test_a_very_long_text_is_refused(refusal):
    assert refusal(check, "cohort", "a" * 4097) == (
        "parameter cohort is longer than 4,096 characters; shorten it.",
    )
