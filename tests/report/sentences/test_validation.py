"""Notebook 4 in words: worse or better by the codebook, every outcome, and cohorts without any."""

import numpy as np
import pandas as pd
import pytest

from compendium.report.sentences import validation as words


def measures(block, *ps, effect=-0.4, worse="low"):
    """Measures of one type with these adjusted p."""
    return [{"label": f"{block} {i}", "block": block, "worse": worse, "effect": effect, "low": -0.6,
             "high": -0.2, "p_adjusted": p, "statistic": "Cliff's δ"} for i, p in enumerate(ps)]


def whole(block, p, direction="worse"):
    return {"block": block, "statistic": "Cliff's δ", "effect_median": -0.3, "direction": direction,
            "p_global_adjusted": p}


def inner(*slopes, worse="low"):
    return [{"slope": s, "low": s - 0.5, "high": s + 0.5, "worse": worse} for s in slopes]


def added(*ps, beside=0.3, worse="low"):
    return [{"p_label_to_spline_adjusted": p, "p_label_to_line_adjusted": p, "kept": 0.5,
             "beside_spline": beside, "beside_line": beside, "worse": worse} for p in ps]


def result(validators=(), blocks=(), **more):
    return {
        "unavailable": "", "alpha": 0.05, "contrast": ["Severe", "Mild"], "ordered": True,
        "n_clusters": 2, "validators": list(validators), "blocks": list(blocks), "inside": [],
        "rivals": [], "partial": [],
    } | more


STRONG = measures("mmt", 0.001, 0.002, 0.01)
NERVES = measures("cmap", 0.001, 0.3)
BOTH = result([*STRONG, *NERVES], [whole("mmt", 0.0001), whole("cmap", 0.004)],
              inside=inner(-2, -2, -1, -1, 0.1))


def test_the_answer_says_in_what_the_severe_are_weaker_and_that_it_confirms_severity():
    assert words.answer(BOTH) == [
        "Severe patients are weaker in 3 of 3 movements and have smaller motor responses (CMAP) in "
        "1 of 2 nerves, none of which made the phenotypes.",
        "4 of 5 also worsen with severity inside the phenotypes, so this confirms severity, not "
        "groups.",
    ]


def test_a_type_that_does_not_differ_as_a_whole_is_not_shown():
    found = BOTH | {"blocks": [whole("mmt", 0.0001), whole("cmap", 0.3)]}
    assert words.answer(found)[0] == (
        "Severe patients are weaker in 3 of 3 movements, none of which made the phenotypes; not "
        "shown for motor responses (CMAP)."
    )


@pytest.mark.parametrize(
    ("ps", "counted"),
    [((0.3, 0.4, 0.01), "on 1 of 3 independent measures"), ((0.3,), "on no independent measure"),
     ((0.3, 0.4), "on none of the 2 independent measures")],
)
def test_where_no_type_differs_clinical_meaning_is_not_supported(ps, counted):
    found = words.answer(result(measures("mmt", *ps), [whole("mmt", 0.2)]))
    assert found == [
        f"Severe patients are clearly worse {counted}.",
        "That the phenotypes carry clinical meaning is not supported.",
    ]


def test_a_type_can_differ_as_a_whole_where_no_single_measure_does():
    found = result(measures("mmt", 0.06, 0.07), [whole("mmt", 0.01)])
    assert words.answer(found)[0].startswith("Severe patients are weaker in 2 movements together,")


def test_a_clear_difference_the_other_way_is_said():
    against = measures("cmap", 0.001, effect=0.4)
    first, _ = words.answer(result([*STRONG, *against], [whole("mmt", 0.001),
                                                         whole("cmap", 0.001, "better")]))
    assert first.endswith("made the phenotypes, but better on cmap 0; not shown for motor "
                          "responses (CMAP).")
    table = words.evidence(result(against, [whole("cmap", 0.001, "better")]))
    assert table["result"][0].startswith("clearly worse in 0 of 1; clearly better in 1; median")


def test_higher_can_be_worse():
    slower = measures("mmt", 0.001, 0.001, effect=0.4, worse="high")
    first, second = words.answer(result(slower, [whole("mmt", 0.001)],
                                        inside=inner(2, 2, worse="high")))
    assert first.startswith("Severe patients are worse on 2 of 2 MMT measures, none")
    assert second.startswith("Both also worsen")


def test_measures_without_a_direction_are_counted_apart_and_never_in_the_denominator():
    found = result([*STRONG, *measures("mmt", 0.001, 0.9, worse="none")], [whole("mmt", 0.001)])
    assert "3 of 3 movements" in words.answer(found)[0]
    assert dict(words.evidence(found)[["question", "result"]].to_numpy())[
        "Differ, without a stated direction"] == "1 of 2 measures"
    assert words.headline(found).endswith("are clearly worse on all 3 independent measures")


@pytest.mark.parametrize(("ordered", "worse"), [(True, "none"), (False, "low")])
def test_without_any_direction_nothing_is_better_or_worse(ordered, worse):
    found = result(measures("grip", 0.001, 0.4, worse=worse), [whole("grip", 0.001, "lower")],
                   ordered=ordered)
    assert words.answer(found)[0] == (
        "The phenotypes differ clearly on 1 of 2 independent measures, none of which made them."
    )
    assert "severity" not in " ".join(words.answer(found)) and "Severe" not in words.headline(found)


def test_a_type_with_one_measure_and_a_name_of_its_own():
    first, _ = words.answer(result(measures("grip_force", 0.001), [whole("grip_force", 0.001)]))
    assert first.startswith("Severe patients are worse on the one grip force measure, none")


def test_of_more_types_the_measures_are_summed_up():
    kinds = ("a", "b", "c")
    every = [m for kind in kinds for m in measures(kind, 0.01, 0.2)]
    found = result(every, [whole(kind, 0.01) for kind in kinds], n_clusters=3)
    assert words.answer(found)[0] == (
        "Against Mild ones, Severe patients are worse on 3 of 6 independent measures of three "
        "types, none of which made the phenotypes."
    )


@pytest.mark.parametrize(
    ("slopes", "said"),
    [((-1, -1), "Both also worsen with"), ((-1,), "It also worsens with"),
     ((-1, -1, -1), "All 3 also worsen with"),
     ((0.1, 0.2), "Inside the phenotypes none of 2 clearly worsens, so"),
     ((-1, 0.1, 1), "Inside the phenotypes only 1 of 3 clearly worsens, so this may be severity"),
     ((), "Whether these measures also worsen inside the phenotypes could not be estimated.")],
)
def test_what_happens_inside_the_phenotypes_decides_what_is_confirmed(slopes, said):
    second = words.answer(BOTH | {"inside": inner(*slopes)})[1]
    assert second.startswith(said)
    assert ("confirms severity" in second) == ("also worsen" in said and "Whether" not in said)


@pytest.mark.parametrize("found", [
    BOTH, BOTH | {"n_clusters": 3}, BOTH | {"blocks": [whole("mmt", 0.0001), whole("cmap", 0.3)]},
    result(measures("mmt", 0.3, 0.01), [whole("mmt", 0.3)]),
])
def test_an_answer_has_two_sentences_and_46_words(found):
    said = words.answer(found)
    assert len(said) == 2 and len(" ".join(said).split()) <= 46


@pytest.mark.parametrize(
    ("more", "said"),
    [({"unavailable": "The codebook names none."}, "The codebook names none."), ({},
      "No independent measure could be compared."),
     ({"validators": [{"effect": None, "p_adjusted": None, "label": "a", "block": "b",
                       "worse": "low", "note": "Not compared: all alike."}]},
      "No independent measure could be compared: all alike.")],
)
def test_without_a_measure_nothing_is_concluded(more, said):
    found = result() | more
    assert words.answer(found) == [said, "Nothing is concluded here."]
    assert len(words.conclusion(found)) == 1 and words.evidence(found).empty
    assert "carry" not in words.headline(found)


def test_the_table_under_the_answer_has_every_test_with_its_result():
    found = BOTH | {"rivals": added(0.01, 0.2, None), "partial": [
        {"r": -0.3, "low": -0.4, "high": -0.2}, {"r": 0.1, "low": -0.1, "high": 0.3}]}
    assert words.evidence(found).to_numpy().tolist() == [
        ["As a whole: muscle strength (MMT)", "clearly worse in 3 of 3; median Cliff's δ −0.30",
         "< 0.001"],
        ["As a whole: motor responses (CMAP)", "clearly worse in 1 of 2; median Cliff's δ −0.30",
         "0.0040"],
        ["Clear among patients alike in the covariates", "1 of 2 measures", "–"],
        ["Also change with severity inside the phenotypes", "4 of 5 measures", "–"],
        ["Phenotype adds to the severity score", "1 of 2 measures", "–"],
    ]


def test_the_conclusion_says_that_any_cut_of_severity_would_validate():
    size = "Cliff's δ −0.40 (95 % CI −0.60 to −0.20)."
    for found, lead, one in (
        (BOTH, "The phenotypes carry clinical meaning;", f"Least clear is cmap 1: {size}"),
        (BOTH | {"blocks": []}, "No clinical meaning of the", f"Clearest is mmt 0: {size}"),
    ):
        first, least, change = words.conclusion(found)
        assert first.startswith(lead) and least == one and change.endswith("would change this.")
        assert first.count("any cut of a severity axis would validate likewise") == 1


def test_an_interval_that_is_not_there_is_not_printed():
    for v in (alone := result(measures("mmt", 0.3), [whole("mmt", 0.3)]))["validators"]:
        v |= {"low": None, "high": None}
    said = " ".join(words.conclusion(alone))
    assert "The one measure is mmt 0: Cliff's δ −0.40 (no interval)." in said


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (added(0.3, 0.4), "adds nothing detectable to any measure."),
        (added(0.01, 0.4), "still adds to 1 of 2 measures: there, Severe patients do better than "
                           "severity predicts."),
        (added(0.01, 0.01, beside=-0.3), "still adds to both measures: there, Severe patients do "
                                         "worse than severity predicts."),
        ([*added(0.01, worse="high"), *added(0.01)],
         "still adds to both measures: there, Severe patients do worse on 1 and do better on 1 "
         "than severity predicts."),
        (added(0.01, worse="none"), "still adds to the one measure: there, Severe patients lie "
                                    "higher than severity predicts."),
    ],
)
def test_what_the_phenotype_adds_is_said_with_its_direction(rows, said):
    start = "Once the severity score is known, the phenotype "
    assert words.phenotype_adds(pd.DataFrame(rows), "Severe", 0.05)[0] == start + said
    assert start + said in words.conclusion(BOTH | {"rivals": rows})


def test_a_phenotype_without_meaning_is_not_said_to_add_nothing():
    said = words.conclusion(result(measures("mmt", 0.3), rivals=added(0.3)))
    assert "adds" not in " ".join(said)


@pytest.mark.parametrize(("kept", "said"), [(0.55, "explains 55 % (median)"),
                                            (1.2, "explains no less (median)")])
def test_no_share_is_above_100_percent(kept, said):
    rows = pd.DataFrame(added(0.3)).assign(kept=kept)
    assert words.phenotype_adds(rows, "Severe", 0.05)[-1].endswith(f"{said}.")


def test_what_only_a_straight_line_leaves_to_the_phenotype_is_said_so():
    rows = pd.DataFrame(added(0.3, 0.3)).assign(p_label_to_line_adjusted=[0.01, 0.3])
    assert words.phenotype_adds(rows, "Severe", 0.05)[1] == (
        "Were severity a straight line, the phenotype would seem to add to 1: there, Severe "
        "patients do better than severity predicts."
    )


def test_without_a_comparison_that_is_said_and_without_measures_nothing():
    rows = pd.DataFrame(added(np.nan))
    assert words.phenotype_adds(rows, "Severe", 0.05) == [
        "Phenotype and severity could not be compared."
    ]
    assert words.phenotype_adds(rows.iloc[:0], "Severe", 0.05) == []


def slopes(*rows):
    """Rows: slope, low, high; slope inside over that between, low, high."""
    columns = ["slope", "low", "high", "share", "share_low", "share_high"]
    return pd.DataFrame(rows, columns=columns)


NO_RATIO = [np.nan] * 3


@pytest.mark.parametrize(
    ("ratios", "said"),
    [
        ([(1.7, 1.2, 2.5)], "is 1.7 times the slope between them (median of 1): clearly steeper in "
                            "one, clearly flatter in none."),
        ([(0.4, 0.1, 0.8), (1, 0.5, 2)], "clearly steeper in none, clearly flatter in one."),
    ],
)
def test_a_slope_inside_is_steeper_or_flatter_only_where_its_interval_says_so(ratios, said):
    found = words.inside(slopes(*[(-1, -2, -0.5, *r) for r in ratios], (-1, -2, 0.5, *NO_RATIO)))
    assert found[0].startswith(f"Inside the phenotypes, {len(ratios)} of {len(ratios) + 1} ")
    assert found[1].endswith(said)


def test_without_a_ratio_or_a_slope_nothing_is_said_of_it():
    assert words.inside(slopes((-1, -2, -0.5, *NO_RATIO))) == [
        "Inside the phenotypes, the one measure clearly changes with severity."
    ]
    assert words.inside(slopes([np.nan] * 6)) == []


@pytest.mark.parametrize(
    ("covariates", "said"),
    [(("age",), "Among patients alike in the covariates, 1 of 2 measures clearly goes with "
                "the phenotype."),
     ((), "Without covariates, 1 of 2 measures clearly goes with the phenotype.")],
)
def test_among_patients_alike_measures_are_counted(covariates, said):
    table = pd.DataFrame({"label": ["a", "b", "c"], "r": [-0.3, 0.1, np.nan],
                          "low": [-0.4, -0.1, np.nan], "high": [-0.2, 0.3, np.nan],
                          "covariates": [covariates] * 3, "note": ["", "", "Not computed: few."]})
    assert words.given_covariates(table) == [said, "c: Not computed: few."]


def pair(low, high, block="mmt", **changes):
    return {
        "block": block, "stronger_label": "Grip", "weaker_label": "Neck", "rho_stronger": 0.28,
        "rho_weaker": 0.2, "difference": 0.08, "low": low, "high": high, "note": "",
    } | changes


@pytest.mark.parametrize(
    ("pairs", "end"),
    [([pair(-0.05, 0.21)], "(ρ 0.28) and Neck least (0.20): these two are not told apart, so no "
                           "order is shown."),
     ([pair(0.01, 0.15)], ": these two are told apart."),
     ([pair(-0.05, 0.21), pair(0.01, 0.09)], ": these two are not told apart, but 1 closer pair "
                                             "can be."),
     ([pair(np.nan, np.nan)], ": whether they differ is not known.")],
)
def test_an_order_is_said_only_where_a_pair_is_told_apart(pairs, end):
    assert words.extremes(pd.DataFrame(pairs))[0].endswith(end)


def test_each_type_is_spoken_of_once_and_without_any_pair_the_reason_is_said():
    lost = pair(np.nan, np.nan, "grip", difference=np.nan, note="Not compared.")
    said = words.extremes(pd.DataFrame([pair(0.01, 0.2), pair(-1, 1), pair(-1, 1, "cmap"), lost]))
    assert [s.partition(",")[0] for s in said] == [
        "Of muscle strength (MMT)", "Of motor responses (CMAP)",
    ]
    assert words.extremes(pd.DataFrame([lost])) == ["Not compared."]
