"""Would the phenotypes come back in other patients of the same kind?

A *resample* is patients drawn from the cohort, by a *scheme*: patients with replacement, judged by
those left out of the bag or by those drawn; 80 % subsamples; halves. A *replicate* is one resample
clustered anew from random starts. Stability describes a division and never proves that groups
exist: one continuum cut in two comes back as well (`groups`).
"""

from compendium.data.cohort import PER_CLUSTER
from compendium.stability.indices import adjusted_rand, jaccard
from compendium.stability.resampling import by_number, fits, resample, silhouettes, table

__all__ = [
    "PER_CLUSTER", "adjusted_rand", "by_number", "fits", "jaccard", "resample", "silhouettes",
    "table",
]
