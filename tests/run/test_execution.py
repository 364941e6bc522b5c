"""A notebook counts as done only when every cell completed, and leaves no paths behind."""

import json
import sys
import unicodedata
from pathlib import Path

import nbformat
import papermill
import pytest
from mini_project import make, write

from compendium.run import execution
from compendium.run.execution import StepFailed, without_paths
from compendium.run.kernels import Kernels

GOOD = "the last good notebook\n"


def execute(source, folder, parameters):
    with Kernels(source.parents[1]) as kernels:
        return execution.execute(source, folder, parameters, kernels)


def run(root, code, **parameters):
    """Execute one notebook with this code over an earlier good one; the run's folder."""
    source, folder = write(root, "01_a", code), root / "reports" / "run"
    (folder / "notebooks").mkdir(parents=True, exist_ok=True)
    (folder / "notebooks" / "01_a.ipynb").write_text(GOOD)
    execute(source, folder, {"run": "run", **parameters})
    return folder


def notebook(folder, name="01_a.ipynb"):
    return nbformat.read(folder / "notebooks" / name, as_version=4)


# what Python, JSON, papermill, HTML or a shell would spell in another way
ODD = "ü 北京 \"a\" 'b' \\x41 {c} $HOME & %41"


@pytest.fixture
def root(tmp_path):
    return make(tmp_path / f"lab4 {ODD}")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("raise ValueError('too few\\npatients')", "01_a, cell 2: ValueError: too few"),
        ("import sys; sys.exit(0)", "01_a, cell 2: SystemExit: the notebook left before its"),
        ("import os; os._exit(1)", "01_a, cell 2: the kernel died"),
        ("raise ValueError(10**6 * 'x')", "01_a, cell 2: ValueError: x{300} …$"),
    ],
    ids=["an error", "sys.exit(0)", "a dead kernel", "an endless word"],
)
def test_a_notebook_that_does_not_reach_its_end_fails_and_is_kept_aside(root, code, sentence):
    with pytest.raises(StepFailed, match=sentence):
        run(root, code)
    folder = root / "reports" / "run"
    assert (folder / "notebooks" / "01_a.ipynb").read_text() == GOOD
    assert code in nbformat.writes(notebook(folder, "01_a.failed.ipynb")).replace("\\\\", "\\")


def test_a_notebook_that_publishes_nothing_fails(root):
    source = write(root, "01_a", "")
    source.write_text("# %%\n1 + 1\n")
    with pytest.raises(StepFailed, match="01_a, finished without publishing results/01_a.json"):
        execute(source, root / "reports" / "run", {})


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_good_run_leaves_no_paths_no_times_and_no_remains(root, tmp_path, form):
    own = tmp_path / unicodedata.normalize(form, f"ward7 {ODD}") / "mine.csv"
    source = write(root, "01_a", """
import html, sys, unicodedata, warnings
from urllib.parse import quote

print(Path.cwd() / "x", Path.home() / "y", sys.executable)
for name in (cohort, repr(cohort), ascii(cohort), json.dumps(cohort), repr(json.dumps(cohort)),
             html.escape(cohort), quote(cohort), repr("\\n" + cohort),
             unicodedata.normalize("NFC", cohort), unicodedata.normalize("NFD", cohort)):
    print(name)
warnings.warn("careful")
Path.cwd()""")
    source.write_text(source.read_text().replace('run = ""', 'run = ""\ncohort = ""'))
    folder = root / "reports" / "run"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "notebooks" / "01_a.failed.ipynb").write_text("old")
    execute(source, folder, {"run": "run", "cohort": str(own)})
    text = (folder / "notebooks" / "01_a.ipynb").read_text()
    for part in ("lab4", "ward7", str(Path.home()), sys.prefix, "ipykernel_", "start_time"):
        assert part not in text
    assert text.count("mine.csv") == 11
    assert sorted(path.name for path in (folder / "notebooks").iterdir()) == ["01_a.ipynb"]
    assert not list((folder / ".pending").iterdir())


def test_values_are_passed_as_they_are_whatever_they_hold(root):
    value = "a \"quoted\" 'name' \\ {x} 007 [1,2] é"
    source = write(root, "01_a", "print(covariates)")
    source.write_text(source.read_text().replace('run = ""', 'run = ""\ncovariates = ""'))
    execute(source, root / "reports" / "run", {"run": "run", "covariates": value})
    cells = notebook(root / "reports" / "run").cells
    assert cells[3].outputs[0].text == value + "\n"


def test_two_equal_runs_give_the_same_file(root):
    code = "import time\nprint('a', flush=True); time.sleep(0.2); print('b')"
    texts = [(run(root, code) / "notebooks" / "01_a.ipynb").read_bytes() for _ in range(2)]
    assert texts[0] == texts[1]


def test_a_kernel_that_did_not_start_is_started_once_more(root, monkeypatch):
    calls = []

    def starts_the_second_time(notebook, path, parameters, **options):
        calls.append(options["kernel_name"])
        if len(calls) == 1:
            raise RuntimeError("Kernel died before replying to kernel_info")
        for cell in notebook.cells:
            cell.metadata["papermill"] = {"status": "completed"}
            cell.metadata["execution"] = {"shell.execute_reply": "12:00"}
        nbformat.write(notebook, path.format())  # as papermill does
        results = root / "reports" / "run" / ".pending" / "01_a" / "results"
        results.mkdir(parents=True)
        (results / "01_a.json").write_text('{"n": 1}')

    monkeypatch.setattr(papermill, "execute_notebook", starts_the_second_time)
    run(root, "")
    assert calls == ["python3", "python3"]


def test_a_kernel_that_never_starts_is_said_so(root, monkeypatch):
    def never(*_, **__):
        raise RuntimeError("Kernel died before replying to kernel_info")

    monkeypatch.setattr(papermill, "execute_notebook", never)
    with pytest.raises(StepFailed, match="01_a, cell 1: RuntimeError: Kernel died before replying"):
        run(root, "")


def test_the_kernel_is_this_interpreter_whatever_is_called_python3(root, tmp_path, monkeypatch):
    other = tmp_path / "jupyter" / "kernels" / "python3"
    other.mkdir(parents=True)
    call = [sys.executable, "-c", "raise SystemExit('another environment')"]
    (other / "kernel.json").write_text(json.dumps({"argv": call, "display_name": "Other"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    code = """
import os, sys
from matplotlib import get_backend
names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONHASHSEED", "COMPENDIUM_STAGED")
print(sys.executable == {!r}, [os.environ[name] for name in names], get_backend().split("_")[-1])
print(os.environ["PYTHONPATH"].split(os.pathsep)[0] == str(Path.cwd().parent / "src"))"""
    found = notebook(run(root, code.format(sys.executable))).cells[3].outputs[0].text
    assert found == "True ['1', '1', '0', '1'] inline\nTrue\n"


def test_versions_are_those_of_the_kernel_that_ran(root, tmp_path, monkeypatch):
    other = tmp_path / "newer" / "numpy-99.1.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 99.1\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "newer"))
    found = execute(write(root, "01_a", ""), root / "reports" / "run", {"run": "run"})
    assert found["numpy"] == "99.1" and found["python"] == sys.version.split()[0]
    assert {"scikit-learn", "papermill"} <= found.keys()
    assert "versions" not in nbformat.writes(notebook(root / "reports" / "run"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in /home/ann/study/data/x.csv", "in data/x.csv"),
        ("at /home/ann/study.", "at [project]."),
        ("/home/ann/other", "~/other"),
        ("/home/anna/other", "/home/anna/other"),
        ("'/home/ann'", "'~'"),
        ("\x1b[32m/home/ann/x\x1b[39m", "\x1b[32m~/x\x1b[39m"),
        ("b/home/ann/x", "b/home/ann/x"),
        ("/tmp/ipykernel_12/345.py:6: UserWarning", "[cell]:6: UserWarning"),
        (r"'line\n/home/ann/x'", r"'line\n~/x'"),
        (r'"\"/home/ann/study\""', r'"\"[project]\""'),
    ],
)
def test_folders_are_replaced_whole_and_longest_first(text, expected):
    assert without_paths(text, {"/home/ann": "~", "/home/ann/study": ""}) == expected


def test_pictures_are_left_as_they_are(root):
    code = """
from IPython.display import display
home = str(Path.home())
display({"image/png": home + "/x", "text/plain": home + "/x"}, raw=True)"""
    data = notebook(run(root, code)).cells[3].outputs[0].data
    assert data["text/plain"] == "~/x"
    assert data["image/png"].strip() == str(Path.home()) + "/x"
