"""The published claims, and invented results that agree with all of them."""

from compendium.report import published

SHIPPED = published.shipped()


def site(block: str, low: float | None, high: float | None) -> dict:
    return {"block": block, "low": low, "high": high, "r_low": low, "r_high": high}


AGREEING = {
    "01_cohort": {"n_analysed": 454},
    "02_clustering": {
        "n_clusters": 2,
        "phenotypes": [
            {"name": "Mild", "n": 288, "share": 288 / 454},
            {"name": "Severe", "n": 166, "share": 166 / 454},
        ],
        "differences": [
            site("thickness", -1.0, -0.5), site("thickness", -0.9, -0.1),
            site("echogenicity", 0.5, 1.0), site("echogenicity", 0.1, 0.9),
        ],
    },
    "03_stability": {"by_k": [{"k": 2, "silhouette": 0.2}, {"k": 3, "silhouette": 0.1}]},
    "04_validation": {
        "validators": [
            site("mmt", -0.4, -0.2), site("mmt", -0.3, -0.1),
            site("cmap", -0.4, -0.2), site("cmap", -0.2, 0.1), site("cmap", -0.3, -0.1),
        ]
    },
    "05_regression": {
        "models": [
            {"model": "crude", "primary": True, "estimate": -5.0, "low": -6.0, "high": -4.0,
             "p": 1e-9},
            {"model": "adjusted", "primary": False, "estimate": 1.0, "low": 0.0, "high": 2.0,
             "p": 0.04},
            {"model": "adjusted", "primary": True, "estimate": -3.841, "low": -5.414,
             "high": -2.268, "p": 2e-6},
        ]
    },
}
