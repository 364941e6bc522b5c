"""What notebook 3 says of repeatability, and of other choices.

A choice draws another line where its division agrees with the reference to an adjusted Rand index
below ``SAME``. The threshold is this compendium's own, not the field's. Where a way of analysing
draws another line, the line belongs to that choice; where something left out does, to what was left
out. Agreement, in turn, is no evidence for groups: a long cloud is cut near the same place, too.
"""

from __future__ import annotations

import pandas as pd

from compendium.report.sentences.groups import RUNGS, repeatable_beside
from compendium.report.sentences.known_truth import silhouette_errs
from compendium.words import block_name, listed, number, percent, plural, share

_SAME = 0.8  # adjusted Rand index from which another choice draws the same line
LEFT_OUT = ("block left out", "site left out")
HOW = {
    "algorithm": "with {}", "scaling": "with {} scaling", "missing values": "with {} in the gaps",
    "block left out": "when {} is left out", "site left out": "when {} is left out",
    "adjustment": "with {}",
}


def best_silhouette(by_k: pd.DataFrame, rules: pd.DataFrame, most: str) -> list[str]:
    """At which k the mean silhouette is highest, and what its rule of thumb is worth.

    ``by_k``: of ``stability.silhouettes``; ``rules``: ``data/rules.csv``; ``most``: why k goes no
    further, "" where it goes as far as was asked.
    """
    best = by_k.loc[by_k["silhouette"].idxmax()]
    return [
        f"The mean silhouette is highest at k = {best.k:.0f}: {number(best.silhouette, 3)}, "
        f"{'below' if best.silhouette < 0.25 else 'not below'} the 0.25 under which a rule of "
        "thumb (Kaufman & Rousseeuw 1990) sees no substantial structure.",
        silhouette_errs(rules), most,
    ]


def too_few(n: int, ks: range, k_max: int) -> str:
    """That n patients are too few for all k asked for; "" where they are not."""
    return f"{n} patients are too few to resample more than {ks[-1]} clusters." if (
        ks[-1] < k_max) else ""


def recovered(jaccard: pd.DataFrame) -> str:
    """What became of each cluster of one k; rows of ``Resampled.jaccard``."""
    each = [f"{j.phenotype} {j.status} (Jaccard {number(j.mean)})" for j in jaccard.itertuples()]
    return f"At k = {jaccard['k'].iloc[0]}: {listed(each)}."


def core(kept: pd.Series) -> list[str]:
    """How many patients keep their phenotype; a mask of patients."""
    n_core = int(kept.sum())
    return [
        f"{share(n_core, len(kept))} patients are core: they keep their phenotype in nearly every "
        f"resample; the other {len(kept) - n_core} are border patients.",
        "That is certainty on which side of a cut: one cloud cut by k-means has core patients too.",
    ]


def moved(choices: pd.DataFrame) -> list[str]:
    """How many patients other choices move, which moves most, whether the line is the choice's, and
    the notes of the choices; columns as ``choices.other_choices``."""
    possible = choices.dropna(subset=["moved"])
    notes = [f"{c.choice}: {c.note}" for c in choices.itertuples() if c.note]
    notes = [note[0].upper() + note[1:] for note in notes]
    if possible.empty:
        return ["No other choice was possible.", *notes]
    most = possible.loc[possible["moved"].idxmax()]
    least = percent(possible["moved"].min(), 1)
    return [
        f"{plural(len(possible), 'other choice')} {'moves' if len(possible) == 1 else 'move'} "
        f"{least} to {percent(most['moved'], 1)} of the patients, most {_how(most)}.",
        *whose_line(possible), *notes,
    ]


def whose_line(possible: pd.DataFrame) -> list[str]:
    """Which of the choices draw another line, and what the line then belongs to."""
    away = possible[possible["ari"] < _SAME]
    if away.empty:
        return [
            f"All draw the same line (ARI at least {_SAME:g}, a threshold of our own): it is easy "
            "to find, which a long cloud would grant as well."
        ]
    left = away["kind"].isin(LEFT_OUT)
    them = "it" if left.sum() == 1 else "these"
    what = [
        f"{_listed(part)}: {words}" for part, words in (
            (away[~left], "there the line is the choice's"),
            (away[left], f"the phenotypes rest on {them}"),
        ) if len(part)
    ]
    said = [
        f"Another line (ARI below {_SAME:g}, a threshold of our own) is drawn {'; '.join(what)}."
    ]
    same = len(possible) - len(away)
    rest = f"The same line is drawn by the other {same if same > 1 else 'one'}."
    return [*said, *([rest] if same else [])]


def agree(choices: pd.DataFrame) -> str:
    """The range of the agreement of other choices, for the answer; "" where none was possible."""
    ari = choices["ari"].dropna().astype(float) if len(choices) else pd.Series(dtype=float)
    if ari.empty:
        return ""
    away = int((ari < _SAME).sum())
    first = f"{plural(len(ari), 'other choice')} {'agrees' if len(ari) == 1 else 'agree'}"
    ends = f"{number(ari.min())} to {number(ari.max())}" if len(ari) > 1 else number(ari.min())
    line = (
        f"{away} of them {'draws' if away == 1 else 'draw'} another line (below {_SAME:g}), so it "
        "rests in part on what is chosen"
        if away
        else f"all draw the same line (at least {_SAME:g})"
    )
    return f"{first} with it to an index of {ends}; {line}."


def _listed(choices: pd.DataFrame) -> str:
    return listed([_how(row) for _, row in choices.iterrows()])


def _how(choice: pd.Series) -> str:
    """How a choice differs, as the end of a sentence; what a name adds goes into brackets, so that
    it can be listed."""
    name, _, more = block_name(choice["choice"]).partition(", ")
    return HOW.get(choice["kind"], "with {}").format(f"{name} ({more})" if more else name)


def answer(r: dict) -> list[str]:
    """The verdict on groups first; then whether the division is repeatable, beside cohorts without
    groups, since that proves no groups, and whether other choices draw the same line."""
    row = next(b for b in r["by_k"] if b["k"] == r["n_clusters"])
    stable = all(j["mean"] >= 0.75 for j in row["jaccard"])
    beside = repeatable_beside(row["null_bands"])
    second = (
        f"The division into {r['n_clusters']} is {'' if stable else 'not '}repeatable (ARI "
        f"{number(row['ari']['bootstrap_oob']['mean'])} in bootstraps)"
        + (f", {beside}." if beside else ".")
    )
    others = agree(pd.DataFrame(r["agreement"]))
    return [r["verdict"]["sentence"], second, *filter(None, [others])]


def headline(r: dict) -> str:
    """The verdict, and the resampled agreement at the chosen k."""
    ari = next(b for b in r["by_k"] if b["k"] == r["n_clusters"])["ari"]
    rung = r["verdict"]["rung"]
    return (
        f"{RUNGS[rung]} (verdict {rung} of 3); k = {r['n_clusters']}: ARI "
        f"{number(ari['bootstrap_oob']['mean'])} out-of-bag, "
        f"{number(ari['subsample_80']['mean'])} in 80 % subsamples"
    )


def evidence(r: dict) -> pd.DataFrame:
    """The table under the answer."""
    return pd.DataFrame()


def conclusion(r: dict) -> list[str]:
    """The finding, how uncertain it is, and what would change it."""
    return []
