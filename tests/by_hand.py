"""Columns of a codebook and patients with their phenotypes, by hand, for tests of regression."""

from pathlib import Path

import numpy as np
import pandas as pd
from r_data import AM

from compendium.data.columns import Codebook, Column
from compendium.data.found import Found

NAMES, THREE = ("Mild", "Severe"), ("Mild", "Moderate", "Severe")
# the number and the interval of a table's rows
ENDS = ["estimate", "low", "high", "p"]


def column(name, type="number", levels=(), *, role="covariate", label="", block="", unit="",
           worse="none", derive=None):
    return Column(name, label or name, role, block, type, unit, worse, levels, *[None] * 4,
                  derive=derive)


MILES = column("mpg", role="outcome", unit="mi/gal")
WEIGHT = column("wt")
CYLINDERS = column("cyl", "category", ("4", "5", "6", "8"))


def patients(data, labels=AM, names=NAMES, *, severity=None, columns=()):
    """Patients with a label, a severity where it is given, and the columns of their codebook."""
    score = None if severity is None else pd.Series(np.asarray(severity, float), data.index)
    return Found(data, labels, names, score, Codebook(tuple(columns), Path("book.csv")))
