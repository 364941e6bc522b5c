"""One coefficient by kind of interval, in one table."""

import numpy as np
import pandas as pd
import pytest

from compendium import pipeline
from compendium.interval_kinds import CORE, EVERYBODY, kinds

NAMES = ("Mild", "Severe")


def models(*names, estimate=-4.0, n=40):
    return pd.DataFrame([
        {"model": name, "phenotype": "Severe", "estimate": estimate, "low": estimate - 1,
         "high": estimate + 1, "n": n, "p": 0.01, "method": name}
        for name in names
    ])  # fmt: skip


def replicates(values):
    column = np.array(values, dtype=float)[:, None]
    return pipeline.Replicates(
        smd=np.empty((len(values), 0)), sizes=np.full((len(values), 2), 20.0), beta_crude=column,
        beta_adjusted=column, failures={}, features=(), names=NAMES, n=40, n_crude=40,
        n_adjusted=38, oriented=True,
    )  # fmt: skip


@pytest.fixture
def found():
    table = models("crude", "crude, same patients", "adjusted", "imputed")
    return kinds(
        table, replicates(np.linspace(-6, -2, 99)), models("crude", "adjusted", estimate=-3.5),
        models("crude", "adjusted", estimate=-5.0, n=30),
    )  # fmt: skip


def test_every_kind_stands_once_and_only_core_patients_are_another_estimand(found):
    assert found["kind"].tolist() == [
        "labels taken as known", "labels made anew in bootstraps", "labels from other patients",
        "covariates imputed", "labels taken as known",
    ]  # fmt: skip
    assert found["estimand"].tolist() == [EVERYBODY] * 4 + [CORE]
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
