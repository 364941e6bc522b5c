"""What a table's columns and codes are called where a person reads them.

Files keep the names of the analysis, which a program reads; a notebook shows these words.
"""

from __future__ import annotations

from compendium.sentences import block_name

INTERVAL = "95 % interval"
HEADS = {
    "label": "Measure", "outcome_label": "Outcome", "n_missing": "Left out",
    "n_reference": "n reference", "n_compared": "n compared",
    "p_adjusted": "Adjusted p", "partial_r": "Partial r", "r_squared": "R²",
    "adjusted_r_squared": "Adjusted R²", "delta_r_squared": "R² beyond the covariates",
    "aic": "AIC", "bic": "BIC", "resid_sd": "Residual SD", "smd": "Hedges' g",
    "null": "Continuum cut", "rho": "ρ with severity", "rank": "Rank in block",
    "p_equal": "p, equal slopes", "r2_label": "R², label", "r2_line": "R², severity as a line",
    "r2_spline": "R², severity as a curve", "beside_line": "Label beside the line",
    "beside_spline": "Label beside the curve",
    "p_label_to_line_adjusted": "Adjusted p, label added to line",
    "p_label_to_spline_adjusted": "Adjusted p, label added to curve",
    "n_validators": "Validators", "effect_median": "Median effect", "effect_min": "Least effect",
    "effect_max": "Largest effect", "all_in_direction": "All towards worse",
    "n_significant": "Adjusted p below α", "silhouette": "Mean silhouette",
    "share_negative": "Share below 0", "smallest": "Smallest cluster", "scheme": "Resampled by",
    "sd": "SD", "mc_error": "Monte Carlo error", "ari": "Adjusted Rand index",
    "moved": "Share moved", "stated": "Stated in the paper",
}  # fmt: skip
LETTERS = ("n", "p", "r", "k")  # symbols, written small
MODELS = {
    "line": "severity as a line", "spline": "severity as a curve",
    "label + line": "label and line", "label + spline": "label and curve",
    "imputed": "adjusted, imputed",
}  # fmt: skip
SCHEMES = {"bootstrap_oob": "bootstrap, patients not drawn", "subsample_80": "80 % subsample"}
BLOCKS = ("block", "choice")  # columns that hold names of blocks


def head(name: str) -> str:
    """A column's heading in words.

    >>> head("left_out"), head("smd"), head("n")
    ('Left out', "Hedges' g", 'n')
    """
    name = str(name)
    if name in HEADS or name in LETTERS:
        return HEADS.get(name, name)
    words = name.replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}"


def interval_head(start: str) -> str:
    """The heading of an interval whose columns are ``<start>_low`` and ``<start>_high``.

    >>> interval_head(""), interval_head("rank")
    ('95 % interval', 'Rank in block, 95 % interval')
    """
    return f"{head(start)}, {INTERVAL}" if start else INTERVAL


def word(name: str, value: str) -> str:
    """A code of a column in words; other text as it is.

    >>> word("block", "nerve_csa"), word("scheme", "subsample_80"), word("label", "a_b")
    ('nerve CSA', '80 % subsample', 'a_b')
    """
    if name in BLOCKS:
        return block_name(value)
    return {"model": MODELS, "scheme": SCHEMES}.get(name, {}).get(value, value)
