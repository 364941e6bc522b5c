"""One set of bootstraps for two notebooks: kept, recalled, and never taken for another."""

import json

import numpy as np
import pytest

from compendium.run.results import dumps
from compendium.sensitivity import bootstraps

CHOICES = {"n_replicates": 6, "n_clusters": 2, "random_state": 1}


@pytest.fixture
def kept(tmp_path, cohort):
    """Replicates of a small cohort, and the folder of the run that keeps them."""
    replicates = bootstraps.bootstrap(cohort, covariates=(), **CHOICES)
    content = bootstraps.record(replicates, bootstraps.made_of(cohort, (), CHOICES))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / f"{bootstraps.MODEL}.json").write_text(dumps(content))
    return tmp_path, replicates


def test_what_is_recalled_gives_the_same_interval_of_the_coefficient(kept, cohort):
    folder, replicates = kept
    again = bootstraps.recalled(folder, bootstraps.made_of(cohort, (), CHOICES))
    for name in ("beta_crude", "beta_adjusted", "sizes"):
        np.testing.assert_allclose(getattr(again, name), getattr(replicates, name), rtol=1e-9)
    whole, part = bootstraps.intervals(replicates), bootstraps.intervals(again)
    whole = whole[whole["quantity"] != "smd"].reset_index(drop=True)
    np.testing.assert_allclose(part["low"], whole["low"], rtol=1e-9)
    assert part[["quantity", "term", "n", "note"]].equals(whole[["quantity", "term", "n", "note"]])


def test_replicates_of_other_choices_or_patients_are_not_recalled(kept, cohort):
    folder, _ = kept
    three = bootstraps.made_of(cohort, (), CHOICES | {"n_clusters": 3})
    assert bootstraps.recalled(folder, three) is None
    others = {**bootstraps.made_of(cohort, (), CHOICES), "patients": "others"}
    assert bootstraps.recalled(folder, others) is None


class Told:
    """Stands for a line of progress."""

    words = ""

    def instead(self, words):
        self.words = words

    def __call__(self, done, total):
        self.words = f"{done} of {total}"


def test_where_they_are_recalled_the_line_of_progress_says_so(kept, cohort):
    told = Told()
    bootstraps.recalled_or_run(kept[0], cohort, (), CHOICES, told)
    assert told.words == "recalled from notebook 2"


def test_a_folder_without_them_gives_none(tmp_path, cohort):
    assert bootstraps.recalled(tmp_path, bootstraps.made_of(cohort, (), CHOICES)) is None


def test_where_none_are_kept_the_pass_is_run(tmp_path, cohort):
    run = bootstraps.recalled_or_run(tmp_path, cohort, (), CHOICES)
    assert run.smd.shape == (6, len(cohort.codebook.features))


def test_what_is_kept_holds_no_patient(kept):
    folder, _ = kept
    content = json.loads((folder / "models" / f"{bootstraps.MODEL}.json").read_text())
    lengths = {len(value) for value in content.values() if isinstance(value, list)}
    assert lengths <= {6, 2}  # a row a replicate, a name a phenotype
