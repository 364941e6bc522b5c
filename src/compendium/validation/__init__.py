"""Independent measures: do those that the clustering never saw follow the phenotype, and how?

*Validator*: a measure of the disease that helped to make no phenotype. *Block*: validators of one
kind (strength, nerve conduction), tested as a whole; p of single ones are adjusted and ranks given
within it. *Effect*: the most severe phenotype minus the mildest, δ for grades and g for values,
never mixed.
"""

from compendium.validation.blocks import by_block
from compendium.validation.by_phenotype import compare, partial
from compendium.validation.dose_response import bins, slopes, slopes_common
from compendium.validation.pattern import by_feature, contrasts

__all__ = [
    "bins", "by_block", "by_feature", "compare", "contrasts", "partial", "slopes", "slopes_common",
]
