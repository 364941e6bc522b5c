"""One environment: what is asked for, what is locked, and what every way of installing installs."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[1]
LOCK = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))


def plain(name):
    """A package's name in the one spelling that pip compares."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name.strip())[0]).lower()


def asked():
    lines = (PROJECT / "requirements.in").read_text(encoding="utf-8").splitlines()
    return {plain(line) for line in lines if line.strip() and not line.startswith("#")}


def recipe(target):
    """The commands of a target of the Makefile."""
    body = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)[1]
    return [line.strip() for line in body.splitlines()]


def test_everything_asked_for_is_locked():
    assert asked() <= set(re.findall(r"^([a-z0-9._-]+)==", LOCK, re.MULTILINE))


def test_every_locked_package_has_one_exact_version_and_a_hash():
    blocks = re.split(r"\n(?=\S)", LOCK.strip())
    assert len(blocks) > 100
    for block in blocks:
        assert re.match(r"[a-z0-9._-]+==\S+", block), block.splitlines()[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block.splitlines()[0]


def test_the_lock_holds_no_address():
    assert "://" not in LOCK
    assert not re.search(r"--(extra-)?index-url|--find-links|--trusted-host| @ ", LOCK)


def test_what_installs_the_package_itself_is_locked_too():
    needed = {plain(name) for name in PYPROJECT["build-system"]["requires"]}
    assert needed <= asked()


def test_the_package_depends_on_nothing_that_is_not_locked():
    extras = PYPROJECT["project"]["optional-dependencies"].values()
    wanted = [*PYPROJECT["project"]["dependencies"], *(name for extra in extras for name in extra)]
    assert {plain(name) for name in wanted} <= asked()


def test_only_the_lock_pins_versions():
    assert not [name for name in PYPROJECT["project"]["dependencies"] if re.search("[=<>~]", name)]


def test_the_package_says_the_version_it_is():
    from compendium import __version__

    assert PYPROJECT["project"]["version"] == __version__


def test_the_conda_environment_is_python_pip_and_the_lock():
    dependencies = yaml.safe_load((PROJECT / "environment.yml").read_text())["dependencies"]
    python, pip, from_pip = dependencies
    lowest = PYPROJECT["project"]["requires-python"].removeprefix(">=")
    assert (python, pip) == (f"python={lowest}", "pip")
    assert from_pip == {"pip": ["--require-hashes", "-r requirements.lock"]}


def test_make_and_binder_install_the_lock_by_hash_and_then_the_package_alone():
    text = MAKEFILE + (PROJECT / "postBuild").read_text()
    assert "--require-hashes --no-deps -r requirements.lock" in MAKEFILE
    assert text.count("pip install --no-deps --no-build-isolation -e .") == 1
    assert text.count("--no-deps --no-build-isolation -e .") == 2


def test_continuous_integration_runs_what_make_test_runs():
    script = PROJECT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert script.read_text().splitlines()[-1] == "exec make test"


def test_make_test_lints_and_runs_unit_tests_and_notebooks_and_swallows_no_failure():
    lint, tests = recipe("test")
    assert lint == "$(PY) -m ruff check ."
    assert "pytest" in tests and "--nbval" in tests and tests.endswith("tests notebooks")
    assert not lint.startswith("-") and not re.search(r"\|\||; *true", lint + tests)


def test_the_readme_gives_the_same_lines_without_make():
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    lines = [line.replace("$(PY)", ".venv/bin/python") for line in recipe("test")]
    lines += ["--require-hashes --no-deps -r requirements.lock"]
    lines += ["--no-deps --no-build-isolation -e ."]
    assert [line for line in lines if line not in readme] == []


@pytest.mark.parametrize("target", ["reproduce", "test", "notebooks", "reference", "check", "data"])
def test_every_target_that_computes_first_makes_the_environment(target):
    assert re.search(rf"^{target}: \$\(STAMP\)$", MAKEFILE, re.MULTILINE)


def test_only_the_reference_run_is_committed():
    ignored = (PROJECT / ".gitignore").read_text().splitlines()
    assert ignored.index("/reports/*") < ignored.index("!/reports/reference/")
    assert ".venv" in ignored
