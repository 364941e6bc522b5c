"""Tables for readers: words for columns, rounded numbers, safe files. Nothing is estimated here.

One presentation for all tables of the notebooks (``present``); Table 1 is made by ``baseline``,
those of independent measures by ``measures``. Files keep the names of the analysis, which a program
reads, and say SYNTHETIC in their first column where the patients are simulated; text that a
spreadsheet would run as a formula is neutralised. A notebook shows words: no row numbers, what the
table is made of in its caption, and numbers, intervals and p values never broken over two lines.
Everything shown is escaped: nothing from a data file is ever rendered as HTML. (pandas' Styler
would align by a style sheet with an id a cell, which a notebook that is not trusted drops, and has
no text of its own.)
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from compendium.headcounts import Bound
from compendium.report.disclosure import explained
from compendium.words import MARK, block_name, number, p_text

NO_BREAK = "\u00a0"
_LEFT = ' style="text-align: left"'
# a number, a count with its share, a mean (SD), an interval, a p value
_NUMERIC = re.compile(r"(n )?[−<≤]? ?\d[\d.,]*( ?[%(\[\]),]| to|,? ?[−\d][\d.,]*)*|–")
_FORMULA = re.compile(r"[=+\-@\t\r]")  # a first character that makes a spreadsheet run a cell
_DIGITS = 10  # significant, in files
_FINER = {"mc_error": 4}  # decimals of what is always small
# what a phone shows first stands first: the estimate with its interval and p
HEADS = {
    "label": "Measure", "outcome_label": "Outcome", "n_missing": "Left out",
    "p_adjusted": "Adjusted p",
    "p_label_adds": "p, phenotype adds", "p_severity_adds": "p, severity adds",
    "delta_r_squared": "R² beyond the covariates",
    "aic": "AIC", "bic": "BIC", "bic_lower_by": "BIC lower by",
    "smd": "Hedges' g", "stronger_label": "More closely", "rho_stronger": "ρ (more)",
    "weaker_label": "Less closely", "rho_weaker": "ρ (less)",
    "p_equal": "p, equal slopes", "r2_label": "R², phenotype", "r2_line": "R², severity (line)",
    "r2_spline": "R², severity (curve)", "beside_line": "Phenotype beside the line",
    "beside_spline": "Phenotype beside the curve",
    "p_label_to_line_adjusted": "Adjusted p beside the line",
    "p_label_to_spline_adjusted": "Adjusted p beside the curve",
    "silhouette": "Mean silhouette",
    "share_negative": "Share below 0", "smallest": "Smallest cluster",
    "sd": "SD", "mc_error": "Monte Carlo error", "ari": "Adjusted Rand index",
    "moved": "Share moved", "ari_out_of_bag": "ARI, bootstraps", "ari_80": "ARI, 80 % subsamples",
    "least_jaccard": "Least Jaccard index",
}
_LETTERS = ("n", "p", "r", "k")  # symbols, written small
_CODES = {  # the codes of a column in words
    "model": {
        "label": "phenotype", "line": "severity as a line", "spline": "severity as a curve",
        "label + line": "phenotype and line", "label + spline": "phenotype and curve",
    },
}
_BLOCKS = ("block", "choice")  # columns that hold names of blocks


class HtmlTable(pd.DataFrame):
    """A frame of text with a caption; a frame made from it is a plain one."""

    _metadata = ["caption"]

    @classmethod
    def of(cls, frame: pd.DataFrame, caption: str = "") -> HtmlTable:
        """The frame with its caption."""
        table = cls(frame)
        table.caption = caption
        return table

    def _repr_html_(self) -> str:
        if not len(self):
            return "<p>No rows.</p>"
        columns = [self.iloc[:, i] for i in range(self.shape[1])]
        # numbers stand right, words left
        sides = ["" if all(map(_NUMERIC.fullmatch, column)) else _LEFT for column in columns]
        rows = "\n".join(_html_row("td", row, sides) for row in self.itertuples(index=False))
        caption = f"<caption{_LEFT}>{_safe(self.caption)}</caption>\n" if self.caption else ""
        return (f'<table class="dataframe">\n{caption}'
                f"<thead>{_html_row('th', self.columns, sides)}</thead>\n"
                f"<tbody>\n{rows}\n</tbody>\n</table>")

    def __repr__(self) -> str:
        text = self.to_string(index=False) if len(self) else "No rows."
        return "\n".join(filter(None, [self.caption, text]))


def present(
    frame: pd.DataFrame, *, digits: int | Mapping[str, int] = 2, note: str = "", synthetic: bool
) -> HtmlTable:
    """A frame for the eye: heads in words, rounded numbers, intervals and p values in words.

    Parameters
    ----------
    frame : columns ``low`` and ``high`` (or ``<x>_low`` and ``<x>_high``) become one column "95 %
        interval"; columns p, p_… and … p become p values; whole numbers stay whole; codes and
        heads known to ``tables`` are said in words.
    digits : decimals, for all numbers or by column. note : for the caption.

    Returns
    -------
    Text without row numbers; NaN is "–". The caption says SYNTHETIC of simulated patients, and what
    suppressed counts mean where there are any.
    """
    by_column = digits if isinstance(digits, Mapping) else {}
    usual = 2 if isinstance(digits, Mapping) else digits
    out: dict[str, list[str]] = {}
    for name in frame:
        places = by_column.get(name, _FINER.get(name, usual))
        start = _partner(name, "low")
        if start is not None and f"{start}high" in frame:
            of = f"{head(start.removesuffix('_'))}, " if start else ""
            out[f"{of}95 % interval"] = [
                "–" if pd.isna(a) or pd.isna(b) else f"{number(a, places)} to {number(b, places)}"
                for a, b in zip(frame[name], frame[f"{start}high"], strict=True)
            ]
        elif _partner(name, "high") is None or f"{_partner(name, 'high')}low" not in frame:
            out[head(name)] = [_cell(value, name, places) for value in frame[name]]
    text = pd.DataFrame(out, index=range(len(frame)), dtype="str")
    parts = (MARK if synthetic else "", note, explained(text))
    return HtmlTable.of(text, ". ".join(filter(None, parts)))




def write_table(frame: pd.DataFrame, path: str | Path, synthetic: bool) -> Path:
    """Write a frame as UTF-8 CSV without its index, ten significant digits, and return the path.

    Simulated patients: a first column ``data`` = SYNTHETIC. Text (and headings) that a spreadsheet
    would run as a formula get a leading apostrophe; numbers stay numbers.
    """
    path = Path(path)
    safe = frame.reset_index(drop=True)
    for i, name in enumerate(safe.columns):
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe.isetitem(i, [_neutral(_plain(value)) for value in safe[name]])
    safe.columns = [_neutral(str(name)) for name in safe.columns]
    if synthetic and "data" not in safe:
        safe.insert(0, "data", "SYNTHETIC")
    safe.to_csv(path, index=False, encoding="utf-8", lineterminator="\n",
                float_format=f"%.{_DIGITS}g")
    return path


def head(name: str) -> str:
    """A column's heading in words.

    >>> head("left_out"), head("smd"), head("n")
    ('Left out', "Hedges' g", 'n')
    """
    name = str(name)
    if name in HEADS or name in _LETTERS:
        return HEADS.get(name, name)
    words = name.replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}"


def word(name: str, value: str) -> str:
    """A code of a column in words; other text as it is.

    >>> word("block", "nerve_csa"), word("model", "line"), word("label", "a_b")
    ('nerve CSA', 'severity as a line', 'a_b')
    """
    return block_name(value) if name in _BLOCKS else _CODES.get(name, {}).get(value, value)


def unbroken(text: str) -> str:
    """A cell whose spaces do not break where it is a number, an interval or a p value; in any other
    text per cent signs stay with their numbers.

    >>> unbroken("−5.41 to −2.27") == "−5.41 to −2.27".replace(" ", NO_BREAK)
    True
    >>> unbroken("13 left out")
    '13 left out'
    """
    numeric = _NUMERIC.fullmatch(text)
    return text.replace(" ", NO_BREAK) if numeric else text.replace(" %", f"{NO_BREAK}%")


def _partner(name: str, end: str) -> str | None:
    """What stands before "low" or "high" in a column's name; None for other columns."""
    start = str(name).removesuffix(end)
    return start if start != name and (not start or start.endswith("_")) else None


def _cell(value, name: str, places: int) -> str:
    value = _plain(value)
    if pd.isna(value):
        return "–"
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, np.integer)):
        return number(float(value), 0) if value < 0 else f"{value:,}"
    if not isinstance(value, (float, np.floating)):
        return word(name, str(value))
    if name == "p" or str(name).startswith("p_") or str(name).endswith((" p", "_p")):
        return p_text(value)
    return number(value, places) if np.isfinite(value) else "–"


def _plain(value):
    """One value a cell: a list in words, a bound as text, a missing one as NaN."""
    if isinstance(value, Bound):
        return str(value)
    if isinstance(value, (tuple, list)):
        return ", ".join(map(str, value))
    return np.nan if value is None or value is pd.NA else value


def _neutral(value):
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _html_row(tag: str, cells: Sequence, sides: Sequence[str]) -> str:
    shown = (f"<{tag}{side}>{_safe(unbroken(str(cell)))}</{tag}>"
             for cell, side in zip(cells, sides, strict=True))
    return f"<tr>{''.join(shown)}</tr>"


def _safe(text: str) -> str:
    return html.escape(text, quote=False)
