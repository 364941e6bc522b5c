"""Where the heavy loops run: on this machine's cores, or on a Dask cluster. The numbers are equal.

The analysis hands its tasks to :func:`each`; the context :func:`workers` says where they run and
who is told how far they are. Locally that is threads: the k-means kernel lets go of
Python's lock, so threads share the cohort and start at once.
"""

from __future__ import annotations

import contextlib
import ctypes
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from compendium.problems import InputRefused

_PATIENCE = 30  # seconds a scheduler may take to answer
NEWS = "COMPENDIUM_NEWS"  # environment variable: the file where a notebook says how far it is

Teller = Callable[[str], Callable[[int, int], None]]  # of what, then tasks done and all tasks
_TELLER: ContextVar[Teller | None] = ContextVar("teller", default=None)
_CLIENT: ContextVar = ContextVar("client", default=None)  # of Dask, where the loops run there
_LARGE = 1_000_000  # bytes of an array that every worker gets once, and not with each task


@contextmanager
def workers(
    jobs: int = 1, dask: str = "", *, processes: bool = False, teller: Teller | None = None
) -> Iterator[None]:
    """Run what is inside on ``jobs`` local threads or processes, or on Dask.

    Parameters
    ----------
    jobs : workers on this machine; with ``dask`` = "local" the size of the cluster started here.
    processes : for loops that spend their time outside the kernel and so hold Python's lock.
    dask : "" for none, "local", or a scheduler's address such as ``tcp://host:8786``.
    teller : told how far each loop inside is: called with what it counts, it gives what is called
        with the tasks done and all tasks.

    Raises
    ------
    InputRefused
        When no scheduler answers at the address.
    ConnectionError
        When the scheduler is lost. What a lost worker had to do goes to the others.
    """
    from joblib import parallel_config
    from threadpoolctl import threadpool_limits

    give_back()  # before others need room beside this process
    token = _TELLER.set(teller)
    try:
        if dask:
            with _client(jobs, dask) as client, _lent(client, dask):
                yield
            return
        one = {"backend": "loky", "inner_max_num_threads": 1} if processes and jobs > 1 else {}
        with parallel_config(n_jobs=jobs, **(one or {"prefer": "threads"})), threadpool_limits(1):
            yield
    finally:
        _TELLER.reset(token)


def parts(n: int, size: int) -> list[range]:
    """0 … n − 1 in ranges of ``size``, what a worker takes at once; the last may be shorter."""
    return [range(first, min(first + size, n)) for first in range(0, n, size)]


def each(task: Callable, arguments: Sequence[tuple], noun: str = "", **settings) -> Iterator:
    """What a task gives for each of its arguments, in their order, as :func:`workers` says.

    noun : what the tasks are, for the workers' teller; "" where they are too quick to be told.
    settings : of ``joblib.Parallel``, on this machine. BLAS and OpenMP have one thread in every
        task: last bits must not depend on the number of cores.
    """
    teller = _TELLER.get()
    tell = teller(noun) if teller and noun else None
    for done, found in enumerate(_found(task, arguments, settings), start=1):
        yield found
        if tell:
            tell(done, len(arguments))


def _found(task: Callable, arguments: Sequence[tuple], settings: dict) -> Iterator:
    from joblib import Parallel, delayed

    if client := _CLIENT.get():
        return _on_dask(client, task, arguments)
    calls = (delayed(_on_one_thread)(task, *one) for one in arguments)
    return Parallel(return_as="generator", **settings)(calls)


def _on_dask(client, task: Callable, arguments: Sequence[tuple]) -> Iterator:
    """All tasks at once: one that is handed in when the scheduler is lost would never end, which is
    why joblib, which hands them in one by one, does not do it."""
    large = {id(a): a for one in arguments for a in one if getattr(a, "nbytes", 0) >= _LARGE}
    sent = {key: client.scatter(array, broadcast=True) for key, array in large.items()}
    waiting = deque(
        client.submit(_on_one_thread, task, *(sent.get(id(a), a) for a in one), pure=False)
        for one in arguments
    )
    while waiting:
        yield waiting.popleft().result()


def _on_one_thread(task: Callable, *arguments):
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return task(*arguments)


@contextmanager
def _client(jobs: int, dask: str):
    from distributed import Client, LocalCluster

    if dask == "local":
        settings = {"threads_per_worker": 1, "dashboard_address": None}
        with LocalCluster(n_workers=jobs, **settings) as cluster, Client(cluster) as client:
            yield client
        return
    try:
        client = Client(dask, timeout=_PATIENCE)
    except (OSError, ValueError, TimeoutError):
        raise InputRefused(
            f"parameter dask: no scheduler answers at {dask}; start one with 'dask scheduler', or "
            "use dask = local."
        ) from None
    with client:
        yield client


@contextmanager
def _lent(client, dask: str) -> Iterator[None]:
    """Dask for the loops inside; said in one sentence where it is lost."""
    from distributed.client import FutureCancelledError
    from distributed.comm import CommClosedError

    token = _CLIENT.set(client)
    try:
        yield
    except (CommClosedError, FutureCancelledError):
        raise ConnectionError(
            f"the Dask scheduler ({dask}) was lost; start it anew, and give the same command again."
        ) from None
    finally:
        _CLIENT.reset(token)


# Python frees objects, but the C library keeps their room for later; after a large file was read,
# that is several times the size of its table. Only glibc has to be asked.
def give_back() -> None:
    """Return to the system what this process holds and does not use; nothing elsewhere than on
    glibc. No value changes."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
