"""Compiling beforehand goes through everything that is compiled."""

import numpy as np

from compendium.__main__ import main, use_once


def test_one_cohort_goes_through_kernel_and_null():
    twin = use_once()
    assert twin.shape == (60, 3) and np.isfinite(twin).all()


def test_a_disk_that_is_full_is_one_sentence(monkeypatch, capsys):
    def full(table, file):
        raise OSError(28, "No space left on device", str(file))

    monkeypatch.setattr("compendium.data.synthetic.write_cohort", full)
    assert main(["data"]) == 1
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence.startswith("failed: ") and "cohort_synthetic.csv: the disk is full" in sentence
