"""A table as a notebook shows it: words, no row numbers, what it is made of in the caption.

Numbers, intervals and p values never break over two lines. Everything is escaped; nothing from a
data file is ever rendered as HTML.
"""

from __future__ import annotations

import html
import re

import pandas as pd

NO_BREAK = "\u00a0"
LEFT = ' style="text-align: left"'
# a number, a count with its share, a mean (SD), an interval, a p value
NUMERIC = re.compile(r"(n )?[−<≤]? ?\d[\d.,]*( ?[%(\[\]),]| to|,? ?[−\d][\d.,]*)*|–")


class Sheet(pd.DataFrame):
    """A frame of text with a caption; a frame made from it is a plain one."""

    _metadata = ["caption"]

    @classmethod
    def of(cls, frame: pd.DataFrame, caption: str = "") -> Sheet:
        """The frame as a sheet."""
        sheet = cls(frame)
        sheet.caption = caption
        return sheet

    def _repr_html_(self) -> str:
        if not len(self):
            return "<p>No rows.</p>"
        sides = [_side(self.iloc[:, i]) for i in range(self.shape[1])]
        heads = "".join(
            f"<th{side}>{_safe(unbroken_percent(name))}</th>"
            for name, side in zip(self.columns, sides, strict=True)
        )
        rows = "".join(
            f"<tr>{''.join(map(_cell, row, sides))}</tr>\n" for row in self.itertuples(index=False)
        )
        caption = f"<caption{LEFT}>{_safe(self.caption)}</caption>\n" if self.caption else ""
        return (f'<table class="dataframe">\n{caption}<thead><tr>{heads}</tr></thead>\n'
                f"<tbody>\n{rows}</tbody>\n</table>")  # fmt: skip

    def __repr__(self) -> str:
        text = self.to_string(index=False) if len(self) else "No rows."
        return "\n".join(filter(None, [self.caption, text]))


def unbroken(text: str) -> str:
    """A cell whose spaces do not break where it is a number, an interval or a p value.

    >>> unbroken("−5.41 to −2.27") == "−5.41 to −2.27".replace(" ", NO_BREAK)
    True
    >>> unbroken("13 left out")
    '13 left out'
    """
    return text.replace(" ", NO_BREAK) if NUMERIC.fullmatch(text) else unbroken_percent(text)


def unbroken_percent(text: str) -> str:
    """A text whose per cent signs stay with their numbers."""
    return str(text).replace(" %", f"{NO_BREAK}%")


def _side(column: pd.Series) -> str:
    """Numbers stand right, words left."""
    return "" if all(NUMERIC.fullmatch(str(value)) for value in column) else LEFT


def _cell(value, side: str) -> str:
    return f"<td{side}>{_safe(unbroken(str(value)))}</td>"


def _safe(text) -> str:
    return html.escape(str(text), quote=False)
