"""The verdict ladder: how much may be said, from p values alone.

rung 0   the data do not distinguish groups from one severity continuum
rung 1   more structure than margins and correlations explain; a continuum still explains it
rung 2   grouping beyond any single severity axis of the form of null L (and of null C, or said so)
rung 3   and a visible gap between the groups

A rung is reached only over the ones below it. Null L's laws are among null C's: rejecting L first
and C second, each at the full level, keeps the level of both. Stability is no argument here, and
"the split is a cut of a continuum" is never concluded: absence of evidence stays absence.

Where it errs (``benchmarks/calibration.py``): continua in which nearly all variables saturate at
both ends of one severity, or whose severity has a spike at one end, are often taken for groups.
"""

from dataclasses import dataclass

STRICT = 0.01  # the level at which the result is given beside
NONE = "These data do not distinguish groups from one severity continuum; {limit}."
STRUCTURE = (
    "There is more structure than margins and correlations explain; a non-Gaussian continuum still "
    "explains it."
)
ONLY_AXIS = (
    "No severity continuum of this form explains these data, but margins and correlations alone "
    "do; so no more is concluded than structure that one severity axis does not explain."
)
GROUPS = "There is grouping beyond any single severity axis of this form{gap}{law}."
GAP = ", and a visible gap between the groups"
ONLY_L = "; an axis whose law has a spike or a broad shoulder would still explain the grouping"
LIMIT = "groups closer than about {:.1f} SD would not have been seen"
NO_LIMIT = "how far apart groups would have to be to be seen is not known at this size"


@dataclass(frozen=True)
class Evidence:
    """The p values (each 0 < p ≤ 1) that decide.

    ``b``, ``l``: under null B and L, cluster index and silhouette both, or the cut of a
    component, Bonferroni over the two looks. ``c``, ``b_indices``: under null C and B, cluster
    index and silhouette both, alone. ``gap``: the smaller Holm-adjusted p value of the two dips.
    """

    b: float
    c: float
    l: float  # noqa: E741
    gap: float
    b_indices: float


@dataclass(frozen=True)
class Verdict:
    """What may be said at level ``alpha``.

    ``rung`` 0 to 3 and ``sentence``; ``rung_strict`` and ``sentence_strict``, the same at
    ``alpha_strict``; ``rung_indices``: the rung from cluster index and silhouette under nulls B and
    C alone, without the cut and null L; ``detection_limit``: distance in SDs below which groups
    would have been missed, None where it is not known.
    """

    rung: int
    sentence: str
    rung_strict: int
    sentence_strict: str
    rung_indices: int
    evidence: Evidence
    alpha: float
    alpha_strict: float
    detection_limit: float | None


def verdict(
    evidence: Evidence, *, alpha: float = 0.05, detection_limit: float | None = None
) -> Verdict:
    """The rung that the p values reach, and its sentence.

    Rung 1: b ≤ alpha < l; rung 2: both ≤ alpha; rung 3: gap ≤ alpha as well. Where l ≤ alpha < b,
    rung 1 is given and the sentence says so. At rungs 2 and 3 the sentence says whether null C,
    which allows any law of one hill, is rejected too.

    >>> verdict(Evidence(b=0.001, c=0.3, l=0.4, gap=0.9, b_indices=0.001)).rung
    1
    """
    e, strict = evidence, min(alpha, STRICT)
    return Verdict(
        rung=_rung(e.b, e.l, e.gap, alpha),
        sentence=_sentence(e, alpha, detection_limit),
        rung_strict=_rung(e.b, e.l, e.gap, strict),
        sentence_strict=_sentence(e, strict, detection_limit),
        rung_indices=_rung(e.b_indices, e.c, e.gap, alpha),
        evidence=e,
        alpha=alpha,
        alpha_strict=strict,
        detection_limit=detection_limit,
    )


def holm(p_values: list[float]) -> list[float]:
    """Holm-adjusted p values, in the order given.

    >>> holm([0.04, 0.01])
    [0.04, 0.02]
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = largest
    return adjusted


def _rung(p_b: float, p_axis: float, p_gap: float, alpha: float) -> int:
    """How far up one gets when each step must be at most alpha."""
    if p_axis <= alpha < p_b:
        return 1
    return 0 if p_b > alpha else 1 if p_axis > alpha else 2 if p_gap > alpha else 3


def _sentence(e: Evidence, alpha: float, limit: float | None) -> str:
    rung = _rung(e.b, e.l, e.gap, alpha)
    if rung == 0:
        return NONE.format(limit=NO_LIMIT if limit is None else LIMIT.format(limit))
    if rung == 1:
        return STRUCTURE if e.b <= alpha else ONLY_AXIS
    return GROUPS.format(gap=GAP * (rung == 3), law=ONLY_L * (e.c > alpha))
