"""Who is grouped with whom? From a cohort's features to phenotypes, and from a patient to one.

A *cluster* is a group that k-means found and nobody has named; a *phenotype* is a cluster with its
place in the order of severity and its name. *Severity* is the mean of a patient's z-scores, each
turned so that higher is worse. `core` holds the arithmetic once, on arrays.
"""

from compendium.phenotypes.assignment import assign, phenotyper
from compendium.phenotypes.clustering import cluster_cohort, fit
from compendium.phenotypes.profiles import differences, profile
from compendium.phenotypes.scaling import severity, standardise

__all__ = [
    "assign", "cluster_cohort", "differences", "fit", "phenotyper", "profile", "severity",
    "standardise",
]
