"""Compile everything that is compiled, once, so that no notebook waits for it.

``python -m compendium.compiled``, the last step of making the environment: the k-means kernel and
the two laws of the severity axis are used once, and their compiled copies stay on the disk.
"""

from __future__ import annotations

import numpy as np

from compendium import lloyd, nulls


def use_once() -> np.ndarray:
    """One small cohort (60 × 3) through the kernel and null L; its drawn twin."""
    rng = lloyd.generator(0)
    Z = nulls.zscore(rng.normal(size=(60, 3)))
    labels, _ = lloyd.best_fit(Z, 2, lloyd.starts(rng, 2, 2))
    lloyd.exchange(Z, labels, 2)
    return nulls.severity_continuum(Z, nulls.course(Z), 0, "CL")["L"].draw(rng)


if __name__ == "__main__":
    use_once()
