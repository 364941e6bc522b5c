"""A kernel made ready for the next notebook changes nothing but the time, and never outlives us."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from mini_project import make, write

from compendium.run import runner
from compendium.run.execution import StepFailed, execute
from compendium.run.kernels import Kernels

PROJECT = Path(__file__).resolve().parents[2]
FACE = {"notebook": "print('hello'); NOW = 7", "report/__init__": "", "report/figures": ""}
SAYS = """
import random, sys
print("compendium.notebook" in sys.modules, "compendium" in globals(), random.random() == 0)
print(random.Random(1).random(), get_ipython().execution_count, In[1:])"""


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "load_checked", lambda parameters: None)
    return make(tmp_path / "p", modules=FACE, a=SAYS, b="y = 2")


def running():
    """The kernels that this process has started and not ended."""
    children = psutil.Process().children()
    return [c for c in children if "ipykernel_launcher" in " ".join(c.cmdline())]


def within(seconds, true):
    """Whether something comes true in time."""
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.1)
    return true()


def executed(root, kernels):
    """The notebook 01_a as executed."""
    folder = root / "reports" / "run"
    execute(root / "notebooks" / "01_a.py", folder, {"run": "run"}, kernels)
    return (folder / "notebooks" / "01_a.ipynb").read_text()


def test_a_kernel_that_waited_gives_the_same_notebook_as_one_that_did_not(root):
    with Kernels(root) as kernels:
        cold = executed(root, kernels)
        kernels.prepare(1)
        time.sleep(3)
        assert executed(root, kernels) == cold
    assert "True False False" in cold and "hello" not in cold
    assert "0.13436424411240122 4 " in cold


def test_a_kernel_that_is_not_taken_ends_with_the_run(root):
    with Kernels(root) as kernels:
        kernels.prepare(2)
        assert len(running()) == 2
    assert running() == []


def test_no_kernel_is_left_after_a_notebook_failed_or_an_interrupt(root, monkeypatch):
    write(root, "01_a", "raise ValueError('no')")
    with pytest.raises(StepFailed, match="no"):
        runner.run(root, runner.Request())
    assert running() == []
    write(root, "01_a", "import os, signal; os.kill(os.getppid(), signal.SIGINT); [*iter(int, 1)]")
    with pytest.raises(KeyboardInterrupt):
        runner.run(root, runner.Request())
    assert running() == []


def test_a_kernel_that_died_while_it_waited_is_replaced(root):
    with Kernels(root) as kernels:
        kernels.prepare(1)
        running()[0].kill()
        assert '"True False' in executed(root, kernels)


def test_a_kernel_that_imported_another_package_is_ended(root):
    with Kernels(root) as kernels:
        kernels.prepare(1, "before")
        before = running()
        kernels.prepare(1, "after")
        assert len(running()) == 1 and running() != before


def test_a_kernel_that_waits_ends_when_the_run_is_killed(root):
    code = (
        "import sys, time; from pathlib import Path; from compendium.run.kernels import Kernels;"
        "Kernels(Path(sys.argv[1])).prepare(1); time.sleep(60)"
    )
    path = {"PYTHONPATH": str(PROJECT / "src")}
    process = subprocess.Popen([sys.executable, "-c", code, str(root)], env=os.environ | path)
    assert within(30, psutil.Process(process.pid).children)
    kernel = psutil.Process(process.pid).children()[0]
    time.sleep(3)  # it watches once it has started
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert within(10, lambda: not kernel.is_running() or kernel.status() == psutil.STATUS_ZOMBIE)
