"""Loops that are compiled: numba's compiler as this package asks for it.

The machine code is kept beside the source; where that folder cannot be written, in the user's cache
or in the folder that the environment variable NUMBA_CACHE_DIR names. Where none of them can be
written it is kept nowhere: the loops are compiled again in every process, which takes it half a
minute more, and every number is the same.
"""

from __future__ import annotations

from collections.abc import Callable

import numba


def compiled(function: Callable) -> Callable:
    """The function in machine code from its first call on, and without Python's lock, so that
    threads run side by side."""
    try:
        return numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:  # no folder in which the code can be kept
        return numba.njit(nogil=True)(function)
