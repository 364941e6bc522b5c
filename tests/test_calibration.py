import numpy as np
import pandas as pd
import pytest

from benchmarks import calibration, tables
from benchmarks.cohorts import COHORTS, SHIFTED, TRUTH, TWELVE, category


def lines(**groups):
    """Ten cohorts of each row, the verdict groups on so many of them."""
    line = {"n": 454, "p": 20, "p_smooth": 0.2, "p_one_peak": np.nan, "p_filled": np.nan,
            "found": False, "within": np.nan}
    return pd.DataFrame([line | {"row": row, "cohort": c, "rung": 3 * (c < said)}
                         for row, said in groups.items() for c in range(10)])


GENERIC = [name for name in COHORTS if "n =" not in name and "p =" not in name]
GENERIC.remove("shipped continuum")


@pytest.mark.parametrize("name", GENERIC)
def test_every_cohort_has_its_size_varies_in_every_column_and_repeats(name):
    X, again = (COHORTS[name](60, 6, np.random.default_rng(1)) for _ in range(2))
    assert X.shape == (60, 6) and (np.ptp(X, axis=0) > 0).all()
    assert (again == X).all()


def test_groups_are_as_far_apart_as_they_say():
    rng = np.random.default_rng(2)
    X = COHORTS["groups 4 SD"](100_000, 5, rng).mean(axis=1) * np.sqrt(5)
    # variance of a mixture: 1 + share · (1 − share) · distance²
    assert X.var() == pytest.approx(1 + 0.366 * 0.634 * 16, rel=0.02)


def test_three_groups_are_four_sd_from_each_other():
    X = COHORTS["three groups"](90_000, 6, np.random.default_rng(3))
    centres = [X[g::3].mean(axis=0) for g in range(3)]
    apart = [np.linalg.norm(centres[i] - centres[j]) for i, j in ((0, 1), (0, 2), (1, 2))]
    assert apart == pytest.approx([4, 4, 4], abs=0.1)


def test_the_interval_is_clopper_pearsons():
    # R 4.2.2: binom.test(16, 200)$conf.int * 100 = 4.642 12.666
    assert calibration.interval(0.08, 200) == "8 (5–13)"
    assert calibration.interval(0.0, 200) == "0 (0–2)"


@pytest.mark.parametrize("name", [row for row in COHORTS if " = " in row])
def test_a_cohort_of_another_size_has_it(name):
    _, letter, size = name.rpartition(", ")[2].partition("n = ") if "n =" in name else (
        name.rpartition(", ")[2].partition("p = "))
    shape = COHORTS[name](60, 6, np.random.default_rng(1)).shape
    assert shape[letter == "p = "] == int(size)


@pytest.mark.parametrize("name", SHIFTED)
def test_who_is_in_a_category_is_drawn_before_the_features(name):
    X = COHORTS[name](4000, 20, np.random.default_rng(5))
    who = category(name, 4000, np.random.default_rng(5))
    apart = X[who == 1].mean(axis=0) - X[who == 0].mean(axis=0)
    assert apart[0] > 0.5 and abs(apart[-1]) < 0.15


def test_power_is_counted_by_share_size_and_distance():
    found = calibration.power_curves(lines(**{"iid": 9, "groups 4 SD": 4, "groups 5 SD, 10 %": 7}))
    assert found.to_dict("records") == [
        {"share": share, "n": 454, "p": 20, "draws": 199, "alpha": 0.05, "distance": distance,
         "cohorts": 10, "found": said} for share, distance, said in ((0.1, 5, 7), (0.366, 4, 4))
    ]


def test_verdict_and_rivals_are_counted_by_kind_of_cohort():
    rivals = pd.DataFrame({"row": "iid", "cohort": range(4), "rule": "ari", "says": [1, 0, 0, 1]})
    table = calibration.rules_table(lines(**{"iid": 1, "groups 4 SD": 4, "U-shaped": 3}), rivals)
    assert table["truth"].tolist() == ["continuum", "two ends", "groups"]
    assert table["groups"].tolist() == table["kinds"].tolist() == [1, 3, 4]
    assert table["ari"].tolist()[0] == 2 and table["ari of"].tolist()[0] == 4
    assert table["ari"].isna().tolist() == [False, True, True] and (table["cohorts"] == 10).all()


def test_the_shipped_tables_are_those_of_the_cohorts_that_were_run():
    found, data = pd.read_csv(calibration.FILE), calibration.HERE.parent / "data"
    table = calibration.rules_table(found, pd.read_csv(calibration.RIVALS))
    shipped = pd.read_csv(data / "rules.csv")
    pd.testing.assert_frame_equal(table, shipped.astype(table.dtypes))
    pd.testing.assert_frame_equal(calibration.power_curves(found), pd.read_csv(data / "power.csv"))


@pytest.mark.parametrize(("row", "cohort"), [("iid", 0), ("groups 4 SD", 1), ("sex", 0)])
def test_a_line_of_the_shipped_file_comes_back(row, cohort):
    found = pd.read_csv(calibration.FILE).set_index(["row", "cohort"]).loc[(row, cohort)]
    again = pd.Series(calibration.judged(row, cohort))
    assert again["rung"] == found["rung"]
    assert again["p_smooth"] == pytest.approx(found["p_smooth"], abs=0.006)
    assert again["D"] == pytest.approx(found["D"], abs=1e-5, nan_ok=True)


def test_the_twelve_published_continua_and_many_more_kinds_are_judged():
    assert len(TWELVE) == 12 and set(TWELVE) < set(COHORTS) == set(TRUTH)
    assert sum(truth != "groups" for truth in TRUTH.values()) >= 28


def test_the_tables_of_the_benchmarks_page_are_made_from_the_kept_files():
    text = tables.README.read_text(encoding="utf-8")
    assert tables.render(text) == text, "run benchmarks/tables.py"


def test_a_rule_tried_on_other_cohorts_says_on_how_many():
    assert tables._percent(0.5, 24, 200) == "50 of 24" and tables._percent(0.5, 200, 200) == "50"
    assert tables._percent(None) == "–"
