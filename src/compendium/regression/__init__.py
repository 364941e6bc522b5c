"""What does the phenotype mean for function: how much does an outcome differ among like patients?

``models`` answers; ``bends`` asks whether to trust it, ``rivals`` and ``label_adds`` whether the
label says more than severity, ``other_models`` asks otherwise. Words of the models, and of their
rivals:

crude : the difference of the means. adjusted : that among patients of like covariates, who have
them all. imputed : adjusted, with gaps of covariates filled many times, so that nobody is lost.
label : a patient's phenotype, taken as given here. severity : the score that it cuts.
"""

from compendium.regression.checks import bends, model_checks
from compendium.regression.label_or_severity import label_adds, rivals
from compendium.regression.other_outcomes import other_models
from compendium.regression.outcome_models import models, records

__all__ = [
    "bends", "label_adds", "model_checks", "models", "other_models", "records", "rivals",
]
