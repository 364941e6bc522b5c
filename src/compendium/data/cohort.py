"""The patients that are analysed: derived columns, flow, feature matrix, missing values.

A cohort is a validated table after side means and derived columns, without the patients that are
not eligible or could not be scanned well enough; the flow says how many left at which step. All
later modules see only this.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from compendium import PROJECT
from compendium.data import intake
from compendium.data.codebook import read_codebook
from compendium.data.columns import Codebook, Column
from compendium.data.derive import derived
from compendium.parameters import check
from compendium.problems import InputRefused, nearest, refuse_if

SHIPPED_CODEBOOK = PROJECT / "data" / "codebook.csv"
SHIPPED_COHORT = PROJECT / "data" / "cohort_synthetic.csv"
SHIPPED_SEED = 20260221
_PER_CLUSTER = 10  # patients a phenotype needs on average for its stability to be asked
MAY_ADJUST, NO_NUMBERS = ("covariate", "descriptor", "device"), ("text", "date")
FEWEST_PATIENTS = 20  # patients below which nothing here means anything


@dataclass(frozen=True)
class Cohort:
    """The analysed patients.

    ``data``: one row a patient (index: identifier), numbers as float, categories as Categorical
    with the codebook's levels. ``flow``: step, reason, left_out, remaining. ``n_read``: patients in
    the file. ``synthetic``: whether they are simulated. ``flags``: values outside soft limits by
    column, over all patients read. ``ignored``: file columns the codebook does not name.
    ``scenario``: the simulation, "" for a cohort from a file.
    """

    data: pd.DataFrame
    codebook: Codebook
    flow: pd.DataFrame
    n_read: int
    synthetic: bool
    flags: pd.DataFrame
    ignored: tuple[str, ...] = ()
    name: str = ""
    scenario: str = ""

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

    @property
    def device(self) -> pd.Series | None:
        """The device of every patient, or None where the codebook names none."""
        devices = self.codebook.devices
        return self.data[devices[0].name] if devices else None


def load(
    cohort: str = "",
    codebook: str = "",
    scenario: str = "two_groups",
    scenario_seed: int = SHIPPED_SEED,
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
    for name, value in (
        ("scenario", scenario), ("scenario_seed", scenario_seed), ("max_missing", max_missing),
    ):
        check(name, value)
    book = read_codebook(_found(codebook) if codebook else SHIPPED_CODEBOOK)
    if cohort:
        table = _read_cohort(_found(cohort), book, shipped=not codebook)
    elif (scenario, scenario_seed) == ("two_groups", SHIPPED_SEED):
        table = intake.read_table(SHIPPED_COHORT, book)
    else:
        table = _simulated(scenario, scenario_seed, book)
    found = from_table(table, book, max_missing)
    if cohort:
        return found
    return replace(found, name=f"simulated cohort {scenario}", scenario=scenario)


def from_table(table: intake.Table, codebook: Codebook, max_missing: float = 0.2) -> Cohort:
    """The cohort of a validated table: side means, derived columns, eligibility."""
    data = derived(_with_side_means(table.frame, codebook), codebook)
    refuse_if(_derived_problems(data, table, codebook))
    data = data[[c.name for c in codebook.columns if c.name in data]]
    kept, flow = _flow(data, codebook, max_missing)
    data = data.loc[kept]
    refuse_if(_too_few(data, codebook, table.name))
    return Cohort(
        data, codebook, flow, len(table.frame), table.synthetic, table.flags, table.ignored,
        table.name,
    )


def features(cohort: Cohort) -> pd.DataFrame:
    """Feature matrix (n × p) in codebook order and original units, gaps as NaN."""
    return cohort.data[[c.name for c in cohort.codebook.features]].astype(float)


def check_size(cohort: Cohort, n_clusters: int) -> None:
    """Refuse more phenotypes than the patients can bear, ten patients each."""
    n, most = len(cohort.data), len(cohort.data) // _PER_CLUSTER
    if n_clusters > most:
        raise InputRefused(
            f"parameter n_clusters is {n_clusters}: {n} patients bear at most {most} phenotypes "
            f"({_PER_CLUSTER} patients each); choose fewer."
        )


def choose_covariates(codebook: Codebook, chosen: str = "all") -> tuple[Column, ...]:
    """The covariates a parameter names: "all" of the codebook's, "none", or names joined by |.

    Any numeric or category column may be named, except features, validators and outcomes.
    """
    if chosen == "all":
        return codebook.covariates
    names = {} if chosen == "none" else dict.fromkeys(part.strip() for part in chosen.split("|"))
    if "" in names:
        raise InputRefused("parameter covariates: write all, none, or names separated by |.")
    may = [c for c in codebook.columns if c.role in MAY_ADJUST and c.type not in NO_NUMBERS]
    open_to = [c.name for c in may]
    refuse_if([
        f"parameter covariates: no column '{name}' to adjust for; {nearest(name, open_to)}"
        for name in names if name not in codebook
    ])
    columns = tuple(codebook[name] for name in names)
    refuse_if([
        f"parameter covariates: {c.name} has the role {c.role} and type {c.type}; name covariates "
        "or descriptors that are numbers or categories."
        for c in columns
        if c.role not in MAY_ADJUST or c.type in NO_NUMBERS
    ])
    return columns


def _read_cohort(path: Path, book: Codebook, shipped: bool) -> intake.Table:
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
    return there if not here.exists() and there.exists() else here


def _simulated(scenario: str, seed: int, book: Codebook) -> intake.Table:
    from compendium.data import synthetic

    table = synthetic.simulate(scenario, seed).table
    return intake.parse(table.to_csv(index=False), book, f"simulated cohort {scenario}")


def _with_side_means(frame: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Sides averaged; where one side is missing the other stands for both."""
    frame = frame.copy()
    for column in codebook.columns:
        if column.sides:
            present = [c for c in column.file_columns if c in frame]
            frame[column.name] = frame[present].mean(axis=1)
    return frame


def _derived_problems(data: pd.DataFrame, table: intake.Table, codebook: Codebook) -> list[str]:
    problems = []
    for column in codebook.columns:
        if column.derive:
            inputs = ", ".join(column.derive.arguments[:3])
            where = f"{table.name}, derived {column.name} (from {inputs} …)"
            rows = table.rows.to_numpy()
            problems += intake.limit_problems(data[column.name], column, where, rows)
    return problems


def _flow(data: pd.DataFrame, book: Codebook, max_missing: float) -> tuple[pd.Index, pd.DataFrame]:
    remaining = data.index
    records = [("read", "", 0, len(remaining))]

    def leave(step: str, reason: str, stays: pd.Series) -> None:
        nonlocal remaining
        kept = remaining[stays.loc[remaining].to_numpy(dtype=bool)]
        records.append((step, reason, len(remaining) - len(kept), len(kept)))
        remaining = kept

    for column in book.columns:
        if column.eligible:
            stays = data[column.name].isin(column.eligible)
            others = [level for level in column.levels if level not in column.eligible]
            without = " or ".join([*others, "not recorded"])
            passing = f"{column.label}: {' or '.join(column.eligible)}"
            leave(passing, f"{column.label}: {without}", stays)
    gaps = data[[c.name for c in book.features]].isna().mean(axis=1)
    # the guard keeps a share such as 0.2 of five features on the allowed side of rounding
    bar = f"more than {100 * max_missing:.0f} % of features missing"
    reason = bar if max_missing else "a feature missing"
    leave("analysed", reason, gaps <= max_missing + 1e-12)
    flow = pd.DataFrame(records, columns=["step", "reason", "left_out", "remaining"])
    return remaining, flow


def _too_few(data: pd.DataFrame, book: Codebook, name: str) -> list[str]:
    if len(data) < FEWEST_PATIENTS:
        return [
            f"{name}: {len(data)} patients remain after eligibility and missing features, at least "
            f"{FEWEST_PATIENTS} are needed; mend the file, or raise max_missing."
        ]
    said = {0: "no analysed patient has a value", 1: "all analysed patients have the same value"}
    different = {c.name: data[c.name].nunique() for c in book.features}
    return [
        f"{name}, column {column}: {said[count]}; delete its row of the codebook."
        for column, count in different.items()
        if count in said
    ]
