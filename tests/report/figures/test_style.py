"""The visual language: colours, sizes, saving."""

import itertools

import drawings
import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from compendium.report.figures import style

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


@pytest.mark.parametrize("k", range(2, 9))
def test_the_mildest_and_the_most_severe_keep_their_colours_for_every_k(k):
    ends = style.phenotype_colours(k)[0], style.phenotype_colours(k)[-1]
    assert ends == style.phenotype_colours(2)


def test_markers_tell_eight_phenotypes_apart_without_colour():
    assert len(set(style.phenotype_markers(8))) == 8


@pytest.mark.parametrize("colour", ["#ffff00", "#e3b94d", "#2e6da4"])
def test_coloured_words_stand_out_from_white(colour):
    light = linear(style.readable(colour)) @ [0.2126, 0.7152, 0.0722]
    assert 1.05 / (light + 0.05) >= 4.5


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
    assert residuals.compendium_alt.startswith("Residuals of 60 patients")


def test_a_figure_is_marked_once(residuals):
    height, texts = residuals.get_figheight(), len(residuals.texts)
    assert style.marked(residuals, synthetic=True) is residuals
    assert (residuals.get_figheight(), len(residuals.texts)) == (height, texts)


def test_what_is_not_marked_cannot_be_saved(tmp_path):
    with pytest.raises(ValueError, match="whether the patients are simulated"):
        style.save(drawings.residual_checks.__wrapped__(), tmp_path / "f")


def test_saving_writes_svg_and_png_without_date_or_version(residuals, tmp_path):
    svg, png = style.save(residuals, tmp_path / "v1.2_name")
    assert (svg.name, png.name) == ("v1.2_name.svg", "v1.2_name.png")
    assert b"<dc:date>" not in svg.read_bytes() and b"Software" not in png.read_bytes()


def test_a_notebook_shows_the_figure_with_its_description(residuals):
    png, about = residuals._repr_png_()
    assert png.startswith(b"\x89PNG") and about["alt"] == residuals.compendium_alt


def test_a_title_never_follows_the_labels_of_a_row_below():
    fig = style.sheet(180, 80)
    above, below = fig.subfigures(2, 1)
    axes = [part.add_axes((x, 0.2, 0.3, 0.5)) for part in (above, below) for x in (0.1, 0.6)]
    for ax, letter in zip(axes, "abcd", strict=True):
        style.panel(ax, letter, "A title as long as half of the page" if letter == "a" else "Short")
    axes[3].set_yticks([0, 1], ["", "a label longer than the gap between them"])
    assert drawings.faults(style.finish(fig, alt="Four panels.")) == []
