"""Invented frames for the tests of figures, one builder a drawing, and what to look at in each."""

from functools import cache
from types import SimpleNamespace
from unittest.mock import patch
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from matplotlib.text import Text

from compendium.data.columns import Column
from compendium.report import figures

NAMES = {
    2: ("Mild", "Severe"), 3: ("Mild", "Moderate", "Severe"),
    8: tuple(f"Severity {i}" for i in range(1, 9)),
}


def columns(p=6):
    """Columns of two blocks, some with long labels."""
    return tuple(
        Column(
            f"x{i}", f"Variable {i}" + " with a long name" * (i % 3), "feature",
            "size" if i < p / 2 else "tone", "number", "mm" if i < p / 2 else "", "low", (),
            None, None, None, None,
        )
        for i in range(p)
    )


def patients(n=60, p=6):
    rng = np.random.default_rng(1)
    return pd.DataFrame(rng.normal(20, 4, (n, p)), columns=[f"x{i}" for i in range(p)])


@cache
def cohort_overview(synthetic=True, p=6, n_missing=3):
    flow = pd.DataFrame({
        "step": ["Read from the file", "Eligible"], "reason": ["", "not eligible by the codebook"],
        "left_out": [0, 7], "remaining": [67, 60],
    })
    cols = columns(p)
    gaps = pd.DataFrame({
        "label": [c.label for c in cols], "block": [c.block for c in cols],
        "n_missing": [n_missing] * p, "n": 60,
    })
    r = patients(p=p).corr().set_axis(gaps["label"], axis=0)
    return figures.cohort_overview(flow, gaps, r, list(gaps["block"]), synthetic=synthetic)


@cache
def distributions(synthetic=True, n=60, p=6):
    return figures.distributions(patients(n, p), columns(p), synthetic=synthetic)


def device_frame():
    return pd.DataFrame([
        {"device": "Scanner", "level": d, "feature": c.name, "label": c.label, "block": c.block,
         "n": 30, "mean_z": z, "low": z - 0.1, "high": z + 0.1}
        for c in columns() for d, z in (("A", 0.2), ("B", -0.2))
    ])


@cache
def device_check(synthetic=True):
    return figures.device_check(device_frame(), synthetic=synthetic)


def profile_frame(k=2, p=6):
    return pd.DataFrame([
        {"feature": c.name, "label": c.label, "block": c.block, "worse": c.worse, "phenotype": name,
         "n": 30, "z_mean": z, "z_low": z - 0.2, "z_high": z + 0.2}
        for c in columns(p) for z, name in zip(np.linspace(1, -1, k), NAMES[k], strict=True)
    ])


@cache
def phenotype_profile(synthetic=True, n=60, k=2, p=6):
    scores = np.random.default_rng(2).normal(size=(n, 2))
    pca = SimpleNamespace(scores=scores, explained=np.array([0.4, 0.2]))
    return figures.phenotype_profile(
        profile_frame(k, p), pca, np.arange(n) % k, NAMES[k], synthetic=synthetic
    )


def choices(sites=2):
    """Agreement of other choices, the last one impossible."""
    kinds = ["algorithm", "scaling", *["site left out"] * sites, "adjustment"]
    names = ["Ward", "robust", *(f"Centre_{i}" for i in range(1, sites + 1)), "residuals"]
    ari = np.append(np.linspace(0.2, 0.9, sites + 2), np.nan)
    n = [60] * (sites + 2) + [0]
    return pd.DataFrame({"kind": kinds, "choice": names, "ari": ari, "moved": 0.5 - ari / 2,
                         "n": n, "note": ""})


@cache
def stability_overview(synthetic=True, n=60, k=2, sites=2):
    rng, ks = np.random.default_rng(3), (2, 3, 8)
    by_k = pd.DataFrame({"k": ks, "silhouette": (0.3, 0.2, 0.1)})
    ari = pd.DataFrame([
        {"k": k, "scheme": s, "ari": a} for k in ks for s in ("bootstrap_oob", "subsample_80")
        for a in rng.uniform(0.5, 1, 20)
    ])
    jaccard = pd.DataFrame([
        {"k": k, "cluster": i, "phenotype": name, "mean": 0.8, "sd": 0.05}
        for k in ks for i, name in enumerate(NAMES[k])
    ])
    each = pd.DataFrame({"k": k, "label": np.arange(n) % k, "silhouette": rng.uniform(-0.1, 1, n)})
    return figures.stability_overview(
        by_k, ari, jaccard, each, choices(sites), n_clusters=k, synthetic=synthetic
    )


def certainty_frame(n=60, k=2):
    """Shares from 0.5 to 1 in every phenotype, so that a tenth of them are core patients."""
    share = np.linspace(1, 0.5, n)
    return pd.DataFrame({"k": k, "label": np.arange(n) % k, "same_phenotype": share,
                         "margin": 2 * share, "core": share >= 0.95, "out_of_bag": 37})


@cache
def certainty(synthetic=True, n=60, k=2):
    return figures.certainty(certainty_frame(n, k), NAMES[k], n_clusters=k, synthetic=synthetic)


def nulls_frame(ks=(2, 3), observed=0.5):
    """All five statistics between bands of 0.4 to 0.6."""
    statistics = ("silhouette", "cluster index", "resampled ARI", "smallest Jaccard",
                  "prediction strength")
    return pd.DataFrame([
        {"k": k, "null": null, "statistic": s, "observed": observed, "mean": 0.5, "low": 0.4,
         "high": 0.6, "n_draws": 999 if s in statistics[:2] else 79}
        for k in ks for null in "ABCL" for s in statistics
    ])


@cache
def beside_nulls(synthetic=True, cohorts=2, ks=(2, 3)):
    verdict = "Rung 3 of 3 at α = 0.05. There is grouping beyond any single severity axis of " \
        "this form (null L), and patients thin out between the groups (density at the valley " \
        "0.56 of the lower peak)."
    shown = [(f"Cohort {i + 1}", verdict, nulls_frame(ks)) for i in range(cohorts)]
    return figures.beside_nulls(shown, n_clusters=2, synthetic=synthetic)


def axis_frame(n=60):
    y = np.sort(np.random.default_rng(4).normal(size=n))
    return pd.DataFrame({"main course": y, "centroid axis": -y})


@cache
def severity_axis(synthetic=True, n=60, k=2):
    dip = pd.DataFrame({
        "axis": ["main course", "centroid axis"], "p": [0.2, 0.031], "p_holm": [0.2, 0.062],
        "reference": ["uniform law", "null C"], "n_draws": [10_000, 999],
        "valley_to_peak": [1, 0.5], "ashman_d": [2.5, 3],
    })
    labels = np.arange(n) * k // n
    return figures.severity_axis(axis_frame(n), labels, NAMES[k], dip, synthetic=synthetic)


def effects(rows=5):
    return pd.DataFrame([
        {"label": f"Test {i}", "block": "grades" if i < 3 else "amplitudes", "unit": "mV",
         "contrast": "Severe − Mild", "n_reference": 40, "n_compared": 20, "effect": -0.4,
         "low": -0.6, "high": -0.2, "p": 0.004, "p_adjusted": 0.02,
         "statistic": "Cliff's δ" if i < 3 else "Hedges' g"}
        for i in range(rows)
    ])


@cache
def validation_forest(synthetic=True, rows=5):
    return figures.validation_forest(effects(rows), names=NAMES[2], synthetic=synthetic)


def differences():
    return pd.DataFrame([
        {"outcome": o, "outcome_label": label, "unit": unit, "model": model, "phenotype": "Severe",
         "reference": "Mild", "n": 58, "n_missing": 2, "estimate": -4.0, "low": -6.0, "high": -2.0,
         "p": 0.0001}
        for o, label, unit in (("walk", "Walking", "m"), ("talk", "Talking", "points"))
        for model in ("crude", "adjusted")
    ])


def regression_forest(synthetic=True, published=None):
    return figures.regression_forest(differences(), published=published, synthetic=synthetic)


@cache
def residual_checks(synthetic=True, n=60):
    values = patients(n, 2).set_axis(["fitted", "residual"], axis=1)
    return figures.residual_checks(values, outcome="Walking (m)", synthetic=synthetic)


def claims():
    return pd.DataFrame({
        "claim": ["so many were analysed", "the difference was negative"],
        "published": [454, "negative"], "ours": [440, "6 of 6 sites"], "tolerance": [20, None],
        "unit": "", "tuned": ["yes", "no"], "verdict": ["calibrated: match"] * 2,
    })


@cache
def ledger(synthetic=True):
    return figures.ledger(claims(), synthetic=synthetic)


DRAWINGS = (
    cohort_overview, distributions, device_check, phenotype_profile, stability_overview, certainty,
    beside_nulls, severity_axis, validation_forest, regression_forest, residual_checks, ledger,
)


_texts = WeakKeyDictionary()  # a finished figure is not changed, so it is drawn once


def drawn_texts(fig):
    """Every piece of text that is really drawn, with its box in pixels."""
    if fig not in _texts:
        _texts[fig] = _drawn_texts(fig)
    return _texts[fig]


def _drawn_texts(fig):
    found, draw = [], Text.draw

    def record(text, renderer, *args, **kwargs):
        if text.get_visible() and text.get_text().strip():
            found.append((text.get_text(), text.get_window_extent(renderer), text.get_fontsize()))
        return draw(text, renderer, *args, **kwargs)

    with patch.object(Text, "draw", record):
        fig.draw_without_rendering()
    return found


def words(fig):
    return " | ".join(text for text, _, _ in drawn_texts(fig))


def collisions(fig):
    """Texts that leave the page or touch another text, by more than a pixel."""
    texts, page = drawn_texts(fig), fig.bbox
    bad = [
        t for t, b, _ in texts
        if b.x0 < page.x0 - 1 or b.x1 > page.x1 + 1 or b.y0 < page.y0 - 1 or b.y1 > page.y1 + 1
    ]
    for i, (one, a, _) in enumerate(texts):
        for two, b, _ in texts[:i]:
            wide = min(a.x1, b.x1) - max(a.x0, b.x0)
            tall = min(a.y1, b.y1) - max(a.y0, b.y0)
            if wide > 1.5 and tall > 3:
                bad.append(f"{one} / {two}")
    return bad


def marks(fig):
    """How many marks (with a marker, at finite places) the axes hold."""
    return sum(
        int(np.isfinite(np.asarray(line.get_xydata(), dtype=float)).all(axis=1).sum())
        for ax in fig.axes for line in ax.lines if line.get_marker() not in ("None", "", None)
    )
