"""What is said of the results: figures, tables, sentences, and the paper's numbers beside ours.

Nothing is estimated here. ``figures`` has a file a question and ``sentences`` a file a notebook;
``present`` shows a frame in words, ``table_one`` describes the patients without showing small
counts, and ``compare_claims`` is the *ledger*: each published *claim*, our number, the *tolerance*
that was allowed, and the *verdict*.
"""

from compendium.report.baseline import table_one

__all__ = ["table_one"]
