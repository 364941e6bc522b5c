"""What is said of the results: figures, tables, sentences, and the paper's numbers beside ours.

Nothing is estimated here. ``figures`` has a file a question and ``sentences`` a file a notebook;
``present`` shows a frame in words, ``table_one`` describes the patients without showing small
counts, and ``compare_claims`` is the *ledger*: each published *claim*, our number, the *tolerance*
that was allowed, and the *verdict*.
"""

from compendium.report.baseline import table_one
from compendium.report.published import coefficient, compare_claims, read_published, tally, whose
from compendium.report.tables import effects_table, models_table, present, write_table

__all__ = [
    "coefficient", "compare_claims", "effects_table", "models_table", "present", "read_published",
    "table_one", "tally", "whose", "write_table",
]
