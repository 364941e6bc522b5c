"""The pieces of the coverage benchmark at tiny sizes."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import coverage as benchmark
from compendium.data import cohort as cohorts
from compendium.data import intake, synthetic


def lines(low, high, scenario="two_groups", estimate=0.0):
    columns = {"scenario": scenario}
    for kind in benchmark.KINDS:
        columns |= {f"{kind} estimate": estimate, f"{kind} low": low, f"{kind} high": high}
    return pd.DataFrame(columns)


KNOWN = pd.DataFrame({
    "scenario": ["two_groups", "two_groups"], "target": ["β", "β*"], "value": [-3.0, -4.0],
})


@pytest.fixture(scope="module")
def complete():
    return benchmark.complete_cohort("two_groups", 7, 60)


def test_nothing_is_missing_and_nobody_is_left_out_for_gaps(complete):
    cohort, truth = complete
    measured = [c.name for c in cohort.codebook.columns
                if c.role in ("feature", "covariate", "outcome")]
    assert cohort.data[measured].notna().all(axis=None) and len(cohort.data) == len(truth) == 60
    assert set(truth) == {0.0, 1.0}


def test_what_was_not_lost_is_as_simulated_and_as_read_from_a_file(complete):
    cohort, _ = complete
    table = synthetic.simulate("two_groups", 7, 60).table
    read = cohorts.from_table(
        intake.parse(table.to_csv(index=False), benchmark.BOOK, "file"), benchmark.BOOK, 0.8
    ).data
    both = cohort.data.index.intersection(read.index)
    known = read.loc[both].notna()
    there = cohort.data.loc[both].astype(object).where(known)
    # a mean of two sides differs where one side was lost: compared are columns with one value
    single = [c.name for c in benchmark.BOOK.columns if not c.sides and c.name in read]
    pd.testing.assert_frame_equal(
        there[single], read.loc[both, single].astype(object).where(known[single]),
        check_dtype=False,
    )
    assert len(both) > 50


def test_losing_is_switched_on_again():
    benchmark.complete_cohort("two_groups", 7, 30)
    assert synthetic.simulate("two_groups", 7, 60).table.isna().any(axis=None)


def test_a_continuum_has_no_true_groups():
    _, truth = benchmark.complete_cohort("continuum", 7, 30)
    assert np.isnan(truth).all()


def test_one_cohort_gives_every_kind_of_interval(monkeypatch):
    monkeypatch.setattr(benchmark, "N", 120)
    monkeypatch.setattr(benchmark, "REPLICATES", 20)
    monkeypatch.setattr(benchmark, "SPLITS", 3)
    line = benchmark.judge("two_groups", 0)
    for kind in benchmark.KINDS:
        assert line[f"{kind} low"] < line[f"{kind} high"]
    assert line["n_used"] == 20 and 0.8 < line["agreement"] <= 1
    again = benchmark.judge("two_groups", 0)
    assert {k: v for k, v in line.items() if k != "seconds"} == {
        k: v for k, v in again.items() if k != "seconds"
    }


def test_the_basic_interval_is_the_percentile_one_mirrored_at_the_estimate():
    # R 4.2.2, boot 1.3-28.1, x as in test_pipeline: boot.ci(…, t0 = 100, type = "basic"): 6.28993,
    # 195.02334; "perc": 4.97666, 193.71007
    table = pd.DataFrame(
        {"quantity": ["beta"], "low": [4.97665715], "high": [193.7100651]}
    )
    found = benchmark.bootstrapped(100.0, table)
    assert found["bootstrap basic"] == pytest.approx((100, 6.28993490, 195.02334285))


def test_targets_are_the_difference_of_true_groups_and_of_labels():
    rows = {row["target"]: row for row in benchmark.targets("two_groups", 3000)}
    assert set(rows) == {"β", "β*"}
    assert rows["β"]["value"] == pytest.approx(-3.69, abs=4 * rows["β"]["se"])
    assert rows["β"]["n"] == 3000
    assert [row["target"] for row in benchmark.targets("continuum", 500)] == ["β*"]


def test_coverage_is_the_share_of_intervals_that_hold_their_target():
    table = benchmark.summary(lines([-5.0, -3.5, -4.0, np.nan], [-1.0, -2.0, -3.8, np.nan]), KNOWN)
    table = table.set_index("kind")
    assert table.loc["known labels", "target"] == "β = -3.00"
    assert table.loc["known labels", "coverage %"].startswith("66.7 ")  # −3: first and second
    assert table.loc["cross-fitted", "coverage %"].startswith("66.7 ")  # −4: first and third
    assert set(table["cohorts"]) == {3} and set(table["without 0 %"].str[:5]) == {"100.0"}


def test_bias_is_told_against_both_targets():
    table = benchmark.summary(lines([-5.0, -5.0], [-1.0, -1.0], estimate=[-4.5, -4.1]), KNOWN)
    row = table.set_index("kind").loc["estimated labels"]
    assert row["bias"] == "-0.300 ± 0.200" and row["bias to β"] == "-1.300 ± 0.200"


def test_the_interval_of_a_share_is_clopper_pearsons():
    # R 4.2.2: binom.test(470, 500)$conf.int * 100 = 91.545 95.916; binom.test(0, 20): 0, 16.843
    assert benchmark.share(470, 500) == "94.0 (91.5–95.9)"
    assert benchmark.share(0, 20) == "0.0 (0.0–16.8)"


def test_lines_are_appended_under_one_heading(tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, "FILE", tmp_path / "lines.csv")
    for number in range(2):
        benchmark.append({"scenario": "two_groups", "cohort": number})
    assert pd.read_csv(benchmark.FILE)["cohort"].tolist() == [0, 1]


def test_targets_that_stand_there_are_not_computed_again(tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, "TARGETS", tmp_path / "targets.csv")
    monkeypatch.setattr(benchmark, "targets", lambda scenario: [{"scenario": scenario, "n": 1}])
    benchmark.all_targets(["two_groups"])
    monkeypatch.setattr(benchmark, "targets", lambda scenario: 1 / 0)
    assert benchmark.all_targets(["two_groups"])["n"].tolist() == [1]
