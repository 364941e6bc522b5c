"""One set of bootstraps for two notebooks: the second reads what the first wrote.

The bootstraps of the whole pipeline give intervals of the features' differences and of the
outcome's coefficient. Both come from one pass: notebook 2 runs it and keeps the coefficients of
every replicate as a model file (no patient is in it), notebook 5 takes them from there if they were
made of the same patients by the same choices, and runs the pass itself if not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from compendium import pipeline
from compendium.codebook import Column
from compendium.cohort import Cohort

if TYPE_CHECKING:
    from compendium.display import Progress

MODEL = "pipeline_bootstraps"
BLOCKS = ("sizes", "beta_crude", "beta_adjusted")
WORDS = ("failures", "names", "n", "n_crude", "n_adjusted", "oriented")


def made_of(cohort: Cohort, covariates: Sequence[Column], choices: Mapping) -> dict:
    """What replicates follow from: the patients, the covariates and the choices of
    ``pipeline.bootstrap``."""
    return {
        "patients": cohort.fingerprint, "covariates": [c.name for c in covariates], **choices,
    }  # fmt: skip


def record(replicates: pipeline.Replicates, ingredients: Mapping) -> dict:
    """The coefficients of every replicate as plain data, with what they were made of."""
    kept = {name: getattr(replicates, name) for name in (*BLOCKS, *WORDS)}
    return {"made_of": dict(ingredients), **kept}


def recalled(folder: Path, ingredients: Mapping) -> pipeline.Replicates | None:
    """The replicates kept in a run's folder; None where there are none of the same making.

    Their features are not kept: ``smd`` has no column.
    """
    path = folder / "models" / f"{MODEL}.json"
    if not path.is_file():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    if kept.get("made_of") != dict(ingredients):
        return None
    arrays = {name: np.array(kept[name], dtype=float) for name in BLOCKS}
    return pipeline.Replicates(
        smd=np.empty((len(arrays["sizes"]), 0)), features=(), **arrays,
        **{name: tuple(kept[name]) if name == "names" else kept[name] for name in WORDS},
    )  # fmt: skip


def recalled_or_run(
    folder: Path,
    cohort: Cohort,
    covariates: Sequence[Column],
    choices: Mapping,
    progress: Progress | None = None,
) -> pipeline.Replicates:
    """The replicates of the same making that a run's folder keeps, else the pass itself.

    ``progress``: a ``display.Progress``, which is told where nothing had to be run.
    """
    found = recalled(folder, made_of(cohort, covariates, choices))
    if found is not None:
        if progress:
            progress.instead("recalled from notebook 2")
        return found
    return pipeline.bootstrap(cohort, covariates=covariates, progress=progress, **choices)
