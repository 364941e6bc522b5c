"""Values, extremes and texts of the patients' file are told from numbers of the analysis."""

import json

import pytest
from audited import drawing, known, left, private

TONGUE = "Tongue thickness"
ROW = ["mt_tongue_mm", "mt_biceps_mm_l", "mt_biceps_mm_r", "mt_quadriceps_mm_l", "weight_kg"]


def told(root, **content) -> list[tuple[str, str]]:
    """Kind and wording of all that is found in a run."""
    there = left(root, **content)
    found = [private().texts, private().pairs, private().columns, private().extremes]
    return [(kind, what) for find in found for _, kind, what in find(there)]


def kinds(root, **content) -> set[str]:
    return {kind for kind, _ in told(root, **content)}


def values(*names: str) -> list[str]:
    return [known()[name] for name in names or ROW]


def below(heading: str, names: list[str]) -> str:
    """A table with one value a row, beside the name of its column."""
    rows = [f"{name},{value}" for name, value in zip(names, values(*names), strict=True)]
    return "\n".join([f"label,{heading}", *rows]) + "\n"


@pytest.mark.parametrize(("file", "content"), [
    ("t_csv", ",".join(ROW) + "\n" + ",".join(values()) + "\n"),
    ("t_csv", below("mean", ROW)),
    ("r_json", '{"a": [' + ", ".join(values()) + "]}"),
    ("r_json", json.dumps(dict(zip(ROW, map(float, values()), strict=True)))),
    ("n_txt", "Of " + " and ".join(f"{name} {known()[name]}" for name in ROW[:2])),
    ("n_js", "const a = [{x: [" + ",".join(values()) + "]}]"),
    ("n_html", f"<table><tr><th>{'</th><th>'.join(ROW)}</th></tr>"
               f"<tr><td>{'</td><td>'.join(values())}</td></tr></table>"),
])
def test_values_of_one_patient_are_found_in_every_kind_of_record(tmp_path, file, content):
    assert kinds(tmp_path, **{file: content}) == {"value pairs"}


@pytest.mark.parametrize("content", [
    {"label": TONGUE, "value": 1.5, "weight_kg": float(known()["weight_kg"])},  # one value
    {"mt_tongue_mm": float(known()["weight_kg"]), "weight_kg": float(known()["mt_tongue_mm"])},
    {"a": [float(value) for value in values(*ROW[:2])]},  # two, and nothing says of what
    {"mt_tongue_mm": float(known()["mt_tongue_mm"]) + 0.01,
     "weight_kg": float(known()["weight_kg"]) + 0.01},
])
def test_a_single_value_and_values_under_another_heading_are_none(tmp_path, content):
    assert "value pairs" not in kinds(tmp_path, r_json=content)


@pytest.mark.parametrize("text", [
    "{label}: {most} mm", "{label} reaches {rounded} mm", "mt_tongue_mm, at least {least}",
])
def test_an_extreme_beside_the_name_of_its_column_is_found_also_rounded(tmp_path, text):
    rounded = f"{float(known()['most']):.1f}"
    said = text.format(label=TONGUE, rounded=rounded, **known())
    assert kinds(tmp_path, n_txt=said) == {"extreme"}


@pytest.mark.parametrize("text", [
    "Quadriceps thickness {most}", "{most}", "Tongue thickness x{most}", "Tongue thickness {most}7",
])
def test_an_extreme_of_another_column_or_of_none_is_none(tmp_path, text):
    assert told(tmp_path, n_txt=text.format(**known())) == []


def test_a_limit_of_the_codebook_is_no_extreme(tmp_path):
    assert told(tmp_path, n_txt="Forced vital capacity of 160 %, Tongue thickness of 25.0") == []


@pytest.mark.parametrize("room", [0, 0.05])
def test_the_end_of_an_axis_gives_an_extreme_away(tmp_path, room):
    def draw(ax):
        ax.plot([float(known()["least"]), float(known()["most"])], [0, 1])
        ax.margins(x=room)
        ax.set_xlabel(f"{TONGUE} (mm)")

    said = [what for _, what in told(tmp_path, f_svg=drawing(draw))]
    assert sorted(said) == [f"the {which} value of {TONGUE}, as the end of an axis"
                            for which in ("largest", "smallest")]


def test_an_axis_that_ends_at_round_numbers_gives_nothing_away(tmp_path):
    def draw(ax):
        ax.set(xlim=(20, 65), xlabel=f"{TONGUE} (mm)", ylim=(0, 1))

    assert told(tmp_path, f_svg=drawing(draw)) == []


def test_a_text_is_found_whole_in_any_case_and_never_within_a_word(tmp_path):
    who = known()["surname"]
    assert kinds(tmp_path, n_txt=f"({who.upper()})") == {"identifier"}
    assert told(tmp_path, n_txt=f"{who}x x{who}") == []
