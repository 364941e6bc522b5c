"""What the report makes of the models: the rows of the figure, and sentences of notes."""

import numpy as np
import pandas as pd
from by_hand import column, patients
from r_data import mtcars

from compendium.report.figures.forests import for_forest


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
    from compendium.report.sentences.regression import left_out

    cars, miles = mtcars(), column("mpg", role="outcome", label="Miles")
    assert left_out(patients(cars, columns=(miles,)), ()) == []
    cars.loc[:7, "mpg"] = np.nan
    assert left_out(patients(cars, columns=(miles,)), ()) == [
        "Miles is missing for 8 (25.0 %) patients, who are in no model of it."
    ]


def notes(phenotypes):
    return pd.DataFrame([
        {"outcome_label": "Score", "analysis": "median regression", "phenotype": name, "note": note}
        for name, note in phenotypes.items()
    ])


def test_a_note_names_the_phenotype_only_where_there_are_several():
    from compendium.report.sentences.regression import model_notes

    alone, both = notes({"Severe": "Few."}), notes({"Moderate": "", "Severe": "Few."})
    assert model_notes(alone) == ["Score, median regression: Few."]
    assert model_notes(both) == ["Score, median regression, Severe: Few."]
