"""Reporting: the records, the rows of the figure, and who is in no model."""

from dataclasses import replace

import numpy as np
import pandas as pd
from r_data import mtcars

from compendium.data.columns import Codebook, Column
from compendium.regression.outcome_models import missing_outcomes, records
from compendium.report.figures.forests import for_forest


def column(name, role, label):
    return Column(name, label, role, "", "number", "", "none", (), *[None] * 4)


MILES, WEIGHT = column("mpg", "outcome", "Miles"), column("wt", "covariate", "Weight")
LATER = column("late", "outcome", "Later")
BOOK = Codebook((MILES, LATER, WEIGHT), "")


def test_a_record_says_whether_its_outcome_is_the_first_and_names_covariates_by_label():
    table = pd.DataFrame({"outcome": ["mpg", "late"], "covariates": [(), ("wt",)]})
    crude, adjusted = records(table, BOOK)
    assert crude == {"outcome": "mpg", "covariates": (), "primary": True, "covariate_labels": []}
    assert (adjusted["primary"], adjusted["covariate_labels"]) == (False, ["Weight"])


def forest(*phenotypes, adjusted=-1.0):
    kinds = ("crude", "crude, same patients", "adjusted", "imputed")
    return for_forest(pd.DataFrame([
        {"outcome": outcome, "model": kind, "phenotype": phenotype,
         "estimate": adjusted if kind == "adjusted" else -1.0}
        for outcome in ("first", "second") for kind in kinds for phenotype in phenotypes
    ]))


def test_a_figure_shows_every_model_of_the_first_outcome_and_fewer_of_the_others():
    two, three = forest("Severe"), forest("Moderate", "Severe")
    assert two.groupby("outcome").size().tolist() == [4, 3]
    assert three.groupby("outcome").size().tolist() == [8, 2]


def test_where_no_adjusted_model_was_fitted_the_others_are_shown():
    assert len(forest("Moderate", "Severe", adjusted=np.nan)) == 8 + 6
    assert for_forest(pd.DataFrame()).empty


def test_an_outcome_that_patients_lack_is_counted_in_a_sentence():
    cars, book = mtcars(), replace(BOOK, columns=(MILES, WEIGHT))
    assert missing_outcomes(cars, book) == []
    cars.loc[:7, "mpg"] = np.nan
    assert missing_outcomes(cars, book) == [
        "Miles is missing for 8 (25.0 %) patients, who are in no model of it."
    ]
