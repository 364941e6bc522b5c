"""The specification curve in words: how far the coefficient goes, and on which choice it depends.

Made from the summary of a curve. Shares are given as counts: in per cent, one specification of a
thousand would be rounded away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compendium.sentences import known, number, percent, plural

CHOICES = {
    "missing": "how gaps are filled", "scaling": "how features are scaled",
    "features": "whether covariates are taken out of the features",
    "algorithm": "which algorithm groups the patients",
    "covariates": "which covariates are adjusted for", "form": "how the outcome is compared",
}  # fmt: skip


def sentences(summary: Mapping) -> list[str]:
    """How far β goes, and which choice moves it most, from a curve's ``summary``."""
    s = summary
    if not s["n_fitted"]:
        nothing = f"None of {plural(s['n_specifications'], 'specification')} could be fitted."
        return [nothing, *list(s["reasons"])[:1]]
    said = [f"{s['n_fitted']:,} of {plural(s['n_specifications'], 'specification')} could be "
            f"fitted: from {number(s['smallest'])} to {number(s['largest'])}, median "
            f"{number(s['median'])}."]  # fmt: skip
    if known(s["share_same_sign"]):
        same, beyond = (_counted(s[name], s["n_fitted"])
                        for name in ("share_same_sign", "share_excluding_zero"))  # fmt: skip
        said.append(f"{same[0].upper()}{same[1:]} have the sign of the reference, and {beyond} "
                    "an interval that excludes 0 on its side.")  # fmt: skip
    moving = [c for c in s["choices"] if known(c["share_of_variance"])]
    for c in sorted(moving, key=lambda c: -c["range_of_medians"])[:1]:
        said.append(f"The choice that moves it most: {CHOICES[c['kind']]} (medians "
                    f"{number(c['range_of_medians'])} apart, {percent(c['share_of_variance'])} of "
                    "the variance).")  # fmt: skip
        said += _other_patients([x for x in s["levels"] if x["kind"] == c["kind"]])
    return said


def _counted(share: float, n: int) -> str:
    """A share of n as a count: per cent would round 1,007 of 1,008 to all of them."""
    count = round(share * n)
    return f"all {n:,}" if count == n else f"{count:,} of {n:,}"


def _other_patients(found: Sequence[Mapping]) -> list[str]:
    """That a level of the choice is fitted in fewer patients, where one is."""
    fitted = [x for x in found if x["n_fitted"]]
    everyone = max((x["most_patients"] for x in fitted), default=0)
    fewer = [x for x in fitted if x["most_patients"] < everyone]
    return [
        f"It also changes who is analysed: at most {x['most_patients']:,} patients with "
        f"\"{x['level']}\", otherwise up to {everyone:,}."
        for x in sorted(fewer, key=lambda x: x["most_patients"])[:1]
    ]
