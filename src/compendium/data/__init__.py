"""What are the patients? From a file, or a simulation, to the patients that are analysed.

A *codebook* says what every column of a file means; a *cohort* is the patients of the file who can
be analysed. The *role* of a column says what it is for: a *feature* makes the phenotypes; a
*validator* was measured beside them and judges them; an *outcome* is regressed on them, adjusted
for *covariates*. Patients with their phenotypes are *found*: what later rooms are given.
"""

from compendium.data.codebook import read_codebook
from compendium.data.cohort import Cohort, load
from compendium.data.columns import Column
from compendium.data.found import Found
from compendium.data.overview import describe
from compendium.data.synthetic import simulate

__all__ = ["Cohort", "Column", "Found", "describe", "load", "read_codebook", "simulate"]
