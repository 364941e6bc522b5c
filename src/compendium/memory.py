"""Memory that is no longer used goes back to the system, so that a run of processes stays small.

Python frees objects, but the C library keeps their room for later; after a large file was read,
that is several times the size of its table. Only glibc has to be asked.
"""

from __future__ import annotations

import contextlib
import ctypes


def give_back() -> None:
    """Return to the system what this process holds and does not use; nothing elsewhere than on
    glibc. No value changes."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
