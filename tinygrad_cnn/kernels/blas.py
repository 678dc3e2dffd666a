"""Keeping BLAS on one thread while the kernels use several themselves.

The threads of BLAS wait for each other by spinning, which collapses when another program wants a core, and
they split products too small to be worth it. The switch is looked up in the library that numpy has loaded;
where none is known, BLAS keeps its threads and the kernels use one.
"""

import ctypes
import sys
import threading
from collections.abc import Callable
from types import TracebackType

NAMES = (
    "scipy_openblas_{}_num_threads64_",
    "scipy_openblas_{}_num_threads",
    "openblas_{}_num_threads64_",
    "openblas_{}_num_threads",
)


def find_switch() -> tuple[Callable[[], int], Callable[[int], None]] | None:
    """The functions that read and set the threads of numpy's OpenBLAS, or None if it is another BLAS."""
    try:
        library = ctypes.CDLL(str(sys.modules["numpy._core._multiarray_umath"].__file__))
    except (KeyError, OSError):
        return None
    for name in NAMES:
        read, write = (getattr(library, name.format(verb), None) for verb in ("get", "set"))
        if read is not None and write is not None:
            read.restype, write.argtypes, write.restype = ctypes.c_int, [ctypes.c_int], None
            return read, write
    return None


class OneThread:
    """Context in which BLAS uses one thread; the first to enter sets it, the last to leave restores it."""

    def __init__(self) -> None:
        self.switch = find_switch()
        self.reset()

    def reset(self) -> None:
        """Forget who is inside, as a forked child must."""
        self.lock = threading.Lock()
        self.inside = 0
        self.before = 1

    def __enter__(self) -> None:
        if self.switch is None:
            return
        with self.lock:
            if self.inside == 0:
                self.before = self.switch[0]()
                self.switch[1](1)
            self.inside += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.switch is None:
            return
        with self.lock:
            self.inside -= 1
            if self.inside == 0:
                self.switch[1](self.before)


one_thread = OneThread()
