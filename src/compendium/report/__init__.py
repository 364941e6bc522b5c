"""What is said of the results: figures, tables, sentences, and the paper's numbers beside ours.

Nothing is estimated here. ``figures`` has a file a question and ``sentences`` a file a notebook;
``present`` shows a frame in words, ``table_one`` describes the patients without showing small
counts; ``compare_claims`` is the comparison with the paper: each published *claim*, our number, the
*tolerance* that was allowed; and ``findings`` gathers what the notebooks found together.
"""

from compendium.report.baseline import table_one

__all__ = ["table_one"]
