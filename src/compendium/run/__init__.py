"""The notebooks, in order and on record: what must run, did it run well, and is it still so?

``run`` does what a ``Request`` asks for and writes ``reports/<name>``; a notebook that failed is a
``StepFailed``. ``verify`` hashes a run again, ``compare_runs`` holds its numbers against those of
the reference run, ``audit`` looks in a run for what points at a person, and ``read_results`` gives
the results of one notebook.

Words: a *step* is one notebook, a *run* all of them under one name; *ingredients* are all that a
step's *outputs* follow from; the *manifest* is a run's record of both; the *reference* is the run
that is committed, with the default parameters.
"""

from compendium.run.execution import StepFailed
from compendium.run.manifest import compare_runs, verify
from compendium.run.results import read_results
from compendium.run.runner import Request, run

__all__ = ["Request", "StepFailed", "compare_runs", "read_results", "run", "verify"]
