"""Features beside a continuum that was cut, and one coefficient by kind of interval."""

import drawings
import numpy as np
import pandas as pd
import pytest

from compendium.report.figures import forests


def differences(p=6):
    rows = [
        {"feature": c.name, "label": c.label, "block": c.block, "smd": s, "low": s - 0.2,
         "high": s + 0.3, "n": 60}
        for c, s in zip(drawings.columns(p), np.linspace(-2, 2, p), strict=True)
    ]
    return pd.DataFrame(rows)


def cut(p=6):
    features = [c.name for c in drawings.columns(p)]
    mean = np.linspace(-1.8, 1.8, p)
    return pd.DataFrame({"feature": features, "null_mean": mean, "null_low": mean - 0.2,
                         "null_high": mean + 0.2, "n_draws": 99})


def features(p=6, k=2, synthetic=True, table=None, band=None):
    table, band = differences(p) if table is None else table, cut(p) if band is None else band
    return forests.feature_differences(
        table, band, names=drawings.NAMES[k], synthetic=synthetic
    )


def kinds(**changed):
    rows = [(kind, "all patients") for kind in ("Labels as known", "Bootstrap", "Cross-fitted")]
    rows.append(("Core patients", "without border patients"))
    return pd.DataFrame([
        {"kind": kind, "estimate": -4.0, "low": -6.0, "high": -2.0, "n": 58, "method": "OLS, HC3",
         "estimand": estimand}
        for kind, estimand in rows
    ]).assign(**changed)


def betas(synthetic=True, frame=None, **more):
    return forests.beta_kinds(
        kinds() if frame is None else frame, synthetic=synthetic, **more
    )


PUBLISHED = {"estimate": -3.0, "low": -5.0, "high": -1.0, "label": "A paper 2020"}


@pytest.mark.parametrize("draw", [features, betas])
def test_simulated_patients_are_called_synthetic_and_real_ones_are_not(draw):
    assert "SYNTHETIC" in drawings.words(draw())
    assert "SYNTHETIC" not in drawings.words(draw(synthetic=False))


@pytest.mark.parametrize("figure", [
    lambda: features(), lambda: features(1), lambda: features(30, 8), lambda: betas(),
    lambda: betas(published=PUBLISHED, outcome="Walking (m)"),
    lambda: betas(frame=kinds(method="a method that has many words to say for itself, and more")),
], ids=range(6))
def test_no_text_leaves_the_page_covers_another_or_is_too_small(figure):
    fig = figure()
    assert drawings.collisions(fig) == [] and fig.get_figwidth() * 25.4 <= 180.001
    assert min(size for _, _, size in drawings.drawn_texts(fig)) >= 6


@pytest.mark.parametrize("draw", [features, betas])
def test_the_description_is_one_sentence_that_owns_up_to_simulation(draw):
    assert draw().compendium_alt.startswith("Simulated patients. Forest plot")
    assert draw(synthetic=False).compendium_alt.startswith("Forest plot")


def test_nothing_to_draw_gives_no_figure():
    assert features(table=differences().iloc[:0]) is None
    assert betas(frame=kinds().iloc[:0]) is None


def test_every_feature_has_its_mark_interval_and_band():
    fig = features()
    bars = fig.axes[0].patches
    assert drawings.marks(fig) == 6 and len(bars) == 6
    assert bars[0].get_x() == pytest.approx(-2.0) and bars[0].get_width() == pytest.approx(0.4)
    words = drawings.words(fig)
    assert "−2.00 (−2.20 to −1.70)" in words and "−1.80 (−2.00 to −1.60)" in words
    assert "Severe − Mild, n = 60" in words


def test_the_note_says_that_the_intervals_are_no_test():
    words = drawings.words(features()).replace("\n", " ")
    assert "used to build the clusters" in words and "is no test" in words


def test_a_difference_without_an_interval_keeps_its_mark_and_says_so():
    table = differences()
    table.loc[1, ["low", "high"]] = np.nan
    fig = features(table=table)
    assert drawings.marks(fig) == 6 and "−1.20 (no interval)" in drawings.words(fig)


def test_a_difference_that_cannot_be_estimated_keeps_its_row():
    table = differences()
    table.loc[1, ["smd", "low", "high"]] = np.nan
    fig = features(table=table)
    assert drawings.marks(fig) == 5 and drawings.words(fig).count("not estimable") == 1


def test_without_a_null_the_features_stand_alone():
    band = cut().assign(null_mean=np.nan, null_low=np.nan, null_high=np.nan, n_draws=0)
    fig = features(band=band)
    assert drawings.marks(fig) == 6 and not fig.axes[0].patches
    assert "draws" not in drawings.words(fig)


def test_another_estimand_has_a_mark_of_its_own_and_is_explained():
    fig = betas()
    faces = [line.get_markerfacecolor() for line in fig.axes[0].lines if len(line.get_xdata())
             and line.get_marker() != "None"]
    assert faces.count("white") == 1 and drawings.marks(fig) == 4
    markers = [line.get_marker() for line in fig.axes[0].lines if len(line.get_xdata())]
    assert markers.count("^") == 1
    words = drawings.words(fig)
    assert "WITHOUT BORDER PATIENTS" in words and "Triangle: another estimand" in words


def test_one_estimand_needs_no_explanation():
    assert "Triangle" not in drawings.words(betas(frame=kinds(estimand="all patients")))


def test_the_published_estimate_is_one_hollow_mark_more():
    fig = betas(published=PUBLISHED)
    assert drawings.marks(fig) == 5
    assert "A paper 2020" in drawings.words(fig) and "−3.00 (−5.00 to −1.00)" in drawings.words(fig)


def test_estimate_interval_n_and_method_stand_beside_every_mark():
    words = drawings.words(betas(frame=kinds().iloc[:1], outcome="Walking (m)"))
    for word in ("58", "−4.00 (−6.00 to −2.00)", "OLS, HC3", "Difference in Walking (m)"):
        assert word in words


def test_an_interval_that_could_not_be_made_keeps_its_row():
    frame = kinds()
    frame.loc[1, ["estimate", "low", "high"]] = np.nan
    fig = betas(frame=frame)
    assert drawings.marks(fig) == 3 and "not estimable" in drawings.words(fig)


def test_zero_is_always_on_the_axis():
    for fig in (features(1), betas()):
        low, high = fig.axes[0].get_xlim()
        assert low < 0 < high


def test_the_title_names_the_phenotypes_that_are_compared():
    assert "Third − First, by kind of interval" in drawings.words(betas(contrast="Third − First"))


def test_where_nothing_could_be_estimated_no_scale_is_invented():
    lost = kinds(estimate=np.nan, low=np.nan, high=np.nan)
    assert betas(frame=lost).axes[0].get_xticks().tolist() == [0]
