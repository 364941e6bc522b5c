"""The tables of ``benchmarks/README.md``, from the kept files.

    python benchmarks/tables.py

Of the calibration, cohorts in % of which a rule says groups: the verdict (``groups``, ``kinds``),
its parts and the same within a known category, then the other rules on the same cohorts, each with
the number it was tried on where that is not the verdict's.
"""

import sys
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
# This folder leaves the path: its coverage.py is not the module of that name that numba looks for.
ELSEWHERE = [folder for folder in sys.path if folder != str(HERE)]
sys.path[:] = [str(HERE.parent), str(HERE.parent / "src"), *ELSEWHERE]

from benchmarks import calibration, coverage
from compendium.report.sentences.title import markdown_table
from compendium.run.pages import with_blocks

README = HERE / "README.md"
RULES = {"ladder": "earlier verdict", "silhouette": "silhouette", "ari": "ARI",
         "prediction": "prediction strength", "gap": "gap", "sigclust": "SigClust",
         "hennig_lin": "Hennig & Lin", "fmm": "FMM", "lpa": "LPA", "ccfi": "CCFI"}


def calibration_table() -> pd.DataFrame:
    """One row a kind of cohort."""
    lines, rivals = pd.read_csv(calibration.FILE), pd.read_csv(calibration.RIVALS)
    said = calibration.parts(lines).groupby("row")
    rates, size = said[calibration.PARTS].mean(), said.size()
    tried = rivals.merge(lines[["row", "cohort"]]).groupby(["row", "rule"])["says"]
    other = tried.agg(["mean", "size"]).unstack("rule")
    rows = [row for row in calibration.COHORTS if row in rates.index]
    table = pd.DataFrame({"cohorts of": rows, "truth": [calibration.TRUTH[r] for r in rows],
                          "n": [size[row] for row in rows]})
    for part in calibration.PARTS:
        table[part] = [_percent(rates.loc[row, part]) for row in rows]
    for rule, words in RULES.items():
        table[words] = [_percent(other.get(("mean", rule), {}).get(row),
                                 other.get(("size", rule), {}).get(row), size[row])
                        for row in rows]
    return table


def coverage_table() -> pd.DataFrame:
    """One row a scenario and kind of interval."""
    lines, known = pd.read_csv(coverage.FILE), pd.read_csv(coverage.TARGETS)
    return coverage.summary(lines, known)


def markdown(table: pd.DataFrame) -> str:
    return markdown_table(list(table.columns), table.astype(str).to_numpy().tolist())


def render(text: str) -> str:
    """The page with every table made anew."""
    return with_blocks(text, {"calibration": lambda: markdown(calibration_table()),
                              "coverage": lambda: markdown(coverage_table())})


def _percent(share: float | None, of: float = 0, usual: int = 0) -> str:
    """A share in per cent, with the number of cohorts where it is another than usual."""
    if share is None or pd.isna(share):
        return "–"
    return f"{100 * share:.0f}" + (f" of {of:.0f}" if of and of != usual else "")


if __name__ == "__main__":
    README.write_text(render(README.read_text(encoding="utf-8")), encoding="utf-8")
