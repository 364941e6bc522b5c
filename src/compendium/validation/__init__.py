"""Independent measures: do those that the clustering never saw follow the phenotype, and how?

*Validator*: a measure of the disease that helped to make no phenotype. *Block*: validators of one
kind (strength, nerve conduction), within which p are adjusted and ranks given. *Effect*: the most
severe phenotype minus the mildest, δ for grades and g for values, never mixed.
"""

from compendium.validation.by_phenotype import by_block, compare, partial
from compendium.validation.dose_response import bins, slopes, slopes_common
from compendium.validation.pattern import by_feature, contrasts, ordered

__all__ = [
    "bins", "by_block", "by_feature", "compare", "contrasts", "ordered", "partial", "slopes",
    "slopes_common",
]
