"""Are there groups, or one severity continuum cut in two?

The *null* is a smooth continuum that shares all other traits of the data (`nulls`); a *draw* is one
cohort simulated from it. The *verdict* is how far the data reach beyond a smooth continuum:
its *rung*, 0 to 3, of which 3 is *kinds* of patients. `bands` shows the usual indices beside such
cohorts, and decides nothing; `known_truth` says how often the verdict errs.
"""

from compendium.groups.bands import null_bands
from compendium.groups.cut import continuum_cut
from compendium.groups.known_truth import (
    detection_limits,
    read_power,
    read_rules,
    resemblance,
)
from compendium.groups.mixtures import compare_mixtures
from compendium.groups.verdict import examine, judge

__all__ = [
    "compare_mixtures", "continuum_cut", "detection_limits", "examine", "judge", "null_bands",
    "read_power", "read_rules", "resemblance",
]
