"""Every figure of the compendium under one name, a file a question.

``cohort`` who was analysed · ``features`` what was measured, and what the phenotypes look like in
it · ``stability`` would they come back · ``groups`` groups or a continuum · ``forests`` how far the
phenotypes differ · ``along_severity`` or does severity say it · ``pattern`` which measure goes with
which · ``regression`` does the model hold, and over which specifications. A new figure goes where
its question is asked, is decorated with ``style.figure``, lays its rows out with ``layout``, ends
in ``style.finish`` and is named here; its drawing for the tests stands in ``tests/drawings.py``.

Drawing only: a figure takes frames from the analysis, computes nothing but counts and positions,
and is given back in millimetres of a printed page, or as None where its frame is empty. Laid out,
and marked as SYNTHETIC where it is, it is by ``style.marked``; ``style.save`` writes it.
"""

from compendium.report.figures.along_severity import dose_response
from compendium.report.figures.cohort import cohort_overview, device_check
from compendium.report.figures.features import distributions, phenotype_profile
from compendium.report.figures.forests import (
    feature_differences,
    regression_forest,
    validation_forest,
)
from compendium.report.figures.groups import along_axis, beside_nulls
from compendium.report.figures.pattern import association_pattern
from compendium.report.figures.regression import residual_checks, specification_grid
from compendium.report.figures.stability import stability_overview
from compendium.report.figures.style import marked, save

__all__ = [
    "along_axis", "association_pattern", "beside_nulls", "cohort_overview", "device_check",
    "distributions", "dose_response", "feature_differences", "marked",
    "phenotype_profile", "regression_forest", "residual_checks", "save", "specification_grid",
    "stability_overview", "validation_forest",
]
