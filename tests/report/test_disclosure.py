"""Small counts and the cells that would reveal them."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from compendium.headcounts import people, say_of_fewest
from compendium.report.disclosure import Gate, explained, merged_flow, suppress_counts


def test_counts_of_five_and_more_and_zero_are_shown():
    shown = suppress_counts(pd.DataFrame({"Mild": [5, 0], "Severe": [9, 8]}, index=["a", "b"]))
    assert shown["Mild"].tolist() == ["5", "0"]


def test_a_small_count_hides_the_groups_and_not_their_sum():
    shown = suppress_counts(pd.DataFrame({"Mild": [3, 285], "Severe": [40, 126]}))
    assert set(shown[["Mild", "Severe"]].to_numpy().ravel()) == {"hidden"}
    assert shown["All"].tolist() == ["43", "411"]


def test_a_small_sum_is_hidden_with_the_one_it_would_follow_from():
    assert suppress_counts(pd.DataFrame({"All": [3, 285]}))["All"].tolist() == ["hidden"] * 2


@pytest.mark.parametrize("sizes", [(5, 5), (6, 9), (30, 12)])
def test_a_reader_who_knows_the_rule_cannot_compute_a_small_count(sizes):
    tables = [np.array([[a, b], [sizes[0] - a, sizes[1] - b]])
              for a, b in itertools.product(*(range(n + 1) for n in sizes))]
    shown = {}
    for table in tables:
        text = suppress_counts(pd.DataFrame(table, columns=["Mild", "Severe"]))
        shown.setdefault(tuple(text.to_numpy().ravel()), []).append(table)
    for fits in shown.values():
        small = (np.array(fits[0]) > 0) & (np.array(fits[0]) < 5)
        assert (np.ptp(fits, axis=0)[small] > 0).all()


@pytest.mark.parametrize(
    ("cell", "said"), [("hidden", True), ("<5", True), ("n <5", True), ("5", False)]
)
def test_suppressed_cells_are_explained_where_there_are_any(cell, said):
    assert ("too few patients" in explained(pd.DataFrame({"All": ["7", cell]}))) == said


@pytest.mark.parametrize(
    ("n", "said"), [(4, "fewer than five"), (5, "5 (50.0 %)"), (0, "0 (0.0 %)")]
)
def test_a_count_of_few_people_is_not_said(n, said):
    assert people(n, 10) == said


@pytest.fixture
def gate():
    one = Gate()
    one.know(160, {"Mild": 95, "Severe": 65})
    return one


def test_of_fewer_than_five_no_number_is_left(gate):
    row = {"device": "Scanner", "level": "B", "n": 2, "mean_z": 0.7, "low": -0.1, "label": "Arm"}
    hidden = {"n": "<5", "mean_z": None, "low": None}
    assert {k: str(v) if k == "n" else v for k, v in gate.record(row).items()} == row | hidden


def test_of_five_everything_is_left(gate):
    row = {"n": 5, "mean": 2.5, "phenotype": "Mild"}
    assert gate.record(row) == row


@pytest.mark.parametrize(("n", "said"), [(160, "160"), (159, "≥155"), (156, "≥155"), (155, "155"),
                                         (94, "94"), (4, "<5"), (0, "0"), (162, "≥160")])
def test_no_count_gives_few_away_beside_the_total(gate, n, said):
    assert str(gate.record({"n": n})["n"]) == said


def test_a_count_within_a_phenotype_stands_beside_the_phenotypes_size(gate):
    row = {"n_Mild": 94, "n_Severe": 60, "mean_Mild": 8.5}
    assert list(map(str, gate.record(row).values())) == ["≥90", "≥60", "8.5"]
    row = {"n": 154, "n_Mild": 94, "n_Severe": 60}  # 154 − 60 would tell
    assert list(map(str, gate.record(row).values())) == ["≥150", "≥90", "≥60"]
    assert str(gate.record({"phenotype": "Severe", "n": 63})["n"]) == "≥60"


def test_what_is_few_beside_the_others_hides_only_its_share(gate):
    row = {"n": 160, "n_missing": 3, "share": 3 / 160, "r": 0.5}
    said = gate.record(row)
    assert (str(said["n_missing"]), said["share"], said["r"]) == ("<5", None, 0.5)


@pytest.mark.parametrize("key", ["share_negative", "moved"])
@pytest.mark.parametrize("part", [1, 4, 156, 159])
def test_a_share_of_few_or_of_all_but_few_is_hidden(gate, key, part):
    assert gate.record({"n": 160, key: part / 160})[key] is None
    assert gate.record({"n": 160, key: 5 / 160})[key] == 5 / 160


def test_a_share_that_is_an_estimate_or_of_other_people_is_kept(gate):
    assert gate.record({"n": 13, "share": 0.325})["share"] == 0.325
    assert gate.record({"n": 158, "share": 0.9, "share_low": 0.5})["share"] == 0.9


def test_quartiles_of_fewer_than_twenty_are_hidden(gate):
    row = {"n_Mild": 19, "median_Mild": 3.0, "q1_Mild": 2.0, "mean_Mild": 3.1, "n_Severe": 20,
           "median_Severe": 2.0}
    hidden = {"median_Mild": None, "q1_Mild": None}
    assert gate.record(row) == row | hidden


def test_beside_a_bound_numbers_have_three_digits(gate):
    row = {"n": 158, "mean": 38.74390244, "p": 0.0123456, "k": 2}
    assert gate.record(row) == {"n": 155, "mean": 38.7, "p": 0.0123, "k": 2}
    assert gate.record({"n": 150, "mean": 38.74390244})["mean"] == 38.74390244
    assert gate.record({"n": 160, "n_missing": 2, "mean": 38.74390244})["mean"] == 38.74390244


def test_beside_a_phenotype_of_few_no_other_has_its_exact_size():
    gate = Gate()
    gate.know(80, {"Mild": 44, "Moderate": 33, "Severe": 3})
    assert str(gate.record({"phenotype": "Mild", "n": 44, "mean": 39.25})["n"]) == "≥40"
    said = gate.record({"n_Mild": 44, "n_Moderate": 33, "n_Severe": 3})
    assert list(map(str, said.values())) == ["≥40", "≥30", "<5"]


def test_degrees_of_freedom_do_not_say_what_n_hides(gate):
    assert gate.record({"n": 158, "df": 156.0})["df"] is None
    row = {"n": 158, "df": 1, "df_resid": 150}
    assert gate.record(row) == {"n": 155, "df": 1, "df_resid": None}


def test_counts_of_other_things_are_no_people(gate):
    row = {"n_clusters": 2, "n_init": 4, "k": 2, "mean": 0.5, "n_features": 3, "smallest": 3.0}
    assert gate.record(row) == row


def test_a_new_count_is_taken_for_people(gate):
    assert str(gate.record({"n_with_a_pacemaker": 3})["n_with_a_pacemaker"]) == "<5"


def test_numbers_of_any_depth_pass(gate):
    rows = [{"n": 2, "deep": [{"n": 1, "mean": 0.5}], "mean": 1.5}]
    said = gate.content({"rows": rows, "within": {"n_x": 2}})
    assert said["rows"][0]["mean"] is None and said["rows"][0]["deep"][0]["mean"] is None
    assert said["within"] == {"n_x": 2}  # a codebook may call a column so


def test_a_table_passes_row_by_row_and_an_innocent_one_is_the_same(gate):
    table = pd.DataFrame({"level": ["A", "B"], "n": [150, 3], "mean": [1.0, 2.0]})
    safe, innocent = gate.frame(table), table.iloc[:1]
    assert list(map(str, safe["n"])) == ["150", "<5"]
    assert safe["mean"].isna().tolist() == [False, True]
    assert gate.frame(innocent) is innocent and gate.frame(safe).equals(safe)


def test_rounding_leaves_no_exact_count(gate):
    say_of_fewest("seven")
    try:
        said = gate.record({"n": 6}), gate.record({"n": 158}), gate.record({"n": 0})
        assert [str(row["n"]) for row in said] == ["<7", "≈160", "0"]
    finally:
        say_of_fewest("five")


def flow(*left):
    remaining = np.concatenate([[200], 200 - np.cumsum(left)])
    steps = ["read", *(f"step {i}" for i in range(1, len(left) + 1))]
    reasons = ["", *(f"reason {i}" for i in range(1, len(left) + 1))]
    return pd.DataFrame({"step": steps, "reason": reasons, "left_out": [0, *left],
                         "remaining": remaining})


@pytest.mark.parametrize(
    ("left", "left_out", "remaining"),
    [
        ((20, 10), ["0", "20", "10"], ["200", "180", "170"]),
        ((20, 2), ["0", "22"], ["200", "178"]),
        ((2, 20), ["0", "22"], ["200", "178"]),
        ((20, 2, 30), ["0", "22", "30"], ["200", "178", "148"]),
        ((3, 0), ["0", "<5"], ["≥197", "197"]),
        ((0, 1), ["0", "<5"], ["≥199", "199"]),
        ((2, 2, 2), ["0", "6"], ["200", "194"]),
        ((0, 0), ["0", "0", "0"], ["200", "200", "200"]),
    ],
)
def test_the_flow_counts_small_steps_together(left, left_out, remaining):
    said = merged_flow(flow(*left))
    assert [list(map(str, said[c])) for c in ("left_out", "remaining")] == [left_out, remaining]


def test_merged_steps_keep_both_reasons():
    assert merged_flow(flow(20, 2)).iloc[-1]["reason"] == "reason 1, or reason 2"


def test_a_drawing_with_a_mark_for_every_patient_is_refused(gate):
    fig = Figure()
    ax = fig.subplots()
    ax.scatter(np.arange(65) ** 1.5, np.arange(65) ** 0.5)
    with pytest.raises(ValueError, match="mark for every patient"):
        gate.figure(fig)
    ax.clear()
    ax.plot(np.arange(160) ** 1.5, np.arange(160) ** 0.5, marker="o")
    with pytest.raises(ValueError, match="mark for every patient"):
        gate.figure(fig)
    ax.clear()
    ax.plot(np.arange(160), np.arange(160))
    ax.scatter(np.arange(160), np.arange(160), rasterized=True)
    assert gate.figure(fig) is fig


def test_as_many_rows_of_a_forest_as_there_are_patients_are_no_patients(gate):
    fig = Figure()
    ax = fig.subplots()
    ax.set_yticks(np.arange(65))
    ax.plot(np.linspace(0, 1, 65) ** 2, np.arange(65) + 0.2, ls="", marker="o")
    assert gate.figure(fig) is fig
