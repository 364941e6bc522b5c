"""What holds for every figure, whatever it shows."""

import io
import re
import xml.etree.ElementTree as ET
from inspect import signature

import drawings
import pandas as pd
import pytest

from compendium.report import figures

NAMES = [draw.__name__ for draw in drawings.DRAWINGS]
OF_PATIENTS = (
    "distributions", "phenotype_profile", "stability_overview", "certainty", "severity_axis",
    "residual_checks",
)


def figure(name, synthetic=True):
    return getattr(drawings, name)(synthetic=synthetic)


@pytest.mark.parametrize("name", NAMES)
def test_simulated_patients_are_called_synthetic_on_the_figure(name):
    assert "SYNTHETIC" in drawings.words(figure(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_real_cohort_is_never_called_synthetic(name):
    assert "SYNTHETIC" not in drawings.words(figure(name, synthetic=False))


@pytest.mark.parametrize("name", NAMES)
def test_no_text_leaves_the_page_or_covers_another(name):
    assert drawings.collisions(figure(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_smaller_than_six_points(name):
    assert min(size for _, _, size in drawings.drawn_texts(figure(name))) >= 6


@pytest.mark.parametrize("name", NAMES)
def test_the_description_is_one_sentence_that_owns_up_to_simulation(name):
    assert re.fullmatch(r"Simulated patients\. [A-Z][^\n]+\.", figure(name).compendium_alt)


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_never_wider_than_a_page(name):
    assert figure(name).get_figwidth() * 25.4 <= 180.001


@pytest.mark.parametrize("name", NAMES)
def test_nothing_to_draw_gives_no_figure(name):
    draw = getattr(figures, name)
    empty = pd.DataFrame({"n_missing": [], "block": [], "remaining": []})
    stand_ins = {
        "names": ("Mild", "Severe"), "n_clusters": 2, "outcome": "Walking (m)", "labels": (),
        "codebook_columns": drawings.columns(), "cohorts": [("Cohort", "Rung 0 of 3", empty)],
        "synthetic": True,
    }
    needed = [n for n, p in signature(draw).parameters.items() if p.default is p.empty]
    assert draw(**{n: stand_ins.get(n, empty) for n in needed}) is None


@pytest.mark.parametrize("name", OF_PATIENTS)
def test_vector_files_do_not_grow_with_the_number_of_patients(name):
    def vertices(n):
        svg = io.BytesIO()
        getattr(drawings, name)(n=n).savefig(svg, format="svg", dpi=40)
        parts = list(ET.fromstring(svg.getvalue()).iter())
        used = sum(e.tag.endswith("}use") for e in parts)
        return used + sum(len(re.findall("[MLQC]", e.get("d", ""))) for e in parts)

    # glyphs and ticks differ by some; one mark or corner a patient would be 300
    assert abs(vertices(360) - vertices(60)) < 200


def test_two_drawings_of_the_same_frames_have_the_same_bytes(tmp_path):
    fresh = drawings.residual_checks.__wrapped__
    first, second = (figures.save(fresh(), tmp_path / name / "f") for name in "ab")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


@pytest.fixture(autouse=True)
def _folders(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
