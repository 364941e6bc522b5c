"""What one must know of a linear model to trust it: covariates that repeat each other, patients who
carry it, residuals that fan out.

References: Fox & Monette 1992 (generalised variance inflation); Koenker 1981 (studentised
Breusch–Pagan test); Cook 1977 (distance).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from compendium.design import CONSTANT, Design

VIF = ("term", "label", "df", "vif", "vif_scaled")


def variance_inflation(built: Design) -> pd.DataFrame:
    """Generalised variance inflation of every term of a design.

    Returns
    -------
    DataFrame, one row a term (phenotype or covariate): ``df`` columns of the design; ``vif`` =
    det R₁₁ · det R₂₂ / det R, 1 where the term is unrelated to the others, without upper bound;
    ``vif_scaled`` = vif^(1 / (2 df)), comparable between terms, the factor by which the standard
    error of one column grows. Checked against R's car::vif.
    """
    R = built.X.drop(columns=CONSTANT).corr()
    rows = []
    for term, inside in built.groups.items():
        outside = [name for name in R if name not in inside]
        parts = [np.linalg.det(R.loc[part, part]) for part in (list(inside), outside)]
        vif = float(np.prod(parts) / np.linalg.det(R))
        rows.append((term, built.titles[term], len(inside), vif, vif ** (1 / (2 * len(inside)))))
    return pd.DataFrame(rows, columns=list(VIF))


def diagnostics(result) -> dict[str, float]:
    """Four numbers of a statsmodels least-squares fit.

    Returns
    -------
    dict: ``breusch_pagan_p`` (studentised: do residuals fan out with the predictors?),
    ``n_influential`` (patients with a Cook's distance above 4/n), ``cook_max``, ``residual_skew``
    (third moment over the cubed SD, divisors n). Checked against R's lmtest::bptest and
    cooks.distance.
    """
    from scipy.stats import skew
    from statsmodels.stats.diagnostic import het_breuschpagan

    cook = result.get_influence().cooks_distance[0]
    return {
        "breusch_pagan_p": float(het_breuschpagan(result.resid, result.model.exog)[1]),
        "n_influential": int((cook > 4 / result.nobs).sum()),
        "cook_max": float(cook.max()),
        "residual_skew": float(skew(result.resid)),
    }
