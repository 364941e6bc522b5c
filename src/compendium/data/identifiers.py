"""Who the rows of a cohort file are: every patient once, and no row that is no patient.

Refused are empty identifiers, those that stand twice or look as if they did, and rows of totals or
of a legend below the patients. Their words are those of spreadsheets in six languages; a row is
only taken for one where no patient's identifier has its shape, so that initials SD stay initials.
No sentence repeats a patient's identifier.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from compendium.data import signs
from compendium.data.delimited import findings
from compendium.words import short

_SUMMARIES = frozenset([
    "mean", "means", "average", "avg", "median", "sum", "total", "totals", "subtotal", "count",
    "n", "sd", "se", "sem", "std", "stdev", "stddev", "min", "max", "minimum", "maximum", "range",
    "legend", "note", "notes", "source", "key", "iqr", "mittelwert", "mittelwerte", "mittel", "mw",
    "durchschnitt", "summe", "gesamt", "anzahl", "standardabweichung", "stabw", "legende",
    "quelle", "moyenne", "médiane", "somme", "légende", "écart", "effectif", "promedio", "suma",
    "leyenda", "desviación", "mediana", "media", "somma", "totale", "legenda", "média", "soma",
    "平均", "平均值", "均值", "合计", "总计", "总数", "标准差", "中位数", "图例", "备注", "ø", "σ",
])
_FIRST_WORD = re.compile(r"\W*([^\W\d_]+)(?![\w-])")  # n = 60 and Mean ± SD, but not n-01


def identifier_problems(ids: pd.Series, rows: np.ndarray, column: str, name: str) -> list[str]:
    """What is wrong with the identifiers of a file, as sentences.

    Parameters
    ----------
    ids : identifier of every row, as text. ``rows``: its number in the file.
    column, name : heading and file, for the sentences.
    """
    where, filled = f"{name}, column {column}", ids[ids != ""]
    first = {ids[i]: rows[i] for i in filled.drop_duplicates().index}
    other = dict(_looking_alike(list(first)))
    summary = ids.isin(_summaries(filled))
    return [
        *findings(ids == "", rows, where, lambda i: "no identifier; give each patient one."),
        *findings(ids.duplicated() & (ids != ""), rows, where, lambda i: (
            f"the identifier of row {first[ids.iloc[i]]} again; keep one row a patient.")),
        *findings(ids.isin(list(other)) & ~ids.duplicated(), rows, where, lambda i: (
            f"differs from the identifier of row {first[other[ids.iloc[i]]]} by "
            f"{signs.unlike(ids.iloc[i], other[ids.iloc[i]])} alone; keep one row a patient, "
            "or let them differ more.")),
        *findings(summary, rows, where, lambda i: (
            f"'{short(ids.iloc[i])}' is no patient but a row of totals, or a legend; delete it.")),
    ]


def _looking_alike(different: list[str]) -> Iterator[tuple[str, str]]:
    """Identifiers that look like one before them, and that one."""
    seen: dict[str, str] = {}
    for identifier in different:
        if (before := seen.setdefault(signs.folded(identifier), identifier)) != identifier:
            yield identifier, before


def _summaries(ids: pd.Series) -> list[str]:
    """The identifiers that name a total or a legend, and have a shape that no other has."""
    named = [text for text in ids.unique() if _names_a_summary(text)]
    if not named:
        return []
    shapes = Counter(_shape(text) for text in ids[~ids.isin(named)])
    return [text for text in named if _shape(text) not in shapes] if shapes else []


def _names_a_summary(text: str) -> bool:
    word = _FIRST_WORD.match(text)
    return word is not None and word[1].casefold() in _SUMMARIES


def _shape(text: str) -> str:
    """Runs of digits, capitals and small letters: P001 is A9, Mean is Aa."""
    return re.sub(r"[^\W\d_A-Z]+", "a", re.sub(r"[A-Z]+", "A", re.sub(r"\d+", "9", text)))
