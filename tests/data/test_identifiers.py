"""Who the rows are: nobody twice, under whatever spelling, and no row of totals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from compendium.data.identifiers import identifier_problems


def problems(*ids: str) -> list[str]:
    rows = np.arange(2, 2 + len(ids))
    return identifier_problems(pd.Series(ids, dtype="str"), rows, "id", "a.csv")


@pytest.mark.parametrize(("one", "other", "apart"), [
    ("P1", "p1", "case"), ("P1", "P 1", "blanks"), ("1", "1.0", "a decimal .0"),
    ("P1", r"P1\u200b", "U+200B ZERO WIDTH SPACE"),
    ("P5", "P\uff15", "U+FF15 FULLWIDTH DIGIT FIVE"),
    ("Mu\u0308", "Mu\u0308 ", "blanks"),
])
def test_identifiers_that_only_look_different_are_refused_with_both_rows(one, other, apart):
    assert problems(one, "X9", other) == [
        f"a.csv, column id, row 4: differs from the identifier of row 2 by {apart} alone; keep one "
        "row a patient, or let them differ more.",
    ]


def test_each_spelling_of_an_identifier_is_named_once():
    assert [s.split(":")[0].split()[-1] for s in problems("P1", "p1", "p1", "P 1")] == [
        "4", "3", "5",
    ]


@pytest.mark.parametrize("word", [
    "mean", "Mean", "MEAN:", "Mean ± SD", "Mittelwert", "moyenne", "media", "average", "total",
    "Summe", "n", "N = 60", "SD", "Legend: 1 = male", "Légende", "平均", "Ø",
])
def test_a_row_of_totals_or_a_legend_is_refused(word):
    assert problems("P001", "P002", word) == [
        f"a.csv, column id, row 4: '{word}' is no patient but a row of totals, or a legend; delete "
        "it.",
    ]


@pytest.mark.parametrize("ids", [
    ("AB", "CD", "SD"), ("Smith", "Mean"), ("n1", "n2", "n3"), ("C-01", "n-01"), ("007", "7"),
    ("P1", "P10"), ("mean", "total"),
])
def test_patients_named_like_a_total_are_patients_where_others_are_named_so(ids):
    assert problems(*ids) == []


def test_a_hundred_thousand_identifiers_are_compared():
    assert problems(*map(str, range(100_000))) == []
