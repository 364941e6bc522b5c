"""The same question asked of other outcomes and by other models, in one table beside the primary.

A bounded, skewed score is read as a number (least squares), as an order (proportional odds) and by
its middle patient (median regression); beside it stand every further outcome and every rate. A rate
is loss over time, so it is never adjusted for what it is made of; since rates are skewed, so does
its logarithm. A row rests on the patients who have all of its covariates; nothing is imputed, and
no p is adjusted: the table shows how far the answer depends on how it is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from compendium.data.columns import Codebook, Column
from compendium.data.delimited import to_number
from compendium.data.found import Found
from compendium.headcounts import people
from compendium.problems import reasoned
from compendium.regression.design import Design, DesignRefused, design, phenotype_terms
from compendium.regression.least_squares import estimates, ols
from compendium.regression.odds import proportional_odds
from compendium.regression.outcome_models import METHOD
from compendium.regression.quantile import median_regression
from compendium.words import listed, number, p_value

_NUMBERS = ["estimate", "low", "high", "p"]
_COLUMNS = (
    "outcome", "outcome_label", "analysis", "scale", "phenotype", "reference", *_NUMBERS, "n",
    "covariates", "method", "note",
)
_OLS, _ODDS, _MEDIAN, _LOG = "least squares", "proportional odds", "median regression", "log rate"
_METHODS = {
    _OLS: METHOD, _ODDS: "proportional odds, maximum likelihood, Wald",
    _MEDIAN: "median regression, Hendricks–Koenker, t", _LOG: f"{METHOD}, of the logarithm",
}
_ODDS_OF = {"low": "odds ratio of a better value", "high": "odds ratio of a worse value"}
_VAGUE = (
    "No interval: the outcome is so tied around its median that its density cannot be read off."
)


def other_models(found: Found, covariates: Sequence[Column]) -> pd.DataFrame:
    """Other outcomes, and other models of the primary one, each with its interval and n.

    Returns
    -------
    DataFrame, one row a phenotype against the mildest in each of

    - the primary outcome: least squares, proportional odds, median regression;
    - every further outcome: least squares;
    - every rate (a column derived by the rule "rate"): least squares, and least squares of its
      logarithm, without the covariates that share a column with it. A rate of zero or below counts
      as half of the smallest positive one.

    ``scale`` says what estimate, low, high (95 %) are: a difference, in the outcome's unit; the
    odds ratio of a higher value; a ratio of geometric means. ``n``: complete patients. ``note``:
    what to know of the row, or why it has no numbers; whom and what the design left out stands in
    the row of least squares. Least squares equal the adjusted model of
    ``outcome_models.fit_outcome``; the others were checked where they are made. Empty where the
    codebook names neither outcome nor rate.
    """
    book = found.codebook
    tables = [
        _rows(found, outcome, analysis, covariates)
        for outcome in dict.fromkeys((*book.outcomes, *filter(_is_rate, book.columns)))
        for analysis in _analyses(outcome, book)
    ]
    if tables:
        return pd.concat(tables, ignore_index=True)
    nothing = pd.DataFrame(columns=list(_COLUMNS))
    return reasoned(nothing, "The codebook names no outcome and no rate, so nothing is regressed.")


def _scale(analysis: str, outcome: Column) -> str:
    """What an estimate is: the odds are those of a higher value, whichever way that points."""
    if analysis == _ODDS:
        return _ODDS_OF.get(outcome.worse, "odds ratio of a higher value")
    return "ratio of geometric means" if analysis == _LOG else outcome.unit or "difference"


def _is_rate(column: Column) -> bool:
    return bool(column.derive) and column.derive.name == "rate"


def _analyses(outcome: Column, codebook: Codebook) -> list[str]:
    primary = [_ODDS, _MEDIAN] if outcome in codebook.outcomes[:1] else []
    return [_OLS, *primary, *([_LOG] if _is_rate(outcome) else [])]


def _rows(found: Found, outcome: Column, analysis: str, covariates) -> pd.DataFrame:
    kept, notes, names = covariates, [], found.names
    if _is_rate(outcome):
        kept, notes = _without_ingredients(outcome, covariates, found.codebook)
    who, terms = found.where(found.data[outcome.name].notna().to_numpy()), phenotype_terms(names)
    rows, n, used = pd.DataFrame(), 0, ()
    try:
        built = design(who, kept)
        y = who.data.loc[built.rows, outcome.name].to_numpy(dtype=float)
        n, used = len(y), built.covariates
        notes += built.notes if analysis == _OLS else ()  # the same in the rows that follow
        rows = _ESTIMATED[analysis](y, built, [t for t in terms if t in built.X])
        absent = "Nobody of this phenotype is among the complete patients."
    except DesignRefused as refusal:
        n, absent = refusal.n, f"Not fitted: {refusal}"
    rows = rows.reindex(terms, columns=[*_NUMBERS, "note"])
    said = [absent if pd.isna(note) else note for note in rows["note"]]
    rows = rows.reset_index(drop=True).assign(
        note=[" ".join(filter(None, (*notes, note))) for note in said],
        outcome=outcome.name, outcome_label=outcome.label, analysis=analysis,
        scale=_scale(analysis, outcome), phenotype=names[1:],
        reference=names[0], n=n, covariates=[used] * len(terms), method=_METHODS[analysis],
    )
    return rows.astype(dict.fromkeys(_NUMBERS, float))[list(_COLUMNS)]


def _without_ingredients(rate: Column, covariates, codebook: Codebook):
    """The covariates that share no column with a rate, and a sentence on the others."""
    own = _ingredients([rate.name], codebook)
    shared = [c for c in covariates if own & _ingredients([c.name], codebook)]
    labels = listed([c.label for c in shared])
    notes = [f"Not adjusted for {labels}, of which the rate is made."] if shared else []
    return tuple(c for c in covariates if c not in shared), notes


def _ingredients(names: Iterable[str], codebook: Codebook) -> set[str]:
    """The columns, what they are derived from, and what that is derived from."""
    found: set[str] = set()
    for name in names:
        found.add(name)
        if name in codebook and codebook[name].derive:
            found |= _ingredients(codebook[name].derive.arguments, codebook)
    return {name for name in found if to_number(name) is None}  # the maximum of a score is a number


def _least_squares(y: np.ndarray, built: Design, terms: list[str]) -> pd.DataFrame:
    return estimates(ols(y, built.X)).loc[terms].assign(note="")


def _logarithm(y: np.ndarray, built: Design, terms: list[str]) -> pd.DataFrame:
    lost, note = y <= 0, ""
    if lost.all():
        raise DesignRefused("no rate is above zero, so none has a logarithm.", len(y))
    if lost.any():
        y = np.where(lost, y[~lost].min() / 2, y)
        note = (f"Rates of zero or below ({people(lost.sum())}) count as half of the smallest "
                "positive one.")
    table = _least_squares(np.log(y), built, terms).assign(note=note)
    table[_NUMBERS[:3]] = np.exp(table[_NUMBERS[:3]])
    return table


def _odds(y: np.ndarray, built: Design, terms: list[str]) -> pd.DataFrame:
    try:
        model = proportional_odds(y, built.X, tuple(terms))
    except DesignRefused as refusal:
        sentence = str(refusal)
        for term, words in built.labels.items():
            sentence = sentence.replace(term, words)
        raise DesignRefused(sentence, refusal.n) from None
    table = model.table.set_index("term").loc[terms, _NUMBERS]
    table[_NUMBERS[:3]] = np.exp(table[_NUMBERS[:3]])
    cuts, note = listed([f"{cut:g}" for cut in model.splits.index]), []
    for term in terms:
        ratios = listed([number(ratio) for ratio in np.exp(model.splits[term])])
        split = f" Odds ratio of a value above {cuts}: {ratios}; the model takes them for one."
        note.append(f"Phenotype: likelihood ratio {p_value(model.lr_p)}.{split if cuts else ''}")
    return table.assign(note=note)


def _median(y: np.ndarray, built: Design, terms: list[str]) -> pd.DataFrame:
    table = median_regression(y, built.X, tuple(terms)).set_index("term").loc[terms]
    steps = "Whole values: their median moves in steps." if (y == np.round(y)).all() else ""
    notes = [f"{steps} Fits as well: {number(a, 3)} to {number(b, 3)}." if a < b else steps
             for a, b in zip(table["least"], table["most"], strict=True)]
    table = table.assign(note=[note.strip() for note in notes])
    # a score of few levels has no density to speak of, and an interval beyond its scale says so
    vague = table["high"] - table["estimate"] > np.ptp(y)
    table.loc[vague, _NUMBERS], table.loc[vague, "note"] = np.nan, _VAGUE
    return table[[*_NUMBERS, "note"]]


_ESTIMATED = {_OLS: _least_squares, _ODDS: _odds, _MEDIAN: _median, _LOG: _logarithm}
