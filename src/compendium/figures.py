"""Every figure of the compendium under one name.

Drawing only: the functions take frames from the analysis modules, compute nothing but counts and
positions, and return a figure in millimetres of a printed page (``save`` writes it), or None where
there is nothing to draw. ``compendium_alt`` of a figure is its description in a sentence.
"""

from compendium.figures_cohort import cohort_overview, device_check
from compendium.figures_continuum import beside_nulls, severity_axis
from compendium.figures_distributions import distributions
from compendium.figures_forests import regression_forest, residual_checks, validation_forest
from compendium.figures_ledger import ledger
from compendium.figures_phenotypes import phenotype_profile
from compendium.figures_stability import certainty, stability_overview
from compendium.style import phenotype_colours, phenotype_markers, save

__all__ = [
    "beside_nulls", "certainty", "cohort_overview", "device_check", "distributions", "ledger",
    "phenotype_colours", "phenotype_markers", "phenotype_profile", "regression_forest",
    "residual_checks", "save", "severity_axis", "stability_overview", "validation_forest",
]  # fmt: skip
