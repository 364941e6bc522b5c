"""The patients that are analysed: side means, derived columns, and who was left out.

A cohort is a validated table after side means and derived columns, without the patients that are
not eligible or could not be scanned well enough; the flow says how many left at which step. All
later modules see only this.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from compendium import PROJECT
from compendium.data import intake, synthetic
from compendium.data.codebook import read_codebook
from compendium.data.columns import Codebook, Column
from compendium.data.derive import derived
from compendium.data.doubts import Doubt
from compendium.data.found import Described
from compendium.data.summary import summarised
from compendium.parameters import check
from compendium.problems import InputRefused, nearest, refuse_if

SHIPPED_CODEBOOK = PROJECT / "data" / "codebook.csv"
PER_CLUSTER = 10  # patients a phenotype needs on average for its stability to be asked
_FEWEST_PATIENTS = 20  # patients below which nothing here means anything
_MAY_ADJUST, _NO_NUMBERS = ("covariate", "descriptor", "device"), ("text", "date")


@dataclass(frozen=True)
class Cohort(Described):
    """The analysed patients.

    ``data``: one row a patient (index: identifier), numbers as float, categories as Categorical
    with the codebook's levels. ``flow``: step, reason, left_out, remaining. ``n_read``: patients in
    the file. ``synthetic``: whether they are simulated. ``flags``: values outside soft limits by
    column, over all patients read; ``doubts``: what looks wrong in them. ``ignored``: file columns
    the codebook does not name. ``scenario``: the simulation, "" for a cohort from a file.
    ``summary``: every column of all patients read, see ``summary.summarised``.
    """

    data: pd.DataFrame
    codebook: Codebook
    flow: pd.DataFrame
    n_read: int
    synthetic: bool
    flags: pd.DataFrame
    doubts: tuple[Doubt, ...] = ()
    ignored: tuple[str, ...] = ()
    name: str = ""
    scenario: str = ""
    summary: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def fingerprint(self) -> str:
        """Short SHA-256 of the analysed values: equal for equal patients, whatever the file."""
        rows = self.data.to_csv(float_format="%.10g").encode()
        return "sha256 " + hashlib.sha256(rows).hexdigest()[:12]

    @property
    def title(self) -> str:
        """The name as it stands over a figure."""
        return self.name.replace("_", " ").capitalize() if self.scenario else self.name

    @property
    def identity(self) -> dict:
        """What later steps have to know of the cohort, without a patient."""
        return {
            "name": self.name, "synthetic": self.synthetic, "scenario": self.scenario,
            "n": len(self.data), "fingerprint": self.fingerprint,
        }


def load(
    cohort: str = "",
    codebook: str = "",
    scenario: str = "two_groups",
    scenario_seed: int = synthetic.SEED,
    max_missing: float = 0.2,
) -> Cohort:
    """The cohort of a file, or of a simulated scenario where no file is named.

    Parameters
    ----------
    cohort : path of a cohort file, relative to the working folder or else to the project; "" for
        simulated patients.
    codebook : path of its codebook; "" for the shipped one.
    scenario, scenario_seed : the simulation, used only without ``cohort``.
    max_missing : largest share of features a patient may lack, 0 to 1; 0 means complete cases.

    Raises
    ------
    InputRefused
        When the file or codebook cannot be used, or fewer than 20 patients remain.
    """
    chosen = {"scenario": scenario, "scenario_seed": scenario_seed, "max_missing": max_missing}
    for name, value in chosen.items():
        check(name, value)
    book = read_codebook(_found(codebook) if codebook else SHIPPED_CODEBOOK)
    if cohort:
        return from_table(_read(_found(cohort), book, shipped=not codebook), book, max_missing)
    name = f"simulated cohort {scenario}"
    if (scenario, scenario_seed) == ("two_groups", synthetic.SEED):
        table = intake.read_table(synthetic.SHIPPED_FILE, book)
    else:
        drawn = synthetic.simulate(scenario, scenario_seed).table
        table = intake.parse(drawn.to_csv(index=False), book, name)
    return replace(from_table(table, book, max_missing), name=name, scenario=scenario)


def from_table(table: intake.Table, codebook: Codebook, max_missing: float = 0.2) -> Cohort:
    """The cohort of a validated table: side means, derived columns, eligibility."""
    data = derived(_with_side_means(table.frame, codebook), codebook)
    refuse_if(_derived_problems(data, table, codebook))
    summary = summarised(data, codebook)
    data = data[[c.name for c in codebook.columns if c.name in data]]
    stays, flow = _flow(data, codebook, max_missing)
    data = data[stays]
    refuse_if([f"{table.name}{sentence}" for sentence in _too_few(data, codebook)])
    return Cohort(
        data, codebook, flow, len(table.frame), table.synthetic, table.flags, table.doubts,
        table.ignored, table.name, summary=summary,
    )


def features(patients: Described) -> pd.DataFrame:
    """Feature matrix (n × p) in codebook order and original units, gaps as NaN."""
    return patients.data[[c.name for c in patients.codebook.features]].astype(float)


def check_size(cohort: Cohort, n_clusters: int, k_max: int) -> None:
    """Refuse more phenotypes than the patients can bear, ten patients each, or than there are
    patients who differ in their features. Of ``k_max`` only what ten each allow is ever tried."""
    n, most = len(cohort.data), len(cohort.data) // PER_CLUSTER
    if n_clusters > most:
        raise InputRefused(
            f"parameter n_clusters is {n_clusters}: {n} patients bear at most {most} phenotypes "
            f"({PER_CLUSTER} patients each); choose fewer."
        )
    differ = len(features(cohort).drop_duplicates())
    refuse_if([
        f"parameter {name} is {asked}: of {n} patients no more than {differ} differ in their "
        f"features; choose {differ} at most, or see whether rows were entered twice."
        for name, asked, tried in (("n_clusters", n_clusters, n_clusters),
                                   ("k_max", k_max, min(k_max, most)))
        if tried > differ
    ])


def choose_covariates(codebook: Codebook, chosen: str = "all") -> tuple[Column, ...]:
    """The covariates a parameter names: "all" of the codebook's, "none", or names joined by |.

    Any numeric or category column may be named, except features, validators and outcomes.
    """
    if chosen == "all":
        return codebook.covariates
    names = {} if chosen == "none" else dict.fromkeys(part.strip() for part in chosen.split("|"))
    if "" in names:
        raise InputRefused("parameter covariates: write all, none, or names separated by |.")
    may = [c.name for c in codebook.columns if _adjustable(c)]
    refuse_if([
        f"parameter covariates: no column '{name}' to adjust for; {nearest(name, may)}"
        for name in names if name not in codebook
    ])
    columns = tuple(codebook[name] for name in names)
    refuse_if([
        f"parameter covariates: {c.name} has the role {c.role} and type {c.type}; name covariates "
        "or descriptors that are numbers or categories."
        for c in columns if not _adjustable(c)
    ])
    return columns


def _adjustable(column: Column) -> bool:
    return column.role in _MAY_ADJUST and column.type not in _NO_NUMBERS


def _read(path: Path, book: Codebook, shipped: bool) -> intake.Table:
    try:
        return intake.read_table(path, book)
    except InputRefused as refusal:
        if not shipped or not any(" is missing" in problem for problem in refusal.problems):
            raise
        hint = f"{path.name} was read with the shipped codebook; name its own with --codebook."
        raise InputRefused([hint, *refusal.problems]) from None


def _found(path: str) -> Path:
    """The path as given where it exists, otherwise from the project's folder: a notebook opened in
    JupyterLab works in notebooks/, one run by papermill in the folder it was launched from."""
    here, there = Path(os.path.expanduser(path)), PROJECT / path
    return there if not os.path.exists(here) and os.path.exists(there) else here


def _with_side_means(frame: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Sides averaged; where one side is missing the other stands for both."""
    sided = [c for c in codebook.columns if c.sides]
    return frame.assign(**{c.name: frame[list(c.file_columns)].mean(axis=1) for c in sided})


def _derived_problems(data: pd.DataFrame, table: intake.Table, codebook: Codebook) -> list[str]:
    rows, problems = table.rows.to_numpy(), []
    for column in codebook.columns:
        if column.derive:
            inputs = ", ".join(column.derive.arguments[:3])
            where = f"{table.name}, derived {column.name} (from {inputs} …)"
            problems += intake.limit_problems(data[column.name], column, where, rows)
    return problems


def _flow(data: pd.DataFrame, book: Codebook, max_missing: float) -> tuple[pd.Series, pd.DataFrame]:
    """Which patients stay, and how many leave at every step."""
    steps = []
    for column in book.columns:
        if column.eligible:
            others = [level for level in column.levels if level not in column.eligible]
            passing = f"{column.label}: {' or '.join(column.eligible)}"
            without = f"{column.label}: {' or '.join([*others, 'not recorded'])}"
            steps.append((passing, without, data[column.name].isin(column.eligible)))
    bar = f"more than {100 * max_missing:.0f} % of features missing"
    gaps = data[[c.name for c in book.features]].isna().mean(axis=1)
    # the guard keeps a share such as 0.2 of five features on the allowed side of rounding
    few = gaps <= max_missing + 1e-12
    steps.append(("analysed", bar if max_missing else "a feature missing", few))
    stays, records = pd.Series(True, data.index), [("read", "", 0, len(data))]
    for step, reason, passed in steps:
        left, stays = int((stays & ~passed).sum()), stays & passed
        records.append((step, reason, left, int(stays.sum())))
    return stays, pd.DataFrame(records, columns=["step", "reason", "left_out", "remaining"])


def _too_few(data: pd.DataFrame, book: Codebook) -> list[str]:
    if len(data) < _FEWEST_PATIENTS:
        return [
            f": {len(data)} patients remain after eligibility and missing features, at least "
            f"{_FEWEST_PATIENTS} are needed; mend the file, or raise max_missing."
        ]
    said = {0: "no analysed patient has a value", 1: "all analysed patients have the same value"}
    different = {c.name: data[c.name].nunique() for c in book.features}
    return [
        f", column {name}: {said[count]}; delete its row of the codebook."
        for name, count in different.items() if count in said
    ]
