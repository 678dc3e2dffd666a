"""Pillow's warnings (large picture, odd metadata) stay inside while pictures are read, in any thread.

The list of warning filters belongs to the whole process. The first reader in sets one more filter and the
last one out takes it away, so that two threads never restore each other's state.
"""

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
        if _readers == 0:
            _saved = warnings.catch_warnings()
            _saved.__enter__()
            warnings.filterwarnings("ignore", module=r"PIL\.")
        _readers += 1


def _leave() -> None:
    global _readers, _saved
    with _lock:
        _readers -= 1
        if _readers == 0:
            _saved.__exit__(None, None, None)
            _saved = None
