"""Two overlapping groups of patients, shared by the tests of agreement and alternatives."""

import numpy as np
import pandas as pd
import pytest

from compendium.data import codebook
from compendium.data.cohort import Cohort

BOOK = """name,label,role,block,type,unit,worse,levels,hard_min,hard_max,soft_min,soft_max
pid,Patient,identifier,,text,,,,,,,
centre,Centre,device,,category,,,1|2|3,,,,
age,Age,covariate,,number,years,,,,,,
sex,Sex,covariate,,category,,,male|female,,,,
thick,Thickness,feature,size,number,mm,low,,,,,
deep,Depth,feature,size,number,mm,low,,,,,
bright,Brightness,feature,grey,number,au,high,,,,,
hard,Hardness,feature,grey,number,,high,,,,,
"""
FEATURES = ["thick", "deep", "bright", "hard"]


@pytest.fixture(scope="session")
def overlapping(tmp_path_factory):
    """A function that makes n patients without gaps, a third of them ``apart`` SDs worse in every
    feature; a quarter comes from centre 2, nobody from 3."""
    path = tmp_path_factory.mktemp("overlapping") / "codebook.csv"
    path.write_text(BOOK, encoding="utf-8")
    book = codebook.read_codebook(path)

    def make(n: int = 120, apart: float = 2.0) -> Cohort:
        rng = np.random.default_rng(5)
        worse = (np.arange(n) < n // 3)[:, None] * apart
        data = pd.DataFrame(rng.normal(size=(n, 4)) + worse * [-1, -1, 1, 1], columns=FEATURES)
        data["age"], data["sex"] = rng.normal(60, 9, n), rng.choice(["male", "female"], n)
        data["centre"] = np.where(np.arange(n) % 4, "1", "2")
        return Cohort(data, book, pd.DataFrame(), n, True, pd.DataFrame())

    return make
