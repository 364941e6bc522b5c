import numpy as np
import pandas as pd
import pytest

from benchmarks import calibration
from benchmarks.cohorts import COHORTS, CONTINUA, shipped_continuum


def lines(**shares):
    rows = [
        {"row": name, "cohort": c, "ladder": int(c < share * 10)}
        for name, share in shares.items()
        for c in range(10)
    ]
    return pd.DataFrame(rows)


GENERIC = [name for name, draw in COHORTS.items() if draw is not shipped_continuum]


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
    assert calibration.interval(16, 200) == "8 (5–13)"
    assert calibration.interval(0, 200) == "0 (0–2)"


def test_the_power_curve_counts_the_cohorts_in_which_the_ladder_says_groups():
    found = calibration.power_curve(lines(**{"iid": 1.0, "groups 4 SD": 0.4}))
    assert found.to_dict("records") == [
        {"n": 454, "p": 20, "draws": 99, "alpha": 0.05, "distance": 4.0, "cohorts": 10, "found": 4}
    ]


@pytest.mark.parametrize(("distance", "k"), [(0, 1), (12, 2)])
def test_the_gap_finds_two_far_groups_and_one_gaussian(distance, k):
    rng = np.random.default_rng(4)
    Z = rng.normal(size=(80, 3)) + distance * (np.arange(80) < 30)[:, None]
    assert calibration.gap_choice(Z, 0) == k


def test_the_rules_are_counted_by_kind_of_cohort():
    found = lines(**{"iid": 0.1, "groups 4 SD": 0.4, "spiked": 0.3})
    found = found.assign(**{r: 0 for r in calibration.RULES if r != "ladder"})
    table = calibration.rules_table(found)
    assert table["truth"].tolist() == ["continuum", "groups", "beyond"]
    assert (table["n"] == 454).all() and (table["p"] == 20).all()
    assert table["ladder"].tolist() == [1, 4, 3] and (table["cohorts"] == 10).all()


def test_the_shipped_tables_are_those_of_the_cohorts_that_were_run():
    found, data = pd.read_csv(calibration.FILE), calibration.HERE.parent / "data"
    assert calibration.rules_table(found).equals(pd.read_csv(data / "rules.csv"))
    assert calibration.power_curve(found).equals(pd.read_csv(data / "power.csv"))


def test_twelve_continua_are_judged():
    assert len(CONTINUA) == 12 and set(CONTINUA) < set(COHORTS)
