"""Label and severity as rivals, validator by validator."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris

from compendium.data.columns import Column
from compendium.regression.label_or_severity import label_adds, rivals

THREE = ("setosa", "versicolor", "virginica")


def column(name, block=""):
    return Column(name, name, "validator", block, "number", "cm", "low", (), *[None] * 4)


LENGTH, WIDTH = column("length"), column("width")


@pytest.fixture
def flowers():
    X, species = load_iris(return_X_y=True)
    data = pd.DataFrame(X, columns=["length", "width", "petal", "petal_width"])
    return data, species, THREE, data["petal"]


@pytest.fixture
def found(flowers):
    return rivals(*flowers, LENGTH, (WIDTH,))


def test_the_coefficient_of_the_label_stands_with_its_interval_and_the_direction(flowers, found):
    row = label_adds(*flowers, (LENGTH,), (WIDTH,)).iloc[0]
    for form, step in (("line", 0), ("spline", 1)):
        theirs = found.comparisons.loc[step, ["estimate", "low", "high"]].tolist()
        assert row[[f"beside_{form}{end}" for end in ("", "_low", "_high")]].tolist() == theirs
    assert row["worse"] == "low"


def test_the_flat_table_holds_the_numbers_of_each_rivalry(flowers, found):
    row = label_adds(*flowers, (LENGTH,), (WIDTH,)).iloc[0]
    gains = ["r2_label", "r2_line", "r2_spline", "r2_label_line", "r2_label_spline"]
    assert row[gains].tolist() == found.models["delta_r_squared"][1:].tolist()
    steps = found.comparisons
    assert row["p_label_to_line"] == steps["p"][0] and row["p_label_to_spline"] == steps["p"][1]
    assert row["p_spline_to_label"] == steps["p"][3]
    assert row["p_lr_label_to_spline"] == steps["lr_p"][1]
    assert (row["n"], row["kept"], row["note"]) == (150, found.kept, "")
    assert row["r2_covariates"] == found.models["r_squared"][0]


def test_p_is_adjusted_within_the_block_by_benjamini_and_hochberg(flowers):
    data, *others = flowers
    rng = np.random.default_rng(9)
    data = data.assign(**{f"v{i}": data["petal"] + rng.normal(0, 1, 150) for i in range(4)})
    data["v3"] = np.nan
    blocks = ("a", "a", "a", "a", "b")
    columns = [column(v, b) for v, b in zip(("v0", "v1", "v2", "v3", "width"), blocks, strict=True)]
    table = label_adds(data, *others, columns)
    assert list(table["family"]) == ["a (3 tests)"] * 4 + ["b (1 tests)"]
    p = table["p_label_to_spline"].to_numpy()
    # by hand: the i-th smallest of three times 3 / i, made monotone from the largest down
    order = np.argsort(p[:3])
    stepped = np.minimum.accumulate((p[:3][order] * 3 / np.arange(1, 4))[::-1])[::-1]
    np.testing.assert_allclose(table["p_label_to_spline_adjusted"][:3].to_numpy()[order], stepped)
    assert table["p_label_to_spline_adjusted"][4] == p[4] and np.isnan(p[3])


@pytest.mark.filterwarnings("error")
def test_no_validator_gives_an_empty_table_with_its_columns(flowers):
    table = label_adds(*flowers, ())
    assert len(table) == 0 and {"kept", "note", "p_label_to_spline_adjusted"} <= set(table)
