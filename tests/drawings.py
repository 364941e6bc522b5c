"""Invented frames for the tests of figures, one builder a drawing, and what to look at in each.

A drawing is made once for all tests. It is laid out, which takes most of the time, only where it
matters: in ``faults``, and by ``style.marked``.
"""

from functools import cache, wraps
from inspect import signature
from itertools import product
from types import SimpleNamespace
from unittest.mock import patch
from weakref import WeakKeyDictionary

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text

from compendium.data.columns import Column
from compendium.report import figures
from compendium.report.figures import style
from compendium.sensitivity.intervals import REPEATED, UNADJUSTED
from compendium.sensitivity.specifications import DECISIONS

NAMES = {
    2: ("Mild", "Severe"), 3: ("Mild", "Moderate", "Severe"),
    8: tuple(f"Severity {i}" for i in range(1, 9)),
}
PUBLISHED = {"estimate": -3.0, "low": -5.0, "high": -1.0, "label": "A paper 2020", "sizes": (2, 3)}
GRADES = (("grades", 1),)
VERDICT = ("Groups (verdict 3 of 3): a smooth continuum without groups does not explain these "
           "patients (p ≤ 0.001), "
           "and few lie between (15 % of an even spread, 95 % CI 3 % to 24 %).")
BLOCKS = (("grades", 6), ("amplitudes", 4))  # of validators, with how many
DRAWINGS = {}


def drawing(build):
    """A builder of an unmarked figure, made once and known by name."""
    kept, form = cache(build), signature(build)

    @wraps(build)
    def drawn(*given, **named):
        every = form.bind(*given, **named)
        every.apply_defaults()  # a default that is said makes no second drawing
        return kept(*every.args)

    return DRAWINGS.setdefault(build.__name__, drawn)


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


@drawing
def cohort_overview(p=6, n_missing=7):
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
    return figures.cohort_overview(flow, gaps, r, list(gaps["block"]))


@drawing
def distributions(n=60):
    return figures.distributions(patients(n), columns())


def device_frame():
    return pd.DataFrame([
        {"device": "Scanner", "level": d, "feature": c.name, "label": c.label, "block": c.block,
         "n": 30, "mean_z": z, "low": z - 0.1, "high": z + 0.1}
        for c in columns() for d, z in (("A", 0.2), ("B", -0.2))
    ])


@drawing
def device_check():
    return figures.device_check(device_frame())


def profile_frame(k=2, p=6):
    return pd.DataFrame([
        {"feature": c.name, "label": c.label, "block": c.block, "worse": c.worse, "phenotype": name,
         "n": 30, "z_mean": z, "z_low": z - 0.2, "z_high": z + 0.2}
        for c in columns(p) for z, name in zip(np.linspace(1, -1, k), NAMES[k], strict=True)
    ])


def pca(n):
    scores = np.random.default_rng(2).normal(size=(n, 2))
    return SimpleNamespace(scores=scores, explained=np.array([0.4, 0.2]))


@drawing
def phenotype_profile(n=60, k=2, p=6):
    profile, labels = profile_frame(k, p), np.arange(n) % k
    return figures.phenotype_profile(profile, pca(n), labels, NAMES[k])


@drawing
def stability_overview(n=60, k=2):
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
    return figures.stability_overview(by_k, ari, jaccard, each, n_clusters=k)


STATISTICS = ("silhouette", "cluster index", "resampled ARI", "smallest Jaccard",
              "prediction strength")


def nulls_frame(ks=(2, 3), observed=0.5, statistics=STATISTICS):
    """Statistics between bands of 0.4 to 0.6."""
    return pd.DataFrame([
        {"k": k, "statistic": s, "observed": observed, "mean": 0.5, "low": 0.4,
         "high": 0.6, "n_draws": 99}
        for k in ks for s in statistics
    ])


@drawing
def beside_nulls(ks=(2, 3)):
    return figures.beside_nulls(nulls_frame(ks), n_clusters=2)


def spread(n=200, few=3):
    """Patients in ten bins: two peaks over a band with one, and one bin of few."""
    seen = np.array([few, 10, 30, 20, 4, 6, 25, 20, 12, 0]) * n // 130
    edges = np.linspace(-3, 3, 11)
    return pd.DataFrame({"left": edges[:-1], "right": edges[1:], "observed": seen, "low": 5.0,
                         "high": 0.16 * n})


@drawing
def along_axis(cohorts=2, ordered=True):
    shown = [(f"Cohort {i + 1}", VERDICT, spread()) for i in range(cohorts)]
    return figures.along_axis(shown, ordered=ordered)


def effects(rows=5):
    return pd.DataFrame([
        {"label": f"Test {i}", "block": "grades" if i < 3 else "amplitudes", "unit": "mV",
         "effect": -0.4, "n": 60 - i, "low": -0.6, "high": -0.2, "p_adjusted": 0.02,
         "statistic": "Cliff's δ" if i < 3 else "Hedges' g"}
        for i in range(rows)
    ])


@drawing
def validation_forest(rows=5):
    return figures.validation_forest(effects(rows), names=NAMES[2])


def ways(k=2):
    return pd.DataFrame([
        {"phenotype": name, "reference": "Mild", "kind": kind, "n": 1058, "estimate": -4.0,
         "low": -6.0, "high": -2.0}
        for name in NAMES[k][1:] for kind in ("adjusted", UNADJUSTED, REPEATED)
    ])


@drawing
def regression_forest(k=2, published=False):
    stated = PUBLISHED if published else None
    return figures.regression_forest(ways(k), outcome="Walking", unit="m", published=stated,
                                     adjusted_for=["age", "sex"])


def feature_frame(p=6):
    mean = np.linspace(-1.8, 1.8, p)
    return pd.DataFrame([
        {"feature": c.name, "label": c.label, "block": c.block, "unit": c.unit, "mildest": 20.0,
         "severest": 20 + s, "smd": s, "low": s - 0.2, "high": s + 0.3, "n": 60}
        for c, s in zip(columns(p), np.linspace(-2, 2, p), strict=True)
    ]).assign(null_mean=mean, null_low=mean - 0.2, null_high=mean + 0.2, n_draws=99)


@drawing
def feature_differences(p=6, k=2):
    return figures.feature_differences(feature_frame(p), names=NAMES[k])


@drawing
def residual_checks(n=60, unit=""):
    values = patients(n, 2).set_axis(["fitted", "residual"], axis=1)
    return figures.residual_checks(values, outcome="Walking", unit=unit)


def about(block, i):
    return {"validator": f"{block}{i}", "label": f"Validator {i} of a block of {block}"[: 22 + i],
            "block": block, "unit": "mV" if block == "amplitudes" else "MRC grade"}


def dose_frames(k=2, blocks=BLOCKS, scale=1.0):
    """Bins and slopes of validators that fall by one a unit of severity."""
    names, marks, lines = NAMES[k], [], []
    for block, count in blocks:
        for i in range(count):
            for g, name in enumerate(names):
                x = g + np.arange(4) / 4
                marks += [about(block, i) | {
                    "phenotype": name, "bin": b + 1, "n": 40, "severity": x[b],
                    "mean": scale * (9 - x[b]), "low": scale * (8.8 - x[b]),
                    "high": scale * (9.2 - x[b]),
                } for b in range(4)]
            for name, start, end in [("all", 0, k), *((n, g, g + 1) for g, n in enumerate(names))]:
                lines.append(about(block, i) | {
                    "within": name, "n": 1234, "slope": -scale, "low": -1.23 * scale,
                    "high": -0.77 * scale, "mean": scale * (9 - (start + end) / 2),
                    "severity_mean": (start + end) / 2, "severity_from": start, "severity_to": end,
                })
    return pd.DataFrame(marks), pd.DataFrame(lines)


@drawing
def dose_response(k=2, blocks=BLOCKS, scale=1.0):
    return figures.dose_response(*dose_frames(k, blocks, scale), names=NAMES[k])


def pairs(m, p, rho=None):
    """Features in three blocks against validators in two; the last block has no direction."""
    features = pd.DataFrame({
        "feature": [f"f{i}" for i in range(p)], "feature_label": [f"Muscle {i}" for i in range(p)],
        "feature_block": [("size", "tone", "nerve")[3 * i // p] for i in range(p)],
        "feature_worse": [("low", "high", "none")[3 * i // p] for i in range(p)],
    })
    validators = pd.DataFrame({
        "validator": [f"v{i}" for i in range(m)],
        "label": [f"Test {i}" + " of the left forearm" * (i % 3 == 1) for i in range(m)],
        "block": ["grades" if 2 * i < m else "amplitudes" for i in range(m)], "worse": "low",
    })
    table = features.merge(validators, how="cross")
    values = np.random.default_rng(1).uniform(-0.4, 0.55, len(table))
    return table.assign(rho=values if rho is None else rho, n=range(50, 50 + len(table)))


@drawing
def association_pattern(m=4, p=6):
    return figures.association_pattern(pairs(m, p))


LEVELS = {
    "missing": ("filled, iterative", "filled, median", "complete patients only"),
    "scaling": ("mean and SD", "median and MAD"), "features": ("as measured", "residuals"),
    "algorithm": ("k-means", "Ward", "Gaussian mixture, shared covariance"),
    "form": ("means, least squares", "medians"),
}


def curve_table(covariates=3, centre=-4.0, lost=None):
    """Invented estimates spread around a centre; the first specification is the reference."""
    sets = "none", "all", *(f"all but Covariate {i}" for i in range(covariates))
    rows = list(product(*[LEVELS.get(kind, sets) for kind in DECISIONS]))
    table = pd.DataFrame(rows, columns=list(DECISIONS))
    rng = np.random.default_rng(0)
    table["estimate"] = centre + rng.normal(0, 0.5, len(table)).round(3)
    table["low"], table["high"] = table["estimate"] - 2, table["estimate"] + 2
    table["specification"] = range(1, len(table) + 1)
    table["reference"], table["n"] = table["specification"] == 1, 60
    if lost:
        table.loc[table[lost[0]] == lost[1], ["estimate", "low", "high"]] = np.nan
    return table.sort_values("estimate", kind="stable", ignore_index=True)


@drawing
def specification_grid(covariates=3, centre=-4.0, lost=None, published=False, unit="m"):
    return figures.specification_grid(curve_table(covariates, centre, lost), outcome="Walking",
                                      unit=unit, published=PUBLISHED if published else None)


_texts = WeakKeyDictionary()  # of figures before and after they are laid out


def drawn_texts(fig):
    """Every piece of text that is really drawn, with its box in pixels, and its size."""
    laid_out = fig.get_layout_engine() is None
    known = _texts.setdefault(fig, {})
    if laid_out not in known:
        known[laid_out] = _drawn_texts(fig, laid_out)
    return known[laid_out]


@matplotlib.rc_context(style.RC)
def _drawn_texts(fig, laid_out):
    found = []

    def record(text, renderer, *_):  # in place of drawing it
        if text.get_visible() and text.get_text().strip():
            box = text.get_window_extent(renderer) if laid_out else None
            found.append((text.get_text(), box, text.get_fontsize()))

    with patch.object(Text, "draw", record), \
            patch.object(ConstrainedLayoutEngine, "execute", lambda self, fig: None):
        fig.draw_without_rendering()
    return found


def words(fig):
    """All that the figure says, with the note that will stand under it."""
    return " | ".join([*(text for text, _, _ in drawn_texts(fig)), fig.compendium_note])


def faults(fig, tallest=170):
    """What is wrong with the finished page: texts that leave it, touch another by more than a pixel
    or are under 7 points, and a page that is not 84 or 174 mm wide or is higher than
    ``tallest``."""
    texts, boxes, sizes = zip(*drawn_texts(style.marked(fig, synthetic=True)), strict=True)
    x0, y0, x1, y1 = np.array([box.extents for box in boxes]).T
    page = fig.bbox
    bad = (x0 < page.x0 - 1) | (x1 > page.x1 + 1) | (y0 < page.y0 - 1) | (y1 > page.y1 + 1)
    bad |= np.array(sizes) < 7
    wide = np.minimum.outer(x1, x1) - np.maximum.outer(x0, x0)
    tall = np.minimum.outer(y1, y1) - np.maximum.outer(y0, y0)
    pairs = np.argwhere(np.tril((wide > 1.5) & (tall > 3), -1))
    width, height = (fig.get_size_inches() * 25.4).round(3)
    return [
        *(texts[i] for i in np.flatnonzero(bad)), *(f"{texts[i]} / {texts[j]}" for i, j in pairs),
        *[f"{width} × {height} mm"] * bool(width not in (84, 174) or height > tallest),
    ]


def marks(fig):
    """How many marks (with a marker, at finite places) the axes hold."""
    return sum(
        int(np.isfinite(np.asarray(line.get_xydata(), dtype=float)).all(axis=1).sum())
        for ax in fig.axes for line in ax.lines if line.get_marker() not in ("None", "", None)
    )
