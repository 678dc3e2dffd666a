"""Pillow's warnings (large picture, odd metadata) stay inside while pictures are read, in any thread.

The list of warning filters belongs to the whole process. The first reader in sets one more filter and the
last one out takes it away, so that two threads never restore each other's state.
"""

import os
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_lock = threading.Lock()
_readers = 0
_saved: Any = None


@contextmanager
def pillow_is_quiet() -> Iterator[None]:
    """Ignores the warnings that Pillow's modules give, and no others."""
    if getattr(sys.flags, "context_aware_warnings", False):  # Python 3.14 can keep one list for each thread
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"PIL\.")
            yield
        return
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _readers, _saved
    with _lock:
        if _saved is None:
            saved = warnings.catch_warnings()
            saved.__enter__()
            warnings.filterwarnings("ignore", module=r"PIL\.")
            _saved = saved
        _readers += 1


def _leave() -> None:
    global _readers, _saved
    with _lock:
        _readers = max(0, _readers - 1)
        if _readers == 0 and _saved is not None:
            saved, _saved = _saved, None
            saved.__exit__(None, None, None)


def _after_fork() -> None:
    """In a child, the readers in other threads are gone, and so is whoever held the lock.

    What they saved stays: the child's own next reader restores it.
    """
    global _lock, _readers
    _lock = threading.Lock()
    _readers = 0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
