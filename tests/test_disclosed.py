"""Whole runs of patients on whom every leak was planted: closed by the gate, found once it is open.
"""

from __future__ import annotations

import pandas as pd
import project_copy as copied
import pytest

USER = "zqannalena"  # who runs it
ODD = "77.31"  # the tongue of one patient, in mm: far from all others
SURNAME = "Quuxenberg"
# The gate opened, and what a careless author might add.
OPEN = """

Gate.record = lambda self, row: dict(row)
Gate.figure = lambda self, figure: figure
merged_flow = lambda flow: flow
"""
CARELESS = """# %%
import getpass

from IPython.display import display

print("see", patients.data.index[3], "on", getpass.getuser(), "in /home/somebody/patients.csv")
display(patients.data.iloc[5:6][["mt_tongue_mm", "weight_kg", "age_years"]])
cloud = figures.style.sheet(84, 84)
axes = cloud.subplots()
axes.scatter(filled["mt_tongue_mm"], filled.iloc[:, 1])
axes.set_xlabel("Tongue thickness (mm)")
page.figure(cloud, "figure_s99_cloud", "Every patient")

# %%
page.close()
"""


def planted() -> pd.DataFrame:
    """160 of the shipped patients as if they were people: a scanner of two, a sex held by one, one
    who is not eligible, one without a covariate, one with an extreme, surnames nobody asked for."""
    table = pd.read_csv(copied.PROJECT / "data" / "cohort_synthetic.csv", dtype=str,
                        keep_default_na=False).drop(columns="synthetic")
    table = table[(table["gold_coast"] == "yes") & (table["cts"] == "no")].head(160)
    table = table.reset_index(drop=True)
    table["patient_id"] = [f"ZQ{7 * i:05d}" for i in range(160)]
    table["surname"] = [f"{SURNAME}{i}" for i in range(160)]
    table["device_id"] = ["C"] * 2 + ["A", "B"] * 79
    table.loc[11, "gold_coast"], table.loc[12, "weight_kg"] = "no", ""
    table.loc[13, "mt_tongue_mm"] = ODD
    return table


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        for name in ("LOGNAME", "USER", "USERNAME"):
            patch.setenv(name, USER)
        yield copied.make(tmp_path_factory.mktemp("planted") / "project")


@pytest.fixture(scope="module")
def mine(root):
    planted().to_csv(root / "mine.csv", index=False)
    book = root / "data" / "codebook.csv"
    return "--cohort", root / "mine.csv", "--codebook", book


@pytest.fixture(scope="module")
def closed(root, mine):
    return copied.run_all(root, "--name", "closed", *copied.QUICK, *mine)


def test_a_run_of_patients_ends_with_an_audit_that_finds_nothing(closed):
    assert closed.status == 0, closed.out + closed.err
    assert "Audit: nothing that reports/closed holds was found to point" in closed.out.replace(
        "\n  ", " ")


def test_no_planted_text_or_value_stands_in_any_file(closed, root):
    texts = copied.texts(root / "reports" / "closed")
    assert len(texts) > 50
    told = [name for name, text in texts.items() if any(
        word in text for word in (ODD, SURNAME, "ZQ000", USER))]
    assert told == []


def test_counts_of_few_are_said_as_such(closed, root):
    first = copied.results(root / "reports" / "closed")["01_cohort"]
    n = first["n_analysed"]
    assert 155 < n < 160 and first["n_read"] == f"≥{n}"
    assert [row["left_out"] for row in first["flow"]] == [0, "<5"]
    assert {row["level"] for row in first["device_shifts"] if "device" in row["device"]} == {
        "A", "B or C"}


@pytest.fixture(scope="module")
def opened(root, mine, closed):
    gate = root / "src" / "compendium" / "report" / "disclosure.py"
    gate.write_text(gate.read_text("utf-8") + OPEN, "utf-8")
    first = root / "notebooks" / "01_cohort.py"
    before, cell, after = first.read_text("utf-8").rpartition("# %%\npage.close()\n")
    assert cell
    first.write_text(before + CARELESS + after, "utf-8")
    said = copied.run_all(root, "--name", "opened", "--only", "01", "--only", "02", *copied.QUICK,
                          *mine)
    assert said.status == 0, said.out + said.err
    return copied.run_all(root, "--audit", "opened", *mine)


@pytest.mark.parametrize("kind", ["identifier", "value pairs", "extreme", "small cell",
                                  "complement", "path", "user", "marks of persons"])
def test_once_the_gate_is_open_the_audit_finds_the_leak(opened, kind):
    assert opened.status == 3
    assert f": {kind}: " in opened.out or f"{kind} " in opened.out.splitlines()[-1]


def test_the_audit_repeats_nothing(opened):
    assert all(word not in opened.out for word in (ODD, SURNAME, "ZQ0", USER, "/home/somebody"))
