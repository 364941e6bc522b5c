"""What the notebooks say, made from their results: a file a notebook, two for notebook 3, and one
that notebooks 4 and 5 share.

A sentence holds in either outcome and on any cohort; a finding is "supported" when its stated test
is below alpha and in the stated direction, otherwise "not supported". Each file has the sentences
of its notebook's sections, its ``answer`` in two or three sentences, and its headline.
"""

from compendium.report.sentences import (
    cohort,
    groups,
    ledger,
    phenotypes,
    regression,
    stability,
    validation,
)

ANSWERS = {  # by notebook: its answer and its headline, of the numbers it publishes
    "01_cohort": (cohort.answer_cohort, cohort.headline_cohort),
    "02_clustering": (phenotypes.answer_clustering, phenotypes.headline_clustering),
    "03_stability": (stability.answer_stability, stability.headline_stability),
    "04_validation": (validation.answer_validation, validation.headline_validation),
    "05_regression": (regression.answer_regression, regression.headline_regression),
    "06_reproduction": (ledger.answer_reproduction, ledger.headline_reproduction),
}
__all__ = ["ANSWERS", "cohort", "groups", "ledger", "phenotypes", "regression", "stability",
           "validation"]
