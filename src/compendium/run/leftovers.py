"""What a run was working on when it ended: nothing of it stays, however it ended."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from compendium.problems import InputRefused
from compendium.run.results import PENDING


@contextlib.contextmanager
def swept(folder: Path, lock: Callable | None) -> Iterator[None]:
    """Remove now what runs that were killed left half made, and what this one leaves when it ends.

    Parameters
    ----------
    folder : this run's, under that of all runs.
    lock : a context for a run's folder, refused while another process holds it; None where
        processes cannot be told apart: there only this run's folder is swept.
    """
    for pending in folder.parent.glob(f"*/{PENDING}") if lock else ():
        if (pending.parent / ".lock").is_file():  # a notebook run by hand has none
            with contextlib.suppress(InputRefused, OSError), lock(pending.parent):
                shutil.rmtree(pending, ignore_errors=True)
    try:
        yield
    finally:
        shutil.rmtree(folder / PENDING, ignore_errors=True)
