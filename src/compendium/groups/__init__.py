"""Are there groups, or one severity continuum cut in two?

A *null* is a law of cohorts without groups that shares other traits of the data (A, B, C, L: see
`nulls`); a *draw* is one cohort drawn from it. What the data show beyond the draws is judged by p
values, and the *verdict* is how far up a ladder of four they reach: its *rung*, 0 to 3.
"""

from compendium.groups.continuum import examine
from compendium.groups.cut import continuum_cut
from compendium.groups.known_truth import detection_limit, read_power, read_rules
from compendium.groups.ladder import verdict

__all__ = [
    "continuum_cut", "detection_limit", "examine", "read_power", "read_rules", "verdict",
]
