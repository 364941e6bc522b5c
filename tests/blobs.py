"""Two made-up groups of patients, shared by the tests of scaling, clustering and phenotyper."""

import json

import numpy as np
import pandas as pd
import pytest

from compendium.data import codebook
from compendium.data.cohort import Cohort
from compendium.phenotypes import assignment, clustering

HEADER = (
    "name,label,role,block,type,unit,worse,levels,hard_min,hard_max,soft_min,soft_max,per_device"
)
ROWS = (
    "pid,Patient,identifier,,text,,,,,,,,",
    "machine,Machine,device,,category,,,A|B|C,,,,,",
    "thick,Thickness,feature,size,number,mm,low,,-100,200,,,",
    "bright,Brightness,feature,grey,number,au,high,,,400,,,{per_device}",
    "wide,Width,feature,size,number,mm²,none,,,,,,",
    "hard,Hardness,feature,grey,number,,high,,,,,,",
    "deep,Depth,feature,size,number,mm,low,,,,,,",
)


@pytest.fixture(scope="module")
def blobs():
    """120 patients in two groups 4 SD apart; the second 40 are thinner and brighter."""
    rng = np.random.default_rng(3)
    worse = np.r_[np.zeros(80), np.ones(40)]
    noise = rng.normal(size=(120, 5))
    values = noise + worse[:, None] * np.array([-4.0, 4.0, 0.0, 4.0, -4.0])
    values = values * [3, 10, 1, 2, 5] + [30, 80, 9, 20, 60]
    names = ["thick", "bright", "wide", "hard", "deep"]
    return pd.DataFrame(values, columns=names, index=[f"p{i:03d}" for i in range(120)])


@pytest.fixture(scope="module")
def make_cohort(tmp_path_factory):
    def make(X, device=None, per_device="no"):
        path = tmp_path_factory.mktemp("book") / "codebook.csv"
        path.write_text("\n".join((HEADER, *ROWS)).format(per_device=per_device), encoding="utf-8")
        data = X.assign(machine=pd.Categorical(["A"] * len(X) if device is None else device))
        return Cohort(
            data, codebook.read_codebook(path), pd.DataFrame(), len(X), True, pd.DataFrame()
        )

    return make


@pytest.fixture(scope="module")
def cohort(blobs, make_cohort):
    return make_cohort(blobs)


@pytest.fixture(scope="module")
def clustered(cohort):
    return clustering.cluster_cohort(cohort, n_init=10)


@pytest.fixture(scope="module")
def portable(clustered):
    return json.loads(json.dumps(assignment.phenotyper(clustered, synthetic=True)))


@pytest.fixture(scope="module")
def outlying(make_cohort, blobs):
    """The same, two of them so far off that they are the more severe cluster."""
    far = blobs.copy()
    far.iloc[:2] += [-600, 2000, 500, 400, -1000]
    return clustering.cluster_cohort(make_cohort(far), n_init=10)
