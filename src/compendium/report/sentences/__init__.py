"""What the notebooks say, made from their results: a file a notebook.

A sentence holds in either outcome and on any cohort; a finding is "supported" when its stated test
is below alpha and in the stated direction, otherwise "not supported". Each file has the sentences
of its notebook's sections and four functions of the numbers it publishes: its ``answer`` in at most
two sentences, the ``evidence`` under it as a table, its ``conclusion`` (the finding, how uncertain
it is, what would change it) and its ``headline``, a line for the terminal.
"""

from compendium.report.sentences import (
    cohort,
    ledger,
    phenotypes,
    regression,
    stability,
    validation,
)

NOTEBOOKS = {
    "01_cohort": cohort, "02_clustering": phenotypes, "03_stability": stability,
    "04_validation": validation, "05_regression": regression, "06_reproduction": ledger,
}
__all__ = ["NOTEBOOKS", "cohort", "ledger", "phenotypes", "regression", "stability",
           "validation"]
