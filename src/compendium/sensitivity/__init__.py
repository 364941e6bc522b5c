"""Other labels, other choices: how far does a finding depend on what was decided on the way?

*Choice*: what another analyst might have done otherwise. *Specification*: one level of every choice
at once, down to the coefficient. *Replicate*: the whole pipeline once, on patients drawn with
replacement. *Split*: two halves of the patients, each labelled by the other.
"""

from compendium.sensitivity.bootstraps import bootstrap, difference_intervals
from compendium.sensitivity.choices import other_choices
from compendium.sensitivity.crossfit import cross_fitted
from compendium.sensitivity.intervals import kinds_of_interval
from compendium.sensitivity.specifications import specification_curve

__all__ = [
    "bootstrap", "cross_fitted", "difference_intervals", "kinds_of_interval", "other_choices",
    "specification_curve",
]
