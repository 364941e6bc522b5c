"""Two data sets that ship with R and scipy, on which statistics are checked against them.

R's mtcars (``mtcars[c("mpg", "cyl", "wt", "am")]``): miles per gallon, cylinders, weight, and
manual (1) or automatic (0) gearbox. Pain scores of Brunner & Munzel (2000), treated (1) or not.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

# fmt: off
MPG = [21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4,
       14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4]
CYL = [6, 6, 4, 6, 8, 6, 8, 4, 4, 6, 6, 8, 8, 8, 8, 8, 8, 4, 4, 4, 4, 8, 8, 8, 8, 4, 4, 4, 8, 6, 8,
       4]
WT = [2.62, 2.875, 2.32, 3.215, 3.44, 3.46, 3.57, 3.19, 3.15, 3.44, 3.44, 4.07, 3.73, 3.78, 5.25,
      5.424, 5.345, 2.2, 1.615, 1.835, 2.465, 3.52, 3.435, 3.84, 3.845, 1.935, 2.14, 1.513, 3.17,
      2.77, 3.57, 2.78]
# fmt: on
AM = np.array([1] * 3 + [0] * 14 + [1] * 3 + [0] * 5 + [1] * 7)
PAIN = [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1, 3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4]
TREATED = np.repeat([0, 1], [14, 11])


def mtcars(levels=("4", "5", "6", "8")) -> pd.DataFrame:
    """The cars with cylinders as a category; no car has five."""
    cyl = pd.Categorical([str(c) for c in CYL], categories=list(levels))
    return pd.DataFrame({"mpg": np.array(MPG, float), "wt": WT, "cyl": cyl})
