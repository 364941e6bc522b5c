"""What holds for every figure, whatever it shows."""

import io
import re
import xml.etree.ElementTree as ET
from inspect import signature

import drawings
import numpy as np
import pandas as pd
import pytest

from compendium.report import figures
from compendium.report.figures import style
from compendium.words import MARK

OF_PATIENTS = ("distributions", "phenotype_profile", "stability_overview", "residual_checks")
every_figure = pytest.mark.parametrize("name", drawings.DRAWINGS)


def finished(name, **how):
    return style.marked(drawings.DRAWINGS[name](**how), synthetic=True)


def test_every_figure_has_a_drawing_here():
    assert set(figures.__all__) - set(drawings.DRAWINGS) == {"marked", "save"}


@every_figure
def test_the_mark_alone_says_that_patients_are_simulated(name):
    words = drawings.words(finished(name))
    assert words.count("SYNTHETIC") == words.count(MARK) == 1


@every_figure
def test_no_text_leaves_the_page_covers_another_or_is_smaller_than_seven_points(name):
    assert drawings.faults(finished(name)) == []


@every_figure
def test_the_description_is_one_sentence_that_owns_up_to_simulation(name):
    alt = finished(name).compendium_alt
    assert re.fullmatch(r"Simulated patients\. [A-Z0-9][^\n]+\.", alt)


@every_figure
def test_nothing_to_draw_gives_no_figure(name):
    draw = getattr(figures, name)
    empty = pd.DataFrame({"n_missing": [], "block": [], "remaining": []})
    stand_ins = {"names": ("Mild", "Severe"), "n_clusters": 2, "labels": (),
                 "codebook_columns": drawings.columns(),
                 "cohorts": [("Cohort", "Rung 0 of 3", empty)]}
    needed = [n for n, p in signature(draw).parameters.items() if p.default is p.empty]
    assert draw(**{n: stand_ins.get(n, empty) for n in needed}) is None


@pytest.mark.parametrize("name", OF_PATIENTS)
def test_vector_files_do_not_grow_with_the_number_of_patients(name):
    def vertices(n):
        svg = io.BytesIO()
        finished(name, n=n).savefig(svg, format="svg", dpi=40)
        parts = list(ET.fromstring(svg.getvalue()).iter())
        used = sum(e.tag.endswith("}use") for e in parts)
        return used + sum(len(re.findall("[MLQC]", e.get("d", ""))) for e in parts)

    # glyphs and ticks differ by some; one mark or corner a patient would be 300
    assert abs(vertices(360) - vertices(60)) < 200


@pytest.mark.parametrize("name", ["phenotype_profile", "residual_checks"])
def test_figures_draw_bins_and_not_patients_even_where_they_are_simulated(name):
    fig = drawings.DRAWINGS[name](n=360)
    clouds = [c.get_offsets() for ax in fig.axes for c in ax.collections]
    assert 0 < sum(map(len, clouds)) < 360
    assert "each" not in signature(getattr(figures, name)).parameters
    assert "arks: counts of patients in bins" in fig.compendium_note


@pytest.mark.parametrize("draw", [drawings.residual_checks, drawings.association_pattern])
def test_two_drawings_of_the_same_frames_have_the_same_bytes(draw, tmp_path):
    saved = []
    for name in "ab":
        (tmp_path / name).mkdir()
        fig = style.marked(draw.__wrapped__(), synthetic=False)
        saved.append([p.read_bytes() for p in figures.save(fig, tmp_path / name / "f")])
    assert saved[0] == saved[1]


def test_the_outcome_of_a_person_is_not_the_sum_of_two_coordinates():
    people = drawings.patients(60, 2).to_numpy()
    outcomes = set(np.round(people.sum(axis=1), 6))
    bins = drawings.residual_checks().axes[0].collections[0].get_offsets()
    given = [len(set(np.round(marks.sum(axis=1), 6)) & outcomes) for marks in (people, bins)]
    assert given == [60, 0]
