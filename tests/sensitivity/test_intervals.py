"""One coefficient by kind of interval, in one table."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from compendium.data.columns import Codebook, Column
from compendium.data.found import Found
from compendium.regression import outcome_models
from compendium.sensitivity import kinds_of_interval
from compendium.sensitivity.bootstraps import Replicates
from compendium.sensitivity.intervals import REPEATED, UNADJUSTED

NAMES = ("Mild", "Severe")
IMPUTED, OTHERS = "missing covariates imputed", "phenotypes from other patients"
KEPT = "without patients who change phenotype"
POINTS, AGE = (Column(name, name.title(), role, "", "number", "", "low", (), *[None] * 4)
               for name, role in (("points", "outcome"), ("age", "covariate")))
CORE = np.arange(40) % 4 > 0


def patients(*columns):
    rng, labels = np.random.default_rng(0), np.arange(40) % 2
    data = pd.DataFrame({"points": rng.normal(size=40) - 5 * labels, "age": rng.normal(size=40)})
    return Found(data, labels, NAMES, None, Codebook(columns or (POINTS, AGE), None))


def table(*names, estimate=-4.0, n=40, **changed):
    return pd.DataFrame([
        {"outcome": "points", "model": name, "phenotype": "Severe",
         "reference": "Mild", "estimate": estimate,
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
    found = kinds_of_interval(patients(), covariates, fitted, again, crossed, core)
    return found.set_index("kind")


@pytest.fixture
def found():
    models = table("crude", "crude, same patients", "adjusted", "imputed")
    return kinds(models, replicates(np.linspace(-6, -2, 99)), table("adjusted", estimate=-3.5))


def test_every_kind_stands_once_the_adjusted_difference_first(found):
    same = "unadjusted, the adjusted model's patients"
    assert found.index.tolist() == ["adjusted", UNADJUSTED, same, IMPUTED, REPEATED, OTHERS, KEPT]
    assert found["n"].tolist() == [40] * 6 + [30]
    assert found["estimate"].tolist()[:6] == [-4, -4, -4, -4, -4, -3.5]


def test_of_three_phenotypes_each_has_its_rows_and_its_own_interval():
    rng, names = np.random.default_rng(0), ("Mild", "Moderate", "Severe")
    data = pd.DataFrame({"points": rng.normal(size=60)})
    who = Found(data, np.arange(60) % 3, names, None, Codebook((POINTS,), None))
    beta = np.column_stack([np.linspace(-3, -1, 99), np.linspace(-6, -4, 99)])
    again = Replicates(np.empty((99, 0)), beta, {}, (), names, 60, 60, True)
    crossed = table("crude").assign(phenotype=["Moderate"])
    crossed = pd.concat([crossed, table("crude")])
    found = kinds_of_interval(who, (), outcome_models.models(who, ()), again, crossed,
                              np.ones(60, dtype=bool))
    assert found["phenotype"].tolist() == ["Moderate"] * 4 + ["Severe"] * 4
    repeated = found[found["kind"] == REPEATED]
    assert repeated["high"].tolist() == pytest.approx([-1.0, -4.0], abs=0.1)


@pytest.mark.parametrize(("covariates", "model"), [((AGE,), "adjusted"), ((), "crude")])
def test_patients_who_keep_their_phenotype_have_the_model_of_the_others(covariates, model):
    who = patients().where(CORE)
    theirs = outcome_models.fit_outcome(who, POINTS, covariates).table
    theirs = theirs[theirs["model"] == model].iloc[0]
    models = table(*dict.fromkeys(["crude", model]))
    ours = kinds(models, replicates(), table(model), covariates).iloc[-1]
    numbers = ["estimate", "low", "high", "n"]
    assert ours[numbers].tolist() == theirs[numbers].tolist() and ours["note"] == ""


def test_the_bootstrap_changes_the_interval_and_not_the_estimate(found):
    again = found.loc[REPEATED]
    assert found.loc["adjusted", "estimate"] == again["estimate"] == -4
    assert again["method"] == "percentiles of bootstraps of the whole pipeline"
    assert again[["low", "high"]].tolist() == pytest.approx(
        np.quantile(np.linspace(-6, -2, 99), [0.025, 0.975], method="weibull")
    )


def test_without_covariates_the_unadjusted_model_is_shown_and_nothing_is_imputed():
    found = kinds(table("crude"), replicates(), table("crude"), ())
    assert found.index.tolist() == [UNADJUSTED, REPEATED, OTHERS, KEPT]


def test_an_interval_that_failed_says_so():
    lost = replicates([-4.0] * 10 + [np.nan] * 10)
    again = kinds(table("adjusted"), lost, table("adjusted")).loc[REPEATED]
    assert np.isnan(again["low"]) and "10 of 20 replicates" in again["note"]


def test_a_kind_without_patients_is_a_row_without_numbers():
    nobody = dict.fromkeys(("estimate", "low", "high", "n", "note"), np.nan)
    found = kinds(table("crude", "adjusted"), replicates(), table("adjusted", **nobody))
    crossed = found.loc[OTHERS]
    assert pd.isna(crossed["n"]) and np.isnan(crossed["estimate"]) and crossed["note"] == ""


def test_a_kind_that_was_not_estimated_says_why():
    found = kinds(table("crude", "adjusted"), replicates(), table("adjusted"),
                  core=np.arange(40) < 11)
    assert found.loc[KEPT, "note"] == (
        "Adjusted model, Points: not fitted: 11 complete patients, and 13 are needed."
    )


def test_without_an_outcome_there_is_no_row_but_a_reason():
    found = kinds_of_interval(patients(AGE), (AGE,), None, None, None, CORE)
    assert len(found) == 0 and {"kind", "estimate", "note"} < set(found)
    assert found.attrs["reason"] == "The codebook names no outcome, so nothing is regressed."
