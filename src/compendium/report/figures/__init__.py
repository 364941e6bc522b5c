"""Every figure of the compendium under one name.

Drawing only: the functions take frames from the analysis modules, compute nothing but counts and
positions, and return a figure in millimetres of a printed page (``save`` writes it), or None where
there is nothing to draw. ``compendium_alt`` of a figure is its description in a sentence.
"""

from compendium.report.figures.cohort import cohort_overview, device_check
from compendium.report.figures.dose_response import dose_response, rival_models
from compendium.report.figures.features import distributions, phenotype_profile
from compendium.report.figures.forests import (
    beta_kinds,
    feature_differences,
    regression_forest,
    validation_forest,
)
from compendium.report.figures.groups import beside_nulls, severity_axis
from compendium.report.figures.ledger import ledger
from compendium.report.figures.pattern import association_pattern
from compendium.report.figures.regression import residual_checks, specification_grid
from compendium.report.figures.stability import certainty, stability_overview
from compendium.report.figures.style import phenotype_colours, phenotype_markers, save

__all__ = [
    "association_pattern", "beside_nulls", "beta_kinds", "certainty", "cohort_overview",
    "device_check", "distributions", "dose_response", "feature_differences", "ledger",
    "phenotype_colours", "phenotype_markers", "phenotype_profile", "regression_forest",
    "residual_checks", "rival_models", "save", "severity_axis", "specification_grid",
    "stability_overview", "validation_forest",
]
