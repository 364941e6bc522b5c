"""The numbers behind the synthetic cohort, read from ``data/synthetic_model.yml``, which says what
each of them means: every one is an estimate."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import yaml

from compendium import PROJECT


@dataclass(frozen=True)
class Feature:
    """An ultrasound feature or a CMAP: level, spread, reliability, and what it is loaded on."""

    name: str
    mean: float
    gap: float  # severe minus mild level, before gap_scale
    sd: float  # within a level, as observed
    region: str
    regional: float
    muscle: str = ""
    local: float = 0.0  # loading on the muscle's own value
    icc: float = 1.0  # one rater, one side
    sided: bool = True

    @property
    def block(self):
        return self.name.split("_")[0]

    @property
    def columns(self):
        """Its columns in the file."""
        return (self.name + "_l", self.name + "_r") if self.sided else (self.name,)

    @property
    def error(self):
        """Variance of one scan around the patient's value, in variances of the observed mean."""
        if not self.sided:
            return 1 - self.icc
        r = self.icc - NUMBERS.side_share  # correlation of the two sides
        return 2 * (1 - r) / (1 + r)


def _read():
    content = yaml.safe_load((PROJECT / "data" / "synthetic_model.yml").read_text("utf-8"))
    for kind in ("features", "responses"):
        content[kind] = [Feature(name, **row) for name, row in content[kind].items()]
    content["domains"] = {k: SimpleNamespace(**row) for k, row in content["domains"].items()}
    content = {name: _arrays(value) for name, value in content.items()}
    return SimpleNamespace(**content | {"mrc": SimpleNamespace(**content["mrc"])})


def _arrays(value):
    """Lists of numbers as arrays, also within a table; everything else as it is."""
    if isinstance(value, dict):
        return {name: _arrays(one) for name, one in value.items()}
    numbers = isinstance(value, list) and not isinstance(np.ravel(value)[0], (str, Feature))
    return np.array(value) if numbers else value


NUMBERS = _read()
