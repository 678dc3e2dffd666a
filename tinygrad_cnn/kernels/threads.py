"""Parts of a kernel on several cores: numpy and BLAS let go of the interpreter lock while they compute.

What each part computes and where it writes is fixed beforehand; only who does it is not. So results are the
same bit by bit for any number of threads. The caller works too and never waits for a part that nobody has
begun, so that calls from many threads, from a busy pool or after a fork cannot stand still.
"""

import contextvars
import os
import threading
from collections.abc import Callable
from itertools import count as counter
from typing import TYPE_CHECKING

from .blas import one_thread

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

WORTH_SHARING = 2.5e7
"""Floating-point operations below which handing over costs more than it gains."""
PASSES = 60
"""What one number costs in work that is bound by memory, in floating-point operations."""


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Team:
    """The threads that help, started when first needed."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.pool: ThreadPoolExecutor | None = None

    def submit(self, work: Callable[[], None]) -> "Future[None] | None":
        """Ask a helper to work in the caller's context (numpy's error settings); None when it is too late."""
        if self.pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self.pool = ThreadPoolExecutor(max(1, self.size - 1), "tinygrad_cnn")
        try:
            return self.pool.submit(contextvars.copy_context().run, work)
        except RuntimeError:
            return None


_team = Team(available_cores())
_helping = threading.local()


def _after_fork() -> None:
    global _team
    _team = Team(_team.size)
    one_thread.reset()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def get_num_threads() -> int:
    """How many threads the kernels use at most.

    >>> get_num_threads() >= 1
    True
    """
    return _team.size


def set_num_threads(number: int) -> None:
    """Set how many threads the kernels use at most; results do not depend on it.

    >>> set_num_threads(get_num_threads())
    """
    global _team
    _team = Team(max(1, number))


def run(work: Callable[[int], None], parts: int, operations: float) -> None:
    """Call work(0) to work(parts - 1), each once, in several threads if there are enough operations.

    BLAS is kept to one thread: where its own would divide a sum depends on how many there are.
    """
    helpers = min(_team.size, parts) - 1 if operations >= WORTH_SHARING else 0
    if is_helper():
        do_alone(work, parts)
    elif helpers < 1 or one_thread.switch is None:
        with one_thread:
            do_alone(work, parts)
    else:
        with one_thread:
            share(work, parts, helpers)


def run_ranges(work: Callable[[int, int], None], length: int, numbers: int) -> None:
    """Call work(first, last) on ranges that make up 0 to length, for work whose parts do not meet."""
    parts = max(1, min(_team.size, length))

    def work_on_part(part: int) -> None:
        work(part * length // parts, (part + 1) * length // parts)

    if numbers * PASSES < WORTH_SHARING or parts == 1 or is_helper():
        work(0, length)
    else:
        share(work_on_part, parts, parts - 1)


def do_alone(work: Callable[[int], None], parts: int) -> None:
    """All parts one after the other."""
    for part in range(parts):
        work(part)


def is_helper() -> bool:
    """Whether this thread is itself working for somebody."""
    return getattr(_helping, "busy", False)


def share(work: Callable[[int], None], parts: int, helpers: int) -> None:
    """The calling thread and the helpers take one part after the other until none is left."""
    numbers = counter()

    def take_parts() -> None:
        _helping.busy = True
        try:
            while (part := next(numbers)) < parts:
                work(part)
        finally:
            _helping.busy = False

    asked = [_team.submit(take_parts) for _ in range(helpers)]
    try:
        take_parts()
    finally:
        for future in asked:
            if future is not None and not future.cancel():
                future.result()
