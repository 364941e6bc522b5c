"""One coefficient by kind of interval, in one table."""

import numpy as np
import pandas as pd
import pytest

from compendium.report.sentences.regression import interval_sentences
from compendium.sensitivity import bootstraps
from compendium.sensitivity.intervals import CORE_PATIENTS, EVERYBODY, kinds

NAMES = ("Mild", "Severe")


def models(*names, estimate=-4.0, n=40):
    return pd.DataFrame([
        {"model": name, "phenotype": "Severe", "estimate": estimate, "low": estimate - 1,
         "high": estimate + 1, "n": n, "p": 0.01, "method": name}
        for name in names
    ])


def replicates(values):
    column = np.array(values, dtype=float)[:, None]
    return bootstraps.Replicates(
        smd=np.empty((len(values), 0)), sizes=np.full((len(values), 2), 20.0), beta_crude=column,
        beta_adjusted=column, failures={}, features=(), names=NAMES, n=40, n_crude=40,
        n_adjusted=38, oriented=True,
    )


@pytest.fixture
def found():
    table = models("crude", "crude, same patients", "adjusted", "imputed")
    return kinds(
        table, replicates(np.linspace(-6, -2, 99)), models("crude", "adjusted", estimate=-3.5),
        models("crude", "adjusted", estimate=-5.0, n=30),
    )


def test_every_kind_stands_once_and_only_core_patients_are_another_estimand(found):
    assert found["kind"].tolist() == [
        "labels taken as fixed", "labels made anew in bootstraps", "labels from other patients",
        "covariates imputed", "labels taken as fixed",
    ]
    assert found["estimand"].tolist() == [EVERYBODY] * 4 + [CORE_PATIENTS]
    assert found["n"].tolist() == [40, 40, 40, 40, 30]


def test_the_bootstrap_changes_the_interval_and_not_the_estimate(found):
    known, again = found.iloc[0], found.iloc[1]
    assert known["estimate"] == again["estimate"] == -4
    assert again[["low", "high"]].tolist() == pytest.approx(
        np.quantile(np.linspace(-6, -2, 99), [0.025, 0.975], method="weibull")
    )


def test_without_covariates_the_crude_model_is_shown_and_nothing_is_imputed():
    found = kinds(models("crude"), replicates([-4.0] * 50), models("crude"), models("crude"))
    assert len(found) == 4 and found["method"].iloc[0] == "crude"


def test_an_interval_that_failed_says_so():
    lost = replicates([-4.0] * 10 + [np.nan] * 10)
    found = kinds(models("adjusted"), lost, models("adjusted"), models("adjusted"))
    assert np.isnan(found["low"].iloc[1]) and "10 of 20 replicates" in found["note"].iloc[1]


def test_a_kind_without_patients_is_a_row_without_numbers():
    nobody = models("crude", "adjusted").assign(estimate=np.nan, low=np.nan, high=np.nan, n=np.nan)
    table = kinds(models("crude", "adjusted"), replicates([-4.0] * 99), nobody.assign(note=np.nan),
                  nobody)
    crossed = table[table["kind"] == "labels from other patients"].iloc[0]
    assert pd.isna(crossed["n"]) and np.isnan(crossed["estimate"]) and crossed["note"] == ""
    assert table["n"].tolist()[:2] == [40, 40]


def test_every_kind_is_a_sentence_with_its_n(found):
    said = interval_sentences(found)
    assert said[0] == (
        f"Labels taken as fixed ({EVERYBODY}): −4.00 (95 % CI −5.00 to −3.00), n = 40."
    )
    assert len(said) == 5 and said[4].startswith(f"Labels taken as fixed ({CORE_PATIENTS}): −5.00")


def test_a_kind_that_was_not_estimated_says_so_and_why():
    lost = models("crude", "adjusted").assign(estimate=np.nan, n=np.nan)
    split = lost.assign(note="Not estimable: 6 of 50 splits gave a value.")
    table = kinds(models("crude", "adjusted"), replicates([-4.0] * 99), split, lost)
    assert interval_sentences(table)[2:] == [
        f"Labels from other patients ({EVERYBODY}): not estimable: 6 of 50 splits gave a value.",
        f"Labels taken as fixed ({CORE_PATIENTS}): not estimable.",
    ]
