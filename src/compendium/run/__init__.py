"""The notebooks, in order and on record: what must run, did it run well, and is it still so?

``run`` does what a ``Request`` asks for and writes ``reports/<name>``; a notebook that failed is a
``StepFailed``. ``verify`` hashes a run again, ``compare_runs`` holds its numbers against those of
the reference run, and ``read_results`` gives the results of one notebook.

Words: a *step* is one notebook, a *run* all of them under one name; *ingredients* are all that a
step's *outputs* follow from; the *manifest* is a run's record of both, under a *seal*; the
*reference* is the run that is committed, with the default parameters.
"""

from compendium.run.comparison import compare_runs
from compendium.run.execution import StepFailed
from compendium.run.results import read_results
from compendium.run.runner import Request, run
from compendium.run.verification import verify

__all__ = ["Request", "StepFailed", "compare_runs", "read_results", "run", "verify"]
