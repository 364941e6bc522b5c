"""The verdict ladder: how much may be said, from p values alone.

rung 0   the data do not distinguish groups from one severity continuum
rung 1   more structure than margins and correlations explain; a continuum still explains it
rung 2   grouping beyond any single severity axis of the form of null L (and of null C, or said so)
rung 3   and patients thin out between the groups

A rung is reached only over the ones below it. Null L's laws are among null C's: rejecting L first
and C second, each at the full level, keeps the level of both. Stability is no argument here, and
"the split is a cut of a continuum" is never concluded: absence of evidence stays absence.

Where it errs (``benchmarks/calibration.py``): continua in which nearly all variables saturate at
both ends of one severity, or whose severity has a spike at one end, are often taken for groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose

from compendium.groups.known_truth import POWER, Limit
from compendium.words import number, percent

_STRICT = 0.01  # the level at which the result is given beside
LOOKS = 2  # by how much the p values of nulls B and L are multiplied: indices, and the cut
_NONE = "These data do not distinguish groups from one severity continuum; {limit}."
_STRUCTURE = (
    "There is more structure than margins and correlations explain; a non-Gaussian continuum could "
    "still explain it (null L)."
)
_ONLY_AXIS = (
    "No severity continuum of this form explains these data (null L), but margins and correlations "
    "alone could (null B); so no more is concluded than structure that one severity axis does not "
    "explain."
)
_GROUPS = "There is grouping beyond any single severity axis of this form (null L){gap}{law}."
_GAP = ", and patients thin out between the groups"
_VALLEY = " (density at the valley {} of the lower peak)"
_ONLY_L = (
    "; an axis along which patients crowd in a spike or a broad shoulder could still explain the "
    "grouping (null C)"
)
_NOT_C_EITHER = "; an axis along which patients form one hill of any shape is rejected too (null C)"
_LIMIT = (
    "two groups closer than about {distance} SD (within a group, along the line between "
    "centres) are missed in more than {missed} of cohorts (simulated near this size: {n} "
    "patients, {p} features, α = {alpha:g})"
)
_NO_LIMIT = "how far apart groups must be to be seen is not known at this size and level"


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
    ``alpha_strict``, None where the draws are too few for any p value to get there;
    ``rung_indices``: the rung from cluster index and silhouette under nulls B and C alone, without
    the cut and null L; ``detection_limit``: how far apart groups must be to be seen at ``alpha``,
    None where it is not known; ``measures``: density at the valley over that of the lower peak,
    where the gap is clearest (1: the smoothed density has no valley; None: not known).
    """

    rung: int
    sentence: str
    rung_strict: int | None
    sentence_strict: str | None
    rung_indices: int
    evidence: Evidence
    alpha: float
    alpha_strict: float
    detection_limit: Limit | None
    valley: float | None


def verdict(
    evidence: Evidence,
    *,
    alpha: float = 0.05,
    detection_limit: Limit | None = None,
    valley: float | None = None,
    n_draws: int | None = None,
) -> Verdict:
    """The rung that the p values reach, and its sentence.

    Rung 1: b ≤ alpha < l; rung 2: both ≤ alpha; rung 3: gap ≤ alpha as well. Where l ≤ alpha < b,
    rung 1 is given and the sentence says so. At rungs 2 and 3 the sentence says whether null C,
    which allows any law of one hill, is rejected too. A detection limit speaks at its own level
    only. ``n_draws``: cohorts drawn from each null; None: enough for every level.

    >>> verdict(Evidence(b=0.001, c=0.3, l=0.4, gap=0.9, b_indices=0.001)).rung
    1
    """
    e, strict, limit = evidence, min(alpha, _STRICT), detection_limit
    reachable = n_draws is None or smallest_p(n_draws) <= strict
    own = limit if limit is not None and isclose(limit.alpha, strict) else None
    return Verdict(
        rung=_rung(e.b, e.l, e.gap, alpha),
        sentence=_sentence(e, alpha, limit, valley),
        rung_strict=_rung(e.b, e.l, e.gap, strict) if reachable else None,
        sentence_strict=_sentence(e, strict, own, valley) if reachable else None,
        rung_indices=_rung(e.b_indices, e.c, e.gap, alpha),
        evidence=e,
        alpha=alpha,
        alpha_strict=strict,
        detection_limit=limit,
        valley=valley,
    )


def smallest_p(n_draws: int) -> float:
    """The smallest p value of nulls B and L that so many draws can give, after the two looks.

    >>> smallest_p(99)
    0.02
    """
    return LOOKS / (n_draws + 1)


def unseen(limit: Limit | None) -> str:
    """How close two groups may be and still be missed, as the end of a sentence.

    >>> unseen(None)
    'how far apart groups must be to be seen is not known at this size and level'
    """
    if limit is None:
        return _NO_LIMIT
    distance, missed = number(limit.distance, 1), percent(1 - POWER)
    about = {"n": f"{limit.n:,}", "p": limit.p, "alpha": limit.alpha}
    return _LIMIT.format(distance=distance, missed=missed, **about)


def _rung(p_b: float, p_axis: float, p_gap: float, alpha: float) -> int:
    """How far up one gets when each step must be at most alpha."""
    if p_axis <= alpha < p_b:
        return 1
    return 0 if p_b > alpha else 1 if p_axis > alpha else 2 if p_gap > alpha else 3


def _sentence(e: Evidence, alpha: float, limit: Limit | None, valley: float | None) -> str:
    rung = _rung(e.b, e.l, e.gap, alpha)
    if rung == 0:
        return _NONE.format(limit=unseen(limit))
    if rung == 1:
        return _STRUCTURE if e.b <= alpha else _ONLY_AXIS
    depth = _VALLEY.format(number(valley)) if valley is not None and valley < 1 else ""
    gap = _GAP + depth if rung == 3 else ""
    return _GROUPS.format(gap=gap, law=_ONLY_L if e.c > alpha else _NOT_C_EITHER)
