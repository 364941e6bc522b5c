"""Tests of the committed notebooks read the committed reference, whatever was run here last.

One thread in BLAS and OpenMP, as the Makefile sets it: the test processes share the cores.
"""

import os

os.environ.setdefault("COMPENDIUM_READS", "reference")
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
