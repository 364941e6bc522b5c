"""Kernels that are this interpreter's, the next one made ready while one is at work.

A kernel needs seconds to start and to import what every notebook imports. While a notebook runs,
the kernel of the next does so on whatever core is idle; it costs one waiting Python more, about
200 MB. A kernel that is never taken ends with the run.

What kernels need of a user's folder (the file by which they are reached, IPython's own) lies in a
temporary one: no home is needed, and nobody's start-up files run along.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import sys
import tempfile
import uuid
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from compendium.run.results import STAGED

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
# What this process and every kernel must be allowed, with room to spare: open files, and bytes of
# address space. With less the messaging library ends the process, and nothing can be said.
_NEEDED = (("RLIMIT_NOFILE", 256, errno.EMFILE), ("RLIMIT_AS", 2**30, errno.ENOMEM))
# Executed silently: it counts as no cell, prints nowhere, and where it fails, a cell will say so.
_IMPORTS = "__import__('compendium.notebook'), __import__('compendium.report.figures')"


class Kernels:
    """The kernels of a project's notebooks; a context, with whose end none is left."""

    def __init__(self, project: Path) -> None:
        self._project, self._package = project, ""
        self._ready: deque = deque()  # managers of started kernels, each with the client it obeys
        self._own = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)

    def __enter__(self) -> Kernels:
        _allow()
        return self

    def __exit__(self, *_) -> None:
        self._end_waiting()
        self._own.cleanup()

    def prepare(self, n: int, package: str = "") -> None:
        """Let ``n`` kernels be ready or about to be; one that cannot be started is not missed
        before it is needed. ``package`` says what they import: those of another are ended."""
        if package != self._package:
            self._end_waiting()
        self._package = package
        from zmq import ZMQError

        with contextlib.suppress(OSError, ZMQError):
            while len(self._ready) < n:
                self._ready.append(self._started())

    @contextlib.contextmanager
    def taken(self) -> Iterator[type]:
        """A kernel that is ready, or else a new one; it has ended afterwards, whatever happened.
        It comes as what papermill asks for: a class which, called, gives the manager."""
        from jupyter_client import AsyncKernelManager

        manager, client = self._ready.popleft() if self._ready else self._started()

        class Taken(AsyncKernelManager):
            def __new__(cls, **_):
                return manager  # nbclient starts no manager that has a kernel

        try:
            yield Taken
        finally:
            _end(manager, client)

    def _started(self) -> tuple:
        from jupyter_client import AsyncKernelManager, BlockingKernelClient
        from jupyter_client.kernelspec import KernelSpec

        paths = filter(None, [str(self._project / "src"), os.environ.get("PYTHONPATH")])
        own = {
            **dict.fromkeys(_ONE_THREAD, "1"), "PYTHONHASHSEED": "0", "MPLBACKEND": "",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1", "IPYTHONDIR": self._own.name,
            STAGED: "1",
            "PYTHONPATH": os.pathsep.join(paths).replace("$", "$$"),  # or else it names a variable
        }
        call = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}",
                "--log-level=CRITICAL", "--HistoryManager.hist_file=:memory:"]

        class OwnKernel(AsyncKernelManager):
            kernel_spec = KernelSpec(argv=call, env=own, language="python", display_name="Python 3")

        manager = OwnKernel(connection_file=f"{self._own.name}/{uuid.uuid4().hex}.json")
        client = BlockingKernelClient()  # not manager's: two of one session get mixed answers
        try:
            asyncio.run(manager.start_kernel(cwd=str(self._project / "notebooks")))
            client.load_connection_info(manager.get_connection_info())
            client.start_channels(iopub=False, stdin=False, hb=False, control=False)
        except Exception:
            _end(manager, client)
            raise
        client.execute(_IMPORTS, silent=True)
        return manager, client

    def _end_waiting(self) -> None:
        while self._ready:
            _end(*self._ready.popleft())


def _allow() -> None:
    """Raise the limits of this process and its kernels to what is needed; where that is not
    allowed, an OSError now, and no half-started kernel later."""
    try:
        import resource
    except ImportError:  # Windows knows no such limits
        return
    for name, needed, fault in _NEEDED:
        soft, hard = resource.getrlimit(getattr(resource, name))
        if 0 <= hard < needed:
            raise OSError(fault, os.strerror(fault))
        if 0 <= soft < needed:
            resource.setrlimit(getattr(resource, name), (needed, hard))


def _end(manager, client) -> None:
    client.stop_channels()
    if manager.has_kernel:  # in a loop of its own: nbclient's may hold what an interrupt cut short
        asyncio.run(manager.shutdown_kernel(now=True))
