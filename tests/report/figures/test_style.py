"""The visual language: colours, sizes, saving."""

import itertools
import re
import xml.etree.ElementTree as ET

import drawings
import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties, fontManager, get_font

from compendium.report.figures import regression, style

# Machado, Oliveira & Fernandes 2009, severity 1: what colour-blind readers see of linear RGB.
SIGHT = {
    "full": np.eye(3),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
}


def linear(colour):
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(colour, ground="white"):
    """Of two colours printed in grey, 1 to 21, as web content accessibility guidelines have it."""
    light = sorted(linear(c) @ [0.2126, 0.7152, 0.0722] + 0.05 for c in (colour, ground))
    return light[1] / light[0]


def lab(light):
    """CIE L*a*b* of linear RGB (D65)."""
    xyz = np.array([[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]])
    x, y, z = np.cbrt(xyz @ np.clip(light, 1e-3, 1) / [0.9505, 1, 1.0888])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(("k", "apart"), [(2, 60), (3, 20), (5, 15), (8, 8)])
def test_phenotype_colours_stay_apart_for_colour_blind_readers(sight, k, apart):
    seen = [lab(SIGHT[sight] @ linear(c)) for c in style.phenotype_colours(k)]
    # 2.3 is a just noticeable difference (CIE 1976)
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > apart


@pytest.mark.parametrize(("k", "step"), [(2, 3), (3, 1.7), (4, 1.35), (5, 1.2), (8, 1.1)])
def test_in_grey_each_phenotype_is_darker_than_the_one_before(k, step):
    against_white = np.array([contrast(colour) for colour in style.phenotype_colours(k)])
    assert against_white.min() >= 3 and (against_white[1:] / against_white[:-1]).min() > step


@pytest.mark.parametrize(("mark", "ground", "apart"), [
    (style.INK, style.WITHIN, 3), (style.WITHIN, style.CONTINUUM, 2.5),
    (style.INK, style.CONTINUUM, 3), (style.MUTED, style.CONTINUUM, 3),
    (style.CONTINUUM, "white", 1.4), (style.PUBLISHED, "white", 3),
    (regression.WEAK, "white", 3), (regression.STRONG, regression.WEAK, 3),
])
def test_marks_and_areas_are_told_apart_in_grey(mark, ground, apart):
    assert contrast(mark, ground) >= apart


@pytest.mark.parametrize("k", range(2, 9))
def test_the_mildest_and_the_most_severe_keep_their_colours_for_every_k(k):
    ends = style.phenotype_colours(k)[0], style.phenotype_colours(k)[-1]
    assert ends == style.phenotype_colours(2)


def test_markers_tell_eight_phenotypes_apart_without_colour():
    assert len(set(style.phenotype_markers(8))) == 8


@pytest.mark.parametrize("colour", ["#ffff00", "#c9c9c9", *style.phenotype_colours(4)])
def test_coloured_words_stand_out_from_white(colour):
    assert contrast(style.readable(colour)) >= 4.5


def test_drawing_leaves_the_readers_own_settings_alone():
    before = dict(matplotlib.rcParams)
    style.marked(drawings.device_check.__wrapped__(), synthetic=True)
    assert dict(matplotlib.rcParams) == before


def test_long_words_end_in_an_ellipsis():
    assert style.wrap("a very long label of a variable", 12, 1) == "a very …"


@pytest.fixture(scope="module")
def residuals():
    """A finished figure of people."""
    return style.marked(drawings.residual_checks.__wrapped__(), synthetic=False)


def test_a_real_cohort_is_never_called_synthetic(residuals):
    assert "SYNTHETIC" not in drawings.words(residuals)
    assert residuals.compendium_alt.startswith("Residuals against fitted values")


def test_a_figure_is_marked_once(residuals):
    height, texts = residuals.get_figheight(), len(residuals.texts)
    assert style.marked(residuals, synthetic=True) is residuals
    assert (residuals.get_figheight(), len(residuals.texts)) == (height, texts)


def test_what_is_not_marked_cannot_be_saved(tmp_path):
    with pytest.raises(ValueError, match="whether the patients are simulated"):
        style.save(drawings.residual_checks.__wrapped__(), tmp_path / "f")


def test_saving_writes_svg_pdf_and_png_without_date_or_version(residuals, tmp_path):
    files = style.save(residuals, tmp_path / "v1.2_name")
    assert [file.name for file in files] == [f"v1.2_name.{end}" for end in ("svg", "pdf", "png")]
    varies = rb"<dc:date>|/CreationDate|/ModDate|/Producer|/Creator\b|Software"
    assert not any(re.search(varies, file.read_bytes()) for file in files)


def test_words_stay_words_in_svg_and_letters_in_pdf(tmp_path):
    said = 'a < b & "c" costs $5 to $6 -- ]]> $\\frac$ \\alpha_1'
    fig = style.sheet(style.COLUMN, 40)
    with matplotlib.rc_context(style.RC):
        fig.subplots().set_xlabel(said)
    svg, pdf, _ = style.save(style.marked(style.finish(fig, alt=said), True), tmp_path / "f")
    texts = [e for e in ET.parse(svg).iter() if e.tag.endswith("}text")]
    assert said in [e.text for e in texts] and "'Arial', 'Helvetica'" in texts[0].get("style")
    assert b"/Type3" not in pdf.read_bytes() and b"/CIDFontType2" in pdf.read_bytes()


def test_without_a_helvetica_every_sign_is_still_drawn():
    with matplotlib.rc_context(style.RC | {"font.sans-serif": ["No such face", "DejaVu Sans"]}):
        paths = fontManager._find_fonts_by_props(FontProperties())
    assert get_font(paths[-1:]).get_char_index(ord("⬢"))


def test_the_note_is_kept_for_the_caption_and_not_drawn():
    fig = style.finish(style.sheet(style.COLUMN, 40), alt="Nothing.", note="A note.")
    style.marked(fig, synthetic=True)
    assert fig.compendium_note == "A note." and [t.get_text() for t in fig.texts] == [style.MARK]


def test_a_notebook_shows_the_figure_with_its_description(residuals):
    png, about = residuals._repr_png_()
    assert png.startswith(b"\x89PNG") and about["alt"] == residuals.compendium_alt


def test_a_figure_gets_its_frames_as_they_may_be_said():
    seen = []
    draw = style.figure(lambda *frames: seen.extend(frames))
    counts = pd.DataFrame({"n": [3, 30], "mean": [1.0, 2.0]})
    features = pd.DataFrame({"n": [3, 30]}, index=["p1", "p2"])
    draw(counts, features)
    assert seen[0].astype(str)["n"].tolist() == ["<5", "30"] and seen[1] is features
    assert seen[0]["mean"].isna().tolist() == [True, False] and counts["n"].tolist() == [3, 30]


def test_a_title_never_follows_the_labels_of_a_row_below():
    fig = style.sheet(style.FULL, 80)
    above, below = fig.subfigures(2, 1)
    axes = [part.add_axes((x, 0.2, 0.3, 0.5)) for part in (above, below) for x in (0.1, 0.6)]
    for ax, letter in zip(axes, "abcd", strict=True):
        style.panel(ax, letter, "A title as long as half of the page" if letter == "a" else "Short")
    axes[3].set_yticks([0, 1], ["", "a label longer than the gap between them"])
    assert drawings.faults(style.finish(fig, alt="Four panels.")) == []
