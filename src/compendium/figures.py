"""Every figure of the compendium under one name.

Drawing only: the functions take frames from the analysis modules, compute nothing but counts and
positions, and return a figure in millimetres of a printed page (``save`` writes it), or None where
there is nothing to draw. ``compendium_alt`` of a figure is its description in a sentence.
"""

from compendium.figures_cohort import cohort_overview, device_check
from compendium.figures_continuum import beside_nulls, severity_axis
from compendium.figures_distributions import distributions
from compendium.figures_dose_response import dose_response, rival_models
from compendium.figures_forests import regression_forest, validation_forest
from compendium.figures_ledger import ledger
from compendium.figures_pattern import association_pattern
from compendium.figures_phenotypes import phenotype_profile
from compendium.figures_pipeline import beta_kinds, feature_differences
from compendium.figures_residuals import residual_checks
from compendium.figures_specifications import specification_curve
from compendium.figures_stability import certainty, stability_overview
from compendium.style import phenotype_colours, phenotype_markers, save

__all__ = [
    "association_pattern", "beside_nulls", "beta_kinds", "certainty", "cohort_overview",
    "device_check", "distributions", "dose_response", "feature_differences", "ledger",
    "phenotype_colours", "phenotype_markers", "phenotype_profile", "regression_forest",
    "residual_checks", "rival_models", "save", "severity_axis", "specification_curve",
    "stability_overview", "validation_forest",
]  # fmt: skip
