"""Validators of one kind together: the size of their effects, and one test of the block as a whole.

Many validators of one kind (a dozen graded muscles) are one question asked many times. The global
test asks it once: had the phenotype no bearing on the block, every way of giving the labels to its
patients would be equally likely. What is relabelled is a patient with all values, so whatever the
validators share counts once, and the p is exact however strongly they go together. Holm over the
blocks keeps the chance of any false finding among them at alpha.

References: Kruskal & Wallis 1952; Phipson & Smyth 2010 (10.2202/1544-6115.1585); Holm 1979.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from compendium.data.columns import SIGNS, Column
from compendium.data.found import Found
from compendium.problems import reasoned
from compendium.seeds import generator
from compendium.statistics import adjusted_p
from compendium.validation.by_phenotype import NO_VALIDATOR

_DRAWN = 9_999  # relabellings
_TOGETHER = 2_000_000  # numbers held at once
_SAME = 1 - 1e-9  # of a statistic: rounding must not tell equal ones apart
_COLUMNS = (
    "block", "statistic", "effect_median", "direction", "p_global", "p_global_adjusted",
)


def by_block(
    found: Found, validators: Sequence[Column], compared: pd.DataFrame, *, random_state: int = 0
) -> pd.DataFrame:
    """What every block of validators says together.

    Parameters
    ----------
    found, validators : as for ``by_phenotype.compare``; compared : what it gave for them.
    random_state : of the relabellings.

    Returns
    -------
    DataFrame, one row a block and effect measure (δ and g are never mixed): effect_median. And of
    the block as a whole, the same in all its rows: ``direction``, where the median effect points:
    "worse" or "better" by the codebook, "higher" or "lower" where it states none, "" for nowhere
    or where there is no effect; ``p_global`` of
    :func:`block_p` over the validators with an effect and the patients with one of them, NaN where
    there is none; ``p_global_adjusted`` by Holm over the blocks.
    """
    rows = []
    for (block, statistic), part in compared.groupby(["block", "statistic"], sort=False):
        rows.append((block, statistic, part["effect"].median()))
    blocks = pd.DataFrame(rows, columns=list(_COLUMNS[:3]))
    effects = compared.set_index("validator")["effect"].dropna()
    whole = {}
    for block in blocks["block"].unique():
        names = compared.loc[compared["block"] == block, "validator"]
        kept = [c for c in validators if c.name in set(names) & set(effects.index)]
        whole[block] = _direction(kept, effects), _p(found, kept, random_state)
    of = pd.DataFrame.from_dict(whole, orient="index", columns=["direction", "p_global"])
    of["p_global_adjusted"] = adjusted_p(of["p_global"], "holm") if len(of) else np.nan
    return reasoned(blocks.join(of, on="block")[list(_COLUMNS)], NO_VALIDATOR)


def block_p(labels: np.ndarray, values: np.ndarray, *, random_state: int = 0) -> float:
    """Permutation p of one block of measures against the labels.

    Parameters
    ----------
    labels : (n,) of two values or more. values : (n × m), NaN = missing; every measure varies.
    random_state : seed; the same relabellings for every block of the same patients.

    Returns
    -------
    p = (1 + number of 9,999 relabellings of whole patients whose statistic is at least the observed
    one) / 10,000. The statistic: see :func:`rank_share`. Compared with scipy's permutation_test.

    Raises
    ------
    ValueError : no measure, or one that has fewer than two values.
    """
    from scipy.stats import rankdata

    known = ~np.isnan(values)
    ranks = rankdata(values, axis=0, nan_policy="omit")
    ranks = np.where(known, ranks - (known.sum(axis=0) + 1) / 2, 0.0)
    lengths = np.linalg.norm(ranks, axis=0)
    if not lengths.size or not lengths.all():
        raise ValueError("a block needs measures, each of two values or more.")
    ranks, rng = ranks / lengths, generator(random_state, "blocks")
    observed, reached = rank_share(labels[None], ranks, known)[0], 0
    step = max(1, _TOGETHER // len(labels))
    for first in range(0, _DRAWN, step):
        many = min(step, _DRAWN - first)
        drawn = rng.permuted(np.broadcast_to(labels, (many, len(labels))), axis=1)
        reached += int((rank_share(drawn, ranks, known) >= _SAME * observed).sum())
    return (1 + reached) / (1 + _DRAWN)


def rank_share(labels: np.ndarray, ranks: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The share of the variance of midranks that lies between the labels, mean over the measures.

    Parameters
    ----------
    labels : (B, n), a labelling a row. ranks : (n × m) midranks among the patients who have the
        measure, centred and of length 1, 0 where missing. known : (n × m) who has it.

    Returns
    -------
    (B,) in [0, 1]: the mean of η² = H / (n − 1), H of Kruskal and Wallis; for two labels the
    squared correlation of label and midrank. It needs no order of the labels.
    """
    apart = np.zeros((len(labels), ranks.shape[1]))
    for label in np.unique(labels):
        inside = (labels == label).astype(float)
        sums, sizes = inside @ ranks, inside @ known.astype(float)
        apart += np.divide(sums**2, sizes, out=np.zeros_like(sums), where=sizes > 0)
    return apart.mean(axis=1)


def _p(found: Found, kept: Sequence[Column], random_state: int) -> float:
    """The p of the columns kept, patients in the order of their identifiers."""
    if not kept:
        return np.nan
    order = np.argsort(found.data.index.astype(str), kind="stable")
    values = found.data[[c.name for c in kept]].to_numpy(float)[order]
    some = ~np.isnan(values).all(axis=1)
    return block_p(found.labels[order][some], values[some], random_state=random_state)


def _direction(kept: Sequence[Column], effects: pd.Series) -> str:
    """Where the median effect of a block points."""
    directed = [SIGNS[c.worse] * effects[c.name] for c in kept if c.worse in SIGNS]
    ways = ("better", "", "worse") if directed else ("lower", "", "higher")
    middle = np.median(directed or [effects[c.name] for c in kept]) if kept else 0
    return ways[int(np.sign(middle)) + 1]
