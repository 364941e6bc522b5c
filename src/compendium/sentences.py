"""Words made from numbers, so that a text stays true on another cohort.

Formatting of estimates, intervals and p values, and the two-sentence answer of each notebook. A
finding is "supported" when its stated test is below alpha and in the stated direction, otherwise
"not supported"; both directions are tested.
"""

from __future__ import annotations

import math
from numbers import Real

MINUS = "\u2212"


def known(*values: float | None) -> bool:
    """Whether every value is a number: not None, as in JSON, nor NaN or NA, as in a frame."""
    return all(isinstance(value, Real) and math.isfinite(value) for value in values)


def number(value: float | None, digits: int = 2) -> str:
    """A number with a true minus sign; "not estimable" for a missing one.

    >>> number(-3.841)
    '−3.84'
    """
    if not known(value):
        return "not estimable"
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        return text.removeprefix("-")  # −0.00 would state a direction that is not there
    return MINUS + text[1:] if text.startswith("-") else text


def estimate(record: dict, digits: int = 2, key: str = "estimate") -> str:
    """Estimate with its 95 % interval, from a record with keys ``low`` and ``high``."""
    if not known(record[key]):
        return "not estimable"
    low, high = number(record["low"], digits), number(record["high"], digits)
    return f"{number(record[key], digits)} (95 % CI {low} to {high})"


def p_value(p: float | None) -> str:
    """p to two significant digits, "p < 0.001" below.

    >>> p_value(0.0314), p_value(1e-9)
    ('p = 0.031', 'p < 0.001')
    """
    if not known(p):
        return "p not estimable"
    if p < 0.001:
        return "p < 0.001"
    # decimals so that two digits remain after the leading zeros
    return f"p = {p:.{max(2, 1 - math.floor(math.log10(p)))}f}"


def share(part: int, whole: int) -> str:
    """A count with its share, "166 (36.6 %)"."""
    return f"{part} ({100 * part / whole:.1f} %)" if whole else f"{part}"


def percent(part: float, digits: int = 0) -> str:
    """A share of 0 to 1 in per cent.

    >>> percent(0.0257, 1)
    '2.6 %'
    """
    return f"{number(100 * part, digits)} %"


def listed(words: list[str]) -> str:
    """Words as an English list.

    >>> listed(["age", "sex", "BMI"])
    'age, sex and BMI'
    """
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def plural(count: int, noun: str) -> str:
    """The count with its noun in the right number."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def supported(finding: bool) -> str:
    """The two words that end a finding."""
    return "supported" if finding else "not supported"


def answer_cohort(r: dict) -> list[str]:
    """Who was analysed, and how complete their scans are."""
    reasons = [f"{f['left_out']} ({f['reason']})" for f in r["flow"] if f["left_out"]]
    left = f"; left out were {listed(reasons)}" if reasons else "; nobody was left out"
    blocks = listed([f"{n} {_words(b)}" for b, n in r["feature_blocks"].items()])
    first = (
        f"Of {plural(r['n_read'], 'person' if r['n_read'] == 1 else 'patient')} read, "
        f"{r['n_analysed']:,} are analysed on {r['n_features']} features ({blocks}){left}."
    )
    gaps = share(r["n_with_gap"], r["n_analysed"])
    second = (
        f"{gaps} lack at least one feature ({percent(r['share_values_missing'], 1)} of all values), which "
        "are filled by iterative regression rather than losing these people."
        if r["n_with_gap"]
        else "No feature value is missing."
    )
    return [first, second.replace("iterative regression", _FILLED[r["missing"]])]


def answer_clustering(r: dict) -> list[str]:
    """The phenotypes and what sets them apart."""
    total = sum(p["n"] for p in r["phenotypes"])
    sizes = listed([f"{p['name']} {share(p['n'], total)}" for p in r["phenotypes"]])
    first = f"k-means with k = {r['n_clusters']} divides the {total:,} patients into {sizes}."
    sized = [d for d in r["differences"] if known(d["smd"])]
    top = sorted(sized, key=lambda d: -abs(d["smd"]))[:2]
    ends = f"{r['phenotypes'][-1]['name']} and {r['phenotypes'][0]['name']}"
    which = listed([f"{d['label']} (g {number(d['smd'])})" for d in top])
    return [
        first,
        f"{ends} differ most in {which}; these variables built the clusters, so the differences "
        "describe the groups and are no evidence for them.",
    ]


def answer_stability(r: dict) -> list[str]:
    """Whether the division is repeatable, and that this proves no groups."""
    row = next(b for b in r["by_k"] if b["k"] == r["n_clusters"])
    boot, sub = row["ari"]["bootstrap_oob"], row["ari"]["subsample_80"]
    best = max(r["by_k"], key=lambda b: b["silhouette"])
    highest = best["k"] == r["n_clusters"]
    less = f"less than the {number(best['silhouette'])} of k = {best['k']}"
    stable = all(j["mean"] >= 0.75 for j in row["jaccard"])
    first = (
        f"The division into {r['n_clusters']} is {'' if stable else 'not '}repeatable: mean "
        f"adjusted Rand index {number(boot['mean'])} on out-of-bag patients of "
        f"{boot['resamples']} bootstraps and {number(sub['mean'])} in 80 % subsamples, "
        + ("every" if stable else "not every")
        + f" cluster recovered (Jaccard ≥ 0.75); the mean silhouette is {number(row['silhouette'])}, "
        + (f"the highest of k = {r['by_k'][0]['k']} to {r['by_k'][-1]['k']}." if highest else less + ".")
    )
    second = (
        "A repeatable cut is no proof of groups: one severity continuum cut in two can be as "
        "repeatable, so these indices alone do not decide between the two."
    )
    return [first, second]


def answer_validation(r: dict) -> list[str]:
    """Whether variables the clustering never saw follow the phenotype."""
    tested = [v for v in r["validators"] if known(v["effect"], v["p_adjusted"])]
    if not tested:
        return [r["unavailable"] or "No validator could be compared.", "Nothing is concluded here."]
    # a validator without a direction of worsening can differ, but not be worse
    directed = [v for v in tested if known(v["worse_direction"])]
    worse = [v for v in directed if v["worse_direction"] and v["p_adjusted"] < r["alpha"]]
    names = r["contrast"]
    first = (
        f"{names[0]} patients do worse than {names[1]} ones on {len(worse)} of "
        f"{plural(len(tested), 'validator')} the clustering never saw (Benjamini–Hochberg within "
        f"block, α = {r['alpha']:g}): that the phenotype goes with these measures is "
        f"{supported(2 * len(worse) > len(tested))} (more than half are asked for)."
    )
    blocks = listed([
        f"{_words(b['block'])}: median {b['statistic']} {number(b['effect_median'])} over "
        f"{b['n_compared']}" for b in r["blocks"] if b["n_compared"]
    ])  # fmt: skip
    return [first, f"Size by block: {blocks}; any cut of a severity axis would validate likewise."]


def answer_regression(r: dict) -> list[str]:
    """How function differs between phenotypes, crude and adjusted."""
    fitted = [m for m in r["models"] if m["primary"] and known(m["estimate"], m["p"])]
    if not fitted:
        return [r["unavailable"] or "No model could be fitted.", "Nothing is concluded here."]
    model = next((m for m in fitted[::-1] if m["model"] == "adjusted"), fitted[-1])
    finding = model["p"] < r["alpha"]
    adjusted = f", adjusted for {listed(model['covariate_labels'])}" if model["covariates"] else ""
    first = (
        f"{model['outcome_label']} differs between {model['phenotype']} and {model['reference']} "
        f"patients by {estimate(model)} {model['unit']}{adjusted} ({p_value(model['p'])}, "
        f"n = {model['n']:,}): a difference is {supported(finding)}."
    )
    same = [m for m in fitted if m["phenotype"] == model["phenotype"]]
    crude = next((m for m in same if m["model"] == "crude"), None)
    second = (
        f"Unadjusted it is {estimate(crude)} (n = {crude['n']:,}); label and covariates together "
        f"explain {100 * model['r_squared']:.0f} % of the variance."
        if crude
        else "The unadjusted difference could not be estimated."
    )
    return [first, second]


def answer_reproduction(r: dict) -> list[str]:
    """What came back of the published numbers, and what that shows."""
    count, total = r["tally"], len(r["claims"])
    back = count.get("match", 0) + count.get("within rounding", 0)
    if r["ledger"] == "none":
        return [
            f"None of the {total} published claims is held against this cohort: it is not the "
            "paper's.",
            "Every number of the run stands in the index below with the notebook that made it.",
        ]
    first = (
        f"{back} of {total} published claims come back within tolerance, {count.get('differs', 0)} "
        f"differ, {total - back - count.get('differs', 0)} cannot be compared."
    )
    second = (
        "The patients are simulated and were tuned to the paper's numbers, so agreement shows that "
        "the chain recovers what was put in, and nothing about people with ALS."
        if r["ledger"] == "calibrated"
        else "The patients are said to be the paper's own, so a difference is a finding."
    )
    return [first, second]


ANSWERS = {
    "01_cohort": answer_cohort,
    "02_clustering": answer_clustering,
    "03_stability": answer_stability,
    "04_validation": answer_validation,
    "05_regression": answer_regression,
    "06_reproduction": answer_reproduction,
}
_FILLED = {"iterative": "iterative regression", "median": "the median"}


def _words(block: str) -> str:
    words = block.replace("_", " ").split()
    return " ".join(w.upper() if w in ("csa", "mmt", "cmap") else w for w in words)
