"""One coefficient by kind of interval, in one table."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from compendium.data.columns import Codebook, Column
from compendium.data.found import Found
from compendium.regression import outcome_models
from compendium.report.sentences.regression import interval_kinds
from compendium.sensitivity import kinds_of_interval
from compendium.sensitivity.bootstraps import Replicates

NAMES = ("Mild", "Severe")
EVERYBODY, CORE_PATIENTS = "all patients", "core patients only, another estimand"
POINTS, AGE = (Column(name, name.title(), role, "", "number", "", "low", (), *[None] * 4)
               for name, role in (("points", "outcome"), ("age", "covariate")))
CORE = np.arange(40) % 4 > 0


def patients(*columns):
    rng, labels = np.random.default_rng(0), np.arange(40) % 2
    data = pd.DataFrame({"points": rng.normal(size=40) - 5 * labels, "age": rng.normal(size=40)})
    return Found(data, labels, NAMES, None, Codebook(columns or (POINTS, AGE), None))


def table(*names, estimate=-4.0, n=40, **changed):
    return pd.DataFrame([
        {"outcome": "points", "model": name, "phenotype": "Severe", "estimate": estimate,
         "low": estimate - 1, "high": estimate + 1, "n": n, "p": 0.01, "method": name}
        for name in names
    ]).assign(**changed)


def replicates(values=(-4.0,) * 99):
    column = np.array(values, dtype=float)[:, None]
    return Replicates(
        smd=np.empty((len(values), 0)), beta=column, failures={}, features=(), names=NAMES, n=40,
        n_regressed=38, oriented=True,
    )


def kinds(models, again, crossed, covariates=(AGE,), core=CORE):
    models = pd.concat([models, models.assign(outcome="another", estimate=99.0)])
    fitted = SimpleNamespace(table=models)
    return kinds_of_interval(patients(), covariates, fitted, again, crossed, core)


@pytest.fixture
def found():
    models = table("crude", "crude, same patients", "adjusted", "imputed")
    return kinds(models, replicates(np.linspace(-6, -2, 99)), table("crude", "adjusted",
                                                                    estimate=-3.5))


def test_every_kind_stands_once_and_only_core_patients_are_another_estimand(found):
    assert found["kind"].tolist() == [
        "labels taken as fixed", "labels made anew in bootstraps", "labels from other patients",
        "covariates imputed", "labels taken as fixed",
    ]
    assert found["estimand"].tolist() == [EVERYBODY] * 4 + [CORE_PATIENTS]
    assert found["n"].tolist() == [40, 40, 40, 40, 30]
    assert found["estimate"].tolist()[:4] == [-4, -4, -3.5, -4]


@pytest.mark.parametrize(("covariates", "model"), [((AGE,), "adjusted"), ((), "crude")])
def test_core_patients_have_the_model_of_the_others(covariates, model):
    who = patients().where(CORE)
    theirs = outcome_models.fit_outcome(who, POINTS, covariates).table
    theirs = theirs[theirs["model"] == model].iloc[0]
    models = table("crude", model)
    ours = kinds(models, replicates(), models, covariates).iloc[-1]
    numbers = ["estimate", "low", "high", "n"]
    assert ours[numbers].tolist() == theirs[numbers].tolist() and ours["note"] == ""


def test_the_bootstrap_changes_the_interval_and_not_the_estimate(found):
    known, again = found.iloc[0], found.iloc[1]
    assert known["estimate"] == again["estimate"] == -4
    assert again["method"] == "percentiles of bootstraps of the whole pipeline"
    assert again[["low", "high"]].tolist() == pytest.approx(
        np.quantile(np.linspace(-6, -2, 99), [0.025, 0.975], method="weibull")
    )


def test_without_covariates_the_crude_model_is_shown_and_nothing_is_imputed():
    found = kinds(table("crude"), replicates(), table("crude"), ())
    assert len(found) == 4 and found["method"].iloc[0] == "crude"


def test_an_interval_that_failed_says_so():
    lost = replicates([-4.0] * 10 + [np.nan] * 10)
    found = kinds(table("adjusted"), lost, table("adjusted"))
    assert np.isnan(found["low"].iloc[1]) and "10 of 20 replicates" in found["note"].iloc[1]


def test_a_kind_without_patients_is_a_row_without_numbers():
    nobody = dict.fromkeys(("estimate", "low", "high", "n", "note"), np.nan)
    found = kinds(table("crude", "adjusted"), replicates(), table("crude", "adjusted", **nobody))
    crossed = found[found["kind"] == "labels from other patients"].iloc[0]
    assert pd.isna(crossed["n"]) and np.isnan(crossed["estimate"]) and crossed["note"] == ""
    assert found["n"].tolist()[:2] == [40, 40]


def test_without_an_outcome_there_is_no_row_but_a_reason():
    found = kinds_of_interval(patients(AGE), (AGE,), None, None, None, CORE)
    assert len(found) == 0 and {"kind", "estimate", "note"} < set(found)
    assert found.attrs["reason"] == "The codebook names no outcome, so nothing is regressed."


def test_every_kind_is_a_sentence_with_its_n(found):
    said = interval_kinds(found)
    assert said[0] == (
        f"Labels taken as fixed ({EVERYBODY}): −4.00 (95 % CI −5.00 to −3.00), n = 40."
    )
    assert len(said) == 5 and said[4].startswith(f"Labels taken as fixed ({CORE_PATIENTS}): −")


def test_a_kind_that_was_not_estimated_says_so_and_why():
    split = table("crude", "adjusted", estimate=np.nan, n=np.nan,
                  note="Not estimable: 6 of 50 splits gave a value.")
    found = kinds(table("crude", "adjusted"), replicates(), split, core=np.arange(40) < 11)
    assert interval_kinds(found)[2:] == [
        f"Labels from other patients ({EVERYBODY}): not estimable: 6 of 50 splits gave a value.",
        f"Labels taken as fixed ({CORE_PATIENTS}): not estimable. Crude model, Points: not fitted: "
        "11 complete patients, and 12 are needed. Adjusted model, Points: not fitted: 11 complete "
        "patients, and 13 are needed.",
    ]
